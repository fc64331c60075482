//! The repository's own checks, run as `cargo xtask COMMAND` (and all of them by `make lint`).
//!
//! Each check is a pure function from file texts to [`Problem`]s; only this file and
//! [`repository`] touch the disk, processes, the environment and the clock.

mod audit;
mod layers;
mod markdown;
mod metadata;
mod problem;
mod repository;
mod rust_source;
mod tidy;

use std::process::ExitCode;

use problem::{Failure, Problem};
use repository::Repository;

const USAGE: &str = "usage: cargo xtask COMMAND

  layers   fail on a dependency between crates that ARCHITECTURE.md does not allow
  tidy     fail on what breaks the rules of the house (size, docs, labels, licences...)
  audit    fail on a locked crate with a known vulnerability";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let outcome = Repository::open().and_then(|repository| match command.as_str() {
        "layers" => layers::run(&repository),
        "tidy" => tidy::run(&repository),
        "audit" => audit::run(&repository),
        _ => Err(Failure::new(USAGE)),
    });
    match outcome {
        Ok(problems) => report(&command, &problems),
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn report(command: &str, problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        println!("{command}: ok");
        ExitCode::SUCCESS
    } else {
        eprintln!("{command}: {} problems", problems.len());
        ExitCode::FAILURE
    }
}
