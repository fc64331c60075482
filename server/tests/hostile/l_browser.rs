//! L: what other sites make a browser do.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;
use tower::ServiceExt as _;

use super::sweep::operations;
use super::world::{Call, on_sqlite};

#[test]
fn no_get_changes_anything() {
    on_sqlite(|world| {
        let before = world.digest();
        for operation in operations(world).iter().filter(|it| it.method == Method::GET) {
            for path in operation.addresses(&world.own, &["account", "note", "saved_view"]) {
                let reply = world.admin.with_header("x-http-method-override", "DELETE").get(&path);
                assert!(reply.status < 500, "{path}: {}", reply.status);
            }
        }
        world.unchanged(&before, "reading");
    });
}

#[test]
fn every_change_wants_the_token_and_our_own_origin() {
    on_sqlite(|world| {
        let before = world.digest();
        for operation in operations(world).iter().filter(|it| it.method != Method::GET && !it.public) {
            let path = operation.addresses(&world.own, &["account"]).remove(0);
            let call = operation.call(path.clone());
            let mut without = world.admin.clone();
            without.csrf = None;
            let mut guessed = world.admin.clone();
            guessed.csrf = world.rep.csrf.clone();
            let foreign = world.admin.with_header("origin", "https://evil.example");
            let sandboxed = world.admin.with_header("origin", "null");
            let cross = world.admin.with_header("sec-fetch-site", "cross-site");
            let similar = world.admin.with_header("origin", "https://guanxi.test.evil.example");
            for client in [&without, &guessed, &foreign, &sandboxed, &cross, &similar] {
                let reply = world.ask(client, &call);
                assert_eq!((reply.status, &reply.json["code"]), (403, &json!("csrf")), "{}: {call:?}", operation.id);
            }
        }
        world.unchanged(&before, "what other sites sent");
    });
}

#[test]
fn a_form_of_another_site_is_no_request_of_ours() {
    on_sqlite(|world| {
        let body = b"{\"name\":\"x\",\"pad\":\"=\"}".as_slice();
        let before = world.digest();
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=gb18030", ""] {
            for path in ["/records/account", "/records/account/bulk", "/me/api-keys", "/schema/apply", "/rights/simulate"] {
                let reply = world.admin.post_bytes(path, kind, body);
                assert!([400, 403, 415].contains(&reply.status), "{kind} {path}: {}", reply.status);
            }
        }
        for method in ["PUT", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"] {
            let method: Method = method.parse().unwrap();
            let reply = world.admin.with_header("origin", "https://evil.example").send(method.clone(), "/api/v1/records/account", None);
            assert_eq!(reply.status, 405, "{method}");
        }
        world.unchanged(&before, "forms of another site");
        // Signing in and out is nothing another site can have done either.
        for path in ["/auth/login", "/auth/forgotten", "/auth/link", "/auth/password", "/setup", "/auth/passkey/options"] {
            let foreign = world.server.anonymous().with_header("origin", "https://evil.example");
            let body = json!({ "email": "rep@test.example", "password": guanxi_testkit::PASSWORD, "token": "x", "company": "x", "name": "x" });
            let reply = world.refused(&foreign, &[400, 403, 409], &Call::post(path, body));
            assert!(reply.headers.get("set-cookie").is_none(), "{path}");
        }
        let mut forged = world.rep.clone();
        forged.csrf = None;
        world.refused(&forged, &[403], &Call::post("/auth/logout", json!({})));
    });
}

#[test]
fn no_other_site_is_let_read() {
    on_sqlite(|world| {
        let foreign = world.rep.with_header("origin", "https://evil.example");
        for path in ["/me", "/records/account", "/openapi.json", "/nothing"] {
            let reply = world.ask(&foreign, &Call::get(path));
            let opened: Vec<_> = reply.headers.keys().filter(|it| it.as_str().starts_with("access-control-")).collect();
            assert!(opened.is_empty(), "{path}: {opened:?}");
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{path}");
            assert_eq!((reply.header("x-frame-options"), reply.header("cache-control")), ("DENY", "no-store"), "{path}");
        }
        // A stream of events is opened by our own pages alone.
        world.refused(&foreign, &[403], &Call::get("/events/stream"));
        world.refused(&world.rep.with_header("sec-fetch-site", "cross-site"), &[403], &Call::get("/events/stream"));
        // A name that looks like a style sheet is none, and is kept by no cache.
        for path in ["/me/x.css", "/me.css", "/records/account/x.js", "/me;x.css", "/me%2fx.css"] {
            let reply = world.ask(&world.rep, &Call::get(path));
            assert_eq!((reply.status, reply.header("cache-control")), (404, "no-store"), "{path}");
        }
        let file = world.ask(&world.rep, &Call::get(format!("/files/{}", world.own.file)));
        assert!(file.header("cache-control").starts_with("private"), "{}", file.header("cache-control"));
    });
}

#[test]
fn who_is_sent_on_to_https_stays_with_us() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let routes = guanxi_server::http::redirect_to("https://crm.example".to_owned());
    for path in [
        "/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "/@evil.example",
        "/.evil.example",
        "/%2f%2fevil.example",
        "/x?next=//evil.example",
    ] {
        let Ok(request) = Request::builder().uri(path).header(header::HOST, "evil.example").body(Body::empty()) else { continue };
        let reply = runtime.block_on(async { routes.clone().oneshot(request).await.unwrap() });
        let location = reply.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert!(location.starts_with("https://crm.example/") && !location.contains('\r'), "{path}: {location}");
    }
}
