//! Writing a calendar.

use icalendar::{Calendar, Component as _, Event, Property};
use jiff::Timestamp;
use jiff::civil::Date;

/// When something takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Between two moments.
    Timed(Timestamp, Timestamp),
    /// Whole days, up to and without the second, wherever one is.
    Days(Date, Date),
}

/// Something in a calendar.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The same for ever.
    pub uid: String,
    /// Grows with each change.
    pub sequence: i64,
    /// When it was last changed.
    pub changed: Timestamp,
    /// When it takes place.
    pub span: Span,
    /// What it is.
    pub summary: String,
    /// More of it.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Where it is shown.
    pub url: Option<String>,
    /// Whether it is certain that the owner takes part.
    pub certain: bool,
}

/// How often programs should look again.
const REFRESH: &str = "PT30M";

/// A calendar as text.
pub fn write(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", "-//Guanxi//Calendar//ZH"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.name(&plain(name));
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    for entry in entries {
        calendar.push(event(entry));
    }
    calendar.to_string()
}

fn event(entry: &Entry) -> Event {
    let mut event = Event::new();
    event.uid(&entry.uid);
    event.add_property("DTSTAMP", utc(entry.changed)).add_property("LAST-MODIFIED", utc(entry.changed));
    event.add_property("SEQUENCE", entry.sequence.to_string());
    match entry.span {
        Span::Timed(start, end) => event.add_property("DTSTART", utc(start)).add_property("DTEND", utc(end)),
        Span::Days(first, end) => event.append_property(day("DTSTART", first)).append_property(day("DTEND", end)),
    };
    event.summary(&plain(&entry.summary));
    if let Some(description) = &entry.description {
        event.description(&plain(description));
    }
    if let Some(location) = &entry.location {
        event.add_property("LOCATION", plain(location));
    }
    if let Some(url) = &entry.url {
        event.add_property("URL", url);
    }
    event.add_property("STATUS", if entry.certain { "CONFIRMED" } else { "TENTATIVE" });
    event.done()
}

/// Text without what no line of a calendar may hold. Line ends are kept, and escaped by the library.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|it| *it == '\n' || !it.is_control()).collect()
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn day(key: &str, day: Date) -> Property {
    Property::new(key, day.strftime("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::super::read;
    use super::*;

    fn entry(summary: &str, span: Span) -> Entry {
        Entry {
            uid: "a@guanxi".into(),
            sequence: 3,
            changed: Timestamp::UNIX_EPOCH,
            span,
            summary: summary.into(),
            description: Some("第一行\r\n第二行; 含,逗号与\\反斜杠".into()),
            location: None,
            url: Some("https://guanxi.example/r/activity/a?x=1;y=2".into()),
            certain: true,
        }
    }

    #[test]
    fn lines_are_folded_and_text_is_escaped() {
        let long = "评审会，".repeat(40);
        let span = Span::Timed("2026-11-20T01:00:00Z".parse().expect("a time"), "2026-11-20T02:00:00Z".parse().expect("a time"));
        let text = write("张三", &[entry(&long, span)]);
        assert!(text.lines().all(|it| it.trim_end_matches('\r').len() <= 75), "octets, not characters:\n{text}");
        assert!(text.split("\r\n").count() > 10 && !text.replace("\r\n", "").contains('\n'), "lines end with CRLF");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&format!("SUMMARY:{long}")), "{unfolded}");
        assert!(unfolded.contains("DESCRIPTION:第一行\\n第二行\\; 含\\,逗号与\\\\反斜杠\r\n"), "{unfolded}");
        assert!(unfolded.contains("DTSTART:20261120T010000Z\r\n") && unfolded.contains("SEQUENCE:3\r\n"));
        assert!(unfolded.contains("URL:https://guanxi.example/r/activity/a?x=1;y=2\r\n"), "{unfolded}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let days = Span::Days(date(2026, 10, 1), date(2026, 10, 8));
        let text = write("国庆", &[entry("值班", days)]);
        let found = read::read(&text, &TimeZone::get("Asia/Shanghai").expect("a zone"), None).expect("a calendar");
        let only = &found[0];
        assert_eq!((only.title.as_str(), only.all_day, only.problem.is_none()), ("值班", true, true));
        assert_eq!(only.occurrences[0].0.to_string(), "2026-09-30T16:00:00Z");
        assert_eq!(only.description.as_deref(), Some("第一行\n第二行; 含,逗号与\\反斜杠"));
    }
}
