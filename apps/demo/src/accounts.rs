//! Customers of the demo company.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::calendar::{plus_days, workday_until, working_moment};
use crate::companies::{FOREIGN, ForeignCompany, company_name, credit_code, industry};
use crate::names::{PersonName, chinese_name};
use crate::places::{CITIES, City};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::{Region, SELLERS, member_of};

/// A customer as the rest of the company needs it.
pub(crate) struct Account {
    /// Key of the record.
    pub(crate) key: String,
    /// As people say it.
    pub(crate) short: String,
    /// Domain of its mail.
    pub(crate) domain: String,
    /// Abroad, spoken to in English.
    pub(crate) foreign: bool,
    /// The person, where the customer is one.
    pub(crate) person: Option<PersonName>,
    /// Industry value.
    pub(crate) industry: &'static str,
    /// Start of its telephone numbers and how many digits follow.
    pub(crate) phone: (String, usize),
    /// Key of the member who looks after it.
    pub(crate) owner: &'static str,
    /// Whether it sells for us.
    pub(crate) dealer: bool,
    /// When it was entered.
    pub(crate) created_at: Timestamp,
    /// Day it was entered.
    pub(crate) created: Date,
    /// Relative size, 1.0 is usual; larger customers buy more.
    pub(crate) size: f64,
    /// The record without what follows from its deals.
    pub(crate) record: DemoRecord,
}

/// Customers at home, companies.
const HOME_COMPANIES: usize = 252;
/// Customers who are persons.
const PERSONS: usize = 12;
/// Distributors and integrators, always the same six.
const DEALERS: [(&str, &str, usize, &str); 6] = [
    ("杭州华星自动化设备有限公司", "华星自动化", 5, "huaxing-zdh"),
    ("苏州远图系统集成有限公司", "远图集成", 1, "yuantu-jc"),
    ("东莞科润达机电有限公司", "科润达机电", 13, "kerunda"),
    ("武汉楚能工控有限公司", "楚能工控", 17, "chuneng-gk"),
    ("天津渤锐自动化工程有限公司", "渤锐自动化", 21, "borui-zdh"),
    ("青岛胶澳电气有限公司", "胶澳电气", 9, "jiaoao-dq"),
];

/// All customers, in the order of their keys.
pub(crate) fn accounts(seed: u64, today: Date) -> Vec<Account> {
    let mut random = Random::new(seed, "accounts");
    let mut used = BTreeSet::new();
    let mut accounts = Vec::new();
    for (name, short, city, domain) in DEALERS {
        let mut account = home_account(&mut random, today, accounts.len(), &CITIES[city], (name, short, &format!("{domain}.example")), "software");
        account.dealer = true;
        account.owner = if short == "华星自动化" { "user:partner" } else { "user:luoqian" };
        accounts.push(account);
    }
    let cities: Vec<(usize, usize)> = CITIES.iter().enumerate().map(|(index, it)| (index, it.weight)).collect();
    while accounts.len() < DEALERS.len() + HOME_COMPANIES {
        let city = &CITIES[random.weighted(&cities)];
        let industry = industry(&mut random);
        let name = company_name(&mut random, city, industry, &mut used);
        accounts.push(home_account(&mut random, today, accounts.len(), city, (&name.full, &name.short, &name.domain), industry.value));
    }
    for index in 0..FOREIGN.len() {
        accounts.push(foreign_account(&mut random, today, accounts.len(), index));
    }
    let mut persons = BTreeSet::new();
    while persons.len() < PERSONS {
        let name = chinese_name(&mut random);
        if persons.insert(name.full.clone()) {
            accounts.push(person_account(&mut random, today, accounts.len(), name, &CITIES[random_city(&cities, persons.len())]));
        }
    }
    give_parents(&mut random, &mut accounts);
    accounts
}

fn random_city(cities: &[(usize, usize)], number: usize) -> usize {
    cities[number * 5 % cities.len()].0
}

/// When it was entered: some long ago, most within the last two years.
fn entered(random: &mut Random, today: Date) -> (Date, Timestamp) {
    let first = random.between(15, 1000);
    let age = if random.chance(45) { first.min(random.between(15, 1000)) } else { first };
    let day = workday_until(plus_days(today, -age));
    (day, working_moment(random, day))
}

fn seller(random: &mut Random, region: Region) -> &'static str {
    let choices: Vec<(&'static str, usize)> = SELLERS.iter().filter(|it| it.region == region).map(|it| (it.user, it.share)).collect();
    random.weighted(&choices)
}

