//! iCalendar (RFC 5545): a member's calendar as a feed, and files of other calendars read in.
//!
//! Times of day are worked out by jiff alone, with the zones this program brings: a rule is unrolled on the wall of its
//! zone, and each time on that wall looked up. The library's own zones are not asked.

pub mod feed;
pub mod parts;
pub mod read;
pub(crate) mod repeat;
pub mod times;
