//! Changes of very many records taken back as a job: page by page, whatever becomes of the worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guanxi_kernel::app::{App, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs::{self, LEASE};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::{
    Batch, BatchMode, Operation, PlanOptions, UNDONE_AT_ONCE, UndoBegun, UndoJob, UndoRun, UndoState, begin_undo, execute, undo_of_change,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores, on_both_stores_with};

/// New records, and those that were there and changed with them.
const NEW: usize = 1_400;
const OLD: usize = 700;

fn batch(it: &Fixture, context: &Context, operations: Vec<Operation>, change: Option<Uuid>) -> (Uuid, Vec<Uuid>) {
    batch_of(it, context, "account", operations, change)
}

fn batch_of(it: &Fixture, context: &Context, object: &str, operations: Vec<Operation>, change: Option<Uuid>) -> (Uuid, Vec<Uuid>) {
    let batch = Batch { object: it.object(object), operations, mode: BatchMode::AllOrNothing, verb: "import", change };
    let done = execute(context, &batch).unwrap();
    (done.change, done.results.into_iter().map(|it| it.unwrap().id).collect())
}

/// A member as a job knows him too.
fn administrator(it: &Fixture) -> Context {
    it.update(&it.system(), "user", it.admin, json!({"roles": ["administrator"]}));
    it.signed_in(it.admin)
}

fn creations(name: &str, count: usize) -> Vec<Operation> {
    (0..count).map(|n| Operation::Create { values: map(json!({"name": format!("{name}{n:05}"), "level": "a"})) }).collect()
}

fn updates(ids: &[Uuid], values: &Json) -> Vec<Operation> {
    ids.iter().map(|id| Operation::Update { id: *id, values: map(values.clone()), options: PlanOptions::default() }).collect()
}

/// Creations and changes under one change, in several transactions as an import has them; the records that were there before.
fn import(it: &Fixture, admin: &Context) -> (Uuid, Vec<Uuid>, Vec<Uuid>) {
    let (_, old) = batch(it, admin, creations("Old", OLD), None);
    let (change, mut new) = batch(it, admin, creations("New", NEW / 2), None);
    batch(it, admin, updates(&old, &json!({"level": "b", "margin": "5"})), Some(change));
    // A record that it made may be changed by it too.
    batch(it, admin, updates(&new[..50], &json!({"level": "b"})), Some(change));
    new.extend(batch(it, admin, creations("More", NEW - NEW / 2), Some(change)).1);
    (change, old, new)
}

fn running(begun: UndoBegun) -> UndoRun {
    match begun {
        UndoBegun::Running(run) => run,
        UndoBegun::Done(done) => panic!("at once: {done:?}"),
    }
}

fn told(it: &Fixture, context: &Context, change: Uuid) -> Option<UndoRun> {
    it.workspace.store.read_with(|tx| undo_of_change(context, tx, change)).unwrap()
}

fn count(it: &Fixture, filter: &str) -> usize {
    let request = guanxi_kernel::read::ListRequest {
        filter: Some(filter.into()),
        limit: 1,
        count: guanxi_kernel::read::CountMode::Exact,
        ..guanxi_kernel::read::ListRequest::default()
    };
    usize::try_from(it.try_list(&it.as_admin(), "account", &request).unwrap().count.unwrap().value).unwrap()
}

#[test]
fn thousands_of_creations_and_changes_are_taken_back_by_a_job_and_come_back_by_another() {
    on_both_stores(|it| {
        let admin = administrator(it);
        let (change, old, new) = import(it, &admin);
        // Since then: one that it changed was changed again, and one that it made.
        it.update(&admin, "account", old[7], json!({"level": null}));
        it.update(&admin, "account", new[3], json!({"name": "Mine now"}));
        let begun = running(begin_undo(&admin, change).unwrap());
        let events = (NEW + OLD + 50) as u64;
        assert!(events > UNDONE_AT_ONCE);
        assert_eq!((begun.state, begun.done, begun.total), (UndoState::Undoing, 0, events));
        assert_eq!(running(begin_undo(&admin, change).unwrap()).change_id, begun.change_id, "asked twice it is one");
        assert_eq!(count(it, "level == 'b'"), OLD - 1 + 50, "nothing yet");
        while jobs::run_next(&it.system(), "w").unwrap() {}
        let done = told(it, &admin, change).unwrap();
        assert_eq!((done.state, done.done, done.total), (UndoState::Undone, events, events));
        // Of the changed one the other field went back.
        assert_eq!((done.undone, done.left), ((NEW - 1 + OLD) as u64, 2), "{:?}", done.skipped);
        let mut skipped: Vec<(Uuid, &str, Vec<String>)> = done.skipped.iter().map(|it| (it.id, it.reason, it.fields.clone())).collect();
        skipped.sort_unstable();
        let mut expected = vec![(old[7], "changed_since", vec!["level".to_owned()]), (new[3], "changed_since", Vec::new())];
        expected.sort_unstable();
        assert_eq!(skipped, expected);
        assert_eq!((count(it, "true"), count(it, "level == 'a' && margin == null")), (OLD + 1, OLD - 1));
        let jobs = it.workspace.store.read_with(|tx| jobs::list(&it.system(), tx, None, 50)).unwrap();
        let job = jobs.iter().find(|it| it.kind == "change.undo").unwrap();
        assert_eq!((job.state.as_str(), job.progress.map(|it| it.done)), ("done", Some(events)));

        // Redone, it is in force again; and that can be taken back too.
        let redo = running(begin_undo(&admin, done.change_id).unwrap());
        while jobs::run_next(&it.system(), "w").unwrap() {}
        assert_eq!((count(it, "true"), told(it, &admin, change).is_none()), (OLD + NEW, true));
        running(begin_undo(&admin, redo.change_id).unwrap());
        while jobs::run_next(&it.system(), "w").unwrap() {}
        assert_eq!((count(it, "true"), told(it, &admin, change).unwrap().state), (OLD + 1, UndoState::Undone));
    });
}

