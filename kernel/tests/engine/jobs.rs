//! Jobs: leased, fenced, retried, dead, scheduled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guanxi_kernel::app::{App, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs::{self, LEASE};
use guanxi_kernel::schedule::{self, Schedule};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, on_both_stores, on_both_stores_with};

struct Counter {
    kind: &'static str,
    schedule: Option<Schedule>,
    runs: Arc<AtomicUsize>,
}

impl JobHandler for Counter {
    fn kind(&self) -> &str {
        self.kind
    }
    fn run(&self, _context: &Context, payload: &Json) -> Result<()> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match payload["do"].as_str() {
            Some("fail") => Err(KernelError::Internal("as told".into())),
            Some("panic") => panic!("as told"),
            _ => Ok(()),
        }
    }
    fn schedule(&self) -> Option<Schedule> {
        self.schedule
    }
}

fn enqueue(it: &Fixture, kind: &str, payload: Json, key: Option<&str>) -> Uuid {
    let (context, kind, key) = (it.system(), kind.to_owned(), key.map(str::to_owned));
    it.workspace.store.write_with(move |tx| jobs::enqueue(&context, tx, &kind, payload.clone(), key.clone(), context.now)).unwrap()
}

fn states(it: &Fixture) -> Vec<(String, i64)> {
    let admin = it.as_admin();
    let found = it.workspace.store.read_with(|tx| jobs::list(&admin, tx, None, 50)).unwrap();
    found.iter().map(|it| (it.state.clone(), it.attempts)).collect()
}

const LEASE_SECONDS: i64 = LEASE.as_secs();

#[test]
fn a_lease_is_one_workers_until_it_runs_out() {
    on_both_stores(|it| {
        let system = it.system();
        let id = enqueue(it, "test.any", json!({}), None);
        let first = jobs::lease(&system, "one").unwrap().unwrap();
        assert_eq!((first.id, first.attempt), (id, 1));
        assert!(jobs::lease(&system, "two").unwrap().is_none());
        it.clock.advance(LEASE_SECONDS - 10);
        assert!(jobs::renew(&system, &first).unwrap());
        it.clock.advance(LEASE_SECONDS - 10);
        assert!(jobs::lease(&system, "two").unwrap().is_none(), "it was renewed");
        it.clock.advance(11);
        let second = jobs::lease(&system, "two").unwrap().unwrap();
        assert_eq!((second.id, second.attempt), (id, 2));
        assert!(!jobs::finish(&system, &first).unwrap(), "the fencing token of the lost lease");
        assert!(!jobs::fail(&system, &first, "late").unwrap() && !jobs::renew(&system, &first).unwrap());
        assert!(jobs::finish(&system, &second).unwrap());
        assert_eq!(states(it), [("done".to_owned(), 2)]);
    });
}

#[test]
fn many_workers_never_share_a_job() {
    on_both_stores(|it| {
        for n in 0..40 {
            enqueue(it, "test.any", json!({"n": n}), None);
        }
        let mut taken: Vec<Uuid> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8)
                .map(|worker| {
                    scope.spawn(move || {
                        let mut own = Vec::new();
                        let mut idle = 0;
                        while idle < 20 {
                            match jobs::lease(&it.system(), &worker.to_string()).unwrap() {
                                Some(job) => own.push(job.id),
                                None => idle += 1,
                            }
                        }
                        own
                    })
                })
                .collect();
            workers.into_iter().flat_map(|it| it.join().unwrap()).collect()
        });
        taken.sort_unstable();
        let all = taken.len();
        taken.dedup();
        assert_eq!((all, taken.len()), (40, 40));
    });
}

#[test]
fn what_fails_waits_longer_each_time_and_dies_at_last() {
    let runs = Arc::new(AtomicUsize::new(0));
    let app = || App { jobs: vec![Arc::new(Counter { kind: "test.run", schedule: None, runs: runs.clone() })], ..App::default() };
    on_both_stores_with(
        || vec![app()],
        |it| {
            runs.store(0, Ordering::SeqCst);
            let id = enqueue(it, "test.run", json!({"do": "fail"}), Some("only"));
            let system = it.system();
            for attempt in 1..=8_i64 {
                assert!(jobs::run_next(&system, "w").unwrap());
                assert!(!jobs::run_next(&system, "w").unwrap(), "it waits first");
                if attempt < 8 {
                    it.clock.advance(5 * (1 << attempt) - 1);
                    assert!(!jobs::run_next(&system, "w").unwrap());
                    it.clock.advance(1);
                }
            }
            assert_eq!((states(it), runs.load(Ordering::SeqCst)), (vec![("dead".to_owned(), 8)], 8));
            jobs::retry(&it.as_admin(), id).unwrap();
            assert!(jobs::retry(&it.as_boss(), id).is_err());
            assert!(jobs::run_next(&it.system(), "w").unwrap());
            enqueue(it, "test.run", json!({"do": "panic"}), None);
            enqueue(it, "test.unknown", json!({}), None);
            assert!(jobs::run_next(&it.system(), "w").unwrap() && jobs::run_next(&it.system(), "w").unwrap());
            assert!(states(it).iter().all(|it| it.0 == "waiting"), "a panic and a missing handler are failures like others");
        },
    );
}

