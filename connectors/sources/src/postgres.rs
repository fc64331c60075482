//! Asks PostgreSQL: one statement within a `COPY (...)` of a transaction that can change nothing.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use futures_util::StreamExt as _;
use guanxi_identity::InternalHosts;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use crate::error::{SourceError, disk};
use crate::query::{CONNECT, QUERY, no_columns, not_named, said, too_large};

/// Reads the address of a database that may be asked: at a host that is named, for there is no encryption on the way.
///
/// # Errors
/// What is wrong with it. The password is not told back.
pub(crate) fn config(connection: &str, source_hosts: &[String]) -> Result<Config, SourceError> {
    let wrong = || {
        SourceError::new(
            "请填写 PostgreSQL 地址：postgres://用户:密码@主机/数据库",
            "give the address of a PostgreSQL database: postgres://USER:PASSWORD@HOST/DATABASE",
        )
    };
    let mut config: Config = connection.parse().map_err(|_| wrong())?;
    let allowed = InternalHosts::new(source_hosts);
    let hosts = config.get_hosts();
    // One for all of them, or one for each.
    let port = |at: usize| config.get_ports().get(at).or_else(|| config.get_ports().first()).copied().unwrap_or(5432);
    if hosts.is_empty() || !config.get_hostaddrs().is_empty() {
        return Err(wrong());
    }
    for (at, host) in hosts.iter().enumerate() {
        let name = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        let port = port(at);
        if !allowed.holds_port(&name, port) {
            return Err(not_named(&name, port));
        }
    }
    if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer) {
        return Err(SourceError::new("暂不支持加密的数据库连接（sslmode）", "encrypted connections to databases (sslmode) are not supported"));
    }
    config.ssl_mode(SslMode::Disable).connect_timeout(CONNECT).application_name("guanxi");
    Ok(config)
}

fn failed(error: &tokio_postgres::Error) -> SourceError {
    let reason = error.as_db_error().map_or_else(|| error.to_string(), |it| it.message().to_owned());
    said(&reason)
}

/// Writes the answer of a query to a file, at most so many bytes; answers how many.
///
/// # Errors
/// What the database says of it; the disk.
pub(crate) async fn fetch(config: &Config, query: &str, target: &Path, most: u64) -> Result<u64, SourceError> {
    let (client, connection) = config.connect(NoTls).await.map_err(|error| failed(&error))?;
    let work = async {
        let written = copy(&client, query, target, most).await;
        drop(client);
        written
    };
    // The connection goes on until the client is gone.
    let (written, _) = tokio::join!(work, connection);
    written
}

async fn copy(client: &Client, query: &str, target: &Path, most: u64) -> Result<u64, SourceError> {
    let begin =
        format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = 60000", QUERY.as_millis());
    client.batch_execute(&begin).await.map_err(|error| failed(&error))?;
    // Read-only holds for tables, and not for functions that write files, run programs or ask other servers: those are for such.
    let is_superuser = client.query_one("SHOW is_superuser", &[]).await.map_err(|error| failed(&error))?;
    if is_superuser.get::<_, &str>(0) != "off" {
        return Err(SourceError::new("数据库账号是超级用户，请改用只读账号", "the database's account is a superuser; give one that may only read"));
    }
    // By itself it must be one statement that answers rows: then it cannot reach beyond the brackets it is put in below.
    let alone = client.prepare(query).await.map_err(|error| failed(&error))?;
    if alone.columns().is_empty() {
        return Err(no_columns());
    }
    let copy = format!("COPY (\n{query}\n) TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')");
    let rows = client.copy_out(&copy).await.map_err(|error| failed(&error))?;
    let mut rows = std::pin::pin!(rows);
    let mut file = BufWriter::new(File::create(target).map_err(|error| disk(&error))?);
    let mut written = 0_u64;
    while let Some(piece) = rows.next().await {
        let piece = piece.map_err(|error| failed(&error))?;
        written += piece.len() as u64;
        if written > most {
            return Err(too_large(most));
        }
        file.write_all(&piece).map_err(|error| disk(&error))?;
    }
    let file = file.into_inner().map_err(|error| disk(error.error()))?;
    file.sync_all().map_err(|error| disk(&error))?;
    client.batch_execute("ROLLBACK").await.map_err(|error| failed(&error))?;
    Ok(written)
}
