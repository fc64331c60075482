//! Hands a push over to the push service of a browser (RFC 8030).

use std::time::Duration;

use guanxi_identity::{InternalHosts, guarded_agent, is_refused};
use jiff::Timestamp;
use ureq::Agent;
use ureq::http::Request;

use crate::outcome::{Outcome, of_refusal};
use crate::vapid::VapidKey;

/// Longest a push service may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds a push service keeps a message for a browser that is away.
const KEPT: u32 = 24 * 3_600;
/// Bytes of content that every push service takes.
pub const LARGEST_MESSAGE: usize = 3_993;

/// Hands pushes over.
pub struct PushSender {
    agent: Agent,
    hosts: InternalHosts,
    /// Whom push services may turn to.
    contact: Option<String>,
}

impl PushSender {
    /// With the hosts of the internal network that push services may be on, and whom those may turn to.
    pub fn new(hosts: &[String], contact: Option<String>) -> Self {
        let hosts = InternalHosts::new(hosts);
        Self { agent: guarded_agent(&hosts, PATIENCE), hosts, contact }
    }

    /// Whether an address may be that of a push service.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, endpoint: &str) -> Result<(), String> {
        self.hosts.check(endpoint).map(drop).map_err(|error| error.to_string())
    }

    /// Hands over what was encrypted. Of two of one `topic` that wait for a browser which is away the later one stays.
    pub fn send(&self, endpoint: &str, body: Vec<u8>, topic: &str, key: &VapidKey, now: Timestamp) -> Outcome {
        let url = match self.hosts.check(endpoint) {
            Ok(url) => url,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let authorization = key.authorization(&url.origin().ascii_serialization(), self.contact.as_deref(), now);
        let request = Request::post(url.as_str())
            .header("ttl", KEPT)
            .header("urgency", "normal")
            .header("topic", topic)
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .header("authorization", authorization)
            .body(body);
        let Ok(request) = request else { return Outcome::Refused("the address is none".into()) };
        let answer = match self.agent.run(request) {
            Ok(answer) => answer,
            Err(error) if is_refused(&error) => return Outcome::Refused("its host is in the internal network".into()),
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        // What it says is not told: the address is of a member's choice, and he would read here what only the server may.
        match answer.status().as_u16() {
            200..=299 => Outcome::Taken,
            404 | 410 => Outcome::Gone,
            _ => of_refusal(answer.status(), answer.headers(), "", now),
        }
    }
}
