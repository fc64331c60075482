//! What a session and a schema need before they serve.

use guanxi_kernel::store::{ExistingTable, StoreError};

use super::error::store_error;
use super::pool::Lent;
use crate::build::words;
use crate::dialect::Dialect;

/// Settings of every session. Durability is the server's (`synchronous_commit` is on by default and said again here).
pub(crate) fn session(schema: &str) -> String {
    format!(
        "SET search_path TO \"{schema}\"; SET TIME ZONE 'UTC'; SET synchronous_commit TO on; SET lock_timeout TO '10s'; \
         SET idle_in_transaction_session_timeout TO '5min'; SET client_min_messages TO warning"
    )
}

/// Makes the schema, the folding function and the full-text index. Many nodes may start at once, hence the lock.
///
/// `gx_fold` equals `guanxi_expr::fold_case`: every character by its own lower case. ICU's root locale does just that but
/// for the sigma at a word's end, so the capital sigma is folded by hand before.
pub(crate) fn prepare_schema(connection: &Lent, schema: &str) -> Result<(), StoreError> {
    let words = words::create(Dialect::Postgres);
    let sql = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtext('guanxi setup')); CREATE SCHEMA IF NOT EXISTS \"{schema}\"; \
         CREATE OR REPLACE FUNCTION gx_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
         RETURN lower(replace($1, 'Σ', 'σ') COLLATE \"und-x-icu\") COLLATE \"C\"; {words}; COMMIT"
    );
    connection.batch(&sql).map_err(|error| match error {
        StoreError::Other(reason) => StoreError::Unavailable(format!("the schema {schema} could not be prepared: {reason}")),
        other => other,
    })
}

/// Tables that are ours to describe, with their columns and indexes.
pub(crate) fn existing_tables(connection: &Lent) -> Result<Vec<ExistingTable>, StoreError> {
    let sql = "SELECT c.relname::text, \
         (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') FROM pg_attribute a \
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), \
         (SELECT coalesce(array_agg(i.relname::text ORDER BY i.relname), '{}') FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
           WHERE x.indrelid = c.oid AND NOT x.indisprimary) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'gx_words' ORDER BY c.relname::text COLLATE \"C\"";
    let rows = connection.block_on(connection.client().query(sql, &[])).map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| {
            let read = || -> Result<ExistingTable, tokio_postgres::Error> {
                Ok(ExistingTable { name: row.try_get(0)?, columns: row.try_get(1)?, indexes: row.try_get(2)? })
            };
            read().map_err(|error| store_error(&error))
        })
        .collect()
}
