//! What of a record was found, as its reader may see it: of each field he sees whole, the text and where in it.

use guanxi_text::phone::local_form;
use guanxi_text::script::fold_for_search;
use guanxi_text::search_marks::{Mark, Wanted, excerpt, marks};

use crate::access::{Access, Place, Shown};
use crate::context::{Context, Locale};
use crate::read::Record;
use crate::schema::{Field, FieldKind};

use super::index::searched;

/// Longest text of a field that is told whole, in characters; of longer ones, so much around what was found.
pub(super) const MOST_SHOWN: usize = 160;
/// Fields that are told.
const MOST_FIELDS: usize = 6;

/// A field in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Matched {
    /// Name of the field; `text` of a file is what it says.
    pub field: String,
    /// Its text, as far as it is shown.
    pub text: String,
    /// Where in it, from and to, in units of UTF-16; in order and apart.
    pub ranges: Vec<Mark>,
}

/// The text of a field as the caller sees it in lists; nothing of what is covered for him, in whatever part.
fn shown_whole(context: &Context, record: &Record, field: &Field) -> Option<String> {
    if context.access.shown_of(&record.object, field, Place::List, &record.row) != Shown::Whole {
        return None;
    }
    let cells = field.cells(&record.row);
    if cells.iter().all(guanxi_expr::Value::is_null) {
        return None;
    }
    let text = Access::text_as(Shown::Whole, field, &cells)?;
    Some(match field.definition.kind {
        FieldKind::Phone => local_form(&text, &context.workspace.settings().region),
        FieldKind::Select if context.locale == Locale::En => {
            let option = field.definition.options.iter().find(|it| cells.first().and_then(|it| it.as_text()) == Some(it.value.as_str()));
            option.map_or(text, |it| it.label.en.clone())
        }
        _ => text,
    })
}

/// The fields of a record in which something of what was wanted stands: its title, the second fact told of it, and others as
/// far as something stands there that does not stand before.
pub(super) fn matched(context: &Context, record: &Record, second: Option<&str>, each: &[Vec<Wanted>]) -> Vec<Matched> {
    let title = record.object.definition.title_field.as_str();
    let mut fields: Vec<&Field> = searched(&record.object).collect();
    fields.sort_by_key(|it| (it.name() != title, second != Some(it.name())));
    let mut told = vec![false; each.len()];
    let mut found = Vec::new();
    for field in fields {
        let Some(text) = shown_whole(context, record, field) else { continue };
        let (places, there) = marks(&text, each);
        let is_always = field.name() == title || second == Some(field.name());
        let is_new = there.iter().zip(&told).any(|(there, told)| *there && !told);
        if places.is_empty() || !(is_always || is_new) {
            continue;
        }
        told.iter_mut().zip(there).for_each(|(told, there)| *told |= there);
        found.push(shown(field.name(), &text, &places));
        if found.len() == MOST_FIELDS {
            break;
        }
    }
    found
}

/// What was found in a text.
pub(super) fn matched_in(field: &str, text: &str, each: &[Vec<Wanted>]) -> Option<Matched> {
    let places = marks(text, each).0;
    (!places.is_empty()).then(|| shown(field, text, &places))
}

fn shown(field: &str, text: &str, places: &[Mark]) -> Matched {
    let (text, ranges) = excerpt(text, places, MOST_SHOWN);
    Matched { field: field.to_owned(), text, ranges }
}

/// Whether each of some things stands in a field the caller sees whole, or in a text beside them.
pub(super) fn has_each(context: &Context, record: &Record, beside: Option<&str>, each: &[Vec<Wanted>]) -> bool {
    let mut there = vec![false; each.len()];
    let fields = searched(&record.object).filter_map(|it| shown_whole(context, record, it));
    for text in fields.chain(beside.map(str::to_owned)) {
        there.iter_mut().zip(marks(&text, each).1).for_each(|(there, here)| *there |= here);
    }
    there.into_iter().all(|it| it)
}

/// Whether each phrase stands, but for width, case and the form of characters, in a field the caller sees whole, or in a text
/// beside them. Of a phone number it is enough that its digits do.
pub(super) fn says_each(context: &Context, record: &Record, beside: Option<&str>, phrases: &[String]) -> bool {
    let mut texts: Vec<String> = beside.map(fold_for_search).into_iter().collect();
    let mut numbers: Vec<String> = Vec::new();
    for field in searched(&record.object) {
        let Some(text) = shown_whole(context, record, field) else { continue };
        if field.definition.kind == FieldKind::Phone {
            // As it is kept too: with the code of its country.
            let kept = field.cells(&record.row).first().and_then(|it| it.as_text()).map(digits).unwrap_or_default();
            numbers.extend([digits(&text), kept]);
        }
        texts.push(fold_for_search(&text));
    }
    phrases.iter().all(|phrase| {
        let folded = fold_for_search(phrase);
        let number = digits(&folded);
        let is_number = number.len() >= MIN_DIGITS && !folded.chars().any(char::is_alphabetic);
        texts.iter().any(|it| it.contains(&folded)) || (is_number && numbers.iter().any(|it| it.contains(&number)))
    })
}

/// Fewest digits by which a phone number is meant.
const MIN_DIGITS: usize = 3;

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
