//! Does what was worked out: one transaction for each department and member, so that one that cannot be saved keeps nobody
//! else waiting.

use std::collections::HashMap;

use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::identity::{self, DEPARTMENT_OBJECT, MEMBER_OBJECT, Provider};
use guanxi_kernel::jobs::{self, JobProgress};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result, audit};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::job::SYNC;
use super::plan::{DepartmentStep, MemberStep, Plan, external_id};
use crate::http::foreign::binding;

/// How often it is noted how far it has come.
const STEPS: usize = 25;
/// Most failures that are kept.
const FAILURES: usize = 50;

/// See the module.
///
/// # Errors
/// Where the database fails.
pub fn apply(context: &Context, provider: &Provider, plan: &Plan) -> Result<()> {
    let (mut departments, mut failures, mut done) = (plan.known.clone(), Vec::new(), 0);
    let total = plan.departments.len() + plan.members.len();
    for step in &plan.departments {
        match save_department(context, provider, step, &departments) {
            Ok(id) => drop(departments.insert(step.unit.clone(), id)),
            Err(error) => failed(&mut failures, &step.name, error)?,
        }
        done += 1;
        report(context, done, total)?;
    }
    for (step, unit) in &plan.members {
        let department = unit.as_ref().and_then(|it| departments.get(it)).copied();
        let (name, outcome) = match step {
            MemberStep::Comes(identity, name) => (name, come(context, provider, identity, name, department)),
            MemberStep::Changes(id, name) => (name, change(context, *id, name, department)),
            MemberStep::Leaves(id, name) => (name, update(context, MEMBER_OBJECT, *id, values([("active", json!(false))])).map(drop)),
        };
        if let Err(error) = outcome {
            failed(&mut failures, name, error)?;
        }
        done += 1;
        report(context, done, total)?;
    }
    let (inner, id) = (context.clone(), provider.id);
    context.workspace.store.write_with(move |tx| {
        let detail = json!({ "provider": id, "changes": total, "failed": failures });
        audit::append(&inner, tx, "sync_directory", None, None, None, 0, Some(detail))
    })
}

/// What cannot be saved is noted; what keeps everything from being saved ends the run, to be tried again later.
fn failed(failures: &mut Vec<Json>, name: &str, error: KernelError) -> Result<()> {
    let code = match &error {
        KernelError::Invalid(problems) => problems.first().map(|it| format!("{}: {}", it.field, Locale::En.pick(&it.message))),
        KernelError::Conflict { message, .. } => Some(Locale::En.pick(message).to_owned()),
        KernelError::NotFound => Some("it is gone".to_owned()),
        _ => return Err(error),
    };
    if failures.len() < FAILURES {
        failures.push(json!({ "name": name, "reason": code }));
    }
    Ok(())
}

fn report(context: &Context, done: usize, total: usize) -> Result<()> {
    if !done.is_multiple_of(STEPS) && done != total {
        return Ok(());
    }
    let progress = JobProgress { done: done as u64, total: total as u64 };
    context.workspace.store.write_with(move |tx| jobs::report(tx, SYNC, progress))
}

fn values<const N: usize>(values: [(&str, Json); N]) -> Map<String, Json> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn update(context: &Context, object: &'static str, id: Uuid, values: Map<String, Json>) -> Result<Uuid> {
    run_unit(context, context.new_id(), "update", Box::new(move |unit| Ok(unit.update_as_system(object, id, &values)?.id())))
}

fn save_department(context: &Context, provider: &Provider, step: &DepartmentStep, departments: &HashMap<String, Uuid>) -> Result<Uuid> {
    let below = super::settings_of(provider).and_then(|it| it.1.below);
    let parent = step.parent.as_ref().map_or(below, |it| departments.get(it).copied());
    let mut new = values([("name", json!(step.name)), ("parent", json!(parent))]);
    let Some(id) = step.id else {
        new.insert("external_id".into(), json!(external_id(provider, &step.unit)));
        let make = move |unit: &mut guanxi_kernel::write::Unit<'_>| Ok(unit.create_as_system(DEPARTMENT_OBJECT, &new)?.id());
        return run_unit(context, context.new_id(), "create", Box::new(make));
    };
    update(context, DEPARTMENT_OBJECT, id, new)
}

fn come(context: &Context, provider: &Provider, known: &identity::ForeignIdentity, name: &str, department: Option<Uuid>) -> Result<()> {
    let email = known.verified_email.clone().unwrap_or_default();
    let roles = super::settings_of(provider).map(|it| it.1.roles.clone());
    let mut new = values([("name", json!(name)), ("email", json!(email)), ("roles", json!(roles))]);
    if let Some(department) = department {
        new.insert("department".into(), json!(department));
    }
    let bound = binding(provider.id, known, Uuid::nil(), &email, context.now);
    identity::add_foreign_member(context, new, &bound).map(drop)
}

fn change(context: &Context, id: Uuid, name: &str, department: Option<Uuid>) -> Result<()> {
    let mut changed = Map::new();
    if !name.is_empty() {
        changed.insert("name".into(), json!(name));
    }
    if let Some(department) = department {
        changed.insert("department".into(), json!(department));
    }
    update(context, MEMBER_OBJECT, id, changed).map(drop)
}
