//! A source as an administrator declared it: what goes out, what comes back, and whether it may.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::SOURCE_OBJECT;
use guanxi_kernel::read::{Record, known_records, may_be_named};
use guanxi_kernel::schema::{Field, FieldKind, Label, Object, Origin, Schema};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use guanxi_privacy::{PEOPLE, tells_of_a_person};
use guanxi_sources::Method;
use serde_json::Value as Json;
use uuid::Uuid;

/// People whose data is never sent without a purpose. An account is most often a company.
const NEEDS_PURPOSE: [&str; 2] = ["contact", "lead"];
/// Most fields sent, and most taken.
const MOST_FIELDS: usize = 40;
/// Longest value that is kept of an answer, as JSON in bytes, and longest of all of a record.
const LONGEST_VALUE: usize = 8_000;
const LONGEST_TOLD: usize = 64_000;
/// Headers that are the connection's or the message's own, or would let the address be another; with the beginnings of more.
const NOT_FOR_SECRETS: [&str; 11] =
    ["host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "accept", "cookie", "forwarded"];
const NOT_BEGINNING: [&str; 4] = ["content-", "proxy-", "accept-", "x-forwarded-"];

/// A source that is understood.
#[derive(Debug, Clone)]
pub struct EnrichmentSource {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whose records.
    pub object: Arc<Object>,
    /// Where it is asked.
    pub address: String,
    /// How.
    pub method: Method,
    /// Header of the secret.
    pub header: String,
    /// Records without it are not asked about.
    pub matched: String,
    /// Fields sent, with their names there.
    pub sends: Vec<(String, String)>,
    /// Fields taken, with their places in the answer.
    pub takes: Vec<(String, String)>,
    /// Why data of people is sent.
    pub purpose: Option<Uuid>,
    /// Seconds.
    pub timeout: i64,
    /// Questions a minute.
    pub per_minute: i64,
    /// Questions a day.
    pub per_day: i64,
    /// Whether it is switched on.
    pub active: bool,
    /// Who answers for it; what begins by itself has his rights.
    pub owner: Option<Uuid>,
}

/// What is wrong with a source, and with which field of it.
#[derive(Debug)]
pub struct Wrong {
    /// Field of the source.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: Label,
}

fn wrong(field: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Wrong {
    Wrong { field, message: Label::new(zh_cn, en) }
}

fn kept(record: &Record, field: &str) -> String {
    if let Value::Text(text) = record.value(field) { text } else { String::new() }
}

fn number(record: &Record, field: &str) -> i64 {
    if let Value::Int(number) = record.value(field) { number } else { 1 }
}

impl EnrichmentSource {
    /// Reads a source as saved, or about to be.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(schema: &Schema, record: &Record) -> std::result::Result<Self, Wrong> {
        let name = kept(record, "object");
        let object = schema.object(&name).filter(|it| may_be_named(it) && !it.definition.setting);
        let object = object.cloned().ok_or_else(|| wrong("object", format!("没有对象“{name}”"), format!("there is no object `{name}`")))?;
        let sends = pairs("sends", &kept(record, "sends"))?;
        let takes = pairs("takes", &kept(record, "takes"))?;
        let source = Self {
            id: record.id(),
            name: record.title(),
            address: kept(record, "address"),
            method: if kept(record, "method") == "get" { Method::Get } else { Method::Post },
            header: kept(record, "auth_header"),
            matched: kept(record, "match_field").trim().to_owned(),
            purpose: record.reference("purpose"),
            timeout: number(record, "timeout"),
            per_minute: number(record, "per_minute"),
            per_day: number(record, "per_day"),
            active: record.value("active").is_true(),
            owner: record.reference("owner"),
            object,
            sends,
            takes,
        };
        source.check()?;
        Ok(source)
    }

    fn check(&self) -> std::result::Result<(), Wrong> {
        let object = &self.object;
        let is_person = PEOPLE.contains(&object.name.as_str());
        let unknown =
            |field: &'static str, name: &str| wrong(field, format!("没有可用的字段“{name}”"), format!("there is no field `{name}` for this"));
        let header = self.header.to_ascii_lowercase();
        if NOT_FOR_SECRETS.contains(&header.as_str()) || NOT_BEGINNING.iter().any(|it| header.starts_with(it)) {
            return Err(wrong(
                "auth_header",
                format!("“{}”不能用作密钥的请求头", self.header),
                format!("`{}` is no header for a secret", self.header),
            ));
        }
        for (name, _) in &self.sends {
            let field = object.field(name).filter(|it| may_leave(it)).ok_or_else(|| unknown("sends", name))?;
            let is_personal = tells_of_a_person(object, field);
            if is_personal && !is_person {
                return Err(wrong(
                    "sends",
                    format!("“{name}”是个人信息，只能随客户、联系人和线索发送"),
                    format!("`{name}` is data of a person, which is sent of accounts, contacts and leads only"),
                ));
            }
            if is_personal && self.purpose.is_none() {
                return Err(needs_purpose());
            }
        }
        for (name, _) in &self.takes {
            object.field(name).filter(|it| may_come(it)).ok_or_else(|| unknown("takes", name))?;
        }
        if !self.sends.iter().any(|it| it.0 == self.matched) {
            return Err(wrong("match_field", "查询依据须是发送的字段之一", "must be one of the fields sent"));
        }
        if self.purpose.is_none() && NEEDS_PURPOSE.contains(&object.name.as_str()) {
            return Err(needs_purpose());
        }
        if self.purpose.is_some() && !is_person {
            return Err(wrong("purpose", "目的只用于客户、联系人和线索", "a purpose is for accounts, contacts and leads"));
        }
        Ok(())
    }

    /// What the answer says of each field taken; nothing of those it does not tell of. What no field could hold is not kept: the
    /// fields it was for come as a reason, see [`too_large`].
    pub fn told(&self, answer: &Json) -> (serde_json::Map<String, Json>, Option<String>) {
        let found = self.takes.iter().filter_map(|(field, place)| Some((field, at(answer, place)?)));
        let found = found.filter(|it| !it.1.is_null() && it.1.as_str().is_none_or(|it| !it.trim().is_empty()));
        let (mut told, mut large, mut length) = (serde_json::Map::new(), Vec::new(), 0);
        for (field, value) in found {
            let more = length_of(value, LONGEST_VALUE).filter(|it| length + it <= LONGEST_TOLD);
            match more {
                Some(more) => {
                    length += more;
                    told.insert(field.clone(), value.clone());
                }
                None => large.push(field.as_str()),
            }
        }
        (told, (!large.is_empty()).then(|| format!("{TOO_LARGE}{}", large.join(","))))
    }
}

const TOO_LARGE: &str = "too_large:";

/// The fields whose values were not kept, of a reason that tells them.
pub(super) fn too_large(reason: &str) -> Option<impl Iterator<Item = &str>> {
    reason.strip_prefix(TOO_LARGE).map(|it| it.split(','))
}

/// How long a value is, where it is one that a field may have: a scalar, or a list or an object of some. Nothing where it is longer
/// than `most`.
fn length_of(value: &Json, most: usize) -> Option<usize> {
    let of_scalar = |it: &Json| match it {
        Json::Array(_) | Json::Object(_) => None,
        Json::String(text) => Some(text.len() + 2),
        other => Some(other.to_string().len()),
    };
    let add = |sum: usize, more: usize| Some(sum + more).filter(|it| *it <= most);
    match value {
        Json::Array(items) => items.iter().try_fold(2, |sum, it| add(sum, of_scalar(it)? + 1)),
        Json::Object(parts) => parts.iter().try_fold(2, |sum, (name, it)| add(sum, name.len() + of_scalar(it)? + 4)),
        scalar => of_scalar(scalar).filter(|it| *it <= most),
    }
}

fn needs_purpose() -> Wrong {
    wrong(
        "purpose",
        "发送个人信息须选择处理目的，只有允许处理的人才会发送",
        "choose the purpose for which data of people is sent; only those it may be processed of are",
    )
}

/// A value in an answer: names and numbers of places, with points between them.
fn at<'j>(answer: &'j Json, place: &str) -> Option<&'j Json> {
    place.split('.').try_fold(answer, |it, part| match it {
        Json::Array(items) => items.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

/// Lines of `field = name`, or of the field alone.
fn pairs(field: &'static str, text: &str) -> std::result::Result<Vec<(String, String)>, Wrong> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut names = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let (name, other) = line.split_once(['=', ':', '：']).map_or((line, line.to_owned()), |(name, other)| (name.trim(), other.trim().to_owned()));
        if name.is_empty() || other.is_empty() {
            return Err(wrong(field, format!("看不懂这一行：{line}"), format!("this line is not understood: {line}")));
        }
        if !names.insert(name.to_owned()) {
            return Err(wrong(field, format!("“{name}”写了两次"), format!("`{name}` is there twice")));
        }
        found.push((name.to_owned(), other));
    }
    if found.is_empty() || found.len() > MOST_FIELDS {
        return Err(wrong(field, format!("应为 1 到 {MOST_FIELDS} 个字段，一行一个"), format!("1 to {MOST_FIELDS} fields, one on each line")));
    }
    Ok(found)
}

/// Plain values: neither files, nor what other records are, nor what only the system knows.
fn may_leave(field: &Field) -> bool {
    let kind = field.definition.kind;
    // What is counted of other records has their fields in it, whosever they are.
    let is_other = matches!(kind, FieldKind::File | FieldKind::Image | FieldKind::Json | FieldKind::Record | FieldKind::Rollup);
    let is_plain = !is_other && !field.is_reference();
    is_plain && field.link.is_none() && field.origin != Origin::System
}

fn may_come(field: &Field) -> bool {
    may_leave(field) && !field.is_computed() && !field.definition.read_only && field.definition.kind != FieldKind::AutoNumber
}

/// A source that is there.
///
/// # Errors
/// Fails where the database does.
pub fn source_of(context: &Context, tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<Record>> {
    let one = |column: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(column("id")?, Value::Id(id)));
    Ok(known_records(context, tx, SOURCE_OBJECT, one, 1)?.pop())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_fields_with_their_names_elsewhere() {
        let read = |text: &str| pairs("sends", text).map_err(|it| it.message.en);
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(
            read("name\n credit_code = creditCode \n\nphone：tel").unwrap(),
            [pair("name", "name"), pair("credit_code", "creditCode"), pair("phone", "tel")]
        );
        for bad in ["", "name\nname = x", "= x", "name ="] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_no_field_could_hold_has_no_length() {
        assert_eq!(length_of(&json!("abc"), 8_000), Some(5));
        assert_eq!(length_of(&json!({ "province": "44", "street": "x" }), 8_000), Some(31));
        assert!(length_of(&json!(["a", "b", 3]), 8_000).is_some());
        for bad in [json!("x".repeat(8_000)), json!([["a"]]), json!({ "a": {} }), json!(vec!["xxxxxxxx"; 1_000])] {
            assert_eq!(length_of(&bad, 8_000), None);
        }
    }

    #[test]
    fn places_in_an_answer_lead_through_objects_and_lists() {
        let answer = json!({ "data": [{ "tel": "1" }, { "tel": null }], "site": "x" });
        assert_eq!(at(&answer, "data.0.tel"), Some(&json!("1")));
        assert_eq!(at(&answer, "site"), Some(&json!("x")));
        for nowhere in ["data.2.tel", "data.tel", "site.x", ""] {
            assert_eq!(at(&answer, nowhere), None, "{nowhere}");
        }
    }
}
