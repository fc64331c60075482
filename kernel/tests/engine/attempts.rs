//! Guessing is slowed down: counts that every process shares and a restart keeps.

use std::net::IpAddr;
use std::sync::{Arc, Barrier};

use guanxi_expr::Value;
use guanxi_kernel::context::{Clock as _, Context};
use guanxi_kernel::identity::{Attempt, MOST_ATTEMPTS, Wait, begin_attempt, forget_everyone_signed_in, forget_old_attempts, succeed_attempt};
use guanxi_kernel::store::{Condition, Insert, OnConflict, Select, StoreExt};
use guanxi_kernel::system_tables::ATTEMPT;
use guanxi_kernel::workspace::Workspace;
use uuid::Uuid;

use crate::fixture::{Fixture, TestIds, on_both_stores, registry};

const DESK: &str = "10.0.0.1";
const ELSEWHERE: &str = "10.9.9.9";

fn attempt(account: &str, address: &str) -> Attempt {
    Attempt::new(account, address.parse().unwrap())
}

fn begin(it: &Fixture, attempt: &Attempt) -> Option<Wait> {
    begin_attempt(&it.system(), attempt).unwrap()
}

fn succeed(it: &Fixture, attempt: &Attempt) {
    succeed_attempt(&it.system(), attempt).unwrap();
}

fn wait(seconds: u64, first: bool) -> Option<Wait> {
    Some(Wait { seconds, first })
}

fn rows(it: &Fixture) -> u64 {
    it.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&ATTEMPT, Condition::True), None)?)).unwrap()
}

/// Another process on the same database.
fn other_process(it: &Fixture) -> Context {
    let registry = Arc::new(registry(Vec::new()));
    let other = Workspace::open("test", it.workspace.store.clone(), registry, it.clock.clone(), Arc::new(TestIds::default())).unwrap();
    other.system_context(Uuid::nil(), "other")
}

#[test]
fn an_account_waits_longer_with_each_failure_and_is_free_after_a_success() {
    on_both_stores(|it| {
        let ann = attempt("Ann@b.example ", DESK);
        for _ in 0..5 {
            assert_eq!(begin(it, &ann), None);
        }
        assert_eq!(begin(it, &ann), wait(1, true));
        assert_eq!(begin(it, &ann), wait(1, false));
        it.clock.advance(1);
        assert_eq!(begin(it, &ann), None);
        assert_eq!(begin(it, &ann), wait(2, true));
        assert_eq!(begin(it, &attempt("ann@B.example", ELSEWHERE)), wait(2, false), "the same account from elsewhere");
        assert_eq!(begin(it, &attempt("other@b.example", DESK)), None);
        it.clock.advance(2);
        assert_eq!(begin(it, &ann), None);
        succeed(it, &ann);
        for _ in 0..5 {
            assert_eq!(begin(it, &ann), None);
        }
        assert_eq!(begin(it, &ann), wait(1, true));
    });
}

#[test]
fn every_process_counts_with_the_others_and_a_restart_forgets_nothing() {
    on_both_stores(|it| {
        let (ann, other) = (attempt("ann", DESK), other_process(it));
        for n in 0..5 {
            let context = if n % 2 == 0 { it.system() } else { other.clone() };
            assert_eq!(begin_attempt(&context, &ann).unwrap(), None);
        }
        assert_eq!(begin_attempt(&other, &ann).unwrap(), wait(1, true));
        assert_eq!(begin_attempt(&other_process(it), &ann).unwrap(), wait(1, false), "one that started only now");
        // Where it signed in by one, another knows the place: guesses from elsewhere do not lock it out.
        it.clock.advance(1);
        assert_eq!(begin_attempt(&other_process(it), &ann).unwrap(), None);
        succeed_attempt(&other_process(it), &ann).unwrap();
        while begin(it, &attempt("ann", ELSEWHERE)).is_none() {}
        assert_eq!(begin_attempt(&other_process(it), &ann).unwrap(), None);
    });
}

#[test]
fn guesses_at_the_same_moment_count_before_they_are_answered() {
    on_both_stores(|it| {
        let barrier = Barrier::new(12);
        let allowed: usize = std::thread::scope(|scope| {
            let running: Vec<_> = (0..12)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        (0..5).filter(|_| begin(it, &attempt("ann", DESK)).is_none()).count()
                    })
                })
                .collect();
            running.into_iter().map(|it| it.join().unwrap()).sum()
        });
        assert_eq!(allowed, 5);
    });
}

