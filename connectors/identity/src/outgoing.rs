//! Calls to addresses that a workspace's administrator typed. They go to the internet and not into the network the server
//! stands in, but to the hosts that whoever runs the server names; never by way of a redirect; https but to those hosts.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use openidconnect::url::Url;
use openidconnect::{HttpRequest, HttpResponse};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// Longest a whole call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer that is read.
const LARGEST: u64 = 1_000_000;

/// Why a call was not made or failed.
#[derive(Debug)]
pub enum OutgoingError {
    /// The address is none, or not https.
    Address(String),
    /// The host is in the internal network, and nobody named it.
    Internal(String),
    /// It did not answer as it should.
    Failed(String),
}

impl fmt::Display for OutgoingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(url) => write!(f, "{url} is no https address"),
            Self::Internal(host) => write!(f, "{host} is in the internal network and not among internal-hosts"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for OutgoingError {}

/// The hosts of the internal network that may be asked.
#[derive(Debug, Clone)]
pub struct InternalHosts(Arc<[String]>);

impl InternalHosts {
    /// These.
    pub fn new(hosts: &[String]) -> Self {
        Self(hosts.into())
    }

    /// Whether a host is among them.
    pub fn holds(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.0.iter().any(|it| it.trim_start_matches('[').trim_end_matches(']').eq_ignore_ascii_case(host))
    }

    /// Whether a port of a host is among them: those that name a port are of that one alone, in brackets where the host is an
    /// address of version 6.
    pub fn holds_port(&self, host: &str, port: u16) -> bool {
        let bare = |it: &str| it.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let with_port = |it: &str| {
            let (name, number) = it.rsplit_once(':')?;
            let is_name = !name.contains(':') || name.ends_with(']');
            (is_name && number.parse() == Ok(port)).then(|| bare(name))
        };
        self.0.iter().any(|it| bare(it) == bare(host) || with_port(it).is_some_and(|it| it == bare(host)))
    }

    /// An address that may be asked: https, or a host that is named.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, address: &str) -> Result<Url, OutgoingError> {
        let wrong = || OutgoingError::Address(address.chars().take(200).collect());
        let url = Url::parse(address).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?;
        let trusted = url.port_or_known_default().is_some_and(|it| self.holds_port(host, it));
        if !(url.scheme() == "https" || (url.scheme() == "http" && trusted)) || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong());
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        if !trusted && literal.is_some_and(is_internal) {
            return Err(OutgoingError::Internal(host.to_owned()));
        }
        Ok(url)
    }
}

/// Looks a host up and refuses what it must not lead to: the addresses looked up are those connected to, so that a name
/// cannot lead elsewhere the second time.
struct Guarded {
    hosts: InternalHosts,
    names: DefaultResolver,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

/// What the resolver refuses with, to be told apart from a host that is not found.
const REFUSED: &str = "an internal address";

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        if self.hosts.holds_port(uri.host().unwrap_or_default(), port) {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|it| !is_internal(it.ip())) {
            public.push(*address);
        }
        if public.is_empty() { Err(Error::BadUri(REFUSED.into())) } else { Ok(public) }
    }
}

/// Makes calls.
pub struct Outgoing {
    agent: Agent,
    /// Which hosts may be asked beside those of the internet.
    pub hosts: InternalHosts,
}

impl Outgoing {
    /// With the hosts of the internal network that may be asked.
    pub fn new(internal_hosts: &[String]) -> Self {
        let hosts = InternalHosts::new(internal_hosts);
        Self { agent: guarded_agent(&hosts, PATIENCE), hosts }
    }

    /// Makes a call and reads the whole answer.
    ///
    /// # Errors
    /// As told.
    pub fn send(&self, request: HttpRequest) -> Result<HttpResponse, OutgoingError> {
        let address = request.uri().to_string();
        let host = request.uri().host().unwrap_or_default().to_owned();
        self.hosts.check(&address)?;
        let failed = |error: Error| {
            if is_refused(&error) { OutgoingError::Internal(host.clone()) } else { OutgoingError::Failed(format!("{host}: {error}")) }
        };
        let (parts, mut body) = self.agent.run(request).map_err(&failed)?.into_parts();
        let bytes = body.with_config().limit(LARGEST).read_to_vec().map_err(&failed)?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }
}

