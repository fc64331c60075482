//! Stage settings: what a stage asks for on every path, the trail of moves, and what becomes of what stands too long.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{NewLock, lock};
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute, undo};
use guanxi_kernel::{KernelError, jobs, readers};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_stage_asks_for_its_fields_on_every_path,
    what_a_stage_requires_is_not_emptied_while_it_stands_there,
    moves_and_roll_back_are_limited,
    required_tasks_come_first,
    tasks_of_a_stage_go_along_with_the_deal,
    the_probability_is_that_of_the_pipeline,
    every_move_is_noted_with_its_days,
    an_undone_move_goes_back_in_the_trail,
    a_stage_in_use_stays,
    settings_are_checked,
    who_has_it_is_told_of_the_limit_once,
    what_stands_too_long_is_closed,
    what_meets_the_condition_is_closed,
    who_has_it_is_told_before_it_is_closed,
    a_limit_changed_holds_from_the_next_run,
    limits_cross_the_ends_of_months,
    the_watch_runs_every_morning,
);

struct Scene<'e> {
    engine: &'e TestEngine,
    system: Context,
    sales: Context,
    pipeline: Uuid,
    account: Uuid,
}

impl<'e> Scene<'e> {
    fn new(engine: &'e TestEngine) -> Self {
        let system = engine.system();
        let sales = engine.member("lin", &["sales"], engine.department("销售一部", None));
        let pipeline = engine.create(&system, "pipeline", json!({ "name": "直销", "is_default": true }));
        let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司" }));
        Self { engine, system, sales, pipeline, account }
    }

    fn setting(&self, stage: &str, values: Json) -> Uuid {
        let mut all = json!({ "pipeline": self.pipeline, "stage": stage });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        self.engine.create(&self.system, "pipeline_stage", all)
    }

