//! The gateway's secret, and a message that somebody waits for.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::sms::{self, SmsMessage, SmsOutcome};
use guanxi_kernel::outreach::sms_gateway::{self, SmsGateway};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_messages::{Outcome, SmsRequest};

use super::Means;
use crate::auth::vault::Vault;

fn place(context: &Context) -> String {
    format!("sms/{}", context.workspace.id)
}

/// What is kept of the gateway's secret.
///
/// # Errors
/// Where the keys can be neither read nor made.
pub fn seal_secret(vault: &Vault, context: &Context, secret: &str) -> Result<String> {
    vault.seal(context.workspace.ids.as_ref(), &place(context), secret)
}

/// The gateway's secret as it is kept, if there is one.
///
/// # Errors
/// Fails where the database does.
pub fn sealed_secret(tx: &mut (impl ReadTx + ?Sized)) -> Result<Option<String>> {
    Ok(SmsGateway::load(tx)?.secret)
}

/// Whether a secret as it is kept opens.
///
/// # Errors
/// Where it does not.
pub fn secret_opens(context: &Context, vault: &Vault, sealed: &str) -> Result<()> {
    vault.open(&place(context), sealed).map(drop)
}

/// Seals it anew under the present key; answers whether there was something to do.
///
/// # Errors
/// Where it does not open, or the database fails.
pub fn reseal_gateway(context: &Context, vault: &Vault) -> Result<bool> {
    let Some(before) = context.workspace.store.read_with(|tx| sealed_secret(tx))? else { return Ok(false) };
    if !vault.is_outdated(&before)? {
        return Ok(false);
    }
    let after = seal_secret(vault, context, &vault.open(&place(context), &before)?)?;
    sms_gateway::reseal(context, &before, &after)
}

/// Hands a message over.
///
/// # Errors
/// Where the secret cannot be opened, or the database fails.
pub fn hand_over(context: &Context, means: &Means, message: &SmsMessage, text: &str) -> Result<Outcome> {
    let gateway = context.workspace.store.read_with(|tx| SmsGateway::load(tx))?;
    let Some(sealed) = gateway.secret.as_deref().filter(|_| gateway.is_on()) else {
        return Ok(Outcome::Refused("the gateway is switched off".into()));
    };
    let secret = means.vault.open(&place(context), sealed)?;
    let id = message.id.to_string();
    let request = SmsRequest {
        address: &gateway.address,
        body: &gateway.body,
        header: gateway.header.as_deref(),
        secret: &secret,
        id: &id,
        number: &message.number,
        text,
    };
    Ok(means.sms.send(&request, context.workspace.clock.now()))
}

/// Hands a message over that somebody waits for: once, and tells why it was not taken.
///
/// # Errors
/// Where the secret cannot be opened, or the database fails.
pub fn send_now(context: &Context, means: &Means, message: &SmsMessage, text: &str) -> Result<Option<String>> {
    let reason = match hand_over(context, means, message, text)? {
        Outcome::Taken => None,
        Outcome::Gone => Some("HTTP 410".to_owned()),
        Outcome::TooLarge => Some("HTTP 413".to_owned()),
        Outcome::Later(_, reason) | Outcome::Refused(reason) | Outcome::Failed(reason) => Some(reason),
    };
    let outcome = reason.clone().map_or(SmsOutcome::Sent, SmsOutcome::GivenUp);
    sms::note(context, message, &outcome)?;
    Ok(reason)
}
