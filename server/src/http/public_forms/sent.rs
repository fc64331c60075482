//! What came back: a form as browsers send it, or JSON of a page's own script.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use guanxi_kernel::FieldError;
use guanxi_kernel::schema::FieldKind;
use guanxi_marketing::forms::{Arrival, Form, REFERRER, SAID};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::errors::{ApiError, of_status};
use crate::http::body::JsonBody;

/// Largest body, in bytes. A character takes nine of them in what browsers send; what the page lets people type must fit.
pub const LARGEST: usize = 256_000;
/// Most parts of a form.
const MOST_PARTS: usize = 300;

/// Controls that are no field. No field has a hyphen in its name.
pub const TOKEN: &str = "form-token";
pub const CONSENT: &str = "form-consent";
/// Before the names of what the link said by which the form was opened.
pub const ARRIVAL: &str = "form-";
/// People do not see it, and so they leave it empty.
pub const TRAP: &str = "form-website";

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// As a form.
    Form,
    /// As JSON.
    Json,
}

impl Written {
    /// As the headers say.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        match text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What a script sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentJson {
    /// Values by field, as in the API.
    values: Map<String, Json>,
    /// Whether the visitor ticked that he agrees.
    #[serde(default)]
    consent: bool,
    /// The token that came with the form.
    token: String,
    /// By which link the visitor came to the website's page.
    #[serde(default)]
    came_by: CameBy,
}

/// What the link said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CameBy {
    utm_source: String,
    utm_medium: String,
    utm_campaign: String,
    utm_term: String,
    utm_content: String,
    referrer: String,
}

impl CameBy {
    fn arrival(&self) -> Arrival {
        let Self { utm_source, utm_medium, utm_campaign, utm_term, utm_content, referrer } = self;
        let mut arrival = Arrival::default();
        for (name, said) in SAID.iter().zip([utm_source, utm_medium, utm_campaign, utm_term, utm_content, referrer]) {
            arrival.take(name, said);
        }
        arrival
    }
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Everything by its name, as it was typed.
    pub typed: BTreeMap<String, Vec<String>>,
    /// The values as JSON, where it came as such.
    json: Option<Map<String, Json>>,
    /// The token.
    pub token: String,
    /// Whether the visitor agrees.
    pub consents: bool,
    /// Whether something stands where people see nothing.
    pub trapped: bool,
    /// The link he came by.
    pub arrival: Arrival,
}

impl Sent {
    /// Reads a body.
    ///
    /// # Errors
    /// What is no such body.
    pub fn read(written: Written, bytes: Bytes) -> Result<Self, ApiError> {
        match written {
            Written::Json => {
                let SentJson { values, consent, token, came_by } = JsonBody(bytes).read()?;
                Ok(Self { json: Some(values), token, consents: consent, arrival: came_by.arrival(), ..Self::default() })
            }
            Written::Form => Self::read_form(&bytes),
        }
    }

    fn read_form(bytes: &[u8]) -> Result<Self, ApiError> {
        let mut sent = Self::default();
        for (count, (name, value)) in form_urlencoded::parse(bytes).enumerate() {
            if count >= MOST_PARTS {
                return Err(of_status(StatusCode::BAD_REQUEST));
            }
            sent.typed.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        sent.token = sent.typed.remove(TOKEN).and_then(|it| it.into_iter().next()).unwrap_or_default();
        sent.consents = sent.typed.remove(CONSENT).is_some_and(|it| it.iter().any(|it| !it.is_empty()));
        sent.trapped = sent.typed.remove(TRAP).is_some_and(|it| it.iter().any(|it| !it.trim().is_empty()));
        for name in SAID {
            for said in sent.typed.remove(&format!("{ARRIVAL}{name}")).unwrap_or_default() {
                sent.arrival.take(name, &said);
            }
        }
        Ok(sent)
    }

    /// Nothing yet but the link by which the form is opened: what its query says, and the page that leads here.
    pub fn opened_by(query: Option<&str>, page: Option<&str>) -> Self {
        let mut sent = Self::default();
        sent.add_link(query, page);
        sent
    }

    /// What the address of the request says of a link besides.
    pub fn add_link(&mut self, query: Option<&str>, page: Option<&str>) {
        let mut said = Arrival::default();
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(MOST_PARTS).for_each(|(name, value)| said.take(&name, &value));
        said.take(REFERRER, page.unwrap_or_default());
        self.arrival.take_all(&said);
    }

    /// The values as the engine reads them. What the form does not ask for stays in, to be refused by its name.
    ///
    /// # Errors
    /// What is there twice and can be there once.
    pub fn values(&self, form: &Form) -> Result<Map<String, Json>, Vec<FieldError>> {
        if let Some(json) = &self.json {
            return Ok(json.clone());
        }
        let mut values = Map::new();
        let mut problems = Vec::new();
        for (name, typed) in &self.typed {
            let kind = form.asked.iter().find(|it| it.name() == name).map(|it| it.field.kind);
            let filled = || typed.iter().filter(|it| !it.trim().is_empty());
            let value = match kind {
                Some(FieldKind::MultiSelect) => {
                    Some(filled().map(|it| Json::String(it.clone())).collect::<Vec<_>>()).filter(|it| !it.is_empty()).map(Json::Array)
                }
                _ if typed.len() > 1 => {
                    let shown: String = name.chars().filter(|it| !it.is_control()).take(60).collect();
                    problems.push(FieldError::new(shown, "bad_format", "只能填写一次", "can be there once"));
                    None
                }
                Some(FieldKind::Boolean) => Some(Json::Bool(filled().next().is_some())),
                _ => filled().next().map(|it| Json::String(it.clone())),
            };
            // What is asked for and was left empty says nothing; what is not asked for must be told apart.
            match value {
                Some(value) => drop(values.insert(name.clone(), value)),
                None if kind.is_none() => drop(values.insert(name.clone(), Json::Null)),
                None => {}
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_apart() {
        let body = Bytes::from_static(b"name=%E7%8E%8B&form-token=t&form-consent=yes&form-website=+&interest=a&interest=b");
        let sent = Sent::read(Written::Form, body).unwrap();
        assert_eq!((sent.token.as_str(), sent.consents, sent.trapped), ("t", true, false));
        assert_eq!(sent.typed.keys().map(String::as_str).collect::<Vec<_>>(), ["interest", "name"]);
        let many = Bytes::from("a=1&".repeat(MOST_PARTS + 1));
        assert!(Sent::read(Written::Form, many).is_err());
        assert!(Sent::read(Written::Json, Bytes::from_static(b"{\"values\":{},\"token\":\"\",\"owner\":\"me\"}")).is_err());
        assert!(Sent::read(Written::Json, Bytes::from_static(b"{\"values\":{\"a\":1,\"a\":2},\"token\":\"\"}")).is_err());
    }
}
