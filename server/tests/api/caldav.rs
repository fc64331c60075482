//! CalDAV: discovery, what a calendar holds, what a program puts in it and what becomes of that, on both stores. How programs
//! are let in is in `caldav_entering.rs`, real ones in `caldav_clients.rs`.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guanxi_testkit::{Client, Reply, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

/// A calendar program of a member's.
pub struct Program<'a> {
    pub client: Client<'a>,
    pub me: String,
    pub email: String,
    pub key: String,
}

/// `Authorization` by HTTP Basic.
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A program of this member's with a new app password.
pub fn program<'a>(server: &'a TestServer, member: &Client<'a>, scope: Json) -> Program<'a> {
    let made = member.post("/me/api-keys", json!({ "name": "手机", "scope": { "caldav": scope } })).expect(201);
    let me = member.get("/me").expect(200)["user"].clone();
    let (email, key) = (me["email"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned());
    let client = server.anonymous().with_header("authorization", &basic(&email, &key));
    Program { client, me: me["id"].as_str().unwrap().to_owned(), email, key }
}

impl Program<'_> {
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Reply {
        let mut client = self.client.clone();
        client.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let kind = if method == "PUT" { "text/calendar; charset=utf-8" } else { "application/xml" };
        client.send(Method::from_bytes(method.as_bytes()).unwrap(), path, body.map(|it| (kind, it.as_bytes().to_vec())))
    }

    pub fn home(&self) -> String {
        format!("/caldav/calendars/{}/", self.me)
    }

    pub fn appointments(&self) -> String {
        format!("{}appointments/", self.home())
    }

    pub fn tasks(&self) -> String {
        format!("{}tasks/", self.home())
    }

    pub fn propfind(&self, path: &str, depth: &str, props: &str) -> String {
        let body = format!(
            "<d:propfind xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav' xmlns:cs='http://calendarserver.org/ns/' xmlns:ic='http://apple.com/ns/ical/'><d:prop>{props}</d:prop></d:propfind>"
        );
        let reply = self.call("PROPFIND", path, &[("depth", depth)], Some(&body));
        assert_eq!(reply.status, 207, "{path}: {}", text(&reply));
        assert_eq!(reply.header("content-type"), "application/xml; charset=utf-8");
        text(&reply)
    }

    pub fn report(&self, path: &str, body: &str) -> Reply {
        self.call("REPORT", path, &[("depth", "1")], Some(body))
    }

    pub fn put(&self, path: &str, body: &str) -> Reply {
        self.call("PUT", path, &[], Some(body))
    }

    /// The text of a resource; fails where there is none.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let reply = self.call("GET", path, &[], None);
        assert_eq!(reply.status, 200, "{path}: {}", text(&reply));
        text(&reply)
    }

    pub fn status(&self, path: &str) -> u16 {
        self.call("GET", path, &[], None).status
    }

    pub fn etag(&self, path: &str) -> String {
        self.call("GET", path, &[], None).header("etag").to_owned()
    }

    /// What changed since a token: addresses there, addresses gone, and the next token.
    pub fn changes(&self, path: &str, token: &str) -> (Vec<String>, Vec<String>, String) {
        let body = format!(
            "<d:sync-collection xmlns:d='DAV:'><d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        );
        let reply = self.report(path, &body);
        assert_eq!(reply.status, 207, "{}", text(&reply));
        let told = text(&reply);
        let of = |gone: bool| {
            let responses = told.split("<d:response>").skip(1);
            responses.filter(|it| it.contains("404 Not Found") == gone).map(|it| between(it, "<d:href>", "</d:href>")).collect::<Vec<_>>()
        };
        (of(false), of(true), between(&told, "<d:sync-token>", "</d:sync-token>"))
    }
}

pub fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

pub fn between(text: &str, before: &str, after: &str) -> String {
    let from = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    from.split_once(after).unwrap().0.to_owned()
}

pub fn event(uid: &str, lines: &str) -> String {
    component("VEVENT", uid, lines)
}

pub fn component(kind: &str, uid: &str, lines: &str) -> String {
    let lines = lines.trim().replace('\n', "\r\n");
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:{kind}\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n{lines}\r\nEND:{kind}\r\nEND:VCALENDAR\r\n"
    )
}

fn all(client: &Client<'_>, filter: &str) -> Vec<Json> {
    client.get(&format!("/records/activity?sort=start_at&filter={}", filter.replace(' ', "%20"))).expect(200)["items"].as_array().unwrap().clone()
}

fn starts(found: &[Json]) -> Vec<&str> {
    found.iter().map(|it| it["start_at"].as_str().unwrap()).collect()
}

const WRITE: fn() -> Json = || json!({ "write": true });

