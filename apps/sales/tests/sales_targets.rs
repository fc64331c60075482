//! Targets of sales: what was reached and what open deals promise, to the cent and to the minute, and to nobody else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::write::act;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    figures_are_what_they_are_by_hand,
    a_quarter_begins_and_ends_where_the_caller_is,
    new_customers_count_once,
    nobody_is_told_of_what_he_does_not_see,
    targets_are_for_those_one_leads,
    two_targets_for_the_same_are_one_too_many,
    who_is_responsible_hands_the_review_in,
);

/// A region with one team, its manager and two who sell; and one who sells elsewhere.
struct Scene {
    region: Uuid,
    boss: Context,
    lin: Context,
    ma: Context,
    wu: Context,
    account: Uuid,
}

fn scene(engine: &TestEngine) -> Scene {
    let region = engine.department("华东大区", None);
    let team = engine.department("华东一部", Some(region));
    let other = engine.department("华南大区", None);
    let boss = engine.member("zhao", &["sales_manager"], region);
    let [lin, ma] = ["lin", "ma"].map(|it| engine.member(it, &["sales"], team));
    let wu = engine.member("wu", &["sales"], other);
    let account = engine.create(&engine.system(), "account", json!({ "name": "博远食品有限公司" }));
    Scene { region, boss: engine.again(&boss), lin, ma, wu, account }
}

impl Scene {
    /// A deal of somebody; what is named of it goes before what is usual.
    fn deal(&self, engine: &TestEngine, owner: &Context, more: Json) -> Uuid {
        let department = owner.access.member.department;
        let mut values = json!({
            "name": "灌装线项目", "account": self.account, "owner": owner.actor, "department": department, "close_date": "2026-12-31",
        });
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        engine.create(&engine.system(), "opportunity", values)
    }

    fn won(&self, engine: &TestEngine, owner: &Context, amount: &str, at: &str) -> Uuid {
        self.deal(engine, owner, json!({ "stage": "won", "amount": amount, "closed_at": at }))
    }

    /// The rows of this quarter that somebody is told.
    fn rows(&self, context: &Context) -> Vec<Json> {
        let answer = ask(context, json!({ "period": "quarter", "from": "2026-11-16" })).unwrap();
        assert_eq!(answer["more"], false);
        answer["rows"].as_array().unwrap().clone()
    }
}

fn ask(context: &Context, input: Json) -> guanxi_kernel::Result<Json> {
    act(context, "sales_target", None, "forecast", input.as_object().unwrap())
}

fn target(engine: &TestEngine, by: &Context, values: Json) -> Uuid {
    let mut all = json!({ "period": "quarter", "period_start": "2026-10-01" });
    all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    engine.create(by, "sales_target", all)
}

/// Some figures of a row, in this order.
fn figures(row: &Json) -> Vec<String> {
    let names = ["wanted", "won", "commit", "weighted", "open", "undated", "gap", "percent", "expected", "expected_percent"];
    names.iter().map(|it| row[*it].as_str().map_or_else(|| row[*it].to_string(), str::to_owned)).collect()
}

