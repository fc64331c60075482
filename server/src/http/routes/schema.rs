//! `GET /schema/objects`, `POST /schema/plan`, `POST /schema/apply`: definitions, and changing them while the system runs.

use std::sync::Arc;

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::app::Registry;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::schema::{Field, Object};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::errors::{ApiError, ApiFailure, field_errors_json};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Most changes at once.
const MAX_CHANGES: usize = 500;

/// All definitions.
pub async fn objects(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let registry = &context.workspace.registry;
            let items = context.schema.objects.values().map(|it| object_json(registry, it)).collect::<Result<Vec<_>, _>>()?;
            Ok(Answer::json(&json!({ "schema_version": context.schema.version, "items": items })))
        })
        .await
}

/// One definition.
pub async fn object(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let object = context.schema.object(&object).ok_or(KernelError::NotFound)?;
            Ok(Answer::json(&object_json(&context.workspace.registry, object)?))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    changes: Vec<SchemaChange>,
    #[serde(default)]
    accept_loss: bool,
}

fn request(context: &Context, body: &JsonBody) -> Result<Request, ApiError> {
    context.access.require_administrator()?;
    let request: Request = body.read()?;
    if request.changes.is_empty() || request.changes.len() > MAX_CHANGES {
        return Err(ApiError::bad("bad_request", "changes", "变更数应为1到500", "give 1 to 500 changes"));
    }
    Ok(request)
}

/// What changes of the definitions would do.
pub async fn plan(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let plan = definition::plan(context, &request(context, &body)?.changes)?;
            let steps: Vec<Json> =
                plan.steps.iter().map(|it| json!({ "op": it.op, "object": it.table, "field": it.name, "summary": it.summary })).collect();
            let problems = field_errors_json(&plan.problems, context.locale);
            Ok(Answer::json(&json!({ "steps": steps, "losses": plan.losses, "problems": problems })))
        })
        .await
}

/// Carries changes of the definitions out.
pub async fn apply(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, |signed_in, body| {
            let context = &signed_in.context;
            let Request { changes, accept_loss } = request(context, body)?;
            let schema = definition::apply(context, &changes, accept_loss)?;
            Ok(Answer::json(&json!({ "schema_version": schema.version })))
        })
        .await
}

fn object_json(registry: &Registry, object: &Arc<Object>) -> Result<Json, ApiError> {
    let internal = |error: serde_json::Error| ApiError::internal(error.to_string());
    let mut json = serde_json::to_value(&object.definition).map_err(internal)?;
    let fields: Vec<Json> = object.fields.iter().map(|it| field_json(registry, object, it)).collect::<Result<_, _>>().map_err(internal)?;
    if let Some(map) = json.as_object_mut() {
        map.insert("app".into(), json!(object.app));
        map.insert("origin".into(), json!(object.origin));
        map.insert("field".into(), Json::Array(fields));
        // What it goes back to, where the workspace changed anything of a standard object.
        if let Some(standard) = definition::standard_object(registry, &object.name).filter(|_| definition::is_changed(registry, object)) {
            let mut standard = serde_json::to_value(standard).map_err(internal)?;
            standard.as_object_mut().map(|it| it.remove("field"));
            map.insert("standard".into(), standard);
        }
    }
    Ok(json)
}

fn field_json(registry: &Registry, object: &Object, field: &Field) -> Result<Json, serde_json::Error> {
    let mut json: Map<String, Json> = serde_json::from_value(serde_json::to_value(&field.definition)?)?;
    json.insert("origin".into(), json!(field.origin));
    let declared = object.definition.fields.iter().find(|it| it.name == field.name());
    let standard = definition::standard_field(registry, &object.name, field.name());
    if standard.is_some() && declared.is_some() && standard != declared {
        json.insert("changed".into(), Json::Bool(true));
    }
    Ok(Json::Object(json))
}
