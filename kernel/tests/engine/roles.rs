//! Roles beyond rows and hidden fields: the people below, several departments, deputies, grants for a time or a place,
//! denials, covered fields, freezes, locks, and what may be assigned.

use guanxi_kernel::access::{AccessScope, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply, plan};
use guanxi_kernel::history::history;
use guanxi_kernel::read::{self, AggregateRequest, ListRequest};
use guanxi_kernel::schema::RoleDefinition;
use guanxi_kernel::search::{index_all, search};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::PlanOptions;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, on_both_stores};

/// Defines a role as an administrator would.
pub fn define(it: &Fixture, toml: &str) {
    let role: RoleDefinition = toml::from_str(toml).unwrap();
    apply(&it.as_admin(), &[SchemaChange::PutRole { role }], false).unwrap();
}

/// Gives a member roles and whatever else, and signs him in.
pub fn member(it: &Fixture, id: Uuid, values: Json) -> Context {
    it.update(&it.system(), "user", id, values);
    it.signed_in(id)
}

fn role(name: &str, account: &str) -> String {
    format!(
        "name = \"{name}\"\nlabel = {{ zh-CN = \"角色\", en = \"Role\" }}\n[objects.user]\nread = \"all\"\n[objects.department]\nread = \"all\"\n[objects.account]\n{account}\n"
    )
}

fn seen(it: &Fixture, context: &Context) -> Vec<String> {
    it.names(context, "account", "true", "name")
}

#[test]
fn a_manager_sees_what_the_people_below_own_however_deep() {
    on_both_stores(|it| {
        define(it, &role("lead", "read = \"subordinates\""));
        it.update(&it.system(), "user", it.ann, json!({"manager": it.bob}));
        it.update(&it.system(), "user", it.bob, json!({"manager": it.boss}));
        let admin = it.as_admin();
        for (name, owner) in [("A", it.ann), ("B", it.bob), ("C", it.boss), ("D", it.admin)] {
            it.create(&admin, "account", json!({"name": name, "owner": owner}));
        }
        assert_eq!(seen(it, &member(it, it.boss, json!({"roles": ["lead"]}))), ["A", "B", "C"]);
        assert_eq!(seen(it, &member(it, it.bob, json!({"roles": ["lead"]}))), ["A", "B"]);
        // From the next request on, without signing in again.
        it.update(&it.system(), "user", it.bob, json!({"manager": null}));
        assert_eq!(seen(it, &it.signed_in(it.boss)), ["C"]);
    });
}

#[test]
fn further_departments_and_chosen_ones_count_with_those_below() {
    on_both_stores(|it| {
        define(it, &role("local", "read = \"department_tree\""));
        define(it, &role("chosen", &format!("read = {{ departments = [\"{}\"] }}", it.north)));
        let admin = it.as_admin();
        for (name, department) in [("N", it.north), ("N1", it.north_one), ("S", it.south)] {
            it.create(&admin, "account", json!({"name": name, "owner": it.admin, "department": department}));
        }
        let ann = member(it, it.ann, json!({"roles": ["local"], "department": it.south}));
        assert_eq!(seen(it, &ann), ["S"]);
        let ann = member(it, it.ann, json!({"further_departments": [it.north]}));
        assert_eq!(seen(it, &ann), ["N", "N1", "S"]);
        assert_eq!(seen(it, &member(it, it.bob, json!({"roles": ["chosen"]}))), ["N", "N1"]);
    });
}

#[test]
fn a_deputy_stands_in_only_during_the_absence() {
    on_both_stores(|it| {
        define(it, &role("own", "read = \"own\"\nupdate = \"own\""));
        let id = it.create(&it.as_admin(), "account", json!({"name": "A", "owner": it.ann}));
        let now = it.system().now;
        let times = json!({"deputy": it.bob, "absent_from": (now + jiff::SignedDuration::from_hours(1)).to_string(),
            "absent_until": (now + jiff::SignedDuration::from_hours(3)).to_string()});
        it.update(&it.system(), "user", it.ann, times);
        assert!(seen(it, &member(it, it.bob, json!({"roles": ["own"]}))).is_empty());
        it.clock.advance(2 * 3600);
        let bob = it.signed_in(it.bob);
        assert_eq!(seen(it, &bob), ["A"]);
        it.update(&bob, "account", id, json!({"code": "x"}));
        it.clock.advance(3600);
        assert!(seen(it, &it.signed_in(it.bob)).is_empty());
    });
}

