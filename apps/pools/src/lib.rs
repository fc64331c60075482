//! Public pools: what is nobody's, who may claim it, how much one may hold, and when it goes back.

mod along;
mod assign;
mod assigning;
#[path = "../objects/assignment_rule/hooks.rs"]
mod assignment_rule_hooks;
mod claim;
mod clock;
mod contact_hook;
#[path = "../objects/pool/actions/distribute.rs"]
mod distribute;
mod holding;
#[path = "../objects/pool_limit/hooks.rs"]
mod limit_hooks;
mod moves;
mod old_moves;
mod placing;
mod pool;
#[path = "../objects/pool/hooks.rs"]
mod pool_hooks;
#[path = "../objects/pool_move/hooks.rs"]
mod pool_move_hooks;
#[path = "../objects/pool_rule/actions/preview.rs"]
mod preview;
mod record_hooks;
mod recycle;
#[path = "../objects/pool_rule/actions/replace.rs"]
mod replace;
mod responses;
mod room;
#[path = "../objects/pool_rule/hooks.rs"]
mod rule_hooks;
mod terms;
mod values;

use std::sync::Arc;

use guanxi_kernel::app::{Action, ActionDefinition, App, parse_action, parse_object};

/// Objects whose records lie in pools.
const POOLED: [&str; 2] = ["lead", "account"];

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let pool = parse_object("pool", include_str!("../objects/pool/object.toml"), include_str!("../objects/pool/views.toml"))?;
    let rule = parse_object("pool_rule", include_str!("../objects/pool_rule/object.toml"), include_str!("../objects/pool_rule/views.toml"))?;
    let mut actions: Vec<Arc<dyn Action>> = vec![
        Arc::new(distribute::Distribute(parse_action(include_str!("../objects/pool/actions/distribute.toml"), &pool)?)),
        Arc::new(preview::Preview(parse_action(include_str!("../objects/pool_rule/actions/preview.toml"), &rule)?)),
        Arc::new(replace::Replace(parse_action(include_str!("../objects/pool_rule/actions/replace.toml"), &rule)?)),
        Arc::new(replace::Stop(parse_action(include_str!("../objects/pool_rule/actions/stop.toml"), &rule)?)),
    ];
    for object in POOLED {
        actions.extend(actions_of(object)?);
    }
    let mut hooks: Vec<Arc<dyn guanxi_kernel::app::Hook>> = vec![
        Arc::new(pool_hooks::PoolHook),
        Arc::new(rule_hooks::RuleHook),
        Arc::new(limit_hooks::LimitHook),
        Arc::new(pool_move_hooks::MoveHook),
        Arc::new(assignment_rule_hooks::AssignmentRuleHook),
        Arc::new(contact_hook::PooledContactHook),
    ];
    hooks.extend(POOLED.map(|object| Arc::new(record_hooks::PooledHook(object)) as Arc<dyn guanxi_kernel::app::Hook>));
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects: vec![
            pool,
            parse_object("pool_limit", include_str!("../objects/pool_limit/object.toml"), include_str!("../objects/pool_limit/views.toml"))?,
            rule,
            parse_object(
                "assignment_rule",
                include_str!("../objects/assignment_rule/object.toml"),
                include_str!("../objects/assignment_rule/views.toml"),
            )?,
            parse_object("pool_move", include_str!("../objects/pool_move/object.toml"), include_str!("../objects/pool_move/views.toml"))?,
        ],
        hooks,
        actions,
        jobs: vec![Arc::new(recycle::Recycle), Arc::new(responses::WatchResponses), Arc::new(old_moves::NameMoves)],
        ..App::default()
    })
}

/// What is done with a record that lies in a pool, or could.
fn actions_of(object: &str) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |name: &str, text: &str| -> Result<ActionDefinition, String> {
        let definition: ActionDefinition =
            toml::from_str(&text.replace("OBJECT", object)).map_err(|error| format!("claimable/actions/{name}.toml: {error}"))?;
        Ok(ActionDefinition { object: object.to_owned(), ..definition })
    };
    Ok(vec![
        Arc::new(claim::Claim(of("claim", include_str!("../objects/claimable/actions/claim.toml"))?)),
        Arc::new(assign::ReturnToPool(of("return_to_pool", include_str!("../objects/claimable/actions/return_to_pool.toml"))?)),
        Arc::new(assign::AssignFromPool(of("assign_from_pool", include_str!("../objects/claimable/actions/assign_from_pool.toml"))?)),
        Arc::new(assign::MoveToPool(of("move_to_pool", include_str!("../objects/claimable/actions/move_to_pool.toml"))?)),
        Arc::new(placing::AssignByRules(of("assign_by_rules", include_str!("../objects/claimable/actions/assign_by_rules.toml"))?)),
        Arc::new(assign::GiveBack(of("give_back", include_str!("../objects/claimable/actions/give_back.toml"))?)),
    ])
}
