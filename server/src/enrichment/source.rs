//! A source as an administrator declared it: what goes out, what comes back, and whether it may.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::SOURCE_OBJECT;
use guanxi_kernel::read::{Record, known_records, may_be_named};
use guanxi_kernel::schema::{Field, FieldKind, Label, Object, Origin, Schema};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use guanxi_privacy::PEOPLE;
use guanxi_sources::Method;
use serde_json::Value as Json;
use uuid::Uuid;

/// Fields that are of a person wherever they stand: they leave with records of people only, of whom it is known what they said.
const PERSONAL: [FieldKind; 4] = [FieldKind::PersonName, FieldKind::Phone, FieldKind::Email, FieldKind::Address];
/// People whose data is never sent without a purpose. An account is most often a company.
const NEEDS_PURPOSE: [&str; 2] = ["contact", "lead"];
/// Most fields sent, and most taken.
const MOST_FIELDS: usize = 40;

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
        for (name, _) in &self.sends {
            let field = object.field(name).filter(|it| may_leave(it)).ok_or_else(|| unknown("sends", name))?;
            if PERSONAL.contains(&field.definition.kind) && !is_person {
                return Err(wrong(
                    "sends",
                    format!("“{name}”是个人信息，只能随客户、联系人和线索发送"),
                    format!("`{name}` is data of a person, which is sent of accounts, contacts and leads only"),
                ));
            }
            if PERSONAL.contains(&field.definition.kind) && self.purpose.is_none() {
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

    /// What the answer says of each field taken; nothing of those it does not tell of.
    pub fn told(&self, answer: &Json) -> serde_json::Map<String, Json> {
        let found = self.takes.iter().filter_map(|(field, place)| Some((field.clone(), at(answer, place)?.clone())));
        found.filter(|it| !it.1.is_null() && it.1.as_str().is_none_or(|it| !it.trim().is_empty())).collect()
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
    let is_plain = !matches!(kind, FieldKind::File | FieldKind::Image | FieldKind::Json | FieldKind::Record) && !field.is_reference();
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
    fn places_in_an_answer_lead_through_objects_and_lists() {
        let answer = json!({ "data": [{ "tel": "1" }, { "tel": null }], "site": "x" });
        assert_eq!(at(&answer, "data.0.tel"), Some(&json!("1")));
        assert_eq!(at(&answer, "site"), Some(&json!("x")));
        for nowhere in ["data.2.tel", "data.tel", "site.x", ""] {
            assert_eq!(at(&answer, nowhere), None, "{nowhere}");
        }
    }
}
