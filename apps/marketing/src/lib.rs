//! Marketing: campaigns and what they cost, communities, and forms on other people's pages.

#[path = "../objects/campaign/hooks.rs"]
mod campaign_hooks;
#[path = "../objects/campaign_cost/actions/cost_by_source.rs"]
mod cost_by_source;
#[path = "../objects/campaign_cost/hooks.rs"]
mod cost_hooks;
pub mod forms;
#[path = "../objects/community/actions/maintain.rs"]
mod maintain;

use std::sync::Arc;

use guanxi_kernel::app::{Action, App, Hook, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let objects = objects()?;
    let mut hooks: Vec<Arc<dyn Hook>> = vec![Arc::new(campaign_hooks::CampaignHook), Arc::new(cost_hooks::CostHook)];
    let mut actions = actions(&objects)?;
    let forms = forms::part()?;
    hooks.extend(forms.hooks);
    actions.extend(forms.actions);
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: objects.into_iter().chain(forms.objects).collect(),
        hooks,
        actions,
        jobs: forms.jobs,
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

fn actions(objects: &[ObjectDefinition]) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |name: &str, text: &str| {
        let object = objects.iter().find(|it| it.name == name).ok_or_else(|| format!("no object {name}"))?;
        parse_action(text, object)
    };
    Ok(vec![
        Arc::new(cost_by_source::CostBySource(of("campaign_cost", include_str!("../objects/campaign_cost/actions/cost_by_source.toml"))?)),
        Arc::new(maintain::Maintain(of("community", include_str!("../objects/community/actions/maintain.toml"))?)),
    ])
}