    fn values(&self, more: Json) -> Json {
        let mut all = json!({ "name": "灌装线项目", "account": self.account, "close_date": "2026-12-31" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    }

    fn deal(&self, more: Json) -> Uuid {
        self.engine.create(&self.engine.again(&self.sales), "opportunity", self.values(more))
    }

    fn to(&self, deal: Uuid, stage: &str, more: Json) -> guanxi_kernel::Result<Json> {
        let mut all = json!({ "stage": stage });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.engine.act(&self.engine.again(&self.sales), "opportunity", deal, "change_stage", all)
    }

    fn seen(&self, deal: Uuid) -> Json {
        self.engine.get(&self.engine.again(&self.sales), "opportunity", deal)
    }

    /// `from>to direction days` of every move, in order.
    fn trail(&self, deal: Uuid) -> Vec<String> {
        let mut moves = self.engine.list(&self.engine.again(&self.sales), "stage_move", &format!("opportunity == '{deal}'"));
        moves.sort_by_key(|it| it["id"].to_string());
        let text = |it: &Json| it.as_str().unwrap_or("-").to_owned();
        moves
            .iter()
            .map(|it| format!("{}>{} {} {}", text(&it["from_stage"]), text(&it["to_stage"]), text(&it["direction"]), text(&it["days"])))
            .collect()
    }

    fn watch(&self) {
        let system = self.engine.system();
        system.workspace.registry.job("sales.watch_stages").unwrap().run(&system, &Json::Null).unwrap();
    }

    fn days_later(&self, days: i64) {
        self.engine.clock.advance(days * 86_400);
    }

    fn told(&self, member: &Context) -> Vec<String> {
        readers::read_all(&self.engine.system()).unwrap();
        let mut all = self.engine.list(&self.engine.again(member), "notification", "kind != 'changed'");
        all.sort_by_key(|it| it["id"].to_string());
        all.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    }
}

fn message(error: &KernelError) -> String {
    match error {
        KernelError::Invalid(problems) => problems[0].message.zh_cn.clone(),
        other => panic!("{other:?}"),
    }
}

fn a_stage_asks_for_its_fields_on_every_path(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("solution", json!({ "required_fields": ["amount", "need"] }));
    it.setting("won", json!({ "required_fields": ["win_reason"] }));
    it.setting("lost", json!({ "required_fields": ["loss_reason", "loss_note"] }));
    let missing = ["amount: required", "need: required"];
    // Made there, imported there, moved there by an action, by a change, by many changes at once.
    assert_eq!(problem_fields(&engine.try_create(&it.sales, "opportunity", it.values(json!({ "stage": "solution" }))).unwrap_err()), missing);
    let deal = it.deal(json!({}));
    assert_eq!(problem_fields(&it.to(deal, "solution", json!({})).unwrap_err()), missing);
    assert_eq!(problem_fields(&engine.try_update(&it.sales, "opportunity", deal, json!({ "stage": "solution" })).unwrap_err()), missing);
    let values = json!({ "stage": "solution" }).as_object().unwrap().clone();
    let operations = vec![Operation::Update { id: deal, values, options: PlanOptions::default() }];
    let batch = Batch { object: engine.object("opportunity"), operations, mode: BatchMode::RowByRow, verb: "bulk_update", change: None };
    let error = execute(&it.sales, &batch).unwrap().results.remove(0).unwrap_err();
    assert_eq!(problem_fields(&error), missing);
    // Given with the move, all is well.
    it.to(deal, "solution", json!({ "amount": "200000", "need": "自动灌装" })).unwrap();
    assert_eq!((&it.seen(deal)["stage"], &it.seen(deal)["need"]), (&json!("solution"), &json!("自动灌装")));
    assert_eq!(problem_fields(&it.to(deal, "won", json!({})).unwrap_err()), ["win_reason: required"]);
    // What the engine asks for by itself is asked for once.
    assert_eq!(problem_fields(&it.to(deal, "lost", json!({})).unwrap_err()), ["loss_note: required", "loss_reason: required"]);
    it.to(deal, "won", json!({ "win_reason": "product" })).unwrap();
    // Another pipeline asks for nothing.
    let other = engine.create(&it.system, "pipeline", json!({ "name": "服务" }));
    it.deal(json!({ "pipeline": other, "stage": "solution" }));
    // Loaded with its own time it is history, which is as it was.
    let old = it.values(json!({ "stage": "solution", "stage_changed_at": "2026-01-05T02:00:00Z" }));
    engine.create(&it.system, "opportunity", old);
}

fn what_a_stage_requires_is_not_emptied_while_it_stands_there(engine: &TestEngine) {
    let it = Scene::new(engine);
    let deal = it.deal(json!({ "stage": "solution" }));
    it.setting("solution", json!({ "required_fields": ["amount", "need"] }));
    // What stood there before the setting is not held up by it.
    engine.update(&it.sales, "opportunity", deal, json!({ "amount": "200000", "next_step": "出方案" }));
    let error = engine.try_update(&it.sales, "opportunity", deal, json!({ "amount": null })).unwrap_err();
    assert_eq!(problem_fields(&error), ["amount: required"]);
    engine.update(&it.sales, "opportunity", deal, json!({ "next_step": null }));
}

fn moves_and_roll_back_are_limited(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "next": ["need_confirmed", "lost"] }));
    it.setting("need_confirmed", json!({ "may_roll_back": false }));
    it.setting("won", json!({ "may_roll_back": false }));
    let deal = it.deal(json!({}));
    let error = it.to(deal, "solution", json!({})).unwrap_err();
    assert_eq!(problem_fields(&error), ["stage: bad_option"]);
    assert_eq!(message(&error), "该流程不允许从“新建”直接到“方案验证”");
    it.to(deal, "need_confirmed", json!({})).unwrap();
    let error = it.to(deal, "new", json!({})).unwrap_err();
    assert_eq!((problem_fields(&error), message(&error)), (vec!["stage: rule".to_owned()], "该流程不允许从“需求明确”退回".to_owned()));
    it.to(deal, "negotiation", json!({})).unwrap();
    it.to(deal, "solution", json!({})).unwrap();
    it.to(deal, "won", json!({})).unwrap();
    assert_eq!(problem_fields(&it.to(deal, "negotiation", json!({})).unwrap_err()), ["stage: rule"]);
    // A pipeline cannot allow more than the stages themselves.
    it.setting("solution", json!({ "next": ["won"] }));
    let other = it.deal(json!({}));
    assert_eq!(problem_fields(&it.to(other, "won", json!({})).unwrap_err()), ["stage: bad_option", "stage: bad_option"]);
}

