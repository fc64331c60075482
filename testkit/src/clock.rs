//! Time and ids that a test holds in its hand.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use guanxi_kernel::context::{Clock, Ids};
use jiff::Timestamp;
use uuid::Uuid;

/// A clock that stands still until told.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at 10 o'clock in Shanghai on 16 November 2026, a Monday.
    pub fn on_a_monday() -> Self {
        Self::at("2026-11-16T02:00:00Z".parse().unwrap())
    }

    /// A clock that stands at a moment.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_microsecond()))
    }

    /// Moves on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ids that count up, and secrets that are none.
#[derive(Default)]
pub struct TestIds {
    next: AtomicU64,
    random: AtomicU64,
}

impl TestIds {
    /// Ids beyond all that what the test's database was copied from has taken.
    pub fn of_a_copy() -> Self {
        Self { next: AtomicU64::new(1 << 32), random: AtomicU64::new(1 << 32) }
    }
}

impl Ids for TestIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap();
        let count = self.next.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[8..].copy_from_slice(&count.to_be_bytes());
        bytes[6] = 0x70;
        bytes[8] |= 0x80;
        Uuid::from_bytes(bytes)
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let step = self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            *byte = (step.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56) as u8;
        }
    }
}
