//! `cargo xtask audit`: no locked crate has a known vulnerability.
//!
//! Compares Cargo.lock with a copy of the RustSec advisory database, without a network: the folder
//! in `GUANXI_ADVISORY_DB`, or else `../shared/advisory-db` beside the repository. `audit.toml` may
//! set an advisory aside, with the reason.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use semver::{Version, VersionReq};
use toml::Table;

use crate::problem::{Failure, Problem};
use crate::repository::{Repository, environment_variable};

const LOCK: &str = "Cargo.lock";
const SETTINGS: &str = "audit.toml";

/// One crate of the lock file that comes from a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LockedCrate {
    name: String,
    version: Version,
}

/// One entry of the advisory database.
#[derive(Debug, Clone)]
struct Advisory {
    id: String,
    package: String,
    title: String,
    /// `YYYY-MM-DD`.
    date: String,
    /// `unmaintained`, `unsound`, `notice`; `None` for a vulnerability.
    informational: Option<String>,
    /// Versions that do not have the problem: patched or never affected.
    safe: Vec<VersionReq>,
}

/// An advisory set aside in `audit.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ignored {
    id: String,
    reason: String,
}

/// Compares the lock file with the database, if there is one, and prints what does not fail.
pub fn run(repository: &Repository) -> Result<Vec<Problem>, Failure> {
    let Some(folder) = database_folder(repository.root()) else {
        println!("skipped: no advisory database (GUANXI_ADVISORY_DB or ../shared/advisory-db)");
        return Ok(Vec::new());
    };
    let advisories = read_database(&folder)?;
    let locked = parse_lock(&repository.read(LOCK)?)?;
    let ignored = match repository.read(SETTINGS) {
        Ok(text) => parse_settings(&text)?,
        Err(_) => Vec::new(),
    };
    println!("{}", describe_database(&advisories, today()));
    let findings = check(&locked, &advisories, &ignored);
    for note in &findings.notes {
        println!("{note}");
    }
    println!("{} locked crates compared", locked.len());
    Ok(findings.problems)
}

fn database_folder(root: &Path) -> Option<PathBuf> {
    let folder = match environment_variable("GUANXI_ADVISORY_DB") {
        Some(path) => PathBuf::from(path),
        None => root.join("../shared/advisory-db"),
    };
    folder.join("crates").is_dir().then_some(folder)
}

fn read_database(folder: &Path) -> Result<Vec<Advisory>, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("advisory database: {error}"));
    let mut advisories = Vec::new();
    for package in std::fs::read_dir(folder.join("crates")).map_err(unreadable)? {
        for file in std::fs::read_dir(package.map_err(unreadable)?.path()).map_err(unreadable)? {
            let path = file.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).map_err(unreadable)?;
                let parsed = parse_advisory(&text).map_err(|failure| Failure::new(format!("{}: {failure}", path.display())))?;
                advisories.extend(parsed);
            }
        }
    }
    if advisories.is_empty() {
        return Err(Failure::new("the advisory database holds no advisory"));
    }
    Ok(advisories)
}

/// Reads one advisory file: Markdown that begins with a fenced TOML block. `None` if withdrawn.
fn parse_advisory(text: &str) -> Result<Option<Advisory>, Failure> {
    let front = text.split_once("```toml").and_then(|(_, rest)| rest.split_once("\n```")).ok_or_else(|| Failure::new("no TOML block"))?;
    let table: Table = front.0.parse().map_err(|error| Failure::new(format!("{error}")))?;
    let advisory = table.get("advisory").and_then(toml::Value::as_table).ok_or_else(|| Failure::new("no [advisory]"))?;
    if advisory.contains_key("withdrawn") {
        return Ok(None);
    }
    let field = |name: &str| advisory.get(name).and_then(toml::Value::as_str);
    let required = |name: &str| field(name).map(str::to_owned).ok_or_else(|| Failure::new(format!("no advisory.{name}")));
    let mut safe = Vec::new();
    for kind in ["patched", "unaffected"] {
        let listed = table.get("versions").and_then(|versions| versions.get(kind)).and_then(toml::Value::as_array);
        for requirement in listed.into_iter().flatten().filter_map(toml::Value::as_str) {
            let parsed = VersionReq::parse(requirement).map_err(|error| Failure::new(format!("{requirement:?}: {error}")))?;
            safe.push(parsed);
        }
    }
    let title = front.1.lines().find_map(|line| line.strip_prefix("# "));
    Ok(Some(Advisory {
        id: required("id")?,
        package: required("package")?,
        title: title.unwrap_or("(no title)").trim().to_owned(),
        date: required("date")?,
        informational: field("informational").map(str::to_owned),
        safe,
    }))
}

fn parse_lock(text: &str) -> Result<Vec<LockedCrate>, Failure> {
    let table: Table = text.parse().map_err(|error| Failure::new(format!("{LOCK}: {error}")))?;
    let packages = table.get("package").and_then(toml::Value::as_array).ok_or_else(|| Failure::new(format!("{LOCK} lists no packages")))?;
    let mut locked = Vec::new();
    for package in packages.iter().filter(|package| package.get("source").is_some()) {
        let field = |name: &str| package.get(name).and_then(toml::Value::as_str).unwrap_or_default();
        let version = Version::parse(field("version")).map_err(|error| Failure::new(format!("{LOCK}: {}: {error}", field("name"))))?;
        locked.push(LockedCrate { name: field("name").to_owned(), version });
    }
    Ok(locked)
}