fn required_tasks_come_first(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("need_confirmed", json!({ "tasks": "约现场勘察\n!提交需求确认单\n", "task_days": 2 }));
    let manager = engine.member("zhao", &["sales_manager"], it.sales.access.member.department.unwrap());
    let deal = it.deal(json!({ "stage": "new" }));
    engine.act(&manager, "opportunity", deal, "change_stage", json!({ "stage": "need_confirmed" })).unwrap();
    let mut tasks = engine.list(&it.sales, "activity", &format!("opportunity == '{deal}'"));
    tasks.sort_by_key(|it| it["id"].to_string());
    let subjects: Vec<_> = tasks.iter().map(|it| (it["subject"].as_str().unwrap(), it["required_for_stage"] == true)).collect();
    assert_eq!(subjects, [("约现场勘察", false), ("提交需求确认单", true)]);
    // Monday 10:00 and two days of work.
    assert_eq!((&tasks[0]["due_at"], &tasks[0]["owner"]["label"]), (&json!("2026-11-18T10:00:00Z"), &json!("lin")));
    assert_eq!((&tasks[0]["acceptance"], &tasks[1]["stage_setting"]["label"]), (&json!("accepted"), &json!("直销 · 需求明确")));
    let must: Uuid = tasks[1]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(error_code(&engine.try_update(&it.sales, "activity", must, json!({ "required_for_stage": false })).unwrap_err()), "read_only_field");

    let error = it.to(deal, "solution", json!({})).unwrap_err();
    assert_eq!(
        (problem_fields(&error), message(&error)),
        (vec!["stage: rule".to_owned()], "请先完成“需求明确”阶段的必做任务：提交需求确认单".to_owned())
    );
    engine.update(&it.sales, "activity", must, json!({ "status": "cancelled" }));
    assert_eq!(problem_fields(&it.to(deal, "won", json!({})).unwrap_err()), ["stage: rule"]);
    // Back and lost need nothing; coming again makes no second set.
    it.to(deal, "new", json!({})).unwrap();
    it.to(deal, "need_confirmed", json!({})).unwrap();
    assert_eq!(engine.list(&it.sales, "activity", &format!("opportunity == '{deal}'")).len(), 2);
    engine.update(&it.sales, "activity", must, json!({ "status": "open" }));
    engine.act(&it.sales, "activity", must, "complete", json!({})).unwrap();
    it.to(deal, "solution", json!({})).unwrap();
}

fn tasks_of_a_stage_go_along_with_the_deal(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "tasks": "约现场勘察\n!提交需求确认单" }));
    let ma = engine.member("ma", &["sales"], it.sales.access.member.department.unwrap());
    let deal = it.deal(json!({}));
    let of = |subject: &str| engine.list(&it.system, "activity", &format!("subject == '{subject}'")).remove(0);
    let done: Uuid = of("约现场勘察")["id"].as_str().unwrap().parse().unwrap();
    engine.act(&it.sales, "activity", done, "complete", json!({})).unwrap();
    let own = engine.create(&it.sales, "activity", json!({ "subject": "自己的事", "kind": "task", "opportunity": deal }));
    engine.update(&it.sales, "opportunity", deal, json!({ "owner": ma.actor }));
    assert_eq!((&of("提交需求确认单")["owner"]["label"], &of("提交需求确认单")["acceptance"]), (&json!("ma"), &json!("accepted")));
    assert_eq!((&of("约现场勘察")["owner"]["label"], &engine.get(&it.system, "activity", own)["owner"]["label"]), (&json!("lin"), &json!("lin")));
    let must: Uuid = of("提交需求确认单")["id"].as_str().unwrap().parse().unwrap();
    engine.act(&engine.again(&ma), "activity", must, "complete", json!({})).unwrap();
    engine.act(&engine.again(&ma), "opportunity", deal, "change_stage", json!({ "stage": "solution" })).unwrap();
}

