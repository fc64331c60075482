//! The server of Guanxi: HTTP, sign-in, background work, the command line and the wiring of it all.
//!
//! Architecture invariant: a handler extracts, makes one call of the kernel and answers; it filters nothing by hand and
//! names no object or field of a business app.

mod apart;
pub mod auth;
mod background;
mod backgrounds;
mod blobs;
pub(crate) mod caldav;
pub mod cli;
pub mod coedit;
pub mod demo;
pub(crate) mod directory;
pub mod duplicates;
pub mod enrichment;
mod erasure;
mod errors;
pub mod export;
pub mod file_texts;
pub mod http;
mod ics;
pub mod import;
pub mod listen;
pub mod live;
mod log;
pub mod mail;
mod messages;
mod metrics;
pub mod openapi;
mod packs;
mod preview;
mod privacy;
pub(crate) mod scim;
pub mod settings;
pub mod shutdown;
mod web_app;
pub mod wiring;
mod workspaces;

pub use background::Background;
pub use backgrounds::Backgrounds;
pub use scim::document as scim_document;
pub use workspaces::{OpenWorkspaces, Workspaces};
