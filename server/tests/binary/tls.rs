//! TLS without a proxy: certificates made for the test.

use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::process::{HttpClient, PASSWORD, Server, fail, header};

/// A certificate a client trusts.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Speaks TLS on a connection.
    pub fn connect(&self, stream: TcpStream) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let mut session = ClientConnection::new(self.0.clone(), ServerName::try_from("localhost").unwrap()).map_err(std::io::Error::other)?;
        let mut stream = stream;
        session.complete_io(&mut stream)?;
        Ok(StreamOwned::new(session, stream))
    }
}

/// Writes a new certificate and its key.
fn make_certificate(folder: &Path) -> Trust {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    Trust(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

struct Files {
    _folder: tempfile::TempDir,
    certificate: String,
    key: String,
}

impl Files {
    fn new() -> (Self, Trust) {
        let folder = tempfile::tempdir().unwrap();
        let trust = make_certificate(folder.path());
        let name = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
        (Self { certificate: name("certificate.pem"), key: name("key.pem"), _folder: folder }, trust)
    }

    fn settings<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [[("GUANXI_TLS_CERTIFICATE", self.certificate.as_str()), ("GUANXI_TLS_KEY", self.key.as_str())].as_slice(), more].concat()
    }
}

fn trusting(server: &Server, trust: &Trust) -> HttpClient {
    HttpClient { trust: Some(trust.clone()), ..server.client() }
}

#[test]
fn people_sign_in_over_https_without_a_proxy() {
    let data = tempfile::tempdir().unwrap();
    let (files, trust) = Files::new();
    let server = Server::start(data.path(), &files.settings(&[]));
    let client = trusting(&server, &trust);
    let body = json!({ "company": "星河", "name": "管理员", "email": "admin@test.example", "password": PASSWORD });
    let (status, head, _) = client.exchange("POST", "/api/v1/setup", &body.to_string()).unwrap();
    assert_eq!(status, 200, "{head}");
    let cookie = header(&head, "set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-guanxi_session=") && cookie.contains("; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(header(&head, "strict-transport-security"), Some("max-age=31536000"));
    let signed_in = client.signed_in("/api/v1/auth/login", &json!({ "email": "admin@test.example", "password": PASSWORD }));
    assert_eq!(signed_in.get("/me")["user"]["name"], "管理员");
    let (name, token) = signed_in.headers[0].1.split_once('=').unwrap();
    assert_eq!(name, "__Host-guanxi_session");
    let planted = HttpClient { headers: vec![("cookie".into(), format!("guanxi_session={token}"))], ..client };
    assert_eq!(planted.call("GET", "/me", &json!(null)).unwrap().0, 401, "a cookie without the prefix may come from elsewhere");
}

#[test]
fn http_on_the_https_port_is_told_so_and_silence_is_given_up() {
    let data = tempfile::tempdir().unwrap();
    let (files, _) = Files::new();
    let server = Server::start(data.path(), &files.settings(&[("GUANXI_CLIENT_TIMEOUT", "1")]));
    let (status, _, body) = server.client().exchange("GET", "/", "").unwrap();
    assert_eq!(status, 400);
    assert!(body.contains("\"https_only\""), "{body}");
    let mut half_a_handshake = TcpStream::connect(&server.address).unwrap();
    std::io::Write::write_all(&mut half_a_handshake, &[0x16, 3, 1]).unwrap();
    let mut rest = Vec::new();
    half_a_handshake.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
}

#[test]
fn a_renewed_certificate_needs_no_restart() {
    let data = tempfile::tempdir().unwrap();
    let (files, old) = Files::new();
    let server = Server::start(data.path(), &files.settings(&[]));
    let health = |trust: &Trust| trusting(&server, trust).exchange("GET", "/healthz", "").map(|it| it.0);
    assert_eq!(health(&old).unwrap(), 200);
    let new = make_certificate(Path::new(&files.certificate).parent().unwrap());
    server.signal("HUP");
    server.wait_for("the certificate was read again");
    assert_eq!(health(&new).unwrap(), 200);
    assert!(health(&old).is_err(), "the old certificate is gone");
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start() {
    let data = tempfile::tempdir().unwrap();
    let (files, _) = Files::new();
    let (other, _) = Files::new();
    let start =
        |certificate: &str, key: &str| fail(data.path(), &["serve", "--listen", "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key]);
    assert!(start("/nowhere/a.pem", &files.key).contains("tls-certificate /nowhere/a.pem"));
    assert!(start(&files.key, &files.key).contains("tls-certificate holds no certificate"));
    assert!(start(&files.certificate, &files.certificate).contains("tls-key is no PEM file"));
    assert!(start(&files.certificate, &other.key).contains("tls-certificate and tls-key"));
    assert!(fail(data.path(), &["serve", "--tls-key", &files.key]).contains("set `tls-certificate`"));
}

#[test]
fn http_is_sent_on_to_https() {
    let data = tempfile::tempdir().unwrap();
    let (files, _) = Files::new();
    let settings = [("GUANXI_REDIRECT_HTTP", "127.0.0.1:0"), ("GUANXI_PUBLIC_URL", "https://crm.example.com")];
    let server = Server::start(data.path(), &files.settings(&settings));
    let line = server.wait_for("sending http on ");
    let address = line.split(' ').nth(3).unwrap().to_owned();
    let client = HttpClient { address, ..server.client() };
    let sent_to = |path: &str| {
        let (status, head, _) = client.exchange("GET", path, "").unwrap();
        (status, header(&head, "location").unwrap().to_owned())
    };
    assert_eq!(sent_to("/records/account?filter=a%20b"), (308, "https://crm.example.com/records/account?filter=a%20b".into()));
    assert_eq!(sent_to("//evil.example/x"), (308, "https://crm.example.com/evil.example/x".into()));
    assert_eq!(sent_to("/@evil.example"), (308, "https://crm.example.com/@evil.example".into()));
}
