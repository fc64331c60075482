//! Sales: leads, opportunities with their products, pipelines and products.

use guanxi_kernel::app::{App, parse_object};

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            parse_object("lead", include_str!("../objects/lead/object.toml"), include_str!("../objects/lead/views.toml"))?,
            parse_object("pipeline", include_str!("../objects/pipeline/object.toml"), include_str!("../objects/pipeline/views.toml"))?,
            parse_object("opportunity", include_str!("../objects/opportunity/object.toml"), include_str!("../objects/opportunity/views.toml"))?,
            parse_object("product", include_str!("../objects/product/object.toml"), include_str!("../objects/product/views.toml"))?,
            parse_object(
                "opportunity_line",
                include_str!("../objects/opportunity_line/object.toml"),
                include_str!("../objects/opportunity_line/views.toml"),
            )?,
        ],
        ..App::default()
    })
}
