//! Dates in the spellings of everyday files.

/// Year, month and day, or nothing where the text is no date. Where both orders are possible (01/02/1990) the day comes
/// first; the comparator takes day and month exchanged for a small difference.
pub(super) fn parse(text: &str) -> Option<(u16, u8, u8)> {
    // A time after the date does not count.
    let date = text.split(['T', ' ']).next().filter(|first| first.chars().filter(char::is_ascii_digit).count() >= 6).unwrap_or(text);
    let groups: Vec<&str> = date.split(|character: char| !character.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let (year, month, day) = match groups.as_slice() {
        [one] if one.len() == 8 => (&one[..4], &one[4..6], &one[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    match (month, day) {
        (1..=12, 1..=31) => Some((year, month, day)),
        (13..=31, 1..=12) => Some((year, day, month)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_usual_spellings() {
        for text in ["1990-07-02", "19900702", "1990/7/2", "1990年7月2日", "2.7.1990", "02/07/1990", "1990-07-02T10:00:00Z", "1990-07-02 10:00"] {
            assert_eq!(parse(text), Some((1990, 7, 2)), "{text}");
        }
        assert_eq!(parse("07/22/1990"), Some((1990, 7, 22)));
        for text in ["1990", "soon", "19901399", "1990-00-10", "99999999999", "1990-7"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
