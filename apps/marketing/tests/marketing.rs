//! What sources cost, counted under the caller's rights.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::write::{Batch, BatchMode, Operation, act, execute};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    sources_are_counted_as_far_as_one_sees,
    only_what_lies_in_the_time_counts,
    what_one_may_not_see_is_said_to_be_hidden,
    the_cost_of_sources_is_asked_for_by_who_may,
    deals_after_the_first_count_for_what_first_brought_the_customer,
);

struct Scene<'e> {
    engine: &'e TestEngine,
    department: Uuid,
    lin: Context,
    wu: Context,
    boss: Context,
    fair: Uuid,
}

impl<'e> Scene<'e> {
    /// Two leads of the fair in one department and one in another, two costs of it, one of the web site.
    fn new(engine: &'e TestEngine) -> Self {
        let (department, other) = (engine.department("华东", None), engine.department("华南", None));
        let marketer = engine.member("su", &["marketer"], engine.department("市场部", None));
        let fair = engine.create(&marketer, "campaign", json!({ "name": "工博会", "kind": "event" }));
        let scene = Self {
            engine,
            department,
            lin: engine.member("lin", &["sales"], department),
            wu: engine.member("wu", &["sales"], other),
            boss: engine.member("zhao", &["sales_manager"], department),
            fair,
        };
        for (day, amount) in [("2026-10-01", "60000"), ("2026-11-10", "30000")] {
            engine.create(&marketer, "campaign_cost", json!({ "campaign": fair, "note": "展位", "spent_on": day, "amount": amount }));
        }
        engine.create(&marketer, "campaign_cost", json!({ "source": "website", "note": "推广", "spent_on": "2026-11-10", "amount": "5000" }));
        scene.lead(&scene.lin, "13800001231");
        scene.lead(&scene.wu, "13800001233");
        let won = scene.lead(&scene.lin, "13800001232");
        let answer = engine.act(&scene.lin, "lead", won, "convert", json!({ "amount": "450000" })).unwrap();
        let deal = answer["opportunity"].as_str().unwrap().parse().unwrap();
        for stage in ["need_confirmed", "won"] {
            engine.act(&scene.lin, "opportunity", deal, "change_stage", json!({ "stage": stage })).unwrap();
        }
        scene
    }

    fn lead(&self, by: &Context, mobile: &str) -> Uuid {
        self.engine.create(by, "lead", json!({ "name": "客户", "mobile": mobile, "campaign": self.fair }))
    }

    fn ask(&self, by: &Context, input: &Json) -> guanxi_kernel::Result<Json> {
        act(&self.engine.again(by), "campaign_cost", None, "cost_by_source", input.as_object().unwrap_or(&Map::new()))
    }
}

/// The figures of a source: cost, leads, conversions, won, cost per lead, per conversion and per yuan won.
fn figures(answer: &Json, source: &str) -> [Json; 7] {
    let row = answer["rows"].as_array().unwrap().iter().find(|it| it["source"] == source).unwrap_or(&Json::Null);
    ["cost", "leads", "conversions", "won_amount", "cost_per_lead", "cost_per_conversion", "cost_per_won"].map(|it| row[it].clone())
}

fn sources_are_counted_as_far_as_one_sees(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let analyst = engine.member("xu", &["analyst"], scene.department);
    let seen = scene.ask(&analyst, &json!({})).unwrap();
    let expected = [json!("90000.00"), json!(3), json!(1), json!("450000.00"), json!("30000.00"), json!("90000.00"), json!("0.2000")];
    assert_eq!(figures(&seen, "event"), expected);
    let website = [json!("5000.00"), json!(0), json!(0), json!("0.00"), Json::Null, Json::Null, Json::Null];
    assert_eq!(figures(&seen, "website"), website);
    assert_eq!((&seen["total"]["cost"], &seen["total"]["return_on_cost"]), (&json!("95000.00"), &json!("4.74")));
    assert_eq!((&seen["from"], &seen["to"], &seen["hidden"]), (&json!("2025-11-17"), &json!("2026-11-16"), &json!([])));
    assert_eq!((&seen["rows"][0]["label"]["en"], &seen["partial"]), (&json!("Event or fair"), &json!(false)));
    // The manager of one department counts the leads of his own; what all were paid for is not divided by them.
    let seen = scene.ask(&scene.boss, &json!({})).unwrap();
    assert_eq!((&figures(&seen, "event")[1], &seen["partial"]), (&json!(2), &json!(true)));
    assert_eq!(figures(&seen, "event")[4..], [Json::Null, Json::Null, Json::Null]);
    assert_eq!(
        (&seen["total"]["cost"], &seen["total"]["cost_per_lead"], &seen["total"]["return_on_cost"]),
        (&json!("95000.00"), &Json::Null, &Json::Null)
    );
}

