//! A notice is for somebody, comes out at its time, and stays for whom it was for.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::link_targets;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use crate::notices::{self, Addressed, NOTICE};

/// See the module.
pub struct NoticeHook;

impl Hook for NoticeHook {
    fn object(&self) -> &str {
        NOTICE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let departments = departments(tx, draft)?;
        let addressed = Addressed::read(&draft.record(), departments);
        if addressed.is_nobody() {
            draft.problem(
                "everyone",
                "rule",
                "请选择发给谁：全员、部门、角色、合作伙伴或协作空间",
                "say whom it is for: everyone, departments, roles, partners or a space",
            );
            return Ok(());
        }
        let out = !draft.value("published_at").is_null();
        if out && draft.kind == DraftKind::Update && !context.access.is_system() {
            for field in ["everyone", "partners", "roles", "space", "publish_at"] {
                if draft.changes(field) {
                    draft.problem(
                        field,
                        "rule",
                        "已发布的公告不能改变接收范围和时间，请另发一条",
                        "a notice that came out stays for whom it was; write another one",
                    );
                }
            }
            return Ok(());
        }
        let due = matches!(draft.value("publish_at"), Value::DateTime(at) if at <= context.now);
        if due && !out && draft.problems.is_empty() {
            for (field, value) in notices::publication(context, tx, &addressed)? {
                draft.set(context, &field, &value)?;
            }
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

fn departments(tx: &mut dyn ReadTx, draft: &Draft) -> Result<Vec<Uuid>> {
    let Some(position) = draft.object.field_position("departments") else { return Ok(Vec::new()) };
    match (draft.links.get(&position), &draft.before) {
        (Some(named), _) => Ok(named.clone()),
        (None, Some(_)) => link_targets(tx, &draft.object.fields[position], draft.id()),
        (None, None) => Ok(Vec::new()),
    }
}
