//! Own fields whose name a later version of the standard takes.

use guanxi_kernel::app::Registry;
use guanxi_kernel::audit::{self, AuditRequest};
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::schema::{FieldDefinition, FieldRight, IndexDefinition, Label, ListViewDefinition, ObjectDefinition, Origin, RuleDefinition};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::workspace::{SettledField, load_customisation};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, on_both_stores, registry};

fn field(toml: &str) -> FieldDefinition {
    toml::from_str(&format!("label = {{ zh-CN = \"字段\", en = \"Field\" }}\n{toml}")).unwrap()
}

fn add(on: &str, toml: &str) -> SchemaChange {
    SchemaChange::AddField { object: on.into(), field: field(toml) }
}

/// A later version of the standard, whose account has further fields.
fn later(fields: &'static [&'static str]) -> Registry {
    let mut next = registry(Vec::new());
    let account = next.objects.iter_mut().find(|(_, it)| it.name == "account").map(|(_, it)| it).unwrap();
    account.fields.extend(fields.iter().map(|it| field(it)));
    next
}

fn settled(it: &Fixture) -> Vec<SettledField> {
    load_customisation(&it.workspace.store).unwrap().settled.remove("account").unwrap_or_default()
}

fn audited(it: &Fixture) -> Vec<Json> {
    let context = it.system();
    let request = AuditRequest { verb: Some("change_schema".into()), limit: 50, ..AuditRequest::default() };
    let page = it.workspace.store.read_with(|tx| audit::list(&context, tx, &request)).unwrap();
    page.entries.iter().filter_map(|it| it.detail.clone()).filter(|it| it[0]["op"] == "settle_field").collect()
}

#[test]
fn an_own_field_the_standard_does_not_fit_goes_on_under_another_name_with_all_that_names_it() {
    on_both_stores(|it| {
        let changes = [
            add("account", "name = \"motto\"\ntype = \"text\"\nunique = true\nindexed = true"),
            add("account", "name = \"shout\"\ntype = \"formula\"\nresult = \"text\"\nexpression = \"motto + '!'\""),
            add("deal", "name = \"mottos\"\ntype = \"text\"\nrequired_when = \"name == 'motto'\""),
            add("account", "name = \"labels\"\ntype = \"tags\""),
        ];
        apply(&it.as_admin(), &changes, false).unwrap();
        let mut object: ObjectDefinition = it.object("account").definition.clone();
        object.fields.clear();
        object.views.list.push(ListViewDefinition {
            name: "custom_mottos".into(),
            label: Label::new("格言", "Mottos"),
            columns: vec!["name".into(), "motto".into()],
            filter: Some("has(motto)".into()),
            sort: Some("-motto".into()),
        });
        let message = Label::new("不行", "no");
        object.rules.push(RuleDefinition { name: "custom_motto".into(), expression: "motto != 'x'".into(), message, field: Some("motto".into()) });
        object.indexes.push(IndexDefinition { fields: vec!["level".into(), "motto".into()], unique: false });
        let mut rep = it.workspace.schema().roles["rep"].clone();
        rep.objects.get_mut("account").unwrap().fields.insert("motto".into(), FieldRight::Hidden);
        apply(&it.as_admin(), &[SchemaChange::ChangeObject { object }, SchemaChange::PutRole { role: rep }], false).unwrap();
        let admin = it.as_admin();
        let tag = it.create(&admin, "tag", json!({"name": "T"}));
        let values = json!({"name": "A", "motto": "Carpe diem", "level": "a", "labels": [tag]});
        let account = it.create(&admin, "account", values);

        let standard: &[&str] = &["name = \"motto\"\ntype = \"number\"\nindexed = true", "name = \"labels\"\ntype = \"text\""];
        let next = it.after_upgrade(later(standard));
        let admin = next.as_admin();
        let seen = next.get(&admin, "account", account).unwrap();
        assert_eq!((&seen["custom_motto"], &seen["motto"], &seen["shout"]), (&json!("Carpe diem"), &Json::Null, &json!("Carpe diem!")));
        assert_eq!((&seen["custom_labels"][0]["label"], &seen["labels"]), (&json!("T"), &Json::Null));
        next.update(&admin, "account", account, json!({"motto": 7, "custom_motto": "Festina lente", "labels": "text"}));
        let seen = next.get(&admin, "account", account).unwrap();
        assert_eq!((&seen["shout"], &seen["motto"], &seen["labels"]), (&json!("Festina lente!"), &json!(7), &json!("text")));
        assert_eq!(next.names(&admin, "account", "custom_motto.contains('lente') && motto == 7", "-custom_motto"), ["A"]);
        assert_eq!(next.names(&admin, "account", "motto > 1", "-motto"), ["A"], "the standard's field has its index");

        let account = next.object("account");
        assert_eq!((account.field("custom_motto").unwrap().origin, account.field("motto").unwrap().origin), (Origin::Custom, Origin::Standard));
        let list = account.definition.views.list.iter().find(|it| it.name == "custom_mottos").unwrap();
        assert_eq!(
            (list.columns[1].as_str(), list.filter.as_deref(), list.sort.as_deref()),
            ("custom_motto", Some("has(custom_motto)"), Some("-custom_motto"))
        );
        assert!(next.try_create(&admin, "account", json!({"name": "B", "custom_motto": "x"})).is_err(), "its rule goes on");
        assert!(next.try_create(&admin, "account", json!({"name": "B", "custom_motto": "Festina lente"})).is_err(), "it is unique still");
        assert_eq!(next.as_ann().access.right(&account, account.field("custom_motto").unwrap()), FieldRight::Hidden, "it is hidden still");
        let tables = next.workspace.store.existing_tables().unwrap();
        let indexes = &tables.iter().find(|it| it.name == "o_account").unwrap().indexes;
        assert!(indexes.contains(&"o_account__i_level_custom_motto".to_owned()), "{indexes:?}");

        assert_eq!(settled(&next).iter().map(|it| it.renamed.as_deref()).collect::<Vec<_>>(), [Some("custom_motto"), Some("custom_labels")]);
        assert_eq!(audited(&next).len(), 2, "and it is in the audit log, once");
        let again = next.after_upgrade(later(standard));
        assert_eq!((again.workspace.schema().version, audited(&again).len()), (next.workspace.schema().version, 2), "nothing happens twice");
        apply(&again.as_admin(), &[SchemaChange::ForgetSettled { object: "account".into() }], false).unwrap();
        assert!(settled(&again).is_empty());
    });
}

