//! The text of one content.

use std::io::{Cursor, Read as _, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use guanxi_kernel::files::Content;
use guanxi_kernel::search::{FileText, MOST_KEPT};

use super::pdf;
use crate::blobs::Blobs;
use crate::preview::{self, FilePreview, PreviewBlock, Way};

/// Sheets of a workbook that are read.
const MOST_SHEETS: usize = 20;

/// What a content says. What cannot be read, or would cost too much, says nothing: a job is not to fail for a file.
///
/// # Errors
/// The contents or the process that reads them cannot be had: that says nothing of the file.
pub(super) fn text_of(blobs: &Blobs, content: &Content) -> Result<FileText> {
    let is_pdf = content.content_type == "application/pdf" && pdf::is_read();
    let way = Way::of(&content.content_type);
    if way.is_none() && !is_pdf {
        return Ok(FileText::None);
    }
    if content.size > preview::LARGEST {
        return Ok(FileText::Failed);
    }
    let mut bytes = Vec::new();
    blobs.open(&content.sha256, None)?.take(preview::LARGEST).read_to_end(&mut bytes)?;
    let Some(way) = way else { return pdf::read_apart(bytes) };
    // Whatever a library stumbles over is this file's misfortune alone.
    let read = catch_unwind(AssertUnwindSafe(|| by_preview(way, &Arc::from(bytes), &content.name)));
    if read.is_err() {
        tracing::warn!(sha256 = content.sha256, "a file's text could not be read: the reader panicked");
    }
    Ok(read.ok().flatten().map_or(FileText::Failed, FileText::Read))
}

fn by_preview(way: Way, bytes: &Arc<[u8]>, name: &str) -> Option<String> {
    let mut text = String::new();
    let mut sheet: Option<String> = None;
    let mut left: Vec<String> = Vec::new();
    loop {
        let said = preview::read(way, Box::new(Cursor::new(bytes.clone())), name, sheet.as_deref());
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