const HOME_SOURCES: [(&str, usize); 11] = [
    ("website", 18),
    ("event", 17),
    ("referral", 16),
    ("outreach", 13),
    ("phone_inquiry", 10),
    ("manual", 8),
    ("partner", 7),
    ("social", 5),
    ("import", 4),
    ("merchant", 1),
    ("community", 1),
];

const HOME_TAGS: [(&str, usize); 9] = [
    ("tag:fair", 14),
    ("tag:tender", 12),
    ("tag:upgrade", 16),
    ("tag:expansion", 12),
    ("tag:price_sensitive", 12),
    ("tag:maintenance", 12),
    ("tag:training_interest", 10),
    ("tag:payment_risk", 7),
    ("tag:reference", 5),
];

const REMARKS: [&str; 14] = [
    "设备部与采购部分开决策，技术方案先过设备部。",
    "年底前有新产线投产，预算已列入计划。",
    "现有设备以进口品牌为主，关注交期和备件价格。",
    "采购走集团平台，需要先完成供应商准入。",
    "客户对数据不出厂有要求，平台需私有部署。",
    "厂区较大，拜访前请预约门岗登记。",
    "付款方式一般为 3-6-1，留 10% 质保金。",
    "总经理重视现场 5S，欢迎参观我们的示范产线。",
    "车间有防静电要求，进厂需穿防静电服。",
    "上一套设备 2019 年投产，维护记录完整。",
    "客户内部正在推数字化工厂项目，信息部参与评审。",
    "决策周期偏长，通常需要三轮技术交流。",
    "有两家竞品在接触，价格比我们低约 5%。",
    "对售后响应时间要求高，合同需写明 4 小时到场。",
];

fn home_account(random: &mut Random, today: Date, index: usize, city: &'static City, name: (&str, &str, &str), industry: &'static str) -> Account {
    let (full, short, domain) = name;
    let (created, created_at) = entered(random, today);
    let size = random.log_normal(1.0, 0.7);
    let employees = (180.0 * size * random.log_normal(1.0, 0.3)) as i64 + 12;
    let phone = (format!("+86{}{}", city.area_code, 5550 + index % 9), 4);
    let founded = plus_days(created, -random.between(500, 9000));
    let mut record = DemoRecord::new("account", format!("account:{index}"))
        .set("name", full)
        .set("short_name", short)
        .set("kind", "company")
        .set("industry", industry)
        .set("source", random.weighted(&HOME_SOURCES))
        .set("phone", format!("{}{:04}", phone.0, 1000 + random.below(9000)))
        .set("email", format!("info@{domain}"))
        .set("website", format!("https://www.{domain}"))
        .set("address", city.address(random))
        .set("location", city.point(random))
        .set("preferred_channel", random.weighted(&[("phone", 40), ("wechat", 32), ("face_to_face", 12), ("email", 8), ("wecom", 8)]))
        .set("do_not_contact", random.chance(2))
        .set("credit_code", credit_code(city.code, index))
        .set("legal_representative", chinese_name(random).full)
        .day("founded_on", founded)
        .set("employees", employees)
        .yuan("annual_revenue", employees * random.between(45, 110) * 10_000)
        .yuan("registered_capital", random.between(2, 120) * 500_000);
    record = record.link_all("tags", &tags(random, &HOME_TAGS));
    if random.chance(45) {
        record = record.set("description", random.pick(&REMARKS));
    }
    Account {
        key: format!("account:{index}"),
        short: short.to_owned(),
        domain: domain.to_owned(),
        foreign: false,
        person: None,
        industry,
        phone,
        owner: seller(random, city.region),
        dealer: false,
        created_at,
        created,
        size,
        record,
    }
}

fn tags(random: &mut Random, from: &[(&str, usize)]) -> Vec<String> {
    let count = random.weighted(&[(0, 40), (1, 35), (2, 20), (3, 5)]);
    let chosen: BTreeSet<String> = (0..count).map(|_| random.weighted(from).to_owned()).collect();
    chosen.into_iter().collect()
}

const FOREIGN_STREETS: [&str; 8] =
    ["Industrial Park Road", "Harbour Road", "Station Road", "Mill Lane", "Technology Drive", "Foundry Street", "Canal Street", "Commerce Way"];
const FOREIGN_REMARKS: [&str; 6] = [
    "Technical documents in English; invoices through the joint venture in Suzhou.",
    "Group purchasing compares three bidders for every project above 100,000 EUR.",
    "Needs CE declarations for every cabinet and robot cell.",
    "Maintenance shutdown in the last week of August; plan installation around it.",
    "Prefers video calls in the afternoon, Shanghai time.",
    "Interested in remote monitoring, data has to stay on their own servers.",
];

