//! A question put to a service outside: some fields go there, an answer in JSON comes back. Asked once, never by way of a redirect,
//! and not into the internal network.

use std::time::Duration;

use guanxi_identity::{InternalHosts, OutgoingError, guarded_agent, is_refused};
use guanxi_kernel::schema::Label;
use serde_json::{Map, Value as Json};
use ureq::http::Request;

use crate::address::refused;
use crate::error::SourceError;

/// Largest answer that is read, in bytes.
const LARGEST: u64 = 1_000_000;

/// How a service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The fields are the JSON body of a POST.
    Post,
    /// The fields are parameters of the address.
    Get,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Where.
    pub address: &'a str,
    /// How.
    pub method: Method,
    /// What goes there, and nothing else does.
    pub fields: &'a Map<String, Json>,
    /// A header that says who asks: its name and the secret.
    pub secret: Option<(&'a str, &'a str)>,
    /// Longest it may take.
    pub patience: Duration,
}

/// What a service said to one question. That it answers nobody is a [`SourceError`].
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// What it knows.
    Found(Json),
    /// It knows nothing of this.
    Nothing,
    /// It does not take this question, or its answer cannot be read: what is wrong, and what mends it.
    Unfit(Label),
}

/// Puts questions.
#[derive(Debug, Clone)]
pub struct Asker {
    hosts: InternalHosts,
}

impl Asker {
    /// With the hosts of the internal network that may be asked, each with its port.
    pub fn new(source_hosts: &[String]) -> Self {
        Self { hosts: InternalHosts::new(source_hosts) }
    }

    /// Whether an address may be asked at all.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, address: &str) -> Result<(), SourceError> {
        self.hosts.check(address).map(drop).map_err(|error| refused(&error))
    }

    /// Scheme, host and port of an address that may be asked: who they are that hear the secret.
    pub fn origin(&self, address: &str) -> Option<String> {
        let url = self.hosts.check(address).ok()?;
        Some(format!("{}://{}:{}", url.scheme(), url.host_str()?, url.port_or_known_default()?))
    }

    /// Puts a question.
    ///
    /// # Errors
    /// Where the service answers nobody now: it is not reached, is in trouble, asks to wait, or does not know the secret.
    pub fn ask(&self, question: &Question<'_>) -> Result<Reply, SourceError> {
        let mut url = self.hosts.check(question.address).map_err(|error| refused(&error))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let failed = |error: &dyn std::fmt::Display| SourceError::new(format!("{host} 没有正常应答：{error}"), format!("{host}: {error}"));
        let builder = match question.method {
            Method::Post => Request::post(url.as_str()).header("content-type", "application/json"),
            Method::Get => {
                for (name, value) in question.fields {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    url.query_pairs_mut().append_pair(name, &text);
                }
                Request::get(url.as_str())
            }
        };
        let body = if question.method == Method::Post { Json::Object(question.fields.clone()).to_string().into_bytes() } else { Vec::new() };
        let builder = builder.header("accept", "application/json");
        let builder = if let Some((name, secret)) = question.secret { builder.header(name, secret) } else { builder };
        let request =
            builder.body(body).map_err(|_| SourceError::new("请求头或密钥含有不能发送的字符", "the header or the secret cannot be sent"))?;
        let answer = guarded_agent(&self.hosts, question.patience).run(request).map_err(|error| match is_refused(&error) {
            true => refused(&OutgoingError::Internal(host.clone())),
            false => failed(&error),
        })?;
        let status = answer.status().as_u16();
        match status {
            200..=203 => {}
            204 | 404 => return Ok(Reply::Nothing),
            401 | 403 => {
                return Err(SourceError::new(
                    format!("{host} 不接受密钥（{status}），请检查"),
                    format!("{host} does not accept the secret ({status}); check it"),
                ));
            }
            400 | 405..=428 => {
                return Ok(Reply::Unfit(Label::new(
                    format!("对方不接受这次查询（{status}），请检查发送的字段、发送方式和网址"),
                    format!("the service does not take the question ({status}); check the fields sent, how it is asked, and the address"),
                )));
            }
            _ => return Err(failed(&format!("HTTP {status}"))),
        }
        let mut body = answer.into_body();
        let bytes = match body.with_config().limit(LARGEST).read_to_vec() {
            Ok(bytes) => bytes,
            Err(ureq::Error::BodyExceedsLimit(_)) => return Ok(Reply::Unfit(too_large())),
            Err(error) => return Err(failed(&error)),
        };
        Ok(serde_json::from_slice(&bytes).map_or_else(|_| Reply::Unfit(no_json()), Reply::Found))
    }
}

