//! Enrichment: what is sent to a service outside, and for whom; what comes of it, and that nothing is written unseen. The service is
//! Python's HTTP server, which notes all it is asked.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use guanxi_kernel::enrichment::{self as runs, AnswerState, RunState};
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{Client, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{encode, path_of};

const SOURCES: &str = "/records/enrichment_source";
/// Codes whose check digits fit: one the service knows, and one it does not.
const KNOWN: &str = "91110000802100433B";
const UNKNOWN: &str = "91310000MA1K000006";
/// Of companies there are more of.
const CODES: [&str; 6] =
    ["91310000MA1K00100U", "91310000MA1K00101Y", "91310000MA1K001022", "91310000MA1K001035", "91310000MA1K001048", "91310000MA1K00105B"];

const SERVICE: &str = r#"
import http.server, json, sys, urllib.parse, os
log = open(sys.argv[1], "a", buffering=1)
known = {
    "91110000802100433B": {"result": {"site": "https://xinghe.example/", "staff": "120", "tel": ["021-61234567"], "trade": "no such trade"}},
    "wei@x.example": {"result": {"title": "总监"}},
    "91310000MA1K000019": {"result": {"site": "x" * 9000, "staff": {"deep": {"a": 1}}}},
}
class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))
    def do_GET(self):
        self.answer(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
    def answer(self, asked):
        log.write(json.dumps({"asked": asked, "key": self.headers.get("x-key"), "method": self.command}, ensure_ascii=False) + "\n")
        key = asked.get("code") or asked.get("email")
        failing = open(sys.argv[1] + ".failing").read() if os.path.exists(sys.argv[1] + ".failing") else ""
        down = os.path.exists(sys.argv[1] + ".down") or failing == key
        found = known.get(key)
        body = json.dumps(found).encode() if found else b""
        self.send_response(503 if down else 200 if found else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *rest):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// The service, until it is dropped.
struct Service {
    process: Child,
    host: String,
    folder: tempfile::TempDir,
}

impl Service {
    /// Nothing where there is no Python, which is said.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let started = Command::new("python3").args(["-c", SERVICE]).arg(folder.path().join("log")).stdout(Stdio::piped()).spawn();
        let Ok(mut process) = started else {
            eprintln!("skipped: there is no python3 to be the service");
            return None;
        };
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Self { process, host: format!("127.0.0.1:{}", port.trim()), folder })
    }

    fn log(&self) -> std::path::PathBuf {
        self.folder.path().join("log")
    }

    /// What it was asked since the last time.
    fn heard(&self) -> Vec<Json> {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        std::fs::write(self.log(), "").unwrap();
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Questions by this code are not answered.
    fn fails_for(&self, code: &str) {
        std::fs::write(self.folder.path().join("log.failing"), code).unwrap();
    }

    fn is_down(&self, down: bool) {
        let sign = self.folder.path().join("log.down");
        if down { std::fs::write(sign, "").unwrap() } else { std::fs::remove_file(sign).unwrap() }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn with_service(test: impl Fn(&TestServer, &Service)) {
    let Some(service) = Service::start() else { return };
    on_both_stores_with(&[("source-hosts", &service.host)], |server| {
        service.heard();
        test(server, &service);
    });
}

fn add_source(admin: &Client<'_>, service: &Service, values: Json) -> Json {
    let mut source = json!({
        "name": "工商信息", "object": "account", "address": format!("http://{}/v1", service.host), "auth_header": "X-Key", "active": true,
        "match_field": "credit_code", "sends": "credit_code = code\nname", "takes": "website = result.site\nemployees = result.staff",
    });
    source.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    admin.post(SOURCES, source).expect(201)
}

/// Begins a run and has it asked.
fn enrich(server: &TestServer, client: &Client<'_>, source: &Json, input: Json) -> String {
    let begun = client.post(&format!("{}/actions/enrich", path_of("enrichment_source", source)), input).expect(200);
    server.settle();
    format!("/enrichment/runs/{}", begun["run"].as_str().unwrap())
}

fn account(client: &Client<'_>, values: Json) -> Json {
    client.post("/records/account", values).expect(201)
}

fn item<'j>(run: &'j Json, record: &Json) -> &'j Json {
    run["items"].as_array().unwrap().iter().find(|it| it["id"] == record["id"]).unwrap()
}

