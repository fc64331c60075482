//! Standard objects changed by an administrator, and upgrades of the standard after that.

use guanxi_kernel::KernelError;
use guanxi_kernel::app::Registry;
use guanxi_kernel::definition::{SchemaChange, apply, is_changed, plan};
use guanxi_kernel::schema::{
    FieldDefinition, IndexDefinition, Label, ListViewDefinition, ObjectDefinition, RelatedListDefinition, RuleDefinition, SectionDefinition,
};
use guanxi_kernel::workspace::Workspace;
use serde_json::json;

use crate::fixture::{Fixture, code, on_both_stores, registry};

/// The account as the administrator finds it, to be changed.
fn account(it: &Fixture, change: impl FnOnce(&mut ObjectDefinition)) -> SchemaChange {
    let mut object = it.object("account").definition.clone();
    object.fields.clear();
    change(&mut object);
    SchemaChange::ChangeObject { object }
}

fn reset() -> SchemaChange {
    SchemaChange::ResetObject { object: "account".into() }
}

fn list(name: &str, columns: &[&str], filter: Option<&str>) -> ListViewDefinition {
    ListViewDefinition {
        name: name.into(),
        label: Label::new("列表", name),
        columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        filter: filter.map(str::to_owned),
        sort: Some("name".into()),
    }
}

fn rule(name: &str, expression: &str) -> RuleDefinition {
    RuleDefinition { name: name.into(), expression: expression.into(), message: Label::new("不行", "no"), field: Some("code".into()) }
}

fn text_field(name: &str) -> SchemaChange {
    let source = format!("name = \"{name}\"\ntype = \"text\"\nlabel = {{ zh-CN = \"字段\", en = \"Field\" }}");
    SchemaChange::AddField { object: "account".into(), field: toml::from_str(&source).unwrap() }
}

/// The registry of a later version.
fn upgraded(change: impl Fn(&mut ObjectDefinition)) -> Registry {
    let mut next = registry(Vec::new());
    next.objects.iter_mut().filter(|(_, it)| it.name == "account").for_each(|(_, it)| change(it));
    next
}

/// The accounts below one, as a list on its page.
fn below(visible_when: Option<&str>) -> RelatedListDefinition {
    RelatedListDefinition {
        object: "account".into(),
        via: "parent".into(),
        label: None,
        columns: vec!["name".into()],
        sort: None,
        tick: None,
        visible_when: visible_when.map(str::to_owned),
        timeline: None,
    }
}

fn lists(workspace: &Workspace) -> Vec<String> {
    workspace.schema().object("account").unwrap().definition.views.list.iter().map(|it| it.name.clone()).collect()
}

#[test]
fn names_views_rules_and_indexes_of_a_standard_object_can_be_changed_and_taken_back() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let before = it.object("account").definition.clone();
        let indexes = || it.workspace.store.existing_tables().unwrap().into_iter().find(|it| it.name == "o_account").unwrap().indexes;
        let indexes_before = indexes();
        let change = account(it, |it| {
            it.label = Label::new("企业", "Company");
            it.color = Some("purple".into());
            it.views.list.push(list("custom_vip", &["name", "level", "parent.name"], Some("level == 'a'")));
            it.views.record.key_facts = vec!["level".into(), "owner".into()];
            it.views.record.related = vec![below(Some("level == 'a'"))];
            it.rules.push(rule("custom_coded", "level != 'a' || has(code)"));
            it.indexes.push(IndexDefinition { fields: vec!["level".into(), "name".into()], unique: false });
        });
        let planned = plan(&admin, std::slice::from_ref(&change)).unwrap();
        let steps: Vec<(&str, &str)> = planned.steps.iter().map(|it| (it.op, it.name.as_str())).collect();
        let parts = ["label", "color", "views.record", "views.list.custom_vip", "rule.custom_coded"];
        assert!(parts.iter().all(|part| steps.contains(&("change_definition", part))), "{steps:?}");
        assert!(steps.contains(&("create_index", "o_account__i_level_name")), "{steps:?}");
        assert_eq!(it.object("account").definition, before, "a plan changes nothing");
        apply(&admin, &[change], false).unwrap();
        let admin = it.as_admin();
        let now = it.object("account");
        assert_eq!((now.definition.label.en.as_str(), now.definition.color.as_deref()), ("Company", Some("purple")));
        let standard = it.workspace.schema().standard.clone();
        assert!(is_changed(&standard, &now) && !is_changed(&standard, &it.object("deal")));
        assert_eq!(now.definition.fields, before.fields);
        assert_eq!(code(&it.try_create(&admin, "account", json!({"name": "A", "level": "a"})).unwrap_err()), "invalid");
        it.create(&admin, "account", json!({"name": "A", "level": "a", "code": "1"}));
        assert_eq!(indexes().len(), indexes_before.len() + 1);
        let again = it.reopened(registry(Vec::new())).unwrap();
        assert_eq!(again.schema().object("account").unwrap().definition, now.definition, "it is there after a restart");
        apply(&admin, &[reset()], false).unwrap();
        assert_eq!((it.object("account").definition.clone(), indexes()), (before.clone(), indexes_before.clone()));
        it.create(&it.as_admin(), "account", json!({"name": "B", "level": "a"}));
    });
}