#[test]
fn a_standard_field_that_holds_the_same_takes_the_values_over() {
    on_both_stores(|it| {
        let own = "name = \"size\"\ntype = \"select\"\noptions = [{ value = \"s\", label = { zh-CN = \"小\", en = \"Small\" } }]";
        apply(&it.as_admin(), &[add("account", own)], false).unwrap();
        let account = it.create(&it.as_admin(), "account", json!({"name": "A", "size": "s"}));
        let standard: &[&str] = &["name = \"size\"\ntype = \"select\"\nindexed = true\noptions = [\
             { value = \"s\", label = { zh-CN = \"小型\", en = \"S\" } }, { value = \"l\", label = { zh-CN = \"大型\", en = \"L\" } }]"];
        let next = it.after_upgrade(later(standard));
        let admin = next.as_admin();
        assert_eq!(next.get(&admin, "account", account).unwrap()["size"], "s");
        next.update(&admin, "account", account, json!({"size": "l"}));
        assert_eq!(next.names(&admin, "account", "size == 'l'", "size"), ["A"]);
        let object = next.object("account");
        let size = object.field("size").unwrap();
        assert_eq!((size.origin, size.definition.label.en.as_str()), (Origin::Standard, "Field"), "people find it under the name they gave");
        assert_eq!(settled(&next).iter().map(|it| it.renamed.as_deref()).collect::<Vec<_>>(), [None]);
        apply(&admin, &[SchemaChange::ResetField { object: "account".into(), name: "size".into() }], false).unwrap();
    });
}

