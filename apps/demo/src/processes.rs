//! The customer project of three roles as a process template, and cases of it: one at its beginning, one in two branches with one
//! of them late, one that was sent back, one that is over.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::accounts::Account;
use crate::calendar::{moment, plus_days, workday_from, workday_until};
use crate::record::DemoRecord;
use crate::staff::member_of;

/// As it comes with the product.
const READY: &str = include_str!("../../process/ready/three_roles.toml");
/// Key of the template.
const TEMPLATE: &str = "process_template:three_roles";
/// Who sells, and signs in as `sales@`.
const SELLER: &str = "user:sales";
const MARKETER: &str = "user:marketing";
const SERVICE: &str = "user:service";

/// What is answered, by step: name and answer.
const ANSWERS: [(&str, &[(&str, &str)]); 6] = [
    ("contact", &[("channel", "visit")]),
    ("needs", &[("needs", "两条产线节能改造，停产窗口只有周日；希望一家负责到底。"), ("budget", "860000")]),
    ("strategy", &[("strategy", "先请设备部看样板工厂，再给管理层算节能账；配一份同行案例。"), ("cost", "18000")]),
    ("proposal", &[("proposal", "分两期：先换变频和控制柜，三个月后接机械臂。")]),
    ("briefing", &[("promised", "两周内完成首期安装，赠送一次操作培训，四小时响应。")]),
    ("support", &[("satisfaction", "high"), ("open_issues", "二期时间待定。")]),
];

/// A case: days since it was started, steps that are done, steps that are open with days until they are due, the round of the
/// first open one, whether it is over.
struct Story {
    ago: i64,
    done: &'static [&'static str],
    open: &'static [(&'static str, i64)],
    sent_back: Option<&'static str>,
}

const STORIES: [Story; 5] = [
    Story { ago: 1, done: &[], open: &[("contact", 1)], sent_back: None },
    Story { ago: 8, done: &["contact", "needs"], open: &[("strategy", -2), ("proposal", 2)], sent_back: None },
    Story { ago: 12, done: &["contact"], open: &[("needs", 1)], sent_back: Some("没有写清预算和停产窗口，方案无法报价。") },
    Story { ago: 20, done: &["contact", "needs", "strategy", "proposal", "promotion", "briefing"], open: &[("support", 3)], sent_back: None },
    Story { ago: 45, done: &["contact", "needs", "strategy", "proposal", "promotion", "briefing", "support"], open: &[], sent_back: None },
];

/// The template, and the cases, as of a day.
pub(crate) fn records(today: Date, accounts: &[Account]) -> Vec<DemoRecord> {
    // The file is read by the process app's tests, too: one that is broken does not get this far.
    let Ok(ready) = toml::from_str::<Value>(READY) else { return Vec::new() };
    let mut records = laid_out(today, &ready);
    let his = accounts.iter().filter(|it| it.owner == SELLER && it.person.is_none() && !it.foreign);
    for (number, (story, account)) in STORIES.iter().zip(his).enumerate() {
        records.extend(case(today, &ready, number, story, account));
    }
    records
}

fn text(of: &Value) -> &str {
    of["zh-CN"].as_str().unwrap_or_default()
}

fn steps(ready: &Value) -> &[Value] {
    ready["step"].as_array().map_or(&[], Vec::as_slice)
}

fn key_of(step: &str) -> String {
    format!("process_step:{step}")
}

fn role_key(role: &str) -> String {
    format!("process_role:{role}")
}

/// The department among whose members a role is found; sales is the owner of the record.
fn department_of(role: &str) -> Option<&'static str> {
    match role {
        "marketing" => Some("department:marketing"),
        "service" => Some("department:service"),
        _ => None,
    }
}

fn member_for(role: &str) -> &'static str {
    match role {
        "marketing" => MARKETER,
        "service" => SERVICE,
        _ => SELLER,
    }
}

