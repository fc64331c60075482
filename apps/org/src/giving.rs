//! Who may give which role, wherever roles stand: on the member, or in a grant for a time.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{KernelError, Result, Value};

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