#[test]
fn a_job_that_takes_its_worker_down_each_time_is_buried() {
    on_both_stores(|it| {
        enqueue(it, "test.any", json!({}), None);
        for attempt in 1..=8 {
            assert_eq!(jobs::lease(&it.system(), "w").unwrap().unwrap().attempt, attempt);
            it.clock.advance(LEASE_SECONDS + 1);
        }
        let other = enqueue(it, "test.any", json!({}), None);
        assert_eq!(jobs::lease(&it.system(), "w").unwrap().unwrap().id, other, "the next one is not held up");
        assert!(states(it).contains(&("dead".to_owned(), 8)));
    });
}

#[test]
fn a_unique_key_stands_once_while_the_job_lives() {
    on_both_stores(|it| {
        let first = enqueue(it, "test.any", json!({}), Some("k"));
        assert_eq!(enqueue(it, "test.any", json!({}), Some("k")), Uuid::nil());
        let answers: Vec<Uuid> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..12).map(|_| scope.spawn(|| enqueue(it, "test.any", json!({}), Some("race")))).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|it| !it.is_nil()).count(), 1);
        let job = jobs::lease(&it.system(), "w").unwrap().unwrap();
        assert_eq!(job.id, first);
        jobs::finish(&it.system(), &job).unwrap();
        assert!(!enqueue(it, "test.any", json!({}), Some("k")).is_nil());
    });
}

#[test]
fn a_schedule_runs_once_a_slot_however_many_ask() {
    let runs = Arc::new(AtomicUsize::new(0));
    let app = || App {
        jobs: vec![Arc::new(Counter { kind: "test.hourly", schedule: Some(Schedule::Every(3_600)), runs: runs.clone() })],
        ..App::default()
    };
    on_both_stores_with(
        || vec![app()],
        |it| {
            runs.store(0, Ordering::SeqCst);
            for hour in 1..=3 {
                std::thread::scope(|scope| {
                    let askers: Vec<_> = (0..6).map(|_| scope.spawn(|| schedule::enqueue_due(&it.system()))).collect();
                    askers.into_iter().for_each(|it| it.join().unwrap().unwrap());
                });
                while jobs::run_next(&it.system(), "w").unwrap() {}
                assert_eq!(runs.load(Ordering::SeqCst), hour);
                it.clock.advance(3_600);
            }
        },
    );
}

#[test]
fn a_nightly_job_runs_once_a_night_of_the_workspace_and_once_for_nights_missed() {
    let runs = Arc::new(AtomicUsize::new(0));
    let nightly = Some(Schedule::At("30 2 * * *"));
    let app = || App { jobs: vec![Arc::new(Counter { kind: "test.nightly", schedule: nightly, runs: runs.clone() })], ..App::default() };
    on_both_stores_with(
        || vec![app()],
        |it| {
            runs.store(0, Ordering::SeqCst);
            let look = |expected: usize| {
                std::thread::scope(|scope| {
                    let askers: Vec<_> = (0..6).map(|_| scope.spawn(|| schedule::enqueue_due(&it.system()))).collect();
                    askers.into_iter().for_each(|it| it.join().unwrap().unwrap());
                });
                while jobs::run_next(&it.system(), "w").unwrap() {}
                assert_eq!(runs.load(Ordering::SeqCst), expected);
            };
            let next = || {
                let admin = it.as_admin();
                let all = it.workspace.store.read_with(|tx| schedule::scheduled(&admin, tx)).unwrap();
                let found = all.iter().find(|it| it.kind == "test.nightly").unwrap();
                assert_eq!(found.schedule, "30 2 * * *");
                found.next_at.unwrap()
            };
            look(0);
            let first = next();
            let local = it.workspace.time_zone().to_datetime(first);
            assert_eq!((local.hour(), local.minute()), (2, 30));
            let wait = first.as_second() - it.system().now.as_second();
            it.clock.advance(wait - 1);
            look(0);
            it.clock.advance(1);
            look(1);
            assert_eq!(next().as_second(), first.as_second() + 24 * 3_600);
            it.clock.advance(23 * 3_600);
            look(1);
            it.clock.advance(5 * 24 * 3_600);
            look(2);
            look(2);
            assert!(it.workspace.store.read_with(|tx| schedule::scheduled(&it.as_boss(), tx)).is_err());
        },
    );
}