fn figures_are_what_they_are_by_hand(engine: &TestEngine) {
    let it = scene(engine);
    let rates = [("USD".to_owned(), "7.2".to_owned())].into();
    apply(&engine.system(), &[SchemaChange::PutRates { rates }], false).unwrap();
    target(engine, &it.boss, json!({ "department": it.region, "target_amount": "1000000" }));
    target(engine, &it.boss, json!({ "member": it.lin.actor, "target_amount": "600000" }));
    it.won(engine, &it.lin, "250000", "2026-10-08T02:00:00Z");
    it.deal(engine, &it.ma, json!({ "stage": "won", "amount": { "amount": "10000.55", "currency": "USD" }, "closed_at": "2026-11-02T02:00:00Z" }));
    it.deal(engine, &it.lin, json!({ "stage": "solution", "amount": "100000", "probability": "45", "forecast": "commit" }));
    it.deal(engine, &it.lin, json!({ "stage": "new", "amount": "33333.33", "probability": "10" }));
    it.deal(engine, &it.ma, json!({ "stage": "negotiation", "amount": "80000", "probability": "80", "forecast": "best_case" }));
    // Neither counts: left out of the forecast; lost; of another quarter.
    it.deal(engine, &it.ma, json!({ "stage": "new", "amount": "900000", "forecast": "omitted" }));
    it.deal(engine, &it.ma, json!({ "stage": "lost", "loss_reason": "price", "amount": "900000", "closed_at": "2026-11-02T02:00:00Z" }));
    it.deal(engine, &it.ma, json!({ "stage": "new", "amount": "900000", "close_date": "2027-01-01" }));
    // Who began before there was a rate is told that a deal is in no amount.
    let before = &it.rows(&it.boss)[0];
    assert_eq!((&before["won"], &before["unrated_deals"]), (&json!("250000.00"), &json!(1)));
    let rows = it.rows(&engine.again(&it.boss));
    assert_eq!(rows.len(), 2, "{rows:?}");
    let (whole, lin) = (&rows[0], &rows[1]);
    assert_eq!(lin["member"]["label"], "lin");
    // 250,000 + 10,000.55 × 7.2; 45,000 + 3,333.33 + 64,000.
    assert_eq!(
        figures(whole),
        ["1000000.00", "322003.96", "100000.00", "112333.33", "213333.33", "0.00", "677996.04", "32.20", "434337.29", "43.43"]
    );
    assert_eq!(figures(lin), ["600000.00", "250000.00", "100000.00", "48333.33", "133333.33", "0.00", "350000.00", "41.67", "298333.33", "49.72"]);
    assert_eq!(
        (&whole["currency"], &whole["won_deals"], &whole["open_deals"], &whole["partial"]),
        (&json!("CNY"), &json!(2), &json!(3), &json!(false))
    );
    let members: Vec<(String, Vec<String>)> =
        whole["members"].as_array().unwrap().iter().map(|it| (it["member"]["label"].as_str().unwrap().to_owned(), figures(it))).collect();
    assert_eq!(members[0], ("lin".to_owned(), figures(lin)));
    assert_eq!(members[1].0, "ma");
    assert_eq!(members[1].1, ["null", "72003.96", "0.00", "64000.00", "80000.00", "0.00", "null", "null", "136003.96", "null"]);
    // The lists behind the figures are of the same deals.
    let behind = |kind: &str| engine.list(&it.boss, "opportunity", whole["records"][kind].as_str().unwrap()).len();
    assert_eq!(["won", "open", "commit", "undated"].map(behind), [2, 3, 1, 0]);
}

fn a_quarter_begins_and_ends_where_the_caller_is(engine: &TestEngine) {
    let it = scene(engine);
    target(engine, &it.boss, json!({ "member": it.lin.actor, "measure": "won_deals", "target_count": 4 }));
    // In Shanghai: the last second of the third quarter, the first of the fourth, the last of it, the first of the next year.
    for at in ["2026-09-30T15:59:59Z", "2026-09-30T16:00:00Z", "2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z"] {
        it.won(engine, &it.lin, "1000", at);
    }
    for day in ["2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01"] {
        it.deal(engine, &it.lin, json!({ "stage": "need_confirmed", "probability": "25", "close_date": day }));
    }
    let rows = it.rows(&it.boss);
    assert_eq!(figures(&rows[0]), ["4.00", "2.00", "0.00", "0.50", "2.00", "0.00", "2.00", "50.00", "2.50", "62.50"]);
    assert_eq!(rows[0]["currency"], Json::Null);
    let asked = |input: Json| ask(&it.boss, input).unwrap()["rows"].as_array().unwrap().len();
    assert_eq!(asked(json!({})), 1, "today's where nothing is said");
    assert_eq!(asked(json!({ "from": "2026-12-31", "to": "2027-02-01" })), 1);
    assert_eq!(asked(json!({ "from": "2027-01-01" })), 0);
    assert_eq!(asked(json!({ "period": "year" })), 0);
    assert_eq!(problem_fields(&ask(&it.boss, json!({ "from": "2026-12-31", "to": "2026-12-30" })).unwrap_err()), ["to: rule"]);
    assert_eq!(problem_fields(&ask(&it.boss, json!({ "period": "week" })).unwrap_err()), ["period: bad_option"]);
}