fn the_probability_is_that_of_the_pipeline(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("solution", json!({ "probability": "55" }));
    let deal = it.deal(json!({}));
    assert_eq!(it.seen(deal)["probability"], "10.00");
    it.to(deal, "solution", json!({})).unwrap();
    assert_eq!(it.seen(deal)["probability"], "55.00");
    it.to(deal, "presentation", json!({})).unwrap();
    it.to(deal, "solution", json!({ "probability": "30" })).unwrap();
    assert_eq!(it.seen(deal)["probability"], "30.00");
}

fn every_move_is_noted_with_its_days(engine: &TestEngine) {
    let it = Scene::new(engine);
    let deal = it.deal(json!({ "amount": "200000" }));
    it.days_later(3);
    engine.clock.advance(43_200);
    it.to(deal, "solution", json!({})).unwrap();
    it.days_later(1);
    it.to(deal, "need_confirmed", json!({})).unwrap();
    it.to(deal, "lost", json!({ "loss_reason": "price" })).unwrap();
    it.days_later(30);
    it.to(deal, "negotiation", json!({})).unwrap();
    assert_eq!(
        it.trail(deal),
        [
            "->new created -",
            "new>solution forward 3.50",
            "solution>need_confirmed back 1.00",
            "need_confirmed>lost closed 0.00",
            "lost>negotiation reopened 30.00",
        ]
    );
    let moved = &engine.list(&it.sales, "stage_move", "to_stage == 'solution'")[0];
    assert_eq!((&moved["owner"]["label"], &moved["moved_by"]["label"], &moved["pipeline"]["label"]), (&json!("lin"), &json!("lin"), &json!("直销")));
    assert_eq!((&moved["amount"]["amount"], &moved["moved_at"]), (&json!("200000.00"), &json!("2026-11-19T14:00:00Z")));
    // People read it, as far as they see the opportunity, and nobody writes it.
    assert_eq!(error_code(&engine.try_create(&it.sales, "stage_move", json!({ "opportunity": deal })).unwrap_err()), "forbidden");
    let id = moved["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(error_code(&engine.try_delete(&it.sales, "stage_move", id).unwrap_err()), "forbidden");
    let stranger = engine.member("wu", &["sales"], engine.department("销售二部", None));
    assert!(engine.list(&stranger, "stage_move", "").is_empty());
    // It goes to the bin with the opportunity, and comes back with it.
    engine.try_delete(&it.sales, "opportunity", deal).unwrap();
    assert!(it.trail(deal).is_empty());
    engine.try_restore(&it.sales, "opportunity", deal).unwrap();
    assert_eq!(it.trail(deal).len(), 5);
    // What is loaded keeps the time it names.
    let old = it.values(json!({ "stage": "solution", "stage_changed_at": "2026-01-05T02:00:00Z" }));
    let loaded = engine.create(&it.system, "opportunity", old);
    let moved = &engine.list(&it.system, "stage_move", &format!("opportunity == '{loaded}'"))[0];
    assert_eq!((&moved["moved_at"], &moved["moved_by"]), (&json!("2026-01-05T02:00:00Z"), &Json::Null));
}

fn an_undone_move_goes_back_in_the_trail(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("solution", json!({ "may_roll_back": false, "tasks": "!出方案" }));
    let deal = it.deal(json!({}));
    it.days_later(2);
    let now = engine.again(&it.sales);
    let values = json!({ "stage": "solution" }).as_object().unwrap().clone();
    let operations = vec![Operation::Update { id: deal, values, options: PlanOptions::default() }];
    let batch = Batch { object: engine.object("opportunity"), operations, mode: BatchMode::AllOrNothing, verb: "update", change: None };
    let change = execute(&now, &batch).unwrap().change;
    it.days_later(1);
    undo(&engine.again(&it.sales), change).unwrap();
    let seen = it.seen(deal);
    assert_eq!((&seen["stage"], &seen["stage_changed_at"]), (&json!("new"), &json!("2026-11-16T02:00:00Z")));
    assert_eq!(it.trail(deal), ["->new created -", "new>solution forward 2.00", "solution>new back 1.00"]);
}

fn a_stage_in_use_stays(engine: &TestEngine) {
    let it = Scene::new(engine);
    let admin = engine.member("chen", &["administrator"], engine.department("信息部", None));
    let (first, second) = (it.deal(json!({ "stage": "solution" })), it.deal(json!({ "stage": "solution" })));
    let fewer = json!({ "stages": ["new", "need_confirmed", "negotiation"] });
    let error = engine.try_update(&admin, "pipeline", it.pipeline, fewer.clone()).unwrap_err();
    assert_eq!(
        (problem_fields(&error), message(&error)),
        (vec!["stages: rule".to_owned()], "还有2条商机在“方案验证”阶段，请先把它们移到其他阶段".to_owned())
    );
    it.to(first, "negotiation", json!({})).unwrap();
    it.to(second, "lost", json!({ "loss_reason": "budget" })).unwrap();
    engine.update(&admin, "pipeline", it.pipeline, fewer);
    assert_eq!(problem_fields(&it.to(first, "solution", json!({})).unwrap_err()), ["stage: bad_option"]);
}

fn settings_are_checked(engine: &TestEngine) {
    let it = Scene::new(engine);
    let short = engine.create(&it.system, "pipeline", json!({ "name": "服务", "stages": ["new", "negotiation"] }));
    let refused = |values: Json| {
        let mut all = json!({ "pipeline": short, "stage": "new" });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        problem_fields(&engine.try_create(&it.system, "pipeline_stage", all).unwrap_err())
    };
    assert_eq!(refused(json!({ "stage": "solution" })), ["stage: bad_option"]);
    assert_eq!(refused(json!({ "warn_days": 2 })), ["warn_days: rule"]);
    assert_eq!(refused(json!({ "warn_days": 5, "max_days": 5 })), ["warn_days: rule"]);
    assert_eq!(refused(json!({ "close_after_days": 5, "max_days": 7 })), ["close_after_days: rule"]);
    assert_eq!(refused(json!({ "stage": "won", "max_days": 7 })), ["max_days: rule"]);
    assert_eq!(refused(json!({ "tasks": "x".repeat(201) })), ["tasks: too_long"]);
    assert_eq!(refused(json!({ "tasks": "一件\n".repeat(21) })), ["tasks: too_long"]);
    let first = it.setting("new", json!({}));
    assert_eq!(engine.get(&it.sales, "pipeline_stage", first)["name"], "直销 · 新建");
    let again = engine.try_create(&it.system, "pipeline_stage", json!({ "pipeline": it.pipeline, "stage": "new" })).unwrap_err();
    assert_eq!(error_code(&again), "duplicate_value");
    assert_eq!(error_code(&engine.try_update(&it.sales, "pipeline_stage", first, json!({ "max_days": 3 })).unwrap_err()), "forbidden");
}

fn who_has_it_is_told_of_the_limit_once(engine: &TestEngine) {
    let it = Scene::new(engine);
    let manager = engine.member("zhao", &["sales_manager"], it.sales.access.member.department.unwrap());
    engine.update(&it.system, "user", it.sales.actor, json!({ "manager": manager.actor }));
    it.setting("new", json!({ "max_days": 10, "warn_days": 3 }));
    let deal = it.deal(json!({}));
    assert_eq!(it.seen(deal)["stage_due"], "2026-11-26");
    let after = |days: i64| {
        it.days_later(days);
        it.watch();
        it.watch();
        (it.told(&it.sales), it.told(&manager))
    };
    let all = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(after(6), (vec![], vec![]));
    assert_eq!(after(1), (all(&["stage_due"]), vec![]));
    assert_eq!(after(3), (all(&["stage_due"]), vec![]));
    assert_eq!(after(1), (all(&["stage_due", "stage_overdue"]), all(&["stage_overdue_below"])));
    assert_eq!(after(20), (all(&["stage_due", "stage_overdue"]), all(&["stage_overdue_below"])));
    assert_eq!(it.seen(deal)["stage"], "new", "nothing closes where nobody set it");
    // In another stage it begins anew.
    it.to(deal, "solution", json!({})).unwrap();
    let seen = it.seen(deal);
    assert_eq!((&seen["stage_due"], &seen["stage_told"]), (&Json::Null, &Json::Null));
    it.to(deal, "new", json!({})).unwrap();
    assert_eq!(after(11).0.iter().filter(|it| it.as_str() == "stage_overdue").count(), 1, "one line, longer");
    assert_eq!(it.seen(deal)["stage_told"], "over");
}

fn what_stands_too_long_is_closed(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "max_days": 10, "close_after_days": 15, "close_reason": "budget", "next": ["need_confirmed"], "tasks": "!回访" }));
    it.setting("lost", json!({ "required_fields": ["competitor"] }));
    let (deal, held) = (it.deal(json!({})), it.deal(json!({})));
    let manager = engine.member("zhao", &["sales_manager"], it.sales.access.member.department.unwrap());
    lock(&manager, &engine.object("opportunity"), held, &NewLock { reason: "审批中".into(), except: vec![], until: None }).unwrap();
    it.days_later(14);
    it.watch();
    assert_eq!(it.seen(deal)["stage"], "new");
    it.days_later(1);
    it.watch();
    it.watch();
    let seen = it.seen(deal);
    assert_eq!(
        (&seen["stage"], &seen["loss_reason"], &seen["loss_note"]),
        (&json!("lost"), &json!("budget"), &json!("在“新建”阶段满15天，系统自动关闭"))
    );
    assert_eq!(seen["closed_at"], "2026-12-01T02:00:00Z");
    assert_eq!(it.trail(deal), ["->new created -", "new>lost closed 15.00"]);
    assert_eq!(it.told(&it.sales).iter().filter(|it| it.as_str() == "stage").count(), 1);
    assert_eq!(it.seen(held)["stage"], "new", "what is locked is left alone");
}

