//! Asks MySQL and MariaDB: one statement that by itself answers rows, in a session that can change nothing.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use futures_util::StreamExt as _;
use guanxi_identity::InternalHosts;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, DriverError, Error, LocalInfileError, Opts, OptsBuilder, Row, SslOpts};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::Url;

use crate::error::{SourceError, disk};
use crate::mysql_rights::{first_text, refuse_powerful};
use crate::mysql_values::{Shape, offset_of};
use crate::query::{CONNECT, QUERY, no_columns, not_named, said, too_large};

const PORT: u16 = 3306;
/// Longest row in bytes: more is no row of a table that anybody imports.
const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// The database does not know a variable.
const UNKNOWN_VARIABLE: u16 = 1193;

/// Who is behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    /// Encrypted, and whoever answers is believed.
    Required,
    /// Its certificate must be of an authority that is known.
    Authority,
    /// And be made out to the name in the address.
    Identity,
}

impl Encryption {
    /// By the names that MySQL's own programs have for it.
    fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "disabled" => Some(Self::None),
            "required" => Some(Self::Required),
            "verify-ca" => Some(Self::Authority),
            "verify-identity" => Some(Self::Identity),
            _ => None,
        }
    }
}

/// Reads the address of a database that may be asked. What is not named here is refused: the library's own parameters could
/// name a socket of this machine.
///
/// # Errors
/// What is wrong with it. The password is not told back.
pub(crate) fn options(address: &str, certificate: Option<&str>, source_hosts: &[String]) -> Result<Opts, SourceError> {
    let wrong = || {
        SourceError::new(
            "请填写 MySQL 地址：mysql://用户:密码@主机/数据库",
            "give the address of a MySQL database: mysql://USER:PASSWORD@HOST/DATABASE",
        )
    };
    let url = Url::parse(address).map_err(|_| wrong())?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(|it| it.into_owned()).map_err(|_| wrong());
    let host = url.host_str().filter(|it| !it.is_empty()).ok_or_else(wrong)?;
    let (user, database) = (decoded(url.username())?, decoded(url.path().trim_start_matches('/'))?);
    if user.is_empty() || database.is_empty() || database.contains('/') {
        return Err(wrong());
    }
    let port = url.port().unwrap_or(PORT);
    if !InternalHosts::new(source_hosts).holds_port(host, port) {
        return Err(not_named(host, port));
    }
    let password = url.password().map(decoded).transpose()?;
    let encryption = encryption(&url, certificate.is_some())?;
    let options = OptsBuilder::default()
        .ip_or_hostname(host.trim_start_matches('[').trim_end_matches(']'))
        .tcp_port(port)
        .user(Some(user))
        .pass(password)
        .db_name(Some(database))
        // Not what the server calls its socket: that is a file of this machine.
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(LONGEST_ROW))
        .wait_timeout(Some(usize::try_from(QUERY.as_secs()).unwrap_or(usize::MAX)))
        .ssl_opts(tls(encryption, certificate));
    Ok(options.into())
}

fn encryption(url: &Url, has_certificate: bool) -> Result<Encryption, SourceError> {
    let wrong = || {
        SourceError::new(
            "地址后只能写 ?ssl-mode=，取值为 disabled、required、verify-ca 或 verify-identity；填了证书时须为后两者之一",
            "only ?ssl-mode= may follow the address: disabled, required, verify-ca or verify-identity, one of the last two where there is a certificate",
        )
    };
    let mut asked = if has_certificate { Encryption::Identity } else { Encryption::None };
    for (name, value) in url.query_pairs() {
        asked = Encryption::of(&value).filter(|_| name == "ssl-mode").ok_or_else(wrong)?;
    }
    let is_checked = matches!(asked, Encryption::Authority | Encryption::Identity);
    if has_certificate && !is_checked { Err(wrong()) } else { Ok(asked) }
}

fn tls(encryption: Encryption, certificate: Option<&str>) -> Option<SslOpts> {
    let authorities = certificate.map(|it| vec![it.as_bytes().to_vec().into()]).unwrap_or_default();
    // Who names an authority means that one, and not every public one beside it.
    let own = SslOpts::default().with_disable_built_in_roots(certificate.is_some()).with_root_certs(authorities);
    match encryption {
        Encryption::None => None,
        Encryption::Required => Some(own.with_danger_accept_invalid_certs(true)),
        Encryption::Authority => Some(own.with_danger_skip_domain_validation(true)),
        Encryption::Identity => Some(own),
    }
}