fn laid_out(today: Date, ready: &Value) -> Vec<DemoRecord> {
    let at = moment(workday_until(plus_days(today, -60)), 10, 0);
    let template = DemoRecord::new("process_template", TEMPLATE)
        .at(at)
        .set("name", text(&ready["name"]))
        .set("description", text(&ready["description"]))
        .set("object", ready["object"].clone())
        .set("due_days", ready["due_days"].clone())
        .link("keeper", "user:salesmanager");
    let mut records = vec![template];
    for (number, role) in ready["role"].as_array().into_iter().flatten().enumerate() {
        let key = role["key"].as_str().unwrap_or_default();
        let made = DemoRecord::new("process_role", role_key(key)).at(at).link("template", TEMPLATE).set("name", text(&role["name"]));
        let made = made.set("position", (number + 1) * 10).set("filled_by", if department_of(key).is_some() { "load" } else { "owner" });
        records.push(made.link_some("department", department_of(key)));
    }
    for (number, step) in steps(ready).iter().enumerate() {
        let key = step["key"].as_str().unwrap_or_default();
        let after: Vec<String> = step["after"].as_array().into_iter().flatten().filter_map(Value::as_str).map(key_of).collect();
        records.push(
            DemoRecord::new("process_step", key_of(key))
                .at(at)
                .link("template", TEMPLATE)
                .link("role", &role_key(step["role"].as_str().unwrap_or_default()))
                .link_all("after", &after)
                .set("name", text(&step["name"]))
                .set("position", (number + 1) * 10)
                .set("instructions", text(&step["instructions"]))
                .set("due_in", step["due_in"].clone())
                .set("due_unit", step["due_unit"].as_str().unwrap_or("working_days"))
                .set("checklist", text(&step["checklist"]))
                .set("questions", step["question"].clone())
                .set("tell_finish", step["tell_finish"].clone())
                .set("tell_overdue", step["tell_overdue"].clone()),
        );
    }
    records.push(DemoRecord::new("process_template", TEMPLATE).at(at).set("active", true));
    records
}

/// As a case keeps how it was laid out when it started.
fn plan(ready: &Value) -> Value {
    let reference = |key: String| json!({ "$ref": key });
    let role = |it: &Value| {
        let key = it["key"].as_str().unwrap_or_default();
        let mut role = json!({ "key": reference(role_key(key)), "name": text(&it["name"]), "filled_by": "owner" });
        if let Some(department) = department_of(key) {
            role["filled_by"] = json!("load");
            role["department"] = reference(department.to_owned());
        }
        role
    };
    let step = |(number, it): (usize, &Value)| {
        let after: Vec<Value> = it["after"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|it| reference(key_of(it))).collect();
        let list = |name: &str| if it[name].is_null() { json!([]) } else { it[name].clone() };
        let lines: Vec<&str> = text(&it["checklist"]).lines().collect();
        json!({
            "key": reference(key_of(it["key"].as_str().unwrap_or_default())), "name": text(&it["name"]), "position": (number + 1) * 10,
            "role": reference(role_key(it["role"].as_str().unwrap_or_default())), "after": after, "due_in": it["due_in"],
            "in_hours": it["due_unit"] == "working_hours", "questions": list("question"), "checklist": lines,
            "tell_finish": list("tell_finish"), "tell_overdue": list("tell_overdue"),
        })
    };
    let roles: Vec<Value> = ready["role"].as_array().into_iter().flatten().map(role).collect();
    let steps: Vec<Value> = steps(ready).iter().enumerate().map(step).collect();
    json!({ "roles": roles, "steps": steps })
}

fn case(today: Date, ready: &Value, number: usize, story: &Story, account: &Account) -> Vec<DemoRecord> {
    let started = moment(workday_until(plus_days(today, -story.ago)), 9, 30);
    let key = format!("process_case:{number}");
    let over = story.open.is_empty();
    let names: Vec<&str> = steps(ready).iter().filter(|it| story.open.iter().any(|open| it["key"] == open.0)).map(|it| text(&it["name"])).collect();
    let holders = ["sales", "marketing", "service"].map(|it| json!({ "role": { "$ref": role_key(it) }, "member": { "$ref": member_for(it) } }));
    let ended = moment(workday_until(plus_days(today, -story.ago + 24)), 16, 0);
    let mut whole = DemoRecord::new("process_case", &key)
        .at(started)
        .owned_by(SELLER, member_of(SELLER).department)
        .set("name", text(&ready["name"]))
        .link("template", TEMPLATE)
        .set("template_version", 1)
        .set("record", json!({ "object": "account", "id": { "$ref": account.key } }))
        .set("state", if over { "done" } else { "running" })
        .set("current", names.join("、"))
        .link("started_by", SELLER)
        .moment("started_at", started)
        .moment("due_at", moment(workday_from(plus_days(today, 42 - story.ago)), 18, 0))
        .link_all("participants", &[SELLER, MARKETER, SERVICE].map(str::to_owned))
        .set("plan", plan(ready))
        .set("roles", json!(holders));
    if over {
        whole = whole.moment("ended_at", ended).link("ended_by", SERVICE).set("took", ended.as_second() - started.as_second());
    }
    let mut records = vec![whole];
    let share = story.done.len().max(1) as i64;
    for (place, step) in steps(ready).iter().enumerate() {
        let name = step["key"].as_str().unwrap_or_default();
        let is_done = story.done.iter().position(|it| *it == name);
        let due = story.open.iter().find(|it| it.0 == name).map(|it| it.1);
        let days = if over { 24 } else { story.ago - 1 };
        // One after the other over the days the case has run.
        let at = |nth: i64| moment(workday_until(plus_days(today, -story.ago + (days * nth) / share)), 9, 40) + SignedDuration::from_mins(15 * nth);
        let times = match (is_done, due) {
            (Some(nth), _) => Some((at(nth as i64), Some(at(nth as i64 + 1).max(at(nth as i64) + SignedDuration::from_hours(2))))),
            (None, Some(_)) => Some((at(share.min(story.done.len() as i64)), None)),
            (None, None) => None,
        };
        let due_at = due.map(|it| moment(if it < 0 { workday_until(plus_days(today, it)) } else { workday_from(plus_days(today, it)) }, 18, 0));
        records.extend(step_records(&key, account, story, (place, step), &Times { started, begun: times, due: due_at }));
    }
    records
}

