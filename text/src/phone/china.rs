//! The numbering plan of China, by hand: new mobile ranges are opened faster than libraries learn of them, and a
//! missing area code must be refused, not guessed.

use super::PhoneError;

/// Digits as dialled in China, trunk `0`, `86` or long-distance prefixes allowed, to E.164.
pub(super) fn normalise(digits: &str) -> Result<String, PhoneError> {
    let candidates = [
        Some(digits),
        digits.strip_prefix("86"),
        digits.strip_prefix("0086"),
        digits.strip_prefix("086"),
        // 17951 and 12593 are IP-call prefixes that old address books carry before the number.
        digits.strip_prefix("17951"),
        digits.strip_prefix("12593"),
    ];
    if let Some(national) = candidates.into_iter().flatten().find_map(significant) {
        return Ok(format!("+86{national}"));
    }
    Err(match digits.len() {
        0..=9 => PhoneError::TooShort,
        14.. => PhoneError::TooLong,
        _ => PhoneError::NotInPlan("CN".to_owned()),
    })
}

/// The national significant number (no trunk `0`), if it is one.
fn significant(digits: &str) -> Option<&str> {
    let without_trunk = digits.strip_prefix('0').unwrap_or(digits);
    if is_mobile(without_trunk) || is_service(digits) || is_premium(digits) {
        return Some(without_trunk);
    }
    land_line(without_trunk).map(|_| without_trunk)
}

fn is_mobile(national: &str) -> bool {
    let bytes = national.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// 400 (shared cost) and 800 (free) numbers have ten digits, 4008 and 8008 numbers among them.
fn is_service(national: &str) -> bool {
    national.len() == 10 && (national.starts_with("400") || national.starts_with("800"))
}

/// Information lines such as 168 12345.
fn is_premium(national: &str) -> bool {
    national.len() == 8 && national.starts_with("168")
}

/// Area code (without the trunk 0) and subscriber number.
fn land_line(national: &str) -> Option<(&str, &str)> {
    let first = national.as_bytes().first()?;
    let second = national.as_bytes().get(1)?;
    let area_length = match (first, second) {
        (b'1', b'0') | (b'2', b'0'..=b'9') => 2,
        (b'3'..=b'9', _) => 3,
        _ => return None,
    };
    let (area, subscriber) = national.split_at_checked(area_length)?;
    let has_service_prefix = |prefixes: [&str; 3]| prefixes.iter().any(|prefix| subscriber.starts_with(prefix));
    let plausible = match subscriber.len() {
        // In three-digit areas both seven and eight digits are in use; two-digit areas have eight only.
        8 => subscriber.as_bytes()[0] != b'0',
        7 => area_length == 3 && (b'2'..=b'9').contains(&subscriber.as_bytes()[0]),
        // 0755 95511, 010 12315: a service number with the area code before it.
        5 | 6 => has_service_prefix(["95", "96", "100"]) || subscriber.starts_with("123"),
        _ => false,
    };
    plausible.then_some((area, subscriber))
}

/// `138 1234 5678`, `010-6552 9988`, `0571-8765 4321`, `400 810 8888`; `None` for what is none of these.
pub(super) fn local_form(national: &str) -> Option<String> {
    if !national.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if is_mobile(national) {
        return Some(format!("{} {} {}", &national[..3], &national[3..7], &national[7..]));
    }
    if is_premium(national) {
        return Some(format!("{} {}", &national[..3], &national[3..]));
    }
    if is_service(national) {
        return Some(format!("{} {} {}", &national[..3], &national[3..6], &national[6..]));
    }
    let (area, subscriber) = land_line(national)?;
    Some(match subscriber.len() {
        8 => format!("0{area}-{} {}", &subscriber[..4], &subscriber[4..]),
        7 => format!("0{area}-{} {}", &subscriber[..3], &subscriber[3..]),
        _ => format!("0{area}-{subscriber}"),
    })
}
