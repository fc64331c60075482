//! The engine of Guanxi: objects, actions, events and access, with one way in and one way out.
//!
//! Architecture invariant: the kernel knows no SQL driver, no HTTP and no business word. Every function that reads or
//! writes records takes the caller's [`Context`](context::Context).

pub mod access;
pub mod app;
pub mod audit;
pub mod bulk;
pub mod coedit;
pub mod contents;
pub mod context;
pub mod definition;
pub mod duplicates;
pub mod enrichment;
mod error;
pub mod events;
pub mod fields;
pub mod files;
pub mod history;
pub mod idempotency;
pub mod identity;
pub mod jobs;
pub mod locks;
pub mod mail;
pub mod openings;
pub mod outreach;
pub mod pack;
pub mod protection;
pub mod provenance;
pub mod quality;
pub mod read;
pub mod readers;
pub mod schedule;
pub mod schema;
pub mod search;
pub mod settings;
pub mod shares;
pub mod store;
pub mod system_tables;
pub mod working_days;
pub mod working_hours;
pub mod workspace;
pub mod workspace_copy;
pub mod write;

pub use error::{FieldConflict, FieldError, KernelError, Result};
pub use guanxi_expr::Value;
