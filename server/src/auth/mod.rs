//! Sign-in: passwords, tokens, throttling, and who a request comes from.

pub mod password;
pub mod throttle;
pub mod token;
