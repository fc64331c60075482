//! JSON as we take it: no key twice in an object, no deeper than [`MAX_DEPTH`].

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep arrays and objects may be within each other.
pub const MAX_DEPTH: usize = 64;

/// Names of a place that are told; what lies deeper is told as lying there.
const MAX_NAMES: usize = 6;

/// Why a text is not JSON as we take it.
#[derive(Debug)]
pub struct Broken {
    /// Where: `operations[3].values.name`; empty where it is about the whole.
    pub field: String,
    /// What is wrong.
    pub reason: serde_json::Error,
}

/// Reads one JSON value.
///
/// # Errors
/// Says what is wrong and where.
pub fn parse(bytes: &[u8]) -> Result<Value, Broken> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let place = Place::default();
    let read = Strict { depth: 0, place: &place }.deserialize(&mut deserializer);
    read.and_then(|value| deserializer.end().map(|()| value)).map_err(|reason| Broken { field: place.text(), reason })
}

/// Where an error is: its names from the innermost out, noted only once there is one.
#[derive(Default)]
struct Place(RefCell<Vec<String>>);

impl Place {
    fn within<T, E>(&self, outcome: Result<T, E>, name: impl FnOnce() -> String) -> Result<T, E> {
        outcome.inspect_err(|_| self.0.borrow_mut().push(name()))
    }

    fn text(&self) -> String {
        let names = self.0.borrow();
        let text = names.iter().rev().take(MAX_NAMES).fold(String::new(), |text, name| {
            let between = if text.is_empty() || name.starts_with('[') { "" } else { "." };
            text + between + name
        });
        text.chars().take(200).collect()
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    place: &'a Place,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH { Err(E::custom(format!("nested deeper than {MAX_DEPTH}"))) } else { Ok(Self { depth: self.depth + 1, ..self }) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = self.place.within(items.next_element_seed(inner), || format!("[{}]", list.len()))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let shown = || key.chars().take(80).collect::<String>();
            let value = self.place.within(entries.next_value_seed(inner), shown)?;
            if map.contains_key(&key) {
                let twice = A::Error::custom(format!("the key `{}` stands twice in one object", shown()));
                return self.place.within(Err(twice), shown);
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#" {"a": [1, -2, 3.5, "x\u661f", true, null], "b": {"c": {}}} "#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn refuses_double_keys_depth_and_rubbish() {
        assert!(parse(br#"{"a": 1, "a": 2}"#).unwrap_err().reason.to_string().contains("`a`"));
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert!(parse(deep(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(parse(deep(200_000).as_bytes()).is_err());
        for text in ["", "{", "{} {}", "nul", "{\"a\":\"\u{1}\"}"] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn tells_where() {
        for (text, field) in [
            (&b"{\"a\": {\"b\": [0, {\"c\": 1e999}]}}"[..], "a.b[1].c"),
            (b"{\"a\": 1, \"b\": \"\xff\"}", "b"),
            (b"{\"a\": \"\x00\"}", "a"),
            (b"{\"a\": {\"b\": 1, \"b\": 2}}", "a.b"),
            (b"{\"a\": [1, ", "a[1]"),
            (b"{\"a\": 1", ""),
            (b"[[1, x]]", "[0][1]"),
            (b"{} x", ""),
        ] {
            assert_eq!(parse(text).unwrap_err().field, field, "{}", String::from_utf8_lossy(text));
        }
        let deep = format!("{{\"a\": {}}}", "[".repeat(100));
        assert_eq!(parse(deep.as_bytes()).unwrap_err().field, "a[0][0][0][0][0]");
    }
}
