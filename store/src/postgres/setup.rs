//! What a session and a schema need before they serve.

use guanxi_kernel::store::{ExistingTable, StoreError};

use super::error::store_error;
use super::pool::Lent;
use crate::build::words;
use crate::dialect::Dialect;

/// Settings of every session. Durability is the server's (`synchronous_commit` is on by default and said again here).
///
/// Almost all we ask goes by an index to few rows. A server left as it was installed believes in turning disks, and reads
/// a whole table sooner than five hundred rows by their keys; one that was told of its disks is left alone.
pub(crate) fn session(schema: &str) -> String {
    format!(
        "SET search_path TO \"{schema}\"; SET TIME ZONE 'UTC'; SET synchronous_commit TO on; SET lock_timeout TO '10s'; \
         SET idle_in_transaction_session_timeout TO '5min'; SET client_min_messages TO warning; \
         SELECT set_config('random_page_cost', '1.1', false) WHERE current_setting('random_page_cost') = '4'"
    )
}

/// Makes the schema, the folding function and the full-text index. Many nodes may start at once, hence the lock.
///
/// `gx_fold` equals `guanxi_expr::fold_case`: every character by its own lower case. ICU's root locale does just that but
/// for the sigma at a word's end, so the capital sigma is folded by hand before.
pub(crate) fn prepare_schema(connection: &Lent, schema: &str) -> Result<(), StoreError> {
    let words = words::create(Dialect::Postgres);
    let computing = computing();
    let sql = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtext('guanxi setup')); CREATE SCHEMA IF NOT EXISTS \"{schema}\"; \
         CREATE OR REPLACE FUNCTION gx_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
         RETURN lower(replace($1, 'Σ', 'σ') COLLATE \"und-x-icu\") COLLATE \"C\"; {computing} {words}; COMMIT"
    );
    connection.batch(&sql).map_err(|error| match error {
        StoreError::Other(reason) => StoreError::Unavailable(format!("the schema {schema} could not be prepared: {reason}")),
        other => other,
    })
}

/// What computed conditions are made of, equal to `guanxi_expr::evaluate` to the last digit: decimals of 28 digits, rounded
/// half away from zero; whole numbers of 64 bits; days since 1970 and microseconds since then within the calendar.
///
/// Parts of dates are asked of the day 40,000 years later: calendars repeat every 400 years, and there no year is "before
/// Christ".
fn computing() -> String {
    let function = |head: &str, body: &str| format!("CREATE OR REPLACE FUNCTION {head} LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN {body};");
    let day = |date: jiff::civil::Date| date.duration_since(jiff::civil::date(1970, 1, 1)).as_secs() / 86_400;
    let (first_day, last_day) = (day(jiff::civil::Date::MIN), day(jiff::civil::Date::MAX));
    // Later than the last whole second by less than one.
    let (first, last) = (jiff::Timestamp::MIN.as_microsecond(), jiff::Timestamp::MAX.as_microsecond());
    let later = "DATE '1970-01-01' + ($N + 14609700)::integer";
    let shifted = |place: &str| later.replace("$N", place);
    [
        function("gx_digits(numeric) RETURNS integer", "CASE WHEN abs($1) < 1 THEN 0 ELSE length(trunc(abs($1))::text) END"),
        function("gx_decimal(numeric) RETURNS numeric", "CASE WHEN abs($1) < 1e28 THEN round($1, 28 - gx_digits($1)) END"),
        function("gx_integer(numeric) RETURNS numeric", "CASE WHEN $1 BETWEEN -9223372036854775808 AND 9223372036854775807 THEN $1 END"),
        function(
            "gx_divide(numeric, numeric) RETURNS numeric",
            "CASE WHEN $2 <> 0 AND div(abs($1), abs($2)) < 1e28 THEN sign($1) * sign($2) \
             * div(2 * abs($1) * ('1e' || (28 - gx_digits(div(abs($1), abs($2)))))::numeric + abs($2), 2 * abs($2)) \
             * ('1e-' || (28 - gx_digits(div(abs($1), abs($2)))))::numeric END",
        ),
        function(
            "gx_round(numeric, numeric) RETURNS numeric",
            "CASE WHEN $2 < -30 THEN 0 WHEN $1 = round($1, least($2, 28)::integer) THEN $1 ELSE gx_decimal(round($1, least($2, 28)::integer)) END",
        ),
        function("gx_least(numeric, numeric) RETURNS numeric", "least($1, $2)"),
        function("gx_greatest(numeric, numeric) RETURNS numeric", "greatest($1, $2)"),
        function("gx_day(numeric) RETURNS numeric", &format!("CASE WHEN $1 BETWEEN {first_day} AND {last_day} THEN $1 END")),
        function("gx_moment(numeric) RETURNS numeric", &format!("CASE WHEN $1 BETWEEN {first} AND {last} THEN $1 END")),
        function("gx_micros(timestamptz) RETURNS numeric", "extract(epoch FROM $1) * 1000000"),
        function("gx_year(numeric) RETURNS numeric", &format!("extract(year FROM {}) - 40000", shifted("$1"))),
        function("gx_part(text, numeric) RETURNS numeric", &format!("date_part($1, {})::numeric", shifted("$2"))),
        function(
            "gx_start(text, numeric) RETURNS numeric",
            &format!("(date_trunc($1, ({})::timestamp)::date - DATE '1970-01-01')::numeric - 14609700", shifted("$2")),
        ),
    ]
    .concat()
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
