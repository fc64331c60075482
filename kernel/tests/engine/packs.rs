//! Industry packs: installed, brought to another version, removed; and what stands against each.

use guanxi_kernel::KernelError;
use guanxi_kernel::app::Registry;
use guanxi_kernel::audit::{self, AuditRequest};
use guanxi_kernel::definition::{SchemaChange, SchemaLoss, apply, plan};
use guanxi_kernel::pack::{PackDefinition, PackFile, read_pack, try_out};
use guanxi_kernel::schema::{FieldRight, IndexDefinition, Label, ObjectDefinition, Origin, SharingRule};
use guanxi_kernel::store::{Store, StoreExt};
use guanxi_kernel::workspace::{Workspace, load_customisation};
use guanxi_kernel::workspace_copy::copy_workspace;
use guanxi_store::{SqliteOptions, SqliteStore};
use serde_json::json;
use std::sync::Arc;

use crate::fixture::{Fixture, code, on_both_stores, registry};

const PLOT: &str = r#"
name = "farm_plot"
label = { zh-CN = "地块", en = "Plot" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
[[field]]
name = "size"
type = "number"
label = { zh-CN = "面积", en = "Size" }
[[field]]
name = "tags"
type = "tags"
label = { zh-CN = "标签", en = "Tags" }
[[field]]
name = "state"
type = "select"
label = { zh-CN = "状态", en = "State" }
options = [{ value = "free", label = { zh-CN = "空闲", en = "Free" } }, { value = "let", label = { zh-CN = "已租", en = "Let" } }]
[[rule]]
name = "sane_size"
expression = "size == null || size > 0"
message = { zh-CN = "面积应大于零", en = "a size is more than nothing" }
field = "size"
"#;
const ACCOUNT: &str = r#"
[[field]]
name = "farm_kind"
type = "text"
label = { zh-CN = "农场类型", en = "Kind of farm" }
indexed = true
[[field]]
name = "farm_plots"
type = "rollup"
label = { zh-CN = "地块数", en = "Plots" }
rollup = { object = "farm_plot", via = "account", function = "count" }
[[list]]
name = "farm_accounts"
label = { zh-CN = "农场客户", en = "Farms" }
columns = ["name", "farm_kind", "farm_plots"]
filter = "has(farm_kind)"
[[related]]
object = "farm_plot"
via = "account"
columns = ["name", "size"]
"#;
const HAND: &str = r#"
name = "farm_hand"
label = { zh-CN = "帮工", en = "Hand" }
[objects.farm_plot]
read = "all"
update = "all"
"#;
const GRANT: &str = "[objects.farm_plot]\nread = \"all\"\n";
/// A field the pack adds, hidden from a role that is there.
const HIDDEN: &str = "[fields.account]\nfarm_kind = \"hidden\"\n";
const LABEL: &str = "label = { zh-CN = \"农具\", en = \"Tool\" }";

/// A version of the farm's pack; `more` are further files, or others in the place of its own.
fn farm(version: &str, more: &[(&str, String)]) -> PackDefinition {
    let manifest = format!(
        "name = \"farm\"\nversion = \"{version}\"\nlabel = {{ zh-CN = \"农场\", en = \"Farm\" }}\nhelp = {{ zh-CN = \"田地\", en = \"Land\" }}\n\
         objects = [\"farm_plot\"]\nneeds = [\"account\"]"
    );
    let own = [
        ("pack.toml", manifest),
        ("objects/farm_plot/object.toml", PLOT.to_owned()),
        ("extends/account.toml", ACCOUNT.to_owned()),
        ("roles/farm_hand.toml", HAND.to_owned()),
        ("grants/rep.toml", format!("{GRANT}{HIDDEN}")),
    ];
    let kept = own.iter().filter(|it| more.iter().all(|other| other.0 != it.0));
    let files: Vec<PackFile> = kept.chain(more).map(|(path, text)| PackFile { path: (*path).to_owned(), text: text.clone() }).collect();
    read_pack("farm", &files).unwrap()
}

/// The program with this version of the pack.
fn offering(packs: Vec<PackDefinition>) -> Registry {
    let mut program = registry(Vec::new());
    program.packs = packs;
    program
}

fn install(version: &str) -> SchemaChange {
    SchemaChange::InstallPack { name: "farm".into(), version: version.into() }
}

fn remove() -> SchemaChange {
    SchemaChange::RemovePack { name: "farm".into() }
}

/// The company with the farm's pack installed.
fn with_farm(it: &Fixture) -> Fixture {
    let next = it.after_upgrade(offering(vec![farm("1.0.0", &[])]));
    apply(&next.as_admin(), &[install("1.0.0")], false).unwrap();
    next
}

fn loss(object: &str, field: Option<&str>, values: u64) -> SchemaLoss {
    SchemaLoss { object: object.into(), field: field.map(str::to_owned), values }
}

/// Where it is refused, and why in English.
fn problems(it: &Fixture, changes: &[SchemaChange]) -> Vec<(String, String)> {
    let planned = plan(&it.as_admin(), changes).unwrap();
    let told: Vec<(String, String)> = planned.problems.into_iter().map(|it| (it.field, it.message.en)).collect();
    assert!(!told.is_empty(), "the plan finds nothing wrong");
    let refused = apply(&it.as_admin(), changes, true).unwrap_err();
    assert!(matches!(refused, KernelError::Invalid(_)), "what the plan refuses is not done: {refused:?}");
    told
}

/// The one place where it is refused, with what the reason must name.
fn refused(it: &Fixture, changes: &[SchemaChange], place: &str, names: &[&str]) {
    let told = problems(it, changes);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, place, "{told:?}");
    assert!(names.iter().all(|name| told[0].1.contains(name)), "{told:?}");
}

