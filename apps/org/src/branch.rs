//! A branch administrator changes the organisation of his branches and nowhere else.

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

/// Whether a department is outside the branches the caller's say ends at. Nothing is outside for callers whose say does
/// not end at branches; having no department is.
pub fn is_outside(context: &Context, department: Option<Uuid>) -> bool {
    context.access.branches().is_some_and(|it| department.is_none_or(|id| !it.contains(&id)))
}

/// Adds a problem where a reference to a department leads out of the caller's branches, now or as it was before.
pub fn refuse_department(context: &Context, draft: &mut Draft, field: &str) {
    let id = |value: Value| if let Value::Id(id) = value { Some(id) } else { None };
    let after = id(draft.value(field));
    let before = draft.before.as_ref().map(|it| id(it.value(field)));
    if before.is_some_and(|it| it == after) {
        return;
    }
    if is_outside(context, after) || before.is_some_and(|it| is_outside(context, it)) {
        problem(draft, field);
    }
}

/// The same for members: whoever is named newly must belong to one of the branches.
///
/// # Errors
/// Fails where the database does.
pub fn refuse_members(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, field: &str) -> Result<()> {
    if context.access.branches().is_none() {
        return Ok(());
    }
    let named = named_newly(tx, draft, field)?;
    let Some(object) = context.schema.object("user").cloned() else { return Ok(()) };
    let members = load_records(&context.as_system(), tx, &object, &named, Verb::Read, false)?;
    if members.iter().any(|it| is_outside(context, it.reference("department"))) {
        problem(draft, field);
    }
    Ok(())
}

/// The same for several departments at once.
///
/// # Errors
/// Fails where the database does.
pub fn refuse_departments(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, field: &str) -> Result<()> {
    if context.access.branches().is_some() && named_newly(tx, draft, field)?.into_iter().any(|it| is_outside(context, Some(it))) {
        problem(draft, field);
    }
    Ok(())
}

/// What a reference or a list of links names now and did not before.
fn named_newly(tx: &mut dyn ReadTx, draft: &Draft, field: &str) -> Result<Vec<Uuid>> {
    let Some(position) = draft.object.field_position(field) else { return Ok(Vec::new()) };
    if let Some(targets) = draft.links.get(&position) {
        let before = match &draft.before {
            Some(_) => guanxi_kernel::read::link_targets(tx, &draft.object.fields[position], draft.id())?,
            None => Vec::new(),
        };
        return Ok(targets.iter().filter(|it| !before.contains(it)).copied().collect());
    }
    Ok(match draft.value(field) {
        Value::Id(id) if draft.changes(field) => vec![id],
        _ => Vec::new(),
    })
}

/// Fails where a record that goes concerns a member outside the caller's branches.
///
/// # Errors
/// Forbidden.
pub fn refuse_record_of(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<()> {
    if context.access.branches().is_none() {
        return Ok(());
    }
    let Some(object) = context.schema.object("user").cloned() else { return Ok(()) };
    let member: Vec<Uuid> = record.reference("member").into_iter().collect();
    let members = load_records(&context.as_system(), tx, &object, &member, Verb::Read, true)?;
    if members.iter().any(|it| is_outside(context, it.reference("department"))) {
        return Err(KernelError::Forbidden("manage members outside the branch".into()));
    }
    Ok(())
}

fn problem(draft: &mut Draft, field: &str) {
    draft.problem(field, "rule", "不在您管理的部门范围内", "this is outside the departments you manage");
}
