//! What an account of MySQL may do with the database's server: whoever has power over that is not let ask for somebody else.

use futures_util::StreamExt as _;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Row, Value};

use crate::error::SourceError;
use crate::mysql::failed;

/// Most rows and bytes of an answer to a question of ours: no account has so many rights.
const MOST_ROWS: usize = 10_000;
const MOST_BYTES: usize = 4_000_000;

/// Rights over the whole server by which a query reads or writes the server's own files, or does whatever it likes.
const POWERS: [&str; 4] = ["ALL", "ALL PRIVILEGES", "FILE", "SUPER"];

/// Refuses an account with one of these rights, by itself or by a role it has: a session that is read-only for tables is not for
/// the files of the database's machine. One that may write tables, or call functions, is not refused: the session keeps it from
/// the first, and from what functions do beside tables nothing keeps it but who made them.
///
/// # Errors
/// What is wrong with the account, or the connection's.
pub(crate) async fn refuse_powerful(connection: &mut Conn, is_mariadb: bool, version: &str) -> Result<(), SourceError> {
    let mut granted = "SHOW GRANTS".to_owned();
    // MariaDB tells those of the role along with them, and before 8 MySQL had no roles.
    let major = version.split('.').next().and_then(|it| it.parse::<u32>().ok()).unwrap_or_default();
    if !is_mariadb && major >= 8 {
        let roles = first_text(connection, "SELECT CURRENT_ROLE()").await?;
        if let Some(roles) = roles.filter(|it| it != "NONE") {
            granted = format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}");
        }
    }
    let grants = texts(connection, &granted).await?;
    match grants.iter().find_map(|it| power_in(it)) {
        Some(power) => Err(SourceError::new(
            format!("数据库账号拥有 {power} 权限，请改用只读账号"),
            format!("the database's account has the right {power}; give one that may only read"),
        )),
        None => Ok(()),
    }
}

/// The first column of an answer. Whatever a server puts there is a text: the library's own conversions panic.
///
/// # Errors
/// The connection's; an answer without end.
async fn texts(connection: &mut Conn, question: &str) -> Result<Vec<String>, SourceError> {
    let mut answer = connection.query_iter(question).await.map_err(|error| failed(&error))?;
    let Some(mut rows) = answer.stream::<Row>().await.map_err(|error| failed(&error))? else { return Ok(Vec::new()) };
    let (mut all, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().await {
        let text = match row.map_err(|error| failed(&error))?.as_ref(0) {
            Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        bytes += text.len();
        all.push(text);
        if all.len() > MOST_ROWS || bytes > MOST_BYTES {
            return Err(SourceError::new(
                "数据库的应答没有尽头，请检查数据库地址是否正确",
                "no database answers so; look whether the address is the right one",
            ));
        }
    }
    Ok(all)
}

/// The first column of the last row of an answer.
///
/// # Errors
/// The connection's; an answer without end.
pub(crate) async fn first_text(connection: &mut Conn, question: &str) -> Result<Option<String>, SourceError> {
    Ok(texts(connection, question).await?.pop())
}

/// The power that a line of `SHOW GRANTS` gives.
fn power_in(grant: &str) -> Option<&'static str> {
    let grant = grant.to_ascii_uppercase();
    let (rights, on) = grant.strip_prefix("GRANT ")?.split_once(" ON ")?;
    let held = |power: &&str| on.starts_with("*.* ") && rights.split(',').any(|it| it.trim() == *power);
    POWERS.into_iter().find(|it| held(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_told_from_rights_to_read() {
        for (grant, power) in [
            ("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", Some("ALL PRIVILEGES")),
            ("GRANT SELECT, FILE ON *.* TO `u`@`%`", Some("FILE")),
            ("GRANT SELECT, SUPER, EXECUTE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*0'", Some("SUPER")),
            ("GRANT USAGE ON *.* TO `u`@`%`", None),
            ("GRANT SELECT ON *.* TO `u`@`%`", None),
            ("GRANT ALL PRIVILEGES ON `crm`.* TO `u`@`%`", None),
            ("GRANT `file`@`%` TO `u`@`%`", None),
            ("GRANT SELECT (`file`) ON `crm`.`t` TO `u`@`%`", None),
        ] {
            assert_eq!(power_in(grant), power, "{grant}");
        }
    }
}
