//! Who is asking, when, and in which workspace: the first argument of everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use crate::access::Access;
use crate::error::{KernelError, Result};
use crate::fields::ParseContext;
use crate::schema::Schema;
use crate::workspace::Workspace;

/// Tells the time. The server has the one that reads the machine's; tests advance their own.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes ids and secrets.
pub trait Ids: Send + Sync {
    /// A new record id, UUID version 7 of this moment: later ids sort after earlier ones.
    fn next(&self, now: Timestamp) -> Uuid;
    /// Fills with unpredictable bytes.
    fn random(&self, bytes: &mut [u8]);
}

/// Interface language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// From a tag such as `zh-CN` or `en-GB`; Chinese where it is neither.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("en") { Self::En } else { Self::ZhCn }
    }
    /// The tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }
    /// The text in this language.
    pub fn pick(self, label: &crate::schema::Label) -> &str {
        match self {
            Self::ZhCn => &label.zh_cn,
            Self::En => &label.en,
        }
    }
}

/// The caller's context. There is no function that reads or writes records without one.
#[derive(Clone)]
pub struct Context {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// The schema when the request began.
    pub schema: Arc<Schema>,
    /// Rights, worked out once per request.
    pub access: Arc<Access>,
    /// Who acts; the nil id is the system itself.
    pub actor: Uuid,
    /// Their name, for the log.
    pub actor_name: String,
    /// Now, the same through the whole request.
    pub now: Timestamp,
    /// Interface language.
    pub locale: Locale,
    /// Days begin here.
    pub time_zone: TimeZone,
    /// For logs and error reports.
    pub request_id: String,
    /// The key under which this request may be carried out only once; its transaction marks it (see [`crate::idempotency`]).
    pub request_key: Option<String>,
    /// Whether anything of this request was committed; it is not run again then.
    pub written: Arc<AtomicBool>,
    /// Whether the caller has proved a short while ago who he is; what is sensitive asks for it.
    pub proved: bool,
    /// The administrator who looks with the actor's rights; nothing can be written then.
    pub viewer: Option<Viewer>,
    /// The name of the API key by which a program acts for the actor.
    pub agent: Option<Arc<str>>,
}

/// Who looks with somebody else's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Id.
    pub id: Uuid,
    /// Name, for the log.
    pub name: String,
}

impl Context {
    /// What reading values from JSON may use.
    pub fn parse_context(&self) -> ParseContext {
        let settings = self.workspace.settings();
        ParseContext { region: settings.region.clone(), currency: settings.currency.clone(), now: self.now, time_zone: self.time_zone.clone() }
    }
    /// An amount in the workspace's own currency, to the cent; none where its currency has no rate. One without a currency is in
    /// the own one.
    pub fn in_own_currency(&self, amount: Decimal, currency: Option<&str>) -> Option<Decimal> {
        let Some(code) = currency.filter(|it| *it != self.workspace.settings().currency) else { return Some(amount) };
        let worth = amount.checked_mul(*self.schema.rates.get(code)?)?;
        Some(worth.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }
    /// Fails unless the caller has proved a short while ago who he is: a session somebody left open changes nothing that
    /// would let a stranger stay.
    ///
    /// # Errors
    /// [`KernelError::ProofNeeded`].
    pub fn require_proof(&self) -> Result<()> {
        if self.proved { Ok(()) } else { Err(KernelError::ProofNeeded) }
    }
    /// Fails where somebody only looks with the caller's rights.
    ///
    /// # Errors
    /// [`KernelError::ViewOnly`].
    pub fn require_himself(&self) -> Result<()> {
        if self.viewer.is_none() { Ok(()) } else { Err(KernelError::ViewOnly) }
    }
    /// Notes that something of this request was committed.
    pub(crate) fn note_written(&self) {
        self.written.store(true, Ordering::Relaxed);
    }
    /// Whether something of this request was committed.
    pub fn has_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }
    /// A new id of this moment.
    pub fn new_id(&self) -> Uuid {
        self.workspace.ids.next(self.now)
    }
    /// The same caller with the rights of the system: for what the engine itself must see (unique checks, roll-ups, after-hooks).
    /// What it reads must not reach the caller.
    #[must_use]
    pub fn as_system(&self) -> Self {
        Self { access: Arc::new(Access::system(self.actor)), ..self.clone() }
    }
}
