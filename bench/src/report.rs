//! Lines of the table.

use std::fmt::Write as _;
use std::time::Duration;

use crate::measure::Compared;

/// The table so far; every line is also told as it comes.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
}

impl Report {
    /// A comparison of rates with the direct statement, and the ratio asked for, if one is.
    pub fn rate(&mut self, size: usize, name: &str, found: &Compared, wanted: Option<f64>) {
        let (goal, verdict) = goal(wanted.map(|it| (format!(">= {it}"), found.rate >= it)));
        let (ours, theirs) = (told(&found.ours), told(&found.theirs));
        self.line(format!("| {size} | {name} | {ours} | {theirs} | {:.2} | {goal} | {verdict} |", found.rate));
    }

    /// A comparison of medians, and what it may be at most.
    pub fn latency(&mut self, size: usize, name: &str, found: &Compared, wanted: f64) {
        let (goal, verdict) = goal(Some((format!("<= {wanted}x"), found.latency <= wanted)));
        let (ours, theirs) = (told(&found.ours), told(&found.theirs));
        self.line(format!("| {size} | {name} | {ours} | {theirs} | {:.2}x | {goal} | {verdict} |", found.latency));
    }

    /// A figure with a limit of its own.
    pub fn figure(&mut self, size: usize, name: &str, figure: String, wanted: &str, met: bool) {
        let (goal, verdict) = goal(Some((wanted.to_owned(), met)));
        self.line(format!("| {size} | {name} | {figure} | | | {goal} | {verdict} |"));
    }

    /// A figure without one.
    pub fn note(&mut self, size: usize, name: &str, figure: String) {
        self.line(format!("| {size} | {name} | {figure} | | | | |"));
    }

    fn line(&mut self, line: String) {
        eprintln!("{line}");
        self.lines.push(line);
    }

    /// The table.
    pub fn markdown(&self, store: &str) -> String {
        let mut out = format!("\n### {store}\n\n| rows | what | Guanxi | direct | ratio | wanted | |\n|---|---|---|---|---|---|---|\n");
        for line in &self.lines {
            let _ = writeln!(out, "{line}");
        }
        out
    }
}

fn goal(wanted: Option<(String, bool)>) -> (String, &'static str) {
    wanted.map_or((String::new(), ""), |(goal, met)| (goal, if met { "met" } else { "**missed**" }))
}

fn told(sample: &crate::measure::Sample) -> String {
    format!("{:.0}/s, median {}", sample.per_second, short(sample.median))
}

/// A time with three digits that count.
pub fn short(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..1_000 => format!("{micros}µs"),
        1_000..10_000 => format!("{:.1}ms", time.as_secs_f64() * 1e3),
        10_000..1_000_000 => format!("{:.0}ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.2}s", time.as_secs_f64()),
    }
}
