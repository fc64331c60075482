//! Tasks with checklists, one that waits for another, and hand-overs between departments: one of each state.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::accounts::Account;
use crate::calendar::{moment, plus_days, workday_from, workday_until};
use crate::deals::{Deal, Outcome};
use crate::record::DemoRecord;
use crate::staff::member_of;

/// Who gives the tasks.
const BOSS: &str = "user:salesmanager";
/// Who sells, and signs in as `sales@`.
const SELLER: &str = "user:sales";
/// Who serves, and signs in as `service@`.
const SERVICE: &str = "user:service";

/// Name, hours overdue, whom it is brought before.
const RULES: [(&str, &str, i64, &str); 3] = [
    ("紧急任务：逾期4小时报上级", "urgent", 4, "manager"),
    ("重要任务：逾期一天报上级", "high", 24, "manager"),
    ("重要任务：逾期三天报部门负责人", "high", 72, "department_head"),
];

/// Key, subject, days until it is due, priority, acceptance, lines of the checklist (a `+` before those that are done).
type Task = (&'static str, &'static str, i64, &'static str, &'static str, &'static [&'static str]);

const TASKS: [Task; 4] = [
    ("bid", "准备投标文件", 3, "high", "accepted", &["+资质文件复印并盖章", "+技术偏离表", "报价单由经理签字", "装订三份并封口"]),
    ("visit", "安排样板间参观", 5, "normal", "waiting", &["确认客户人数", "预约苏州样板间", "订车和午餐"]),
    ("contract", "合同条款法务复核", 1, "urgent", "accepted", &["+付款条件", "质保条款"]),
    ("report", "本周重点客户进展", 4, "normal", "accepted", &[]),
];

/// All of them, as of a day.
pub(crate) fn records(today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let mut records: Vec<DemoRecord> = RULES
        .iter()
        .enumerate()
        .map(|(number, (name, priority, hours, tell))| {
            let rule = DemoRecord::new("escalation_rule", format!("escalation_rule:{number}"));
            rule.set("name", *name).set("priority", *priority).set("after_hours", *hours).set("tell", *tell)
        })
        .collect();
    let Some(account) = accounts.iter().find(|it| it.owner == SELLER) else { return records };
    let given = moment(workday_until(plus_days(today, -2)), 9, 30);
    for (key, subject, days, priority, acceptance, _) in &TASKS {
        let due = moment(workday_from(plus_days(today, *days)), 18, 0);
        let mut task = DemoRecord::new("activity", format!("task:{key}"))
            .at(given)
            .owned_by(SELLER, member_of(SELLER).department)
            .set("subject", *subject)
            .set("kind", "task")
            .set("priority", *priority)
            .set("status", if *key == "bid" { "in_progress" } else { "open" })
            .set("acceptance", *acceptance)
            .link("assigned_by", BOSS)
            .moment("assigned_at", given)
            .moment("due_at", due)
            .link("account", &account.key)
            .link_all("watchers", &["user:matengfei".to_owned()]);
        if *key == "report" {
            task = task.set("repeat_every", "week").set("repeat_days", json!(["fr"])).day("repeat_until", plus_days(today, 180));
        }
        records.push(task.set("estimate", 4 * 3_600));
    }
    // What is signed is bid: the first waits for the third.
    records.push(DemoRecord::new("activity", "task:bid").at(given).by(BOSS).link_all("depends_on", &["task:contract".to_owned()]));
    for (key, _, _, _, _, lines) in &TASKS {
        for (number, line) in lines.iter().enumerate() {
            let item = DemoRecord::new("checklist_item", format!("checklist_item:{key}:{number}")).at(given).by(SELLER);
            let (text, done) = line.strip_prefix('+').map_or((*line, false), |it| (it, true));
            records.push(item.link("task", &format!("task:{key}")).set("text", text).set("done", done).set("position", number + 1));
        }
    }
    records.extend(handovers(today, accounts, deals));
    records
}

/// Customers whose deal was won go over to service.
fn handovers(today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let won = |it: &&Account| {
        let is_his = |deal: &&Deal| accounts.get(deal.account).is_some_and(|of| of.key == it.key);
        it.owner == SELLER && deals.iter().filter(is_his).any(|deal| deal.outcome == Outcome::Won)
    };
    let stories: [(&str, &str, &str, i64); 3] = [
        ("offered", "合同已签，首付款到账，客户设备科张工对接。", "两周内完成安装调试，赠送一次操作培训。", 1),
        ("accepted", "设备已验收，客户两班倒，停机窗口在周日。", "质保期一年，四小时响应。", 9),
        ("done", "样机转正式采购，现场已有一台同型号。", "免费迁移旧程序。", 30),
    ];
    accounts.iter().filter(won).zip(stories).enumerate().map(|(number, (account, story))| handover(today, number, account, story)).collect()
}

fn handover(today: Date, number: usize, account: &Account, (state, known, promised, ago): (&str, &str, &str, i64)) -> DemoRecord {
    let offered = moment(workday_until(plus_days(today, -ago)), 10, 0);
    let after = |hours: i64| -> Timestamp { offered + jiff::SignedDuration::from_hours(hours) };
    let mut record = DemoRecord::new("handover", format!("handover:{number}"))
        .at(offered)
        .by(SELLER)
        .set("subject", format!("{}：转售后服务", account.short))
        .set("record", json!({ "object": "account", "id": { "$ref": account.key } }))
        .set("state", state)
        .link("from_department", member_of(SELLER).department)
        .link("from_member", SELLER)
        .link("to_department", "department:service")
        .link("to_member", SERVICE)
        .set("known", known)
        .set("promised", promised)
        .set("open_points", "确认安装日期；建立服务档案；安排首次回访。")
        .moment("due_at", moment(workday_from(plus_days(today, 10 - ago)), 18, 0))
        .set("with_tasks", false)
        .moment("offered_at", offered);
    if state != "offered" {
        record = record.link("accepted_by", SERVICE).moment("accepted_at", after(5)).set("answer_time", 5 * 3_600);
    }
    if state == "done" {
        record = record.moment("done_at", after(24 * 8)).set("total_time", 8 * 24 * 3_600).set("result", "已安装并完成首次回访，客户满意。");
    }
    record
}
