//! What is wrong with a schedule is told when it is entered, and what is wrong with a saved mapping.

use std::str::FromStr as _;

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::schedule::Cron;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use guanxi_sources::Fetcher;

use super::SCHEDULE_OBJECT;
use crate::import::{ImportPlan, MAPPING_OBJECT};

/// Looks at schedules.
pub struct ScheduleGuard(pub Fetcher);

impl Hook for ScheduleGuard {
    fn object(&self) -> &str {
        SCHEDULE_OBJECT
    }

    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
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
            draft.problem("plan", "bad_format", &format!("不是有效的导入方案：{error}"), &format!("is no plan of an import: {error}"));
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
