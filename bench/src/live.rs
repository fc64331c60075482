//! Live news: how soon a thousand clients of the socket hear of a change, and what those cost who only wait.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use guanxi_kernel::context::Context;
use guanxi_kernel::write::run_unit;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use uuid::Uuid;

use crate::process::{Memory, Server};
use crate::reads::some_ids;
use crate::report::{Report, short};
use crate::setup::Bench;

type Error = Box<dyn std::error::Error>;

/// Clients that listen while changes are made.
const CLIENTS: usize = 1_000;
/// Clients that only wait.
const IDLE: usize = 5_000;
/// Sockets of one member; the server allows 16.
const OF_MEMBER: usize = 16;
/// Changes a second.
const RATE: u32 = 50;
/// What a change writes, before its number.
const MARK: &str = "live-news-";
/// How long what was changed last may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(3);

/// Measures both.
pub fn run(bench: &Bench, binary: &Path, length: Duration, report: &mut Report) -> Result<(), Error> {
    let alike = keys_of(bench, &members(bench, IDLE.div_ceil(OF_MEMBER))?)?;
    let reps = keys_of(bench, &bench.owners(CLIENTS.div_ceil(OF_MEMBER))?)?;
    let server = Server::start_with(binary, bench, &["--max-connections", "16384"])?;
    let ids = some_ids(&bench.owners(CLIENTS.div_ceil(OF_MEMBER))?)?;
    for (first, name, keys) in [(0, "who all see everything", &alike), (1_000_000, "each with a rep's own rights", &reps)] {
        let writer = Writer { key: &alike[0], ids: &ids, first, length };
        let mut heard = measure(bench, &server, keys, &writer)?;
        heard.sort_unstable();
        let at = |share: usize| heard.get(heard.len() * share / 100).copied().unwrap_or_default();
        let figure = format!("median {}, p99 {}, {} deliveries", short(at(50)), short(at(99)), heard.len());
        let what = format!("a change at {CLIENTS} clients {name}, {RATE} changes/s, from the request on");
        report.figure(bench.size, &what, figure, "p99 < 150 ms", !heard.is_empty() && at(99) < Duration::from_millis(150));
    }
    idle(bench, &server, &alike, report)?;
    server.stop()
}

/// Members who see everything, made for the purpose.
fn members(bench: &Bench, n: usize) -> Result<Vec<Context>, Error> {
    let context = bench.system();
    let made = context.new_id().simple().to_string();
    let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
        let mut ids = Vec::with_capacity(n);
        for at in 0..n {
            let values = json!({ "name": format!("Live {at}"), "email": format!("live-{made}-{at}@bench.example"), "roles": ["administrator"] });
            let values = values.as_object().cloned().unwrap_or_default();
            ids.push(unit.create_as_system("user", &values)?.id());
        }
        Ok(ids)
    };
    let ids: Vec<Uuid> = run_unit(&context, context.new_id(), "bench", Box::new(work))?;
    ids.into_iter().map(|it| bench.member(it, &[])).collect()
}

fn keys_of(bench: &Bench, contexts: &[Context]) -> Result<Vec<String>, Error> {
    contexts.iter().map(|it| bench.key_of(it)).collect()
}

/// A socket that watches contacts.
async fn connect(server: std::net::SocketAddr, key: &str) -> Result<WebSocketStream<TcpStream>, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut request = format!("ws://{server}/api/v1/live").into_client_request().map_err(|it| told(&it))?;
    request.headers_mut().insert("authorization", format!("Bearer {key}").parse().map_err(|_| "a key that is no header")?);
    let stream = TcpStream::connect(server).await.map_err(|it| told(&it))?;
    let config = WebSocketConfig::default().read_buffer_size(4_096);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await.map_err(|it| told(&it))?;
    for message in [json!({ "type": "hello" }), json!({ "type": "watch", "objects": ["contact"] })] {
        socket.send(Message::Text(Utf8Bytes::from(message.to_string()))).await.map_err(|it| told(&it))?;
    }
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.contains("\"watching\"") => return Ok(socket),
            Some(Ok(_)) => {}
            other => return Err(format!("the socket ended: {other:?}")),
        }
    }
}

