//! Visits in the field: who may say that he is there, when it was and how far from the customer's place.

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::ActionDefinition;
use guanxi_kernel::context::Context;
use guanxi_kernel::fields::{field_type, metres_between};
use guanxi_kernel::read::{Record, link_targets, load_record};
use guanxi_kernel::schema::{FILE_OBJECT, FieldGate as _, OWNER_FIELD, Object};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// So far from the customer's place one is still at the customer's: a plant has a gate, and maps of different makers
/// disagree by some hundred metres.
const NEAR_METRES: i64 = 500;
/// What was taken so long before it arrives was taken just now: the way through the network, and clocks that differ a little.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(2);
/// What waited longer for a network is not taken any more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What check-in and check-out record, in the order they do.
const RECORDED: [&str; 13] = [
    "check_in",
    "check_in_at",
    "check_in_sent_at",
    "check_in_accuracy",
    "check_in_distance",
    "check_in_place",
    "check_in_photo",
    "checked_in_by",
    "check_out",
    "check_out_at",
    "check_out_sent_at",
    "check_out_distance",
    "onsite",
];

/// When something was done, and when it arrived where that was later.
pub struct Moment {
    /// When it was done: the server's time, or the phone's where it had no network.
    pub at: Timestamp,
    /// When it arrived, where it had to wait.
    pub sent_at: Option<Timestamp>,
}

impl Moment {
    /// Reads `taken_at`. A phone whose clock is ahead is taken to mean now.
    ///
    /// # Errors
    /// Says that it waited too long.
    pub fn read(context: &Context, input: &Map<String, Json>) -> Result<Self> {
        let now = context.now;
        let taken = input.get("taken_at").and_then(Json::as_str).and_then(|it| it.parse::<Timestamp>().ok());
        let Some(taken) = taken.filter(|it| now.duration_since(*it) > JUST_NOW) else { return Ok(Self { at: now, sent_at: None }) };
        if now.duration_since(taken) > LONGEST_WAIT {
            let problem =
                FieldError::new("taken_at", "too_small", "只能补传 7 天以内的签到和签退", "check-ins and check-outs are taken up to 7 days later");
            return Err(KernelError::Invalid(vec![problem]));
        }
        Ok(Self { at: taken, sent_at: Some(now) })
    }
}

/// How far somebody stands from the customer's place.
pub struct Standing {
    /// In metres; not known where the customer has no place, or the caller does not see it.
    pub distance: Option<i64>,
    accuracy: i64,
}

impl Standing {
    /// The option of `check_in_place`.
    pub fn place(&self) -> &'static str {
        match self.distance {
            None => "unknown",
            Some(metres) if metres - self.accuracy.min(NEAR_METRES) <= NEAR_METRES => "near",
            Some(_) => "far",
        }
    }
}

/// Where the input's position is, seen from the visit's customer.
///
/// # Errors
/// Fails where the database does.
pub fn standing(unit: &mut Unit<'_>, action: &ActionDefinition, visit: &Record, input: &Map<String, Json>) -> Result<Standing> {
    let accuracy = input.get("accuracy").and_then(Json::as_i64).unwrap_or_default();
    let place = match visit.reference("account") {
        Some(account) => place_of(unit, account)?,
        None => None,
    };
    let declared = action.input.iter().find(|it| it.name == "position");
    let position = declared.zip(input.get("position")).and_then(|(field, json)| {
        let cells = field_type(field.kind).parse(field, json, &unit.context.parse_context()).ok()?;
        if let [Value::Decimal(lat), Value::Decimal(lng)] = cells.as_slice() { Some((*lat, *lng)) } else { None }
    });
    Ok(Standing { distance: place.zip(position).map(|(from, to)| metres_between(from, to)), accuracy })
}

/// The customer's place as far as the caller may see it: a distance tells of it.
fn place_of(unit: &mut Unit<'_>, account: Uuid) -> Result<Option<guanxi_kernel::fields::Point>> {
    let context = unit.context;
    let Some(accounts) = context.schema.object("account").cloned() else { return Ok(None) };
    let sees = |object: &Object| object.field("location").is_some_and(|it| context.access.may_read(object, it));
    if !sees(&accounts) {
        return Ok(None);
    }
    let customer = load_record(context, unit.reader(), &accounts, account, Verb::Read, false)?;
    let Some(customer) = customer.filter(|it| !context.access.is_covered(&accounts, &it.row)) else { return Ok(None) };
    let coordinates = (customer.value("location.lat"), customer.value("location.lng"));
    Ok(if let (Value::Decimal(lat), Value::Decimal(lng)) = coordinates { Some((lat, lng)) } else { None })
}

/// Only who makes the visit says that he is there: its owner, who stands in for him, and those who take part.
///
/// # Errors
/// Forbidden.
pub fn require_there(unit: &mut Unit<'_>, visit: &Record) -> Result<()> {
    let member = &unit.context.access.member;
    if visit.reference(OWNER_FIELD).is_some_and(|it| member.selves().contains(&it)) {
        return Ok(());
    }
    let taking_part = visit.object.field("participants").map(|it| link_targets(unit.tx, it, visit.id())).transpose()?;
    if taking_part.is_some_and(|it| it.contains(&unit.context.actor)) {
        return Ok(());
    }
    Err(KernelError::Forbidden("check in for somebody else".into()))
}

/// The picture the input names, which must be one the caller may see: it is put there by the engine's own rights.
///
/// # Errors
/// Says that there is no such file.
pub fn own_picture(unit: &mut Unit<'_>, input: &Map<String, Json>) -> Result<Option<Uuid>> {
    let Some(named) = input.get("photo") else { return Ok(None) };
    let text = named.as_str().or_else(|| named.get("id").and_then(Json::as_str)).unwrap_or_default();
    let id = Uuid::try_parse(text).unwrap_or_default();
    let context = unit.context;
    let files: Option<Arc<Object>> = context.schema.object(FILE_OBJECT).cloned();
    let found = files.map(|it| load_record(context, unit.reader(), &it, id, Verb::Read, false)).transpose()?.flatten();
    if found.is_none() {
        let problem = FieldError::new("photo", "no_such_record", "照片不存在，请重新拍摄", "there is no such picture; take it again");
        return Err(KernelError::Invalid(vec![problem]));
    }
    Ok(Some(id))
}

/// What a check-in or check-out recorded stands: neither a form nor an import sets it, and undoing does not take it back.
pub fn keep_recorded(context: &Context, draft: &mut Draft) {
    let Some(before) = draft.before.as_ref().filter(|_| draft.kind == DraftKind::Update) else { return };
    if before.value("check_in_at").is_null() || context.access.is_system() {
        return;
    }
    if let Some(field) = RECORDED.into_iter().find(|it| draft.changes(it)) {
        draft.problem(
            field,
            "read_only_field",
            "签到和签退记录不能修改或撤销",
            "what a check-in or check-out recorded is neither changed nor undone",
        );
    }
}
