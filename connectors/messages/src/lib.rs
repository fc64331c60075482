//! Messages to where members are while they do not look at the app: pushes to browsers (RFC 8030, encrypted after RFC 8291,
//! signed after RFC 8292) and text messages by way of a gateway that takes JSON. Knows neither members nor what is told.
//!
//! Where they go to was typed by people or told by browsers: neither leads into the network the server stands in, but to the
//! hosts that whoever runs the server names.

mod encryption;
mod outcome;
mod push;
mod sms;
mod vapid;

pub use encryption::{Seed, SubscriberKeys, encrypt};
pub use outcome::Outcome;
pub use push::{LARGEST_MESSAGE, PushSender};
pub use sms::{SmsRequest, SmsSender, check_body, filled, signature};
pub use vapid::VapidKey;
