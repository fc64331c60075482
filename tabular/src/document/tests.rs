use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::*;

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let xml = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"x\" xmlns:mc=\"y\"><w:body>{body}</w:body></w:document>");
    archive(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml)])
}

fn read(bytes: Vec<u8>) -> Result<Document, TabularError> {
    read_document(bytes, &DocumentLimits::default())
}

fn said(text: &str) -> Block {
    Block::Paragraph(text.into())
}

#[test]
fn a_text_is_read_with_its_headings_and_tables() {
    let body = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>报价</w:t></w:r></w:p>\
        <w:p><w:r><w:t>甲 &amp; 乙</w:t></w:r><w:r><w:tab/><w:t xml:space=\"preserve\"> &#x4E2D;</w:t><w:br/><w:t>下一行</w:t></w:r></w:p>\
        <w:p/><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>品名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><mc:AlternateContent><mc:Choice><w:t>once</w:t></mc:Choice><mc:Fallback><w:t>twice</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    let document = read(docx(body)).unwrap();
    assert_eq!(
        document.blocks,
        [Block::Heading(1, "报价".into()), said("甲 & 乙\t 中\n下一行"), Block::Row(vec!["品名".into(), "1\n2".into()]), said("once")]
    );
    assert!(!document.is_cut);
}

#[test]
fn slides_come_in_the_order_of_the_presentation() {
    let slide = |title: &str, text: &str| {
        format!(
            "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><p:sp><p:nvPr><p:ph type=\"title\"/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>\
             <p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"
        )
    };
    let bytes = archive(&[
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"b\"/><p:sldId id=\"257\" r:id=\"a\"/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            "<Relationships><Relationship Id=\"a\" Target=\"slides/slide1.xml\"/><Relationship Id=\"b\" Target=\"/ppt/slides/slide2.xml\"/></Relationships>",
        ),
        ("ppt/slides/slide1.xml", &slide("一", "first file")),
        ("ppt/slides/slide2.xml", &slide("二", "second file")),
    ]);
    assert_eq!(
        read(bytes).unwrap().blocks,
        [Block::Slide(1), Block::Heading(2, "二".into()), said("second file"), Block::Slide(2), Block::Heading(2, "一".into()), said("first file")]
    );
}

#[test]
fn what_is_too_much_is_cut_and_what_lies_is_refused() {
    let long = "<w:p><w:r><w:t>0123456789</w:t></w:r></w:p>".repeat(100);
    let limits = DocumentLimits { max_characters: 25, ..DocumentLimits::default() };
    let cut = read_document(docx(&long), &limits).unwrap();
    assert_eq!((cut.blocks.len(), cut.is_cut), (2, true));
    let small = DocumentLimits { max_part_bytes: 1_000, ..DocumentLimits::default() };
    assert!(matches!(read_document(docx(&long), &small), Err(TabularError::TooLarge { .. })));
    let few = DocumentLimits { max_entries: 1, ..DocumentLimits::default() };
    assert!(matches!(read_document(docx(""), &few), Err(TabularError::TooLarge { what: "entries", .. })));
    assert!(matches!(read(archive(&[("a.txt", "x")])), Err(TabularError::UnsupportedFormat { .. })));
    assert!(matches!(read(b"PK\x03\x04 no archive".to_vec()), Err(TabularError::BrokenWorkbook { .. })));
    let entities = archive(&[("word/document.xml", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:document><w:p><w:t>&a;</w:t></w:p></w:document>")]);
    assert!(matches!(read(entities), Err(TabularError::BrokenWorkbook { .. })));
    let deep = format!("{}{}", "<w:a>".repeat(300), "</w:a>".repeat(300));
    assert!(matches!(read(docx(&deep)), Err(TabularError::BrokenWorkbook { .. })));
}

#[test]
fn a_part_larger_than_it_claims_is_refused() {
    let mut bytes = docx(&"<w:p><w:r><w:t>0123456789</w:t></w:r></w:p>".repeat(100));
    let name = b"word/document.xml";
    // The size in the directory, 22 bytes before the name there, made smaller.
    let place = bytes.windows(name.len()).rposition(|it| it == name).unwrap() - 22;
    bytes[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
    assert!(matches!(read(bytes), Err(TabularError::LyingArchive { .. } | TabularError::BrokenWorkbook { .. })));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), body in "[<>/wptrc:&;a-z ]{0,200}") {
        let _ = read([b"PK\x03\x04".as_slice(), &bytes].concat());
        let _ = read(docx(&body));
    }
}
