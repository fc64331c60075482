//! Files of other calendars: zones, summer time, the date line, and repeats that end.

use jiff::civil::date;

use super::*;

fn calendar(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:评审会\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        event.replace('\n', "\r\n")
    )
}

fn one(event: &str, until: Option<Date>) -> ReadEvent {
    let shanghai = TimeZone::get("Asia/Shanghai").expect("a zone");
    read(&calendar(event), &shanghai, until).expect("a calendar").pop().expect("an event")
}

fn starts(event: &ReadEvent) -> Vec<String> {
    event.occurrences.iter().map(|it| it.0.to_string()).collect()
}

fn fault(event: &str) -> Option<&'static str> {
    one(event, None).problem.map(|it| it.code())
}

#[test]
fn a_weekly_meeting_keeps_its_hour_on_the_wall_when_the_clock_is_set() {
    let read = one("DTSTART;TZID=Europe/Berlin:20260322T093000\nDTEND;TZID=Europe/Berlin:20260322T103000\nRRULE:FREQ=WEEKLY;COUNT=3", None);
    assert_eq!(starts(&read), ["2026-03-22T08:30:00Z", "2026-03-29T07:30:00Z", "2026-04-05T07:30:00Z"]);
    assert!(read.occurrences.iter().all(|it| it.1.as_second() - it.0.as_second() == 3_600));
    let autumn = one("DTSTART;TZID=America/New_York:20261031T013000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3", None);
    assert_eq!(starts(&autumn), ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
}

#[test]
fn a_time_that_summer_time_leaps_over_is_read_by_the_clock_before() {
    let read = one("DTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT30M", None);
    assert_eq!(starts(&read), ["2026-03-29T01:30:00Z"]);
}

#[test]
fn across_the_date_line_moments_count_and_days_that_never_were_are_refused() {
    // From Auckland in the morning to Los Angeles the same morning, by the wall an hour before it began.
    let flight = one("DTSTART;TZID=Pacific/Auckland:20260610T190000\nDTEND;TZID=America/Los_Angeles:20260610T120000", None);
    assert_eq!(flight.problem, None);
    assert_eq!(flight.occurrences[0].1.as_second() - flight.occurrences[0].0.as_second(), 12 * 3_600);
    assert_eq!(fault("DTSTART;TZID=America/Los_Angeles:20260610T120000\nDTEND;TZID=Pacific/Auckland:20260610T190000"), Some("ends_before"));
    assert_eq!(fault("DTSTART;TZID=Pacific/Apia:20111230T090000\nDURATION:PT1H"), Some("no_such_day"));
}

#[test]
fn what_lies_before_the_span_counts_for_the_rule_alone() {
    let shanghai = TimeZone::get("Asia/Shanghai").expect("a zone");
    let wanted = Wanted { from: Some(date(2026, 11, 1)), until: Some(date(2026, 11, 30)), most: 30 };
    let daily = |rule: &str| {
        let text = calendar(&format!("DTSTART:20160101T010000Z\nDURATION:PT1H\nRRULE:{rule}"));
        read_within(&text, &shanghai, wanted).expect("a calendar").pop().expect("an event")
    };
    let endless = daily("FREQ=DAILY");
    assert_eq!((endless.problem.as_ref(), endless.occurrences.len()), (None, 30));
    assert_eq!(daily("FREQ=DAILY;COUNT=3959").occurrences.len(), 2, "2 November 2026 is its 3,959th day");
    assert_eq!(daily("FREQ=DAILY;COUNT=100").occurrences.len(), 0);
    assert_eq!(daily("FREQ=DAILY;UNTIL=20261103T010000Z").occurrences.len(), 3);
}

#[test]
fn repeats_end() {
    let endless = "DTSTART:20260105T010000Z\nDTEND:20260105T020000Z\nRRULE:FREQ=WEEKLY";
    assert_eq!(fault(endless), Some("endless"));
    let cut = one(endless, Some(date(2026, 1, 31)));
    assert_eq!((cut.problem.as_ref(), cut.occurrences.len()), (None, 4));
    assert_eq!(fault("DTSTART:20260105T010000Z\nRRULE:FREQ=DAILY;COUNT=5000"), Some("too_many"));
    assert_eq!(fault("DTSTART:20260105T010000Z\nRRULE:FREQ=MINUTELY;COUNT=3"), Some("too_often"));
    assert_eq!(fault("DTSTART:20260105T010000Z\nRRULE:FREQ=FORTNIGHTLY;COUNT=3"), Some("bad_repeat"));
    // 30 February comes never; the search for it ends.
    let never = one("DTSTART:20260105T010000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", None);
    assert!(never.occurrences.is_empty());
}

#[test]
fn the_last_day_of_a_repeat_is_meant_where_it_takes_place() {
    // 23:00 UTC on the 19th is 07:00 on the 20th in Shanghai: that day still counts.
    let read = one("DTSTART;TZID=Asia/Shanghai:20261118T070000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261119T230000Z", None);
    assert_eq!(read.occurrences.len(), 3);
}

#[test]
fn times_left_out_and_times_moved_are_not_there_twice() {
    let read =
        one("DTSTART;TZID=Asia/Shanghai:20261116T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=Asia/Shanghai:20261117T090000", None);
    assert_eq!(starts(&read), ["2026-11-16T01:00:00Z", "2026-11-18T01:00:00Z", "2026-11-19T01:00:00Z"]);
    let text = calendar(
        "DTSTART:20261116T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nSUMMARY:改期\nRECURRENCE-ID:20261117T010000Z\nDTSTART:20261117T050000Z\nDURATION:PT1H",
    );
    let found = read_all(&text);
    let all: Vec<String> = found.iter().flat_map(starts).collect();
    assert_eq!(all, ["2026-11-16T01:00:00Z", "2026-11-17T05:00:00Z"]);
}

fn read_all(text: &str) -> Vec<ReadEvent> {
    read(text, &TimeZone::UTC, None).expect("a calendar")
}

#[test]
fn zones_have_the_names_programs_give_them() {
    for name in ["China Standard Time", "Asia/Shanghai", "/freeassociation.sourceforge.net/Asia/Shanghai"] {
        let read = one(&format!("DTSTART;TZID={name}:20261118T070000\nDURATION:PT1H"), None);
        assert_eq!(starts(&read), ["2026-11-17T23:00:00Z"], "{name}");
    }
    assert_eq!(fault("DTSTART;TZID=Mars/Olympus:20261118T070000"), Some("unknown_zone"));
}

#[test]
fn what_is_no_calendar_is_refused_whole() {
    for text in ["", "hello", "BEGIN:VCARD\r\nEND:VCARD\r\n", "{}", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"] {
        let read = read(text, &TimeZone::UTC, None);
        assert!(read.is_err() || read.is_ok_and(|it| it.is_empty()), "{text}");
    }
    assert_eq!(fault("DESCRIPTION:ohne Zeit"), Some("no_start"));
    assert_eq!(fault("DTSTART:20261301T070000Z"), Some("bad_time"));
    assert_eq!(fault("DTSTART:20260101T070000Z\nDTEND:20260301T070000Z"), Some("too_long"));
}

#[test]
fn what_is_made_to_hurt_is_refused_soon() {
    let nested = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:X\r\n".repeat(100_000));
    assert!(read(&nested, &TimeZone::UTC, None).is_err(), "a hundred thousand things within each other");
    let folded = format!("BEGIN:VCALENDAR\r\n{}", "BEG\r\n IN:X\r\n".repeat(100_000));
    assert!(read(&folded, &TimeZone::UTC, None).is_err());
    let every = |name: &str, until: usize| format!("{name}={}", (0..until).map(|it| it.to_string()).collect::<Vec<_>>().join(","));
    let often = format!("DTSTART:20260105T010000Z\nRRULE:FREQ=DAILY;COUNT=2;{};{}", every("BYHOUR", 24), every("BYMINUTE", 60));
    assert_eq!(fault(&often), Some("too_often"));
    assert_eq!(fault("DTSTART:20260105T010000Z\nRRULE:FREQ=DAILY;FREQ=SECONDLY;COUNT=2"), Some("bad_repeat"));
    assert_eq!(fault(&format!("DTSTART:20260105T010000Z\nRRULE:FREQ=DAILY;COUNT=2;BYYEARDAY={}1", "1,".repeat(2_000))), Some("bad_repeat"));
    // Rarely is no harm; nobody waits for the ten thousandth year.
    let rare = one("DTSTART:20280229T010000Z\nRRULE:FREQ=DAILY;COUNT=400;BYMONTH=2;BYMONTHDAY=29", None);
    assert_eq!(rare.occurrences.len(), 25, "those of a hundred years");
    // Of many rules that never hold the first ones are looked through, and no more.
    let never = "BEGIN:VEVENT\r\nDTSTART:20260105T010000Z\r\nRRULE:FREQ=DAILY;COUNT=3;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n";
    let found = read_all(&format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", never.repeat(300)));
    assert_eq!(found.iter().filter(|it| it.problem.is_some()).count(), 280);
    assert!(read(&format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", never.repeat(501)), &TimeZone::UTC, None).is_err());
}

#[test]
fn a_time_of_a_repeat_that_was_called_off_does_not_come_back() {
    let text = calendar(
        "DTSTART:20261116T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nSUMMARY:评审会\nRECURRENCE-ID:20261117T010000Z\nDTSTART:20261117T010000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
    );
    let all: Vec<String> = read_all(&text).iter().flat_map(starts).collect();
    assert_eq!(all, ["2026-11-16T01:00:00Z", "2026-11-18T01:00:00Z"]);
}
