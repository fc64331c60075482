//! Texts of selects, kept by their shape.
//!
//! Looking up one record costs the database some ten microseconds; writing the statement down costs twice as much. Its text
//! follows from its shape alone: tables, columns, kinds of conditions, how many values. So a select is walked over once for
//! its shape and its values, and the text is taken from an earlier one of the same shape. Whatever this walk does not know,
//! such as the position of a later page, is written down each time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Join, Select, Storage, StoreError, Table};

use super::condition::Members;
use super::hint::{self, MOST_VALUES};
use super::{Builder, Scope, Statement};
use crate::bind::{self, Bind};
use crate::dialect::Dialect;

/// Most texts kept; at that many all are let go of.
const MOST: usize = 2_000;
/// So many times a text is compared with what would be written down, in builds that check themselves.
const COMPARED: u8 = 3;

/// A text, and the tables it speaks of: while they are held, nothing else can lie at their addresses.
struct Kept {
    sql: Arc<str>,
    _tables: Vec<Arc<Table>>,
    compared: AtomicU8,
}

static KEPT: LazyLock<RwLock<HashMap<Box<[u64]>, Kept>>> = LazyLock::new(RwLock::default);

/// A select as one statement, where it is no page over several ways in.
///
/// # Errors
/// As of [`Builder::select_part`].
pub(crate) fn lookup(dialect: Dialect, select: &Select) -> Result<Statement<'_>, StoreError> {
    let mut shape = Shape { dialect, key: Vec::with_capacity(96), binds: Vec::new(), tables: Vec::new() };
    if !shape.select(select)? {
        return written(dialect, select);
    }
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(shape.key.as_slice()) {
        let statement = Statement { sql: known.sql.clone(), binds: shape.binds };
        if cfg!(debug_assertions) && known.compared.fetch_add(1, Ordering::Relaxed) < COMPARED {
            let anew = written(dialect, select)?;
            assert!(anew.sql == statement.sql && anew.binds == statement.binds, "{anew:?} is not {statement:?}");
        }
        return Ok(statement);
    }
    drop(kept);
    let statement = written(dialect, select)?;
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST {
        kept.clear();
    }
    kept.insert(shape.key.into(), Kept { sql: statement.sql.clone(), _tables: shape.tables, compared: AtomicU8::new(0) });
    Ok(statement)
}

fn written(dialect: Dialect, select: &Select) -> Result<Statement<'_>, StoreError> {
    let mut builder = Builder::new(dialect);
    let query = builder.select(select)?;
    Ok(builder.finish(&query))
}

/// What the text of a select follows from, and the values in the order of its text. Each step answers false where it does
/// not know what it sees.
struct Shape<'a> {
    dialect: Dialect,
    key: Vec<u64>,
    binds: Vec<Bind<'a>>,
    tables: Vec<Arc<Table>>,
}

impl<'a> Shape<'a> {
    fn select(&mut self, select: &'a Select) -> Result<bool, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        self.key.push(u64::from(self.dialect == Dialect::Postgres));
        self.table(&select.table);
        self.columns(&select.columns);
        self.number(select.joins.len());
        for join in &select.joins {
            if !self.join(&scope, join)? {
                return Ok(false);
            }
        }
        if !self.filter(&scope, select, &select.condition)? {
            return Ok(false);
        }
        self.number(select.order.len());
        for order in &select.order {
            self.column(order.column);
            self.key.push(u64::from(order.descending));
        }
        self.key.extend([select.limit.map_or(u64::MAX, |it| it), u64::from(select.lock)]);
        Ok(true)
    }

