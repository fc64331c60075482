//! Settings: flag > environment variable > TOML file > default. Read once, at the start.

mod keys;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use guanxi_storage::S3Address;

pub use keys::{KEYS, Key};
pub use sources::{Sources, Value, environment_name};

/// A setting that cannot be used; the message names the key, where it was set and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No such key.
    #[error("unknown setting `{key}` in {place}; `guanxi serve --help` lists the settings")]
    Unknown {
        /// As it was written.
        key: String,
        /// Where.
        place: String,
    },
    /// A value that does not fit.
    #[error("setting `{key}` ({place}): {reason}")]
    Wrong {
        /// The key.
        key: String,
        /// Where it was set.
        place: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The file cannot be read.
    #[error("settings file {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// When the session cookie is marked `Secure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieSecure {
    /// Where people come by https.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Databases and files.
    pub data: PathBuf,
    /// The bucket that contents of files are in; the data folder where absent.
    pub file_store: Option<S3Address>,
    /// Keys that secrets in the database are encrypted with.
    pub secret_key_file: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// PostgreSQL; SQLite in the data folder where absent.
    pub database_url: Option<String>,
    /// Most connections to PostgreSQL.
    pub database_connections: usize,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Which.
    pub log_level: tracing::Level,
    /// Certificate and private key in PEM; serves https with them.
    pub tls: Option<TlsFiles>,
    /// Where http is sent on to the public address.
    pub redirect_http: Option<SocketAddr>,
    /// The address people type, such as `https://crm.example.com`.
    pub public_url: Option<String>,
    /// The mail server; without it no mail is sent.
    pub smtp_url: Option<String>,
    /// Sender of mail.
    pub mail_from: Option<String>,
    /// When the session cookie is marked `Secure`.
    pub cookie_secure: CookieSecure,
    /// Largest body of a JSON batch in bytes.
    pub max_body: usize,
    /// Largest file in bytes.
    pub max_file: u64,
    /// Most connections at once.
    pub max_connections: usize,
    /// How long a client may be silent.
    pub client_timeout: Duration,
    /// Calls of the engine at once; 0 takes four for each core.
    pub workers: usize,
    /// Whether this process also runs jobs.
    pub run_jobs: bool,
    /// Makes the demo company if the data folder is empty.
    pub demo: bool,
    /// What the demo company is drawn from.
    pub seed: u64,
    /// Lets a demo workspace listen beyond this machine.
    pub allow_public_demo: bool,
    /// What the first administrator must present.
    pub setup_token: Option<String>,
    /// Hosts of the internal network that may be asked who somebody is.
    pub internal_hosts: Vec<String>,
    /// Hosts of the internal network, each with a port, that may be asked for tables.
    pub source_hosts: Vec<String>,
    /// Hosts of the internal network, each with a port, that push services may be on: every member may have them called.
    pub push_hosts: Vec<String>,
    /// Hosts of the internal network, each with a port, that SMS gateways may be on.
    pub sms_hosts: Vec<String>,
    /// Folder of the workspaces' folders that regular imports may take tables from.
    pub import_folder: Option<PathBuf>,
    /// Industry packs of the operator's own.
    pub packs: Option<PathBuf>,
    /// Whether the address of the caller is taken from `X-Forwarded-For` (behind one's own proxy only).
    pub trust_proxy: bool,
}

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    /// The first key that is unknown or wrong.
    pub fn read(sources: &Sources) -> Result<Self, SettingsError> {
        Ok(Self {
            data: PathBuf::from(sources.text("data").unwrap_or_default()),
            file_store: file_store(sources)?,
            secret_key_file: secret_key_file(sources),
            listen: sources.parse("listen", "an address with a port, such as 127.0.0.1:8480")?,
            database_url: database_url(sources)?,
            database_connections: sources.parse("database-connections", "a whole number")?,
            log_format: sources.choice("log-format", &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)])?,
            log_level: sources.parse("log-level", "error, warn, info, debug or trace")?,
            tls: tls_files(sources)?,
            redirect_http: redirect_http(sources)?,
            public_url: public_url(sources)?,
            smtp_url: smtp_url(sources)?,
            mail_from: mail_from(sources)?,
            cookie_secure: sources
                .choice("cookie-secure", &[("auto", CookieSecure::Auto), ("always", CookieSecure::Always), ("never", CookieSecure::Never)])?,
            max_body: usize::try_from(sources.bytes("max-body")?).unwrap_or(usize::MAX),
            max_file: sources.bytes("max-file")?,
            max_connections: sources.at_least_one("max-connections", "a whole number from 1 on")?,
            client_timeout: Duration::from_secs(sources.at_least_one("client-timeout", "a number of seconds from 1 on")?),
            workers: sources.parse("workers", "a whole number, 0 for four a core")?,
            run_jobs: sources.flag("run-jobs")?,
            demo: sources.flag("demo")?,
            seed: sources.parse("seed", "a whole number")?,
            allow_public_demo: sources.flag("allow-public-demo")?,
            setup_token: sources.text("setup-token").map(str::to_owned),
            internal_hosts: internal_hosts(sources)?,
            source_hosts: hosts_with_ports(sources, "source-hosts")?,
            push_hosts: hosts_with_ports(sources, "push-hosts")?,
            sms_hosts: hosts_with_ports(sources, "sms-hosts")?,
            import_folder: sources.text("import-folder").map(PathBuf::from),
            packs: sources.text("packs").map(PathBuf::from),
            trust_proxy: sources.flag("trust-proxy")?,
        })
    }

    /// Whether the session cookie goes over https only.
    pub fn secure_cookie(&self) -> bool {
        match self.cookie_secure {
            CookieSecure::Always => true,
            CookieSecure::Never => false,
            CookieSecure::Auto => self.is_https(),
        }
    }

    /// Whether people come by https: to us, or to a proxy before us.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || self.public_url.as_deref().is_some_and(|it| it.starts_with("https://"))
    }

    /// Calls of the engine at once.
    pub fn engine_calls(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        if self.workers == 0 { 4 * cores } else { self.workers }
    }
}

