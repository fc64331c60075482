//! What a query to a database answers, streamed into a file as a table with a head. Which database it is, its address says.

use std::path::Path;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::time::timeout;

use crate::error::{SourceError, disk};
use crate::{mysql, postgres};

/// Longest wait for the database to take a connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);
/// Longest a query may take; the database ends it by itself.
pub(crate) const QUERY: Duration = Duration::from_secs(600);
/// Longest certificate of an authority, in bytes; a chain of them is shorter.
const LONGEST_CERTIFICATE: usize = 20_000;

fn unknown() -> SourceError {
    SourceError::new(
        "请填写数据库地址：postgres://用户:密码@主机/数据库 或 mysql://用户:密码@主机/数据库",
        "give the address of a database: postgres://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE",
    )
}

/// Whether one of these schemes begins an address.
fn begins(address: &str, schemes: &[&str]) -> bool {
    address.split_once("://").is_some_and(|(scheme, _)| schemes.contains(&scheme))
}

/// Reads the address of a database and says whether it may be asked: at a host that whoever runs the server names. With the
/// certificate of the authority that vouches for the database, as PEM, nobody else can stand in for it. Answers both in one text,
/// as [`fetch_query`] takes it.
///
/// # Errors
/// What is wrong with them. The password is not told back.
pub fn check_connection(address: &str, certificate: Option<&str>, source_hosts: &[String]) -> Result<String, SourceError> {
    let certificate = certificate.map(str::trim).filter(|it| !it.is_empty());
    if address.contains(['\n', '\r']) {
        return Err(unknown());
    }
    if begins(address, &["postgres", "postgresql"]) {
        if certificate.is_some() {
            return Err(SourceError::new(
                "PostgreSQL 连接不加密，请去掉证书",
                "connections to PostgreSQL are not encrypted; leave the certificate out",
            ));
        }
        postgres::config(address, source_hosts)?;
        return Ok(address.to_owned());
    }
    if !begins(address, &["mysql", "mariadb"]) {
        return Err(unknown());
    }
    certificate.map_or(Ok(()), check_certificate)?;
    mysql::options(address, certificate, source_hosts)?;
    Ok(certificate.map_or_else(|| address.to_owned(), |it| format!("{address}\n{it}")))
}

/// Whether a text holds certificates of authorities, as PEM: what does not, is found out while it can still be read.
///
/// # Errors
/// What is wrong with it.
pub fn check_certificate(text: &str) -> Result<(), SourceError> {
    let wrong = || {
        SourceError::new(
            "证书无法读取：应为 PEM 格式，以 -----BEGIN CERTIFICATE----- 开头，请完整粘贴",
            "the certificate cannot be read: it must be PEM and begin with -----BEGIN CERTIFICATE-----; paste the whole of it",
        )
    };
    let text = text.trim();
    if text.len() > LONGEST_CERTIFICATE || !text.starts_with("-----BEGIN CERTIFICATE-----") {
        return Err(wrong());
    }
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        certificate.ok().and_then(|it| authorities.add(it).ok()).ok_or_else(wrong)?;
    }
    if authorities.is_empty() { Err(wrong()) } else { Ok(()) }
}

/// Writes the answer of a query to a file, at most so many bytes; answers how many. Carried out in a transaction that can
/// change nothing.
///
/// # Errors
/// What is wrong with the address, the query or the disk.
pub fn fetch_query(connection: &str, query: &str, source_hosts: &[String], target: &Path, most: u64) -> Result<u64, SourceError> {
    let (address, certificate) = connection.split_once('\n').map_or((connection, None), |(address, pem)| (address, Some(pem)));
    // A statement by itself may end with a semicolon; within others it must not.
    let query = query.trim().trim_end_matches(';');
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| disk(&error))?;
    let late = || SourceError::new("数据库没有及时应答", "the database did not answer in time");
    let patience = CONNECT + QUERY + CONNECT;
    if begins(address, &["mysql", "mariadb"]) {
        let options = mysql::options(address, certificate, source_hosts)?;
        return runtime.block_on(async { timeout(patience, mysql::fetch(options, query, target, most)).await.map_err(|_| late())? });
    }
    let config = postgres::config(address, source_hosts)?;
    runtime.block_on(async { timeout(patience, postgres::fetch(&config, query, target, most)).await.map_err(|_| late())? })
}

/// The host of a database is not one that may be asked.
pub(crate) fn not_named(host: &str, port: u16) -> SourceError {
    SourceError::new(
        format!("数据库主机“{host}:{port}”须由服务器管理员列入 source-hosts"),
        format!("the database's host {host}:{port} must be named in source-hosts by whoever runs the server"),
    )
}

/// More came than an import may have.
pub(crate) fn too_large(most: u64) -> SourceError {
    SourceError::new(format!("查询结果超过 {most} 字节"), format!("the answer of the query is larger than {most} bytes"))
}

