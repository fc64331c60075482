//! Names and types of files: what clients say is not taken at its word.

use std::fmt::Write as _;

use axum::http::{HeaderMap, header};

use super::kinds::BYTES;
use crate::errors::ApiError;

/// How many first bytes tell what a file is; archives name what they hold a good way in.
pub const HEAD: usize = 8192;
/// Longest name in characters.
const MAX_NAME: usize = 200;

/// The name in `Content-Disposition`, without folders and control characters.
///
/// # Errors
/// Where there is none.
pub fn file_name(headers: &HeaderMap) -> Result<String, ApiError> {
    let refuse = || ApiError::bad("bad_request", "Content-Disposition", "请给出文件名", "give the file's name, as attachment; filename*=UTF-8''...");
    let bytes = headers.get(header::CONTENT_DISPOSITION).map(|it| it.as_bytes()).unwrap_or_default();
    let text = std::str::from_utf8(bytes).map_err(|_| refuse())?;
    let parameters: Vec<(&str, &str)> = text.split(';').skip(1).filter_map(|it| it.trim().split_once('=')).collect();
    let find = |name: &str| parameters.iter().find(|it| it.0.trim().eq_ignore_ascii_case(name)).map(|it| it.1.trim());
    let extended =
        find("filename*").and_then(|it| it.split_once("''")).filter(|it| it.0.eq_ignore_ascii_case("utf-8")).and_then(|it| percent_decode(it.1));
    let name = extended.or_else(|| find("filename").map(|it| it.trim_matches('"').to_owned())).ok_or_else(refuse)?;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // Also marks that turn the direction of writing: they make an .exe look like a .png.
    let hidden = |it: char| it.is_control() || matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let clean: String = last.chars().filter(|it| !hidden(*it)).take(MAX_NAME).collect();
    let clean = clean.trim().trim_matches('.').trim().to_owned();
    if clean.is_empty() { Err(refuse()) } else { Ok(clean) }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `Content-Disposition` of a download (RFC 6266, names by RFC 8187).
pub fn disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String = name.chars().map(|it| if it.is_ascii_alphanumeric() || " ._-()".contains(it) { it } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The type the client declares, if it is one.
pub fn declared_type(headers: &HeaderMap) -> String {
    let text = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&it));
    let well_formed = essence.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub)) && essence.len() <= 127;
    if well_formed { essence } else { BYTES.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn name(disposition: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_bytes(disposition.as_bytes()).unwrap());
        file_name(&headers).ok()
    }

    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(name("attachment; filename*=UTF-8''%E6%98%9F%E6%B2%B3.pdf").unwrap(), "星河.pdf");
        assert_eq!(name("attachment; filename=\"a b.txt\"").unwrap(), "a b.txt");
        assert_eq!(name("attachment; filename=\"../../etc/passwd\"").unwrap(), "passwd");
        assert_eq!(name("attachment; filename*=UTF-8''..%5C..%5Cx.exe").unwrap(), "x.exe");
        assert_eq!(name("attachment; filename*=UTF-8''a%E2%80%AEgnp.exe").unwrap(), "agnp.exe");
        for bad in ["attachment", "attachment; filename=\"..\"", "attachment; filename*=UTF-8''%ff", "attachment; filename=\"\""] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_disposition_is_ascii_and_holds_the_name_whole() {
        let text = disposition(false, "报价 \"v2\"\r\n.pdf");
        assert!(text.is_ascii() && !text.contains('\r') && text.starts_with("attachment; "));
        assert_eq!(name(&text.replace("%0D%0A", "")).unwrap(), "报价 \"v2\".pdf");
    }
}
