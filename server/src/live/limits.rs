//! How much one client may say.

use std::time::Instant;

/// Messages at once.
const BURST: f64 = 60.0;
/// Messages a second for longer.
const RATE: f64 = 10.0;

/// A measure that fills with time and empties with each message.
#[derive(Debug)]
pub struct Measure {
    left: f64,
    at: Instant,
}

impl Measure {
    /// Full.
    pub fn new(now: Instant) -> Self {
        Self { left: BURST, at: now }
    }

    /// Takes one message of this weight, 1 for most; false where there were too many.
    pub fn take(&mut self, now: Instant, weight: f64) -> bool {
        self.left = (self.left + now.duration_since(self.at).as_secs_f64() * RATE).min(BURST);
        self.at = now;
        self.left -= weight;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut measure = Measure::new(start);
        assert!((0..60).all(|_| measure.take(start, 1.0)) && !measure.take(start, 1.0));
        let mut measure = Measure::new(start);
        assert!((0_u32..6_000).all(|at| measure.take(start + Duration::from_millis(100) * at, 1.0)), "ten a second, for ten minutes");
    }
}
