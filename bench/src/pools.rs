//! Pools and the pipeline at size: claims of many at once, a night of recycling beside ordinary writing, a funnel.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, aggregate, list};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{Batch, BatchMode, Operation, act, execute};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::data::map;
use crate::report::{Report, short};
use crate::setup::Bench;
use crate::writes::NewContacts;

/// Who claims at once.
const CLAIMING: usize = 50;
/// Leads each of them claims.
const CLAIMS: usize = 20;
/// Leads given by a rule.
const ASSIGNED: usize = 20_000;
/// One lead in so many is taken by the rule.
const TAKEN: usize = 100;
/// Opportunities of the funnel.
const DEALS: usize = 200_000;
/// Records of one batch.
const BATCH: usize = 5_000;
/// How often a figure is taken.
const TIMES: usize = 9;

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures all three; as many leads are made as the bench has contacts.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let system = bench.system();
    let people = bench.owners(CLAIMING)?;
    let members: Vec<Uuid> = people.iter().map(|it| it.actor).collect();
    let pool = one(
        &system,
        "pool",
        json!({ "name": format!("bench {}", system.new_id()), "object": "lead", "members": members, "administrators": [members[0]], "daily_claims": 1_000, "holding_cap": 1_000_000, "run_hour": 0 }),
    )?;
    claims(bench, &people, pool, report)?;
    assignment(bench, &people, report)?;
    recycling(bench, &people, pool, report)?;
    funnel(bench, &people, report)
}

/// Makes records, many at a time; answers their ids.
pub fn write(context: &Context, object: &str, values: impl Iterator<Item = Json>) -> Outcome<Vec<Uuid>> {
    let object = context.schema.object(object).ok_or("no such object")?.clone();
    let mut made = Vec::new();
    let mut values = values.peekable();
    while values.peek().is_some() {
        let operations = values.by_ref().take(BATCH).map(|it| Operation::Create { values: map(it) }).collect();
        let batch = Batch { object: object.clone(), operations, mode: BatchMode::AllOrNothing, verb: "bench", change: None };
        for result in execute(context, &batch)?.results {
            made.push(result?.id);
        }
    }
    Ok(made)
}

/// Makes one record; answers its id.
pub fn one(context: &Context, object: &str, values: Json) -> Outcome<Uuid> {
    write(context, object, std::iter::once(values))?.pop().ok_or_else(|| "nothing was made".into())
}

fn percentile(times: &mut [Duration], of_hundred: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * of_hundred / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Fifty reps, each for leads of his own choosing and all of them for some.
fn claims(bench: &Bench, people: &[Context], pool: Uuid, report: &mut Report) -> Outcome<()> {
    let lying = |it: usize| json!({ "name": format!("公海 {it}"), "mobile": "13800001234", "owner": null, "pool": pool });
    let leads = write(&bench.system(), "lead", (0..CLAIMING * CLAIMS).map(lying))?;
    // Rights as of after the pool was made.
    let people: Vec<Context> = people.iter().map(|it| bench.member(it.actor, &[])).collect::<Outcome<_>>()?;
    let none = Map::new();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let all: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(at, context)| {
                let (leads, none) = (&leads, &none);
                scope.spawn(move || {
                    let own = leads.iter().skip(at * CLAIMS).take(CLAIMS);
                    own.map(|lead| {
                        let began = Instant::now();
                        let done = act(context, "lead", Some(*lead), "claim", none);
                        assert!(done.is_ok(), "it is claimed: {done:?}");
                        began.elapsed()
                    })
                    .collect::<Vec<_>>()
                })
            })
            .collect();
        all.into_iter().flat_map(|it| it.join().unwrap_or_default()).collect()
    });
    let p99 = percentile(&mut times, 99);
    let figure = format!("p50 {}, p99 {}", short(percentile(&mut times, 50)), short(p99));
    report.figure(bench.size, "claim, 50 claiming at once", figure, "p99 < 30ms", p99 < Duration::from_millis(30));
    Ok(())
}

/// Leads that come without an owner, as an import writes them, given by turns to fifty members with caps.
fn assignment(bench: &Bench, people: &[Context], report: &mut Report) -> Outcome<()> {
    let system = bench.system();
    let members: Vec<Uuid> = people.iter().map(|it| it.actor).collect();
    let made = |owned: bool| {
        move |it: usize| {
            let mut lead = json!({ "name": format!("导入 {it}"), "mobile": "13800001234", "source": "event", "owner": null });
            if owned {
                lead["owner"] = json!(people[it % people.len()].actor);
            }
            lead
        }
    };
    let timed = |owned: bool| -> Outcome<f64> {
        let began = Instant::now();
        write(&system, "lead", (0..ASSIGNED).map(made(owned)))?;
        Ok(ASSIGNED as f64 / began.elapsed().as_secs_f64())
    };
    let with_owners = timed(true)?;
    let rule = json!({ "name": "bench", "object": "lead", "condition": "source == 'event'", "members": members, "respond_hours": 24 });
    let rule = one(&system, "assignment_rule", rule)?;
    let rate = timed(false)?;
    report.figure(bench.size, "leads given by a rule to one of 50", format!("{rate:.0} rows/s"), "> 2000 rows/s", rate > 2_000.0);
    report.note(bench.size, "the same with owners in the file", format!("{with_owners:.0} rows/s"));
    let object = system.schema.object("assignment_rule").ok_or("no such object")?.clone();
    let operations = vec![Operation::Delete { id: rule }];
    execute(&system, &Batch { object, operations, mode: BatchMode::AllOrNothing, verb: "bench", change: None })?;
    Ok(())
}

