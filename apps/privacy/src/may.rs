//! Whether a person may be contacted, for which purpose and by which channel, and why.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_page, known_records, load_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::holds::{held, may_know};
use crate::people::{PEOPLE, same_person};
use crate::values::{day, id_in, is_set, kept, moment, names, text_in, today};

/// The object of purposes.
pub const PURPOSE: &str = "purpose";
/// The object of consents.
pub const CONSENT: &str = "consent";
/// Ways to reach somebody.
pub const CHANNELS: [&str; 6] = ["phone", "sms", "email", "wechat", "post", "visit"];
/// Grounds to which a person may object, or which end with his consent.
const REFUSABLE: [&str; 4] = ["consent", "legitimate_interest", "made_public", "public_interest"];
/// Most purposes.
pub const MOST_PURPOSES: u64 = 200;
/// Most consents of one person that are looked at.
const MOST_CONSENTS: usize = 10_000;
/// Read at once.
const PAGE: u64 = 1_000;

/// What holds for one purpose and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether.
    pub allowed: bool,
    /// Why: `consent`, `ground`, `no_consent`, `withdrawn`, `objected`, `expired`, `do_not_contact`, `channel`, `inactive`.
    pub why: &'static str,
    /// Since when.
    pub since: Option<Timestamp>,
    /// By which consent.
    pub consent: Option<Uuid>,
}

/// What a person said, the same person's leads included, the newest first.
///
/// # Errors
/// Fails where the database does.
pub fn said_by(context: &Context, tx: &mut dyn ReadTx, person: &Record) -> Result<Vec<Record>> {
    let ids = same_person(context, tx, person)?;
    let mut said = Vec::new();
    let mut after = None;
    while said.len() < MOST_CONSENTS {
        let ids = ids.clone();
        let page = known_page(context, tx, CONSENT, |it| among(it("person"), ids), after, PAGE)?;
        after = page.last().map(Record::id);
        let is_last = (page.len() as u64) < PAGE;
        said.extend(page);
        if is_last {
            break;
        }
    }
    said.sort_by_key(|it| std::cmp::Reverse((said_at(it), it.id())));
    Ok(said)
}

/// Purposes in use, or one of them.
///
/// # Errors
/// A purpose that is not there; fails where the database does.
pub fn purposes(context: &Context, tx: &mut dyn ReadTx, one: Option<Uuid>) -> Result<Vec<Record>> {
    let Some(id) = one else {
        let mut all = known_records(context, tx, PURPOSE, |it| Ok(Condition::equals(it("active")?, Value::Bool(true))), MOST_PURPOSES)?;
        all.sort_by_key(|it| (it.title(), it.id()));
        return Ok(all);
    };
    let found = known_records(context, tx, PURPOSE, |it| among(it("id"), [id]), 1)?;
    if found.is_empty() {
        return Err(KernelError::invalid("purpose", "no_such_record", "没有这个目的", "there is no such purpose"));
    }
    Ok(found)
}

/// Whether a person may object to a purpose.
pub fn is_refusable(purpose: &Record) -> bool {
    REFUSABLE.contains(&kept(purpose, "legal_ground").as_str())
}

/// What holds for a purpose and a channel. `quiet`: the person does not want to be contacted at all.
pub fn judge(purpose: &Record, channel: &str, said: &[Record], quiet: bool, today: Date) -> Verdict {
    let told = |allowed, why| Verdict { allowed, why, since: None, consent: None };
    if !is_set(purpose, "active") {
        return told(false, "inactive");
    }
    let channels = names(&purpose.value("channels"));
    if !channels.is_empty() && !channels.iter().any(|it| it == channel) {
        return told(false, "channel");
    }
    let refusable = is_refusable(purpose);
    if quiet && refusable {
        return told(false, "do_not_contact");
    }
    let about = |it: &&Record| it.reference("purpose") == Some(purpose.id()) && ["any", channel].contains(&kept(it, "channel").as_str());
    let last = said.iter().filter(about).max_by_key(|it| (said_at(it), it.id()));
    let ground = kept(purpose, "legal_ground");
    let Some(last) = last.filter(|_| refusable) else {
        return if ground == "consent" { told(false, "no_consent") } else { told(true, "ground") };
    };
    let by = |allowed, why| Verdict { allowed, why, since: said_at(last), consent: Some(last.id()) };
    match kept(last, "state").as_str() {
        "withdrawn" => by(false, "withdrawn"),
        "objected" => by(false, "objected"),
        _ if day(last, "expires_on").is_some_and(|it| it < today) => by(ground != "consent", if ground == "consent" { "expired" } else { "ground" }),
        _ => by(true, "consent"),
    }
}

