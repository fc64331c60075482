//! Contents as objects of a bucket, named by their SHA-256. Addresses are signed by us and carried by `ureq`.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;
use std::time::Duration;

use guanxi_kernel::contents::{ContentStore, Stretch, is_sha256};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use rusty_s3::S3Action;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::address::S3Address;
use crate::listing::read_listing;

/// A signed address is good for so long; it is used at once.
const GOOD_FOR: Duration = Duration::from_secs(300);
/// Longest wait for a connection, and for an answer to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest a content may take on its way.
const LONGEST: Duration = Duration::from_secs(600);
/// Largest page of names that is read, in bytes.
const LARGEST_PAGE: u64 = 4_000_000;
/// A content younger than this may belong to an entry that is being written.
const YOUNG: SignedDuration = SignedDuration::from_hours(1);

/// A bucket of contents.
pub struct S3Store {
    address: S3Address,
    agent: Agent,
}

impl S3Store {
    /// The bucket at an address. Nothing is asked yet.
    pub fn new(address: S3Address) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_send_body(Some(LONGEST))
            .timeout_recv_body(Some(LONGEST))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("guanxi")
            .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
            .build();
        Self { address, agent: Agent::new_with_config(config) }
    }

    fn key(&self, sha256: &str) -> Result<String> {
        if is_sha256(sha256) { Ok(format!("{}{sha256}", self.address.prefix)) } else { Err(ErrorKind::NotFound.into()) }
    }

    fn failed(&self, what: &str, response: Response<Body>) -> Error {
        let status = response.status();
        let kind = if status == StatusCode::NOT_FOUND { ErrorKind::NotFound } else { ErrorKind::Other };
        // The answer names what was wrong (`SignatureDoesNotMatch`) and holds no secret of ours.
        let told = response.into_body().into_with_config().limit(2_000).read_to_string().unwrap_or_default();
        let code = told.split_once("<Code>").and_then(|it| it.1.split_once("</Code>")).map_or("", |it| it.0);
        Error::new(kind, format!("{what} {}: {status} {code}", self.address.describe()))
    }

    /// What is told of a content; `None` where there is none.
    fn head(&self, sha256: &str) -> Result<Option<HeaderMap>> {
        let (bucket, credentials) = (&self.address.bucket, &self.address.credentials);
        let url = bucket.head_object(Some(credentials), &self.key(sha256)?).sign(GOOD_FOR);
        let response = self.agent.head(url.as_str()).call().map_err(unreachable)?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(response.headers().clone())),
            _ => Err(self.failed("look in", response)),
        }
    }
}

/// Those of the machine, so that a company's own authority counts; the bundled ones where it has none.
fn root_certificates() -> RootCerts {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    RootCerts::from(found.iter().map(|it| Certificate::from_der(it).to_owned()))
}

/// An address has a signature in it: what is told of a failure must not.
fn unreachable(error: ureq::Error) -> Error {
    let reason = match error {
        ureq::Error::Io(error) => return error,
        ureq::Error::Timeout(which) => format!("timeout: {which}"),
        ureq::Error::HostNotFound => "host not found".to_owned(),
        ureq::Error::ConnectionFailed => "connection failed".to_owned(),
        _ => "the call failed".to_owned(),
    };
    Error::other(format!("the store of files cannot be reached: {reason}"))
}

fn moment(headers: &HeaderMap, name: &str) -> Option<Timestamp> {
    let text = headers.get(name)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text.replace("GMT", "+0000")).ok()
}

/// Whether a content is young by the store's own clock: ours may go differently.
fn is_young(headers: &HeaderMap) -> bool {
    match (moment(headers, "last-modified"), moment(headers, "date")) {
        (Some(modified), Some(now)) => now.duration_since(modified) < YOUNG,
        _ => true,
    }
}

impl ContentStore for S3Store {
    fn describe(&self) -> String {
        self.address.describe()
    }

    fn keep(&self, sha256: &str, file: &Path) -> Result<()> {
        let (bucket, credentials) = (&self.address.bucket, &self.address.credentials);
        let url = bucket.put_object(Some(credentials), &self.key(sha256)?).sign(GOOD_FOR);
        let content = File::open(file)?;
        let response = self.agent.put(url.as_str()).send(&content).map_err(unreachable)?;
        if response.status().is_success() { Ok(()) } else { Err(self.failed("write to", response)) }
    }

    fn open(&self, sha256: &str, stretch: Option<Stretch>) -> Result<Box<dyn Read + Send>> {
        let (bucket, credentials) = (&self.address.bucket, &self.address.credentials);
        let url = bucket.get_object(Some(credentials), &self.key(sha256)?).sign(GOOD_FOR);
        let mut request = self.agent.get(url.as_str());
        if let Some(Stretch { first, last }) = stretch {
            request = request.header("range", format!("bytes={first}-{last}"));
        }
        let response = request.call().map_err(unreachable)?;
        let wanted = if stretch.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        if response.status() != wanted {
            return Err(self.failed("read from", response));
        }
        Ok(Box::new(response.into_body().into_reader()))
    }

    fn holds(&self, sha256: &str) -> Result<bool> {
        if !is_sha256(sha256) {
            return Ok(false);
        }
        Ok(self.head(sha256)?.is_some())
    }

    fn remove(&self, sha256: &str) -> Result<bool> {
        let Some(told) = self.head(sha256)? else { return Ok(true) };
        if is_young(&told) {
            return Ok(false);
        }
        let (bucket, credentials) = (&self.address.bucket, &self.address.credentials);
        let url = bucket.delete_object(Some(credentials), &self.key(sha256)?).sign(GOOD_FOR);
        let response = self.agent.delete(url.as_str()).call().map_err(unreachable)?;
        if response.status().is_success() { Ok(true) } else { Err(self.failed("delete from", response)) }
    }

    fn each(&self, found: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let (bucket, credentials) = (&self.address.bucket, &self.address.credentials);
        let mut next: Option<String> = None;
        loop {
            let mut page = bucket.list_objects_v2(Some(credentials));
            if !self.address.prefix.is_empty() {
                page.with_prefix(self.address.prefix.as_str());
            }
            if let Some(token) = next.take() {
                page.with_continuation_token(token);
            }
            let response = self.agent.get(page.sign(GOOD_FOR).as_str()).call().map_err(unreachable)?;
            if !response.status().is_success() {
                return Err(self.failed("list", response));
            }
            let xml = response.into_body().into_with_config().limit(LARGEST_PAGE).read_to_string().map_err(unreachable)?;
            let listing = read_listing(&xml)?;
            for key in &listing.keys {
                if let Some(sha256) = key.strip_prefix(self.address.prefix.as_str()).filter(|it| is_sha256(it)) {
                    found(sha256)?;
                }
            }
            next = listing.next;
            if next.is_none() {
                return Ok(());
            }
        }
    }
}
