//! Texts for tests.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::blocks::{Block, Inline, Marks, push_text};

fn marks() -> impl Strategy<Value = Marks> {
    let link = option::weighted(0.2, "https://[a-z]{1,5}\\.cn/\\?a=1&b=[a-z]{0,3}");
    (link, any::<bool>(), proptest::bool::weighted(0.2), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(link, bold, code, italic, strike, underline)| Marks { link, bold, code, italic, strike, underline })
}

/// A line that neither begins nor ends with white space, nor has more than one space together.
fn line() -> impl Strategy<Value = Vec<Inline>> {
    let words = "[a-z客户<>&\"😀\u{a0}]{1,6}( [a-z客户&;]{1,4})?";
    vec((words, marks(), proptest::bool::weighted(0.1)), 0..5).prop_map(|parts| {
        let mut line = Vec::new();
        for (text, marks, breaks) in parts {
            push_text(&mut line, &text, &marks);
            if breaks {
                line.push(Inline::Break);
            }
        }
        line
    })
}

fn leaf() -> impl Strategy<Value = Block> {
    prop_oneof![
        4 => line().prop_map(Block::Paragraph),
        1 => (2..4_u8, line()).prop_map(|(level, line)| Block::Heading(level, line)),
        1 => Just(Block::Rule),
    ]
}

fn block() -> impl Strategy<Value = Block> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let item = (line(), vec(inner.clone(), 0..2)).prop_map(|(line, mut more)| {
            more.insert(0, Block::Paragraph(line));
            more
        });
        let item = item.boxed();
        prop_oneof![
            vec(inner, 1..3).prop_map(Block::Quote),
            vec(item.clone(), 1..3).prop_map(Block::Bullets),
            (1..9_u32, vec(item, 1..3)).prop_map(|(start, items)| Block::Numbers(start, items)),
        ]
    })
}

/// A whole text.
pub fn text() -> impl Strategy<Value = Vec<Block>> {
    vec(block(), 0..6)
}
