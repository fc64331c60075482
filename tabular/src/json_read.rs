//! JSON in the forms tables come in: a list of objects, the same under a name such as `data`, an object a line, or objects
//! one after the other.

use std::fmt;
use std::io::{BufRead, BufReader, Chain, Cursor, Read};

use guanxi_text::encoding::DecodingReader;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::error::TabularError;
use crate::limits::Limits;
use crate::records::{Found, Unfolded, Unfolding};
use crate::source::Source;

/// Names under which services answer their lists.
const WRAPPERS: [&str; 10] = ["data", "items", "records", "results", "result", "rows", "value", "values", "list", "content"];
/// How deep objects within objects become columns (`address.city`); deeper ones stay text.
const MAX_DEPTH: usize = 4;
/// How far into a file a list is looked for.
const LOOKED_AT: usize = 64 * 1024;
/// Between the values of a list within a record.
const BETWEEN: &str = "; ";

/// Whether a text begins as JSON does that holds records.
pub(crate) fn begins_like_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let inside = |rest: &str, closing: char, next: &[char]| rest.trim_start().starts_with(next) || rest.trim_start().starts_with(closing);
    text.strip_prefix('[').is_some_and(|rest| inside(rest, ']', &['{']))
        || text.strip_prefix('{').is_some_and(|rest| inside(rest, '}', &['"']) && !rest.trim_start().starts_with("\"\""))
}

pub(crate) fn unfold(source: &Source, limits: &Limits) -> Result<Unfolded, TabularError> {
    let mut splitter = Splitter::new(DecodingReader::refusing_changes(source.reader()?), limits.max_row_bytes)?;
    let mut unfolding = Unfolding::begin(limits)?;
    while let Some(piece) = splitter.next()? {
        unfolding.add(piece.and_then(|text| record_of(&text, limits)))?;
    }
    unfolding.end()
}

fn record_of(text: &[u8], limits: &Limits) -> Found {
    let Members(members) = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let mut values = Vec::with_capacity(members.len());
    for (name, value) in members {
        flatten(name, value, 1, &mut values);
    }
    if values.len() > limits.max_columns {
        return Err(format!("it has more than {} values", limits.max_columns));
    }
    match values.iter().find(|it| it.1.len() > limits.max_cell_bytes) {
        Some((name, _)) => Err(format!("`{name}` is longer than {} bytes", limits.max_cell_bytes)),
        None => Ok(values),
    }
}

/// Names and values of an object in the order they stand in, which is that of the columns.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            // Said twice, the last one counts, as everywhere.
            match members.iter_mut().find(|it| it.0 == name) {
                Some(known) => known.1 = value,
                None => members.push((name, value)),
            }
        }
        Ok(Members(members))
    }
}

fn flatten(name: String, value: Value, depth: usize, values: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => values.push((name, text)),
        Value::Bool(_) | Value::Number(_) => values.push((name, value.to_string())),
        Value::Object(members) if depth < MAX_DEPTH => {
            for (inner, value) in members {
                flatten(format!("{name}.{inner}"), value, depth + 1, values);
            }
        }
        Value::Array(items) if items.iter().all(|it| !it.is_array() && !it.is_object()) => {
            let texts = items.into_iter().filter(|it| !it.is_null()).map(|it| if let Value::String(text) = it { text } else { it.to_string() });
            values.push((name, texts.collect::<Vec<_>>().join(BETWEEN)));
        }
        Value::Object(_) | Value::Array(_) => values.push((name, value.to_string())),
    }
}

/// How records follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Elements of a list.
    List,
    /// One a line.
    Lines,
    /// One after the other.
    Stream,
}

/// Cuts a text into the texts of its records, without reading them: a broken one does not spoil the next.
struct Splitter<R> {
    reader: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    form: Form,
    max_bytes: usize,
    ended: bool,
}

type Piece = Result<Vec<u8>, String>;