#[test]
fn what_records_lack_is_asked_for_shown_and_written_with_its_source() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(
            &admin,
            service,
            json!({ "takes": "website = result.site\nemployees = result.staff\nphone = result.tel.0\nindustry = result.trade" }),
        );
        let secret = format!("/enrichment/sources/{}/secret", source["id"].as_str().unwrap());
        admin.post(&secret, json!({ "secret": "geheim" })).expect(204);
        assert_eq!(admin.get(&path_of("enrichment_source", &source)).expect(200)["has_secret"], true);
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN, "description": "内部备注", "phone": "010-88886666" }));
        let (unknown, without) = (account(&admin, json!({ "name": "乙", "credit_code": UNKNOWN })), account(&admin, json!({ "name": "丙" })));
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"], unknown["id"], without["id"]] }));

        // What leaves is what is listed, and the log says so before: names of fields, and never what stands in them.
        let heard = service.heard();
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert_eq!(heard[0], json!({ "asked": { "code": KNOWN, "name": "星河" }, "key": "geheim", "method": "POST" }));
        let noted = server.audit(&["enrich_ask"]);
        assert_eq!(noted.len(), 2);
        assert_eq!((noted[0].1.map(|it| json!(it)), &noted[0].2["fields"]), (Some(known["id"].clone()), &json!(["credit_code", "name"])));
        assert!(!noted[0].2.to_string().contains("星河") && !noted[0].2.to_string().contains(KNOWN));

        let shown = admin.get(&run).expect(200);
        assert_eq!((&shown["state"], &shown["total"], &shown["done"], &shown["changed"]), (&json!("ready"), &json!(3), &json!(3), &json!(1)));
        assert_eq!((&item(&shown, &unknown)["state"], &item(&shown, &without)["reason"]), (&json!("nothing"), &json!("no_key")));
        let of_known = item(&shown, &known);
        let changes: Vec<(&str, &Json)> =
            of_known["changes"].as_array().unwrap().iter().map(|it| (it["field"].as_str().unwrap(), &it["after"])).collect();
        assert_eq!(changes, [("employees", &json!(120)), ("website", &json!("https://xinghe.example/"))], "the phone is not empty");
        assert_eq!(of_known["problems"][0]["field"], "industry", "what does not fit is told: {of_known}");
        assert_eq!(admin.get(&path_of("account", &known)).expect(200)["website"], Json::Null, "nothing is written unseen");

        admin.post(&format!("{run}/apply"), json!({ "digest": "other" })).problem(409, "state_conflict");
        let done = admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).expect(200);
        assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(0)));
        admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).problem(409, "state_conflict");
        admin.delete(&run).problem(409, "state_conflict");
        let now = admin.get(&path_of("account", &known)).expect(200);
        assert_eq!((&now["website"], &now["employees"], &now["phone"]), (&json!("https://xinghe.example/"), &json!(120), &known["phone"]));
        let told = admin.get(&format!("{}/provenance", path_of("account", &known))).expect(200);
        let website = told["items"].as_array().unwrap().iter().find(|it| it["field"] == "website").unwrap();
        assert_eq!((&website["source"], &website["from"]), (&json!("enriched"), &json!("工商信息")));
        server.settle();
        let list = admin.get(&format!("/records/account?filter={}", encode("source(website) == 'enriched'"))).expect(200);
        assert_eq!(list["items"][0]["id"], known["id"]);

        let back = admin.post(&format!("/changes/{}/undo", done["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(back["undone"], 1);
        assert_eq!(admin.get(&path_of("account", &known)).expect(200)["website"], Json::Null);
    });
}

