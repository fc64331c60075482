//! Logs for machines: one JSON object a line, found again by the id that a problem tells.

use serde_json::Value as Json;

use crate::process::Server;

#[test]
fn a_problems_id_leads_to_its_line_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("GUANXI_LOG_FORMAT", "json"), ("GUANXI_LOG_LEVEL", "info")]);
    let client = server.set_up();
    let (status, problem) = client.call("GET", "/records/nothing?filter=secret", &Json::Null).unwrap();
    assert_eq!(status, 404);
    let id = problem["request_id"].as_str().unwrap().to_owned();
    let log = server.end_and_read_log();
    let lines: Vec<Json> = log.lines().map(|it| serde_json::from_str(it).unwrap_or_else(|_| panic!("no JSON: {it}"))).collect();
    let of_it: Vec<&Json> = lines.iter().filter(|it| it["request_id"] == id.as_str()).collect();
    let request = of_it.iter().find(|it| it["message"] == "request").unwrap_or_else(|| panic!("no line of {id} in {log}"));
    assert_eq!((&request["status"], &request["method"], &request["level"]), (&404.into(), &"GET".into(), &"INFO".into()));
    assert!(request["timestamp"].is_string() && request["ms"].is_number(), "{request}");
    assert!(!log.contains("secret") && !log.contains("Correct-horse"), "neither filters nor passwords: {log}");
}
