//! Rules hold from the next day on, and what they ask is never changed in place.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{KernelError, Value};
use serde_json::json;

use crate::pool::{holds, pool_of, require_keeper, today};
use crate::recycle::RULE;
use crate::terms::Terms;

/// What a rule asks.
const ASKED: [&str; 11] = ["pool", "into", "kind", "days", "days_a", "days_b", "days_c", "days_d", "condition", "unless", "warn_days"];

/// See the module.
pub struct RuleHook;

impl Hook for RuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Update {
            let changed: Vec<&str> = ASKED.into_iter().filter(|it| draft.changes(it)).collect();
            for field in changed {
                draft.problem(field, "rule", "请用「改为新版本」，第二天起生效", "use \"New version\": it is in force from tomorrow");
            }
            return Ok(());
        }
        let Value::Id(pool) = draft.value("pool") else { return Ok(()) };
        // A rule takes other people's records: it is for who looks after the pool to make one.
        if !draft.is_by_engine() {
            require_keeper(context, pool)?;
        }
        let object = match pool_of(context, tx, pool) {
            Ok(pool) => pool.value("object").as_text().unwrap_or_default().to_owned(),
            Err(KernelError::NotFound) => return Ok(()),
            Err(other) => return Err(other),
        };
        if let Value::Id(into) = draft.value("into") {
            if !draft.is_by_engine() {
                require_keeper(context, into)?;
            }
            match pool_of(context, tx, into) {
                Ok(it) if holds(&it, &object) && it.value("active").is_true() => {}
                Ok(_) => draft.problem("into", "rule", "请选择启用中、存放同类记录的公海", "choose a pool in use that holds such records"),
                // That it is not there is told with everything else that is wrong.
                Err(KernelError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        for problem in Terms::of_record(&draft.record()).problems(context, &object)? {
            draft.problem(&problem.field, problem.code, problem.message.zh_cn, problem.message.en);
        }
        // The demo company has rules that are in force already.
        if !context.access.is_system() || draft.value("effective_from").is_null() {
            let tomorrow = today(context).tomorrow().map_err(|error| KernelError::Internal(error.to_string()))?;
            draft.set(context, "effective_from", &json!(tomorrow.to_string()))?;
        }
        if draft.value("edition").is_null() {
            draft.set(context, "edition", &json!(1))?;
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