fn text_field(object: &str, more: &str) -> SchemaChange {
    let field = toml::from_str(&format!("{LABEL}\n{more}")).unwrap();
    SchemaChange::AddField { object: object.into(), field }
}

#[test]
fn a_pack_is_there_at_once_and_stays() {
    on_both_stores(|it| {
        let next = it.after_upgrade(offering(vec![farm("1.0.0", &[])]));
        let planned = plan(&next.as_admin(), &[install("1.0.0")]).unwrap();
        assert_eq!((planned.problems.len(), planned.losses.len()), (0, 0));
        let steps: Vec<(&str, &str)> = planned.steps.iter().map(|it| (it.op, it.name.as_str())).collect();
        for step in [("create_table", "o_farm_plot"), ("add_column", "farm_kind"), ("change_definition", "views.list.farm_accounts")] {
            assert!(steps.contains(&step), "{step:?} is not in {steps:?}");
        }
        assert!(next.workspace.schema().object("farm_plot").is_none(), "a plan changes nothing");
        let before = next.create(&next.as_admin(), "account", json!({"name": "A"}));
        apply(&next.as_admin(), &[install("1.0.0")], false).unwrap();

        let admin = next.as_admin();
        let plot = next.create(&admin, "farm_plot", json!({"name": "Meadow", "account": before, "size": 3}));
        next.update(&admin, "account", before, json!({"farm_kind": "dairy"}));
        assert_eq!(next.get(&admin, "account", before).unwrap()["farm_plots"], json!(1));
        assert_eq!(next.names(&admin, "account", "farm_kind == 'dairy'", "-farm_kind"), ["A"]);
        assert!(next.try_create(&admin, "farm_plot", json!({"name": "B", "size": 0})).is_err(), "its rules hold");
        assert!(next.get(&next.as_ann(), "farm_plot", plot).is_some(), "a standard role has what the pack gives it");
        assert!(next.try_update(&next.as_ann(), "farm_plot", plot, json!({"size": 4}), Default::default()).is_err(), "and no more");
        let account = next.object("account");
        assert_eq!(next.as_ann().access.right(&account, account.field("farm_kind").unwrap()), FieldRight::Hidden);
        let hand = next.member(next.bob, "farm_hand", next.south, vec![next.south]);
        next.update(&hand, "farm_plot", plot, json!({"size": 4}));

        let schema = next.workspace.schema();
        let (account, object) = (next.object("account"), next.object("farm_plot"));
        assert_eq!((object.origin, object.app.as_str()), (Origin::Pack, "farm"));
        assert_eq!((account.origin, account.field("farm_kind").unwrap().origin), (Origin::Standard, Origin::Pack));
        assert_eq!(schema.standard.pack_of("account", Some("farm_kind")), Some("farm"));
        assert_eq!((schema.standard.pack_of("account", None), schema.standard.pack_of("farm_plot", None)), (None, Some("farm")));
        assert!(schema.apps.iter().any(|it| it.name == "farm" && it.objects == ["farm_plot"]), "it stands in the navigation");

        // The files are gone: the workspace has all it needs.
        let again = next.after_upgrade(registry(Vec::new()));
        assert_eq!(again.get(&again.as_admin(), "farm_plot", plot).unwrap()["name"], "Meadow");
        assert_eq!(again.workspace.schema().standard.pack("farm").unwrap().pack.version(), "1.0.0");
        let context = again.system();
        let request = AuditRequest { verb: Some("change_schema".into()), limit: 9, ..AuditRequest::default() };
        let page = again.workspace.store.read_with(|tx| audit::list(&context, tx, &request)).unwrap();
        assert_eq!(page.entries[0].detail, Some(json!([{"op": "install_pack", "name": "farm", "version": "1.0.0"}])));
    });
}

