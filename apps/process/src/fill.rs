//! Who has a role.

use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read::{Record, known_records, link_targets};
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use crate::parts::{active_member, known};
use crate::plan::Role;

/// Most members of a group that are looked at.
const MOST: u64 = 500;
/// Roles of people who are not of the company.
const OUTSIDE: [&str; 2] = ["partner", "customer"];

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A member.
    Member(Uuid),
    /// Whoever `activity.assign` chooses of a group when there is a task: how, the input that names the group, the group.
    Chosen(&'static str, &'static str, Uuid),
    /// Nobody there is.
    Nobody,
}

/// Who has a role by what was laid out. `record` is what the case is about.
///
/// # Errors
/// Fails where the database does.
pub fn who(context: &Context, tx: &mut dyn ReadTx, role: &Role, starter: Option<Uuid>, record: Option<&Record>) -> Result<Who> {
    let member = match role.filled_by.as_str() {
        "member" => role.member,
        "owner" => record.and_then(|it| it.reference(OWNER_FIELD)),
        "starter" => starter,
        "head" => match role.department {
            Some(department) => known(context, tx, DEPARTMENT_OBJECT, department)?.and_then(|it| it.reference("head")),
            None => None,
        },
        "load" | "turn" => return chosen(context, tx, role),
        _ => None,
    };
    let there = member.map(|it| active_member(context, tx, it)).transpose()?.flatten();
    Ok(there.map_or(Who::Nobody, |it| Who::Member(it.id())))
}

/// A group with somebody in it who is there.
fn chosen(context: &Context, tx: &mut dyn ReadTx, role: &Role) -> Result<Who> {
    let by = if role.filled_by == "load" { "load" } else { "rotation" };
    let group = role.team.map(|it| ("team", it)).or_else(|| role.department.map(|it| ("department", it)));
    let Some((input, id)) = group else { return Ok(Who::Nobody) };
    let of_team = match input {
        "team" => match context.schema.object(TEAM_OBJECT).and_then(|it| it.field("members")).cloned() {
            Some(field) => Some(link_targets(tx, &field, id)?),
            None => Some(Vec::new()),
        },
        _ => None,
    };
    let members = known_records(
        context,
        tx,
        MEMBER_OBJECT,
        |it| {
            let active = Condition::equals(it("active")?, Value::Bool(true));
            let outside = OUTSIDE.map(|it| Value::Text(it.to_owned())).to_vec();
            let inside = Condition::JsonContainsAny(it("roles")?, outside, true);
            let within = match of_team {
                Some(members) => Condition::In(it("id")?, members.into_iter().map(Value::Id).collect(), false),
                None => Condition::equals(it("department")?, Value::Id(id)),
            };
            Ok(active.and(inside).and(within))
        },
        MOST,
    )?;
    let there = members.iter().any(|it| !is_absent(context, it));
    Ok(if there { Who::Chosen(by, input, id) } else { Who::Nobody })
}

/// Whether a member is absent now.
fn is_absent(context: &Context, member: &Record) -> bool {
    let Value::DateTime(until) = member.value("absent_until") else { return false };
    let begun = if let Value::DateTime(from) = member.value("absent_from") { from <= context.now } else { true };
    begun && context.now < until
}