/// The database says what is wrong.
pub(crate) fn said(reason: &str) -> SourceError {
    SourceError::new(format!("数据库：{reason}"), format!("the database: {reason}"))
}

/// What was sent is no question.
pub(crate) fn no_columns() -> SourceError {
    SourceError::new("查询没有返回任何列，请使用 SELECT", "the query answers no columns; use a SELECT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_databases_that_are_named() {
        let hosts = ["db.internal:5432".to_owned(), "10.0.0.5:5433".to_owned(), "db.internal:3306".to_owned(), "10.0.0.5:3307".to_owned()];
        let check = |address: &str| check_connection(address, None, &hosts);
        assert_eq!(check("postgres://u:p@db.internal/x").unwrap(), "postgres://u:p@db.internal/x");
        for right in [
            "postgresql://u:p@10.0.0.5:5433/x",
            "mysql://u:p@db.internal/x",
            "mariadb://u:p%40@10.0.0.5:3307/x?ssl-mode=required",
            "mysql://u:p@db.internal/x?ssl-mode=VERIFY_IDENTITY",
        ] {
            assert!(check(right).is_ok(), "{right}");
        }
        for wrong in [
            "postgres://u:secret@other/x",
            "postgres://u:secret@db.internal:5433/x",
            "postgres://u:secret@10.0.0.5/x",
            "postgres://u:secret@db.internal,other/x",
            "postgres://u:secret@db.internal/x?host=other",
            "postgres://u:secret@db.internal/x?hostaddr=10.0.0.9",
            "postgres://u:secret@%2Fvar%2Frun/x",
            "postgres://u:secret@db.internal/x?sslmode=require",
            "mysql://u:secret@other/x",
            "mysql://u:secret@db.internal:3307/x",
            "mysql://u:secret@10.0.0.5/x",
            "mysql://u:secret@%2Fvar%2Frun/x",
            "mysql://u:secret@db.internal/",
            "mysql://u:secret@db.internal/x/y",
            "mysql://:secret@db.internal/x",
            "mysql://u:secret@db.internal/x?socket=/var/run/mysqld/mysqld.sock",
            "mysql://u:secret@db.internal/x?local_infile=1",
            "mysql://u:secret@db.internal/x?ssl-mode=perhaps",
            "mysql://u:secret@db.internal/x\nmysql",
            "host=db.internal user=secret",
            "secret",
            "",
        ] {
            let error = check(wrong).unwrap_err();
            assert!(!error.message.en.contains("secret") && !error.message.zh_cn.contains("secret"), "{error}");
        }
    }

    const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUfDJnbqfTam9Q9jWJkUPVlFaIbnAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJYXV0aG9yaXR5MCAXDTI2MTIwMTAxNTgwNVoYDzIxMjYxMTA3
MDE1ODA1WjAUMRIwEAYDVQQDDAlhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ6x1FtXCSFEAt+UClHbnxWZxuHVAnQFqpM8GwPMRt3lGtk0ENgo68W
bXfd6PpzU79EHbER49IoOEOEdAsTxUpCo1MwUTAdBgNVHQ4EFgQUknu22qJej+zu
HQ81rPeLeVevg/AwHwYDVR0jBBgwFoAUknu22qJej+zuHQ81rPeLeVevg/AwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB7acnNIgTLB4rX/uL5+KC8
aD66C6WH0E8ufyd3KDAgZAIhAKNfTf5T4r6HROP5yqnnI0sQE2qqLZUffVcC6AvZ
0HEH
-----END CERTIFICATE-----";

    #[test]
    fn a_certificate_goes_with_the_address() {
        let hosts = ["db:3306".to_owned(), "db:5432".to_owned()];
        let pem = AUTHORITY;
        let kept = check_connection("mysql://u:p@db/x", Some(pem), &hosts).unwrap();
        assert_eq!(kept, format!("mysql://u:p@db/x\n{pem}"));
        assert_eq!(check_connection("mysql://u:p@db/x", Some("  "), &hosts).unwrap(), "mysql://u:p@db/x");
        let two = format!("{pem}\n{pem}");
        assert!(check_connection("mysql://u:p@db/x", Some(&two), &hosts).is_ok(), "several of them");
        let empty = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
        let half = &pem[..pem.len() - 40];
        let beside = format!("{pem}\n{empty}");
        let key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";
        for wrong in ["nonsense", empty, half, &beside, key, "-----BEGIN CERTIFICATE-----"] {
            let told = check_connection("mysql://u:p@db/x", Some(wrong), &hosts).unwrap_err();
            assert!(told.message.en.contains("certificate cannot be read"), "{wrong}: {told}");
        }
        // Who names an authority wants it looked at.
        assert!(check_connection("mysql://u:p@db/x?ssl-mode=required", Some(pem), &hosts).is_err());
        assert!(check_connection("postgres://u:p@db/x", Some(pem), &hosts).is_err());
    }
}
