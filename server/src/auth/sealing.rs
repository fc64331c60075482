//! Every sealed secret of a workspace: what is still as it was typed, or under an older key, is sealed anew; whether all
//! can be opened.

use guanxi_kernel::context::{Context, Ids};
use guanxi_kernel::identity::{self, Factor, FactorKind, Provider};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::vault::Vault;
use crate::enrichment::SECRETS;
use crate::import::schedules;
use crate::messages;

/// Member of a factor's data that holds its sealed secret.
const SEALED: &str = "sealed";
/// The same as it was before secrets were sealed.
const PLAIN: &str = "secret";

fn place_of_codes(member: Uuid) -> String {
    format!("totp/{member}")
}

/// What is kept of the secret of a member's app.
///
/// # Errors
/// Where the keys can be neither read nor made.
pub fn seal_codes(vault: &Vault, ids: &dyn Ids, member: Uuid, secret: &str) -> Result<Json> {
    Ok(json!({ SEALED: vault.seal(ids, &place_of_codes(member), secret)? }))
}

/// The secret of a member's app out of what is kept of it.
///
/// # Errors
/// Where its key is missing.
pub fn open_codes(vault: &Vault, member: Uuid, data: &Json) -> Result<String> {
    match (data[SEALED].as_str(), data[PLAIN].as_str()) {
        (Some(sealed), _) => vault.open(&place_of_codes(member), sealed),
        (None, Some(plain)) => Ok(plain.to_owned()),
        (None, None) => Err(KernelError::Internal("a factor without its secret".into())),
    }
}

/// What is kept of a provider's secret.
///
/// # Errors
/// Where the keys can be neither read nor made.
pub fn seal_provider(vault: &Vault, ids: &dyn Ids, provider: Uuid, secret: &str) -> Result<String> {
    vault.seal(ids, &format!("provider/{provider}"), secret)
}

/// A provider's secret; `None` where it has none.
///
/// # Errors
/// Where its key is missing.
pub fn open_provider(vault: &Vault, provider: &Provider) -> Result<Option<String>> {
    provider.secret.as_deref().map(|it| vault.open(&format!("provider/{}", provider.id), it)).transpose()
}

struct Secrets {
    codes: Vec<Factor>,
    providers: Vec<Provider>,
    /// Addresses of databases, by the schedule they belong to.
    connections: Vec<(Uuid, String)>,
    /// What sources of enrichment are asked with, by source.
    sources: Vec<(Uuid, String)>,
}

fn secrets(context: &Context) -> Result<Secrets> {
    context.workspace.store.read_with(|tx| {
        let providers = identity::providers(tx)?.into_iter().filter(|it| it.secret.is_some()).collect();
        Ok(Secrets {
            codes: identity::factors_of_kind(tx, FactorKind::Totp)?,
            providers,
            connections: schedules::connections(tx)?,
            sources: SECRETS.all(tx)?,
        })
    })
}

/// Seals what is not, or is under an older key; answers how many that were.
///
/// # Errors
/// Where a secret cannot be opened; those before it are sealed then.
pub fn seal_the_rest(vault: &Vault, context: &Context) -> Result<usize> {
    let (ids, secrets) = (context.workspace.ids.clone(), secrets(context)?);
    let mut sealed = 0;
    for factor in secrets.codes {
        let current = factor.data[SEALED].as_str().map_or(Ok(false), |it| vault.is_outdated(it).map(|it| !it))?;
        if !current {
            let secret = open_codes(vault, factor.member, &factor.data)?;
            identity::reseal_factor(context, factor.id, seal_codes(vault, ids.as_ref(), factor.member, &secret)?)?;
            sealed += 1;
        }
    }
    for provider in secrets.providers {
        let Some(before) = provider.secret.as_deref().filter(|it| !Vault::is_sealed(it) || vault.is_outdated(it).unwrap_or(true)) else { continue };
        let secret = open_provider(vault, &provider)?.unwrap_or_default();
        let after = seal_provider(vault, ids.as_ref(), provider.id, &secret)?;
        sealed += usize::from(identity::reseal_provider(context, provider.id, before, &after)?);
    }
    for (schedule, before) in secrets.connections.iter().filter(|it| vault.is_outdated(&it.1).unwrap_or(true)) {
        // In a copy of a workspace they do not open, and are not asked for.
        match schedules::reseal(context, vault, *schedule, before) {
            Ok(()) => sealed += 1,
            Err(error) => tracing::warn!(%error, %schedule, "the address of a database does not open"),
        }
    }
    for (source, before) in secrets.sources.iter().filter(|it| vault.is_outdated(&it.1).unwrap_or(true)) {
        match SECRETS.reseal(context, vault, *source, before) {
            Ok(()) => sealed += 1,
            Err(error) => tracing::warn!(%error, %source, "the secret of an enrichment source does not open"),
        }
    }
    for reseal in [messages::reseal_push_key, messages::reseal_gateway] {
        match reseal(context, vault) {
            Ok(done) => sealed += usize::from(done),
            // As above: made in another workspace, they are made anew or typed again.
            Err(error) => tracing::warn!(%error, "a secret of messages does not open"),
        }
    }
    Ok(sealed)
}

/// How many secrets there are, and what is wrong with them.
///
/// # Errors
/// Fails where the database does.
pub fn look(vault: &Vault, context: &Context) -> Result<(usize, Vec<String>)> {
    let secrets = secrets(context)?;
    let mut troubles = Vec::new();
    for it in &secrets.codes {
        match open_codes(vault, it.member, &it.data) {
            Err(error) => troubles.push(format!("codes of member {}: {error}", it.member)),
            Ok(_) if it.data[SEALED].is_null() => troubles.push(format!("codes of member {} are not sealed; `guanxi serve` seals them", it.member)),
            Ok(_) => {}
        }
    }
    let failed = secrets.providers.iter().filter_map(|it| open_provider(vault, it).err().map(|error| format!("provider {}: {error}", it.name)));
    troubles.extend(failed);
    let failed = secrets.connections.iter().filter_map(|(schedule, _)| {
        schedules::open_connection(context, vault, *schedule).err().map(|error| format!("database of scheduled import {schedule}: {error}"))
    });
    troubles.extend(failed);
    let failed = secrets
        .sources
        .iter()
        .filter_map(|(source, _)| SECRETS.open(context, vault, *source).err().map(|error| format!("secret of enrichment source {source}: {error}")));
    troubles.extend(failed);
    let (key, gateway) = context.workspace.store.read_with(|tx| Ok::<_, KernelError>((messages::sealed_key(tx)?, messages::sealed_secret(tx)?)))?;
    let failed = key.iter().filter_map(|it| messages::key_opens(context, vault, it).err().map(|error| format!("key of pushes: {error}")));
    troubles.extend(failed);
    let failed = gateway.iter().filter_map(|it| messages::secret_opens(context, vault, it).err().map(|error| format!("SMS gateway: {error}")));
    troubles.extend(failed);
    let others = usize::from(key.is_some()) + usize::from(gateway.is_some());
    Ok((secrets.codes.len() + secrets.providers.len() + secrets.connections.len() + secrets.sources.len() + others, troubles))
}