#[test]
fn what_a_new_version_brings_is_there_once() {
    on_both_stores(|it| {
        let with_lists = |more: &'static [&'static str]| {
            upgraded(move |object| {
                object.views.list = ["all", "mine"].iter().chain(more).map(|it| list(it, &["name"], None)).collect();
                object.views.record.sections =
                    vec![SectionDefinition { name: "basic".into(), label: Label::new("基本", "Basics"), fields: vec!["name".into()] }];
            })
        };
        let first = it.reopened(with_lists(&[])).unwrap();
        let mut object = first.schema().object("account").unwrap().definition.clone();
        object.views.list.retain(|it| it.name != "mine");
        object.views.list.push(list("custom_vip", &["name"], None));
        object.label.en = "Company".into();
        apply(&first.system_context(it.admin, "test"), &[SchemaChange::ChangeObject { object }], false).unwrap();
        assert_eq!(lists(&first), ["all", "custom_vip"]);
        let second = it.reopened(with_lists(&["hot"])).unwrap();
        assert_eq!(lists(&second), ["all", "hot", "custom_vip"], "the new list is there, the removed one stays away");
        assert_eq!(second.schema().object("account").unwrap().definition.label.en, "Company");
        let mut object = second.schema().object("account").unwrap().definition.clone();
        object.views.list.reverse();
        let context = second.system_context(it.admin, "test");
        let planned = plan(&context, &[SchemaChange::ChangeObject { object: object.clone() }]).unwrap();
        assert_eq!(planned.steps.iter().map(|it| it.summary.en.as_str()).collect::<Vec<_>>(), ["change the order of the lists"]);
        apply(&context, &[SchemaChange::ChangeObject { object }], false).unwrap();
        assert_eq!(lists(&it.reopened(with_lists(&["hot", "cold"])).unwrap()), ["custom_vip", "hot", "cold", "all"]);
        let back = it.reopened(with_lists(&["hot"])).unwrap();
        apply(&back.system_context(it.admin, "test"), &[reset()], false).unwrap();
        assert_eq!(lists(&it.reopened(with_lists(&["hot"])).unwrap()), ["all", "mine", "hot"]);
    });
}

#[test]
fn what_the_standard_stands_on_cannot_be_changed() {
    on_both_stores(|it| {
        let ruled = it.reopened(upgraded(|it| it.rules.push(rule("coded", "code != 'x'")))).unwrap();
        let context = ruled.system_context(it.admin, "test");
        let current = ruled.schema().object("account").unwrap().definition.clone();
        let with = |change: &dyn Fn(&mut ObjectDefinition)| {
            let mut object = current.clone();
            change(&mut object);
            vec![SchemaChange::ChangeObject { object }]
        };
        let refused = [
            with(&|it| it.title_field = "code".into()),
            with(&|it| it.owned = false),
            with(&|it| it.internal = true),
            with(&|it| drop(it.fields.pop())),
            with(&|it| it.fields[0].label.en = "Other".into()),
            with(&|it| it.label.en = " ".into()),
            with(&|it| it.rules.clear()),
            with(&|it| it.rules[0].expression = "true".into()),
            with(&|it| it.rules.push(rule("more", "true"))),
            with(&|it| it.rules.push(rule("custom_more", "code +"))),
            with(&|it| it.indexes.clear()),
            with(&|it| it.indexes.push(IndexDefinition { fields: vec!["nothing".into()], unique: false })),
            with(&|it| it.indexes.push(IndexDefinition { fields: vec!["tags".into()], unique: false })),
            with(&|it| it.views.list.push(list("vip", &["name"], None))),
            with(&|it| it.views.list.push(list("custom_vip", &["nothing"], None))),
            with(&|it| it.views.list.push(list("custom_vip", &["name", "parent.nothing"], None))),
            with(&|it| it.views.list.push(list("custom_vip", &["name"], Some("level = 'a'")))),
            with(&|it| it.views.list.push(ListViewDefinition { sort: Some("phone".into()), ..list("custom_vip", &["name"], None) })),
            with(&|it| it.views.list.extend([list("custom_vip", &["name"], None), list("custom_vip", &["name"], None)])),
            with(&|it| it.views.record.key_facts.push("nothing".into())),
            with(&|it| it.views.record.related.push(below(Some("level = 'a'")))),
            with(&|it| it.views.record.related.push(below(Some("nothing == 'a'")))),
            with(&|it| it.name = "nothing".into()),
            vec![SchemaChange::ResetObject { object: "nothing".into() }],
            vec![SchemaChange::ResetField { object: "account".into(), name: "nothing".into() }],
        ];
        for changes in refused {
            assert!(!plan(&context, &changes).unwrap().problems.is_empty(), "{changes:?}");
            assert!(matches!(apply(&context, &changes, true), Err(KernelError::Invalid(_))), "{changes:?}");
        }
        let reworded = with(&|it| it.rules[0].message = Label::new("编码不能是x", "Not x"));
        apply(&context, &reworded, false).unwrap();
        let stricter = it.reopened(upgraded(|it| it.rules.push(rule("coded", "code != 'y'")))).unwrap();
        let rules = stricter.schema().object("account").unwrap().definition.rules.clone();
        assert_eq!((rules[0].expression.as_str(), rules[0].message.en.as_str()), ("code != 'y'", "Not x"));
        assert!(it.reopened(upgraded(|it| it.rules.push(rule("custom_x", "true")))).is_err(), "such names are the workspace's");
        for refused in [account(it, |it| it.color = None), reset()] {
            assert_eq!(code(&apply(&it.as_boss(), &[refused], true).unwrap_err()), "forbidden");
        }
    });
}