#[test]
fn a_grant_holds_for_its_time_and_within_its_department() {
    on_both_stores(|it| {
        define(it, &role("all", "read = \"all\"\nupdate = \"all\"\ncreate = true\nassign = true"));
        let admin = it.as_admin();
        let north = it.create(&admin, "account", json!({"name": "N1", "owner": it.admin, "department": it.north_one}));
        let south = it.create(&admin, "account", json!({"name": "S", "owner": it.admin, "department": it.south}));
        let now = it.system().now;
        let ends = (now + jiff::SignedDuration::from_hours(2)).to_string();
        it.create(&it.system(), "role_grant", json!({"member": it.ann, "role": "all", "department": it.north, "ends_at": ends}));
        let ann = it.signed_in(it.ann);
        assert_eq!(seen(it, &ann), ["N1"]);
        it.update(&ann, "account", north, json!({"code": "x"}));
        assert_eq!(code(&it.try_update(&ann, "account", south, json!({"code": "y"}), PlanOptions::default()).unwrap_err()), "not_found");
        it.create(&ann, "account", json!({"name": "N2", "department": it.north}));
        assert_eq!(code(&it.try_create(&ann, "account", json!({"name": "S2", "department": it.south})).unwrap_err()), "forbidden");
        it.clock.advance(2 * 3600);
        let ann = it.signed_in(it.ann);
        assert!(!ann.access.may(&it.object("account"), Verb::Read), "the grant is over");
    });
}

#[test]
fn what_one_role_denies_no_other_gives() {
    on_both_stores(|it| {
        define(it, &role("all", "read = \"all\"\nupdate = \"all\"\ndelete = \"all\"\ncreate = true\nexport = true"));
        define(
            it,
            &role(
                "ethics",
                "[objects.account.deny]\nread = { when = \"level == 'a'\" }\nupdate = { when = \"level == 'b'\" }\nverbs = [\"export\"]\nfields = { margin = \"hidden\", code = \"read\" }",
            ),
        );
        let admin = it.as_admin();
        it.create(&admin, "account", json!({"name": "A", "level": "a"}));
        let b = it.create(&admin, "account", json!({"name": "B", "level": "b", "margin": "5"}));
        let none = it.create(&admin, "account", json!({"name": "C"}));
        let ann = member(it, it.ann, json!({"roles": ["all", "ethics"]}));
        assert_eq!(seen(it, &ann), ["B", "C"]);
        assert_eq!(code(&it.try_update(&ann, "account", b, json!({"name": "B2"}), PlanOptions::default()).unwrap_err()), "forbidden");
        it.update(&ann, "account", none, json!({"name": "C2"}));
        assert_eq!(code(&it.try_update(&ann, "account", none, json!({"code": "x"}), PlanOptions::default()).unwrap_err()), "forbidden");
        assert!(!ann.access.may(&it.object("account"), Verb::Export));
        assert!(it.get(&ann, "account", b).unwrap().get("margin").is_none());
        let sorted = ListRequest { sort: Some("margin".into()), ..ListRequest::default() };
        assert_eq!(code(&it.try_list(&ann, "account", &sorted).unwrap_err()), "unknown_field");
    });
}

