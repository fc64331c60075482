//! Phone numbers: any usual written form to E.164 and back to the form people of the region read.

use std::fmt;

use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, PhoneNumber, Type, country};

use crate::script::{fold_width, is_invisible};

mod china;
mod extension;

/// Longest input looked at, in characters; anything longer is not a phone number.
const MAX_INPUT_CHARS: usize = 64;
/// E.164 allows 15 digits.
const MAX_DIGITS: usize = 17;

/// A number in E.164 with the extension kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone {
    /// `+` and digits only, country code first.
    pub e164: String,
    /// Digits to dial after the connection.
    pub extension: Option<String>,
}

impl Phone {
    /// Reads the stored form back; `None` if it is not one.
    pub fn from_stored(stored: &str) -> Option<Phone> {
        let (e164, extension) = match stored.split_once(";ext=") {
            Some((number, extension)) => (number, Some(extension)),
            None => (stored, None),
        };
        let digits = e164.strip_prefix('+')?;
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(digits) || digits.len() > MAX_DIGITS || extension.is_some_and(|text| !all_digits(text)) {
            return None;
        }
        Some(Phone { e164: e164.to_owned(), extension: extension.map(str::to_owned) })
    }
}

/// The stored form: `+8613812345678`, with an extension `+861065529988;ext=12`.
impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.extension {
            Some(extension) => write!(out, "{};ext={extension}", self.e164),
            None => out.write_str(&self.e164),
        }
    }
}

/// Why a text is not taken as a phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was given.
    #[error("the phone number is empty")]
    Empty,
    /// A letter where a digit is expected ("1800 FLOWERS" is not guessed).
    #[error("a phone number has no letters, found {0:?}")]
    Letter(char),
    /// A sign that does not belong in a phone number.
    #[error("a phone number has no {0:?}")]
    UnexpectedCharacter(char),
    /// Two numbers in one field.
    #[error("there seem to be several phone numbers")]
    SeveralNumbers,
    /// Fewer digits than any number of the region has, or the area code is missing.
    #[error("the phone number is too short, is the area code missing?")]
    TooShort,
    /// More digits than a phone number can have.
    #[error("the phone number is too long")]
    TooLong,
    /// The text after `+` begins with no known country code.
    #[error("there is no such country code")]
    UnknownCountryCode,
    /// A national form was given, but the region to read it in is not an ISO 3166 code with a numbering plan.
    #[error("there is no region {0:?} to read a national number in")]
    UnknownRegion(String),
    /// The digits match no numbering plan.
    #[error("there is no such number in region {0}")]
    NotInPlan(String),
}

impl PhoneError {
    /// The stable machine code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            PhoneError::Empty => "phone_empty",
            PhoneError::Letter(_) => "phone_letter",
            PhoneError::UnexpectedCharacter(_) => "phone_character",
            PhoneError::SeveralNumbers => "phone_several",
            PhoneError::TooShort => "phone_too_short",
            PhoneError::TooLong => "phone_too_long",
            PhoneError::UnknownCountryCode => "phone_country_code",
            PhoneError::UnknownRegion(_) => "phone_region",
            PhoneError::NotInPlan(_) => "phone_not_in_plan",
        }
    }
}

/// Reads `input` as a phone number; national forms are read in `region` (ISO 3166 alpha-2, "CN").
///
/// Understands full-width digits, brackets, every usual separator, `00` and `+` prefixes, `86` without plus, and
/// extensions written `转`, `分机`, `ext`, `x`, `#` or `;ext=`.
pub fn normalise(input: &str, region: &str) -> Result<Phone, PhoneError> {
    let folded = fold_width(input);
    let text: String = folded.chars().filter(|character| !is_invisible(*character)).collect();
    let text = extension::without_label(text.trim());
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.chars().count() > MAX_INPUT_CHARS {
        return Err(PhoneError::TooLong);
    }
    let region = region.trim().to_ascii_uppercase();
    let (number, extension) = extension::split(text);
    let whole = e164_of(number, &region);
    if whole.is_err() && extension.is_none() {
        // 010-65529988-8001: the part after the second hyphen is the extension when the rest is a number without it.
        if let Some((shorter, tail)) = extension::split_hyphenated(number)
            && let Ok(e164) = e164_of(shorter, &region)
        {
            return Ok(Phone { e164, extension: Some(tail.to_owned()) });
        }
    }
    Ok(Phone { e164: whole?, extension })
}

