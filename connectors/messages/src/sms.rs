//! Hands text messages over to a gateway: JSON of the shape it wants, signed so that it knows them for ours and for fresh.

use std::time::Duration;

use guanxi_identity::{InternalHosts, guarded_agent, is_refused};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::Value as Json;
use sha2::Sha256;
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Request};

use crate::outcome::{Outcome, of_refusal};

/// Longest a gateway may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most of an answer that is read.
const LONGEST_ANSWER: u64 = 2_000;
/// Names under which gateways say by a code what was wrong.
const CODES: [&str; 9] = ["code", "Code", "errcode", "error_code", "errorCode", "ErrorCode", "result", "status", "error"];
/// Longest such code.
const LONGEST_CODE: usize = 60;
/// Levels a body may have.
const DEEPEST: usize = 16;

/// A message to be handed over.
#[derive(Debug, Clone, Copy)]
pub struct SmsRequest<'a> {
    /// Where the gateway listens.
    pub address: &'a str,
    /// What it is sent, with `{number}`, `{text}`, `{id}` and `{secret}` in its texts.
    pub body: &'a Json,
    /// Header that carries the secret as it is.
    pub header: Option<&'a str>,
    /// The secret.
    pub secret: &'a str,
    /// Name of the message, the same at every try.
    pub id: &'a str,
    /// To which number, E.164.
    pub number: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// What is wrong with the body of a gateway, in both languages.
///
/// # Errors
/// A body that is no object, or says neither the number nor the text.
pub fn check_body(body: &Json) -> Result<(), (&'static str, &'static str)> {
    if !body.is_object() || depth(body) > DEEPEST {
        return Err(("应为 JSON 对象", "must be a JSON object"));
    }
    let holds = |wanted: &str| texts(body).iter().any(|it| it.contains(wanted));
    if !holds("{number}") || !holds("{text}") {
        return Err(("须含 {number} 和 {text}", "must hold {number} and {text}"));
    }
    Ok(())
}

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn texts(json: &Json) -> Vec<&str> {
    match json {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The body with its placeholders filled by `values`, each with its braces. Only texts are, and only once: what a text says cannot bring in further ones, nor
/// break out of its place.
pub fn filled(body: &Json, values: &[(&str, &str)]) -> Json {
    match body {
        Json::String(template) => Json::String(fill(template, values)),
        Json::Array(items) => Json::Array(items.iter().map(|it| filled(it, values)).collect()),
        Json::Object(members) => members.iter().map(|(name, it)| (name.clone(), filled(it, values))).collect::<serde_json::Map<_, _>>().into(),
        other => other.clone(),
    }
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut made = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let (mark, value) = values.iter().copied().find(|it| rest.starts_with(it.0)).unwrap_or(("{", "{"));
        made.push_str(value);
        rest = &rest[mark.len()..];
    }
    made + rest
}

/// `sha256=` and the HMAC-SHA-256, in hexadecimal, of the time, a full stop and the body.
pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|it| format!("{it:02x}")).collect();
    format!("sha256={digits}")
}

/// Hands messages over.
pub struct SmsSender {
    agent: Agent,
    hosts: InternalHosts,
}

impl SmsSender {
    /// With the hosts of the internal network that gateways may be on.
    pub fn new(hosts: &[String]) -> Self {
        let hosts = InternalHosts::new(hosts);
        Self { agent: guarded_agent(&hosts, PATIENCE), hosts }
    }

