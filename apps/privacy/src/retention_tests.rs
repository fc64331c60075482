//! What must stay, however much of it there is, keeps nobody else for ever: the next night goes on where the last one ended.

use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, StoreExt as _};
use guanxi_testkit::TestEngine;
use serde_json::{Value as Json, json};

use super::{RULE, run_rule_within};

guanxi_testkit::on_each_store!(what_stays_does_not_starve_what_is_behind_it);

fn what_stays_does_not_starve_what_is_behind_it(engine: &TestEngine) {
    let (compliance, sales) = (engine.department("合规部", None), engine.department("销售部", None));
    let (officer, rep) = (engine.member("dpo", &["data_protection"], compliance), engine.member("lin", &["sales"], sales));
    let lead = |it: usize| engine.create(&rep, "lead", json!({ "name": format!("客户{it}"), "mobile": format!("138000012{it:02}") }));
    let leads: Vec<_> = (0..7).map(lead).collect();
    for held in &leads[..4] {
        engine.create(&officer, "legal_hold", json!({ "about": { "object": "lead", "id": held }, "reason": "诉讼" }));
    }
    engine.clock.advance(31 * 24 * 3600);
    let rule = engine.create(&officer, RULE, json!({ "name": "过期线索", "object": "lead", "days": 30, "act": "anonymise" }));
    engine.act(&engine.again(&officer), RULE, rule, "activate", json!({})).unwrap();
    let is_left = |at: usize| !engine.get(&engine.system(), "lead", leads[at])["mobile"].is_null();
    let night = || {
        let context = engine.system();
        let found = context.workspace.store.read_with(|tx| known_records(&context, tx, RULE, |_| Ok(Condition::True), 1)).unwrap();
        run_rule_within(&context, &found[0], 2, 2).unwrap();
        (0..7).map(is_left).collect::<Vec<bool>>()
    };
    assert_eq!(night(), [true; 7], "the first night looks at two that are held");
    assert_eq!(night(), [true; 7], "the second at two more");
    assert_eq!(night(), [true, true, true, true, false, false, true]);
    // What is left behind the place comes first, then it begins anew.
    assert_eq!(night(), [true, true, true, true, false, false, false]);
    engine.update(&officer, RULE, rule, json!({ "name": "同一条" }));
    assert_eq!(night(), [true, true, true, true, false, false, false]);
    assert_eq!(engine.get(&officer, RULE, rule)["total_done"], Json::from(3));
}
