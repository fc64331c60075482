//! Blocks in a replicated document, in the form the editor of the web app reads and writes (`y-prosemirror`): an XML element
//! for each block, named and with attributes as the editor has them, and in those that hold a line an XML text, whose
//! formatting is the marks. Whoever edits may leave there whatever he likes, so reading takes what it knows and passes over
//! the rest.

use std::collections::HashMap;
use std::sync::Arc;

use yrs::types::Attrs;
use yrs::types::text::YChange;
use yrs::{
    Any, Number, Out, ReadTxn, Text as _, TransactionMut, Xml as _, XmlElementPrelim, XmlElementRef, XmlFragment, XmlOut, XmlTextPrelim, XmlTextRef,
};

use super::blocks::{Block, DEEPEST, Inline, Marks, item, push_text, quote};

/// What the sanitiser makes of every link, and the editor too.
const REL: &str = "noopener noreferrer nofollow";

/// Puts a block into an element, before its child at this place.
pub fn put(txn: &mut TransactionMut<'_>, parent: &impl XmlFragment, at: u32, block: &Block) {
    let new = |txn: &mut TransactionMut<'_>, name: &str| parent.insert(txn, at, XmlElementPrelim::empty(name));
    match block {
        Block::Paragraph(line) => {
            let element = new(txn, "paragraph");
            put_line(txn, &element, line);
        }
        Block::Heading(level, line) => {
            let element = new(txn, "heading");
            element.insert_attribute(txn, "level", Any::from(i64::from(*level)));
            put_line(txn, &element, line);
        }
        Block::Rule => {
            new(txn, "horizontalRule");
        }
        Block::Quote(blocks) => {
            let element = new(txn, "blockquote");
            put_all(txn, &element, blocks);
        }
        Block::Bullets(items) => {
            let element = new(txn, "bulletList");
            put_items(txn, &element, items);
        }
        Block::Numbers(start, items) => {
            let element = new(txn, "orderedList");
            element.insert_attribute(txn, "start", Any::from(i64::from(*start)));
            put_items(txn, &element, items);
        }
    }
}

fn put_all(txn: &mut TransactionMut<'_>, parent: &XmlElementRef, blocks: &[Block]) {
    for (at, block) in (0..).zip(blocks) {
        put(txn, parent, at, block);
    }
}

fn put_items(txn: &mut TransactionMut<'_>, list: &XmlElementRef, items: &[Vec<Block>]) {
    for blocks in items {
        let element = list.push_back(txn, XmlElementPrelim::empty("listItem"));
        put_all(txn, &element, blocks);
    }
}

fn put_line(txn: &mut TransactionMut<'_>, element: &XmlElementRef, line: &[Inline]) {
    let mut text: Option<XmlTextRef> = None;
    for part in line {
        match part {
            Inline::Break => {
                element.push_back(txn, XmlElementPrelim::empty("hardBreak"));
                text = None;
            }
            Inline::Text(chunk, marks) => {
                let into = text.get_or_insert_with(|| element.push_back(txn, XmlTextPrelim::new("")));
                let end = into.len(&*txn);
                into.insert_with_attributes(txn, end, chunk, attributes(marks));
            }
        }
    }
}

fn attributes(marks: &Marks) -> Attrs {
    let nothing = || Any::Map(Arc::new(HashMap::new()));
    let simple = [(marks.bold, "bold"), (marks.code, "code"), (marks.italic, "italic"), (marks.strike, "strike"), (marks.underline, "underline")];
    let mut attributes: Attrs = simple.into_iter().filter(|it| it.0).map(|it| (it.1.into(), nothing())).collect();
    if let Some(address) = &marks.link {
        let link = [("href", address.as_str()), ("target", "_blank"), ("rel", REL)];
        let link: HashMap<String, Any> = link.into_iter().map(|(key, value)| (key.to_owned(), Any::String(value.into()))).collect();
        attributes.insert("link".into(), Any::Map(Arc::new(link)));
    }
    attributes
}