#[test]
fn a_small_change_is_taken_back_at_once_and_is_known_to_be() {
    on_both_stores(|it| {
        let admin = administrator(it);
        let (change, _) = batch(it, &admin, creations("A", 3), None);
        let UndoBegun::Done(done) = begin_undo(&admin, change).unwrap() else { panic!("as a job") };
        let known = told(it, &admin, change).unwrap();
        assert_eq!((known.state, known.undone, known.change_id), (UndoState::Undone, 3, done.change_id));
        // Nothing is left to be taken back a second time; what is told stays.
        begin_undo(&admin, change).unwrap();
        assert_eq!(told(it, &admin, change).unwrap().undone, 3);
        begin_undo(&admin, done.change_id).unwrap();
        assert!(told(it, &admin, change).is_none());
    });
}

/// A worker that is gone after so many pages.
fn dying(after: usize) -> (App, Arc<AtomicUsize>) {
    let pages = Arc::new(AtomicUsize::new(0));
    let seen = pages.clone();
    let job = UndoJob::until(move || seen.fetch_add(1, Ordering::SeqCst) + 1 == after);
    (App { jobs: vec![Arc::new(job)], ..App::default() }, pages)
}

#[test]
fn whoever_takes_over_goes_on_where_it_stood_and_nothing_is_done_twice() {
    on_both_stores_with(
        || vec![dying(4).0],
        |it| {
            let admin = administrator(it);
            let (change, ..) = import(it, &admin);
            let begun = running(begin_undo(&admin, change).unwrap());
            // The first worker's lease is lost after four pages: it never says how it ended.
            let leased = jobs::lease(&it.system(), "gone").unwrap().unwrap();
            let handler = it.workspace.registry.job(&leased.kind).unwrap().clone();
            handler.run(&it.system(), &leased.payload).unwrap_err();
            let half = told(it, &admin, change).unwrap();
            assert_eq!((half.state, half.done), (UndoState::Undoing, 800));
            assert!(!jobs::run_next(&it.system(), "next").unwrap(), "it is another's");
            // Between two pages others write.
            it.create(&admin, "account", json!({"name": "Between"}));
            it.clock.advance(LEASE.as_secs() + 1);
            // Two go on at a time, as after a lease that was lost and not noticed.
            std::thread::scope(|scope| {
                scope.spawn(|| UndoJob::default().run(&it.system(), &leased.payload).unwrap());
                while jobs::run_next(&it.system(), "next").unwrap() {}
            });
            let done = told(it, &admin, change).unwrap();
            assert_eq!((done.state, done.undone, done.left), (UndoState::Undone, (NEW + OLD) as u64, 0), "{:?}", done.skipped);
            assert_eq!((done.done, done.change_id), (done.total, begun.change_id));
            assert_eq!((count(it, "true"), count(it, "level == 'a'")), (OLD + 1, OLD));
            let events = it.workspace.store.read_with(|tx| guanxi_kernel::events::events_of_change(tx, begun.change_id)).unwrap();
            let records: std::collections::HashSet<_> = events.iter().filter_map(|it| it.record).collect();
            assert_eq!((events.len(), records.len()), (NEW + OLD, NEW + OLD), "each once");
        },
    );
}

#[test]
fn only_who_may_takes_it_back_and_only_for_as_long_as_he_may() {
    on_both_stores_with(
        || vec![dying(2).0],
        |it| {
            let admin = administrator(it);
            it.update(&it.system(), "user", it.ann, json!({"roles": ["rep"], "department": it.north_one}));
            let ann = it.signed_in(it.ann);
            let count_of = usize::try_from(UNDONE_AT_ONCE).unwrap() + 100;
            let account = it.create(&ann, "account", json!({"name": "A"}));
            let deal = |n: usize| Operation::Create { values: map(json!({"name": format!("D{n}"), "account": account})) };
            let (change, _) = batch_of(it, &ann, "deal", (0..count_of).map(deal).collect(), None);
            assert_eq!(code(&begin_undo(&it.as_bob(), change).unwrap_err()), "not_found");
            let begun = running(begin_undo(&ann, change).unwrap());
            assert_eq!(begun.member, it.ann);
            // One page or two, then she is no rep any more.
            jobs::run_next(&it.system(), "w").unwrap();
            let half = told(it, &ann, change).unwrap();
            assert_eq!((half.state, half.done, half.undone), (UndoState::Undoing, 400, 400));
            it.update(&it.system(), "user", it.ann, json!({"roles": []}));
            it.clock.advance(3_600);
            while jobs::run_next(&it.system(), "w").unwrap() {}
            let stopped = told(it, &admin, change).unwrap();
            assert_eq!(stopped.undone + stopped.left, count_of as u64);
            assert!(stopped.left > 0 && stopped.skipped.iter().all(|it| ["gone", "forbidden"].contains(&it.reason)), "{stopped:?}");
            assert_eq!(it.get(&admin, "account", account).unwrap()["deals"], stopped.left, "what she may not delete any more stays");
            assert!(stopped.skipped.len() <= 200, "the first of them are told");
        },
    );
}
