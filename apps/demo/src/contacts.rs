//! People on the customers' side, and how else they are tied to customers.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::accounts::{Account, mobile};
use crate::calendar::plus_days;
use crate::names::{PersonName, chinese_name, western_name};
use crate::random::Random;
use crate::record::DemoRecord;

/// A person to talk to.
pub(crate) struct Contact {
    /// Key of the record.
    pub(crate) key: String,
    /// Position of the account.
    pub(crate) account: usize,
    /// How one speaks of the person: 张经理, Ms Weber.
    pub(crate) address: String,
    /// The record.
    pub(crate) record: DemoRecord,
}

/// Job title, department, part in decisions, form of address.
const JOBS: [(&str, &str, &str, &str); 18] = [
    ("总经理", "总经办", "decision_maker", "总"),
    ("副总经理", "总经办", "decision_maker", "总"),
    ("厂长", "生产部", "decision_maker", "厂长"),
    ("生产总监", "生产部", "influencer", "总监"),
    ("技术总监", "技术中心", "influencer", "总监"),
    ("设备部经理", "设备部", "champion", "经理"),
    ("设备主管", "设备部", "user", "主管"),
    ("采购经理", "采购部", "buyer", "经理"),
    ("采购工程师", "采购部", "buyer", "工"),
    ("电气工程师", "工程部", "user", "工"),
    ("自动化工程师", "工程部", "champion", "工"),
    ("项目经理", "项目部", "influencer", "经理"),
    ("质量经理", "质量部", "influencer", "经理"),
    ("信息部经理", "信息部", "gatekeeper", "经理"),
    ("财务经理", "财务部", "gatekeeper", "经理"),
    ("生产经理", "生产部", "user", "经理"),
    ("工艺工程师", "工艺部", "user", "工"),
    ("供应链总监", "供应链中心", "decision_maker", "总监"),
];
const FOREIGN_JOBS: [(&str, &str, &str); 10] = [
    ("Managing Director", "Management", "decision_maker"),
    ("Plant Manager", "Operations", "decision_maker"),
    ("Head of Engineering", "Engineering", "influencer"),
    ("Automation Engineer", "Engineering", "user"),
    ("Purchasing Manager", "Purchasing", "buyer"),
    ("Strategic Buyer", "Purchasing", "buyer"),
    ("Maintenance Manager", "Maintenance", "champion"),
    ("Project Manager", "Projects", "influencer"),
    ("Finance Controller", "Finance", "gatekeeper"),
    ("Production Manager", "Operations", "user"),
];
const INTERESTS: [&str; 14] =
    ["羽毛球", "钓鱼", "摄影", "马拉松", "茶道", "象棋", "自驾游", "篮球", "书法", "登山", "骑行", "乒乓球", "咖啡", "历史书"];

/// Everybody, account by account.
pub(crate) fn contacts(seed: u64, accounts: &[Account]) -> Vec<Contact> {
    let mut random = Random::new(seed, "contacts");
    let mut mails = BTreeSet::new();
    let mut contacts: Vec<Contact> = Vec::new();
    for (position, account) in accounts.iter().enumerate() {
        let count = if account.person.is_some() { 1 } else { random.weighted(&[(1, 26), (2, 38), (3, 24), (4, 9), (5, 3)]) };
        let mut titles = BTreeSet::new();
        let first = contacts.len();
        for number in 0..count {
            let index = contacts.len();
            let mut contact = contact(&mut random, account, index, number, &mut titles, &mut mails);
            contact.account = position;
            if number > 0 && random.chance(45) {
                let superior = contacts[first].key.clone();
                contact.record = contact.record.link("reports_to", &superior);
            }
            contacts.push(contact);
        }
    }
    contacts
}

fn contact(
    random: &mut Random,
    account: &Account,
    index: usize,
    number: usize,
    titles: &mut BTreeSet<String>,
    mails: &mut BTreeSet<String>,
) -> Contact {
    let name = match &account.person {
        Some(it) => it.clone(),
        None if account.foreign => western_name(random),
        None => chinese_name(random),
    };
    let (title, department, role, address) = job(random, account, &name, titles);
    // A later contact was met a little after the account was entered.
    let at = later(account.created_at, random.between(0, 3) * number as i64);
    let mut record = DemoRecord::new("contact", format!("contact:{index}"))
        .at(at)
        .owned_by(account.owner, account.department())
        .set("name", name.json())
        .link("account", &account.key)
        .set("title", title)
        .set("department_name", department)
        .set("decision_role", role)
        .set("relationship", random.weighted(&[("new", 25), ("known", 40), ("good", 27), ("close", 8)]))
        .set("gender", name.gender)
        .set("primary", number == 0)
        .set("do_not_contact", random.chance(2))
        .set("source", random.weighted(&[("event", 30), ("outreach", 25), ("referral", 25), ("website", 20)]));
    record = reach(random, record, account, &name, index, number, mails);
    if random.chance(32) {
        record = record.day("birthday", plus_days(jiff::civil::date(1985, 6, 15), random.between(-7000, 4500)));
    }
    if !account.foreign && random.chance(24) {
        record = record.set("interests", format!("{}、{}", random.pick(&INTERESTS[..7]), random.pick(&INTERESTS[7..])));
    }
    if random.chance(6) {
        record = record.link_all("tags", &[random.pick(&["tag:vip", "tag:training_interest", "tag:fair"]).to_string()]);
    }
    Contact { key: format!("contact:{index}"), account: 0, address, record }
}

