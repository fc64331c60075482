//! Auto-numbers: by the day a record is said to have been made on.

use guanxi_kernel::write::{PlanOptions, Planner, Stamp, run_unit};
use serde_json::json;

use crate::fixture::{Fixture, map, on_both_stores};

/// Loads accounts of these moments in one go; answers name and number in the order given.
fn load(it: &Fixture, moments: &'static [&'static str]) -> Vec<String> {
    let system = it.workspace.system_context(uuid::Uuid::nil(), "test");
    let actor = it.ann;
    let loaded = run_unit(
        &system,
        system.new_id(),
        "load",
        Box::new(move |unit| {
            let object = unit.context.schema.object("account").unwrap().clone();
            let mut planner = Planner::new(unit.context);
            let mut drafts = Vec::new();
            for moment in moments {
                let stamp = Some(Stamp { at: moment.parse().unwrap(), actor });
                let options = PlanOptions { stamp, ..PlanOptions::default() };
                drafts.push(planner.create(unit.tx, &object, &map(json!({ "name": moment })), options)?);
            }
            unit.save_new(&mut drafts)?;
            Ok(drafts.iter().map(|draft| draft.value("number").as_text().unwrap().to_owned()).collect())
        }),
    );
    loaded.unwrap()
}

#[test]
fn what_is_loaded_is_numbered_by_its_own_day() {
    on_both_stores(|it| {
        let loaded = load(it, &["2025-03-01T00:00:00Z", "2024-06-01T00:00:00Z", "2025-01-01T00:00:00Z", "2024-12-31T17:00:00Z"]);
        // The last one is already of the next year in the workspace's time zone.
        assert_eq!(loaded, ["C2025-0003", "C2024-0001", "C2025-0002", "C2025-0001"]);
        assert_eq!(load(it, &["2024-01-01T00:00:00Z"]), ["C2024-0002"], "a series goes on");
        let admin = it.as_admin();
        let now = it.create(&admin, "account", json!({ "name": "today" }));
        let year = admin.now.to_zoned(it.workspace.time_zone()).year();
        assert_eq!(it.get(&admin, "account", now).unwrap()["number"], format!("C{year}-0001"));
    });
}
