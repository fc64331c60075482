//! Logical statements to SQL. One code path for both dialects.

mod after;
mod aggregate;
mod arms;
mod change;
mod condition;
pub(crate) mod ddl;
mod hint;
mod memo;
mod page;
mod select;
mod term;
pub(crate) mod words;

use std::fmt::{self, Write};
use std::sync::Arc;

use guanxi_kernel::store::{Column, ColumnRef, Join, StoreError, Table};
use sea_query::{Expr, PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, SqlWriter, SqliteQueryBuilder};

pub(crate) use after::{Segment, segments};
pub(crate) use aggregate::Output;
pub(crate) use memo::lookup;
pub(crate) use page::page;

use crate::bind::Bind;
use crate::dialect::Dialect;

/// SQL with its values in the order of the placeholders.
#[derive(Debug)]
pub(crate) struct Statement<'a> {
    /// Text with `?` or `$1`.
    pub(crate) sql: Arc<str>,
    /// Values.
    pub(crate) binds: Vec<Bind<'a>>,
}

/// Builds one statement, collecting its values.
pub(crate) struct Builder<'a> {
    pub(crate) dialect: Dialect,
    binds: Vec<Bind<'a>>,
    /// How many values stand before these in the statement they become part of.
    before: usize,
    /// What is built is asked of rows found otherwise, so that no index need be seen in it.
    asked: bool,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, binds: Vec::new(), before: 0, asked: false }
    }

    /// Builds what is asked of rows found otherwise.
    fn asked<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        self.asking(true, build)
    }

    fn asking<T>(&mut self, asked: bool, build: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.asked, asked);
        let built = build(self);
        self.asked = before;
        built
    }

    /// An expression that stands for a bound value. The number it carries finds the value again in [`Builder::finish`].
    #[expect(clippy::cast_possible_wrap, reason = "no statement has 2^63 values")]
    fn bound(&mut self, bind: Bind<'a>) -> Expr {
        self.binds.push(bind);
        Expr::Value(sea_query::Value::BigInt(Some(self.binds.len() as i64 - 1)))
    }

    /// The SQL of a query and its values in order.
    pub(crate) fn finish(self, query: &impl QueryStatementWriter) -> Statement<'a> {
        let mut sql =
            Collector { dialect: self.dialect, sql: String::with_capacity(256), order: Vec::with_capacity(self.binds.len()), before: self.before };
        match self.dialect {
            Dialect::Sqlite => query.build_collect_into(SqliteQueryBuilder, &mut sql),
            Dialect::Postgres => query.build_collect_into(PostgresQueryBuilder, &mut sql),
        }
        let mut binds = self.binds;
        let in_order = sql.order.len() == binds.len() && sql.order.iter().enumerate().all(|(at, slot)| *slot == at);
        if !in_order {
            let mut taken: Vec<Option<Bind<'a>>> = binds.into_iter().map(Some).collect();
            binds = sql.order.iter().map(|at| taken.get_mut(*at).and_then(Option::take).unwrap_or(Bind::Null)).collect();
        }
        Statement { sql: sql.sql.into(), binds }
    }
}

/// Receives sea-query's text and notes which value stands where.
struct Collector {
    dialect: Dialect,
    sql: String,
    /// Which of the builder's values each placeholder stands for.
    order: Vec<usize>,
    /// How many stand before them.
    before: usize,
}

impl Write for Collector {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.sql.write_str(text)
    }
}

impl fmt::Display for Collector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sql)
    }
}

impl SqlWriter for Collector {
    fn push_param<T: QueryBuilder>(&mut self, value: sea_query::Value, _: &T) {
        let slot = match value {
            sea_query::Value::BigInt(Some(at)) => usize::try_from(at).unwrap_or(usize::MAX),
            // A limit. A planner that cannot see it plans for much of the table; limits are few, so the text stays the same.
            sea_query::Value::BigUnsigned(Some(limit)) => {
                self.sql.push_str(&limit.to_string());
                return;
            }
            _ => usize::MAX,
        };
        self.order.push(slot);
        match self.dialect {
            Dialect::Sqlite => self.sql.push('?'),
            Dialect::Postgres => {
                self.sql.push('$');
                self.sql.push_str(&(self.before + self.order.len()).to_string());
            }
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

/// The tables a statement's columns refer to, by position.
#[derive(Clone)]
pub(crate) struct Scope<'s> {
    tables: Vec<&'s Table>,
    /// How many tables stand around it: those of the statements it is part of.
    around: usize,
}

impl<'s> Scope<'s> {
    pub(crate) fn of(main: &'s Table, joins: &'s [Join]) -> Self {
        let mut tables = Vec::with_capacity(1 + joins.len());
        tables.push(main);
        tables.extend(joins.iter().map(|join| &*join.table));
        Self { tables, around: 0 }
    }

    /// The tables of a statement within this one, which names columns of both.
    fn within(&self, main: &'s Table, joins: &'s [Join]) -> Self {
        Self { around: self.around + self.tables.len(), ..Self::of(main, joins) }
    }

    /// Name under which one of the tables stands.
    fn alias(&self, position: usize) -> sea_query::DynIden {
        alias(self.around + position)
    }

    /// The column meant.
    pub(crate) fn column(&self, reference: ColumnRef) -> Result<&'s Column, StoreError> {
        self.tables
            .get(usize::from(reference.table))
            .and_then(|table| table.columns.get(usize::from(reference.column)))
            .ok_or_else(|| StoreError::Other(format!("no column {reference:?} in the statement")))
    }

    /// May a row of the statement hold NULL there? Left joins may.
    pub(crate) fn may_be_null(&self, reference: ColumnRef) -> Result<bool, StoreError> {
        Ok(reference.table > 0 || self.column(reference)?.nullable)
    }

    /// The column as an expression.
    fn expr(&self, reference: ColumnRef) -> Result<Expr, StoreError> {
        let column = self.column(reference)?;
        Ok(Expr::col((self.alias(usize::from(reference.table)), identifier(&column.name))))
    }
}

/// Name under which a table stands in a statement.
fn alias(position: usize) -> sea_query::DynIden {
    const FIRST: [&str; 8] = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"];
    match FIRST.get(position) {
        Some(name) => sea_query::IntoIden::into_iden(*name),
        None => sea_query::IntoIden::into_iden(format!("t{position}")),
    }
}

/// A quoted identifier.
fn identifier(name: &str) -> sea_query::DynIden {
    sea_query::IntoIden::into_iden(sea_query::Alias::new(name))
}

/// A table under a name.
fn table_ref(table: &Table, alias: sea_query::DynIden) -> sea_query::TableRef {
    sea_query::TableRef::from(identifier(&table.name)).alias(alias)
}

/// Always true.
fn truth() -> Expr {
    Expr::cust("TRUE")
}

/// Always false.
fn falsehood() -> Expr {
    Expr::cust("FALSE")
}