/// Makes calls of at most so long that do not lead into the internal network, but to these hosts; never by way of a redirect.
pub fn guarded_agent(hosts: &InternalHosts, patience: Duration) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent("guanxi")
        .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
        .build();
    let resolver = Guarded { hosts: hosts.clone(), names: DefaultResolver::default() };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Whether a call was refused because its host is in the internal network.
pub fn is_refused(error: &Error) -> bool {
    matches!(error, Error::BadUri(reason) if reason == REFUSED)
}

/// Those of the machine, so that a company's own authority counts; the bundled ones where it has none. Every connector asks
/// for them, and reading them takes longer than all else a connector begins with: they are read once.
fn root_certificates() -> RootCerts {
    static FOUND: LazyLock<RootCerts> = LazyLock::new(|| {
        let found = rustls_native_certs::load_native_certs().certs;
        if found.is_empty() {
            return RootCerts::WebPki;
        }
        RootCerts::from(found.iter().map(|it| Certificate::from_der(it).to_owned()))
    });
    FOUND.clone()
}

/// Whether an address is not of the public internet.
pub fn is_internal(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => is_internal_v4(it),
        IpAddr::V6(it) => is_internal_v6(it),
    }
}

fn is_internal_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    it.is_private()
        || it.is_loopback()
        || it.is_link_local()
        || it.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
}

fn is_internal_v6(it: Ipv6Addr) -> bool {
    let parts = it.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_internal_v4(Ipv4Addr::new(a, b, c, d))
    };
    it.is_loopback()
        || it.is_unspecified()
        || it.is_multicast()
        || it.is_unique_local()
        || it.is_unicast_link_local()
        || (parts[0] & 0xffc0) == 0xfec0
        || (parts[0] == 0x2001 && (parts[1] == 0 || parts[1] == 0xdb8))
        // Addresses that lead to one of version 4: translated, 6to4, and the form that is no longer used.
        || (parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] && embedded(parts[6], parts[7]))
        || (parts[..3] == [0x64, 0xff9b, 1])
        || (parts[0] == 0x2002 && embedded(parts[1], parts[2]))
        || (parts[..6] == [0; 6] && embedded(parts[6], parts[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_internal_network_are_known() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fec0::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
        ] {
            assert!(is_internal(text.parse().unwrap()), "{text}");
        }
        for text in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"] {
            assert!(!is_internal(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn only_https_and_only_outside_but_for_hosts_that_are_named() {
        let hosts = InternalHosts(["login.example.internal".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()].into());
        for good in ["https://id.example.com", "http://LOGIN.example.internal:8080/x", "http://127.0.0.1:3000", "https://[::1]/"] {
            assert!(hosts.check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "https://10.0.0.1",
            "https://169.254.169.254/latest",
            "https://[::ffff:127.0.0.2]/",
            "https://0x7f000002/",
            "file:///etc/passwd",
            "https://user:pass@id.example.com",
            "gopher://127.0.0.1",
            "https://",
            "id.example.com",
            "https://2130706434/",
        ] {
            assert!(hosts.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_named_with_a_port_is_trusted_for_that_alone() {
        let hosts = InternalHosts::new(&["127.0.0.1:3000".to_owned(), "[::1]:5432".to_owned(), "files.internal:443".to_owned()]);
        for good in ["http://127.0.0.1:3000/a.csv", "https://files.internal/a.csv"] {
            assert!(hosts.check(good).is_ok(), "{good}");
        }
        for bad in ["http://127.0.0.1/", "https://127.0.0.1:3001/", "http://127.0.0.2:3000/", "http://files.internal/", "https://[::1]/"] {
            assert!(hosts.check(bad).is_err(), "{bad}");
        }
        assert!(hosts.holds_port("::1", 5432) && !hosts.holds_port("::1", 5433) && !hosts.holds("127.0.0.1"));
    }

    #[test]
    fn a_name_that_leads_inside_is_refused_when_it_is_looked_up() {
        let outgoing = Outgoing::new(&[]);
        let request = |url: &str| ureq::http::Request::get(url).body(Vec::new()).unwrap();
        // It resolves to the loopback on every machine.
        let error = outgoing.send(request("https://localhost:9/")).unwrap_err();
        assert!(matches!(error, OutgoingError::Internal(_)), "{error}");
        let named = Outgoing::new(&["localhost".to_owned()]);
        let error = named.send(request("http://localhost:9/")).unwrap_err();
        assert!(matches!(error, OutgoingError::Failed(_)), "{error}");
    }
}
