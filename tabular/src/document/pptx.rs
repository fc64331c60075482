//! PowerPoint: the paragraphs of each slide, in the order of the presentation.

use std::collections::HashMap;

use quick_xml::XmlVersion;

use super::xml::{Piece, attribute, walk};
use super::{Archive, Block, Writer, part};
use crate::error::TabularError;

pub fn read(archive: &mut Archive, writer: &mut Writer<'_>) -> Result<(), TabularError> {
    for (position, name) in slides(archive, writer)?.into_iter().enumerate() {
        if position >= writer.limits.max_slides {
            writer.document.is_cut = true;
            break;
        }
        let Some(xml) = part(archive, &name, writer.limits)? else { continue };
        if !writer.add(Block::Slide(position + 1)) || !read_slide(&xml, writer)? {
            break;
        }
    }
    Ok(())
}

/// Names of the slides' parts in the order they are shown.
fn slides(archive: &mut Archive, writer: &Writer<'_>) -> Result<Vec<String>, TabularError> {
    let mut targets = HashMap::new();
    if let Some(xml) = part(archive, "ppt/_rels/presentation.xml.rels", writer.limits)? {
        walk(&xml, |piece| {
            if let Piece::Begin(element, "Relationship") = piece
                && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
            {
                targets.insert(id, target);
            }
            true
        })?;
    }
    let mut names = Vec::new();
    if let Some(xml) = part(archive, "ppt/presentation.xml", writer.limits)? {
        walk(&xml, |piece| {
            if let Piece::Begin(element, "sldId") = piece {
                // Two attributes are called `id`; that of the relation has a prefix.
                let relation =
                    element.attributes().filter_map(Result::ok).find(|it| it.key.prefix().is_some() && it.key.local_name().into_inner() == "id");
                let target = relation.and_then(|it| it.normalized_value(XmlVersion::Implicit1_0).ok()).and_then(|it| targets.get(it.as_ref()));
                names.extend(target.map(|it| it.strip_prefix('/').map_or_else(|| format!("ppt/{it}"), str::to_owned)));
            }
            true
        })?;
    }
    Ok(names)
}

/// `false` where there is no room for more.
fn read_slide(xml: &str, writer: &mut Writer<'_>) -> Result<bool, TabularError> {
    let (mut paragraph, mut in_run, mut is_title, mut has_room, mut passed_over) = (String::new(), false, false, true, 0_usize);
    walk(xml, |piece| {
        match piece {
            Piece::Begin(_, "Fallback") => passed_over += 1,
            Piece::End("Fallback") => passed_over = passed_over.saturating_sub(1),
            Piece::Begin(_, "sp") => is_title = false,
            Piece::Begin(element, "ph") => is_title = matches!(attribute(element, "type").as_deref(), Some("title" | "ctrTitle")),
            Piece::Begin(_, "p") => paragraph.clear(),
            Piece::Begin(_, "t") => in_run = true,
            Piece::End("t") => in_run = false,
            Piece::Begin(_, "br") => paragraph.push('\n'),
            Piece::Text(text) if in_run && passed_over == 0 => paragraph.push_str(text),
            Piece::End("p") => {
                let text = std::mem::take(&mut paragraph);
                let text = text.trim();
                if !text.is_empty() {
                    has_room = writer.add(if is_title { Block::Heading(2, text.to_owned()) } else { Block::Paragraph(text.to_owned()) });
                }
            }
            _ => {}
        }
        has_room
    })?;
    Ok(has_room)
}