    /// Whether an address may be that of a gateway.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, address: &str) -> Result<(), String> {
        self.hosts.check(address).map(drop).map_err(|error| error.to_string())
    }

    /// Hands a message over.
    pub fn send(&self, message: &SmsRequest<'_>, now: Timestamp) -> Outcome {
        let url = match self.hosts.check(message.address) {
            Ok(url) => url,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let values = [("{number}", message.number), ("{text}", message.text), ("{id}", message.id), ("{secret}", message.secret)];
        let body = filled(message.body, &values).to_string();
        let time = now.as_second();
        let mut request = Request::post(url.as_str())
            .header("content-type", "application/json; charset=utf-8")
            .header("x-guanxi-id", message.id)
            .header("x-guanxi-timestamp", time)
            .header("x-guanxi-signature", signature(message.secret, time, &body));
        if let Some(name) = message.header {
            let (Ok(name), Ok(mut value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(message.secret)) else {
                return Outcome::Refused("the header or the secret cannot be sent".into());
            };
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let Ok(request) = request.body(body) else { return Outcome::Refused("the address is none".into()) };
        let answer = match self.agent.run(request) {
            Ok(answer) => answer,
            Err(error) if is_refused(&error) => return Outcome::Refused("its host is in the internal network".into()),
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        let (parts, mut body) = answer.into_parts();
        if parts.status.is_success() {
            return Outcome::Taken;
        }
        let said = body.with_config().limit(LONGEST_ANSWER).read_to_string().unwrap_or_default();
        of_refusal(parts.status, &parts.headers, &code_in(&said).unwrap_or_default(), now)
    }
}

/// The code a gateway gives for what was wrong. Nothing else of what it says is kept: many repeat what they were sent, in whatever
/// form, and that is the member's number and what he is told.
fn code_in(said: &str) -> Option<String> {
    let answer: Json = serde_json::from_str(said).ok()?;
    let code = CODES.iter().find_map(|name| match answer.get(name)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    })?;
    let is_code = code.len() <= LONGEST_CODE && code.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it));
    // A word of figures may be the code of a member, or his number.
    let is_number = code.split(|it: char| !it.is_ascii_digit()).any(|it| it.len() >= 6);
    (is_code && !is_number && !code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_filled_once_and_stay_in_their_place() {
        let body = json!({ "to": ["{number}"], "params": { "text": "【星河】{text}", "n": 1 }, "{text}": true, "other": "{x} {", "key": "{secret}" });
        let values = [("{number}", "+8613800000000"), ("{text}", "a\",\"to\":\"{number}"), ("{id}", "m1"), ("{secret}", "s3cret")];
        let made = filled(&body, &values);
        let wanted = json!({
            "to": ["+8613800000000"], "params": { "text": "【星河】a\",\"to\":\"{number}", "n": 1 }, "{text}": true, "other": "{x} {",
            "key": "s3cret",
        });
        assert_eq!(made, wanted);
    }

    #[test]
    fn a_body_names_the_number_and_the_text() {
        assert!(check_body(&json!({ "a": [{ "b": "{number}" }], "c": "x{text}" })).is_ok());
        for bad in [json!([]), json!("{number}{text}"), json!({ "a": "{number}" }), json!({ "{number}": "{text}" })] {
            assert!(check_body(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn of_what_a_gateway_says_only_its_code_is_kept() {
        assert_eq!(code_in(r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"\u9648\u603b"}"#).as_deref(), Some("isv.BUSINESS_LIMIT_CONTROL"));
        assert_eq!(code_in(r#"{"errcode":40163,"to":"13800000000"}"#).as_deref(), Some("40163"));
        for kept_back in [r#"{"code":"482913"}"#, r#"{"code":"+8613800000000"}"#, r#"{"error":"number 138 is wrong"}"#, "13800000000", "no", "{}"] {
            assert_eq!(code_in(kept_back), None, "{kept_back}");
        }
    }

    #[test]
    fn a_signature_is_what_others_make_of_it() {
        // printf '1796083200.{"a":1}' | openssl dgst -sha256 -hmac secret
        let wanted = "sha256=43dfa08d79b5528d0741fefaebace630968830f13683eb50092f2fcb98dc9c38";
        assert_eq!(signature("secret", 1_796_083_200, "{\"a\":1}"), wanted);
        assert_ne!(signature("secret", 1_796_083_201, "{\"a\":1}"), wanted);
    }

    #[test]
    fn nothing_inside_is_asked() {
        let sender = SmsSender::new(&[]);
        let body = json!({ "to": "{number}", "text": "{text}" });
        for address in ["https://127.0.0.1/x", "http://sms.example.com/", "https://169.254.169.254/", "https://user:p@sms.example.com/", "ftp://x"] {
            assert!(sender.check(address).is_err(), "{address}");
        }
        let request = SmsRequest { address: "https://localhost:9/", body: &body, header: None, secret: "s", id: "1", number: "+861", text: "x" };
        let outcome = sender.send(&request, Timestamp::UNIX_EPOCH);
        assert!(matches!(&outcome, Outcome::Refused(reason) if reason.contains("internal")), "{outcome:?}");
    }
}