fn foreign_account(random: &mut Random, today: Date, index: usize, number: usize) -> Account {
    let ForeignCompany { name, short, domain, country, city, phone: prefix, digits, industry } = FOREIGN[number];
    let (created, created_at) = entered(random, today);
    let size = random.log_normal(1.6, 0.5);
    let domain = format!("{domain}.example");
    let employees = (260.0 * size) as i64 + 20;
    let record = DemoRecord::new("account", format!("account:{index}"))
        .set("name", name)
        .set("short_name", short)
        .set("kind", "company")
        .set("industry", industry)
        .set("source", random.weighted(&[("event", 35), ("website", 30), ("referral", 20), ("partner", 10), ("social", 5)]))
        .set("phone", format!("{prefix}{:0digits$}", 1))
        .set("email", format!("contact@{domain}"))
        .set("website", format!("https://www.{domain}"))
        .set(
            "address",
            json!({ "country": country, "city": city, "street": format!("{} {}", random.between(1, 240), random.pick(&FOREIGN_STREETS)) }),
        )
        .set("preferred_channel", random.weighted(&[("email", 70), ("phone", 25), ("face_to_face", 5)]))
        .set("do_not_contact", false)
        .day("founded_on", plus_days(created, -random.between(2000, 20_000)))
        .set("employees", employees)
        .yuan("annual_revenue", employees * random.between(90, 210) * 10_000)
        .link_all("tags", &["tag:foreign".to_owned()])
        .set("description", random.pick(&FOREIGN_REMARKS));
    Account {
        key: format!("account:{index}"),
        short: short.to_owned(),
        domain,
        foreign: true,
        person: None,
        industry,
        phone: (prefix.to_owned(), digits),
        owner: seller(random, Region::Overseas),
        dealer: false,
        created_at,
        created,
        size,
        record,
    }
}

fn person_account(random: &mut Random, today: Date, index: usize, name: PersonName, city: &'static City) -> Account {
    let (created, created_at) = entered(random, today);
    let record = DemoRecord::new("account", format!("account:{index}"))
        .set("name", name.full.as_str())
        .set("kind", "person")
        .set("source", random.weighted(&[("merchant", 30), ("community", 20), ("social", 30), ("referral", 20)]))
        .set("phone", mobile(9000 + index))
        .set("address", city.address(random))
        .set("preferred_channel", random.weighted(&[("wechat", 70), ("phone", 30)]))
        .set("do_not_contact", false)
        .set(
            "description",
            random.pick(&["个体设备维修，常年采购传感器和备件。", "独立自动化顾问，介绍过多家客户。", "小型加工坊业主，考虑买第一台协作机械臂。"]),
        );
    Account {
        key: format!("account:{index}"),
        short: name.full.clone(),
        domain: String::new(),
        foreign: false,
        industry: "machinery",
        phone: (String::new(), 0),
        owner: seller(random, city.region),
        dealer: false,
        created_at,
        created,
        size: 0.12,
        person: Some(name),
        record,
    }
}

/// A mobile number of its own for each `number` below 10,000: the four zeros in the middle show that it is made up.
pub(crate) fn mobile(number: usize) -> String {
    const PREFIXES: [&str; 20] =
        ["130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "153", "155", "157", "158", "159", "180", "185", "188"];
    format!("+86{}0000{:04}", PREFIXES[number % PREFIXES.len()], number * 7919 % 10_000)
}

/// Lets some companies belong to a group: those whose name says so lead.
fn give_parents(random: &mut Random, accounts: &mut [Account]) {
    let is_group = |it: &Account| it.record.values.get("name").and_then(|it| it.as_str()).is_some_and(|it| it.contains("集团"));
    let groups: Vec<usize> = (0..accounts.len()).filter(|&it| is_group(&accounts[it])).collect();
    let Some(&first) = groups.first() else { return };
    for index in first + 1..accounts.len() {
        let fits = !accounts[index].foreign && accounts[index].person.is_none() && !is_group(&accounts[index]);
        if fits && random.chance(9) {
            let leaders: Vec<usize> = groups.iter().copied().filter(|&it| it < index).collect();
            let leader = accounts[random.pick(&leaders)].key.clone();
            accounts[index].record = std::mem::replace(&mut accounts[index].record, DemoRecord::new("account", "")).link("parent", &leader);
        }
    }
}

impl Account {
    /// Department of the owner.
    pub(crate) fn department(&self) -> &'static str {
        member_of(self.owner).department
    }
}
