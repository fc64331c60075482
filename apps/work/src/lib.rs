//! Work: activities of every kind, and notes.

#[path = "../objects/activity/hooks.rs"]
mod activity_hooks;
#[path = "../objects/activity/actions/check_in.rs"]
mod check_in;
#[path = "../objects/activity/actions/complete.rs"]
mod complete;
#[path = "../objects/note/hooks.rs"]
mod note_hooks;
mod related;

use std::sync::Arc;

use guanxi_kernel::app::{App, parse_action, parse_object};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let activity = parse_object("activity", include_str!("../objects/activity/object.toml"), include_str!("../objects/activity/views.toml"))?;
    let complete = parse_action(include_str!("../objects/activity/actions/complete.toml"), &activity)?;
    let check_in = parse_action(include_str!("../objects/activity/actions/check_in.toml"), &activity)?;
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![activity, parse_object("note", include_str!("../objects/note/object.toml"), include_str!("../objects/note/views.toml"))?],
        hooks: vec![Arc::new(activity_hooks::ActivityHook), Arc::new(note_hooks::NoteHook)],
        actions: vec![Arc::new(complete::Complete(complete)), Arc::new(check_in::CheckIn(check_in))],
        ..App::default()
    })
}