fn database_url(sources: &Sources) -> Result<Option<String>, SettingsError> {
    let Some(url) = sources.text("database-url") else { return Ok(None) };
    // Not told back: there is a password in it.
    let host = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    if host.is_none_or(str::is_empty) {
        return Err(sources.wrong("database-url", "must be the address of a PostgreSQL server, postgres://USER:PASSWORD@HOST/DATABASE"));
    }
    Ok(Some(url.to_owned()))
}

fn file_store(sources: &Sources) -> Result<Option<S3Address>, SettingsError> {
    let Some(url) = sources.text("file-store") else { return Ok(None) };
    // Not told back: there is a secret in it.
    S3Address::parse(url).map(Some).map_err(|reason| sources.wrong("file-store", reason.to_string()))
}

/// Beside the data folder and not in it, so that no copy of the folder holds what opens its secrets.
fn secret_key_file(sources: &Sources) -> PathBuf {
    if let Some(file) = sources.text("secret-key-file") {
        return PathBuf::from(file);
    }
    let data = PathBuf::from(sources.text("data").unwrap_or_default());
    let data = std::path::absolute(&data).unwrap_or(data);
    let mut name = data.file_name().map_or_else(|| "guanxi".into(), std::ffi::OsStr::to_owned);
    name.push(".key");
    data.with_file_name(name)
}

fn internal_hosts(sources: &Sources) -> Result<Vec<String>, SettingsError> {
    let text = sources.text("internal-hosts").unwrap_or_default();
    let hosts: Vec<String> = text.split(',').map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect();
    match hosts.iter().find(|it| it.contains(['/', '@', ' ', '*'])) {
        Some(wrong) => Err(sources.wrong("internal-hosts", format!("`{wrong}` is not a host such as login.example.internal or 10.0.0.5"))),
        None => Ok(hosts),
    }
}

/// Each with a port: a host may hold more than what it is named for.
fn hosts_with_ports(sources: &Sources, key: &str) -> Result<Vec<String>, SettingsError> {
    let text = sources.text(key).unwrap_or_default();
    let hosts: Vec<String> = text.split(',').map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect();
    let is_one = |it: &String| {
        let (host, port) = it.rsplit_once(':').unwrap_or_default();
        let is_host =
            !host.is_empty() && !host.contains(['/', '@', ' ', '*']) && (!host.contains(':') || host.starts_with('[') && host.ends_with(']'));
        is_host && port.parse::<u16>().is_ok_and(|it| it > 0)
    };
    match hosts.iter().find(|it| !is_one(it)) {
        Some(wrong) => Err(sources.wrong(key, format!("`{wrong}` is not a host with its port such as 10.0.0.5:5432"))),
        None => Ok(hosts),
    }
}

