//! What each opening of a form gets: proof of when it was opened here, good for one submission. Sealed, so that nobody makes
//! one himself, and for this form alone.

use guanxi_kernel::context::Context;
use guanxi_marketing::forms::Form;
use jiff::{SignedDuration, Timestamp};

use crate::auth::token::{hex, sha256_hex};
use crate::auth::vault::Vault;
use crate::errors::ApiError;

/// How long a form may stay open.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Longest text of one.
const LONGEST: usize = 2_000;
/// Who confirms what he wrote elsewhere reads it over more quickly than he wrote it.
const WRITTEN_BEFORE: SignedDuration = SignedDuration::from_secs(2);

/// See the module.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// As it stands in the page.
    pub text: String,
    /// Different for every opening.
    pub nonce: String,
    /// When the form was opened.
    pub opened: Timestamp,
    /// The website it was opened on, where it is one that may embed it.
    pub site: Option<String>,
    consent: String,
}

impl Ticket {
    /// One for an opening now; `confirms` where somebody wrote before.
    ///
    /// # Errors
    /// Where the keys of this server can be neither read nor made.
    pub fn issue(vault: &Vault, context: &Context, form: &Form, site: Option<String>, confirms: bool) -> Result<Self, ApiError> {
        let mut bytes = [0; 16];
        let ids = context.workspace.ids.as_ref();
        ids.random(&mut bytes);
        let opened = if confirms { context.now - WRITTEN_BEFORE } else { context.now };
        let (nonce, consent) = (hex(&bytes), consent_of(form));
        let said = format!("{} {nonce} {consent} {}", opened.as_millisecond(), site.as_deref().unwrap_or("-"));
        let text = vault.seal(ids, &place(context, form), &said)?;
        Ok(Self { text, nonce, opened, site, consent })
    }

    /// The one that came back; `None` where none of ours did.
    pub fn read(vault: &Vault, context: &Context, form: &Form, text: &str) -> Option<Self> {
        if text.len() > LONGEST || !Vault::is_sealed(text) {
            return None;
        }
        let said = vault.open(&place(context, form), text).ok()?;
        let mut parts = said.split(' ');
        let (at, nonce, consent, site) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            text: text.to_owned(),
            nonce: nonce.to_owned(),
            opened: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
            site: Some(site).filter(|it| *it != "-").map(str::to_owned),
            consent: consent.to_owned(),
        })
    }

    /// Whether the form was open for too long.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.opened) > GOOD_FOR
    }

    /// Whether what is agreed to is what was shown.
    pub fn showed_consent_of(&self, form: &Form) -> bool {
        self.consent == consent_of(form)
    }
}

fn place(context: &Context, form: &Form) -> String {
    format!("web_form/{}/{}", context.workspace.id, form.id())
}

fn consent_of(form: &Form) -> String {
    sha256_hex(form.text("consent_text").unwrap_or_default().as_bytes())
}