#[test]
fn a_program_finds_the_calendars_by_the_name_of_the_server() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let known = phone.call("PROPFIND", "/.well-known/caldav", &[("depth", "0")], None);
        assert_eq!((known.status, known.header("location")), (308, "/caldav/"));
        let options = server.anonymous().send(Method::OPTIONS, "/caldav/", None);
        assert_eq!(options.header("dav"), "1, 3, calendar-access");
        assert!(options.header("allow").contains("REPORT"));
        let root = phone.propfind("/caldav/", "0", "<d:current-user-principal/>");
        let principal = between(&root, "<d:current-user-principal><d:href>", "</d:href>");
        let told = phone.propfind(&principal, "0", "<c:calendar-home-set/><c:calendar-user-address-set/><d:displayname/><d:nothing/>");
        let home = between(&told, "<c:calendar-home-set><d:href>", "</d:href>");
        assert_eq!(home, phone.home());
        assert!(told.contains(&format!("mailto:{}", phone.email)) && told.contains("<d:prop><d:nothing/></d:prop><d:status>HTTP/1.1 404"), "{told}");
        let props = "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/><d:current-user-privilege-set/><cs:getctag/><d:sync-token/><ic:calendar-color/>";
        let calendars = phone.propfind(&home, "1", props);
        for wanted in [
            format!("<d:href>{}</d:href>", phone.appointments()),
            format!("<d:href>{}</d:href>", phone.tasks()),
            "<c:calendar/>".into(),
            "<c:comp name=\"VEVENT\"/>".into(),
            "<c:comp name=\"VTODO\"/>".into(),
            "<d:privilege><d:write/></d:privilege>".into(),
            "<cs:getctag>".into(),
            "<d:sync-token>urn:guanxi:sync:".into(),
            "<ic:calendar-color>#1677FFFF".into(),
        ] {
            assert!(calendars.contains(&wanted), "{wanted} in {calendars}");
        }
        // A program that only reads is told so.
        let reader = program(server, &lin, json!({}));
        assert!(!reader.propfind(&home, "1", "<d:current-user-privilege-set/>").contains("<d:write/>"));
        // All names, and all there is.
        let names = phone.call("PROPFIND", &home, &[("depth", "0")], Some("<d:propfind xmlns:d='DAV:'><d:propname/></d:propfind>"));
        assert!(text(&names).contains("<d:displayname/>"), "{}", text(&names));
        assert!(text(&phone.call("PROPFIND", &phone.appointments(), &[("depth", "0")], None)).contains("<c:max-resource-size>100000"));
        let refused = phone.call(
            "PROPPATCH",
            &phone.appointments(),
            &[],
            Some("<d:propertyupdate xmlns:d='DAV:'><d:set><d:prop><d:displayname>x</d:displayname></d:prop></d:set></d:propertyupdate>"),
        );
        assert!(refused.status == 207 && text(&refused).contains("403 Forbidden"), "{}", text(&refused));
        assert_eq!(phone.call("MKCALENDAR", &format!("{home}new/"), &[], None).status, 404);
        assert_eq!(phone.call("MKCALENDAR", &phone.tasks(), &[], None).status, 403);
        assert_eq!(phone.call("LOCK", &phone.tasks(), &[], None).status, 405);
    });
}

