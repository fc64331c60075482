//! Clients that are rude, slow or many: each is told why, none holds the server up.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::process::{Server, header, read_answer};

/// A connection without anything said on it.
fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// What the server says until it closes the connection.
fn last_words(mut stream: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// Says something; answers status, head and problem of the last answer before the connection was closed.
fn refused(server: &Server, request: &[u8]) -> (u16, String, Json) {
    let mut stream = connect(server);
    stream.write_all(request).unwrap();
    problem(&last_words(stream))
}

fn problem(answer: &[u8]) -> (u16, String, Json) {
    let (status, head, body) = read_answer(answer).unwrap_or_else(|_| panic!("no answer: {}", String::from_utf8_lossy(answer)));
    let problem: Json = serde_json::from_str(&body).unwrap_or_else(|_| panic!("no problem: {head} {body}"));
    assert_eq!(header(&head, "content-type"), Some("application/problem+json; charset=utf-8"), "{head}");
    assert_eq!((&problem["status"], problem["request_id"].as_str()), (&json!(status), header(&head, "x-request-id")), "{problem}");
    (status, head, problem)
}

fn code(answer: &(u16, String, Json)) -> (u16, &str) {
    (answer.0, answer.2["code"].as_str().unwrap())
}

#[test]
fn what_is_no_request_is_answered_as_a_problem() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let of = |request: &[u8]| {
        let answer = refused(&server, request);
        let (status, code) = code(&answer);
        (status, code.to_owned())
    };
    let bad = (400, "bad_request".to_owned());
    for request in [
        b"nonsense\r\n\r\n".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    ] {
        assert_eq!(of(request), bad, "{}", String::from_utf8_lossy(request));
    }
    for length in [66_000, 90_000, 200_000] {
        assert_eq!(of(format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(length)).as_bytes()), (414, "uri_too_long".into()), "{length}");
    }
    let large = (431, "headers_too_large".to_owned());
    assert_eq!(of(format!("GET / HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n", "a".repeat(200_000)).as_bytes()), large);
    assert_eq!(of(format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200)).as_bytes()), large);
    assert_eq!(server.client().exchange("GET", "/healthz", "").unwrap().0, 200);
}

#[test]
fn a_good_request_before_a_bad_one_has_its_own_answer() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let mut stream = connect(&server);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = [0; 4_096];
    let mut length = 0;
    while !answer[..length].ends_with(b"\r\n\r\nok\n") {
        length += stream.read(&mut answer[length..]).unwrap();
    }
    stream.write_all(b"nonsense\r\n\r\n").unwrap();
    assert_eq!(code(&problem(&last_words(stream))), (400, "bad_request"));
}

/// Sends a byte whenever nothing is answered for a while; answers what the server says in the end.
fn dribble(mut stream: TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut answer = Vec::new();
    for _ in 0..300 {
        let mut some = [0; 4_096];
        match stream.read(&mut some) {
            Ok(0) => return answer,
            Ok(length) => answer.extend_from_slice(&some[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                // Where the server no longer listens, reading tells.
                let _ = stream.write_all(b"a");
            }
            Err(error) => panic!("{error}; so far {}", String::from_utf8_lossy(&answer)),
        }
    }
    panic!("the server listens for ever");
}

#[test]
fn the_slow_are_told_so_and_the_silent_are_let_go() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("GUANXI_CLIENT_TIMEOUT", "1")]);
    let mut slow_head = connect(&server);
    slow_head.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    let mut slow_body = connect(&server);
    let path = "/api/v1/auth/login";
    slow_body
        .write_all(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n").as_bytes())
        .unwrap();
    let silent = connect(&server);
    assert_eq!(code(&problem(&dribble(slow_head))), (408, "too_slow"));
    assert_eq!(code(&problem(&dribble(slow_body))), (408, "too_slow"));
    assert_eq!(last_words(silent), b"", "who says nothing is told nothing");
    let client = server.set_up();
    assert_eq!(client.get("/me")["user"]["name"], "管理员");
}

#[test]
fn who_is_refused_in_the_middle_of_a_body_hears_why() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("GUANXI_MAX_FILE", "100kB")]);
    let body = vec![b'x'; 8_000_000];
    for (headers, expected) in [(Vec::new(), (401, "not_signed_in")), (server.set_up().headers, (413, "too_large"))] {
        let mut stream = connect(&server);
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "POST /api/v1/files HTTP/1.1\r\nhost: {}\r\n{headers}content-disposition: attachment; filename=\"a.bin\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            server.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut writing = stream.try_clone().unwrap();
        std::thread::scope(|scope| {
            // The server need not take it all.
            scope.spawn(|| drop(writing.write_all(&body)));
            assert_eq!(code(&problem(&last_words(stream))), expected);
        });
    }
}

#[test]
fn one_address_has_half_of_the_connections() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("GUANXI_MAX_CONNECTIONS", "4")]);
    let held = [connect(&server), connect(&server)];
    // Taken in order: once the third has its answer, the first two have their places.
    let answer = problem(&last_words(connect(&server)));
    assert_eq!(code(&answer), (429, "busy"));
    assert_eq!(header(&answer.1, "retry-after"), Some("1"));
    drop(held);
    let served = (0..1_000).find_map(|_| server.client().exchange("GET", "/healthz", "").ok().filter(|it| it.0 == 200));
    assert!(served.is_some(), "the places come back");
}

#[test]
fn the_server_ends_in_order() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    let mut streaming = client.connect().unwrap();
    let cookie = &client.headers[0].1;
    streaming.write_all(format!("GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n").as_bytes()).unwrap();
    let mut begun = [0; 12];
    streaming.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    let idle = connect(&server);
    server.signal("TERM");
    let mut rest = Vec::new();
    streaming.read_to_end(&mut rest).unwrap();
    assert_eq!(last_words(idle), b"");
    assert!(server.wait(), "it ends well");
}