#[test]
fn another_node_and_a_copy_have_it_too() {
    on_both_stores(|it| {
        let other = it.reopened(registry(Vec::new())).unwrap();
        let next = with_farm(it);
        next.create(&next.as_admin(), "farm_plot", json!({"name": "Meadow"}));
        assert!(other.schema().object("farm_plot").is_none());
        other.follow_definitions().unwrap();
        assert_eq!(other.schema().object("farm_plot").unwrap().origin, Origin::Pack);

        let folder = tempfile::tempdir().unwrap();
        let target: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("copy.db"), SqliteOptions::default()).unwrap());
        assert_eq!(copy_workspace(&registry(Vec::new()), &next.workspace.store, &target).unwrap().left_out, Vec::<String>::new());
        let copy = Workspace::open("copy", target, Arc::new(registry(Vec::new())), next.clock.clone(), next.workspace.ids.clone()).unwrap();
        assert_eq!(copy.schema().standard.packs, next.workspace.schema().standard.packs);
    });
}

#[test]
fn another_version_adds_and_what_it_drops_is_asked_about() {
    on_both_stores(|it| {
        let first = with_farm(it);
        let admin = first.as_admin();
        let account = first.create(&admin, "account", json!({"name": "A", "farm_kind": "dairy"}));
        let plot = first.create(&admin, "farm_plot", json!({"name": "Meadow", "account": account, "size": 3}));
        let mut object: ObjectDefinition = first.object("farm_plot").definition.clone();
        object.fields.clear();
        object.label = Label::new("田块", "Paddock");
        apply(&admin, &[SchemaChange::ChangeObject { object }], false).unwrap();

        let soil = "[[field]]\nname = \"soil\"\ntype = \"text\"\nlabel = { zh-CN = \"土质\", en = \"Soil\" }\n";
        let more = [("objects/farm_plot/object.toml", format!("{PLOT}{soil}").replace("icon", ""))];
        let second = first.after_upgrade(offering(vec![farm("1.1.0", &more)]));
        assert!(second.object("farm_plot").field("soil").is_none(), "nothing changes before an administrator has looked");
        assert_eq!(second.workspace.schema().standard.pack("farm").unwrap().pack.version(), "1.0.0");
        refused(&second, &[install("1.0.0")], "version", &["1.1.0"]);
        apply(&second.as_admin(), &[install("1.1.0")], false).unwrap();
        assert_eq!(second.object("farm_plot").field("soil").unwrap().origin, Origin::Pack);
        assert_eq!(second.object("farm_plot").definition.label.en, "Paddock", "what the workspace changed stays");
        refused(&second, &[install("1.1.0")], "version", &["already"]);
        second.update(&second.as_admin(), "farm_plot", plot, json!({"soil": "clay"}));

        let less = [
            (
                "objects/farm_plot/object.toml",
                PLOT.replace("[[field]]\nname = \"tags\"\ntype = \"tags\"\nlabel = { zh-CN = \"标签\", en = \"Tags\" }\n", ""),
            ),
            ("extends/account.toml", ACCOUNT.split("[[field]]\nname = \"farm_plots\"").next().unwrap().to_owned()),
        ];
        let third = second.after_upgrade(offering(vec![farm("2.0.0", &less)]));
        let planned = plan(&third.as_admin(), &[install("2.0.0")]).unwrap();
        let lost = [loss("account", Some("farm_plots"), 0), loss("farm_plot", Some("soil"), 1), loss("farm_plot", Some("tags"), 0)];
        assert_eq!((planned.problems.as_slice(), planned.losses.as_slice()), (&[][..], &lost[..]));
        assert_eq!(code(&apply(&third.as_admin(), &[install("2.0.0")], false).unwrap_err()), "would_lose_data");
        apply(&third.as_admin(), &[install("2.0.0")], true).unwrap();
        let tables = third.workspace.store.existing_tables().unwrap();
        assert!(tables.iter().all(|it| it.name != "l_farm_plot__tags" && !it.columns.iter().any(|it| it == "farm_plots" || it == "soil")));
        assert_eq!(third.get(&third.as_admin(), "account", account).unwrap()["farm_kind"], "dairy");

        let others = [(
            "objects/farm_plot/object.toml",
            PLOT.replace("name = \"size\"\ntype = \"number\"", "name = \"size\"\ntype = \"text\"")
                .replace("size > 0", "size != ''")
                .replace(", { value = \"let\", label = { zh-CN = \"已租\", en = \"Let\" } }", ""),
        )];
        let fourth = third.after_upgrade(offering(vec![farm("3.0.0", &others)]));
        let told = problems(&fourth, &[install("3.0.0")]);
        assert_eq!(told.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["farm_plot.size", "farm_plot.state"]);
        assert!(told[1].1.contains("`let`"), "{told:?}");
    });
}

