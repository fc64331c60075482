//! Finding the records that cells name: owners by e-mail or name, accounts by name, tags by name. With the importer's own
//! eyes: what he may not see, his file cannot refer to.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::fields::{ParseContext, text_form};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::rights_condition;
use guanxi_kernel::schema::{DELETED_AT, Field, FieldGate as _, FieldKind, ID, Label, Object, TextForm};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::keys::key_of;
use super::kin::Name;

/// Most texts kept as found, over all fields.
const MAX_KEPT: usize = 200_000;
/// Most values asked for at once: where no index helps, each time costs a walk through the whole table.
const AT_ONCE: usize = 4_000;

/// A field of another object that cells may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Position in that object's fields.
    pub field: usize,
    /// Column of its main part.
    pub column: usize,
}

/// Fields by which records of an object are named: unique ones and e-mail addresses, then the title.
pub(super) fn candidates(context: &Context, target: &Object, by: Option<&str>) -> Result<Vec<Candidate>> {
    // A member may name himself even where his roles do not open the members: then nobody else is found.
    let himself_alone = target.name == MEMBER_OBJECT && !context.access.may(target, Verb::Read);
    let open = |field: &Field| himself_alone || context.access.may_read(target, field);
    let candidate = |field: &Field| {
        let column = if field.name() == "id" { Some(ID) } else { field.part("").map(|it| it.column) };
        Some(Candidate { field: target.field_position(field.name())?, column: column? })
    };
    if let Some(name) = by {
        let field = target.field(name).filter(|it| open(it) && it.link.is_none() && !it.is_reference());
        return field.and_then(candidate).map(|it| vec![it]).ok_or_else(|| KernelError::BadRequest {
            code: "unknown_field",
            message: Label::new(format!("不能按“{name}”查找"), format!("records cannot be found by `{name}`")),
            field: Some(name.to_owned()),
            position: None,
        });
    }
    let title = target.title_field();
    let names = target.user_fields().filter(|it| it.name() != title.name());
    let names = names.filter(|it| it.definition.kind == FieldKind::Email || it.definition.unique || it.definition.kind == FieldKind::AutoNumber);
    Ok(names.chain([title]).filter(|it| open(it)).filter_map(candidate).collect())
}

/// What a text led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    One(Uuid),
    None,
    Several,
}

impl Found {
    /// The record, where it is one.
    pub fn one(self) -> Option<Uuid> {
        if let Self::One(id) = self { Some(id) } else { None }
    }
}

/// What was looked up so far, by binding and text.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    known: Vec<HashMap<String, Found>>,
}

impl Lookups {
    /// What a text of a binding led to.
    pub fn get(&self, binding: usize, text: &str) -> Found {
        self.known.get(binding).and_then(|it| it.get(text)).copied().unwrap_or(Found::None)
    }

    /// Forgets what was not found: the rows written meanwhile may be it.
    pub fn forget_missing(&mut self) {
        if self.known.iter().map(HashMap::len).sum::<usize>() > MAX_KEPT {
            self.known.clear();
        }
        self.known.iter_mut().for_each(|it| it.retain(|_, it| it.one().is_some()));
    }

    /// Looks up the texts of a binding that are not known yet.
    pub fn resolve(
        &mut self,
        context: &Context,
        tx: &mut dyn ReadTx,
        binding: usize,
        target: &Arc<Object>,
        candidates: &[Candidate],
        texts: &HashSet<String>,
    ) -> Result<()> {
        if self.known.len() <= binding {
            self.known.resize_with(binding + 1, HashMap::new);
        }
        let known = &mut self.known[binding];
        let mut left: Vec<&String> = texts.iter().filter(|it| !known.contains_key(*it)).collect();
        let parse = context.parse_context();
        let ids: Vec<(&String, Uuid)> = left.iter().filter_map(|it| Uuid::try_parse(it).ok().map(|id| (*it, id))).collect();
        let mut found: HashMap<&String, Found> = HashMap::new();
        let by_id = find(context, tx, target, Lookup::by_id(), ids.iter().map(|it| Wanted::id(it.1)).collect())?;
        for (text, id) in ids {
            if by_id.contains_key(&key_of(&Value::Id(id))) {
                found.insert(text, Found::One(id));
            }
        }
        for candidate in candidates {
            left.retain(|it| !found.contains_key(*it));
            let field = &target.fields[candidate.field];
            let values: Vec<(&String, Wanted)> = left.iter().filter_map(|it| Some((*it, read(field, it, &parse)?))).collect();
            let lookup = Lookup::by(field, candidate.column);
            let hits = find(context, tx, target, lookup, values.iter().map(|it| it.1.clone()).collect())?;
            for (text, wanted) in values {
                if let Some(hit) = hits.get(&key_of(&wanted.value)) {
                    found.insert(text, *hit);
                }
            }
        }
        for text in texts {
            if !known.contains_key(text) {
                known.insert(text.clone(), found.get(text).copied().unwrap_or(Found::None));
            }
        }
        Ok(())
    }
}

