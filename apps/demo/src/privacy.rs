//! Why data of people is kept, what some of them agreed to, and two requests: one in work, one not looked at yet.

use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{moment, plus_days, workday_until};
use crate::contacts::Contact;
use crate::record::DemoRecord;
use crate::staff::member_of;

/// Who answers requests.
const OFFICER: &str = "user:admin";
/// Who takes one in on the phone.
const SERVICE: &str = "user:service";
/// Every so many contacts one agreed to the newsletter.
const EVERY: usize = 4;
/// Most consents.
const MOST: usize = 60;
/// What is agreed to.
const WORDING: &str = "我同意星河智能设备有限公司通过邮件和短信向我发送产品资讯和活动邀请，可随时退订。";

/// Key, name, ground, channels, days kept, what for.
type Purpose = (&'static str, &'static str, &'static str, &'static [&'static str], i64, &'static str);

const PURPOSES: [Purpose; 4] = [
    ("newsletter", "产品资讯与活动邀请", "consent", &["email", "sms"], 730, "发送产品资讯、展会和培训邀请。"),
    ("contract", "合同履行与售后服务", "contract", &[], 3650, "签订和履行合同、交付、维修和保养。"),
    ("tax", "财税档案", "legal_obligation", &[], 3650, "依照会计和税务法规保存交易档案。"),
    ("forms", "回复咨询", "consent", &[], 365, "回复网站、展会上提出的咨询。"),
];

/// All of them, as of a day.
pub(crate) fn records(today: Date, contacts: &[Contact]) -> Vec<DemoRecord> {
    let mut records: Vec<DemoRecord> = PURPOSES.iter().map(purpose).collect();
    records.extend(contacts.iter().step_by(EVERY).take(MOST).enumerate().map(|(number, it)| consent(today, number, &it.key)));
    records.push(
        DemoRecord::new("retention_rule", "retention_rule:leads")
            .by(OFFICER)
            .set("name", "两年未跟进的无效线索")
            .set("object", "lead")
            .set("condition", "status == 'disqualified'")
            .set("since", "updated_at")
            .set("days", 730)
            .set("act", "anonymise")
            .link("purpose", "purpose:forms"),
    );
    if let Some(person) = contacts.get(2) {
        records.extend(requests(today, person));
    }
    records
}

fn purpose((key, name, ground, channels, days, text): &Purpose) -> DemoRecord {
    let record = DemoRecord::new("purpose", format!("purpose:{key}")).by(OFFICER).set("name", *name).set("legal_ground", *ground);
    let record = record.set("retention_days", *days).set("description", *text).set("active", true);
    let record = if channels.is_empty() { record } else { record.set("channels", json!(channels)) };
    match *key {
        "newsletter" => record.set("wording", WORDING).set("consent_months", 24),
        "forms" => record.set("for_forms", true),
        "tax" => record.set("keeps_object", "account").set("keeps_when", "won_amount > 0"),
        _ => record,
    }
}

fn consent(today: Date, number: usize, contact: &str) -> DemoRecord {
    let days = i64::try_from(number).unwrap_or(0) * 9 + 12;
    let given = moment(workday_until(plus_days(today, -days)), 10, 20);
    let source = ["paper", "verbal", "message"][number % 3];
    let record = DemoRecord::new("consent", format!("consent:{number}"))
        .at(given)
        .link("contact", contact)
        .link("purpose", "purpose:newsletter")
        .set("channel", ["email", "any", "sms"][number % 3])
        .set("given_at", given.to_string())
        .set("wording", WORDING)
        .set("source", source);
    // One in seven thought better of it.
    if number % 7 == 3 {
        let at = moment(workday_until(plus_days(today, -days / 2)), 15, 0);
        return record.set("state", "withdrawn").set("withdrawn_at", at.to_string()).set("withdrawn_reason", "回复邮件退订");
    }
    record.set("state", "given")
}

fn requests(today: Date, person: &Contact) -> Vec<DemoRecord> {
    let value = |name: &str| person.record.values.get(name).cloned().unwrap_or_default();
    let name = value("name");
    let name = name.get("full").or(Some(&name)).and_then(|it| it.as_str()).unwrap_or("王先生").to_owned();
    let came = moment(workday_until(plus_days(today, -9)), 9, 40);
    let department = member_of(OFFICER).department;
    let working = DemoRecord::new("person_request", "person_request:see")
        .at(came)
        .owned_by(OFFICER, department)
        .set("kind", "export")
        .set("state", "working")
        .set("requester", name)
        .set("email", value("email"))
        .set("phone", value("mobile"))
        .set("received_at", came.to_string())
        .set("received_by", "email")
        .set("wish", "请提供贵司保存的关于我的全部个人信息副本。")
        .set("identity", "verified")
        .set("identity_how", "回拨登记的手机号码核实")
        .link("identity_by", OFFICER)
        .set("identity_at", moment(workday_until(plus_days(today, -7)), 14, 0).to_string());
    let concerned = DemoRecord::new("request_record", "request_record:see")
        .by(OFFICER)
        .link("request", "person_request:see")
        .set("about", json!({ "object": "contact", "id": { "$ref": person.key } }))
        .set("record_object", "contact")
        .link("record_id", &person.key)
        .set("matched_by", "email phone name");
    let called = moment(workday_until(plus_days(today, -2)), 16, 10);
    let fresh = DemoRecord::new("person_request", "person_request:erase")
        .at(called)
        .owned_by(SERVICE, member_of(SERVICE).department)
        .set("kind", "erase")
        .set("state", "received")
        .set("requester", "郑国栋")
        .set("phone", "+8613900000021")
        .set("received_at", called.to_string())
        .set("received_by", "phone")
        .set("wish", "来电说从未同意过接收短信，要求删除他的号码并不再联系。");
    vec![working, concerned, fresh]
}