fn meeting(client: &Client<'_>, subject: &str, more: Json) -> String {
    let mut values = json!({ "subject": subject, "kind": "appointment", "start_at": "2026-11-17T01:00:00Z", "end_at": "2026-11-17T02:00:00Z" });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/records/activity", values).expect(201)["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_planned_here_is_on_the_phone_and_follows_what_changes() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let phone = program(server, &lin, WRITE());
        let folder = phone.appointments();
        let (none, _, before) = phone.changes(&folder, "");
        assert!(none.is_empty());
        let own = meeting(&lin, "评审会; 第一次", json!({ "description": "第一行\n第二行", "location": "上海市浦东新区世纪大道100号" }));
        let hers = meeting(&ma, "别人的会", json!({}));
        let invited = meeting(&ma, "马的会", json!({ "participants": [phone.me] }));
        let address = |id: &str| format!("{folder}{id}.ics");
        let (there, gone, token) = phone.changes(&folder, &before);
        let mut expected = vec![address(&own), address(&invited)];
        expected.sort();
        assert_eq!((there, gone), (expected, vec![]), "and nothing of what is hers alone");
        let told = phone.read(&address(&own)).replace("\r\n ", "");
        for line in [
            "SUMMARY:评审会\\; 第一次\r\n",
            "DTSTART:20261117T010000Z\r\n",
            "DTEND:20261117T020000Z\r\n",
            "DESCRIPTION:第一行\\n第二行\r\n",
            "世纪大道100号",
            &format!("UID:{own}@guanxi\r\n"),
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
        assert!(phone.read(&address(&invited)).contains("STATUS:TENTATIVE"));
        assert_eq!(phone.status(&address(&hers)), 404);
        // A change here is a change there; what goes is told to have gone, once.
        let etag = phone.etag(&address(&own));
        lin.patch(&format!("/records/activity/{own}"), json!({ "subject": "改名" })).expect(200);
        assert_ne!(phone.etag(&address(&own)), etag);
        let (there, gone, token) = phone.changes(&folder, &token);
        assert_eq!((there, gone), (vec![address(&own)], vec![]));
        lin.delete(&format!("/records/activity/{own}")).expect(204);
        ma.patch(&format!("/records/activity/{invited}"), json!({ "participants": [] })).expect(200);
        ma.patch(&format!("/records/activity/{hers}"), json!({ "subject": "geheim" })).expect(200);
        let (there, mut gone, token) = phone.changes(&folder, &token);
        gone.sort();
        let mut expected = vec![address(&own), address(&invited)];
        expected.sort();
        assert_eq!((there, gone), (vec![], expected));
        assert_eq!(phone.changes(&folder, &token).0.len() + phone.changes(&folder, &token).1.len(), 0);
        // Given away: it went. Brought back: it is there.
        let given = meeting(&lin, "移交", json!({}));
        let (_, _, token) = phone.changes(&folder, &token);
        server.administrator().patch(&format!("/records/activity/{given}"), json!({ "owner": ma.get("/me").expect(200)["user"]["id"] })).expect(200);
        assert_eq!(phone.changes(&folder, &token).1, [address(&given)]);
        lin.post(&format!("/records/activity/{own}/restore"), json!({})).expect(200);
        assert_eq!(phone.changes(&folder, &token).0, [address(&own)]);
        // Tokens that are none, of the future, or of other rights.
        let head = between(&token, "urn:guanxi:sync:", ":");
        for wrong in ["x", "urn:guanxi:sync:999999999:x", &token.replace(&head, "999999999"), &format!("{}0", &token[..token.len() - 1])] {
            let body =
                format!("<d:sync-collection xmlns:d='DAV:'><d:sync-token>{wrong}</d:sync-token><d:prop><d:getetag/></d:prop></d:sync-collection>");
            let reply = phone.report(&folder, &body);
            assert!(reply.status == 403 && text(&reply).contains("<d:valid-sync-token/>"), "{wrong}: {}", text(&reply));
        }
    });
}

const BERLIN: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

fn berlin(event: &str) -> String {
    event.replacen("BEGIN:VEVENT", &format!("{BERLIN}BEGIN:VEVENT"), 1)
}

