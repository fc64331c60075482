//! Definitions that change while the system runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guanxi_kernel::KernelError;
use guanxi_kernel::app::Registry;
use guanxi_kernel::definition::{SchemaChange, apply, plan};
use guanxi_kernel::read::{self, ListRequest};
use guanxi_kernel::schema::{FieldDefinition, ObjectDefinition};
use guanxi_kernel::store::StoreExt;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, code, digest, on_both_stores, registry};

fn field(toml: &str) -> FieldDefinition {
    toml::from_str(&format!("label = {{ zh-CN = \"字段\", en = \"Field\" }}\n{toml}")).unwrap()
}

fn object(toml: &str) -> ObjectDefinition {
    toml::from_str(&format!("label = {{ zh-CN = \"对象\", en = \"Object\" }}\n{toml}")).unwrap()
}

fn add_field(on: &str, toml: &str) -> SchemaChange {
    SchemaChange::AddField { object: on.into(), field: field(toml) }
}

fn remove_field(on: &str, name: &str) -> SchemaChange {
    SchemaChange::RemoveField { object: on.into(), name: name.into() }
}

fn change(it: &Fixture, changes: &[SchemaChange]) {
    apply(&it.as_admin(), changes, false).unwrap();
}

const PET: &str = r#"
name = "pet"
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名", en = "Name" }
searchable = true
[[field]]
name = "weight"
type = "decimal"
label = { zh-CN = "重", en = "Weight" }
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
on_delete = "cascade"
"#;

#[test]
fn a_new_object_and_field_work_everywhere_at_once() {
    on_both_stores(|it| {
        let account = it.create(&it.as_admin(), "account", json!({"name": "A"}));
        change(
            it,
            &[
                SchemaChange::AddObject { object: object(PET) },
                add_field("account", "name = \"motto\"\ntype = \"text\"\nsearchable = true\nindexed = true"),
            ],
        );
        let admin = it.as_admin();
        let pet = it.create(&admin, "pet", json!({"name": "Rex", "weight": "12.5", "account": account}));
        it.update(&admin, "account", account, json!({"motto": "Carpe diem"}));
        assert_eq!(it.names(&admin, "account", "motto.contains('carpe')", "motto"), ["A"]);
        assert_eq!(it.names(&admin, "pet", "account.motto == 'Carpe diem' && weight > 12", "-name"), ["Rex"]);
        guanxi_kernel::search::index_all(&admin).unwrap();
        let hits = |query: &str| it.workspace.store.read_with(|tx| guanxi_kernel::search::search(&admin, tx, query, None, 10)).unwrap().0;
        assert_eq!((hits("rex")[0].id, hits("diem")[0].id), (pet, account));
        let history = it.workspace.store.read_with(|tx| guanxi_kernel::history::history(&admin, tx, "account", account, None, 10)).unwrap();
        assert_eq!(history[0].changes["motto"], json!([null, "Carpe diem"]));
        it.delete(&admin, "account", account).unwrap();
        assert!(it.get(&admin, "pet", pet).is_none(), "the new cascade works");
    });
}

#[test]
fn formulas_rollups_and_sort_keys_are_worked_out_for_what_there_is() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A", "code": "zz", "margin": "2.5"}));
        it.create(&admin, "account", json!({"name": "B", "code": "aa"}));
        it.create(&admin, "deal", json!({"name": "D", "account": account, "amount": "7"}));
        change(
            it,
            &[
                add_field("account", "name = \"double\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"margin * 2\""),
                add_field(
                    "account",
                    "name = \"volume\"\ntype = \"rollup\"\nrollup = { object = \"deal\", via = \"account\", function = \"sum\", field = \"amount\" }",
                ),
                SchemaChange::ChangeField {
                    object: "account".into(),
                    field: field("name = \"code\"\ntype = \"text\"\nunique = true\nindexed = true"),
                },
            ],
        );
        let admin = it.as_admin();
        let json = it.get(&admin, "account", account).unwrap();
        assert_eq!((json["double"].clone(), json["volume"].clone()), (json!("5.00"), json!("7.00")));
        assert_eq!(it.names(&admin, "account", "true", "code"), ["B", "A"], "sorted by what stood there before");
        change(
            it,
            &[SchemaChange::ChangeField {
                object: "account".into(),
                field: field("name = \"double\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"margin * 3\""),
            }],
        );
        assert_eq!(it.get(&it.as_admin(), "account", account).unwrap()["double"], "7.50");
    });
}