#[test]
fn what_somebody_typed_stays_unless_it_is_chosen() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({ "method": "get" }));
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN, "website": "https://typed.example" }));
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"]], "mode": "overwrite", "overwrite": ["website"] }));
        assert_eq!(service.heard()[0]["method"], "GET");
        let shown = admin.get(&run).expect(200);
        let one = item(&shown, &known);
        assert_eq!((&one["changes"][0]["field"], &one["typed"][0]["field"]), (&json!("employees"), &json!("website")));
        admin.delete(&run).expect(204);
        admin.get(&run).problem(404, "not_found");

        let all = json!({ "records": [known["id"]], "mode": "overwrite", "overwrite": ["website"], "typed": true });
        let run = enrich(server, &admin, &source, all);
        let shown = admin.get(&run).expect(200);
        assert_eq!(item(&shown, &known)["typed"], json!([]));
        // Who changes it meanwhile has the last word.
        admin.patch(&path_of("account", &known), json!({ "website": "https://later.example" })).expect(200);
        admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).problem(409, "state_conflict");
        let shown = admin.get(&run).expect(200);
        admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"], "leave_out": [known["id"]] })).problem(409, "state_conflict");
        admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).expect(200);
        let done = admin.get(&path_of("account", &known)).expect(200);
        assert_eq!(done["website"], "https://xinghe.example/");

        // What he takes back he chose, and so is what many were given at once.
        let told = admin.get(&format!("{}/provenance", path_of("account", &known))).expect(200);
        let change = told["items"].as_array().unwrap().iter().find(|it| it["field"] == "website").unwrap()["change_id"].clone();
        admin.post(&format!("/changes/{}/undo", change.as_str().unwrap()), json!({})).expect(200);
        let bulk = json!({ "ids": [known["id"]], "change": { "update": { "employees": 7 } } });
        admin.post("/records/account/bulk", bulk).expect(200);
        let all = json!({ "records": [known["id"]], "mode": "overwrite", "overwrite": ["website", "employees"] });
        let shown = admin.get(&enrich(server, &admin, &source, all)).expect(200);
        let kept: Vec<&Json> = item(&shown, &known)["typed"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
        assert_eq!(kept, ["employees", "website"], "{shown}");
    });
}

#[test]
fn a_key_has_nothing_sent_that_it_does_not_open_itself() {
    with_service(|server, service| {
        let admin = server.administrator();
        let account_rights = json!({ "read": "all", "update": "all", "fields": { "employees": "hidden" } });
        let sources = json!({ "read": "all", "actions": ["enrich"] });
        let label = json!({ "zh-CN": "外部程序", "en": "Program" });
        let role = json!({ "name": "our_program", "label": label, "objects": { "account": account_rights, "enrichment_source": sources } });
        admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        server.add_member("both", &["administrator", "our_program"], server.department());
        let owner = server.sign_in("both");
        let source = add_source(&admin, service, json!({ "sends": "credit_code = code\nemployees = staff", "takes": "website = result.site" }));
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN, "employees": 12 }));
        let key = owner.post("/me/api-keys", json!({ "name": "补全", "scope": { "roles": ["our_program"] } })).expect(201);
        let mut program = server.anonymous();
        program.key = key["key"].as_str().map(str::to_owned);
        for (client, sent) in [(&owner, json!({ "code": KNOWN, "staff": 12 })), (&program, json!({ "code": KNOWN }))] {
            client.post(&format!("{}/actions/enrich", path_of("enrichment_source", &source)), json!({ "records": [known["id"]] })).expect(200);
            server.settle();
            assert_eq!(service.heard()[0]["asked"], sent);
        }
    });
}