/// Changes records at the rate and answers how long each took to each client that heard of it.
fn measure(bench: &Bench, server: &Server, keys: &[String], writer: &Writer<'_>) -> Result<Vec<Duration>, Error> {
    let sent: Arc<Mutex<HashMap<u32, Instant>>> = Arc::default();
    let heard: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let address = server.address;
    let tasks = bench.runtime().block_on(async {
        let mut tasks = Vec::with_capacity(CLIENTS);
        for at in 0..CLIENTS {
            let mut socket = connect(address, &keys[at / OF_MEMBER % keys.len()]).await?;
            let (sent, heard) = (sent.clone(), heard.clone());
            tasks.push(tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    let now = Instant::now();
                    let Message::Text(text) = message else { continue };
                    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                    let times = marks(&text).filter_map(|it| sent.get(&it)).map(|it| now.duration_since(*it));
                    heard.lock().unwrap_or_else(PoisonError::into_inner).extend(times);
                }
            }));
        }
        Ok::<_, String>(tasks)
    })?;
    writer.run(server, &sent)?;
    std::thread::sleep(ARRIVAL);
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    let gathered = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(gathered)
}

/// The numbers of the changes a message tells of.
fn marks(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.match_indices(MARK).filter_map(|(at, _)| {
        let digits = &text[at + MARK.len()..];
        digits[..digits.find(|it: char| !it.is_ascii_digit())?].parse().ok()
    })
}

/// Who makes the changes.
struct Writer<'a> {
    key: &'a str,
    ids: &'a [Uuid],
    /// Number of the first change, so that no two runs write the same.
    first: u32,
    length: Duration,
}

impl Writer<'_> {
    fn run(&self, server: &Server, sent: &Mutex<HashMap<u32, Instant>>) -> Result<(), Error> {
        let mut client = server.client()?;
        let count = u32::try_from(self.length.as_millis())? * RATE / 1_000;
        let begin = Instant::now();
        for turn in 0..count.max(RATE) {
            let due = begin + Duration::from_secs(1) * turn / RATE;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let number = self.first + turn;
            sent.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Instant::now());
            patch(&mut client, self.key, self.ids[turn as usize % self.ids.len()], &format!("{MARK}{number}"))?;
        }
        Ok(())
    }
}

fn patch(client: &mut crate::http::Client, key: &str, id: Uuid, title: &str) -> Result<(), Error> {
    let reply = client.patch_json(&format!("/api/v1/records/contact/{id}"), key, &json!({ "title": title }).to_string())?;
    if reply.status == 200 { Ok(()) } else { Err(String::from_utf8_lossy(&reply.body).into_owned().into()) }
}

/// What clients cost who only wait.
fn idle(bench: &Bench, server: &Server, keys: &[String], report: &mut Report) -> Result<(), Error> {
    // The memory of the clients before is given back first.
    std::thread::sleep(ARRIVAL);
    let before: Memory = server.memory()?;
    let sockets = bench.runtime().block_on(async {
        let mut sockets = Vec::with_capacity(IDLE);
        for at in 0..IDLE {
            sockets.push(connect(server.address, &keys[at / OF_MEMBER]).await.map_err(|error| format!("client {at}: {error}"))?);
        }
        Ok::<_, String>(sockets)
    })?;
    std::thread::sleep(ARRIVAL);
    let after = server.memory()?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let each = (after.own - before.own) * 1_024.0 / IDLE as f64;
    report.figure(bench.size, &format!("memory of each of {IDLE} idle clients"), format!("{each:.1} kB"), "< 40 kB", each < 40.0);
    drop(sockets);
    Ok(())
}