/// A night of recycling, while others go on making records.
fn recycling(bench: &Bench, people: &[Context], pool: Uuid, report: &mut Report) -> Outcome<()> {
    let system = bench.system();
    let made = |it: usize| {
        let owner = &people[it % people.len()];
        json!({ "name": format!("线索 {it}"), "mobile": "13800001234", "owner": owner.actor, "department": owner.access.member.department, "score": if it.is_multiple_of(TAKEN) { 1 } else { 50 } })
    };
    let began = Instant::now();
    write(&system, "lead", (0..bench.size).map(made))?;
    report.note(bench.size, "leads made for the recycling", format!("{:.0} rows/s", bench.size as f64 / began.elapsed().as_secs_f64()));
    one(
        &system,
        "pool_rule",
        json!({ "name": "bench", "pool": pool, "kind": "custom", "condition": "score == 1", "warn_days": 0, "effective_from": "2000-01-01" }),
    )?;

    let rows = NewContacts::of(bench, people.to_vec())?;
    let alone = waits(&rows, &AtomicBool::new(false), 400);
    let job = bench.workspace.registry.job("pools.recycle").ok_or("no such job")?.clone();
    let (done, took) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
    let mut beside = std::thread::scope(|scope| {
        let writer = scope.spawn(|| waits(&rows, &done, usize::MAX));
        let began = Instant::now();
        let outcome = job.run(&system, &json!({}));
        took.store(usize::try_from(began.elapsed().as_millis()).unwrap_or(usize::MAX), Ordering::Relaxed);
        done.store(true, Ordering::Relaxed);
        assert!(outcome.is_ok(), "the job ends: {outcome:?}");
        writer.join().unwrap_or_default()
    });
    let object = system.schema.object("lead").ok_or("no lead")?.clone();
    let request =
        ListRequest { filter: Some(format!("pool == '{pool}'")), count: guanxi_kernel::read::CountMode::Exact, limit: 1, ..ListRequest::default() };
    let left = system.workspace.store.read_with(|tx| list(&system, tx, &object, &request))?.count.map_or(0, |it| it.value);
    let took = Duration::from_millis(took.load(Ordering::Relaxed) as u64);
    let figure = format!("{} for {left} of {} candidates", short(took), bench.size);
    report.figure(
        bench.size,
        "a night of recycling",
        figure,
        "< 60s at 1M",
        took < Duration::from_secs(60) && left as usize == bench.size.div_ceil(TAKEN),
    );
    let longest = percentile(&mut beside, 100);
    let mut alone = alone;
    let figure =
        format!("p99 {}, longest {} (alone: longest {})", short(percentile(&mut beside, 99)), short(longest), short(percentile(&mut alone, 100)));
    report.figure(bench.size, "a writer beside the recycling", figure, "longest < 100ms", longest < Duration::from_millis(100));
    Ok(())
}

/// How long each of some writes took.
fn waits(rows: &NewContacts, stop: &AtomicBool, most: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) && times.len() < most {
        let began = Instant::now();
        let made = rows.create();
        assert!(made.is_ok(), "the record is created: {made:?}");
        times.push(began.elapsed());
    }
    times
}

/// The funnel of a company with many deals, and of a rep's department.
fn funnel(bench: &Bench, people: &[Context], report: &mut Report) -> Outcome<()> {
    let system = bench.system();
    let stages = ["new", "need_confirmed", "solution", "presentation", "negotiation", "won", "lost"];
    let accounts: Vec<Uuid> =
        write(&system, "account", (0..200).map(|it| json!({ "name": format!("漏斗客户 {it}"), "owner": people[it % people.len()].actor })))?;
    let deal = |it: usize| {
        let owner = &people[it % people.len()];
        let stage = stages[it % stages.len()];
        json!({ "name": format!("商机 {it}"), "account": accounts[it % accounts.len()], "owner": owner.actor, "department": owner.access.member.department,
                "stage": stage, "loss_reason": (stage == "lost").then_some("price"), "amount": { "amount": format!("{}.00", it % 900 + 100), "currency": "CNY" }, "close_date": format!("2026-{:02}-15", it % 12 + 1) })
    };
    let deals = DEALS.min(bench.size * 2);
    write(&system, "opportunity", (0..deals).map(deal))?;
    let object = system.schema.object("opportunity").ok_or("no opportunity")?.clone();
    let request =
        AggregateRequest { group_by: vec!["stage".into()], measures: vec!["count".into(), "sum(amount)".into()], ..AggregateRequest::default() };
    for (name, context) in [("funnel by stage, whole company", &system), ("funnel by stage, a rep's rights", &people[0])] {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            system.workspace.store.read_with(|tx| aggregate(context, tx, &object, &request))?;
            times.push(began.elapsed());
        }
        let median = percentile(&mut times, 50);
        report.figure(bench.size, name, format!("{} over {deals}", short(median)), "< 300ms", median < Duration::from_millis(300));
    }
    Ok(())
}