#[test]
fn a_unique_index_over_values_that_are_not_is_refused() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let twice: Vec<_> = (0..2).map(|_| it.create(&admin, "account", json!({"name": "Same", "level": "a"}))).collect();
        let unique = account(it, |it| it.indexes.push(IndexDefinition { fields: vec!["name".into(), "level".into()], unique: true }));
        assert!(!plan(&admin, std::slice::from_ref(&unique)).unwrap().problems.is_empty());
        it.update(&admin, "account", twice[0], json!({"level": "b"}));
        apply(&admin, &[unique], false).unwrap();
        assert!(it.try_create(&it.as_admin(), "account", json!({"name": "Same", "level": "a"})).is_err());
    });
}

#[test]
fn views_lose_the_column_of_a_field_that_goes_but_not_their_filter() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        apply(&admin, &[text_field("motto")], false).unwrap();
        let change = account(it, |it| it.views.list.push(list("custom_motto", &["name", "motto"], Some("has(motto)"))));
        apply(&admin, &[change], false).unwrap();
        let removal = [SchemaChange::RemoveField { object: "account".into(), name: "motto".into() }];
        let problems = plan(&admin, &removal).unwrap().problems;
        assert_eq!(problems[0].field, "account.views.list.custom_motto.filter", "{problems:?}");
        let open = account(it, |it| it.views.list.iter_mut().for_each(|it| it.filter = None));
        apply(&admin, &[open], false).unwrap();
        apply(&admin, &removal, false).unwrap();
        assert_eq!(it.object("account").definition.views.list[0].columns, ["name"]);
        // A field the standard gives up takes nothing along but itself.
        let change = account(it, |it| it.views.list.push(list("custom_code", &["name", "phone"], Some("has(phone)"))));
        apply(&it.as_admin(), &[change], false).unwrap();
        let without = it.reopened(upgraded(|it| it.fields.retain(|it| it.name != "phone"))).unwrap();
        assert_eq!((lists(&without), without.schema().left_out.len()), (vec!["custom_motto".to_owned()], 2), "the column and the filter");
        assert_eq!(lists(&it.reopened(registry(Vec::new())).unwrap()), ["custom_motto", "custom_code"], "and comes back with it");
    });
}

#[test]
fn a_changed_standard_field_follows_new_versions_and_can_be_taken_back() {
    on_both_stores(|it| {
        let mut field: FieldDefinition = it.object("account").definition.fields.iter().find(|it| it.name == "level").unwrap().clone();
        field.label.en = "Grade".into();
        field.options[0].label.en = "Best".into();
        apply(&it.as_admin(), &[SchemaChange::ChangeField { object: "account".into(), field }], false).unwrap();
        let more = || {
            upgraded(|it| {
                let level = it.fields.iter_mut().find(|it| it.name == "level").unwrap();
                let mut option = level.options[0].clone();
                option.value = "c".into();
                level.options.push(option);
            })
        };
        let level = |workspace: &Workspace| workspace.schema().object("account").unwrap().field("level").unwrap().definition.clone();
        let workspace = it.reopened(more()).unwrap();
        let now = level(&workspace);
        assert_eq!((now.label.en.as_str(), now.options.len(), now.options[0].label.en.as_str()), ("Grade", 3, "Best"));
        let back = [SchemaChange::ResetField { object: "account".into(), name: "level".into() }];
        apply(&workspace.system_context(it.admin, "test"), &back, false).unwrap();
        assert_eq!((level(&workspace).label.en.as_str(), level(&workspace).options[0].label.en.as_str()), ("Level", "A"));
    });
}
