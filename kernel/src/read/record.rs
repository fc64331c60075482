//! Whole records for the engine's own use: write path, hooks, actions.

use std::ops::ControlFlow;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::conditions::rights_condition;
use crate::access::{Access, Place, Shown, Verb};
use crate::context::Context;
use crate::error::Result;
use crate::schema::{DELETED_AT, Field, ID, Object, VERSION};
use crate::store::{ColumnRef, Condition, Join, ReadTx, Select};

/// A whole row of an object's table.
#[derive(Debug, Clone)]
pub struct Record {
    /// The object.
    pub object: Arc<Object>,
    /// All columns in the table's order.
    pub row: Vec<Value>,
}

impl Record {
    /// Its id.
    pub fn id(&self) -> Uuid {
        if let Some(Value::Id(id)) = self.row.get(ID) { *id } else { Uuid::nil() }
    }
    /// Its version.
    pub fn version(&self) -> i64 {
        if let Some(Value::Int(version)) = self.row.get(VERSION) { *version } else { 0 }
    }
    /// Whether it is in the recycle bin.
    pub fn is_deleted(&self) -> bool {
        self.row.get(DELETED_AT).is_some_and(|it| !it.is_null())
    }
    /// The main cell of a field, or of its part (`amount`, `address.city`). Null for what does not exist.
    pub fn value(&self, path: &str) -> Value {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let cell = self.object.field(name).and_then(|it| it.part(part)).and_then(|it| self.row.get(it.column));
        cell.cloned().unwrap_or_default()
    }
    /// The id a reference field holds.
    pub fn reference(&self, name: &str) -> Option<Uuid> {
        if let Value::Id(id) = self.value(name) { Some(id) } else { None }
    }
    /// The text of a field.
    pub fn text(&self, name: &str) -> Option<String> {
        let field = self.object.field(name)?;
        field.kind().text(&field.definition, &field.cells(&self.row))
    }
    /// The text of a field as the caller may see it outside the record's own page.
    pub fn text_for(&self, context: &Context, name: &str) -> Option<String> {
        let field = self.object.field(name)?;
        let shown = context.access.shown_of(&self.object, field, Place::List, &self.row);
        Access::text_as(shown, field, &field.cells(&self.row))
    }
    /// Its title.
    pub fn title(&self) -> String {
        self.object.title_of(&self.row)
    }
    /// A lookup for expressions over this record alone.
    pub fn lookup(&self, path: &[String]) -> Value {
        match path {
            [name] => self.value(name),
            [name, part] => self.value(&format!("{name}.{part}")),
            _ => Value::Null,
        }
    }
}

/// Loads a record through the caller's rights for `verb`; deleted ones too if asked.
pub fn load_record(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb, deleted: bool) -> Result<Option<Record>> {
    Ok(load_records(context, tx, object, &[id], verb, deleted)?.pop())
}

/// Loads several records at once; what is missing or out of reach is simply absent. In no order.
pub fn load_records(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, ids: &[Uuid], verb: Verb, deleted: bool) -> Result<Vec<Record>> {
    let mut records = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let select = within_reach(context, object, chunk, verb, deleted)?;
        tx.select(&select, &mut |row| {
            records.push(Record { object: object.clone(), row: std::mem::take(row) });
            ControlFlow::Continue(())
        })?;
    }
    Ok(records)
}

