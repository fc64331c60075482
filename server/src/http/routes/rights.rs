//! `GET /roles`, `GET /sharing-rules`, `POST /rights/simulate`, and of a record `GET .../access` and `GET .../viewers`:
//! what rights there are, what they come from and what a change of them would do. They are changed as definitions are,
//! by `POST /schema/apply`.

use axum::extract::Path;
use guanxi_kernel::access::{self, Reason};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::SchemaChange;
use guanxi_kernel::read;
use guanxi_kernel::schema::RoleDefinition;
use guanxi_kernel::store::StoreExt as _;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::get_record::record_id;
use super::shares::object_of;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// All roles.
pub async fn roles(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_auditor()?;
            let items = context.schema.roles.values().map(|it| role_json(context, it)).collect::<Result<Vec<_>, _>>()?;
            Ok(Answer::json(&json!({ "items": items })))
        })
        .await
}

fn role_json(context: &Context, role: &RoleDefinition) -> Result<Json, ApiError> {
    let standard = context.workspace.registry.roles.iter().find(|it| it.name == role.name);
    let origin = match standard {
        None => "custom",
        Some(standard) if standard == role => "standard",
        Some(_) => "changed",
    };
    Ok(json!({ "origin": origin, "definition": serde_json::to_value(role).map_err(|error| ApiError::internal(error.to_string()))? }))
}

/// All sharing rules.
pub async fn sharing_rules(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.access.require_auditor()?;
            Ok(Answer::json(&json!({ "items": signed_in.context.schema.sharing })))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    changes: Vec<SchemaChange>,
}

/// What a change of roles and sharing rules would do.
pub async fn simulate(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            let Request { changes } = body.read()?;
            Ok(Answer::json(&json!(access::simulate(&signed_in.context, &changes)?)))
        })
        .await
}

/// What a member may do with a record and why; the caller himself where none is named.
pub async fn explain(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let member = query.value::<Uuid>("member")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (object, id) = (read::object_of(context, &object)?, record_id(&id)?);
            let answer = context.workspace.store.read_with(|tx| {
                let explanation = access::explain(context, tx, member.unwrap_or(context.actor), &object, id)?;
                let mut titles = Titles::default();
                explanation.verbs.iter().flat_map(|it| &it.reasons).for_each(|it| want(&mut titles, it));
                titles.load(context, tx)?;
                let verbs: Vec<Json> = explanation
                    .verbs
                    .iter()
                    .map(|it| json!({ "verb": it.verb, "allowed": it.allowed, "reasons": reasons_json(&titles, &it.reasons) }))
                    .collect();
                Ok(json!({ "verbs": verbs, "fields": explanation.fields }))
            })?;
            Ok(Answer::json(&answer))
        })
        .await
}

/// Who may see a record and why.
pub async fn viewers(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let after = query.value::<Uuid>("cursor")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (object, id) = (read::object_of(context, &object)?, record_id(&id)?);
            let answer = context.workspace.store.read_with(|tx| {
                let (viewers, next) = access::viewers(context, tx, &object, id, after)?;
                let mut titles = Titles::default();
                viewers.iter().flat_map(|it| &it.reasons).for_each(|it| want(&mut titles, it));
                titles.load(context, tx)?;
                let items: Vec<Json> = viewers
                    .iter()
                    .map(|it| {
                        json!({ "member": { "id": it.id, "label": it.name }, "update": it.update, "delete": it.delete,
                            "reasons": reasons_json(&titles, &it.reasons) })
                    })
                    .collect();
                Ok(json!({ "items": items, "next_cursor": next }))
            })?;
            Ok(Answer::json(&answer))
        })
        .await
}

/// Notes that a reason names somebody.
fn want(titles: &mut Titles, reason: &Reason) {
    if let Reason::Share { with, id, .. } = reason
        && let Some(principal) = access::Principal::new(with, *id)
    {
        titles.want(object_of(principal), *id);
    }
}

fn reasons_json(titles: &Titles, reasons: &[Reason]) -> Vec<Json> {
    let told = |reason: &Reason| {
        let mut json = json!(reason);
        if let (Reason::Share { with, id, .. }, Some(map)) = (reason, json.as_object_mut()) {
            map.remove("id");
            map.insert("with".into(), json!({ "kind": with, "id": id, "label": titles.label(*id) }));
        }
        json
    };
    reasons.iter().map(told).collect()
}