/// When a step of a case began, ended and is due.
struct Times {
    started: Timestamp,
    begun: Option<(Timestamp, Option<Timestamp>)>,
    due: Option<Timestamp>,
}

/// The row of a step, and its task where it was begun.
fn step_records(case: &str, account: &Account, story: &Story, (place, step): (usize, &Value), times: &Times) -> Vec<DemoRecord> {
    let Times { started, begun: times, due: due_at } = *times;
    let name = step["key"].as_str().unwrap_or_default();
    let role = step["role"].as_str().unwrap_or_default();
    let doer = member_for(role);
    let (row_key, task_key) = (format!("{case}:{name}"), format!("{case}:task:{name}"));
    let state = match times {
        Some((_, Some(_))) => "done",
        Some((_, None)) => "open",
        None => "pending",
    };
    let mut row = DemoRecord::new("process_case_step", &row_key)
        .by(doer)
        .link("process_case", case)
        .link("process_template", TEMPLATE)
        .set("step_key", json!({ "$ref": key_of(name) }))
        .set("name", text(&step["name"]))
        .set("position", (place + 1) * 10)
        .set(
            "role_name",
            match role {
                "marketing" => "市场",
                "service" => "服务",
                _ => "销售",
            },
        )
        .set("state", state);
    let Some((began, ended)) = times else { return vec![row.at(started)] };
    let due = due_at.unwrap_or_else(|| ended.unwrap_or(began) + SignedDuration::from_hours(8));
    let mut task = DemoRecord::new("activity", &task_key)
        .at(began)
        .owned_by(doer, member_of(doer).department)
        .set("subject", text(&step["name"]))
        .set("kind", "task")
        .set("priority", "normal")
        .set("status", if ended.is_some() { "done" } else { "open" })
        .set("acceptance", "accepted")
        .link("assigned_by", if doer == SELLER { "" } else { SELLER })
        .moment("assigned_at", began)
        .moment("due_at", due)
        .set("description", text(&step["instructions"]))
        .link("account", &account.key)
        .link("process_case", case);
    row = row.at(began).link("member", doer).moment("started_at", began).moment("due_at", due);
    if let Some(ended) = ended {
        task = task.moment("done_at", ended);
        row = row.moment("done_at", ended).link("done_by", doer).set("took", ended.as_second() - began.as_second()).set("late", ended > due);
        let answers =
            ANSWERS.iter().find(|it| it.0 == name).map(|it| it.1.iter().map(|(name, answer)| ((*name).to_owned(), json!(answer))).collect());
        row = row.set("answers", Value::Object(answers.unwrap_or_else(Map::new)));
    } else if let Some(reason) = story.sent_back {
        row = row.set("round", 2).set("back_reason", reason);
    }
    let linked = DemoRecord::new("process_case_step", &row_key).at(began).by(doer).link("task", &task_key);
    let of_step = DemoRecord::new("activity", &task_key).at(began).by(doer).link("process_step", &row_key);
    let mut records = vec![row, task, linked, of_step];
    for (number, line) in text(&step["checklist"]).lines().enumerate() {
        let item = DemoRecord::new("checklist_item", format!("{task_key}:{number}")).at(began).by(doer).link("task", &task_key);
        records.push(item.set("text", line).set("done", ended.is_some()).set("position", number + 1));
    }
    records
}
