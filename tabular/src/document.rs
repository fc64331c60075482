//! The text of a document somebody brought, to be looked at: what it says, not what it looks like. Word and PowerPoint files
//! of the XML kind. Bounded like everything here: what an archive claims to be is not believed.

mod docx;
mod pdf;
mod pptx;
mod xml;

use std::io::Read;

pub use pdf::read_pdf;

use crate::error::TabularError;
use crate::source::{ReadSeek, Source};

/// Bounds on what reading a document may cost.
#[derive(Clone, Debug)]
pub struct DocumentLimits {
    /// Entries of the archive.
    pub max_entries: usize,
    /// Bytes of one part of it after inflating.
    pub max_part_bytes: u64,
    /// Characters of the text; what is beyond is left out.
    pub max_characters: usize,
    /// Paragraphs and rows; what is beyond is left out.
    pub max_blocks: usize,
    /// Slides; what is beyond is left out.
    pub max_slides: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self { max_entries: 5_000, max_part_bytes: 50 << 20, max_characters: 200_000, max_blocks: 5_000, max_slides: 300 }
    }
}

/// A piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of a level from 1 on.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A row of a table.
    Row(Vec<String>),
    /// A slide begins; counted from 1.
    Slide(usize),
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// In order.
    pub blocks: Vec<Block>,
    /// Whether there is more than the limits let through.
    pub is_cut: bool,
}

/// A document that is being read.
struct Writer<'a> {
    document: Document,
    characters: usize,
    limits: &'a DocumentLimits,
}

impl Writer<'_> {
    /// Adds a piece; `false` where there is no room for more.
    fn add(&mut self, block: Block) -> bool {
        let length = match &block {
            Block::Heading(_, text) | Block::Paragraph(text) => text.chars().count(),
            Block::Row(cells) => cells.iter().map(|it| it.chars().count()).sum(),
            Block::Slide(_) => 0,
        };
        let is_full = self.document.blocks.len() >= self.limits.max_blocks || self.characters + length > self.limits.max_characters;
        if is_full {
            self.document.is_cut = true;
            return false;
        }
        self.characters += length;
        self.document.blocks.push(block);
        true
    }
}

type Archive = zip::ZipArchive<Box<dyn ReadSeek>>;

/// Reads a document of the XML kind: a text (.docx) or a presentation (.pptx), whichever it is.
///
/// # Errors
/// What is no such document, is protected by a password, damaged, or lies about its size.
pub fn read_document(source: impl Into<Source>, limits: &DocumentLimits) -> Result<Document, TabularError> {
    let mut archive = zip::ZipArchive::new(source.into().reader()?).map_err(broken)?;
    if archive.len() > limits.max_entries {
        return Err(TabularError::TooLarge { what: "entries", limit: limits.max_entries as u64 });
    }
    let mut writer = Writer { document: Document::default(), characters: 0, limits };
    if archive.index_for_name("word/document.xml").is_some() {
        docx::read(&mut archive, &mut writer)?;
    } else if archive.index_for_name("ppt/presentation.xml").is_some() {
        pptx::read(&mut archive, &mut writer)?;
    } else {
        return Err(TabularError::UnsupportedFormat { found: "unknown" });
    }
    Ok(writer.document)
}

fn broken(error: impl std::fmt::Display) -> TabularError {
    TabularError::BrokenWorkbook { reason: error.to_string() }
}

/// Reads a part of the archive, if it has it. What it claims is checked first, and what comes out is counted.
fn part(archive: &mut Archive, name: &str, limits: &DocumentLimits) -> Result<Option<String>, TabularError> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    let entry = archive.by_index(index).map_err(broken)?;
    let too_large = TabularError::TooLarge { what: "bytes unpacked", limit: limits.max_part_bytes };
    let claimed = entry.size();
    if claimed > limits.max_part_bytes {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    let lying = || TabularError::LyingArchive { entry: name.to_owned() };
    entry.take(claimed.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| lying())?;
    if bytes.len() as u64 != claimed {
        return Err(lying());
    }
    String::from_utf8(bytes).map(Some).map_err(|_| broken("it is not UTF-8"))
}

#[cfg(test)]
mod tests;