fn new_customers_count_once(engine: &TestEngine) {
    let it = scene(engine);
    target(engine, &it.boss, json!({ "department": it.region, "measure": "new_customers", "target_count": 2 }));
    let at = "2026-11-02T02:00:00Z";
    for owner in [&it.lin, &it.ma] {
        it.deal(engine, owner, json!({ "stage": "won", "closed_at": at, "kind": "new_business" }));
    }
    let known = engine.create(&engine.system(), "account", json!({ "name": "华辰制药" }));
    it.deal(engine, &it.ma, json!({ "stage": "won", "closed_at": at, "kind": "renewal", "account": known }));
    for _ in 0..2 {
        it.deal(engine, &it.ma, json!({ "stage": "negotiation", "probability": "80", "kind": "new_business", "account": known }));
    }
    let rows = it.rows(&it.boss);
    let row = &rows[0];
    assert_eq!((&row["won"], &row["won_deals"], &row["open"], &row["weighted"]), (&json!("1.00"), &json!(2), &json!("1.00"), &json!("1.00")));
    assert_eq!(row["members"].as_array().unwrap().len(), 2);
}

fn nobody_is_told_of_what_he_does_not_see(engine: &TestEngine) {
    let it = scene(engine);
    target(engine, &it.boss, json!({ "department": it.region, "target_amount": "1000000" }));
    for (who, amount) in [(&it.lin, "600000"), (&it.ma, "400000")] {
        target(engine, &it.boss, json!({ "member": who.actor, "target_amount": amount }));
    }
    let team = it.lin.access.member.department.unwrap();
    target(engine, &it.boss, json!({ "department": team, "target_amount": "900000" }));
    it.won(engine, &it.lin, "250000", "2026-10-08T02:00:00Z");
    it.won(engine, &it.ma, "70000", "2026-10-08T02:00:00Z");
    let names =
        |rows: &[Json]| rows.iter().map(|it| it["target"]["label"].as_str().unwrap().split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    let rows = it.rows(&it.boss);
    assert_eq!(rows.len(), 4);
    // Who sells: his own target, and that of his department; of its members himself alone.
    let lin = it.rows(&it.lin);
    assert_eq!(names(&lin), ["华东一部", "lin"]);
    let members: Vec<&Json> = lin.iter().flat_map(|it| it["members"].as_array().unwrap()).map(|it| &it["member"]["label"]).collect();
    assert_eq!(members, ["lin"]);
    assert_eq!(lin[0]["won"], "320000.00", "the deals of his department he may read");
    assert_eq!(it.rows(&it.wu), Vec::<Json>::new());
    // Who sees the target and not the deals is told that there are some, not what they are worth.
    target(engine, &engine.system(), json!({ "department": it.wu.access.member.department, "target_amount": "500000" }));
    it.won(engine, &it.wu, "90000", "2026-10-08T02:00:00Z");
    let plain = engine.member("plain", &["member"], it.wu.access.member.department.unwrap());
    let row = &it.rows(&plain)[0];
    assert_eq!((&row["won"], &row["partial"], &row["members"]), (&json!("0.00"), &json!(true), &json!([])));
    let partner = engine.member("partner", &["partner"], engine.department("渠道", None));
    assert_eq!(error_code(&ask(&partner, json!({})).unwrap_err()), "not_found");
}

fn targets_are_for_those_one_leads(engine: &TestEngine) {
    let it = scene(engine);
    let values = |field: &str, id: Uuid| json!({ field: id, "period": "quarter", "target_amount": "1000" });
    let elsewhere = it.wu.access.member.department.unwrap();
    let refused = |values: Json| problem_fields(&engine.try_create(&it.boss, "sales_target", values).unwrap_err());
    assert_eq!(refused(values("department", elsewhere)), ["department: rule"]);
    assert_eq!(refused(values("member", it.wu.actor)), ["member: rule"]);
    let own = engine.create(&it.boss, "sales_target", values("member", it.lin.actor));
    let moved = json!({ "member": it.wu.actor });
    assert_eq!(problem_fields(&engine.try_update(&it.boss, "sales_target", own, moved).unwrap_err()), ["member: rule"]);
    let foreign = target(engine, &engine.system(), json!({ "member": it.wu.actor, "target_amount": "1000" }));
    assert!(engine.get(&it.boss, "sales_target", foreign).is_null());
    let seen = engine.get(&it.lin, "sales_target", own);
    assert_eq!((&seen["name"], &seen["responsible"]["label"]), (&json!("lin · 2026 Q4 · 赢单金额"), &json!("lin")));
    for change in [json!({ "target_amount": "1" }), json!({ "plan": "少做一点" })] {
        assert_eq!(error_code(&engine.try_update(&it.lin, "sales_target", own, change).unwrap_err()), "forbidden");
    }
    assert!(engine.get(&it.ma, "sales_target", own).is_null(), "a colleague's target is none of hers");
}

fn two_targets_for_the_same_are_one_too_many(engine: &TestEngine) {
    let it = scene(engine);
    let values = |more: Json| {
        let mut all = json!({ "member": it.lin.actor, "period": "month", "period_start": "2026-11-01", "target_amount": "1000" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let create = |more: Json| engine.try_create(&it.boss, "sales_target", values(more));
    let first = create(json!({})).unwrap();
    assert_eq!(problem_fields(&create(json!({})).unwrap_err()), ["period_start: rule"]);
    let line = create(json!({ "product_line": "robot" })).unwrap();
    create(json!({ "period_start": "2026-12-01" })).unwrap();
    create(json!({ "member": it.ma.actor })).unwrap();
    let same = json!({ "product_line": null });
    assert_eq!(problem_fields(&engine.try_update(&it.boss, "sales_target", line, same).unwrap_err()), ["period_start: rule"]);
    // What is in the bin is in nobody's way, until it comes back.
    engine.try_delete(&it.boss, "sales_target", first).unwrap();
    create(json!({})).unwrap();
    assert_eq!(error_code(&engine.try_restore(&it.boss, "sales_target", first).unwrap_err()), "duplicate_value");
}

fn who_is_responsible_hands_the_review_in(engine: &TestEngine) {
    let it = scene(engine);
    let id = target(engine, &it.boss, json!({ "member": it.lin.actor, "measure": "won_deals", "target_count": 3 }));
    it.won(engine, &it.lin, "1000", "2026-10-08T02:00:00Z");
    let step = |context: &Context, action: &str, input: Json| engine.act(context, "sales_target", id, action, input).map_err(|it| error_code(&it));
    let review = json!({ "review": "只签了一单", "lessons": "早些确认预算" });
    assert_eq!(step(&it.lin, "start", json!({})), Err("forbidden"));
    step(&it.boss, "start", json!({})).unwrap();
    assert_eq!(step(&it.ma, "submit_review", review.clone()), Err("not_found"));
    assert_eq!(step(&it.boss, "submit_review", review.clone()), Err("state_conflict"), "it is hers to tell");
    step(&it.lin, "submit_review", review.clone()).unwrap();
    assert_eq!(step(&it.lin, "confirm_review", json!({})), Err("forbidden"));
    let seen = engine.get(&it.boss, "sales_target", id);
    assert_eq!((&seen["reached_count"], &seen["reached_percent"], &seen["review"]), (&json!(1), &json!("33.33"), &json!("只签了一单")));
    step(&it.boss, "return_review", json!({ "reason": "为什么" })).unwrap();
    assert_eq!(engine.get(&it.lin, "sales_target", id)["return_reason"], "为什么");
    step(&it.lin, "submit_review", review).unwrap();
    step(&it.boss, "confirm_review", json!({})).unwrap();
    let done = engine.get(&it.lin, "sales_target", id);
    assert_eq!((&done["state"], &done["reviewed_by"]["label"]), (&json!("reviewed"), &json!("zhao")));
    let late = engine.try_update(&it.boss, "sales_target", id, json!({ "responsible": it.ma.actor })).unwrap_err();
    assert_eq!(error_code(&late), "record_locked");
}
