//! A real store of objects for tests: s3rver, which refuses requests signed with a key it does not know.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where `scripts/test.sh` installs it.
fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/s3/node_modules/s3rver/bin/s3rver.js")
}

/// A store with one empty bucket, `files`; ended when dropped.
pub struct S3Peer {
    child: Child,
    host: String,
    _folder: tempfile::TempDir,
}

impl S3Peer {
    /// Starts one and waits until it listens; `None`, said aloud, where s3rver is not installed.
    pub fn start() -> Option<Self> {
        let program = program();
        if !program.is_file() {
            println!("skipped: there is no store of objects (npm ci --prefix testkit/peers/s3)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("node");
        command.arg(&program).args(["-a", "127.0.0.1", "-p", &port.to_string(), "--configure-bucket", "files", "-d"]).arg(folder.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the store of objects ended");
        }
        // It goes on talking: nobody must leave it waiting for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(Self { child, host: format!("127.0.0.1:{port}"), _folder: folder })
    }

    /// Value of the setting `file-store`.
    pub fn url(&self) -> String {
        self.url_of("S3RVER", "S3RVER")
    }

    /// The same for whoever has another key.
    pub fn url_of(&self, key: &str, secret: &str) -> String {
        format!("s3://{key}:{secret}@{}/files/guanxi?tls=off", self.host)
    }
}

impl Drop for S3Peer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