#[test]
fn a_covered_field_shows_its_ends_and_cannot_be_asked_about() {
    on_both_stores(|it| {
        let rights =
            "read = \"all\"\nupdate = \"all\"\nfields = { phone = \"masked\", margin = \"masked\", name = \"read\" }\nmasked_in_lists = [\"code\"]";
        define(it, &role("clerk", rights));
        let id = it.create(&it.as_admin(), "account", json!({"name": "Acme", "phone": "13812345678", "margin": "77", "code": "SECRETCODE99"}));
        index_all(&it.system()).unwrap();
        let ann = member(it, it.ann, json!({"roles": ["clerk"]}));
        let record = it.get(&ann, "account", id).unwrap();
        assert_eq!((&record["phone"], &record["margin"], &record["code"]), (&json!("138****5678"), &Json::Null, &json!("SECRETCODE99")));
        let listed = it.list(&ann, "account", "true", "name");
        assert_eq!((&listed[0]["phone"], &listed[0]["code"]), (&json!("138****5678"), &json!("SEC****DE99")));
        for filter in ["phone == '+8613812345678'", "has(phone)", "margin > 1"] {
            let request = ListRequest { filter: Some(filter.into()), ..ListRequest::default() };
            assert_eq!(code(&it.try_list(&ann, "account", &request).unwrap_err()), "bad_filter", "{filter}");
        }
        for sort in ["phone", "margin", "code"] {
            let request = ListRequest { sort: Some(sort.into()), ..ListRequest::default() };
            assert_eq!(code(&it.try_list(&ann, "account", &request).unwrap_err()), "unknown_field", "{sort}");
        }
        for group in ["phone", "code"] {
            let request = AggregateRequest { group_by: vec![group.into()], measures: vec!["count".into()], ..AggregateRequest::default() };
            let object = it.object("account");
            assert!(it.workspace.store.read_with(|tx| read::aggregate(&ann, tx, &object, &request)).is_err(), "{group}");
        }
        let found = |words: &str| it.workspace.store.read_with(|tx| search(&ann, tx, words, None, 5)).unwrap().0;
        assert!(found("13812345678").is_empty(), "a covered number is not found by its digits");
        assert_eq!(found("Acme").len(), 1);
        assert_eq!(code(&it.try_update(&ann, "account", id, json!({"phone": "13900001111"}), PlanOptions::default()).unwrap_err()), "forbidden");
        let past = it.workspace.store.read_with(|tx| history(&ann, tx, "account", id, None, 9)).unwrap();
        assert!(past.iter().all(|it| !it.changes.contains_key("phone") && !it.changes.contains_key("margin")), "{past:?}");
        assert!(past.iter().any(|it| it.changes.contains_key("code")), "whole on the record's own page");
    });
}

#[test]
fn a_list_of_allowed_fields_leaves_out_all_others() {
    on_both_stores(|it| {
        define(it, &role("narrow", "read = \"all\"\nupdate = \"all\"\nother_fields = \"hidden\"\nfields = { name = \"read\", level = \"edit\" }"));
        let id = it.create(&it.as_admin(), "account", json!({"name": "Acme", "code": "x", "level": "a"}));
        let ann = member(it, it.ann, json!({"roles": ["narrow"]}));
        let record = it.get(&ann, "account", id).unwrap();
        assert!(record.get("code").is_none() && record.get("owner").is_none() && record["name"] == "Acme" && record["level"] == "a");
        it.update(&ann, "account", id, json!({"level": "b"}));
        assert_eq!(code(&it.try_update(&ann, "account", id, json!({"name": "x"}), PlanOptions::default()).unwrap_err()), "forbidden");
        assert_eq!(code(&it.try_update(&ann, "account", id, json!({"code": "x"}), PlanOptions::default()).unwrap_err()), "unknown_field");
    });
}

#[test]
fn a_field_freezes_while_its_condition_holds_unless_another_role_keeps_it_open() {
    on_both_stores(|it| {
        let freeze = "read = \"all\"\nupdate = \"all\"\n[[objects.account.freeze]]\nfields = [\"code\"]\nwhen = \"level == 'a'\"";
        define(it, &role("frozen", freeze));
        define(it, &role("open", "read = \"all\"\nupdate = \"all\""));
        let id = it.create(&it.as_admin(), "account", json!({"name": "Acme", "code": "x"}));
        let ann = member(it, it.ann, json!({"roles": ["frozen"]}));
        it.update(&ann, "account", id, json!({"code": "y", "level": "a"}));
        let change = |context: &Context| it.try_update(context, "account", id, json!({"code": "z"}), PlanOptions::default());
        assert_eq!(code(&change(&ann).unwrap_err()), "invalid");
        it.update(&ann, "account", id, json!({"name": "Still open"}));
        change(&member(it, it.ann, json!({"roles": ["frozen", "open"]}))).unwrap();
    });
}