fn parse_settings(text: &str) -> Result<Vec<Ignored>, Failure> {
    let table: Table = text.parse().map_err(|error| Failure::new(format!("{SETTINGS}: {error}")))?;
    let listed = table.get("ignore").and_then(toml::Value::as_array);
    let mut ignored = Vec::new();
    for entry in listed.into_iter().flatten() {
        let field = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or_default();
        if field("id").is_empty() || field("reason").is_empty() {
            return Err(Failure::new(format!("{SETTINGS}: each [[ignore]] needs an id and a reason")));
        }
        ignored.push(Ignored { id: field("id").to_owned(), reason: field("reason").to_owned() });
    }
    Ok(ignored)
}

/// What the comparison finds: problems fail, notes are only told.
struct Findings {
    problems: Vec<Problem>,
    notes: Vec<String>,
}

fn check(locked: &[LockedCrate], advisories: &[Advisory], ignored: &[Ignored]) -> Findings {
    let mut findings = Findings { problems: Vec::new(), notes: Vec::new() };
    let mut used = Vec::new();
    for found in locked {
        for advisory in advisories.iter().filter(|advisory| advisory.affects(found)) {
            let what = format!("{} {}: {}: {}", found.name, found.version, advisory.id, advisory.title);
            if let Some(entry) = ignored.iter().find(|entry| entry.id == advisory.id) {
                used.push(&entry.id);
                findings.notes.push(format!("set aside: {what} ({})", entry.reason));
            } else if let Some(kind) = &advisory.informational {
                findings.notes.push(format!("{kind}: {what}"));
            } else {
                findings.problems.push(Problem::in_file(LOCK, what));
            }
        }
    }
    for entry in ignored.iter().filter(|entry| !used.contains(&&entry.id)) {
        let message = format!("{} is set aside but concerns no locked crate: remove it", entry.id);
        findings.problems.push(Problem::in_file(SETTINGS, message));
    }
    findings
}

impl Advisory {
    fn affects(&self, found: &LockedCrate) -> bool {
        self.package == found.name && !self.safe.iter().any(|safe| safe.matches(&found.version))
    }
}

fn describe_database(advisories: &[Advisory], today: i64) -> String {
    let newest = advisories.iter().map(|advisory| advisory.date.as_str()).max().unwrap_or_default();
    let age = days_of(newest).map_or_else(|| "age unknown".to_owned(), |day| format!("{} days old", today - day));
    format!("advisory database: {} advisories, the newest of {newest} ({age})", advisories.len())
}

/// Days since 1970-01-01 of a date `YYYY-MM-DD` in the Gregorian calendar.
fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_year = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(days_before_year + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[expect(clippy::disallowed_methods, reason = "the age of the database is counted from the real day")]
fn today() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs() / 86_400).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"leaky\"\n\
        date = \"2099-01-02\"\n\n[versions]\npatched = [\">= 1.2.3\"]\nunaffected = [\"< 1.0.0\"]\n```\n\n# It leaks\n\nBadly.\n";

    fn locked(version: &str) -> Vec<LockedCrate> {
        let lock = format!(
            "[[package]]\nname = \"leaky\"\nversion = \"{version}\"\nsource = \"registry\"\n\n\
             [[package]]\nname = \"own\"\nversion = \"0.1.0\"\n"
        );
        parse_lock(&lock).unwrap()
    }

    fn advisory(text: &str) -> Advisory {
        parse_advisory(text).unwrap().unwrap()
    }

    #[test]
    fn reports_an_affected_version_only() {
        let advisories = [advisory(ADVISORY)];
        let found = check(&locked("1.2.2"), &advisories, &[]);
        assert_eq!(found.problems, [Problem::in_file("Cargo.lock", "leaky 1.2.2: RUSTSEC-2099-0001: It leaks")]);
        assert_eq!(check(&locked("1.2.3"), &advisories, &[]).problems, []);
        assert_eq!(check(&locked("0.9.0"), &advisories, &[]).problems, []);
    }

    #[test]
    fn only_tells_informational_advisories() {
        let text = ADVISORY.replace("date =", "informational = \"unmaintained\"\ndate =");
        let found = check(&locked("1.0.0"), &[advisory(&text)], &[]);
        assert_eq!(found.problems, []);
        assert_eq!(found.notes, ["unmaintained: leaky 1.0.0: RUSTSEC-2099-0001: It leaks"]);
    }

    #[test]
    fn skips_withdrawn_advisories() {
        let text = ADVISORY.replace("date =", "withdrawn = \"2099-02-01\"\ndate =");
        assert!(parse_advisory(&text).unwrap().is_none());
    }

    #[test]
    fn sets_aside_with_a_reason_and_refuses_a_stale_entry() {
        let settings = "[[ignore]]\nid = \"RUSTSEC-2099-0001\"\nreason = \"not reachable\"\n";
        let ignored = parse_settings(settings).unwrap();
        let advisories = [advisory(ADVISORY)];
        let found = check(&locked("1.0.0"), &advisories, &ignored);
        assert_eq!(found.problems, []);
        assert_eq!(found.notes.len(), 1);
        assert_eq!(check(&locked("1.2.3"), &advisories, &ignored).problems.len(), 1);
        assert!(parse_settings("[[ignore]]\nid = \"RUSTSEC-2099-0001\"\n").is_err());
    }

    #[test]
    fn counts_days() {
        assert_eq!(days_of("1970-01-01"), Some(0));
        assert_eq!(days_of("2000-03-01"), Some(11_017));
        assert_eq!(days_of("2026-11-22"), Some(20_779));
        assert_eq!(days_of("soon"), None);
        assert_eq!(
            describe_database(&[advisory(ADVISORY)], days_of("2099-01-12").unwrap()),
            "advisory database: 1 advisories, the newest of 2099-01-02 (10 days old)"
        );
    }
}