#[test]
fn nobody_is_locked_out_of_where_he_signed_in_before() {
    on_both_stores(|it| {
        let (desk, elsewhere) = (attempt("ann", DESK), attempt("ann", ELSEWHERE));
        assert_eq!(begin(it, &desk), None);
        succeed(it, &desk);
        while begin(it, &elsewhere).is_none() {}
        assert_eq!(begin(it, &desk), None);
        // Guessing from the desk itself is slowed all the same.
        let more = (0..20).filter(|_| begin(it, &desk).is_none()).count();
        assert_eq!(more, 4);
    });
}

#[test]
fn an_address_that_tries_many_accounts_waits_and_one_that_signs_many_in_does_not() {
    on_both_stores(|it| {
        for n in 0..40 {
            let member = attempt(&format!("m{n}"), ELSEWHERE);
            assert_eq!(begin(it, &member), None);
            succeed(it, &member);
        }
        for n in 0..30 {
            assert_eq!(begin(it, &attempt(&format!("u{n}"), DESK)), None);
        }
        assert_eq!(begin(it, &attempt("new", DESK)), wait(1, true));
        assert_eq!(begin(it, &attempt("new", "10.0.0.2")), None);
    });
}

#[test]
fn a_flood_of_refusals_writes_nothing_and_names_are_not_kept() {
    on_both_stores(|it| {
        while begin(it, &attempt("my password", DESK)).is_none() {}
        let before = rows(it);
        let refused = (0..50).filter(|_| begin(it, &attempt("my password", DESK)) == wait(1, false)).count();
        assert_eq!((refused, rows(it)), (50, before));
        let kept = it.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&ATTEMPT, Condition::True))?)).unwrap();
        assert!(!format!("{kept:?}").contains("my password"), "{kept:?}");
    });
}

#[test]
fn what_is_over_is_forgotten_and_a_copy_begins_anew() {
    on_both_stores(|it| {
        let ann = attempt("ann", DESK);
        assert_eq!(begin(it, &ann), None);
        succeed(it, &ann);
        while begin(it, &attempt("bob", ELSEWHERE)).is_none() {}
        assert_eq!(forget_old_attempts(&it.system()).unwrap(), 0);
        it.clock.advance(31 * 60);
        // Bob, his address and the desk's; the place Ann is known from stays a month.
        assert_eq!(forget_old_attempts(&it.system()).unwrap(), 3);
        assert_eq!(begin(it, &attempt("bob", ELSEWHERE)), None);
        it.clock.advance(31 * 24 * 3600);
        forget_old_attempts(&it.system()).unwrap();
        assert_eq!(rows(it), 0);
        assert_eq!(begin(it, &ann), None);
        forget_everyone_signed_in(&it.system()).unwrap();
        assert_eq!(rows(it), 0);
    });
}

#[test]
fn there_are_never_more_than_so_many() {
    on_both_stores(|it| {
        let now = it.clock.now();
        for chunk in 0..MOST_ATTEMPTS / 1_000 {
            it.workspace
                .store
                .write_with(move |tx| {
                    let row = |n: u64| {
                        let age = jiff::SignedDuration::from_millis(i64::try_from(MOST_ATTEMPTS - (chunk * 1_000 + n)).unwrap());
                        let key = Value::Text(format!("{chunk}/{n}"));
                        vec![key, Value::Text("failure".into()), Value::Int(1), Value::DateTime(now - age), Value::Bool(false)]
                    };
                    let rows = (0..1_000).map(row).collect();
                    Ok(tx.insert(&Insert { table: ATTEMPT.clone(), columns: (0..5).collect(), rows, on_conflict: OnConflict::Fail })?)
                })
                .unwrap();
        }
        assert_eq!(rows(it), MOST_ATTEMPTS);
        assert_eq!(begin(it, &Attempt::new("new", IpAddr::from([10, 0, 0, 1]))), None);
        assert!(rows(it) <= MOST_ATTEMPTS, "{}", rows(it));
        for _ in 0..4 {
            assert_eq!(begin(it, &attempt("new", DESK)), None);
        }
        assert_eq!(begin(it, &attempt("new", DESK)), wait(1, true), "the oldest give way, not the newest");
    });
}
