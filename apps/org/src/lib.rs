//! The organisation: members, departments, roles, tags, saved views and files.

#[path = "../objects/rights_request/actions/approve.rs"]
mod approve;
#[path = "../objects/rights_request/actions/ask.rs"]
mod ask;
mod branch;
#[path = "../objects/department/hooks.rs"]
mod department_hooks;
#[path = "../objects/holiday/fill.rs"]
mod fill_holidays;
mod giving;
#[path = "../objects/job_post/hooks.rs"]
mod job_post_hooks;
#[path = "../objects/rights_request/actions/refuse.rs"]
mod refuse;
mod requests;
#[path = "../objects/role_grant/hooks.rs"]
mod role_grant_hooks;
#[path = "../objects/team/hooks.rs"]
mod team_hooks;
#[path = "../objects/user/hooks.rs"]
mod user_hooks;
#[path = "../objects/rights_request/actions/withdraw.rs"]
mod withdraw;

use std::sync::Arc;

use guanxi_kernel::app::{Action, App, parse_action, parse_object};
use guanxi_kernel::schema::{ObjectDefinition, RoleDefinition};

/// The app: its objects, roles and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let request = include_str!("../objects/rights_request/object.toml");
    let request = parse_object("rights_request", request, include_str!("../objects/rights_request/views.toml"))?;
    let actions = request_actions(&request)?;
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            parse_object("user", include_str!("../objects/user/object.toml"), include_str!("../objects/user/views.toml"))?,
            parse_object("department", include_str!("../objects/department/object.toml"), include_str!("../objects/department/views.toml"))?,
            parse_object("team", include_str!("../objects/team/object.toml"), include_str!("../objects/team/views.toml"))?,
            parse_object("job_post", include_str!("../objects/job_post/object.toml"), include_str!("../objects/job_post/views.toml"))?,
            parse_object("role_grant", include_str!("../objects/role_grant/object.toml"), include_str!("../objects/role_grant/views.toml"))?,
            request,
            parse_object("tag", include_str!("../objects/tag/object.toml"), include_str!("../objects/tag/views.toml"))?,
            parse_object("saved_view", include_str!("../objects/saved_view/object.toml"), include_str!("../objects/saved_view/views.toml"))?,
            parse_object(
                "navigation_link",
                include_str!("../objects/navigation_link/object.toml"),
                include_str!("../objects/navigation_link/views.toml"),
            )?,
            parse_object(
                "import_mapping",
                include_str!("../objects/import_mapping/object.toml"),
                include_str!("../objects/import_mapping/views.toml"),
            )?,
            parse_object(
                "import_schedule",
                include_str!("../objects/import_schedule/object.toml"),
                include_str!("../objects/import_schedule/views.toml"),
            )?,
            parse_object("holiday", include_str!("../objects/holiday/object.toml"), include_str!("../objects/holiday/views.toml"))?,
            parse_object("file", include_str!("../objects/file/object.toml"), include_str!("../objects/file/views.toml"))?,
            parse_object("file_version", include_str!("../objects/file_version/object.toml"), include_str!("../objects/file_version/views.toml"))?,
        ],
        roles: roles()?,
        hooks: vec![
            Arc::new(user_hooks::UserHook),
            Arc::new(department_hooks::DepartmentHook),
            Arc::new(role_grant_hooks::RoleGrantHook),
            Arc::new(team_hooks::TeamHook),
            Arc::new(job_post_hooks::JobPostHook),
        ],
        actions,
        jobs: vec![Arc::new(fill_holidays::FillHolidays::new()?)],
        ..App::default()
    })
}

/// What is done with requests for rights.
fn request_actions(request: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, request);
    Ok(vec![
        Arc::new(ask::Ask(of(include_str!("../objects/rights_request/actions/ask.toml"))?)),
        Arc::new(approve::Approve(of(include_str!("../objects/rights_request/actions/approve.toml"))?)),
        Arc::new(refuse::Refuse(of(include_str!("../objects/rights_request/actions/refuse.toml"))?)),
        Arc::new(withdraw::Withdraw(of(include_str!("../objects/rights_request/actions/withdraw.toml"))?)),
    ])
}

/// The standard roles.
fn roles() -> Result<Vec<RoleDefinition>, String> {
    [
        ("administrator", include_str!("../roles/administrator.toml")),
        ("branch_administrator", include_str!("../roles/branch_administrator.toml")),
        ("sales", include_str!("../roles/sales.toml")),
        ("sales_manager", include_str!("../roles/sales_manager.toml")),
        ("marketer", include_str!("../roles/marketer.toml")),
        ("service_agent", include_str!("../roles/service_agent.toml")),
        ("dispatcher", include_str!("../roles/dispatcher.toml")),
        ("operator", include_str!("../roles/operator.toml")),
        ("trainer", include_str!("../roles/trainer.toml")),
        ("analyst", include_str!("../roles/analyst.toml")),
        ("auditor", include_str!("../roles/auditor.toml")),
        ("data_protection", include_str!("../roles/data_protection.toml")),
        ("partner", include_str!("../roles/partner.toml")),
        ("customer", include_str!("../roles/customer.toml")),
        ("api_client", include_str!("../roles/api_client.toml")),
        ("member", include_str!("../roles/member.toml")),
    ]
    .into_iter()
    .map(|(name, text)| toml::from_str(text).map_err(|error| format!("roles/{name}.toml: {error}")))
    .collect()
}
