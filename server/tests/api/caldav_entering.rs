//! Who is let in to CalDAV and how far: keys of every kind, throttled guesses, the matrix of methods, and what is made to hurt.

use axum::http::Method;
use guanxi_testkit::{Client, PASSWORD, Reply, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::caldav::{Program, basic, event, program, text};

fn ask(client: &Client<'_>, authorization: Option<&str>) -> Reply {
    let client = authorization.map_or_else(|| client.clone(), |it| client.with_header("authorization", it));
    client.with_header("depth", "0").send(Method::from_bytes(b"PROPFIND").unwrap(), "/caldav/", None)
}

#[track_caller]
fn kept_out(reply: &Reply) -> String {
    assert_eq!(reply.status, 401, "{}", text(reply));
    assert_eq!(reply.header("www-authenticate"), "Basic realm=\"Guanxi\", charset=\"UTF-8\"");
    assert!(reply.header("content-type").starts_with("application/xml"));
    text(reply)
}

#[test]
fn an_app_password_opens_calendars_and_nothing_else_and_nothing_else_opens_them() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({ "write": true }));
        let nobody = server.anonymous();
        assert_eq!(ask(&phone.client, None).status, 207);
        assert_eq!(ask(&nobody, Some(&basic(&phone.email.to_uppercase(), &phone.key))).status, 207, "as people type it");
        // Nothing, a session, a bearer token, the key as a bearer token.
        kept_out(&ask(&nobody, None));
        kept_out(&ask(&lin, None));
        kept_out(&ask(&nobody, Some(&format!("Bearer {}", phone.key))));
        kept_out(&ask(&nobody, Some("Basic !!!")));
        kept_out(&ask(&nobody, Some(&basic("", &phone.key))));
        // The key of a feed, of a program, of another member; and with another's name.
        let made = |scope: Json| lin.post("/me/api-keys", json!({ "name": "x", "scope": scope })).expect(201)["key"].as_str().unwrap().to_owned();
        for key in [made(json!({ "calendar": true })), made(Json::Null), made(json!({ "objects": { "*": ["read"] } }))] {
            kept_out(&ask(&nobody, Some(&basic(&phone.email, &key))));
        }
        let ma = server.caller("member");
        let hers = program(server, &ma, json!({}));
        kept_out(&ask(&nobody, Some(&basic(&phone.email, &hers.key))));
        kept_out(&ask(&nobody, Some(&basic(&hers.email, &phone.key))));
        // It opens neither the API nor a feed.
        let mut bearer = server.anonymous();
        bearer.key = Some(phone.key.clone());
        bearer.get("/me").problem(403, "forbidden");
        bearer.get("/records/activity").problem(403, "forbidden");
        assert_eq!(nobody.get(&format!("/calendar/feeds/{}", phone.key)).status, 404);
        // One key, one purpose.
        lin.post("/me/api-keys", json!({ "name": "x", "scope": { "caldav": {}, "calendar": true } })).field_problem(422, "scope", "bad_option");
        lin.post("/me/api-keys", json!({ "name": "x", "scope": { "caldav": {}, "objects": {} } })).field_problem(422, "scope", "bad_option");
        // Listed with what it may; the audit log tells the program from the member.
        let listed = lin.get("/me/api-keys").expect(200);
        let ours = listed["items"].as_array().unwrap().iter().find(|it| it["scope"]["caldav"].is_object()).unwrap();
        assert_eq!((&ours["scope"]["caldav"], ours["used_at"].is_string()), (&json!({ "write": true, "others": false }), true));
        // Revoked, expired, its owner gone.
        lin.delete(&format!("/me/api-keys/{}", ours["id"].as_str().unwrap())).expect(204);
        kept_out(&ask(&phone.client, None));
        server.administrator().patch(&format!("/records/user/{}", hers.me), json!({ "active": false })).expect(200);
        kept_out(&ask(&hers.client, None));
    });
}

