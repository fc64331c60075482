//! The form on the company's website, and what visitors sent with it.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days, workday_until};
use crate::leads::Lead;
use crate::record::DemoRecord;

/// The form's key.
const FORM: &str = "web_form:quote";
/// What visitors agree to.
const CONSENT: &str = "我已阅读并同意《隐私政策》，同意星河智能设备有限公司为答复本次咨询处理我填写的信息。";
/// Leads of the website that came by the form, the newest ones.
const CAME: usize = 18;
/// Days within which they came.
const DAYS: i64 = 75;
/// What a person is to look at: name, hour, why it waits, what was written.
const HELD: [(&str, i8, &str, &str); 2] = [
    ("SEO 推广部", 3, "links", "快速提升网站排名 https://rank.example 低价套餐 https://seo.example"),
    ("刘女士", 14, "too_fast", "想了解压力传感器的最小起订量"),
];

/// The form, and what came with it.
pub(crate) fn records(today: Date, leads: &[Lead]) -> Vec<DemoRecord> {
    let mut records = vec![form(today)];
    let by_form = |it: &&Lead| it.record.values.get("source").is_some_and(|it| it == "website") && it.created >= plus_days(today, -DAYS);
    records.extend(leads.iter().filter(by_form).take(CAME).enumerate().map(|(index, lead)| of_lead(index, lead)));
    records.extend(HELD.iter().enumerate().map(|(index, it)| held(today, index, it)));
    records
}

fn form(today: Date) -> DemoRecord {
    let fields = [("name", true), ("company", false), ("mobile", true), ("purchase_time", false), ("need", false)];
    let fields: Vec<_> = fields.iter().map(|(field, required)| json!({ "field": field, "required": required })).collect();
    DemoRecord::new("web_form", FORM)
        .at(moment(workday_until(plus_days(today, -200)), 10, 0))
        .by("user:marketing")
        .set("name", "官网询价")
        .set("title", "预约产品演示或询价")
        .set("intro", "留下联系方式，我们会在一个工作日内与您联系。")
        .set("fields", fields)
        .set("purpose", "答复您的咨询并介绍产品")
        .set("consent_text", CONSENT)
        .set("language", "auto")
        .set("source", "website")
        .set("goes_to", "rules")
        .set("success_message", "谢谢，我们会尽快与您联系。")
        .set("per_hour", 60)
}

fn submission(key: String, at: jiff::Timestamp, name: &str, values: serde_json::Value) -> DemoRecord {
    DemoRecord::new("web_form_submission", key.clone())
        .at(at)
        .by("user:admin")
        .set("name", name)
        .link("form", FORM)
        .moment("received_at", at)
        .set("values", values)
        .moment("consent_at", at)
        .set("consent_text", CONSENT)
        .set("network", "203.0.113.0/24")
        .set("token", format!("demo:{key}"))
        .set("digest", format!("demo:{key}"))
}

/// What a lead was when it came in.
fn of_lead(index: usize, lead: &Lead) -> DemoRecord {
    let said = |field: &str| lead.record.values.get(field).cloned().map(|it| (field.to_owned(), it));
    let values: serde_json::Map<_, _> = ["name", "company", "mobile", "purchase_time", "need"].iter().filter_map(|it| said(it)).collect();
    let name = lead.record.values.get("name").and_then(|it| it.as_str().or_else(|| it.get("full")?.as_str())).unwrap_or("访客").to_owned();
    let at = lead.record.created_at.unwrap_or_else(|| moment(lead.created, 10, 0));
    submission(format!("web_form_submission:{index}"), at, &name, values.into()).set("state", "accepted").link("lead", &lead.key)
}

fn held(today: Date, index: usize, &(name, hour, reason, text): &(&str, i8, &str, &str)) -> DemoRecord {
    let at = moment(plus_days(today, -1 - index as i64), hour, 25);
    let values = json!({ "name": { "full": name }, "mobile": format!("+8613900007{index:03}"), "need": text });
    submission(format!("web_form_submission:held:{index}"), at, name, values).set("state", "held").set("reason", vec![reason])
}
