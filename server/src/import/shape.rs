//! What the cells of a column look like.

/// Forms that cells of a column share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Empty,
    Email,
    Phone,
    Url,
    Date,
    Money,
    Number,
    Boolean,
    /// The id of a record.
    Id,
    Text,
}

type Test = fn(&str) -> bool;

/// The form that most of the cells have.
pub fn of(cells: &[&str]) -> Shape {
    let filled: Vec<&str> = cells.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
    if filled.is_empty() {
        return Shape::Empty;
    }
    let tests: [(Shape, Test); 8] = [
        (Shape::Id, is_id),
        (Shape::Email, is_email),
        (Shape::Date, is_date),
        (Shape::Phone, is_phone),
        (Shape::Url, is_url),
        (Shape::Boolean, is_boolean),
        (Shape::Number, is_number),
        (Shape::Money, is_money),
    ];
    let most = |test: Test| filled.iter().filter(|it| test(it)).count() * 10 >= filled.len() * 6;
    tests.into_iter().find(|(_, test)| most(*test)).map_or(Shape::Text, |(shape, _)| shape)
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

fn is_email(text: &str) -> bool {
    guanxi_text::email::normalise(text).is_ok()
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.")
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let signs = text.chars().all(|it| it.is_ascii_digit() || " +-()/.（）转ext".contains(it));
    let is_mobile = digits == 11 && text.starts_with('1') && text.len() == 11;
    let is_written_apart = (7..=16).contains(&digits) && (text.starts_with('+') || text.contains(['-', '(', ' ', '/', '（'])) && !text.contains(',');
    signs && (is_mobile || is_written_apart)
}

fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let pieces: Vec<&str> = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
    let digits = |it: &str, least: usize, most: usize| (least..=most).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
    match pieces.as_slice() {
        [one] => digits(one, 8, 8) && (one.starts_with("19") || one.starts_with("20")),
        [first, second, third] => digits(second, 1, 2) && (digits(first, 4, 4) && digits(third, 1, 2) || digits(first, 1, 2) && digits(third, 4, 4)),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && text.chars().enumerate().all(|(at, it)| it.is_ascii_digit() || it == ',' || it == '.' || it == '%' || (at == 0 && "+-".contains(it)))
}

fn is_money(text: &str) -> bool {
    let signless = text.trim_start_matches(['¥', '￥', '$', '€', '£']).trim_end_matches(['元', '¥', '￥', '€']);
    let bare = signless.trim_start_matches(|it: char| it.is_ascii_uppercase()).trim_end_matches(|it: char| it.is_ascii_uppercase());
    let letters = signless.len() - bare.len();
    bare.len() < text.len() && matches!(letters, 0 | 3) && is_number(bare.trim())
}

fn is_boolean(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "false" | "yes" | "no" | "y" | "n" | "是" | "否" | "有" | "无" | "√" | "×")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_show_their_form() {
        for (cells, shape) in [
            (vec!["wei@xinghe.example", "", "na@xinghe.example"], Shape::Email),
            (vec!["13812345678", "+86 138 1234 5678", "010-65529988"], Shape::Phone),
            (vec!["310/246-1501", "818-762-1221"], Shape::Phone),
            (vec!["2026-11-22", "2026/1/5", "2026年1月5日"], Shape::Date),
            (vec!["22/11/2026", "1/12/2026"], Shape::Date),
            (vec!["19081209", "19990219"], Shape::Date),
            (vec!["¥1,200.00", "USD 12", "300元"], Shape::Money),
            (vec!["1,200.00", "-3", "12.5%"], Shape::Number),
            (vec!["是", "否", "是"], Shape::Boolean),
            (vec!["https://xinghe.example", "www.x.example"], Shape::Url),
            (vec!["王伟", "李娜"], Shape::Text),
            (vec!["P1", "P2"], Shape::Text),
            (vec!["", " "], Shape::Empty),
            (vec!["7035311", "7364009"], Shape::Number),
        ] {
            assert_eq!(of(&cells), shape, "{cells:?}");
        }
    }
}
