//! CalDAV: repeats that are moved, that began long ago or that a member takes with him; what left the calendar and comes again;
//! what one is only asked to; and fields that a role hides.

use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, StoreExt as _};
use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::caldav::{component, event, program, text};

fn found(client: &Client<'_>, subject: &str) -> Vec<Json> {
    client.get(&format!("/records/activity?sort=start_at&filter=subject=='{subject}'")).expect(200)["items"].as_array().unwrap().clone()
}

fn starts(found: &[Json]) -> Vec<&str> {
    found.iter().map(|it| it["start_at"].as_str().unwrap()).collect()
}

fn ids(found: &[Json]) -> Vec<&str> {
    found.iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[test]
fn a_repeat_moved_as_a_whole_is_the_same_records_and_what_took_place_stays() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let phone = program(server, &lin, json!({ "write": true }));
        let hers = program(server, &ma, json!({ "write": true }));
        let address = format!("{}w.ics", phone.appointments());
        let weekly = |start: &str, end: &str| {
            let people = format!("ATTENDEE:mailto:{}", hers.email);
            event("w", &format!("DTSTART:{start}\nDTEND:{end}\nRRULE:FREQ=WEEKLY;COUNT=6\nSUMMARY:Standup\n{people}"))
        };
        assert_eq!(phone.put(&address, &weekly("20261102T000000Z", "20261102T003000Z")).status, 201);
        let before = found(&lin, "Standup");
        assert_eq!(before.len(), 6);
        // Who is asked to all of them is told so once, of those that are to come.
        let lines = || {
            server.settle();
            let items = ma.get("/records/notification?sort=last_at").expect(200)["items"].as_array().unwrap().clone();
            items.iter().map(|it| (it["kind"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(lines(), [("invited".to_owned(), 3)]);
        let (_, _, token) = phone.changes(&phone.appointments(), "");
        // An hour later: three lie in the past and stay, with their times and whatever hangs on them.
        let reply = phone.put(&address, &weekly("20261102T010000Z", "20261102T013000Z"));
        assert_eq!(reply.status, 204, "{}", text(&reply));
        let after = found(&lin, "Standup");
        assert_eq!(ids(&after), ids(&before), "none is deleted and none is made");
        assert_eq!(
            starts(&after),
            [
                "2026-11-02T00:00:00Z",
                "2026-11-09T00:00:00Z",
                "2026-11-16T00:00:00Z",
                "2026-11-23T01:00:00Z",
                "2026-11-30T01:00:00Z",
                "2026-12-07T01:00:00Z"
            ]
        );
        assert_eq!(lines(), [("invited".to_owned(), 3), ("moved".to_owned(), 3)]);
        // The program is shown the rule without the past, and the past as it was.
        let told = phone.read(&address).replace("\r\n ", "");
        assert!(told.contains("EXDATE:20261102T010000Z,20261109T010000Z,20261116T010000Z\r\n"), "{told}");
        let past = format!("{}{}.ics", phone.appointments(), ids(&before)[0]);
        assert!(phone.read(&past).contains("DTSTART:20261102T000000Z\r\n"));
        assert!(phone.changes(&phone.appointments(), &token).0.contains(&past));
        // A day later, and again the same records; a time that is new by that is made.
        assert_eq!(phone.put(&address, &weekly("20261103T010000Z", "20261103T013000Z")).status, 204);
        let moved = found(&lin, "Standup");
        assert_eq!(starts(&moved[3..]), ["2026-11-17T01:00:00Z", "2026-11-24T01:00:00Z", "2026-12-01T01:00:00Z", "2026-12-08T01:00:00Z"]);
        assert_eq!(ids(&moved[4..]), ids(&before[3..]));
        // In another zone.
        let tokyo =
            weekly("20261103T110000", "20261103T113000").replace("DTSTART:", "DTSTART;TZID=Asia/Tokyo:").replace("DTEND:", "DTEND;TZID=Asia/Tokyo:");
        assert_eq!(phone.put(&address, &tokyo).status, 204);
        assert_eq!(ids(&found(&lin, "Standup")), ids(&moved));
        // A past time taken out by itself is meant.
        let without = phone.put(&address, &tokyo.replace("SUMMARY", "EXDATE;TZID=Asia/Tokyo:20261124T110000\r\nSUMMARY"));
        assert_eq!((without.status, found(&lin, "Standup").len()), (204, 6));
    });
}

#[test]
fn a_repeat_that_began_years_ago_is_taken_from_a_year_back() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({ "write": true }));
        let address = format!("{}old.ics", phone.appointments());
        let put = event("old", "DTSTART:20160104T010000Z\nDTEND:20160104T020000Z\nRRULE:FREQ=WEEKLY\nSUMMARY:Montagsrunde");
        let reply = phone.put(&address, &put);
        assert_eq!(reply.status, 201, "{}", text(&reply));
        let count = lin.get("/records/activity?count=exact&filter=subject=='Montagsrunde'").expect(200)["count"]["value"].as_i64().unwrap();
        assert_eq!((count, phone.read(&address)), (110, put));
    });
}

