//! What was nearly typed: terms that forgive a few wrong letters, or one wrong character of a Chinese name.

use std::collections::BTreeSet;

use guanxi_text::search_marks::Wanted;
use guanxi_text::search_tokens::{QueryToken, query_tokens};
use guanxi_text::spelling::{TypedWord, names_nearly, typed_words};

use super::known;
use crate::error::Result;
use crate::store::ReadTx;

/// What a record must have: of each term any of its lists of words.
pub(super) type Terms = Vec<Vec<Vec<(String, bool)>>>;

/// A query read forgivingly.
pub(super) struct Nearly {
    pub terms: Terms,
    /// By what each term is known again in a text; what is not there was found somewhere the reader does not see.
    pub wanted: Vec<Vec<Wanted>>,
    /// Whether it has words that stand in it only since some record has them.
    pub has_known: bool,
}

/// A query read more and more forgivingly; nothing where no word of it can have been misspelled, or no other one is known.
pub(super) fn readings(tx: &mut dyn ReadTx, query: &str) -> Result<Vec<Nearly>> {
    let words = typed_words(query);
    let mut known = Vec::with_capacity(words.len());
    for word in &words {
        known.push(if let TypedWord::Letters(letters) = word { known::meant_by(tx, letters)? } else { Default::default() });
    }
    let has_names = words.iter().any(|it| matches!(it, TypedWord::Name(_)));
    let levels = [has_names || known.iter().any(|it| !it[0].is_empty()), known.iter().any(|it| !it[1].is_empty())];
    Ok((1..=2).filter(|it| levels[it - 1]).map(|edits| nearly(&words, &known, edits)).collect())
}

fn nearly(words: &[TypedWord], known: &[[Vec<String>; 2]], edits: usize) -> Nearly {
    let mut reading = Nearly { terms: Vec::new(), wanted: Vec::new(), has_known: false };
    for (word, known) in words.iter().zip(known) {
        match word {
            TypedWord::Letters(letters) => {
                let meant: BTreeSet<&String> = std::iter::once(letters).chain(known[..edits].iter().flatten()).collect();
                let mut terms: Vec<Vec<(String, bool)>> = Vec::new();
                for word in &meant {
                    // The index is asked for what begins so: what begins with one that is asked for already is found with it.
                    if terms.last().is_none_or(|it| !word.starts_with(&it[0].0)) {
                        terms.push(vec![((*word).clone(), true)]);
                    }
                }
                reading.terms.push(terms);
                reading.wanted.push(meant.into_iter().map(|it| Wanted::Token(QueryToken { text: it.clone(), prefix: true })).collect());
                reading.has_known = true;
            }
            TypedWord::Name(name) => {
                let lists = names_nearly(name).into_iter().map(|it| it.into_iter().map(|it| (it, false)).collect());
                reading.terms.push(lists.collect());
                reading.wanted.push(vec![Wanted::Nearly(name.clone())]);
            }
            TypedWord::Exact(text) => {
                for token in query_tokens(text) {
                    reading.terms.push(vec![vec![(token.text.clone(), token.prefix)]]);
                    reading.wanted.push(vec![Wanted::Token(token)]);
                }
            }
        }
    }
    reading
}
