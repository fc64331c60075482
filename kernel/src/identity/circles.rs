//! Who belongs to which circle.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::organisation::{live, targets};
use crate::access::{Circle, HeldCircle, Member, Standing};
use crate::error::Result;
use crate::read::{ConditionOn, Record};
use crate::schema::{CircleDefinition, CircleLimits, OpenGate, Schema};
use crate::store::{Condition, ReadTx};

/// A circle and who belongs to it.
#[derive(Debug)]
pub(super) struct CircleMembers {
    circle: Arc<Circle>,
    /// Others than its keepers see what lies in it.
    open: bool,
    members: BTreeSet<Uuid>,
    departments: BTreeSet<Uuid>,
    roles: BTreeSet<String>,
    keepers: BTreeSet<Uuid>,
    /// What is said of single members and roles.
    limits: Vec<ViewLimit>,
}

/// How many records a day somebody may open; any number where absent.
#[derive(Debug)]
struct ViewLimit {
    member: Option<Uuid>,
    role: Option<String>,
    daily_views: Option<u64>,
}

/// All circles there are.
pub(super) fn load_circles(schema: &Schema, tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<CircleMembers>> {
    let mut circles = Vec::new();
    for object in schema.objects.values() {
        let Some(definition) = &object.definition.circle else { continue };
        let from = circles.len();
        for row in tx.rows(&live(object, Condition::True))? {
            let record = Record { object: object.clone(), row };
            circles.push(read(schema, tx, definition, &record)?);
        }
        if let Some(limits) = &definition.limits {
            read_limits(schema, tx, limits, circles.get_mut(from..).unwrap_or_default())?;
        }
    }
    Ok(circles)
}

fn read(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), definition: &CircleDefinition, record: &Record) -> Result<CircleMembers> {
    let mut linked = |name: Option<&String>| -> Result<BTreeSet<Uuid>> {
        match name.and_then(|it| record.object.field(it)) {
            Some(field) => Ok(targets(tx, field, record.id())?.into_iter().collect()),
            None => Ok(BTreeSet::new()),
        }
    };
    let (members, departments) = (linked(Some(&definition.members))?, linked(definition.departments.as_ref())?);
    let keepers = linked(Some(&definition.keepers))?;
    let names = |name: &Option<String>| -> BTreeSet<String> {
        name.as_ref().map(|it| super::texts(&record.value(it)).into_iter().collect()).unwrap_or_default()
    };
    let daily_views = definition.daily_views.as_ref().and_then(|it| whole(record, it));
    let (hidden, masked) = (names(&definition.hidden), names(&definition.masked));
    let circle = Circle { id: record.id(), object: record.object.name.clone(), hidden, masked, daily_views };
    // A condition that cannot be asked keeps the circle closed.
    let holds =
        |it: &str| ConditionOn::read(schema, &record.object, it, &OpenGate).is_ok_and(|it| it.holds(record, Timestamp::UNIX_EPOCH, &TimeZone::UTC));
    let open = definition.open_when.as_deref().is_none_or(holds);
    Ok(CircleMembers { circle: Arc::new(circle), open, members, departments, roles: names(&definition.roles), keepers, limits: Vec::new() })
}

fn whole(record: &Record, field: &str) -> Option<u64> {
    if let Value::Int(number) = record.value(field) { Some(u64::try_from(number).unwrap_or(0)) } else { None }
}

/// What is said of single members and roles, beside the circle it is said of.
fn read_limits(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), limits: &CircleLimits, circles: &mut [CircleMembers]) -> Result<()> {
    let Some(object) = schema.object(&limits.object) else { return Ok(()) };
    for row in tx.rows(&live(object, Condition::True))? {
        let record = Record { object: object.clone(), row };
        let Some(of) = circles.iter_mut().find(|it| Some(it.circle.id) == record.reference(&limits.circle)) else { continue };
        let daily_views = if record.value(&limits.exempt).is_true() { None } else { whole(&record, &limits.daily_views).or(of.circle.daily_views) };
        let role = record.value(&limits.role).as_text().map(str::to_owned);
        of.limits.push(ViewLimit { member: record.reference(&limits.member), role, daily_views });
    }
    Ok(())
}

impl CircleMembers {
    /// How many records a day a member may open: his own limit, else the most generous of his roles', else the circle's.
    fn views_of(&self, member: &Member) -> Option<u64> {
        if let Some(own) = self.limits.iter().find(|it| it.member == Some(member.id)) {
            return own.daily_views;
        }
        let held = |it: &&ViewLimit| it.role.as_ref().is_some_and(|role| member.roles.iter().any(|it| it.name == *role));
        // No limit is more than any.
        let more = |one: Option<u64>, other: Option<u64>| one.zip(other).map(|(one, other)| one.max(other));
        self.limits.iter().filter(held).map(|it| it.daily_views).reduce(more).unwrap_or(self.circle.daily_views)
    }
}

/// What a member is to each circle. Administrators keep all of them.
pub(super) fn circles_of(schema: &Schema, circles: &[CircleMembers], member: &Member) -> Vec<HeldCircle> {
    let everywhere = || member.roles.iter().filter(|it| it.within.is_none());
    let administers = everywhere().any(|it| schema.roles.get(&it.name).is_some_and(|it| it.administrator));
    let held = |it: &CircleMembers| {
        let belongs = it.members.contains(&member.id)
            || member.departments_above.iter().any(|id| it.departments.contains(id))
            || everywhere().any(|role| it.roles.contains(&role.name));
        let standing = if administers || it.keepers.contains(&member.id) {
            Standing::Keeper
        } else if belongs && it.open {
            Standing::Member
        } else {
            Standing::Outside
        };
        HeldCircle { circle: it.circle.clone(), standing, belongs, daily_views: it.views_of(member) }
    };
    circles.iter().map(held).collect()
}
