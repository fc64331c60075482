//! Approving a request for rights: what the approver may grant himself holds at once; what he may not goes on, where he is
//! the head of department it waits for, to whoever may grant it.

use guanxi_kernel::access::{Principal, ShareLevel, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::identity::{ROLE_GRANT_OBJECT, holdings_of};
use guanxi_kernel::read::Record;
use guanxi_kernel::shares::NewShare;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::requests::{asked_by, decided, is_head, refuse_own, settle, text};

/// Characters of the reason that a grant takes over.
const MOST_REASON: usize = 480;

/// See the module.
pub struct Approve(pub ActionDefinition);

impl Action for Approve {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let context = unit.context;
        refuse_own(context, &request)?;
        let head = is_head(context, &request);
        if text(&request, "state") == "waiting_head" && !head && !context.access.is_unlimited() {
            let (zh_cn, en) = ("此申请须先由部门负责人审批", "the head of department decides on this first");
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        let member = asked_by(&request)?;
        if context.workspace.identity(unit.tx, member)?.is_none() {
            let (zh_cn, en) = ("申请人已停用或离开，请拒绝此申请", "who asked is no longer active; refuse this request");
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        let until = until(context.now, &request, input)?;
        let note = input.get("note");
        let role = match text(&request, "kind").as_str() {
            "record" => share(unit, &request, member, until)?.then_some(None),
            _ => give_role(unit, &request, member, until, input)?.map(Some),
        };
        match role {
            Some(role) => {
                let mut values = decided(context, "approved", note);
                values.insert("granted_until".to_owned(), json!(until.to_string()));
                values.insert("role".to_owned(), role.map_or(Json::Null, Json::String));
                settle(unit, &request, "approved", values)
            }
            None if head => {
                let values = [
                    ("state", json!("waiting_grant")),
                    ("endorsed_by", json!(context.actor)),
                    ("endorsed_at", json!(context.now.to_string())),
                    ("decision_note", note.cloned().unwrap_or_default()),
                ];
                settle(unit, &request, "endorsed", values.into_iter().map(|it| (it.0.to_owned(), it.1)).collect())
            }
            None => Err(KernelError::Forbidden("grant what is asked for".into())),
        }
    }
}

/// Until when it is granted: no longer than asked for.
fn until(now: Timestamp, request: &Record, input: &Map<String, Json>) -> Result<Timestamp> {
    let Value::DateTime(asked) = request.value("until") else { return Err(KernelError::Internal("a request without an end".into())) };
    let wanted = input.get("until").and_then(Json::as_str).and_then(|it| it.parse::<Timestamp>().ok()).unwrap_or(asked);
    if asked <= now {
        let (zh_cn, en) = ("所申请的有效期已过，请拒绝并请申请人重新申请", "the time asked for is over; refuse this and have it asked for again");
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    }
    if wanted <= now {
        return Err(KernelError::invalid("until", "too_small", "有效期应晚于现在", "choose a time in the future"));
    }
    if wanted > asked {
        return Err(KernelError::invalid("until", "too_large", "不能超过所申请的有效期", "no later than what was asked for"));
    }
    Ok(wanted)
}

/// Shares the record, where the approver may share it.
fn share(unit: &mut Unit<'_>, request: &Record, member: Uuid, until: Timestamp) -> Result<bool> {
    let object = unit.context.schema.object(&text(request, "target_object")).cloned();
    let (Some(object), Ok(id)) = (object, Uuid::try_parse(&text(request, "target_record"))) else { return Ok(false) };
    let level = ShareLevel::named(&text(request, "level")).unwrap_or(ShareLevel::Read);
    let new = NewShare { principal: Principal::Member(member), level, expires_at: Some(until) };
    match unit.share_because(&object, id, &new, "request", (&request.object.name, request.id())) {
        Ok(()) => Ok(true),
        Err(KernelError::NotFound | KernelError::Forbidden(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Gives the role, where it is the approver's to give.
fn give_role(unit: &mut Unit<'_>, request: &Record, member: Uuid, until: Timestamp, input: &Map<String, Json>) -> Result<Option<String>> {
    let context = unit.context;
    let Some(role) = chosen_role(unit, request, input)? else { return Ok(None) };
    let grants = context.schema.object(ROLE_GRANT_OBJECT).is_some_and(|it| context.access.may(it, Verb::Create));
    if !grants || !context.access.may_give(&role) {
        return Ok(None);
    }
    if !context.schema.roles.contains_key(&role) {
        let (zh_cn, en) = (format!("角色“{role}”已不存在，请拒绝此申请"), format!("there is no role `{role}` any more; refuse this request"));
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    }
    context.require_proof()?;
    let held = holdings_of(&context.schema, unit.tx, member, context.now)?;
    if held.iter().any(|it| it.is_lasting() && it.role == role) {
        return Err(KernelError::conflict("state_conflict", "申请人已拥有此角色", "who asked holds this role already"));
    }
    let reason: String = format!("{} {}", request.title(), text(request, "reason")).chars().take(MOST_REASON).collect();
    let mut grant = Map::from_iter([
        ("member".to_owned(), json!(member)),
        ("role".to_owned(), json!(role)),
        ("ends_at".to_owned(), json!(until.to_string())),
        ("reason".to_owned(), json!(reason.replace(['\n', '\r'], " "))),
    ]);
    if let Some(department) = request.reference("department") {
        grant.insert("department".to_owned(), json!(department));
    }
    unit.create(ROLE_GRANT_OBJECT, &grant)?;
    Ok(Some(role))
}

/// The role asked for; of a kind of data, the one that the approver chooses.
fn chosen_role(unit: &Unit<'_>, request: &Record, input: &Map<String, Json>) -> Result<Option<String>> {
    let named = input.get("role").and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty());
    if text(request, "kind") == "role" {
        let asked = text(request, "role");
        return match named.filter(|it| *it != asked) {
            Some(_) => Err(KernelError::invalid("role", "rule", "只能授予所申请的角色", "only the role that was asked for can be given")),
            None => Ok(Some(asked)),
        };
    }
    let access = &unit.context.access;
    match named {
        Some(role) if access.may_give(role) => Ok(Some(role.to_owned())),
        Some(_) => Err(KernelError::Forbidden("give that role".into())),
        None if access.is_unlimited() => Err(KernelError::invalid("role", "required", "请选择要授予的角色", "choose the role to give")),
        None => Ok(None),
    }
}