/// Of some ids those of live records the caller may read. In no order.
pub fn readable_ids(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let select = Select { columns: vec![ColumnRef::main(ID)], ..within_reach(context, object, chunk, Verb::Read, false)? };
        tx.select(&select, &mut |row| {
            found.extend(if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None });
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

/// The records of some ids that the caller reaches with a verb.
fn within_reach(context: &Context, object: &Arc<Object>, ids: &[Uuid], verb: Verb, deleted: bool) -> Result<Select> {
    let wanted = match ids {
        [one] => Condition::equals(ColumnRef::main(ID), Value::Id(*one)),
        many => Condition::In(ColumnRef::main(ID), many.iter().copied().map(Value::Id).collect(), false),
    };
    let mut joins: Vec<Join> = Vec::new();
    let mut condition = wanted.and(rights_condition(context, object, verb, &mut joins)?);
    if !deleted {
        condition = condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    }
    Ok(Select { joins, ..Select::all(&object.table, condition) })
}

/// Ids a link field of one record points to, in order.
pub fn link_targets(tx: &mut dyn ReadTx, field: &Field, id: Uuid) -> Result<Vec<Uuid>> {
    let Some(link) = &field.link else { return Ok(Vec::new()) };
    let select = Select::all(link, Condition::equals(ColumnRef::main(0), Value::Id(id))).order_by(1, false);
    let rows = tx.rows(&select)?;
    Ok(rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect())
}

/// Calls `found(source, target, label)` for every link of the records given; the label only where the caller may see the target.
pub(super) fn each_link(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Object,
    position: usize,
    ids: &[Value],
    found: &mut dyn FnMut(Uuid, Uuid, Option<String>),
) -> Result<()> {
    let field = &object.fields[position];
    let target = field.target.as_deref().and_then(|it| context.schema.object(it));
    let (Some(link), Some(target)) = (&field.link, target) else { return Ok(()) };
    let title = target.title_field();
    let on = if context.access.shown(target, title, Place::List) != Shown::No {
        let mut joins = Vec::new();
        let condition = rights_condition(context, target, Verb::Read, &mut joins)?;
        if condition == Condition::True {
            condition
        } else {
            let allowed = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&target.table, condition) };
            Condition::InSelect(ColumnRef::of(1, ID), Box::new(allowed), false)
        }
    } else {
        Condition::False
    };
    let mut select = Select::all(link, Condition::In(ColumnRef::main(0), ids.to_vec(), false)).order_by(0, false).order_by(1, false);
    select.joins.push(Join { table: target.table.clone(), from: ColumnRef::main(1), to: ID, condition: on });
    select.columns.push(ColumnRef::of(1, ID));
    select.columns.extend(title.parts.iter().map(|it| ColumnRef::of(1, it.column)));
    tx.select(&select, &mut |row| {
        if let (Some(Value::Id(source)), Some(Value::Id(id))) = (row.first(), row.get(1)) {
            let seen = row.get(2).is_some_and(|it| !it.is_null());
            let label = seen.then(|| context.access.text_of(target, title, row.get(3..).unwrap_or_default(), Place::List)).flatten();
            found(*source, *id, label);
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}

/// A record's own cells as JSON, without labels: for events, history and hooks. Null cells are absent.
pub fn record_json(object: &Object, row: &[Value]) -> serde_json::Map<String, serde_json::Value> {
    let mut json = serde_json::Map::new();
    for field in object.fields.iter().filter(|it| !it.parts.is_empty() && it.name() != "id") {
        if !field.is_empty_in(row) {
            json.insert(field.name().to_owned(), field_json(field, row));
        }
    }
    json
}

/// One field's cells as JSON.
pub(crate) fn field_json(field: &Field, row: &[Value]) -> serde_json::Value {
    if field.is_empty_in(row) {
        return serde_json::Value::Null;
    }
    if let Some(json) = plain_json(field, row) {
        return json;
    }
    let mut text = String::new();
    field.kind().write_json(&field.definition, &field.cells(row), &mut text);
    serde_json::from_str(&text).unwrap_or(serde_json::Value::Null)
}

/// The JSON of types that are written as their main cell stands: most values of most records, without a detour by text.
fn plain_json(field: &Field, row: &[Value]) -> Option<serde_json::Value> {
    use crate::schema::FieldKind::{AutoNumber, Boolean, Email, LongText, Number, Phone, Select, Text, Url};
    match (field.definition.kind, row.get(field.part("")?.column)?) {
        (Text | LongText | Email | Phone | Url | Select | AutoNumber, Value::Text(text)) => Some(serde_json::Value::String(text.clone())),
        (Boolean, Value::Bool(flag)) => Some(serde_json::Value::Bool(*flag)),
        (Number, Value::Int(number)) => Some((*number).into()),
        _ => None,
    }
}

/// One record as the caller may see it, as a JSON value.
pub fn get_json(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<Option<serde_json::Value>> {
    let found = super::list::get(context, tx, object, id, None)?;
    found.map(|(_, text)| serde_json::from_str(&text).map_err(|error| crate::error::KernelError::Internal(error.to_string()))).transpose()
}
