//! Record linkage: which records mean the same person, company or thing, and why.
//!
//! Pure logic: no files, no network, no clock, no records' rights. The caller says what its columns hold
//! ([`Column`]), fills a [`Table`], and the [`Matcher`] finds out the rest: what is compared and how, which pairs are
//! looked at, and what agreement is worth (Fellegi and Sunter's model, without labelled pairs). `README.md` has the
//! figures.

mod blocking;
mod cluster;
mod column;
mod compare;
mod estimate;
mod explain;
mod matcher;
mod pattern;
mod prepare;
mod rarity;
mod table;
mod weights;

pub use cluster::{clusters, one_to_one};
pub use column::{Agreement, Column, FieldKind, Language};
pub use explain::{Explanation, Rarity, Reason};
pub use matcher::{AUTOMATIC, Candidate, Checking, Matcher, Pair, REVIEW};
pub use table::{List, MAX_COLUMNS, Table};