#[test]
fn what_the_phone_puts_is_an_appointment_here_and_comes_back_letter_by_letter() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let address = format!("{}AB 12@x.ics", phone.appointments()).replace(' ', "%20");
        let put = berlin(&event(
            "AB-12",
            "DTSTART;TZID=Europe/Berlin:20270328T093000\nDTEND;TZID=Europe/Berlin:20270328T103000\nSUMMARY:Kick-off\nDESCRIPTION:Zeile\nLOCATION:https://meet.example/x?a=1\nX-OWN;X-P=1:bleibt\nCATEGORIES:eins,zwei\nTRANSP:TRANSPARENT\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM",
        ));
        let reply = phone.call("PUT", &address, &[("if-none-match", "*")], Some(&put));
        assert_eq!(reply.status, 201, "{}", text(&reply));
        assert_eq!(reply.header("etag"), phone.etag(&address), "nothing of it was changed");
        assert_eq!(phone.read(&address), put);
        let found = all(&lin, "subject=='Kick-off'");
        let record = &found[0];
        // The clock is set that night: half past nine is 7:30 in UTC.
        assert_eq!((&record["start_at"], &record["end_at"]), (&json!("2027-03-28T07:30:00Z"), &json!("2027-03-28T08:30:00Z")));
        assert_eq!((&record["kind"], &record["owner"]["id"]), (&json!("appointment"), &json!(phone.me)));
        // Changed here, it keeps there what we know nothing of, and the zone it was put in.
        let path = format!("/records/activity/{}", record["id"].as_str().unwrap());
        lin.patch(&path, json!({ "subject": "Auftakt, neu", "start_at": "2027-03-29T07:00:00Z", "end_at": "2027-03-29T08:00:00Z" })).expect(200);
        let told = phone.read(&address);
        for line in [
            "SUMMARY:Auftakt\\, neu\r\n",
            "DTSTART;TZID=Europe/Berlin:20270329T090000\r\n",
            "DTEND;TZID=Europe/Berlin:20270329T100000\r\n",
            "X-OWN;X-P=1:bleibt\r\n",
            "TRIGGER:-PT15M\r\n",
            "BEGIN:VTIMEZONE\r\n",
            "LOCATION:https://meet.example/x?a=1\r\n",
            "UID:AB-12\r\n",
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
        // Who has not seen that does not overwrite it.
        let stale = phone.call("PUT", &address, &[("if-match", reply.header("etag"))], Some(&put));
        assert_eq!(stale.status, 412, "{}", text(&stale));
        assert_eq!(phone.call("PUT", &address, &[("if-none-match", "*")], Some(&put)).status, 412);
        let now = phone.etag(&address);
        let changed = told.replace("Zeile", "Andere Zeile");
        assert_eq!(phone.call("PUT", &address, &[("if-match", &now)], Some(&changed)).status, 204);
        let record = lin.get(&path).expect(200);
        assert_eq!((&record["description"], &record["subject"]), (&json!("Andere Zeile"), &json!("Auftakt, neu")));
        // The same id at another address, and another id at the same.
        let conflict = phone.put(&format!("{}other.ics", phone.appointments()), &put);
        assert!(
            conflict.status == 409 && text(&conflict).contains("no-uid-conflict") && text(&conflict).contains("AB%2012@x.ics"),
            "{}",
            text(&conflict)
        );
        assert_eq!(phone.put(&address, &put.replace("AB-12", "AB-13")).status, 409);
        // What was made here is changed there too, under its own id.
        let own = meeting(&lin, "Hier", json!({}));
        let there = format!("{}{own}.ics", phone.appointments());
        let put = phone.read(&there).replace("SUMMARY:Hier", "SUMMARY:Dort\r\nX-OWN:1");
        assert_eq!(phone.put(&there, &put).status, 204);
        assert_eq!(lin.get(&format!("/records/activity/{own}")).expect(200)["subject"], "Dort");
        assert!(phone.read(&there).contains("X-OWN:1\r\n"));
        let twice = phone.put(&format!("{}copy.ics", phone.appointments()), &put);
        assert_eq!(twice.status, 409, "{}", text(&twice));
        // A file of the same calendar does not bring it a second time.
        let file = json!({ "ics": event("AB-12", "DTSTART;TZID=Europe/Berlin:20270328T093000\nDURATION:PT1H\nSUMMARY:Kick-off") });
        assert_eq!(lin.post("/calendar/import?preview=true", file).expect(200)["known"], 1);
        // Gone there, it is in the bin here; and its copy is nobody's but his.
        assert_eq!(phone.call("DELETE", &address, &[("if-match", "\"x\"")], None).status, 412);
        assert_eq!(phone.call("DELETE", &address, &[], None).status, 204);
        assert_eq!((phone.status(&address), phone.call("DELETE", &address, &[], None).status), (404, 404));
        lin.get(&path).problem(404, "not_found");
        assert_eq!(phone.put(&address, &put.replace(&format!("{own}@guanxi"), "AB-12")).status, 201, "and may come again");
        assert_ne!(server.administrator().get("/records/calendar_copy").status, 500);
        assert!(!text(&server.administrator().get("/records/calendar_copy")).contains("X-OWN"));
        assert!(!server.audit(&["caldav"]).is_empty());
    });
}

#[test]
fn days_and_times_are_those_of_who_puts_them() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let put = |name: &str, lines: &str| {
            let body = event(name, &format!("{lines}\nSUMMARY:{name}"));
            let address = format!("{}{name}.ics", phone.appointments());
            let reply = phone.put(&address, &body);
            assert_eq!(reply.status, 201, "{name}: {}", text(&reply));
            assert_eq!(phone.read(&address), body, "{name}");
            all(&lin, &format!("subject=='{name}'"))[0].clone()
        };
        // Whole days begin at midnight in Shanghai, and end with the last.
        let days = put("days", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261226");
        assert_eq!(
            (&days["all_day"], &days["start_at"], &days["end_at"]),
            (&json!(true), &json!("2026-12-23T16:00:00Z"), &json!("2026-12-25T16:00:00Z"))
        );
        // A time without a zone is meant where the member is.
        assert_eq!(put("floating", "DTSTART:20261124T090000\nDURATION:PT45M")["start_at"], "2026-11-24T01:00:00Z");
        assert_eq!(put("windows", "DTSTART;TZID=W. Europe Standard Time:20261124T090000\nDURATION:PT45M")["start_at"], "2026-11-24T08:00:00Z");
        // An hour that summer time leaps over, and one that it brings twice.
        assert_eq!(put("gap", "DTSTART;TZID=Europe/Berlin:20270328T023000\nDURATION:PT30M")["start_at"], "2027-03-28T01:30:00Z");
        assert_eq!(put("twice", "DTSTART;TZID=Europe/Berlin:20271031T023000\nDURATION:PT30M")["start_at"], "2027-10-31T00:30:00Z");
        // Without an end it has none.
        let open = put("open", "DTSTART:20261124T010000Z");
        assert!(open.get("end_at").is_none_or(Json::is_null), "{open}");
    });
}

