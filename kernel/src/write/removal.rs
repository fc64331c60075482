//! To the bin and back from it.

use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::Map;
use uuid::Uuid;

use super::merge;
use super::plan::Planner;
use super::rights;
use super::unit::{Unit, stale};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::locks::refuse_if_locked;
use crate::read::{Record, load_records};
use crate::schema::{DELETED_AT, DELETED_WITH, Dependent, ID, Object, OnDelete, UPDATED_AT, UPDATED_BY, VERSION};
use crate::store::{ColumnRef, Condition, Select, Set, Update};

/// Most records of one kind one record may take along.
const MAX_CASCADE: u64 = 10_000;
/// Longest chain of records that belong to each other.
pub(super) const MAX_GENERATIONS: u32 = 64;

impl Unit<'_> {
    /// Moves a record to the bin, and what must go along.
    pub fn delete(&mut self, object: &str, id: Uuid) -> Result<()> {
        let context = self.context;
        self.delete_as(context, object, id)
    }

    /// Moves a record to the bin with the engine's own rights, for what follows from an act rather than being asked for.
    pub fn delete_as_system(&mut self, object: &str, id: Uuid) -> Result<()> {
        self.delete_as(&self.context.as_system(), object, id)
    }

    fn delete_as(&mut self, context: &Context, object: &str, id: Uuid) -> Result<()> {
        let object = self.object(object)?;
        let record = Planner::new(context).reach(self.tx, &object, id, Verb::Delete)?;
        rights::refuse_locked(context, Some(&record))?;
        self.delete_record(&record)
    }

    fn delete_record(&mut self, record: &Record) -> Result<()> {
        let object = record.object.clone();
        self.guarded(&object.name, MAX_GENERATIONS, |unit| {
            refuse_if_locked(unit.context, unit.tx, record.id())?;
            unit.refuse_part_of_locked(record)?;
            unit.forget_known();
            let set = vec![(DELETED_AT, Value::DateTime(unit.context.now)), (DELETED_WITH, Value::Id(unit.change))];
            let version = unit.set_engine_columns(record, set)?;
            unit.delete_dependents(record)?;
            unit.records += 1;
            unit.touch_feeds(&object, Some(&record.row), None);
            unit.settle_lends(&object, record.id(), Some(&record.row), None)?;
            unit.push_event(&object, "deleted", record.id(), version, Map::new());
            let registry = unit.context.workspace.registry.clone();
            registry.hooks(&object.name).iter().try_for_each(|hook| hook.after_delete(unit, record))
        })
    }

    /// First what belongs to the record goes along; what still refers to it then and must not lose it, stops the deletion.
    fn delete_dependents(&mut self, record: &Record) -> Result<()> {
        for dependent in record.object.dependents.iter().filter(|it| it.on_delete == OnDelete::Cascade) {
            let Some((child, condition)) = self.live_dependents(dependent, record.id())? else { continue };
            let rows = self.tx.rows(&Select::all(&child.table, condition).limited(MAX_CASCADE + 1))?;
            if rows.len() as u64 > MAX_CASCADE {
                return Err(KernelError::conflict(
                    "state_conflict",
                    "关联记录过多，请分批删除",
                    "too many related records; delete them in parts first",
                ));
            }
            for row in rows {
                // A record may belong in two ways; it went along with the first.
                let id = if let Some(Value::Id(id)) = row.get(ID) { *id } else { continue };
                let system = self.context.as_system();
                if let Some(record) = load_records(&system, self.tx, &child, &[id], Verb::Read, false)?.pop() {
                    self.delete_record(&record)?;
                }
            }
        }
        self.refuse_if_needed(record)
    }

    /// Fails where a live record refers to this one and must not lose it.
    pub(super) fn refuse_if_needed(&mut self, record: &Record) -> Result<()> {
        for dependent in record.object.dependents.iter().filter(|it| it.on_delete == OnDelete::Restrict) {
            let Some((child, condition)) = self.live_dependents(dependent, record.id())? else { continue };
            let found = self.tx.count(&Select::all(&child.table, condition), Some(MAX_CASCADE))?;
            if found > 0 {
                let plural = child.definition.plural.as_ref().unwrap_or(&child.definition.label);
                return Err(KernelError::conflict(
                    "still_referenced",
                    format!("还有{found}条{}引用它，请先处理这些记录", plural.zh_cn),
                    format!("{found} {} still refer to it; deal with them first", plural.en),
                ));
            }
        }
        Ok(())
    }

    fn live_dependents(&self, dependent: &Dependent, id: Uuid) -> Result<Option<(Arc<Object>, Condition)>> {
        let child = self.object(&dependent.object)?;
        let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { return Ok(None) };
        let condition = Condition::equals(ColumnRef::main(part.column), Value::Id(id)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        Ok(Some((child, condition)))
    }

    /// Brings a record back from the bin, with what was deleted along with it.
    pub fn restore(&mut self, object: &str, id: Uuid) -> Result<()> {
        let object = self.object(object)?;
        let records = load_records(self.context, self.tx, &object, &[id], Verb::Restore, true)?;
        let Some(record) = records.into_iter().find(Record::is_deleted) else {
            return Err(KernelError::NotFound);
        };
        merge::refuse_merged(self.context, self.tx, &object, id)?;
        self.refuse_orphan(&record)?;
        self.refuse_part_of_locked(&record)?;
        self.guarded(&object.name, MAX_GENERATIONS, |unit| unit.restore_with_its_own(record))
    }

    /// A record that belongs to one in the bin cannot come back before it.
    fn refuse_orphan(&mut self, record: &Record) -> Result<()> {
        let system = self.context.as_system();
        for field in record.object.fields.iter().filter(|it| it.is_reference() && it.definition.on_delete == OnDelete::Cascade) {
            let Some(target) = field.target.as_deref().and_then(|it| self.context.schema.object(it)).cloned() else { continue };
            let Some(id) = record.reference(field.name()) else { continue };
            let Some(owner) = load_records(&system, self.tx, &target, &[id], Verb::Read, true)?.pop() else { continue };
            if owner.is_deleted() && !self.leads_back(&owner, record.id())? {
                let label = &field.definition.label;
                return Err(KernelError::conflict(
                    "state_conflict",
                    format!("它所属的{}还在回收站，请先恢复{}", label.zh_cn, label.zh_cn),
                    format!("the {} it belongs to is in the bin; restore that first", label.en),
                ));
            }
        }
        Ok(())
    }

    /// Whether a record belongs, through others, to the one of this id: in a circle none can come back first.
    fn leads_back(&mut self, from: &Record, to: Uuid) -> Result<bool> {
        let system = self.context.as_system();
        let mut ahead = vec![from.clone()];
        for _ in 0..MAX_GENERATIONS {
            let Some(record) = ahead.pop() else { return Ok(false) };
            for field in record.object.fields.iter().filter(|it| it.is_reference() && it.definition.on_delete == OnDelete::Cascade) {
                let target = field.target.as_deref().and_then(|it| self.context.schema.object(it)).cloned();
                let (Some(target), Some(id)) = (target, record.reference(field.name())) else { continue };
                if id == to {
                    return Ok(true);
                }
                ahead.extend(load_records(&system, self.tx, &target, &[id], Verb::Read, true)?);
            }
        }
        Ok(false)
    }

    fn restore_with_its_own(&mut self, record: Record) -> Result<()> {
        self.restore_record(&record)?;
        let Some(Value::Id(with)) = record.row.get(DELETED_WITH).cloned() else { return Ok(()) };
        let schema = self.context.schema.clone();
        let mut parents = vec![record];
        while let Some(parent) = parents.pop() {
            for dependent in parent.object.dependents.iter().filter(|it| it.on_delete == OnDelete::Cascade) {
                let Some(child) = schema.object(&dependent.object) else { continue };
                let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { continue };
                let condition = Condition::equals(ColumnRef::main(part.column), Value::Id(parent.id()))
                    .and(Condition::equals(ColumnRef::main(DELETED_WITH), Value::Id(with)));
                for row in self.tx.rows(&Select::all(&child.table, condition))? {
                    let record = Record { object: child.clone(), row };
                    self.restore_record(&record)?;
                    parents.push(record);
                }
            }
        }
        Ok(())
    }

    fn restore_record(&mut self, record: &Record) -> Result<()> {
        let version = self.set_engine_columns(record, vec![(DELETED_AT, Value::Null), (DELETED_WITH, Value::Null)])?;
        self.records += 1;
        self.touch_feeds(&record.object, None, Some(&record.row));
        self.settle_lends(&record.object, record.id(), None, Some(&record.row))?;
        self.push_event(&record.object.clone(), "restored", record.id(), version, Map::new());
        let mut restored = record.clone();
        restored.row[VERSION] = Value::Int(version);
        restored.row[DELETED_AT] = Value::Null;
        restored.row[DELETED_WITH] = Value::Null;
        let registry = self.context.workspace.registry.clone();
        registry.hooks(&restored.object.name).iter().try_for_each(|hook| hook.after_restore(self, &restored))
    }

    fn set_engine_columns(&mut self, record: &Record, mut columns: Vec<(usize, Value)>) -> Result<i64> {
        let version = record.version() + 1;
        columns.push((VERSION, Value::Int(version)));
        columns.push((UPDATED_AT, Value::DateTime(self.context.now)));
        columns.push((UPDATED_BY, Value::Id(self.context.actor)));
        let set = columns.into_iter().map(|(column, value)| (column, Set::To(value))).collect();
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(record.id()))
            .and(Condition::equals(ColumnRef::main(VERSION), Value::Int(record.version())));
        if self.tx.update(&Update { table: record.object.table.clone(), set, condition })? == 0 {
            return Err(stale());
        }
        self.wrote();
        Ok(version)
    }

    /// Gives a record its next version, because of something beside its fields, and tells of it.
    pub(crate) fn advance(&mut self, record: &Record, verb_past: &str) -> Result<()> {
        let version = self.set_engine_columns(record, Vec::new())?;
        self.records += 1;
        self.push_event(&record.object.clone(), verb_past, record.id(), version, Map::new());
        Ok(())
    }
}
