//! Leads: people who asked, were met or were recommended, and what became of them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::accounts::{Account, mobile};
use crate::calendar::{days_between, plus_days, workday_from, workday_until, working_moment};
use crate::companies::{company_name, industry};
use crate::contacts::Contact;
use crate::deals::Deal;
use crate::names::chinese_name;
use crate::places::CITIES;
use crate::products::{PRODUCTS, PRODUCTS_SOLD};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::{SELLERS, member_of};
use crate::texts::spaced;

/// A lead as activities need it.
pub(crate) struct Lead {
    /// Key of the record.
    pub(crate) key: String,
    /// How one speaks of the person.
    pub(crate) address: String,
    /// Key of the member who follows it up.
    pub(crate) owner: &'static str,
    /// When it came in.
    pub(crate) created: Date,
    /// Value of the field.
    pub(crate) status: &'static str,
    /// Position of a product asked about.
    pub(crate) product: usize,
    /// Position of the account and contact it became.
    pub(crate) became: Option<(usize, usize)>,
    /// The record.
    pub(crate) record: DemoRecord,
}

/// Leads not converted and converted.
const OPEN_AND_DEAD: usize = 142;
const CONVERTED: usize = 40;

/// Source, its weight, and what stands beside it.
const SOURCES: [(&str, usize, &[&str]); 9] = [
    ("website", 24, &["官网产品页留言", "官网方案下载", "官网在线咨询"]),
    ("event", 22, &["中国工博会展台", "深圳工业自动化展", "成都装备展", "机械臂应用沙龙"]),
    ("referral", 12, &["老客户介绍", "供应商介绍", "校友介绍"]),
    ("outreach", 11, &["园区扫楼走访", "开发区企业拜访"]),
    ("phone_inquiry", 10, &["400 热线来电"]),
    ("social", 9, &["公众号文章留言", "短视频私信"]),
    ("partner", 6, &["华星自动化报备", "楚能工控报备"]),
    ("merchant", 7, &["配件商户推荐"]),
    ("community", 14, &["产业社区维护"]),
];

/// All leads: first those that became customers, then the others.
pub(crate) fn leads(seed: u64, today: Date, accounts: &[Account], contacts: &[Contact], deals: &[Deal]) -> Vec<Lead> {
    let mut random = Random::new(seed, "leads");
    let mut leads = Vec::new();
    let converted: Vec<(usize, usize)> = (0..contacts.len())
        .map(|it| (contacts[it].account, it))
        .filter(|&(account, contact)| {
            accounts[account].person.is_none() && !accounts[account].foreign && (contact == 0 || contacts[contact - 1].account != account)
        })
        .collect();
    let step = (converted.len() / CONVERTED).max(1);
    for &(account, contact) in converted.iter().step_by(step).take(CONVERTED) {
        // A deal much later has nothing to do with the lead.
        let soon = |it: &&Deal| days_between(accounts[account].created, it.days.0) <= 40;
        let deal = deals.iter().find(|it| it.account == account && it.contact == contact && soon(it));
        leads.push(converted_lead(&mut random, today, leads.len(), &accounts[account], (account, contact), &contacts[contact], deal));
    }
    let mut used = accounts.iter().flat_map(|it| [it.short.clone(), it.domain.trim_end_matches(".example").to_owned()]).collect();
    for _ in 0..OPEN_AND_DEAD {
        leads.push(lead(&mut random, today, leads.len(), &mut used));
    }
    leads
}

fn lead(random: &mut Random, today: Date, index: usize, used: &mut std::collections::BTreeSet<String>) -> Lead {
    let city = random.one_of(&CITIES);
    let industry = industry(random);
    let company = company_name(random, city, industry, used);
    let name = chinese_name(random);
    let age = random.between(1, 60).min(random.between(1, 300)) + if random.chance(25) { random.between(0, 200) } else { 0 };
    let created = workday_until(plus_days(today, -age));
    let status = match age {
        0..=6 => random.weighted(&[("new", 75), ("contacted", 25)]),
        7..=30 => random.weighted(&[("new", 15), ("contacted", 45), ("qualified", 28), ("disqualified", 12)]),
        _ => random.weighted(&[("contacted", 18), ("qualified", 22), ("disqualified", 60)]),
    };
    let owner = owner(random, city.region);
    let title = random.pick(&["总经理", "设备部经理", "采购经理", "电气工程师", "生产总监", "自动化工程师", "项目经理", "厂长"]);
    let at = working_moment(random, created);
    let mut record = base(random, index, at, owner)
        .set("name", name.json())
        .set("company", company.full)
        .set("title", title)
        .set("mobile", mobile(3000 + index))
        .set("address", city.address(random))
        .set("industry", industry.value)
        .set("status", status)
        .set("employees", random.log_normal(160.0, 0.8) as i64 + 10);
    if random.chance(55) {
        record = record.set("email", format!("{}.{}@{}", name.latin.0, name.latin.1, company.domain));
    }
    if random.chance(40) {
        record = record.set("wechat", format!("{}{}", name.latin.1, random.between(1000, 99_999)));
    }
    let score = match status {
        "qualified" => random.between(62, 98),
        "disqualified" => random.between(5, 45),
        _ => random.between(25, 85),
    };
    record = record.set("score", score).set(
        "rating",
        if score >= 70 {
            "hot"
        } else if score >= 40 {
            "warm"
        } else {
            "cold"
        },
    );
    if status == "disqualified" {
        let reason = random.weighted(&[
            ("no_need", 26),
            ("unreachable", 24),
            ("no_budget", 18),
            ("competitor", 14),
            ("out_of_scope", 8),
            ("wrong_contact", 6),
            ("duplicate", 4),
        ]);
        record = record.set("disqualify_reason", reason);
    } else {
        let due = plus_days(today, random.between(-4, 14)).max(created);
        record = record.day("next_follow_up", workday_from(due));
        record = record.set(
            "purchase_time",
            random.weighted(&[("within_month", 10), ("within_quarter", 35), ("within_half_year", 30), ("later", 15), ("unknown", 10)]),
        );
    }
    let (product, record) = wish(random, record);
    Lead { key: format!("lead:{index}"), address: form_of_address(&name.family, title), owner, created, status, product, became: None, record }
}