#[test]
fn giving_a_record_away_takes_the_right_to_assign() {
    on_both_stores(|it| {
        define(it, &role("keeper", "read = \"own\"\nupdate = \"own\"\ncreate = true"));
        let ann = member(it, it.ann, json!({"roles": ["keeper"], "department": it.south}));
        let id = it.create(&ann, "account", json!({"name": "Mine"}));
        assert_eq!(code(&it.try_create(&ann, "account", json!({"name": "Yours", "owner": it.bob})).unwrap_err()), "forbidden");
        for gift in [json!({"owner": it.bob}), json!({"department": it.north})] {
            assert_eq!(code(&it.try_update(&ann, "account", id, gift, PlanOptions::default()).unwrap_err()), "forbidden");
        }
        define(it, &role("keeper", "read = \"own\"\nupdate = \"own\"\ncreate = true\nassign = true"));
        it.update(&it.signed_in(it.ann), "account", id, json!({"owner": it.bob}));
    });
}

#[test]
fn roles_are_checked_when_they_are_defined_and_removed() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let problems = |toml: String| {
            let role: RoleDefinition = toml::from_str(&toml).unwrap();
            plan(&admin, &[SchemaChange::PutRole { role }]).unwrap().problems
        };
        assert!(problems(role("odd", "read = { when = \"levl == 'a'\" }"))[0].message.en.contains("levl"));
        assert!(!problems(role("odd", "fields = { no_such = \"hidden\" }")).is_empty());
        assert!(!problems(role("odd", "[objects.account.deny]\nverbs = [\"read\"]")).is_empty());
        assert!(!problems(role("administrator", "read = \"all\"")).is_empty(), "the administrator stays what he is");
        define(it, &role("temp", "read = \"all\""));
        it.update(&it.system(), "user", it.ann, json!({"roles": ["temp"]}));
        let remove = [SchemaChange::RemoveRole { name: "temp".into() }];
        assert_eq!(code(&apply(&admin, &remove, false).unwrap_err()), "invalid", "somebody still holds it");
        it.update(&it.system(), "user", it.ann, json!({"roles": []}));
        apply(&admin, &remove, false).unwrap();
        // A standard role goes back to what the app says.
        define(it, &role("rep", "read = \"all\""));
        apply(&admin, &[SchemaChange::RemoveRole { name: "rep".into() }], false).unwrap();
        assert_eq!(
            it.workspace.schema().roles["rep"],
            crate::fixture::registry(Vec::new()).roles.iter().find(|it| it.name == "rep").unwrap().clone()
        );
        assert_eq!(code(&apply(&it.as_boss(), &remove, false).unwrap_err()), "forbidden");
    });
}

#[test]
fn a_scope_takes_away_and_never_adds() {
    on_both_stores(|it| {
        let id = it.create(&it.as_admin(), "account", json!({"name": "A", "owner": it.ann}));
        let limited = |context: &Context, scope: &AccessScope| Context {
            access: std::sync::Arc::new(context.access.limited_to(&context.schema, scope)),
            ..context.clone()
        };
        let reading = limited(&it.as_ann(), &AccessScope::read_only());
        assert_eq!(seen(it, &reading), ["A"]);
        assert_eq!(code(&it.try_update(&reading, "account", id, json!({"name": "B"}), PlanOptions::default()).unwrap_err()), "forbidden");
        assert!(it.get(&reading, "account", id).unwrap().get("margin").is_none(), "what is hidden stays hidden");
        let admin =
            limited(&it.as_admin(), &AccessScope { objects: [("deal".to_owned(), ["read".to_owned()].into())].into(), ..AccessScope::default() });
        assert!(admin.access.require_administrator().is_err() && !admin.access.may(&it.object("account"), Verb::Read));
        assert!(admin.access.may(&it.object("deal"), Verb::Read) && !admin.access.may(&it.object("deal"), Verb::Create));
    });
}
