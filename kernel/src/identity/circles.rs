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
use crate::schema::{CircleDefinition, OpenGate, Schema};
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
}

/// All circles there are.
pub(super) fn load_circles(schema: &Schema, tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<CircleMembers>> {
    let mut circles = Vec::new();
    for object in schema.objects.values() {
        let Some(definition) = &object.definition.circle else { continue };
        for row in tx.rows(&live(object, Condition::True))? {
            let record = Record { object: object.clone(), row };
            circles.push(read(schema, tx, definition, &record)?);
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
    let daily_views = match definition.daily_views.as_ref().map(|it| record.value(it)) {
        Some(Value::Int(most)) => Some(u64::try_from(most).unwrap_or(0)),
        _ => None,
    };
    let (hidden, masked) = (names(&definition.hidden), names(&definition.masked));
    let circle = Circle { id: record.id(), object: record.object.name.clone(), hidden, masked, daily_views };
    // A condition that cannot be asked keeps the circle closed.
    let holds =
        |it: &str| ConditionOn::read(schema, &record.object, it, &OpenGate).is_ok_and(|it| it.holds(record, Timestamp::UNIX_EPOCH, &TimeZone::UTC));
    let open = definition.open_when.as_deref().is_none_or(holds);
    Ok(CircleMembers { circle: Arc::new(circle), open, members, departments, roles: names(&definition.roles), keepers })
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
        HeldCircle { circle: it.circle.clone(), standing, belongs }
    };
    circles.iter().map(held).collect()
}