fn what_meets_the_condition_is_closed(engine: &TestEngine) {
    let it = Scene::new(engine);
    let setting = it.setting("new", json!({ "close_when": "close_date < today() - days(30)", "close_reason": "budget" }));
    let (old, young) = (it.deal(json!({ "close_date": "2026-10-01" })), it.deal(json!({ "close_date": "2026-11-01" })));
    it.watch();
    let seen = it.seen(old);
    assert_eq!(
        (&seen["stage"], &seen["loss_reason"], &seen["loss_note"]),
        (&json!("lost"), &json!("budget"), &json!("在“新建”阶段符合自动关闭的条件，系统自动关闭"))
    );
    assert_eq!(it.seen(young)["stage"], "new");
    // With days beside it both must be.
    engine.update(&it.system, "pipeline_stage", setting, json!({ "close_after_days": 20, "close_when": "next_step == null" }));
    let planned = it.deal(json!({ "next_step": "报价" }));
    it.days_later(19);
    it.watch();
    assert_eq!(it.seen(young)["stage"], "new");
    it.days_later(1);
    it.watch();
    assert_eq!((&it.seen(young)["stage"], &it.seen(planned)["stage"]), (&json!("lost"), &json!("new")));
    let refused = |values: Json| problem_fields(&engine.try_update(&it.system, "pipeline_stage", setting, values).unwrap_err());
    assert_eq!(refused(json!({ "close_when": "nothing > 1" })), ["close_when: rule"]);
    assert_eq!(refused(json!({ "close_when": "amount" })), ["close_when: rule"]);
    assert_eq!(refused(json!({ "close_when": "owner == me.id" })), ["close_when: rule"]);
}