#[test]
fn people_are_sent_whose_word_allows_it_and_no_others() {
    with_service(|server, service| {
        let admin = server.administrator();
        let of_contacts = json!({
            "name": "职位", "object": "contact", "match_field": "email", "sends": "email", "takes": "title = result.title",
        });
        let mut refused = of_contacts.clone();
        refused
            .as_object_mut()
            .unwrap()
            .extend(json!({ "address": format!("http://{}/", service.host), "active": true }).as_object().unwrap().clone());
        admin.post(SOURCES, refused.clone()).field_problem(422, "purpose", "rule");
        let bound =
            admin.post("/records/purpose", json!({ "name": "营销短信", "legal_ground": "consent", "channels": ["sms"], "active": true })).expect(201);
        refused["purpose"] = bound["id"].clone();
        admin.post(SOURCES, refused).field_problem(422, "purpose", "rule");
        let purpose = admin.post("/records/purpose", json!({ "name": "资料补全", "legal_ground": "consent", "active": true })).expect(201);
        let mut values = of_contacts;
        values["purpose"] = purpose["id"].clone();
        let source = add_source(&admin, service, values);

        let contact = |name: &str, email: &str, more: Json| {
            let mut values = json!({ "name": name, "email": email });
            values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            admin.post("/records/contact", values).expect(201)
        };
        let agreed = contact("王伟", "wei@x.example", json!({}));
        let (silent, away, quiet) = (
            contact("李娜", "na@x.example", json!({})),
            contact("张三", "san@x.example", json!({})),
            contact("赵六", "liu@x.example", json!({ "do_not_contact": true })),
        );
        let consent = |who: &Json| {
            let given = json!({ "person": { "object": "contact", "id": who["id"] }, "purpose": purpose["id"], "channel": "any", "source": "paper" });
            admin.post("/records/consent", given).expect(201)
        };
        consent(&agreed);
        consent(&quiet);
        let withdrawn = consent(&away);
        server.clock.advance(60);
        admin.post(&format!("{}/actions/withdraw", path_of("consent", &withdrawn)), json!({ "reason": "不同意了" })).expect(200);

        let run = enrich(server, &admin, &source, json!({ "records": [agreed["id"], silent["id"], away["id"], quiet["id"]] }));
        let heard: Vec<Json> = service.heard().into_iter().map(|it| it["asked"]["email"].clone()).collect();
        assert_eq!(heard, [json!("wei@x.example")]);
        let shown = admin.get(&run).expect(200);
        for (who, why) in [(&silent, "no_consent"), (&away, "withdrawn"), (&quiet, "do_not_contact")] {
            assert_eq!((&item(&shown, who)["state"], &item(&shown, who)["reason"]), (&json!("withheld"), &json!(why)), "{shown}");
        }
        assert_eq!(item(&shown, &agreed)["changes"][0]["after"], "总监");
        assert_eq!(server.audit(&["enrich_ask"])[0].2["purpose"], purpose["id"]);

        // What was answered about a person goes with him.
        admin.delete(&format!("{}?permanent=true", path_of("contact", &agreed))).expect(204);
        assert!(admin.get(&run).expect(200)["items"].as_array().unwrap().iter().all(|it| it["id"] != agreed["id"]));
    });
}