impl<R: Read> Splitter<R> {
    fn new(mut source: R, max_bytes: usize) -> Result<Self, TabularError> {
        // A source may give its text in pieces of any size; where the list begins shows in all of the first part.
        let mut head = Vec::new();
        source.by_ref().take(LOOKED_AT as u64).read_to_end(&mut head)?;
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut reader = BufReader::with_capacity(LOOKED_AT, Cursor::new(head).chain(source));
        reader.fill_buf()?;
        let blank = text.len() - text.trim_start_matches('\u{FEFF}').trim_start().len();
        let rest = &text[blank..];
        let (form, skipped) = if rest.starts_with('[') {
            (Form::List, blank + 1)
        } else if rest.lines().next().is_some_and(|line| serde_json::from_str::<Value>(line).is_ok_and(|it| it.is_object()))
            && wrapped_list(rest).is_none()
        {
            (Form::Lines, blank)
        } else {
            wrapped_list(rest).map_or((Form::Stream, blank), |at| (Form::List, blank + at))
        };
        reader.consume(skipped);
        Ok(Self { reader, form, max_bytes, ended: false })
    }

    fn next(&mut self) -> Result<Option<Piece>, TabularError> {
        if self.ended {
            return Ok(None);
        }
        if self.form == Form::Lines { self.next_line() } else { self.next_element() }
    }

    fn next_line(&mut self) -> Result<Option<Piece>, TabularError> {
        loop {
            let mut line = Vec::new();
            let mut length = 0;
            let mut any = false;
            while let Some(byte) = self.byte()? {
                any = true;
                if byte == b'\n' {
                    break;
                }
                length += 1;
                if length <= self.max_bytes {
                    line.push(byte);
                }
            }
            if !any {
                self.ended = true;
                return Ok(None);
            }
            if length > self.max_bytes {
                return Ok(Some(Err(self.too_long())));
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Ok(line)));
            }
        }
    }

    fn next_element(&mut self) -> Result<Option<Piece>, TabularError> {
        let first = loop {
            match self.byte()? {
                None if self.form == Form::List => {
                    self.ended = true;
                    return Ok(Some(Err("the file stops before its list ends".to_owned())));
                }
                None => {
                    self.ended = true;
                    return Ok(None);
                }
                // What stands after the list belongs to what wraps it.
                Some(b']') if self.form == Form::List => {
                    self.ended = true;
                    return Ok(None);
                }
                Some(byte) if byte.is_ascii_whitespace() || byte == b',' => {}
                Some(byte) => break byte,
            }
        };
        let mut piece = vec![first];
        let mut length = 1;
        let mut state = Nesting::default();
        state.pass(first);
        loop {
            if state.is_over() {
                return Ok(Some(if length > self.max_bytes { Err(self.too_long()) } else { Ok(piece) }));
            }
            // A bare value ends before what follows it.
            if state.depth == 0 && !state.in_text && matches!(self.peek()?, Some(b',' | b']' | b'\n') | None) {
                return Ok(Some(Ok(piece)));
            }
            let Some(byte) = self.byte()? else {
                self.ended = true;
                return Ok(Some(Err("the file stops in the middle of it".to_owned())));
            };
            state.pass(byte);
            length += 1;
            if length <= self.max_bytes {
                piece.push(byte);
            }
        }
    }

    fn too_long(&self) -> String {
        format!("it is longer than {} bytes", self.max_bytes)
    }

    fn peek(&mut self) -> Result<Option<u8>, TabularError> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn byte(&mut self) -> Result<Option<u8>, TabularError> {
        let byte = self.peek()?;
        self.reader.consume(usize::from(byte.is_some()));
        Ok(byte)
    }
}

/// Where in nested brackets and texts one stands.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_text: bool,
    escaped: bool,
    opened: bool,
}

impl Nesting {
    fn pass(&mut self, byte: u8) {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => {
                self.depth += 1;
                self.opened = true;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// The brackets it began with are closed.
    fn is_over(&self) -> bool {
        self.opened && self.depth == 0 && !self.in_text
    }
}

/// Where a list of objects begins that stands under one of the usual names in the outermost object.
fn wrapped_list(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut state = Nesting::default();
    let (mut begun, mut name) = (0, None);
    for (at, &byte) in bytes.iter().enumerate() {
        let was_text = state.in_text;
        state.pass(byte);
        if state.depth == 1 && !was_text && state.in_text {
            begun = at + 1;
        } else if state.depth == 1 && was_text && !state.in_text {
            name = text.get(begun..at);
        } else if state.depth == 2 && byte == b'[' && !was_text {
            let is_list_of_objects = text.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
            if is_list_of_objects && name.is_some_and(|it| WRAPPERS.contains(&it.to_ascii_lowercase().as_str())) {
                return Some(at + 1);
            }
        }
    }
    None
}
