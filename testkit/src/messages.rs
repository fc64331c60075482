//! A push service and an SMS gateway for tests: a program of Node that decrypts what is pushed by `http_ece` and checks every
//! signature by itself.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};

/// What messages to the gateway are signed with.
const SECRET: &str = "gateway-secret";

/// See the module; ended when dropped.
pub struct MessagesPeer {
    child: Child,
    said: RefCell<BufReader<ChildStdout>>,
    port: u64,
}

impl MessagesPeer {
    /// Starts one; `None`, said aloud, where its packages are not installed.
    pub fn start() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/messages");
        if !folder.join("node_modules/http_ece").is_dir() {
            println!("skipped: there is no push service (npm ci --prefix testkit/peers/messages)");
            return None;
        }
        let mut command = Command::new("node");
        command.arg(folder.join("service.mjs")).arg(SECRET).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut peer = Self { child, said: RefCell::new(said), port: 0 };
        peer.port = peer.answer()["port"].as_u64().unwrap();
        Some(peer)
    }

    /// Value of the settings `push-hosts` and `sms-hosts`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where the gateway listens.
    pub fn sms_address(&self) -> String {
        format!("http://{}/sms", self.host())
    }

    /// What the gateway knows messages by.
    pub fn sms_secret(&self) -> &'static str {
        SECRET
    }

    /// A browser's subscription, as browsers tell it.
    pub fn subscribe(&self, name: &str) -> Json {
        self.ask(&json!({ "subscribe": name }))
    }

    /// The next messages `to` (`push` or `sms`) are answered so, so many times.
    pub fn answer_next(&self, to: &str, status: u16, headers: Json, times: u32) {
        self.ask(&json!({ "answer": [status, headers, "no"], "to": to, "times": times }));
    }

    /// What came: `push` (name, said, key, claims...), `sms` (id, time, token, body), and why something was `refused`.
    pub fn taken(&self) -> Json {
        self.ask(&json!({ "taken": true }))
    }

    fn ask(&self, command: &Json) -> Json {
        let mut input = self.child.stdin.as_ref().unwrap();
        writeln!(input, "{command}").unwrap();
        self.answer()
    }

    fn answer(&self) -> Json {
        let mut line = String::new();
        assert!(self.said.borrow_mut().read_line(&mut line).unwrap() > 0, "the push service ended");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for MessagesPeer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