/// Writes the answer of a query to a file, at most so many bytes; answers how many.
///
/// # Errors
/// What the database says of it; the disk.
pub(crate) async fn fetch(options: Opts, query: &str, target: &Path, most: u64) -> Result<u64, SourceError> {
    let late = || SourceError::new("数据库没有及时应答", "the database did not answer in time");
    let mut connection = timeout(CONNECT, Conn::new(options)).await.map_err(|_| late())?.map_err(|error| failed(&error))?;
    let offset = timeout(CONNECT, begin(&mut connection)).await.map_err(|_| late())??;
    let written = copy(&mut connection, query, offset.as_deref(), target, most).await?;
    // All has come; whether it takes leave is its own affair.
    drop(timeout(CONNECT, connection.disconnect()).await);
    Ok(written)
}

pub(crate) fn failed(error: &Error) -> SourceError {
    match error {
        Error::Server(it) => said(&it.message),
        Error::Driver(DriverError::LocalInfile(LocalInfileError::NoHandler)) => SourceError::new(
            "数据库要求读取本服务器上的文件，已拒绝；请检查数据库地址是否正确",
            "the database asked for a file of this server and was refused; look whether the address is the right one",
        ),
        other => said(&other.to_string()),
    }
}

async fn copy(connection: &mut Conn, query: &str, offset: Option<&str>, target: &Path, most: u64) -> Result<u64, SourceError> {
    // By itself it must be one statement that answers rows: neither several, nor one that writes a file or calls a procedure.
    let alone = connection.prep(query).await.map_err(|error| failed(&error))?;
    if alone.num_params() > 0 {
        return Err(SourceError::new(
            "查询中不能有参数（? 或 :名称），请直接写出值",
            "the query must not have parameters (? or :name); write the values themselves",
        ));
    }
    if alone.num_columns() == 0 {
        return Err(no_columns());
    }
    // As text, for the database writes its own numbers and dates best.
    let mut answer = connection.query_iter(query).await.map_err(|error| failed(&error))?;
    let shape = Shape::of(&answer.columns().ok_or_else(no_columns)?, offset)?;
    let mut rows = answer.stream::<Row>().await.map_err(|error| failed(&error))?.ok_or_else(no_columns)?;
    let file = Counted { inner: BufWriter::new(File::create(target).map_err(|error| disk(&error))?), written: 0 };
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(shape.names()).map_err(|error| disk(&std::io::Error::from(error)))?;
    while let Some(row) = rows.next().await {
        let row = row.map_err(|error| failed(&error))?;
        writer.write_record(shape.texts(&row)?).map_err(|error| disk(&std::io::Error::from(error)))?;
        if writer.get_ref().written > most {
            return Err(too_large(most));
        }
    }
    let file = writer.into_inner().map_err(|error| disk(&std::io::Error::other(error.to_string())))?;
    let written = file.written;
    let file = file.inner.into_inner().map_err(|error| disk(error.error()))?;
    file.sync_all().map_err(|error| disk(&error))?;
    if written > most { Err(too_large(most)) } else { Ok(written) }
}

/// A session that can change no table and that the database ends by itself, of an account without power over the server. Answers
/// how far its time is from that of Greenwich, where that is the same all year.
async fn begin(connection: &mut Conn) -> Result<Option<String>, SourceError> {
    let version = first_text(connection, "SELECT VERSION()").await?.unwrap_or_default();
    let is_mariadb = version.contains("MariaDB");
    let seconds = QUERY.as_secs();
    let limit = if is_mariadb { format!("max_statement_time = {seconds}") } else { format!("max_execution_time = {seconds}000") };
    match connection.query_drop(format!("SET SESSION {limit}")).await {
        // Before 5.7 there is none; then we alone end it.
        Err(Error::Server(it)) if it.code == UNKNOWN_VARIABLE => {}
        other => other.map_err(|error| failed(&error))?,
    }
    // Of the session, so that no other transaction can be begun in it that writes.
    for statement in ["SET NAMES utf8mb4", "SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"] {
        connection.query_drop(statement).await.map_err(|error| failed(&error))?;
    }
    refuse_powerful(connection, is_mariadb, &version).await?;
    let winter = first_text(connection, "SELECT TIMESTAMPDIFF(MINUTE, '2026-01-01 00:00:00', FROM_UNIXTIME(1767225600))").await?;
    let summer = first_text(connection, "SELECT TIMESTAMPDIFF(MINUTE, '2026-07-01 00:00:00', FROM_UNIXTIME(1782864000))").await?;
    Ok(winter.filter(|it| Some(it) == summer.as_ref()).and_then(|it| offset_of(&it)))
}

