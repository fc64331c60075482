//! How long the binary takes to start and what it holds while nobody asks.

use std::path::Path;
use std::time::Duration;

use crate::http::list_path;
use crate::measure::median;
use crate::process::{Memory, Server};
use crate::report::{Report, short};
use crate::setup::Bench;

/// Starts measured.
const STARTS: usize = 5;
/// Requests of each kind before memory is looked at again.
const REQUESTS: usize = 200;
/// How long nobody asks anything before the memory of an idle server is looked at.
const IDLE: Duration = Duration::from_secs(45);
/// What an idle process may hold, in MB.
const WANTED_MB: f64 = 80.0;

/// Measures cold start and idle memory.
pub fn run(bench: &Bench, binary: &Path, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let server = Server::start(binary, bench)?;
        times.push(server.ready_after);
        server.stop()?;
    }
    let median = median(&mut times);
    let worst = times.pop().unwrap_or_default();
    let figure = format!("median {}, slowest of {STARTS} {}", short(median), short(worst));
    report.figure(bench.size, "from start to ready, the file in the system's cache", figure, "< 500 ms", median < Duration::from_millis(500));

    let contexts = bench.owners(20)?;
    let keys = contexts.iter().map(|it| bench.key_of(it)).collect::<Result<Vec<_>, _>>()?;
    let server = Server::start(binary, bench)?;
    std::thread::sleep(Duration::from_secs(2));
    let before = server.memory()?;
    let mut client = server.client()?;
    for it in 0..REQUESTS {
        for path in [list_path().as_str(), "/api/v1/meta", "/api/v1/search?q=%E7%8E%8B%E4%BC%9F"] {
            let reply = client.get(path, &keys[it % keys.len()])?;
            if reply.status != 200 {
                return Err(format!("{path}: {}", String::from_utf8_lossy(&reply.body)).into());
            }
        }
    }
    std::thread::sleep(IDLE);
    let after = server.memory()?;
    server.stop()?;
    report.figure(bench.size, "memory after the start", told(before), "< 80 MB", before.resident < WANTED_MB);
    report.figure(
        bench.size,
        &format!("memory idle for {IDLE:?} after {REQUESTS} lists, metas and searches"),
        told(after),
        "< 80 MB",
        after.resident < WANTED_MB,
    );
    Ok(())
}

fn told(memory: Memory) -> String {
    format!("{:.0} MB, {:.0} MB of it its own", memory.resident, memory.own)
}
