//! The contract of `guanxi_kernel::store`, kept by every store: one suite, run on SQLite and on PostgreSQL.
//!
//! PostgreSQL is found through `GUANXI_TEST_POSTGRES` (the URL of a server where schemas may be made); without it that
//! half says that it was skipped.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod aggregates;
mod changes;
mod computed;
mod concurrency;
mod conditions;
mod counts;
mod later;
mod model;
mod paging;
mod round_trip;
mod schema;
mod stores;
mod transactions;
mod words;
