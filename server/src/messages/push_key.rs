//! The key by which push services know a workspace: made when the first browser is to be taken in, sealed like every other secret.

use guanxi_kernel::audit;
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::push;
use guanxi_kernel::store::{ReadTx, StoreExt as _, WriteTx};
use guanxi_kernel::workspace::{load_setting, save_setting};
use guanxi_kernel::{KernelError, Result};
use guanxi_messages::VapidKey;
use serde_json::json;

use crate::auth::vault::Vault;

/// Key of the stored setting.
const SETTING: &str = "push_key";

fn place(context: &Context) -> String {
    format!("push/{}", context.workspace.id)
}

/// The key as it is kept, if there is one.
///
/// # Errors
/// Fails where the database does.
pub fn sealed_key(tx: &mut (impl ReadTx + ?Sized)) -> Result<Option<String>> {
    Ok(load_setting(tx, SETTING)?.and_then(|it| it["sealed"].as_str().map(str::to_owned)))
}

fn open(context: &Context, vault: &Vault, sealed: &str) -> Result<VapidKey> {
    let secret = vault.open(&place(context), sealed)?;
    VapidKey::read(&secret).ok_or_else(|| KernelError::Internal("the key of pushes is none".into()))
}

/// Whether a key as it is kept opens.
///
/// # Errors
/// Where it does not.
pub fn key_opens(context: &Context, vault: &Vault, sealed: &str) -> Result<()> {
    open(context, vault, sealed).map(drop)
}

/// The workspace's key, if there is one that opens. Makes nothing: this is what reading asks.
///
/// # Errors
/// Where the database fails.
pub fn present_key(context: &Context, vault: &Vault) -> Result<Option<VapidKey>> {
    let kept = context.workspace.store.read_with(|tx| sealed_key(tx))?;
    Ok(kept.and_then(|it| open(context, vault, &it).ok()))
}

/// The workspace's key; made where there is none, or none that opens: a copy of a workspace is another sender. With the old key go
/// the browsers that came by it, since push services take nothing for them under another; they come again as their owners do, and
/// the audit log says so.
///
/// # Errors
/// Where the keys of secrets can be neither read nor made, or the database fails.
pub fn push_key(context: &Context, vault: &Vault) -> Result<VapidKey> {
    let kept = context.workspace.store.read_with(|tx| sealed_key(tx))?;
    if let Some(Ok(key)) = kept.as_deref().map(|it| open(context, vault, it)) {
        return Ok(key);
    }
    let ids = context.workspace.ids.clone();
    let mut random = [0; 32];
    ids.random(&mut random);
    let made = VapidKey::new(random).ok_or_else(|| KernelError::Internal("a new key is none".into()))?;
    let sealed = vault.seal(ids.as_ref(), &place(context), &made.secret())?;
    // Of two who make one at once the first one's counts.
    let inner = context.clone();
    let counts = context.workspace.store.write_with(move |tx| {
        tx.serialise(SETTING)?;
        if let Some(other) = sealed_key(&mut *tx)?.filter(|it| Some(it) != kept.as_ref()) {
            return Ok::<_, KernelError>(other);
        }
        write(tx, &sealed)?;
        let forgotten = push::forget_all(tx)?;
        if kept.is_some() || forgotten > 0 {
            audit::append(&inner, tx, "replace_push_key", None, None, None, 0, Some(json!({ "browsers_forgotten": forgotten })))?;
        }
        Ok(sealed.clone())
    })?;
    open(context, vault, &counts)
}

fn write(tx: &mut dyn WriteTx, sealed: &str) -> Result<()> {
    save_setting(tx, SETTING, &json!({ "sealed": sealed }))
}

/// Seals it anew under the present key; answers whether there was something to do.
///
/// # Errors
/// Where it does not open, or the database fails.
pub fn reseal_push_key(context: &Context, vault: &Vault) -> Result<bool> {
    let Some(before) = context.workspace.store.read_with(|tx| sealed_key(tx))? else { return Ok(false) };
    if !vault.is_outdated(&before)? {
        return Ok(false);
    }
    let secret = vault.open(&place(context), &before)?;
    let after = vault.seal(context.workspace.ids.as_ref(), &place(context), &secret)?;
    context.workspace.store.write_with(move |tx| write(tx, &after))?;
    Ok(true)
}
