//! A request has a day by which it is answered, from the day it came.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::json;

use crate::request::REQUEST;
use crate::terms::due_on;
use crate::values::{kept, now};

/// States in which nothing is to be done any more.
const CLOSED: [&str; 3] = ["done", "refused", "dropped"];

/// See the module.
pub struct RequestHook;

impl Hook for RequestHook {
    fn object(&self) -> &str {
        REQUEST
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let closed = draft.before.as_ref().is_some_and(|it| CLOSED.contains(&kept(it, "state").as_str()));
        if closed && !draft.is_by_engine() {
            let changed: Vec<String> = draft.object.user_fields().map(|it| it.name().to_owned()).filter(|it| draft.changes(it)).collect();
            for field in changed {
                draft.problem(&field, "rule", "请求已办结，不能再修改", "the request is closed and stays as it is");
            }
            return Ok(());
        }
        check_again(context, draft)?;
        if draft.value("received_at").is_null() {
            draft.set(context, "received_at", &json!(now(context)))?;
        }
        let Value::DateTime(received) = draft.value("received_at") else { return Ok(()) };
        if received > context.now {
            draft.problem("received_at", "too_large", "收到时间不能晚于现在", "it cannot have come in the future");
            return Ok(());
        }
        let changes = ["received_at", "term", "extended_reason"].iter().any(|it| draft.changes(it));
        if draft.before.is_none() || changes {
            let times = if draft.value("extended_reason").is_null() { 1 } else { 2 };
            let due = due_on(context, tx, draft.value("term").as_text().unwrap_or_default(), received, times)?;
            draft.set(context, "due_on", &json!(due.to_string()))?;
            draft.set(context, "reminded", &serde_json::Value::Null)?;
        }
        Ok(())
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        // What is in the bin is looked at by nobody, and the bundle is the person's data itself.
        record.reference("bundle").map_or(Ok(()), |it| unit.erase_as_system(FILE_OBJECT, it))
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// Who was checked is who asked: where that is changed, the check counts no more.
fn check_again(context: &Context, draft: &mut Draft) -> Result<()> {
    let another = ["requester", "email", "phone"].iter().any(|it| draft.changes(it));
    if draft.before.is_none() || draft.is_by_engine() || !another || draft.value("identity").as_text() == Some("unchecked") {
        return Ok(());
    }
    draft.set(context, "identity", &json!("unchecked"))?;
    draft.set(context, "state", &json!("received"))?;
    ["identity_how", "identity_by", "identity_at"].iter().try_for_each(|it| draft.set(context, it, &serde_json::Value::Null))
}
