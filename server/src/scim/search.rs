//! Filters of SCIM as expressions on records.

use guanxi_kernel::KernelError;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::attributes::{truth, without_schema};
use super::filter::{Comparison, Filter, Test, refuse};
use super::resource::Kind;

/// What an attribute is as a field.
enum Column {
    Text(&'static str),
    /// The sign-in name, kept in small letters.
    Address(&'static str),
    YesNo(&'static str),
    Time(&'static str),
    /// One other record, or the record itself.
    Record(&'static str),
    /// Several options.
    Options(&'static str),
    /// Several other records.
    Records(&'static str),
}

/// The same as an expression.
///
/// # Errors
/// `bad_filter` for attributes that nothing is found by, and for what they cannot be compared with.
pub fn expression(kind: Kind, filter: &Filter) -> Result<String, KernelError> {
    let several = |parts: &[Filter], sign: &str| -> Result<String, KernelError> {
        let parts: Result<Vec<String>, KernelError> = parts.iter().map(|it| expression(kind, it)).collect();
        Ok(format!("({})", parts?.join(sign)))
    };
    match filter {
        Filter::All(parts) => several(parts, " && "),
        Filter::Any(parts) => several(parts, " || "),
        Filter::Not(inner) => Ok(format!("!({})", expression(kind, inner)?)),
        Filter::Test(test) => one(kind, test),
    }
}

fn column(kind: Kind, path: &str) -> Option<Column> {
    let path = path.to_ascii_lowercase().replace(' ', "");
    // The one address and the one number a member has are for work and a mobile.
    let path = path.replace("emails[typeeq\"work\"]", "emails").replace("phonenumbers[typeeq\"mobile\"]", "phonenumbers");
    Some(match (kind, without_schema(&path)) {
        (Kind::User, "username" | "emails" | "emails.value") => Column::Address("email"),
        (Kind::User, "displayname" | "name.formatted") | (Kind::Group, "displayname") => Column::Text("name"),
        (Kind::User, "employeenumber") => Column::Text("employee_number"),
        (Kind::User, "title") => Column::Text("job_title"),
        (Kind::User, "phonenumbers" | "phonenumbers.value") => Column::Text("phone"),
        (Kind::User, "active") => Column::YesNo("active"),
        (Kind::User, "roles" | "roles.value") => Column::Options("roles"),
        (Kind::User, "manager" | "manager.value") => Column::Record("manager"),
        (Kind::Group, "members" | "members.value") => Column::Records("members"),
        (_, "externalid") => Column::Text("external_id"),
        (_, "id") => Column::Record("id"),
        (_, "meta.created") => Column::Time("created_at"),
        (_, "meta.lastmodified") => Column::Time("updated_at"),
        _ => return None,
    })
}

/// A text within an expression; whatever is in it stays text.
fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

fn one(kind: Kind, test: &Test) -> Result<String, KernelError> {
    let shown: String = test.path.chars().take(100).collect();
    let column = column(kind, &test.path).ok_or_else(|| refuse(&format!("不能按“{shown}”筛选"), &format!("nothing is found by {shown}")))?;
    let wrong = || refuse(&format!("“{shown}”不能这样比较"), &format!("{shown} cannot be compared like this"));
    let text = || test.value.as_str().ok_or_else(wrong);
    let order = match test.by {
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Unequal => "!=",
        _ => "==",
    };
    let is_equality = matches!(test.by, Comparison::Equal | Comparison::Unequal);
    let not = if test.by == Comparison::Unequal { "!" } else { "" };
    let (name, is_text) = match column {
        Column::Text(name) | Column::Address(name) => (name, true),
        Column::YesNo(name) | Column::Time(name) | Column::Record(name) | Column::Options(name) | Column::Records(name) => (name, false),
    };
    if test.by == Comparison::Present || (is_equality && test.value.is_null()) {
        return Ok(if test.by == Comparison::Equal { format!("!has({name})") } else { format!("has({name})") });
    }
    if is_text {
        return match test.by {
            Comparison::Equal | Comparison::Unequal if matches!(column, Column::Address(_)) => {
                // Letters' case does not count, however an address was stored before this was so.
                let address = guanxi_text::email::normalise(text()?.trim()).unwrap_or_else(|_| text().unwrap_or_default().to_owned());
                Ok(format!("{not}({name} in [{}, {}])", quoted(&address), quoted(&address.to_lowercase())))
            }
            Comparison::Equal | Comparison::Unequal => Ok(format!("{name} {order} {}", quoted(text()?))),
            Comparison::Contains => Ok(format!("{name}.contains({})", quoted(text()?))),
            Comparison::Starts => Ok(format!("{name}.startsWith({})", quoted(text()?))),
            Comparison::Ends => Ok(format!("{name}.endsWith({})", quoted(text()?))),
            _ => Err(wrong()),
        };
    }
    match column {
        Column::YesNo(_) if is_equality => Ok(format!("{name} {order} {}", truth(&test.value).ok_or_else(wrong)?)),
        Column::Time(_) => {
            let time: Timestamp = text()?.parse().map_err(|_| wrong())?;
            let ordered = is_equality || !matches!(test.by, Comparison::Contains | Comparison::Starts | Comparison::Ends);
            if ordered { Ok(format!("{name} {order} datetime({})", quoted(&time.to_string()))) } else { Err(wrong()) }
        }
        // What is no id is nobody's.
        Column::Record(_) if is_equality => {
            let id = Uuid::try_parse(text()?).unwrap_or(Uuid::max());
            Ok(format!("{name} {order} {}", quoted(&id.to_string())))
        }
        Column::Records(_) if is_equality => {
            let id = Uuid::try_parse(text()?).unwrap_or(Uuid::max());
            Ok(format!("{not}{name}.contains({})", quoted(&id.to_string())))
        }
        Column::Options(_) if is_equality => Ok(format!("{not}{name}.contains({})", quoted(text()?))),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::parse;
    use super::*;

    fn of(kind: Kind, text: &str) -> String {
        expression(kind, &parse(text).unwrap()).unwrap()
    }

    #[test]
    fn filters_become_expressions() {
        assert_eq!(of(Kind::User, r#"userName eq "Lin@Test.Example""#), r#"(email in ["Lin@test.example", "lin@test.example"])"#);
        assert_eq!(
            of(Kind::User, r#"urn:ietf:params:scim:schemas:core:2.0:User:externalId EQ "a\" || true" and active eq true"#),
            r#"(external_id == "a\" || true" && active == true)"#
        );
        assert_eq!(of(Kind::User, r#"not (title co "经理" or title pr)"#), r#"!((job_title.contains("经理") || has(job_title)))"#);
        assert_eq!(of(Kind::User, r#"emails[type eq "work"].value sw "a""#), r#"email.startsWith("a")"#);
        assert_eq!(of(Kind::User, r#"meta.lastModified gt "2026-01-02T03:04:05Z""#), r#"updated_at > datetime("2026-01-02T03:04:05Z")"#);
        assert_eq!(of(Kind::Group, r#"displayName eq "华东""#), r#"name == "华东""#);
        assert_eq!(of(Kind::Group, r#"id eq "no id""#), r#"id == "ffffffff-ffff-ffff-ffff-ffffffffffff""#);
    }

    #[test]
    fn what_nothing_is_found_by_is_refused() {
        for text in
            ["password eq \"a\"", "userName eq 5", "active co \"t\"", "active gt true", "meta.created gt \"soon\"", "name eq \"a\"", "id co \"a\""]
        {
            assert!(expression(Kind::User, &parse(text).unwrap()).is_err(), "{text}");
        }
    }
}
