//! Customers: accounts, contacts and the ties between them.

#[path = "../objects/account_contact/hooks.rs"]
mod account_contact_hooks;
#[path = "../objects/account/hooks.rs"]
mod account_hooks;
#[path = "../objects/contact/hooks.rs"]
mod contact_hooks;
mod lifecycle;

use std::sync::Arc;

use guanxi_kernel::app::{App, parse_object};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            parse_object("account", include_str!("../objects/account/object.toml"), include_str!("../objects/account/views.toml"))?,
            parse_object("contact", include_str!("../objects/contact/object.toml"), include_str!("../objects/contact/views.toml"))?,
            parse_object(
                "account_contact",
                include_str!("../objects/account_contact/object.toml"),
                include_str!("../objects/account_contact/views.toml"),
            )?,
            parse_object(
                "lifecycle_rule",
                include_str!("../objects/lifecycle_rule/object.toml"),
                include_str!("../objects/lifecycle_rule/views.toml"),
            )?,
            parse_object(
                "lifecycle_move",
                include_str!("../objects/lifecycle_move/object.toml"),
                include_str!("../objects/lifecycle_move/views.toml"),
            )?,
        ],
        jobs: vec![Arc::new(lifecycle::MoveLifecycles)],
        hooks: vec![
            Arc::new(lifecycle::LifecycleHook),
            Arc::new(lifecycle::LifecycleRuleHook),
            Arc::new(account_hooks::AccountHook),
            Arc::new(contact_hooks::ContactHook),
            Arc::new(account_contact_hooks::AccountContactHook),
        ],
        ..App::default()
    })
}
