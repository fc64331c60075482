//! Believable rows in bulk, through the ordinary write path.

use std::sync::Arc;
use std::time::Instant;

use guanxi_kernel::context::Context;
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::setup::Bench;

/// Records of one batch.
const BATCH: usize = 5_000;
/// Members that share the records: each owns 1 in 200.
const OWNERS: usize = 200;

const FAMILY: [&str; 20] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"];
const GIVEN: [&str; 16] = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明"];
const CITY: [&str; 10] = ["上海", "北京", "深圳", "广州", "杭州", "苏州", "成都", "武汉", "西安", "青岛"];
const TRADE: [&str; 8] = ["智能设备", "机电", "自动化", "精密机械", "新材料", "电子", "传感技术", "能源科技"];

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

/// Fills a bench with `size` contacts, a fifth as many accounts and `size` activities.
pub fn load(bench: &mut Bench, size: usize) -> Result<Loaded, Box<dyn std::error::Error>> {
    let system = bench.system();
    bench.department = write(&system, "department", 1, |_| json!({"name": "销售一部"}))?[0];
    let department = bench.department;
    bench.owners = write(&system, "user", OWNERS, |it| json!({"name": person(it), "email": format!("u{it}@example.com"), "department": department}))?;
    let owners = bench.owners.clone();
    let start = Instant::now();
    let owner = |it: usize| owners[it % OWNERS];
    let accounts = write(
        &system,
        "account",
        size / 5,
        |it| json!({"name": company(it), "owner": owner(it), "department": department, "level": (["a", "b", "c", "d"][it % 4]), "website": format!("https://c{it}.example.com")}),
    )?;
    let account = |it: usize| accounts[it % accounts.len()];
    write(&system, "contact", size, |it| contact(it, owner(it), department, account(it)))?;
    write(
        &system,
        "activity",
        size,
        |it| json!({"subject": format!("回访 {}", company(it % accounts.len())), "kind": "call", "owner": owner(it), "department": department, "account": account(it)}),
    )?;
    Ok(Loaded { rows: size / 5 + size * 2, seconds: start.elapsed().as_secs_f64() })
}

/// The values of one contact.
pub fn contact(it: usize, owner: Uuid, department: Uuid, account: Uuid) -> Json {
    json!({
        "name": person(it), "account": account, "owner": owner, "department": department, "title": "采购经理",
        "mobile": format!("138{:08}", it % 100_000_000), "email": format!("p{it}@example.com"), "gender": if it.is_multiple_of(2) { "male" } else { "female" },
    })
}

fn person(it: usize) -> String {
    format!("{}{}{}", FAMILY[it % 20], GIVEN[it / 20 % 16], GIVEN[it / 320 % 16])
}

fn company(it: usize) -> String {
    format!("{}{}{}有限公司", CITY[it % 10], ["星", "海", "天", "华", "瑞", "鼎", "盛", "恒"][it / 10 % 8], TRADE[it / 80 % 8])
}

fn write(context: &Context, object: &str, n: usize, values: impl Fn(usize) -> Json) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let object = Arc::clone(context.schema.object(object).ok_or("no such object")?);
    let mut ids = Vec::with_capacity(n);
    for from in (0..n).step_by(BATCH) {
        let operations = (from..n.min(from + BATCH)).map(|it| Operation::Create { values: map(values(it)) }).collect();
        let batch = Batch { object: object.clone(), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
        for result in execute(context, &batch)?.results {
            ids.push(result?.id);
        }
    }
    Ok(ids)
}

/// The fields of a JSON object.
pub fn map(json: Json) -> Map<String, Json> {
    if let Json::Object(map) = json { map } else { Map::new() }
}
