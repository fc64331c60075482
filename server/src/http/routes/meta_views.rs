//! Views as `GET /meta` tells them: columns and cards without what the caller may not read.

use std::sync::Arc;

use guanxi_kernel::access::{ShownGate, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{FieldGate, Object, resolve_path};
use serde_json::{Value as Json, json};

/// List, board, calendar and record page of an object.
pub fn views_json(context: &Context, object: &Arc<Object>) -> Json {
    let views = &object.definition.views;
    let list: Vec<Json> = views
        .list
        .iter()
        .map(|it| {
            json!({
                "name": it.name, "label": it.label, "columns": readable(context, object, &it.columns), "filter": it.filter,
                "sort": it.sort.as_deref().unwrap_or("-updated_at"),
            })
        })
        .collect();
    let board = views.board.as_ref().filter(|it| may_read(context, object, &it.group_by)).map(|it| {
        json!({
            "group_by": it.group_by, "card": readable(context, object, &it.card), "sum": it.sum.as_ref().filter(|it| may_read(context, object, it)),
            "move_action": it.move_action, "order": it.order,
        })
    });
    let calendar = views.calendar.as_ref().filter(|it| may_read(context, object, &it.start));
    let calendar = calendar.map(|it| json!({ "start": it.start, "end": it.end, "title": it.title, "color_by": it.color_by }));
    json!({ "list": list, "board": board, "calendar": calendar, "record": record_json(context, object) })
}

fn record_json(context: &Context, object: &Arc<Object>) -> Json {
    let record = &object.definition.views.record;
    let sections: Vec<Json> =
        record.sections.iter().map(|it| json!({ "name": it.name, "label": it.label, "fields": readable(context, object, &it.fields) })).collect();
    let related: Vec<Json> = record
        .related
        .iter()
        .filter_map(|it| {
            let target = context.schema.object(&it.object).filter(|target| context.access.may(target, Verb::Read))?;
            if !may_read(context, target, &it.via) {
                return None;
            }
            let label = it.label.as_ref().or(target.definition.plural.as_ref()).unwrap_or(&target.definition.label);
            let columns = readable(context, target, &it.columns);
            let sort = it.sort.as_deref().unwrap_or("-updated_at");
            Some(json!({ "object": it.object, "via": it.via, "label": label, "columns": columns, "sort": sort }))
        })
        .collect();
    json!({ "key_facts": readable(context, object, &record.key_facts), "sections": sections, "related": related, "quick_log": record.quick_log })
}

/// The paths of which the caller sees anything, covered or whole.
fn readable<'a>(context: &Context, object: &Arc<Object>, paths: &'a [String]) -> Vec<&'a String> {
    paths.iter().filter(|it| is_open(context, object, it, &ShownGate(&context.access))).collect()
}

/// Whether the caller may name a path.
fn may_read(context: &Context, object: &Arc<Object>, path: &str) -> bool {
    is_open(context, object, path, context.access.as_ref())
}

fn is_open(context: &Context, object: &Arc<Object>, path: &str, gate: &dyn FieldGate) -> bool {
    let names: Vec<&str> = path.split('.').collect();
    // Links and whole composite fields have no part of their own, but are shown all the same.
    let whole = object.field(path).is_some_and(|it| gate.may_read(object, it));
    whole || resolve_path(&context.schema, object, &names, gate).is_some()
}
