//! A consent names one person, when and what he agreed to; afterwards it is evidence.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use jiff::ToSpan as _;
use serde_json::json;
use uuid::Uuid;

use crate::may::{CONSENT, PURPOSE};
use crate::people::PEOPLE;
use crate::values::{is_set, now, number};

/// What may still be added to a consent.
const OPEN: [&str; 2] = ["evidence", "note"];

/// See the module.
pub struct ConsentHook;

impl Hook for ConsentHook {
    fn object(&self) -> &str {
        CONSENT
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create {
            name_person(context, draft)?;
            return complete(context, tx, draft);
        }
        if !draft.is_by_engine() {
            let changed: Vec<String> =
                draft.object.user_fields().map(|it| it.name().to_owned()).filter(|it| !OPEN.contains(&it.as_str()) && draft.changes(it)).collect();
            for field in changed {
                let (zh_cn, en) =
                    ("同意记录是凭证，不能修改；请撤回后另记一条", "a consent is evidence and stays as it is; withdraw it and note a new one");
                draft.problem(&field, "rule", zh_cn, en);
            }
            return Ok(());
        }
        follow_merge(context, draft)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// The person by himself and by the reference to his object, whichever was given.
fn name_person(context: &Context, draft: &mut Draft) -> Result<()> {
    let named = draft.value("person.object").as_text().map(str::to_owned);
    let person = named.zip(if let Value::Id(id) = draft.value("person") { Some(id) } else { None });
    let referred: Vec<(String, Uuid)> =
        PEOPLE.iter().filter_map(|it| if let Value::Id(id) = draft.value(it) { Some(((*it).to_owned(), id)) } else { None }).collect();
    let person = match (person, referred.as_slice()) {
        (Some(person), referred) if referred.iter().all(|it| *it == person) => person,
        (None, [one]) => one.clone(),
        (None, []) => {
            draft.problem("person", "required", "请选择当事人", "choose the person");
            return Ok(());
        }
        _ => {
            draft.problem("person", "rule", "只能指明一位当事人", "name one person only");
            return Ok(());
        }
    };
    if !PEOPLE.contains(&person.0.as_str()) {
        draft.problem("person", "rule", "当事人应为联系人、线索或客户", "the person is a contact, a lead or an account");
        return Ok(());
    }
    draft.set(context, "person", &json!({ "object": person.0, "id": person.1 }))?;
    draft.set(context, &person.0, &json!(person.1))
}

/// What is left open follows from the purpose and from now.
fn complete(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    if draft.value("given_at").is_null() {
        draft.set(context, "given_at", &json!(now(context)))?;
    }
    let Value::DateTime(given) = draft.value("given_at") else { return Ok(()) };
    if given > context.now {
        draft.problem("given_at", "too_large", "时间不能晚于现在", "it cannot lie in the future");
    }
    if draft.value("state").as_text() == Some("withdrawn") {
        if draft.value("withdrawn_at").is_null() {
            draft.set(context, "withdrawn_at", &json!(now(context)))?;
        }
        if matches!(draft.value("withdrawn_at"), Value::DateTime(at) if at < given) {
            draft.problem("withdrawn_at", "too_small", "撤回不能早于同意", "it cannot be before the consent was given");
        }
    }
    let Value::Id(purpose) = draft.value("purpose") else { return Ok(()) };
    let Some(purpose) = known_records(context, tx, PURPOSE, |it| among(it("id"), [purpose]), 1)?.pop() else { return Ok(()) };
    from_purpose(context, draft, &purpose, given)
}

fn from_purpose(context: &Context, draft: &mut Draft, purpose: &Record, given: jiff::Timestamp) -> Result<()> {
    if !is_set(purpose, "active") && !draft.is_by_engine() {
        draft.problem("purpose", "rule", "这一目的已停用", "this purpose is not in use any more");
    }
    if draft.value("wording").is_null()
        && let Some(wording) = purpose.text("wording")
    {
        draft.set(context, "wording", &json!(wording))?;
    }
    if let (true, Some(months)) = (draft.value("expires_on").is_null(), number(purpose, "consent_months")) {
        let day = given.to_zoned(context.workspace.time_zone()).date();
        draft.set(context, "expires_on", &json!(day.saturating_add(i32::try_from(months).unwrap_or(600).months()).to_string()))?;
    }
    Ok(())
}

/// Where a merge moves the person to another record, the reference to him goes along; one of the two may be moved first.
fn follow_merge(context: &Context, draft: &mut Draft) -> Result<()> {
    let Some(object) = draft.value("person.object").as_text().map(str::to_owned) else { return Ok(()) };
    let Value::Id(person) = draft.value("person") else { return Ok(()) };
    if PEOPLE.contains(&object.as_str()) && draft.changes("person") && !draft.changes(&object) {
        draft.set(context, &object, &json!(person))?;
    }
    Ok(())
}