#[test]
fn a_repeat_is_an_appointment_for_each_time_and_one_rule_on_the_phone() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let address = format!("{}weekly.ics", phone.appointments());
        let put = berlin(&event(
            "weekly",
            "DTSTART;TZID=Europe/Berlin:20270315T093000\nDTEND;TZID=Europe/Berlin:20270315T103000\nRRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Jour fixe\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nEND:VALARM",
        ));
        assert_eq!(phone.put(&address, &put).status, 201);
        assert_eq!(phone.read(&address), put);
        let found = all(&lin, "subject=='Jour fixe'");
        assert_eq!(starts(&found), ["2027-03-15T08:30:00Z", "2027-03-22T08:30:00Z", "2027-03-29T07:30:00Z", "2027-04-05T07:30:00Z"]);
        assert_eq!(phone.changes(&phone.appointments(), "").0, [address.as_str()], "one resource");
        // One time is moved here, one is deleted: the rest of the rule stands.
        let id = |at: usize| found[at]["id"].as_str().unwrap().to_owned();
        let (_, _, token) = phone.changes(&phone.appointments(), "");
        lin.patch(&format!("/records/activity/{}", id(1)), json!({ "start_at": "2027-03-23T08:30:00Z", "end_at": "2027-03-23T09:30:00Z" }))
            .expect(200);
        lin.delete(&format!("/records/activity/{}", id(2))).expect(204);
        let told = phone.read(&address);
        for line in [
            "RRULE:FREQ=WEEKLY;COUNT=4\r\n",
            "EXDATE;TZID=Europe/Berlin:20270329T093000\r\n",
            "RECURRENCE-ID;TZID=Europe/Berlin:20270322T093000\r\n",
            "DTSTART;TZID=Europe/Berlin:20270323T093000\r\n",
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
        assert_eq!(told.matches("BEGIN:VEVENT").count(), 2);
        assert_eq!(phone.changes(&phone.appointments(), &token), (vec![address.clone()], vec![], phone.changes(&phone.appointments(), "").2));
        // Put back as it is, nothing happens; moved as a whole, every time moves, and the one that was called off stays so.
        assert_eq!(phone.put(&address, &told).status, 204);
        assert_eq!(starts(&all(&lin, "subject=='Jour fixe'")), ["2027-03-15T08:30:00Z", "2027-03-23T08:30:00Z", "2027-04-05T07:30:00Z"]);
        let later = told.replace("SUMMARY:Jour fixe", "SUMMARY:Jour fixe neu");
        assert_eq!(phone.put(&address, &later).status, 204);
        let kept = all(&lin, "subject=='Jour fixe neu'");
        assert_eq!(kept.iter().map(|it| it["id"].as_str().unwrap()).collect::<Vec<_>>(), [id(0), id(1), id(3)], "they are the same records");
        // Unrolled for programs that ask for it.
        let query = "<c:calendar-query xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><c:calendar-data><c:expand start='20270301T000000Z' end='20270401T000000Z'/></c:calendar-data></d:prop><c:filter><c:comp-filter name='VCALENDAR'><c:comp-filter name='VEVENT'><c:time-range start='20270301T000000Z' end='20270401T000000Z'/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>";
        let unrolled = text(&phone.report(&phone.appointments(), query));
        assert_eq!((unrolled.matches("BEGIN:VEVENT").count(), unrolled.contains("RRULE")), (2, false), "{unrolled}");
        // It repeats no more, or ends: the times that are gone are in the bin.
        let once = put.replace("RRULE:FREQ=WEEKLY;COUNT=4\r\n", "");
        assert_eq!(phone.put(&address, &once).status, 204);
        assert_eq!(all(&lin, "subject=='Jour fixe'").len(), 1);
        assert_eq!(phone.read(&address), once);
        assert_eq!(phone.put(&address, &put).status, 204);
        assert_eq!(all(&lin, "subject=='Jour fixe'").len(), 4);
        // Without end it is there for a good year, and the rule is kept.
        let endless = event("daily", "DTSTART:20261120T010000Z\nDTEND:20261120T013000Z\nRRULE:FREQ=WEEKLY\nSUMMARY:Ohne Ende");
        let daily = format!("{}daily.ics", phone.appointments());
        assert_eq!(phone.put(&daily, &endless).status, 201);
        let count = lin.get("/records/activity?count=exact&filter=subject=='Ohne%20Ende'").expect(200)["count"]["value"].as_i64().unwrap();
        assert_eq!((count, phone.read(&daily)), (57, endless));
        assert_eq!(phone.call("DELETE", &daily, &[], None).status, 204);
        assert_eq!(all(&lin, "subject=='Ohne Ende'").len(), 0);
        // What cannot be kept is refused, with the reason.
        for (lines, told) in [
            ("RRULE:FREQ=HOURLY;COUNT=3", "重复"),
            ("RRULE:FREQ=DAILY;BYHOUR=1,2,3;COUNT=700", "重复"),
            ("RRULE:FREQ=FORTNIGHTLY", "重复"),
            ("RRULE:FREQ=WEEKLY;COUNT=3\nRDATE:20261222T010000Z", "RDATE"),
        ] {
            let reply = phone.put(&daily, &event("bad", &format!("DTSTART:20261120T010000Z\n{lines}\nSUMMARY:x")));
            assert!(reply.status == 403 && text(&reply).contains(told), "{lines}: {} {}", reply.status, text(&reply));
        }
    });
}

