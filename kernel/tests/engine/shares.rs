//! Records shared one by one and by rule; why somebody sees a record; what a change of rules would do.

use guanxi_kernel::access::{FieldNote, Principal, Reason, ShareLevel, explain, simulate, viewers};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::schema::{Audience, Label, RoleDefinition, SharingRule};
use guanxi_kernel::shares::{NewShare, share, shares_of, unshare};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::{PlanOptions, run_unit};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, code, digest, on_both_stores};
use crate::roles::{define, member};

const OWN: &str = "name = \"own\"\nlabel = { zh-CN = \"自有\", en = \"Own\" }\n[objects.user]\nread = \"all\"\n[objects.team]\nread = \"all\"\n[objects.department]\nread = \"all\"\n[objects.account]\nread = \"own\"\nupdate = \"own\"\nshare = true\nfields = { margin = \"hidden\" }\n";

fn give(it: &Fixture, context: &Context, id: Uuid, principal: Principal, level: ShareLevel) -> guanxi_kernel::Result<()> {
    share(context, &it.object("account"), id, &NewShare { principal, level, expires_at: None })
}

fn scene(it: &Fixture) -> (Context, Context, Uuid) {
    define(it, OWN);
    let ann = member(it, it.ann, json!({"roles": ["own"], "department": it.north_one}));
    let bob = member(it, it.bob, json!({"roles": ["own"], "department": it.south}));
    let id = it.create(&it.as_admin(), "account", json!({"name": "Ann's", "owner": it.ann, "margin": "9"}));
    (ann, bob, id)
}

#[test]
fn a_share_opens_one_record_at_its_level_and_no_further() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let other = it.create(&it.as_admin(), "account", json!({"name": "Other", "owner": it.ann}));
        let names = |context: &Context| it.names(context, "account", "true", "name");
        assert!(names(&bob).is_empty());
        give(it, &ann, id, Principal::Member(it.bob), ShareLevel::Read).unwrap();
        let bob = it.signed_in(it.bob);
        assert_eq!(names(&bob), ["Ann's"]);
        assert!(it.get(&bob, "account", id).unwrap().get("margin").is_none(), "hidden fields stay hidden");
        assert!(it.get(&bob, "account", other).is_none());
        let rename = |context: &Context| it.try_update(context, "account", id, json!({"code": "x"}), PlanOptions::default());
        assert_eq!(code(&rename(&bob).unwrap_err()), "forbidden");
        give(it, &ann, id, Principal::Member(it.bob), ShareLevel::Write).unwrap();
        rename(&it.signed_in(it.bob)).unwrap();
        let shared_on = give(it, &it.signed_in(it.bob), id, Principal::Member(it.boss), ShareLevel::Read);
        assert_eq!(code(&shared_on.unwrap_err()), "forbidden", "writing is not managing");
        give(it, &ann, id, Principal::Member(it.bob), ShareLevel::Manage).unwrap();
        give(it, &it.signed_in(it.bob), id, Principal::Member(it.boss), ShareLevel::Read).unwrap();
        assert_eq!(it.workspace.store.read_with(|tx| shares_of(&ann, tx, &it.object("account"), id)).unwrap().len(), 2);
        unshare(&ann, &it.object("account"), id, Principal::Member(it.bob)).unwrap();
        assert!(names(&it.signed_in(it.bob)).is_empty());
        assert_eq!(code(&unshare(&ann, &it.object("account"), id, Principal::Member(it.bob)).unwrap_err()), "not_found");
    });
}

#[test]
fn shares_reach_teams_and_departments_and_end_in_time() {
    on_both_stores(|it| {
        let (ann, _, id) = scene(it);
        let team = it.create(&it.system(), "team", json!({"name": "Project", "members": [it.bob]}));
        let sees = |who: Uuid| it.get(&it.signed_in(who), "account", id).is_some();
        give(it, &ann, id, Principal::Team(team), ShareLevel::Read).unwrap();
        assert!(sees(it.bob));
        it.update(&it.system(), "team", team, json!({"members": []}));
        assert!(!sees(it.bob), "who leaves the team sees it no more");
        let boss = member(it, it.boss, json!({"roles": ["own"], "department": it.north_one}));
        assert!(it.get(&boss, "account", id).is_none());
        give(it, &ann, id, Principal::Department(it.north), ShareLevel::Read).unwrap();
        assert!(!sees(it.boss), "the department alone");
        give(it, &ann, id, Principal::DepartmentTree(it.north), ShareLevel::Read).unwrap();
        assert!(sees(it.boss), "and those below");
        unshare(&ann, &it.object("account"), id, Principal::DepartmentTree(it.north)).unwrap();
        let until = it.system().now + jiff::SignedDuration::from_hours(1);
        let for_an_hour = NewShare { principal: Principal::Member(it.boss), level: ShareLevel::Read, expires_at: Some(until) };
        share(&ann, &it.object("account"), id, &for_an_hour).unwrap();
        assert!(sees(it.boss));
        it.clock.advance(3600);
        assert!(!sees(it.boss));
        assert_eq!(code(&share(&it.signed_in(it.ann), &it.object("account"), id, &for_an_hour).unwrap_err()), "invalid", "it is over");
    });
}

