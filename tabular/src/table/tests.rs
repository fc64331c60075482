use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use super::*;

fn csv(text: &str) -> Table {
    open(text.as_bytes(), "x.csv", Limits::default()).expect("opens")
}

fn codes(table: &Table) -> Vec<(Option<u64>, &'static str)> {
    table.rows().expect("rows").filter_map(Result::err).map(|error| (error.row(), error.code())).collect()
}

fn cells(table: &Table) -> Vec<Vec<String>> {
    table.rows().expect("rows").filter_map(Result::ok).map(|row| row.cells).collect()
}

fn failure(bytes: &[u8], name: &str, limits: Limits) -> &'static str {
    match open(bytes, name, limits) {
        Ok(table) => panic!("opened: {table:?}"),
        Err(error) => error.code(),
    }
}

#[test]
fn a_plain_table() {
    let table = csv("姓名,电话\r\n王伟,13812345678\r\n\r\n李娜,\"139\n12345678\"\r\n");
    assert_eq!((table.headers(), table.has_header_row(), table.delimiter()), (&["姓名".to_owned(), "电话".to_owned()][..], true, Some(',')));
    let rows: Vec<Row> = table.rows().expect("rows").map(|row| row.expect("usable")).collect();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(rows, table.samples());
    assert_eq!(table.count_rows().expect("counts"), (2, 0));
}

#[test]
fn encodings() {
    let text = "姓名;城市\n王伟;上海\n欧阳娜娜;北京\n";
    let gb18030 = encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [(gb18030, "gb18030"), (utf16, "UTF-16LE"), (format!("\u{FEFF}{text}").into_bytes(), "UTF-8")] {
        let table = open(bytes, "x.csv", Limits::default()).expect("opens");
        assert_eq!((table.encoding(), table.delimiter(), table.headers()[0].as_str()), (encoding, Some(';'), "姓名"));
        assert_eq!(cells(&table), [["王伟", "上海"], ["欧阳娜娜", "北京"]]);
    }
}

#[test]
fn unusable_rows_are_told_and_passed_over() {
    let long = "x".repeat((1 << 20) + 1);
    let text = format!("name,city\n1,a,b\n2\n3,c,\n4,\0\n5,{long}\n6,ok\n");
    let table = csv(&text);
    assert_eq!(codes(&table), [(Some(2), "row_ragged"), (Some(3), "row_ragged"), (Some(5), "cell_nul"), (Some(6), "cell_too_long")]);
    assert_eq!(cells(&table), [["3", "c"], ["6", "ok"]]);
    assert_eq!(table.count_rows().expect("counts"), (2, 4));
}

#[test]
fn broken_bytes_are_told_with_their_place() {
    let mut bytes = "name,city\n".to_owned() + &"王伟,上海\n".repeat(30);
    bytes.push_str("?,?\n李娜,北京\n");
    let mut bytes = bytes.into_bytes();
    let position = bytes.iter().rposition(|byte| *byte == b'?').expect("there");
    bytes[position] = 0xFF;
    let table = open(bytes, "x.csv", Limits::default()).expect("opens");
    let errors: Vec<TabularError> = table.rows().expect("rows").filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].code(), errors[0].row(), errors[0].column()), ("cell_encoding", Some(32), Some(2)));
}

/// Two exports in one file: refused at its row, whichever comes first, and whatever the cells before it hold.
#[test]
fn an_encoding_that_changes_half_way_refuses_the_file_at_its_row() {
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let one = "姓名,备注\n王伟,\"两行\n文字\"\n李娜,上海\n";
    let two = "姓名,备注\n刘洋,北京\n陈静,广州\n";
    for (bytes, from, to) in
        [([gb(one), two.as_bytes().to_vec()].concat(), "gb18030", "UTF-8"), ([one.as_bytes().to_vec(), gb(two)].concat(), "UTF-8", "gb18030")]
    {
        let table = open(bytes, "x.csv", Limits::default()).expect("its beginning is a table");
        assert_eq!(table.encoding(), from);
        let error = table.count_rows().expect_err("it is not read as something else");
        // The fourth record, although there are five lines before it.
        assert_eq!((error.code(), error.row(), error.is_row_error()), ("file_encoding_changes", Some(4), false));
        assert!(error.to_string().contains(from) && error.to_string().contains(to), "{error}");
        assert_eq!(cells(&table), [["王伟", "两行\n文字"], ["李娜", "上海"]], "what stands before is right");
    }
}

