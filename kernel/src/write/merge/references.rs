//! What refers to a record that becomes part of another one.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{Record, link_targets, rights_condition};
use crate::schema::{DELETED_AT, Field, FieldKind, ID, Object, Schema, UPDATED_AT, UPDATED_BY, VERSION};
use crate::store::{ColumnRef, CompareOp, Condition, Index, ReadTx, Select, Table};
use crate::write::computed::fill_formulas;
use crate::write::draft::{Draft, DraftKind};
use crate::write::together::TOGETHER;
use crate::write::unit::Unit;

/// Most records that may come along: all of it is one transaction, for which others that write may have to wait.
const MAX_MOVED: u64 = 100_000;
/// Up to here what comes along is counted.
const MAX_COUNTED: u64 = 1_000;

/// What comes along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moves {
    /// The object that refers to them.
    pub object: String,
    /// By this field.
    pub field: String,
    /// How many records; no more than 1,000 are counted.
    pub count: u64,
}

/// What came along so far.
#[derive(Default)]
pub(super) struct Done {
    pub(super) moved: u64,
    pub(super) removed: u64,
}

/// Every field by which records can refer to records of an object.
fn referring(schema: &Schema, object: &str) -> Vec<(Arc<Object>, usize)> {
    let mut found = Vec::new();
    for child in schema.objects.values() {
        for (position, field) in child.fields.iter().enumerate() {
            let is_reference = field.target.as_deref() == Some(object) && (field.is_reference() || field.link.is_some());
            if (is_reference || field.definition.kind == FieldKind::Record) && !field.is_engine_managed() {
                found.push((child.clone(), position));
            }
        }
    }
    found
}

/// The rows of an object whose field refers to one of these records of `object`.
fn rows_that_refer(field: &Field, object: &str, ids: &[Uuid]) -> Option<Condition> {
    let wanted: Vec<Value> = ids.iter().copied().map(Value::Id).collect();
    if let Some(link) = &field.link {
        let to_them = Condition::In(ColumnRef::main(1), wanted, false);
        let select = Select { columns: vec![ColumnRef::main(0)], ..Select::all(link, to_them) };
        return Some(Condition::InSelect(ColumnRef::main(ID), Box::new(select), false));
    }
    let condition = Condition::In(ColumnRef::main(field.part("")?.column), wanted, false);
    Some(match field.part("object").filter(|_| field.definition.kind == FieldKind::Record) {
        Some(named) => condition.and(Condition::equals(ColumnRef::main(named.column), Value::Text(object.to_owned()))),
        None => condition,
    })
}

/// How much would come along, of what the caller may see.
pub(super) fn count(context: &Context, tx: &mut dyn ReadTx, object: &Object, ids: &[Uuid]) -> Result<Vec<Moves>> {
    let mut moves = Vec::new();
    for (child, position) in referring(&context.schema, &object.name) {
        let field = &child.fields[position];
        let is_seen = context.access.may(&child, Verb::Read) && context.access.shown_uncovered(&child, field, Place::List) != Shown::No;
        let Some(condition) = rows_that_refer(field, &object.name, ids).filter(|_| is_seen && child.definition.private_to.is_none()) else {
            continue;
        };
        let mut joins = Vec::new();
        let rights = rights_condition(context, &child, Verb::Read, &mut joins)?;
        let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
        // Whom a covered field names is not told by a number either.
        let open = context.access.covers_of(&child, field).map(|it| it.others(0)).fold(live, Condition::and);
        let select = Select { joins, ..Select::all(&child.table, condition.and(rights).and(open)) };
        let count = tx.count(&select, Some(MAX_COUNTED))?;
        if count > 0 {
            moves.push(Moves { object: child.name.clone(), field: field.name().to_owned(), count });
        }
    }
    Ok(moves)
}

/// Refuses more than can come along, before anything of it is written.
pub(super) fn refuse_too_many(context: &Context, tx: &mut dyn ReadTx, object: &Object, ids: &[Uuid]) -> Result<()> {
    let mut left = MAX_MOVED;
    for (child, position) in referring(&context.schema, &object.name) {
        let Some(condition) = rows_that_refer(&child.fields[position], &object.name, ids) else { continue };
        let live = condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        let count = tx.count(&Select::all(&child.table, live), Some(left + 1))?;
        left = left.checked_sub(count).ok_or_else(|| {
            KernelError::conflict(
                "too_many_related",
                "引用被并入记录的数据超过100,000条，请改选它为保留的记录，或分步合并",
                "more than 100,000 records refer to those that would go; let the one with most of them be the survivor, or merge in steps",
            )
        })?;
    }
    Ok(())
}

/// Whether a record can say only once what it says in this column.
fn is_said_once(table: &Table, column: usize) -> bool {
    table.indexes.iter().any(|it| it.unique && it.columns.contains(&table.columns[column].name))
}

