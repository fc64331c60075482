//! Processes: repeatable work laid out once as steps, roles, deadlines and forms, and the cases that run by it. A step that stands
//! open is a task; when that is done the case moves on in the same transaction.

mod acts;
mod advance;
mod check;
mod fill;
mod form;
mod hooks;
mod look;
mod overview;
mod parts;
mod plan;
mod questions;
mod reader;
pub mod ready;
mod start;
mod tasks;
mod tell;
mod time;
mod watch;

use std::sync::Arc;

use guanxi_kernel::app::{Action, ActionDefinition, App, parse_object};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    ready::three_roles()?;
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            parse_object(
                "process_template",
                include_str!("../objects/process_template/object.toml"),
                include_str!("../objects/process_template/views.toml"),
            )?,
            parse_object("process_role", include_str!("../objects/process_role/object.toml"), include_str!("../objects/process_role/views.toml"))?,
            parse_object("process_step", include_str!("../objects/process_step/object.toml"), include_str!("../objects/process_step/views.toml"))?,
            parse_object("process_case", include_str!("../objects/process_case/object.toml"), include_str!("../objects/process_case/views.toml"))?,
            parse_object(
                "process_case_step",
                include_str!("../objects/process_case_step/object.toml"),
                include_str!("../objects/process_case_step/views.toml"),
            )?,
        ],
        hooks: vec![
            Arc::new(hooks::TemplateHook),
            Arc::new(hooks::RoleHook),
            Arc::new(hooks::StepHook),
            Arc::new(watch::CaseHook),
            Arc::new(tasks::TaskHook),
        ],
        actions: actions()?,
        jobs: vec![Arc::new(reader::StartCase), Arc::new(watch::WatchSteps), Arc::new(watch::ResumeCase)],
        readers: vec![Arc::new(reader::StartCases)],
        ..App::default()
    })
}

fn actions() -> Result<Vec<Arc<dyn Action>>, String> {
    Ok(vec![
        Arc::new(check::Check(action(include_str!("../objects/process_template/actions/check.toml"))?)),
        Arc::new(start::Start(action(include_str!("../objects/process_template/actions/start.toml"))?)),
        Arc::new(ready::UseReady(action(include_str!("../objects/process_template/actions/use_ready.toml"))?)),
        Arc::new(look::Look(action(include_str!("../objects/process_case/actions/look.toml"))?)),
        Arc::new(acts::Cancel(action(include_str!("../objects/process_case/actions/cancel.toml"))?)),
        Arc::new(acts::SendBack(action(include_str!("../objects/process_case/actions/send_back.toml"))?)),
        Arc::new(acts::ChangeRole(action(include_str!("../objects/process_case/actions/change_role.toml"))?)),
        Arc::new(overview::Overview(action(include_str!("../objects/process_case/actions/overview.toml"))?)),
        Arc::new(form::StepForm(action(include_str!("../objects/process_case_step/actions/step_form.toml"))?)),
        Arc::new(form::CompleteStep(action(include_str!("../objects/process_case_step/actions/complete_step.toml"))?)),
    ])
}

/// Those on tasks stand on another app's object; an input named like a field of it offers that field's choices all the same.
fn action(text: &str) -> Result<ActionDefinition, String> {
    toml::from_str(text).map_err(|error| format!("actions: {error}"))
}
