//! Marketing: campaigns and what they cost, communities, and forms on other people's pages.

use guanxi_kernel::app::{App, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: objects()?,
        ..App::default()
    })
}

fn objects() -> Result<Vec<ObjectDefinition>, String> {
    Ok(vec![
        parse_object("campaign", include_str!("../objects/campaign/object.toml"), include_str!("../objects/campaign/views.toml"))?,
        parse_object("campaign_cost", include_str!("../objects/campaign_cost/object.toml"), include_str!("../objects/campaign_cost/views.toml"))?,
        parse_object("community", include_str!("../objects/community/object.toml"), include_str!("../objects/community/views.toml"))?,
    ])
}
