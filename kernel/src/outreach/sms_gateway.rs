//! The gateway text messages go through: an address of the administrator's choice that takes JSON. The secret is sealed by the
//! server before it comes here.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ReadTx, StoreExt as _, WriteTx};
use crate::workspace::{load_setting, save_setting};

/// Key of the stored setting.
const SETTING: &str = "sms_gateway";

/// How a gateway is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmsGateway {
    /// Whether anything is sent.
    pub enabled: bool,
    /// Where it listens.
    pub address: String,
    /// What it is sent: JSON, of which the texts may hold `{number}`, `{text}`, `{id}` and `{secret}`.
    pub body: Json,
    /// Name of a header that carries the secret as it is, for gateways that ask for a token; each message is signed beside it.
    pub header: Option<String>,
    /// Most messages to one member a day.
    pub member_cap: u32,
    /// Most messages of the workspace a day.
    pub daily_cap: u32,
    /// The sealed secret.
    pub secret: Option<String>,
}

impl Default for SmsGateway {
    fn default() -> Self {
        Self {
            enabled: false,
            address: String::new(),
            body: json!({ "id": "{id}", "to": "{number}", "text": "{text}" }),
            header: None,
            member_cap: 20,
            daily_cap: 500,
            secret: None,
        }
    }
}

impl SmsGateway {
    /// As it is stored.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(tx: &mut (impl ReadTx + ?Sized)) -> Result<Self> {
        let Some(json) = load_setting(tx, SETTING)? else { return Ok(Self::default()) };
        serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the stored SMS gateway: {error}")))
    }

    /// Whether messages are sent.
    pub fn is_on(&self) -> bool {
        self.enabled && !self.address.is_empty() && self.secret.is_some()
    }

    /// What the audit log keeps of it: never the secret, nor what stands in the query of the address, where some have a token.
    fn told(&self) -> Json {
        json!({
            "enabled": self.enabled, "address": without_values(&self.address), "body": self.body, "header": self.header,
            "member_cap": self.member_cap, "daily_cap": self.daily_cap, "secret_set": self.secret.is_some(),
        })
    }
}

/// An address without the values of its query.
fn without_values(address: &str) -> String {
    let Some((before, query)) = address.split_once('?') else { return address.to_owned() };
    let named = |pair: &str| pair.split_once('=').map_or_else(|| "…".to_owned(), |(name, _)| format!("{name}=…"));
    format!("{before}?{}", query.split('&').map(named).collect::<Vec<_>>().join("&"))
}

fn store(tx: &mut dyn WriteTx, gateway: &SmsGateway) -> Result<()> {
    let json = serde_json::to_value(gateway).map_err(|error| KernelError::Internal(error.to_string()))?;
    save_setting(tx, SETTING, &json)
}

/// Keeps how the gateway is asked: what `change` makes of how it was. Of two who change it at once each changes what the other
/// left.
///
/// # Errors
/// Forbidden to callers who are not administrators, who must have proved who they are; as `change`.
pub fn save(context: &Context, change: impl Fn(SmsGateway) -> Result<SmsGateway> + Send + 'static) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        tx.serialise(SETTING)?;
        let before = SmsGateway::load(&mut *tx)?;
        let gateway = change(before.clone())?;
        store(tx, &gateway)?;
        let detail = json!({
            "before": before.told(), "after": gateway.told(), "secret_changed": before.secret != gateway.secret,
        });
        audit::append(&inner, tx, "change_sms_gateway", None, None, None, 0, Some(detail))
    })
}

/// The same secret under another key: `before` is what it replaces.
///
/// # Errors
/// Fails where the database does.
pub fn reseal(context: &Context, before: &str, after: &str) -> Result<bool> {
    let (before, after) = (before.to_owned(), after.to_owned());
    context.workspace.store.write_with(move |tx| {
        let mut gateway = SmsGateway::load(&mut *tx)?;
        if gateway.secret.as_deref() != Some(before.as_str()) {
            return Ok(false);
        }
        gateway.secret = Some(after.clone());
        store(tx, &gateway).map(|()| true)
    })
}

/// Switches it off, in a copy of a workspace: members must not get the same message from both.
pub(crate) fn switch_off(tx: &mut dyn WriteTx) -> Result<()> {
    let gateway = SmsGateway::load(&mut *tx)?;
    if gateway == SmsGateway::default() {
        return Ok(());
    }
    store(tx, &SmsGateway { enabled: false, secret: None, ..gateway })
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn what_is_audited_of_an_address_holds_no_token() {
        assert_eq!(without_values("https://a.example/x?token=abc&b"), "https://a.example/x?token=…&…");
        assert_eq!(without_values("https://a.example/x"), "https://a.example/x");
    }
}
