//! Data protection: why data of people is kept, what they agreed to, what they ask, and how long it stays.

mod about;
mod bundle;
#[path = "../objects/consent/hooks.rs"]
mod consent_hooks;
mod erasing;
mod erasure;
mod finding;
mod forms;
mod gathered;
mod holds;
mod may;
mod people;
mod personal;
mod preview;
mod request;
#[path = "../objects/person_request/hooks.rs"]
mod request_hooks;
mod retention;
#[path = "../objects/retention_rule/hooks.rs"]
mod rule_hooks;
mod steps;
mod stop;
mod submissions;
mod terms;
mod values;
mod watch;

use std::sync::Arc;

use guanxi_kernel::app::{Action, ActionDefinition, App, Hook, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

pub use bundle::{Bundle, BundledFile, EXPORT, LeftOut, Share, collect, failed, hand_over};
pub use may::{Verdict, may_process};
pub use people::PEOPLE;
pub use personal::{is_of_a_person, tells_of_a_person};
pub use request::REQUEST;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let objects = objects()?;
    let hooks: Vec<Arc<dyn Hook>> = vec![
        Arc::new(consent_hooks::ConsentHook),
        Arc::new(forms::SubmissionHook),
        Arc::new(request_hooks::RequestHook),
        Arc::new(rule_hooks::RuleHook),
        Arc::new(holds::HoldHook),
        Arc::new(holds::KeepHook),
    ];
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        actions: actions(&objects)?,
        objects,
        hooks,
        jobs: vec![Arc::new(watch::WatchRequests), Arc::new(retention::RunRules)],
        ..App::default()
    })
}

fn objects() -> Result<Vec<ObjectDefinition>, String> {
    Ok(vec![
        parse_object("purpose", include_str!("../objects/purpose/object.toml"), include_str!("../objects/purpose/views.toml"))?,
        parse_object("consent", include_str!("../objects/consent/object.toml"), include_str!("../objects/consent/views.toml"))?,
        parse_object("person_request", include_str!("../objects/person_request/object.toml"), include_str!("../objects/person_request/views.toml"))?,
        parse_object("request_record", include_str!("../objects/request_record/object.toml"), include_str!("../objects/request_record/views.toml"))?,
        parse_object("legal_hold", include_str!("../objects/legal_hold/object.toml"), include_str!("../objects/legal_hold/views.toml"))?,
        parse_object("retention_rule", include_str!("../objects/retention_rule/object.toml"), include_str!("../objects/retention_rule/views.toml"))?,
    ])
}

fn actions(objects: &[ObjectDefinition]) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |name: &str, text: &str| {
        let object = objects.iter().find(|it| it.name == name).ok_or_else(|| format!("no object {name}"))?;
        parse_action(text, object)
    };
    let request = |text: &str| of("person_request", text);
    let rule = |text: &str| of("retention_rule", text);
    let mut actions: Vec<Arc<dyn Action>> = vec![
        Arc::new(stop::Withdraw(of("consent", include_str!("../objects/consent/actions/withdraw.toml"))?)),
        Arc::new(steps::CheckIdentity(request(include_str!("../objects/person_request/actions/check_identity.toml"))?)),
        Arc::new(finding::Find(request(include_str!("../objects/person_request/actions/find.toml"))?)),
        Arc::new(finding::Concern(request(include_str!("../objects/person_request/actions/concern.toml"))?)),
        Arc::new(finding::LeaveOut(request(include_str!("../objects/person_request/actions/leave_out.toml"))?)),
        Arc::new(bundle::Export(request(include_str!("../objects/person_request/actions/export.toml"))?)),
        Arc::new(steps::Correct(request(include_str!("../objects/person_request/actions/correct.toml"))?)),
        Arc::new(erasing::Preview(request(include_str!("../objects/person_request/actions/erasure_preview.toml"))?)),
        Arc::new(erasing::Erase(request(include_str!("../objects/person_request/actions/erase.toml"))?)),
        Arc::new(stop::StopProcessing(request(include_str!("../objects/person_request/actions/stop_processing.toml"))?)),
        Arc::new(steps::Extend(request(include_str!("../objects/person_request/actions/extend.toml"))?)),
        Arc::new(steps::Finish(request(include_str!("../objects/person_request/actions/finish.toml"))?)),
        Arc::new(steps::Refuse(request(include_str!("../objects/person_request/actions/refuse.toml"))?)),
        Arc::new(steps::Drop(request(include_str!("../objects/person_request/actions/drop.toml"))?)),
        Arc::new(preview::Preview(rule(include_str!("../objects/retention_rule/actions/preview.toml"))?)),
        Arc::new(preview::Activate(rule(include_str!("../objects/retention_rule/actions/activate.toml"))?)),
        Arc::new(preview::Pause(rule(include_str!("../objects/retention_rule/actions/pause.toml"))?)),
    ];
    for object in people::PEOPLE {
        let of = |text: &str| -> Result<ActionDefinition, String> {
            toml::from_str(&text.replace("OBJECT", object)).map_err(|error| format!("person/actions: {error}"))
        };
        actions.push(Arc::new(may::MayContact(of(include_str!("../objects/person/actions/may_contact.toml"))?)));
        actions.push(Arc::new(stop::StopContact(of(include_str!("../objects/person/actions/stop_contact.toml"))?)));
    }
    Ok(actions)
}