#[test]
fn a_share_for_a_task_ends_with_it() {
    on_both_stores(|it| {
        let (_, _, id) = scene(it);
        let task = it.create(&it.as_admin(), "deal", json!({"name": "Task", "account": id}));
        let (object, bob) = (it.object("account"), it.bob);
        let begin = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
            let record =
                guanxi_kernel::read::load_record(unit.context, unit.reader(), &object, id, guanxi_kernel::access::Verb::Read, false)?.unwrap();
            unit.share_until(&record, Principal::Member(bob), ShareLevel::Read, "task", ("deal", task))
        };
        run_unit(&it.system(), Uuid::from_u128(1), "test", Box::new(begin)).unwrap();
        assert!(it.get(&it.signed_in(it.bob), "account", id).is_some());
        run_unit(&it.system(), Uuid::from_u128(2), "test", Box::new(move |unit| unit.end_shares_of(task))).unwrap();
        assert!(it.get(&it.signed_in(it.bob), "account", id).is_none());
    });
}

#[test]
fn nobody_shares_what_he_may_not_and_nothing_is_written() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let before = digest(it, &["account"]);
        assert_eq!(code(&give(it, &bob, id, Principal::Member(it.bob), ShareLevel::Manage).unwrap_err()), "not_found");
        assert_eq!(code(&give(it, &ann, id, Principal::Member(Uuid::from_u128(99)), ShareLevel::Read).unwrap_err()), "invalid");
        assert_eq!(code(&give(it, &ann, id, Principal::Team(it.bob), ShareLevel::Read).unwrap_err()), "invalid", "a member is no team");
        define(it, &OWN.replace("share = true\n", ""));
        let ann = it.signed_in(it.ann);
        let after = digest(it, &["account"]);
        assert_eq!(code(&give(it, &ann, id, Principal::Member(it.bob), ShareLevel::Read).unwrap_err()), "forbidden");
        assert_eq!(digest(it, &["account"]), after);
        assert_ne!(before, after, "the change of the role is in the audit log");
    });
}

fn rule(it: &Fixture, when: &str, write: bool) -> SharingRule {
    SharingRule {
        name: "south".into(),
        label: Label::new("南区", "South"),
        object: "account".into(),
        when: when.into(),
        with: Audience { departments: vec![it.south], ..Audience::default() },
        write,
        paused: false,
    }
}

#[test]
fn a_sharing_rule_opens_what_it_accepts_to_its_audience() {
    on_both_stores(|it| {
        let (_, _, id) = scene(it);
        let admin = it.as_admin();
        it.update(&admin, "account", id, json!({"level": "a"}));
        apply(&admin, &[SchemaChange::PutSharingRule { rule: rule(it, "level == 'a'", false) }], false).unwrap();
        let bob = it.signed_in(it.bob);
        assert!(it.get(&bob, "account", id).is_some());
        assert_eq!(code(&it.try_update(&bob, "account", id, json!({"code": "x"}), PlanOptions::default()).unwrap_err()), "forbidden");
        apply(&admin, &[SchemaChange::PutSharingRule { rule: rule(it, "level == 'a'", true) }], false).unwrap();
        it.update(&it.signed_in(it.bob), "account", id, json!({"code": "x"}));
        it.update(&admin, "account", id, json!({"level": "b"}));
        assert!(it.get(&it.signed_in(it.bob), "account", id).is_none());
        let broken = apply(&admin, &[SchemaChange::PutSharingRule { rule: rule(it, "levl == 'a'", true) }], false);
        assert_eq!(code(&broken.unwrap_err()), "invalid");
        let nobody = SharingRule { with: Audience::default(), ..rule(it, "true", false) };
        assert_eq!(code(&apply(&admin, &[SchemaChange::PutSharingRule { rule: nobody }], false).unwrap_err()), "invalid");
    });
}

