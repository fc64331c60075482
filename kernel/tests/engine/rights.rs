//! Random roles on random records: what the engine lets a member see and do is what a naive model says, and hidden values
//! leave no trace in anything he receives.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::access::{Access, HeldRole, Member, Principal, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::feed;
use guanxi_kernel::history::history;
use guanxi_kernel::read::{self, AggregateRequest, CountMode, ListRequest};
use guanxi_kernel::schema::{DenyRights, FieldRight, Label, ObjectRights, RoleDefinition, RowScope, Schema};
use guanxi_kernel::search::{index_all, search};
use guanxi_kernel::store::{ColumnRef, Condition, Set, StoreExt, Update};
use guanxi_kernel::system_tables::{EVENT, SHARE};
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, plan_only};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores, on_cases, picks};
use crate::model::{Asker, Model, Rights, Shared, checked};

const OBJECTS: [&str; 5] = ["account", "deal", "user", "department", "tag"];
const ACCOUNT_SCOPES: [&str; 5] =
    ["level == 'a'", "parent.level == 'b'", "owner.name == 'Ann'", "parent.owner == me.id || level == 'b'", "has(parent.parent)"];
const DEAL_SCOPES: [&str; 4] = ["account.level == 'a'", "stage == 'new' && account.owner == me.id", "account.parent.level == 'a'", "!has(amount)"];
const ACCOUNT_HIDDEN: [&str; 6] = ["margin", "name", "code", "parent", "tags", "owner"];

fn scope(when: &'static [&'static str]) -> impl Strategy<Value = RowScope> {
    prop_oneof![
        Just(RowScope::None),
        Just(RowScope::Own),
        Just(RowScope::Department),
        Just(RowScope::DepartmentTree),
        Just(RowScope::All),
        proptest::sample::select(when).prop_map(|it| RowScope::When(it.to_owned())),
        proptest::sample::select(when).prop_map(|it| RowScope::When(it.to_owned())),
    ]
}

fn rights(when: &'static [&'static str], hidden: &'static [&'static str]) -> impl Strategy<Value = ObjectRights> {
    let named = proptest::sample::subsequence(hidden, 0..=hidden.len().min(3));
    let less = prop_oneof![Just(FieldRight::Hidden), Just(FieldRight::Masked), Just(FieldRight::Read)];
    let fields = (named, proptest::collection::vec(less, 3));
    (scope(when), scope(when), scope(when), fields, deny(when, hidden)).prop_map(|(read, update, delete, (named, less), deny)| ObjectRights {
        read,
        update,
        delete,
        fields: named.into_iter().map(str::to_owned).zip(less).collect(),
        deny,
        ..ObjectRights::default()
    })
}

/// Mostly nothing is denied.
fn deny(when: &'static [&'static str], hidden: &'static [&'static str]) -> impl Strategy<Value = DenyRights> {
    let some = (scope(when), scope(when), scope(when), proptest::sample::select(hidden)).prop_map(|(read, update, delete, field)| DenyRights {
        // Who is denied everything teaches nothing.
        read: if read == RowScope::All { RowScope::None } else { read },
        update,
        delete,
        fields: [(field.to_owned(), FieldRight::Masked)].into(),
        ..DenyRights::default()
    });
    prop_oneof![3 => Just(DenyRights::default()), 1 => some]
}

fn role() -> impl Strategy<Value = RoleDefinition> {
    let others = prop_oneof![Just(RowScope::None), Just(RowScope::All)];
    (rights(&ACCOUNT_SCOPES, &ACCOUNT_HIDDEN), rights(&DEAL_SCOPES, &["amount", "account"]), others.clone(), others).prop_map(
        |(account, deal, users, tags)| {
            let open = |read: RowScope| ObjectRights { read, ..ObjectRights::default() };
            let objects = [("account", account), ("deal", deal), ("user", open(users)), ("tag", open(tags))];
            RoleDefinition {
                objects: objects.into_iter().map(|(name, rights)| (name.to_owned(), rights)).collect(),
                ..RoleDefinition::new("", Label::new("角色", "Role"))
            }
        },
    )
}

