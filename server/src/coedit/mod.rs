//! Rich text that several members edit at once: what a text consists of (`blocks`), how it is written as HTML (`html`),
//! how as a replicated document (`tree`), and that document itself with its bounds (`document`). Who edits what, and how it
//! is kept, is in `server/src/live`. `docs/adr/0023-co-edited-text.md` tells why it is as it is.

pub mod blocks;
pub mod document;
pub mod gate;
pub mod html;
#[cfg(test)]
mod testing;
mod tree;

pub use document::{Document, Refused};
