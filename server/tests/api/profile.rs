//! What members set for themselves.

use guanxi_testkit::on_both_stores;
use serde_json::json;

#[test]
fn a_member_changes_his_own_settings() {
    on_both_stores(|server| {
        let client = server.caller("partner");
        let preferences = json!({ "columns": { "account": ["name", "owner"] }, "recent": [1, 2, { "x": null }] });
        let change = json!({ "name": "林晓峰", "locale": "en", "time_zone": "Europe/Berlin", "theme": "dark", "density": "compact", "preferences": preferences });
        let me = client.patch("/me", change).expect(200);
        for (key, value) in [("locale", "en"), ("time_zone", "Europe/Berlin"), ("theme", "dark"), ("density", "compact")] {
            assert_eq!(me[key], value, "{key}");
        }
        assert_eq!(me["user"]["name"], "林晓峰");
        assert_eq!(me["preferences"], preferences);
        assert_eq!(client.get("/me").expect(200), me);
        assert_eq!(client.get("/nothing-here").expect(404)["title"], "未找到", "without a sign-in the browser's language counts");
        assert_eq!(client.get("/records/nothing").expect(404)["title"], "Not found");
        let again = client.patch("/me", json!({ "theme": "light" })).expect(200);
        assert_eq!((&again["theme"], &again["preferences"]), (&json!("light"), &preferences));
    });
}

#[test]
fn wrong_settings_are_refused_by_name() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        client.patch("/me", json!({ "theme": "pink" })).field_problem(422, "theme", "bad_option");
        client.patch("/me", json!({ "locale": "fr" })).field_problem(422, "locale", "bad_option");
        client.patch("/me", json!({ "time_zone": "Mars/Olympus" })).field_problem(422, "time_zone", "bad_option");
        client.patch("/me", json!({ "preferences": { "x": "y".repeat(70_000) } })).field_problem(422, "preferences", "too_long");
        client.patch("/me", json!({ "roles": ["administrator"] })).problem(400, "bad_request");
        assert_eq!(client.get("/me").expect(200)["theme"], "system");
    });
}

#[test]
fn preferences_are_merged_by_key_so_that_two_tabs_do_not_undo_each_other() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let kept = |change| client.patch("/me", json!({ "preferences": change })).expect(200)["preferences"].clone();
        assert_eq!(kept(json!({ "recents": [1], "columns": { "a": 1 } })), json!({ "recents": [1], "columns": { "a": 1 } }));
        assert_eq!(kept(json!({ "home.scope": "team" })), json!({ "recents": [1], "columns": { "a": 1 }, "home.scope": "team" }));
        assert_eq!(kept(json!({ "columns": { "b": 2 }, "recents": null })), json!({ "columns": { "b": 2 }, "home.scope": "team" }));
        // The limit is on what is kept in all.
        let half = "y".repeat(40_000);
        kept(json!({ "one": half }));
        client.patch("/me", json!({ "preferences": { "two": half } })).field_problem(422, "preferences", "too_long");
        kept(json!({ "one": null, "two": half }));
        kept(json!({ "two": null }));
        // All at once, from many tabs: nothing is lost.
        std::thread::scope(|scope| {
            for tab in 0..8 {
                let client = &client;
                scope.spawn(move || client.patch("/me", json!({ "preferences": { format!("tab{tab}"): tab } })).expect(200));
            }
        });
        let all = client.get("/me").expect(200)["preferences"].clone();
        assert!((0..8).all(|tab| all[format!("tab{tab}")] == tab) && all["columns"]["b"] == 2, "{all}");
    });
}