/// Columns by which records are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lookup {
    column: usize,
    /// Column of the sort key, where that is what has an index: names are sorted by their pinyin, and equal names have
    /// equal keys.
    sort: Option<usize>,
    /// What is stored counts in this form: it may be from before the field had it.
    form: Option<TextForm>,
}

impl Lookup {
    fn by_id() -> Self {
        Self { column: ID, sort: None, form: None }
    }

    /// By a field's main column.
    pub fn by(field: &Field, column: usize) -> Self {
        let sort = field.parts.iter().find(|it| it.name == "sort").filter(|_| field.definition.indexed);
        Self { column, sort: sort.map(|it| it.column), form: field.definition.form }
    }

    /// A stored value as a key.
    fn key(&self, value: &Value) -> String {
        match (self.form, value) {
            (Some(form), Value::Text(text)) => text_form::folded(form, text),
            _ => key_of(value),
        }
    }
}

/// A value looked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub value: Value,
    sort: Option<Value>,
    /// Other ways it may be stored, with their sort keys.
    others: Vec<(Value, Option<Value>)>,
}

impl Wanted {
    fn id(id: Uuid) -> Self {
        Self { value: Value::Id(id), sort: None, others: Vec::new() }
    }

    /// A text of one form, and as it may stand in records of before; also one that could not be stored any more.
    fn of_form(field: &Field, form: TextForm, text: &str) -> Option<Self> {
        if text.chars().any(char::is_control) {
            return None;
        }
        let has_sort = field.parts.iter().any(|it| it.name == "sort");
        let cells = |text: String| {
            let sort = has_sort.then(|| Value::Text(guanxi_text::pinyin::sort_text(&text)));
            (Value::Text(text), sort)
        };
        let mut all = text_form::spellings(form, text).into_iter().filter(|it| !it.is_empty()).map(cells);
        let (value, sort) = all.next()?;
        Some(Self { value, sort, others: all.collect() })
    }
}

/// A text as a field would store it; `None` where it cannot hold it.
pub(super) fn read(field: &Field, text: &str, parse: &ParseContext) -> Option<Wanted> {
    if field.name() == "id" {
        return Uuid::try_parse(text.trim()).ok().map(Wanted::id);
    }
    if field.definition.kind == FieldKind::AutoNumber {
        return Some(Wanted { value: Value::Text(text.trim().to_owned()), sort: None, others: Vec::new() });
    }
    if let Some(form) = field.definition.form {
        return Wanted::of_form(field, form, text);
    }
    let cells = field.kind().parse(&field.definition, &Json::String(text.to_owned()), parse).ok()?;
    let sort = field.parts.iter().position(|it| it.name == "sort").and_then(|it| cells.get(it).cloned());
    let value = cells.into_iter().next().filter(|it| !it.is_null())?;
    Some(Wanted { value, sort: sort.filter(|it| !it.is_null()), others: Vec::new() })
}

/// What a record is called that a text means, by each of the fields that name it.
pub(super) fn names_meant(target: &Object, candidates: &[Candidate], text: &str, parse: &ParseContext) -> Vec<Name> {
    let name = |it: &Candidate| Some((it.field, key_of(&read(&target.fields[it.field], text, parse)?.value)));
    candidates.iter().filter_map(name).collect()
}

/// What a record will be called, by each of the fields that name it.
pub(super) fn names_of(candidates: &[Candidate], row: &[Value]) -> Vec<Name> {
    candidates.iter().filter_map(|it| Some((it.field, key_of(row.get(it.column).filter(|it| !it.is_null())?)))).collect()
}

