//! What is wrong with a schedule is told when it is entered, and what is wrong with a saved mapping.

use std::str::FromStr as _;

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Cron;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use guanxi_sources::Fetcher;
use serde_json::{Map, json};

use super::{SCHEDULE_OBJECT, connection, unusable};
use crate::import::{ImportPlan, MAPPING_OBJECT};

/// What is told where a schedule names a mapping of somebody else.
pub(super) const NOT_HIS: (&str, &str) =
    ("导入方案须属于定时导入的负责人，请改用其本人的方案", "the mapping must belong to the schedule's owner; use one of the owner's own");

/// Looks at schedules.
pub struct ScheduleGuard(pub Fetcher);

impl Hook for ScheduleGuard {
    fn object(&self) -> &str {
        SCHEDULE_OBJECT
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        check_mapping(context, tx, draft)?;
        let text = |name: &str| if let Value::Text(text) = draft.value(name) { text } else { String::new() };
        let (times, source, address, query, folder) = (text("times"), text("source"), text("address"), text("query"), text("folder"));
        if Cron::from_str(&times).is_err() {
            draft.problem(
                "times",
                "bad_format",
                "应为五个字段：分 时 日 月 星期，如 30 6 * * 1-5",
                "five fields: minute, hour, day, month, day of the week, as 30 6 * * 1-5",
            );
        }
        match source.as_str() {
            "address" => {
                if let Err(error) = self.0.check(&address) {
                    draft.problem("address", "bad_format", &error.message.zh_cn, &error.message.en);
                }
            }
            "query" if query.trim().is_empty() => draft.problem("query", "required", "请填写查询语句", "enter the query"),
            "folder" if folder.split(['/', '\\']).any(|it| it == "..") => {
                draft.problem("folder", "bad_format", "不能含有 ..", "must not lead upwards");
            }
            _ => {}
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }

    /// The address of its database does not outlast it, not in the bin either.
    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        unusable::forget(unit.tx, record.id())?;
        connection::forget(unit.tx, record.id())
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        let values = Map::from_iter([("has_connection".to_owned(), json!(false))]);
        unit.update_as_system(SCHEDULE_OBJECT, record.id(), &values).map(drop)
    }
}

/// A schedule acts with the rights of its owner: what it does must be his to say.
fn check_mapping(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let (Value::Id(mapping), Value::Id(owner)) = (draft.value("mapping"), draft.value("owner")) else { return Ok(()) };
    if draft.kind != DraftKind::Create && !draft.changes("mapping") && !draft.changes("owner") {
        return Ok(());
    }
    let one = move |column: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(column("id")?, Value::Id(mapping)));
    let found = known_records(context, tx, MAPPING_OBJECT, one, 1)?;
    if found.first().is_some_and(|it| it.reference("owner") != Some(owner)) {
        draft.problem("mapping", "bad_option", NOT_HIS.0, NOT_HIS.1);
    }
    Ok(())
}

/// Looks at saved mappings.
pub struct MappingGuard;

impl Hook for MappingGuard {
    fn object(&self) -> &str {
        MAPPING_OBJECT
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let json = |name: &str| if let Value::Json(value) = draft.value(name) { Some(*value) } else { None };
        let object = if let Value::Text(text) = draft.value("object") { text } else { String::new() };
        let (plan, headers) = (json("plan"), json("headers"));
        if context.schema.object(&object).is_none() {
            draft.problem("object", "bad_option", "没有这个对象", "there is no such object");
        }
        if !headers
            .as_ref()
            .and_then(|it| it.as_array())
            .is_some_and(|it| !it.is_empty() && it.len() <= 2_000 && it.iter().all(serde_json::Value::is_string))
        {
            draft.problem("headers", "bad_format", "应为列标题的列表", "must be the list of the headers");
        }
        if let Some(Err(error)) = plan.map(serde_json::from_value::<ImportPlan>) {
            draft.problem("plan", "bad_format", format!("不是有效的导入方案：{error}"), format!("is no plan of an import: {error}"));
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
