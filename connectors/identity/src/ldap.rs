//! Directories by LDAP. People are looked up by an account of this server's, with what they typed escaped, and their
//! password is checked by signing in as the entry found. Referrals are not followed: they lead wherever somebody else says.

mod organisation;

use std::collections::HashMap;
use std::fmt::Display;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use guanxi_kernel::identity::{Asked, DirectoryCheck, DirectoryConnector, Encryption, ForeignIdentity, LdapSettings, Organisation, ProviderError};
use ldap3::{DerefAliases, LdapConn, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions, StdStream, ldap_escape};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use uuid::Uuid;

use crate::error::{refused, unreachable, whole_cause};
use crate::outgoing::{InternalHosts, is_internal};

/// Longest any one step may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most people counted by a check.
const COUNTED: i32 = 1_000;
/// Longest account and password that are passed on, in bytes.
const LONGEST: usize = 1_024;

/// Result codes of LDAP (RFC 4511, appendix A).
mod code {
    pub const SUCCESS: u32 = 0;
    pub const SIZE_LIMIT: u32 = 4;
    pub const CONFIDENTIALITY_REQUIRED: u32 = 13;
    pub const NO_SUCH_OBJECT: u32 = 32;
    /// A password that is wrong, an account that is locked or has expired, or may not sign in that way.
    pub const NOT_LET_IN: [u32; 5] = [19, NO_SUCH_OBJECT, 48, 49, 53];
}

/// Speaks LDAP.
pub struct Ldap {
    hosts: InternalHosts,
    roots: OnceLock<Vec<CertificateDer<'static>>>,
}

impl Ldap {
    /// With the hosts of the internal network that directories may be on.
    pub fn new(internal_hosts: &[String]) -> Self {
        Self { hosts: InternalHosts::new(internal_hosts), roots: OnceLock::new() }
    }

    /// Connects to an address that may be connected to; what a name resolves to is checked and used, so that it cannot lead
    /// elsewhere the second time.
    fn reach(&self, settings: &LdapSettings) -> Asked<TcpStream> {
        let host = settings.host.trim();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = (bare, settings.port()).to_socket_addrs().map_err(|error| not_reached(&error))?.collect();
        let trusted = self.hosts.holds(host);
        let (open, inside): (Vec<SocketAddr>, Vec<SocketAddr>) = found.into_iter().partition(|it| trusted || !is_internal(it.ip()));
        if open.is_empty() && !inside.is_empty() {
            return Err(unreachable(
                "目录服务器在内网中：请服务器管理员将该主机列入 internal-hosts 设置",
                "the directory is in the internal network: whoever runs the server must name its host in the setting internal-hosts",
                format!("{host} is in the internal network and not among internal-hosts"),
            ));
        }
        if settings.encryption == Encryption::None && !open.iter().all(|it| it.ip().to_canonical().is_loopback()) {
            return Err(unreachable(
                "不加密的连接只允许用于本机的目录服务：请改用 TLS 或 StartTLS",
                "only a directory on this very machine may be asked without encryption: choose TLS or StartTLS",
                format!("{host} without encryption"),
            ));
        }
        let mut last = None;
        for address in open {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| not_reached(&"the name leads nowhere"), |error| not_reached(&error)))
    }

    fn trust(&self, settings: &LdapSettings) -> Asked<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.roots.get_or_init(|| rustls_native_certs::load_native_certs().certs).iter().cloned());
        if let Some(pem) = &settings.certificate {
            let wrong = |cause: String| unreachable("证书无法读取，应为 PEM 格式", "the certificate cannot be read; it must be PEM", cause);
            for it in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = it.map_err(|error| wrong(error.to_string()))?;
                roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| not_reached(&error))?.with_root_certificates(roots).with_no_client_auth();
        Ok(Arc::new(config))
    }

    /// A connection on which nobody is signed in.
    fn connect(&self, settings: &LdapSettings) -> Asked<LdapConn> {
        let scheme = if settings.encryption == Encryption::Tls { "ldaps" } else { "ldap" };
        let url = format!("{scheme}://{}:{}", settings.host.trim(), settings.port());
        let how = LdapConnSettings::new()
            .set_conn_timeout(PATIENCE)
            .set_starttls(settings.encryption == Encryption::StartTls)
            .set_config(self.trust(settings)?)
            .set_std_stream(StdStream::Tcp(self.reach(settings)?));
        LdapConn::with_settings(how, &url).map_err(|error| of_ldap(&error))
    }

    /// A connection on which this server is signed in as the account for looking people up.
    fn open(&self, settings: &LdapSettings, secret: Option<&str>) -> Asked<LdapConn> {
        let mut connection = self.connect(settings)?;
        let account = settings.bind_dn.trim();
        if account.is_empty() {
            return Ok(connection);
        }
        // Without a password a directory lets in nobody in particular, and says that it went well (RFC 4513, 5.1.2).
        let secret = secret.filter(|it| !it.is_empty()).ok_or_else(|| {
            unreachable("请填写服务账号的密码", "enter the password of the account this server signs in by", "no password for the bind DN")
        })?;
        if bind(&mut connection, account, secret)? {
            return Ok(connection);
        }
        Err(unreachable(
            "目录服务器不接受服务账号或其密码",
            "the directory accepts neither the account this server signs in by nor its password",
            format!("bind as {account}"),
        ))
    }
}