#[test]
fn removing_asks_first_and_leaves_nothing_but_the_customers_own() {
    on_both_stores(|it| {
        let next = with_farm(it);
        apply(&next.as_admin(), &[text_field("farm_plot", "name = \"gate\"\ntype = \"text\"")], false).unwrap();
        let mut rep = next.workspace.schema().roles["rep"].clone();
        rep.objects.entry("farm_plot".into()).or_default().create = true;
        apply(&next.as_admin(), &[SchemaChange::PutRole { role: rep }], false).unwrap();
        let admin = next.as_admin();
        let account = next.create(&admin, "account", json!({"name": "A", "farm_kind": "dairy"}));
        next.create(&admin, "farm_plot", json!({"name": "Meadow", "account": account, "gate": "north"}));
        next.create(&admin, "farm_plot", json!({"name": "Wood"}));
        let planned = plan(&admin, &[remove()]).unwrap();
        let lost = [
            loss("account", Some("farm_kind"), 1),
            loss("account", Some("farm_plots"), 0),
            loss("farm_plot", None, 2),
            loss("farm_plot", Some("gate"), 1),
        ];
        assert_eq!((planned.problems.as_slice(), planned.losses.as_slice()), (&[][..], &lost[..]));
        assert!(planned.steps.iter().any(|it| (it.op, it.name.as_str()) == ("drop_table", "o_farm_plot")), "{:?}", planned.steps);
        assert_eq!(code(&apply(&admin, &[remove()], false).unwrap_err()), "would_lose_data");
        assert_eq!(next.names(&next.as_admin(), "farm_plot", "true", "name"), ["Meadow", "Wood"], "nothing is lost unasked");
        apply(&next.as_admin(), &[remove()], true).unwrap();

        let admin = next.as_admin();
        assert_eq!(next.get(&admin, "account", account).unwrap()["name"], "A");
        let schema = next.workspace.schema();
        assert!(schema.object("farm_plot").is_none() && !schema.roles.contains_key("farm_hand") && schema.apps.iter().all(|it| it.name != "farm"));
        assert!(!schema.roles["rep"].objects.contains_key("farm_plot"), "its roles name it no more");
        assert!(next.object("account").definition.views.list.iter().all(|it| it.name != "farm_accounts"));
        let tables = next.workspace.store.existing_tables().unwrap();
        assert!(tables.iter().all(|it| !it.name.contains("farm_") && it.columns.iter().all(|it| !it.starts_with("farm_"))), "{tables:?}");
        assert!(load_customisation(&next.workspace.store).unwrap().packs.is_empty());
        refused(&next, &[remove()], "name", &["not installed"]);
        apply(&admin, &[install("1.0.0")], false).unwrap();
        assert_eq!(next.names(&next.as_admin(), "farm_plot", "true", "name"), Vec::<String>::new(), "and it can come again");
    });
}

