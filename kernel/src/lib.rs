//! The engine of Guanxi: objects, actions, events and access, with one way in and one way out.
//!
//! Architecture invariant: the kernel knows no SQL driver, no HTTP and no business word. Every function that reads or
//! writes records takes the caller's [`Context`](context::Context).

mod error;
pub mod schema;
pub mod store;

pub use error::{FieldError, KernelError, Result};
