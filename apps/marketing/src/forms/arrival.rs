//! By which link somebody came to a form, as far as the link, or the page it stands on, said it. Anybody can write anything
//! there: it is bounded, told as text, and never keeps a visitor out.

use std::collections::BTreeMap;

use guanxi_kernel::read::Record;
use serde_json::{Map, Value as Json};

/// The page the visitor was on before.
pub const REFERRER: &str = "referrer";
/// What is kept of a link, by the names of the fields of a submission and of a lead.
pub const SAID: [&str; 6] = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", REFERRER];
/// Most characters of a tag and of the page.
const LONGEST_TAG: usize = 200;
const LONGEST_PAGE: usize = 300;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival(BTreeMap<&'static str, String>);

impl Arrival {
    /// Takes what is said under a name, where nothing stands there yet. Other names are passed over.
    pub fn take(&mut self, name: &str, said: &str) {
        let Some(name) = SAID.iter().find(|it| **it == name) else { return };
        let kept = if *name == REFERRER { page(said) } else { Some(plain(said, LONGEST_TAG)).filter(|it| !it.is_empty()) };
        if let Some(kept) = kept {
            self.0.entry(*name).or_insert(kept);
        }
    }

    /// What another one says besides.
    pub fn take_all(&mut self, other: &Self) {
        other.iter().for_each(|(name, said)| self.take(name, said));
    }

    /// What a submission kept.
    pub(crate) fn of_record(submission: &Record) -> Self {
        let mut arrival = Self::default();
        for name in SAID {
            if let Some(said) = submission.text(name) {
                arrival.take(name, &said);
            }
        }
        arrival
    }

    /// Names and what is said.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, said)| (*name, said.as_str()))
    }

    /// What is said under a name.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// As values of a record.
    pub(crate) fn values(&self) -> Map<String, Json> {
        self.iter().map(|(name, said)| (name.to_owned(), Json::from(said))).collect()
    }
}

/// In one line, without characters that nobody sees or that turn the order of others round.
fn plain(said: &str, longest: usize) -> String {
    let is_seen =
        |it: &char| !it.is_control() && !matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let seen: String = said.trim().chars().filter(is_seen).take(longest).collect();
    seen.trim().to_owned()
}

/// The address of a page without what may be anybody's own: name and password before the host, search words and keys behind
/// the question mark.
fn page(said: &str) -> Option<String> {
    let said = plain(said, LONGEST_PAGE * 4);
    let (scheme, rest) = said.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.split(['?', '#']).next()?;
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = place.rsplit('@').next()?.to_lowercase();
    let is_page = ["http", "https"].contains(&scheme.as_str()) && !host.is_empty() && !host.contains(char::is_whitespace);
    is_page.then(|| format!("{scheme}://{host}/{path}").chars().take(LONGEST_PAGE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(said: &[(&str, &str)]) -> Arrival {
        let mut arrival = Arrival::default();
        said.iter().for_each(|(name, said)| arrival.take(name, said));
        arrival
    }

    #[test]
    fn the_first_word_counts_and_other_names_are_passed_over() {
        let it = arrival(&[("utm_source", " baidu "), ("utm_source", "other"), ("utm_medium", " \n "), ("owner", "me"), ("UTM_TERM", "x")]);
        assert_eq!(it.iter().collect::<Vec<_>>(), [("utm_source", "baidu")]);
    }

    #[test]
    fn hostile_texts_are_bounded_and_stay_texts() {
        let long = "长".repeat(5_000);
        let it = arrival(&[("utm_term", &long), ("utm_content", "a\u{202e}b\u{0}c\r\nd"), ("utm_source", "<script>")]);
        assert_eq!(it.said("utm_term").map(|it| it.chars().count()), Some(LONGEST_TAG));
        assert_eq!((it.said("utm_content"), it.said("utm_source")), (Some("abcd"), Some("<script>")));
    }

    #[test]
    fn of_a_page_the_address_is_kept_and_nothing_of_its_own() {
        let of = |said: &str| arrival(&[(REFERRER, said)]).said(REFERRER).map(str::to_owned);
        assert_eq!(of("https://me:secret@WWW.Example.com/a/b?q=name&token=1#x").as_deref(), Some("https://www.example.com/a/b"));
        assert_eq!(of("http://example.com").as_deref(), Some("http://example.com/"));
        for bad in ["", "javascript:alert(1)", "javascript://x/%0aalert(1)", "data://x", "https://", "/path", "https:// a/"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(of(&format!("https://a.example/{}", "x".repeat(2_000))).map(|it| it.len()), Some(LONGEST_PAGE));
    }
}
