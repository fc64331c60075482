//! E-mail addresses: syntax check and one normal form.

use crate::script::{fold_width, is_invisible};

/// Octets of a whole address (RFC 5321 path limit without the angle brackets).
const MAX_ADDRESS_BYTES: usize = 254;
/// Octets before the `@` (RFC 5321).
const MAX_LOCAL_BYTES: usize = 64;

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was given.
    #[error("the e-mail address is empty")]
    Empty,
    /// Longer than a mail server accepts.
    #[error("the e-mail address is too long")]
    TooLong,
    /// Control characters or white space inside.
    #[error("the e-mail address has a space or control character in it")]
    UnexpectedCharacter,
    /// No `@`, or more than one.
    #[error("an e-mail address has exactly one @")]
    AtSign,
    /// The part before the `@` is not allowed.
    #[error("the part before @ is not valid")]
    LocalPart,
    /// The part after the `@` is no domain name.
    #[error("the part after @ is not a domain name")]
    Domain,
}

impl EmailError {
    /// The stable machine code of the error.
    pub fn code(self) -> &'static str {
        match self {
            EmailError::Empty => "email_empty",
            EmailError::TooLong => "email_too_long",
            EmailError::UnexpectedCharacter => "email_character",
            EmailError::AtSign => "email_at_sign",
            EmailError::LocalPart => "email_local_part",
            EmailError::Domain => "email_domain",
        }
    }
}

/// The normal form: trimmed, half-width, domain in lower case and in its readable (Unicode) spelling. The part before the
/// `@` keeps its case; quoted local parts and address literals (`user@[1.2.3.4]`) are refused.
pub fn normalise(input: &str) -> Result<String, EmailError> {
    if input.len() > MAX_ADDRESS_BYTES * 8 {
        return Err(EmailError::TooLong);
    }
    let visible: String = input.chars().filter(|character| !is_invisible(*character)).collect();
    let folded = fold_width(visible.trim()).replace('。', ".");
    let text = folded.strip_prefix("mailto:").unwrap_or(&folded).trim();
    if text.is_empty() {
        return Err(EmailError::Empty);
    }
    if text.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(EmailError::UnexpectedCharacter);
    }
    let (local, domain) = text.split_once('@').ok_or(EmailError::AtSign)?;
    if domain.contains('@') {
        return Err(EmailError::AtSign);
    }
    if local.len() > MAX_LOCAL_BYTES {
        return Err(EmailError::TooLong);
    }
    if !is_dot_atom(local) {
        return Err(EmailError::LocalPart);
    }
    let address = format!("{local}@{}", normal_domain(domain).ok_or(EmailError::Domain)?);
    if address.len() > MAX_ADDRESS_BYTES { Err(EmailError::TooLong) } else { Ok(address) }
}

/// The form two addresses are compared in: as [`normalise`], all in lower case.
pub fn comparison_key(input: &str) -> Option<String> {
    normalise(input).ok().map(|address| address.to_lowercase())
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom_character = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

fn normal_domain(domain: &str) -> Option<String> {
    let domain = domain.to_lowercase();
    let well_formed = domain.split('.').all(|label| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-' || is_mark(character))
    });
    let top = domain.rsplit('.').next()?;
    if !well_formed || !domain.contains('.') || top.bytes().all(|byte| byte.is_ascii_digit()) || top.chars().count() < 2 {
        return None;
    }
    let url::Host::Domain(ascii) = url::Host::parse(&domain).ok()? else {
        return None;
    };
    let readable = url::quirks::domain_to_unicode(&ascii);
    Some(if readable.is_empty() { ascii } else { readable })
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && !character.is_whitespace() && !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form() {
        for (input, normal) in [
            (" Wei.Wang@XingHe.Example ", "Wei.Wang@xinghe.example"),
            ("ｗｅｉ＠ｘｉｎｇｈｅ．ｅｘａｍｐｌｅ", "wei@xinghe.example"),
            ("wei@xinghe。example", "wei@xinghe.example"),
            ("mailto:a+b@c.cn", "a+b@c.cn"),
            ("王伟@星河.中国", "王伟@星河.中国"),
            ("a@xn--fiqs8s.cn", "a@中国.cn"),
            ("\u{feff}a@b.cn\u{200b}", "a@b.cn"),
            ("o'neil@example.com", "o'neil@example.com"),
        ] {
            assert_eq!(normalise(input).as_deref(), Ok(normal), "{input}");
        }
        assert_eq!(comparison_key("A@B.CN"), comparison_key("a@b.cn"));
    }

    #[test]
    fn refused() {
        for (input, error) in [
            ("", EmailError::Empty),
            ("a.b.cn", EmailError::AtSign),
            ("a@b@c.cn", EmailError::AtSign),
            ("@b.cn", EmailError::LocalPart),
            (".a@b.cn", EmailError::LocalPart),
            ("a..b@c.cn", EmailError::LocalPart),
            ("\"a b\"@c.cn", EmailError::UnexpectedCharacter),
            ("<a@b.cn>", EmailError::LocalPart),
            ("a@b", EmailError::Domain),
            ("a@-b.cn", EmailError::Domain),
            ("a@b..cn", EmailError::Domain),
            ("a@127.0.0.1", EmailError::Domain),
            ("a@[127.0.0.1]", EmailError::Domain),
            ("a@b.c", EmailError::Domain),
            ("a\r\nBcc: x@y.cn", EmailError::UnexpectedCharacter),
            ("a\0@b.cn", EmailError::UnexpectedCharacter),
            ("a@b.cn/path", EmailError::Domain),
        ] {
            assert_eq!(normalise(input), Err(error), "{input:?}");
        }
        assert_eq!(normalise(&format!("{}@b.cn", "a".repeat(65))), Err(EmailError::TooLong));
        assert_eq!(normalise(&"a@b.cn".repeat(2_000_000)), Err(EmailError::TooLong));
        assert_eq!(normalise(&format!("a@{}.cn", "b".repeat(64))), Err(EmailError::Domain));
    }

    proptest::proptest! {
        #[test]
        fn normal_form_is_stable(input in "[a-zA-Z0-9.+_@\\-星]{0,20}@?[a-z.星\\-]{0,12}|.{0,40}") {
            if let Ok(address) = normalise(&input) {
                proptest::prop_assert_eq!(normalise(&address), Ok(address.clone()));
            }
        }
    }
}
