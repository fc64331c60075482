//! `make bench-matching`: quality on labelled sets, time and memory on a million persons made up.
//!
//! `cargo bench -p guanxi-matching -- [--data FOLDER] [--persons N] [--threads N] [--why] [--only NAME]`

mod datasets;
mod million;
mod persons;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Instant;

use datasets::{Dataset, Score, load_all, pairs_of, score};
use guanxi_matching::{Language, Matcher, Pair, REVIEW, clusters, one_to_one};

/// What the command line asks for.
struct Options {
    data: PathBuf,
    persons: usize,
    threads: usize,
    why: bool,
    only: Option<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { data: PathBuf::from("../shared/data"), persons: 1_000_000, threads: 2, why: false, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--data" => options.data = value()?.into(),
            "--persons" => options.persons = value()?.parse().map_err(|_| "--persons needs a number")?,
            "--threads" => options.threads = value()?.parse().map_err(|_| "--threads needs a number")?,
            "--only" => options.only = Some(value()?),
            "--why" => options.why = true,
            // Cargo says so to every benchmark.
            "--bench" => {}
            _ => return Err(format!("{argument} is not known")),
        }
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = options()?;
    if options.data.join("febrl1.csv").exists() {
        println!(
            "| set | reference F1 | pairs p >= .5: precision | recall | F1 | groups or one to one: F1 | p >= .99: precision | recall | time | |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        for set in load_all(&options.data)? {
            if options.only.as_ref().is_none_or(|only| only == set.name) {
                measure(set, &options);
            }
        }
    } else {
        println!("The labelled sets are not there ({}): quality is not measured. --data FOLDER names another place.", options.data.display());
    }
    if options.persons > 0 && options.only.is_none() {
        million::measure(options.persons, options.threads, options.why);
    }
    Ok(())
}

fn ids(pairs: &[Pair]) -> impl Iterator<Item = (u64, u64)> + '_ {
    pairs.iter().map(|pair| (pair.left, pair.right))
}

fn measure(set: Dataset, options: &Options) {
    let begun = Instant::now();
    let matcher = Matcher::fit(set.table);
    let pairs = matcher.pairs(REVIEW, options.threads);
    let took = begun.elapsed();
    let plain = score(ids(&pairs), &set.truth);
    let sure = score(pairs.iter().filter(|pair| pair.is_automatic).map(|pair| (pair.left, pair.right)), &set.truth);
    let joined = if set.is_one_to_one {
        score(ids(&one_to_one(&pairs)), &set.truth)
    } else {
        score(pairs_of(&clusters(&matcher, &pairs, REVIEW)), &set.truth)
    };
    let verdict = if joined.f1.max(plain.f1) + 5e-5 >= set.reference { "met" } else { "**missed**" };
    let Score { precision, recall, f1, .. } = plain;
    println!(
        "| {} | {:.4} | {precision:.4} | {recall:.4} | {f1:.4} | {:.4} | {:.4} ({} wrong) | {:.4} | {:.1} s | {verdict} |",
        set.name,
        set.reference,
        joined.f1,
        sure.precision,
        sure.wrong,
        sure.recall,
        took.as_secs_f64()
    );
    if options.why {
        let found: HashSet<(u64, u64)> = ids(&pairs).collect();
        explain_some("missed", &matcher, set.truth.iter().filter(|pair| !found.contains(pair)));
        explain_some("wrong", &matcher, found.iter().filter(|pair| !set.truth.contains(pair)));
    }
}

fn explain_some<'p>(what: &str, matcher: &Matcher, pairs: impl Iterator<Item = &'p (u64, u64)>) {
    for (left, right) in pairs.take(12) {
        if let Some(explanation) = matcher.explain(*left, *right) {
            println!("  {what} {left} {right}: {:+.1}: {}", explanation.total, explanation.sentence(Language::English));
        }
    }
}
