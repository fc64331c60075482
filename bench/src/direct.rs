//! The same statements by hand, with no engine between.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use guanxi_store::PostgresOptions;
use rusqlite::types::ValueRef;
use uuid::Uuid;

use crate::measure::{Work, threads};
use crate::setup::Bench;

/// Fields of the list, as the engine is asked for them.
pub const FIELDS: [&str; 12] =
    ["name", "account", "title", "mobile", "phone", "email", "wechat", "gender", "birthday", "owner", "department", "updated_at"];

/// Columns both sides answer: the twelve fields and what they consist of.
const COLUMNS: &str = "c.id, c.version, c.name, c.name__family, c.name__given, c.account, a.name, c.title, c.mobile, c.phone, c.email, c.wechat, \
     c.gender, c.birthday, c.owner, u.name, c.department, d.name, c.updated_at, c.name__sort";
const JOINS: &str =
    "FROM o_contact c LEFT JOIN o_account a ON a.id = c.account LEFT JOIN o_user u ON u.id = c.owner LEFT JOIN o_department d ON d.id = c.department";

/// A list of 50 by owner, sorted by name.
pub fn list_sql(placeholder: &str) -> String {
    format!("SELECT {COLUMNS} {JOINS} WHERE c.deleted_at IS NULL AND c.owner = {placeholder} ORDER BY c.name__sort, c.id LIMIT 50")
}

/// One record by its id.
pub fn get_sql(placeholder: &str) -> String {
    format!("SELECT {COLUMNS} {JOINS} WHERE c.id = {placeholder} AND c.deleted_at IS NULL")
}

/// A read-only SQLite connection set up as the store sets up its own.
pub fn open_sqlite(data: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(data.join("guanxi.db")).unwrap_or_else(|error| panic!("the file opens: {error}"));
    let settings = format!("PRAGMA journal_mode=WAL; PRAGMA cache_size=-8192; PRAGMA mmap_size={}; PRAGMA query_only=1;", i64::MAX);
    let one_plan = connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
    one_plan.and_then(|_| connection.execute_batch(&settings)).unwrap_or_else(|error| panic!("settings: {error}"));
    connection
}

/// Runs a statement with one id and writes its rows as JSON.
fn run_sqlite(connection: &rusqlite::Connection, sql: &str, id: Uuid) -> String {
    let run = || -> rusqlite::Result<String> {
        let mut statement = connection.prepare_cached(sql)?;
        let n_columns = statement.column_count();
        let mut rows = statement.query([id.as_bytes().as_slice()])?;
        let mut out = String::with_capacity(16_384);
        out.push('[');
        while let Some(row) = rows.next()? {
            out.push_str(if out.len() > 1 { ",[" } else { "[" });
            for column in 0..n_columns {
                if column > 0 {
                    out.push(',');
                }
                write_value(row.get_ref(column)?, &mut out);
            }
            out.push(']');
        }
        out.push(']');
        Ok(out)
    };
    run().unwrap_or_else(|error| panic!("the direct statement runs: {error}"))
}

fn write_value(value: ValueRef<'_>, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match value {
        ValueRef::Null => write!(out, "null"),
        ValueRef::Integer(number) => write!(out, "{number}"),
        ValueRef::Real(number) => write!(out, "{number}"),
        ValueRef::Text(text) => {
            out.push_str(&serde_json::to_string(&String::from_utf8_lossy(text)).unwrap_or_default());
            Ok(())
        }
        ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => write!(out, "\"{id}\""),
            Err(_) => write!(out, "null"),
        },
    };
}

/// Runs a statement with one of some ids at a time, on as many connections as there are cores.
pub fn by_id<'a>(bench: &'a Bench, sql: &dyn Fn(&str) -> String, ids: &'a [Uuid]) -> Result<Work<'a>, Box<dyn std::error::Error>> {
    let pick = move |thread: usize, turn: u64| ids[(usize::try_from(turn).unwrap_or(0) * 31 + thread * 7) % ids.len()];
    let Some(options) = &bench.postgres else {
        let sql = sql("?");
        let connections: Vec<_> = (0..threads()).map(|_| Mutex::new(open_sqlite(&bench.data))).collect();
        return Ok(Work::new(threads(), move |thread, turn| {
            let connection = connections[thread].lock().unwrap_or_else(PoisonError::into_inner);
            run_sqlite(&connection, &sql, pick(thread, turn));
        }));
    };
    let clients: Vec<_> = (0..threads()).map(|_| connect(bench.runtime(), options)).collect::<Result<_, _>>()?;
    let sql = sql("$1");
    let statements: Vec<_> = clients.iter().map(|it| bench.runtime().block_on(it.prepare(&sql))).collect::<Result<_, _>>()?;
    Ok(Work::new(threads(), move |thread, turn| {
        run_postgres(bench, &clients[thread], &statements[thread], pick(thread, turn));
    }))
}

/// A plain PostgreSQL connection on the bench's schema.
pub fn connect(runtime: &tokio::runtime::Runtime, options: &PostgresOptions) -> Result<tokio_postgres::Client, Box<dyn std::error::Error>> {
    let client = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&options.url, tokio_postgres::NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("the direct connection ended: {error}");
            }
        });
        client.batch_execute(&format!("SET search_path TO {}", options.schema)).await?;
        Ok::<_, tokio_postgres::Error>(client)
    })?;
    Ok(client)
}

/// Runs a prepared statement with one id and writes its rows as JSON.
fn run_postgres(bench: &Bench, client: &tokio_postgres::Client, statement: &tokio_postgres::Statement, id: Uuid) -> String {
    let rows = bench.runtime().block_on(client.query(statement, &[&id])).unwrap_or_else(|error| panic!("the direct statement runs: {error}"));
    let mut out = String::with_capacity(16_384);
    out.push('[');
    for (index, row) in rows.iter().enumerate() {
        out.push_str(if index > 0 { ",[" } else { "[" });
        for (column, kind) in row.columns().iter().enumerate() {
            if column > 0 {
                out.push(',');
            }
            write_cell(row, column, kind.type_().name(), &mut out);
        }
        out.push(']');
    }
    out.push(']');
    out
}

fn write_cell(row: &tokio_postgres::Row, column: usize, kind: &str, out: &mut String) {
    let text = match kind {
        "uuid" => row.get::<_, Option<Uuid>>(column).map(|it| format!("\"{it}\"")),
        "int8" => row.get::<_, Option<i64>>(column).map(|it| it.to_string()),
        "timestamptz" => row.get::<_, Option<jiff::Timestamp>>(column).map(|it| format!("\"{it}\"")),
        "date" => row.get::<_, Option<jiff::civil::Date>>(column).map(|it| format!("\"{it}\"")),
        _ => row.get::<_, Option<&str>>(column).map(|it| serde_json::to_string(it).unwrap_or_default()),
    };
    out.push_str(text.as_deref().unwrap_or("null"));
}