#[test]
fn it_takes_the_right_to_enrich_and_to_change_and_runs_are_ones_own() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let path = path_of("enrichment_source", &source);
        let sales = server.caller("sales");
        let seen = sales.get(&path).expect(200);
        assert!(seen.get("address").is_none() && seen["sends"].is_string(), "what is sent is told, where to is not: {seen}");
        let (own, other) =
            (account(&sales, json!({ "name": "星河", "credit_code": KNOWN })), account(&admin, json!({ "name": "乙", "credit_code": UNKNOWN })));
        let run = enrich(server, &sales, &source, json!({ "records": [own["id"], other["id"]] }));
        assert_eq!(service.heard().len(), 1, "records that are not his to change are not asked about");
        let shown = sales.get(&run).expect(200);
        assert_eq!((&shown["total"], &shown["items"][0]["id"]), (&json!(1), &own["id"]));
        admin.get(&run).problem(404, "not_found");
        admin.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).problem(404, "not_found");
        admin.delete(&run).problem(404, "not_found");
        sales.post(&format!("{path}/actions/enrich"), json!({ "records": [other["id"]] })).field_problem(422, "records", "no_such_record");
        sales.post(&format!("{path}/actions/enrich"), json!({ "records": "x" })).field_problem(422, "records", "wrong_type");
        let wrong = json!({ "records": [own["id"]], "mode": "overwrite", "overwrite": ["nothing"] });
        sales.post(&format!("{path}/actions/enrich"), wrong).field_problem(422, "overwrite", "unknown_field");
        let secret = format!("/enrichment/sources/{}/secret", source["id"].as_str().unwrap());
        sales.post(&secret, json!({ "secret": "x" })).problem(403, "forbidden");
        admin.post(&secret, json!({ "secret": "zwei\nZeilen" })).problem(400, "bad_request");
        sales.patch(&path, json!({ "sends": "description" })).problem(403, "forbidden");
        let trainer = server.caller("trainer").post(&format!("{path}/actions/enrich"), json!({ "records": [own["id"]] }));
        assert!([403, 404].contains(&trainer.status), "{}", trainer.status);
        sales.post(&format!("{run}/apply"), json!({ "digest": shown["digest"] })).expect(200);
        admin.patch(&path, json!({ "active": false })).expect(200);
        sales.post(&format!("{path}/actions/enrich"), json!({ "records": [own["id"]] })).problem(404, "not_found");
    });
}

#[test]
fn a_source_that_cannot_be_asked_is_refused_when_it_is_saved() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let refused = |values: Json, field: &str, code: &str| {
            let mut source = json!({
                "name": "x", "object": "account", "address": "https://x.example/", "active": true, "match_field": "credit_code",
                "sends": "credit_code", "takes": "website = site",
            });
            source.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
            admin.post(SOURCES, source).field_problem(422, field, code);
        };
        for address in ["http://x.example/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/", "file:///etc/passwd"] {
            refused(json!({ "address": address }), "address", "bad_format");
        }
        refused(json!({ "object": "nothing" }), "object", "rule");
        refused(json!({ "sends": "credit_code\npassword" }), "sends", "rule");
        refused(json!({ "sends": "credit_code\nowner" }), "sends", "rule");
        refused(json!({ "sends": "credit_code\nphone" }), "purpose", "rule");
        // What tells of a person is what data protection takes for it, not only what is called a phone.
        for personal in ["legal_representative", "description"] {
            refused(json!({ "sends": format!("credit_code\n{personal}") }), "purpose", "rule");
        }
        refused(json!({ "sends": "credit_code\ncontact_count" }), "sends", "rule");
        for header in ["Host", "Content-Length", "transfer-encoding", "Cookie", "Proxy-Authorization"] {
            refused(json!({ "auth_header": header }), "auth_header", "rule");
        }
        refused(json!({ "takes": "contact_count = n" }), "takes", "rule");
        refused(json!({ "takes": "= n" }), "takes", "rule");
        refused(json!({ "match_field": "website" }), "match_field", "rule");
    });
}

#[test]
fn new_records_are_enriched_by_themselves_where_that_is_switched_on() {
    with_service(|server, service| {
        let admin = server.administrator();
        add_source(&admin, service, json!({ "on_create": true }));
        let sales = server.caller("sales");
        let made = account(&sales, json!({ "name": "星河", "credit_code": KNOWN, "employees": 7 }));
        server.settle();
        let now = sales.get(&path_of("account", &made)).expect(200);
        assert_eq!((&now["website"], &now["employees"]), (&json!("https://xinghe.example/"), &json!(7)), "what is there stays");
        assert_eq!(service.heard().len(), 1);
        server.settle();
        assert_eq!(service.heard().len(), 0, "it is asked once");
    });
}