impl DirectoryConnector for Ldap {
    fn check(&self, settings: &LdapSettings, secret: Option<&str>) -> Asked<DirectoryCheck> {
        let mut connection = self.open(settings, secret)?;
        let (people, more) = search(&mut connection, settings, settings.filter.trim(), &["1.1"], COUNTED)?;
        close(connection);
        if people.is_empty() {
            return Err(unreachable(
                "目录中没有找到人员：请检查查找位置和筛选条件",
                "nobody was found in the directory: check where people are looked up, and the filter",
                "an empty answer",
            ));
        }
        Ok(DirectoryCheck { people: people.len() as u64, more })
    }

    fn authenticate(&self, settings: &LdapSettings, secret: Option<&str>, login: &str, password: &str) -> Asked<Option<ForeignIdentity>> {
        let login = login.trim();
        // A password that is none signs in nobody in particular: to many directories that is a success.
        if login.is_empty() || password.is_empty() || login.len() > LONGEST || password.len() > LONGEST {
            return Ok(None);
        }
        let mut connection = self.open(settings, secret)?;
        let wanted = &settings.attributes;
        let attributes = [wanted.id.as_str(), wanted.email.as_str(), wanted.name.as_str()];
        let (found, _) = search(&mut connection, settings, &filter_of(settings, login), &attributes, 2)?;
        let person = <[SearchEntry; 1]>::try_from(found).ok().map(|[it]| it).filter(|it| !it.dn.is_empty());
        // Who is not there, or not there once, takes as long as who is.
        let entry = person.as_ref().map_or_else(|| format!("cn=nobody-of-this-name,{}", settings.base.trim()), |it| it.dn.clone());
        let matches = bind(&mut connection, &entry, password)?;
        close(connection);
        person.filter(|_| matches).map(|it| identity(settings, &it)).transpose()
    }

    fn organisation(&self, settings: &LdapSettings, secret: Option<&str>) -> Asked<Organisation> {
        let mut connection = self.open(settings, secret)?;
        let found = organisation::organisation(&mut connection, settings)?;
        close(connection);
        Ok(found)
    }
}

/// People whose account is what somebody typed, which stays a text whatever is in it.
fn filter_of(settings: &LdapSettings, login: &str) -> String {
    let typed = ldap_escape(login);
    let any: String = settings.login.iter().map(|it| format!("({it}={typed})")).collect();
    format!("(&{}(|{any}))", settings.filter.trim())
}

