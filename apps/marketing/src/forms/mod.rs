//! Web forms: what they ask for, what visitors may send, and what becomes of it.
//!
//! A visitor is nobody: his context may read forms and nothing else, and what a form makes of what he sent is written here
//! by the engine, field by field as the form names them. What looks doubtful is kept and waits for a person; only what the
//! visitor can mend himself is said to him. Nothing that is said depends on records there are.

mod arrival;
mod asked;
mod clear;
mod doubts;
#[path = "../../objects/web_form/actions/embed.rs"]
mod embed;
mod form;
#[path = "../../objects/web_form/hooks.rs"]
mod form_hooks;
mod lead;
#[path = "../../objects/web_form_submission/actions/review.rs"]
mod review;
mod take;

use std::sync::Arc;

use guanxi_kernel::app::{App, parse_action, parse_object};

pub use arrival::{Arrival, REFERRER, SAID};
pub use asked::{Asked, KEY_LENGTH, check};
pub(crate) use asked::{asks_how_to_reach, asks_personal_data, read_asked};
pub use form::Form;
pub(crate) use form::origin_of;
pub(crate) use lead::make_lead;
pub(crate) use take::same_content;
pub use take::{Taken, Visit, take};

/// The object of forms.
pub const FORM: &str = "web_form";
/// The object of what was sent.
pub const SUBMISSION: &str = "web_form_submission";
/// The object of what comes of it.
const LEAD: &str = "lead";

/// What forms bring to the app.
///
/// # Errors
/// Says which file is wrong and why.
pub(crate) fn part() -> Result<App, String> {
    let form = parse_object(FORM, include_str!("../../objects/web_form/object.toml"), include_str!("../../objects/web_form/views.toml"))?;
    let submission = parse_object(
        SUBMISSION,
        include_str!("../../objects/web_form_submission/object.toml"),
        include_str!("../../objects/web_form_submission/views.toml"),
    )?;
    let embed = parse_action(include_str!("../../objects/web_form/actions/embed.toml"), &form)?;
    let accept = parse_action(include_str!("../../objects/web_form_submission/actions/accept.toml"), &submission)?;
    let reject = parse_action(include_str!("../../objects/web_form_submission/actions/reject.toml"), &submission)?;
    Ok(App {
        objects: vec![form, submission],
        hooks: vec![Arc::new(form_hooks::WebFormHook)],
        actions: vec![Arc::new(embed::Embed(embed)), Arc::new(review::Accept(accept)), Arc::new(review::Reject(reject))],
        jobs: vec![Arc::new(clear::ClearSubmissions)],
        ..App::default()
    })
}
