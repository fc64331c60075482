//! How the list grows with the table: the same list on databases of several sizes, by turns.

use std::time::Duration;

use crate::measure::{Work, medians};
use crate::reads::{list, own_list, whole_list};
use crate::report::{Report, short};
use crate::setup::Bench;

/// What the list's median may grow by, from the smallest size to the largest.
const WANTED: f64 = 1.5;

/// Measures all databases by turns.
pub fn run(benches: &[Bench], length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let owners = benches.iter().map(|it| it.owners(100)).collect::<Result<Vec<_>, _>>()?;
    let systems: Vec<_> = benches.iter().map(Bench::system).collect();
    let own: Vec<Work<'_>> = owners
        .iter()
        .map(|contexts| {
            Work::new(1, move |_, turn| {
                list(&contexts[usize::try_from(turn).unwrap_or(0) * 31 % contexts.len()], &own_list());
            })
        })
        .collect();
    tell(benches, "list of 50 x 12 by owner, as a rep", &medians(length, &own), report);
    let whole: Vec<Work<'_>> = systems.iter().map(|system| Work::new(1, move |_, _| drop(list(system, &whole_list())))).collect();
    tell(benches, "list of 50 x 12 of all, as an administrator", &medians(length, &whole), report);
    Ok(())
}

fn tell(benches: &[Bench], name: &str, medians: &[Duration], report: &mut Report) {
    let (Some(first), Some(last), Some(bench)) = (medians.first(), medians.last(), benches.last()) else { return };
    let growth = last.as_secs_f64() / first.as_secs_f64().max(f64::MIN_POSITIVE);
    let steps: Vec<String> = benches.iter().zip(medians).map(|(bench, median)| format!("{}: {}", bench.size, short(*median))).collect();
    report.figure(bench.size, &format!("growth: {name}"), format!("{growth:.2}x ({})", steps.join(", ")), "<= 1.5x", growth <= WANTED);
}
