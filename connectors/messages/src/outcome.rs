//! What became of a message that was handed over.

use jiff::{SignedDuration, Timestamp};
use ureq::http::{HeaderMap, StatusCode};

/// See the module. The reasons hold no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Taken,
    /// There is nobody there any more, and never will be.
    Gone,
    /// It is too large for whoever passes it on.
    TooLarge,
    /// Not now; again at this time.
    Later(Timestamp, String),
    /// Not this one, however often it comes.
    Refused(String),
    /// It did not come through; another try may do.
    Failed(String),
}

/// Longest a message is put off, whatever is asked.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// Pause where none is named.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// What an answer means that did not take the message. `said` is the beginning of what it says.
pub(crate) fn of_refusal(status: StatusCode, headers: &HeaderMap, said: &str, now: Timestamp) -> Outcome {
    let reason = format!("HTTP {}{}{}", status.as_u16(), if said.is_empty() { "" } else { ": " }, said);
    match status.as_u16() {
        413 => Outcome::TooLarge,
        429 | 503 => Outcome::Later(retry_after(headers, now), reason),
        408 | 425 | 500..=599 => Outcome::Failed(reason),
        _ => Outcome::Refused(reason),
    }
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Timestamp {
    let text = headers.get("retry-after").and_then(|it| it.to_str().ok()).map(str::trim).unwrap_or_default();
    let seconds = text.parse::<u32>().ok().map(|it| now + SignedDuration::from_secs(i64::from(it)));
    let at = seconds.or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|it| it.timestamp())).unwrap_or(now + PAUSE);
    at.clamp(now + SignedDuration::from_secs(1), now + LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let of = |status: u16, after: &'static str| {
            let headers = HeaderMap::from_iter([("retry-after".parse().unwrap(), after.parse().unwrap())]);
            of_refusal(StatusCode::from_u16(status).unwrap(), &headers, "no", now)
        };
        let later = |time: &str, status: u16| Outcome::Later(time.parse().unwrap(), format!("HTTP {status}: no"));
        assert_eq!(of(429, "120"), later("2026-12-01T00:02:00Z", 429));
        assert_eq!(of(503, "Tue, 01 Dec 2026 01:00:00 GMT"), later("2026-12-01T01:00:00Z", 503));
        assert_eq!(of(503, "nonsense"), later("2026-12-01T00:01:00Z", 503));
        assert_eq!(of(429, "99999999"), later("2026-12-01T06:00:00Z", 429), "nobody is put off for ever");
        assert_eq!(of(429, "0"), later("2026-12-01T00:00:01Z", 429));
        assert_eq!(of(413, ""), Outcome::TooLarge);
        assert_eq!(of(502, ""), Outcome::Failed("HTTP 502: no".into()));
        assert_eq!(of(403, ""), Outcome::Refused("HTTP 403: no".into()));
    }
}
