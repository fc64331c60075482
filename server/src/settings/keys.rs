//! The settings there are: one table behind flags, environment, file and help.

/// One setting. Flag `--name`, environment `GUANXI_NAME`, TOML key `name`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Name, words joined by hyphens.
    pub name: &'static str,
    /// What its value is called in the help; a switch where empty.
    pub value: &'static str,
    /// Value where it is set nowhere; unset where `None`.
    pub default: Option<&'static str>,
    /// Whether every command needs it, not only those that serve.
    pub common: bool,
    /// What it does.
    pub help: &'static str,
}

const fn key(name: &'static str, value: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { name, value, default: Some(default), common: false, help }
}

const fn switch(name: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { name, value: "", default: Some(default), common: false, help }
}

const fn optional(name: &'static str, value: &'static str, help: &'static str) -> Key {
    Key { name, value, default: None, common: false, help }
}

const fn common(key: Key) -> Key {
    Key { common: true, ..key }
}

/// All settings.
pub const KEYS: [Key; 32] = [
    common(key("data", "DIR", "./data", "Folder of databases and files")),
    common(optional("database-url", "URL", "PostgreSQL server, postgres://...; SQLite in the data folder without it")),
    common(optional(
        "secret-key-file",
        "FILE",
        "Keys that secrets in the database are encrypted with; beside the data folder, as DIR.key, without it",
    )),
    common(optional("file-store", "URL", "Bucket of an S3 store for the contents of files, s3://KEY:SECRET@HOST/BUCKET; the data folder without it")),
    common(key("database-connections", "N", "16", "Most connections to PostgreSQL")),
    common(key("log-format", "FORMAT", "pretty", "pretty or json")),
    common(key("log-level", "LEVEL", "info", "error, warn, info, debug or trace")),
    common(optional("packs", "DIR", "Folder of industry packs of one's own, one folder each, beside those the program brings")),
    key("listen", "ADDRESS", "127.0.0.1:8480", "Address to listen on; port 0 takes a free one"),
    optional("tls-certificate", "FILE", "Certificate in PEM, with those that vouch for it; serves https with it"),
    optional("tls-key", "FILE", "Private key of the certificate in PEM"),
    optional("redirect-http", "ADDRESS", "Address, such as 0.0.0.0:80, where http is sent on to public-url"),
    common(optional("public-url", "URL", "The address people type, such as https://crm.example.com")),
    common(optional("smtp-url", "URL", "Mail server, smtps://USER:PASSWORD@HOST or smtp://HOST:PORT; needs mail-from and public-url")),
    common(optional("mail-from", "ADDRESS", "Sender of mail, such as \"Guanxi <crm@example.com>\"")),
    key("cookie-secure", "WHEN", "auto", "Send the session cookie over https only: auto (where people come by https), always, never"),
    key("max-body", "SIZE", "10MB", "Largest JSON batch"),
    key("max-file", "SIZE", "50MB", "Largest file"),
    key("max-connections", "N", "4096", "Most connections at once; one address has half of them at most"),
    key("client-timeout", "SECONDS", "30", "How long a client may be silent"),
    key("workers", "N", "0", "Calls of the engine at once; 0 takes four for each core"),
    switch("run-jobs", "true", "Run background jobs in this process (false where `guanxi worker` does)"),
    switch("demo", "false", "Make the demo company if the data folder is empty"),
    common(key("seed", "N", "2026", "What the demo company is drawn from")),
    switch("allow-public-demo", "false", "Let a demo workspace, whose passwords are public, listen beyond this machine"),
    optional("setup-token", "TOKEN", "What the first administrator must present; made up and printed where the server listens beyond this machine"),
    common(optional(
        "internal-hosts",
        "HOSTS",
        "Hosts of the internal network that identity providers may be on, by name or address, separated by commas",
    )),
    common(optional(
        "source-hosts",
        "HOSTS",
        "Hosts of the internal network, each with its port, that scheduled imports may ask for tables, separated by commas: files.internal:443,10.0.0.5:5432",
    )),
    common(optional(
        "push-hosts",
        "HOSTS",
        "Hosts of the internal network, each with its port, that a push service of your own is on, separated by commas; any member may have them called",
    )),
    common(optional("sms-hosts", "HOSTS", "Hosts of the internal network, each with its port, that the SMS gateway may be on, separated by commas")),
    common(optional("import-folder", "DIR", "Folder of which each workspace's own, called as its id, holds the tables that scheduled imports take")),
    switch("trust-proxy", "false", "Take the caller's address from X-Forwarded-For; only behind a proxy of your own"),
];
