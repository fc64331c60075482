//! Believable rows in bulk, through the ordinary write path.

use std::sync::Arc;
use std::time::Instant;

use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::shares::{self, NewShare};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::organisation::{MEMBERS, Organisation};

/// Records of one batch.
const BATCH: usize = 5_000;

const FAMILY: [&str; 20] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"];
const GIVEN: [&str; 16] = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明"];
const CITY: [&str; 10] = ["上海", "北京", "深圳", "广州", "杭州", "苏州", "成都", "武汉", "西安", "青岛"];
const TRADE: [&str; 8] = ["智能设备", "机电", "自动化", "精密机械", "新材料", "电子", "传感技术", "能源科技"];
const TITLE: [&str; 8] = ["采购经理", "总经理", "技术总监", "设备主管", "财务经理", "工程师", "厂长", "行政专员"];
/// What part a contact has in a decision.
pub const ROLE: [&str; 7] = ["decision_maker", "influencer", "champion", "buyer", "user", "gatekeeper", "opponent"];
/// How well a contact is known.
pub const RELATIONSHIP: [&str; 4] = ["new", "known", "good", "close"];
/// Contacts shared with each member one by one.
const SHARES: usize = 2;

/// How fast the load went.
pub struct Loaded {
    /// Records written.
    pub rows: usize,
    /// In so many seconds.
    pub seconds: f64,
}

impl Loaded {
    /// Rows a second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }
}

/// How many members share the records: each has at least a page of 50.
pub fn owners(size: usize) -> usize {
    (size / 50).clamp(200, MEMBERS)
}

/// Writes `size` contacts, a fifth as many accounts and `size` activities.
pub fn load(system: &Context, organisation: &Organisation, size: usize) -> Result<Loaded, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let whose = |it: usize| Whose::of(organisation, size, it as u64);
    let accounts = write(system, "account", size / 5, |it| {
        let Whose { owner, department } = whose(it);
        json!({
            "name": company(it), "owner": owner, "department": department, "level": (["a", "b", "c", "d"][it % 4]),
            "website": format!("https://c{it}.example.com"),
        })
    })?;
    let account = |it: usize| accounts[it % accounts.len()];
    let contacts = write(system, "contact", size, |it| contact(it, whose(it), account(it)))?;
    write(system, "activity", size, |it| {
        let Whose { owner, department } = whose(it);
        json!({ "subject": format!("回访 {}", company(it % accounts.len())), "kind": "call", "owner": owner, "department": department, "account": account(it) })
    })?;
    let seconds = began.elapsed().as_secs_f64();
    share(system, organisation, &contacts)?;
    Ok(Loaded { rows: size / 5 + size * 2, seconds })
}

/// Shares some contacts with each member.
fn share(system: &Context, organisation: &Organisation, contacts: &[Uuid]) -> Result<(), Box<dyn std::error::Error>> {
    let object = Arc::clone(system.schema.object("contact").ok_or("no such object")?);
    for (at, member) in organisation.members.iter().enumerate() {
        for salt in 0..SHARES {
            let record = contacts[usize::try_from(mixed(at as u64, 20 + salt as u64)).unwrap_or(0) % contacts.len()];
            let with = NewShare { principal: Principal::Member(member.id), level: ShareLevel::Read, expires_at: None };
            shares::share(system, &object, record, &with)?;
        }
    }
    Ok(())
}

/// To whom a record belongs.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// Member.
    pub owner: Uuid,
    /// His department.
    pub department: Uuid,
}

impl Whose {
    /// The owner of the record of this number.
    pub fn of(organisation: &Organisation, size: usize, it: u64) -> Self {
        let member = &organisation.members[usize::try_from(mixed(it, 1) % owners(size) as u64).unwrap_or(0)];
        Self { owner: member.id, department: organisation.departments[member.department].id }
    }
}

/// The values of one contact.
pub fn contact(it: usize, whose: Whose, account: Uuid) -> Json {
    let dice = mixed(it as u64, 2);
    let pick = |from: &[&'static str], shift: u32| from[usize::try_from(dice >> shift).unwrap_or(0) % from.len()];
    json!({
        "name": person(dice >> 3), "account": account, "owner": whose.owner, "department": whose.department, "title": pick(&TITLE, 20),
        "mobile": format!("138{:08}", it % 100_000_000), "email": format!("p{it}@example.com"), "gender": if it.is_multiple_of(2) { "male" } else { "female" },
        "decision_role": pick(&ROLE, 24), "relationship": pick(&RELATIONSHIP, 28),
    })
}

/// A number that looks drawn by lot but is the same each time.
pub fn mixed(number: u64, salt: u64) -> u64 {
    let mut mixed = number.wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A person's name.
pub fn person(number: u64) -> String {
    let part = |from: &[&'static str], number: u64| from[usize::try_from(number % from.len() as u64).unwrap_or(0)];
    format!("{}{}{}", part(&FAMILY, number), part(&GIVEN, number / 20), part(&GIVEN, number / 320))
}

fn company(it: usize) -> String {
    format!("{}{}{}有限公司", CITY[it % 10], ["星", "海", "天", "华", "瑞", "鼎", "盛", "恒"][it / 10 % 8], TRADE[it / 80 % 8])
}

/// Makes records; answers their ids.
pub fn write(context: &Context, object: &str, n: usize, values: impl Fn(usize) -> Json) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let object = Arc::clone(context.schema.object(object).ok_or("no such object")?);
    let mut ids = Vec::with_capacity(n);
    for from in (0..n).step_by(BATCH) {
        let operations = (from..n.min(from + BATCH)).map(|it| Operation::Create { values: map(values(it)) }).collect();
        let batch = Batch { object: object.clone(), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
        let now = Context { now: context.workspace.clock.now(), ..context.clone() };
        for result in execute(&now, &batch)?.results {
            ids.push(result?.id);
        }
    }
    Ok(ids)
}

/// The fields of a JSON object.
pub fn map(json: Json) -> Map<String, Json> {
    if let Json::Object(map) = json { map } else { Map::new() }
}
