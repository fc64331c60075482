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
/// Most of it that is told.
const TOLD: usize = 200;
/// Levels a body may have.
const DEEPEST: usize = 16;

/// A message to be handed over.
#[derive(Debug, Clone, Copy)]
pub struct SmsRequest<'a> {
    /// Where the gateway listens.
    pub address: &'a str,
    /// What it is sent, with `{number}`, `{text}` and `{id}` in its texts.
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

/// The body with its placeholders filled. Only texts are, and only once: what a text says cannot bring in further ones, nor
/// break out of its place.
pub fn filled(body: &Json, number: &str, text: &str, id: &str) -> Json {
    match body {
        Json::String(template) => Json::String(fill(template, number, text, id)),
        Json::Array(items) => Json::Array(items.iter().map(|it| filled(it, number, text, id)).collect()),
        Json::Object(members) => {
            members.iter().map(|(name, it)| (name.clone(), filled(it, number, text, id))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn fill(template: &str, number: &str, text: &str, id: &str) -> String {
    let mut made = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = [("{number}", number), ("{text}", text), ("{id}", id)].into_iter().find(|it| rest.starts_with(it.0));
        let (mark, value) = found.unwrap_or(("{", "{"));
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
        let body = filled(message.body, message.number, message.text, message.id).to_string();
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
        // What a gateway repeats of what it was sent is nothing to be kept.
        let said = said.replace(message.text, "…").replace(message.secret, "…");
        of_refusal(parts.status, &parts.headers, &said.chars().take(TOLD).collect::<String>(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_filled_once_and_stay_in_their_place() {
        let body = json!({ "to": ["{number}"], "params": { "text": "【星河】{text}", "n": 1 }, "{text}": true, "other": "{x} {" });
        let made = filled(&body, "+8613800000000", "a\",\"to\":\"{number}", "m1");
        let wanted = json!({
            "to": ["+8613800000000"], "params": { "text": "【星河】a\",\"to\":\"{number}", "n": 1 }, "{text}": true, "other": "{x} {",
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
