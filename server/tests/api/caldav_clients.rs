//! CalDAV with real programs: the `caldav` library of Python, and vdirsyncer, over real TCP.

use guanxi_testkit::{TestServer, Vdirsyncer, run_with_caldav};
use serde_json::{Value as Json, json};

use super::caldav::program;

/// Finds the calendars by the name of the server, makes, searches, changes and deletes.
const LIBRARY: &str = r#"
import sys, caldav
from datetime import datetime, timezone
url, user, password = sys.argv[1:4]
client = caldav.DAVClient(url=url, username=user, password=password)
principal = client.principal()
calendars = {str(c.url).rstrip('/').rsplit('/', 1)[1]: c for c in principal.calendars()}
print('calendars', sorted(calendars))
book = calendars['appointments']
print('components', sorted(book.get_supported_components()), sorted(calendars['tasks'].get_supported_components()))
event = book.save_event('''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:library-1
DTSTAMP:20261101T000000Z
DTSTART:20261125T060000Z
DTEND:20261125T070000Z
SUMMARY:Von der Bibliothek
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
END:VEVENT
END:VCALENDAR
''')
book.save_event('''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:library-2
DTSTAMP:20261101T000000Z
DTSTART;TZID=Asia/Shanghai:20261202T090000
DTEND;TZID=Asia/Shanghai:20261202T093000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Jede Woche
END:VEVENT
END:VCALENDAR
''')
def titles(found):
    return sorted(str(e.vobject_instance.vevent.summary.value) for e in found)
print('all', titles(book.events()))
print('november', titles(book.date_search(start=datetime(2026, 11, 1, tzinfo=timezone.utc), end=datetime(2026, 12, 1, tzinfo=timezone.utc), expand=False)))
print('unrolled', len(book.date_search(start=datetime(2026, 12, 1, tzinfo=timezone.utc), end=datetime(2026, 12, 31, tzinfo=timezone.utc), expand=True)[0].vobject_instance.contents['vevent']))
print('by uid', book.event_by_uid('library-1').vobject_instance.vevent.valarm.trigger.value)
known = book.objects(load_objects=False)
token = known.sync_token
event.vobject_instance.vevent.summary.value = 'Geändert'
event.save()
changed = book.objects_by_sync_token(token, load_objects=True)
print('changed', titles(changed))
todo = calendars['tasks'].save_todo('''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VTODO
UID:library-3
DTSTAMP:20261101T000000Z
DUE:20261130T060000Z
SUMMARY:Aufgabe der Bibliothek
END:VTODO
END:VCALENDAR
''')
print('todos', [str(t.vobject_instance.vtodo.summary.value) for t in calendars['tasks'].todos()])
todo.complete()
print('todos', len(calendars['tasks'].todos()))
busy = book.freebusy_request(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 12, 1, tzinfo=timezone.utc))
print('busy', busy.vobject_instance.vfreebusy.contents['freebusy'][0].value[0][0])
event.delete()
print('left', titles(book.events()))
try:
    caldav.DAVClient(url=url, username=user, password='gx_wrong').principal()
    print('let in')
except caldav.lib.error.AuthorizationError:
    print('kept out')
try:
    book.save_event('BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:p\nDTSTAMP:20261101T000000Z\nDTSTART:20261125T060000Z\nCLASS:PRIVATE\nEND:VEVENT\nEND:VCALENDAR\n')
    print('taken')
except caldav.lib.error.DAVError as error:
    print('refused')
"#;

#[test]
fn the_library_finds_reads_writes_and_follows_a_calendar() {
    let server = TestServer::sqlite();
    let lin = server.caller("member");
    let phone = program(&server, &lin, json!({ "write": true }));
    let url = format!("http://{}/caldav/", server.address());
    let Some(told) = run_with_caldav(LIBRARY, &[&url, &phone.email, &phone.key]) else { return };
    let expected = [
        "calendars ['appointments', 'tasks']",
        "components ['VEVENT'] ['VTODO']",
        "all ['Jede Woche', 'Von der Bibliothek']",
        "november ['Von der Bibliothek']",
        "unrolled 3",
        "by uid -1 day, 23:50:00",
        "changed ['Geändert']",
        "todos ['Aufgabe der Bibliothek']",
        "todos 0",
        "busy 2026-11-25 06:00:00+00:00",
        "left ['Jede Woche']",
        "kept out",
        "refused",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{told}");
    let all = lin.get("/records/activity?sort=start_at").expect(200)["items"].as_array().unwrap().clone();
    let kinds: Vec<(&Json, &Json)> = all.iter().map(|it| (&it["subject"], &it["status"])).collect();
    assert_eq!(kinds.iter().filter(|it| it.0 == "Jede Woche").count(), 3);
    assert!(kinds.contains(&(&json!("Aufgabe der Bibliothek"), &json!("done"))), "{kinds:?}");
}

#[test]
fn vdirsyncer_keeps_a_folder_and_the_calendar_the_same() {
    let server = TestServer::sqlite();
    let lin = server.caller("member");
    let phone = program(&server, &lin, json!({ "write": true }));
    let url = format!("http://{}/", server.address());
    let Some(peer) = Vdirsyncer::of(&url, &phone.email, &phone.key) else { return };
    let made = lin.post(
        "/records/activity",
        json!({ "subject": "Von hier", "kind": "appointment", "start_at": "2026-11-20T01:00:00Z", "end_at": "2026-11-20T02:00:00Z" }),
    );
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    peer.discover();
    peer.sync();
    let folder = peer.files().join("appointments");
    let files = || std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(files().len(), 1);
    assert!(std::fs::read_to_string(&files()[0]).unwrap().contains("SUMMARY:Von hier"));
    // From there to here, with what we know nothing of; and both ways again.
    let there = super::caldav::event(
        "vdir",
        "DTSTART;TZID=Asia/Shanghai:20261121T090000\nDTEND;TZID=Asia/Shanghai:20261121T100000\nSUMMARY:Von dort\nX-OWN:1",
    );
    std::fs::write(folder.join("vdir.ics"), &there).unwrap();
    peer.sync();
    let found = lin.get("/records/activity?filter=subject=='Von%20dort'").expect(200)["items"].clone();
    assert_eq!(found[0]["start_at"], "2026-11-21T01:00:00Z");
    let path = format!("/records/activity/{}", found[0]["id"].as_str().unwrap());
    lin.patch(&path, json!({ "subject": "Umbenannt" })).expect(200);
    lin.delete(&format!("/records/activity/{id}")).expect(204);
    peer.sync();
    let left = files();
    assert_eq!(left.len(), 1, "{left:?}");
    let text = std::fs::read_to_string(&left[0]).unwrap();
    assert!(text.contains("SUMMARY:Umbenannt") && text.contains("X-OWN:1"), "{text}");
    std::fs::remove_file(&left[0]).unwrap();
    // An empty folder is not taken for the wish to delete everything; with something in it, it is.
    std::fs::write(folder.join("more.ics"), there.replace("UID:vdir", "UID:more")).unwrap();
    peer.sync();
    lin.get(&path).problem(404, "not_found");
}
