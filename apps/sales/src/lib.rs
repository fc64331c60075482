//! Sales: leads, opportunities with their products, pipelines and products.

mod carry;
mod change_state;
#[path = "../objects/lead/actions/convert.rs"]
mod convert;
#[path = "../objects/lead/hooks.rs"]
mod lead_hooks;
#[path = "../objects/opportunity/hooks.rs"]
mod opportunity_hooks;
#[path = "../objects/opportunity_line/hooks.rs"]
mod opportunity_line_hooks;
#[path = "../objects/pipeline/hooks.rs"]
mod pipeline_hooks;
mod relink;

use std::sync::Arc;

use guanxi_kernel::app::{App, parse_action, parse_object};

use crate::change_state::ChangeState;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let lead = parse_object("lead", include_str!("../objects/lead/object.toml"), include_str!("../objects/lead/views.toml"))?;
    let opportunity =
        parse_object("opportunity", include_str!("../objects/opportunity/object.toml"), include_str!("../objects/opportunity/views.toml"))?;
    let convert = parse_action(include_str!("../objects/lead/actions/convert.toml"), &lead)?;
    let change_status = parse_action(include_str!("../objects/lead/actions/change_status.toml"), &lead)?;
    let change_stage = parse_action(include_str!("../objects/opportunity/actions/change_stage.toml"), &opportunity)?;
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            lead,
            parse_object("pipeline", include_str!("../objects/pipeline/object.toml"), include_str!("../objects/pipeline/views.toml"))?,
            opportunity,
            parse_object("product", include_str!("../objects/product/object.toml"), include_str!("../objects/product/views.toml"))?,
            parse_object(
                "opportunity_line",
                include_str!("../objects/opportunity_line/object.toml"),
                include_str!("../objects/opportunity_line/views.toml"),
            )?,
        ],
        hooks: vec![
            Arc::new(lead_hooks::LeadHook),
            Arc::new(pipeline_hooks::PipelineHook),
            Arc::new(opportunity_hooks::OpportunityHook),
            Arc::new(opportunity_line_hooks::OpportunityLineHook),
        ],
        actions: vec![
            Arc::new(convert::Convert(convert)),
            Arc::new(ChangeState { definition: change_status, field: "status", event: "status_changed" }),
            Arc::new(ChangeState { definition: change_stage, field: "stage", event: "stage_changed" }),
        ],
        ..App::default()
    })
}