fn only_what_lies_in_the_time_counts(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let seen = scene.ask(&scene.boss, &json!({ "from": "2026-10-01", "to": "2026-10-31" })).unwrap();
    assert_eq!(figures(&seen, "event"), [json!("60000.00"), json!(0), json!(0), json!("0.00"), Json::Null, Json::Null, Json::Null]);
    assert_eq!(seen["rows"].as_array().unwrap().len(), 1);
    let seen = scene.ask(&scene.boss, &json!({ "from": "2026-11-16" })).unwrap();
    assert_eq!(figures(&seen, "event")[..4], [json!("0.00"), json!(2), json!(1), json!("450000.00")]);
    for (input, problem) in
        [(json!({ "from": "2026-11-16", "to": "2026-11-01" }), "from: rule"), (json!({ "from": "2001-01-01" }), "from: too_large")]
    {
        assert_eq!(problem_fields(&scene.ask(&scene.boss, &input).unwrap_err()), [problem]);
    }
}

fn what_one_may_not_see_is_said_to_be_hidden(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let marketer = engine.member("liang", &["marketer"], scene.department);
    let seen = scene.ask(&marketer, &json!({})).unwrap();
    assert_eq!(seen["hidden"], json!(["opportunity"]));
    let expected = [json!("90000.00"), json!(3), json!(1), Json::Null, json!("30000.00"), json!("90000.00"), Json::Null];
    assert_eq!(figures(&seen, "event"), expected);
}

fn the_cost_of_sources_is_asked_for_by_who_may(engine: &TestEngine) {
    let scene = Scene::new(engine);
    for member in [&scene.lin, &scene.wu] {
        assert_eq!(
            error_code(&scene.ask(member, &json!({})).unwrap_err()),
            "not_found",
            "to whom there are no costs, there is no question about them"
        );
    }
}

fn deals_after_the_first_count_for_what_first_brought_the_customer(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let analyst = engine.member("xu", &["analyst"], scene.department);
    let won = |amount: &str| {
        let figures = figures(&scene.ask(&analyst, &json!({})).unwrap(), "event");
        assert_eq!(figures[3], json!(amount));
        figures
    };
    won("450000.00");
    let account = engine.list(&scene.lin, "account", "")[0]["id"].clone();
    // One made by hand, and won.
    let second = json!({ "name": "二期", "account": account, "amount": "100000", "close_date": "2026-12-31" });
    let second = engine.create(&scene.lin, "opportunity", second);
    won("450000.00");
    for stage in ["need_confirmed", "won"] {
        engine.act(&scene.lin, "opportunity", second, "change_stage", json!({ "stage": stage })).unwrap();
    }
    won("550000.00");
    // Many written together, as an import writes them: two of the customer's, and one that names its source itself.
    let row = |name: &str, more: Json| {
        let mut values = json!({
            "name": name, "account": account, "amount": "30000", "close_date": "2026-11-10", "stage": "won",
        });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        Operation::Create { values: values.as_object().cloned().unwrap() }
    };
    let operations = vec![row("旧单一", json!({})), row("旧单二", json!({})), row("转介绍单", json!({ "source": "referral" }))];
    let object = engine.object("opportunity");
    execute(&engine.again(&scene.lin), &Batch { object, operations, mode: BatchMode::AllOrNothing, verb: "import", change: None }).unwrap();
    let event = won("610000.00");
    assert_eq!(event[..3], [json!("90000.00"), json!(3), json!(1)], "costs, leads and conversions are as they were");
    assert_eq!(figures(&scene.ask(&analyst, &json!({})).unwrap(), "referral")[3], json!("30000.00"));
}
