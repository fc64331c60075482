//! Slows down guessing: failed attempts are counted per account and per address, in memory, in bounded maps.
//!
//! An attempt counts as failed from its beginning and is forgiven when it succeeds: many at the same moment get no more
//! guesses than one after the other. Where a member has signed in before, only failures from there make him wait, so
//! that nobody locks him out of his own desk by guessing from elsewhere.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Failures before an account has to wait.
const FREE_PER_ACCOUNT: u32 = 5;
/// Failures before an address has to wait.
const FREE_PER_ADDRESS: u32 = 30;
/// Longest wait in seconds.
const LONGEST: u64 = 900;
/// Failures are forgotten after this long without one.
const MEMORY: SignedDuration = SignedDuration::from_mins(30);
/// Most accounts and addresses remembered; the oldest give way.
const CAPACITY: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
    /// Somebody has been told to wait since the last attempt.
    told: bool,
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Seconds until another attempt may be made.
    pub seconds: u64,
    /// Nobody was told so since the last attempt: worth a line in the audit log, which a flood of refusals is not.
    pub first: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
    AccountAt(String, IpAddr),
}

#[derive(Default)]
struct Counts {
    failures: HashMap<Key, Failures>,
    /// Where accounts have signed in from, and when last.
    known: HashMap<(String, IpAddr), Timestamp>,
}

/// Counts failures of accounts and addresses.
#[derive(Default)]
pub struct Throttle {
    counts: Mutex<Counts>,
}

/// Whose attempt it is.
pub struct Attempt {
    account: String,
    address: IpAddr,
}

impl Attempt {
    /// An attempt to sign in.
    pub fn new(account: &str, address: IpAddr) -> Self {
        // Bounded: the account's name comes from outside.
        Self { account: account.trim().to_lowercase().chars().take(254).collect(), address: network(address) }
    }
}

/// Who has one IPv6 address has its whole /64 to try from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

impl Counts {
    fn keys(&self, attempt: &Attempt) -> [(Key, u32); 2] {
        let place = (attempt.account.clone(), attempt.address);
        let account = if self.known.contains_key(&place) { Key::AccountAt(place.0, place.1) } else { Key::Account(place.0) };
        [(account, FREE_PER_ACCOUNT), (Key::Address(attempt.address), FREE_PER_ADDRESS)]
    }
}

impl Throttle {
    /// Begins an attempt; it counts as failed until [`Throttle::succeed`] forgives it.
    ///
    /// # Errors
    /// How long to wait before it may be made; it is not counted then.
    pub fn begin(&self, attempt: &Attempt, now: Timestamp) -> Result<(), Wait> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = counts.keys(attempt);
        let seconds = keys.iter().filter_map(|(key, free)| Some(left(*counts.failures.get(key)?, *free, now))).max().unwrap_or(0);
        if seconds > 0 {
            let mut first = false;
            for (key, free) in keys {
                if let Some(entry) = counts.failures.get_mut(&key).filter(|it| left(**it, free, now) > 0) {
                    first |= !std::mem::replace(&mut entry.told, true);
                }
            }
            return Err(Wait { seconds, first });
        }
        make_room(&mut counts.failures, |it| it.last, now);
        for (key, _) in keys {
            let entry = counts.failures.entry(key).or_insert(Failures { count: 0, last: now, told: false });
            entry.count = if now.duration_since(entry.last) < MEMORY { entry.count.saturating_add(1) } else { 1 };
            (entry.last, entry.told) = (now, false);
        }
        Ok(())
    }

    /// Forgets an account's failures: its owner signed in. The other failures of the address stay, or one good account
    /// would open the way to guess at others.
    pub fn succeed(&self, attempt: &Attempt, now: Timestamp) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [(account, _), (address, _)] = counts.keys(attempt);
        counts.failures.remove(&account);
        if let Some(entry) = counts.failures.get_mut(&address) {
            entry.count = entry.count.saturating_sub(1);
        }
        make_room(&mut counts.known, |it| *it, now);
        counts.known.insert((attempt.account.clone(), attempt.address), now);
    }
}

/// Makes room for one more where there is none: first what is forgotten anyway goes, then the oldest.
fn make_room<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, last: impl Fn(&V) -> Timestamp, now: Timestamp) {
    if map.len() < CAPACITY {
        return;
    }
    map.retain(|_, it| now.duration_since(last(it)) < MEMORY);
    if map.len() >= CAPACITY
        && let Some(oldest) = map.iter().min_by_key(|(_, it)| last(it)).map(|(key, _)| key.clone())
    {
        map.remove(&oldest);
    }
}

