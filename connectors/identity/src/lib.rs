//! Asks others who somebody is: OpenID Connect providers. Implements the traits of the kernel's `identity` and knows
//! nothing of members, sessions or databases.

mod error;
mod oidc;
mod outgoing;

pub use oidc::Oidc;
