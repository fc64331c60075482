//! Values with most of them covered: enough to tell one from another, too little to use.

/// Stands for what is covered. Always the same length, so that it tells nothing of the value's own.
const COVER: &str = "****";

/// A phone number in E.164: `138****5678`, `+44****0958`.
pub fn phone(number: &str) -> String {
    let number = number.split(';').next().unwrap_or_default();
    let is_chinese_mobile = number.len() == 14 && number.starts_with("+861");
    let (shown, rest) = if is_chinese_mobile { number.split_at(6) } else { number.split_at(number.len().min(3)) };
    let shown = shown.strip_prefix("+86").filter(|_| is_chinese_mobile).unwrap_or(shown);
    format!("{shown}{COVER}{}", end(rest, 4))
}

/// An e-mail address: its first letter and its domain, `w****@example.com`.
pub fn email(address: &str) -> String {
    match address.split_once('@') {
        Some((name, domain)) => format!("{}{COVER}@{domain}", start(name, 1)),
        None => COVER.to_owned(),
    }
}

/// A person's name: `王**`, `M**`.
pub fn person_name(name: &str) -> String {
    format!("{}**", start(name.trim(), 1))
}

/// Any other text: of a long one (an identity number) the ends, of a short one its first character.
pub fn text(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() >= 12 { format!("{}{COVER}{}", start(text, 3), end(text, 4)) } else { format!("{}{COVER}", start(text, 1)) }
}

fn start(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

/// The last characters, where more than as many again are covered.
fn end(text: &str, count: usize) -> String {
    let length = text.chars().count();
    if length >= count * 2 { text.chars().skip(length - count).collect() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_keep_their_ends() {
        assert_eq!(phone("+8613812345678"), "138****5678");
        assert_eq!(phone("+442079460958"), "+44****0958");
        assert_eq!(phone("+861065529988;ext=12"), "+86****9988");
        assert_eq!(phone("+1911"), "+19****");
        assert_eq!(phone(""), "****");
    }

    #[test]
    fn addresses_keep_their_domain() {
        assert_eq!(email("wang.xm@example.com"), "w****@example.com");
        assert_eq!(email("李@例子.公司"), "李****@例子.公司");
        assert_eq!(email("broken"), "****");
    }

    #[test]
    fn names_keep_their_first_character() {
        assert_eq!(person_name("王小明"), "王**");
        assert_eq!(person_name("Mary Smith"), "M**");
    }

    #[test]
    fn texts_keep_little() {
        assert_eq!(text("310101199003078515"), "310****8515");
        assert_eq!(text("secret"), "s****");
        assert_eq!(text(""), "****");
    }
}
