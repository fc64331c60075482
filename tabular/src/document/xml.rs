//! The little of XML that documents need: elements by their local names, text with its references, and the names of those
//! around. Nothing is expanded that a document defines itself.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::broken;
use crate::error::TabularError;

/// Elements within each other; a document of ours has some dozens.
const DEEPEST: usize = 200;

/// What happens while a document is read.
pub enum Piece<'a> {
    /// An element begins.
    Begin(&'a BytesStart<'a>, &'a str),
    /// An element ends.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// Reads through a part; ends early where `each` answers `false`.
pub fn walk(xml: &str, mut each: impl FnMut(Piece<'_>) -> bool) -> Result<(), TabularError> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut depth = 0_usize;
    loop {
        let goes_on = match reader.read_event().map_err(broken)? {
            Event::Eof => return Ok(()),
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(broken("its elements are nested too deep"));
                }
                each(Piece::Begin(&start, start.local_name().into_inner()))
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                each(Piece::End(end.local_name().into_inner()))
            }
            Event::Text(text) => each(Piece::Text(&text.xml10_content())),
            Event::CData(text) => each(Piece::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                match character {
                    Some(it) => each(Piece::Text(it.encode_utf8(&mut [0; 4]))),
                    None => each(Piece::Text(resolve_predefined_entity(&reference.xml10_content()).unwrap_or_default())),
                }
            }
            Event::DocType(_) => return Err(broken("it defines a document type")),
            _ => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// An attribute by its local name.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().filter_map(Result::ok).find(|it| it.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
