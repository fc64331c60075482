//! The XML of WebDAV: bodies read into a small tree within limits, answers written with four fixed prefixes. Nothing is
//! expanded that a body defines itself; a body that defines anything is refused.

use std::borrow::Cow;

use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// WebDAV.
pub const DAV: &str = "DAV:";
/// CalDAV.
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// What Apple's first server added and everybody took over.
pub const SERVER: &str = "http://calendarserver.org/ns/";
/// What Apple's program added.
pub const APPLE: &str = "http://apple.com/ns/ical/";
/// The prefix each has in answers.
const PREFIXES: [(&str, &str); 4] = [("d", DAV), ("c", CALDAV), ("cs", SERVER), ("ic", APPLE)];

/// Elements within each other at most.
const DEEPEST: usize = 24;
/// Elements at most: those of a report that names a thousand resources are some thousands.
const MOST: usize = 10_000;

/// An element of a body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Its namespace; empty where it has none.
    pub space: String,
    /// Its name in there.
    pub name: String,
    /// Attributes without a namespace.
    pub attributes: Vec<(String, String)>,
    /// Its text, without that of elements within.
    pub text: String,
    /// What lies within.
    pub elements: Vec<Element>,
}

impl Element {
    /// Whether it is this one.
    pub fn is(&self, space: &str, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// The first element of this name within.
    pub fn find(&self, space: &str, name: &str) -> Option<&Self> {
        self.elements.iter().find(|it| it.is(space, name))
    }

    /// The elements of this name within.
    pub fn all<'a>(&'a self, space: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements.iter().filter(move |it| it.is(space, name))
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }
}

/// Reads a body. What is wrong with it in words, where it is none.
///
/// # Errors
/// Text that is no XML, that defines a document type or refers to what is not defined, and what is nested too deep or too long.
pub fn read(body: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let (mut open, mut whole, mut count): (Vec<Element>, Option<Element>, usize) = (Vec::new(), None, 0);
    loop {
        let (space, event) = reader.read_resolved_event().map_err(|error| error.to_string())?;
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                count += 1;
                if open.len() == DEEPEST || count > MOST {
                    return Err("its elements are too many or nested too deep".into());
                }
                let element = begun(&space, &start)?;
                open.push(element);
            }
            Event::End(_) => {
                let Some(element) = open.pop() else { return Err("an element ends that never began".into()) };
                match open.last_mut() {
                    Some(outer) => outer.elements.push(element),
                    None if whole.is_none() => whole = Some(element),
                    None => return Err("it has more than one root".into()),
                }
            }
            Event::Text(text) => append(&mut open, &text.xml10_content()),
            Event::CData(text) => append(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok().flatten() {
                Some(character) => append(&mut open, character.encode_utf8(&mut [0; 4])),
                None => match resolve_predefined_entity(&reference.xml10_content()) {
                    Some(text) => append(&mut open, text),
                    None => return Err("it refers to an entity".into()),
                },
            },
            Event::DocType(_) => return Err("it defines a document type".into()),
            _ => {}
        }
    }
    whole.filter(|_| open.is_empty()).ok_or_else(|| "it is not complete".into())
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn begun(space: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, String> {
    let space = match space {
        ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(prefix) => return Err(format!("the prefix {prefix} is not declared")),
    };
    let name = start.local_name().into_inner().to_owned();
    // It is given back in answers.
    let is_name = name.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.'));
    if !is_name || name.starts_with(|it: char| !it.is_alphabetic() && it != '_') {
        return Err("an element has no proper name".into());
    }
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.into_inner();
        if key != "xmlns" && !key.contains(':') {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            attributes.push((key.to_owned(), value.into_owned()));
        }
    }
    Ok(Element { space, name, attributes, ..Element::default() })
}

/// Text as it stands in XML, without characters that may not stand there at all.
pub fn told(text: &str) -> Cow<'_, str> {
    let is_told = |it: char| matches!(it, '\n' | '\r' | '\t') || !(it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}'));
    if text.chars().all(is_told) {
        // A line end would be read as another one: the text of a calendar keeps both of its characters.
        let escaped = escape(text);
        return if escaped.contains('\r') { Cow::Owned(escaped.replace('\r', "&#13;")) } else { escaped };
    }
    Cow::Owned(told(&text.chars().filter(|it| is_told(*it)).collect::<String>()).into_owned())
}

/// An element with what is within, which is XML already.
pub fn element(space: &str, name: &str, within: &str) -> String {
    let known = PREFIXES.iter().find(|it| it.1 == space);
    match (known, within.is_empty()) {
        (Some((prefix, _)), true) => format!("<{prefix}:{name}/>"),
        (Some((prefix, _)), false) => format!("<{prefix}:{name}>{within}</{prefix}:{name}>"),
        (None, true) => format!("<x:{name} xmlns:x=\"{}\"/>", told(space)),
        (None, false) => format!("<x:{name} xmlns:x=\"{}\">{within}</x:{name}>", told(space)),
    }
}

/// An element of WebDAV.
pub fn dav(name: &str, within: &str) -> String {
    element(DAV, name, within)
}

/// An element of CalDAV.
pub fn caldav(name: &str, within: &str) -> String {
    element(CALDAV, name, within)
}

/// `<d:href>`; the address is encoded already.
pub fn href(address: &str) -> String {
    dav("href", &told(address))
}

/// A document with this root.
pub fn document(space: &str, name: &str, within: &str) -> String {
    let declared: String = PREFIXES.iter().map(|(prefix, space)| format!(" xmlns:{prefix}=\"{space}\"")).collect();
    let prefix = PREFIXES.iter().find(|it| it.1 == space).map_or("d", |it| it.0);
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{prefix}:{name}{declared}>{within}</{prefix}:{name}>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_namespaces_and_not_by_prefixes() {
        let read = read(b"<?xml version='1.0'?><propfind xmlns='DAV:' xmlns:q='urn:ietf:params:xml:ns:caldav'><prop><q:calendar-data a='1&amp;2'/><x xmlns=''>&lt;&#65;<![CDATA[<]]></x></prop></propfind>")
            .expect("a body");
        let prop = read.find(DAV, "prop").expect("prop");
        assert!(read.is(DAV, "propfind"));
        assert_eq!(prop.find(CALDAV, "calendar-data").and_then(|it| it.attribute("a")), Some("1&2"));
        assert_eq!(prop.find("", "x").map(|it| it.text.as_str()), Some("<A<"));
    }

    #[test]
    fn what_is_made_to_hurt_is_refused() {
        let bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>";
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>";
        let deep = format!("{}{}", "<a>".repeat(25), "</a>".repeat(25));
        let many = format!("<a>{}</a>", "<b/>".repeat(10_000));
        for wrong in [bomb, outside, "<a>&b;</a>", "<a>", "</a>", "", "text", "<a/><b/>", "<x:a/>", "<a><b></a></b>", &deep, &many] {
            assert!(read(wrong.as_bytes()).is_err(), "{}", wrong.chars().take(80).collect::<String>());
        }
        assert!(read(b"<a>\xff</a>").is_err());
    }

    #[test]
    fn what_is_told_is_xml() {
        assert_eq!(told("a<b>&\"\r\n\u{1}"), "a&lt;b&gt;&amp;&quot;&#13;\n");
        assert_eq!(element("urn:x\"y", "z", ""), "<x:z xmlns:x=\"urn:x&quot;y\"/>");
        assert_eq!(document(DAV, "error", &caldav("no-uid-conflict", &href("/a"))).matches("<d:href>/a</d:href>").count(), 1);
    }
}
