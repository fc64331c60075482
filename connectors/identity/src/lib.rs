//! Asks others who somebody is: OpenID Connect providers and directories. Implements the traits of the kernel's `identity` and knows
//! nothing of members, sessions or databases.

mod error;
mod ldap;
mod oidc;
mod outgoing;

pub use ldap::Ldap;
pub use oidc::Oidc;
pub use outgoing::{InternalHosts, OutgoingError, guarded_agent, is_refused};
