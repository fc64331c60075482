//! Changes of many records of one object, written together: what is set alike in several of them is one statement.

use std::collections::BTreeMap;

use guanxi_expr::Value;

use super::draft::Draft;
use super::unit::{MAX_DEPTH, Unit, stale};
use crate::error::Result;
use crate::schema::{DELETED_AT, ID, VERSION};
use crate::store::{ColumnRef, Condition, Set, Update};

/// Most records that are changed together.
pub(super) const TOGETHER: usize = 500;

/// What is set, and in which records.
type Alike = (Vec<(usize, Value)>, Vec<Value>);

impl Unit<'_> {
    /// Writes changes of records of one object, of fields that are kept in their own rows. The rows were read under a lock of this
    /// transaction: nobody came between.
    ///
    /// # Errors
    /// As [`Unit::save`].
    pub(super) fn save_changed(&mut self, drafts: &[Draft]) -> Result<()> {
        let Some(name) = drafts.first().map(|it| it.object.name.clone()) else { return Ok(()) };
        self.guarded(&name, MAX_DEPTH, |unit| {
            unit.hold_owners(drafts)?;
            unit.refuse_parts_of_locked(drafts)?;
            unit.update_rows(drafts)?;
            drafts.iter().try_for_each(|it| unit.after_save(it))
        })
    }

    fn update_rows(&mut self, drafts: &[Draft]) -> Result<()> {
        let Some(table) = drafts.first().map(|it| it.object.table.clone()) else { return Ok(()) };
        let mut groups: Vec<Alike> = Vec::new();
        for draft in drafts {
            let before = draft.before.as_ref().map(|it| it.row.as_slice()).unwrap_or_default();
            let changed = draft.row.iter().enumerate().filter(|(column, value)| *column != VERSION && before.get(*column) != Some(*value));
            let set: Vec<(usize, Value)> = changed.map(|(column, value)| (column, value.clone())).collect();
            match groups.iter_mut().find(|it| it.0 == set) {
                Some((_, ids)) => ids.push(Value::Id(draft.id())),
                None => groups.push((set, vec![Value::Id(draft.id())])),
            }
        }
        for (set, ids) in groups {
            let count = ids.len() as u64;
            let set = set.into_iter().map(|(column, value)| (column, Set::To(value))).chain([(VERSION, Set::Add(Value::Int(1)))]).collect();
            let condition = Condition::In(ColumnRef::main(ID), ids, false).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
            if self.tx.update(&Update { table: table.clone(), set, condition })? != count {
                return Err(stale());
            }
            self.wrote();
        }
        drafts.iter().for_each(|it| self.push_updated(it, &BTreeMap::new()));
        Ok(())
    }
}
