//! What hangs on an account goes along with it: into a pool, where it is covered alike, out of it, back, and by no way round.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, aggregate, list};
use guanxi_kernel::shares::{NewShare, share};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::merge::{MergeRequest, merge};
use guanxi_kernel::write::{run_unit, undo};
use guanxi_kernel::{events, history, search};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    contacts_and_open_work_go_to_who_claims_the_account,
    a_pool_may_leave_deals_and_tasks_with_who_had_them,
    what_goes_back_goes_back_to_who_had_each,
    every_way_into_a_pool_and_out_of_it_takes_the_contacts_along,
    what_was_claimed_or_returned_is_taken_back_as_a_whole,
    a_contact_of_a_pooled_account_is_told_in_no_way,
    no_way_round_leads_to_a_contact_of_a_pooled_account,
    a_contact_comes_back_from_the_bin_to_where_its_account_is,
    a_contact_that_lacks_what_is_required_by_now_keeps_no_account_back,
    a_contact_is_where_its_account_is_whatever_happens,
    contacts_of_before_come_to_lie_beside_their_accounts,
);

const MOBILE: &str = "13988887777";
const EMAIL: &str = "canary@hengtai.example";

struct Scene {
    manager: Context,
    /// Had the account.
    lin: Context,
    /// Of his department.
    colleague: Context,
    /// Of another one, which belongs to the pool as well.
    wu: Context,
    pool: Uuid,
    other_pool: Uuid,
}

fn scene(engine: &TestEngine, more: Json) -> Scene {
    let system = engine.system();
    let (first, second) = (engine.department("销售一部", None), engine.department("销售二部", None));
    let manager = engine.member("zhou", &["sales_manager"], first);
    let people = [("lin", first), ("he", first), ("wu", second)].map(|(login, department)| engine.member(login, &["sales"], department));
    let pool = |name: &str, more: &Json| {
        let mut values = json!({ "name": name, "object": "account", "departments": [first, second], "administrators": [manager.actor],
            "hidden_fields": ["email"], "masked_fields": ["phone"] });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        engine.create(&system, "pool", values)
    };
    let (pool, other_pool) = (pool("客户公海", &more), pool("全国公海", &json!({})));
    let [lin, colleague, wu] = people.map(|it| engine.again(&it));
    Scene { manager: engine.again(&manager), lin, colleague, wu, pool, other_pool }
}

fn account(engine: &TestEngine, owner: &Context, name: &str) -> Uuid {
    engine.create(owner, "account", json!({ "name": name, "phone": "021-55556666" }))
}

fn contact(engine: &TestEngine, owner: &Context, account: Uuid, name: &str) -> Uuid {
    engine.create(owner, "contact", json!({ "name": name, "account": account, "mobile": MOBILE, "email": EMAIL }))
}

fn give_up(engine: &TestEngine, who: &Context, account: Uuid, pool: Uuid) {
    engine.act(who, "account", account, "return_to_pool", json!({ "reason": "no_capacity", "pool": pool })).unwrap();
}

fn record(engine: &TestEngine, object: &str, id: Uuid) -> Json {
    engine.get(&engine.system(), object, id)
}

/// Whose a record is, and in which pool it lies.
fn place(engine: &TestEngine, object: &str, id: Uuid) -> (Option<Uuid>, Option<Uuid>) {
    let it = record(engine, object, id);
    let of = |name: &str| it[name]["id"].as_str().map(|it| it.parse().unwrap());
    (of("owner"), of("pool"))
}

fn owner(engine: &TestEngine, object: &str, id: Uuid) -> Option<Uuid> {
    place(engine, object, id).0
}

fn last_change(engine: &TestEngine, object: &str, id: Uuid) -> Uuid {
    engine.workspace.store.read_with(|tx| history::history(&engine.system(), tx, object, id, None, 1)).unwrap()[0].change
}