/// Whether data of a person may be processed for a purpose that is no way to reach him, such as putting it to a service outside:
/// what he said for all channels decides, and an objection or a withdrawal for any one of them suffices against it.
///
/// # Errors
/// A purpose that is not there; fails where the database does.
pub fn may_process(context: &Context, tx: &mut dyn ReadTx, person: &Record, purpose: Uuid) -> Result<Verdict> {
    let said = said_by(context, tx, person)?;
    let (quiet, today) = (is_quiet(context, tx, person)?, today(context));
    let Some(purpose) = purposes(context, tx, Some(purpose))?.pop() else { return Err(KernelError::NotFound) };
    let verdict = judge(&purpose, "any", &said, quiet, today);
    let against = CHANNELS.iter().map(|it| judge(&purpose, it, &said, quiet, today)).find(|it| ["withdrawn", "objected"].contains(&it.why));
    Ok(if verdict.allowed { against.unwrap_or(verdict) } else { verdict })
}

/// Whether a person, under whatever record he is kept, does not want to be contacted at all.
///
/// # Errors
/// Fails where the database does.
pub fn is_quiet(context: &Context, tx: &mut dyn ReadTx, person: &Record) -> Result<bool> {
    if is_set(person, "do_not_contact") {
        return Ok(true);
    }
    let ids: Vec<Uuid> = same_person(context, tx, person)?.into_iter().filter(|it| *it != person.id()).collect();
    if ids.is_empty() {
        return Ok(false);
    }
    for object in PEOPLE.iter().filter_map(|it| context.schema.object(it)).filter(|it| it.field("do_not_contact").is_some()) {
        let others = load_records(&context.as_system(), tx, object, &ids, Verb::Read, false)?;
        if others.iter().any(|it| is_set(it, "do_not_contact")) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When a consent came to say what it says.
fn said_at(consent: &Record) -> Option<Timestamp> {
    moment(consent, "withdrawn_at").or_else(|| moment(consent, "given_at"))
}

/// `may_contact` of contacts, leads and accounts.
pub struct MayContact(pub ActionDefinition);

impl Action for MayContact {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, record: &Record, input: &Map<String, Json>) -> Result<Json> {
        let asked = text_in(input, "channel");
        let said = said_by(context, tx, record)?;
        let (quiet, today) = (is_quiet(context, tx, record)?, today(context));
        let mut told = Vec::new();
        for purpose in purposes(context, tx, id_in(input, "purpose"))? {
            let allowed_by = names(&purpose.value("channels"));
            let is_for = |it: &&str| match asked {
                Some(channel) => channel == *it,
                None => allowed_by.is_empty() || allowed_by.iter().any(|one| one == *it),
            };
            let verdicts: Vec<(&str, Verdict)> =
                CHANNELS.iter().filter(|it| is_for(it)).map(|it| (*it, judge(&purpose, it, &said, quiet, today))).collect();
            let allowed = verdicts.iter().any(|it| it.1.allowed);
            let channels: Vec<Json> = verdicts
                .into_iter()
                .map(|(channel, it)| json!({ "channel": channel, "allowed": it.allowed, "why": it.why, "since": it.since, "consent": it.consent }))
                .collect();
            told.push(json!({
                "id": purpose.id(), "name": purpose.title(), "legal_ground": kept(&purpose, "legal_ground"), "allowed": allowed, "channels": channels,
            }));
        }
        let allowed = told.iter().any(|it| it["allowed"] == json!(true));
        // A hold tells of a dispute: only who may see holds is told.
        let is_held = match held(context, tx, record.id())? {
            Some(hold) => may_know(context, tx, &hold)?,
            None => false,
        };
        Ok(json!({ "allowed": allowed, "do_not_contact": quiet, "held": is_held, "consents": said.len(), "purposes": told }))
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        self.answer_of(unit.context, unit.tx, &record, input)
    }
}
