//! Who may give which role, wherever roles stand: on the member, or in a grant for a time.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, link_targets, load_records};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

/// Adds a problem where a change gives or takes a role the caller may not give.
pub fn refuse_draft(context: &Context, draft: &mut Draft, field: &str) {
    let before = draft.before.as_ref().map(|it| roles(&it.value(field))).unwrap_or_default();
    let after = roles(&draft.value(field));
    // A grant that only changes its time or place still gives its role anew.
    let concerned: BTreeSet<&String> = if field == "role" { before.union(&after).collect() } else { before.symmetric_difference(&after).collect() };
    if let Some(role) = concerned.into_iter().find(|it| !context.access.may_give(it)) {
        let (zh_cn, en) = (format!("您不能授予或收回角色“{role}”"), format!("the role `{role}` is not yours to give or take"));
        draft.problem(field, "rule", zh_cn, en);
    }
}

/// The same for job posts, whose roles come with them: those that a change of a member gives or takes.
///
/// # Errors
/// Fails where the database does.
pub fn refuse_posts(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let concerned = posts_changed(tx, draft)?;
    let Some(object) = context.schema.object("job_post").cloned().filter(|_| !concerned.is_empty()) else { return Ok(()) };
    let posts = load_records(&context.as_system(), tx, &object, &concerned, Verb::Read, true)?;
    if posts.iter().any(|it| refuse_record(context, it, "roles").is_err()) {
        draft.problem("posts", "rule", "此岗位的角色不在您的授权范围内", "the roles of this post are not yours to give or take");
    }
    Ok(())
}

/// Posts that a change of a member gives or takes.
///
/// # Errors
/// Fails where the database does.
pub fn posts_changed(tx: &mut dyn ReadTx, draft: &Draft) -> Result<Vec<Uuid>> {
    let Some(position) = draft.object.field_position("posts") else { return Ok(Vec::new()) };
    let Some(targets) = draft.links.get(&position) else { return Ok(Vec::new()) };
    let before: BTreeSet<Uuid> = match &draft.before {
        Some(_) => link_targets(tx, &draft.object.fields[position], draft.id())?.into_iter().collect(),
        None => BTreeSet::new(),
    };
    Ok(before.symmetric_difference(&targets.iter().copied().collect()).copied().collect())
}

/// Fails where a record that goes takes a role along the caller may not take.
///
/// # Errors
/// Forbidden.
pub fn refuse_record(context: &Context, record: &Record, field: &str) -> Result<()> {
    match roles(&record.value(field)).into_iter().find(|it| !context.access.may_give(it)) {
        Some(role) => Err(KernelError::Forbidden(format!("the role {role} is not the caller's to take"))),
        None => Ok(()),
    }
}

fn roles(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Text(one) => BTreeSet::from([one.clone()]),
        Value::List(all) => all.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
        _ => BTreeSet::new(),
    }
}
