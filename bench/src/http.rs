//! The whole way: the release binary over loopback, one kept connection a thread, against the same statement run directly.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::direct::{self, FIELDS};
use crate::measure::{Work, compare, threads};
use crate::process::Server;
use crate::reads::some_ids;
use crate::report::Report;
use crate::setup::Bench;
use crate::writes::{CALLERS, NewContacts};

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(65_536) })
    }

    /// Asks for something with an API key.
    pub fn get(&mut self, path: &str, key: &str) -> std::io::Result<Reply> {
        self.stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n").as_bytes())?;
        self.answer()
    }

    /// Sends a body.
    pub fn post(&mut self, path: &str, key: &str, kind: &str, body: &mut dyn Read, length: u64) -> std::io::Result<Reply> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: {kind}\r\n\
             content-disposition: attachment; filename=\"bench.csv\"\r\ncontent-length: {length}\r\n\r\n"
        );
        let mut request = head.into_bytes();
        if length < 65_536 {
            body.read_to_end(&mut request)?;
            self.stream.write_all(&request)?;
        } else {
            self.stream.write_all(&request)?;
            std::io::copy(body, &mut self.stream)?;
        }
        self.answer()
    }

    /// Sends JSON.
    pub fn post_json(&mut self, path: &str, key: &str, json: &str) -> std::io::Result<Reply> {
        self.post(path, key, "application/json", &mut json.as_bytes(), json.len() as u64)
    }

    /// Changes a record.
    pub fn patch_json(&mut self, path: &str, key: &str, json: &str) -> std::io::Result<Reply> {
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            json.len()
        );
        self.stream.write_all(&[head.as_bytes(), json.as_bytes()].concat())?;
        self.answer()
    }

    /// Reads one answer, whose length its head tells.
    fn answer(&mut self) -> std::io::Result<Reply> {
        let broken = || std::io::Error::other("no answer that can be read");
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
            self.fill()?;
        };
        let text = std::str::from_utf8(&self.buffer[..head]).map_err(|_| broken())?;
        let status = text.get(9..12).and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        let length = text.lines().find_map(|it| it.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")));
        let length: usize = length.map_or(Ok(0), |(_, value)| value.trim().parse().map_err(|_| broken()))?;
        while self.buffer.len() < head + length {
            self.fill()?;
        }
        Ok(Reply { status, body: self.buffer[head..head + length].to_vec() })
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let at = self.buffer.len();
        self.buffer.resize(at + 32_768, 0);
        let read = self.stream.read(&mut self.buffer[at..])?;
        self.buffer.truncate(at + read);
        if read == 0 { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// The list over HTTP.
pub fn list_path() -> String {
    format!("/api/v1/records/contact?filter=owner%20%3D%3D%20me.id&sort=name&limit=50&fields={}", FIELDS.join(","))
}

/// Measures list, record and create over HTTP.
pub fn run(bench: &Bench, binary: &Path, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let contexts = bench.owners(50)?;
    let keys: Vec<String> = contexts.iter().map(|it| bench.key_of(it)).collect::<Result<_, _>>()?;
    let server = Server::start(binary, bench)?;
    let asked = (0..CALLERS.max(threads())).map(|_| server.client().map(Mutex::new)).collect::<Result<_, _>>().map(Callers)?;

    let owners: Vec<Uuid> = contexts.iter().map(|it| it.actor).collect();
    let path = list_path();
    let lists = Work::new(threads(), |thread, turn| asked.get(thread, &path, &keys[pick(thread, turn) % keys.len()]));
    let direct = direct::by_id(bench, &direct::list_sql, &owners)?;
    report.rate(bench.size, "HTTP: list of 50 x 12 by owner, sorted by name", &compare(length, &lists, &direct), Some(0.5));

    let own = contexts.iter().map(|it| some_ids(std::slice::from_ref(it))).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<(usize, Uuid)> = own.iter().enumerate().flat_map(|(at, ids)| ids.iter().map(move |it| (at, *it))).collect();
    let fields = FIELDS.join(",");
    let records = Work::new(threads(), |thread, turn| {
        let (owner, id) = ids[pick(thread, turn) % ids.len()];
        asked.get(thread, &format!("/api/v1/records/contact/{id}?fields={fields}"), &keys[owner]);
    });
    let all: Vec<Uuid> = ids.iter().map(|it| it.1).collect();
    let direct = direct::by_id(bench, &direct::get_sql, &all)?;
    report.rate(bench.size, "HTTP: one record with its references", &compare(length, &records, &direct), Some(0.4));

    let rows = NewContacts::of(bench, contexts)?;
    let keys: Vec<String> = rows.callers().map(|it| bench.key_of(it)).collect::<Result<_, _>>()?;
    let creates = Work::new(CALLERS, |thread, _| {
        let (caller, values) = rows.next();
        asked.post(thread, "/api/v1/records/contact", &keys[caller], &serde_json::Value::Object(values).to_string());
    });
    report.rate(bench.size, "HTTP: create with history, audit and event, 16 callers", &compare(length, &creates, &rows.bare(bench)?), Some(0.35));
    server.stop()
}

/// One connection for each thread.
struct Callers(Vec<Mutex<Client>>);

impl Callers {
    fn get(&self, thread: usize, path: &str, key: &str) {
        self.ask(thread, 200, |client| client.get(path, key));
    }

    fn post(&self, thread: usize, path: &str, key: &str, json: &str) {
        self.ask(thread, 201, |client| client.post_json(path, key, json));
    }

    fn ask(&self, thread: usize, wanted: u16, ask: impl FnOnce(&mut Client) -> std::io::Result<Reply>) {
        let mut client = self.0[thread].lock().unwrap_or_else(PoisonError::into_inner);
        let reply = ask(&mut client).unwrap_or_else(|error| panic!("the server answers: {error}"));
        assert_eq!(reply.status, wanted, "{}", String::from_utf8_lossy(&reply.body));
    }
}

/// A number that differs between threads and turns.
fn pick(thread: usize, turn: u64) -> usize {
    usize::try_from(turn).unwrap_or(0) * 31 + thread * 7
}