#[test]
fn a_repeat_without_a_zone_stays_where_it_was_meant() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({ "write": true }));
        let address = format!("{}f.ics", phone.appointments());
        let put = event("f", "DTSTART:20261123T090000\nDTEND:20261123T100000\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Ohne Zone");
        assert_eq!(phone.put(&address, &put).status, 201);
        let before = found(&lin, "Ohne%20Zone");
        lin.patch("/me", json!({ "time_zone": "America/New_York" })).expect(200);
        assert_eq!(phone.read(&address), put, "and not without all of its times");
        lin.delete(&format!("/records/activity/{}", ids(&before)[1])).expect(204);
        let told = phone.read(&address);
        assert!(told.contains("EXDATE:20261130T090000\r\n"), "{told}");
        assert_eq!(phone.put(&address, &told).status, 204);
        assert_eq!(starts(&found(&lin, "Ohne%20Zone")), ["2026-11-23T01:00:00Z", "2026-12-07T01:00:00Z"]);
    });
}

#[test]
fn what_left_the_calendar_may_come_again() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let phone = program(server, &lin, json!({ "write": true }));
        let put = event("c", "DTSTART:20261120T010000Z\nDTEND:20261120T020000Z\nSUMMARY:Wieder");
        let address = format!("{}c.ics", phone.appointments());
        assert_eq!(phone.put(&address, &put).status, 201);
        let id = ids(&found(&lin, "Wieder"))[0].to_owned();
        // Called off there and taken up again, it is the same.
        assert_eq!(phone.put(&address, &put.replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY")).status, 204);
        assert_eq!(phone.status(&address), 404);
        assert_eq!(phone.put(&address, &put).status, 201);
        let again = found(&lin, "Wieder");
        assert_eq!((ids(&again), &again[0]["status"]), (vec![id.as_str()], &json!("open")));
        assert_eq!(phone.read(&address), put);
        // Called off here, it may come under another name.
        lin.patch(&format!("/records/activity/{id}"), json!({ "status": "cancelled" })).expect(200);
        let other = format!("{}d.ics", phone.appointments());
        let reply = phone.put(&other, &put);
        assert_eq!((reply.status, phone.read(&other)), (201, put), "{}", text(&reply));
        // A task that was given away.
        let task = component("VTODO", "t", "SUMMARY:Weg");
        let there = format!("{}t.ics", phone.tasks());
        assert_eq!(phone.put(&there, &task).status, 201);
        let given = ids(&found(&lin, "Weg"))[0].to_owned();
        let to = ma.get("/me").expect(200)["user"]["id"].clone();
        server.administrator().patch(&format!("/records/activity/{given}"), json!({ "owner": to })).expect(200);
        assert_eq!(phone.status(&there), 404);
        let reply = phone.put(&there, &task);
        assert_eq!((reply.status, phone.status(&there)), (201, 200), "{}", text(&reply));
        // The name of another's record is not to be had.
        let taken = phone.put(&format!("{}{given}.ics", phone.tasks()), &component("VTODO", "u", "SUMMARY:x"));
        assert_eq!(taken.status, 409, "{}", text(&taken));
        // What lay in the bin and is erased there leaves tokens as they were.
        assert_eq!(phone.call("DELETE", &other, &[], None).status, 204);
        let (_, _, token) = phone.changes(&phone.appointments(), "");
        let context = server.workspace.system_context(uuid::Uuid::nil(), "test");
        let gone: uuid::Uuid = server.administrator().get("/records/activity?deleted=only&filter=subject=='Wieder'&fields=id").expect(200)["items"]
            [0]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| unit.erase_as_system("activity", gone);
        guanxi_kernel::write::run_unit(&context, context.new_id(), "test", Box::new(work)).unwrap();
        assert_eq!(phone.changes(&phone.appointments(), &token).1, Vec::<String>::new());
    });
}

