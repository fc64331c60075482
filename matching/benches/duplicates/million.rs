//! Time, memory and quality on many persons made up; what checking one more costs.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use guanxi_matching::{Checking, Matcher, Pair, REVIEW, clusters};

use crate::datasets::{pairs_of, score};
use crate::explain_some;
use crate::persons::{persons, table_of};

const CHECKS: usize = 5000;

/// Most memory the process had at once, in MB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Seconds of processor time the process took so far, where the system tells: on a busy machine they say more than the clock.
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name, which may contain anything, come the state and then numbers; user and system time are in hundredths.
    let mut numbers = status.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system) = (numbers.next()?.parse::<f64>().ok()?, numbers.next()?.parse::<f64>().ok()?);
    Some((user + system) / 100.0)
}

/// Deduplicates so many persons and tells what it cost.
pub fn measure(many: usize, threads: usize, why: bool) {
    let (persons, truth) = persons(many, 7);
    let before = processor_seconds();
    let begun = Instant::now();
    let table = table_of(&persons);
    let read = begun.elapsed();
    let mut matcher = Matcher::fit(table);
    let fitted = begun.elapsed();
    let pairs = matcher.pairs(REVIEW, threads);
    let compared = begun.elapsed();
    let groups = clusters(&matcher, &pairs, REVIEW);
    let all = begun.elapsed();
    let after = processor_seconds();
    let found = score(pairs_of(&groups), &truth);
    let sure = score(sure_ones(&pairs), &truth);
    println!("\n{many} persons made up, {} of them copies, on {threads} threads:", truth.len());
    println!(
        "- all of it {all:.1?}: prepared {read:.1?}, learnt {:.1?}, compared {:.1?}, grouped {:.1?}",
        fitted - read,
        compared - fitted,
        all - compared
    );
    if let (Some(before), Some(after)) = (before, after) {
        println!("- processor time {:.0} s", after - before);
    }
    match peak_memory() {
        Some(peak) => println!("- most memory {peak} MB, the persons themselves included"),
        None => println!("- most memory: this system does not tell"),
    }
    println!("- groups: precision {:.4}, recall {:.4}, F1 {:.4}", found.precision, found.recall, found.f1);
    println!("- p >= .99: precision {:.5} ({} wrong), recall {:.4}", sure.precision, sure.wrong, sure.recall);
    if why {
        let found: HashSet<(u64, u64)> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        explain_some("missed", &matcher, truth.iter().filter(|pair| !found.contains(pair)));
        explain_some("wrong", &matcher, found.iter().filter(|pair| !truth.contains(pair)));
        explain_some("automatic and wrong", &matcher, sure_ones(&pairs).iter().filter(|pair| !truth.contains(pair)));
    }
    check_one_by_one(&mut matcher, many);
}

fn sure_ones(pairs: &[Pair]) -> Vec<(u64, u64)> {
    pairs.iter().filter(|pair| pair.is_automatic).map(|pair| (pair.left, pair.right)).collect()
}

fn check_one_by_one(matcher: &mut Matcher, many: usize) {
    // A quarter of these are copies of persons that are in the table: the same dice fall the same at first.
    let (others, _) = persons(CHECKS * 2, 7);
    let mut checking = Checking::default();
    let mut times: Vec<Duration> = Vec::with_capacity(CHECKS);
    for person in &others[CHECKS..] {
        let begun = Instant::now();
        let found = matcher.check_with(&mut checking, &person.each_ref().map(String::as_str), REVIEW, 10);
        times.push(begun.elapsed());
        std::hint::black_box(found);
    }
    times.sort_unstable();
    println!("- one check: median {:.2?}, p99 {:.2?}, slowest {:.2?}", times[CHECKS / 2], times[CHECKS * 99 / 100], times[CHECKS - 1]);
    let begun = Instant::now();
    for (id, person) in (many as u64..).zip(&others) {
        matcher.add(id, &person.each_ref().map(String::as_str));
    }
    let added = begun.elapsed();
    for id in many as u64..many as u64 + others.len() as u64 {
        matcher.remove(id);
    }
    let each = |all: Duration| all / others.len() as u32;
    println!("- adding one {:.2?}, removing it {:.2?}, on average", each(added), each(begun.elapsed() - added));
}
