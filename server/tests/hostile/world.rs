//! The company under attack, and the oracle.
//!
//! Two workspaces. In the first: `rep` of the north, who may not see the margin of accounts and sees telephone numbers
//! covered; `other_rep` of the south, whose records are no business of his; `manager` of the north, `admin`, `partner`, a
//! program with the narrowest of keys. In the second, `outsider`. Whatever is not the rep's to see is a canary.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use guanxi_testkit::{Client, Digest, PASSWORD, Reply, TestServer};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::secrets::leaks;

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    /// Below the API's base.
    pub path: String,
    pub body: Option<Json>,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None }
    }
    pub fn post(path: impl Into<String>, body: Json) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body) }
    }
    pub fn patch(path: impl Into<String>, body: Json) -> Self {
        Self { method: Method::PATCH, path: path.into(), body: Some(body) }
    }
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None }
    }

    pub fn send(&self, client: &Client<'_>) -> Reply {
        match (self.method.as_str(), &self.body) {
            ("GET", _) => client.get(&self.path),
            ("DELETE", _) => client.delete(&self.path),
            ("PATCH", body) => client.patch(&self.path, body.clone().unwrap_or_default()),
            (_, body) => client.post(&self.path, body.clone().unwrap_or_default()),
        }
    }

    /// All the caller said, decoded.
    fn said(&self) -> String {
        format!("{} {}", decode(&self.path), self.body.as_ref().map(Json::to_string).unwrap_or_default())
    }
}

/// What somebody has, by what it is called in addresses.
pub struct Held {
    pub member: String,
    /// Object and id of a record of each kind.
    pub records: Vec<(&'static str, String)>,
    /// An account in the recycle bin.
    pub deleted: String,
    pub file: String,
    pub import: String,
    /// The change that made the account.
    pub change: String,
    pub session: String,
    pub key: String,
}

impl Held {
    /// The id of the record of an object.
    pub fn id(&self, object: &str) -> &str {
        self.records.iter().find(|it| it.0 == object).map(|it| it.1.as_str()).unwrap_or_else(|| panic!("no {object}"))
    }
    /// Its address.
    pub fn path(&self, object: &str) -> String {
        format!("/records/{object}/{}", self.id(object))
    }
}

pub struct World<'a> {
    pub server: &'a TestServer,
    pub rep: Client<'a>,
    pub other_rep: Client<'a>,
    pub manager: Client<'a>,
    pub admin: Client<'a>,
    pub partner: Client<'a>,
    /// A program of the rep's that may read leads and nothing else.
    pub program: Client<'a>,
    pub outsider: Client<'a>,
    /// What the rep has; its margin and its telephone number he may not see.
    pub own: Held,
    pub others: Held,
    pub outside: Held,
    pub north: Uuid,
    pub south: Uuid,
    pub rep_id: Uuid,
    /// The second workspace.
    pub elsewhere: String,
}

fn label(text: &str) -> Json {
    json!({ "zh-CN": text, "en": text })
}

pub fn encode(text: &str) -> String {
    text.bytes().map(|it| if it.is_ascii_alphanumeric() { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = if byte == b'%' { rest.clone().take(2).map(char::from).collect::<String>() } else { String::new() };
        match u8::from_str_radix(&digits, 16) {
            Ok(decoded) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            Err(_) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn text_of<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}"))
}

/// A standard role under another name, changed.
fn role(admin: &Client<'_>, standard: &str, name: &str, change: impl FnOnce(&mut Json)) {
    let roles = admin.get("/roles").expect(200);
    let found = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == standard);
    let mut role = found.unwrap().clone();
    role["name"] = json!(name);
    role["label"] = label(name);
    change(&mut role);
    admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
}

/// Changes the rep's role.
pub fn change_rep(admin: &Client<'_>, change: impl FnOnce(&mut Json)) {
    role(admin, "rep", "rep", change);
}

/// Fields that the rep may not see: text, number, date.
fn define_secrets(admin: &Client<'_>) {
    let field = |name: &str, kind: &str, more: Json| {
        let mut field = json!({ "name": name, "type": kind, "label": label(name), "indexed": true });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "op": "add_field", "object": "account", "field": field })
    };
    let changes = json!([
        field("margin", "text", json!({ "searchable": true })),
        field("margin_rate", "number", json!({})),
        field("margin_day", "date", json!({})),
    ]);
    admin.post("/schema/apply", json!({ "changes": changes })).expect(200);
    role(admin, "sales", "rep", |role| {
        role["objects"]["account"]["fields"] = json!({ "margin": "hidden", "margin_rate": "hidden", "margin_day": "hidden", "phone": "masked" });
        role["objects"]["account"]["masked_in_lists"] = json!(["email"]);
        role["objects"]["user"]["fields"] = json!({ "phone": "hidden" });
        role["objects"]["tag"]["read"] = json!("own");
    });
}

