//! Check digits of Chinese identification numbers.

use crate::script::{fold_width, is_invisible};

/// Why a number is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Not 18 characters.
    #[error("the number must have 18 characters, it has {found}")]
    Length {
        /// Characters there are, blanks and hyphens apart.
        found: usize,
    },
    /// A character the number cannot have at that place.
    #[error("the number has {character:?} where it cannot stand, as character {place}")]
    Character {
        /// Where it stands, counted from 1 without blanks and hyphens.
        place: usize,
        /// The character.
        character: char,
    },
    /// No such province, or no such day.
    #[error("the region or the date of birth in the number does not exist")]
    Content,
    /// The last character does not fit the others: a typing error.
    #[error("the check digit {found:?} does not fit, there is a typing error")]
    CheckDigit {
        /// The check digit there is.
        found: char,
    },
}

impl IdNumberError {
    /// The stable machine code of the error.
    pub fn code(self) -> &'static str {
        match self {
            IdNumberError::Length { .. } => "id_length",
            IdNumberError::Character { .. } => "id_character",
            IdNumberError::Content => "id_content",
            IdNumberError::CheckDigit { .. } => "id_check_digit",
        }
    }
}

/// Unified social credit code (统一社会信用代码, GB 32100-2015): answers the normal form, upper case without spaces.
pub fn unified_social_credit_code(input: &str) -> Result<String, IdNumberError> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code = normal(input)?;
    let mut sum = 0;
    let mut weight = 1;
    let mut last = 0;
    for (index, character) in code.chars().enumerate() {
        let cannot_stand = IdNumberError::Character { place: index + 1, character };
        let value = ALPHABET.find(character).ok_or(cannot_stand)?;
        if (2..8).contains(&index) && !character.is_ascii_digit() {
            return Err(cannot_stand);
        }
        if index < 17 {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        last = value;
    }
    if (31 - sum % 31) % 31 == last { Ok(code) } else { Err(IdNumberError::CheckDigit { found: last_of(&code) }) }
}

/// What a resident identity number says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResidentId {
    /// 18 characters, `X` in upper case.
    pub number: String,
    /// Year, month, day of birth.
    pub born: (u16, u8, u8),
    /// Is the sequence number even, as women's are?
    pub female: bool,
}

/// Resident identity number (居民身份证号码, GB 11643-1999).
pub fn resident_id(input: &str) -> Result<ResidentId, IdNumberError> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    const REGIONS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    let number = normal(input)?;
    let stands = |index: usize, character: char| character.is_ascii_digit() || index == 17 && character == 'X';
    if let Some((index, character)) = number.chars().enumerate().find(|(index, character)| !stands(*index, *character)) {
        return Err(IdNumberError::Character { place: index + 1, character });
    }
    let (digits, check) = number.split_at(17);
    let value = |from: usize, to: usize| digits[from..to].parse::<u16>().unwrap_or_default();
    let born = (value(6, 10), value(10, 12), value(12, 14));
    let region_exists = REGIONS.contains(&(digits.as_bytes()[0] - b'0'));
    if !region_exists || !(1850..=2200).contains(&born.0) || !(1..=12).contains(&born.1) || born.2 < 1 || born.2 > days_in(born.0, born.1) {
        return Err(IdNumberError::Content);
    }
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let expected = CHECKS[usize::try_from(sum % 11).unwrap_or_default()];
    if check.as_bytes().first() != Some(&expected) {
        return Err(IdNumberError::CheckDigit { found: last_of(&number) });
    }
    let female = value(14, 17) % 2 == 0;
    let narrow = |part: u16| u8::try_from(part).unwrap_or_default();
    let born = (born.0, narrow(born.1), narrow(born.2));
    Ok(ResidentId { born, female, number })
}

fn normal(input: &str) -> Result<String, IdNumberError> {
    if input.len() > 200 {
        return Err(IdNumberError::Length { found: input.chars().count() });
    }
    let text: String = fold_width(input).chars().filter(|it| !matches!(it, ' ' | '-') && !is_invisible(*it)).collect();
    let text = text.to_ascii_uppercase();
    if let Some((index, character)) = text.chars().enumerate().find(|(_, it)| !it.is_ascii()) {
        return Err(IdNumberError::Character { place: index + 1, character });
    }
    if text.len() == 18 { Ok(text) } else { Err(IdNumberError::Length { found: text.len() }) }
}

fn last_of(number: &str) -> char {
    number.chars().last().unwrap_or_default()
}

fn days_in(year: u16, month: u16) -> u16 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn social_credit_codes() {
        for code in ["91110000802100433B", "914403001922038216", "9144 0300 7084 6113 6T", "91110108551385082q"] {
            assert!(unified_social_credit_code(code).is_ok(), "{code}: {:?}", unified_social_credit_code(code));
        }
        assert_eq!(unified_social_credit_code("91110000802100433C"), Err(IdNumberError::CheckDigit { found: 'C' }));
        assert_eq!(unified_social_credit_code("91110000802100343B"), Err(IdNumberError::CheckDigit { found: 'B' }));
        assert_eq!(unified_social_credit_code("91110000I02100433B"), Err(IdNumberError::Character { place: 9, character: 'I' }));
        assert_eq!(unified_social_credit_code("9111"), Err(IdNumberError::Length { found: 4 }));
    }

    #[test]
    fn resident_ids() {
        // The example of the standard.
        let id = resident_id("11010519491231002x").expect("valid");
        assert_eq!((id.born, id.female, id.number.as_str()), ((1949, 12, 31), true, "11010519491231002X"));
        assert_eq!(resident_id("440524188001010014").map(|id| id.female), Ok(false));
        assert_eq!(resident_id("110105194912310021"), Err(IdNumberError::CheckDigit { found: '1' }));
        assert_eq!(resident_id("110105194902300020"), Err(IdNumberError::Content));
        assert_eq!(resident_id("11010519491231００２Ｘ").map(|id| id.born.0), Ok(1949));
        assert_eq!(resident_id("1101051949123100AX"), Err(IdNumberError::Character { place: 17, character: 'A' }));
        assert_eq!(resident_id(""), Err(IdNumberError::Length { found: 0 }));
    }
}