/// Accounts and deals of everybody, tied to each other; every text is a canary of its own.
fn populate(it: &Fixture) {
    let admin = it.as_admin();
    let mut pick = picks(7);
    let tags: Vec<Uuid> = (0..3).map(|n| it.create(&admin, "tag", json!({"name": format!("tag{n}")}))).collect();
    let owners = [it.ann, it.bob, it.boss];
    let departments = [it.north, it.north_one, it.south];
    let mut accounts: Vec<Uuid> = Vec::new();
    for n in 0..24 {
        let parent = if accounts.is_empty() || pick(3) == 0 { Json::Null } else { json!(accounts[pick(accounts.len())]) };
        let level = [json!("a"), json!("b"), Json::Null][pick(3)].clone();
        accounts.push(it.create(
            &admin,
            "account",
            json!({"name": format!("acc{n:02}x"), "code": format!("code{n:02}x"), "margin": 1_000 + n, "level": level, "parent": parent,
                "owner": owners[pick(3)], "department": departments[pick(3)], "tags": [tags[pick(3)]]}),
        ));
    }
    for n in 0..24 {
        let amount = if pick(2) == 0 { Json::Null } else { json!(100 + n) };
        let id = it.create(
            &admin,
            "deal",
            json!({"name": format!("deal{n:02}x"), "account": accounts[pick(24)], "amount": amount, "owner": owners[pick(3)], "department": departments[pick(3)]}),
        );
        if pick(6) == 0 {
            it.delete(&admin, "deal", id).unwrap();
        }
    }
}

/// A member under roles made up for him.
pub fn member_context(it: &Fixture, roles: &[RoleDefinition], who: usize, shared: &Shared) -> Context {
    let current = it.workspace.schema();
    let roles = roles
        .iter()
        .enumerate()
        .map(|(n, role)| (format!("r{n}"), RoleDefinition { name: format!("r{n}"), ..role.clone() }))
        .collect::<std::collections::BTreeMap<_, _>>();
    let places = [(it.ann, Some(it.north_one), vec![it.north_one]), (it.boss, Some(it.north), vec![it.north, it.north_one]), (it.bob, None, vec![])];
    let (id, department, departments) = places[who].clone();
    let shared_objects = if shared.is_empty() { BTreeSet::new() } else { BTreeSet::from(["account".to_owned()]) };
    let member = Member { shared_objects, ..Member::of(id, roles.keys().map(HeldRole::from).collect(), department, departments) };
    let schema = Schema {
        version: current.version,
        objects: current.objects.clone(),
        apps: current.apps.clone(),
        roles,
        sharing: Vec::new(),
        left_out: Vec::new(),
        settled: std::collections::BTreeMap::new(),
        rates: std::collections::BTreeMap::new(),
    };
    let base = it.as_ann();
    let access = Access::of_member(&schema, member, base.now, &jiff::tz::TimeZone::UTC).unwrap();
    Context { schema: Arc::new(schema), access: Arc::new(access), actor: id, ..base }
}

pub fn ids(items: &str) -> BTreeSet<Uuid> {
    let items: Vec<Json> = serde_json::from_str(items).unwrap();
    items.iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect()
}

pub fn list(it: &Fixture, context: &Context, object: &str, filter: &str) -> guanxi_kernel::Result<read::Page> {
    let request = ListRequest { filter: Some(filter.into()), sort: Some("id".into()), limit: 500, count: CountMode::Exact, ..ListRequest::default() };
    it.try_list(context, object, &request)
}

const FILTERS: [(&str, &str, &[&str]); 7] = [
    ("account", "name.contains('acc1')", &["account.name"]),
    ("account", "margin >= 1010", &["account.margin"]),
    ("account", "parent.name < 'acc12x'", &["account.parent", "account.name"]),
    ("account", "parent.parent.level == 'a'", &["account.parent", "account.level"]),
    ("account", "!has(code)", &["account.code"]),
    ("deal", "account.margin < 1012 || amount > 110", &["deal.account", "account.margin", "deal.amount"]),
    ("deal", "account.owner.name == 'Ann'", &["deal.account", "account.owner", "user.name"]),
];