#[test]
fn our_own_are_asked_by_their_addresses_and_nobody_else_is_written_to() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let (phone, hers) = (program(server, &lin, WRITE()), program(server, &ma, WRITE()));
        let address = format!("{}m.ics", phone.appointments());
        let put = event(
            "m",
            &format!(
                "DTSTART:20261120T010000Z\nDTEND:20261120T020000Z\nSUMMARY:Runde\nORGANIZER:mailto:{}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{}\nATTENDEE;CN=Ma:MAILTO:{}\nATTENDEE:mailto:outside@elsewhere.example",
                phone.email,
                phone.email,
                hers.email.to_uppercase()
            ),
        );
        assert_eq!(phone.put(&address, &put).status, 201);
        assert_eq!(phone.read(&address), put);
        let record = all(&lin, "subject=='Runde'")[0].clone();
        let id = record["id"].as_str().unwrap().to_owned();
        let people: Vec<&Json> = record["participants"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
        assert_eq!(people, [&json!(hers.me)], "neither himself nor who is none of ours");
        // She finds it in her calendar and accepts there; that is all she may change.
        let there = format!("{}{id}.ics", hers.appointments());
        let told = hers.read(&there);
        let asked = format!("PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;SCHEDULE-AGENT=NONE:mailto:{}", hers.email);
        assert!(told.replace("\r\n ", "").contains(&asked) && !told.contains("outside@"), "{told}");
        let renamed = told.replace("SUMMARY:Runde", "SUMMARY:Ihre");
        let refused = hers.put(&there, &renamed);
        assert!(refused.status == 403 && text(&refused).contains("<d:need-privileges/>"), "{} {}", refused.status, text(&refused));
        let accepted = told
            .replace("\r\n ", "")
            .replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED")
            .replace("END:VEVENT", "BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT");
        let reply = hers.put(&there, &accepted);
        assert_eq!(reply.status, 204, "{}", text(&reply));
        let answers =
            |client: &Client<'_>| client.get(&format!("/records/attendance?filter=activity=='{id}'")).expect(200)["items"][0]["answer"].clone();
        assert_eq!(answers(&lin), "accepted");
        // He sees that; her alarm is hers.
        assert!(phone.read(&address).replace("\r\n ", "").contains("PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT"), "{}", phone.read(&address));
        assert!(!phone.read(&address).contains("VALARM") && hers.read(&there).contains("TRIGGER:-PT1H"));
        // Taken out of her calendar it is declined, and there all the same.
        assert_eq!(hers.call("DELETE", &there, &[], None).status, 204);
        assert_eq!((answers(&lin), hers.status(&there), phone.status(&address)), (json!("declined"), 404, 200));
        // Nobody is asked any more who is not named any more.
        let alone = phone.read(&address).replace("\r\n ", "");
        let alone: String = alone.split_inclusive("\r\n").filter(|it| !it.to_lowercase().contains(&hers.email)).collect();
        assert_eq!(phone.put(&address, &alone).status, 204);
        assert_eq!(lin.get(&format!("/records/activity/{id}")).expect(200)["participants"], json!([]));
        // Called off there, it is called off here.
        assert_eq!(phone.put(&address, &alone.replace("SUMMARY:", "STATUS:CANCELLED\r\nSUMMARY:")).status, 204);
        assert_eq!((&lin.get(&format!("/records/activity/{id}")).expect(200)["status"], phone.status(&address)), (&json!("cancelled"), 404));
    });
}

