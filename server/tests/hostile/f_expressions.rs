//! F: expressions and templates that would do more than ask.

use serde_json::json;

use super::world::{Call, World, encode, on_both, on_sqlite};

/// Sources made to cost.
fn bombs() -> Vec<String> {
    vec![
        "(".repeat(10_000) + "true" + &")".repeat(10_000),
        "!".repeat(20_000) + "true",
        "-".repeat(20_000) + "1 > 0",
        "true && ".repeat(5_000) + "true",
        "name == 'x' || ".repeat(3_000) + "false",
        "true ? ".repeat(3_000) + "true" + &" : false".repeat(3_000),
        format!("name in [{}]", vec!["'x'"; 15_000].join(",")),
        format!("name == '{}'", "x".repeat(60_000)),
        "owner.manager".to_owned() + &".manager".repeat(500) + ".name == 'x'",
        "9999999999 * ".repeat(500) + "9999999999 > employees",
        "lower(".repeat(3_000) + "name" + &")".repeat(3_000) + " == 'x'",
        "name + name + ".repeat(1_000) + "name == 'x'",
        "employees + addYears(today(), 2147483647) == null".to_owned(),
        "days(9223372036854775807) > days(1)".to_owned(),
        "round(1.5, 2147483647) == employees".to_owned(),
        "name.matches('(a+)+$')".to_owned(),
        "'a'.matches('\\\\pL{1000}{1000}')".to_owned(),
    ]
}

#[test]
fn no_expression_costs_more_than_it_is_worth() {
    on_sqlite(|world| {
        for bomb in bombs() {
            let shown: String = bomb.chars().take(40).collect();
            // An address holds 64 kB; what is longer goes by the body.
            if bomb.len() < 20_000 {
                let reply = world.ask(&world.rep, &Call::get(format!("/records/account?filter={}", encode(&bomb))));
                assert!([200, 400, 413, 414].contains(&reply.status), "{shown}: {}", reply.status);
            }
            let before = world.digest();
            let body = json!({ "filter": format!("({bomb}) && false"), "change": { "update": { "level": "a" } } });
            let reply = world.ask(&world.rep, &Call::post("/records/account/bulk", body));
            assert!(reply.status == 400 || reply.json["succeeded"] == 0, "{shown}: {}", reply.json);
            world.unchanged(&before, &shown);
        }
    });
}

#[test]
fn formulas_and_rules_are_bounded_where_they_are_made() {
    on_sqlite(|world| {
        let label = json!({ "zh-CN": "x", "en": "x" });
        let formula = |name: &str, expression: &str| {
            let field = json!({ "name": name, "type": "formula", "label": label, "expression": expression, "result": "text" });
            json!({ "changes": [{ "op": "add_field", "object": "account", "field": field }] })
        };
        for bomb in bombs() {
            let shown: String = bomb.chars().take(40).collect();
            let text = format!("({bomb}) ? 'a' : 'b'");
            let reply = world.ask(&world.admin, &Call::post("/schema/plan", formula("bomb", &text)));
            assert!([200, 400, 413, 422].contains(&reply.status), "{shown}: {} {}", reply.status, reply.json);
        }
        let big = format!("name == '{}' ? 'a' : 'b'", "x".repeat(900_000));
        let reply = world.ask(&world.admin, &Call::post("/schema/plan", formula("big", &big)));
        assert!(reply.status >= 400 || reply.json["problems"] != json!([]), "{}", reply.status);
        // Doubling itself over and over ends.
        for step in 0..12 {
            let of = if step == 0 { "name".to_owned() } else { format!("double{}", step - 1) };
            let made = world.ask(&world.admin, &Call::post("/schema/apply", formula(&format!("double{step}"), &format!("{of} + {of}"))));
            assert!([200, 400, 422].contains(&made.status), "{}", made.json);
        }
        let made = world.ask(&world.rep, &Call::post("/records/account", json!({ "name": "x".repeat(200) })));
        assert!([201, 422].contains(&made.status), "{}", made.status);
        // One that leads to itself comes to an end.
        world.ask(&world.admin, &Call::post("/schema/apply", formula("circle", "circle + name")));
        let path = world.own.path("account");
        for round in 1..4 {
            let saved = world.ask(&world.rep, &Call::patch(&path, json!({ "employees": round }))).expect(200);
            assert!(saved["circle"].as_str().unwrap_or_default().chars().count() <= 4_096, "{saved}");
        }
        for reader in ["env('HOME')", "file('/etc/passwd')", "http('http://127.0.0.1')", "now", "workspace.name", "me.id"] {
            let reply = world.ask(&world.admin, &Call::post("/schema/plan", formula("reader", reader)));
            assert!(reply.status >= 400 || reply.json["problems"] != json!([]), "{reader}: {}", reply.json);
        }
    });
}

#[test]
fn templates_in_texts_are_texts() {
    on_both(|world| {
        for text in
            ["{{7*7}}", "${7*7}", "<%= 7*7 %>", "{{constructor.constructor('return 1')()}}", "{% include \"/etc/passwd\" %}", "#{7*7}", "%n%s%x"]
        {
            let made = world.ask(&world.rep, &Call::post("/records/account", json!({ "name": text, "description": text }))).expect(201);
            assert_eq!((&made["name"], &made["description"]), (&json!(text), &json!(text)));
            let filter = encode(&format!("id == '{}'", made["id"].as_str().unwrap()));
            let csv = world.ask(&world.rep, &Call::get(format!("/records/account/export?fields=description&filter={filter}")));
            assert!(String::from_utf8(csv.bytes).unwrap().contains(text.split('"').next().unwrap()), "{text}");
        }
    });
}

#[test]
fn what_a_rights_rule_asks_is_not_what_its_subject_may_set() {
    on_both(|world| {
        // A rule by a field the rep may change: he gets what the rule says and nothing by naming it in other ways.
        super::world::change_rep(&world.admin, |role| {
            role["objects"]["account"]["read"] = json!({ "when": "owner == me.id || short_name == 'open'" });
        });
        world.rep_refused(&[404], &Call::get(world.others.path("account")));
        world.rep_refused(&[404], &Call::patch(world.others.path("account"), json!({ "short_name": "open" })));
        let bulk = json!({ "ids": [world.others.id("account")], "change": { "update": { "short_name": "open" } } });
        let before = world.digest();
        assert_eq!(world.ask(&world.rep, &Call::post("/records/account/bulk", bulk)).expect(200)["succeeded"], 0);
        world.unchanged(&before, "a bulk change that would open what it changes");
        bounded_rules(world);
    });
}

/// Conditions of rights are bounded like any other.
fn bounded_rules(world: &World<'_>) {
    let label = json!({ "zh-CN": "x", "en": "x" });
    for bomb in bombs().into_iter().take(6) {
        let rule = json!({ "name": "bomb", "label": label, "object": "account", "when": bomb, "with": { "roles": ["rep"] } });
        let reply = world.ask(&world.admin, &Call::post("/schema/plan", json!({ "changes": [{ "op": "put_sharing_rule", "rule": rule }] })));
        assert!([200, 400, 413, 422].contains(&reply.status), "{}", reply.status);
    }
}