#[test]
fn records_and_cards_that_change_their_encoding_are_refused() {
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let lines = |names: [&str; 2]| names.map(|it| format!("{{\"name\":\"{it}\",\"city\":\"上海市\"}}\n")).concat();
    let json = [gb(&lines(["王伟", "李娜"])), lines(["刘洋", "陈静"]).into_bytes()].concat();
    assert_eq!(failure(&json, "x.json", Limits::default()), "file_encoding_changes");
    let card = |name: &str| format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nORG:星河智能设备\nEND:VCARD\n");
    let cards = [card("王伟").into_bytes(), gb(&card("刘洋洋"))].concat();
    assert_eq!(failure(&cards, "x.vcf", Limits::default()), "file_encoding_changes");
}

#[test]
fn an_open_quote_ends_the_table() {
    let table = csv("name,city\n1,a\n2,\"b\n3,c\n");
    assert_eq!(codes(&table), [(Some(3), "row_unbalanced_quote")]);
    assert_eq!(cells(&table).len(), 1);
    assert!(table.count_rows().is_err());
}

/// A source that makes its bytes up as it is read, and counts them.
struct Endless {
    head: Cursor<Vec<u8>>,
    left: u64,
}

impl Read for Endless {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let from_head = self.head.read(target)?;
        if from_head > 0 {
            return Ok(from_head);
        }
        let count = target.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        target[..count].fill(b'x');
        self.left -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_field_of_a_gigabyte_is_read_in_bounded_memory() {
    // 64 MB keep the test quick; nothing in the reader depends on how many there are.
    for (head, code) in [("name,city\n1,", "cell_too_long"), ("name,city\n1,\"", "row_unbalanced_quote")] {
        let source = Endless { head: Cursor::new(head.into()), left: 64 << 20 };
        let mut reader = CsvReader::new(source, b',', &Limits::default());
        assert!(reader.next_record().is_ok());
        assert_eq!(reader.next_record().expect_err("too long").code(), code);
    }
}

#[test]
fn too_many_columns() {
    let wide = vec!["x"; 50_000].join(",");
    assert_eq!(failure(wide.as_bytes(), "x.csv", Limits::default()), "row_too_many_columns");
    let table = csv(&format!("a,b\n{wide}\n1,2\n"));
    assert_eq!(codes(&table), [(Some(2), "row_too_many_columns")]);
    assert_eq!(cells(&table), [["1", "2"]]);
}

#[test]
fn what_is_no_table_is_refused() {
    for (bytes, code) in [
        (&b""[..], "file_empty"),
        (b"\n\n , \n", "file_empty"),
        (b"%PDF-1.7", "file_unsupported"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", "file_unsupported"),
        (b"  <html><table>", "file_unsupported"),
        (b"<?xml version='1.0'?>", "file_unsupported"),
        (b"\x00\x01\x02\x00\x00\x00\x00\x99", "file_unsupported"),
        (b"PK\x03\x04 and nothing", "file_broken"),
    ] {
        assert_eq!(failure(bytes, "x.csv", Limits::default()), code, "{bytes:?}");
    }
}

#[test]
fn layouts() {
    let titled = csv("客户名单,,\n姓名,电话,城市\n王伟,138,上海\n");
    assert_eq!((titled.headers()[0].as_str(), titled.samples()[0].number), ("姓名", 3));
    let headless = csv("王伟,13812345678\n李娜,13912345678\n");
    assert_eq!((headless.headers(), headless.count_rows().expect("counts")), (&["A".to_owned(), "B".to_owned()][..], (2, 0)));
    let declared = csv("sep=|\na|b\n1|2\n");
    assert_eq!((declared.delimiter(), cells(&declared)), (Some('|'), vec![vec!["1".to_owned(), "2".to_owned()]]));
    assert_eq!(csv("name\nx\n").headers(), ["name"]);
    assert_eq!(csv("name,city\n").count_rows().expect("counts"), (0, 0));
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("entry");
        writer.write_all(content).expect("content");
    }
    writer.finish().expect("archive").into_inner()
}

#[test]
fn archives_that_unfold_too_far_are_refused() {
    let limits = Limits { max_inflated_bytes: 1 << 20, max_archive_entries: 3, ..Limits::default() };
    let bomb = archive(&[("xl/workbook.xml", &vec![b' '; 8 << 20])]);
    assert!(bomb.len() < 64 << 10, "a small file");
    assert_eq!(failure(&bomb, "x.xlsx", limits.clone()), "file_too_large");
    let crowd = archive(&[("1", b""), ("2", b""), ("3", b""), ("4", b"")]);
    assert_eq!(failure(&crowd, "x.xlsx", limits.clone()), "file_too_large");
    // The same bomb with a directory that claims ten bytes.
    let size = u32::to_le_bytes(8 << 20);
    let mut lying = bomb;
    for position in 0..lying.len() - 4 {
        if lying[position..position + 4] == size {
            lying[position..position + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    assert!(["file_too_large", "file_lying_archive", "file_broken"].contains(&failure(&lying, "x.xlsx", limits)));
    assert_eq!(failure(&archive(&[("readme.txt", b"hello")]), "x.xlsx", Limits::default()), "file_broken");
}

#[test]
fn a_workbook_that_claims_more_strings_than_memory_holds_is_refused() {
    let strings = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"400000000000\"><si><t>a</t></si></sst>";
    let bytes = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", strings.as_bytes())]);
    assert_eq!(failure(&bytes, "x.xlsx", Limits::default()), "file_too_large");
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("empty").expect("name");
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().expect("saves")
}

#[test]
fn a_sheet_is_chosen_by_its_name() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, cell) in [("公司", "星河"), ("联系人", "王伟")] {
        let sheet = workbook.add_worksheet().set_name(name).expect("name");
        sheet.write_string(0, 0, "名称").expect("cell");
        sheet.write_string(1, 0, cell).expect("cell");
    }
    let bytes = workbook.save_to_buffer().expect("saves");
    let of = |sheet: Option<&str>| open_sheet(bytes.as_slice(), "x.xlsx", Limits::default(), sheet);
    for (wanted, cell) in [(None, "星河"), (Some("公司"), "星河"), (Some("联系人"), "王伟")] {
        let table = of(wanted).expect("opens");
        assert_eq!((table.sheets(), cells(&table)), (&["公司".to_owned(), "联系人".to_owned()][..], vec![vec![cell.to_owned()]]));
        assert_eq!(table.sheet(), Some(wanted.unwrap_or("公司")));
    }
    let error = of(Some("没有")).expect_err("there is none");
    assert_eq!(error.code(), "file_no_such_sheet");
    assert!(error.to_string().contains("公司, 联系人"), "{error}");
    let text = open_sheet("a,b\n1,2\n".as_bytes(), "x.csv", Limits::default(), Some("公司")).expect("opens");
    assert!(text.sheet().is_none() && text.sheets().is_empty());
}

#[test]
fn workbooks_are_read_from_the_first_sheet_with_anything_in_it() {
    let bytes = workbook(|sheet| {
        sheet.write_string(0, 0, "客户名单").expect("cell");
        for (column, header) in ["姓名", "电话", "金额", "备注"].into_iter().enumerate() {
            sheet.write_string(2, u16::try_from(column).expect("small"), header).expect("cell");
        }
        sheet.write_string(3, 0, "王伟").expect("cell");
        sheet.write_number(3, 1, 13_812_345_678.0).expect("cell");
        sheet.write_number(3, 2, 0.1).expect("cell");
        sheet.write_string(5, 0, "李娜").expect("cell");
        sheet.write_string(5, 3, "a\nb,\"c\"").expect("cell");
    });
    let table = open(bytes, "客户.xlsx", Limits::default()).expect("opens");
    assert_eq!((table.format(), table.sheet()), (Format::Xlsx, Some("Sheet2")));
    assert_eq!(table.headers(), ["姓名", "电话", "金额", "备注"]);
    let rows: Vec<Row> = table.rows().expect("rows").map(|row| row.expect("usable")).collect();
    assert_eq!(rows[0], Row { number: 4, cells: vec!["王伟".into(), "13812345678".into(), "0.1".into(), String::new()] });
    assert_eq!(rows[1], Row { number: 6, cells: vec!["李娜".into(), String::new(), String::new(), "a\nb,\"c\"".into()] });
}

#[test]
fn a_number_that_holds_no_such_digits_is_not_taken_for_one_that_does() {
    let numbers = [310_101_199_001_011_230.0, 6_222_021_234_567_890_123.0, 1_234_567_890_123_450.0, 1_234_567_890_123_456.0, 440_102_200_001_011.0];
    let bytes = workbook(|sheet| {
        sheet.write_string(0, 0, "证件号").expect("cell");
        for (row, number) in (1..).zip(numbers) {
            sheet.write_number(row, 0, number).expect("cell");
        }
    });
    let table = open(bytes, "证件.xlsx", Limits::default()).expect("opens");
    let told: Vec<String> = table.rows().expect("rows").map(|row| row.expect("usable").cells[0].clone()).collect();
    assert_eq!(told, ["3.101011990010112E+17", "6.22202123456789E+18", "1.23456789012345E+15", "1234567890123456", "440102200001011"]);
}

#[test]
fn merged_cells_stand_beside_all_their_rows_and_formulas_are_what_they_gave() {
    let bytes = workbook(|sheet| {
        for (column, header) in (0..).zip(["公司", "联系人", "金额"]) {
            sheet.write_string(0, column, header).expect("writes");
        }
        sheet.merge_range(1, 0, 2, 0, "星河智能", &rust_xlsxwriter::Format::new()).expect("merges");
        sheet.write_string(1, 1, "王伟").expect("writes");
        sheet.write_string(2, 1, "李娜").expect("writes");
        sheet.write_string(3, 1, "张三").expect("writes");
        sheet.write_formula(1, 2, rust_xlsxwriter::Formula::new("=6*7").set_result("42")).expect("writes");
        sheet.write_string(2, 2, "1.38E+10").expect("writes");
    });
    let table = open(bytes, "x.xlsx", Limits::default()).expect("opens");
    assert_eq!(cells(&table), [["星河智能", "王伟", "42"], ["星河智能", "李娜", "1.38E+10"], ["", "张三", ""]]);
}

#[test]
fn marks_of_byte_order_line_ends_of_all_kinds_and_a_last_row_without_one() {
    let table = csv("\u{feff}姓名,电话\r\n王伟,138\n\u{feff}李娜,139\r张三,137");
    assert_eq!(table.headers(), ["姓名", "电话"]);
    let names: Vec<String> = cells(&table).iter().map(|it| it[0].trim_start_matches('\u{feff}').to_owned()).collect();
    assert_eq!(names, ["王伟", "李娜", "张三"]);
    // The file stops in the middle of its last row.
    let cut = csv("a,b,c\n1,2,3\n4,5");
    assert_eq!((cells(&cut), codes(&cut)), (vec![vec!["1".to_owned(), "2".to_owned(), "3".to_owned()]], vec![(Some(3), "row_ragged")]));
}

#[test]
fn a_million_columns_and_a_sheet_of_empty_cells_are_refused_or_cost_nothing() {
    let wide = vec![""; 1_000_000].join(",");
    assert!(["row_too_many_columns", "file_empty"].contains(&failure(wide.as_bytes(), "x.csv", Limits::default())));
    let empty = workbook(|sheet| {
        let format = rust_xlsxwriter::Format::new().set_bold();
        for row in 0..20_000 {
            sheet.write_blank(row, 0, &format).expect("writes");
        }
        sheet.write_string(0, 0, "name").expect("writes");
        sheet.write_string(19_999, 0, "x").expect("writes");
    });
    let table = open(empty, "x.xlsx", Limits::default()).expect("opens");
    assert_eq!(table.count_rows().expect("counts"), (1, 0));
}

#[test]
fn one_cell_in_the_far_corner_costs_nothing() {
    let bytes = workbook(|sheet| {
        sheet.write_string(0, 0, "姓名").expect("cell");
        sheet.write_string(0, 1, "电话").expect("cell");
        sheet.write_string(1_048_575, 16_383, "x").expect("cell");
    });
    let table = open(bytes, "x.xlsx", Limits::default()).expect("opens");
    assert_eq!(codes(&table), [(Some(1_048_576), "row_too_many_columns")]);
}

#[test]
fn shared_strings_cannot_unfold_without_bound() {
    let text = "长".repeat(10_000);
    let bytes = workbook(|sheet| {
        for row in 0..200 {
            sheet.write_string(row, 0, &text).expect("cell");
        }
    });
    assert!(bytes.len() < 100_000);
    assert_eq!(failure(&bytes, "x.xlsx", Limits { max_text_bytes: 1 << 20, ..Limits::default() }), "file_too_large");
}

#[test]
fn rows_outlive_the_table() {
    let rows = {
        let table = open(
            workbook(|sheet| {
                sheet.write_string(0, 0, "name").expect("cell");
                sheet.write_string(1, 0, "x").expect("cell");
            }),
            "x.xlsx",
            Limits::default(),
        )
        .expect("opens");
        table.rows().expect("rows")
    };
    assert_eq!(rows.filter_map(Result::ok).count(), 1);
}

#[expect(clippy::disallowed_methods, reason = "tests find the shared data sets through the environment")]
fn shared_data(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var("GUANXI_SHARED_DATA").map_or_else(|_| beside(), PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {name} is not there");
    None
}

#[test]
fn the_shared_data_sets() {
    for (name, rows, columns) in [
        ("febrl1.csv", 1_000, 11),
        ("febrl4a.csv", 5_000, 11),
        ("superstore.csv", 9_994, 21),
        ("telco_churn_ibm_with_id.csv", 7_043, 21),
        ("restaurants_fodors.csv", 533, 0),
        ("phone_examples.csv", 1_091, 7),
        ("china_streets.csv", 41_352, 5),
        ("us_addresses_labelled.csv", 1_626, 5),
    ] {
        let Some(path) = shared_data(name) else { continue };
        let table = open(path, name, Limits::default()).expect("opens");
        assert_eq!(table.count_rows().expect("counts"), (rows, 0), "{name}");
        assert!(table.has_header_row(), "{name}: {:?}", table.headers());
        if columns > 0 {
            assert_eq!(table.headers().len(), columns, "{name}");
        }
    }
}

#[test]
fn a_million_rows_stream() {
    struct Rows {
        next: u64,
        line: Vec<u8>,
    }
    impl Read for Rows {
        fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
            if self.line.is_empty() && self.next < 1_000_000 {
                self.line = format!("{},王伟,13812345678\n", self.next).into_bytes();
                self.next += 1;
            }
            let count = target.len().min(self.line.len());
            target[..count].copy_from_slice(&self.line[..count]);
            self.line.drain(..count);
            Ok(count)
        }
    }
    let decoded = DecodingReader::new(Rows { next: 0, line: Vec::new() });
    let mut reader = CsvReader::new(decoded, b',', &Limits::default());
    let mut count = 0;
    while let Some(record) = reader.next_record().expect("usable") {
        assert_eq!(record.cells.len(), 3);
        count += 1;
    }
    assert_eq!(count, 1_000_000);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), name in "x.(csv|tsv|xlsx)") {
        if let Ok(table) = open(bytes, &name, Limits::default()) {
            for row in cells(&table) {
                proptest::prop_assert_eq!(row.len(), table.headers().len());
            }
        }
    }

