//! Numbers for monitoring, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the buckets in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

#[derive(Default)]
struct Series {
    count: u64,
    seconds: f64,
    buckets: [u64; BOUNDS.len()],
}

/// Requests by path template and class of status. Templates are few, so the map is bounded.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), Series>>,
}

impl Metrics {
    /// Counts a request.
    pub fn count_request(&self, path: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let series = requests.entry((path.to_owned(), status)).or_default();
        series.count += 1;
        series.seconds += took.as_secs_f64();
        for (bucket, _) in series.buckets.iter_mut().zip(BOUNDS).filter(|(_, bound)| took.as_secs_f64() <= *bound) {
            *bucket += 1;
        }
    }

    /// Everything as text. `gauges` are `(name, help, value)`.
    pub fn render(&self, gauges: &[(&str, &str, f64)]) -> String {
        let mut out = String::new();
        for (name, help, value) in gauges {
            // Writing to a String cannot fail.
            let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        }
        out.push_str("# HELP guanxi_http_request_seconds Time to answer, by route and status.\n# TYPE guanxi_http_request_seconds histogram\n");
        for ((path, status), series) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let labels = format!("path=\"{path}\",status=\"{status}\"");
            for (count, bound) in series.buckets.iter().zip(BOUNDS) {
                let _ = writeln!(out, "guanxi_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {count}");
            }
            let _ = writeln!(out, "guanxi_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {}", series.count);
            let _ = writeln!(out, "guanxi_http_request_seconds_sum{{{labels}}} {}", series.seconds);
            let _ = writeln!(out, "guanxi_http_request_seconds_count{{{labels}}} {}", series.count);
        }
        out
    }
}
