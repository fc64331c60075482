//! A real OpenID Connect provider for tests: `oidc-provider`, run by `e2e/support/oidc-provider.mjs`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value as Json, json};

/// The folder whose packages hold the provider.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e");

struct Pipes {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// A provider; ended when dropped.
pub struct OidcPeer {
    child: Child,
    pipes: Mutex<Pipes>,
    /// Its address.
    pub issuer: String,
    /// What it calls its one client.
    pub client: String,
    /// The client's secret.
    pub secret: String,
}

impl OidcPeer {
    /// Starts one and waits until it listens; `None`, said aloud, where it is not installed.
    pub fn start() -> Option<Self> {
        if !Path::new(FOLDER).join("node_modules/oidc-provider").is_dir() {
            println!("skipped: oidc-provider is not installed (npm ci in e2e/)");
            return None;
        }
        let mut command = Command::new("node");
        command.arg("support/oidc-provider.mjs").current_dir(FOLDER);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let pipes = Pipes { to: child.stdin.take().unwrap(), from: BufReader::new(child.stdout.take().unwrap()) };
        let mut peer = Self { child, pipes: Mutex::new(pipes), issuer: String::new(), client: String::new(), secret: String::new() };
        let said = read(&mut peer.pipes.lock().unwrap());
        let text = |key: &str| said[key].as_str().unwrap().to_owned();
        (peer.issuer, peer.client, peer.secret) = (text("issuer"), text("client"), text("secret"));
        Some(peer)
    }

    /// Tells it what to do; answers what it says.
    pub fn tell(&self, command: &Json) -> Json {
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.to, "{command}").unwrap();
        let said = read(&mut pipes);
        assert_eq!(said["error"], Json::Null, "{command}");
        said
    }

    /// Goes there as a browser with this account; answers the parameters it is sent back with.
    pub fn walk(&self, url: &str, account: Json) -> Json {
        self.tell(&json!({ "do": "account", "account": account }));
        let said = self.tell(&json!({ "do": "walk", "url": url }));
        let back = said["back"].as_str().unwrap_or_else(|| panic!("{said}"));
        let query = back.split_once('?').unwrap().1;
        let decode = |text: &str| percent_decode(&text.replace('+', " "));
        query
            .split('&')
            .filter_map(|it| it.split_once('='))
            .map(|(name, value)| (name.to_owned(), json!(decode(value))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::from_str_radix(&String::from_utf8(vec![rest.next().unwrap(), rest.next().unwrap()]).unwrap(), 16).unwrap(),
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn read(pipes: &mut Pipes) -> Json {
    let mut line = String::new();
    assert!(pipes.from.read_line(&mut line).unwrap() > 0, "the provider ended");
    serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))
}

impl Drop for OidcPeer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