    #[test]
    fn a_workbook_with_garbled_parts_is_read_or_refused(
        part in 0_usize..12,
        position in 0_usize..4_000,
        garbage in "[<>/\"=A-Z0-9a-z&; ]{1,12}|(r=\"XFD[0-9]{1,9}\")|(<c r=\"B99999999999\"><v>1</v></c>)|(count=\"4000000000\")",
    ) {
        let bytes = workbook(|sheet| {
            for row in 0..5 {
                sheet.write_string(row, 0, "王伟").expect("cell");
                sheet.write_number(row, 1, f64::from(row)).expect("cell");
            }
        });
        if let Ok(table) = open(garbled(bytes, part, position, &garbage), "x.xlsx", Limits::default()) {
            prop_rows_fit(&table);
        }
    }
}

fn prop_rows_fit(table: &Table) {
    assert!(cells(table).iter().all(|row| row.len() == table.headers().len()));
}

/// The archive with `garbage` written over one of its parts.
fn garbled(bytes: Vec<u8>, part: usize, position: usize, garbage: &str) -> Vec<u8> {
    let mut source = zip::ZipArchive::new(Cursor::new(bytes)).expect("archive");
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..source.len() {
        let mut entry = source.by_index(index).expect("entry");
        let name = entry.name().expect("name").into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        parts.push((name, content));
    }
    let count = parts.len();
    let content = &mut parts[part % count].1;
    let start = position % content.len();
    let end = (start + garbage.len()).min(content.len());
    content.splice(start..end, garbage.bytes());
    let borrowed: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    archive(&borrowed)
}

