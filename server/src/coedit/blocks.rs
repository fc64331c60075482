//! What a rich text consists of, as the editor of the web app knows it (`web/src/fields/rich-text`): blocks, and within
//! them text with marks. Whatever else HTML has becomes the nearest of it, as it does in the editor.

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading of this level, 2 or 3.
    Heading(u8, Vec<Inline>),
    /// A line across.
    Rule,
    /// A quotation.
    Quote(Vec<Block>),
    /// A list with bullets.
    Bullets(Vec<Vec<Block>>),
    /// A list with numbers, from this one on.
    Numbers(u32, Vec<Vec<Block>>),
}

/// What a line of text consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text, all of it with the same marks.
    Text(String, Marks),
    /// The next line within the block.
    Break,
}

/// How text looks and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The address it leads to.
    pub link: Option<String>,
    /// Bold.
    pub bold: bool,
    /// Of a program; such text has no other mark.
    pub code: bool,
    /// Italic.
    pub italic: bool,
    /// Struck through.
    pub strike: bool,
    /// Underlined.
    pub underline: bool,
}

/// How deep lists and quotations lie in each other at most; what lies deeper is brought up.
pub const DEEPEST: usize = 16;

/// Adds text to a line, together with what has the same marks before it.
pub fn push_text(line: &mut Vec<Inline>, text: &str, marks: &Marks) {
    if text.is_empty() {
        return;
    }
    let marks = if marks.code { Marks { code: true, ..Marks::default() } } else { marks.clone() };
    match line.last_mut() {
        Some(Inline::Text(before, same)) if *same == marks => before.push_str(text),
        _ => line.push(Inline::Text(text.to_owned(), marks)),
    }
}

/// What the editor demands of an item of a list: it begins with a paragraph.
pub fn item(mut blocks: Vec<Block>) -> Vec<Block> {
    if !matches!(blocks.first(), Some(Block::Paragraph(_))) {
        blocks.insert(0, Block::Paragraph(Vec::new()));
    }
    blocks
}

/// What the editor demands of a quotation: there is a block in it.
pub fn quote(mut blocks: Vec<Block>) -> Block {
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(Vec::new()));
    }
    Block::Quote(blocks)
}

/// Whether there is nothing to read in it.
pub fn is_blank(blocks: &[Block]) -> bool {
    let blank_line = |line: &[Inline]| line.iter().all(|it| matches!(it, Inline::Text(text, _) if text.trim().is_empty()) || *it == Inline::Break);
    blocks.iter().all(|block| match block {
        Block::Paragraph(line) | Block::Heading(_, line) => blank_line(line),
        Block::Rule => false,
        Block::Quote(inner) => is_blank(inner),
        Block::Bullets(items) | Block::Numbers(_, items) => items.iter().all(|it| is_blank(it)),
    })
}