/// A value as a field would store it; `None` where it cannot hold it.
pub(super) fn wanted_of(field: &Field, json: &Json, parse: &ParseContext) -> Option<Wanted> {
    if let (Json::String(text), false) = (json, field.is_reference()) {
        return read(field, text, parse);
    }
    let cells = field.kind().parse(&field.definition, json, parse).ok()?;
    let sort = field.parts.iter().position(|it| it.name == "sort").and_then(|it| cells.get(it).cloned());
    let value = cells.into_iter().next().filter(|it| !it.is_null())?;
    Some(Wanted { value, sort: sort.filter(|it| !it.is_null()), others: Vec::new() })
}

/// Live records the caller sees by the value of a column.
pub(super) fn find(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    lookup: Lookup,
    wanted: Vec<Wanted>,
) -> Result<HashMap<String, Found>> {
    find_together(context, tx, object, &[lookup], wanted.into_iter().map(|it| vec![it]).collect(), "", None)
}

/// Live records the caller sees by the values of several columns together. The keys of the answer are those of the values
/// with `between` between them. Only those without a value in the column `lacks`, where it is given.
pub(super) fn find_together(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    lookups: &[Lookup],
    mut wanted: Vec<Vec<Wanted>>,
    between: &str,
    lacks: Option<usize>,
) -> Result<HashMap<String, Found>> {
    wanted.sort_by_cached_key(|it| keyed(it.iter().map(|it| &it.value), between));
    wanted.dedup_by(|left, right| left.iter().map(|it| &it.value).eq(right.iter().map(|it| &it.value)));
    let mut found = HashMap::with_capacity(wanted.len());
    for some in wanted.chunks((AT_ONCE / lookups.len().max(1)).max(1)) {
        let mut joins = Vec::new();
        let mut visible = rights_condition(context, object, Verb::Read, &mut joins)?;
        if object.name == MEMBER_OBJECT && visible != Condition::True {
            visible = Condition::Or(vec![visible, Condition::equals(ColumnRef::main(ID), Value::Id(context.access.member.id))]);
        }
        let mut condition = lacks.map_or(Condition::True, |column| Condition::IsNull(ColumnRef::main(column)));
        for (at, lookup) in lookups.iter().enumerate() {
            condition = condition.and(among(*lookup, some.iter().filter_map(|it| it.get(at))));
            // What a circle covers of a record is not found by it either: a file of guesses would tell it.
            let named = object.fields.iter().filter(|it| it.parts.iter().any(|it| it.column == lookup.column));
            let uncovered = named.flat_map(|it| context.access.covers_of(object, it)).map(|it| it.others(0));
            condition = uncovered.fold(condition, Condition::and);
        }
        condition = condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT))).and(visible);
        let columns = std::iter::once(ID).chain(lookups.iter().map(|it| it.column)).map(ColumnRef::main).collect();
        let select = Select { columns, joins, ..Select::all(&object.table, condition) };
        tx.select(&select, &mut |row| {
            if let [Value::Id(id), values @ ..] = row.as_slice() {
                let keys = values.iter().zip(lookups).map(|(value, lookup)| lookup.key(value));
                found.entry(keys.collect::<Vec<_>>().join(between)).and_modify(|it| *it = Found::Several).or_insert(Found::One(*id));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

/// Values as one key, with something between them.
pub(super) fn keyed<'v>(mut values: impl Iterator<Item = &'v Value>, between: &str) -> String {
    let mut key = values.next().map(key_of).unwrap_or_default();
    for value in values {
        key.push_str(between);
        key.push_str(&key_of(value));
    }
    key
}

/// A column has one of these values.
fn among<'w>(lookup: Lookup, wanted: impl Iterator<Item = &'w Wanted> + Clone) -> Condition {
    let ways = |it: &'w Wanted| std::iter::once((it.value.clone(), it.sort.clone())).chain(it.others.iter().cloned());
    let condition = Condition::In(ColumnRef::main(lookup.column), distinct(wanted.clone().flat_map(ways).map(|it| it.0)), false);
    let sorts: Option<Vec<Value>> = wanted.flat_map(ways).map(|it| it.1).collect();
    match (lookup.sort, sorts) {
        (Some(column), Some(sorts)) => Condition::In(ColumnRef::main(column), distinct(sorts.into_iter()), false).and(condition),
        _ => condition,
    }
}

fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    values.filter(|it| seen.insert(it.clone())).collect()
}