/// Counts what is written.
struct Counted {
    inner: BufWriter<File>,
    written: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn packet(number: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&length[..3], &[number], body].concat()
    }

    fn read_packet(stream: &mut TcpStream) -> Option<Vec<u8>> {
        let mut head = [0; 4];
        stream.read_exact(&mut head).ok()?;
        let mut body = vec![0; u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize];
        stream.read_exact(&mut body).ok()?;
        Some(body)
    }

    /// A server that lets everybody in and answers the first question as it likes. Answers what it was sent then.
    fn stand_in(listener: &TcpListener, answer: impl FnOnce(&mut TcpStream)) -> Vec<u8> {
        let (mut stream, _) = listener.accept().unwrap();
        let capabilities = 0x000f_a28f_u32.to_le_bytes();
        let mut greeting = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0".to_vec();
        greeting.extend_from_slice(&capabilities[..2]);
        greeting.extend_from_slice(&[45, 2, 0]);
        greeting.extend_from_slice(&capabilities[2..]);
        greeting.extend_from_slice(b"\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0");
        stream.write_all(&packet(0, &greeting)).unwrap();
        assert!(read_packet(&mut stream).is_some(), "it signs in");
        stream.write_all(&packet(2, &[0, 0, 0, 2, 0, 0, 0])).unwrap();
        assert_eq!(read_packet(&mut stream).unwrap()[0], 3, "a question");
        answer(&mut stream);
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        rest
    }

    #[test]
    fn no_file_of_ours_is_given_to_a_server_that_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "the secret of this machine").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let wanted = secret.to_string_lossy().into_owned();
        // The answer that asks for a file.
        let asks = move |stream: &mut TcpStream| stream.write_all(&packet(1, &[b"\xfb", wanted.as_bytes()].concat())).unwrap();
        let server = std::thread::spawn(move || stand_in(&listener, asks));
        let address = format!("mysql://u:p@{host}/x");
        let fetched = crate::fetch_query(&address, "select 1", &[host], &folder.path().join("out"), 1_000);
        let error = fetched.unwrap_err();
        assert!(error.message.en.contains("asked for a file"), "{error}");
        let sent = server.join().unwrap();
        assert!(!String::from_utf8_lossy(&sent).contains("secret of this machine"), "{sent:?}");
        assert!(!folder.path().join("out").exists());
    }

    #[test]
    fn a_server_that_never_ends_its_answer_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        // One column called `v`, a text; then rows of it for as long as anybody listens.
        let goes_on = |stream: &mut TcpStream| {
            let mut column = b"\x03def\0\0\0\x01v\0\x0c\x2d\0".to_vec();
            column.extend_from_slice(&[255, 0, 0, 0, 253, 0, 0, 0, 0, 0]);
            let head = [packet(1, &[1]), packet(2, &column), packet(3, &[0xfe, 0, 0, 2, 0])].concat();
            stream.write_all(&head).unwrap();
            let mut number = 4_u8;
            while stream.write_all(&packet(number, b"\x038.0")).is_ok() {
                number = number.wrapping_add(1);
            }
        };
        let server = std::thread::spawn(move || stand_in(&listener, goes_on));
        let address = format!("mysql://u:p@{host}/x");
        let error = crate::fetch_query(&address, "select 1", &[host], &folder.path().join("out"), 1_000).unwrap_err();
        assert!(error.message.en.contains("no database answers so"), "{error}");
        server.join().unwrap();
    }
}
