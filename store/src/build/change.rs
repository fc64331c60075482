//! Inserts, updates and deletes.

use guanxi_expr::Value;
use guanxi_kernel::store::{Condition, Delete, Insert, OnConflict, Set, Storage, StoreError, Table, Update};
use sea_query::{DeleteStatement, Expr, ExprTrait, Func, InsertStatement, Query, UpdateStatement};

use super::{Builder, Scope, alias, identifier, table_ref};
use crate::bind;

impl<'a> Builder<'a> {
    /// Some rows of an insert.
    pub(crate) fn insert(&mut self, insert: &'a Insert, rows: &'a [Vec<Value>]) -> Result<InsertStatement, StoreError> {
        let table = &*insert.table;
        let mut query = Query::insert();
        query.into_table(identifier(&table.name));
        let columns = insert.columns.iter().map(|at| column_of(table, *at)).collect::<Result<Vec<_>, _>>()?;
        query.columns(columns.iter().map(|column| identifier(&column.name)));
        for row in rows {
            let mut values = Vec::with_capacity(columns.len());
            for (column, value) in columns.iter().zip(row) {
                let bound = bind::bind(self.dialect, value, column.storage)?;
                values.push(self.bound(bound));
            }
            query.values(values).map_err(|error| StoreError::Other(error.to_string()))?;
        }
        match &insert.on_conflict {
            OnConflict::Fail => {}
            OnConflict::Ignore => {
                query.on_conflict(sea_query::OnConflict::new().do_nothing().to_owned());
            }
            OnConflict::Replace(columns) => {
                let mut conflict = sea_query::OnConflict::columns(table.primary_key.iter().map(|name| identifier(name)));
                for at in columns {
                    conflict.update_column(identifier(&column_of(table, *at)?.name));
                }
                if columns.is_empty() {
                    conflict.do_nothing();
                }
                query.on_conflict(conflict);
            }
        }
        if let (true, crate::dialect::Dialect::Postgres, Some(key)) = (table.identity, self.dialect, table.primary_key.first()) {
            query.returning_col(identifier(key));
        }
        Ok(query)
    }

    /// PostgreSQL: an insert of one row that carries the hash of a text and of the row before it. Computed there, since the
    /// row before is known only once the lock is held, and nobody shall hold it while an answer travels.
    pub(crate) fn insert_chained(&mut self, insert: &'a Insert, hash: usize, text: &'a str) -> Result<InsertStatement, StoreError> {
        let table = &*insert.table;
        let key = table.primary_key.first().ok_or_else(|| StoreError::Other(format!("table {} has no order", table.name)))?;
        let hash = &column_of(table, hash)?.name;
        let [row] = insert.rows.as_slice() else { return Err(StoreError::Other("rows are chained one by one".into())) };
        let mut columns = Vec::with_capacity(row.len() + 1);
        let mut values = Vec::with_capacity(row.len() + 1);
        for (at, value) in insert.columns.iter().zip(row) {
            let column = column_of(table, *at)?;
            columns.push(identifier(&column.name));
            let bound = bind::bind(self.dialect, value, column.storage)?;
            values.push(self.bound(bound));
        }
        let mut before = Query::select();
        before.column(identifier(hash)).from(identifier(&table.name)).order_by(identifier(key), sea_query::Order::Desc).limit(1);
        let text = self.bound(bind::Bind::Text(std::borrow::Cow::Borrowed(text)));
        // Where there is no row before, `concat` passes over the NULL.
        let whole = Func::cust("concat").arg(before).arg(text.cast_as("text"));
        let bytes = Func::cust("convert_to").arg(whole).arg(Expr::cust("'UTF8'"));
        columns.push(identifier(hash));
        values.push(Func::cust("encode").arg(Func::cust("sha256").arg(bytes)).arg(Expr::cust("'hex'")).into());
        let mut query = Query::insert();
        query.into_table(identifier(&table.name)).columns(columns);
        query.values(values).map_err(|error| StoreError::Other(error.to_string()))?;
        Ok(query)
    }

    /// An update; aggregates among the new values were computed before and stand in `computed`, in order.
    pub(crate) fn update(&mut self, update: &'a Update, computed: &'a [Value]) -> Result<UpdateStatement, StoreError> {
        let table = &*update.table;
        let scope = Scope::of(table, &[]);
        let mut computed = computed.iter();
        let mut query = Query::update();
        query.table(table_ref(table, alias(0)));
        for (at, set) in &update.set {
            let column = column_of(table, *at)?;
            let value = match set {
                Set::To(value) => {
                    let bound = bind::bind(self.dialect, value, column.storage)?;
                    self.bound(bound)
                }
                Set::Aggregate(_) => {
                    let value = computed.next().ok_or_else(|| StoreError::Other("an aggregate was not computed".into()))?;
                    let bound = bind::bind(self.dialect, value, column.storage)?;
                    self.bound(bound)
                }
                Set::Add(value) => {
                    if !matches!(column.storage, Storage::Int | Storage::Decimal { .. } | Storage::Duration) {
                        return Err(StoreError::Other(format!("nothing can be added to column {}", column.name)));
                    }
                    let bound = bind::bind(self.dialect, value, column.storage)?;
                    let before = Expr::col((alias(0), identifier(&column.name)));
                    let before = if column.nullable { Func::coalesce([before, Expr::cust("0")]).into() } else { before };
                    let bound = self.bound(bound);
                    before.add(bound)
                }
            };
            query.value(identifier(&column.name), value);
        }
        if update.condition != Condition::True {
            let condition = self.condition(&scope, &update.condition)?;
            query.and_where(condition);
        }
        Ok(query)
    }

    pub(crate) fn delete(&mut self, delete: &'a Delete) -> Result<DeleteStatement, StoreError> {
        let scope = Scope::of(&delete.table, &[]);
        let mut query = Query::delete();
        query.from_table(table_ref(&delete.table, alias(0)));
        if delete.condition != Condition::True {
            let condition = self.condition(&scope, &delete.condition)?;
            query.and_where(condition);
        }
        Ok(query)
    }
}

fn column_of(table: &Table, at: usize) -> Result<&guanxi_kernel::store::Column, StoreError> {
    table.columns.get(at).ok_or_else(|| StoreError::Other(format!("table {} has no column {at}", table.name)))
}
