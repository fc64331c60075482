//! Blocks as HTML, as the editor of the web app writes it, and clean HTML as blocks.

use guanxi_text::html::{Piece, escape, pieces};

use super::blocks::{Block, DEEPEST, Inline, Marks, is_blank, item, push_text, quote};

/// Blocks as HTML; nothing where there is nothing to read in them.
pub fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    if !is_blank(blocks) {
        write_blocks(blocks, &mut out);
    }
    out
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(line) => write_line("p", line, out),
            Block::Heading(level, line) => write_line(if *level == 2 { "h2" } else { "h3" }, line, out),
            Block::Rule => out.push_str("<hr>"),
            Block::Quote(inner) => {
                out.push_str("<blockquote>");
                write_blocks(inner, out);
                out.push_str("</blockquote>");
            }
            Block::Bullets(items) => {
                out.push_str("<ul>");
                write_items(items, out);
                out.push_str("</ul>");
            }
            Block::Numbers(start, items) => {
                out.push_str(&if *start == 1 { "<ol>".to_owned() } else { format!("<ol start=\"{start}\">") });
                write_items(items, out);
                out.push_str("</ol>");
            }
        }
    }
}

fn write_items(items: &[Vec<Block>], out: &mut String) {
    for blocks in items {
        out.push_str("<li>");
        write_blocks(blocks, out);
        out.push_str("</li>");
    }
}

/// The elements of marks, outermost first.
fn elements(marks: &Marks) -> Vec<(&'static str, Option<&str>)> {
    let mut elements = Vec::new();
    elements.extend(marks.link.as_deref().map(|it| ("a", Some(it))));
    let simple = [(marks.bold, "strong"), (marks.code, "code"), (marks.italic, "em"), (marks.strike, "s"), (marks.underline, "u")];
    elements.extend(simple.into_iter().filter(|it| it.0).map(|it| (it.1, None)));
    elements
}