#[test]
fn new_records_wait_for_a_service_in_trouble_and_are_written_when_it_is_back() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({ "on_create": true }));
        service.is_down(true);
        let make = |name: &str, code: &str| account(&admin, json!({ "name": name, "credit_code": code }));
        let first = make("星河", KNOWN);
        server.settle();
        make("乙", UNKNOWN);
        server.settle();
        assert!(!service.heard().is_empty());
        service.is_down(false);
        server.clock.advance(62);
        server.settle();
        assert_eq!(admin.get(&path_of("account", &first)).expect(200)["website"], "https://xinghe.example/");
        // A source is no diary: that it goes well is not written with each record.
        let version = source_now(&admin, &source)["version"].clone();
        server.clock.advance(62);
        make("丙", "91310000MA1K00002C");
        server.settle();
        assert!(!service.heard().is_empty());
        assert_eq!(source_now(&admin, &source)["version"], version);
    });
}

#[test]
fn a_worker_that_dies_while_it_writes_is_followed_by_another_that_goes_on() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({ "on_create": true }));
        service.is_down(true);
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        server.settle();
        let (owner, record) = (id_of(&source["owner"]), id_of(&known));
        let store = &server.workspace.store;
        let run = store.read_with(|tx| runs::runs_of(tx, owner, &[RunState::Asking], 1)).unwrap().pop().unwrap();
        // It was answered and the run was taken; then nothing more came of it.
        let change = server.workspace.system_context(Uuid::nil(), "test").new_id();
        let told = json!({ "website": "https://xinghe.example/" });
        let taken = store.write_with(move |tx| {
            runs::note(tx, run.id, record, AnswerState::Answered, None, Some(told.clone()))?;
            runs::claim(tx, run.id, RunState::Asking, change)
        });
        assert!(taken.unwrap());
        server.clock.advance(12);
        server.settle();
        assert_eq!(admin.get(&path_of("account", &known)).expect(200)["website"], "https://xinghe.example/");
        let told = admin.get(&format!("{}/provenance", path_of("account", &known))).expect(200);
        let website = told["items"].as_array().unwrap().iter().find(|it| it["field"] == "website").unwrap();
        assert_eq!((&website["from"], id_of(&json!({ "id": website["change_id"] }))), (&json!("工商信息"), change));
        // Nobody takes what another took, and nothing of it is left.
        assert!(!store.write_with(move |tx| runs::claim(tx, run.id, RunState::Asking, change)).unwrap());
        assert_eq!(store.read_with(|tx| runs::progress(tx, run.id)).unwrap(), (0, 0));
        service.is_down(false);
    });
}

fn id_of(of: &Json) -> Uuid {
    of["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn no_more_new_records_wait_than_may_be_asked_about_in_a_day() {
    with_service(|server, service| {
        let admin = server.administrator();
        add_source(&admin, service, json!({ "on_create": true, "per_day": 2 }));
        for (it, code) in CODES.iter().enumerate().take(4) {
            account(&admin, json!({ "name": format!("客户{it}"), "credit_code": code }));
        }
        server.settle();
        assert_eq!(service.heard().len(), 2);
        server.clock.advance(25 * 3_600);
        server.settle();
        assert_eq!(service.heard().len(), 0);
    });
}

#[test]
fn a_person_among_the_accounts_is_not_sent_without_a_purpose() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let person = account(&admin, json!({ "name": "王伟", "kind": "person", "credit_code": KNOWN }));
        let run = enrich(server, &admin, &source, json!({ "records": [person["id"]] }));
        assert_eq!(service.heard(), Vec::<Json>::new());
        assert_eq!(item(&admin.get(&run).expect(200), &person)["reason"], "no_purpose");
    });
}