#[test]
fn the_ordinary_password_is_not_taken_and_guesses_are_slowed_down() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({}));
        let nobody = server.anonymous();
        let told = kept_out(&ask(&nobody, Some(&basic(&phone.email, PASSWORD))));
        assert!(told.contains("应用密码") && told.contains("第二步验证"), "{told}");
        let english = kept_out(&ask(&nobody.with_header("accept-language", "en"), Some(&basic(&phone.email, PASSWORD))));
        assert!(english.contains("app password"), "{english}");
        let tries: Vec<u16> = (0..10).map(|_| ask(&nobody, Some(&basic(&phone.email, "gx_wrong"))).status).collect();
        assert_eq!((tries[0], tries[9]), (401, 429), "{tries:?}");
        let waiting = ask(&nobody, Some(&basic(&phone.email, "gx_wrong")));
        assert!(waiting.header("retry-after").parse::<u64>().unwrap() > 0);
        // His own programs are not kept out by that.
        assert_eq!(ask(&phone.client, None).status, 207);
        assert!(!server.audit(&["sign_in_failed"]).is_empty());
        // Nor is he at the page to sign in: a phone whose app password was revoked asks for ever.
        assert_eq!(server.anonymous().sign_in(&phone.email, PASSWORD).status, 200);
    });
}

/// Every method on every kind of thing: nobody, a stranger, who only reads, and who writes.
#[test]
fn each_method_is_permitted_to_whom_it_is_and_refused_to_everybody_else() {
    on_both_stores(|server| {
        let (lin, ma) = (server.caller("member"), server.caller("member"));
        let (writer, reader) = (program(server, &lin, json!({ "write": true, "others": true })), program(server, &lin, json!({})));
        let stranger = program(server, &ma, json!({ "write": true, "others": true }));
        let nobody = Program { client: server.anonymous(), me: writer.me.clone(), email: String::new(), key: String::new() };
        let body = event("matrix", "DTSTART:20261120T010000Z\nDTEND:20261120T020000Z\nSUMMARY:x");
        let item = format!("{}matrix.ics", writer.appointments());
        let query = "<c:calendar-query xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><d:getetag/></d:prop></c:calendar-query>";
        let patch = "<d:propertyupdate xmlns:d='DAV:'><d:set><d:prop><d:displayname>x</d:displayname></d:prop></d:set></d:propertyupdate>";
        // Method, address, body; then the status for nobody, a stranger, a reader, a writer.
        let rows: [(&str, &str, Option<&str>, [u16; 4]); 16] = [
            ("OPTIONS", "/caldav/", None, [200, 200, 200, 200]),
            ("PROPFIND", "/caldav/", None, [401, 207, 207, 207]),
            ("PROPFIND", &format!("/caldav/principals/{}/", writer.me), None, [401, 404, 207, 207]),
            ("PROPFIND", &writer.home(), None, [401, 404, 207, 207]),
            ("PROPFIND", &writer.appointments(), None, [401, 404, 207, 207]),
            ("PROPFIND", &writer.tasks(), None, [401, 404, 207, 207]),
            ("REPORT", &writer.appointments(), Some(query), [401, 404, 207, 207]),
            ("PROPPATCH", &writer.appointments(), Some(patch), [401, 404, 207, 207]),
            ("PUT", &item, Some(&body), [401, 404, 403, 201]),
            ("GET", &item, None, [401, 404, 200, 200]),
            ("HEAD", &item, None, [401, 404, 200, 200]),
            ("GET", &writer.appointments(), None, [401, 404, 405, 405]),
            ("DELETE", &writer.appointments(), None, [401, 404, 405, 405]),
            ("MKCALENDAR", &writer.tasks(), None, [401, 404, 403, 403]),
            ("POST", &writer.appointments(), None, [401, 404, 405, 405]),
            ("DELETE", &item, None, [401, 404, 403, 204]),
        ];
        for (method, path, body, expected) in rows {
            for (who, status) in [&nobody, &stranger, &reader, &writer].into_iter().zip(expected) {
                let reply = who.call(method, path, &[("depth", "1")], body);
                // What a reader is refused is there once a writer has made it.
                assert_eq!(reply.status, status, "{method} {path} as {}: {}", who.email, text(&reply));
                assert_eq!(reply.header("dav"), "1, 3, calendar-access", "{method} {path}");
                if method == "PUT" && std::ptr::eq(who, &reader) {
                    assert!(text(&reply).contains("need-privileges"));
                    assert_eq!(lin.get("/records/activity").expect(200)["items"], json!([]));
                }
            }
        }
        // Roles count as everywhere: who may make no appointments makes none here either.
        let analyst = server.caller("analyst");
        let looks = program(server, &analyst, json!({ "write": true }));
        let refused = looks.put(&format!("{}x.ics", looks.appointments()), &body);
        assert!(refused.status == 403 && text(&refused).contains("need-privileges"), "{} {}", refused.status, text(&refused));
    });
}

