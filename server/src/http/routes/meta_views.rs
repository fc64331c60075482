//! Views as `GET /meta` tells them: columns and cards without what the caller may not read.

use std::sync::Arc;

use guanxi_kernel::access::{ShownGate, Verb, compile_filter};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{FieldGate, Label, Object, RelatedListDefinition, SectionDefinition, WithSources, resolve_path};
use schemars::JsonSchema;
use serde::Serialize;

/// How an object's records are shown.
#[derive(Serialize, JsonSchema)]
pub struct ViewsMeta {
    /// Ready lists, the first is the default.
    list: Vec<ListViewMeta>,
    /// The board, where there is one.
    board: Option<BoardMeta>,
    /// The calendar, where there is one.
    calendar: Option<CalendarMeta>,
    /// The record page.
    record: RecordViewMeta,
}

/// A ready list.
#[derive(Serialize, JsonSchema)]
struct ListViewMeta {
    /// Identifier within the object.
    name: String,
    /// Name shown.
    label: Label,
    /// Paths of the columns.
    columns: Vec<String>,
    /// Filter expression.
    filter: Option<String>,
    /// `-field,field`.
    sort: String,
}

/// A board: cards in columns by a select field.
#[derive(Serialize, JsonSchema)]
struct BoardMeta {
    /// The field whose options are the columns.
    group_by: String,
    /// Paths shown on a card, title first.
    card: Vec<String>,
    /// Field summed over a column.
    sum: Option<String>,
    /// Action called on a drop; a plain update of `group_by` where null.
    move_action: Option<String>,
    /// Sort within a column.
    order: Option<String>,
}

/// A calendar of records with a start.
#[derive(Serialize, JsonSchema)]
struct CalendarMeta {
    /// Date or datetime field.
    start: String,
    /// Its end, where there is one.
    end: Option<String>,
    /// Path shown on the bar.
    title: String,
    /// Select field that colours it.
    color_by: Option<String>,
    /// Field of the members who take part, beside the owner.
    people: Option<String>,
    /// Values that a record made in the calendar starts with, by field.
    begins_as: std::collections::BTreeMap<String, String>,
}

/// The record page.
#[derive(Serialize, JsonSchema)]
struct RecordViewMeta {
    /// Paths shown in the head.
    key_facts: Vec<String>,
    /// Groups of fields of page and form.
    sections: Vec<SectionDefinition>,
    /// Lists of related records.
    related: Vec<RelatedListMeta>,
    /// Kinds of activity that can be logged in place.
    quick_log: Vec<String>,
}

/// Records of another object that refer to this one.
#[derive(Serialize, JsonSchema)]
struct RelatedListMeta {
    /// The other object.
    object: String,
    /// Its reference field.
    via: String,
    /// Heading.
    label: Label,
    /// Paths of the columns.
    columns: Vec<String>,
    /// `-field,field`.
    sort: String,
    /// The yes/no field that is ticked where it stands: the list is a checklist.
    tick: Option<String>,
    /// Expression over the record: the list is there when true.
    visible_when: Option<String>,
}

/// Where a list says nothing else.
const NEWEST_FIRST: &str = "-updated_at";

/// List, board, calendar and record page of an object.
pub fn views_meta(context: &Context, object: &Arc<Object>) -> ViewsMeta {
    let views = &object.definition.views;
    // A list that asks about what is closed to the caller would tell him so, and answer him nothing.
    let list = views.list.iter().filter(|it| it.filter.as_deref().is_none_or(|it| may_filter(context, object, it))).map(|it| ListViewMeta {
        name: it.name.clone(),
        label: it.label.clone(),
        columns: readable(context, object, &it.columns),
        filter: it.filter.clone(),
        sort: sort_of(context, object, it.sort.as_deref()),
    });
    let board = views.board.as_ref().filter(|it| may_read(context, object, &it.group_by)).map(|it| BoardMeta {
        group_by: it.group_by.clone(),
        card: readable(context, object, &it.card),
        sum: it.sum.clone().filter(|it| may_read(context, object, it)),
        move_action: it.move_action.clone(),
        order: it.order.as_deref().map(|it| sort_of(context, object, Some(it))),
    });
    let calendar = views.calendar.as_ref().filter(|it| may_read(context, object, &it.start)).map(|it| CalendarMeta {
        start: it.start.clone(),
        end: it.end.clone().filter(|it| may_read(context, object, it)),
        title: if is_shown(context, object, &it.title) { it.title.clone() } else { object.definition.title_field.clone() },
        color_by: it.color_by.clone().filter(|it| may_read(context, object, it)),
        people: it.people.clone().filter(|it| may_read(context, object, it)),
        begins_as: it.begins_as.iter().filter(|it| may_read(context, object, it.0)).map(|it| (it.0.clone(), it.1.clone())).collect(),
    });
    ViewsMeta { list: list.collect(), board, calendar, record: record_meta(context, object) }
}

fn record_meta(context: &Context, object: &Arc<Object>) -> RecordViewMeta {
    let record = &object.definition.views.record;
    let section =
        |it: &SectionDefinition| SectionDefinition { fields: readable(context, object, &it.fields), name: it.name.clone(), label: it.label.clone() };
    RecordViewMeta {
        key_facts: readable(context, object, &record.key_facts),
        sections: record.sections.iter().map(section).collect(),
        related: record.related.iter().filter_map(|it| related_meta(context, it)).collect(),
        quick_log: record.quick_log.clone(),
    }
}

fn related_meta(context: &Context, related: &RelatedListDefinition) -> Option<RelatedListMeta> {
    let target = context.schema.object(&related.object).filter(|target| context.access.may(target, Verb::Read))?;
    if !may_read(context, target, &related.via) {
        return None;
    }
    let label = related.label.as_ref().or(target.definition.plural.as_ref()).unwrap_or(&target.definition.label);
    Some(RelatedListMeta {
        object: related.object.clone(),
        via: related.via.clone(),
        label: label.clone(),
        columns: readable(context, target, &related.columns),
        sort: sort_of(context, target, related.sort.as_deref()),
        tick: related.tick.clone().filter(|it| may_read(context, target, it)),
        visible_when: related.visible_when.clone(),
    })
}

/// The terms of a sort the caller may sort by.
fn sort_of(context: &Context, object: &Object, sort: Option<&str>) -> String {
    let open = |it: &&str| object.field(it.trim_start_matches('-')).is_some_and(|field| context.access.may_group(object, field));
    let terms: Vec<&str> = sort.unwrap_or_default().split(',').map(str::trim).filter(open).collect();
    if terms.is_empty() { NEWEST_FIRST.to_owned() } else { terms.join(",") }
}

/// Whether the caller may ask all that a filter asks.
fn may_filter(context: &Context, object: &Arc<Object>, filter: &str) -> bool {
    let access = context.access.as_ref();
    compile_filter(&context.schema, object, filter, &WithSources(access), &access.member, context.now, &context.time_zone).is_ok()
}

/// The paths of which the caller sees anything, covered or whole.
fn readable(context: &Context, object: &Arc<Object>, paths: &[String]) -> Vec<String> {
    paths.iter().filter(|it| is_shown(context, object, it)).cloned().collect()
}

/// Whether the caller sees anything of a path, covered or whole.
fn is_shown(context: &Context, object: &Arc<Object>, path: &str) -> bool {
    is_open(context, object, path, &ShownGate(&context.access))
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