#[test]
fn nothing_is_lost_unless_it_was_said_so() {
    on_both_stores(|it| {
        change(it, &[SchemaChange::AddObject { object: object(PET) }, add_field("account", "name = \"motto\"\ntype = \"text\"")]);
        let admin = it.as_admin();
        it.create(&admin, "account", json!({"name": "A", "motto": "x"}));
        it.create(&admin, "pet", json!({"name": "Rex", "weight": "1"}));
        let losing: [Vec<SchemaChange>; 3] = [
            vec![remove_field("account", "motto")],
            vec![SchemaChange::RemoveObject { object: "pet".into() }],
            vec![SchemaChange::ChangeObject { object: object(&PET.replace("weight", "height")) }],
        ];
        for changes in losing {
            let planned = plan(&admin, &changes).unwrap();
            assert_eq!(planned.losses.iter().map(|it| it.values).sum::<u64>(), 1, "{changes:?}");
            assert_eq!(code(&apply(&admin, &changes, false).unwrap_err()), "would_lose_data");
            assert_eq!(it.names(&admin, "pet", "weight == 1", "name"), ["Rex"]);
            apply(&admin, &changes, true).unwrap();
            if matches!(changes[0], SchemaChange::RemoveObject { .. }) {
                change(it, &[SchemaChange::AddObject { object: object(PET) }]);
                it.create(&it.as_admin(), "pet", json!({"name": "Rex", "weight": "1"}));
            }
        }
        let error =
            it.try_list(&it.as_admin(), "account", &ListRequest { filter: Some("motto == 'x'".into()), ..ListRequest::default() }).unwrap_err();
        assert_eq!(code(&error), "bad_filter");
    });
}

#[test]
fn refusals_say_why_and_leave_nothing() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        it.create(&admin, "account", json!({"name": "Same", "level": "a"}));
        it.create(&admin, "account", json!({"name": "Same", "level": "a"}));
        change(it, &[SchemaChange::AddObject { object: object(PET) }]);
        let before = (digest(it, &["account", "pet"]), it.workspace.store.existing_tables().unwrap());
        let changed = |toml: &str| SchemaChange::ChangeField { object: "account".into(), field: field(toml) };
        let refused = [
            add_field("account", "name = \"name\"\ntype = \"text\""),
            add_field("account", "name = \"id\"\ntype = \"text\""),
            add_field("account", "name = \"x\"\ntype = \"reference\"\ntarget = \"nothing\""),
            add_field("account", "name = \"x\"\ntype = \"reference\"\ntarget = \"pet\"\noffered_when = \"nothing == 1\""),
            add_field("account", "name = \"x\"\ntype = \"many_to_many\"\ntarget = \"pet\"\noffered_when = \"name\""),
            add_field("account", "name = \"x\"\ntype = \"formula\"\nresult = \"number\"\nexpression = \"name + 1\""),
            add_field("nothing", "name = \"x\"\ntype = \"text\""),
            add_field(
                "account",
                "name = \"x\"\ntype = \"rollup\"\nrollup = { object = \"deal\", via = \"account\", function = \"count\", filter = \"close_date < today()\" }",
            ),
            changed("name = \"name\"\ntype = \"text\"\nunique = true\nsearchable = true\nrequired = true"),
            changed("name = \"margin\"\ntype = \"text\""),
            changed("name = \"level\"\ntype = \"select\"\noptions = [{ value = \"a\", label = { zh-CN = \"甲\", en = \"A\" } }]"),
            SchemaChange::ChangeObject { object: object(&PET.replace("\"decimal\"", "\"text\"")) },
            remove_field("account", "margin"),
            SchemaChange::RemoveObject { object: "deal".into() },
            SchemaChange::AddObject { object: object(&PET.replace("\"pet\"", "\"account\"")) },
        ];
        for one in refused {
            assert!(!plan(&admin, std::slice::from_ref(&one)).unwrap().problems.is_empty(), "{one:?}");
            assert!(matches!(apply(&admin, std::slice::from_ref(&one), true), Err(KernelError::Invalid(_))), "{one:?}");
        }
        let many: Vec<SchemaChange> = (0..60).map(|n| add_field("account", &format!("name = \"ref{n}\"\ntype = \"user\""))).collect();
        assert!(!plan(&admin, &many).unwrap().problems.is_empty(), "more references than can be read at once");
        let mixed = [add_field("account", "name = \"fine\"\ntype = \"text\""), remove_field("account", "margin")];
        assert!(apply(&admin, &mixed, true).is_err());
        assert_eq!((digest(it, &["account", "pet"]), it.workspace.store.existing_tables().unwrap()), before);
        assert_eq!(code(&apply(&it.as_boss(), &[add_field("account", "name = \"z\"\ntype = \"text\"")], true).unwrap_err()), "forbidden");
    });
}

