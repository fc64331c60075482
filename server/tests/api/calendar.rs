//! Planning with others: who is free, a calendar as a feed, files of other calendars, and who has how much to do.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

fn meeting(client: &Client<'_>, subject: &str, more: Json) -> String {
    let mut values = json!({ "subject": subject, "kind": "appointment", "start_at": "2026-11-17T01:00:00Z", "end_at": "2026-11-17T02:00:00Z" });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/records/activity", values).expect(201)["id"].as_str().unwrap().to_owned()
}

fn id_of(client: &Client<'_>) -> String {
    client.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned()
}

const DAY: &str = "from=2026-11-17T00:00:00Z&until=2026-11-18T00:00:00Z";

#[test]
fn a_colleague_learns_when_and_not_what() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let own = id_of(&lin);
        let seen = meeting(&lin, "收购谈判", json!({ "description": "出价两千万" }));
        let reply = ma.get(&format!("/calendar/busy?members={own}&{DAY}"));
        let busy = json!([{ "start": "2026-11-17T01:00:00Z", "end": "2026-11-17T02:00:00Z", "kind": "busy" }]);
        assert_eq!(reply.expect(200)["members"][0]["busy"], busy);
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(!text.contains("收购") && !text.contains(&seen), "{text}");
        let mine = lin.get(&format!("/calendar/busy?members={own}&{DAY}")).expect(200);
        assert_eq!(mine["members"][0]["busy"][0]["activity"], json!(seen));
        // Who sees no members sees nothing of them; who sees no activities may not ask.
        assert_eq!(server.caller("partner").get(&format!("/calendar/busy?members={own}&{DAY}")).expect(200)["members"], json!([]));
        server.caller("customer").get(&format!("/calendar/busy?members={own}&{DAY}")).problem(404, "not_found");
        server.anonymous().get(&format!("/calendar/busy?{DAY}")).problem(401, "not_signed_in");
        for wrong in ["members=x", "members=", "from=2026-11-19T00:00:00Z", "until=2027-11-18T00:00:00Z"] {
            let asked = format!("{DAY}&{wrong}");
            let only = asked.split('&').fold(std::collections::BTreeMap::new(), |mut all, it| {
                let (name, value) = it.split_once('=').unwrap();
                all.insert(name, value);
                all
            });
            let query: Vec<String> = only.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let reply = ma.get(&format!("/calendar/busy?{}", query.join("&")));
            if wrong == "members=" {
                reply.expect(200)
            } else {
                reply.problem(400, "bad_request")
            };
        }
        ma.get("/calendar/busy").problem(400, "bad_request");
    });
}

fn feed(server: &TestServer, key: &str) -> (u16, String) {
    let reply = server.anonymous().get(&format!("/calendar/feeds/{key}.ics"));
    (reply.status, String::from_utf8_lossy(&reply.bytes).replace("\r\n ", ""))
}

#[test]
fn a_calendar_is_read_by_the_secret_in_its_address_and_by_nothing_else() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let made = lin.post("/me/api-keys", json!({ "name": "手机", "scope": { "calendar": true } })).expect(201);
        let key = made["key"].as_str().unwrap();
        meeting(&lin, "评审会; 第一次", json!({}));
        let invited = meeting(&ma, "马的会", json!({ "participants": [id_of(&lin)] }));
        meeting(&ma, "别人的会", json!({}));
        let (status, text) = feed(server, key);
        assert_eq!(status, 200, "{text}");
        assert!(
            text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("SUMMARY:评审会\\; 第一次\r\n") && text.contains("SUMMARY:马的会\r\n"),
            "{text}"
        );
        assert!(!text.contains("别人的会") && text.matches("BEGIN:VEVENT").count() == 2);
        assert!(text.contains("DTSTART:20261117T010000Z\r\nDTEND") || text.contains("DTSTART:20261117T010000Z"), "{text}");
        // The rights count at the moment of reading.
        ma.patch(&format!("/records/activity/{invited}"), json!({ "participants": [] })).expect(200);
        assert!(!feed(server, key).1.contains("马的会"));
        // It opens nothing else, and no other key opens the calendar.
        let mut program = server.anonymous();
        program.key = Some(key.to_owned());
        program.get("/me").problem(403, "forbidden");
        program.get("/records/activity").problem(403, "forbidden");
        let other = lin.post("/me/api-keys", json!({ "name": "sync" })).expect(201);
        assert_eq!(feed(server, other["key"].as_str().unwrap()).0, 404);
        assert_eq!(feed(server, "gx_none").0, 404);
        assert_eq!(lin.get(&format!("/calendar/feeds/{}", "x")).status, 404, "a session does not count there");
        // It is listed with when it was read, and ends when it is revoked.
        let listed = lin.get("/me/api-keys").expect(200);
        let ours = listed["items"].as_array().unwrap().iter().find(|it| it["id"] == made["id"]).unwrap();
        assert_eq!((&ours["scope"]["calendar"], ours["used_at"].is_string()), (&json!(true), true));
        lin.delete(&format!("/me/api-keys/{}", made["id"].as_str().unwrap())).expect(204);
        assert_eq!(feed(server, key).0, 404);
        assert_eq!((server.audit(&["add_api_key"]).len(), server.audit(&["remove_api_key"]).len()), (2, 1));
    });
}

