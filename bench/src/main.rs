//! `make bench`: the engine against the same statements run directly on the same database, in the same run.
//!
//! ```text
//! guanxi-bench [--store sqlite|postgres] [--sizes 10000,100000,1000000] [--seconds 3]
//! ```
//! Prints a Markdown table; `bench/README.md` keeps the last one. A size of N means N contacts, N/5 accounts and N activities.

mod data;
mod direct;
mod measure;
mod reads;
mod setup;
mod writes;

use std::process::ExitCode;
use std::time::Duration;

use measure::Report;
use setup::{Bench, Kind};

struct Arguments {
    kind: Kind,
    sizes: Vec<usize>,
    seconds: u64,
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { kind: Kind::Sqlite, sizes: vec![10_000, 100_000, 1_000_000], seconds: 3 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--store" => arguments.kind = Kind::from_name(&value)?,
            "--sizes" => {
                arguments.sizes =
                    value.split(',').map(|it| it.parse().map_err(|_| format!("--sizes: {it} is not a number"))).collect::<Result<_, _>>()?;
            }
            "--seconds" => arguments.seconds = value.parse().map_err(|_| format!("--seconds: {value} is not a number"))?,
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let length = Duration::from_secs(arguments.seconds);
    let mut report = Report::default();
    for &size in &arguments.sizes {
        let mut bench = Bench::open(arguments.kind)?;
        let loaded = data::load(&mut bench, size)?;
        report.note(size, "load", format!("{:.0} rows/s through the write path ({} rows in {:.1} s)", loaded.rate(), loaded.rows, loaded.seconds));
        bench.settle()?;
        reads::run(&bench, size, length, &mut report)?;
        writes::run(&bench, size, length, &mut report)?;
        bench.close();
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
