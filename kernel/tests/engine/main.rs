//! The engine on both real stores: every test runs on SQLite and, where a server is named, on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod batches;
mod fixture;
mod fixture_postgres;
mod records;
mod undo;
