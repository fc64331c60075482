//! A real directory for tests: OpenLDAP's slapd, with a small company in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Where Debian puts it.
const SLAPD: &str = "/usr/sbin/slapd";
/// What everything stands below.
pub const BASE: &str = "dc=test,dc=example";
/// The account people are looked up by.
pub const READER: &str = "cn=reader,dc=test,dc=example";
/// Its password.
pub const READER_PASSWORD: &str = "reader's secret";
const ADMIN: &str = "cn=admin,dc=test,dc=example";
const ADMIN_PASSWORD: &str = "admin's secret";

/// A directory; ended when dropped.
pub struct LdapPeer {
    child: Child,
    /// Port without TLS, and with StartTLS.
    pub port: u16,
    /// Port with TLS.
    pub tls_port: u16,
    /// The authority behind its certificate, as PEM.
    pub authority: String,
    folder: tempfile::TempDir,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl LdapPeer {
    /// Starts one that holds these entries (LDIF) below [`BASE`] and waits until it listens; `None`, said aloud, where slapd is
    /// not installed.
    pub fn start(entries: &str) -> Option<Self> {
        if !Path::new(SLAPD).exists() {
            println!("skipped: {SLAPD} is not installed (apt-get install slapd ldap-utils)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let authority = certificates(folder.path());
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let schemas: String = ["core", "cosine", "inetorgperson"].map(|it| format!("include /etc/ldap/schema/{it}.schema\n")).concat();
        let configuration = format!(
            "{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {}\nTLSCACertificateFile {}\nTLSCertificateFile {}\nTLSCertificateKeyFile {}\n\
             database mdb\nsuffix \"{BASE}\"\nrootdn \"{ADMIN}\"\nrootpw \"{ADMIN_PASSWORD}\"\ndirectory {}\n\
             access to attrs=userPassword by anonymous auth by * none\naccess to * by users read by * none\n",
            at("pid"),
            at("authority.pem"),
            at("server.pem"),
            at("server.key"),
            at("data")
        );
        std::fs::write(at("slapd.conf"), configuration).unwrap();
        let base = format!("dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Test\ndc: test\n");
        let reader = format!(
            "dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: {READER_PASSWORD}\n"
        );
        std::fs::write(at("entries.ldif"), format!("{base}\n{reader}\n{entries}")).unwrap();
        let added = Command::new(SLAPD).args(["-Ta", "-f", &at("slapd.conf"), "-l", &at("entries.ldif")]).output().unwrap();
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        let (port, tls_port) = (free_port(), free_port());
        let listen = format!("ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}");
        let arguments = ["-h", &listen, "-f", &at("slapd.conf"), "-d", "stats"];
        let mut child = Command::new(SLAPD).args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("slapd starting") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "slapd ended");
        }
        // It goes on talking: nobody must leave it waiting for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(Self { child, port, tls_port, authority, folder })
    }

    /// Changes entries, told as LDIF with `changetype`.
    pub fn change(&self, ldif: &str) {
        let url = format!("ldap://127.0.0.1:{}", self.port);
        let mut command = Command::new("ldapmodify");
        command.args(["-x", "-H", &url, "-D", ADMIN, "-w", ADMIN_PASSWORD]).current_dir(self.folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Writes an authority and what it says of this machine; answers the authority.
pub(crate) fn certificates(folder: &Path) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = parameters.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(parameters, key);
    let own = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
    std::fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
    std::fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("server.key"), own.serialize_pem()).unwrap();
    authority.pem()
}

impl Drop for LdapPeer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
