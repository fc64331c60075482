//! Slows down guessing: failed attempts are counted per account and per address, in memory, in bounded maps.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Failures before an account has to wait.
const FREE_PER_ACCOUNT: u32 = 5;
/// Failures before an address has to wait.
const FREE_PER_ADDRESS: u32 = 30;
/// Longest wait.
const LONGEST: u64 = 900;
/// Failures are forgotten after this long without one.
const MEMORY: SignedDuration = SignedDuration::from_mins(30);
/// Most accounts and addresses remembered; the oldest give way.
const CAPACITY: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Counts failures by a name: `account:a@b`, `address:1.2.3.4`.
#[derive(Default)]
pub struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

/// Whose attempt it is.
pub struct Attempt {
    account: String,
    address: String,
}

impl Attempt {
    /// An attempt to sign in.
    pub fn new(account: &str, address: &str) -> Self {
        // Bounded: the account's name comes from outside.
        let account: String = account.trim().to_lowercase().chars().take(254).collect();
        Self { account: format!("account:{account}"), address: format!("address:{address}") }
    }
    fn names(&self) -> [(&str, u32); 2] {
        [(&self.account, FREE_PER_ACCOUNT), (&self.address, FREE_PER_ADDRESS)]
    }
}

impl Throttle {
    /// Seconds to wait before the attempt may be made; 0 for none.
    pub fn wait_seconds(&self, attempt: &Attempt, now: Timestamp) -> u64 {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = attempt.names().map(|(name, free)| failures.get(name).map_or(0, |it| left(*it, free, now)));
        waits.into_iter().max().unwrap_or(0)
    }

    /// Notes a failure.
    pub fn note_failure(&self, attempt: &Attempt, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= CAPACITY {
            failures.retain(|_, it| now.duration_since(it.last) < MEMORY);
        }
        if failures.len() >= CAPACITY
            && let Some(oldest) = failures.iter().min_by_key(|(_, it)| it.last).map(|(name, _)| name.clone())
        {
            failures.remove(&oldest);
        }
        for (name, _) in attempt.names() {
            let entry = failures.entry(name.to_owned()).or_insert(Failures { count: 0, last: now });
            entry.count = if now.duration_since(entry.last) < MEMORY { entry.count.saturating_add(1) } else { 1 };
            entry.last = now;
        }
    }

    /// Forgets an account's failures: its owner signed in. The address' count stays, or one good account would open
    /// the way to guess at others.
    pub fn note_success(&self, attempt: &Attempt) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&attempt.account);
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

    #[test]
    fn an_account_waits_longer_with_each_failure_and_is_free_after_a_success() {
        let throttle = Throttle::default();
        let attempt = Attempt::new("A@b.example ", "10.0.0.1");
        for _ in 0..4 {
            throttle.note_failure(&attempt, at(0));
        }
        assert_eq!(throttle.wait_seconds(&attempt, at(0)), 0);
        throttle.note_failure(&attempt, at(0));
        assert_eq!(throttle.wait_seconds(&attempt, at(0)), 1);
        throttle.note_failure(&attempt, at(1));
        throttle.note_failure(&attempt, at(1));
        assert_eq!(throttle.wait_seconds(&attempt, at(1)), 4);
        assert_eq!(throttle.wait_seconds(&attempt, at(5)), 0);
        assert_eq!(throttle.wait_seconds(&Attempt::new("a@B.example", "10.9.9.9"), at(1)), 4, "the same account from elsewhere");
        assert_eq!(throttle.wait_seconds(&Attempt::new("other@b.example", "10.0.0.1"), at(1)), 0);
        throttle.note_success(&attempt);
        assert_eq!(throttle.wait_seconds(&attempt, at(1)), 0);
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_too() {
        let throttle = Throttle::default();
        for number in 0..31 {
            throttle.note_failure(&Attempt::new(&format!("u{number}@b.example"), "10.0.0.1"), at(0));
        }
        assert!(throttle.wait_seconds(&Attempt::new("new@b.example", "10.0.0.1"), at(0)) > 0);
        assert_eq!(throttle.wait_seconds(&Attempt::new("new@b.example", "10.0.0.2"), at(0)), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..(CAPACITY as i64 + 50) {
            throttle.note_failure(&Attempt::new(&format!("u{number}"), &format!("a{number}")), at(number));
        }
        assert!(throttle.failures.lock().unwrap().len() <= CAPACITY + 2);
    }
}