#[test]
fn who_has_left_has_no_calendar() {
    on_both_stores(|server| {
        let (admin, lin) = (server.administrator(), server.caller("member"));
        let key = lin.post("/me/api-keys", json!({ "name": "手机", "scope": { "calendar": true } })).expect(201)["key"].clone();
        assert_eq!(feed(server, key.as_str().unwrap()).0, 200);
        admin.patch(&format!("/records/user/{}", id_of(&lin)), json!({ "active": false })).expect(200);
        assert_eq!(feed(server, key.as_str().unwrap()).0, 404);
    });
}

fn calendar(events: &[&str]) -> String {
    let one = |(at, it): (usize, &&str)| {
        format!("BEGIN:VEVENT\r\nUID:u{at}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:会议{at}\r\n{}\r\nEND:VEVENT\r\n", it.replace('\n', "\r\n"))
    };
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{}END:VCALENDAR\r\n", events.iter().enumerate().map(one).collect::<String>())
}

#[test]
fn a_file_of_another_calendar_is_shown_first_and_comes_in_once() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let file = calendar(&[
            "DTSTART;TZID=Europe/Berlin:20270322T093000\nDTEND;TZID=Europe/Berlin:20270322T103000\nRRULE:FREQ=WEEKLY;COUNT=2",
            "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225\nLOCATION:上海",
            "DTSTART:20261201T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY",
            "DTSTART;TZID=America/Los_Angeles:20261210T120000\nDTEND;TZID=Pacific/Auckland:20261210T190000",
        ]);
        let count = || lin.get("/records/activity?count=exact").expect(200)["count"]["value"].clone();
        let told = lin.post("/calendar/import?preview=true", json!({ "ics": file })).expect(200);
        assert_eq!((&told["made"], &told["known"], &told["refused"], count()), (&json!(3), &json!(0), &json!(2), json!(0)));
        let codes: Vec<&Json> = told["events"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
        assert_eq!(codes, [&Json::Null, &Json::Null, &json!("endless"), &json!("ends_before")]);
        assert!(told["events"][3]["problem"].as_str().unwrap().contains("时区"));
        let done = lin.post("/calendar/import", json!({ "ics": file, "until": "2026-12-04" })).expect(200);
        assert_eq!((&done["made"], &done["refused"], count()), (&json!(5), &json!(1), json!(5)), "the weekly one begins after the last day");
        let all = lin.get("/records/activity?sort=start_at&filter=all_day").expect(200);
        let day = &all["items"][0];
        assert_eq!((&day["subject"], &day["start_at"], &day["owner"]["id"]), (&json!("会议1"), &json!("2026-12-23T16:00:00Z"), &json!(id_of(&lin))));
        assert!(day["description"].as_str().unwrap().contains("上海"));
        let again = lin.post("/calendar/import", json!({ "ics": file, "until": "2026-12-04" })).expect(200);
        assert_eq!((&again["made"], &again["known"], count()), (&json!(0), &json!(5), json!(5)));
        lin.post("/calendar/import", json!({ "ics": "hello" })).field_problem(422, "ics", "bad_format");
        let many = calendar(&["DTSTART:20261201T010000Z\nRRULE:FREQ=DAILY;COUNT=400"; 3]);
        lin.post("/calendar/import", json!({ "ics": many })).field_problem(422, "until", "too_large");
        assert_eq!(count(), 5);
        server.caller("analyst").post("/calendar/import", json!({ "ics": file })).problem(403, "forbidden");
    });
}

#[test]
fn the_board_shows_who_has_how_much_to_do() {
    on_both_stores(|server| {
        let (manager, lin) = (server.caller("sales_manager"), server.caller("sales"));
        let (boss, own) = (id_of(&manager), id_of(&lin));
        server.administrator().patch(&format!("/records/user/{own}"), json!({ "manager": boss, "skills": ["presales"] })).expect(200);
        meeting(&lin, "评审会", json!({}));
        let board = manager.get("/workload?day=2026-11-16&days=7").expect(200);
        assert_eq!((board["days"].as_array().unwrap().len(), &board["days"][5]["working"]), (7, &json!(false)));
        let row = board["people"].as_array().unwrap().iter().find(|it| it["member"]["id"] == json!(own)).unwrap();
        let cell = &row["days"][1];
        assert_eq!((&cell["capacity"], &cell["planned"], &cell["items"][0]["title"]), (&json!(480), &json!(60), &json!("评审会")));
        assert_eq!(row["skills"], json!(["presales"]));
        // A colleague elsewhere sees the hours alone.
        let other = server.caller("member");
        let seen = other.get(&format!("/workload?members={own}&day=2026-11-16&days=7"));
        let cell = &seen.expect(200)["people"][0]["days"][1];
        assert_eq!((&cell["planned"], &cell["hidden"], &cell["items"]), (&json!(60), &json!(60), &json!([])));
        assert!(!String::from_utf8_lossy(&seen.bytes).contains("评审会"));
        assert_eq!(manager.get(&format!("/workload?department={}", server.department())).expect(200)["truncated"], json!(false));
        manager.get("/workload?team=01890000-0000-7000-8000-000000000000").problem(404, "not_found");
        for wrong in ["days=0", "days=32", "day=yesterday", "department=x", "members=x"] {
            manager.get(&format!("/workload?{wrong}")).problem(400, "bad_request");
        }
        manager.get(&format!("/workload?members={own}&department={}", server.department())).problem(400, "bad_request");
        server.caller("customer").get("/workload").problem(404, "not_found");
    });
}
