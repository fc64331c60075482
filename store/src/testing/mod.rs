//! Tests that look at the SQL itself: its text and how the databases run it.

mod full;
mod plans;
mod snapshots;
mod statements;
