//! A client of the socket of live news, over real TCP.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::Client;
use crate::replica::Replica;
use crate::server::TestServer;

/// Longest wait for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a test's server listens, once something asked for it.
pub(crate) type Address = OnceLock<SocketAddr>;

/// An open socket. Every message that comes is held against the API's document.
pub struct LiveSocket<'a> {
    server: &'a TestServer,
    socket: WebSocketStream<TcpStream>,
}

/// How a socket ended: the code and the reason.
pub type Ended = (u16, String);

impl TestServer {
    /// Where the routes are served on a real port.
    pub fn address(&self) -> SocketAddr {
        *self.address.get_or_init(|| {
            let listener = self.runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
            let address = listener.local_addr().unwrap();
            let (app, router) = (self.app.clone(), self.router.clone());
            self.runtime.spawn(async move { guanxi_server::listen::serve(&app, router, listener, None, 1_000).await });
            address
        })
    }
}

impl<'a> Client<'a> {
    /// Opens the socket without a word; the status where it is refused.
    pub fn try_live(&self, headers: &[(&str, &str)]) -> Result<LiveSocket<'a>, u16> {
        let server = self.server;
        let address = server.address();
        let mut request = format!("ws://{address}{}/live", self.base).into_client_request().unwrap();
        let mut set = |name: &str, value: &str| {
            request.headers_mut().insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        };
        self.cookie.iter().for_each(|it| set("cookie", it));
        self.key.iter().for_each(|it| set("authorization", &format!("Bearer {it}")));
        headers.iter().for_each(|(name, value)| set(name, value));
        server.runtime.block_on(async {
            let stream = TcpStream::connect(address).await.unwrap();
            match client_async(request, stream).await {
                Ok((socket, _)) => Ok(LiveSocket { server, socket }),
                Err(Error::Http(response)) => Err(response.status().as_u16()),
                Err(error) => panic!("the socket was not opened: {error}"),
            }
        })
    }

    /// Opens the socket and is greeted.
    pub fn live(&self) -> LiveSocket<'a> {
        let mut live = self.try_live(&[]).unwrap_or_else(|status| panic!("the socket was refused: {status}"));
        live.say(&json!({ "type": "hello", "csrf": self.csrf }));
        live.expect("ready");
        live
    }

    /// Opens the socket and watches the records of these objects.
    pub fn watch(&self, objects: &[&str]) -> LiveSocket<'a> {
        let mut live = self.live();
        live.say(&json!({ "type": "watch", "objects": objects }));
        live.expect("watching");
        live
    }
}

impl LiveSocket<'_> {
    /// Says something.
    pub fn say(&mut self, message: &Json) {
        self.say_text(&message.to_string());
    }

    /// Says something that may be no JSON. What cannot be sent any more is left unsaid: the end tells why.
    pub fn say_text(&mut self, text: &str) {
        self.send(Message::text(text));
    }

    /// Says bytes.
    pub fn say_bytes(&mut self, bytes: &[u8]) {
        self.send(Message::binary(bytes.to_vec()));
    }

    fn send(&mut self, message: Message) {
        self.server.runtime.block_on(async { drop(self.socket.send(message).await) });
    }

    /// The next message that is no sign of life, or how it ended.
    #[track_caller]
    pub fn hear(&mut self) -> Result<Json, Ended> {
        // Signs of life alone do not keep a test waiting for ever.
        let until = Instant::now() + PATIENCE;
        loop {
            let next = self.server.runtime.block_on(async { tokio::time::timeout_at(until.into(), self.socket.next()).await });
            let Ok(next) = next else { panic!("nothing was said") };
            match next {
                Some(Ok(Message::Text(text))) => {
                    let message: Json = serde_json::from_str(&text).unwrap();
                    self.server.contract.check_live(&self.server.workspace, &message);
                    if message["type"] != "seq" {
                        return Ok(message);
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => return Err((frame.code.into(), frame.reason.to_string())),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Err((1006, String::new())),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next message, which must be of this type.
    #[track_caller]
    pub fn expect(&mut self, kind: &str) -> Json {
        let message = self.hear().unwrap_or_else(|(code, reason)| panic!("it ended instead of {kind}: {code} {reason}"));
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// Events until so many have come.
    #[track_caller]
    pub fn events(&mut self, count: usize) -> Vec<Json> {
        let mut events = Vec::new();
        while events.len() < count {
            events.extend(self.expect("events")["events"].as_array().unwrap().iter().cloned());
        }
        events
    }

    /// How it ends, whatever comes before.
    pub fn end(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.hear() {
                return ended;
            }
        }
    }
}

/// A socket on which one text is edited, with the client's own copy of it.
pub struct Writer<'a> {
    /// The socket.
    pub live: LiveSocket<'a>,
    /// The copy.
    pub copy: Replica,
}

impl<'a> Writer<'a> {
    /// Joins a text.
    #[track_caller]
    pub fn join(client: &Client<'a>, name: u32, object: &str, id: &Json, field: &str) -> Self {
        let mut writer = Self { live: client.live(), copy: Replica::new(name, object, id, field) };
        writer.rejoin();
        writer
    }

    /// Joins on the socket it has, or on a new one in its place.
    #[track_caller]
    pub fn rejoin(&mut self) {
        let join = self.copy.join();
        self.live.say(&join);
        let joined = self.wait("joined");
        assert!(joined["doc"].as_u64().is_some_and(|it| it > 0), "{joined}");
    }

    /// Writes, and sends it.
    pub fn write(&mut self, at: u32, text: &str) {
        let edit = self.copy.insert(at, text);
        self.send(&edit);
    }

    /// Sends an edit, in parts where it is long.
    pub fn send(&mut self, edit: &Json) {
        let update = edit["update"].as_str().unwrap().as_bytes();
        let parts: Vec<&str> = update.chunks(40_000).map(|it| std::str::from_utf8(it).unwrap()).collect();
        for (at, part) in parts.iter().enumerate() {
            let mut message = edit.clone();
            message["update"] = json!(part);
            message["more"] = json!(at + 1 < parts.len());
            self.live.say(&message);
        }
    }

    /// Takes in messages up to one of this type.
    #[track_caller]
    pub fn wait(&mut self, kind: &str) -> Json {
        self.until(|_, message| message["type"] == kind)
    }

    /// Takes in messages until what is wanted holds; answers the last one, nothing where it holds already.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&Replica, &Json) -> bool) -> Json {
        if wanted(&self.copy, &Json::Null) {
            return Json::Null;
        }
        loop {
            let message = match self.live.hear() {
                Ok(message) => message,
                Err((code, reason)) => panic!("it ended: {code} {reason}"),
            };
            if let Some(answer) = self.copy.hear(&message) {
                self.send(&answer);
            }
            if wanted(&self.copy, &message) {
                return message;
            }
            assert_ne!(message["type"], "left", "it was sent away: {message}");
        }
    }

    /// Writes, and waits until it is durable.
    #[track_caller]
    pub fn write_durably(&mut self, at: u32, text: &str) {
        self.write(at, text);
        self.until(|copy, _| copy.is_taken());
    }
}
