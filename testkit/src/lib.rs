//! What tests stand on: a real engine with all apps on a store of its own, callers by role, a clock to advance.
//!
//! Everything here fails loudly: it panics where a test's own preparation goes wrong.

#![expect(clippy::unwrap_used, reason = "used by tests alone; a failed preparation ends the test")]

mod caldav;
mod client;
mod clock;
mod contract;
mod database;
mod digest;
mod engine;
mod ldap;
mod live;
mod mariadb;
mod meddler;
mod messages;
mod oidc;
mod replica;
mod s3;
mod scenario;
mod server;
mod smtp;

/// As in the binary: tests are many small pieces of memory, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use caldav::{Vdirsyncer, run_with_caldav};
pub use client::{Client, Reply};
pub use clock::{TestClock, TestIds};
pub use digest::Digest;
pub use engine::{TestEngine, error_code, problem_fields};
pub use ldap::{BASE as LDAP_BASE, LdapPeer, READER as LDAP_READER, READER_PASSWORD as LDAP_READER_PASSWORD};
pub use live::{Ended, LiveSocket, Writer};
pub use mariadb::MariaDbPeer;
pub use meddler::Meddler;
pub use messages::MessagesPeer;
pub use oidc::OidcPeer;
pub use replica::Replica;
pub use s3::S3Peer;
pub use scenario::run_scenarios;
pub use server::{PASSWORD, TestServer, on_both_stores, on_both_stores_with};
pub use smtp::SmtpPeer;
