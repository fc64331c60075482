//! Sales: leads, opportunities with their products and the people around them, pipelines and products.

#[path = "../objects/visit_target/actions/attainment.rs"]
mod attainment;
mod carry;
mod change_state;
#[path = "../objects/lead/actions/convert.rs"]
mod convert;
#[path = "../objects/sales_target/actions/forecast.rs"]
mod forecast;
mod inherit;
#[path = "../objects/lead/hooks.rs"]
mod lead_hooks;
#[path = "../objects/opportunity_contact/hooks.rs"]
mod opportunity_contact_hooks;
#[path = "../objects/opportunity/hooks.rs"]
mod opportunity_hooks;
#[path = "../objects/opportunity_line/hooks.rs"]
mod opportunity_line_hooks;
#[path = "../objects/opportunity_member/hooks.rs"]
mod opportunity_member_hooks;
mod origin;
mod pipeline;
#[path = "../objects/pipeline/hooks.rs"]
mod pipeline_hooks;
#[path = "../objects/pipeline_stage/hooks.rs"]
mod pipeline_stage_hooks;
mod relink;
#[path = "../objects/sales_target/hooks.rs"]
mod sales_target_hooks;
#[path = "../objects/score_rule/hooks.rs"]
mod score_rule_hooks;
mod scoring;
mod splits;
mod subject;
mod targets;
#[path = "../objects/visit_target/hooks.rs"]
mod visit_target_hooks;

use std::sync::Arc;

use guanxi_kernel::app::{Action, App, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

use crate::change_state::ChangeState;
use crate::targets::steps::{Step, TakeStep};

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
    let visit_target =
        parse_object("visit_target", include_str!("../objects/visit_target/object.toml"), include_str!("../objects/visit_target/views.toml"))?;
    let attainment = parse_action(include_str!("../objects/visit_target/actions/attainment.toml"), &visit_target)?;
    let (sales_target, target_actions) = sales_targets()?;
    let mut objects = vec![
        lead,
        parse_object("pipeline", include_str!("../objects/pipeline/object.toml"), include_str!("../objects/pipeline/views.toml"))?,
        opportunity,
        parse_object("product", include_str!("../objects/product/object.toml"), include_str!("../objects/product/views.toml"))?,
        parse_object(
            "opportunity_line",
            include_str!("../objects/opportunity_line/object.toml"),
            include_str!("../objects/opportunity_line/views.toml"),
        )?,
        sales_target,
        visit_target,
        parse_object("score_rule", include_str!("../objects/score_rule/object.toml"), include_str!("../objects/score_rule/views.toml"))?,
    ];
    objects.extend(around_opportunities()?);
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects,
        hooks: vec![
            // Before the score, which may follow from the source.
            Arc::new(origin::OriginHook("lead")),
            Arc::new(origin::OriginHook("account")),
            // Before the source follows from what is named: what is inherited is named.
            Arc::new(inherit::InheritHook),
            Arc::new(origin::OriginHook("opportunity")),
            Arc::new(lead_hooks::LeadHook),
            Arc::new(score_rule_hooks::ScoreRuleHook),
            Arc::new(pipeline_hooks::PipelineHook),
            Arc::new(pipeline_stage_hooks::PipelineStageHook),
            Arc::new(opportunity_hooks::OpportunityHook),
            Arc::new(opportunity_line_hooks::OpportunityLineHook),
            Arc::new(opportunity_member_hooks::OpportunityMemberHook),
            Arc::new(opportunity_contact_hooks::OpportunityContactHook),
            Arc::new(visit_target_hooks::VisitTargetHook),
            Arc::new(sales_target_hooks::SalesTargetHook),
        ],
        actions: [
            Arc::new(convert::Convert(convert)) as Arc<dyn Action>,
            Arc::new(ChangeState { definition: change_status, field: "status", event: "status_changed" }),
            Arc::new(ChangeState { definition: change_stage, field: "stage", event: "stage_changed" }),
            Arc::new(attainment::Attainment(attainment)),
        ]
        .into_iter()
        .chain(target_actions)
        .collect(),
        jobs: vec![Arc::new(scoring::ScoreLeads), Arc::new(pipeline::watch::WatchStages)],
        ..App::default()
    })
}

/// Targets of sales, what they come to, and the steps of their life.
fn sales_targets() -> Result<(ObjectDefinition, Vec<Arc<dyn Action>>), String> {
    let object =
        parse_object("sales_target", include_str!("../objects/sales_target/object.toml"), include_str!("../objects/sales_target/views.toml"))?;
    let forecast = parse_action(include_str!("../objects/sales_target/actions/forecast.toml"), &object)?;
    let steps = [
        (Step::Start, include_str!("../objects/sales_target/actions/start.toml")),
        (Step::Submit, include_str!("../objects/sales_target/actions/submit_review.toml")),
        (Step::Confirm, include_str!("../objects/sales_target/actions/confirm_review.toml")),
        (Step::Return, include_str!("../objects/sales_target/actions/return_review.toml")),
    ];
    let mut actions: Vec<Arc<dyn Action>> = vec![Arc::new(forecast::Forecast(forecast))];
    for (step, source) in steps {
        actions.push(Arc::new(TakeStep { definition: parse_action(source, &object)?, step }));
    }
    Ok((object, actions))
}

/// What stages ask for, and who and what stands around an opportunity.
fn around_opportunities() -> Result<Vec<ObjectDefinition>, String> {
    Ok(vec![
        parse_object("pipeline_stage", include_str!("../objects/pipeline_stage/object.toml"), include_str!("../objects/pipeline_stage/views.toml"))?,
        parse_object("stage_move", include_str!("../objects/stage_move/object.toml"), include_str!("../objects/stage_move/views.toml"))?,
        parse_object(
            "opportunity_member",
            include_str!("../objects/opportunity_member/object.toml"),
            include_str!("../objects/opportunity_member/views.toml"),
        )?,
        parse_object(
            "opportunity_contact",
            include_str!("../objects/opportunity_contact/object.toml"),
            include_str!("../objects/opportunity_contact/views.toml"),
        )?,
        parse_object("competitor", include_str!("../objects/competitor/object.toml"), include_str!("../objects/competitor/views.toml"))?,
        parse_object(
            "opportunity_competitor",
            include_str!("../objects/opportunity_competitor/object.toml"),
            include_str!("../objects/opportunity_competitor/views.toml"),
        )?,
    ])
}
