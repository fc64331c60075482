//! What packs and administrators added to leads and to what leads become: the same field on both is carried along.

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, link_targets, load_record};
use guanxi_kernel::schema::{Field, FieldKind, Object, Origin};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};

/// Adds to the values of a new record what the lead has in added fields of the same name and type, where nothing stands yet.
/// What the caller does not see of the lead, or may not write there, is left out, and so is what does not fit there.
///
/// # Errors
/// Fails where the database does.
pub fn carry(unit: &mut Unit<'_>, lead: &Record, known: &Map<String, Json>, object: &str, values: &mut Map<String, Json>) -> Result<()> {
    let context = unit.context;
    let Some(target) = context.schema.object(object) else { return Ok(()) };
    // A choice that a pack added to the lead alone.
    values.retain(|name, value| target.field(name).is_none_or(|it| fits(it, value)));
    for from in lead.object.fields.iter().filter(|it| matches!(it.origin, Origin::Pack | Origin::Custom)) {
        let name = from.name();
        let Some(to) = target.field(name).filter(|to| !values.contains_key(name) && is_same(from, to)) else { continue };
        if context.access.shown_of(&lead.object, from, Place::Record, &lead.row) != Shown::Whole || !may_set(context, target, to) {
            continue;
        }
        if from.link.is_some() {
            let linked = link_targets(unit.tx, from, lead.id())?;
            if !linked.is_empty() {
                values.insert(name.to_owned(), json!(linked));
            }
        } else if let Some(value) = known.get(name).filter(|it| fits(to, it))
            && is_reachable(unit, lead, from)?
        {
            values.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// What a lead names of where it came from, as values of what it becomes.
#[derive(Default)]
pub struct CameFrom {
    /// What the caller may see.
    pub seen: Map<String, Json>,
    /// What he may not, which stays true all the same.
    pub unseen: Map<String, Json>,
}

/// Fields that say where something came from.
const ORIGIN: [&str; 2] = ["campaign", "community"];

/// Where a lead came from, as far as an object has fields for it.
///
/// # Errors
/// Fails where the database does.
pub fn origin_of(unit: &mut Unit<'_>, lead: &Record, object: &str) -> Result<CameFrom> {
    let context = unit.context;
    let mut origin = CameFrom::default();
    for name in ORIGIN {
        let to = context.schema.object(object).and_then(|it| it.field(name)).and_then(|it| it.target.clone());
        let target = to.and_then(|it| context.schema.object(&it).cloned());
        let (Some(target), Some(id)) = (target, lead.reference(name)) else { continue };
        let seen = load_record(context, unit.tx, &target, id, Verb::Read, false)?.is_some();
        let live = seen || load_record(&context.as_system(), unit.tx, &target, id, Verb::Read, false)?.is_some();
        if live {
            let values = if seen { &mut origin.seen } else { &mut origin.unseen };
            values.insert(name.to_owned(), json!(id));
        }
    }
    Ok(origin)
}

fn is_same(from: &Field, to: &Field) -> bool {
    from.definition.kind == to.definition.kind && from.target == to.target
}

fn may_set(context: &Context, object: &Object, field: &Field) -> bool {
    let of_people = !field.is_computed() && !field.definition.read_only && !field.definition.unique;
    of_people && context.access.may_write(object, field)
}

/// Whether a choice is one there too; other values fit where the type is the same.
fn fits(to: &Field, value: &Json) -> bool {
    let offered = |it: &Json| to.definition.options.iter().any(|option| it.as_str() == Some(&option.value));
    match to.definition.kind {
        FieldKind::Select => offered(value),
        FieldKind::MultiSelect => value.as_array().is_some_and(|it| it.iter().all(offered)),
        _ => true,
    }
}

/// A record referred to must be one the caller sees, or the new record would be refused.
fn is_reachable(unit: &mut Unit<'_>, lead: &Record, field: &Field) -> Result<bool> {
    let context = unit.context;
    let target = field.target.as_deref().and_then(|it| context.schema.object(it));
    match (target, lead.value(field.name())) {
        (Some(target), Value::Id(id)) => Ok(load_record(context, unit.tx, target, id, Verb::Read, false)?.is_some()),
        _ => Ok(true),
    }
}
