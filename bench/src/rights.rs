//! What rights cost: a member's page against the same page of an administrator.

use std::time::Duration;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::ListRequest;

use crate::measure::{Work, compare};
use crate::reads::{list, whole_list};
use crate::report::Report;
use crate::setup::{Bench, WATCHER};

/// What a member's page may cost, against an administrator's.
const WANTED: f64 = 1.6;

/// Measures pages of members on several levels of the company.
pub fn run(bench: &Bench, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let system = bench.system();
    let mut members: Vec<(String, Context)> = Vec::new();
    for (level, further) in [(5, &[][..]), (3, &[]), (1, &[]), (5, &[WATCHER]), (3, &[WATCHER])] {
        let member = bench.organisation.member_on_level(level).ok_or("nobody on this level")?;
        let below = bench.organisation.departments[member.department].below;
        let scope = if below == 1 { "one department".to_owned() } else { format!("{below} departments") };
        let and = if further.is_empty() { "" } else { " and two expressions" };
        members.push((format!("{scope}{and}"), bench.member(member.id, further)?));
    }
    for (sort, order) in [("name", "by name"), ("-updated_at", "newest first")] {
        let request = ListRequest { sort: Some(sort.into()), ..whole_list() };
        let all = Work::new(1, |_, _| drop(list(&system, &request)));
        for (who, context) in &members {
            let own = Work::new(1, |_, _| drop(list(context, &request)));
            report.latency(bench.size, &format!("list of 50 x 12 {order}: {who}, against an administrator"), &compare(length, &own, &all), WANTED);
        }
    }
    Ok(())
}
