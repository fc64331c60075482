//! A file at an address. It is asked for once, redirects are not followed, and internal addresses are refused when the name is
//! looked up, so that a name cannot lead elsewhere the second time.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use guanxi_identity::{InternalHosts, OutgoingError, guarded_agent};
use ureq::Agent;

use crate::error::{SourceError, disk};

/// Longest a whole file may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Longest name of a file.
const LONGEST_NAME: usize = 100;

/// A file that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What it is called.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// Fetches files.
pub struct Fetcher {
    agent: Agent,
    hosts: InternalHosts,
}

impl Fetcher {
    /// With the hosts of the internal network that may be asked, each with its port.
    pub fn new(source_hosts: &[String]) -> Self {
        let hosts = InternalHosts::new(source_hosts);
        Self { agent: guarded_agent(&hosts, PATIENCE), hosts }
    }

    /// Whether an address may be asked at all.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, address: &str) -> Result<(), SourceError> {
        self.hosts.check(address).map(drop).map_err(|error| refused(&error))
    }

    /// Writes what an address holds to a file, at most so many bytes.
    ///
    /// # Errors
    /// What is wrong with the address, the answer or the disk.
    pub fn fetch(&self, address: &str, target: &Path, most: u64) -> Result<Fetched, SourceError> {
        let url = self.hosts.check(address).map_err(|error| refused(&error))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let failed = |error: &dyn std::fmt::Display| SourceError::new(format!("{host} 没有正常应答：{error}"), format!("{host}: {error}"));
        let answer = self.agent.get(url.as_str()).call().map_err(|error| match guanxi_identity::is_refused(&error) {
            true => refused(&OutgoingError::Internal(host.clone())),
            false => failed(&error),
        })?;
        let status = answer.status().as_u16();
        if (300..400).contains(&status) {
            return Err(SourceError::new(
                format!("{host} 转到别处（{status}），请填写最终的网址"),
                format!("{host} sends on to another address ({status}); enter the final one"),
            ));
        }
        if status != 200 {
            return Err(failed(&format!("HTTP {status}")));
        }
        let header = |name: &str| answer.headers().get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let named = header("content-disposition").and_then(|it| name_in(&it));
        let in_path = url.path_segments().and_then(|mut it| it.next_back()).unwrap_or_default();
        let name =
            named.unwrap_or_else(|| in_path.to_owned()).chars().filter(|it| !it.is_control() && *it != '/').take(LONGEST_NAME).collect::<String>();
        let too_large = || SourceError::new(format!("文件超过 {most} 字节"), format!("the file is larger than {most} bytes"));
        if header("content-length").and_then(|it| it.parse::<u64>().ok()).is_some_and(|it| it > most) {
            return Err(too_large());
        }
        let mut body = answer.into_body();
        let mut source = Told { inner: body.as_reader().take(most + 1), error: None };
        let mut file = File::create(target).map_err(|error| disk(&error))?;
        let copied = io::copy(&mut source, &mut file);
        if let Some(error) = source.error {
            return Err(failed(&error));
        }
        let size = copied.and_then(|size| file.flush().and_then(|()| file.sync_all()).map(|()| size)).map_err(|error| disk(&error))?;
        if size > most {
            return Err(too_large());
        }
        Ok(Fetched { name: if name.is_empty() { "import".to_owned() } else { name }, size })
    }
}

/// Tells the error of what is read from that of what is written.
struct Told<R> {
    inner: R,
    error: Option<String>,
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.error = Some(error.to_string());
        }
        read
    }
}

pub(crate) fn refused(error: &OutgoingError) -> SourceError {
    let zh_cn = match error {
        OutgoingError::Address(address) => format!("“{address}”不是 https 网址"),
        OutgoingError::Internal(host) => format!("“{host}”在内部网络中，须由服务器管理员连同端口列入 source-hosts"),
        OutgoingError::Failed(reason) => format!("没有正常应答：{reason}"),
    };
    let en = match error {
        OutgoingError::Internal(host) => format!("{host} is in the internal network and not, with its port, among source-hosts"),
        other => other.to_string(),
    };
    SourceError::new(zh_cn, en)
}

/// The plain name in a `Content-Disposition`.
fn name_in(header: &str) -> Option<String> {
    let (_, name) = header.split_once("filename=")?;
    let name = name.split(';').next()?.trim().trim_matches('"');
    (!name.is_empty()).then(|| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers once.
    fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|it| it.is_ok_and(|it| !it.is_empty())) {}
            stream.write_all(answer.as_bytes()).unwrap();
        });
        format!("http://{address}/a/b.csv?x=1")
    }

    fn fetch(answer: &'static str, most: u64) -> (Result<Fetched, SourceError>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x");
        let address = answering(answer);
        let host = address.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let fetched = Fetcher::new(&[host]).fetch(&address, &target, most);
        (fetched, std::fs::read(&target).unwrap_or_default())
    }

    #[test]
    fn a_file_comes_with_its_name() {
        let (fetched, content) = fetch("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nname\nx\n", 100);
        assert_eq!((fetched.unwrap(), content.as_slice()), (Fetched { name: "b.csv".into(), size: 7 }, b"name\nx\n".as_slice()));
        let (fetched, _) = fetch("HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"../c.csv\"\r\nContent-Length: 1\r\n\r\nx", 100);
        assert_eq!(fetched.unwrap().name, "c.csv");
    }

    #[test]
    fn what_is_too_large_sent_on_or_cut_off_is_told() {
        let told = |answer, most| fetch(answer, most).0.unwrap_err().message.en;
        assert!(told("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nname\nx\n", 3).contains("larger than 3"));
        assert!(told("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nname\nx\n", 3).contains("larger than 3"));
        assert!(told("HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", 9).contains("final one"));
        assert!(told("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 9).contains("404"));
        assert!(!told("HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\nname", 100).is_empty());
    }

    #[test]
    fn nothing_of_the_internal_network_is_asked() {
        let fetcher = Fetcher::new(&[]);
        for address in [
            "https://127.0.0.1/a.csv",
            "http://example.com/a.csv",
            "https://169.254.169.254/latest",
            "file:///etc/passwd",
            "https://u:p@example.com/",
        ] {
            assert!(fetcher.check(address).is_err(), "{address}");
        }
        let folder = tempfile::tempdir().unwrap();
        let error = fetcher.fetch("https://localhost:9/a.csv", &folder.path().join("x"), 9).unwrap_err();
        assert!(error.message.en.contains("source-hosts"), "{error}");
    }
}