fn too_large() -> Label {
    Label::new(
        "应答超过 1 MB，没有读取，请改用只返回一条资料的网址",
        "the answer is larger than 1 MB and was not read; use an address that answers about one record",
    )
}

fn no_json() -> Label {
    Label::new("应答不是 JSON，请检查网址是否为接口地址", "the answer is no JSON; check that the address is that of an interface for programs")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    use serde_json::json;

    use super::*;

    /// A server that answers once and tells what it was asked.
    fn answering(answer: String) -> (String, JoinHandle<(Vec<String>, String)>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let heard = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                head.push(line.trim().to_ascii_lowercase());
            }
            let length = head.iter().find_map(|it| it.strip_prefix("content-length: ")?.parse::<usize>().ok()).unwrap_or(0);
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            (head, String::from_utf8(body).unwrap())
        });
        (host, heard)
    }

    fn reply(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    }

    fn ask(answer: String, method: Method) -> (Result<Reply, SourceError>, Vec<String>, String) {
        let (host, heard) = answering(answer);
        let fields = Map::from_iter([("code".to_owned(), json!("91 & x")), ("n".to_owned(), json!(3))]);
        let address = format!("http://{host}/v1?k=v");
        let question = Question { address: &address, method, fields: &fields, secret: Some(("X-Key", "geheim")), patience: Duration::from_secs(5) };
        let reply = Asker::new(&[host]).ask(&question);
        let (head, body) = heard.join().unwrap();
        (reply, head, body)
    }

    #[test]
    fn the_fields_and_the_secret_go_there_and_the_answer_comes_back() {
        let (found, head, body) = ask(reply("200 OK", "{\"site\":\"x.example\"}"), Method::Post);
        assert_eq!(found.unwrap(), Reply::Found(json!({ "site": "x.example" })));
        assert_eq!(serde_json::from_str::<Json>(&body).unwrap(), json!({ "code": "91 & x", "n": 3 }));
        assert!(head[0].starts_with("post /v1?k=v ") && head.contains(&"x-key: geheim".to_owned()), "{head:?}");
        let (found, head, body) = ask(reply("200 OK", "[]"), Method::Get);
        assert_eq!((found.unwrap(), body.as_str()), (Reply::Found(json!([])), ""));
        assert!(head[0].starts_with("get /v1?k=v&code=91+%26+x&n=3 "), "{head:?}");
    }

    #[test]
    fn what_is_unknown_unfit_and_in_trouble_is_told_apart() {
        let said = |status: &str, body: &str| ask(reply(status, body), Method::Post).0;
        assert_eq!(said("404 Not Found", "").unwrap(), Reply::Nothing);
        assert_eq!(said("204 No Content", "").unwrap(), Reply::Nothing);
        assert_eq!(
            said("422 Unprocessable", "").unwrap(),
            Reply::Unfit(Label::new(
                "对方不接受这次查询（422），请检查发送的字段、发送方式和网址",
                "the service does not take the question (422); check the fields sent, how it is asked, and the address",
            ))
        );
        assert_eq!(said("200 OK", "<html>").unwrap(), Reply::Unfit(no_json()));
        assert_eq!(said("200 OK", &format!("\"{}\"", "x".repeat(1_000_001))).unwrap(), Reply::Unfit(too_large()));
        for status in ["500 Oops", "429 Slow down", "401 Who", "302 Elsewhere"] {
            assert!(said(status, "").is_err(), "{status}");
        }
        assert!(!said("401 Who", "").unwrap_err().message.en.contains("geheim"));
    }

    #[test]
    fn who_hears_the_secret_is_known_by_scheme_host_and_port() {
        let asker = Asker::new(&["127.0.0.1:8080".to_owned()]);
        assert_eq!(asker.origin("https://X.example/a?b"), asker.origin("https://x.example:443/c"));
        assert_ne!(asker.origin("https://x.example/a"), asker.origin("https://x.example:8443/a"));
        assert_eq!(asker.origin("http://127.0.0.1:8080/a").unwrap(), "http://127.0.0.1:8080");
    }

    #[test]
    fn nothing_of_the_internal_network_is_asked() {
        let asker = Asker::new(&[]);
        let fields = Map::new();
        for address in ["https://127.0.0.1/", "http://example.com/", "https://169.254.169.254/x", "https://localhost:9/"] {
            let question = Question { address, method: Method::Post, fields: &fields, secret: None, patience: Duration::from_secs(5) };
            assert!(asker.ask(&question).is_err(), "{address}");
        }
    }
}