fn check_reading(it: &Fixture, context: &Context, model: &Model, rights: &Rights) {
    for object in ["account", "deal"] {
        let live: BTreeSet<Uuid> = model.live(object).map(|it| it.0).filter(|id| rights.sees(object, *id)).collect();
        let opened = context.access.may(context.schema.object(object).unwrap(), guanxi_kernel::access::Verb::Read);
        match list(it, context, object, "true") {
            Ok(page) => {
                assert_eq!(ids(&page.items), live, "{object}");
                assert_eq!(page.count.unwrap().value, live.len() as u64);
            }
            Err(error) => assert!(!opened && live.is_empty() && code(&error) == "not_found", "{object}: {error}"),
        }
        if !opened {
            continue;
        }
        for (id, _) in model.live(object) {
            assert_eq!(it.get(context, object, id).is_some(), live.contains(&id));
            let read = it.workspace.store.read_with(|tx| history(context, tx, object, id, None, 9));
            assert_eq!(read.is_ok(), live.contains(&id));
        }
        let request = AggregateRequest { measures: vec!["count".into()], ..AggregateRequest::default() };
        let definition = it.object(object);
        let groups = it.workspace.store.read_with(|tx| read::aggregate(context, tx, &definition, &request)).unwrap().groups;
        assert_eq!(groups[0].values["count"], json!(live.len()));
        for field in &rights.closed[object] {
            let sorted = ListRequest { sort: Some(field.clone()), ..ListRequest::default() };
            assert_eq!(code(&it.try_list(context, object, &sorted).unwrap_err()), "unknown_field");
            let grouped = AggregateRequest { group_by: vec![field.clone()], ..AggregateRequest::default() };
            assert!(it.workspace.store.read_with(|tx| read::aggregate(context, tx, &definition, &grouped)).is_err());
        }
    }
    for (object, filter, names) in FILTERS {
        let readable = |object: &str| context.access.may(context.schema.object(object).unwrap(), guanxi_kernel::access::Verb::Read);
        let open = readable(object)
            && names.iter().all(|it| it.split_once('.').is_some_and(|(object, field)| readable(object) && rights.may_name(object, field)));
        match list(it, context, object, filter) {
            Err(_) => assert!(!open, "{filter} must be open"),
            Ok(page) => {
                assert!(open, "{filter} names what is hidden");
                let wanted = checked(&context.schema, object, filter);
                let holds = |id: Uuid| model.holds(&Asker::of(context), object, id, &wanted, Some(rights));
                let expected: BTreeSet<Uuid> = model.live(object).map(|it| it.0).filter(|id| rights.sees(object, *id) && holds(*id)).collect();
                assert_eq!(ids(&page.items), expected, "{filter}");
            }
        }
    }
}

fn check_labels(it: &Fixture, context: &Context, rights: &Rights) {
    let Ok(page) = list(it, context, "account", "true") else { return };
    let items: Vec<Json> = serde_json::from_str(&page.items).unwrap();
    let targets = [("parent", "account"), ("owner", "user"), ("department", "department"), ("created_by", "user")];
    for item in items {
        for field in &rights.absent["account"] {
            assert!(item.get(field).is_none(), "{field} is hidden");
        }
        for field in rights.closed["account"].difference(&rights.absent["account"]) {
            let covered = item[field].is_null() || item[field].as_str().is_some_and(|it| it.contains("****"));
            assert!(covered, "{field} is covered: {}", item[field]);
        }
        let seen = |object: &str, it: &Json| rights.sees(object, it["id"].as_str().unwrap().parse().unwrap()) && rights.shows(object, "name");
        for (field, target) in targets {
            if let Some(reference) = item.get(field).filter(|it| !it.is_null()) {
                assert_eq!(!reference["label"].is_null(), seen(target, reference), "{field} {reference}");
            }
        }
        for tag in item.get("tags").and_then(Json::as_array).into_iter().flatten() {
            assert_eq!(!tag["label"].is_null(), seen("tag", tag), "{tag}");
        }
    }
}