/// Signs in; whether it was let in.
fn bind(connection: &mut LdapConn, entry: &str, password: &str) -> Asked<bool> {
    let done = connection.with_timeout(PATIENCE).simple_bind(entry, password).map_err(|error| of_ldap(&error))?;
    match done.rc {
        code::SUCCESS => Ok(true),
        code if code::NOT_LET_IN.contains(&code) => Ok(false),
        code => Err(of_code(code, &done.text)),
    }
}

/// Entries below the base, and whether there are more than so many.
fn search(connection: &mut LdapConn, settings: &LdapSettings, filter: &str, attributes: &[&str], most: i32) -> Asked<(Vec<SearchEntry>, bool)> {
    let options = SearchOptions::new().deref(DerefAliases::Never).sizelimit(most).timelimit(10);
    connection.with_search_options(options).with_timeout(PATIENCE);
    let answer = connection.search(settings.base.trim(), Scope::Subtree, filter, attributes.to_vec()).map_err(|error| of_ldap(&error))?;
    let more = match answer.1.rc {
        code::SUCCESS => false,
        code::SIZE_LIMIT => true,
        code::NO_SUCH_OBJECT => {
            let text = ("目录中没有该查找位置，请检查", "there is no such place in the directory: check where people are looked up");
            return Err(unreachable(text.0, text.1, answer.1.text));
        }
        code => return Err(of_code(code, &answer.1.text)),
    };
    let entries = answer.0.into_iter().filter(|it| !it.is_ref() && !it.is_intermediate()).map(SearchEntry::construct);
    Ok((entries.collect(), more))
}

/// Says good-bye; whether it is heard does not matter any more.
fn close(mut connection: LdapConn) {
    drop(connection.with_timeout(PATIENCE).unbind());
}

/// The first value of an attribute, whatever its letters' case.
fn first<'a, T>(values: &'a HashMap<String, Vec<T>>, attribute: &str) -> Option<&'a T> {
    values.iter().find(|it| it.0.eq_ignore_ascii_case(attribute)).and_then(|it| it.1.first())
}

fn identity(settings: &LdapSettings, person: &SearchEntry) -> Asked<ForeignIdentity> {
    let attributes = &settings.attributes;
    let text = |attribute: &str| first(&person.attrs, attribute).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    Ok(ForeignIdentity { subject: subject(settings, person)?, session: None, verified_email: text(&attributes.email), name: text(&attributes.name) })
}

/// What identifies an entry for ever.
fn subject(settings: &LdapSettings, entry: &SearchEntry) -> Asked<String> {
    let attribute = &settings.attributes.id;
    let bytes = first(&entry.bin_attrs, attribute).cloned().or_else(|| first(&entry.attrs, attribute).map(|it| it.clone().into_bytes()));
    bytes.as_deref().and_then(|it| subject_of(attribute, it)).ok_or_else(|| {
        let message = (
            "目录中的条目没有唯一编号属性：请检查设置中的编号属性（entryUUID 或 objectGUID）",
            "the entry lacks what identifies it: check the attribute in the settings (entryUUID or objectGUID)",
        );
        refused(message.0, message.1, format!("no {attribute} in {}", entry.dn))
    })
}

/// What identifies an entry, as a text.
fn subject_of(attribute: &str, bytes: &[u8]) -> Option<String> {
    if attribute.eq_ignore_ascii_case("objectGUID") {
        // The first three numbers of it lie with their last byte first.
        return Some(Uuid::from_bytes_le(bytes.try_into().ok()?).to_string());
    }
    let text = std::str::from_utf8(bytes).ok()?.trim().to_lowercase();
    (!text.is_empty() && text.len() <= 200).then_some(text)
}

fn not_reached(cause: &impl Display) -> ProviderError {
    unreachable(
        "无法连接目录服务器：请检查地址、端口和网络",
        "the directory cannot be reached: check its address, port and the network",
        cause.to_string(),
    )
}

fn of_ldap(error: &LdapError) -> ProviderError {
    let cause = whole_cause(error);
    match error {
        LdapError::FilterParsing => unreachable("筛选条件有误", "the filter is none", cause),
        LdapError::LdapResult { result } => of_code(result.rc, &result.text),
        LdapError::Rustls { .. } | LdapError::DNSName { .. } => certificate(cause),
        LdapError::Io { source } if source.get_ref().is_some_and(|it| it.is::<rustls::Error>()) => certificate(cause),
        _ => not_reached(&cause),
    }
}

