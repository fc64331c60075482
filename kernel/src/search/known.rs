//! The words of Latin letters that records have, pinyin among them: what a word that was nearly typed may have meant.
//!
//! A word here is only another one to look for, under the rights of who looks. Nothing is told of it but the records he
//! finds by it.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_expr::{CompareOp, Value};
use guanxi_text::search_tokens::index_name_tokens;
use guanxi_text::spelling::{edits_of, known_word, meant};
use serde_json::Value as Json;

use crate::error::Result;
use crate::events::events_of_record;
use crate::read::Record;
use crate::schema::{ID, Object};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, WriteTx};
use crate::system_tables::SEARCH_WORD;

/// Known words of one first letter that are compared with what was typed.
const MOST_COMPARED: u64 = 60_000;
/// Words that may have been meant by one.
const MOST_MEANT: usize = 64;
/// Rows written at once.
const ROWS: usize = 500;
/// Events of an erased record whose words are forgotten.
const MOST_EVENTS: u64 = 10_000;
/// Words of an erased record of which it is asked whether another one has them; of more, all are forgotten.
const MOST_ASKED: usize = 200;

/// Notes that records have these words.
pub(super) fn note<'w>(tx: &mut dyn WriteTx, words: impl Iterator<Item = &'w str>) -> Result<()> {
    let words: BTreeSet<&str> = words.flat_map(|it| it.split(' ')).filter_map(known_word).collect();
    let words: Vec<&str> = words.into_iter().collect();
    for some in words.chunks(ROWS) {
        let rows = some.iter().map(|it| vec![Value::Text((*it).to_owned())]).collect();
        tx.insert_later(&Insert { table: SEARCH_WORD.clone(), columns: vec![0], rows, on_conflict: OnConflict::Ignore })?;
    }
    Ok(())
}

/// The beginnings of known words that may have been meant by one that was typed, by the number of edits between: first those
/// of one, then those of two. Not the word itself.
pub(super) fn meant_by(tx: &mut dyn ReadTx, typed: &str) -> Result<[Vec<String>; 2]> {
    let most = edits_of(typed);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let Some(first) = typed.chars().next().filter(|_| most > 0) else { return Ok([Vec::new(), Vec::new()]) };
    let word = ColumnRef::main(0);
    let from = Condition::Compare(word, CompareOp::Ge, Value::Text(first.to_string()));
    // The next letter of ASCII, or what stands behind `z`.
    let next = char::from_u32(u32::from(first) + 1).unwrap_or(first);
    let until = Condition::Compare(word, CompareOp::Lt, Value::Text(next.to_string()));
    let select = Select::all(&SEARCH_WORD, from.and(until)).order_by(0, false).limited(MOST_COMPARED);
    tx.select(&select, &mut |row| {
        if let Some(Value::Text(known)) = row.first()
            && let Some((edits, meant)) = meant(typed, known, most)
            && edits > 0
            && !found.contains_key(meant)
        {
            found.insert(meant.to_owned(), edits);
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let of = |edits: usize| found.iter().filter(|it| *it.1 == edits).map(|it| it.0.clone()).take(MOST_MEANT).collect();
    Ok([of(1), of(2)])
}

/// Forgets the words that nobody has but a record that is erased: those it has, and those the log says it had. The record's
/// row is gone.
pub(super) fn forget(tx: &mut dyn WriteTx, record: &Record) -> Result<()> {
    let mut tokens: Vec<String> = super::index::tokens_of(record);
    for event in events_of_record(tx, record.id(), None, MOST_EVENTS)? {
        event.changes.values().for_each(|it| add_tokens(it, &mut tokens));
    }
    let words: BTreeSet<String> = tokens.iter().filter_map(|it| known_word(it)).map(str::to_owned).collect();
    let is_much = words.len() > MOST_ASKED;
    for word in words {
        if is_much || !others_have(tx, &record.object, &word)? {
            tx.delete(&Delete { table: SEARCH_WORD.clone(), condition: Condition::equals(ColumnRef::main(0), Value::Text(word)) })?;
        }
    }
    Ok(())
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
