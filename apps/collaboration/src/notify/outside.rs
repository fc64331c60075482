//! Ways news reach a member outside the app: by mail, in his browser, on his phone. Each line of the notification centre holds
//! when it goes which way; what is due and still unread goes, what belongs to one member together.

use std::collections::BTreeMap;

use guanxi_kernel::access::{self, Verb};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::outreach::{push, sms};
use guanxi_kernel::read::{Record, known_page, load_record};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{CompareOp, Condition, StoreExt as _, WriteTx};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value, jobs};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::NOTIFICATION;
use super::mail::{ByMail, worded};
use super::preferences::{Preferences, Way};

/// Notifications taken up at a time.
const MOST: u64 = 500;
/// What is due within a minute is looked for when it is due, in steps of so many seconds; the rest once a minute.
const STEP: i64 = 5;

/// What takes news out of the app.
pub trait Channel: Send + Sync {
    /// Which way they go.
    fn way(&self) -> Way;

    /// Whether anything goes this way at all.
    fn is_configured(&self, context: &Context) -> bool;

    /// Puts what a member is told into the queue, in the transaction that marks it as told. `due` are his unread lines, the
    /// oldest first.
    ///
    /// # Errors
    /// Fails where the database does.
    fn send(&self, unit: &mut Unit<'_>, member: Uuid, due: &[Record]) -> Result<()>;
}

/// What is worded when it is sent: ids go into the queue of whoever sends.
struct ByQueue {
    way: Way,
    /// The job that sends.
    sender: &'static str,
    enqueue: fn(&Context, &mut dyn WriteTx, Uuid, &[Uuid]) -> Result<()>,
}

static BY_PUSH: ByQueue = ByQueue { way: Way::Push, sender: push::SEND, enqueue: push::enqueue };
static BY_SMS: ByQueue = ByQueue { way: Way::Sms, sender: sms::SEND, enqueue: sms::enqueue };

impl Channel for ByQueue {
    fn way(&self) -> Way {
        self.way
    }

    fn is_configured(&self, context: &Context) -> bool {
        context.workspace.registry.job(self.sender).is_some()
    }

    fn send(&self, unit: &mut Unit<'_>, member: Uuid, due: &[Record]) -> Result<()> {
        let ids: Vec<Uuid> = due.iter().map(Record::id).collect();
        (self.enqueue)(unit.context, unit.tx, member, &ids)
    }
}

/// The job that looks for what is due to go one way.
pub struct TellOutside(&'static dyn Channel);

/// One for each way.
pub fn all() -> [TellOutside; 3] {
    [TellOutside(&ByMail), TellOutside(&BY_PUSH), TellOutside(&BY_SMS)]
}

impl JobHandler for TellOutside {
    fn kind(&self) -> &str {
        self.0.way().job()
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(60))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let channel = self.0;
        if !channel.is_configured(context) {
            return Ok(());
        }
        let (now, field) = (context.now, channel.way().due_field());
        let due =
            |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::Compare(it(field)?, CompareOp::Le, Value::DateTime(now)));
        let (mut after, mut failed) = (None, None);
        // In the order they were written. One member whose lines cannot be handed over does not stand before all others.
        loop {
            let page = context.workspace.store.read_with(|tx| known_page(context, tx, NOTIFICATION, due, after, MOST))?;
            after = page.last().filter(|_| page.len() as u64 == MOST).map(Record::id);
            let mut of_member: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
            for line in &page {
                of_member.entry(line.reference("member").unwrap_or_default()).or_default().push(line.id());
            }
            for (member, ids) in of_member {
                if let Err(error) = tell(context, channel, member, ids) {
                    failed.get_or_insert(error);
                }
            }
            if after.is_none() {
                return failed.map_or(Ok(()), Err);
            }
        }
    }
}

