//! Rooms, vehicles and equipment: one appointment at a time. That people have two at once is their own affair, and told;
//! a room has not.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records, link_targets};
use guanxi_kernel::schema::ID;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::activity::{ACTIVITY, end_of, whole_days, whole_span};
use crate::attendance::reach_back;

/// The field that books.
const RESOURCES: &str = "resources";
/// The object booked.
pub const RESOURCE: &str = "resource";
/// Most bookings looked at for one appointment.
const MOST: u64 = 2_000;

/// What an activity books, and when.
struct Booking {
    wanted: Vec<Uuid>,
    /// Those this change names.
    named: Vec<Uuid>,
    from: Timestamp,
    until: Timestamp,
}

/// Refuses what is booked twice, and what may not be booked.
///
/// # Errors
/// Fails where the database does.
pub fn refuse_taken(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    if draft.value("start_at").is_null() && named(draft).is_some_and(|it| !it.is_empty()) {
        draft.problem("start_at", "required", "预订会议室或设备时请填写开始时间", "a booking needs a start");
    }
    let Some(booking) = booking(context, tx, draft)? else { return Ok(()) };
    refuse_closed(context, tx, draft, &booking.named)?;
    draft.problems.extend(refusal(&taken(context, tx, draft.id(), &booking)?));
    Ok(())
}

/// The same in the transaction, while nobody else can book: two may have planned at once.
///
/// # Errors
/// Where it was booked meanwhile.
pub fn hold(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let context = unit.context;
    let Some(booking) = booking(context, unit.tx, draft)? else { return Ok(()) };
    hold_for(unit, draft.id(), &booking)
}

/// The same for an activity that comes back from the bin: somebody else may have booked what it had.
///
/// # Errors
/// State conflict where it was.
pub fn book_again(unit: &mut Unit<'_>, activity: &Record) -> Result<()> {
    let Some(field) = activity.object.field(RESOURCES).cloned() else { return Ok(()) };
    let wanted = link_targets(unit.tx, &field, activity.id())?;
    let span = whole_days(activity, &unit.context.workspace.time_zone());
    let Some((from, until)) = span.filter(|_| !wanted.is_empty() && activity.value("status").as_text() != Some("cancelled")) else { return Ok(()) };
    match hold_for(unit, activity.id(), &Booking { wanted, named: Vec::new(), from, until }) {
        Err(KernelError::Invalid(problems)) => {
            let told = problems.into_iter().next().map(|it| it.message).unwrap_or_default();
            Err(KernelError::conflict("state_conflict", told.zh_cn, told.en))
        }
        other => other,
    }
}

fn hold_for(unit: &mut Unit<'_>, activity: Uuid, booking: &Booking) -> Result<()> {
    let context = unit.context;
    if let Some(resources) = context.schema.object(RESOURCE) {
        let these = Condition::In(ColumnRef::main(ID), booking.wanted.iter().copied().map(Value::Id).collect(), false);
        let columns = vec![ColumnRef::main(ID)];
        unit.tx.rows(&Select { columns, lock: true, ..Select::all(&resources.table, these).order_by(ID, false) })?;
    }
    let refusal: Vec<FieldError> = refusal(&taken(context, unit.tx, activity, booking)?).into_iter().collect();
    if refusal.is_empty() { Ok(()) } else { Err(KernelError::Invalid(refusal)) }
}

/// What a change names to be booked, if it says anything of it.
fn named(draft: &Draft) -> Option<&Vec<Uuid>> {
    draft.links.get(&draft.object.field_position(RESOURCES)?)
}

/// What an activity books as it will be, where a change touches that.
fn booking(context: &Context, tx: &mut dyn ReadTx, draft: &Draft) -> Result<Option<Booking>> {
    let Some(field) = draft.object.field(RESOURCES) else { return Ok(None) };
    let moved = draft.kind == DraftKind::Update && ["start_at", "end_at", "duration", "all_day", "status"].iter().any(|it| draft.changes(it));
    let wanted = match named(draft) {
        Some(named) => named.clone(),
        None if moved => link_targets(tx, field, draft.id())?,
        None => return Ok(None),
    };
    let Value::DateTime(from) = draft.value("start_at") else { return Ok(None) };
    if wanted.is_empty() || draft.value("status").as_text() == Some("cancelled") {
        return Ok(None);
    }
    let mut span = (from, end_of(from, &draft.value("end_at"), &draft.value("duration")));
    if draft.value("all_day") == Value::Bool(true) {
        span = whole_span(span, &context.workspace.time_zone()).unwrap_or(span);
    }
    let (from, until) = span;
    Ok(Some(Booking { wanted, named: named(draft).cloned().unwrap_or_default(), from, until }))
}

fn refusal(taken: &[String]) -> Option<FieldError> {
    let names = taken.join("、");
    let zh_cn = format!("{names}在这段时间已被预订，请换时间或换一个");
    (!taken.is_empty())
        .then(|| FieldError::new(RESOURCES, "rule", zh_cn, format!("{names} is booked at that time; choose another time or another one")))
}

fn refuse_closed(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, named: &[Uuid]) -> Result<()> {
    let condition = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(among(it("id"), named.iter().copied())?.and(Condition::equals(it("active")?, Value::Bool(false))))
    };
    let closed = if named.is_empty() { Vec::new() } else { known_records(context, tx, RESOURCE, condition, MOST)? };
    if let Some(name) = closed.first().map(Record::title) {
        draft.problem(RESOURCES, "rule", format!("{name}目前不能预订"), format!("{name} may not be booked"));
    }
    Ok(())
}

/// So many days from a moment, as far as time goes.
fn day_off(moment: Timestamp, days: i64) -> Timestamp {
    moment.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(moment)
}

/// Names of what is booked by another activity at that time.
fn taken(context: &Context, tx: &mut dyn ReadTx, activity: Uuid, booking: &Booking) -> Result<Vec<String>> {
    let Some(field) = context.schema.object(ACTIVITY).and_then(|it| it.field(RESOURCES)).cloned() else { return Ok(Vec::new()) };
    let Some(link) = field.link.clone() else { return Ok(Vec::new()) };
    let targets = booking.wanted.iter().copied().map(Value::Id).collect();
    let condition = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let start = it("start_at")?;
        // A day more on either side: what is of whole days lasts longer than it says.
        let (from, until) = (day_off(reach_back(booking.from), -1), day_off(booking.until, 1));
        Ok(Condition::Compare(start, CompareOp::Lt, Value::DateTime(until))
            .and(Condition::Compare(start, CompareOp::Gt, Value::DateTime(from)))
            .and(Condition::Compare(it("status")?, CompareOp::Ne, Value::Text("cancelled".to_owned())))
            .and(Condition::Linked { link, source: ColumnRef::main(ID), targets, negated: false }))
    };
    let others = known_records(context, tx, ACTIVITY, condition, MOST)?;
    let mut clashing = BTreeSet::new();
    let zone = context.workspace.time_zone();
    for other in others.iter().filter(|it| it.id() != activity) {
        if whole_days(other, &zone).is_some_and(|(from, until)| from < booking.until && until > booking.from) {
            clashing.extend(link_targets(tx, &field, other.id())?.into_iter().filter(|it| booking.wanted.contains(it)));
        }
    }
    if clashing.is_empty() {
        return Ok(Vec::new());
    }
    Ok(known_records(context, tx, RESOURCE, |it| among(it("id"), clashing), MOST)?.iter().map(Record::title).collect())
}
