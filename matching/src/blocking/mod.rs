//! Candidates: which records are worth comparing, out of all.
//!
//! A pass gives each record keys; records that share a key in any pass are candidates, unless too many share it. Which
//! passes there are, and how many are too many, follows from the data (`choose.rs`).

mod choose;
mod index;
mod pass;

pub(crate) use choose::choose;
pub(crate) use index::{Blocks, Seen};