/// The blocks a child of an element or of the whole text stands for.
pub fn get(txn: &impl ReadTxn, node: &XmlOut, depth: usize) -> Vec<Block> {
    match node {
        XmlOut::Text(text) => {
            let mut line = Vec::new();
            get_text(txn, text, &mut line);
            if line.is_empty() { Vec::new() } else { vec![Block::Paragraph(line)] }
        }
        XmlOut::Fragment(_) => Vec::new(),
        XmlOut::Element(element) => get_element(txn, element, depth),
    }
}

fn get_element(txn: &impl ReadTxn, element: &XmlElementRef, depth: usize) -> Vec<Block> {
    let name = element.try_tag().map(|it| it.to_string()).unwrap_or_default();
    let number = |key: &str| element.get_attribute(txn, key).and_then(number_of);
    match name.as_str() {
        "paragraph" => vec![Block::Paragraph(get_line(txn, element))],
        "heading" => vec![Block::Heading(if number("level") == Some(2) { 2 } else { 3 }, get_line(txn, element))],
        "horizontalRule" => vec![Block::Rule],
        "hardBreak" => vec![Block::Paragraph(vec![Inline::Break])],
        _ if depth >= DEEPEST => Vec::new(),
        "blockquote" => vec![quote(get_all(txn, element, depth + 1))],
        "bulletList" | "orderedList" => {
            let items: Vec<Vec<Block>> = element.children(txn).filter_map(|it| get_item(txn, &it, depth + 1)).collect();
            match name.as_str() {
                _ if items.is_empty() => Vec::new(),
                "bulletList" => vec![Block::Bullets(items)],
                _ => vec![Block::Numbers(number("start").unwrap_or(1), items)],
            }
        }
        _ => get_all(txn, element, depth + 1),
    }
}

fn get_item(txn: &impl ReadTxn, node: &XmlOut, depth: usize) -> Option<Vec<Block>> {
    match node {
        XmlOut::Element(element) if element.try_tag().is_some_and(|it| &**it == "listItem") => Some(item(get_all(txn, element, depth))),
        other => Some(get(txn, other, depth)).filter(|it| !it.is_empty()).map(item),
    }
}

fn get_all(txn: &impl ReadTxn, element: &XmlElementRef, depth: usize) -> Vec<Block> {
    element.children(txn).flat_map(|it| get(txn, &it, depth)).collect()
}

fn get_line(txn: &impl ReadTxn, element: &XmlElementRef) -> Vec<Inline> {
    let mut line = Vec::new();
    for child in element.children(txn) {
        match child {
            XmlOut::Text(text) => get_text(txn, &text, &mut line),
            XmlOut::Element(element) if element.try_tag().is_some_and(|it| &**it == "hardBreak") => line.push(Inline::Break),
            _ => {}
        }
    }
    line
}

fn get_text(txn: &impl ReadTxn, text: &XmlTextRef, line: &mut Vec<Inline>) {
    for chunk in text.diff(txn, YChange::identity) {
        if let Out::Any(Any::String(string)) = &chunk.insert {
            let marks = chunk.attributes.as_deref().map(marks_of).unwrap_or_default();
            push_text(line, string, &marks);
        }
    }
}

fn marks_of(attributes: &Attrs) -> Marks {
    let mut marks = Marks::default();
    for (key, value) in attributes.iter().filter(|it| !matches!(it.1, Any::Null | Any::Undefined)) {
        // Marks of which there may be several at once are told apart behind their names.
        match key.split("--").next().unwrap_or_default() {
            "bold" => marks.bold = true,
            "code" => marks.code = true,
            "italic" => marks.italic = true,
            "strike" => marks.strike = true,
            "underline" => marks.underline = true,
            "link" => {
                if let Any::Map(link) = value
                    && let Some(Any::String(address)) = link.get("href")
                {
                    marks.link = Some(address.to_string());
                }
            }
            _ => {}
        }
    }
    marks
}

fn number_of(value: Out) -> Option<u32> {
    match value {
        Out::Any(Any::String(text)) => text.parse().ok(),
        Out::Any(Any::Number(Number::Int(number))) => u32::try_from(number).ok(),
        Out::Any(Any::Number(Number::Float(number))) if number.trunc() == number => format!("{number:.0}").parse().ok(),
        _ => None,
    }
}