#[test]
fn what_the_standard_computes_or_would_refuse_is_not_given_the_values() {
    on_both_stores(|it| {
        let changes = [add("account", "name = \"score\"\ntype = \"decimal\""), add("account", "name = \"slogan\"\ntype = \"text\"")];
        apply(&it.as_admin(), &changes, false).unwrap();
        for name in ["A", "B"] {
            it.create(&it.as_admin(), "account", json!({"name": name, "score": "1.5", "slogan": "same"}));
        }
        let standard: &[&str] = &["name = \"score\"\ntype = \"decimal\"\nread_only = true", "name = \"slogan\"\ntype = \"text\"\nunique = true"];
        let next = it.after_upgrade(later(standard));
        let admin = next.as_admin();
        assert_eq!(next.names(&admin, "account", "custom_score == 1.5 && custom_slogan == 'same'", "name"), ["A", "B"]);
        assert_eq!(next.names(&admin, "account", "has(score) || has(slogan)", "name"), [] as [&str; 0]);
    });
}

const OWN_MACHINE: &str = r#"
name = "machine"
label = { zh-CN = "设备", en = "Machine" }
title_field = "serial"
[[field]]
name = "serial"
type = "text"
label = { zh-CN = "序列号", en = "Serial" }
required = true
"#;

const STANDARD_MACHINE: &str = r#"
name = "machine"
label = { zh-CN = "机器", en = "Standard machine" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
[[rule]]
name = "named"
expression = "has(name)"
message = { zh-CN = "要有名称", en = "needs a name" }
"#;

/// A later version of the standard with an object of its own, a field that leads to it, one that counts it, one that follows
/// from that, and a role that opens it.
fn with_machines() -> Registry {
    let mut next = later(&[
        "name = \"machine\"\ntype = \"reference\"\ntarget = \"machine\"",
        "name = \"machines\"\ntype = \"rollup\"\nrollup = { object = \"machine\", via = \"account\", function = \"count\" }",
        "name = \"twice\"\ntype = \"formula\"\nresult = \"number\"\nexpression = \"machines * 2\"",
    ]);
    next.objects.push(("work".into(), toml::from_str(STANDARD_MACHINE).unwrap()));
    let rep = next.roles.iter_mut().find(|it| it.name == "rep").unwrap();
    rep.objects.insert("machine".into(), toml::from_str("read = \"all\"\ndelete = \"all\"").unwrap());
    next
}

#[test]
fn an_own_object_the_standard_has_too_stays_and_the_standards_stands_back() {
    on_both_stores(|it| {
        apply(&it.as_admin(), &[SchemaChange::AddObject { object: toml::from_str(OWN_MACHINE).unwrap() }], false).unwrap();
        let id = it.create(&it.as_admin(), "machine", json!({"serial": "M-1"}));
        let before = it.as_ann().access.may(&it.object("machine"), guanxi_kernel::access::Verb::Delete);
        let account = it.create(&it.as_admin(), "account", json!({"name": "A"}));

        let next = it.after_upgrade(with_machines());
        let admin = next.as_admin();
        assert_eq!(next.get(&admin, "machine", id).unwrap()["serial"], "M-1");
        next.create(&admin, "machine", json!({"serial": "M-2"}));
        assert_eq!(next.names(&admin, "machine", "true", "id").len(), 2, "no rule of the standard's stands in the way");
        let object = next.object("machine");
        assert_eq!((object.origin, object.definition.label.en.as_str()), (Origin::Custom, "Machine"));
        assert_eq!(next.workspace.registry.left_out.iter().collect::<Vec<_>>(), ["machine"]);
        assert_eq!(next.as_ann().access.may(&object, guanxi_kernel::access::Verb::Delete), before, "what is given on theirs is not given on ours");
        let fields = next.object("account");
        assert!(["machine", "machines", "twice"].iter().all(|it| fields.field(it).is_none()), "what follows from it stands back too");
        assert!(next.get(&admin, "account", account).is_some());

        // Without the own one the standard's is there from the next start.
        apply(&admin, &[SchemaChange::RemoveObject { object: "machine".into() }], true).unwrap();
        let last = next.after_upgrade(with_machines());
        assert!(last.workspace.registry.left_out.is_empty());
        assert_eq!(last.object("machine").origin, Origin::Standard);
        let machine = last.create(&last.as_admin(), "machine", json!({"name": "M", "account": account}));
        last.update(&last.as_admin(), "account", account, json!({"machine": machine}));
        let seen = last.get(&last.as_admin(), "account", account).unwrap();
        assert_eq!((&seen["machines"], &seen["twice"]), (&json!(1), &json!(2)));
    });
}
