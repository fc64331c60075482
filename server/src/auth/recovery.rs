//! Recovery codes: what a member keeps on paper for the day his telephone is gone. The first letters find a code, the
//! rest, 60 bits, is kept as the hash of a password.

use std::collections::BTreeSet;

use guanxi_kernel::KernelError;
use guanxi_kernel::context::Ids;
use guanxi_kernel::identity::RecoveryCode;

use super::password::Passwords;

/// How many are given out.
const COUNT: usize = 10;
/// Letters that find a code.
const SELECTOR: usize = 4;
/// Letters of a code.
const LENGTH: usize = 16;
/// Without what is taken for something else: i, l, o, u. 32 of them, so that each letter is five bits.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New codes: as they are shown, once, and as they are kept.
///
/// # Errors
/// Where hashing fails.
pub fn new_codes(passwords: &Passwords, ids: &dyn Ids) -> Result<(Vec<String>, Vec<RecoveryCode>), KernelError> {
    let (mut shown, mut kept, mut selectors) = (Vec::new(), Vec::new(), BTreeSet::new());
    while shown.len() < COUNT {
        let mut bytes = [0; LENGTH];
        ids.random(&mut bytes);
        let code: String = bytes.iter().map(|it| char::from(LETTERS[usize::from(it & 31)])).collect();
        if !selectors.insert(code[..SELECTOR].to_owned()) {
            continue;
        }
        kept.push(RecoveryCode { selector: code[..SELECTOR].to_owned(), hash: passwords.hash(&code, ids)? });
        shown.push([&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-"));
    }
    Ok((shown, kept))
}

/// What somebody typed as selector and code; `None` where it is no code at all.
pub fn read_code(typed: &str) -> Option<(String, String)> {
    let letter = |it: char| match it.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let code: String = typed.chars().filter(|it| !it.is_whitespace() && *it != '-').map(letter).collect();
    let fits = code.len() == LENGTH && code.bytes().all(|it| LETTERS.contains(&it));
    fits.then(|| (code[..SELECTOR].to_owned(), code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring::SystemIds;

    #[test]
    fn codes_are_ten_different_ones_and_fit_their_hashes() {
        let ids = SystemIds::default();
        let passwords = Passwords::cheap(&ids).unwrap();
        let (shown, kept) = new_codes(&passwords, &ids).unwrap();
        assert_eq!((shown.len(), kept.len()), (10, 10));
        for (code, kept) in shown.iter().zip(&kept) {
            let (selector, whole) = read_code(&format!(" {} ", code.to_uppercase().replace('-', " "))).unwrap();
            assert!(selector == kept.selector && passwords.verify(&whole, Some(&kept.hash)), "{code}");
            assert!(!kept.hash.contains(&whole));
        }
        assert_eq!(read_code("OIL0-1234-5678-9abc").unwrap().1, "0110123456789abc");
        for wrong in ["", "abcd", "abcd-efgh-jkmn-pqrs-tvwx", "abcd-efgh-jkmn-pqr!", "四四四四"] {
            assert_eq!(read_code(wrong), None, "{wrong}");
        }
    }
}
