//! Tables, columns and indexes.

use guanxi_kernel::store::{Column, Index, IndexRows, Storage, Table};
use sea_query::{
    ColumnDef, ConditionalStatement, Expr, ExprTrait, IntoIndexColumn, PostgresQueryBuilder, SchemaStatementBuilder, SqliteQueryBuilder,
};

use super::identifier;
use crate::dialect::Dialect;

/// SQL text of a schema statement.
fn text(dialect: Dialect, statement: &impl SchemaStatementBuilder) -> String {
    match dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
    }
}

/// A column's type in SQL. SQLite's tables are STRICT, so the type is kept there too.
pub(crate) fn column_type(dialect: Dialect, storage: Storage) -> String {
    match dialect {
        Dialect::Sqlite => match storage {
            Storage::Bool | Storage::Int | Storage::Decimal { .. } | Storage::DateTime | Storage::Duration => "INTEGER",
            Storage::Text | Storage::Date | Storage::Json | Storage::TextList => "TEXT",
            Storage::Id => "BLOB",
        }
        .to_owned(),
        Dialect::Postgres => match storage {
            Storage::Bool => "BOOLEAN".to_owned(),
            Storage::Int | Storage::Duration => "BIGINT".to_owned(),
            Storage::Decimal { scale } => format!("NUMERIC(20, {scale})"),
            Storage::Text => "TEXT COLLATE \"C\"".to_owned(),
            Storage::Date => "DATE".to_owned(),
            Storage::DateTime => "TIMESTAMPTZ".to_owned(),
            Storage::Id => "UUID".to_owned(),
            Storage::Json | Storage::TextList => "JSONB".to_owned(),
        },
    }
}

fn column_def(dialect: Dialect, column: &Column) -> ColumnDef {
    let mut def = ColumnDef::new(identifier(&column.name));
    def.custom(sea_query::Alias::new(column_type(dialect, column.storage)));
    if !column.nullable {
        def.not_null();
    }
    def
}

/// The statements that create a table with its indexes.
pub(crate) fn create_table(dialect: Dialect, table: &Table) -> Vec<String> {
    let mut create = sea_query::Table::create();
    create.table(identifier(&table.name));
    for column in &table.columns {
        if table.identity && table.primary_key.first() == Some(&column.name) {
            let mut def = ColumnDef::new(identifier(&column.name));
            def.big_integer().not_null().primary_key().auto_increment();
            create.col(def);
        } else {
            create.col(column_def(dialect, column));
        }
    }
    if !table.identity && !table.primary_key.is_empty() {
        let mut key = sea_query::Index::create();
        for name in &table.primary_key {
            key.col(identifier(name));
        }
        create.primary_key(&mut key);
    }
    if dialect == Dialect::Sqlite {
        // Narrow tables (links, members) are their primary key's tree; wide ones are found faster by a row number.
        let narrow = table.primary_key.len() > 1 && table.columns.len() <= 6;
        create.extra(if narrow { "STRICT, WITHOUT ROWID" } else { "STRICT" });
    }
    let mut statements = vec![text(dialect, &create)];
    let nullable = |name: &str| table.columns.iter().any(|column| column.name == name && column.nullable);
    statements.extend(table.indexes.iter().map(|index| create_index(dialect, &table.name, index, &nullable)));
    statements
}

pub(crate) fn drop_table(dialect: Dialect, name: &str) -> String {
    let mut drop = sea_query::Table::drop();
    drop.table(identifier(name));
    text(dialect, &drop)
}

pub(crate) fn add_column(dialect: Dialect, table: &str, column: &Column) -> String {
    let mut alter = sea_query::Table::alter();
    alter.table(identifier(table)).add_column(column_def(dialect, column));
    text(dialect, &alter)
}

pub(crate) fn drop_column(dialect: Dialect, table: &str, column: &str) -> String {
    let mut alter = sea_query::Table::alter();
    alter.table(identifier(table)).drop_column(identifier(column));
    text(dialect, &alter)
}

pub(crate) fn rename_column(dialect: Dialect, table: &str, column: &str, name: &str) -> String {
    let mut alter = sea_query::Table::alter();
    alter.table(identifier(table)).rename_column(identifier(column), identifier(name));
    text(dialect, &alter)
}

/// NULL comes first on both. PostgreSQL is told so where a column may be NULL; elsewhere its default stands, as in primary
/// keys, and an order without a word about NULL matches both.
pub(crate) fn create_index(dialect: Dialect, table: &str, index: &Index, nullable: &dyn Fn(&str) -> bool) -> String {
    let mut create = sea_query::Index::create();
    create.name(&index.name).table(identifier(table));
    for column in &index.columns {
        if dialect == Dialect::Postgres && nullable(column) {
            // sea-query has no word for the place of NULLs in an index; what it takes for an operator class stands there.
            create.col(identifier(column).into_index_column().with_operator_class(identifier("NULLS FIRST")));
        } else {
            create.col(identifier(column));
        }
    }
    if index.unique {
        create.unique();
    }
    match index.rows {
        IndexRows::All => {}
        IndexRows::Live => {
            create.and_where(Expr::col(identifier("deleted_at")).is_null());
        }
        IndexRows::Deleted => {
            create.and_where(Expr::col(identifier("deleted_at")).is_not_null());
        }
        IndexRows::Present => {
            if let Some(first) = index.columns.first() {
                create.and_where(Expr::col(identifier(first)).is_not_null());
            }
        }
    }
    text(dialect, &create)
}

pub(crate) fn drop_index(dialect: Dialect, index: &str) -> String {
    let mut drop = sea_query::Index::drop();
    drop.name(index);
    text(dialect, &drop)
}
