//! What a query to a PostgreSQL database answers, streamed into a file as a table with a head.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use guanxi_identity::InternalHosts;
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use crate::error::{SourceError, disk};

/// Longest wait for the database to take a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest a query may take; the database ends it by itself.
const QUERY: Duration = Duration::from_secs(600);

/// Reads the address of a database and says whether it may be asked: a host that whoever runs the server names, for there is no
/// encryption on the way.
///
/// # Errors
/// What is wrong with it. The password is not told back.
pub fn check_connection(connection: &str, source_hosts: &[String]) -> Result<(), SourceError> {
    config(connection, source_hosts).map(drop)
}

fn config(connection: &str, source_hosts: &[String]) -> Result<Config, SourceError> {
    let is_address = connection.starts_with("postgres://") || connection.starts_with("postgresql://");
    let wrong = || {
        SourceError::new(
            "请填写 PostgreSQL 地址：postgres://用户:密码@主机/数据库",
            "give the address of a PostgreSQL database: postgres://USER:PASSWORD@HOST/DATABASE",
        )
    };
    if connection.starts_with("mysql:") {
        return Err(SourceError::new("暂不支持 MySQL，请导出文件到导入文件夹", "MySQL is not supported; write its export into the import folder"));
    }
    let mut config: Config = Some(connection).filter(|_| is_address).ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
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
            return Err(SourceError::new(
                format!("数据库主机“{name}:{port}”须由服务器管理员列入 source-hosts"),
                format!("the database's host {name}:{port} must be named in source-hosts by whoever runs the server"),
            ));
        }
    }
    if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer) {
        return Err(SourceError::new("暂不支持加密的数据库连接（sslmode）", "encrypted connections to databases (sslmode) are not supported"));
    }
    config.ssl_mode(SslMode::Disable).connect_timeout(CONNECT).application_name("guanxi");
    Ok(config)
}

/// Writes the answer of a query to a file, at most so many bytes; answers how many. Carried out in a transaction that can
/// change nothing.
///
/// # Errors
/// What is wrong with the address, the query or the disk.
pub fn fetch_query(connection: &str, query: &str, source_hosts: &[String], target: &Path, most: u64) -> Result<u64, SourceError> {
    let config = config(connection, source_hosts)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| disk(&error))?;
    runtime.block_on(async {
        let patience = CONNECT + QUERY + CONNECT;
        let late = || SourceError::new("数据库没有及时应答", "the database did not answer in time");
        timeout(patience, fetch(&config, query, target, most)).await.map_err(|_| late())?
    })
}

fn failed(error: &tokio_postgres::Error) -> SourceError {
    let reason = error.as_db_error().map_or_else(|| error.to_string(), |it| it.message().to_owned());
    SourceError::new(format!("数据库：{reason}"), format!("the database: {reason}"))
}

async fn fetch(config: &Config, query: &str, target: &Path, most: u64) -> Result<u64, SourceError> {
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
    let query = query.trim().trim_end_matches(';');
    // By itself it must be one statement that answers rows: then it cannot reach beyond the brackets it is put in below.
    let alone = client.prepare(query).await.map_err(|error| failed(&error))?;
    if alone.columns().is_empty() {
        return Err(SourceError::new("查询没有返回任何列，请使用 SELECT", "the query answers no columns; use a SELECT"));
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
            return Err(SourceError::new(format!("查询结果超过 {most} 字节"), format!("the answer of the query is larger than {most} bytes")));
        }
        file.write_all(&piece).map_err(|error| disk(&error))?;
    }
    let file = file.into_inner().map_err(|error| disk(error.error()))?;
    file.sync_all().map_err(|error| disk(&error))?;
    client.batch_execute("ROLLBACK").await.map_err(|error| failed(&error))?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_databases_that_are_named() {
        let hosts = ["db.internal:5432".to_owned(), "10.0.0.5:5433".to_owned()];
        assert!(check_connection("postgres://u:p@db.internal/x", &hosts).is_ok());
        assert!(check_connection("postgresql://u:p@10.0.0.5:5433/x", &hosts).is_ok());
        for wrong in [
            "postgres://u:secret@other/x",
            "postgres://u:secret@db.internal:5433/x",
            "postgres://u:secret@10.0.0.5/x",
            "postgres://u:secret@db.internal,other/x",
            "postgres://u:secret@db.internal/x?host=other",
            "postgres://u:secret@db.internal/x?hostaddr=10.0.0.9",
            "postgres://u:secret@%2Fvar%2Frun/x",
            "postgres://u:secret@db.internal/x?sslmode=require",
            "mysql://u:secret@db.internal/x",
            "host=db.internal user=secret",
            "secret",
            "",
        ] {
            let error = check_connection(wrong, &hosts).unwrap_err();
            assert!(!error.message.en.contains("secret") && !error.message.zh_cn.contains("secret"), "{error}");
        }
    }
}