impl Unit<'_> {
    /// Lets whatever refers to one record refer to another one.
    pub(super) fn move_references(&mut self, object: &Arc<Object>, from: Uuid, to: Uuid, done: &mut Done) -> Result<()> {
        for (child, position) in referring(&self.context.schema.clone(), &object.name) {
            let Some(condition) = rows_that_refer(&child.fields[position], &object.name, &[from]) else { continue };
            let live = condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
            let mut rest = live.clone();
            loop {
                let select = Select::all(&child.table, rest).order_by(ID, false).limited(TOGETHER as u64);
                let rows = self.tx.rows(&Select { lock: true, ..select })?;
                let Some(last) = rows.last().and_then(|it| it.get(ID)).cloned() else { break };
                done.moved += rows.len() as u64;
                self.move_some(&child, position, rows, (from, to), done)?;
                rest = live.clone().and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, last));
            }
        }
        Ok(())
    }

    /// Moves the references of some records of an object, together where each is nobody's business but its own.
    fn move_some(&mut self, child: &Arc<Object>, position: usize, rows: Vec<Vec<Value>>, (from, to): (Uuid, Uuid), done: &mut Done) -> Result<()> {
        let records = rows.into_iter().map(|row| Record { object: child.clone(), row });
        let alone = child.fields[position].part("").filter(|part| child.fields[position].link.is_none() && !is_said_once(&child.table, part.column));
        let Some(part) = alone else {
            return records.into_iter().try_for_each(|it| self.move_reference(it, position, from, to, done));
        };
        let mut drafts = Vec::with_capacity(TOGETHER);
        for record in records {
            let mut draft = self.draft_of(record);
            draft.touched.insert(position);
            draft.row[part.column] = Value::Id(to);
            if draft.id() == to {
                // It became one with what it referred to.
                draft.clear(position);
            }
            fill_formulas(self.context, child, &mut draft.row);
            drafts.push(draft);
        }
        self.save_changed(&drafts)
    }

    fn move_reference(&mut self, record: Record, position: usize, from: Uuid, to: Uuid, done: &mut Done) -> Result<()> {
        let object = record.object.clone();
        let field = &object.fields[position];
        let mut draft = self.draft_of(record);
        draft.touched.insert(position);
        if field.link.is_some() {
            let targets: BTreeSet<Uuid> = link_targets(self.tx, field, draft.id())?.into_iter().map(|it| if it == from { to } else { it }).collect();
            // No record is linked to itself by becoming one with what it is linked to.
            let own = draft.id();
            draft.links.insert(position, targets.into_iter().filter(|it| *it != own).collect());
            return self.save(&mut draft);
        }
        let Some(part) = field.part("") else { return Ok(()) };
        draft.row[part.column] = Value::Id(to);
        if draft.id() == to {
            // It became one with what it referred to.
            draft.clear(position);
        } else if self.is_said_already(&draft, part.column)? {
            let id = draft.id();
            done.moved -= 1;
            done.removed += 1;
            return self.delete_as_system(&object.name, id);
        }
        fill_formulas(self.context, &object, &mut draft.row);
        self.save(&mut draft)
    }

    /// A record with what it said before a merge, without a rule being asked: it said so, whatever may be said now.
    pub(in crate::write) fn draft_back(&self, record: Record, values: &Map<String, Json>) -> Result<Draft> {
        let object = record.object.clone();
        let mut draft = self.draft_of(record);
        for (name, value) in values {
            draft.set(self.context, name, value)?;
        }
        fill_formulas(self.context, &object, &mut draft.row);
        Ok(draft)
    }

    /// A change that nobody is asked about: what a record says of another stays said, whether or not it could be
    /// said anew.
    fn draft_of(&self, record: Record) -> Draft {
        let mut row = record.row.clone();
        row[VERSION] = Value::Int(record.version() + 1);
        row[UPDATED_AT] = Value::DateTime(self.context.now);
        row[UPDATED_BY] = Value::Id(self.context.actor);
        Draft {
            kind: DraftKind::Update,
            object: record.object.clone(),
            before: Some(record),
            row,
            touched: BTreeSet::new(),
            links: std::collections::BTreeMap::new(),
            problems: Vec::new(),
            stamp: None,
            also_tells: None,
            by_engine: true,
            told: None,
            planned: None,
        }
    }

    /// Whether another record says the same of the survivor, where that can be said only once.
    fn is_said_already(&mut self, draft: &Draft, column: usize) -> Result<bool> {
        let table = draft.object.table.clone();
        let name = &table.columns[column].name;
        self.is_taken(&table, draft.id(), &draft.row, |index| index.columns.contains(name))
    }

    /// Whether another record holds what a change makes this one hold, where only one can.
    pub(in crate::write) fn is_taken_by_another(&mut self, draft: &Draft) -> Result<bool> {
        let table = draft.object.table.clone();
        let before = draft.before.as_ref().map(|it| it.row.as_slice()).unwrap_or_default();
        let is_changed = |index: &Index| index.columns.iter().filter_map(|it| table.position(it)).any(|it| before.get(it) != draft.row.get(it));
        self.is_taken(&table, draft.id(), &draft.row, is_changed)
    }

    /// Whether another record holds what a row holds, by one of these indexes that let only one do so.
    pub(in crate::write) fn is_taken(&mut self, table: &Arc<Table>, id: Uuid, row: &[Value], asked: impl Fn(&Index) -> bool) -> Result<bool> {
        for index in table.indexes.iter().filter(|it| it.unique && asked(it)) {
            let columns: Vec<usize> = index.columns.iter().filter_map(|it| table.position(it)).collect();
            if columns.iter().any(|&it| row[it].is_null()) {
                continue;
            }
            let same = columns
                .iter()
                .fold(Condition::IsNull(ColumnRef::main(DELETED_AT)), |all, &it| all.and(Condition::equals(ColumnRef::main(it), row[it].clone())));
            let other = same.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(id)));
            let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(table, other).limited(1) };
            if self.tx.first(&select)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