/// Makes one of everything, with `word` in every text.
fn fill(client: &Client<'_>, word: &str) -> Held {
    let (account, mut records) = fill_account(client, word);
    let make = |object: &str, values: Json| text_of(&client.post(&format!("/records/{object}"), values).expect(201), "id").to_owned();
    let named = client.with_header("content-disposition", &format!("attachment; filename=\"{word}.txt\""));
    let file = text_of(&named.post_bytes("/files", "text/plain", word.as_bytes()).expect(201), "id").to_owned();
    let note = json!({ "title": word, "body": format!("<p>{word}</p>"), "account": account, "attachment": file });
    records.push(("note", make("note", note)));
    let view = json!({ "name": word, "object_name": "account", "config": { "filter": format!("name == '{word}'") } });
    records.push(("saved_view", make("saved_view", view)));
    let deleted = make("account", json!({ "name": format!("{word}GONE"), "description": word }));
    make("note", json!({ "title": word, "body": word, "account": deleted }));
    client.delete(&format!("/records/account/{deleted}")).expect(204);
    let table = format!("姓名,公司,备注\n{word},,{word}\n");
    let upload = named.post_bytes("/imports?object=contact", "text/csv", table.as_bytes()).expect(201);
    let history = client.get(&format!("/records/account/{account}/history")).expect(200);
    let change = text_of(history["items"].as_array().unwrap().last().unwrap(), "change_id").to_owned();
    let key = client.post("/me/api-keys", json!({ "name": word })).expect(201);
    let member = text_of(&client.get("/me").expect(200)["user"], "id").to_owned();
    let session = text_of(&client.get("/me/sessions").expect(200)["items"][0], "id").to_owned();
    Held { member, records, deleted, file, import: text_of(&upload, "id").to_owned(), change, session, key: text_of(&key, "id").to_owned() }
}

