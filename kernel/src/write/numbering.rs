//! Numbers the engine gives to new records.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::civil::Date;

use super::computed::fill_formulas;
use super::draft::Draft;
use super::unit::Unit;
use crate::error::{KernelError, Result};
use crate::fields::format_number;
use crate::schema::{FieldKind, Object};
use crate::store::{ColumnRef, Condition, Insert, OnConflict, Select, Set, Update};
use crate::system_tables::COUNTER;

/// The pattern of a field that has none.
const PLAIN: &str = "{000000}";

impl Unit<'_> {
    /// Gives auto-numbers to new records, in the order in which they are said to have been made.
    pub(super) fn number(&mut self, object: &Arc<Object>, drafts: &mut [Draft]) -> Result<()> {
        for field in object.fields.iter().filter(|it| it.definition.kind == FieldKind::AutoNumber) {
            let Some(part) = field.part("") else { continue };
            let sort = field.parts.iter().find(|it| it.name == "sort").map(|it| it.column);
            let pattern = field.definition.number_format.as_deref().unwrap_or(PLAIN);
            for (series, (date, mut members)) in self.series(pattern, drafts) {
                members.sort_by_key(|&it| drafts[it].stamp.map(|it| it.at));
                let wanted = i64::try_from(members.len()).unwrap_or(i64::MAX);
                let last = self.advance_counter(&format!("{}.{}.{series}", object.name, field.name()), wanted)?;
                for (counter, member) in (last - wanted + 1..=last).zip(members) {
                    let text = format_number(pattern, counter, date);
                    let row = &mut drafts[member].row;
                    if let Some(sort) = sort {
                        row[sort] = Value::Text(guanxi_text::pinyin::sort_text(&text));
                    }
                    row[part.column] = Value::Text(text);
                }
            }
            // A formula may use the number.
            for draft in drafts.iter_mut() {
                fill_formulas(self.context, object, &mut draft.row);
            }
        }
        Ok(())
    }

    /// The drafts by series: a pattern that names the year, month or day counts from 1 in each.
    fn series(&self, pattern: &str, drafts: &[Draft]) -> BTreeMap<String, (Date, Vec<usize>)> {
        let time_zone = self.context.workspace.time_zone();
        let mut all: BTreeMap<String, (Date, Vec<usize>)> = BTreeMap::new();
        for (position, draft) in drafts.iter().enumerate() {
            let date = draft.stamp.map_or(self.context.now, |it| it.at).to_zoned(time_zone.clone()).date();
            all.entry(format_number(pattern, 0, date)).or_insert((date, Vec::new())).1.push(position);
        }
        all
    }

    fn advance_counter(&mut self, name: &str, by: i64) -> Result<i64> {
        let key = Condition::equals(ColumnRef::main(0), Value::Text(name.to_owned()));
        let update = Update { table: COUNTER.clone(), set: vec![(1, Set::Add(Value::Int(by)))], condition: key.clone() };
        if self.tx.update(&update)? == 0 {
            let row = vec![Value::Text(name.to_owned()), Value::Int(0)];
            self.tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Ignore })?;
            self.tx.update(&update)?;
        }
        let row = self.tx.first(&Select::all(&COUNTER, key))?;
        match row.as_deref() {
            Some([_, Value::Int(value)]) => Ok(*value),
            _ => Err(KernelError::Internal(format!("the counter {name} is missing"))),
        }
    }
}