fn who_has_it_is_told_before_it_is_closed(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "close_after_days": 15, "warn_days": 3 }));
    let deal = it.deal(json!({}));
    assert_eq!(it.seen(deal)["stage_due"], "2026-12-01");
    let follower = engine.member("zhao", &["sales_manager"], it.sales.access.member.department.unwrap());
    engine.create(&follower, "follow", json!({ "target": { "object": "opportunity", "id": deal } }));
    it.days_later(12);
    it.watch();
    assert_eq!(it.told(&it.sales), ["stage_due"]);
    readers::read_all(&engine.system()).unwrap();
    assert!(engine.list(&engine.again(&follower), "notification", "").is_empty(), "that he was told is no news to others");
    it.days_later(3);
    it.watch();
    assert_eq!((&it.seen(deal)["stage"], &it.seen(deal)["loss_reason"]), (&json!("lost"), &json!("no_response")));
}

fn a_limit_changed_holds_from_the_next_run(engine: &TestEngine) {
    let it = Scene::new(engine);
    let deal = it.deal(json!({}));
    assert_eq!(it.seen(deal)["stage_due"], Json::Null);
    let setting = it.setting("new", json!({ "max_days": 10 }));
    it.days_later(5);
    it.watch();
    assert_eq!(it.seen(deal)["stage_due"], "2026-11-26");
    engine.update(&it.system, "pipeline_stage", setting, json!({ "max_days": 3 }));
    it.watch();
    let seen = it.seen(deal);
    assert_eq!((&seen["stage_due"], &seen["stage_told"]), (&json!("2026-11-19"), &json!("over")));
    engine.update(&it.system, "pipeline_stage", setting, json!({ "max_days": null }));
    it.watch();
    let seen = it.seen(deal);
    assert_eq!((&seen["stage_due"], &seen["stage_told"]), (&Json::Null, &Json::Null));
    // Settings that go take their limit along.
    engine.update(&it.system, "pipeline_stage", setting, json!({ "max_days": 40 }));
    it.watch();
    assert_eq!(it.seen(deal)["stage_due"], "2026-12-26");
    engine.try_delete(&it.system, "pipeline_stage", setting).unwrap();
    it.watch();
    assert_eq!(it.seen(deal)["stage_due"], Json::Null);
}