fn smaller_registry() -> Registry {
    let mut smaller = registry(Vec::new());
    smaller.objects.retain(|(_, it)| it.name != "bill");
    for (_, object) in smaller.objects.iter_mut().filter(|(_, it)| it.name == "account") {
        object.fields.retain(|it| it.name != "channels");
    }
    smaller
}

#[test]
fn an_upgrade_adds_what_is_new_and_keeps_what_an_app_no_longer_names() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A", "channels": ["mail"]}));
        it.create(&admin, "bill", json!({"name": "B"}));
        let smaller = it.reopened(smaller_registry()).unwrap();
        let context = smaller.system_context(it.admin, "test");
        let pet = [SchemaChange::AddObject { object: object(PET) }, add_field("account", "name = \"motto\"\ntype = \"text\"")];
        let planned = plan(&context, &pet).unwrap();
        assert!(planned.steps.iter().all(|it| !it.op.starts_with("drop")), "an app that is away for a while loses nothing: {:?}", planned.steps);
        apply(&context, &pet, true).unwrap();
        let again = it.reopened(registry(Vec::new())).unwrap();
        let context = again.system_context(it.admin, "test");
        let object = again.schema().object("account").unwrap().clone();
        let json = again.store.read_with(|tx| read::get_json(&context, tx, &object, account)).unwrap().unwrap();
        assert_eq!((json["channels"].clone(), json["motto"].clone()), (json!(["mail"]), Json::Null));
        let bills = again.schema().object("bill").unwrap().clone();
        let page = again.store.read_with(|tx| read::list(&context, tx, &bills, &ListRequest { limit: 5, ..ListRequest::default() })).unwrap();
        assert_eq!(page.length, 1);
    });
}

#[test]
fn a_context_from_before_a_change_corrupts_nothing() {
    on_both_stores(|it| {
        change(it, &[add_field("account", "name = \"motto\"\ntype = \"text\"")]);
        let old = it.as_admin();
        let account = it.create(&old, "account", json!({"name": "A"}));
        let old_object = it.object("account");
        apply(&old, &[remove_field("account", "motto"), add_field("account", "name = \"size\"\ntype = \"number\"")], true).unwrap();
        let values = crate::fixture::map(json!({"name": "late"}));
        let late = guanxi_kernel::write::Batch {
            object: old_object,
            operations: vec![guanxi_kernel::write::Operation::Create { values }],
            mode: guanxi_kernel::write::BatchMode::AllOrNothing,
            verb: "create",
            change: None,
        };
        // Either it is refused or it stands there whole.
        let written = guanxi_kernel::write::execute(&old, &late).is_ok();
        let admin = it.as_admin();
        it.update(&admin, "account", account, json!({"size": 5}));
        assert_eq!(it.names(&admin, "account", "true", "name"), if written { vec!["A", "late"] } else { vec!["A"] });
        assert_eq!(it.names(&admin, "account", "size == 5", "name"), ["A"]);
        // A removal planned on old definitions is worked out on the new ones.
        assert!(plan(&old, &[remove_field("account", "motto")]).unwrap().losses.is_empty());
    });
}

#[test]
fn writers_go_on_while_definitions_change() {
    on_both_stores(|it| {
        let stop = Arc::new(AtomicBool::new(false));
        let written = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|_| {
                    let stop = stop.clone();
                    scope.spawn(move || {
                        let mut written = 0;
                        while !stop.load(Ordering::SeqCst) {
                            let context = it.as_admin();
                            written += usize::from(it.try_create(&context, "account", json!({"name": "busy"})).is_ok());
                        }
                        written
                    })
                })
                .collect();
            for n in 0..5 {
                change(it, &[add_field("account", &format!("name = \"extra{n}\"\ntype = \"text\"\nindexed = true"))]);
            }
            stop.store(true, Ordering::SeqCst);
            writers.into_iter().map(|it| it.join().unwrap()).sum::<usize>()
        });
        let request = ListRequest { count: read::CountMode::Exact, ..ListRequest::default() };
        assert_eq!(it.try_list(&it.as_admin(), "account", &request).unwrap().count.unwrap().value, written as u64);
    });
}