fn certificate(cause: String) -> ProviderError {
    unreachable(
        "不信任目录服务器的证书：请在设置中填写签发它的机构证书，并检查证书上的主机名",
        "the directory's certificate is not trusted: enter the authority's certificate in the settings, and check the name of the host on it",
        cause,
    )
}

fn of_code(code: u32, text: &str) -> ProviderError {
    let cause = format!("result {code}: {text}");
    if code == code::CONFIDENTIALITY_REQUIRED {
        return unreachable("目录服务器要求加密连接", "the directory wants an encrypted connection", cause);
    }
    unreachable("目录服务器没有完成请求", "the directory did not do what it was asked", cause)
}

#[cfg(test)]
mod tests {
    use guanxi_kernel::identity::LdapAttributes;

    use super::*;

    fn settings(host: &str, encryption: Encryption) -> LdapSettings {
        LdapSettings {
            host: host.into(),
            port: Some(9),
            encryption,
            certificate: None,
            bind_dn: String::new(),
            base: "dc=test".into(),
            filter: "(objectClass=person)".into(),
            login: vec!["uid".into(), "mail".into()],
            attributes: LdapAttributes { id: "entryUUID".into(), email: "mail".into(), name: "cn".into() },
            new_members: None,
            organisation: None,
        }
    }

    #[test]
    fn what_somebody_typed_stays_a_text() {
        let settings = settings("x", Encryption::Tls);
        assert_eq!(filter_of(&settings, "lin"), "(&(objectClass=person)(|(uid=lin)(mail=lin)))");
        let typed = filter_of(&settings, "*)(uid=\\\0(");
        assert_eq!(typed, r"(&(objectClass=person)(|(uid=\2a\29\28uid=\5c\00\28)(mail=\2a\29\28uid=\5c\00\28)))");
        assert!(ldap3::parse_filter(&typed).is_ok());
    }

    #[test]
    fn nothing_is_asked_for_who_types_no_password() {
        let ldap = Ldap::new(&["localhost".into()]);
        // Nobody listens there: asking would be an error.
        let settings = settings("localhost", Encryption::None);
        for (login, password) in [("lin", ""), ("", "x"), (" ", "x"), (&"x".repeat(2_000), "x"), ("lin", &"x".repeat(2_000))] {
            assert_eq!(ldap.authenticate(&settings, None, login, password), Ok(None));
        }
        assert_eq!(ldap.authenticate(&settings, None, "lin", "x").unwrap_err().code, "provider_unreachable");
    }

    #[test]
    fn a_directory_is_outside_or_named_and_encrypted_but_on_this_machine() {
        let cause = |hosts: &[String], host: &str, encryption| Ldap::new(hosts).check(&settings(host, encryption), None).unwrap_err().cause;
        assert!(cause(&[], "localhost", Encryption::Tls).contains("internal-hosts"));
        assert!(cause(&[], "10.0.0.1", Encryption::Tls).contains("internal-hosts"));
        assert!(cause(&["10.0.0.1".into()], "10.0.0.1", Encryption::None).contains("without encryption"));
        assert!(cause(&[], "192.88.99.1", Encryption::None).contains("without encryption"));
        assert!(!cause(&["localhost".into()], "localhost", Encryption::None).contains("without encryption"));
    }

    #[test]
    fn what_identifies_an_entry_is_a_text() {
        let guid = [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        assert_eq!(subject_of("objectguid", &guid).unwrap(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(subject_of("objectGUID", b"short"), None);
        assert_eq!(subject_of("entryUUID", b"ABC-1 ").unwrap(), "abc-1");
        assert_eq!(subject_of("entryUUID", b" "), None);
        assert_eq!(subject_of("entryUUID", &[0xff]), None);
    }
}