#[test]
fn whoever_is_only_asked_answers_whatever_his_role_may() {
    on_both_stores(|server| {
        let department = server.department();
        server.add_member("lin", &["member"], department);
        server.add_member("boss", &["sales_manager"], department);
        let (lin, boss) = (server.sign_in("lin"), server.sign_in("boss"));
        let phone = program(server, &boss, json!({ "write": true }));
        let meeting = |subject: &str| {
            let values = json!({ "subject": subject, "kind": "appointment", "start_at": "2026-11-20T01:00:00Z", "end_at": "2026-11-20T02:00:00Z", "participants": [phone.me] });
            lin.post("/records/activity", values).expect(201)["id"].as_str().unwrap().to_owned()
        };
        let record = |id: &str| lin.get(&format!("/records/activity/{id}")).expect(200);
        let answer = |id: &str| {
            lin.get(&format!("/records/attendance?filter=activity=='{id}'")).expect(200)["items"][0]["answer"].as_str().unwrap().to_owned()
        };
        let id = meeting("Linsche");
        let address = format!("{}{id}.ics", phone.appointments());
        let told = phone.read(&address).replace("\r\n ", "");
        for (old, new) in [("SUMMARY:Linsche", "SUMMARY:Meine"), ("DTSTART:20261120T010000Z", "DTSTART:20261120T013000Z")] {
            let reply = phone.put(&address, &told.replace(old, new));
            assert!(reply.status == 403 && text(&reply).contains("need-privileges"), "{new}: {} {}", reply.status, text(&reply));
        }
        assert_eq!(record(&id)["subject"], "Linsche");
        // Called off by who is only asked, it is declined.
        assert_eq!(phone.put(&address, &told.replace("STATUS:TENTATIVE", "STATUS:CANCELLED")).status, 204);
        assert_eq!((record(&id)["status"].as_str(), answer(&id).as_str()), (Some("open"), "declined"));
        // So it is where his role shows him no addresses.
        let second = meeting("Zweite");
        let admin = server.administrator();
        let roles = admin.get("/roles").expect(200);
        let mut role =
            roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "sales_manager").unwrap().clone();
        role["objects"]["user"]["fields"] = json!({ "email": "hidden" });
        admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        let address = format!("{}{second}.ics", phone.appointments());
        assert_eq!(phone.call("DELETE", &address, &[], None).status, 204);
        assert_eq!((record(&second)["status"].as_str(), answer(&second).as_str()), (Some("open"), "declined"));
    });
}

