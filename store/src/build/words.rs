//! The full-text index: two tables on SQLite, one on PostgreSQL.

use std::borrow::Cow;

use sea_query::{Expr, ExprTrait, Func, Query};
use uuid::Uuid;

use super::{Builder, Statement, identifier};
use crate::bind::Bind;
use crate::dialect::Dialect;
use crate::tokens;

/// What makes the index, once per database. FTS5's `ascii` tokenizer takes every byte beyond ASCII as part of a word,
/// so tokens stay as they were given; without positions and contents the index holds nothing but who has which word.
pub(crate) fn create(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "CREATE TABLE IF NOT EXISTS \"gx_word_keys\" (\"key\" INTEGER PRIMARY KEY, \"object\" TEXT NOT NULL, \"record\" BLOB NOT NULL, \
             UNIQUE (\"object\", \"record\")) STRICT; \
             CREATE VIRTUAL TABLE IF NOT EXISTS \"gx_words\" USING fts5(\"words\", content='', contentless_delete=1, detail='none', tokenize='ascii')"
        }
        Dialect::Postgres => {
            "CREATE TABLE IF NOT EXISTS \"gx_words\" (\"object\" TEXT COLLATE \"C\" NOT NULL, \"record\" UUID NOT NULL, \"words\" TSVECTOR NOT NULL, \
             PRIMARY KEY (\"object\", \"record\")); \
             CREATE INDEX IF NOT EXISTS \"gx_words__words\" ON \"gx_words\" USING GIN (\"words\")"
        }
    }
}

/// PostgreSQL: forget a record's words.
pub(crate) fn forget<'a>(object: &'a str, record: Uuid) -> Statement<'a> {
    let mut builder = Builder::new(Dialect::Postgres);
    let mut query = Query::delete();
    let (object, record) = (builder.bound(Bind::Text(Cow::Borrowed(object))), builder.bound(Bind::Id(record)));
    query
        .from_table(identifier("gx_words"))
        .and_where(Expr::col(identifier("object")).eq(object))
        .and_where(Expr::col(identifier("record")).eq(record));
    builder.finish(&query)
}

/// PostgreSQL: write a record's words in place of earlier ones.
pub(crate) fn remember<'a>(object: &'a str, record: Uuid, words: &str) -> Statement<'a> {
    let mut builder = Builder::new(Dialect::Postgres);
    let list = tokens::tokens(words).map(|token| Bind::Text(Cow::Owned(token))).collect();
    let values = [
        builder.bound(Bind::Text(Cow::Borrowed(object))),
        builder.bound(Bind::Id(record)),
        Func::cust("array_to_tsvector").arg(builder.bound(Bind::List(list)).cast_as("text[]")).into(),
    ];
    let mut query = Query::insert();
    query.into_table(identifier("gx_words")).columns([identifier("object"), identifier("record"), identifier("words")]);
    query.values_panic(values);
    query.on_conflict(sea_query::OnConflict::columns([identifier("object"), identifier("record")]).update_column(identifier("words")).to_owned());
    builder.finish(&query)
}

/// SQLite: the statements about a record's key and its words.
pub(crate) mod sqlite {
    /// Finds the key.
    pub(crate) const FIND: &str = "SELECT \"key\" FROM \"gx_word_keys\" WHERE \"object\" = ? AND \"record\" = ?";
    /// Makes a key.
    pub(crate) const ADD_KEY: &str = "INSERT INTO \"gx_word_keys\" (\"object\", \"record\") VALUES (?, ?)";
    /// Forgets a key.
    pub(crate) const DROP_KEY: &str = "DELETE FROM \"gx_word_keys\" WHERE \"key\" = ?";
    /// Writes words.
    pub(crate) const ADD: &str = "INSERT INTO \"gx_words\" (\"rowid\", \"words\") VALUES (?, ?)";
    /// Forgets words.
    pub(crate) const DROP: &str = "DELETE FROM \"gx_words\" WHERE \"rowid\" = ?";
}
