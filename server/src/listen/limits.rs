//! How many connections the operating system lets us have: each is an open file.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files the server needs besides its connections: databases, logs, files on their way in and out.
const OTHERS: u64 = 256;

/// As many of the wanted connections as we may have open files for; our own limit is raised to what we are allowed first.
pub fn connections(wanted: usize) -> usize {
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let needed = wanted.saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    let current = match raised(limit, needed) {
        None => limit.current,
        Some(new) => match setrlimit(Resource::Nofile, new) {
            Ok(()) => new.current,
            Err(_) => limit.current,
        },
    };
    let affordable = affordable(wanted, current);
    if affordable < wanted {
        tracing::warn!(wanted, affordable, "the limit on open files (ulimit -n) leaves room for fewer connections than max-connections");
    }
    usize::try_from(affordable).unwrap_or(usize::MAX)
}

/// The limit to ask for; `None` where the one there is does.
fn raised(limit: Rlimit, needed: u64) -> Option<Rlimit> {
    let current = limit.current.filter(|it| *it < needed)?;
    let wanted = limit.maximum.map_or(needed, |it| it.min(needed));
    (wanted > current).then_some(Rlimit { current: Some(wanted), maximum: limit.maximum })
}

/// A quarter of what there is, where there is hardly enough for the server itself.
fn affordable(wanted: u64, limit: Option<u64>) -> u64 {
    limit.map_or(wanted, |limit| wanted.min(limit.saturating_sub(OTHERS).max(limit / 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_follow_the_limit_on_open_files() {
        let limit = |current, maximum| Rlimit { current, maximum };
        assert_eq!(raised(limit(Some(1_024), Some(4_096)), 2_000), Some(limit(Some(2_000), Some(4_096))));
        assert_eq!(raised(limit(Some(1_024), Some(4_096)), 9_000), Some(limit(Some(4_096), Some(4_096))));
        assert_eq!(raised(limit(Some(1_024), Some(1_024)), 9_000), None);
        assert_eq!(raised(limit(Some(1_024), None), 9_000), Some(limit(Some(9_000), None)));
        assert_eq!(raised(limit(None, None), 9_000), None);
        assert_eq!(
            [affordable(4_000, None), affordable(4_000, Some(1_024)), affordable(4_000, Some(100)), affordable(10, Some(1_024))],
            [4_000, 768, 25, 10]
        );
    }
}