#[test]
fn an_explanation_names_the_rule_that_decides() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let admin = it.as_admin();
        let object = it.object("account");
        let why = |context: &Context, who: Uuid| it.workspace.store.read_with(|tx| explain(context, tx, who, &object, id));
        let read = |who: Uuid| why(&admin, who).unwrap().verbs.into_iter().find(|it| it.verb == "read").unwrap();
        assert!(matches!(&read(it.ann).reasons[..], [Reason::Role { role, .. }] if role == "own"));
        assert!(!read(it.bob).allowed && read(it.bob).reasons == [Reason::NothingOpens]);
        give(it, &ann, id, Principal::DepartmentTree(it.south), ShareLevel::Write).unwrap();
        let answer = read(it.bob);
        assert!(answer.allowed && matches!(&answer.reasons[..], [Reason::Share { with: "department_tree", level: ShareLevel::Write, .. }]));
        define(
            it,
            "name = \"ethics\"\nlabel = { zh-CN = \"合规\", en = \"Ethics\" }\n[objects.account.deny]\nread = { when = \"owner.name == 'Ann'\" }\n",
        );
        member(it, it.bob, json!({"roles": ["own", "ethics"]}));
        let answer = read(it.bob);
        assert!(!answer.allowed && answer.reasons.iter().any(|it| matches!(it, Reason::Denied { role, .. } if role == "ethics")), "{answer:?}");
        let fields = why(&admin, it.ann).unwrap().fields;
        assert!(fields.iter().any(|it| it.field == "margin" && matches!(&it.roles[..], [role] if role.role == "own" && role.decides)));
        // Of others only auditors may ask; of what one does not see nobody learns anything.
        assert_eq!(code(&why(&ann, it.bob).unwrap_err()), "forbidden");
        assert_eq!(code(&why(&it.signed_in(it.bob), it.bob).unwrap_err()), "not_found");
        assert_eq!(code(&why(&bob, it.ann).unwrap_err()), "forbidden");
    });
}

#[test]
fn of_many_sharing_rules_an_explanation_names_those_that_hold() {
    on_both_stores(|it| {
        let (_, _, id) = scene(it);
        let admin = it.as_admin();
        it.update(&admin, "account", id, json!({"level": "a"}));
        let one = |n: usize| {
            let when = if n % 37 == 5 { "level == 'a'" } else { "level == 'b' && owner.name == 'Ann'" };
            SchemaChange::PutSharingRule { rule: SharingRule { name: format!("rule_{n:03}"), ..rule(it, when, n.is_multiple_of(2)) } }
        };
        apply(&admin, &(0..150).map(one).collect::<Vec<_>>(), false).unwrap();
        let object = it.object("account");
        let told = it.workspace.store.read_with(|tx| explain(&it.as_admin(), tx, it.bob, &object, id)).unwrap();
        let named = |verb: &str| {
            let verb = told.verbs.iter().find(|it| it.verb == verb).unwrap();
            let rules = verb.reasons.iter().filter_map(|it| if let Reason::SharingRule { rule, .. } = it { Some(rule.as_str()) } else { None });
            rules.collect::<Vec<_>>()
        };
        assert_eq!(named("read"), ["rule_005", "rule_042", "rule_079", "rule_116"]);
        assert_eq!(named("update"), ["rule_042", "rule_116"]);
    });
}

#[test]
fn the_viewers_of_a_record_are_those_who_get_it() {
    on_both_stores(|it| {
        let (ann, _, id) = scene(it);
        give(it, &ann, id, Principal::Member(it.bob), ShareLevel::Read).unwrap();
        it.update(&it.system(), "user", it.admin, json!({"roles": ["administrator"]}));
        it.update(&it.system(), "user", it.boss, json!({"roles": ["own"]}));
        let object = it.object("account");
        let (found, next) = it.workspace.store.read_with(|tx| viewers(&it.signed_in(it.ann), tx, &object, id, None)).unwrap();
        assert_eq!(next, None);
        let mut told: Vec<Uuid> = found.iter().map(|it| it.id).collect();
        let mut truly: Vec<Uuid> =
            [it.admin, it.ann, it.bob, it.boss].into_iter().filter(|who| it.get(&it.signed_in(*who), "account", id).is_some()).collect();
        told.sort_unstable();
        truly.sort_unstable();
        assert_eq!(told, truly);
        assert_eq!(truly.len(), 3);
        let shared = it.workspace.store.read_with(|tx| viewers(&it.signed_in(it.bob), tx, &object, id, None));
        assert_eq!(code(&shared.unwrap_err()), "forbidden", "to see it is not to know who else does");
    });
}

