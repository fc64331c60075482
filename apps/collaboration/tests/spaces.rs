//! What belongs to a space is seen and changed with it: tasks, events and notices.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access::{self, Principal, Reason, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::read::{AggregateRequest, aggregate};
use guanxi_kernel::readers;
use guanxi_kernel::search::{index_all, search};
use guanxi_kernel::shares::{self, NewShare};
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    members_of_a_space_see_its_tasks_and_others_do_not,
    who_may_only_read_the_space_changes_nothing_in_it,
    a_task_is_put_into_a_space_by_who_may_change_that,
    why_somebody_sees_a_task_is_told,
    notices_of_a_space_reach_its_members_and_those_who_join,
    a_notice_of_a_space_is_changed_by_who_wrote_it,
    what_is_seen_with_a_space_is_counted_and_found_as_far_as_nothing_denies_it,
);

struct Place {
    boss: Context,
    writer: Context,
    reader: Context,
    stranger: Context,
    space: Uuid,
}

fn share(engine: &TestEngine, by: &Context, space: Uuid, with: &Context, level: ShareLevel) {
    let new = NewShare { principal: Principal::Member(with.actor), level, expires_at: None };
    shares::share(by, &engine.object("space"), space, &new).unwrap();
}

fn place(engine: &TestEngine) -> Place {
    let boss = engine.member("boss", &["sales_manager"], engine.department("华东大区", None));
    let member = |login: &str, role: &str| engine.member(login, &[role], engine.department(login, None));
    let (writer, reader, stranger) = (member("writer", "marketer"), member("reader", "member"), member("stranger", "member"));
    let space = engine.create(&boss, "space", json!({ "name": "工博会筹备" }));
    share(engine, &boss, space, &writer, ShareLevel::Write);
    share(engine, &boss, space, &reader, ShareLevel::Read);
    Place { boss: engine.again(&boss), writer: engine.again(&writer), reader: engine.again(&reader), stranger, space }
}

fn task(engine: &TestEngine, by: &Context, space: Uuid) -> Uuid {
    engine.create(by, "activity", json!({ "subject": "定展位", "space": space }))
}

fn sees(engine: &TestEngine, member: &Context, task: Uuid) -> bool {
    !engine.get(member, "activity", task).is_null()
}

fn members_of_a_space_see_its_tasks_and_others_do_not(engine: &TestEngine) {
    let it = place(engine);
    let (inside, outside) = (task(engine, &it.boss, it.space), engine.create(&it.boss, "activity", json!({ "subject": "别的" })));
    for (member, wanted) in [(&it.writer, true), (&it.reader, true), (&it.stranger, false)] {
        assert_eq!((sees(engine, member, inside), sees(engine, member, outside)), (wanted, false));
        let found = engine.list(member, "activity", &format!("space == '{}'", it.space)).len();
        assert_eq!(found, usize::from(wanted));
    }
    let event = json!({ "subject": "筹备会", "kind": "appointment", "start_at": "2026-11-17T02:00:00Z", "space": it.space });
    let event = engine.create(&it.writer, "activity", event);
    assert!(sees(engine, &it.reader, event) && !sees(engine, &it.stranger, event));
    // Out of the space, nothing of it is seen any more.
    shares::unshare(&it.boss, &engine.object("space"), it.space, Principal::Member(it.reader.actor)).unwrap();
    assert!(!sees(engine, &engine.again(&it.reader), inside));
    // Taken out of it, a task is again what it was.
    engine.update(&it.boss, "activity", inside, json!({ "space": null }));
    assert!(!sees(engine, &it.writer, inside));
}

fn who_may_only_read_the_space_changes_nothing_in_it(engine: &TestEngine) {
    let it = place(engine);
    let inside = task(engine, &it.boss, it.space);
    let change = |by: &Context| engine.try_update(by, "activity", inside, json!({ "subject": "改" }));
    assert_eq!(error_code(&change(&it.reader).unwrap_err()), "forbidden");
    assert_eq!(error_code(&change(&it.stranger).unwrap_err()), "not_found");
    change(&it.writer).unwrap();
    // Deleting is not changing: that stays with whose it is.
    assert_eq!(error_code(&engine.try_delete(&it.writer, "activity", inside).unwrap_err()), "forbidden");
}

fn a_task_is_put_into_a_space_by_who_may_change_that(engine: &TestEngine) {
    let it = place(engine);
    let make = |by: &Context| engine.try_create(by, "activity", json!({ "subject": "我的", "space": it.space }));
    assert_eq!(error_code(&make(&it.reader).unwrap_err()), "forbidden");
    assert_eq!(problem_fields(&make(&it.stranger).unwrap_err()), ["space: no_such_record"]);
    let made = make(&it.writer).unwrap();
    let own = engine.create(&it.reader, "activity", json!({ "subject": "自己的" }));
    let moved = engine.try_update(&it.reader, "activity", own, json!({ "space": it.space })).unwrap_err();
    assert_eq!(error_code(&moved), "forbidden");
    // Nor is it taken out by who may change the task alone.
    engine.update(&engine.system(), "activity", made, json!({ "owner": it.reader.actor }));
    let out = engine.try_update(&engine.again(&it.reader), "activity", made, json!({ "space": null })).unwrap_err();
    assert_eq!(error_code(&out), "forbidden");
}

