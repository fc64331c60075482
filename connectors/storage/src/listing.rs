//! The answer to a listing. Read leniently: stores that speak the protocol do not agree on the name space of their answers.

use std::io::{Error, Result};

use quick_xml::Reader;
use quick_xml::events::Event;

/// One page of names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The names.
    pub keys: Vec<String>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// What is no XML.
pub fn read_listing(xml: &str) -> Result<Listing> {
    let mut reader = Reader::from_str(xml);
    let (mut listing, mut path, mut text) = (Listing::default(), Vec::new(), String::new());
    loop {
        match reader.read_event().map_err(Error::other)? {
            Event::Eof => return Ok(listing),
            Event::Start(start) => {
                path.push(start.local_name().into_inner().to_owned());
                text.clear();
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            // Names of ours hold nothing that is written as an entity.
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                match (path.last().map(String::as_str), name.as_str()) {
                    (Some("Contents"), "Key") => listing.keys.push(std::mem::take(&mut text)),
                    (Some("ListBucketResult"), "NextContinuationToken") => listing.next = Some(std::mem::take(&mut text)),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_the_next_page_are_found_in_any_name_space() {
        let xml = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://doc.s3.amazonaws.com/2006-03-01/\"><Name>files</Name>\
                   <Contents><Key>a/b</Key><Size>1</Size></Contents><Contents><Key>c</Key></Contents>\
                   <NextContinuationToken>token=</NextContinuationToken></ListBucketResult>";
        let listing = read_listing(xml).unwrap();
        assert_eq!((listing.keys, listing.next.as_deref()), (vec!["a/b".to_owned(), "c".to_owned()], Some("token=")));
        assert!(read_listing("<a><b></a>").is_err());
    }
}