/// The headers, and each row as `number: cells`; rows that cannot be used as `number! reason`.
fn told(bytes: &[u8], name: &str) -> (Vec<String>, Vec<String>) {
    let table = open(bytes.to_vec(), name, Limits::default()).unwrap();
    let line = |row: Result<Row, TabularError>| match row {
        Ok(row) => format!("{}: {}", row.number, row.cells.join("|")),
        Err(error) => format!("{}! {}", error.row().unwrap_or_default(), error.code()),
    };
    (table.headers().to_vec(), table.rows().unwrap().map(line).collect())
}

#[test]
fn json_in_its_usual_forms() {
    let list = br#"[ {"name": "A, Ltd", "address": {"city": "Beijing", "geo": {"x": 1}}, "tags": ["a", "b", null]},
        {"name": "B \"quoted\" ]}", "level": 3, "active": true, "none": null}, {"extra": [{"deep": 1}]} ]"#;
    let (headers, rows) = told(list, "x.json");
    assert_eq!(headers, ["name", "address.city", "address.geo.x", "tags", "level", "active", "extra"]);
    assert_eq!(rows, ["1: A, Ltd|Beijing|1|a; b|||", "2: B \"quoted\" ]}||||3|true|", "3: ||||||[{\"deep\":1}]"]);
    let wanted = (vec!["a".to_owned(), "b".to_owned()], vec!["1: 1|".to_owned(), "2: |x".to_owned()]);
    for text in [
        "{\"a\": 1}\n\n{\"b\": \"x\"}\r\n",
        "{\"a\":\n1}\n{\"b\":\n\"x\"}",
        "{\"next\": null, \"data\": [{\"a\": 1}, {\"b\": \"x\"}], \"more\": [{\"c\": 1}]}",
        "{\n \"total\": {\"items\": [{\"z\": 1}]},\n \"Items\": [\n {\"a\": 1},\n {\"b\": \"x\"}\n]}",
        "\u{FEFF}[{\"a\": 1},{\"b\": \"x\"}]",
    ] {
        assert_eq!(told(text.as_bytes(), "x.json"), wanted, "{text}");
        let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.trim_start_matches('\u{FEFF}').encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(told(&utf16, "x.json"), wanted, "in UTF-16: {text}");
    }
    let long = format!("[{}{{\"a\": 9}}]", "{\"a\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}, ".repeat(9_999));
    let (_, rows) = told(long.as_bytes(), "x");
    assert_eq!((rows.len(), rows.last().unwrap().as_str()), (10_000, "10000: 9"));
}

