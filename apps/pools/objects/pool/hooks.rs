//! What a pool holds stays what it is, one pool of each kind is the default, and somebody looks after each.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{known_records, link_targets};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::json;

use crate::pool::{MOST_POOLS, POOL};
use crate::values::{names, values};

/// See the module.
pub struct PoolHook;

impl Hook for PoolHook {
    fn object(&self) -> &str {
        POOL
    }

    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Update && draft.changes("object") {
            draft.problem("object", "rule", "建好后不能改，请另建一个公海", "cannot be changed afterwards; make another pool");
        }
        if draft.value("is_default").is_true() && !draft.value("active").is_true() {
            draft.problem("is_default", "rule", "停用的公海不能是默认公海", "a pool that is not in use cannot be the default one");
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        require_somebody(unit, draft)?;
        if !draft.value("is_default").is_true() || !draft.changes("is_default") && draft.kind == DraftKind::Update {
            return Ok(());
        }
        let object = draft.value("object");
        let others = known_records(
            unit.context,
            unit.tx,
            POOL,
            |it| Ok(Condition::equals(it("is_default")?, Value::Bool(true)).and(Condition::equals(it("object")?, object))),
            MOST_POOLS,
        )?;
        for other in others.iter().filter(|it| it.id() != draft.id()) {
            unit.update_as_system(POOL, other.id(), &values([("is_default", json!(false))]))?;
        }
        Ok(())
    }
}

/// What lies in a pool without people would be seen by nobody.
fn require_somebody(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    for name in ["administrators", "members", "departments"] {
        if let Some(field) = draft.object.field(name)
            && !link_targets(unit.tx, field, draft.id())?.is_empty()
        {
            return Ok(());
        }
    }
    if !names(&draft.value("roles")).is_empty() {
        return Ok(());
    }
    Err(KernelError::invalid(
        "administrators",
        "required",
        "请至少指定一位公海管理员或成员，否则没有人看得到其中的记录",
        "name at least one administrator or member, or nobody sees what lies in it",
    ))
}