fn why_somebody_sees_a_task_is_told(engine: &TestEngine) {
    let it = place(engine);
    let inside = task(engine, &it.boss, it.space);
    let object = engine.object("activity");
    let told = engine.workspace.store.read_with(|tx| access::explain(&it.reader, tx, it.reader.actor, &object, inside)).unwrap();
    let read = told.verbs.iter().find(|it| it.verb == "read").unwrap();
    assert_eq!((read.allowed, &read.reasons), (true, &vec![Reason::SeenWith { object: "space".into(), id: it.space }]));
    let update = told.verbs.iter().find(|it| it.verb == "update").unwrap();
    assert!(!update.allowed && update.reasons.contains(&Reason::NothingOpens), "{update:?}");
}

fn notices_of_a_space_reach_its_members_and_those_who_join(engine: &TestEngine) {
    let it = place(engine);
    let notice = |values: Json| {
        let mut all = json!({ "title": "进场时间", "body": "<p>周四上午</p>", "space": it.space });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        engine.create(&it.boss, "notice", all)
    };
    let now = notice(json!({}));
    let later = notice(json!({ "publish_at": "2026-12-01T02:00:00Z" }));
    let sees = |member: &Context, notice: Uuid| !engine.get(&engine.again(member), "notice", notice).is_null();
    assert!(sees(&it.reader, now) && sees(&it.writer, now) && !sees(&it.stranger, now));
    assert!(!sees(&it.reader, later), "what has not come out is nobody's but its author's");
    readers::read_all(&engine.system()).unwrap();
    let told = |member: &Context| engine.list(&engine.again(member), "notification", "kind == 'notice'").len();
    assert_eq!((told(&it.reader), told(&it.writer), told(&it.stranger)), (1, 1, 0));
    assert_eq!(engine.get(&it.boss, "notice", now)["audience_size"], 3);
    share(engine, &it.boss, it.space, &it.stranger, ShareLevel::Read);
    assert!(sees(&it.stranger, now), "who joins later sees what was said");
    let moved = engine.try_update(&it.boss, "notice", now, json!({ "space": null })).unwrap_err();
    assert!(problem_fields(&moved).contains(&"space: rule".to_owned()) || problem_fields(&moved).contains(&"everyone: rule".to_owned()));
}

fn a_notice_of_a_space_is_changed_by_who_wrote_it(engine: &TestEngine) {
    let it = place(engine);
    let notice = |by: &Context| engine.create(by, "notice", json!({ "title": "进场时间", "body": "<p>周四上午</p>", "space": it.space }));
    let (bosses, writers) = (notice(&it.boss), notice(&it.writer));
    let rewrite = |by: &Context, notice: Uuid| engine.try_update(&engine.again(by), "notice", notice, json!({ "title": "改期" }));
    // He may change the space, and what he tells it himself; not what others told it.
    assert!(!engine.get(&it.writer, "notice", bosses).is_null());
    assert_eq!(error_code(&rewrite(&it.writer, bosses).unwrap_err()), "forbidden");
    assert_eq!(error_code(&rewrite(&it.boss, writers).unwrap_err()), "forbidden");
    assert_eq!(error_code(&rewrite(&it.reader, bosses).unwrap_err()), "forbidden");
    rewrite(&it.boss, bosses).unwrap();
    rewrite(&it.writer, writers).unwrap();
    let object = engine.object("notice");
    let told = engine.workspace.store.read_with(|tx| access::explain(&it.writer, tx, it.writer.actor, &object, bosses)).unwrap();
    let may = |verb: &str| told.verbs.iter().find(|it| it.verb == verb).unwrap();
    assert!(may("read").allowed && !may("update").allowed, "{told:?}");
    assert!(!may("update").reasons.contains(&Reason::SeenWith { object: "space".into(), id: it.space }));
}

fn what_is_seen_with_a_space_is_counted_and_found_as_far_as_nothing_denies_it(engine: &TestEngine) {
    let it = place(engine);
    task(engine, &it.boss, it.space);
    engine.create(&it.boss, "activity", json!({ "subject": "定展位的底价", "space": it.space }));
    index_all(&engine.system()).unwrap();
    let object = engine.object("activity");
    let seen = |member: &Context| {
        let member = engine.again(member);
        let filter = Some(format!("space == '{}'", it.space));
        let request = AggregateRequest { measures: vec!["count".to_owned()], filter, ..AggregateRequest::default() };
        let store = &engine.workspace.store;
        let counted = store.read_with(|tx| aggregate(&member, tx, &object, &request)).unwrap();
        let counted = counted.groups.first().map_or(0, |it| it.values["count"].as_i64().unwrap());
        let found = store.read_with(|tx| search(&member, tx, "定展位", None, 10)).unwrap().0.len();
        (engine.list(&member, "activity", &format!("space == '{}'", it.space)).len(), counted, found)
    };
    assert_eq!((seen(&it.reader), seen(&it.stranger)), ((2, 2, 2), (0, 0, 0)));
    let ethics =
        "name = 'ethics'\nlabel = { zh-CN = '回避', en = 'Ethics' }\n[objects.activity.deny]\nread = { when = \"subject == '定展位的底价'\" }\n";
    apply(&engine.system(), &[SchemaChange::PutRole { role: toml::from_str(ethics).unwrap() }], false).unwrap();
    engine.update(&engine.system(), "user", it.reader.actor, json!({ "roles": ["member", "ethics"] }));
    assert_eq!(seen(&it.reader), (1, 1, 1));
}
