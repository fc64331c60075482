//! Fields as `GET /meta` tells them.

use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::schema::{Field, FieldDefinition, FieldGate as _, FieldKind, Object, Origin, is_sortable};
use serde_json::{Map, Value as Json, json};

/// The fields of an object the caller may read, in the order of its forms.
pub fn fields_json(context: &Context, object: &Object) -> Json {
    let shown = |it: &&Field| !matches!(it.name(), "id" | "version" | "deleted_at") && context.access.shown(object, it, Place::Record) != Shown::No;
    object.fields.iter().filter(shown).map(|it| field_json(context, object, it)).collect()
}

fn field_json(context: &Context, object: &Object, field: &Field) -> Json {
    let definition = &field.definition;
    let section = object.definition.views.record.sections.iter().find(|it| it.fields.iter().any(|it| it == field.name()));
    let named = context.access.may_read(object, field);
    let own = [
        ("section", json!(section.map(|it| &it.name))),
        ("custom", json!(field.origin == Origin::Custom)),
        ("read_only", json!(definition.read_only || field.is_computed() || !context.access.may_write(object, field))),
        ("computed", json!(field.is_computed())),
        ("masked", json!(masked(context, object, field))),
        ("sortable", json!(named && is_sortable(field))),
        ("filterable", json!(named && (field.link.is_some() || field.parts.iter().any(|it| it.exposed)))),
        ("groupable", json!(is_groupable(field) && context.access.may_group(object, field))),
    ];
    let mut json = definition_map(context, definition);
    json.extend(own.into_iter().map(|(key, value)| (key.to_owned(), value)));
    if let Some(target) = &field.target {
        json.insert("target".into(), json!(target));
    }
    Json::Object(json)
}

/// Where most of the value is covered: `everywhere`, `lists` or nowhere.
fn masked(context: &Context, object: &Object, field: &Field) -> Option<&'static str> {
    let covered = |place| context.access.shown(object, field, place) != Shown::Whole;
    if covered(Place::Record) { Some("everywhere") } else { covered(Place::List).then_some("lists") }
}

fn is_groupable(field: &Field) -> bool {
    use FieldKind::{AutoNumber, Boolean, Date, Datetime, Department, Formula, Number, Reference, Rollup, Select, Text, User};
    field.link.is_none()
        && matches!(
            field.definition.kind,
            Text | Number | Boolean | Date | Datetime | Select | Reference | User | Department | AutoNumber | Formula | Rollup
        )
}

/// A declared field that belongs to no object: an action's input.
pub fn definition_json(context: &Context, definition: &FieldDefinition) -> Json {
    Json::Object(definition_map(context, definition))
}

fn definition_map(context: &Context, field: &FieldDefinition) -> Map<String, Json> {
    let options: Vec<Json> = field
        .options
        .iter()
        .map(|it| {
            json!({
                "value": it.value, "label": it.label, "color": it.color, "closed": it.closed, "won": it.won,
                "probability": it.probability, "retired": it.retired, "next": it.next,
            })
        })
        .collect();
    let currency = (field.kind == FieldKind::Money).then(|| context.workspace.settings().currency.clone());
    let all = [
        ("name", json!(field.name)),
        ("type", json!(field.kind)),
        ("label", json!(field.label)),
        ("help", json!(field.help)),
        ("section", Json::Null),
        ("custom", json!(false)),
        ("required", json!(field.required)),
        ("read_only", json!(field.read_only)),
        ("computed", json!(false)),
        ("unique", json!(field.unique)),
        ("searchable", json!(field.searchable)),
        ("sortable", json!(false)),
        ("filterable", json!(false)),
        ("groupable", json!(false)),
        ("default", json!(field.default)),
    ];
    let optional = [
        ("options", (!options.is_empty()).then(|| json!(options))),
        ("target", target_of(field).map(|it| json!(it))),
        ("scale", scale_of(field).map(|it| json!(it))),
        ("currency", currency.map(|it| json!(it))),
        ("min", field.min.map(|it| json!(it))),
        ("max", field.max.map(|it| json!(it))),
        ("max_length", field.max_length.map(|it| json!(it))),
        ("pattern", field.pattern.as_ref().map(|it| json!(it))),
        ("number_format", field.number_format.as_ref().map(|it| json!(it))),
        ("result", field.result.map(|it| json!(it))),
        ("required_when", field.required_when.as_ref().map(|it| json!(it))),
        ("visible_when", field.visible_when.as_ref().map(|it| json!(it))),
        ("read_only_when", field.read_only_when.as_ref().map(|it| json!(it))),
        ("expression", field.expression.as_ref().map(|it| json!(it))),
    ];
    let present = optional.into_iter().filter_map(|(key, value)| Some((key, value?)));
    all.into_iter().chain(present).map(|(key, value)| (key.to_owned(), value)).collect()
}

fn target_of(field: &FieldDefinition) -> Option<String> {
    match field.kind {
        FieldKind::User => Some(MEMBER_OBJECT.to_owned()),
        FieldKind::Department => Some(DEPARTMENT_OBJECT.to_owned()),
        FieldKind::Tags => Some("tag".to_owned()),
        _ => field.target.clone(),
    }
}

fn scale_of(field: &FieldDefinition) -> Option<u32> {
    match field.kind {
        FieldKind::Decimal | FieldKind::Money | FieldKind::Percent => Some(field.scale.unwrap_or(2)),
        _ => field.scale,
    }
}
