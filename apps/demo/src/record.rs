//! One record of the demo company and how it is put together.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// A record to write, or a later change of one.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoRecord {
    /// Object it is of.
    pub object: &'static str,
    /// Its name within the stream, such as `account:17`. A key seen before means: change that record, only in the
    /// fields of `values`.
    pub key: String,
    /// Values in the JSON form of each field's type; a record referred to is `{"$ref": "its key"}`. Fields that are
    /// read-only to people (such as when a lead was converted) are among them.
    pub values: Map<String, Value>,
    /// When it was written (UTC); the start of the company's records where absent.
    pub created_at: Option<Timestamp>,
    /// Key of the member who wrote it, the owner where the object has owners; the administrator where absent.
    pub owner: Option<String>,
}

impl DemoRecord {
    /// A record without values.
    pub(crate) fn new(object: &'static str, key: impl Into<String>) -> Self {
        Self { object, key: key.into(), values: Map::new(), created_at: None, owner: None }
    }

    /// Says when it was written.
    pub(crate) fn at(mut self, at: Timestamp) -> Self {
        self.created_at = Some(at);
        self
    }

    /// Says who wrote it.
    pub(crate) fn by(mut self, user: &str) -> Self {
        self.owner = Some(user.to_owned());
        self
    }

    /// Makes it belong to a member and a department, and be written by the member.
    pub(crate) fn owned_by(self, user: &str, department: &str) -> Self {
        self.by(user).link("owner", user).link("department", department)
    }

    /// Sets a field; null and empty text leave it out.
    pub(crate) fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() && value != "" {
            self.values.insert(field.to_owned(), value);
        }
        self
    }

    /// Sets a reference to the record of a key.
    pub(crate) fn link(self, field: &str, key: &str) -> Self {
        if key.is_empty() { self } else { self.set(field, reference(key)) }
    }

    /// Sets a reference where there is one.
    pub(crate) fn link_some(self, field: &str, key: Option<&str>) -> Self {
        self.link(field, key.unwrap_or_default())
    }

    /// Sets a list of references (tags, many-to-many); an empty one is left out.
    pub(crate) fn link_all(self, field: &str, keys: &[String]) -> Self {
        if keys.is_empty() { self } else { self.set(field, keys.iter().map(|it| reference(it)).collect::<Vec<_>>()) }
    }

    /// Sets an amount in whole yuan.
    pub(crate) fn yuan(self, field: &str, yuan: i64) -> Self {
        self.set(field, json!({ "amount": format!("{yuan}.00"), "currency": "CNY" }))
    }

    /// Sets a day.
    pub(crate) fn day(self, field: &str, date: Date) -> Self {
        self.set(field, date.to_string())
    }

    /// Sets a moment.
    pub(crate) fn moment(self, field: &str, at: Timestamp) -> Self {
        self.set(field, at.to_string())
    }
}

fn reference(key: &str) -> Value {
    json!({ "$ref": key })
}

/// Where a text names a record: `ref=KEY` within an attribute.
const NAMED: &str = "ref=";

/// A value with every record it refers to by its key, `{"$ref": KEY}` or `ref=KEY"` within a text, made the record's id.
///
/// # Errors
/// As `id_of` says of a key.
pub fn resolved<E>(value: &Value, id_of: &mut dyn FnMut(&str) -> Result<String, E>) -> Result<Value, E> {
    Ok(match value {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(key) => Value::String(id_of(key)?),
            None => {
                let members = members.iter().map(|(name, value)| Ok((name.clone(), resolved(value, id_of)?)));
                Value::Object(members.collect::<Result<_, E>>()?)
            }
        },
        Value::Array(items) => items.iter().map(|it| resolved(it, id_of)).collect::<Result<_, E>>()?,
        Value::String(text) if text.contains(NAMED) => {
            let mut whole = String::new();
            for (index, piece) in text.split(NAMED).enumerate() {
                let (key, rest) = piece.split_once('"').unwrap_or((piece, ""));
                if index == 0 {
                    whole.push_str(piece);
                } else {
                    whole.push_str(&id_of(key)?);
                    whole.push('"');
                    whole.push_str(rest);
                }
            }
            Value::String(whole)
        }
        other => other.clone(),
    })
}

/// Whether a value refers to a record of one of some keys.
pub fn refers_to(value: &Value, is_one: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    let looked: Result<Value, ()> = resolved(value, &mut |key| {
        found |= is_one(key);
        Ok(String::new())
    });
    looked.is_ok() && found
}
