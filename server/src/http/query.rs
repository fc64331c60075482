//! Query parameters: each known by name, given once; an unknown one is refused by its name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Shared;
use crate::errors::{ApiError, ApiFailure};

/// Longest query string in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The parameters of a request. Take what you know, then call [`Query::finish`].
#[derive(Debug, Default)]
pub struct Query {
    parameters: RefCell<BTreeMap<String, String>>,
}

impl FromRequestParts<Shared> for Query {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, ApiFailure> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

impl Query {
    /// Reads a query string.
    ///
    /// # Errors
    /// Bytes that are no UTF-8, NUL, parameters given twice, and too much of it.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        if text.len() > MAX_LENGTH {
            return Err(ApiError::too_large(MAX_LENGTH as u64));
        }
        let mut parameters = BTreeMap::new();
        for piece in text.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if parameters.insert(name.clone(), value).is_some() {
                return Err(ApiError::bad("bad_request", &name, format!("参数“{name}”重复"), format!("the parameter `{name}` is given twice")));
            }
        }
        Ok(Self { parameters: RefCell::new(parameters) })
    }

    /// Takes a parameter.
    pub fn text(&self, name: &str) -> Option<String> {
        self.parameters.borrow_mut().remove(name)
    }

    /// Takes a list, separated by commas (none within brackets).
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let text = self.text(name)?;
        Some(text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect())
    }

    /// Takes a parameter that is a number, an id, ...
    ///
    /// # Errors
    /// Names the parameter.
    pub fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| bad_value(name, &text))
    }

    /// Takes `limit`: how many at most, 1 to `most`; `usual` where it is absent.
    ///
    /// # Errors
    /// Names the parameter.
    pub fn limit(&self, usual: u32, most: u32) -> Result<u32, ApiError> {
        let limit = self.value("limit")?.unwrap_or(usual);
        let wrong = || ApiError::bad("bad_request", "limit", format!("数量应为1到{most}"), format!("limit is 1 to {most}"));
        (1..=most).contains(&limit).then_some(limit).ok_or_else(wrong)
    }

    /// Takes a switch: `true`, `1` or alone; `false` or `0`.
    ///
    /// # Errors
    /// Names the parameter.
    pub fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.text(name).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1" | "") => Ok(true),
            Some(other) => Err(bad_value(name, other)),
        }
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// Names the first parameter that is not known here.
    pub fn finish(&self) -> Result<(), ApiError> {
        let left = self.parameters.borrow();
        let Some(name) = left.keys().next() else { return Ok(()) };
        let shown: String = name.chars().take(80).collect();
        Err(ApiError::bad("bad_request", &shown, format!("没有参数“{shown}”"), format!("there is no parameter `{shown}`")))
    }
}

fn bad_value(name: &str, text: &str) -> ApiError {
    let shown: String = text.chars().take(80).collect();
    ApiError::bad("bad_request", name, format!("参数“{name}”的值“{shown}”无效"), format!("`{shown}` is no value of the parameter `{name}`"))
}

fn decode(text: &str) -> Result<String, ApiError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
                let digits = std::str::from_utf8(&pair).ok().filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
                digits.and_then(|it| u8::from_str_radix(it, 16).ok()).ok_or_else(bad_encoding)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|it| !it.contains('\0')).ok_or_else(bad_encoding)
}

fn bad_encoding() -> ApiError {
    ApiError::http(
        axum::http::StatusCode::BAD_REQUEST,
        "bad_request",
        "地址中的参数编码有误，应为 UTF-8 且不含空字符",
        "a parameter is not percent-encoded UTF-8, or holds NUL",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_by_name() {
        let query = Query::parse("filter=name%20%3D%3D%20%22%E6%98%9F%22&limit=5&fields=a,b.c&dry_run").unwrap();
        assert_eq!(query.text("filter").unwrap(), "name == \"星\"");
        assert_eq!(query.value::<u32>("limit").unwrap(), Some(5));
        assert_eq!(query.list("fields").unwrap(), ["a", "b.c"]);
        assert!(query.flag("dry_run").unwrap());
        assert!(query.finish().is_ok());
        assert_eq!(query.limit(8, 50).unwrap(), 8);
        assert_eq!(Query::parse("limit=50").unwrap().limit(8, 50).unwrap(), 50);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for text in ["a=%ff", "a=%zz", "a=%0", "a=%00", "a=1&a=2", "a=%+1"] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
        assert!(Query::parse("limit=x").unwrap().value::<u32>("limit").is_err());
        for text in ["limit=0", "limit=51", "limit=-1", "limit=4294967296"] {
            assert!(Query::parse(text).unwrap().limit(8, 50).is_err(), "{text}");
        }
        assert!(Query::parse("lmit=1").unwrap().finish().is_err());
    }
}
