//! The only SQL of the product: `guanxi_kernel::store` kept by SQLite and by PostgreSQL.
//!
//! Statements are built by one code path ([`build`](mod@build)) over sea-query; a [`dialect::Dialect`] says where the
//! two differ, and a small [`driver::Driver`] runs what was built. Everything between (chunks, averages, paging in
//! segments) is written once in [`transaction`](mod@transaction).
//!
//! Architecture invariant: no other crate names SQL, a driver or a dialect; every value is bound, every identifier
//! comes from a [`guanxi_kernel::store::Table`].

mod bind;
mod build;
mod dialect;
mod driver;
mod fold;
mod postgres;
mod shape;
mod sqlite;
#[cfg(test)]
mod testing;
mod tokens;
mod transaction;

pub use postgres::{PostgresOptions, PostgresStore};
pub use sqlite::{SqliteOptions, SqliteStore};