/// Each failure beyond the free ones doubles the wait.
fn left(failures: Failures, free: u32, now: Timestamp) -> u64 {
    let Some(beyond) = failures.count.checked_sub(free) else { return 0 };
    let wait = 1_u64.checked_shl(beyond.min(20)).unwrap_or(LONGEST).min(LONGEST);
    let passed = u64::try_from(now.duration_since(failures.last).as_secs()).unwrap_or(0);
    wait.saturating_sub(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }
    fn attempt(account: &str, address: &str) -> Attempt {
        Attempt::new(account, address.parse().unwrap())
    }

    #[test]
    fn an_account_waits_longer_with_each_failure_and_is_free_after_a_success() {
        let throttle = Throttle::default();
        let lin = attempt("A@b.example ", "10.0.0.1");
        for _ in 0..5 {
            assert_eq!(throttle.begin(&lin, at(0)), Ok(()));
        }
        assert_eq!(throttle.begin(&lin, at(0)), Err(Wait { seconds: 1, first: true }));
        assert_eq!(throttle.begin(&lin, at(0)), Err(Wait { seconds: 1, first: false }));
        assert_eq!(throttle.begin(&lin, at(1)), Ok(()));
        assert_eq!(throttle.begin(&lin, at(1)), Err(Wait { seconds: 2, first: true }));
        assert_eq!(
            throttle.begin(&attempt("a@B.example", "10.9.9.9"), at(1)),
            Err(Wait { seconds: 2, first: false }),
            "the same account from elsewhere"
        );
        assert_eq!(throttle.begin(&attempt("other@b.example", "10.0.0.1"), at(1)), Ok(()));
        assert_eq!(throttle.begin(&lin, at(3)), Ok(()));
        throttle.succeed(&lin, at(3));
        for _ in 0..5 {
            assert_eq!(throttle.begin(&lin, at(3)), Ok(()));
        }
    }

    #[test]
    fn guesses_at_the_same_moment_count_before_they_are_answered() {
        let throttle = Throttle::default();
        let allowed = (0..60).filter(|_| throttle.begin(&attempt("a@b.example", "10.0.0.1"), at(0)).is_ok()).count();
        assert_eq!(allowed, 5);
    }

    #[test]
    fn nobody_is_locked_out_of_where_he_signed_in_before() {
        let throttle = Throttle::default();
        let (desk, elsewhere) = (attempt("a@b.example", "10.0.0.1"), attempt("a@b.example", "10.9.9.9"));
        assert_eq!(throttle.begin(&desk, at(0)), Ok(()));
        throttle.succeed(&desk, at(0));
        while throttle.begin(&elsewhere, at(0)).is_ok() {}
        assert_eq!(throttle.begin(&desk, at(0)), Ok(()));
        // Guessing from the desk itself is slowed all the same.
        let more = (0..60).filter(|_| throttle.begin(&desk, at(0)).is_ok()).count();
        assert_eq!(more, 4);
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_too() {
        let throttle = Throttle::default();
        for number in 0..30 {
            assert_eq!(throttle.begin(&attempt(&format!("u{number}@b.example"), "10.0.0.1"), at(0)), Ok(()));
        }
        assert_eq!(throttle.begin(&attempt("new@b.example", "10.0.0.1"), at(0)), Err(Wait { seconds: 1, first: true }));
        assert_eq!(throttle.begin(&attempt("new@b.example", "10.0.0.2"), at(0)), Ok(()));
    }

    #[test]
    fn many_who_sign_in_from_one_address_do_not_make_it_wait() {
        let throttle = Throttle::default();
        for number in 0..100 {
            let member = attempt(&format!("u{number}@b.example"), "10.0.0.1");
            assert_eq!(throttle.begin(&member, at(0)), Ok(()));
            throttle.succeed(&member, at(0));
        }
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        assert!(network("2001:db8:1:2::5".parse().unwrap()) == network("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert!(network("2001:db8:1:2::5".parse().unwrap()) != network("2001:db8:1:3::5".parse().unwrap()));
        assert!(network("::ffff:10.0.0.1".parse().unwrap()) == network("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..(CAPACITY as i64 + 50) {
            let member = Attempt::new(&format!("u{number}"), IpAddr::from([10, (number >> 16) as u8, (number >> 8) as u8, number as u8]));
            assert_eq!(throttle.begin(&member, at(0)), Ok(()));
            throttle.succeed(&member, at(0));
        }
        let counts = throttle.counts.lock().unwrap();
        assert!(counts.failures.len() <= CAPACITY + 2 && counts.known.len() <= CAPACITY);
    }
}
