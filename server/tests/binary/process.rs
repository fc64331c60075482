//! The real binary on a folder of its own, and a client that speaks just enough HTTP.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::tls::Trust;

/// Password of the administrator tests set up.
pub const PASSWORD: &str = "Correct-horse-9";

/// Runs a command to its end.
pub fn guanxi(data: &Path, arguments: &[&str]) -> Output {
    command(data).args(arguments).output().unwrap()
}

/// Runs a command with this on its standard input.
pub fn guanxi_told(data: &Path, arguments: &[&str], input: &str) -> Output {
    let piped = command(data).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = piped.unwrap();
    // A command that refuses its arguments does not read on.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

/// Runs a command that must succeed; answers what it printed.
#[track_caller]
pub fn succeed(data: &Path, arguments: &[&str]) -> String {
    let output = guanxi(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail; answers its complaint.
#[track_caller]
pub fn fail(data: &Path, arguments: &[&str]) -> String {
    let output = guanxi(data, arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guanxi"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GUANXI_")) {
        command.env_remove(name);
    }
    command.env("GUANXI_DATA", data).env("GUANXI_LOG_LEVEL", "error");
    command
}

/// A command that is under way; killed when dropped.
pub struct Running(Child);

impl Running {
    /// Starts it.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self(command(data).args(arguments).stdout(Stdio::null()).spawn().unwrap())
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; that is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A process that serves or works; killed when dropped.
pub struct Server {
    child: Child,
    /// What it says after it listens.
    lines: Receiver<String>,
    /// What it said before.
    pub said: Vec<String>,
    /// Its log.
    log: Option<ChildStderr>,
    /// Where it listens.
    pub address: String,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        Self::listening(command(data), settings)
    }

    /// Starts one that runs jobs alone, and waits until it does.
    pub fn start_worker(data: &Path, settings: &[(&str, &str)]) -> Self {
        let worker = Self::spawn(command(data), "worker", settings);
        worker.wait_for("working");
        worker
    }

    /// Starts it where no file can grow beyond so many bytes: what the operating system says then is what it says of a
    /// full disk.
    pub fn start_with_room(data: &Path, bytes: u64) -> Self {
        let mut limited = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_guanxi");
        limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512), program]);
        for (name, value) in command(data).get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        Self::listening(limited, &[])
    }

    fn listening(command: Command, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(command, "serve", settings);
        server.said = server.hear("listening on ");
        let listening = server.said.pop().unwrap();
        server.address = listening.rsplit('/').next().unwrap().to_owned();
        server
    }

    fn spawn(mut command: Command, verb: &str, settings: &[(&str, &str)]) -> Self {
        command.arg(verb).env("GUANXI_LISTEN", "127.0.0.1:0").envs(settings.iter().copied()).stdout(Stdio::piped());
        let logs = settings.iter().any(|it| it.0 == "GUANXI_LOG_FORMAT");
        if logs {
            command.stderr(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        let log = child.stderr.take();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        // Read to the end, so that the process never waits for us; nobody may listen any more.
        std::thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        Self { child, lines, said: Vec::new(), log, address: String::new() }
    }

    /// Waits until it says a line that begins so; answers the line.
    #[track_caller]
    pub fn wait_for(&self, beginning: &str) -> String {
        self.hear(beginning).pop().unwrap()
    }

    /// What it says up to a line that begins so.
    #[track_caller]
    fn hear(&self, beginning: &str) -> Vec<String> {
        let mut heard: Vec<String> = Vec::new();
        while !heard.last().is_some_and(|it| it.starts_with(beginning)) {
            heard.push(self.lines.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("it never says `{beginning}`")));
        }
        heard
    }

    /// Ends it in order and answers what it wrote to its log, for one that was started with a format of the log. What it
    /// logs must fit into a pipe.
    pub fn end_and_read_log(mut self) -> String {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success());
        let mut log = String::new();
        self.log.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap().success());
    }

    /// What it was begun with: its arguments or its environment, as Linux tells them.
    #[cfg(target_os = "linux")]
    pub fn begun_with(&self, what: &str) -> Vec<String> {
        let told = std::fs::read(format!("/proc/{}/{what}", self.child.id())).unwrap();
        String::from_utf8(told).unwrap().split_terminator('\0').map(str::to_owned).collect()
    }

    /// Waits until it ends by itself; answers whether it says that all is well.
    pub fn wait(mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Somebody who is not signed in.
    pub fn client(&self) -> HttpClient {
        HttpClient { address: self.address.clone(), headers: Vec::new(), base: "/api/v1".into(), trust: None }
    }

    /// Makes the first administrator.
    pub fn set_up(&self) -> HttpClient {
        let body = json!({ "company": "星河", "name": "管理员", "email": "admin@test.example", "password": PASSWORD, "locale": "zh-CN" });
        self.client().signed_in("/api/v1/setup", &body)
    }

    /// Signs the administrator in.
    pub fn sign_in(&self) -> HttpClient {
        self.client().signed_in("/api/v1/auth/login", &json!({ "email": "admin@test.example", "password": PASSWORD }))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; that is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client; one connection a request.
#[derive(Clone)]
pub struct HttpClient {
    /// Where the server listens.
    pub address: String,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
    /// Where the API of its workspace begins.
    pub base: String,
    /// Speaks TLS, and trusts this.
    pub trust: Option<Trust>,
}

/// A connection, with or without TLS.
pub trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

impl HttpClient {
    /// The client that signing in (or setting up) makes of this one.
    pub fn signed_in(&self, path: &str, body: &Json) -> Self {
        let (status, headers, body) = self.exchange("POST", path, &body.to_string()).unwrap();
        assert_eq!(status / 100, 2, "{body}");
        let cookie = header(&headers, "set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let token = serde_json::from_str::<Json>(&body).unwrap()["csrf_token"].as_str().unwrap().to_owned();
        Self { headers: vec![("cookie".into(), cookie), ("x-csrf-token".into(), token)], ..self.clone() }
    }

    /// A connection.
    ///
    /// # Errors
    /// Where the server takes none.
    pub fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        match &self.trust {
            None => Ok(Box::new(stream)),
            Some(trust) => Ok(Box::new(trust.connect(stream)?)),
        }
    }

    /// The status of a POST to any path.
    pub fn at(&self, path: &str, body: &Json) -> u16 {
        self.exchange("POST", path, &body.to_string()).unwrap().0
    }

    /// Status and JSON; an error where the server went away.
    pub fn call(&self, method: &str, path: &str, body: &Json) -> std::io::Result<(u16, Json)> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (status, _, body) = self.exchange(method, &format!("{}{path}", self.base), &text)?;
        Ok((status, serde_json::from_str(&body).unwrap_or_default()))
    }

    /// The JSON of a request that must succeed.
    #[track_caller]
    pub fn get(&self, path: &str) -> Json {
        let (status, json) = self.call("GET", path, &Json::Null).unwrap();
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    /// Status, head and body; an error where the server went away.
    pub fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String, String)> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n", self.address, body.len());
        if !body.is_empty() {
            head.push_str("content-type: application/json\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = self.connect()?;
        stream.write_all(format!("{head}\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        read_answer(&answer)
    }
}

/// Status, head and body of an answer; an error where it is not whole.
pub fn read_answer(answer: &[u8]) -> std::io::Result<(u16, String, String)> {
    let answer = String::from_utf8_lossy(answer).into_owned();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    let whole = header(head, "content-length").is_none_or(|it| it.parse() == Ok(body.len()));
    if whole { Ok((status, head.to_owned(), body.to_owned())) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}

/// A header of an answer's head.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|it| it.split_once(": ")).find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