#[test]
fn what_the_customers_own_definitions_use_does_not_go() {
    on_both_stores(|it| {
        let next = with_farm(it);
        let change = |change: SchemaChange| apply(&next.as_admin(), &[change], false).map(|_| ()).unwrap();
        change(text_field("account", "name = \"shout\"\ntype = \"formula\"\nresult = \"text\"\nexpression = \"farm_kind + '!'\""));
        refused(&next, &[remove()], "account.shout", &["farm_kind"]);
        change(SchemaChange::RemoveField { object: "account".into(), name: "shout".into() });

        change(text_field("deal", "name = \"plot\"\ntype = \"reference\"\ntarget = \"farm_plot\""));
        refused(&next, &[remove()], "deal.plot", &["farm_plot"]);
        change(SchemaChange::RemoveField { object: "deal".into(), name: "plot".into() });

        let mut object: ObjectDefinition = next.object("account").definition.clone();
        object.fields.clear();
        object.indexes.push(IndexDefinition { fields: vec!["level".into(), "farm_kind".into()], unique: false });
        change(SchemaChange::ChangeObject { object });
        refused(&next, &[remove()], "object.index", &["farm_kind"]);
        change(SchemaChange::ResetObject { object: "account".into() });

        let rule = SharingRule {
            name: "plots".into(),
            label: Label::new("地块共享", "All plots"),
            object: "farm_plot".into(),
            when: "true".into(),
            with: guanxi_kernel::schema::Audience { roles: vec!["rep".into()], ..Default::default() },
            write: false,
            paused: false,
        };
        change(SchemaChange::PutSharingRule { rule });
        refused(&next, &[remove()], "sharing.plots", &["All plots", "farm_plot"]);
        change(SchemaChange::RemoveSharingRule { name: "plots".into() });

        next.create(&next.as_admin(), "user", json!({"name": "Hand", "roles": ["farm_hand"]}));
        refused(&next, &[remove()], "name", &["Hand", "1 times"]);
    });
}

#[test]
fn names_that_something_else_has_are_refused_with_both() {
    on_both_stores(|it| {
        let own = text_field("account", "name = \"farm_kind\"\ntype = \"text\"");
        let object = toml::from_str(&PLOT.replace("farm_plot", "farm_barn")).unwrap();
        apply(&it.as_admin(), &[own, SchemaChange::AddObject { object }], false).unwrap();
        let next = it.after_upgrade(offering(vec![farm("1.0.0", &[])]));
        refused(&next, &[install("1.0.0")], "account.farm_kind", &["`farm`", "your own"]);
        apply(&next.as_admin(), &[SchemaChange::RemoveField { object: "account".into(), name: "farm_kind".into() }], false).unwrap();

        let barn = [("objects/farm_barn/object.toml", PLOT.replace("farm_plot", "farm_barn"))];
        let next = next.after_upgrade(offering(vec![farm("1.0.0", &barn)]));
        refused(&next, &[install("1.0.0")], "farm_barn", &["`farm`", "your own"]);

        // One that the workspace added to an object of the pack, before a later version brings it.
        let next = with_farm(&next);
        apply(&next.as_admin(), &[text_field("farm_plot", "name = \"soil\"\ntype = \"text\"")], false).unwrap();
        let soil = [("objects/farm_plot/object.toml", format!("{PLOT}[[field]]\nname = \"soil\"\ntype = \"number\"\n{LABEL}\n"))];
        let next = next.after_upgrade(offering(vec![farm("1.1.0", &soil)]));
        refused(&next, &[install("1.1.0")], "farm_plot.soil", &["`farm`", "your own"]);
    });
}

