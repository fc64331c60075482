//! Who is meant by a mention or an address: members, and the members of teams, departments and roles.

use std::collections::BTreeSet;

use guanxi_kernel::access::Principal;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read::link_targets;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use guanxi_kernel::read::{among, known_records as records};

/// Most members one mention means.
pub const MOST_MEANT: u64 = 2_000;
/// Most departments below one that are asked for.
const MOST_DEPARTMENTS: usize = 1_000;

/// The members of a team.
///
/// # Errors
/// Fails where the database does.
pub fn of_team(context: &Context, tx: &mut dyn ReadTx, team: Uuid) -> Result<Vec<Uuid>> {
    let field = context.schema.object(TEAM_OBJECT).and_then(|it| it.field("members")).cloned();
    field.map_or(Ok(Vec::new()), |it| link_targets(tx, &it, team))
}

/// The members of departments and of all below them.
///
/// # Errors
/// Fails where the database does.
pub fn of_departments(context: &Context, tx: &mut dyn ReadTx, departments: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut all: BTreeSet<Uuid> = departments.iter().copied().collect();
    let mut next: Vec<Uuid> = all.iter().copied().collect();
    while !next.is_empty() && all.len() < MOST_DEPARTMENTS {
        let below = records(context, tx, DEPARTMENT_OBJECT, |it| among(it("parent"), next.clone()), MOST_DEPARTMENTS as u64)?;
        next = below.iter().map(guanxi_kernel::read::Record::id).filter(|it| all.insert(*it)).collect();
    }
    let found = records(context, tx, MEMBER_OBJECT, |it| among(it("department"), all), MOST_MEANT)?;
    Ok(found.iter().map(guanxi_kernel::read::Record::id).collect())
}

/// The members of one department alone.
///
/// # Errors
/// Fails where the database does.
pub fn of_department(context: &Context, tx: &mut dyn ReadTx, department: Uuid) -> Result<Vec<Uuid>> {
    let found = records(context, tx, MEMBER_OBJECT, |it| among(it("department"), [department]), MOST_MEANT)?;
    Ok(found.iter().map(guanxi_kernel::read::Record::id).collect())
}

/// Those who hold one of some roles for good.
///
/// # Errors
/// Fails where the database does.
pub fn of_roles(context: &Context, tx: &mut dyn ReadTx, roles: &[String]) -> Result<Vec<Uuid>> {
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    let values = roles.iter().cloned().map(Value::Text).collect();
    let found = records(context, tx, MEMBER_OBJECT, |it| Ok(Condition::JsonContainsAny(it("roles")?, values, false)), MOST_MEANT)?;
    Ok(found.iter().map(guanxi_kernel::read::Record::id).collect())
}

/// Those a record is shared with.
///
/// # Errors
/// Fails where the database does.
pub fn of_principal(context: &Context, tx: &mut dyn ReadTx, principal: Principal) -> Result<Vec<Uuid>> {
    match principal {
        Principal::Member(id) => Ok(vec![id]),
        Principal::Team(id) => of_team(context, tx, id),
        Principal::Department(id) => of_department(context, tx, id),
        Principal::DepartmentTree(id) => of_departments(context, tx, &[id]),
    }
}
