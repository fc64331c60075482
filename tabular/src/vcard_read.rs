//! Cards of people (vCard 2.1, 3.0 and 4.0), as telephones and address books give them: one row a card.

use std::io::{BufRead, BufReader, Read};

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardProperty, VCardType, VCardValue};
use calcard::{Entry, Parser, common::IanaType};
use guanxi_text::encoding::DecodingReader;

use crate::error::TabularError;
use crate::limits::Limits;
use crate::records::{Found, Unfolded, Unfolding};
use crate::source::Source;

/// Between several values of one column.
const BETWEEN: &str = "; ";

/// Whether a text begins as a card does.
pub(crate) fn begins_like_card(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim_start().get(..11).is_some_and(|it| it.eq_ignore_ascii_case("BEGIN:VCARD"))
}

pub(crate) fn unfold(source: &Source, limits: &Limits) -> Result<Unfolded, TabularError> {
    let mut reader = BufReader::new(DecodingReader::refusing_changes(source.reader()?));
    let mut unfolding = Unfolding::begin(limits)?;
    let mut card = String::new();
    let mut is_open = false;
    let mut is_too_long = false;
    while let Some(line) = next_line(&mut reader, limits.max_row_bytes)? {
        let begins = is_line(&line, "BEGIN:VCARD");
        // A card within another one is an agent of the old kind: part of the outer card's text, and of no use here.
        if begins && !is_open {
            (is_open, is_too_long) = (true, false);
            card.clear();
        }
        if is_open && card.len() + line.len() <= limits.max_row_bytes {
            card.push_str(&line);
            card.push_str("\r\n");
        } else {
            is_too_long |= is_open;
        }
        if is_open && is_line(&line, "END:VCARD") {
            is_open = false;
            unfolding.add(if is_too_long { Err(format!("it is longer than {} bytes", limits.max_row_bytes)) } else { record_of(&card, limits) })?;
        }
    }
    if is_open {
        unfolding.add(Err("the file stops in the middle of it".to_owned()))?;
    }
    unfolding.end()
}

fn is_line(line: &str, wanted: &str) -> bool {
    line.trim().eq_ignore_ascii_case(wanted)
}

/// A line without its end; of one that is too long only the beginning.
fn next_line<R: Read>(reader: &mut BufReader<R>, most: usize) -> Result<Option<String>, TabularError> {
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        any = true;
        let end = buffer.iter().position(|it| *it == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        line.extend_from_slice(&part[..part.len().min((most + 1).saturating_sub(line.len()))]);
        let used = end.map_or(buffer.len(), |it| it + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(any.then(|| String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned()))
}

fn record_of(text: &str, limits: &Limits) -> Found {
    let card = match Parser::new(text).entry() {
        Entry::VCard(card) => card,
        _ => return Err("it is not a card that can be read".to_owned()),
    };
    let mut row = Row::default();
    for entry in &card.entries {
        row.take(entry);
    }
    row.name(&card);
    match row.values.iter().find(|it| it.1.len() > limits.max_cell_bytes) {
        Some((name, _)) => Err(format!("`{name}` is longer than {} bytes", limits.max_cell_bytes)),
        None if row.values.is_empty() => Err("there is nothing in it that can be used".to_owned()),
        None => Ok(row.values),
    }
}

/// Values of one card by the column they go to, in the order met.
#[derive(Default)]
struct Row {
    values: Vec<(String, String)>,
}

impl Row {
    fn add(&mut self, column: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match self.values.iter_mut().find(|it| it.0 == column) {
            Some((_, present)) if present.split(BETWEEN).any(|it| it == value) => {}
            Some((_, present)) => *present = format!("{present}{BETWEEN}{value}"),
            None => self.values.push((column.to_owned(), value.to_owned())),
        }
    }

    fn take(&mut self, entry: &VCardEntry) {
        match entry.name {
            VCardProperty::Tel => {
                let column = if is_of(entry, &VCardType::Cell) {
                    "mobile"
                } else if is_of(entry, &VCardType::Fax) {
                    "fax"
                } else {
                    "phone"
                };
                self.first(column, entry, |it| it.trim_start_matches("tel:").to_owned());
            }
            VCardProperty::Email => self.first("email", entry, |it| it.trim_start_matches("mailto:").to_owned()),
            VCardProperty::Org => self.parts(entry, &["company", "department"]),
            VCardProperty::Title => self.first("title", entry, str::to_owned),
            VCardProperty::Adr => {
                // Post box and extension are out of use; then street, city, province, postcode, country.
                self.parts(entry, &["", "", "address.street", "address.city", "address.province", "postcode", "country"]);
            }
            VCardProperty::Url => self.first("website", entry, str::to_owned),
            VCardProperty::Note => self.first("note", entry, str::to_owned),
            VCardProperty::Categories => texts(entry).iter().for_each(|it| self.add("tags", it)),
            VCardProperty::Bday => {
                if let Some(date) = entry.values.first().and_then(date_text) {
                    self.add("birthday", &date);
                }
            }
            _ => {}
        }
    }

    fn first(&mut self, column: &str, entry: &VCardEntry, mend: impl Fn(&str) -> String) {
        if let Some(text) = texts(entry).first() {
            self.add(column, &mend(text));
        }
    }

    /// Parts of a value by their place; of several such values the first that has any.
    fn parts(&mut self, entry: &VCardEntry, columns: &[&str]) {
        if columns.iter().any(|column| self.values.iter().any(|it| it.0 == *column)) {
            return;
        }
        for (column, part) in columns.iter().zip(texts(entry)).filter(|it| !it.0.is_empty()) {
            self.add(column, &part);
        }
    }

    /// The name as written, else from its parts: family and given name, joined as the script has it.
    fn name(&mut self, card: &VCard) {
        let whole = card.property(&VCardProperty::Fn).and_then(|it| texts(it).into_iter().next()).filter(|it| !it.trim().is_empty());
        let parts = card.property(&VCardProperty::N).map(texts).unwrap_or_default();
        let part = |at: usize| parts.get(at).map(|it| it.trim().to_owned()).unwrap_or_default();
        let (family, given) = (part(0), part(1));
        let joined = if family.is_ascii() && given.is_ascii() { format!("{given} {family}") } else { format!("{family}{given}") };
        let name = whole.unwrap_or(joined);
        if !name.trim().is_empty() {
            self.values.insert(0, ("name".to_owned(), name.trim().to_owned()));
        }
    }
}

fn texts(entry: &VCardEntry) -> Vec<String> {
    let mut texts = Vec::new();
    for value in &entry.values {
        match value {
            VCardValue::Component(parts) => texts.extend(parts.iter().cloned()),
            other => texts.extend(other.as_text().map(str::to_owned)),
        }
    }
    texts
}

fn is_of(entry: &VCardEntry, kind: &VCardType) -> bool {
    entry.parameters(&VCardParameterName::Type).any(|it| matches!(it.as_type(), Some(IanaType::Iana(found)) if found == kind))
}

fn date_text(value: &VCardValue) -> Option<String> {
    let VCardValue::PartialDateTime(date) = value else { return value.as_text().map(str::to_owned) };
    let (year, month, day) = (date.year?, date.month?, date.day?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}
