//! Why somebody may do something with a record, or not: what locks, freezes and belonging say, beside roles and shares.

use guanxi_kernel::access::{ActionClosed, Explanation, Reason, Through, VerbExplanation, explain};
use guanxi_kernel::app::{App, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::schema::{Audience, FieldRight, Label, SharingRule};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::PlanOptions;
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, code, on_both_stores, on_both_stores_with};
use crate::roles::{define, member};

/// A contract its state locks, with a price that is fixed once it is agreed; its lines are parts of it, its remarks follow it.
const CONTRACT: &str = r#"
name = "contract"
label = { zh-CN = "合同", en = "Contract" }
title_field = "name"
locked_when = "name == 'closed'"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "price"
type = "decimal"
label = { zh-CN = "价格", en = "Price" }
[[field]]
name = "terms"
type = "text"
label = { zh-CN = "条款", en = "Terms" }
read_only_when = "price > 0"
"#;

const LINE: &str = r#"
name = "contract_line"
label = { zh-CN = "明细", en = "Line" }
title_field = "name"
locked_with = "contract"
follows = "contract"
follows_changes = true
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "contract"
type = "reference"
target = "contract"
label = { zh-CN = "合同", en = "Contract" }
on_delete = "cascade"
"#;

fn more() -> Vec<App> {
    vec![App { objects: vec![parse_object("contract", CONTRACT, "").unwrap(), parse_object("contract_line", LINE, "").unwrap()], ..App::default() }]
}

const CLERK: &str = r#"
name = "clerk"
label = { zh-CN = "文员", en = "Clerk" }
[objects.user]
read = "all"
[objects.contract]
read = "all"
update = "own"
delete = "own"
create = true
fields = { price = "edit" }
[[objects.contract.freeze]]
fields = ["price"]
when = "name == 'signed'"
[objects.contract_line]
read = "all"
update = "all"
delete = "all"
create = true
"#;

fn told(it: &Fixture, asks: &Context, who: Uuid, object: &str, id: Uuid) -> Explanation {
    it.workspace.store.read_with(|tx| explain(asks, tx, who, &it.object(object), id)).unwrap()
}

fn verb<'a>(told: &'a Explanation, name: &str) -> &'a VerbExplanation {
    told.verbs.iter().find(|it| it.verb == name).unwrap()
}

#[test]
fn a_state_that_locks_and_fields_that_freeze_are_told_as_they_are_refused() {
    on_both_stores_with(more, |it| {
        define(it, CLERK);
        let ann = member(it, it.ann, json!({"roles": ["clerk"], "department": it.north_one}));
        let id = it.create(&ann, "contract", json!({"name": "draft"}));
        let before = told(it, &ann, it.ann, "contract", id);
        assert!(verb(&before, "update").allowed && before.fields.is_empty(), "{before:?}");

        it.update(&ann, "contract", id, json!({"name": "signed", "price": 5}));
        let signed = told(it, &ann, it.ann, "contract", id);
        let frozen = |field: &str| signed.fields.iter().find(|it| it.field == field).map(|it| it.frozen.clone()).unwrap_or_default();
        assert!(matches!(&frozen("price")[..], [rule] if rule.role.as_ref().is_some_and(|it| it.role == "clerk") && rule.when == "name == 'signed'"));
        assert!(matches!(&frozen("terms")[..], [rule] if rule.role.is_none() && rule.when == "price > 0"), "everybody's rule");
        for field in ["price", "terms"] {
            let refused = it.try_update(&ann, "contract", id, json!({field: "7"}), PlanOptions::default()).unwrap_err();
            assert_eq!(code(&refused), "invalid", "{field}");
        }

        it.update(&ann, "contract", id, json!({"name": "closed"}));
        let closed = told(it, &ann, it.ann, "contract", id);
        for name in ["update", "delete"] {
            let locked = |it: &Reason| matches!(it, Reason::LockedByState { through: false, when, .. } if when == "name == 'closed'");
            assert!(!verb(&closed, name).allowed && verb(&closed, name).reasons.iter().any(locked), "{closed:?}");
        }
        assert!(verb(&closed, "read").allowed);
        let refused = it.try_update(&ann, "contract", id, json!({"name": "open"}), PlanOptions::default()).unwrap_err();
        assert_eq!(code(&refused), "record_locked");
        member(it, it.admin, json!({"roles": ["administrator"]}));
        let admin = told(it, &it.as_admin(), it.admin, "contract", id);
        assert!(verb(&admin, "update").allowed, "the state does not bind an administrator");
    });
}