#[test]
fn the_secret_does_not_go_to_another_host_or_in_another_header() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let path = path_of("enrichment_source", &source);
        let secret = format!("/enrichment/sources/{}/secret", source["id"].as_str().unwrap());
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        let key = |more: Json| {
            admin.patch(&path, more).expect(200);
            let run = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
            admin.delete(&run).expect(204);
            server.clock.advance(2);
            service.heard().pop().unwrap()["key"].clone()
        };
        admin.post(&secret, json!({ "secret": "geheim" })).expect(204);
        assert_eq!(key(json!({ "address": format!("http://{}/v2", service.host) })), "geheim", "the host is the same");
        // Away and back again: it was forgotten on the way.
        admin.patch(&path, json!({ "address": "https://elsewhere.example/" })).expect(200);
        assert_eq!(source_now(&admin, &source)["has_secret"], false);
        assert_eq!(key(json!({ "address": format!("http://{}/v1", service.host) })), Json::Null);
        admin.post(&secret, json!({ "secret": "geheim" })).expect(204);
        assert_eq!(key(json!({ "timeout": 9 })), "geheim");
        admin.patch(&path, json!({ "auth_header": "X-Other" })).expect(200);
        assert_eq!(key(json!({ "auth_header": "X-Key" })), Json::Null);
    });
}

#[test]
fn what_no_field_could_hold_is_told_and_not_kept() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let known = account(&admin, json!({ "name": "星河", "credit_code": "91310000MA1K000019" }));
        let shown = admin.get(&enrich(server, &admin, &source, json!({ "records": [known["id"]] }))).expect(200);
        let told = item(&shown, &known);
        let problems: Vec<(&Json, &Json)> = told["problems"].as_array().unwrap().iter().map(|it| (&it["field"], &it["code"])).collect();
        assert_eq!(problems, [(&json!("website"), &json!("too_large")), (&json!("employees"), &json!("too_large"))], "{told}");
    });
}

#[test]
fn nobody_has_a_source_asked_without_end() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        service.is_down(true);
        let begin = || admin.post(&format!("{}/actions/enrich", path_of("enrichment_source", &source)), json!({ "records": [known["id"]] }));
        for _ in 0..3 {
            begin().expect(200);
        }
        begin().problem(409, "state_conflict");
        let listed = admin.get("/enrichment/runs").expect(200)["items"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 3);
        assert_eq!((&listed[0]["state"], &listed[0]["total"], &listed[0]["source"]), (&json!("asking"), &json!(1), &source["id"]));
        assert_eq!(server.caller("sales").get("/enrichment/runs").expect(200)["items"], json!([]), "one's own");
        admin.delete(&format!("/enrichment/runs/{}", listed[0]["id"].as_str().unwrap())).expect(204);
        begin().expect(200);
        service.is_down(false);
    });
}

fn source_now(admin: &Client<'_>, source: &Json) -> Json {
    admin.get(&path_of("enrichment_source", source)).expect(200)
}

#[test]
fn a_service_in_trouble_is_asked_again_and_given_up_in_the_end() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        service.is_down(true);
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
        assert_eq!(admin.get(&run).expect(200)["state"], "asking");
        let now = source_now(&admin, &source);
        assert_eq!((&now["last_outcome"], &now["failures"]), (&json!("failed"), &json!(1)));
        assert!(now["last_message"].as_str().unwrap().contains("503"), "{now}");
        // It comes back: the same run goes on by itself.
        service.is_down(false);
        server.clock.advance(3_600);
        server.settle();
        assert_eq!(admin.get(&run).expect(200)["state"], "ready");
        assert_eq!((&source_now(&admin, &source)["last_outcome"], &source_now(&admin, &source)["failures"]), (&json!("done"), &json!(0)));

        // It does not: after five questions, with growing pauses, and not one more.
        service.is_down(true);
        service.heard();
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
        assert_eq!(service.heard().len(), 1);
        for pause in [10, 30, 120, 600] {
            assert_eq!(admin.get(&run).expect(200)["state"], "asking");
            server.clock.advance(pause - 1);
            server.settle();
            assert_eq!(service.heard().len(), 0, "{pause} seconds are not over");
            server.clock.advance(3);
            server.settle();
            assert_eq!(service.heard().len(), 1, "{pause}");
        }
        let shown = admin.get(&run).expect(200);
        assert_eq!((&shown["state"], &shown["items"][0]["state"]), (&json!("ready"), &json!("failed")), "{shown}");
        let reason = shown["items"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("503") && !reason.contains(" / "), "in one language: {reason}");
        server.clock.advance(3_600);
        server.settle();
        assert_eq!(service.heard().len(), 0);

        // Another run is not made to pay for that one.
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
        assert_eq!(admin.get(&run).expect(200)["state"], "asking");
        service.is_down(false);
        server.clock.advance(12);
        server.settle();
        assert_eq!(admin.get(&run).expect(200)["items"][0]["state"], "answered");
    });
}

