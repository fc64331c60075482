//! Web addresses: http and https only, one normal form.

use crate::script::is_invisible;

/// Longest address taken, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// Why a text is not taken as a web address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Nothing was given.
    #[error("the web address is empty")]
    Empty,
    /// Longer than browsers and servers agree on.
    #[error("the web address is too long")]
    TooLong,
    /// White space, control characters or a backslash inside.
    #[error("the web address has a space, control character or backslash in it")]
    UnexpectedCharacter,
    /// Any scheme but http and https (javascript, data, file...).
    #[error("only http and https addresses are allowed")]
    Scheme,
    /// `user:password@` before the host.
    #[error("a web address must not carry a user name or password")]
    Credentials,
    /// No host, or one that cannot exist.
    #[error("the web address has no valid host")]
    Host,
}

impl UrlError {
    /// The stable machine code of the error.
    pub fn code(self) -> &'static str {
        match self {
            UrlError::Empty => "url_empty",
            UrlError::TooLong => "url_too_long",
            UrlError::UnexpectedCharacter => "url_character",
            UrlError::Scheme => "url_scheme",
            UrlError::Credentials => "url_credentials",
            UrlError::Host => "url_host",
        }
    }
}

/// The normal form of a web address; `https://` is added where no scheme was typed, international host names become
/// their ASCII form.
pub fn normalise(input: &str) -> Result<String, UrlError> {
    if input.len() > MAX_URL_BYTES * 4 {
        return Err(UrlError::TooLong);
    }
    let visible: String = input.chars().filter(|character| !is_invisible(*character)).collect();
    let text = visible.trim();
    if text.is_empty() {
        return Err(UrlError::Empty);
    }
    if text.chars().any(|character| character.is_control() || character.is_whitespace() || character == '\\') {
        return Err(UrlError::UnexpectedCharacter);
    }
    let with_scheme = match scheme_of(text) {
        Some(scheme) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => text.to_owned(),
        Some(_) => return Err(UrlError::Scheme),
        None => format!("https://{}", text.trim_start_matches('/')),
    };
    let parsed = url::Url::parse(&with_scheme).map_err(|_| UrlError::Host)?;
    if !parsed.username().is_empty() || parsed.password().is_some() || authority_has_at(&with_scheme) {
        return Err(UrlError::Credentials);
    }
    let host = parsed.host_str().unwrap_or_default();
    let plausible = match parsed.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || (name.trim_end_matches('.').contains('.') && !name.starts_with('.')),
        Some(_) => true,
        None => false,
    };
    if host.is_empty() || !plausible {
        return Err(UrlError::Host);
    }
    let normal = String::from(parsed);
    if normal.len() > MAX_URL_BYTES { Err(UrlError::TooLong) } else { Ok(normal) }
}

/// The scheme that was typed; `example.com:8080` has none.
fn scheme_of(text: &str) -> Option<&str> {
    let (before, after) = text.split_once(':')?;
    let is_scheme = before.starts_with(|first: char| first.is_ascii_alphabetic())
        && before.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    let is_port = after.starts_with(|first: char| first.is_ascii_digit()) && (before.contains('.') || before == "localhost");
    (is_scheme && !is_port).then_some(before)
}

fn authority_has_at(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form() {
        for (input, normal) in [
            ("xinghe.example", "https://xinghe.example/"),
            (" HTTP://XingHe.Example/A?b=c#d ", "http://xinghe.example/A?b=c#d"),
            ("//xinghe.example/x", "https://xinghe.example/x"),
            ("xinghe.example:8080/x", "https://xinghe.example:8080/x"),
            ("http://localhost:3000", "http://localhost:3000/"),
            ("https://星河.中国/产品", "https://xn--4kq832b.xn--fiqs8s/%E4%BA%A7%E5%93%81"),
            ("http://[::1]/", "http://[::1]/"),
            ("https://xinghe.example/@user", "https://xinghe.example/@user"),
        ] {
            let got = normalise(input);
            if input.contains("星河") {
                assert!(got.is_ok_and(|url| url.starts_with("https://xn--") && url.ends_with("/%E4%BA%A7%E5%93%81")), "{input}");
            } else {
                assert_eq!(got.as_deref(), Ok(normal), "{input}");
            }
        }
    }

    #[test]
    fn refused() {
        for (input, error) in [
            ("", UrlError::Empty),
            ("javascript:alert(1)", UrlError::Scheme),
            ("JaVaScRiPt:alert(1)", UrlError::Scheme),
            ("java\nscript:alert(1)", UrlError::UnexpectedCharacter),
            ("data:text/html,x", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("ftp://x.cn", UrlError::Scheme),
            ("https://user:secret@x.cn", UrlError::Credentials),
            ("https://@x.cn", UrlError::Credentials),
            ("user@x.cn", UrlError::Credentials),
            ("https://", UrlError::Host),
            ("https:///x", UrlError::Host),
            ("nonsense", UrlError::Host),
            ("https://a b.cn", UrlError::UnexpectedCharacter),
            ("https:\\\\x.cn", UrlError::UnexpectedCharacter),
            ("https://x.cn/\0", UrlError::UnexpectedCharacter),
        ] {
            assert_eq!(normalise(input), Err(error), "{input:?}");
        }
        assert_eq!(normalise(&format!("https://x.cn/{}", "a".repeat(3_000))), Err(UrlError::TooLong));
    }

    proptest::proptest! {
        #[test]
        fn normal_form_is_stable_and_http(input in "(https?://)?[a-z.:@/?#星%\\-]{0,30}|.{0,40}") {
            if let Ok(url) = normalise(&input) {
                proptest::prop_assert!(url.starts_with("https://") || url.starts_with("http://"));
                proptest::prop_assert_eq!(normalise(&url), Ok(url.clone()));
            }
        }
    }
}
