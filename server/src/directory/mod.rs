//! The organisation as a directory has it: departments and members are taken over, who is not there any more is suspended.
//! What would be done is worked out first, and told before it is done.

mod apply;
mod job;
mod plan;

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DirectoryConnector, LdapOrganisation, LdapSettings, Organisation, Provider, ProviderError};

pub use job::{Means, SYNC, SyncAll, SyncOne};
pub use plan::{SyncPlan, plan};

use crate::auth::sealing::open_provider;
use crate::auth::vault::Vault;
use crate::http::foreign::ldap;

/// A directory the organisation is taken over from; `None` where it is not.
pub fn settings_of(provider: &Provider) -> Option<(&LdapSettings, &LdapOrganisation)> {
    let settings = ldap(provider).ok()?;
    Some((settings, settings.organisation.as_ref()?))
}

/// Asks the directory for the organisation.
///
/// # Errors
/// Where the key of its secret is missing; within, what the directory says.
pub fn ask(connector: &dyn DirectoryConnector, vault: &Vault, provider: &Provider) -> Result<std::result::Result<Organisation, ProviderError>> {
    let secret = open_provider(vault, provider)?;
    Ok(connector.organisation(ldap(provider)?, secret.as_deref()))
}

/// Works out what is to be done and does it. What cannot be saved is told and left out; the rest is done.
///
/// # Errors
/// Where more would leave than may; where the database fails.
pub fn synchronise(context: &Context, provider: &Provider, found: &Organisation, leavers: Option<u64>) -> Result<()> {
    let plan = plan(context, provider, found)?;
    plan.check(leavers)?;
    apply::apply(context, provider, &plan)
}