fn fill_account(client: &Client<'_>, word: &str) -> (String, Vec<(&'static str, String)>) {
    let make = |object: &str, values: Json| text_of(&client.post(&format!("/records/{object}"), values).expect(201), "id").to_owned();
    let tag = make("tag", json!({ "name": word, "description": word }));
    let account = json!({
        "name": word, "short_name": word, "description": word, "email": format!("{word}@secret.example"), "legal_representative": word,
        "website": format!("https://{word}.example/{word}"), "tags": [tag],
    });
    let account = make("account", account);
    client.patch(&format!("/records/account/{account}"), json!({ "description": format!("{word} again") })).expect(200);
    let contact = json!({ "name": word, "account": account, "wechat": word, "title": word, "description": word, "tags": [tag] });
    let lead = json!({ "name": word, "company": word, "need": word, "description": word, "source_detail": word, "wechat": word });
    let deal = json!({ "name": word, "account": account, "close_date": "2026-12-31" });
    let task = json!({ "subject": word, "kind": "task", "account": account, "description": word, "tags": [tag] });
    let records = vec![
        ("contact", make("contact", contact)),
        ("lead", make("lead", lead)),
        ("opportunity", make("opportunity", deal)),
        ("activity", make("activity", task)),
        ("tag", tag),
        ("account", account.clone()),
    ];
    (account, records)
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl<'a> World<'a> {
    pub fn new(server: &'a TestServer) -> Self {
        let north = server.create("department", json!({ "name": "North", "parent": server.department() }));
        let south = server.create("department", json!({ "name": "South", "parent": server.department() }));
        server.add_member("chief", &["administrator"], server.department());
        let admin = server.sign_in("chief");
        define_secrets(&admin);
        let rep_id = server.add_member("rep", &["rep"], north);
        server.add_member("rival", &["rep"], south);
        server.add_member("lead", &["sales_manager"], north);
        server.add_member("ally", &["partner"], south);
        let [rep, other_rep, manager, partner] = ["rep", "rival", "lead", "ally"].map(|it| server.sign_in(it));
        let elsewhere = format!("w{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let outsider = open_elsewhere(server, &admin, &elsewhere);
        let own = fill(&rep, "Plain");
        let secret = json!({ "margin": "CNRYMARGIN", "margin_rate": 1_007_654_321, "margin_day": "2001-02-03", "phone": "13887654321" });
        admin.patch(&own.path("account"), secret).expect(200);
        let rivals = admin.get(&format!("/records/user?filter={}", encode("email == 'rival@test.example'"))).expect(200);
        let rival = text_of(&rivals["items"][0], "id").to_owned();
        admin.patch(&format!("/records/user/{rival}"), json!({ "phone": "13987654321" })).expect(200);
        let others = fill(&other_rep, "CNRYRIVAL");
        let outside = fill(&outsider, "CNRYABROAD");
        let mut program = server.anonymous();
        let scope = json!({ "objects": { "lead": ["read"] }, "roles": null });
        program.key = rep.post("/me/api-keys", json!({ "name": "narrow", "scope": scope })).expect(201)["key"].as_str().map(str::to_owned);
        server.settle();
        Self { server, rep, other_rep, manager, admin, partner, program, outsider, own, others, outside, north, south, rep_id, elsewhere }
    }

    /// Both databases as they are.
    pub fn digest(&self) -> [Digest; 2] {
        let elsewhere = self.server.app.workspaces.get(&self.elsewhere).unwrap();
        [Digest::of(&self.server.workspace), Digest::of(&elsewhere)]
    }

    /// Fails where anything changed since.
    #[track_caller]
    pub fn unchanged(&self, before: &[Digest; 2], what: &str) {
        let now = self.digest();
        let changes: Vec<String> = before.iter().zip(&now).flat_map(|(before, now)| before.changes(now)).collect();
        assert!(changes.is_empty(), "{what} changed\n{}", changes.join("\n"));
    }

    /// Asks; fails where the answer holds what the caller did not say and may not see, where the server is at fault, or
    /// serves no more.
    #[track_caller]
    pub fn ask(&self, client: &Client<'_>, call: &Call) -> Reply {
        let reply = call.send(client);
        self.clean(&call.said(), &reply, &format!("{call:?}"));
        assert!(reply.status < 500, "{call:?}: {} {}", reply.status, reply.json);
        reply
    }

    /// Fails where an answer holds a secret that was not in the question.
    #[track_caller]
    pub fn clean(&self, said: &str, reply: &Reply, what: &str) {
        let headers: Vec<String> = reply.headers.iter().map(|it| format!("{}: {}", it.0, String::from_utf8_lossy(it.1.as_bytes()))).collect();
        let found = [leaks(said, headers.join("\n").as_bytes()), leaks(said, &reply.bytes)].concat();
        assert!(found.is_empty(), "{what} tells {found:?}: {}", String::from_utf8_lossy(&reply.bytes));
        assert_eq!(self.server.anonymous().send(Method::GET, "/healthz", None).status, 200, "{what} hurts");
    }

    /// Asks and fails unless it is refused with one of these, with nothing changed by it.
    #[track_caller]
    pub fn refused(&self, client: &Client<'_>, statuses: &[u16], call: &Call) -> Reply {
        let before = self.digest();
        let reply = self.ask(client, call);
        assert!(statuses.contains(&reply.status), "{call:?} answers {} {}", reply.status, String::from_utf8_lossy(&reply.bytes));
        self.unchanged(&before, &format!("{call:?}"));
        reply
    }

    /// As [`World::refused`] for the rep.
    #[track_caller]
    pub fn rep_refused(&self, statuses: &[u16], call: &Call) -> Reply {
        self.refused(&self.rep, statuses, call)
    }

    /// As [`World::refused`] for many requests of many callers, looked at together.
    #[track_caller]
    pub fn all_refused(&self, clients: &[&Client<'_>], statuses: &[u16], calls: &[Call]) {
        let before = self.digest();
        for call in calls {
            for client in clients {
                let reply = self.ask(client, call);
                assert!(statuses.contains(&reply.status), "{call:?} answers {} {}", reply.status, String::from_utf8_lossy(&reply.bytes));
            }
        }
        self.unchanged(&before, &format!("{calls:?}"));
    }
}

/// Makes the second workspace and signs its administrator in.
fn open_elsewhere<'a>(server: &'a TestServer, admin: &Client<'_>, id: &str) -> Client<'a> {
    admin.post("/workspaces", json!({ "id": id, "name": "Elsewhere" })).expect(201);
    // Its threads would change it while a test looks.
    server.app.backgrounds.stop_all();
    let mut outsider = server.anonymous().in_workspace(id);
    outsider.sign_in("chief@test.example", PASSWORD).expect(200);
    outsider
}

/// Runs a case on SQLite.
pub fn on_sqlite(case: impl Fn(&World<'_>)) {
    case(&World::new(&TestServer::sqlite()));
}

/// Runs a case on both stores.
pub fn on_both(case: impl Fn(&World<'_>)) {
    guanxi_testkit::on_both_stores(|server| {
        // Both workspaces go with the test's database.
        case(&World::new(server));
    });
}