#[test]
fn what_is_made_to_hurt_is_refused() {
    on_both_stores(|server| {
        let lin = server.caller("member");
        let phone = program(server, &lin, json!({ "write": true, "others": true }));
        let folder = phone.appointments();
        let bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><d:propfind xmlns:d='DAV:'><d:prop><d:displayname>&c;</d:displayname></d:prop></d:propfind>";
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><d:propfind xmlns:d='DAV:'><d:prop><d:x>&b;</d:x></d:prop></d:propfind>";
        let deep = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        for wrong in [bomb, outside, &deep, "<d:propfind>", "{}", "<d:propfind xmlns:d='DAV:'/>"] {
            for method in ["PROPFIND", "REPORT", "PROPPATCH"] {
                let reply = phone.call(method, &folder, &[("depth", "0")], Some(wrong));
                assert!(
                    [400, 403, 413].contains(&reply.status) || method == "PROPPATCH" && reply.status == 207,
                    "{method}: {} {}",
                    reply.status,
                    text(&reply)
                );
                assert!(!text(&reply).contains("root:"));
            }
        }
        // The same asked ten thousand times is told once; more than there is, is refused.
        assert_eq!(phone.put(&format!("{folder}once.ics"), &event("once", "DTSTART:20261120T010000Z\nSUMMARY:x")).status, 201);
        let many = |props: &str| {
            let head = "xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav' xmlns:cs='http://calendarserver.org/ns/'";
            let found =
                phone.call("PROPFIND", &folder, &[("depth", "1")], Some(&format!("<d:propfind {head}><d:prop>{props}</d:prop></d:propfind>")));
            let searched = phone.report(&folder, &format!("<c:calendar-query {head}><d:prop>{props}</d:prop></c:calendar-query>"));
            [found, searched]
        };
        for reply in many(&format!("{}{}", "<c:calendar-data/>".repeat(4_900), "<cs:getctag/>".repeat(4_900))) {
            assert_eq!((reply.status, text(&reply).matches("BEGIN:VEVENT").count()), (207, 1));
        }
        for reply in many(&(0..100).map(|it| format!("<d:p{it}/>")).collect::<String>()) {
            assert_eq!(reply.status, 403, "{}", text(&reply));
        }
        assert_eq!(phone.call("DELETE", &format!("{folder}once.ics"), &[], None).status, 204);
        for depth in ["infinity", "2", "-1", "x"] {
            let reply = phone.call("PROPFIND", &folder, &[("depth", depth)], None);
            assert!(reply.status == 403 && text(&reply).contains("propfind-finite-depth"), "{depth}: {}", text(&reply));
        }
        assert_eq!(phone.call("PROPFIND", &folder, &[], None).status, 403, "no depth is all of it");
        let large = event("l", &format!("DTSTART:20261120T010000Z\nDESCRIPTION:{}", "x".repeat(120_000)));
        let reply = phone.put(&format!("{folder}l.ics"), &large);
        assert!(reply.status == 413 && text(&reply).contains("max-resource-size"), "{} {}", reply.status, text(&reply));
        assert_eq!(phone.put(&format!("{folder}l.ics"), &"x".repeat(400_000)).status, 413);
        for path in ["x/y.ics", "..%2f..%2fetc.ics", "%2e%2e", "a%00.ics", "a%5cb.ics", "%ff.ics", &"a".repeat(300)] {
            let reply = phone.put(&format!("{folder}{path}"), &event("p", "DTSTART:20261120T010000Z\nSUMMARY:x"));
            assert_eq!(reply.status, 404, "{path}: {}", text(&reply));
        }
        // A depth on a PUT is nothing to it.
        assert_eq!(
            phone.call("PUT", &format!("{folder}d.ics"), &[("depth", "infinity")], Some(&event("d", "DTSTART:20261120T010000Z\nSUMMARY:x"))).status,
            201
        );
        let nested = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(5_000));
        let two = event("a", "DTSTART:20261120T010000Z")
            .replace("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20261120T010000Z\r\nEND:VEVENT\r\nEND:VCALENDAR");
        for (wrong, told) in [
            ("", "valid-calendar-data"),
            ("hello", "valid-calendar-data"),
            (nested.as_str(), "valid-calendar-data"),
            ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "valid-calendar-object-resource"),
            (&event("", "DTSTART:20261120T010000Z"), "valid-calendar-object-resource"),
            (&event(&"u".repeat(300), "DTSTART:20261120T010000Z"), "valid-calendar-object-resource"),
            (&event("a", "SUMMARY:ohne Zeit"), "没有开始时间"),
            (&event("a", "DTSTART;TZID=Mars/Olympus:20261120T010000"), "Mars/Olympus"),
            (&event("a", "DTSTART:20261120T020000Z\nDTEND:20261120T010000Z"), "结束早于开始"),
            (&event("a", "DTSTART:20261120T020000Z\nDTEND:20271120T010000Z"), "31天"),
            (&event("a", "DTSTART:20200101T020000Z"), "min-date-time"),
            (&event("a", "DTSTART:20261120T020000Z\nCLASS:PRIVATE"), "私密"),
            (&event("a", "DTSTART:20261120T020000Z\nSTATUS:CANCELLED"), "取消"),
            (&event("a", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261120T020000Z\nDTSTART:20261120T020000Z"), "RANGE"),
            (&event("a", "DTSTART:20261120T020000Z").replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"), "METHOD"),
            (&two, "valid-calendar-object-resource"),
            (&event("a", "DTSTART:20261120T010000Z").replace("VEVENT", "VJOURNAL"), "supported-calendar-component"),
        ] {
            let reply = phone.put(&format!("{folder}w.ics"), wrong);
            assert!(reply.status == 403 && text(&reply).contains(told), "{told}: {} {}", reply.status, text(&reply));
        }
        let kind = phone.call("PUT", &format!("{folder}w.ics"), &[("content-type", "text/html")], Some("x"));
        assert!(kind.status == 403 && text(&kind).contains("supported-calendar-data"), "{}", text(&kind));
        // Text that would begin a line of its own does not.
        let own = lin.post(
            "/records/activity",
            json!({ "subject": "x", "kind": "appointment", "start_at": "2026-11-20T01:00:00Z", "description": "a\r\nATTENDEE:mailto:x@y" }),
        );
        let told = phone.read(&format!("{folder}{}.ics", own.expect(201)["id"].as_str().unwrap()));
        assert!(told.contains("DESCRIPTION:a\\nATTENDEE:mailto:x@y\r\n"), "{told}");
        // An address too many.
        let many: String = (0..1_001).map(|it| format!("<d:href>{folder}{it}.ics</d:href>")).collect();
        let body = format!(
            "<c:calendar-multiget xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:prop><d:getetag/></d:prop>{many}</c:calendar-multiget>"
        );
        assert_eq!(phone.report(&folder, &body).status, 403);
    });
}

#[test]
fn every_workspace_has_calendars_of_its_own() {
    let server = TestServer::sqlite();
    let lin = server.caller("member");
    let phone = program(&server, &lin, json!({}));
    let told = phone.client.with_header("depth", "0").send(Method::from_bytes(b"PROPFIND").unwrap(), "/w/other/caldav/", None);
    assert_eq!(told.status, 404, "{}", text(&told));
    let known = server.anonymous().send(Method::GET, "/w/other/.well-known/caldav", None);
    assert_eq!(known.header("location"), "/w/other/caldav/");
}
