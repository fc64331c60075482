//! The text of one content.

use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guanxi_kernel::files::Content;
use guanxi_kernel::search::{FileText, MOST_KEPT};

use super::pdf;
use crate::blobs::Blobs;
use crate::preview::{self, FilePreview, PreviewBlock, Way};

/// Sheets of a workbook that are read.
const MOST_SHEETS: usize = 20;

/// What a content says. What cannot be read, or would cost too much, says nothing: a job is not to fail for a file.
pub(super) fn text_of(blobs: &Blobs, content: &Content) -> FileText {
    let is_pdf = content.content_type == "application/pdf";
    let way = Way::of(&content.content_type);
    if way.is_none() && !is_pdf {
        return FileText::None;
    }
    if content.size > preview::LARGEST {
        return FileText::Failed;
    }
    // Whatever a library stumbles over is this file's misfortune alone.
    let read = catch_unwind(AssertUnwindSafe(|| match way {
        Some(way) => by_preview(blobs, way, content),
        None => {
            let mut bytes = Vec::new();
            let opened = blobs.open(&content.sha256, None).ok()?;
            opened.take(preview::LARGEST).read_to_end(&mut bytes).ok()?;
            pdf::read_apart(bytes)
        }
    }));
    match read {
        Ok(Some(text)) => FileText::Read(text),
        Ok(None) => FileText::Failed,
        Err(_) => {
            tracing::warn!(sha256 = content.sha256, "a file's text could not be read: the reader panicked");
            FileText::Failed
        }
    }
}

fn by_preview(blobs: &Blobs, way: Way, content: &Content) -> Option<String> {
    let mut text = String::new();
    let mut sheet: Option<String> = None;
    let mut left: Vec<String> = Vec::new();
    loop {
        let opened = blobs.open(&content.sha256, None).ok()?;
        let said = preview::read(way, opened, &content.name, sheet.as_deref());
        match said {
            Ok(said) => {
                if let (FilePreview::Table { sheets, sheet: first, .. }, None) = (&said, &sheet) {
                    left = sheets.iter().take(MOST_SHEETS).rev().filter(|it| Some(*it) != first.as_ref()).cloned().collect();
                }
                add(&said, &mut text);
            }
            // Of a workbook one sheet may be empty.
            Err(_) if sheet.is_some() => {}
            Err(_) => return None,
        }
        if text.chars().count() > MOST_KEPT {
            break;
        }
        sheet = left.pop();
        if sheet.is_none() {
            break;
        }
    }
    Some(text)
}

fn add(said: &FilePreview, text: &mut String) {
    let mut line = |it: &str| {
        text.push_str(it);
        text.push('\n');
    };
    match said {
        FilePreview::Text { text, .. } => line(text),
        FilePreview::Table { rows, .. } => rows.iter().for_each(|it| line(&it.join(" "))),
        FilePreview::Document { blocks, .. } => blocks.iter().for_each(|block| match block {
            PreviewBlock::Heading { text, .. } | PreviewBlock::Paragraph { text } => line(text),
            PreviewBlock::Row { cells } => line(&cells.join(" ")),
            PreviewBlock::Slide { .. } => {}
        }),
    }
}
