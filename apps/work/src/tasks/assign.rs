//! Finding who of a team or a department does a task: whose turn it is, who has least to do, who has the skill.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read::{Record, known_records, link_targets, load_record, readable_ids};
use guanxi_kernel::schema::DELETED_AT;
use guanxi_kernel::store::{Aggregate, ColumnRef, Condition, Measure, MeasureFunction, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{TASK, id_in, open_tasks};

/// Most members one is chosen among.
const MOST: u64 = 500;
/// Roles of people who are not of the company.
const OUTSIDE: [&str; 2] = ["partner", "customer"];

/// How somebody is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever was given one the longest ago.
    Rotation,
    /// Whoever has the fewest open tasks.
    Load,
    /// The same among those who have the skill.
    Skill,
}

/// Chooses a member.
///
/// # Errors
/// Invalid where the inputs name nobody one could choose among, or nobody fits.
pub fn choose(unit: &mut Unit<'_>, by: By, task: &Record, input: &Map<String, Json>) -> Result<Record> {
    let context = unit.context;
    let skill = skill_of(by, task, input)?;
    let group = group_of(unit, by, input)?;
    // Two who assign at once do not both choose whose turn it is.
    unit.tx.serialise(&format!("assign/{}", group.map_or(Uuid::nil(), |it| it.1)))?;
    let members = candidates(context, unit.tx, group, skill.as_deref())?;
    if members.is_empty() {
        let field = if by == By::Skill { "skill" } else { "team" };
        return Err(KernelError::invalid(
            field,
            "no_such_record",
            "没有合适的人：都已停用、缺勤或不具备所需专长",
            "nobody fits: all are inactive, absent or without the skill",
        ));
    }
    let ids: BTreeSet<Uuid> = members.iter().map(Record::id).collect();
    let load = if by == By::Rotation { BTreeMap::new() } else { open_counts(context, unit.tx, &ids)? };
    let last = last_given(context, unit.tx, &ids)?;
    let order = |it: &Record| (load.get(&it.id()).copied().unwrap_or_default(), last.get(&it.id()).copied(), it.id());
    members.into_iter().min_by_key(order).ok_or_else(|| KernelError::Internal("nobody of somebody".into()))
}

fn skill_of(by: By, task: &Record, input: &Map<String, Json>) -> Result<Option<String>> {
    if by != By::Skill {
        return Ok(None);
    }
    let named = input.get("skill").and_then(Json::as_str).map(str::to_owned);
    let skill = named.or_else(|| task.value("skill").as_text().map(str::to_owned));
    match skill {
        Some(skill) => Ok(Some(skill)),
        None => Err(KernelError::invalid("skill", "required", "请选择所需专长", "choose the skill needed")),
    }
}

/// The team or department chosen among, which the caller must be able to see.
fn group_of(unit: &mut Unit<'_>, by: By, input: &Map<String, Json>) -> Result<Option<(&'static str, Uuid)>> {
    let context = unit.context;
    for (name, object) in [("team", TEAM_OBJECT), ("department", DEPARTMENT_OBJECT)] {
        let Some(id) = id_in(input, name) else { continue };
        let target = context.schema.object(object).cloned();
        let found = target.map(|it| load_record(context, unit.tx, &it, id, Verb::Read, false)).transpose()?.flatten();
        return match found {
            Some(_) => Ok(Some((object, id))),
            None => Err(KernelError::invalid(name, "no_such_record", "没有这个团队或部门", "there is no such team or department")),
        };
    }
    if by == By::Skill {
        return Ok(None);
    }
    Err(KernelError::invalid("team", "required", "请选择团队或部门", "choose a team or a department"))
}