fn contacts_and_open_work_go_to_who_claims_the_account(engine: &TestEngine) {
    let Scene { lin, colleague, wu, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    let deal = |name: &str| engine.create(&lin, "opportunity", json!({ "name": name, "account": it, "close_date": "2027-01-31" }));
    let (open, his) =
        (deal("在谈"), engine.create(&colleague, "opportunity", json!({ "name": "同事的", "account": it, "close_date": "2027-01-31" })));
    let todo = engine.create(&lin, "activity", json!({ "subject": "回访", "kind": "task", "account": it }));
    let done = engine.create(&lin, "activity", json!({ "subject": "打过", "kind": "call", "status": "done", "account": it }));
    give_up(engine, &lin, it, pool);
    assert_eq!(place(engine, "contact", person), (None, Some(pool)));
    assert_eq!(record(engine, "contact", person)["department"], Json::Null);
    // An open deal is answered for by somebody meanwhile.
    assert_eq!((owner(engine, "opportunity", open), owner(engine, "activity", todo)), (Some(lin.actor), Some(lin.actor)));
    let before = engine.get(&wu, "contact", person);
    assert_eq!((&before["mobile"], &before["email"]), (&json!("139****7777"), &Json::Null));
    engine.act(&wu, "account", it, "claim", json!({})).unwrap();
    assert_eq!(place(engine, "contact", person), (Some(wu.actor), None));
    let whole = engine.get(&wu, "contact", person);
    assert_eq!((&whole["mobile"], &whole["email"]), (&json!(format!("+86{MOBILE}")), &json!(EMAIL)));
    assert_eq!(whole["department"]["id"], record(engine, "account", it)["department"]["id"]);
    engine.update(&wu, "contact", person, json!({ "title": "设备部经理" }));
    assert_eq!(owner(engine, "opportunity", open), Some(wu.actor), "who claims it sees what is going on");
    assert_eq!(owner(engine, "opportunity", his), Some(colleague.actor), "somebody else's stays his");
    assert_eq!((owner(engine, "activity", todo), owner(engine, "activity", done)), (Some(wu.actor), Some(lin.actor)));
    assert_eq!(engine.get(&lin, "contact", person), Json::Null, "and who had it does not any more");
    let told = engine.workspace.store.read_with(|tx| history::history(&wu, tx, "contact", person, None, 10)).unwrap();
    let changed = told.iter().filter(|it| it.changes.contains_key("owner")).count();
    assert_eq!(changed, 3, "made, given up, claimed: {told:?}");
    assert_eq!(last_change(engine, "opportunity", open), last_change(engine, "account", it), "one change");
}

fn a_pool_may_leave_deals_and_tasks_with_who_had_them(engine: &TestEngine) {
    let Scene { lin, wu, pool, .. } = scene(engine, json!({ "leaves_open_work": true }));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    let open = engine.create(&lin, "opportunity", json!({ "name": "在谈", "account": it, "close_date": "2027-01-31" }));
    give_up(engine, &lin, it, pool);
    engine.act(&wu, "account", it, "claim", json!({})).unwrap();
    assert_eq!((owner(engine, "contact", person), owner(engine, "opportunity", open)), (Some(wu.actor), Some(lin.actor)));
}

fn what_goes_back_goes_back_to_who_had_each(engine: &TestEngine) {
    let Scene { manager, lin, colleague, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let (own, his) = (contact(engine, &lin, it, "王海"), contact(engine, &colleague, it, "李娜"));
    give_up(engine, &lin, it, pool);
    assert_eq!([own, his].map(|it| place(engine, "contact", it)), [(None, Some(pool)); 2], "whoever's they were");
    engine.act(&manager, "account", it, "give_back", json!({})).unwrap();
    assert_eq!([own, his].map(|it| owner(engine, "contact", it)), [Some(lin.actor), Some(colleague.actor)]);
    // Who left does not get his back.
    give_up(engine, &lin, it, pool);
    engine.update(&engine.system(), "user", colleague.actor, json!({ "active": false }));
    engine.act(&manager, "account", it, "give_back", json!({})).unwrap();
    assert_eq!([own, his].map(|it| owner(engine, "contact", it)), [Some(lin.actor); 2]);
}

fn every_way_into_a_pool_and_out_of_it_takes_the_contacts_along(engine: &TestEngine) {
    let Scene { manager, lin, wu, pool, other_pool, .. } = scene(engine, json!({ "is_default": true, "run_hour": 2 }));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    let act = |action: &str, input: Json| engine.act(&manager, "account", it, action, input).unwrap();
    // Given up by taking the owner away.
    engine.update(&lin, "account", it, json!({ "owner": null }));
    assert_eq!(place(engine, "contact", person), (None, Some(pool)));
    act("move_to_pool", json!({ "pool": other_pool }));
    assert_eq!(place(engine, "contact", person), (None, Some(other_pool)));
    act("assign_from_pool", json!({ "member": wu.actor }));
    assert_eq!(place(engine, "contact", person), (Some(wu.actor), None));
    // By a rule.
    let rule = json!({ "name": "无商机", "pool": pool, "kind": "no_opportunity", "days": 5, "warn_days": 0, "effective_from": "2026-11-16" });
    engine.create(&engine.system(), "pool_rule", rule);
    engine.clock.advance(6 * 24 * 3600);
    recycle(engine);
    assert_eq!([place(engine, "account", it), place(engine, "contact", person)], [(None, Some(pool)); 2]);
    engine
        .act(&manager, "pool", pool, "distribute", json!({ "records": [it], "members": [{ "member": lin.actor, "weight": 1 }], "mode": "even" }))
        .unwrap();
    assert_eq!(place(engine, "contact", person), (Some(lin.actor), None));
    // By a rule of assignment.
    give_up(engine, &engine.again(&lin), it, pool);
    let rule = json!({ "name": "给二部", "object": "account", "method": "round_robin", "members": [wu.actor] });
    engine.create(&engine.system(), "assignment_rule", rule);
    engine.act(&engine.again(&manager), "account", it, "assign_by_rules", json!({})).unwrap();
    assert_eq!([owner(engine, "account", it), owner(engine, "contact", person)], [Some(wu.actor); 2]);
}

fn recycle(engine: &TestEngine) {
    let job = engine.workspace.registry.job("pools.recycle").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn what_was_claimed_or_returned_is_taken_back_as_a_whole(engine: &TestEngine) {
    let Scene { manager, lin, wu, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    let open = engine.create(&lin, "opportunity", json!({ "name": "在谈", "account": it, "close_date": "2027-01-31" }));
    give_up(engine, &lin, it, pool);
    // Who gave it up does not get it back without claiming it.
    let change = last_change(engine, "account", it);
    undo(&engine.again(&lin), change).map(drop).unwrap_or_default();
    assert_eq!([place(engine, "account", it), place(engine, "contact", person)], [(None, Some(pool)); 2]);
    engine.act(&wu, "account", it, "claim", json!({})).unwrap();
    let undone = undo(&engine.again(&wu), last_change(engine, "account", it)).unwrap();
    assert!(undone.skipped.is_empty(), "{undone:?}");
    assert_eq!([place(engine, "account", it), place(engine, "contact", person)], [(None, Some(pool)); 2]);
    assert_eq!(owner(engine, "opportunity", open), Some(lin.actor));
    assert_eq!(record(engine, "account", it)["former_owner"]["id"], json!(wu.actor), "he waits like who returned it");
    // Its administrator takes back what he did by mistake.
    engine.act(&manager, "account", it, "assign_from_pool", json!({ "member": lin.actor })).unwrap();
    engine.act(&manager, "account", it, "return_to_pool", json!({ "reason": "no_capacity", "pool": pool })).unwrap();
    assert_eq!([place(engine, "account", it), place(engine, "contact", person)], [(None, Some(pool)); 2]);
    let undone = undo(&engine.again(&manager), last_change(engine, "account", it)).unwrap();
    assert!(undone.skipped.is_empty(), "{undone:?}");
    assert_eq!([place(engine, "account", it), place(engine, "contact", person)], [(Some(lin.actor), None); 2]);
    let kinds: Vec<Json> = engine.list(&engine.system(), "pool_move", "").iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["given_back", "returned", "assigned", "entered", "claimed", "returned"], "newest first");
}

fn a_contact_of_a_pooled_account_is_told_in_no_way(engine: &TestEngine) {
    let Scene { manager, lin, colleague, wu, pool, .. } = scene(engine, json!({ "hidden_fields": ["email", "description", "address"] }));
    let service = engine.again(&engine.member("song", &["service_agent"], engine.department("服务部", None)));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    engine.update(&lin, "contact", person, json!({ "description": "私人电话 51234567", "wechat": "wanghai_canary" }));
    let todo = engine.create(&lin, "activity", json!({ "subject": "回访", "kind": "task", "account": it, "contact": person }));
    assert_eq!(engine.get(&colleague, "contact", person)["mobile"], json!(format!("+86{MOBILE}")), "his department saw it");
    search::index_all(&engine.system()).unwrap();
    give_up(engine, &lin, it, pool);
    search::index_all(&engine.system()).unwrap();
    let store = &engine.workspace.store;
    let object = engine.object("contact");
    for who in [&lin, &colleague, &wu, &service] {
        let seen = engine.get(who, "contact", person);
        assert_eq!((&seen["mobile"], &seen["email"], &seen["description"]), (&json!("139****7777"), &Json::Null, &Json::Null), "{}", who.actor_name);
        assert_ne!(seen["wechat"], "wanghai_canary", "covered with the telephone");
        for filter in [
            format!("mobile == '+86{MOBILE}'"),
            "mobile != null".to_owned(),
            "!(mobile == 'x')".to_owned(),
            "email == null".to_owned(),
            "email.contains('hengtai')".to_owned(),
            "wechat != 'x'".to_owned(),
            "size(description) > 3".to_owned(),
        ] {
            assert!(engine.try_list(who, "contact", &filter).unwrap_or_default().is_empty(), "{filter}");
            let through = filter.replace("mobile", "contact.mobile").replace("email", "contact.email").replace("wechat", "contact.wechat");
            let through = format!("id == '{todo}' && ({})", through.replace("size(description", "size(contact.description"));
            assert!(engine.try_list(who, "activity", &through).unwrap_or_default().is_empty(), "{through}");
        }
        for sort in ["email", "-email"] {
            let request = ListRequest { sort: Some(sort.into()), limit: 50, ..ListRequest::default() };
            if let Ok(page) = store.read_with(|tx| list(who, tx, &object, &request)) {
                assert!(!page.items.contains(&person.to_string()), "{sort}");
            }
        }
        for group in ["email", "mobile"] {
            let request = AggregateRequest { group_by: vec![group.into()], measures: vec!["count".into()], ..AggregateRequest::default() };
            if let Ok(answer) = store.read_with(|tx| aggregate(who, tx, &object, &request)) {
                let told = serde_json::to_string(&answer).unwrap();
                assert!(!told.contains("hengtai") && !told.contains(MOBILE), "{told}");
            }
        }
        for words in [MOBILE, "8888", "canary", "wanghai_canary", "51234567"] {
            let (hits, _) = store.read_with(|tx| search::search(who, tx, words, None, 20)).unwrap();
            assert!(hits.iter().all(|it| it.id != person), "{words}");
        }
        let past = store.read_with(|tx| history::history(who, tx, "contact", person, None, 50)).unwrap();
        let feed = store.read_with(|tx| events::feed(who, tx, 0, 500, None)).unwrap().events;
        let told = format!("{past:?} {:?}", feed.iter().filter(|it| it.record == Some(person)).collect::<Vec<_>>());
        for word in [MOBILE, EMAIL, "wanghai_canary", "51234567"] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }
    assert_eq!(engine.get(&manager, "contact", person)["email"], EMAIL, "who looks after the pool sees it whole");
    assert_eq!(engine.get(&engine.again(&engine.member("liu", &["sales"], engine.department("外地", None))), "contact", person), Json::Null);
}

fn no_way_round_leads_to_a_contact_of_a_pooled_account(engine: &TestEngine) {
    let Scene { manager, lin, colleague, wu, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    let grant = NewShare { principal: Principal::Member(colleague.actor), level: ShareLevel::Manage, expires_at: None };
    share(&lin, &engine.object("contact"), person, &grant).unwrap();
    give_up(engine, &lin, it, pool);
    // What was shared is not any more; nobody takes it, changes it or takes it out.
    for who in [&lin, &colleague, &wu] {
        let who = engine.again(who);
        assert_eq!(engine.get(&who, "contact", person)["mobile"], "139****7777");
        for values in [json!({ "owner": who.actor }), json!({ "account": null }), json!({ "mobile": "13700000000" }), json!({ "pool": null })] {
            let error = engine.try_update(&who, "contact", person, values.clone()).unwrap_err();
            assert!(["forbidden", "invalid"].contains(&error_code(&error)), "{values}: {error:?}");
        }
        assert!(engine.try_delete(&who, "contact", person).is_err());
    }
    let error = engine.try_update(&manager, "contact", person, json!({ "owner": manager.actor })).unwrap_err();
    assert_eq!(problem_fields(&error), ["owner: rule"], "not even who looks after the pool, but with the account");
    // Who may change every contact does not lift the cover by taking one out.
    let service = engine.again(&engine.member("song", &["service_agent"], engine.department("服务部", None)));
    for values in [json!({ "account": null }), json!({ "account": account(engine, &wu, "别家") })] {
        assert_eq!(problem_fields(&engine.try_update(&service, "contact", person, values).unwrap_err()), ["account: rule"]);
    }
    // What is noted down of a pooled account lies there from the beginning, whoever notes it down.
    let new = contact(engine, &wu, it, "李娜");
    assert_eq!(place(engine, "contact", new), (None, Some(pool)));
    assert_eq!(engine.get(&wu, "contact", new)["mobile"], "139****7777");
    // What is brought to one comes to lie there, and is its new owner's when it is brought elsewhere.
    let own = account(engine, &wu, "自己的客户");
    let third = contact(engine, &wu, own, "赵云");
    engine.update(&wu, "contact", third, json!({ "account": it }));
    assert_eq!(place(engine, "contact", third), (None, Some(pool)));
    let admin = engine.again(&engine.member("admin", &["administrator"], engine.department("总部", None)));
    engine.update(&admin, "contact", third, json!({ "account": own }));
    assert_eq!(place(engine, "contact", third), (Some(wu.actor), None));
    // By a merge, too.
    let request = MergeRequest { survivor: it, others: vec![own], take: std::collections::BTreeMap::new() };
    merge(&admin, &engine.object("account"), &request).unwrap();
    assert_eq!(place(engine, "contact", third), place(engine, "account", it));
}

fn a_contact_comes_back_from_the_bin_to_where_its_account_is(engine: &TestEngine) {
    let Scene { lin, wu, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let (first, second) = (contact(engine, &lin, it, "王海"), contact(engine, &lin, it, "李娜"));
    engine.try_delete(&lin, "contact", first).unwrap();
    give_up(engine, &lin, it, pool);
    engine.try_delete(&engine.system(), "contact", second).unwrap();
    engine.try_restore(&lin, "contact", first).unwrap();
    assert_eq!(place(engine, "contact", first), (None, Some(pool)), "deleted before, restored into the pool");
    assert_eq!(engine.get(&engine.again(&lin), "contact", first)["mobile"], "139****7777");
    engine.act(&wu, "account", it, "claim", json!({})).unwrap();
    engine.try_restore(&engine.system(), "contact", second).unwrap();
    assert_eq!(place(engine, "contact", second), (Some(wu.actor), None), "deleted in the pool, restored to who has the account");
}

fn a_contact_that_lacks_what_is_required_by_now_keeps_no_account_back(engine: &TestEngine) {
    let Scene { lin, wu, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    // As it may have been before there was a rule: reached by nothing, and with nobody's account.
    let system = engine.system();
    let id = person;
    run_unit(
        &system,
        system.new_id(),
        "test",
        Box::new(move |unit| {
            let object = unit.context.schema.object("contact").cloned().unwrap();
            let record = guanxi_kernel::read::load_record(unit.context, unit.tx, &object, id, guanxi_kernel::access::Verb::Read, false)?.unwrap();
            unit.carry_as_system(vec![(record, Map::from_iter([("name".to_owned(), Json::Null)]))])
        }),
    )
    .unwrap();
    assert!(engine.try_update(&lin, "contact", person, json!({ "title": "经理" })).is_err(), "it is not what it must be");
    give_up(engine, &lin, it, pool);
    engine.act(&wu, "account", it, "claim", json!({})).unwrap();
    assert_eq!(owner(engine, "contact", person), Some(wu.actor));
}

/// Numbers that are the same each time.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most
    }
}

fn a_contact_is_where_its_account_is_whatever_happens(engine: &TestEngine) {
    let Scene { manager, lin, colleague, wu, pool, other_pool } = scene(engine, json!({ "is_default": true }));
    let people = [&manager, &lin, &colleague, &wu];
    let accounts: Vec<Uuid> = (0..4).map(|it| account(engine, people[it], &format!("客户{it}"))).collect();
    let mut contacts: Vec<Uuid> = (0..4).map(|it| contact(engine, people[it], accounts[it], "王海")).collect();
    for seed in 1..=2 {
        let mut drawn = Drawn(seed);
        for step in 0..40 {
            let who = engine.again(people[drawn.below(4)]);
            let (it, person) = (accounts[drawn.below(4)], contacts[drawn.below(contacts.len())]);
            let into = [pool, other_pool][drawn.below(2)];
            let act = |action: &str, input: Json| drop(engine.act(&who, "account", it, action, input));
            match drawn.below(12) {
                0 | 1 => act("claim", json!({})),
                2 | 3 => act("return_to_pool", json!({ "reason": "no_capacity", "pool": into })),
                4 => act("assign_from_pool", json!({ "member": people[drawn.below(4)].actor })),
                5 => act("give_back", json!({})),
                6 => act("move_to_pool", json!({ "pool": into })),
                7 => drop(engine.try_update(&who, "contact", person, json!({ "account": it }))),
                8 => drop(engine.try_update(&who, "contact", person, json!({ "owner": people[drawn.below(4)].actor }))),
                9 => drop(engine.try_update(&who, "account", it, json!({ "owner": people[drawn.below(4)].actor }))),
                // Not that it was made at all.
                10 if record(engine, "account", it)["version"] != 1 => drop(undo(&who, last_change(engine, "account", it))),
                _ => contacts.extend(engine.try_create(&who, "contact", json!({ "name": "新来的", "account": it, "mobile": MOBILE }))),
            }
            for person in &contacts {
                let of = record(engine, "contact", *person)["account"]["id"].as_str().map(|it| it.parse::<Uuid>().unwrap());
                let (owner, lies) = place(engine, "contact", *person);
                let wanted = of.and_then(|it| place(engine, "account", it).1);
                assert_eq!(lies, wanted, "seed {seed}, step {step}");
                assert!(wanted.is_none() || owner.is_none(), "seed {seed}, step {step}: nobody's");
                for who in [&lin, &wu] {
                    let told = engine.get(&engine.again(who), "contact", *person)["mobile"].as_str().map(str::to_owned);
                    assert!(wanted.is_none() || told.as_deref() == Some("139****7777"), "seed {seed}, step {step}: {told:?}");
                }
            }
        }
    }
}

fn contacts_of_before_come_to_lie_beside_their_accounts(engine: &TestEngine) {
    let Scene { lin, pool, .. } = scene(engine, json!({}));
    let it = account(engine, &lin, "恒泰机床");
    let person = contact(engine, &lin, it, "王海");
    give_up(engine, &lin, it, pool);
    // As an older version left it.
    let (system, owner) = (engine.system(), lin.actor);
    run_unit(
        &system,
        system.new_id(),
        "test",
        Box::new(move |unit| {
            let object = unit.context.schema.object("contact").cloned().unwrap();
            let record = guanxi_kernel::read::load_record(unit.context, unit.tx, &object, person, guanxi_kernel::access::Verb::Read, false)?.unwrap();
            let before = [("owner", json!(owner)), ("pool", Json::Null), ("former_owner", Json::Null)];
            unit.carry_as_system(vec![(record, before.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())])
        }),
    )
    .unwrap();
    assert_eq!(place(engine, "contact", person), (Some(lin.actor), None));
    recycle(engine);
    assert_eq!(place(engine, "contact", person), (None, Some(pool)));
    assert_eq!(record(engine, "contact", person)["former_owner"]["id"], json!(lin.actor));
}
