//! Appointments: who is asked and sees them, what he answers, who is free, what is booked, who has how much to do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_records;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use guanxi_work::busy::{self, How, Window};
use guanxi_work::workload::{Board, board};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    who_is_invited_sees_the_appointment_and_answers,
    another_time_is_answered_anew,
    the_organiser_enters_what_customers_answer,
    a_room_is_booked_once,
    a_room_is_booked_for_whole_days_and_not_twice_by_the_bin,
    an_appointment_ends,
    colleagues_learn_that_one_is_busy_and_nothing_more,
    who_is_away_is_not_free_and_why_stays_his,
    the_board_counts_what_there_is_against_the_time_there_is,
);

struct Office {
    lin: Context,
    ma: Context,
    he: Context,
    zhao: Context,
}

/// Four members of departments that do not see each other's work; Zhao leads Lin.
fn office(engine: &TestEngine) -> Office {
    let (north, south) = (engine.department("北方部", None), engine.department("南方部", None));
    let zhao = engine.member("zhao", &["sales_manager"], north);
    let lin = engine.member("lin", &["member"], north);
    engine.update(&engine.system(), "user", lin.actor, json!({ "manager": zhao.actor }));
    let ma = engine.member("ma", &["member"], south);
    let he = engine.member("he", &["member"], south);
    Office { lin: engine.again(&lin), ma, he, zhao: engine.again(&zhao) }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn meeting(engine: &TestEngine, by: &Context, start: &str, end: &str, more: Json) -> Uuid {
    let mut values = json!({ "subject": "收购谈判", "kind": "appointment", "start_at": start, "end_at": end });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    engine.create(by, "activity", values)
}

fn invitation(engine: &TestEngine, by: &Context, activity: Uuid, member: &Context) -> Uuid {
    let all = engine.list(by, "attendance", &format!("activity == \"{activity}\""));
    let one = all.iter().find(|it| it["member"]["id"] == json!(member.actor)).unwrap();
    one["id"].as_str().unwrap().parse().unwrap()
}

fn answers(engine: &TestEngine, by: &Context, activity: Uuid) -> Vec<String> {
    let mut all: Vec<String> =
        engine.list(by, "attendance", &format!("activity == \"{activity}\"")).iter().map(|it| it["answer"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

fn who_is_invited_sees_the_appointment_and_answers(engine: &TestEngine) {
    let it = office(engine);
    let people = json!({ "participants": [it.ma.actor, it.lin.actor] });
    let id = meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z", people);
    let ma = engine.again(&it.ma);
    assert_eq!(engine.get(&ma, "activity", id)["subject"], "收购谈判");
    assert!(engine.get(&engine.again(&it.he), "activity", id).is_null(), "who is not invited sees nothing of it");
    assert_eq!(answers(engine, &it.lin, id), ["none"], "the organiser is not asked");
    let own = invitation(engine, &ma, id, &it.ma);
    engine.act(&ma, "attendance", own, "answer", json!({ "answer": "accepted", "note": "晚到十分钟" })).unwrap();
    let seen = engine.get(&it.lin, "attendance", own);
    assert_eq!((&seen["answer"], &seen["note"], &seen["answered_at"]), (&json!("accepted"), &json!("晚到十分钟"), &json!("2026-11-16T02:00:00Z")));
    // Nobody answers for another, nobody writes an answer past the action.
    assert_eq!(error_code(&engine.act(&it.lin, "attendance", own, "answer", json!({ "answer": "declined" })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.act(&it.he, "attendance", own, "answer", json!({ "answer": "declined" })).unwrap_err()), "not_found");
    assert_eq!(problem_fields(&engine.act(&ma, "attendance", own, "answer", json!({ "answer": "perhaps" })).unwrap_err()), ["answer: bad_option"]);
    assert!(engine.try_update(&ma, "attendance", own, json!({ "answer": "declined" })).is_err());
    // Who is no longer invited sees it no longer.
    engine.update(&it.lin, "activity", id, json!({ "participants": [] }));
    assert!(engine.get(&engine.again(&it.ma), "activity", id).is_null());
    engine.update(&it.lin, "activity", id, json!({ "participants": [it.ma.actor], "status": "cancelled" }));
    let own = invitation(engine, &engine.again(&it.ma), id, &it.ma);
    assert_eq!(
        error_code(&engine.act(&engine.again(&it.ma), "attendance", own, "answer", json!({ "answer": "accepted" })).unwrap_err()),
        "state_conflict"
    );
}

fn another_time_is_answered_anew(engine: &TestEngine) {
    let it = office(engine);
    let id = meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z", json!({ "participants": [it.ma.actor] }));
    let ma = engine.again(&it.ma);
    let own = invitation(engine, &ma, id, &it.ma);
    engine.act(&ma, "attendance", own, "answer", json!({ "answer": "accepted" })).unwrap();
    engine.update(&it.lin, "activity", id, json!({ "subject": "收购谈判（二）" }));
    assert_eq!(answers(engine, &it.lin, id), ["accepted"]);
    engine.update(&it.lin, "activity", id, json!({ "start_at": "2026-11-18T01:00:00Z", "end_at": "2026-11-18T02:00:00Z" }));
    assert_eq!(answers(engine, &it.lin, id), ["none"]);
    // Who does a task together with its owner is put down beside it, and is not asked anew when its day changes.
    let task = engine.create(&it.lin, "activity", json!({ "subject": "寄样册", "due_at": "2026-11-18T01:00:00Z", "participants": [it.ma.actor] }));
    assert_eq!(answers(engine, &it.lin, task), ["none"]);
    let beside = invitation(engine, &engine.again(&it.ma), task, &it.ma);
    engine.act(&engine.again(&it.ma), "attendance", beside, "answer", json!({ "answer": "accepted" })).unwrap();
    engine.update(&it.lin, "activity", task, json!({ "due_at": "2026-11-19T01:00:00Z" }));
    assert_eq!(answers(engine, &it.lin, task), ["accepted"]);
}

fn the_organiser_enters_what_customers_answer(engine: &TestEngine) {
    let it = office(engine);
    let account = engine.create(&it.lin, "account", json!({ "name": "博远食品有限公司" }));
    let contact = engine.create(&it.lin, "contact", json!({ "name": "欧阳静", "account": account }));
    let more = json!({ "participants": [it.ma.actor], "attendees": [contact] });
    let id = meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z", more);
    let all = engine.list(&it.lin, "attendance", &format!("activity == \"{id}\" && contact != null"));
    let asked: Uuid = all[0]["id"].as_str().unwrap().parse().unwrap();
    engine.act(&it.lin, "attendance", asked, "answer", json!({ "answer": "tentative" })).unwrap();
    assert_eq!(answers(engine, &it.lin, id), ["none", "tentative"]);
    let ma = engine.again(&it.ma);
    assert_eq!(error_code(&engine.act(&ma, "attendance", asked, "answer", json!({ "answer": "declined" })).unwrap_err()), "forbidden");
}

fn a_room_is_booked_once(engine: &TestEngine) {
    let it = office(engine);
    let admin = engine.member("chen", &["administrator"], engine.department("行政部", None));
    let room = engine.create(&admin, "resource", json!({ "name": "望江厅", "seats": 8 }));
    let old = engine.create(&admin, "resource", json!({ "name": "旧投影", "kind": "equipment", "active": false }));
    let first = meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z", json!({ "resources": [room] }));
    let book = |start: &str, end: &str, what: Uuid| {
        let values = json!({ "subject": "例会", "kind": "appointment", "start_at": start, "end_at": end, "resources": [what] });
        engine.try_create(&it.ma, "activity", values)
    };
    // Ma does not see Lin's appointment, and is told of the room alone.
    let refused = book("2026-11-17T01:30:00Z", "2026-11-17T03:00:00Z", room).unwrap_err();
    assert_eq!(problem_fields(&refused), ["resources: rule"]);
    assert!(!format!("{refused:?}").contains("收购谈判"));
    let next = book("2026-11-17T02:00:00Z", "2026-11-17T03:00:00Z", room).unwrap();
    assert_eq!(
        problem_fields(&engine.try_update(&it.ma, "activity", next, json!({ "start_at": "2026-11-17T01:45:00Z" })).unwrap_err()),
        ["resources: rule"]
    );
    assert_eq!(problem_fields(&book("2026-11-17T05:00:00Z", "2026-11-17T06:00:00Z", old).unwrap_err()), ["resources: rule"]);
    // Called off, it is free again.
    engine.update(&it.lin, "activity", first, json!({ "status": "cancelled" }));
    engine.update(&it.ma, "activity", next, json!({ "start_at": "2026-11-17T01:45:00Z" }));
}

fn a_room_is_booked_for_whole_days_and_not_twice_by_the_bin(engine: &TestEngine) {
    let it = office(engine);
    let admin = engine.member("chen", &["administrator"], engine.department("行政部", None));
    let room = engine.create(&admin, "resource", json!({ "name": "望江厅" }));
    let book = |start: &str, more: Json| {
        let mut values = json!({ "subject": "例会", "kind": "appointment", "start_at": start, "resources": [room] });
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        engine.try_create(&it.ma, "activity", values)
    };
    let fields = |it: guanxi_kernel::Result<Uuid>| problem_fields(&it.unwrap_err());
    // The whole of the 17th in Shanghai.
    let day = book("2026-11-16T16:00:00Z", json!({ "all_day": true })).unwrap();
    assert_eq!(fields(book("2026-11-17T08:00:00Z", json!({}))), ["resources: rule"]);
    let next = book("2026-11-17T16:00:00Z", json!({})).unwrap();
    assert_eq!(
        problem_fields(&engine.try_update(&it.ma, "activity", next, json!({ "start_at": "2026-11-17T02:00:00Z" })).unwrap_err()),
        ["resources: rule"]
    );
    engine.try_delete(&it.ma, "activity", day).unwrap();
    book("2026-11-17T08:00:00Z", json!({})).unwrap();
    // Somebody else has it by now.
    assert_eq!(error_code(&engine.try_restore(&engine.system(), "activity", day).unwrap_err()), "state_conflict");
    // What lasts by its duration is as bounded as what lasts by its end: a booking looked for further back is not found.
    assert_eq!(fields(book("2026-12-01T01:00:00Z", json!({ "duration": 40 * 86_400 }))), ["end_at: too_large"]);
    let call = engine.create(&it.ma, "activity", json!({ "subject": "x", "start_at": "2026-12-01T01:00:00Z", "end_at": "2027-03-01T01:00:00Z" }));
    assert_eq!(problem_fields(&engine.try_update(&it.ma, "activity", call, json!({ "kind": "appointment" })).unwrap_err()), ["end_at: too_large"]);
}

fn an_appointment_ends(engine: &TestEngine) {
    let it = office(engine);
    let values = json!({ "subject": "出差", "kind": "appointment", "start_at": "2026-11-17T01:00:00Z", "end_at": "2027-11-17T02:00:00Z" });
    assert_eq!(problem_fields(&engine.try_create(&it.lin, "activity", values).unwrap_err()), ["end_at: too_large"]);
}

fn window(from: &str, until: &str) -> Window {
    Window { from: at(from), until: at(until), except: None }
}

fn taken(by: &Context, of: &Context, window: Window) -> Vec<(String, How, bool)> {
    let found = by.workspace.store.read_with(|tx| busy::of_members(by, tx, &[of.actor], window)).unwrap();
    found.iter().flat_map(|it| it.taken.iter()).map(|it| (format!("{} {}", it.from, it.until), it.how, it.activity.is_some())).collect()
}

fn colleagues_learn_that_one_is_busy_and_nothing_more(engine: &TestEngine) {
    let it = office(engine);
    let first = meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z", json!({ "participants": [it.ma.actor] }));
    meeting(engine, &it.lin, "2026-11-17T01:30:00Z", "2026-11-17T02:30:00Z", json!({}));
    engine.create(&it.lin, "activity", json!({ "subject": "电话", "kind": "call", "status": "cancelled", "start_at": "2026-11-17T04:00:00Z" }));
    let day = window("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z");
    // He sees none of it: two appointments are one time.
    let seen = taken(&it.he, &it.lin, day);
    assert_eq!(seen, [("2026-11-17T01:00:00Z 2026-11-17T02:30:00Z".to_owned(), How::Busy, false)]);
    // Ma was invited to one of them.
    let ma = engine.again(&it.ma);
    let seen = taken(&ma, &it.lin, day);
    assert_eq!(seen.iter().map(|it| it.2).collect::<Vec<_>>(), [true, false]);
    // Asked is not come; declined is free.
    let asked = ("2026-11-17T01:00:00Z 2026-11-17T02:00:00Z".to_owned(), How::Tentative, true);
    assert_eq!(taken(&it.lin, &it.ma, day), [asked]);
    engine.act(&ma, "attendance", invitation(engine, &ma, first, &it.ma), "answer", json!({ "answer": "declined" })).unwrap();
    assert_eq!(taken(&it.lin, &it.ma, day), []);
    assert_eq!(taken(&it.lin, &it.lin, Window { except: Some(first), ..day }).len(), 1);
    // Whoever may not see a member at all is not told of him.
    let partner = engine.member("partner", &["partner"], engine.department("渠道", None));
    assert_eq!(taken(&partner, &it.lin, day), []);
}

fn who_is_away_is_not_free_and_why_stays_his(engine: &TestEngine) {
    let it = office(engine);
    let leave = engine.create(&it.lin, "absence", json!({ "kind": "sick", "first_day": "2026-11-18", "last_day": "2026-11-18", "part": "morning" }));
    let seen = engine.get(&it.lin, "absence", leave);
    assert_eq!(seen["member"]["id"], json!(it.lin.actor));
    assert_eq!(engine.get(&it.zhao, "absence", leave)["kind"], "sick", "who leads him knows");
    assert!(engine.get(&it.ma, "absence", leave).is_null());
    let analyst = engine.member("wen", &["analyst"], engine.department("分析部", None));
    assert!(engine.get(&analyst, "absence", leave).is_null(), "not even who reads everything else");
    let week = window("2026-11-16T16:00:00Z", "2026-11-20T16:00:00Z");
    assert_eq!(taken(&it.ma, &it.lin, week), [("2026-11-17T16:00:00Z 2026-11-18T04:00:00Z".to_owned(), How::Away, false)]);
    let other = json!({ "member": it.ma.actor, "kind": "annual", "first_day": "2026-11-18", "last_day": "2026-11-18" });
    assert_eq!(problem_fields(&engine.try_create(&it.lin, "absence", other).unwrap_err()), ["member: rule"]);
    let own = json!({ "member": it.lin.actor, "kind": "annual", "first_day": "2026-11-19", "last_day": "2026-11-18" });
    assert_eq!(problem_fields(&engine.try_create(&it.zhao, "absence", own).unwrap_err()), ["last_day: rule"]);
}

fn board_of(by: &Context, members: &[Uuid]) -> Board {
    let users = by.schema.object("user").unwrap().clone();
    by.workspace
        .store
        .read_with(|tx| {
            let mut members = load_records(by, tx, &users, members, Verb::Read, false)?;
            members.sort_by_key(|it| it.title());
            board(by, tx, members, date(2026, 11, 16), 7)
        })
        .unwrap()
}

fn the_board_counts_what_there_is_against_the_time_there_is(engine: &TestEngine) {
    let it = office(engine);
    let system = engine.system();
    engine.create(&system, "holiday", json!({ "name": "司庆", "date": "2026-11-20" }));
    engine.create(&system, "holiday", json!({ "name": "调休", "date": "2026-11-21", "kind": "working_day" }));
    engine.create(&it.lin, "absence", json!({ "kind": "annual", "first_day": "2026-11-18", "last_day": "2026-11-19", "part": "afternoon" }));
    meeting(engine, &it.lin, "2026-11-17T01:00:00Z", "2026-11-17T02:30:00Z", json!({ "participants": [it.ma.actor] }));
    engine.create(&it.lin, "activity", json!({ "subject": "发报价", "due_at": "2026-11-17T10:00:00Z" }));
    engine.create(&it.lin, "activity", json!({ "subject": "补资料", "due_at": "2026-11-14T10:00:00Z" }));
    engine.create(&it.lin, "activity", json!({ "subject": "以后再说" }));
    engine.create(&it.lin, "activity", json!({ "subject": "已办", "status": "done", "due_at": "2026-11-16T10:00:00Z" }));
    engine.create(&it.lin, "lead", json!({ "name": "新线索", "company": "某公司" }));
    let seen = board_of(&it.lin, &[it.lin.actor, it.ma.actor]);
    assert_eq!(seen.days.iter().map(|it| it.working).collect::<Vec<_>>(), [true, true, true, true, false, true, false]);
    let lin = &seen.people[0];
    let capacity: Vec<i64> = lin.days.iter().map(|it| it.capacity).collect();
    assert_eq!(capacity, [480, 480, 240, 240, 0, 480, 0]);
    let tuesday = &lin.days[1];
    assert_eq!((tuesday.planned, tuesday.hidden, tuesday.items.len()), (120, 0, 2), "90 minutes of a meeting and half an hour of a task");
    assert_eq!((lin.days[0].planned, lin.days[0].items.len()), (0, 1), "what is done is seen and no load");
    assert_eq!((lin.done, lin.overdue, lin.undated, lin.open.get("lead")), (1, 1, 1, Some(&1)));
    let ma = &seen.people[1];
    assert_eq!((ma.days[1].planned, ma.days[1].items[0].own), (90, false), "who takes part spends his time");
    // Who works half the week has half the time, and half of that on half a day.
    engine.update(&system, "user", it.lin.actor, json!({ "week_hours": 20 }));
    let part_time: Vec<i64> = board_of(&it.lin, &[it.lin.actor]).people[0].days.iter().map(|it| it.capacity).collect();
    assert_eq!(part_time, [240, 240, 120, 120, 0, 240, 0]);
    // Who sees nothing of it sees how much it is.
    let seen = board_of(&it.he, &[it.lin.actor]);
    let tuesday = &seen.people[0].days[1];
    assert_eq!((tuesday.planned, tuesday.hidden, tuesday.items.len()), (120, 120, 0));
    assert_eq!((seen.people[0].overdue, seen.people[0].open.len()), (0, 0), "numbers of what he may not see he is not told");
}
