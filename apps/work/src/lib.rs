//! Work: activities of every kind, and notes.

use guanxi_kernel::app::{App, parse_object};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            parse_object("activity", include_str!("../objects/activity/object.toml"), include_str!("../objects/activity/views.toml"))?,
            parse_object("note", include_str!("../objects/note/object.toml"), include_str!("../objects/note/views.toml"))?,
        ],
        ..App::default()
    })
}
