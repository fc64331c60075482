//! `GET /meta`: what there is, for the caller. What he may not use is absent.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{ActionDefinition, ActionPlace};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Label, Object, Origin};
use serde_json::{Value as Json, json};
use std::sync::Arc;

use super::meta_fields::{definition_json, fields_json};
use super::meta_views::views_json;
use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// Currencies offered for amounts.
const CURRENCIES: [&str; 10] = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "SGD", "KRW", "AUD"];

/// Objects, fields, views and actions.
pub async fn meta(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let settings = context.workspace.settings();
            let objects: Vec<Json> =
                context.schema.objects.values().filter(|it| context.access.may(it, Verb::Read)).map(|it| object_json(context, it)).collect();
            Ok(Answer::json(&json!({
                "schema_version": context.schema.version,
                "workspace": { "id": context.workspace.id, "name": settings.name, "demo": settings.demo, "currency": settings.currency,
                    "region": settings.region, "time_zone": settings.time_zone },
                "currencies": CURRENCIES,
                "administrator": context.access.is_unlimited(),
                "navigation": navigation(context),
                "objects": objects,
                "actions": actions_of(context, ""),
            })))
        })
        .await
}

/// The apps with the objects the caller may read; the workspace's own objects come last.
pub fn navigation(context: &Context) -> Json {
    let readable = |name: &str| context.schema.object(name).is_some_and(|it| context.access.may(it, Verb::Read));
    let mut groups: Vec<Json> = Vec::new();
    for app in &context.schema.apps {
        let objects: Vec<&String> = app.objects.iter().filter(|it| readable(it)).collect();
        if !objects.is_empty() {
            groups.push(json!({ "app": app.name, "label": app.label, "icon": app.icon, "objects": objects }));
        }
    }
    let own = |it: &&Arc<Object>| it.origin == Origin::Custom && !it.definition.internal && readable(&it.name);
    let custom: Vec<&String> = context.schema.objects.values().filter(own).map(|it| &it.name).collect();
    if !custom.is_empty() {
        groups.push(json!({ "app": "custom", "label": Label::new("自定义", "Custom"), "icon": "appstore", "objects": custom }));
    }
    Json::Array(groups)
}

fn object_json(context: &Context, object: &Arc<Object>) -> Json {
    let definition = &object.definition;
    let may = |verb| context.access.may(object, verb);
    json!({
        "name": object.name,
        "label": definition.label,
        "plural": definition.plural.as_ref().unwrap_or(&definition.label),
        "help": definition.help,
        "icon": definition.icon,
        "color": definition.color,
        "custom": object.origin == Origin::Custom,
        "internal": definition.internal,
        "title_field": definition.title_field,
        "app": object.app,
        "access": {
            "create": may(Verb::Create), "update": may(Verb::Update), "delete": may(Verb::Delete), "restore": may(Verb::Restore),
            "import": may(Verb::Import), "export": may(Verb::Export), "bulk": may(Verb::Bulk), "share": may(Verb::Share), "assign": may(Verb::Assign),
        },
        "fields": fields_json(context, object),
        "views": views_json(context, object),
        "actions": actions_of(context, &object.name),
    })
}

fn actions_of(context: &Context, object: &str) -> Json {
    let registry = &context.workspace.registry;
    let mine = registry.actions().map(|it| it.definition()).filter(|it| it.object == object && context.access.may_act(object, &it.name));
    mine.map(|it| action_json(context, it)).collect()
}

fn action_json(context: &Context, action: &ActionDefinition) -> Json {
    let on = match action.on {
        ActionPlace::Record => "record",
        ActionPlace::Object => "object",
        ActionPlace::Nothing => "nothing",
    };
    let input: Vec<Json> = action.input.iter().map(|it| definition_json(context, it)).collect();
    let mut json = json!({
        "name": action.name, "label": action.label, "help": action.help, "icon": action.icon, "on": on, "primary": action.primary,
        "danger": action.danger, "input": input,
    });
    if let (Some(expression), Some(map)) = (&action.visible_when, json.as_object_mut()) {
        map.insert("visible_when".into(), json!(expression));
    }
    json
}