#[test]
fn what_belongs_to_another_record_names_it_where_that_one_closes_it() {
    on_both_stores_with(more, |it| {
        define(it, CLERK);
        let ann = member(it, it.ann, json!({"roles": ["clerk"], "department": it.north_one}));
        let bob = member(it, it.bob, json!({"roles": ["clerk"], "department": it.south}));
        let contract = it.create(&ann, "contract", json!({"name": "draft"}));
        let line = it.create(&ann, "contract_line", json!({"name": "one", "contract": contract}));
        // Bob's role lets him change every line, but not Ann's contract: nor what follows it.
        let theirs = told(it, &bob, it.bob, "contract_line", line);
        let closed =
            |it: &Reason| matches!(it, Reason::Follows { object, id, changing: true, open: false } if object == "contract" && *id == contract);
        assert!(verb(&theirs, "read").allowed && !verb(&theirs, "update").allowed, "{theirs:?}");
        assert!(verb(&theirs, "update").reasons.iter().any(closed), "{theirs:?}");
        let refused = it.try_update(&bob, "contract_line", line, json!({"name": "two"}), PlanOptions::default()).unwrap_err();
        assert_eq!(code(&refused), "forbidden");
        assert!(verb(&told(it, &ann, it.ann, "contract_line", line), "update").allowed);
        // The state of the whole locks its parts.
        it.update(&ann, "contract", contract, json!({"name": "closed"}));
        let locked = told(it, &ann, it.ann, "contract_line", line);
        let by_whole = |it: &Reason| matches!(it, Reason::LockedByState { through: true, id, .. } if *id == contract);
        assert!(!verb(&locked, "update").allowed && verb(&locked, "update").reasons.iter().any(by_whole), "{locked:?}");
        let refused = it.try_update(&ann, "contract_line", line, json!({"name": "two"}), PlanOptions::default()).unwrap_err();
        assert_eq!(code(&refused), "record_locked");
    });
}

fn role(name: &str, account: &str) -> String {
    format!("name = \"{name}\"\nlabel = {{ zh-CN = \"角色\", en = \"Role\" }}\n[objects.user]\nread = \"all\"\n[objects.account]\n{account}\n")
}

#[test]
fn the_verbs_of_roles_are_told_whichever_role_gives_them() {
    on_both_stores(|it| {
        define(it, &role("sees", "read = \"all\"\nupdate = \"own\"\nexport = true"));
        define(
            it,
            &role("gives", "share = true\nassign = true\nbulk = true\nlock = true\nimport = true\n[objects.account.deny]\nverbs = [\"lock\"]"),
        );
        let ann = member(it, it.ann, json!({"roles": ["sees", "gives"], "department": it.north_one}));
        let (own, other) = (
            it.create(&it.as_admin(), "account", json!({"name": "Own", "owner": it.ann})),
            it.create(&it.as_admin(), "account", json!({"name": "Other", "owner": it.bob})),
        );
        let given = |told: &VerbExplanation, role: &str| told.reasons.iter().any(|it| matches!(it, Reason::Given { role: name, .. } if name == role));
        let mine = told(it, &ann, it.ann, "account", own);
        // The verb comes from one role and the records from another.
        for name in ["share", "assign", "bulk", "import"] {
            assert!(verb(&mine, name).allowed && given(verb(&mine, name), "gives"), "{name}: {mine:?}");
        }
        assert!(verb(&mine, "export").allowed && given(verb(&mine, "export"), "sees"));
        assert!(!verb(&mine, "create").allowed && verb(&mine, "create").reasons == [Reason::NothingOpens]);
        assert!(!verb(&mine, "lock").allowed && verb(&mine, "lock").reasons.iter().any(|it| matches!(it, Reason::Denied { .. })));
        let theirs = told(it, &ann, it.ann, "account", other);
        for name in ["share", "assign", "bulk"] {
            assert!(!verb(&theirs, name).allowed && verb(&theirs, name).reasons.contains(&Reason::NotChangeable), "{name}: {theirs:?}");
        }
        assert!(verb(&theirs, "export").allowed && verb(&theirs, "import").allowed);
    });
}