/// Those who are there, of those the caller sees.
fn candidates(context: &Context, tx: &mut dyn ReadTx, group: Option<(&str, Uuid)>, skill: Option<&str>) -> Result<Vec<Record>> {
    let of_team = match group {
        Some((TEAM_OBJECT, id)) => {
            let field = context.schema.object(TEAM_OBJECT).and_then(|it| it.field("members")).cloned();
            Some(field.map_or(Ok(Vec::new()), |it| link_targets(tx, &it, id))?)
        }
        _ => None,
    };
    let found = known_records(
        context,
        tx,
        MEMBER_OBJECT,
        |it| {
            let mut wanted = Condition::equals(it("active")?, Value::Bool(true));
            if let Some(members) = of_team {
                wanted = wanted.and(Condition::In(it("id")?, members.into_iter().map(Value::Id).collect(), false));
            }
            if let Some((DEPARTMENT_OBJECT, id)) = group {
                wanted = wanted.and(Condition::equals(it("department")?, Value::Id(id)));
            }
            if let Some(skill) = skill {
                wanted = wanted.and(Condition::JsonContainsAny(it("skills")?, vec![Value::Text(skill.to_owned())], false));
            }
            let outside = OUTSIDE.map(|it| Value::Text(it.to_owned())).to_vec();
            Ok(wanted.and(Condition::JsonContainsAny(it("roles")?, outside, true)))
        },
        MOST,
    )?;
    // Nobody learns of members by assigning whom he does not see otherwise.
    let Some(members) = context.schema.object(MEMBER_OBJECT).cloned() else { return Ok(Vec::new()) };
    let seen = readable_ids(context, tx, &members, &found.iter().map(Record::id).collect::<Vec<_>>())?;
    Ok(found.into_iter().filter(|it| seen.contains(&it.id()) && !is_absent(context, it)).collect())
}

/// Whether a member is absent now.
pub fn is_absent(context: &Context, member: &Record) -> bool {
    let Value::DateTime(until) = member.value("absent_until") else { return false };
    let begun = if let Value::DateTime(from) = member.value("absent_from") { from <= context.now } else { true };
    begun && context.now < until
}

fn open_counts(context: &Context, tx: &mut dyn ReadTx, members: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, i64>> {
    let groups = by_owner(context, tx, members, MeasureFunction::Count, None, open_tasks)?;
    Ok(groups.into_iter().filter_map(|(id, value)| if let Value::Int(count) = value { Some((id, count)) } else { None }).collect())
}

fn last_given(context: &Context, tx: &mut dyn ReadTx, members: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, jiff::Timestamp>> {
    let given = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::NotNull(it("assigned_at")?));
    let groups = by_owner(context, tx, members, MeasureFunction::Max, Some("assigned_at"), given)?;
    Ok(groups.into_iter().filter_map(|(id, value)| if let Value::DateTime(at) = value { Some((id, at)) } else { None }).collect())
}

/// A measure over the tasks of each of some members.
fn by_owner(
    context: &Context,
    tx: &mut dyn ReadTx,
    members: &BTreeSet<Uuid>,
    function: MeasureFunction,
    over: Option<&str>,
    condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
) -> Result<BTreeMap<Uuid, Value>> {
    let task = context.schema.object(TASK).cloned().ok_or_else(|| KernelError::Internal("no tasks".into()))?;
    let column = |name: &str| {
        let part = task.field(name).and_then(|it| it.part(""));
        part.map(|it| ColumnRef::main(it.column)).ok_or_else(|| KernelError::Internal(format!("{TASK} has no field {name}")))
    };
    let owner = column("owner")?;
    let wanted = Condition::In(owner, members.iter().copied().map(Value::Id).collect(), false);
    let condition = wanted.and(condition(&column)?).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let measures = vec![Measure { function, column: over.map(column).transpose()? }];
    let aggregate = Aggregate { table: task.table.clone(), joins: Vec::new(), condition, keys: vec![(owner, None)], measures, limit: MOST };
    let rows = tx.aggregate(&aggregate)?;
    let read = |row: Vec<Value>| match <[Value; 2]>::try_from(row) {
        Ok([Value::Id(id), value]) => Some((id, value)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