/// Whether national forms can be read in this region: an ISO 3166 alpha-2 code, in upper case, that has a numbering plan.
pub fn is_region(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase()) && DATABASE.by_id(code).is_some()
}

/// Shows a stored number (`+86...`, `;ext=` allowed) as people of `region` write it: its own numbers in national form,
/// all others in international form. A text that is no stored number is returned as it is.
pub fn local_form(stored: &str, region: &str) -> String {
    let Some(phone) = Phone::from_stored(stored) else {
        return stored.to_owned();
    };
    let is_chinese_reader = region.eq_ignore_ascii_case("CN");
    let number = match phone.e164.strip_prefix("+86").and_then(china::local_form) {
        Some(text) if is_chinese_reader => text,
        Some(text) => format!("+86 {}", text.trim_start_matches('0')),
        None => formatted(&phone.e164, region),
    };
    match phone.extension {
        Some(extension) if is_chinese_reader => format!("{number} 转 {extension}"),
        Some(extension) => format!("{number} ext. {extension}"),
        None => number,
    }
}

fn formatted(e164: &str, region: &str) -> String {
    let Ok(number) = phonenumber::parse(None, e164) else {
        return e164.to_owned();
    };
    let digits_of = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let own = number.country().id().is_some_and(|id| id.as_ref().eq_ignore_ascii_case(region));
    if own {
        let national = number.format().mode(Mode::National).to_string();
        // What is shown must read back as the same number; some formatting rules lose digits.
        if e164_of(&national, region).is_ok_and(|again| again == e164) {
            return national;
        }
    }
    let international = number.format().mode(Mode::International).to_string();
    if digits_of(&international) == digits_of(e164) { international } else { e164.to_owned() }
}

fn e164_of(number: &str, region: &str) -> Result<String, PhoneError> {
    let (plus, digits) = digits_of(number)?;
    if digits.len() < 3 {
        return Err(PhoneError::TooShort);
    }
    if digits.len() > MAX_DIGITS + 4 {
        return Err(PhoneError::TooLong);
    }
    if plus {
        return international(&digits);
    }
    if let Some(rest) = digits.strip_prefix("00")
        && let Ok(e164) = international(rest)
    {
        return Ok(e164);
    }
    if region == "CN" {
        return china::normalise(&digits);
    }
    national(&digits, region)
}

/// The digits, and whether a plus stood before them.
fn digits_of(number: &str) -> Result<(bool, String), PhoneError> {
    let mut digits = String::with_capacity(number.len());
    let mut plus = false;
    let number = if number.starts_with('+') { number.replacen("(0)", "", 1) } else { number.to_owned() };
    for character in number.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '+' if digits.is_empty() && !plus => plus = true,
            '+' | ';' | '、' | '|' => return Err(PhoneError::SeveralNumbers),
            ' ' | '-' | '(' | ')' | '.' | '/' | '[' | ']' | '~' | '*' | '\t' | '·' | '【' | '】' | '〔' | '〕' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{2053}' | '\u{223C}' => {}
            ',' if !digits.is_empty() => return Err(PhoneError::SeveralNumbers),
            letter if letter.is_alphabetic() => return Err(PhoneError::Letter(letter)),
            other => return Err(PhoneError::UnexpectedCharacter(other)),
        }
    }
    if digits.is_empty() { Err(PhoneError::Empty) } else { Ok((plus, digits)) }
}

fn international(digits: &str) -> Result<String, PhoneError> {
    let digits = digits.trim_start_matches('0');
    if let Some(rest) = digits.strip_prefix("86") {
        return china::normalise(rest);
    }
    let (code, national) = split_country_code(digits).ok_or(PhoneError::UnknownCountryCode)?;
    let plans = DATABASE.by_code(&code).unwrap_or_default();
    for candidate in [Some(national), national.strip_prefix('0')].into_iter().flatten() {
        if plans.iter().any(|plan| in_plan(plan, candidate)) {
            return Ok(format!("+{code}{candidate}"));
        }
    }
    let loosely = plans.iter().find_map(|plan| national_significant(plan, national));
    match loosely {
        Some(significant) => Ok(format!("+{code}{significant}")),
        None => Err(refusal(&plans, national, &format!("+{code}"))),
    }
}