#[test]
fn broken_json_records_are_told_and_the_others_kept() {
    let (_, rows) = told(b"{\"a\": 1}\n{\"a\": 2\n[1]\nnull\n{\"a\": 3}", "x.ndjson");
    assert_eq!(rows, ["1: 1", "2! row_broken", "3! row_broken", "4! row_broken", "5: 3"]);
    let (_, rows) = told(b"[{\"a\": 1}, 7, {\"a\": x}, [{\"a\": 2}], {\"a\": 3}", "x.json");
    assert_eq!(rows, ["1: 1", "2! row_broken", "3! row_broken", "4! row_broken", "5: 3", "6! row_broken"], "and it stops too early");
    let deep = format!("[{{\"a\": 1}}, {{\"a\": {}1{}}}, {{\"a\": 2}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(told(deep.as_bytes(), "x.json").1, ["1: 1", "2! row_broken", "3: 2"]);
    let long = format!("{{\"a\": 1}}\n{{\"a\": \"{}\"}}\n{{\"a\": 2}}", "x".repeat(9 << 20));
    assert_eq!(told(long.as_bytes(), "x.json").1, ["1: 1", "2! row_broken", "3: 2"]);
    let many: String = (0..2_100).map(|n| format!("{{\"c{n}\": 1}}\n")).collect();
    assert!(matches!(open(many.into_bytes(), "x.json", Limits::default()), Err(TabularError::TooLarge { .. })));
    for nothing in ["[]", "{}", "[{}, {}]", "[{\"a\""] {
        assert!(open(nothing.as_bytes().to_vec(), "x.json", Limits::default()).is_err(), "{nothing}");
    }
    assert_eq!(told(b"[name],{x}\n1,2\n", "x.csv").0, ["[name]", "{x}"], "a table stays a table");
}

#[test]
fn cards_of_people() {
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:欧阳;明;;;\r\nFN:欧阳明\r\nORG:星河智能;销售部\r\nTITLE:经理\r\nTEL;TYPE=CELL:138 1234 5678\r\n\
        TEL;TYPE=WORK,VOICE:010-65529988\r\nEMAIL;TYPE=INTERNET:ming@xinghe.example\r\nADR;TYPE=WORK:;;张江路1号;上海;上海市;200000;中国\r\nBDAY:1990-01-05\r\n\
        NOTE:第一行\\n第二行很\r\n 长\r\nEND:VCARD\r\n\
        begin:vcard\nversion:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E4=BC=9F;;;\nTEL;CELL:13912345678\nTEL;CELL:13712345678\nend:vcard\n\
        BEGIN:VCARD\nVERSION:4.0\nFN:Mary Smith\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+1-212-555-0123\nCATEGORIES:VIP,老客户\nURL:https://smith.example\nEND:VCARD\n";
    let (headers, rows) = told(cards.as_bytes(), "x.vcf");
    let cell = |row: usize, name: &str| {
        let at = headers.iter().position(|it| it == name).unwrap_or_else(|| panic!("{name} in {headers:?}"));
        rows[row].split_once(": ").unwrap().1.split('|').nth(at).unwrap().to_owned()
    };
    assert_eq!(rows.len(), 3, "{rows:?}");
    for (name, value) in [
        ("name", "欧阳明"),
        ("company", "星河智能"),
        ("department", "销售部"),
        ("title", "经理"),
        ("mobile", "138 1234 5678"),
        ("phone", "010-65529988"),
        ("email", "ming@xinghe.example"),
        ("address.street", "张江路1号"),
        ("address.province", "上海市"),
        ("birthday", "1990-01-05"),
        ("note", "第一行\n第二行很长"),
    ] {
        assert_eq!(cell(0, name), value, "{name}");
    }
    assert_eq!((cell(1, "name"), cell(1, "mobile")), ("王伟".to_owned(), "13912345678; 13712345678".to_owned()));
    assert_eq!((cell(2, "name"), cell(2, "phone"), cell(2, "tags")), ("Mary Smith".into(), "+1-212-555-0123".into(), "VIP; 老客户".into()));
    let gb = encoding_rs::GB18030.encode("BEGIN:VCARD\nVERSION:3.0\nFN:张三\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:李").0.into_owned();
    assert_eq!(told(&gb, "x.vcf").1, ["1: 张三", "2! row_broken"]);
}