fn converted_lead(
    random: &mut Random,
    today: Date,
    index: usize,
    account: &Account,
    became: (usize, usize),
    contact: &Contact,
    deal: Option<&Deal>,
) -> Lead {
    let took = random.between(3, 40);
    let created = workday_until(plus_days(account.created, -took));
    let converted_at = deal.map_or(account.created_at, |it| it.stages[0].1.max(account.created_at));
    let values = &contact.record.values;
    let text = |field: &str| values.get(field).cloned().unwrap_or_default();
    let score = random.between(66, 99);
    let at = working_moment(random, created);
    let record = base(random, index, at, account.owner)
        .set("name", text("name"))
        .set("company", account.record.values.get("name").cloned().unwrap_or_default())
        .set("title", text("title"))
        .set("mobile", text("mobile"))
        .set("email", text("email"))
        .set("wechat", text("wechat"))
        .set("address", account.record.values.get("address").cloned().unwrap_or_default())
        .set("industry", account.industry)
        .set("status", "converted")
        .set("score", score)
        .set("rating", "hot")
        .moment("converted_at", converted_at)
        .link("converted_by", account.owner)
        .link("converted_account", &account.key)
        .link("converted_contact", &contact.key)
        .link_some("converted_opportunity", deal.map(|it| it.key.as_str()));
    let (product, record) = wish(random, record);
    debug_assert!(days_between(created, today) >= 0);
    Lead {
        key: format!("lead:{index}"),
        address: contact.address.clone(),
        owner: account.owner,
        created,
        status: "converted",
        product,
        became: Some(became),
        record,
    }
}

/// What every lead has.
fn base(random: &mut Random, index: usize, at: Timestamp, owner: &'static str) -> DemoRecord {
    let choices: Vec<(usize, usize)> = SOURCES.iter().enumerate().map(|(place, it)| (place, it.1)).collect();
    let source = &SOURCES[random.weighted(&choices)];
    DemoRecord::new("lead", format!("lead:{index}"))
        .at(at)
        .owned_by(owner, member_of(owner).department)
        .set("source", source.0)
        .set("source_detail", random.pick(source.2))
        .set("preferred_channel", random.weighted(&[("phone", 50), ("wechat", 42), ("email", 8)]))
        .set("do_not_contact", false)
}

/// What it asks for.
fn wish(random: &mut Random, record: DemoRecord) -> (usize, DemoRecord) {
    let product = random.below(PRODUCTS_SOLD);
    let it = &PRODUCTS[product];
    let mut keys = vec![it.key.to_owned()];
    if random.chance(30) {
        let second = PRODUCTS[random.below(PRODUCTS_SOLD)].key.to_owned();
        if !keys.contains(&second) {
            keys.push(second);
        }
    }
    let need = format!("{}{}，{}。", random.pick(&["想了解", "咨询", "需要报价：", "希望安排演示："]), it.name, random.pick(&WISHES));
    let need = spaced(&need);
    let mut record = record.set("need", need).link_all("interested_products", &keys);
    if random.chance(50) {
        record = record.yuan("budget", (random.log_normal(200_000.0, 0.9) as i64 / 10_000 + 1) * 10_000);
    }
    (product, record)
}

const WISHES: [&str; 16] = [
    "用于新产线",
    "替换进口设备",
    "数量先要两台试用",
    "关注交货周期",
    "希望上门勘察",
    "要求提供同行业案例",
    "需要配合 MES 对接",
    "想参观示范产线",
    "预算已报批",
    "领导要求三家比价",
    "防爆场合使用",
    "空间有限，需要紧凑方案",
    "需要本地售后",
    "用于学校实训",
    "节拍要求 10 秒以内",
    "先做技术交流",
];

fn owner(random: &mut Random, region: crate::staff::Region) -> &'static str {
    // The marketing team keeps some until they are worth a visit, operators call the newest.
    match random.below(20) {
        0 | 1 => "user:marketing",
        2 => "user:liangwei",
        3 => "user:operator",
        _ => {
            let choices: Vec<(&'static str, usize)> = SELLERS.iter().filter(|it| it.region == region).map(|it| (it.user, it.share)).collect();
            random.weighted(&choices)
        }
    }
}

fn form_of_address(family: &str, title: &str) -> String {
    let suffix = match title {
        "总经理" => "总",
        "厂长" => "厂长",
        "生产总监" => "总监",
        it if it.ends_with("工程师") => "工",
        _ => "经理",
    };
    format!("{family}{suffix}")
}
