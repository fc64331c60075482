//! Data quality: rules an administrator declares, what of the records does not hold to them, scores, trends and mending in bulk.
//!
//! Records are judged by a reader of the log ([`follow`]) and by jobs ([`jobs`]); what comes of it is kept by
//! [`guanxi_kernel::quality`] and told under the caller's rights by [`summary`], [`worklist`] and [`trend`].

mod check;
mod counts;
mod day;
mod enrich;
mod fix;
mod follow;
mod hooks;
mod jobs;
mod judge;
mod lists;
mod plan;
mod rule;
mod seen;
mod starters;
mod summary;
mod sums;
#[cfg(test)]
mod tests;
mod told;
mod trend;
mod try_rule;
mod valid;
mod worklist;

use std::sync::Arc;

use guanxi_kernel::app::{App, parse_action, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;

pub use check::{Answer, Asking, Check};
pub use counts::Of;
pub use day::keep as keep_day;
pub use fix::{Chosen, Fix, Proposal, Proposals, mend, propose};
pub use jobs::judge_all;
pub use rule::{Fault, RULE, Rule};
pub use starters::starters;
pub use summary::{QualityObject, QualitySummary, overview, summary};
pub use told::QualityRuleTold;
pub use trend::{Asked, QualityTrend, trend};
pub use worklist::{QualityOfRecord, QualityWorklist, Wanted, of_record, worklist};

/// The app: its object and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let rule = parse_object(RULE, include_str!("../objects/quality_rule/object.toml"), include_str!("../objects/quality_rule/views.toml"))?;
    let source = parse_object(
        enrich::SOURCE,
        include_str!("../objects/enrichment_source/object.toml"),
        include_str!("../objects/enrichment_source/views.toml"),
    )?;
    let of = |text: &str| parse_action(text, &rule);
    starters()?;
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        actions: vec![
            Arc::new(starters::AddStarters(of(include_str!("../objects/quality_rule/actions/add_starters.toml"))?)),
            Arc::new(try_rule::Try(of(include_str!("../objects/quality_rule/actions/try.toml"))?)),
            Arc::new(enrich::Enrich(parse_action(include_str!("../objects/enrichment_source/actions/enrich.toml"), &source)?)),
        ],
        objects: vec![rule, source],
        hooks: vec![Arc::new(hooks::RuleHook)],
        jobs: vec![Arc::new(jobs::JudgeJob), Arc::new(jobs::ListsJob), Arc::new(jobs::FreshnessJob), Arc::new(jobs::NightJob)],
        readers: vec![Arc::new(follow::Follow), Arc::new(guanxi_kernel::provenance::FollowSources)],
        ..App::default()
    })
}

/// Has all records of an object judged anew.
///
/// # Errors
/// Forbidden to callers who are not administrators; not found.
pub fn begin(context: &Context, object: &str) -> guanxi_kernel::Result<()> {
    let object = guanxi_kernel::read::object_of(context, object)?;
    context.access.require_administrator()?;
    let (inner, name) = (context.clone(), object.name.clone());
    context.workspace.store.write_with(move |tx| {
        jobs::judge_anew(&inner, tx, &name)?;
        guanxi_kernel::audit::append(&inner, tx, "judge_quality", Some(&name), None, None, 0, None)
    })?;
    context.workspace.feed.announce();
    Ok(())
}
