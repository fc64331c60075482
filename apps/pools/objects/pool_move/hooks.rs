//! A move is called by whose it was and whose it became: `华东公海 → 林晓`.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use serde_json::json;

use crate::moves::{MOVE, title_of};
use crate::pool::POOL;

/// See the module.
pub struct MoveHook;

impl Hook for MoveHook {
    fn object(&self) -> &str {
        MOVE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let is_emptied = draft.kind == DraftKind::Update && draft.changes("title");
        if is_emptied || !draft.value("title").is_null() {
            return Ok(());
        }
        let mut name = |field: &str, object: &str| -> Result<Option<String>> {
            let Value::Id(id) = draft.value(field) else { return Ok(None) };
            let found = known_records(context, tx, object, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?;
            Ok(found.first().map(guanxi_kernel::read::Record::title))
        };
        let (pool, from, to) = (name("pool", POOL)?, name("from_owner", MEMBER_OBJECT)?, name("to_owner", MEMBER_OBJECT)?);
        let title = title_of(pool.as_deref(), from.as_deref(), to.as_deref());
        draft.set(context, "title", &json!(title))
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
