//! The release binary as a process of its own, started, asked and ended as an operator would.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Client;
use crate::setup::Bench;

/// How long a server may take to start or to end before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it said that it was ready to serve.
    pub ready_after: Duration,
}

/// What a process holds, in MB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now, pages of mapped files included.
    pub resident: f64,
    /// Of these its own, not backed by a file.
    pub own: f64,
    /// The most that was resident at once.
    pub peak: f64,
}

/// The binary beside this one, where none was named.
pub fn beside_us() -> std::io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("guanxi"))
}

impl Server {
    /// Starts one on a bench's database with the settings an operator gets, and waits until it serves.
    pub fn start(binary: &Path, bench: &Bench) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_with(binary, bench, &[])
    }

    /// The same with further settings.
    pub fn start_with(binary: &Path, bench: &Bench, further: &[&str]) -> Result<Self, Box<dyn std::error::Error>> {
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data").arg(&bench.data).args(["--listen", "127.0.0.1:0"]).args(further);
        if let Some(options) = &bench.postgres {
            command.args(["--database-url", &options.url]);
        }
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the server has no output")?).lines();
        let address = loop {
            let line = lines.next().ok_or("the server ended before it listened")??;
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse()?;
            }
        };
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while Client::connect(server.address).and_then(|mut it| it.get("/readyz", "")).is_ok_and(|it| it.status != 200) {
            if began.elapsed() > PATIENCE {
                return Err("the server does not get ready".into());
            }
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    /// A connection to it.
    pub fn client(&self) -> std::io::Result<Client> {
        Client::connect(self.address)
    }

    /// What it holds.
    pub fn memory(&self) -> Result<Memory, Box<dyn std::error::Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |key: &str| -> f64 {
            let line = status.lines().find_map(|it| it.strip_prefix(key)?.strip_prefix(':'));
            let kilobytes: f64 = line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default();
            kilobytes / 1024.0
        };
        Ok(Memory { resident: megabytes("VmRSS"), own: megabytes("RssAnon"), peak: megabytes("VmHWM") })
    }

    /// Ends it in order.
    pub fn stop(mut self) -> Result<(), Box<dyn std::error::Error>> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > PATIENCE {
                return Err("the server does not end".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None))
            && let Err(error) = self.child.kill().and_then(|()| self.child.wait())
        {
            eprintln!("a server stays: {error}");
        }
    }
}