#[test]
fn tasks_are_in_a_calendar_of_their_own() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let made = lin.post("/records/activity", json!({ "subject": "报价", "due_at": "2026-11-20T09:00:00Z", "priority": "high" })).expect(201);
        let id = made["id"].as_str().unwrap();
        let there = format!("{}{id}.ics", phone.tasks());
        let told = phone.read(&there);
        for line in ["BEGIN:VTODO\r\n", "DUE:20261120T090000Z\r\n", "STATUS:NEEDS-ACTION\r\n", "PRIORITY:3\r\n", "SUMMARY:报价\r\n"] {
            assert!(told.contains(line), "{line} in {told}");
        }
        // Done there, it is done here.
        let done = told.replace("STATUS:NEEDS-ACTION", "STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\nCOMPLETED:20261116T013000Z");
        assert_eq!(phone.put(&there, &done).status, 204);
        let record = lin.get(&format!("/records/activity/{id}")).expect(200);
        assert_eq!((&record["status"], &record["done_at"], &record["priority"]), (&json!("done"), &json!("2026-11-16T01:30:00Z"), &json!("high")));
        // Made there, with a day or without.
        let address = format!("{}t.ics", phone.tasks());
        let put = component("VTODO", "t", "SUMMARY:Anrufen\nDUE;VALUE=DATE:20261202\nPRIORITY:1\nX-APPLE-SORT-ORDER:7");
        let reply = phone.put(&address, &put);
        assert_eq!((reply.status, reply.header("etag")), (201, phone.etag(&address).as_str()), "{}", text(&reply));
        let record = all(&lin, "subject=='Anrufen'")[0].clone();
        assert_eq!((&record["kind"], &record["due_at"], &record["priority"]), (&json!("task"), &json!("2026-12-02T15:59:00Z"), &json!("urgent")));
        lin.patch(&format!("/records/activity/{}", record["id"].as_str().unwrap()), json!({ "status": "in_progress" })).expect(200);
        let told = phone.read(&address);
        assert!(
            told.contains("STATUS:IN-PROCESS\r\n") && told.contains("DUE;VALUE=DATE:20261202\r\n") && told.contains("X-APPLE-SORT-ORDER:7\r\n"),
            "{told}"
        );
        assert_eq!(phone.put(&format!("{}u.ics", phone.tasks()), &component("VTODO", "u", "SUMMARY:Irgendwann")).status, 201);
        let (there, gone, token) = phone.changes(&phone.tasks(), "");
        assert_eq!((there.len(), gone.len()), (3, 0));
        assert_eq!(phone.changes(&phone.appointments(), "").0.len(), 0);
        assert_eq!(phone.call("DELETE", &address, &[], None).status, 204);
        assert_eq!(phone.changes(&phone.tasks(), &token).1, [address.as_str()]);
        // Each kind in its own calendar; repeats of tasks are set here.
        let wrong = phone.put(&format!("{}e.ics", phone.tasks()), &event("e", "DTSTART:20261120T010000Z"));
        assert!(wrong.status == 403 && text(&wrong).contains("supported-calendar-component"), "{}", text(&wrong));
        let repeat = phone.put(&format!("{}r.ics", phone.tasks()), &component("VTODO", "r", "SUMMARY:x\nDUE:20261120T010000Z\nRRULE:FREQ=DAILY"));
        assert!(repeat.status == 403 && text(&repeat).contains("重复任务"), "{}", text(&repeat));
    });
}

#[test]
fn calendars_are_searched() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let (first, second) = (
            meeting(&lin, "评审会", json!({})),
            meeting(&lin, "Zweites", json!({ "start_at": "2026-12-17T01:00:00Z", "end_at": "2026-12-17T02:00:00Z" })),
        );
        let query = |filter: &str| {
            let body = format!(
                "<c:calendar-query xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name='VCALENDAR'>{filter}</c:comp-filter></c:filter></c:calendar-query>"
            );
            phone.report(&phone.appointments(), &body)
        };
        let found = |filter: &str| {
            let told = text(&query(filter));
            [told.contains(&first), told.contains(&second)]
        };
        let events = |inner: &str| format!("<c:comp-filter name='VEVENT'>{inner}</c:comp-filter>");
        assert_eq!(found(""), [true, true]);
        assert_eq!(found(&events("<c:time-range start='20261101T000000Z' end='20261201T000000Z'/>")), [true, false]);
        assert_eq!(found(&events("<c:time-range start='20261117T020000Z'/>")), [false, true], "what ends then is over");
        assert_eq!(found(&events("<c:prop-filter name='SUMMARY'><c:text-match>zWEI</c:text-match></c:prop-filter>")), [false, true]);
        assert_eq!(found(&events("<c:prop-filter name='DESCRIPTION'><c:is-not-defined/></c:prop-filter>")), [true, true]);
        assert_eq!(found("<c:comp-filter name='VTODO'/>"), [false, false]);
        for (wrong, condition) in [
            (events("<c:time-range start='20261101'/>"), "valid-filter"),
            (events("<c:time-range start='20261201T000000Z' end='20261101T000000Z'/>"), "valid-filter"),
            (events("<c:comp-filter name='VALARM'/>"), "supported-filter"),
            (events("<c:prop-filter name='SUMMARY'><c:text-match collation='i;pinyin'>x</c:text-match></c:prop-filter>"), "supported-collation"),
        ] {
            let reply = query(&wrong);
            assert!(reply.status == 403 && text(&reply).contains(condition), "{wrong}: {}", text(&reply));
        }
        let multiget = format!(
            "<c:calendar-multiget xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><c:calendar-data/></d:prop><d:href>{0}{first}.ics</d:href><d:href>https://guanxi.test{0}{second}.ics</d:href><d:href>{0}none.ics</d:href><d:href>/etc/passwd</d:href></c:calendar-multiget>",
            phone.appointments()
        );
        let told = text(&phone.report(&phone.appointments(), &multiget));
        assert_eq!((told.matches("BEGIN:VEVENT").count(), told.matches("404 Not Found").count()), (2, 2), "{told}");
        let busy = "<c:free-busy-query xmlns:c='urn:ietf:params:xml:ns:caldav'><c:time-range start='20261101T000000Z' end='20261201T000000Z'/></c:free-busy-query>";
        let told = text(&phone.report(&phone.appointments(), busy));
        assert!(told.contains("FREEBUSY;FBTYPE=BUSY:20261117T010000Z/20261117T020000Z\r\n") && !told.contains("评审"), "{told}");
        let unknown = phone.report(&phone.appointments(), "<d:expand-property xmlns:d='DAV:'/>");
        assert!(unknown.status == 403 && text(&unknown).contains("supported-report"));
    });
}