fn check_writing(it: &Fixture, context: &Context, model: &Model, rights: &Rights) {
    for object in ["account", "deal"] {
        let live: Vec<Uuid> = model.live(object).map(|it| it.0).collect();
        let operations = live.iter().map(|id| Operation::Update { id: *id, values: map(json!({})), options: PlanOptions::default() }).collect();
        let batch = Batch { object: it.object(object), operations, mode: BatchMode::RowByRow, verb: "update", change: None };
        for (id, plan) in live.iter().zip(plan_only(context, &batch).unwrap()) {
            let expected = if rights.update[object].contains(id) {
                "ok"
            } else if rights.sees(object, *id) {
                "forbidden"
            } else {
                "not_found"
            };
            assert_eq!(plan.as_ref().map_or_else(code, |_| "ok"), expected, "{object}");
        }
        for id in live.iter().take(4) {
            let expected = if rights.delete[object].contains(id) {
                "ok"
            } else if rights.sees(object, *id) {
                "forbidden"
            } else {
                "not_found"
            };
            let outcome = it.delete(context, object, *id);
            assert_eq!(outcome.as_ref().map_or_else(code, |_| "ok"), expected, "delete {object}");
            if outcome.is_ok() {
                it.restore(&it.as_admin(), object, *id).unwrap();
            }
        }
    }
}

/// Everything a member receives, as text.
fn transcript(it: &Fixture, context: &Context) -> String {
    let mut out = String::new();
    for (object, filter) in FILTERS.iter().map(|it| (it.0, it.1)).chain([("account", "true"), ("deal", "true")]) {
        for sort in ["name", "-margin", "-updated_at"] {
            let request =
                ListRequest { filter: Some(filter.into()), sort: Some(sort.into()), limit: 5, count: CountMode::Exact, ..ListRequest::default() };
            out.push_str(&format!("{object} {filter} {sort}: {:?}\n", it.try_list(context, object, &request)));
        }
    }
    for group in ["level", "margin", "parent", "owner", "name"] {
        let request =
            AggregateRequest { group_by: vec![group.into()], measures: vec!["count".into(), "max(margin)".into()], ..AggregateRequest::default() };
        let plain = AggregateRequest { measures: vec!["count".into()], ..request.clone() };
        for request in [request, plain] {
            let object = it.object("account");
            out.push_str(&format!("{group}: {:?}\n", it.workspace.store.read_with(|tx| read::aggregate(context, tx, &object, &request))));
        }
    }
    for query in ["acc", "canary", "code", "1003", "deal"] {
        out.push_str(&format!("{query}: {:?}\n", it.workspace.store.read_with(|tx| search(context, tx, query, None, 40))));
    }
    let events = it.workspace.store.read_with(|tx| feed(context, tx, 0, 1_000, None)).unwrap().events;
    out.push_str(&format!("{events:?}\n"));
    for id in Model::load(it, &["account"]).rows["account"].keys() {
        let read = it.workspace.store.read_with(|tx| history(context, tx, "account", *id, None, 3));
        out.push_str(&format!(
            "{id}: {:?} {read:?}\n",
            context.access.may(&it.object("account"), guanxi_kernel::access::Verb::Read).then(|| it.get(context, "account", *id))
        ));
    }
    out
}

/// Fails with the lines that differ.
fn assert_same(before: &str, after: &str, what: &str) {
    for (before, after) in before.lines().zip(after.lines()) {
        assert_eq!(before, after, "{what}");
    }
    assert_eq!(before.len(), after.len(), "{what}");
}

