//! Health, metrics, headers, the web app.

use axum::http::Method;
use guanxi_testkit::TestServer;

#[test]
fn the_server_tells_how_it_is() {
    let server = TestServer::sqlite();
    let client = server.anonymous();
    let get = |path: &str| client.send(Method::GET, path, None);
    assert_eq!(get("/healthz").status, 200);
    assert_eq!(get("/readyz").status, 200);
    get("/metrics").problem(401, "not_signed_in");
    server.caller("sales").send(Method::GET, "/metrics", None).problem(403, "forbidden");
    let metrics = server.administrator().send(Method::GET, "/metrics", None);
    let text = String::from_utf8(metrics.bytes).unwrap();
    assert!(text.contains("guanxi_http_request_seconds_count{path=\"/healthz\",status=\"200\"} 1"), "{text}");
    server.app.shutdown.begin();
    assert_eq!(get("/readyz").status, 503);
    assert_eq!(get("/healthz").status, 200);
}

#[test]
fn every_answer_carries_its_headers() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    for path in ["/api/v1/me", "/api/v1/nothing", "/", "/some/page", "/assets/missing.js"] {
        let reply = client.send(Method::GET, path, None);
        assert!(!reply.header("x-request-id").is_empty(), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(reply.header("cache-control") == "no-store", path.starts_with("/api/"), "{path}");
    }
    assert_eq!(client.send(Method::GET, "/assets/missing.js", None).status, 404);
    assert_eq!(client.send(Method::POST, "/some/page", None).status, 405);
}

#[test]
fn answers_are_compressed_for_those_who_can() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let plain = client.get("/meta");
    let small = client.with_header("accept-encoding", "gzip").get("/meta");
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "gzip"));
    assert!(small.bytes.len() * 4 < plain.bytes.len());
}
