//! Running two pieces of work by turns, so that whatever else the machine does falls on both, and comparing how often each
//! ran.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Turns of a comparison; the figure told is the middle one, so that a disturbed turn does not count.
const TURNS: u32 = 7;

/// Work that is done over and over by several threads: called with the thread and a number that grows with each call.
pub struct Work<'a> {
    threads: usize,
    run: Box<dyn Fn(usize, u64) + Sync + 'a>,
    turns: Vec<AtomicU64>,
}

impl<'a> Work<'a> {
    /// Work of so many threads.
    pub fn new(threads: usize, run: impl Fn(usize, u64) + Sync + 'a) -> Self {
        Self { threads, run: Box::new(run), turns: (0..threads).map(|_| AtomicU64::new(0)).collect() }
    }
}

/// Threads used: one a core.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// How a piece of work went.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Runs a second, all threads together.
    pub per_second: f64,
    /// Median of one run.
    pub median: Duration,
}

/// Two pieces of work in the same minutes.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// The first.
    pub ours: Sample,
    /// The second.
    pub theirs: Sample,
    /// How often the first ran for each run of the second: the middle of the turns.
    pub rate: f64,
    /// The first one's median over the second one's: the middle of the turns.
    pub latency: f64,
}

/// Runs both by turns, for `length` each in all.
pub fn compare(length: Duration, ours: &Work<'_>, theirs: &Work<'_>) -> Compared {
    let slice = length / TURNS;
    for work in [ours, theirs] {
        run(work, slice / 2);
    }
    let (mut rates, mut latencies) = (Vec::new(), Vec::new());
    let (mut all_ours, mut all_theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let (mut first, mut second) = (run(ours, slice), run(theirs, slice));
        rates.push(first.len() as f64 / (second.len() as f64).max(1.0));
        latencies.push(median(&mut first).as_secs_f64() / median(&mut second).as_secs_f64().max(f64::MIN_POSITIVE));
        all_ours.append(&mut first);
        all_theirs.append(&mut second);
    }
    Compared { ours: sample(all_ours, length), theirs: sample(all_theirs, length), rate: middle(rates), latency: middle(latencies) }
}

/// The medians of several pieces of work, run by turns.
pub fn medians(length: Duration, works: &[Work<'_>]) -> Vec<Duration> {
    let slice = length / TURNS;
    let mut times: Vec<Vec<Duration>> = works.iter().map(|it| run(it, slice / 2)).map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        for (work, times) in works.iter().zip(&mut times) {
            times.append(&mut run(work, slice));
        }
    }
    times.iter_mut().map(|it| median(it)).collect()
}

/// Runs work for a while; answers the time of each run.
fn run(work: &Work<'_>, length: Duration) -> Vec<Duration> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..work.threads)
            .map(|thread| {
                let stop = &stop;
                scope.spawn(move || {
                    let mut times = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let turn = work.turns[thread].fetch_add(1, Ordering::Relaxed);
                        let began = Instant::now();
                        (work.run)(thread, turn);
                        times.push(began.elapsed());
                    }
                    times
                })
            })
            .collect();
        std::thread::sleep(length);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().flat_map(|it| it.join().unwrap_or_default()).collect()
    })
}

/// The median of some times.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

fn sample(mut times: Vec<Duration>, length: Duration) -> Sample {
    Sample { per_second: times.len() as f64 / length.as_secs_f64(), median: median(&mut times) }
}