#[test]
fn calendars_of_others_show_what_one_may_see_and_of_the_rest_that_they_are_busy() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let ma_id = ma.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
        let phone = program(server, &lin, json!({ "write": true, "others": true }));
        let team =
            admin.post("/records/team", json!({ "name": "攻坚组", "members": [phone.me, ma_id] })).expect(201)["id"].as_str().unwrap().to_owned();
        let room = admin.post("/records/resource", json!({ "name": "会议室三" })).expect(201)["id"].as_str().unwrap().to_owned();
        meeting(&ma, "收购谈判", json!({ "description": "出价", "resources": [room] }));
        let shared =
            meeting(&ma, "一起的会", json!({ "participants": [phone.me], "start_at": "2026-11-18T01:00:00Z", "end_at": "2026-11-18T02:00:00Z" }));
        let calendars = phone.propfind(&phone.home(), "1", "<d:displayname/><d:current-user-privilege-set/>");
        for (kind, id) in [("member", &ma_id), ("team", &team), ("resource", &room)] {
            let folder = format!("{}{kind}-{id}/", phone.home());
            assert!(calendars.contains(&folder), "{folder} in {calendars}");
            let body =
                "<c:calendar-query xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><c:calendar-data/></d:prop></c:calendar-query>";
            let told = text(&phone.report(&folder, body));
            assert!(told.contains("忙碌") && told.contains("DTSTART:20261117T010000Z"), "{kind}: {told}");
            assert!(!told.contains("收购") && !told.contains("出价"), "{kind}: {told}");
            assert_eq!(told.contains(&shared), kind != "resource", "{kind}: {told}");
            let name = format!("{folder}x.ics");
            let refused = phone.put(&name, &event("x", "DTSTART:20261120T010000Z\nSUMMARY:x"));
            assert!(refused.status == 403 && text(&refused).contains("need-privileges"), "{}", text(&refused));
            assert_eq!(phone.call("DELETE", &format!("{folder}{shared}.ics"), &[], None).status, 403);
        }
        // Whoever was not given others' calendars is not shown them, and nobody finds those he may not see.
        let alone = program(server, &lin, WRITE());
        assert!(!alone.propfind(&alone.home(), "1", "<d:displayname/>").contains("member-"));
        for id in [format!("member-{ma_id}"), format!("team-{team}"), format!("resource-{room}")] {
            assert_eq!(alone.call("PROPFIND", &format!("{}{id}/", alone.home()), &[("depth", "1")], None).status, 404, "{id}");
        }
        let outside = server.caller("partner");
        let partner = program(server, &outside, json!({ "others": true }));
        for id in [format!("member-{ma_id}"), format!("team-{team}")] {
            assert_eq!(partner.call("PROPFIND", &format!("{}{id}/", partner.home()), &[("depth", "1")], None).status, 404, "{id}");
        }
    });
}

#[test]
fn what_is_taken_out_of_an_appointment_for_good_is_not_left_in_the_text_beside_it() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, WRITE());
        let address = format!("{}g.ics", phone.appointments());
        assert_eq!(
            phone.put(&address, &event("g", "DTSTART:20261120T010000Z\nSUMMARY:Herr Geheim\nATTENDEE:mailto:geheim@elsewhere.example")).status,
            201
        );
        let id = uuid_of(&all(&lin, "subject=='Herr Geheim'")[0]);
        let context = server.workspace.system_context(uuid::Uuid::nil(), "test");
        let values = json!({ "subject": "-" }).as_object().cloned().unwrap();
        let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| Ok(unit.anonymise_as_system("activity", id, &values)?.id());
        guanxi_kernel::write::run_unit(&context, context.new_id(), "test", Box::new(work)).unwrap();
        let (there, gone, _) = phone.changes(&phone.appointments(), "");
        assert_eq!((there, gone), (vec![format!("{}{id}.ics", phone.appointments())], vec![]));
        let told = phone.read(&format!("{}{id}.ics", phone.appointments()));
        assert!(told.contains("SUMMARY:-\r\n") && !told.to_lowercase().contains("geheim"), "{told}");
        assert_eq!(phone.status(&address), 404);
    });
}

fn uuid_of(record: &Json) -> uuid::Uuid {
    record["id"].as_str().unwrap().parse().unwrap()
}
