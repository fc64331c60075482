use std::collections::BTreeMap;

use super::*;
use crate::cli::settings_of_flags;

fn read(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: Option<&str>) -> Result<Settings, SettingsError> {
    let flags: BTreeMap<&'static str, String> = flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guanxi.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    Settings::read(&Sources::gather(flags, environment, file.map(|_| path.as_path()))?)
}

#[test]
fn defaults_are_whole() {
    let settings = read(&[], &[], None).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8480");
    assert_eq!((settings.max_body, settings.max_file, settings.demo, settings.run_jobs), (10_000_000, 50_000_000, false, true));
    assert!(!settings.secure_cookie());
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let file = Some("listen = \"127.0.0.1:1\"\nworkers = 3\nseed = 5\ndemo = true\n");
    let settings = read(&[("listen", "127.0.0.1:3")], &[("GUANXI_LISTEN", "127.0.0.1:2"), ("GUANXI_WORKERS", "7"), ("HOME", "/")], file).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.workers, 7);
    assert_eq!((settings.seed, settings.demo), (5, true));
    assert_eq!(settings.data, PathBuf::from("./data"));
}

#[test]
fn an_unknown_or_wrong_key_is_named() {
    let message = |result: Result<Settings, SettingsError>| result.unwrap_err().to_string();
    assert!(message(read(&[], &[("GUANXI_LISTENN", "x")], None)).contains("GUANXI_LISTENN"));
    assert!(message(read(&[], &[], Some("listne = 1"))).contains("`listne`"));
    assert!(message(read(&[], &[], Some("listen = [1]"))).contains("`listen`"));
    assert!(message(read(&[("listen", "here")], &[], None)).contains("`listen` (--listen)"));
    assert!(message(read(&[], &[("GUANXI_MAX_BODY", "10XB")], None)).contains("`max-body` (GUANXI_MAX_BODY)"));
    assert!(message(read(&[], &[("GUANXI_DEMO", "yes")], None)).contains("`demo`"));
    assert!(message(read(&[("public-url", "ftp://x")], &[], None)).contains("`public-url`"));
    let store = message(read(&[], &[("GUANXI_FILE_STORE", "s3://key:hush@host/")], None));
    assert!(store.contains("`file-store` (GUANXI_FILE_STORE)") && !store.contains("hush"), "{store}");
}

#[test]
fn variables_of_tests_and_scripts_are_left_alone() {
    assert!(read(&[], &[("GUANXI_TEST_POSTGRES", "x"), ("GUANXI_BINARY", "x")], None).is_ok());
}

#[test]
fn the_cookie_is_secure_behind_https() {
    assert!(read(&[("public-url", "https://crm.example/")], &[], None).unwrap().secure_cookie());
    assert!(!read(&[("public-url", "https://crm.example"), ("cookie-secure", "never")], &[], None).unwrap().secure_cookie());
}

#[test]
fn people_come_by_https_where_there_is_a_certificate() {
    let files = [("tls-certificate", "a.pem"), ("tls-key", "b.pem")];
    let settings = read(&files, &[], None).unwrap();
    assert!(settings.secure_cookie() && settings.is_https());
    for (alone, other) in [(0, "tls-key"), (1, "tls-certificate")] {
        let message = read(&files[alone..=alone], &[], None).unwrap_err().to_string();
        assert!(message.contains(&format!("set `{other}`")), "{message}");
    }
}

#[test]
fn http_is_sent_on_only_where_it_is_known_where_to() {
    let redirect = ("redirect-http", "0.0.0.0:80");
    let message = read(&[redirect, ("public-url", "http://crm.example")], &[], None).unwrap_err().to_string();
    assert!(message.contains("set `public-url` to the https address"), "{message}");
    assert!(read(&[redirect, ("public-url", "https://crm.example")], &[], None).unwrap().redirect_http.is_some());
    assert!(read(&[("client-timeout", "0")], &[], None).unwrap_err().to_string().contains("`client-timeout`"));
}

/// A value of each setting that is not its default, with what it needs beside it.
fn other_than_default(name: &str) -> (&'static str, &'static [(&'static str, &'static str)]) {
    match name {
        "data" => ("/elsewhere", &[("secret-key-file", "/k")]),
        "database-url" => ("postgres://u:p@localhost/db", &[]),
        "secret-key-file" | "packs" | "import-folder" => ("/some/where", &[]),
        "database-connections" | "max-connections" | "client-timeout" | "workers" | "seed" => ("7", &[]),
        "log-format" => ("json", &[]),
        "log-level" => ("debug", &[]),
        "listen" => ("127.0.0.1:9", &[]),
        "tls-certificate" => ("/c.pem", &[("tls-key", "/k.pem")]),
        "tls-key" => ("/k.pem", &[("tls-certificate", "/c.pem")]),
        "redirect-http" => ("0.0.0.0:80", &[("public-url", "https://crm.example.com")]),
        "public-url" => ("https://crm.example.com", &[]),
        "smtp-url" => ("smtp://mail.example.com:25", &[("mail-from", "crm@example.com"), ("public-url", "https://crm.example.com")]),
        "mail-from" => ("crm@example.com", &[]),
        "cookie-secure" => ("always", &[]),
        "max-body" | "max-file" => ("3MB", &[]),
        "run-jobs" => ("false", &[]),
        "demo" | "allow-public-demo" | "trust-proxy" => ("true", &[]),
        "setup-token" => ("token", &[]),
        "internal-hosts" => ("ldap.internal", &[]),
        "source-hosts" | "push-hosts" | "sms-hosts" => ("10.0.0.5:5432", &[]),
        "file-store" => ("s3://key:secret@s3.example.com/files", &[]),
        other => panic!("the setting `{other}` is tried by no test: give it a value here"),
    }
}

/// Switches and numbers may be such in the file, too.
fn toml_line(name: &str, value: &str) -> String {
    let bare = value.parse::<i64>().is_ok() || value == "true" || value == "false";
    if bare { format!("{name} = {value}\n") } else { format!("{name} = {value:?}\n") }
}

#[test]
fn every_setting_arrives_by_flag_environment_and_file_and_stands_in_the_documentation() {
    let documentation = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).unwrap();
    for key in KEYS {
        let (value, beside) = other_than_default(key.name);
        let all: Vec<(&'static str, &str)> = beside.iter().copied().chain([(key.name, value)]).collect();
        let told = |settings: Settings| format!("{settings:?}");
        let without = told(read(beside, &[], None).unwrap_or_else(|_| read(&[], &[], None).unwrap()));
        let flags: Vec<String> = all.iter().map(|(name, value)| format!("--{name}={value}")).collect();
        let by_flag = told(settings_of_flags(&flags).unwrap());
        let environment: Vec<(String, &str)> = all.iter().map(|(name, value)| (environment_name(name), *value)).collect();
        let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let by_environment = told(read(&[], &environment, None).unwrap());
        let file: String = all.iter().map(|(name, value)| toml_line(name, value)).collect();
        let by_file = told(read(&[], &[], Some(&file)).unwrap());
        assert_ne!(by_flag, without, "{}", key.name);
        assert_eq!(by_flag, by_environment, "{}", key.name);
        assert_eq!(by_flag, by_file, "{}", key.name);
        assert!(documentation.contains(&format!("| `--{}", key.name)), "`--{}` is missing from docs/operations.md", key.name);
    }
}