#[test]
fn wrong_definitions_are_explained_in_both_languages() {
    on_both_stores(|it| {
        let rollup = |rest: &str| format!("name = \"x\"\ntype = \"rollup\"\nrollup = {{ object = \"deal\", via = \"account\", {rest} }}");
        let fields = [
            "name = \"X\"\ntype = \"text\"".to_owned(),
            "name = \"id\"\ntype = \"text\"".to_owned(),
            "name = \"x\"\ntype = \"text\"\nscale = 2".to_owned(),
            "name = \"x\"\ntype = \"text\"\nmax_length = 0".to_owned(),
            "name = \"x\"\ntype = \"text\"\npattern = \"(\"".to_owned(),
            "name = \"x\"\ntype = \"number\"\nmin = 2\nmax = 1".to_owned(),
            "name = \"x\"\ntype = \"number\"\ndefault = \"many\"".to_owned(),
            "name = \"x\"\ntype = \"select\"".to_owned(),
            "name = \"x\"\ntype = \"reference\"\ntarget = \"nothing\"".to_owned(),
            "name = \"x\"\ntype = \"auto_number\"\nnumber_format = \"C\"".to_owned(),
            "name = \"x\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"margin +\"".to_owned(),
            "name = \"x\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"nothing * 2\"".to_owned(),
            "name = \"x\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"name\"".to_owned(),
            rollup("function = \"sum\""),
            rollup("function = \"sum\", field = \"nothing\""),
            rollup("function = \"count\", filter = \"close_date < today()\""),
        ];
        let mut changes: Vec<SchemaChange> = fields.iter().map(|it| add_field("account", it)).collect();
        changes.push(SchemaChange::AddObject { object: object("name = \"pet\"\ntitle_field = \"nothing\"") });
        for change in changes {
            let problems = plan(&it.as_admin(), std::slice::from_ref(&change)).unwrap().problems;
            assert!(!problems.is_empty(), "{change:?}");
            for problem in problems {
                let (zh, en) = (&problem.message.zh_cn, &problem.message.en);
                let chinese = |text: &str| text.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it));
                assert!(chinese(zh) && !chinese(en), "{zh} / {en}");
            }
        }
        let wrong = add_field("account", "name = \"x\"\ntype = \"formula\"\nresult = \"decimal\"\nexpression = \"margin +\"");
        let message = plan(&it.as_admin(), &[wrong]).unwrap().problems.remove(0).message;
        assert!(message.zh_cn.starts_with("expression: 第1行第") && message.en.starts_with("expression: line 1, column "), "{message:?}");
    });
}

#[test]
fn what_a_reference_offers_is_named_by_the_definitions() {
    on_both_stores(|it| {
        let offer = "name = \"favourite\"\ntype = \"reference\"\ntarget = \"pet\"\noffered_when = \"weight > 1 && created_by == me.id\"";
        change(it, &[SchemaChange::AddObject { object: object(PET) }, add_field("account", offer)]);
        let without = SchemaChange::ChangeObject { object: object(&PET.replace("weight", "height")) };
        let problems = plan(&it.as_admin(), &[without]).unwrap().problems;
        assert!(problems.iter().any(|it| it.message.en.starts_with("offered_when: ")), "{problems:?}");
    });
}

#[test]
fn choices_that_old_records_hold_stay_when_a_field_shares_those_of_another() {
    on_both_stores(|it| {
        let own = "name = \"phase\"\ntype = \"select\"\noptions = [{ value = \"gone\", label = { zh-CN = \"旧\", en = \"Old\" } }]";
        change(it, &[add_field("account", own)]);
        let account = it.create(&it.as_admin(), "account", json!({"name": "A", "phase": "gone"}));
        for help in ["一", "二"] {
            let shared = format!("name = \"phase\"\ntype = \"select\"\noptions_of = \"deal.stage\"\nhelp = {{ zh-CN = \"{help}\", en = \"Help\" }}");
            change(it, &[SchemaChange::ChangeField { object: "account".into(), field: field(&shared) }]);
            let object = it.object("account");
            let options = &object.field("phase").unwrap().definition.options;
            let gone = options.iter().find(|it| it.value == "gone").unwrap_or_else(|| panic!("{options:?}"));
            assert!(gone.retired && options.len() > 1, "{options:?}");
            assert_eq!(it.get(&it.as_admin(), "account", account).unwrap()["phase"], "gone");
        }
    });
}
