//! The words of Latin letters that records have, pinyin among them: what a word that was nearly typed may have meant.
//!
//! A word here is only another one to look for, under the rights of who looks. Nothing is told of it but the records he
//! finds by it.

use std::collections::BTreeSet;

use guanxi_expr::{CompareOp, Value};
use guanxi_text::search_tokens::index_name_tokens;
use guanxi_text::spelling::{Nearness, edits_of, known_word, nearness, one_edit};
use serde_json::Value as Json;

use super::rebuild::index_anew;
use crate::error::Result;
use crate::events::events_of_record;
use crate::read::Record;
use crate::schema::{ID, Object};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, WriteTx};
use crate::system_tables::KNOWN_WORD;

/// Known words read at once.
const PAGE: u64 = 64;
/// Pages that are read for words of two edits; those of one edit take one for each at most.
const MOST_PAGES: usize = 400;
/// Words of two edits that may have been meant by one. Of one edit there are fewer than 600.
const MOST_MEANT: usize = 400;
/// Rows written at once.
const ROWS: usize = 500;
/// Events of an erased record whose words are forgotten.
const MOST_EVENTS: u64 = 10_000;
/// Words of an erased record of which it is asked whether another one has them; of more, all are forgotten and its object is
/// indexed anew.
const MOST_ASKED: usize = 2_000;

/// Notes that records of an object have these words.
pub(super) fn note<'w>(tx: &mut dyn WriteTx, object: &str, words: impl Iterator<Item = &'w str>) -> Result<()> {
    let words: BTreeSet<&str> = words.flat_map(|it| it.split(' ')).filter_map(known_word).collect();
    let words: Vec<&str> = words.into_iter().collect();
    for some in words.chunks(ROWS) {
        let rows = some.iter().map(|it| vec![Value::Text((*it).to_owned()), Value::Text(object.to_owned())]).collect();
        tx.insert_later(&Insert { table: KNOWN_WORD.clone(), columns: vec![0, 1], rows, on_conflict: OnConflict::Ignore })?;
    }
    Ok(())
}

/// The beginnings of known words that may have been meant by one that was typed, by the number of edits between: first those
/// of one, then those of two. Not the word itself.
///
/// Of one edit none is left out, however many words there are: whether one of them is known to others changes nothing of what
/// is found by the rest.
pub(super) fn meant_by(tx: &mut dyn ReadTx, typed: &str) -> Result<[Vec<String>; 2]> {
    let most = edits_of(typed);
    let mut found = [Vec::new(), Vec::new()];
    if most == 0 {
        return Ok(found);
    }
    let mut known = Known { tx, page: Vec::new(), is_last: false, pages: 0 };
    for word in one_edit(typed) {
        if known.first_from(&word)?.is_some_and(|it| it.starts_with(&word)) {
            found[0].push(word);
        }
    }
    if most > 1 {
        found[1] = two_edits(known.anew(), typed)?;
    }
    Ok(found)
}

/// Of words that begin with the same two letters. What begins too far away to come near again is passed over.
fn two_edits(mut known: Known<'_>, typed: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let Some(begin) = typed.get(..2) else { return Ok(found) };
    let mut from = begin.to_owned();
    while let Some(word) = known.first_from(&from)?.filter(|it| it.starts_with(begin)) {
        from = match nearness(typed, &word, 2) {
            Nearness::Near(edits, meant) => {
                if edits == 2 {
                    found.push(meant.to_owned());
                }
                behind(meant)
            }
            Nearness::Far(beginning) => behind(beginning),
            Nearness::Short => format!("{word}a"),
        };
        if found.len() >= MOST_MEANT || known.pages >= MOST_PAGES {
            break;
        }
    }
    Ok(found)
}

/// What stands behind all that begins so.
fn behind(beginning: &str) -> String {
    let mut letters: Vec<char> = beginning.chars().collect();
    // Letters are ASCII: the next one of `z` is `{`.
    if let Some(last) = letters.last_mut() {
        *last = char::from_u32(u32::from(*last) + 1).unwrap_or(*last);
    }
    letters.into_iter().collect()
}

/// The known words in order, of which only some are read.
struct Known<'t> {
    tx: &'t mut dyn ReadTx,
    page: Vec<String>,
    /// Whether nothing stands behind the page.
    is_last: bool,
    pages: usize,
}

impl Known<'_> {
    fn anew(self) -> Self {
        Self { page: Vec::new(), is_last: false, pages: 0, ..self }
    }

    /// The first word from here on; what is asked for only grows.
    fn first_from(&mut self, from: &str) -> Result<Option<String>> {
        let at = self.page.partition_point(|it| it.as_str() < from);
        if let Some(word) = self.page.get(at) {
            return Ok(Some(word.clone()));
        }
        if self.is_last {
            return Ok(None);
        }
        let condition = Condition::Compare(ColumnRef::main(0), CompareOp::Ge, Value::Text(from.to_owned()));
        let select = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&KNOWN_WORD, condition).order_by(0, false).limited(PAGE) };
        let rows = self.tx.rows(&select)?;
        self.pages += 1;
        self.is_last = (rows.len() as u64) < PAGE;
        self.page = rows.into_iter().filter_map(|mut it| if let Some(Value::Text(word)) = it.pop() { Some(word) } else { None }).collect();
        Ok(self.page.first().cloned())
    }
}

/// Forgets the words that no record of its object has but one that is erased: those it has, and those the log says it had. The
/// record's row is gone.
pub(super) fn forget(tx: &mut dyn WriteTx, record: &Record) -> Result<()> {
    let mut tokens: Vec<String> = super::index::tokens_of(record);
    for event in events_of_record(tx, record.id(), None, MOST_EVENTS)? {
        event.changes.values().for_each(|it| add_tokens(it, &mut tokens));
    }
    let words: BTreeSet<String> = tokens.iter().filter_map(|it| known_word(it)).map(str::to_owned).collect();
    let is_much = words.len() > MOST_ASKED;
    let of_object = Condition::equals(ColumnRef::main(1), Value::Text(record.object.name.clone()));
    for word in words {
        if is_much || !others_have(tx, &record.object, &word)? {
            let condition = Condition::equals(ColumnRef::main(0), Value::Text(word)).and(of_object.clone());
            tx.delete(&Delete { table: KNOWN_WORD.clone(), condition })?;
        }
    }
    if is_much { index_anew(tx, &record.object) } else { Ok(()) }
}

fn add_tokens(told: &Json, tokens: &mut Vec<String>) {
    match told {
        Json::String(text) => tokens.extend(index_name_tokens(text)),
        Json::Array(all) => all.iter().for_each(|it| add_tokens(it, tokens)),
        Json::Object(parts) => parts.values().for_each(|it| add_tokens(it, tokens)),
        _ => {}
    }
}

fn others_have(tx: &mut dyn ReadTx, object: &Object, word: &str) -> Result<bool> {
    let words = vec![vec![(word.to_owned(), true)]];
    let having = Condition::Words { object: object.name.clone(), id: ColumnRef::main(ID), words };
    Ok(tx.count(&Select::all(&object.table, having), Some(1))? > 0)
}