fn write_line(element: &str, line: &[Inline], out: &mut String) {
    out.push_str(&format!("<{element}>"));
    let mut open: Vec<(&'static str, Option<&str>)> = Vec::new();
    for part in line {
        let wanted = if let Inline::Text(_, marks) = part { elements(marks) } else { Vec::new() };
        let same = open.iter().zip(&wanted).take_while(|(one, other)| one == other).count();
        close(&mut open, same, out);
        for (name, address) in wanted.into_iter().skip(same) {
            out.push('<');
            out.push_str(name);
            if let Some(address) = address {
                out.push_str(" href=\"");
                escape(address, out);
                out.push('"');
            }
            out.push('>');
            open.push((name, address));
        }
        match part {
            Inline::Text(text, _) => escape(text, out),
            Inline::Break => out.push_str("<br>"),
        }
    }
    close(&mut open, 0, out);
    out.push_str(&format!("</{element}>"));
}

fn close(open: &mut Vec<(&'static str, Option<&str>)>, keep: usize, out: &mut String) {
    while open.len() > keep {
        if let Some((name, _)) = open.pop() {
            out.push_str(&format!("</{name}>"));
        }
    }
}

/// Clean HTML as blocks. What the editor does not know becomes paragraphs of its text.
pub fn read(clean: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for piece in pieces(clean) {
        match &piece {
            Piece::Text(text) => reader.text(text),
            Piece::Open { name, .. } => reader.open(name, &piece),
            Piece::Close(name) => reader.close(name),
        }
    }
    reader.end()
}

/// Something that holds blocks.
enum Holder {
    Quote,
    Bullets(Vec<Vec<Block>>),
    Numbers(u32, Vec<Vec<Block>>),
    Item,
}

impl Holder {
    fn is(&self, element: &str) -> bool {
        matches!((self, element), (Self::Quote, "blockquote") | (Self::Bullets(_), "ul") | (Self::Numbers(..), "ol") | (Self::Item, "li"))
    }
}

#[derive(Default)]
struct Reader {
    /// Holders that are open, each with the blocks in it so far.
    open: Vec<(Holder, Vec<Block>)>,
    /// Blocks outside all of them.
    outside: Vec<Block>,
    /// Holders too deep to be kept.
    passed_over: usize,
    /// The line that is being read, and its level where it is a heading.
    line: Option<(Option<u8>, Vec<Inline>)>,
    marks: Vec<(String, Marks)>,
}

impl Reader {
    fn marks(&self) -> Marks {
        self.marks.last().map(|it| it.1.clone()).unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        let marks = self.marks();
        let fresh = self.line.as_ref().is_none_or(|it| matches!(it.1.last(), None | Some(Inline::Break)));
        let after_space = self.line.as_ref().is_some_and(|it| matches!(it.1.last(), Some(Inline::Text(before, _)) if before.ends_with(' ')));
        let mut tidy = String::with_capacity(text.len());
        for character in text.chars() {
            // White space of HTML is one space, and none where a line begins. A no-break space is a character like others.
            if matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                let begins = tidy.is_empty() && (fresh || after_space);
                if !begins && !tidy.ends_with(' ') {
                    tidy.push(' ');
                }
            } else {
                tidy.push(character);
            }
        }
        if !tidy.is_empty() {
            push_text(&mut self.line.get_or_insert_with(|| (None, Vec::new())).1, &tidy, &marks);
        }
    }

    fn open(&mut self, name: &str, piece: &Piece<'_>) {
        match name {
            "br" => self.line.get_or_insert_with(|| (None, Vec::new())).1.push(Inline::Break),
            "hr" => {
                self.end_line();
                self.put(Block::Rule);
            }
            "h1" | "h2" => self.begin_line(Some(2)),
            "h3" | "h4" => self.begin_line(Some(3)),
            "p" => self.begin_line(None),
            "blockquote" => self.hold(Holder::Quote),
            "ul" => self.hold(Holder::Bullets(Vec::new())),
            "ol" => {
                let start = piece.attribute("start").and_then(|it| it.parse().ok()).unwrap_or(1);
                self.hold(Holder::Numbers(start, Vec::new()));
            }
            "li" => {
                if matches!(self.open.last(), Some((Holder::Bullets(_) | Holder::Numbers(..), _))) {
                    self.hold(Holder::Item);
                } else {
                    self.end_line();
                }
            }
            "div" | "pre" | "table" | "thead" | "tbody" | "tr" | "td" | "th" => self.end_line(),
            "img" => {}
            _ => self.mark(name, piece),
        }
    }

    fn mark(&mut self, name: &str, piece: &Piece<'_>) {
        let mut marks = self.marks();
        match name {
            "a" => marks.link = piece.attribute("href").or(marks.link),
            "b" | "strong" => marks.bold = true,
            "code" => marks.code = true,
            "em" | "i" => marks.italic = true,
            "s" | "del" => marks.strike = true,
            "u" | "ins" => marks.underline = true,
            _ => {}
        }
        self.marks.push((name.to_owned(), marks));
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "div" | "pre" | "table" | "thead" | "tbody" | "tr" | "td" | "th" => self.end_line(),
            "blockquote" | "ul" | "ol" | "li" => {
                self.end_line();
                if name != "li" && self.passed_over > 0 {
                    self.passed_over -= 1;
                } else if self.passed_over == 0 && self.open.last().is_some_and(|it| it.0.is(name)) {
                    self.let_go();
                }
            }
            _ => {
                if let Some(at) = self.marks.iter().rposition(|it| it.0 == name) {
                    self.marks.remove(at);
                }
            }
        }
    }

    fn begin_line(&mut self, heading: Option<u8>) {
        self.end_line();
        self.line = Some((heading, Vec::new()));
    }

    fn end_line(&mut self) {
        let Some((heading, mut line)) = self.line.take() else { return };
        if let Some(Inline::Text(text, _)) = line.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if text.is_empty() {
                line.pop();
            }
        }
        self.put(match heading {
            Some(level) => Block::Heading(level, line),
            None => Block::Paragraph(line),
        });
    }

    fn put(&mut self, block: Block) {
        match self.open.last_mut() {
            // Between the items of a list there is nothing: what stands there is an item.
            Some((Holder::Bullets(items) | Holder::Numbers(_, items), _)) => items.push(item(vec![block])),
            Some((_, blocks)) => blocks.push(block),
            None => self.outside.push(block),
        }
    }

    fn hold(&mut self, holder: Holder) {
        self.end_line();
        if self.open.len() >= DEEPEST * 2 && !matches!(holder, Holder::Item) {
            self.passed_over += 1;
        } else {
            self.open.push((holder, Vec::new()));
        }
    }

    fn let_go(&mut self) {
        let Some((holder, blocks)) = self.open.pop() else { return };
        match holder {
            Holder::Quote => self.put(quote(blocks)),
            Holder::Bullets(items) if !items.is_empty() => self.put(Block::Bullets(items)),
            Holder::Numbers(start, items) if !items.is_empty() => self.put(Block::Numbers(start, items)),
            Holder::Bullets(_) | Holder::Numbers(..) => {}
            Holder::Item => {
                if let Some((Holder::Bullets(items) | Holder::Numbers(_, items), _)) = self.open.last_mut() {
                    items.push(item(blocks));
                }
            }
        }
    }

    fn end(mut self) -> Vec<Block> {
        self.end_line();
        while !self.open.is_empty() {
            self.let_go();
        }
        self.outside
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coedit::testing::text;

    fn tidy(html: &str) -> String {
        write(&read(&guanxi_text::html::sanitise(html)))
    }

    #[test]
    fn what_the_editor_writes_stays_as_it_is() {
        for html in [
            "<p>一 <strong>二</strong></p><h2>三</h2><h3>四</h3><hr><p></p><p>五<br>六</p>",
            "<ul><li><p>a</p><ol start=\"3\"><li><p>b</p></li></ol></li><li><p>c</p></li></ul><blockquote><p>d</p></blockquote>",
            "<p><a href=\"https://x.cn/?a=1&amp;b=2\"><strong>x</strong> y</a> <code>z</code> <strong><em><s><u>w</u></s></em></strong></p>",
            "<p>1 &lt; 2 &amp; \"3\"</p>",
        ] {
            assert_eq!(tidy(html).replace("&quot;", "\""), html);
        }
    }

    #[test]
    fn what_it_does_not_know_becomes_the_nearest_it_knows() {
        for (html, expected) in [
            ("<h1>a</h1><h4>b</h4>", "<h2>a</h2><h3>b</h3>"),
            ("just text <b>bold</b>", "<p>just text <strong>bold</strong></p>"),
            ("<div>a</div>\n<div>b</div>", "<p>a</p><p>b</p>"),
            ("<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>", "<p>1</p><p>2</p>"),
            ("<ul>\n <li>a</li>\n <li><h2>b</h2></li>\n</ul>", "<ul><li><p>a</p></li><li><p></p><h2>b</h2></li></ul>"),
            ("<ul></ul><blockquote></blockquote><p>x</p>", "<blockquote><p></p></blockquote><p>x</p>"),
            ("<p>  a\n  b  <b> c</b>&nbsp;</p>", "<p>a b <strong>c</strong>\u{a0}</p>"),
            ("<p><code><b>x</b></code></p>", "<p><code>x</code></p>"),
            ("<p>@<span data-mention=\"member:1\">林</span><img src=\"/api/v1/files/a\"></p>", "<p>@林</p>"),
            ("<p>   </p><p><br></p>", ""),
        ] {
            assert_eq!(tidy(html), expected, "{html}");
        }
    }

    #[test]
    fn deep_nesting_is_survived() {
        let deep = format!("{}x{}", "<blockquote>".repeat(3_000), "</blockquote>".repeat(3_000));
        assert!(read(&deep).len() == 1 && write(&read(&deep)).contains("<p>x</p>"));
        let deep = format!("{}x{}", "<ul><li>".repeat(3_000), "</li></ul>".repeat(3_000));
        assert!(write(&read(&deep)).contains('x'));
    }

    proptest! {
        #[test]
        fn written_and_read_it_is_the_same(blocks in text()) {
            let written = write(&blocks);
            prop_assert_eq!(guanxi_text::html::sanitise(&written).is_empty(), written.is_empty());
            if !written.is_empty() {
                prop_assert_eq!(read(&written), blocks.clone());
                let saved = guanxi_text::html::sanitise(&written);
                prop_assert_eq!(read(&saved), blocks);
            }
        }
    }
}
