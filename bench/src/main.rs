//! `make bench`: the engine and the release binary against the same statements run directly on the same database, in the
//! same minutes.
//!
//! ```text
//! guanxi-bench [--store sqlite|postgres] [--sizes 10000,100000,1000000] [--seconds 6] [--only reads,writes,...]
//!              [--import-rows 1000000] [--server target/release/guanxi] [--keep FOLDER]
//! ```
//! Prints a Markdown table; `bench/README.md` keeps the last one. A size of N means N contacts, N/5 accounts and N
//! activities in a company of 2,000 members. `--keep` leaves the databases in a folder and takes them from there the next
//! time: for looking for the cause of a figure.

mod data;
mod direct;
mod growth;
mod http;
mod import;
mod live;
mod measure;
mod organisation;
mod ownership;
mod pools;
mod process;
mod reads;
mod report;
mod rights;
mod ruled;
mod search;
mod setup;
mod start;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use report::Report;
use setup::{Bench, Kind};

/// What can be measured.
const PARTS: [&str; 12] = ["reads", "rights", "search", "writes", "growth", "http", "live", "start", "pools", "ownership", "ruled", "import"];

/// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Arguments {
    kind: Kind,
    sizes: Vec<usize>,
    seconds: u64,
    only: Vec<String>,
    import_rows: usize,
    customers: usize,
    server: PathBuf,
    keep: Option<PathBuf>,
}

impl Arguments {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| it == part)
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments {
        kind: Kind::Sqlite,
        sizes: vec![10_000, 100_000, 1_000_000],
        seconds: 6,
        only: Vec::new(),
        import_rows: 1_000_000,
        customers: 20_000,
        server: process::beside_us().map_err(|error| error.to_string())?,
        keep: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| format!("{word}: {text} is not a number"));
        match word.as_str() {
            "--store" => arguments.kind = Kind::from_name(&value)?,
            "--sizes" => arguments.sizes = value.split(',').map(number).collect::<Result<_, _>>()?,
            "--seconds" => arguments.seconds = number(&value)? as u64,
            "--only" => arguments.only = value.split(',').map(str::to_owned).collect(),
            "--import-rows" => arguments.import_rows = number(&value)?,
            "--customers" => arguments.customers = number(&value)?,
            "--server" => arguments.server = PathBuf::from(value),
            "--keep" => arguments.keep = Some(PathBuf::from(value)),
            other => return Err(format!("unknown option {other}")),
        }
    }
    match arguments.only.iter().find(|it| !PARTS.contains(&it.as_str())) {
        Some(other) => Err(format!("--only: {other} is none of {}", PARTS.join(", "))),
        None => Ok(arguments),
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let length = Duration::from_secs(arguments.seconds);
    let mut report = Report::default();
    let mut benches = Vec::new();
    for &size in &arguments.sizes {
        benches.push(Bench::open(arguments.kind, size, arguments.keep.as_deref(), &mut report)?);
    }
    for bench in &benches {
        if arguments.wants("reads") {
            reads::run(bench, length, &mut report)?;
        }
        if arguments.wants("rights") {
            rights::run(bench, length, &mut report)?;
        }
        if arguments.wants("search") {
            search::run(bench, arguments.kind, &mut report)?;
        }
    }
    if arguments.wants("growth") && benches.len() > 1 {
        growth::run(&benches, length, &mut report)?;
    }
    for bench in &benches {
        if arguments.wants("start") {
            start::run(bench, &arguments.server, &mut report)?;
        }
        if arguments.wants("http") {
            http::run(bench, &arguments.server, length, &mut report)?;
        }
        if arguments.wants("live") {
            live::run(bench, &arguments.server, length, &mut report)?;
        }
        if arguments.wants("writes") {
            writes::run(bench, length, &mut report)?;
        }
        if arguments.wants("pools") {
            pools::run(bench, &mut report)?;
        }
    }
    // Of its own size: one database is enough.
    if let Some(bench) = benches.first().filter(|_| arguments.wants("ownership")) {
        ownership::run(bench, arguments.customers, &mut report)?;
    }
    for bench in benches {
        bench.close()?;
    }
    if arguments.wants("ruled") {
        ruled::run(arguments.kind, &arguments.server, &mut report)?;
    }
    if arguments.wants("import") && arguments.import_rows > 0 {
        import::run(arguments.kind, &arguments.server, arguments.import_rows, &mut report)?;
    }
    print!("{}", report.markdown(arguments.kind.name()));
    Ok(())
}

fn main() -> ExitCode {
    let outcome = arguments().map_err(Into::into).and_then(|it| run(&it));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guanxi-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
