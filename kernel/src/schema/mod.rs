//! What kinds of records there are.

mod definition;

pub use definition::*;