fn public_url(sources: &Sources) -> Result<Option<String>, SettingsError> {
    let Some(url) = sources.text("public-url") else { return Ok(None) };
    let url = url.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(|it| it.is_empty() || it.contains('/') || it.contains('@')) {
        return Err(sources.wrong("public-url", "must be http:// or https:// and a host, without a path"));
    }
    Ok(Some(url.to_owned()))
}

fn tls_files(sources: &Sources) -> Result<Option<TlsFiles>, SettingsError> {
    match (sources.text("tls-certificate"), sources.text("tls-key")) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(sources.wrong("tls-certificate", "needs its key: set `tls-key` as well")),
        (None, Some(_)) => Err(sources.wrong("tls-key", "needs its certificate: set `tls-certificate` as well")),
    }
}

fn redirect_http(sources: &Sources) -> Result<Option<SocketAddr>, SettingsError> {
    if sources.text("redirect-http").is_none() {
        return Ok(None);
    }
    if !sources.text("public-url").is_some_and(|it| it.starts_with("https://")) {
        return Err(sources.wrong("redirect-http", "needs to know where to: set `public-url` to the https address"));
    }
    sources.parse("redirect-http", "an address with a port, such as 0.0.0.0:80").map(Some)
}

fn smtp_url(sources: &Sources) -> Result<Option<String>, SettingsError> {
    let Some(url) = sources.text("smtp-url") else { return Ok(None) };
    crate::mail::parse_server(url).map_err(|reason| sources.wrong("smtp-url", reason))?;
    for needed in ["mail-from", "public-url"] {
        if sources.text(needed).is_none() {
            return Err(sources.wrong("smtp-url", format!("needs `{needed}` too: links in mail lead to the address configured")));
        }
    }
    Ok(Some(url.to_owned()))
}

fn mail_from(sources: &Sources) -> Result<Option<String>, SettingsError> {
    let Some(sender) = sources.text("mail-from") else { return Ok(None) };
    crate::mail::parse_sender(sender).map_err(|reason| sources.wrong("mail-from", reason))?;
    Ok(Some(sender.to_owned()))
}

impl Sources {
    fn wrong(&self, key: &str, reason: impl Into<String>) -> SettingsError {
        SettingsError::Wrong { key: key.to_owned(), place: self.place(key), reason: reason.into() }
    }
    fn parse<T: FromStr>(&self, key: &str, wanted: &str) -> Result<T, SettingsError> {
        let text = self.text(key).unwrap_or_default();
        text.parse().map_err(|_| self.wrong(key, format!("`{text}` is not {wanted}")))
    }
    fn at_least_one<T: FromStr + Default + PartialEq>(&self, key: &str, wanted: &str) -> Result<T, SettingsError> {
        let value: T = self.parse(key, wanted)?;
        if value == T::default() { Err(self.wrong(key, format!("0 is not {wanted}"))) } else { Ok(value) }
    }
    fn flag(&self, key: &str) -> Result<bool, SettingsError> {
        self.choice(key, &[("true", true), ("false", false), ("1", true), ("0", false)])
    }
    fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<T, SettingsError> {
        let text = self.text(key).unwrap_or_default();
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.wrong(key, format!("`{text}` is none of {}", names.join(", ")))
        })
    }
    /// A size such as `10MB`, `512kB` or a number of bytes.
    fn bytes(&self, key: &str) -> Result<u64, SettingsError> {
        let text = self.text(key).unwrap_or_default();
        let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
        let factor = match text.get(digits.len()..).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1_000,
            "m" | "mb" => 1_000_000,
            "g" | "gb" => 1_000_000_000,
            _ => 0,
        };
        let size = digits.trim().parse::<u64>().ok().and_then(|it| it.checked_mul(factor)).filter(|it| *it > 0);
        size.ok_or_else(|| self.wrong(key, format!("`{text}` is not a size such as 10MB")))
    }
}

#[cfg(test)]
mod tests;
