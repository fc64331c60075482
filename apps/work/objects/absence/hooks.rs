//! Absences are entered for oneself and for the people below.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use jiff::ToSpan as _;
use serde_json::json;

/// Longest absence of one record, in days.
const LONGEST_DAYS: i64 = 366;

/// See the module.
pub struct AbsenceHook;

impl Hook for AbsenceHook {
    fn object(&self) -> &str {
        "absence"
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.value("member").is_null() && !context.access.is_system() {
            draft.set(context, "member", &json!(context.actor))?;
        }
        let Value::Id(member) = draft.value("member") else {
            draft.problem("member", "required", "请选择成员", "choose a member");
            return Ok(());
        };
        if !context.access.is_unlimited() && !context.access.member.people().contains(&member) {
            draft.problem("member", "rule", "只能为本人或下属登记", "only for yourself and the people below you");
        }
        if let (Value::Date(first), Value::Date(last)) = (draft.value("first_day"), draft.value("last_day"))
            && last > first.saturating_add(LONGEST_DAYS.days())
        {
            draft.problem("last_day", "too_large", "一次最多登记一年", "at most one year at a time");
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
