//! Keeps the contents of files in a store of objects that speaks the protocol of Amazon S3. Implements the kernel's
//! `ContentStore`, and knows nothing of files, rights or workspaces.

mod address;
mod listing;
mod s3;

pub use address::{AddressError, S3Address};
pub use s3::S3Store;
