//! Customers and people who were entered twice, as it happens: from a card brought home from a fair, by somebody who did not
//! look, with a slip of the finger. They are there to be found and merged.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::accounts::{Account, mobile};
use crate::contacts::Contact;
use crate::leads::Lead;
use crate::record::DemoRecord;
use crate::staff::member_of;

/// Customers entered again.
const ACCOUNTS: [usize; 4] = [24, 61, 118, 173];
/// People entered again.
const CONTACTS: [usize; 4] = [12, 77, 141, 260];
/// Leads that came in again; the first forty are customers by now.
const LEADS: [usize; 2] = [58, 103];
/// Characters that input by pinyin confuses.
const CONFUSED: [(char, char); 8] = [('智', '志'), ('达', '大'), ('恒', '衡'), ('华', '桦'), ('鑫', '新'), ('盛', '胜'), ('科', '克'), ('源', '元')];

/// All of them.
pub(crate) fn records(today: Date, accounts: &[Account], contacts: &[Contact], leads: &[Lead]) -> Vec<DemoRecord> {
    let mut records: Vec<DemoRecord> = Vec::new();
    for (number, account) in ACCOUNTS.iter().filter_map(|it| accounts.get(*it)).enumerate() {
        records.push(account_again(number, today, account, accounts.len() + number));
    }
    for (number, contact) in CONTACTS.iter().filter_map(|it| contacts.get(*it)).enumerate() {
        records.push(contact_again(number, today, contact, &accounts[contact.account], contacts.len() + number));
    }
    for (number, lead) in LEADS.iter().filter_map(|it| leads.get(*it)).enumerate() {
        records.push(lead_again(today, lead, leads.len() + number));
    }
    records
}

fn text(record: &DemoRecord, field: &str) -> String {
    record.values.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn value(record: &DemoRecord, field: &str) -> Value {
    record.values.get(field).cloned().unwrap_or_default()
}

/// Some weeks after the first time, and not in the future.
fn again(today: Date, first: Timestamp) -> Timestamp {
    let yesterday = today.yesterday().unwrap_or(today).at(7, 20, 0, 0).to_zoned(TimeZone::UTC).map_or(first, |it| it.timestamp());
    first.saturating_add((37 * 24).hours()).unwrap_or(first).min(yesterday).max(first)
}

/// One digit beside the right one.
fn mistyped(number: &str) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    if let Some(digit) = digits.iter_mut().rev().nth(1) {
        *digit = if *digit == '9' { '8' } else { '9' };
    }
    digits.into_iter().collect()
}

/// The first character that is easily taken for another one as that.
fn misheard(name: &str) -> String {
    match CONFUSED.iter().find(|it| name.contains(it.0)) {
        Some((right, wrong)) => name.replacen(*right, &wrong.to_string(), 1),
        None => name.trim_end_matches("有限公司").to_owned(),
    }
}

fn account_again(number: usize, today: Date, account: &Account, index: usize) -> DemoRecord {
    let first = &account.record;
    let who = if account.owner == "user:sales" { "user:matengfei" } else { "user:sales" };
    let record = DemoRecord::new("account", format!("account:{index}"))
        .at(again(today, account.created_at))
        .owned_by(who, member_of(who).department)
        .set("kind", "company")
        .set("do_not_contact", false)
        .set("industry", value(first, "industry"));
    match number {
        0 => record
            .set("name", account.short.as_str())
            .set("phone", value(first, "phone"))
            .set("website", text(first, "website").replacen("www.", "", 1))
            .set("source", "event")
            .set("description", "展会名片录入，联系人待补充。"),
        1 => record
            .set("name", text(first, "name").trim_end_matches("有限公司"))
            .set("phone", mistyped(&text(first, "phone")))
            .set("email", value(first, "email"))
            .set("legal_representative", value(first, "legal_representative"))
            .set("source", "phone_inquiry"),
        2 => record
            .set("name", value(first, "name"))
            .set("short_name", account.short.as_str())
            .set("address", value(first, "address"))
            .set("website", value(first, "website"))
            .set("source", "import"),
        _ => record
            .set("name", misheard(&text(first, "name")))
            .set("phone", value(first, "phone"))
            .set("legal_representative", value(first, "legal_representative"))
            .set("address", value(first, "address"))
            .set("source", "outreach"),
    }
}

fn contact_again(number: usize, today: Date, contact: &Contact, account: &Account, index: usize) -> DemoRecord {
    let first = &contact.record;
    let at = again(today, first.created_at.unwrap_or(account.created_at));
    let record = DemoRecord::new("contact", format!("contact:{index}"))
        .at(at)
        .owned_by(account.owner, account.department())
        .set("name", value(first, "name"))
        .set("do_not_contact", false)
        .set("primary", false)
        .set("gender", value(first, "gender"));
    match number {
        // Another number since, the rest as it was.
        0 => record
            .link("account", &account.key)
            .set("title", value(first, "title"))
            .set("mobile", mobile(8000 + index % 900))
            .set("email", value(first, "email"))
            .set("wechat", value(first, "wechat"))
            .set("source", "referral"),
        // From a card: nobody looked to whom the company belongs.
        1 => record
            .set("mobile", value(first, "mobile"))
            .set("phone", value(first, "phone"))
            .set("email", value(first, "email"))
            .set("source", "event"),
        2 => record
            .link("account", &account.key)
            .set("mobile", mistyped(&text(first, "mobile")))
            .set("email", value(first, "email"))
            .set("title", value(first, "title"))
            .set("source", "event"),
        _ => record.link("account", &account.key).set("mobile", value(first, "mobile")).set("source", "website"),
    }
}

fn lead_again(today: Date, lead: &Lead, index: usize) -> DemoRecord {
    let first = &lead.record;
    DemoRecord::new("lead", format!("lead:{index}"))
        .at(again(today, first.created_at.unwrap_or_default()))
        .owned_by(lead.owner, member_of(lead.owner).department)
        .set("name", value(first, "name"))
        .set("company", text(first, "company").trim_end_matches("有限公司"))
        .set("mobile", value(first, "mobile"))
        .set("email", value(first, "email"))
        .set("wechat", value(first, "wechat"))
        .set("source", "social")
        .set("source_detail", "短视频私信")
        .set("status", "new")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_small() {
        assert_eq!(mistyped("+862155501234"), "+862155501294");
        assert_eq!(mistyped("+862155501294"), "+862155501284");
        assert_eq!(misheard("上海恒达精密有限公司"), "上海恒大精密有限公司");
        assert_eq!(misheard("上海星河有限公司"), "上海星河");
    }
}
