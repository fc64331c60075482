//! Customers: accounts, contacts and the ties between them.

#[path = "../objects/account_contact/hooks.rs"]
mod account_contact_hooks;
#[path = "../objects/account/hooks.rs"]
mod account_hooks;
#[path = "../objects/contact/hooks.rs"]
mod contact_hooks;
mod lifecycle;
mod ownership;
mod refer;
mod transfer;
mod values;

use std::sync::Arc;

use guanxi_kernel::app::{Action, ActionDefinition, App, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let account = parse_object("account", include_str!("../objects/account/object.toml"), include_str!("../objects/account/views.toml"))?;
    let rule =
        parse_object("ownership_rule", include_str!("../objects/ownership_rule/object.toml"), include_str!("../objects/ownership_rule/views.toml"))?;
    let transfer = parse_object(
        "ownership_transfer",
        include_str!("../objects/ownership_transfer/object.toml"),
        include_str!("../objects/ownership_transfer/views.toml"),
    )?;
    let mut actions = ownership_actions(&account, &rule)?;
    actions.extend(transfer_actions(&transfer)?);
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        actions,
        objects: vec![
            account,
            rule,
            parse_object(
                "ownership_decision",
                include_str!("../objects/ownership_decision/object.toml"),
                include_str!("../objects/ownership_decision/views.toml"),
            )?,
            transfer,
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
        jobs: vec![Arc::new(lifecycle::MoveLifecycles), Arc::new(ownership::DecideOwnership), Arc::new(transfer::RunTransfers)],
        hooks: vec![
            Arc::new(lifecycle::LifecycleHook),
            Arc::new(lifecycle::LifecycleRuleHook),
            Arc::new(ownership::OwnershipRuleHook),
            Arc::new(refer::ReferralHook),
            Arc::new(account_hooks::AccountHook),
            Arc::new(contact_hooks::ContactHook),
            Arc::new(account_contact_hooks::AccountContactHook),
        ],
        ..App::default()
    })
}

/// What is asked about to whom records belong.
fn ownership_actions(account: &ObjectDefinition, rule: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, rule);
    let explain = parse_action(include_str!("../objects/account/actions/explain_ownership.toml"), account)?;
    Ok(vec![
        Arc::new(ownership::Preview(of(include_str!("../objects/ownership_rule/actions/preview.toml"))?)),
        Arc::new(ownership::Explain(of(include_str!("../objects/ownership_rule/actions/explain.toml"))?)),
        Arc::new(ownership::DecideNow(of(include_str!("../objects/ownership_rule/actions/decide_now.toml"))?)),
        Arc::new(ownership::ExplainAccount(explain)),
    ])
}

/// How what a member had is handed over, and how single records are referred.
fn transfer_actions(transfer: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, transfer);
    let mut actions: Vec<Arc<dyn Action>> = vec![
        Arc::new(transfer::Preview(of(include_str!("../objects/ownership_transfer/actions/preview.toml"))?)),
        Arc::new(transfer::Start(of(include_str!("../objects/ownership_transfer/actions/start.toml"))?)),
        Arc::new(transfer::TakeBack(of(include_str!("../objects/ownership_transfer/actions/take_back.toml"))?)),
    ];
    for object in refer::REFERABLE {
        let text = include_str!("../objects/referable/actions/refer.toml");
        let definition: ActionDefinition = toml::from_str(text).map_err(|error| format!("referable/actions/refer.toml: {error}"))?;
        actions.push(Arc::new(refer::Refer(ActionDefinition { object: object.to_owned(), ..definition })));
    }
    Ok(actions)
}
