//! What comes of what visitors send, asked of the engine itself with the context a visitor has: he may read forms, and nothing
//! else of anything.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Access, AccessScope, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_marketing::forms::{FORM, Form, Taken, Visit, check, take};
use guanxi_testkit::TestEngine;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_visitor_may_read_forms_and_nothing_else,
    a_lead_goes_where_the_form_says,
    what_no_lead_can_be_made_of_is_kept_for_a_person,
    a_lead_takes_its_submission_along,
);

/// As `server/src/http/public_forms/visitor.rs` makes it.
fn visitor(engine: &TestEngine) -> Context {
    let system = engine.system();
    let scope = AccessScope { objects: BTreeMap::from([(FORM.to_owned(), BTreeSet::from(["read".to_owned()]))]), ..AccessScope::default() };
    Context { access: Arc::new(Access::system(Uuid::nil()).limited_to(&system.schema, &scope)), ..system }
}

fn make_form(engine: &TestEngine, more: Json) -> String {
    let mut values = json!({
        "name": "官网咨询", "title": "预约演示", "consent_text": "同意",
        "fields": [{ "field": "name" }, { "field": "mobile" }, { "field": "employees" }, { "field": "purchase_time" }, { "field": "budget" }],
    });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let id = engine.create(&engine.system(), "web_form", values);
    engine.get(&engine.system(), "web_form", id)["key"].as_str().unwrap().to_owned()
}

fn open(engine: &TestEngine, key: &str) -> Form {
    let context = visitor(engine);
    engine.workspace.store.read_with(|tx| Form::open(&context, tx, key)).unwrap().unwrap()
}

fn visit(token: &str) -> Visit {
    Visit {
        token: token.to_owned(),
        digest: token.to_owned(),
        took: SignedDuration::from_secs(10),
        trapped: false,
        network: "203.0.113.0/24".to_owned(),
        origin: None,
    }
}

fn given(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn send(engine: &TestEngine, key: &str, token: &str, values: Json) -> Taken {
    let (context, form) = (visitor(engine), open(engine, key));
    let values = check(&context, &form, &given(values)).unwrap();
    take(&context, &form, &values, &visit(token)).unwrap()
}

fn a_visitor_may_read_forms_and_nothing_else(engine: &TestEngine) {
    let key = make_form(engine, json!({}));
    send(engine, &key, "a", json!({ "name": "王小明", "mobile": "13812345678" }));
    let context = visitor(engine);
    for object in context.schema.objects.values() {
        for verb in [Verb::Read, Verb::Create, Verb::Update, Verb::Delete, Verb::Assign, Verb::Export, Verb::Import, Verb::Share] {
            let may = object.name == FORM && verb == Verb::Read;
            assert_eq!(context.access.may(object, verb), may, "{} {}", verb.name(), object.name);
        }
        assert!(!context.access.may_act(&object.name, "accept") && !context.access.may_act(&object.name, "claim"), "{}", object.name);
        if object.name != FORM {
            assert!(engine.try_list(&context, &object.name, "").unwrap_or_default().is_empty(), "{}", object.name);
        }
    }
    assert!(context.access.require_administrator().is_err() && context.access.require_auditor().is_err());
    assert!(engine.try_create(&context, "lead", json!({ "name": "x", "mobile": "13812345678" })).is_err());
    assert!(engine.try_create(&context, "web_form_submission", json!({})).is_err());
    assert!(!context.access.may_give("administrator"));
}

fn a_lead_goes_where_the_form_says(engine: &TestEngine) {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let rep = engine.member("rep", &["sales"], department);
    let pool =
        engine.create(&system, "pool", json!({ "name": "线索公海", "object": "lead", "departments": [department], "administrators": [rep.actor] }));
    let campaign = engine.create(&system, "campaign", json!({ "name": "春季展会", "kind": "event" }));
    let lead = |name: &str| engine.list(&system, "lead", &format!("name == '{name}'"))[0].clone();
    let member = make_form(engine, json!({ "goes_to": "member", "lead_owner": rep.actor, "campaign": campaign }));
    send(
        engine,
        &member,
        "a",
        json!({ "name": "王小明", "mobile": "13812345678", "employees": "120", "purchase_time": "within_month", "budget": "50000" }),
    );
    let found = lead("王小明");
    assert_eq!((&found["owner"]["id"], &found["department"]["id"]), (&json!(rep.actor), &json!(department)));
    assert_eq!((&found["source"], &found["campaign"]["id"]), (&json!("event"), &json!(campaign)));
    assert_eq!((&found["employees"], &found["purchase_time"], &found["budget"]["amount"]), (&json!(120), &json!("within_month"), &json!("50000.00")));
    let pooled = make_form(engine, json!({ "name": "二", "goes_to": "pool", "lead_pool": pool, "source": "social" }));
    send(engine, &pooled, "b", json!({ "name": "李娜", "mobile": "13812345679" }));
    let found = lead("李娜");
    assert_eq!((&found["owner"], &found["pool"]["id"], &found["source"]), (&Json::Null, &json!(pool), &json!("social")));
    let ruled = make_form(engine, json!({ "name": "三" }));
    engine.create(&system, "assignment_rule", json!({ "name": "官网", "object": "lead", "position": 1, "method": "round_robin", "members": [rep.actor], "condition": "source == 'website'" }));
    send(engine, &ruled, "c", json!({ "name": "赵敏", "mobile": "13812345670" }));
    assert_eq!(lead("赵敏")["owner"]["id"], json!(rep.actor));
    // Who left gets nothing more: rules decide.
    engine.update(&system, "user", rep.actor, json!({ "active": false }));
    send(engine, &member, "d", json!({ "name": "周杰", "mobile": "13812345671" }));
    assert_eq!(lead("周杰")["owner"], Json::Null);
}

fn what_no_lead_can_be_made_of_is_kept_for_a_person(engine: &TestEngine) {
    let system = engine.system();
    let pool = engine.create(&system, "pool", json!({ "name": "线索公海", "object": "lead", "roles": ["sales"] }));
    let key = make_form(engine, json!({ "goes_to": "pool", "lead_pool": pool }));
    // What the visitor cannot mend, and must not learn of: where it should go is not there any more.
    engine.try_delete(&system, "pool", pool).unwrap();
    assert!(matches!(send(engine, &key, "a", json!({ "name": "王小明", "mobile": "13812345678" })), Taken::Received));
    let kept = engine.list(&system, "web_form_submission", "");
    assert_eq!(
        (&kept[0]["state"], &kept[0]["reason"], &kept[0]["values"]["mobile"]),
        (&json!("held"), &json!(["not_saved"]), &json!("+8613812345678"))
    );
    assert!(engine.list(&system, "lead", "").is_empty());
}

fn a_lead_takes_its_submission_along(engine: &TestEngine) {
    let system = engine.system();
    let key = make_form(engine, json!({}));
    send(engine, &key, "a", json!({ "name": "王小明", "mobile": "13812345678" }));
    let lead: Uuid = engine.list(&system, "lead", "")[0]["id"].as_str().unwrap().parse().unwrap();
    engine.try_delete(&system, "lead", lead).unwrap();
    assert!(engine.list(&system, "web_form_submission", "").is_empty());
    engine.try_restore(&system, "lead", lead).unwrap();
    assert_eq!(engine.list(&system, "web_form_submission", "").len(), 1);
}
