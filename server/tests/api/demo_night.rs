//! The demo company's pool recycles in the night after it was made, as its leads say.

use guanxi_server::auth::password::Passwords;
use guanxi_server::demo::make_demo;
use guanxi_testkit::TestEngine;
use serde_json::{Value as Json, json};

guanxi_testkit::on_each_store!(what_is_marked_in_the_demo_company_goes_back_in_the_night);

fn what_is_marked_in_the_demo_company_goes_back_in_the_night(engine: &TestEngine) {
    let passwords = Passwords::cheap(engine.workspace.ids.as_ref()).unwrap();
    assert!(make_demo(&engine.workspace, &passwords, 1).unwrap());
    let marked = || engine.list(&engine.system(), "lead", "recycle_on == date('2026-11-17')");
    let leaving = marked();
    assert!(leaving.len() >= 3, "{}", leaving.len());
    // Ten past two in the next night.
    engine.clock.advance(16 * 3600 + 600);
    engine.workspace.registry.job("pools.recycle").unwrap().run(&engine.system(), &json!({})).unwrap();
    for lead in &leaving {
        let now = engine.get(&engine.system(), "lead", lead["id"].as_str().unwrap().parse().unwrap());
        assert_eq!((&now["owner"], now["pool"].is_object()), (&Json::Null, true), "{}: {}", now["name"], now["last_activity_at"]);
        assert_eq!(now["former_owner"]["id"], lead["owner"]["id"]);
    }
    assert_eq!(marked().len(), 0);
    let moved = engine.list(&engine.system(), "pool_move", "kind == 'recycled'");
    assert_eq!(moved.len(), leaving.len());
}
