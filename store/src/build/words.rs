//! The full-text index: two tables on SQLite, one on PostgreSQL.

use std::borrow::Cow;

use sea_query::extension::postgres::PgBinOper;
use sea_query::extension::sqlite::SqliteBinOper;
use sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement};
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

impl Builder<'_> {
    /// A column of whatever has all words of any of some lists.
    pub(super) fn having_words(&mut self, wanted: &[Vec<(String, bool)>], column: &str) -> SelectStatement {
        let mut found = Query::select();
        found.expr(Expr::col(identifier(column))).from(identifier("gx_words"));
        match self.dialect {
            Dialect::Sqlite => {
                let matched = self.bound(Bind::Text(Cow::Owned(tokens::fts5_query(wanted))));
                let key = Expr::col((identifier("gx_word_keys"), identifier("key")));
                found
                    .join(JoinType::InnerJoin, identifier("gx_word_keys"), key.eq(Expr::col((identifier("gx_words"), identifier("rowid")))))
                    .and_where(Expr::col(identifier("gx_words")).binary(SqliteBinOper::Match, matched));
            }
            Dialect::Postgres => {
                let matched = self.bound(Bind::Text(Cow::Owned(tokens::tsquery(wanted))));
                found.and_where(Expr::col(identifier("words")).binary(PgBinOper::Matches, matched.cast_as("text").cast_as("tsquery")));
            }
        }
        found
    }
}

/// What `most` of all that has the words stands under, with how much of it each. Nothing where no word is left to look for.
pub(crate) fn objects(dialect: Dialect, words: &[(String, bool)], most: u64) -> Option<Statement<'static>> {
    let wanted = tokens::query_lists(&[words.to_vec()]);
    if wanted.is_empty() {
        return None;
    }
    let mut builder = Builder::new(dialect);
    let mut found = builder.having_words(&wanted, "object");
    found.limit(most);
    let object = || Expr::col(identifier("object"));
    let mut query = Query::select();
    query.expr(object()).expr(Func::count(object())).from_subquery(found, identifier("found")).group_by_col(identifier("object"));
    Some(builder.finish(&query))
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
