//! What follows from whom a target is for, its period and its measure; and that managers set them for those they lead.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::pipeline::setting::day_of;
use crate::targets::TARGET;
use crate::targets::period::Period;

/// What makes two targets the same one.
const PARTS: [&str; 6] = ["department", "member", "period", "period_start", "measure", "product_line"];

/// See the module.
pub struct SalesTargetHook;

impl Hook for SalesTargetHook {
    fn object(&self) -> &str {
        TARGET
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        set_value(context, draft)?;
        let is_new = draft.kind == DraftKind::Create;
        if !is_new && !PARTS.iter().any(|it| draft.changes(it)) {
            return Ok(());
        }
        let Some(period) = set_period(context, draft)? else { return Ok(()) };
        let Some((field, whom)) = whom(context, tx, draft)? else { return Ok(()) };
        if is_new || draft.changes(field) {
            refuse_foreign(context, draft, field, &whom);
            set_responsible(context, draft, &whom)?;
        }
        set_name(context, draft, &whom, &period)?;
        refuse_second(context, tx, draft, whom.id())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// One value, that of the measure; an amount is in the currency everything is added up in.
fn set_value(context: &Context, draft: &mut Draft) -> Result<()> {
    let of_amounts = draft.value("measure").as_text() == Some("won_amount");
    let other = if of_amounts { "target_count" } else { "target_amount" };
    if !draft.value(other).is_null() {
        draft.set(context, other, &Json::Null)?;
    }
    let own = context.workspace.settings().currency.clone();
    if of_amounts && draft.value("target_amount.currency").as_text().is_some_and(|it| it != own) {
        let (zh_cn, en) = (format!("目标金额请用本企业币种{own}"), format!("name the amount in {own}, the company's own currency"));
        draft.problem("target_amount", "rule", zh_cn, en);
    }
    Ok(())
}

/// The first and the last day; answers how the period is called.
fn set_period(context: &Context, draft: &mut Draft) -> Result<Option<String>> {
    let Some(period) = draft.value("period").as_text().and_then(Period::named) else { return Ok(None) };
    let Value::Date(first) = draft.value("period_start") else {
        draft.set(context, "period_start", &json!(period.first_day(day_of(context, context.now)).to_string()))?;
        return set_period(context, draft);
    };
    let wanted = period.first_day(first);
    if wanted != first {
        let (zh_cn, en) = (format!("请填写周期的第一天，例如{wanted}"), format!("name the first day of the period, such as {wanted}"));
        draft.problem("period_start", "rule", zh_cn, en);
        return Ok(None);
    }
    let last = period.behind_last(first).saturating_sub(jiff::Span::new().days(1));
    draft.set(context, "period_end", &json!(last.to_string()))?;
    Ok(Some(period.text(first)))
}

/// Whom it is for, whether or not the caller sees him; none where that is not said, which a rule refuses.
fn whom(context: &Context, tx: &mut dyn ReadTx, draft: &Draft) -> Result<Option<(&'static str, Record)>> {
    let system = context.as_system();
    for (field, object) in [("department", DEPARTMENT_OBJECT), ("member", MEMBER_OBJECT)] {
        let (Value::Id(id), Some(object)) = (draft.value(field), context.schema.object(object).cloned()) else { continue };
        if let Some(found) = load_record(&system, tx, &object, id, Verb::Read, false)? {
            return Ok(Some((field, found)));
        }
    }
    Ok(None)
}

/// Managers set targets for their departments, those below, and their people.
fn refuse_foreign(context: &Context, draft: &mut Draft, field: &str, whom: &Record) {
    let (access, member) = (&context.access, &context.access.member);
    if access.is_system() || access.is_unlimited() {
        return;
    }
    let department = if field == "department" { Some(whom.id()) } else { whom.reference("department") };
    let is_led = department.is_some_and(|it| member.departments.contains(&it)) || field == "member" && member.people().contains(&whom.id());
    if !is_led {
        let (zh_cn, en) = ("只能为自己的部门、下级部门和下属设定目标", "set targets for your departments, those below and your people");
        draft.problem(field, "rule", zh_cn, en);
    }
}

fn set_responsible(context: &Context, draft: &mut Draft, whom: &Record) -> Result<()> {
    let is_said = draft.changes("responsible") && !draft.value("responsible").is_null();
    let usual = if whom.object.name == MEMBER_OBJECT { Some(whom.id()) } else { whom.reference("head") };
    if is_said || usual.is_none() { Ok(()) } else { draft.set(context, "responsible", &json!(usual)) }
}

fn set_name(context: &Context, draft: &mut Draft, whom: &Record, period: &str) -> Result<()> {
    let object = draft.object.clone();
    let label = |field: &str| {
        let value = draft.value(field);
        let options = object.field(field).map(|it| it.definition.options.as_slice()).unwrap_or_default();
        let found = options.iter().find(|it| value.as_text() == Some(it.value.as_str()));
        found.map(|it| context.locale.pick(&it.label).to_owned())
    };
    let parts = [Some(whom.title()), Some(period.to_owned()), label("measure"), label("product_line")];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    draft.set(context, "name", &json!(name))
}

/// Two for the same: the other one is named, so that it is changed instead. The unique key keeps out what comes at once.
fn refuse_second(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, whom: Uuid) -> Result<()> {
    let part = |field: &str| draft.value(field).as_text().unwrap_or_default().to_owned();
    let Value::Date(first) = draft.value("period_start") else { return Ok(()) };
    let key = format!("{whom}/{}/{first}/{}/{}", part("period"), part("measure"), part("product_line"));
    let same = Value::Text(key.clone());
    let found = known_records(context, tx, TARGET, |column| Ok(Condition::equals(column("target_key")?, same)), 2)?;
    if let Some(other) = found.iter().find(|it| it.id() != draft.id()) {
        let title = other.title();
        let (zh_cn, en) = (format!("已有目标“{title}”，请修改那一条"), format!("there is the target {title} already; change that one"));
        draft.problem("period_start", "rule", zh_cn, en);
        return Ok(());
    }
    draft.set(context, "target_key", &json!(key))
}
