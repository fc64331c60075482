//! Word: paragraphs, headings and tables of the main text.

use super::xml::{Piece, attribute, walk};
use super::{Archive, Block, Writer, part};
use crate::error::TabularError;

pub fn read(archive: &mut Archive, writer: &mut Writer<'_>) -> Result<(), TabularError> {
    let Some(xml) = part(archive, "word/document.xml", writer.limits)? else { return Ok(()) };
    let mut text = Text { writer, paragraph: String::new(), level: None, tables: Vec::new(), in_run: false, passed_over: 0 };
    walk(&xml, |piece| match piece {
        Piece::Begin(element, "pStyle") => {
            text.level = attribute(element, "val").as_deref().and_then(level_of);
            true
        }
        Piece::Begin(_, name) => {
            text.begin(name);
            true
        }
        Piece::Text(piece) => {
            if text.in_run && text.passed_over == 0 {
                text.paragraph.push_str(piece);
            }
            true
        }
        Piece::End(name) => text.end(name),
    })
}

/// The level in the name of a style: `Heading1`, `heading 2`, and in Chinese versions plainly `1`.
fn level_of(style: &str) -> Option<u8> {
    if style.eq_ignore_ascii_case("title") {
        return Some(1);
    }
    let lowered = style.to_ascii_lowercase();
    let digits = lowered.strip_prefix("heading").unwrap_or(&lowered).trim();
    digits.parse().ok().filter(|it| (1..=6).contains(it))
}

/// A table that is being read: the cells of its row, and what stands in the present one.
#[derive(Default)]
struct Table {
    cells: Vec<String>,
    cell: String,
}

struct Text<'a, 'w> {
    writer: &'a mut Writer<'w>,
    paragraph: String,
    level: Option<u8>,
    /// Tables within tables are read as text of the cell they are in.
    tables: Vec<Table>,
    in_run: bool,
    /// How deep within what is there a second time for older programs.
    passed_over: usize,
}

impl Text<'_, '_> {
    fn begin(&mut self, name: &str) {
        match name {
            "Fallback" => self.passed_over += 1,
            "p" => {
                self.paragraph.clear();
                self.level = None;
            }
            "t" => self.in_run = true,
            "tab" if !self.paragraph.is_empty() => self.paragraph.push('\t'),
            "br" | "cr" => self.paragraph.push('\n'),
            "tbl" => self.tables.push(Table::default()),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> bool {
        match name {
            "Fallback" => self.passed_over = self.passed_over.saturating_sub(1),
            "t" => self.in_run = false,
            "p" => return self.end_paragraph(),
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.push(std::mem::take(&mut table.cell));
                }
            }
            "tr" if self.tables.len() == 1 => {
                let cells = self.tables.last_mut().map(|it| std::mem::take(&mut it.cells)).unwrap_or_default();
                return self.writer.add(Block::Row(cells));
            }
            "tbl" => self.end_table(),
            _ => {}
        }
        true
    }

    fn end_paragraph(&mut self) -> bool {
        let text = std::mem::take(&mut self.paragraph);
        let text = text.trim();
        if text.is_empty() {
            return true;
        }
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push('\n');
            }
            table.cell.push_str(text);
            return true;
        }
        self.writer.add(match self.level {
            Some(level) => Block::Heading(level, text.to_owned()),
            None => Block::Paragraph(text.to_owned()),
        })
    }

    fn end_table(&mut self) {
        let Some(inner) = self.tables.pop() else { return };
        if let Some(outer) = self.tables.last_mut() {
            for cell in inner.cells.iter().filter(|it| !it.is_empty()) {
                if !outer.cell.is_empty() {
                    outer.cell.push('\n');
                }
                outer.cell.push_str(cell);
            }
        }
    }
}
