//! The jobs that send links by mail. A token is made when its message is sent, so that none ever lies in the database.

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, LinkKind, NewTicket, link_wanted};
use guanxi_kernel::mail::Mailer;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result, jobs};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::texts::{confirmation_message, link_message};
use crate::auth::link_path;
use crate::auth::token::{random_token, sha256_hex};
use crate::http::foreign::{CONFIRM_LINK, PATIENCE};
use crate::workspaces::MAIN;

/// Kind of the job for a member an administrator named; payload `{member}`.
pub const LINK: &str = "identity.mail_link";
/// Kind of the job for an address somebody named, which may be nobody's; payload `{email}`.
pub const FORGOTTEN: &str = "identity.mail_forgotten";

/// Sends a member the link he needs.
pub struct MailLink {
    /// [`LINK`] or [`FORGOTTEN`].
    pub kind: &'static str,
    /// Sends it.
    pub mailer: Arc<dyn Mailer>,
    /// The address of this server, as configured.
    pub public_url: String,
}

impl JobHandler for MailLink {
    fn kind(&self) -> &str {
        self.kind
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(member) = self.addressee(context, payload)? else { return Ok(()) };
        let kind = match link_wanted(context, member) {
            // He left since: there is nothing to send.
            Err(KernelError::NotFound) => return Ok(()),
            other => other?,
        };
        let token = random_token(context.workspace.ids.as_ref());
        let link = identity::make_link(context, member, kind, &sha256_hex(token.as_bytes()))?;
        let url = format!("{}{}", self.public_url, link_path(&context.workspace.id, kind, &token));
        let message = link_message(&link, &context.workspace.settings().name, &url, &context.time_zone);
        self.mailer.send(&message).map_err(|error| KernelError::Internal(error.to_string()))
    }
}

impl MailLink {
    fn addressee(&self, context: &Context, payload: &Json) -> Result<Option<Uuid>> {
        if self.kind == LINK {
            return Ok(payload["member"].as_str().and_then(|it| it.parse().ok()));
        }
        let email = payload["email"].as_str().unwrap_or_default();
        // Only who has a password can have forgotten it: nobody comes in by this who was not invited.
        context.workspace.store.read_with(|tx| {
            let Some(member) = identity::find_member(&context.schema, tx, email)? else { return Ok(None) };
            Ok(identity::credential(tx, member)?.map(|_| member))
        })
    }
}

/// Has a link sent to a member.
///
/// # Errors
/// Forbidden to all but administrators; not found where there is no such member or he was deactivated.
pub fn mail_link(context: &Context, member: Uuid) -> Result<LinkKind> {
    let kind = link_wanted(context, member)?;
    enqueue(context, LINK, json!({ "member": member }), format!("{LINK}/{member}"))?;
    Ok(kind)
}

/// Has a link sent to whoever has this address, if anybody: nothing is looked up here, so nothing shows.
///
/// # Errors
/// Fails where the database does.
pub fn mail_forgotten(context: &Context, email: &str) -> Result<()> {
    let key = format!("{FORGOTTEN}/{}", sha256_hex(email.trim().to_lowercase().as_bytes()));
    enqueue(context, FORGOTTEN, json!({ "email": email }), key)
}

/// Kind of the job that sends a link to confirm an identity provider's account by; payload: what the ticket remembers, and
/// `member`.
pub const CONFIRMATION: &str = "identity.mail_confirmation";

/// Sends a member a link to confirm by that an account is his.
pub struct MailConfirmation {
    /// Sends it.
    pub mailer: Arc<dyn Mailer>,
    /// The address of this server, as configured.
    pub public_url: String,
}

impl JobHandler for MailConfirmation {
    fn kind(&self) -> &str {
        CONFIRMATION
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let member: Option<Uuid> = payload["member"].as_str().and_then(|it| it.parse().ok());
        let found = context.workspace.store.read_with(|tx| member.map_or(Ok(None), |it| context.workspace.identity(tx, it)))?;
        // He left since, or is under another address.
        let Some(found) = found.filter(|it| payload["email"] == it.email.as_str()) else { return Ok(()) };
        let token = random_token(context.workspace.ids.as_ref());
        let ticket = NewTicket {
            kind: CONFIRM_LINK,
            member,
            token_hash: sha256_hex(token.as_bytes()),
            data: payload["remembered"].clone(),
            lifetime: PATIENCE,
        };
        identity::give_ticket(context, &ticket)?;
        let place = if context.workspace.id == MAIN { String::new() } else { format!("/w/{}", context.workspace.id) };
        let url = format!("{}{place}/confirm#{token}", self.public_url);
        let provider = payload["remembered"]["provider_name"].as_str().unwrap_or_default();
        let message = confirmation_message(&found, provider, &context.workspace.settings().name, &url);
        self.mailer.send(&message).map_err(|error| KernelError::Internal(error.to_string()))
    }
}

/// Has a link sent to a member to confirm by that an account is his.
///
/// # Errors
/// Fails where the database does.
pub fn mail_confirmation(context: &Context, member: Uuid, remembered: &Json) -> Result<()> {
    let payload = json!({ "member": member, "email": remembered["email"], "remembered": remembered });
    enqueue(context, CONFIRMATION, payload, format!("{CONFIRMATION}/{member}"))
}

fn enqueue(context: &Context, kind: &'static str, payload: Json, key: String) -> Result<()> {
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, kind, payload.clone(), Some(key.clone()), inner.now))?;
    context.workspace.feed.announce();
    Ok(())
}