#[test]
fn a_field_that_a_role_hides_is_in_no_calendar() {
    on_both_stores(|server| {
        let department = server.department();
        for name in ["lin", "ma", "third"] {
            server.add_member(name, &["member"], department);
        }
        let (lin, ma, third) = (server.sign_in("lin"), server.sign_in("ma"), server.sign_in("third"));
        let third = third.get("/me").expect(200)["user"].clone();
        let phone = program(server, &lin, json!({ "write": true, "others": true }));
        let times = json!({ "subject": "Runde", "kind": "appointment", "start_at": "2026-11-20T01:00:00Z", "end_at": "2026-11-20T02:00:00Z", "participants": [phone.me, third["id"]] });
        let meeting = ma.post("/records/activity", times).expect(201)["id"].as_str().unwrap().to_owned();
        let task = json!({ "subject": "Frist", "due_at": "2026-11-20T09:00:00Z", "priority": "urgent", "status": "in_progress" });
        let task = lin.post("/records/activity", task).expect(201)["id"].as_str().unwrap().to_owned();
        let (meeting, task) = (format!("{}{meeting}.ics", phone.appointments()), format!("{}{task}.ics", phone.tasks()));
        let third = third["email"].as_str().unwrap();
        let shown = |path: &str| phone.read(path).replace("\r\n ", "");
        assert!(shown(&meeting).contains(third) && shown(&task).contains("DUE:20261120T090000Z"));
        let admin = server.administrator();
        let roles = admin.get("/roles").expect(200);
        let role = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "member").unwrap().clone();
        let hide = |fields: Json| {
            let mut role = role.clone();
            role["objects"]["activity"]["fields"] = fields;
            admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        };
        hide(json!({ "participants": "hidden", "due_at": "hidden", "priority": "hidden", "status": "hidden" }));
        let told = shown(&meeting);
        assert!(told.contains("SUMMARY:Runde") && !told.contains(third), "{told}");
        let told = shown(&task);
        for hidden in ["DUE", "PRIORITY", "STATUS"] {
            assert!(!told.contains(&format!("\r\n{hidden}")), "{hidden} in {told}");
        }
        let during = "<c:calendar-query xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name='VCALENDAR'><c:comp-filter name='VTODO'><c:time-range start='20261201T000000Z' end='20261202T000000Z'/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>";
        assert!(text(&phone.report(&phone.tasks(), during)).contains(&task), "as one without a day, wherever one looks");
        // Put back as it is shown, nothing of it is emptied.
        assert_eq!(phone.put(&task, &told).status, 204);
        // Without its time an appointment has no place in a calendar.
        hide(json!({ "start_at": "hidden" }));
        assert_eq!(phone.status(&meeting), 404);
        hide(json!({}));
        let told = shown(&task);
        assert!(told.contains("DUE:20261120T090000Z") && told.contains("PRIORITY:1") && told.contains("STATUS:IN-PROCESS"), "{told}");
    });
}

#[test]
fn of_two_devices_at_once_none_loses_its_alarm_unnoticed() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({ "write": true }));
        let address = format!("{}a.ics", phone.appointments());
        let alarm = |minutes: usize| {
            event("a", &format!("DTSTART:20261120T010000Z\nSUMMARY:x\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT{minutes}M\nEND:VALARM"))
        };
        assert_eq!(phone.put(&address, &alarm(500)).status, 201);
        let mut refused = 0;
        for moment in 1..=12 {
            let etag = phone.etag(&address);
            let (workspace, theirs) = (server.workspace.clone(), Json::String(alarm(100 + moment)).to_string());
            server.meddler.before(u32::try_from(moment).unwrap(), move || {
                let context = workspace.system_context(uuid::Uuid::nil(), "other device");
                let copies = workspace.store.read_with(|tx| known_records(&context, tx, "calendar_copy", |_| Ok(Condition::True), 1)).unwrap();
                let (id, values) = (copies[0].id(), json!({ "source": theirs }).as_object().cloned().unwrap());
                let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| unit.update_as_system("calendar_copy", id, &values).map(drop);
                guanxi_kernel::write::run_unit(&context, context.new_id(), "test", Box::new(work)).unwrap();
            });
            let reply = phone.call("PUT", &address, &[("if-match", &etag)], Some(&alarm(moment)));
            let came = server.meddler.disarm();
            assert!([204, 412].contains(&reply.status), "{moment}: {} {}", reply.status, text(&reply));
            refused += u32::from(reply.status == 412);
            // Whoever is refused reads it again; the other's stands.
            assert_eq!(phone.read(&address), alarm(if came { 100 + moment } else { moment }), "{moment}");
        }
        assert!(refused > 0, "nobody came between");
    });
}
