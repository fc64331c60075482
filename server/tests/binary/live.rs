//! The socket of live news between processes: several nodes on one database, and a server that goes away under its clients.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use guanxi_testkit::Replica;
use serde_json::{Value as Json, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::database::with_database;
use crate::process::{HttpClient, Server};

/// An open socket.
struct Live(WebSocket<TcpStream>);

impl Live {
    /// Opens the socket as a signed-in browser does.
    fn open(caller: &HttpClient) -> Self {
        let mut request = format!("ws://{}/api/v1/live", caller.address).into_client_request().unwrap();
        for (name, value) in &caller.headers {
            request.headers_mut().insert(HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(&caller.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut live = Self(client(request, stream).unwrap().0);
        let csrf = caller.headers.iter().find(|it| it.0 == "x-csrf-token").map(|it| &it.1);
        live.say(&json!({ "type": "hello", "csrf": csrf }));
        live.expect("ready");
        live
    }

    fn say(&mut self, message: &Json) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    /// The next message that is no sign of life, or the code it ends with.
    fn next(&mut self) -> Result<Json, u16> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => {
                    let message: Json = serde_json::from_str(&text).unwrap();
                    if message["type"] != "seq" {
                        return Ok(message);
                    }
                }
                Ok(Message::Close(frame)) => return Err(frame.map_or(1005, |it| it.code.into())),
                Ok(_) => {}
                Err(error) => panic!("the socket broke: {error}"),
            }
        }
    }

    #[track_caller]
    fn expect(&mut self, kind: &str) -> Json {
        let message = self.next().unwrap();
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    #[track_caller]
    fn events(&mut self, count: usize) -> Vec<Json> {
        let mut events = Vec::new();
        while events.len() < count {
            events.extend(self.expect("events")["events"].as_array().unwrap().iter().cloned());
        }
        events
    }
}

fn create(caller: &HttpClient, name: &str) -> Json {
    let (status, made) = caller.call("POST", "/records/account", &json!({ "name": name })).unwrap();
    assert_eq!(status, 201, "{made}");
    made
}

#[test]
fn two_nodes_on_one_postgres_tell_each_other_at_once_what_happens_and_who_is_there() {
    with_database(|database| {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let settings = [("GUANXI_DATABASE_URL", database.url.as_str())];
        let (one, other) = (Server::start(first.path(), &settings), Server::start(second.path(), &settings));
        let (here, there) = (one.set_up(), other.sign_in());
        let (mut live, mut far) = (Live::open(&here), Live::open(&there));
        for socket in [&mut live, &mut far] {
            socket.say(&json!({ "type": "watch", "objects": ["account"] }));
            socket.expect("watching");
        }
        // Once to warm up, then against the clock: without a word from the other node it would take five seconds.
        create(&here, "星河");
        let before = far.events(1);
        let began = Instant::now();
        let made = create(&here, "银河");
        let event = far.events(1).remove(0);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!((&event["id"], live.events(2)), (&made["id"], [before, vec![event.clone()]].concat()));

        let id = event["id"].clone();
        live.say(&json!({ "type": "present", "at": [{ "object": "account", "id": id, "field": "name" }] }));
        live.expect("present");
        far.say(&json!({ "type": "present", "at": [{ "object": "account", "id": id }] }));
        assert_eq!(far.expect("present")["members"], json!([]), "oneself is not told of");

        // A session that ends on one node ends the sockets it has on the other.
        let browser = HttpClient { address: one.address.clone(), ..there.clone() };
        assert_eq!(browser.call("POST", "/auth/logout", &json!({})).unwrap().0, 200);
        let ended = std::iter::repeat_with(|| far.next()).find_map(Result::err);
        assert_eq!(ended, Some(4401));
    });
}

fn survives_a_restart(end: &dyn Fn(Server) -> bool) {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let caller = server.set_up();
    let mut live = Live::open(&caller);
    live.say(&json!({ "type": "watch", "objects": ["account"] }));
    live.expect("watching");
    create(&caller, "之前");
    let heard = live.events(1).remove(0);
    if end(server) {
        assert_eq!(live.next().unwrap_err(), 1012, "told that it restarts");
    }
    let server = Server::start(data.path(), &[]);
    let caller = HttpClient { address: server.address.clone(), ..caller };
    create(&caller, "其间");
    let mut live = Live::open(&caller);
    live.say(&json!({ "type": "watch", "objects": ["account"], "after": heard["seq"] }));
    live.expect("watching");
    create(&caller, "之后");
    let names: Vec<String> = live.events(2).iter().map(|it| it["changes"].to_string()).collect();
    assert!(names[0].contains("其间") && names[1].contains("之后"), "{names:?}");
}

#[test]
fn clients_go_on_where_they_were_after_a_restart_and_after_a_crash() {
    survives_a_restart(&|server| {
        server.signal("TERM");
        assert!(server.wait(), "it ends in order though clients are there");
        true
    });
    survives_a_restart(&|server| {
        server.kill();
        false
    });
}

/// Says what a copy has to say, and takes in what comes until it is durable.
fn until_taken(live: &mut Live, copy: &mut Replica) {
    while !copy.is_taken() {
        let message = live.next().unwrap();
        if let Some(answer) = copy.hear(&message) {
            live.say(&answer);
        }
    }
}

fn join(live: &mut Live, copy: &mut Replica) {
    live.say(&copy.join());
    let joined = live.expect("joined");
    if let Some(answer) = copy.hear(&joined) {
        live.say(&answer);
    }
}

/// A text is edited by two, the server ends in the middle of it, and they go on where they were.
fn a_text_survives(end: &dyn Fn(Server)) {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let caller = server.set_up();
    let (status, note) = caller.call("POST", "/records/note", &json!({ "title": "纪要", "body": "<p>.</p>" })).unwrap();
    assert_eq!(status, 201, "{note}");
    let (mut one, mut other) = (Replica::new(1, "note", &note["id"], "body"), Replica::new(2, "note", &note["id"], "body"));
    let (mut live, mut also) = (Live::open(&caller), Live::open(&caller));
    join(&mut live, &mut one);
    join(&mut also, &mut other);
    for _ in 0..5 {
        live.say(&one.insert(0, "甲"));
        also.say(&other.insert(0, "乙"));
    }
    until_taken(&mut live, &mut one);
    until_taken(&mut also, &mut other);
    // On its way when the server ends; nobody was told that it is durable.
    live.say(&one.insert(0, "丙"));
    end(server);
    one.insert(0, "丁");
    let server = Server::start(data.path(), &[]);
    let caller = HttpClient { address: server.address.clone(), ..caller };
    let (mut live, mut also) = (Live::open(&caller), Live::open(&caller));
    join(&mut live, &mut one);
    until_taken(&mut live, &mut one);
    join(&mut also, &mut other);
    assert_eq!(one.text(), other.text());
    let count = |wanted: char| one.text().chars().filter(|it| *it == wanted).count();
    assert_eq!(['甲', '乙', '丙', '丁', '.'].map(count), [5, 5, 1, 1, 1], "{}", one.text());
    let mut watching = Live::open(&caller);
    watching.say(&json!({ "type": "watch", "objects": ["note"] }));
    watching.expect("watching");
    drop((live, also));
    watching.events(1);
    let saved = caller.get(&format!("/records/note/{}", note["id"].as_str().unwrap()));
    assert_eq!(saved["body"], json!(format!("<p>{}</p>", one.text())));
}

#[test]
fn a_text_edited_together_loses_nothing_by_a_restart_or_a_crash() {
    a_text_survives(&|server| {
        server.signal("TERM");
        assert!(server.wait(), "it ends in order though texts are open");
    });
    a_text_survives(&|server| server.kill());
}

#[test]
fn what_was_edited_before_a_crash_comes_into_the_record_though_nobody_opens_it() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let caller = server.set_up();
    let (_, note) = caller.call("POST", "/records/note", &json!({ "title": "纪要", "body": "<p>.</p>" })).unwrap();
    let mut copy = Replica::new(1, "note", &note["id"], "body");
    let mut live = Live::open(&caller);
    join(&mut live, &mut copy);
    live.say(&copy.insert(0, "甲"));
    until_taken(&mut live, &mut copy);
    server.kill();
    let server = Server::start(data.path(), &[]);
    let caller = HttpClient { address: server.address.clone(), ..caller };
    let mut watching = Live::open(&caller);
    let created = caller.get("/events?limit=500&objects=note")["items"][0]["seq"].clone();
    watching.say(&json!({ "type": "watch", "objects": ["note"], "after": created }));
    watching.expect("watching");
    watching.events(1);
    assert_eq!(caller.get(&format!("/records/note/{}", note["id"].as_str().unwrap()))["body"], "<p>甲.</p>");
}

#[test]
fn two_nodes_on_one_postgres_edit_one_text() {
    with_database(|database| {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let settings = [("GUANXI_DATABASE_URL", database.url.as_str())];
        let (one, other) = (Server::start(first.path(), &settings), Server::start(second.path(), &settings));
        let (here, there) = (one.set_up(), other.sign_in());
        let (_, note) = here.call("POST", "/records/note", &json!({ "title": "纪要", "body": "<p>.</p>" })).unwrap();
        let (mut mine, mut theirs) = (Replica::new(1, "note", &note["id"], "body"), Replica::new(2, "note", &note["id"], "body"));
        let (mut live, mut far) = (Live::open(&here), Live::open(&there));
        join(&mut live, &mut mine);
        join(&mut far, &mut theirs);
        live.say(&json!({ "type": "cursor", "doc": mine.number, "client": 1, "at": "{}" }));
        assert_eq!(far.expect("cursor")["client"], 1);
        for _ in 0..10 {
            live.say(&mine.insert(0, "甲"));
            far.say(&theirs.insert(0, "乙"));
        }
        let began = Instant::now();
        for (socket, copy) in [(&mut live, &mut mine), (&mut far, &mut theirs)] {
            while copy.text().chars().count() < 21 || !copy.is_taken() {
                let message = socket.next().unwrap();
                copy.hear(&message);
            }
        }
        assert!(began.elapsed() < Duration::from_secs(4), "told at once, and not found by looking: {:?}", began.elapsed());
        assert_eq!(mine.text(), theirs.text());
        // The node that goes has written it; the other goes on.
        drop(live);
        one.kill();
        far.say(&theirs.insert(0, "丙"));
        until_taken(&mut far, &mut theirs);
        let mut watching = Live::open(&there);
        watching.say(&json!({ "type": "watch", "objects": ["note"] }));
        watching.expect("watching");
        drop(far);
        watching.events(1);
        assert_eq!(there.get(&format!("/records/note/{}", note["id"].as_str().unwrap()))["body"], json!(format!("<p>{}</p>", theirs.text())));
    });
}
