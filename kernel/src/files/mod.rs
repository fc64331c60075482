//! What is kept of files beside their bytes: rules for what is taken in, versions, links for
//! those outside, and what nobody holds on to.
//!
//! The bytes are the server's. Here they are known by their SHA-256, which an entry (`file`) or a version of one
//! (`file_version`) names.

mod links;
mod pictures;
mod policy;
mod unused;
mod usage;
mod versions;

pub(crate) use links::forget_links_to;
pub use links::{FileLink, NewFileLink, OpenedLink, forget_old_links, links_of, make_link, open_link, require_may_link, revoke_link, use_link};
pub use pictures::is_picture;
pub(crate) use pictures::{holds_picture, no_picture};
pub use policy::{FilePolicy, Programs, save_file_policy};
pub use unused::{KEPT, erase_unused};
pub(crate) use usage::{add_bytes, bytes_of};
pub use usage::{check_quota, count_usage, take_room, usage};
pub use versions::{Content, FileVersion, add_version, present_version, require_may_replace, restore_version, version_of, versions_of};