fn job(random: &mut Random, account: &Account, name: &PersonName, titles: &mut BTreeSet<String>) -> (String, &'static str, &'static str, String) {
    if account.person.is_some() {
        let courtesy = if name.gender == "male" { "先生" } else { "女士" };
        return ("负责人".into(), "", "decision_maker", format!("{}{courtesy}", name.family));
    }
    loop {
        let (title, department, role, address) = if account.foreign {
            let (title, department, role) = random.pick(&FOREIGN_JOBS);
            let courtesy = if name.gender == "male" { "Mr" } else { "Ms" };
            (title, department, role, format!("{courtesy} {}", name.family))
        } else {
            let (title, department, role, address) = random.pick(&JOBS);
            (title, department, role, format!("{}{address}", name.family))
        };
        if titles.insert(title.to_owned()) {
            return (title.to_owned(), department, role, address);
        }
    }
}

/// Numbers and addresses.
fn reach(
    random: &mut Random,
    record: DemoRecord,
    account: &Account,
    name: &PersonName,
    index: usize,
    number: usize,
    mails: &mut BTreeSet<String>,
) -> DemoRecord {
    let (family, given) = (&name.latin.0, &name.latin.1);
    let mut record = record;
    if account.foreign {
        let width = account.phone.1;
        record = record.set("phone", format!("{}{:0width$}", account.phone.0, 11 + number * 7));
    } else {
        let own = if account.person.is_some() { account.record.values.get("phone").cloned().unwrap_or_default() } else { mobile(index).into() };
        record = record.set("mobile", own);
        if random.chance(60) {
            record = record.set("wechat", format!("{given}_{family}{}", random.between(100, 9999)));
        }
        if !account.phone.0.is_empty() && random.chance(35) {
            record = record.set("phone", format!("{}{:04}", account.phone.0, 1000 + random.below(9000)));
        }
    }
    if !account.domain.is_empty() && random.chance(88) {
        let plain = if account.foreign { format!("{given}.{family}") } else { format!("{family}.{given}") };
        let mut mail = format!("{plain}@{}", account.domain);
        let mut again = 2;
        while !mails.insert(mail.clone()) {
            mail = format!("{plain}{again}@{}", account.domain);
            again += 1;
        }
        record = record.set("email", mail);
    }
    let channels: &[(&str, usize)] = if account.foreign {
        &[("email", 70), ("phone", 30)]
    } else {
        &[("wechat", 42), ("phone", 38), ("email", 6), ("face_to_face", 9), ("sms", 5)]
    };
    record.set("preferred_channel", random.weighted(channels))
}

fn later(at: Timestamp, days: i64) -> Timestamp {
    at.saturating_add((days * 24).hours()).unwrap_or(at)
}

/// Ties beyond the present employer: shareholders, legal representatives, advisers, family.
pub(crate) fn relations(seed: u64, today: Date, accounts: &[Account], contacts: &[Contact]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "relations");
    let mut pairs = BTreeSet::new();
    let mut records = Vec::new();
    for contact in contacts.iter().filter(|it| !accounts[it.account].foreign) {
        let account = &accounts[contact.account];
        let title = contact.record.values.get("title").and_then(|it| it.as_str()).unwrap_or_default();
        let (role, position, target) = match title {
            "总经理" if random.chance(60) => ("legal_representative", "法定代表人", contact.account),
            "副总经理" if random.chance(50) => ("shareholder", "股东", contact.account),
            "负责人" if random.chance(60) => ("family", "业主本人家庭", contact.account),
            "技术总监" if random.chance(45) => ("consultant", "技术顾问", random.below(accounts.len())),
            "供应链总监" | "财务经理" if random.chance(30) => ("director", "董事", random.below(accounts.len())),
            _ => continue,
        };
        let other = &accounts[target];
        let other_fits = !other.foreign && (other.person.is_none() || target == contact.account);
        if !other_fits || !pairs.insert((contact.key.clone(), other.key.clone())) {
            continue;
        }
        let since = plus_days(account.created, -random.between(200, 3000));
        let at = account.created_at.max(other.created_at).max(contact.record.created_at.unwrap_or(account.created_at));
        let mut record = DemoRecord::new("account_contact", format!("relation:{}", records.len()))
            .at(at)
            .owned_by(account.owner, account.department())
            .link("contact", &contact.key)
            .link("account", &other.key)
            .set("role", role)
            .set("title", position)
            .day("since", since)
            .set("primary", role == "legal_representative");
        if role == "shareholder" {
            record = record.set("share_percent", format!("{}.00", random.between(2, 49)));
        }
        if role == "consultant" && random.chance(30) {
            record = record.day("until", plus_days(today, -random.between(20, 150)).max(since));
        }
        records.push(record);
    }
    records
}
