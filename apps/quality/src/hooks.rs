//! A rule must be understood, and what it asks is asked of all records at once.

use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::MOST_RULES;
use guanxi_kernel::read::{Record, known_count};
use guanxi_kernel::schema::{FieldGate, OpenGate};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::write::{Draft, Unit};

use crate::jobs::judge_changed;
use crate::rule::{RULE, Rule};

/// See the module.
pub struct RuleHook;

impl Hook for RuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
        // One that is switched off may be about what is no longer there.
        if (draft.value("active").is_true() || draft.before.is_none())
            && let Err(wrong) = Rule::read(&context.schema, gate, &draft.record())
        {
            draft.problem(wrong.field, "rule", wrong.message.zh_cn, wrong.message.en);
        }
        let begins = draft.value("active").is_true() && (draft.changes("active") || draft.changes("object"));
        if begins && !context.access.is_system() {
            room(context, tx, draft)?;
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let before = draft.before.as_ref().and_then(|it| it.text("object"));
        let now = draft.record().text("object");
        let moved = before.filter(|it| Some(it) != now.as_ref());
        moved.into_iter().chain(now).try_for_each(|it| judge_changed(unit.context, unit.tx, &it))
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        record.text("object").into_iter().try_for_each(|it| judge_changed(unit.context, unit.tx, &it))
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        record.text("object").into_iter().try_for_each(|it| judge_changed(unit.context, unit.tx, &it))
    }
}

/// An object has so many rules in use and no more.
fn room(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let (object, own) = (draft.record().text("object").unwrap_or_default(), draft.id());
    let others = |column: &dyn Fn(&str) -> Result<ColumnRef>| {
        let of_object = Condition::equals(column("object")?, Value::Text(object));
        let active = Condition::equals(column("active")?, Value::Bool(true));
        Ok(of_object.and(active).and(Condition::Compare(column("id")?, CompareOp::Ne, Value::Id(own))))
    };
    if known_count(context, tx, RULE, others, MOST_RULES as u64)? >= MOST_RULES as u64 {
        draft.problem(
            "active",
            "rule",
            format!("一个对象最多启用 {MOST_RULES} 条规则，请先停用别的"),
            format!("an object has at most {MOST_RULES} rules in use; switch another one off first"),
        );
    }
    Ok(())
}
