//! The real binary on a folder of its own, and a client that speaks just enough HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};

/// Password of the administrator tests set up.
pub const PASSWORD: &str = "Correct-horse-9";

/// Runs a command to its end.
pub fn guanxi(data: &Path, arguments: &[&str]) -> Output {
    command(data).args(arguments).output().unwrap()
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

/// A process that serves; killed when dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        Self::spawn(command(data), settings)
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
        Self::spawn(limited, &[])
    }

    fn spawn(mut command: Command, settings: &[(&str, &str)]) -> Self {
        command.arg("serve").env("GUANXI_LISTEN", "127.0.0.1:0").envs(settings.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            lines.by_ref().map(Result::unwrap).find_map(|it| it.strip_prefix("listening on http://").map(str::to_owned)).expect("it listens");
        // The rest is read too, so that the process never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Somebody who is not signed in.
    pub fn client(&self) -> HttpClient {
        HttpClient { address: self.address.clone(), headers: Vec::new() }
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
    address: String,
    headers: Vec<(String, String)>,
}

impl HttpClient {
    fn signed_in(&self, path: &str, body: &Json) -> Self {
        let (status, headers, body) = self.exchange("POST", path, &body.to_string()).unwrap();
        assert_eq!(status / 100, 2, "{body}");
        let cookie = headers.lines().find_map(|it| it.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))).unwrap().1;
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let token = serde_json::from_str::<Json>(&body).unwrap()["csrf_token"].as_str().unwrap().to_owned();
        Self { address: self.address.clone(), headers: vec![("cookie".into(), cookie), ("x-csrf-token".into(), token)] }
    }

    /// The status of a POST to any path.
    pub fn at(&self, path: &str, body: &Json) -> u16 {
        self.exchange("POST", path, &body.to_string()).unwrap().0
    }

    /// Status and JSON; an error where the server went away.
    pub fn call(&self, method: &str, path: &str, body: &Json) -> std::io::Result<(u16, Json)> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (status, _, body) = self.exchange(method, &format!("/api/v1{path}"), &text)?;
        Ok((status, serde_json::from_str(&body).unwrap_or_default()))
    }

    /// The JSON of a request that must succeed.
    #[track_caller]
    pub fn get(&self, path: &str) -> Json {
        let (status, json) = self.call("GET", path, &Json::Null).unwrap();
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n", self.address, body.len());
        if !body.is_empty() {
            head.push_str("content-type: application/json\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
        let length = head.lines().filter_map(|it| it.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let whole = length.is_none_or(|(_, it)| it.parse() == Ok(body.len()));
        if whole { Ok((status, head.to_owned(), body.to_owned())) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }
}