/// Marks the lines as told and hands what is still news over, together or not at all. What its reader does not wish any more goes
/// no way; what became late, so that it would come in his quiet hours, waits for their end.
fn tell(context: &Context, channel: &'static dyn Channel, member: Uuid, ids: Vec<Uuid>) -> Result<()> {
    let work = move |unit: &mut Unit<'_>| {
        let (context, way) = (unit.context, channel.way());
        let field = way.due_field();
        let object = context.schema.object(NOTIFICATION).cloned().ok_or(KernelError::NotFound)?;
        let wishes = Preferences::of(unit.tx, member)?;
        let zone = access::context_of(context, unit.tx, member)?.map(|it| it.time_zone.clone());
        let quiet = zone.and_then(|it| wishes.quiet_until(context.now, &it));
        let mut due = Vec::new();
        for id in &ids {
            let Some(line) = load_record(context, unit.tx, &object, *id, Verb::Read, false)? else { continue };
            if line.value(field).is_null() {
                continue;
            }
            let is_news = is_unread(&line) && wishes.goes(way, line.value("kind").as_text().unwrap_or_default());
            let later = quiet.filter(|_| is_news).map(|it| it.to_string());
            unit.update_as_system(NOTIFICATION, *id, &Map::from_iter([(field.to_owned(), json!(later))]))?;
            if is_news && later.is_none() {
                due.push(line);
            }
        }
        if due.is_empty() { Ok(()) } else { channel.send(unit, member, &due) }
    };
    run_unit(context, context.new_id(), "tell_outside", Box::new(work))
}

fn is_unread(line: &Record) -> bool {
    line.value("read") != Value::Bool(true) && line.value("archived") != Value::Bool(true)
}

/// Has what is due soon looked for when it is due, in the transaction that writes it.
///
/// # Errors
/// Fails where the database does.
pub fn look_soon(context: &Context, tx: &mut dyn WriteTx, kind: &str, at: Timestamp) -> Result<()> {
    if context.workspace.registry.job(kind).is_none() || at > context.now + jiff::SignedDuration::from_secs(60) {
        return Ok(());
    }
    let step = (at.as_second().div_euclid(STEP) + 1) * STEP;
    let Ok(when) = Timestamp::from_second(step) else { return Ok(()) };
    jobs::enqueue(context, tx, kind, json!({}), Some(format!("{kind}/{step}")), when).map(drop)
}

/// A line of the notification centre, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideLine {
    /// The notification.
    pub id: Uuid,
    /// What it says.
    pub sentence: String,
}

/// What a member is told outside the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// His language.
    pub locale: Locale,
    /// Name of the company.
    pub company: String,
    /// The newest first; never none.
    pub lines: Vec<OutsideLine>,
}

/// Whether a member is to be told something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// There is nothing he is to be told this way.
    Nothing,
    /// Not before then: it is quiet where he is.
    Later(Timestamp),
    /// This.
    Now(Outside),
}

/// What of some notifications a member is to be told now: what he has not read, still wishes to be told this way and may still
/// see, in the words of the notification centre; and none of it in his quiet hours, however late it became.
///
/// # Errors
/// Fails where the database does.
pub fn told_outside(context: &Context, way: Way, member: Uuid, ids: &[Uuid]) -> Result<Telling> {
    let Some(object) = context.schema.object(NOTIFICATION).cloned() else { return Ok(Telling::Nothing) };
    context.workspace.store.read_with(|tx| {
        let Some(theirs) = access::context_of(context, tx, member)? else { return Ok(Telling::Nothing) };
        let Some(identity) = context.workspace.identity(tx, member)? else { return Ok(Telling::Nothing) };
        let wishes = Preferences::of(tx, member)?;
        let quiet = wishes.quiet_until(context.now, &theirs.time_zone);
        let mut lines = Vec::new();
        for id in ids {
            let found = load_record(context, tx, &object, *id, Verb::Read, false)?;
            let Some(line) = found.filter(|it| is_unread(it) && it.reference("member") == Some(member)) else { continue };
            if wishes.goes(way, line.value("kind").as_text().unwrap_or_default()) {
                lines.extend(worded(&theirs, tx, &line)?.map(|sentence| OutsideLine { id: *id, sentence }));
            }
        }
        if lines.is_empty() {
            return Ok(Telling::Nothing);
        }
        if let Some(until) = quiet {
            return Ok(Telling::Later(until));
        }
        lines.reverse();
        let company = context.workspace.settings().name.chars().map(|it| if it.is_control() { ' ' } else { it }).collect::<String>();
        let company = if company.trim().is_empty() { "关系 Guanxi".to_owned() } else { company };
        Ok(Telling::Now(Outside { locale: identity.locale, company, lines }))
    })
}