fn split_country_code(digits: &str) -> Option<(u16, &str)> {
    (1..=3).find_map(|length| {
        let code = digits.get(..length)?.parse::<u16>().ok()?;
        DATABASE.by_code(&code).map(|_| (code, &digits[length..]))
    })
}

fn national(digits: &str, region: &str) -> Result<String, PhoneError> {
    let Some(plan) = DATABASE.by_id(region) else {
        return Err(PhoneError::UnknownRegion(region.to_owned()));
    };
    if let Some(significant) = national_significant(plan, digits) {
        return Ok(format!("+{}{significant}", plan.country_code()));
    }
    // The country code without the plus: "44 20 7946 0958" typed in region GB.
    if let Some(rest) = digits.strip_prefix(&plan.country_code().to_string())
        && in_plan(plan, rest)
    {
        return Ok(format!("+{}{rest}", plan.country_code()));
    }
    Err(refusal(&[plan], digits, region))
}

/// The number without trunk prefix, if it is in the plan.
fn national_significant(plan: &Metadata, digits: &str) -> Option<String> {
    let parsed = parsed_by_library(plan, digits);
    let stripped = plan.national_prefix().and_then(|prefix| digits.strip_prefix(prefix)).map(str::to_owned);
    let stripped_by_pattern = plan.national_prefix_for_parsing().and_then(|pattern| {
        let prefix = pattern.find(digits).filter(|found| found.start() == 0)?;
        digits.get(prefix.end()..).map(str::to_owned)
    });
    let candidates = [Some(digits.to_owned()), parsed, stripped, stripped_by_pattern];
    // Strictly first: a number of a known kind; then one that only fits the general pattern of the plan.
    let exact = candidates.iter().flatten().find(|candidate| in_plan(plan, candidate) && fills_pattern(plan, candidate));
    let strict = exact.or_else(|| candidates.iter().flatten().find(|candidate| in_plan(plan, candidate)));
    let loose = || candidates.iter().flatten().find(|candidate| plan.descriptors().general().is_match(candidate));
    strict.or_else(loose).cloned()
}

fn parsed_by_library(plan: &Metadata, digits: &str) -> Option<String> {
    let id: country::Id = plan.id().parse().ok()?;
    let number: PhoneNumber = phonenumber::parse(Some(id), digits).ok()?;
    (number.code().value() == plan.country_code()).then(|| number.national().to_string())
}

/// Is `national` a number of a known kind in the plan (fixed, mobile, toll-free...)?
fn in_plan(plan: &Metadata, national: &str) -> bool {
    const KINDS: [Type; 10] = [
        Type::FixedLine,
        Type::Mobile,
        Type::TollFree,
        Type::PremiumRate,
        Type::SharedCost,
        Type::PersonalNumber,
        Type::Voip,
        Type::Pager,
        Type::Uan,
        Type::Voicemail,
    ];
    let descriptors = plan.descriptors();
    descriptors.general().is_match(national)
        && KINDS.iter().any(|kind| descriptors.get(*kind).is_some_and(|descriptor| descriptor.is_match(national)))
}

/// The library's own check is satisfied when a pattern matches the beginning; here it has to cover all digits.
fn fills_pattern(plan: &Metadata, national: &str) -> bool {
    plan.descriptors().general().national_number().find(national).is_some_and(|found| found.end() == national.len())
}

fn refusal(plans: &[&Metadata], national: &str, region: &str) -> PhoneError {
    let lengths = plans.iter().flat_map(|plan| plan.descriptors().general().possible_length().iter().copied());
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    let (shortest, longest) = lengths.fold((u16::MAX, 0), |(low, high), one| (low.min(one), high.max(one)));
    match length {
        _ if length < shortest && shortest != u16::MAX => PhoneError::TooShort,
        _ if length > longest.saturating_add(2) && longest != 0 => PhoneError::TooLong,
        _ => PhoneError::NotInPlan(region.to_owned()),
    }
}

#[cfg(test)]
mod tests;