/// Replaces, below the engine, one field of some accounts by another value, in their rows and in the log.
fn replace(it: &Fixture, indexer: &Context, accounts: &[Uuid], field: &str, value: impl Fn(usize, Uuid) -> Value) {
    let object = it.object("account");
    let columns: Vec<usize> = object.field(field).unwrap().parts.iter().map(|it| it.column).collect();
    let changes = accounts.iter().enumerate().map(|(n, id)| (*id, value(n, *id))).collect::<Vec<_>>();
    let (field, indexer) = (field.to_owned(), indexer.clone());
    it.workspace
        .store
        .write_with(move |tx| {
            for (id, value) in &changes {
                let set = columns.iter().map(|it| (*it, Set::To(value.clone()))).collect();
                tx.update(&Update { table: object.table.clone(), set, condition: Condition::equals(ColumnRef::main(0), Value::Id(*id)) })?;
                let json = Value::Json(Box::new(json!({field.clone(): [null, format!("{value:?}")], "number": [null, "C"]})));
                let of_record = Condition::equals(ColumnRef::main(5), Value::Id(*id))
                    .and(Condition::equals(ColumnRef::main(3), Value::Text("account.created".into())));
                tx.update(&Update { table: EVENT.clone(), set: vec![(8, Set::To(json))], condition: of_record })?;
            }
            let ids: Vec<Uuid> = changes.iter().map(|it| it.0).collect();
            guanxi_kernel::search::index_records(&indexer, tx, &object, &ids)
        })
        .unwrap();
}

/// Shares some accounts with a member, and no others.
fn share_some(it: &Fixture, who: usize, picks: &[(usize, ShareLevel)]) -> Shared {
    let member = [it.ann, it.boss, it.bob][who];
    let accounts: Vec<Uuid> = Model::load(it, &["account"]).rows["account"].keys().copied().collect();
    let mut shared = Shared::new();
    for (pick, level) in picks {
        let best = shared.entry(accounts[pick % accounts.len()]).or_insert(*level);
        *best = (*best).max(*level);
    }
    let (object, wanted) = (it.object("account"), shared.clone());
    let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
        unit.tx.delete(&guanxi_kernel::store::Delete { table: SHARE.clone(), condition: Condition::True })?;
        for (id, level) in &wanted {
            let record = read::load_record(unit.context, unit.reader(), &object, *id, guanxi_kernel::access::Verb::Read, true)?.unwrap();
            unit.share_until(&record, Principal::Member(member), *level, "test", *id)?;
        }
        Ok(())
    };
    guanxi_kernel::write::run_unit(&it.system(), it.system().new_id(), "test", Box::new(work)).unwrap();
    shared
}

fn check_case(it: &Fixture, roles: &[RoleDefinition], who: usize, picks: &[(usize, ShareLevel)]) {
    let shared = share_some(it, who, picks);
    let context = member_context(it, roles, who, &shared);
    let everything = Context { access: Arc::new(Access::system(Uuid::nil())), ..context.clone() };
    index_all(&everything).unwrap();
    let model = Model::load(it, &OBJECTS);
    let rights = Rights::work_out(&model, &Asker::of(&context), &shared);
    check_reading(it, &context, &model, &rights);
    check_labels(it, &context, &rights);
    check_writing(it, &context, &model, &rights);
    let all: Vec<Uuid> = model.rows["account"].keys().copied().collect();
    let unseen: Vec<Uuid> = all.iter().copied().filter(|id| !rights.sees("account", *id)).collect();
    if !rights.may_name("account", "margin") {
        replace(it, &everything, &all, "margin", |n, _| Value::Decimal((1_000 + n as i64).into()));
        let before = transcript(it, &context);
        replace(it, &everything, &all, "margin", |n, _| Value::Decimal((9_000 - 7 * n as i64).into()));
        assert_same(&before, &transcript(it, &context), "a hidden field shows through");
    }
    replace(it, &everything, &unseen, "code", |_, id| Value::Text(format!("hid{}", id.simple())));
    let before = transcript(it, &context);
    replace(it, &everything, &unseen, "code", |_, id| Value::Text(format!("canary {}", id.simple())));
    assert_same(&before, &transcript(it, &context), "an invisible record shows through");
}

#[test]
fn rights_are_those_of_the_naive_model_and_hidden_values_leave_no_trace() {
    on_both_stores(|it| {
        populate(it);
        let level = proptest::sample::select(&ShareLevel::ALL[..]);
        let shares = proptest::collection::vec((0..24_usize, level), 0..4);
        let cases = (proptest::collection::vec(role(), 1..=2), 0..3_usize, shares);
        on_cases(24, &cases, |(roles, who, picks)| check_case(it, &roles, who, &picks));
    });
}
