//! Finding the records that cells name: owners by e-mail or name, accounts by name, tags by name. With the importer's own
//! eyes: what he may not see, his file cannot refer to.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::rights_condition;
use guanxi_kernel::schema::{DELETED_AT, Field, FieldGate as _, FieldKind, ID, Label, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::keys::key_of;

/// Most texts kept as found, over all fields.
const MAX_KEPT: usize = 200_000;
/// Most values asked for at once.
const AT_ONCE: usize = 500;

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
    // A member may name himself even where his roles do not open the members.
    let open = |field: &Field| target.name == MEMBER_OBJECT || context.access.may_read(target, field);
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

/// What was looked up so far, by binding and text.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    known: HashMap<(usize, String), Found>,
}

impl Lookups {
    /// What a text of a binding led to.
    pub fn get(&self, binding: usize, text: &str) -> Found {
        // The key is made only where something is looked up at all, once a cell.
        self.known.get(&(binding, text.to_owned())).copied().unwrap_or(Found::None)
    }

    /// Forgets what was not found: the rows written meanwhile may be it.
    pub fn forget_missing(&mut self) {
        if self.known.len() > MAX_KEPT {
            self.known.clear();
        }
        self.known.retain(|_, it| matches!(it, Found::One(_)));
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
        let mut left: Vec<&String> = texts.iter().filter(|it| !self.known.contains_key(&(binding, (*it).clone()))).collect();
        let parse = context.parse_context();
        let ids: Vec<(&String, Uuid)> = left.iter().filter_map(|it| Uuid::try_parse(it).ok().map(|id| (*it, id))).collect();
        let mut found: HashMap<&String, Found> = HashMap::new();
        let by_id = by_column(context, tx, target, ID, ids.iter().map(|it| Value::Id(it.1)).collect())?;
        for (text, id) in ids {
            if by_id.contains_key(&key_of(&Value::Id(id))) {
                found.insert(text, Found::One(id));
            }
        }
        for candidate in candidates {
            left.retain(|it| !found.contains_key(*it));
            let field = &target.fields[candidate.field];
            let values: Vec<(&String, Value)> = left.iter().filter_map(|it| Some((*it, read(field, it, &parse)?))).collect();
            let hits = by_column(context, tx, target, candidate.column, values.iter().map(|it| it.1.clone()).collect())?;
            for (text, value) in values {
                if let Some(hit) = hits.get(&key_of(&value)) {
                    found.insert(text, *hit);
                }
            }
        }
        for text in texts {
            let hit = found.get(text).copied();
            let entry = self.known.entry((binding, text.clone()));
            entry.or_insert(hit.unwrap_or(Found::None));
        }
        Ok(())
    }
}

/// The main cell of a text as a field would store it; `None` where it cannot hold it.
pub(super) fn read(field: &Field, text: &str, parse: &ParseContext) -> Option<Value> {
    if field.name() == "id" {
        return Uuid::try_parse(text.trim()).ok().map(Value::Id);
    }
    if field.definition.kind == FieldKind::AutoNumber {
        return Some(Value::Text(text.trim().to_owned()));
    }
    let cells = field.kind().parse(&field.definition, &Json::String(text.to_owned()), parse).ok()?;
    cells.into_iter().next().filter(|it| !it.is_null())
}

/// Live records the caller sees by the value of a column.
pub(super) fn by_column(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    column: usize,
    mut values: Vec<Value>,
) -> Result<HashMap<String, Found>> {
    values.sort_by_cached_key(key_of);
    values.dedup();
    let mut found = HashMap::with_capacity(values.len());
    for some in values.chunks(AT_ONCE) {
        let mut joins = Vec::new();
        let mut visible = rights_condition(context, object, Verb::Read, &mut joins)?;
        if object.name == MEMBER_OBJECT && visible != Condition::True {
            visible = Condition::Or(vec![visible, Condition::equals(ColumnRef::main(ID), Value::Id(context.access.member.id))]);
        }
        let condition = Condition::In(ColumnRef::main(column), some.to_vec(), false).and(Condition::IsNull(ColumnRef::main(DELETED_AT))).and(visible);
        let columns = vec![ColumnRef::main(ID), ColumnRef::main(column)];
        let select = Select { columns, joins, ..Select::all(&object.table, condition) };
        tx.select(&select, &mut |row| {
            if let [Value::Id(id), value] = row.as_slice() {
                found.entry(key_of(value)).and_modify(|it| *it = Found::Several).or_insert(Found::One(*id));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}