    /// As [`Builder::filter`]: each part of a conjunction by itself, with its hint.
    fn filter(&mut self, scope: &Scope<'_>, select: &'a Select, condition: &'a Condition) -> Result<bool, StoreError> {
        let Condition::And(parts) = condition else {
            let is_wide = hint::applies(self.dialect, select) && hint::is_wide(select, condition);
            return self.condition(scope, condition, is_wide);
        };
        self.key.push(3);
        self.number(parts.len());
        for part in parts {
            if !self.filter(scope, select, part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn join(&mut self, scope: &Scope<'_>, join: &'a Join) -> Result<bool, StoreError> {
        self.table(&join.table);
        self.number(join.to);
        self.column(join.from);
        self.condition(scope, &join.condition, true)
    }

    /// `asked`: of rows found otherwise.
    fn condition(&mut self, scope: &Scope<'_>, condition: &'a Condition, asked: bool) -> Result<bool, StoreError> {
        match condition {
            Condition::True => self.key.push(1),
            Condition::False => self.key.push(2),
            Condition::And(parts) | Condition::Or(parts) => {
                self.key.push(if matches!(condition, Condition::And(_)) { 3 } else { 4 });
                self.number(parts.len());
                for part in parts {
                    if !self.condition(scope, part, asked)? {
                        return Ok(false);
                    }
                }
            }
            Condition::IsNull(column) => {
                self.key.push(5);
                self.column(*column);
            }
            Condition::NotNull(column) => {
                self.key.push(6);
                self.column(*column);
            }
            Condition::Compare(column, op, value) => return self.compare(scope, *column, *op, value),
            Condition::In(column, values, negated) => {
                self.key.extend([8, u64::from(*negated)]);
                self.column(*column);
                // Hints look at how many there are, and whether they are ids.
                self.number(values.len().min(MOST_VALUES + 1));
                self.key.push(u64::from(values.iter().all(|it| matches!(it, Value::Id(_)))));
                self.members(Members::of(self.dialect, scope.column(*column)?.storage, values, asked)?);
            }
            Condition::InSelect(column, select, negated) => {
                self.key.extend([9, u64::from(*negated)]);
                self.column(*column);
                return self.select(select);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn compare(&mut self, scope: &Scope<'_>, column: ColumnRef, op: CompareOp, value: &'a Value) -> Result<bool, StoreError> {
        let storage = scope.column(column)?.storage;
        let is_whole = matches!((storage, value), (Storage::Int | Storage::Duration, Value::Int(_)));
        // What lies between the steps of a column is compared otherwise.
        if (bind::scale_of(storage).is_some() && !is_whole) || bind::is_too_early(value) {
            return Ok(false);
        }
        self.key.extend([7, op as u64, u64::from(matches!(value, Value::Id(_)))]);
        self.column(column);
        self.binds.push(bind::bind(self.dialect, value, storage)?);
        Ok(true)
    }

    fn members(&mut self, members: Members<'a>) {
        let (kind, binds) = match members {
            Members::Nobody => (0, Vec::new()),
            Members::One(bind) => (1, vec![bind]),
            Members::Sorted(bind) => (2, vec![bind]),
            Members::Array(bind) => (3, vec![bind]),
            Members::Each(binds) => (4, binds),
        };
        self.key.push(kind);
        self.number(binds.len());
        self.binds.extend(binds);
    }

    fn table(&mut self, table: &Arc<Table>) {
        self.number(Arc::as_ptr(table).addr());
        self.tables.push(table.clone());
    }

    fn columns(&mut self, columns: &[ColumnRef]) {
        self.number(columns.len());
        columns.iter().for_each(|it| self.column(*it));
    }

    fn column(&mut self, column: ColumnRef) {
        self.key.push((u64::from(column.table) << 16) | u64::from(column.column));
    }

    fn number(&mut self, number: usize) {
        self.key.push(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use guanxi_kernel::store::{Column, Index, IndexRows, Order};
    use uuid::Uuid;

    use super::*;

    fn table(name: &str, indexes: &[&[&str]]) -> Arc<Table> {
        let columns = ["id", "owner", "department", "level", "name"].map(|it| Column {
            name: it.into(),
            storage: if ["level", "name"].contains(&it) { Storage::Text } else { Storage::Id },
            nullable: it != "id",
        });
        let index = |(at, columns): (usize, &&[&str])| Index {
            name: format!("{name}__{at}"),
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
            unique: false,
            rows: IndexRows::All,
        };
        let indexes = indexes.iter().enumerate().map(index).collect();
        Arc::new(Table { name: name.into(), columns: columns.to_vec(), primary_key: vec!["id".into()], identity: false, indexes })
    }

    fn ids(count: usize) -> Vec<Value> {
        (0..count as u128).map(|it| Value::Id(Uuid::from_u128(it * 7 + 1))).collect()
    }

    /// Whatever it is asked for, a text is that which would be written down, with the values in the same places.
    #[test]
    fn a_text_that_was_kept_is_the_one_that_would_be_written() {
        let contact = table("o_contact", &[&["department", "name", "id"], &["owner", "name", "id"], &["name", "id"]]);
        let account = table("o_account", &[&["owner"]]);
        let share = table("gx_share", &[&["owner"]]);
        let column = ColumnRef::main;
        let mut compared = 0;
        for count in [0, 1, 2, 3, 4, 5, 16, 31, 32, 33, 40, 128, 300] {
            let departments = Condition::In(column(2), ids(count), false);
            let own = Condition::equals(column(1), Value::Id(Uuid::from_u128(9)));
            let rule = Condition::And(vec![
                Condition::equals(column(3), Value::Text("a".into())),
                Condition::Compare(column(4), CompareOp::Gt, Value::Text("m".into())),
            ]);
            let shared = Select { columns: vec![column(0)], ..Select::all(&share, Condition::In(column(2), ids(count), false)) };
            let shared = Condition::InSelect(column(0), Box::new(shared), false);
            let beside = Condition::In(ColumnRef::of(1, 2), ids(count), false);
            let conditions = [
                Condition::True,
                departments.clone(),
                Condition::Or(vec![own.clone(), departments.clone()]),
                Condition::Or(vec![own.clone(), departments.clone(), rule.clone(), shared.clone()]),
                Condition::And(vec![own.clone(), Condition::Or(vec![own.clone(), departments.clone(), shared])]),
                Condition::And(vec![Condition::IsNull(column(3)), Condition::And(vec![departments.clone(), rule])]),
                Condition::And(vec![beside.clone(), Condition::In(column(2), ids(count), true)]),
            ];
            for condition in conditions {
                for (ordered, limited, joined) in (0..8).map(|it| (it & 1 > 0, it & 2 > 0, it & 4 > 0)) {
                    let mut select = Select::all(&contact, condition.clone());
                    // Only a select with this join may speak of its table.
                    let on = Condition::Or(vec![Condition::In(ColumnRef::of(1, 2), ids(count), false), Condition::NotNull(ColumnRef::of(1, 3))]);
                    select.joins.push(Join { table: account.clone(), from: column(1), to: 0, condition: if joined { on } else { Condition::True } });
                    if ordered {
                        select.order = vec![Order { column: column(4), descending: false }, Order { column: column(0), descending: false }];
                    }
                    select.limit = limited.then_some(51);
                    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                        let wanted = written(dialect, &select).expect("it is written");
                        for turn in ["as written", "as kept"] {
                            let found = lookup(dialect, &select).expect("it is found");
                            assert_eq!((&found.sql, &found.binds), (&wanted.sql, &wanted.binds), "{turn}: {count} {condition:?}");
                            compared += 1;
                        }
                    }
                }
            }
        }
        assert!(compared > 2_000, "{compared}");
    }
}
