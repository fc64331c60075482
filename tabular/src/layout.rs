//! What stands where in a text table: delimiter and header row, judged by the first rows.

use crate::csv_read::{CsvReader, Record};
use crate::limits::Limits;

const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
const JUDGED_ROWS: usize = 50;

/// Excel's own hint in the first line: `sep=;`.
pub(crate) fn declared_delimiter(sample: &str) -> Option<u8> {
    let first = sample.lines().next()?.trim().trim_matches('"');
    let declared = first.strip_prefix("sep=")?.as_bytes();
    match declared {
        [delimiter] if delimiter.is_ascii() => Some(*delimiter),
        [] => Some(b'\t'),
        _ => None,
    }
}

/// The delimiter under which the first rows agree best on a number of columns above one.
pub(crate) fn sniff_delimiter(sample: &str, sample_is_whole: bool, file_name: &str) -> u8 {
    let preferred = if file_name.to_ascii_lowercase().ends_with(".tsv") { b'\t' } else { b',' };
    let score = |delimiter: u8| {
        let widths = widths(sample, sample_is_whole, delimiter);
        let width = most_common(&widths);
        if width < 2 {
            return 0;
        }
        let agreeing = widths.iter().filter(|other| **other == width).count();
        // Agreement counts first, then columns; the delimiter of the file's name wins a tie.
        agreeing * 1_000 / widths.len() * 100 + width.min(49) * 2 + usize::from(delimiter == preferred)
    };
    DELIMITERS.into_iter().max_by_key(|delimiter| (score(*delimiter), *delimiter == preferred)).unwrap_or(preferred)
}

fn widths(sample: &str, sample_is_whole: bool, delimiter: u8) -> Vec<usize> {
    let limits = Limits { max_columns: 20_000, ..Limits::default() };
    let mut reader = CsvReader::new(sample.as_bytes(), delimiter, &limits);
    let mut widths = Vec::new();
    while widths.len() < JUDGED_ROWS {
        match reader.next_record() {
            Ok(Some(record)) if record.is_blank() => {}
            Ok(Some(record)) => widths.push(record.cells.len()),
            _ => break,
        }
    }
    // The last record of a cut sample is cut too.
    if !sample_is_whole && widths.len() > 1 && widths.len() < JUDGED_ROWS {
        widths.pop();
    }
    widths
}

fn most_common(widths: &[usize]) -> usize {
    let count = |width: usize| widths.iter().filter(|other| **other == width).count();
    widths.iter().copied().max_by_key(|width| (count(*width), *width)).unwrap_or(0)
}

/// Index among `rows` of the header row, and whether it is one: titles above it are passed over, and a first row of
/// data is not taken for it.
pub(crate) fn find_header(rows: &[Record]) -> (usize, bool) {
    let filled = |row: &Record| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let widest = rows.iter().map(filled).max().unwrap_or(0);
    let candidate = rows.iter().position(|row| filled(row) * 2 >= widest && (filled(row) >= 2 || widest < 3)).unwrap_or(0);
    let is_header = rows.get(candidate).is_some_and(|row| looks_like_header(row, &rows[candidate + 1..]));
    if is_header { (candidate, true) } else { (0, false) }
}

fn looks_like_header(row: &Record, below: &[Record]) -> bool {
    let cells: Vec<&str> = row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let mut distinct: Vec<String> = cells.iter().map(|cell| cell.to_lowercase()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let has_value = cells.iter().any(|cell| looks_like_value(cell));
    // "2024", "2025" as column heads: numbers above text or numbers cannot be told apart, text above numbers can.
    let is_long = cells.iter().any(|cell| cell.chars().count() > 100);
    let mostly_distinct = distinct.len() * 10 >= cells.len() * 8;
    !cells.is_empty() && !has_value && !is_long && mostly_distinct && (!below.is_empty() || cells.len() > 1)
}

/// Numbers, dates, phones and e-mail addresses stand in rows of data, not in heads.
fn looks_like_value(cell: &str) -> bool {
    let is_mail = cell.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.'));
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let is_number_like = digits > 0 && cell.chars().all(|character| character.is_ascii_digit() || " +-.,/:()%¥$€年月日".contains(character));
    is_mail || (is_number_like && !(cell.len() == 4 && digits == 4))
}

/// Names for columns: the header's, made unique ("电话", "电话 (2)"), or spreadsheet letters where there is none.
pub(crate) fn column_names(header: Option<&Record>, width: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(width);
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for index in 0..width {
        let given = header.and_then(|record| record.cells.get(index)).map_or("", |cell| cell.trim());
        let one_line = given.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if one_line.is_empty() { letters(index) } else { one_line };
        let count = seen.entry(name.clone()).or_insert(0);
        *count += 1;
        names.push(if *count == 1 { name } else { format!("{name} ({count})") });
    }
    names
}

/// A, B, ... Z, AA, AB: how spreadsheets call their columns.
fn letters(index: usize) -> String {
    let mut rest = index + 1;
    let mut name = Vec::new();
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[&[&str]]) -> Vec<Record> {
        let record =
            |(index, cells): (usize, &&[&str])| Record { number: index as u64 + 1, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        text.iter().enumerate().map(record).collect()
    }

    #[test]
    fn delimiters() {
        for (text, name, delimiter) in [
            ("a,b,c\n1,2,3\n", "x.csv", b','),
            ("a;b;c\n1,5;2,5;3,5\n", "x.csv", b';'),
            ("a\tb\n1,2\t3,4\n", "x.txt", b'\t'),
            ("a|b|c\n1|2|3\n", "x.txt", b'|'),
            ("name,note\nx,\"a;b;c\"\ny,\"d;e;f\"\n", "x.csv", b','),
            ("only\none\n", "x.csv", b','),
            ("only\none\n", "x.tsv", b'\t'),
        ] {
            assert_eq!(sniff_delimiter(text, true, name), delimiter, "{text}");
        }
        assert_eq!(declared_delimiter("sep=;\na;b"), Some(b';'));
        assert_eq!(declared_delimiter("a;b"), None);
    }

    #[test]
    fn header_rows() {
        assert_eq!(find_header(&rows(&[&["姓名", "电话"], &["王伟", "13812345678"]])), (0, true));
        assert_eq!(find_header(&rows(&[&["客户名单", "", ""], &["姓名", "电话", "城市"], &["王伟", "138", "上海"]])), (1, true));
        assert_eq!(find_header(&rows(&[&["王伟", "13812345678"], &["李娜", "13912345678"]])), (0, false));
        assert_eq!(find_header(&rows(&[&["wei@xinghe.example"], &["na@xinghe.example"]])), (0, false));
        assert_eq!(find_header(&rows(&[&["name"], &["x"]])), (0, true));
    }

    #[test]
    fn names_of_columns() {
        let header = &rows(&[&["电话", "电话", " ", "a\nb"]])[0];
        assert_eq!(column_names(Some(header), 5), ["电话", "电话 (2)", "C", "a b", "E"]);
        assert_eq!(
            (letters(0), letters(25), letters(26), letters(701), letters(702)),
            ("A".into(), "Z".into(), "AA".into(), "ZZ".into(), "AAA".into())
        );
    }
}