#[test]
fn a_simulation_tells_what_the_change_then_does() {
    on_both_stores(|it| {
        let (_, _, id) = scene(it);
        let admin = it.as_admin();
        it.update(&admin, "account", id, json!({"level": "a"}));
        it.create(&admin, "account", json!({"name": "Bob's", "owner": it.bob}));
        let role: RoleDefinition =
            toml::from_str(&OWN.replace("read = \"own\"\nupdate", "read = { when = \"level == 'a'\" }\nupdate").replace("hidden", "read")).unwrap();
        let changes = [SchemaChange::PutRole { role }];
        let before = digest(it, &["account"]);
        let told = simulate(&admin, &changes).unwrap();
        assert_eq!(digest(it, &["account"]), before, "nothing is written");
        let row = |who: Uuid, verb: &str| told.rows.iter().find(|it| it.member == who && it.verb == verb).map(|it| (it.gained, it.lost));
        assert_eq!((told.members, told.counted), (2, 2));
        assert_eq!((row(it.bob, "read"), row(it.ann, "read")), (Some((1, 1)), None));
        assert_eq!(row(it.bob, "update"), Some((0, 1)), "what is not seen is not changed");
        assert!(told.fields.iter().any(|it| it.field == "margin" && it.members == 2));
        assert!(told.slow.is_empty(), "an equality has an index of its own: {:?}", told.slow);
        let walked = toml::from_str(&OWN.replace("read = \"own\"\nupdate", "read = { when = \"name.startsWith('A')\" }\nupdate")).unwrap();
        let slow = simulate(&admin, &[SchemaChange::PutRole { role: walked }]).unwrap().slow;
        assert_eq!(slow.iter().map(|it| it.object.as_str()).collect::<Vec<_>>(), ["account"]);
        apply(&admin, &changes, false).unwrap();
        assert_eq!(it.names(&it.signed_in(it.bob), "account", "true", "name"), ["Ann's"]);
        assert_eq!(code(&simulate(&it.signed_in(it.bob), &changes).unwrap_err()), "forbidden");
    });
}

#[test]
fn a_simulation_tells_verbs_freezes_and_covers_and_counts_equals_once() {
    on_both_stores(|it| {
        scene(it);
        let admin = it.as_admin();
        member(it, it.boss, json!({"roles": ["own"], "department": it.south}));
        for n in 0..4 {
            it.create(&admin, "account", json!({"name": format!("n{n}"), "level": if n == 0 { "b" } else { "a" }, "owner": it.admin}));
        }
        let role = |account: &str| -> SchemaChange {
            let text = OWN.split("[objects.account]").next().unwrap().to_owned() + "[objects.account]\n" + account;
            SchemaChange::PutRole { role: toml::from_str(&text).unwrap() }
        };
        apply(&admin, &[role("read = { when = \"level == 'a'\" }\nupdate = { when = \"level == 'a'\" }\nshare = true\n")], false).unwrap();
        let told = simulate(
            &it.as_admin(),
            &[role("read = \"all\"\nupdate = { when = \"level == 'a'\" }\nexport = true\nactions = [\"*\"]\nmasked_in_lists = [\"phone\"]\n[[objects.account.freeze]]\nfields = [\"code\"]\nwhen = \"level == 'a'\"\n")],
        )
        .unwrap();
        assert_eq!((told.members, told.counted, told.uncounted.len()), (3, 3, 0));
        // Everybody gains the same two; nobody's changes differ.
        let gained: Vec<(u64, u64)> = told.rows.iter().filter(|it| it.verb == "read").map(|it| (it.gained, it.lost)).collect();
        assert_eq!(gained, [(2, 0); 3], "one without a level, one of another: {:?}", told.rows);
        assert!(told.rows.iter().all(|it| it.verb == "read"));
        let verb = |name: &str| told.verbs.iter().find(|it| it.verb == name).map(|it| (it.gaining, it.losing));
        assert_eq!((verb("export"), verb("share"), verb("import")), (Some((3, 0)), Some((0, 3)), None));
        let note = |field: &str| told.notes.iter().find(|it| it.field == field).map(|it| (it.note, it.members));
        assert_eq!(note("phone"), Some((FieldNote::CoveredInLists, 3)));
        assert_eq!(note("code"), Some((FieldNote::Freezes, 3)));
        assert!(told.fields.is_empty(), "{:?}", told.fields);
    });
}
