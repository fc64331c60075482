//! Running something on as many threads as there are cores, and telling how often it ran.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Result of one measurement.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Runs a second, all threads together.
    pub per_second: f64,
    /// Median of one run.
    pub median: Duration,
}

/// Threads used: one a core.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// Runs `make(thread)`'s closure over and over for `length` on every core (after a warm-up of a fifth of it).
pub fn measure<F>(length: Duration, n_threads: usize, make: impl Fn(usize) -> F + Sync) -> Sample
where
    F: FnMut(u64) + Send,
{
    let stop = AtomicBool::new(false);
    let warm = AtomicBool::new(true);
    let timings: Vec<Vec<Duration>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..n_threads)
            .map(|thread| {
                let (stop, warm, make) = (&stop, &warm, &make);
                scope.spawn(move || {
                    let mut run = make(thread);
                    let mut timings = Vec::new();
                    let mut turn = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let start = Instant::now();
                        run(turn);
                        turn += 1;
                        if !warm.load(Ordering::Relaxed) {
                            timings.push(start.elapsed());
                        }
                    }
                    timings
                })
            })
            .collect();
        std::thread::sleep(length / 5);
        warm.store(false, Ordering::Relaxed);
        std::thread::sleep(length);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().map(|it| it.join().unwrap_or_default()).collect()
    });
    let mut all: Vec<Duration> = timings.into_iter().flatten().collect();
    all.sort_unstable();
    let median = all.get(all.len() / 2).copied().unwrap_or_default();
    Sample { per_second: all.len() as f64 / length.as_secs_f64(), median }
}

/// Lines of the table.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
    medians: BTreeMap<String, Vec<(usize, Duration)>>,
}

impl Report {
    /// A comparison with the direct statement, and the ratio asked for.
    pub fn compare(&mut self, size: usize, name: &str, engine: &Sample, direct: &Sample, wanted: f64) {
        let ratio = engine.per_second / direct.per_second.max(f64::MIN_POSITIVE);
        let verdict = if ratio >= wanted { "met" } else { "**missed**" };
        self.lines.push(format!(
            "| {size} | {name} | {:.0}/s, median {:?} | {:.0}/s, median {:?} | {ratio:.2} | >= {wanted} | {verdict} |",
            engine.per_second,
            round(engine.median),
            direct.per_second,
            round(direct.median)
        ));
        self.medians.entry(name.to_owned()).or_default().push((size, engine.median));
        eprintln!("{}", self.lines[self.lines.len() - 1]);
    }

    /// A figure with a limit of its own.
    pub fn figure(&mut self, size: usize, name: &str, figure: String, wanted: &str, met: bool) {
        let verdict = if met { "met" } else { "**missed**" };
        self.lines.push(format!("| {size} | {name} | {figure} | | | {wanted} | {verdict} |"));
        eprintln!("{}", self.lines[self.lines.len() - 1]);
    }

    /// A figure without one.
    pub fn note(&mut self, size: usize, name: &str, figure: String) {
        self.lines.push(format!("| {size} | {name} | {figure} | | | | |"));
        eprintln!("{}", self.lines[self.lines.len() - 1]);
    }

    /// The table, with the growth of each median from the smallest size to the largest.
    pub fn markdown(&self, store: &str) -> String {
        let mut out = format!("\n### {store}\n\n| rows | what | Guanxi | direct | ratio | wanted | |\n|---|---|---|---|---|---|---|\n");
        for line in &self.lines {
            let _ = writeln!(out, "{line}");
        }
        for (name, medians) in &self.medians {
            if let (Some((from, first)), Some((to, last))) = (medians.first(), medians.last())
                && from != to
            {
                let growth = last.as_secs_f64() / first.as_secs_f64().max(f64::MIN_POSITIVE);
                let _ = writeln!(out, "| {from} -> {to} | {name}: growth of the median | {growth:.2}x | | | <= 1.5x for the list | |");
            }
        }
        out
    }
}

fn round(duration: Duration) -> Duration {
    Duration::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
