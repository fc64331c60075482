//! What an account of MySQL may do beside reading tables: whoever may more is not let ask for somebody else.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Result as Answer, Row, Value};

use crate::error::SourceError;

/// Rights over the whole server by which a query reads or writes the server's own files, or does whatever it likes.
const POWERS: [&str; 4] = ["ALL", "ALL PRIVILEGES", "FILE", "SUPER"];

/// Refuses an account that may do more than read tables, by itself or by a role it has. Read-only holds for tables, and not for
/// the files of the database's machine.
///
/// The outer error is the connection's, the inner one tells what is wrong with the account.
pub(crate) async fn refuse_powerful(connection: &mut Conn, is_mariadb: bool, version: &str) -> Answer<Result<(), SourceError>> {
    let mut granted = "SHOW GRANTS".to_owned();
    // MariaDB tells those of the role along with them, and before 8 MySQL had no roles.
    let major = version.split('.').next().and_then(|it| it.parse::<u32>().ok()).unwrap_or_default();
    if !is_mariadb && major >= 8 {
        let roles = texts(connection, "SELECT CURRENT_ROLE()").await?.pop();
        if let Some(roles) = roles.filter(|it| it != "NONE") {
            granted = format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}");
        }
    }
    let grants = texts(connection, &granted).await?;
    Ok(match grants.iter().find_map(|it| power_in(it)) {
        Some(power) => Err(SourceError::new(
            format!("数据库账号拥有 {power} 权限，请改用只读账号"),
            format!("the database's account has the right {power}; give one that may only read"),
        )),
        None => Ok(()),
    })
}

/// The first column of an answer. Whatever a server puts there is a text: the library's own conversions panic.
///
/// # Errors
/// The connection's.
pub(crate) async fn texts(connection: &mut Conn, question: &str) -> Answer<Vec<String>> {
    let rows: Vec<Row> = connection.query(question).await?;
    let text = |row: &Row| match row.as_ref(0) {
        Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    Ok(rows.iter().map(text).collect())
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