#[test]
fn what_a_pack_needs_must_be_there_and_stay() {
    on_both_stores(|it| {
        let grants = [("grants/pilot.toml", GRANT.to_owned()), ("extends/ship.toml", ACCOUNT.split("[[list]]").next().unwrap().to_owned())];
        let next = it.after_upgrade(offering(vec![farm("1.0.0", &grants)]));
        let told = problems(&next, &[install("1.0.0")]);
        assert_eq!(told.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["ship", "grants.pilot"], "{told:?}");
        refused(&next, &[SchemaChange::InstallPack { name: "ranch".into(), version: "1.0.0".into() }], "name", &["ranch"]);

        let manifest =
            "name = \"mill\"\nversion = \"1.0.0\"\nlabel = { zh-CN = \"磨坊\", en = \"Mill\" }\nhelp = { zh-CN = \"磨\", en = \"Grinds\" }\n";
        let field = format!("[[field]]\nname = \"mill_grain\"\ntype = \"text\"\n{LABEL}\n");
        let files = [("pack.toml", manifest.to_owned()), ("extends/farm_plot.toml", field)];
        let files: Vec<PackFile> = files.into_iter().map(|(path, text)| PackFile { path: path.into(), text }).collect();
        let mill = SchemaChange::InstallPack { name: "mill".into(), version: "1.0.0".into() };
        let next = it.after_upgrade(offering(vec![farm("1.0.0", &[]), read_pack("mill", &files).unwrap()]));
        refused(&next, std::slice::from_ref(&mill), "farm_plot", &["`mill`"]);
        apply(&next.as_admin(), &[install("1.0.0")], false).unwrap();
        apply(&next.as_admin(), &[mill], false).unwrap();
        assert_eq!(next.workspace.schema().standard.pack_of("farm_plot", Some("mill_grain")), Some("mill"));
        refused(&next, &[remove()], "farm_plot", &["`mill`", "`farm`"]);
        apply(&next.as_admin(), &[SchemaChange::RemovePack { name: "mill".into() }], false).unwrap();
        apply(&next.as_admin(), &[remove()], false).unwrap();
    });
}

#[test]
fn only_administrators_change_packs() {
    on_both_stores(|it| {
        let next = it.after_upgrade(offering(vec![farm("1.0.0", &[])]));
        assert!(matches!(plan(&next.as_boss(), &[install("1.0.0")]), Err(KernelError::Forbidden(_))));
        assert!(matches!(apply(&next.as_boss(), &[install("1.0.0")], true), Err(KernelError::Forbidden(_))));
    });
}

#[test]
fn what_does_not_fit_the_program_is_found_before_it_is_offered() {
    let plot = |from: &str, to: &str| ("objects/farm_plot/object.toml", PLOT.replace(from, to));
    let cases = [
        (plot("size > 0", "seize > 0"), "objects/farm_plot/object.toml", "size", "seize"),
        (plot("target = \"account\"", "target = \"accounts\""), "objects/farm_plot/object.toml", "account", "accounts"),
        (("roles/farm_hand.toml", HAND.replace("\"all\"", "{ when = \"seize > 0\" }")), "roles/farm_hand.toml", "farm_plot", "seize"),
        (("grants/rep.toml", GRANT.replace("\"all\"", "{ when = \"seize > 0\" }")), "grants/rep.toml", "farm_plot", "seize"),
        (("extends/account.toml", ACCOUNT.replace("has(farm_kind)", "has(kind)")), "extends/account.toml", "views.list.farm_accounts.filter", "kind"),
        (
            ("objects/farm_plot/views.toml", "[board]\ngroup_by = \"state\"\ncard = [\"name\", \"stage\"]\n".into()),
            "objects/farm_plot/views.toml",
            "views.board.card",
            "stage",
        ),
        (("seeds/account.toml", "[[record]]\nname = \"A\"\nkind = \"x\"\n".into()), "seeds/account.toml", "record[0].kind", "kind"),
        (("seeds/account.toml", "[[record]]\nlevel = \"a\"\n".into()), "seeds/account.toml", "record[0].name", ""),
        (("seeds/user.toml", "[[record]]\nname = \"A\"\n".into()), "seeds/user.toml", "", "user"),
        (
            ("extends/account.toml", format!("{ACCOUNT}[[options.name]]\nvalue = \"farm_x\"\n{LABEL}\n")),
            "extends/account.toml",
            "options.name",
            "name",
        ),
    ];
    let program = registry(Vec::new());
    for (file, wanted, key, reason) in cases {
        let pack = farm("1.0.0", &[file]);
        let broken = try_out(&program, &[], &pack).unwrap();
        assert_eq!((broken.folder.as_str(), broken.file.as_str(), broken.key.as_str()), ("farm", wanted, key), "{broken:?}");
        assert!(broken.reason.en.contains(reason) && broken.reason.zh_cn.contains(reason), "{broken:?}");
    }
    assert_eq!(try_out(&program, &[], &farm("1.0.0", &[])), None);
}
