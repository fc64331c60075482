//! The engine on both real stores: every test runs on SQLite and, where a server is named, on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attempts;
mod audit;
mod batches;
mod circles;
mod collisions;
mod concurrency;
mod copies;
mod definitions;
mod events;
mod files;
mod fixture;
mod fixture_objects;
mod fixture_postgres;
mod jobs;
mod late_indexes;
mod locks;
mod merging;
mod model;
mod numbering;
mod packs;
mod queries;
mod recompute;
mod records;
mod rights;
mod rights_cases;
mod roles;
mod rollups;
mod search;
mod shares;
mod standard_objects;
mod undo;
mod values;
mod ways;
mod writing;
