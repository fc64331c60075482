//! A rule names what there is; whatever is changed of one in force is looked at again before it goes on.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{CountMode, ListRequest, Record, count_of};
use guanxi_kernel::schema::{FieldGate as _, FieldKind, Object};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::json;

use crate::about::may_be_taken;
use crate::personal::can_be_emptied;
use crate::request::REQUEST;
use crate::retention::{RULE, forget_place, named_fields};

/// What decides which records a rule takes.
const TERMS: [&str; 6] = ["object", "condition", "since", "days", "act", "fields"];

/// What decides where a rule looks for them.
const PLACES: [&str; 2] = ["object", "condition"];

/// See the module.
pub struct RuleHook;

impl Hook for RuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let changed = draft.before.is_none() || TERMS.iter().any(|it| draft.changes(it));
        if !changed {
            return Ok(());
        }
        if draft.before.is_some() && !draft.is_by_engine() && draft.value("state").as_text() != Some("draft") {
            draft.set(context, "state", &json!("draft"))?;
        }
        let name = draft.value("object").as_text().unwrap_or_default().trim().to_owned();
        let found = context.schema.object(&name).filter(|it| may_be_taken(it) || it.name == REQUEST).cloned();
        let Some(object) = found else {
            if !name.is_empty() {
                let (zh_cn, en) = (format!("“{name}”不能按保存规则清理"), format!("there are no records of `{name}` that a rule may take"));
                draft.problem("object", "bad_option", zh_cn, en);
            }
            return Ok(());
        };
        if object.name == REQUEST && draft.value("act").as_text() == Some("erase") {
            let (zh_cn, en) = ("个人请求是办理的凭证，只能匿名化", "requests are evidence of what was done; they can be anonymised only");
            draft.problem("act", "rule", zh_cn, en);
        }
        check_fields(context, draft, &object);
        let condition = draft.value("condition").as_text().unwrap_or_default().to_owned();
        if condition.trim().is_empty() {
            return Ok(());
        }
        // By itself: what closes a bracket that it did not open would leave the rest of the rule behind.
        let request = ListRequest { filter: Some(condition), count: CountMode::Capped, ..ListRequest::default() };
        // Asked with the caller's own rights: a condition would tell what he may not see.
        match count_of(context, tx, &object, &request) {
            Ok(_) => {}
            Err(KernelError::BadRequest { message, .. }) => draft.problem("condition", "bad_format", message.zh_cn, message.en),
            Err(KernelError::Invalid(problems)) => {
                for it in problems {
                    draft.problem("condition", "bad_format", it.message.zh_cn, it.message.en);
                }
            }
            Err(KernelError::Forbidden(_)) => {
                draft.problem("condition", "bad_format", "条件用到了您看不到的字段", "the condition names what you may not see")
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// A rule that looks for other records begins at the first of them.
    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if draft.before.is_some() && PLACES.iter().any(|it| draft.changes(it)) { forget_place(unit.tx, draft.id()) } else { Ok(()) }
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        forget_place(unit.tx, record.id())
    }
}

/// Fields are named by who may read them: what a rule finds would tell of others.
fn check_fields(context: &Context, draft: &mut Draft, object: &Object) {
    let since = draft.value("since").as_text().unwrap_or_default().trim().to_owned();
    let is_time = |name: &str| {
        object
            .field(name)
            .is_some_and(|it| context.access.may_read(object, it) && matches!(it.definition.kind, FieldKind::Date | FieldKind::Datetime))
    };
    if !since.is_empty() && !is_time(&since) {
        let (zh_cn, en) = (format!("“{since}”不是日期或时间字段"), format!("`{since}` is no field of dates or times"));
        draft.problem("since", "bad_option", zh_cn, en);
    }
    for name in named_fields(draft.value("fields").as_text().unwrap_or_default()) {
        if !object.field(&name).is_some_and(|it| can_be_emptied(it) && context.access.may_read(object, it)) {
            let (zh_cn, en) = (format!("字段“{name}”不能匿名化"), format!("`{name}` cannot be anonymised"));
            draft.problem("fields", "bad_option", zh_cn, en);
        }
    }
}
