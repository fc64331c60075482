//! The address of a bucket as whoever runs the server writes it:
//! `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX]?region=REGION&tls=off&style=virtual-host`.

use std::fmt;

use percent_encoding::percent_decode_str;
use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;

/// Region of servers that have none.
const REGION: &str = "us-east-1";

/// What is wrong with an address. It is never told back: there is a secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError(String);

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

fn wrong<T>(reason: impl Into<String>) -> Result<T, AddressError> {
    Err(AddressError(reason.into()))
}

/// A bucket and how to enter it.
#[derive(Debug, Clone)]
pub struct S3Address {
    /// The bucket.
    pub bucket: Bucket,
    /// Who asks.
    pub credentials: Credentials,
    /// What every name in it begins with; empty, or ending with `/`.
    pub prefix: String,
}

impl S3Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, without what stands in it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let Ok(url) = Url::parse(text) else { return wrong(FORM) };
        let Some(host) = url.host_str().filter(|it| !it.is_empty() && url.scheme() == "s3") else { return wrong(FORM) };
        let (key, secret) = (decoded(url.username())?, decoded(url.password().unwrap_or_default())?);
        if key.is_empty() || secret.is_empty() {
            return wrong("needs a key and its secret before the host, special characters percent-encoded");
        }
        let options = Options::of(&url)?;
        let scheme = if options.tls { "https" } else { "http" };
        let port = url.port().map_or_else(String::new, |it| format!(":{it}"));
        let Ok(endpoint) = Url::parse(&format!("{scheme}://{host}{port}")) else { return wrong(FORM) };
        let path = decoded(url.path().trim_matches('/'))?;
        let (bucket, prefix) = path.split_once('/').unwrap_or((&path, ""));
        if bucket.is_empty() {
            return wrong("needs the name of a bucket behind the host");
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        match Bucket::new(endpoint, options.style, bucket.to_owned(), options.region) {
            Ok(bucket) => Ok(Self { bucket, credentials: Credentials::new(key, secret), prefix }),
            Err(_) => wrong("names a bucket that cannot be part of an address"),
        }
    }

    /// For people: where it is, without who enters it.
    pub fn describe(&self) -> String {
        format!("{}{}", self.bucket.object_url("").as_str(), self.prefix)
    }
}

const FORM: &str = "must be the address of a bucket, s3://KEY:SECRET@HOST/BUCKET?region=REGION";

fn decoded(text: &str) -> Result<String, AddressError> {
    percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).or_else(|_| wrong(FORM))
}

struct Options {
    region: String,
    tls: bool,
    style: UrlStyle,
}

impl Options {
    fn of(url: &Url) -> Result<Self, AddressError> {
        let mut options = Self { region: REGION.to_owned(), tls: true, style: UrlStyle::Path };
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("region", region) if !region.is_empty() => region.clone_into(&mut options.region),
                ("tls", "on") => options.tls = true,
                ("tls", "off") => options.tls = false,
                ("style", "path") => options.style = UrlStyle::Path,
                ("style", "virtual-host") => options.style = UrlStyle::VirtualHost,
                _ => return wrong(format!("has an option `{name}` that is none of region=.., tls=on|off, style=path|virtual-host")),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_its_secret_never_told() {
        let address = S3Address::parse("s3://key:a%2Fb@s3.example.com/files/guanxi/one?region=cn-north-1").unwrap();
        assert_eq!((address.credentials.key(), address.credentials.secret()), ("key", "a/b"));
        assert_eq!((address.bucket.name(), address.bucket.region(), address.prefix.as_str()), ("files", "cn-north-1", "guanxi/one/"));
        assert_eq!(address.describe(), "https://s3.example.com/files/guanxi/one/");
        let local = S3Address::parse("s3://k:s@127.0.0.1:9000/files?tls=off").unwrap();
        assert_eq!(local.describe(), "http://127.0.0.1:9000/files/");
        for odd in [
            "s3://s3.example.com/files",
            "s3://key@s3.example.com/files",
            "s3://key:hush@s3.example.com/",
            "https://key:hush@s3.example.com/files",
            "s3://key:hush@s3.example.com/files?tls=maybe",
            "s3://key:hush@s3.example.com/files?colour=red",
            "hush",
            "s3://key:hush@1.2.3.4/files?style=virtual-host",
        ] {
            let error = S3Address::parse(odd).unwrap_err().to_string();
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
