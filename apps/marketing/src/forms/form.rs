//! A form as visitors meet it.

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::asked::read_asked;
use super::{Asked, FORM, KEY_LENGTH, LEAD};

/// See the module.
pub struct Form {
    /// The record.
    pub record: Record,
    /// What it asks for.
    pub asked: Vec<Asked>,
}

impl Form {
    /// The form of this key, where it is in use and the caller may read forms. What is none, is off or cannot be filled in
    /// any more, since fields it asks for are gone, is not told apart.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn open(context: &Context, tx: &mut dyn ReadTx, key: &str) -> Result<Option<Self>> {
        let is_key = key.len() == KEY_LENGTH && key.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
        let Some(object) = context.schema.object(FORM).filter(|_| is_key).map(Arc::clone) else { return Ok(None) };
        let found = known_records(context, tx, FORM, |it| Ok(Condition::equals(it("key")?, Value::Text(key.to_owned()))), 1)?;
        let Some(id) = found.first().map(Record::id) else { return Ok(None) };
        let record = load_record(context, tx, &object, id, Verb::Read, false)?;
        Ok(record.filter(|it| it.value("active").is_true()).and_then(|it| Self::of(context, it)))
    }

    /// What a form asks for, as the fields of leads are now.
    pub(crate) fn of(context: &Context, record: Record) -> Option<Self> {
        let lead = context.schema.object(LEAD)?;
        let Value::Json(fields) = record.value("fields") else { return None };
        Some(Self { asked: read_asked(lead, &fields).ok()?, record })
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.record.id()
    }

    /// A text of it, where there is one.
    pub fn text(&self, name: &str) -> Option<String> {
        self.record.text(name).filter(|it| !it.trim().is_empty())
    }

    /// Websites that may embed it and send to it.
    pub fn origins(&self) -> Vec<String> {
        self.text("allowed_origins").unwrap_or_default().lines().filter_map(|it| origin_of(it.trim())).collect()
    }

    /// The page visitors come to afterwards; encrypted ones alone.
    pub fn next_page(&self) -> Option<String> {
        self.text("redirect_url").filter(|it| it.starts_with("https://"))
    }

    /// The language it is in for somebody whose browser asks for this one.
    pub fn locale(&self, browser: Locale) -> Locale {
        match self.record.value("language").as_text() {
            Some("en") => Locale::En,
            Some("zh_cn") => Locale::ZhCn,
            _ => browser,
        }
    }

    /// A whole number of it.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        if let Value::Int(number) = self.record.value(name) { Some(number) } else { None }
    }
}

/// An origin as browsers write it, `https://host` or with a port: without TLS on this machine alone. `None` for anything else,
/// which in a header would mean something else.
pub(crate) fn origin_of(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/').to_ascii_lowercase();
    let (scheme, rest) = text.split_once("://")?;
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let is_label = |it: &str| {
        !it.is_empty()
            && it.len() <= 63
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    let is_host = host.len() <= 253 && host.split('.').all(is_label);
    let is_port =
        port.is_none_or(|it| !it.is_empty() && !it.starts_with('0') && it.bytes().all(|it| it.is_ascii_digit()) && it.parse::<u16>().is_ok());
    let is_here = host == "localhost" || host == "127.0.0.1";
    let is_scheme = scheme == "https" || (scheme == "http" && is_here);
    let is_whole = host.contains('.') || is_here;
    // Browsers leave the usual port out.
    let text = if scheme == "https" { text.strip_suffix(":443").map(str::to_owned).unwrap_or(text) } else { text };
    (is_scheme && is_host && is_port && is_whole).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port_and_nothing_else() {
        assert_eq!(origin_of("https://WWW.Example.com/").as_deref(), Some("https://www.example.com"));
        assert_eq!(origin_of("https://example.com:8443").as_deref(), Some("https://example.com:8443"));
        assert_eq!(origin_of("https://example.com:443").as_deref(), Some("https://example.com"));
        assert_eq!(origin_of("http://127.0.0.1:3000").as_deref(), Some("http://127.0.0.1:3000"));
        for bad in [
            "",
            "*",
            "null",
            "https://",
            "https://*",
            "https://*.example.com",
            "http://example.com",
            "example.com",
            "https://example.com/path",
            "https://a.example; script-src *",
            "https://a.example https://b.example",
            "https://a.example'",
            "https://user@a.example",
            "https://a.example:0",
            "https://a.example:99999",
            "https://a.example:",
            "javascript://a.example",
            "https://-a.example",
            "https://a..example",
            "https://a.example?x",
            "https://a.example#x",
            "https://a_b.example",
            "https://intranet",
            "data:text/html",
            "https://a.example\nb",
        ] {
            assert_eq!(origin_of(bad), None, "{bad}");
        }
    }
}