fn limits_cross_the_ends_of_months(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "max_days": 30, "warn_days": 29 }));
    it.setting("negotiation", json!({ "max_days": 1 }));
    // 1 o'clock on 31 January 2027 where the company is, still the 30th in UTC.
    engine.clock.advance("2027-01-30T17:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second() - it.sales.now.as_second());
    let (deal, last) = (it.deal(json!({})), it.deal(json!({ "stage": "negotiation" })));
    assert_eq!((&it.seen(deal)["stage_due"], &it.seen(last)["stage_due"]), (&json!("2027-03-02"), &json!("2027-02-01")));
    it.watch();
    assert_eq!(it.seen(deal)["stage_told"], Json::Null);
    it.days_later(1);
    it.watch();
    assert_eq!((&it.seen(deal)["stage_told"], &it.seen(last)["stage_told"]), (&json!("soon"), &Json::Null));
    it.days_later(1);
    it.watch();
    assert_eq!(it.seen(last)["stage_told"], "over");
}

fn the_watch_runs_every_morning(engine: &TestEngine) {
    let it = Scene::new(engine);
    it.setting("new", json!({ "max_days": 1 }));
    let deal = it.deal(json!({}));
    let work = || {
        let system = engine.system();
        guanxi_kernel::schedule::enqueue_due(&system).unwrap();
        while jobs::run_next(&system, "test").unwrap() {}
    };
    work();
    it.days_later(4);
    work();
    assert_eq!(it.seen(deal)["stage_told"], "over");
}