#[test]
fn a_role_of_departments_names_the_way_up_and_a_rule_its_audience() {
    on_both_stores(|it| {
        define(it, &role("tree", "read = \"department_tree\"\nupdate = \"department\""));
        let boss = member(it, it.boss, json!({"roles": ["tree"], "department": it.north}));
        let id = it.create(&it.as_admin(), "account", json!({"name": "Below", "owner": it.bob, "department": it.north_one}));
        let way = |told: &Explanation, name: &str| {
            verb(told, name).reasons.iter().find_map(|it| if let Reason::Role { departments, .. } = it { Some(departments.clone()) } else { None })
        };
        let found = told(it, &boss, it.boss, "account", id);
        assert_eq!(way(&found, "read"), Some(vec![it.north_one, it.north]));
        assert_eq!((verb(&found, "update").allowed, way(&found, "update")), (false, None), "the department itself, not those below");
        let own = it.create(&it.as_admin(), "account", json!({"name": "Own", "owner": it.boss, "department": it.south}));
        assert_eq!(way(&told(it, &boss, it.boss, "account", own), "read"), Some(Vec::new()), "as its owner, not by a department");

        let rule = |with: Audience| SharingRule {
            name: "rule".into(),
            label: Label::new("规则", "Rule"),
            object: "account".into(),
            when: "true".into(),
            with,
            write: false,
            paused: false,
        };
        member(it, it.bob, json!({"roles": [], "department": it.south}));
        let by = |with: Audience| {
            apply(&it.as_admin(), &[SchemaChange::PutSharingRule { rule: rule(with) }], false).unwrap();
            let found = told(it, &it.as_admin(), it.bob, "account", id);
            verb(&found, "read").reasons.iter().find_map(|it| if let Reason::SharingRule { through, .. } = it { Some(through.clone()) } else { None })
        };
        assert_eq!(by(Audience { members: vec![it.bob], ..Audience::default() }), Some(Through::Member));
        assert_eq!(by(Audience { departments: vec![it.south], ..Audience::default() }), Some(Through::Department { id: it.south }));
    });
}

#[test]
fn a_field_names_the_role_that_decides_and_what_is_hidden_from_the_asker_is_not_named() {
    on_both_stores(|it| {
        define(it, &role("open", "read = \"all\"\nupdate = \"all\"\nfields = { margin = \"hidden\", code = \"read\" }"));
        define(
            it,
            &role(
                "less",
                "read = \"own\"\nfields = { margin = \"hidden\", code = \"masked\" }\n[objects.account.deny]\nfields = { phone = \"masked\" }",
            ),
        );
        let ann = member(it, it.ann, json!({"roles": ["open", "less"], "department": it.north_one}));
        let id = it.create(&it.as_admin(), "account", json!({"name": "One", "owner": it.ann}));
        let found = told(it, &it.as_admin(), it.ann, "account", id);
        let field = |name: &str| found.fields.iter().find(|it| it.field == name).unwrap();
        let deciding = |name: &str| field(name).roles.iter().filter(|it| it.decides).map(|it| (it.role.as_str(), it.denies)).collect::<Vec<_>>();
        assert_eq!((field("code").right, deciding("code")), (FieldRight::Read, vec![("open", false)]));
        assert_eq!((field("phone").right, deciding("phone")), (FieldRight::Masked, vec![("less", true)]), "a denial goes before what roles give");
        assert_eq!((field("margin").right, deciding("margin").len()), (FieldRight::Hidden, 2), "both say so");
        assert!(found.fields.iter().all(|it| it.field != "level"), "what is open whole is not listed");
        let mine = told(it, &ann, it.ann, "account", id);
        assert!(mine.fields.iter().all(|it| it.field != "margin") && mine.fields.iter().any(|it| it.field == "code"));
        assert!(found.actions.iter().all(|it| it.closed != Some(ActionClosed::Locked)));
    });
}