#[test]
fn a_record_the_service_fails_for_does_not_hold_up_the_others() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let bad = account(&admin, json!({ "name": "坏", "credit_code": UNKNOWN }));
        let good = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        service.fails_for(UNKNOWN);
        let run = enrich(server, &admin, &source, json!({ "records": [bad["id"], good["id"]] }));
        assert_eq!(service.heard().len(), 1);
        server.clock.advance(12);
        server.settle();
        let heard = service.heard();
        assert_eq!((&heard[0]["asked"]["code"], &heard[1]["asked"]["code"]), (&json!(KNOWN), &json!(UNKNOWN)), "{heard:?}");
        // An answer in between begins the count anew: it fails once more than five times in all.
        for pause in [12, 32, 122] {
            server.clock.advance(pause);
            server.settle();
            assert_eq!(service.heard().len(), 1);
            assert_eq!(admin.get(&run).expect(200)["state"], "asking");
        }
        server.clock.advance(602);
        server.settle();
        assert_eq!(service.heard().len(), 1);
        let shown = admin.get(&run).expect(200);
        assert_eq!((&item(&shown, &bad)["state"], &item(&shown, &good)["state"]), (&json!("failed"), &json!("answered")), "{shown}");
    });
}

#[test]
fn no_more_is_asked_in_a_minute_and_a_day_than_was_said() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({ "per_minute": 2, "per_day": 3 }));
        let some: Vec<Json> =
            (0..5).map(|it| account(&admin, json!({ "name": format!("客户{it}"), "credit_code": CODES[it] }))["id"].clone()).collect();
        let run = enrich(server, &admin, &source, json!({ "records": some }));
        assert_eq!(service.heard().len(), 2);
        server.clock.advance(62);
        server.settle();
        assert_eq!(service.heard().len(), 1, "the day is used up");
        let shown = admin.get(&run).expect(200);
        assert_eq!((&shown["done"], &shown["total"], &shown["items"]), (&json!(3), &json!(5), &json!([])), "nothing is worked out before the end");
        server.clock.advance(24 * 3_600);
        server.settle();
        assert_eq!(service.heard().len(), 2);
        assert_eq!(admin.get(&run).expect(200)["state"], "ready");
    });
}

#[test]
fn answers_nobody_wrote_are_dropped() {
    with_service(|server, service| {
        let admin = server.administrator();
        let source = add_source(&admin, service, json!({}));
        let known = account(&admin, json!({ "name": "星河", "credit_code": KNOWN }));
        let run = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
        admin.get(&run).expect(200);
        // What nobody could write yet is another matter.
        service.is_down(true);
        let asking = enrich(server, &admin, &source, json!({ "records": [known["id"]] }));
        server.clock.advance(72 * 3_600);
        let context = server.workspace.system_context(Uuid::nil(), "test");
        server.workspace.registry.job("enrichment.tidy").unwrap().run(&context, &json!({})).unwrap();
        admin.get(&run).problem(404, "not_found");
        assert_eq!(admin.get(&asking).expect(200)["state"], "asking");
        service.is_down(false);
        server.settle();
        assert_eq!(admin.get(&asking).expect(200)["state"], "ready");
        server.workspace.registry.job("enrichment.tidy").unwrap().run(&context, &json!({})).unwrap();
        assert_eq!(admin.get(&asking).expect(200)["items"][0]["state"], "answered", "it is kept from when it was ready");
    });
}
