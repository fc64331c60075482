//! Public pools: what lies in them, who claimed how much, and what goes back tomorrow night.

use jiff::civil::Date;
use serde_json::Value;

use crate::accounts::mobile;
use crate::calendar::{moment, plus_days, workday_from, workday_until, working_moment};
use crate::companies::{company_name, industry};
use crate::leads::Lead;
use crate::names::chinese_name;
use crate::places::CITIES;
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::SELLERS;

/// The pool of leads of all regions.
const LEADS: &str = "pool:leads";
/// The pool of key leads, which are assigned.
const KEY_LEADS: &str = "pool:key_leads";
/// The pool of accounts.
const ACCOUNTS: &str = "pool:accounts";
/// The rule that is in force.
const RULE: &str = "pool_rule:leads";
/// How many leads lie in the first pool, and in the second.
const LYING: (usize, usize) = (26, 5);
/// Who claims much more than the others.
const HOARDER: &str = "user:huangjunjie";

/// The pools, who may have more, and their rules.
pub(crate) fn pools(today: Date) -> Vec<DemoRecord> {
    let at = moment(plus_days(today, -400), 10, 0);
    let keys = |keys: &[&str]| keys.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let sales = keys(&["department:east", "department:south", "department:north"]);
    let pool =
        |key: &'static str, name: &str, object: &str| DemoRecord::new("pool", key).at(at).set("name", name).set("object", object).set("active", true);
    let leads = pool(LEADS, "线索公海", "lead")
        .set("description", "官网、展会和热线来的线索，以及长期没有跟进的线索。先到先得，每天最多领 8 条。")
        .set("is_default", true)
        .link_all("departments", &sales)
        .link_all("members", &keys(&["user:marketing", "user:operator"]))
        .link_all("administrators", &keys(&["user:salesmanager", "user:liangwei"]))
        .set("masked_fields", vec!["mobile", "phone"])
        .set("hidden_fields", vec!["email", "wechat"])
        .set("daily_claims", 8)
        .set("holding_cap", 60)
        .set("protect_days", 15)
        .set("former_owner_days", 30)
        .set("respond_hours", 8)
        .set("return_hours", 40)
        .set("in_working_hours", true)
        .set("run_hour", 2)
        .day("last_run_on", today);
    let key_leads = pool(KEY_LEADS, "重点线索", "lead")
        .set("description", "预算百万以上的线索，由大区总经理分配。")
        .set("visibility", "assigned")
        .link_all("departments", &sales)
        .link_all("administrators", &keys(&["user:salesmanager", "user:wanghaitao", "user:sunhaoran"]));
    let accounts = pool(ACCOUNTS, "客户公海", "account")
        .set("description", "一年半没有商机、也没有成交的客户。")
        .set("is_default", true)
        .link_all("departments", &sales)
        .link_all("administrators", &keys(&["user:salesmanager", "user:fanglixin"]))
        .set("masked_fields", vec!["mobile", "phone", "wechat"])
        .set("hidden_fields", vec!["email"])
        .set("daily_claims", 3)
        .set("daily_views", 40)
        .set("new_days", 1)
        .set("run_hour", 3)
        .day("last_run_on", today);
    let senior = DemoRecord::new("pool_limit", "pool_limit:senior")
        .at(at)
        .set("name", "林晓峰：带新人，可多持有")
        .link("pool", LEADS)
        .link("member", "user:sales")
        .set("holding_cap", 80)
        .set("daily_claims", 12);
    let rule = |key: &'static str, name: &str, pool: &str, kind: &str, from: Date| {
        let made = moment(workday_until(plus_days(from, -1)), 16, 0);
        DemoRecord::new("pool_rule", key)
            .at(made)
            .set("name", name)
            .link("pool", pool)
            .set("kind", kind)
            .day("effective_from", from)
            .set("edition", 1)
    };
    let old = rule("pool_rule:leads_old", "60 天没有跟进", LEADS, "no_follow_up", plus_days(today, -380))
        .set("days", 60)
        .set("warn_days", 7)
        .day("ends_on", plus_days(today, -90));
    let now = rule(RULE, "60 天没有跟进", LEADS, "no_follow_up", plus_days(today, -90))
        .set("days", NEGLECTED_DAYS)
        .set("warn_days", 5)
        .set("unless", "rating == 'hot'")
        .set("edition", 2)
        .link("supersedes", "pool_rule:leads_old");
    let year = rule("pool_rule:accounts", "一年半没有商机", ACCOUNTS, "no_opportunity", plus_days(today, 1))
        .set("days", 540)
        .set("days_a", 720)
        .set("warn_days", 14)
        .set("unless", "won_amount > 0");
    vec![leads, key_leads, accounts, senior, old, now.set("name", "45 天没有跟进"), year]
}

/// What leads are worth looking at first for: reason, condition, points.
const SCORES: [(&str, &str, i64); 9] = [
    ("预算 50 万以上", "budget >= 500000", 25),
    ("一个月内采购", "purchase_time == 'within_month'", 20),
    ("三个月内采购", "purchase_time == 'within_quarter'", 10),
    ("客户转介绍", "source == 'referral' || source == 'partner'", 20),
    ("展会上见过", "source == 'event'", 10),
    ("员工 300 人以上", "employees >= 300", 15),
    ("意向高", "rating == 'hot'", 10),
    ("已确认意向", "status == 'qualified'", 15),
    ("三周没有联系", "last_activity_at != null && last_activity_at < now() - days(21)", -15),
];
/// Where customers stand: name, condition, stage.
const LIFECYCLES: [(&str, &str, &str); 5] = [
    ("成交后一年没有往来", "won_amount > 0 && (last_activity_at == null || last_activity_at < now() - days(365))", "lost"),
    ("成交后又有新商机", "won_amount > 0 && open_opportunity_count > 0", "grow"),
    ("已成交", "won_amount > 0", "retain"),
    ("有在谈商机", "open_opportunity_count > 0", "convert"),
    ("还没有商机", "contact_count >= 0", "acquire"),
];
/// Whose leads are whose by region: name, condition, department, how.
const REGIONS: [(&str, &str, &str, &str); 3] = [
    ("华东：手头最少的", "address.province in ['上海市', '江苏省', '浙江省', '安徽省', '山东省']", "department:east", "least_load"),
    ("华南与西南：轮流", "address.province in ['广东省', '湖南省', '湖北省', '四川省', '重庆市', '福建省']", "department:south", "round_robin"),
    ("华北与东北：轮流", "address.province in ['北京市', '天津市', '河北省', '河南省', '陕西省', '辽宁省']", "department:north", "round_robin"),
];

/// What scores are made of, and who gets what comes in from the website.
pub(crate) fn rules(today: Date) -> Vec<DemoRecord> {
    let at = moment(plus_days(today, -300), 10, 0);
    let scores = SCORES.iter().enumerate().map(|(index, (name, condition, points))| {
        let record = DemoRecord::new("score_rule", format!("score_rule:{index}")).at(at).set("name", *name);
        record.set("condition", *condition).set("points", *points).set("active", true)
    });
    let regions = REGIONS.iter().enumerate().map(|(index, (name, condition, department, method))| {
        DemoRecord::new("assignment_rule", format!("assignment_rule:{index}"))
            .at(at)
            .set("name", *name)
            .set("object", "lead")
            .set("position", (index as i64 + 1) * 10)
            .set("active", true)
            .set("condition", *condition)
            .set("method", *method)
            .link_all("departments", &[(*department).to_owned()])
            .set("respond_hours", 4)
            .set("return_hours", 24)
            .set("in_working_hours", true)
    });
    let lifecycles = LIFECYCLES.iter().enumerate().map(|(index, (name, condition, stage))| {
        DemoRecord::new("lifecycle_rule", format!("lifecycle_rule:{index}"))
            .at(at)
            .set("name", *name)
            .set("position", (index as i64 + 1) * 10)
            .set("condition", *condition)
            .set("stage", *stage)
            .set("active", true)
    });
    // Not in use: an administrator previews whom it would move, and switches it on.
    let ownership = DemoRecord::new("ownership_rule", "ownership_rule:deals")
        .at(at)
        .set("name", "近一年成交最多的部门")
        .set("object", "account")
        .set("position", 10)
        .set("active", false)
        .set("condition", "won_amount > 0")
        .set("finds", "largest")
        .set("related", "opportunity")
        .set("via", "account")
        .set("branch", "department")
        .set("where", "stage == 'won'")
        .set("measure", "sum")
        .set("amount", "amount")
        .set("day", "close_date")
        .set("window_months", 12)
        .set("owner_becomes", "keep");
    scores.chain(regions).chain(lifecycles).chain([ownership]).collect()
}

/// Leads that lie in the pools, the claims of the last weeks, and what goes back tomorrow night.
pub(crate) fn records(seed: u64, today: Date, leads: &[Lead], activities: &[DemoRecord]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "pools");
    let mut records: Vec<DemoRecord> = Vec::new();
    let mut used = std::collections::BTreeSet::new();
    for index in 0..LYING.0 + LYING.1 {
        records.push(lying(&mut random, today, index, &mut used));
    }
    records.extend(claims(&mut random, today, leads));
    records.extend(leaving(today, leads, activities));
    records
}

fn lying(random: &mut Random, today: Date, index: usize, used: &mut std::collections::BTreeSet<String>) -> DemoRecord {
    let is_key = index >= LYING.0;
    let (city, industry) = (random.one_of(&CITIES), industry(random));
    let (company, name) = (company_name(random, city, industry, used), chinese_name(random));
    let came = workday_until(plus_days(today, -random.between(0, 40)));
    let at = working_moment(random, came);
    let source = random.weighted(&[("website", 40), ("event", 30), ("phone_inquiry", 20), ("social", 10)]);
    let mut record = DemoRecord::new("lead", format!("lead:pool:{index}"))
        .at(at)
        .by("user:marketing")
        .set("name", name.json())
        .set("company", company.full)
        .set("title", random.pick(&["总经理", "设备部经理", "采购经理", "电气工程师", "生产总监"]))
        .set("mobile", mobile(5000 + index))
        .set("address", city.address(random))
        .set("industry", industry.value)
        .set("status", "new")
        .set("rating", random.weighted(&[("hot", 15), ("warm", 55), ("cold", 30)]))
        .set("score", random.between(20, 80))
        .set("source", source)
        .set("do_not_contact", false)
        .link("pool", if is_key { KEY_LEADS } else { LEADS })
        .moment("pooled_at", at);
    if random.chance(60) {
        record = record.set("email", format!("{}.{}@{}", name.latin.0, name.latin.1, company.domain));
    }
    if is_key {
        record = record.yuan("budget", random.between(12, 40) * 100_000);
    } else if random.chance(35) {
        let before = random.pick(&["user:matengfei", "user:dengjiaqi", "user:chensimin", "user:zhangyating"]);
        record = record.link("former_owner", before).set("status", "contacted");
    }
    // Nobody's: said outright, or it would be its author's.
    for nobody in ["owner", "department"] {
        record.values.insert(nobody.to_owned(), Value::Null);
    }
    record
}

/// Claims and returns of the last weeks; one rep claims as many as the others together.
fn claims(random: &mut Random, today: Date, leads: &[Lead]) -> Vec<DemoRecord> {
    let mut moves = Vec::new();
    let recent = |it: &&Lead| it.created >= plus_days(today, -75) && SELLERS.iter().any(|seller| seller.user == it.owner);
    for lead in leads.iter().filter(recent) {
        if lead.owner != HOARDER && !random.chance(55) {
            continue;
        }
        let at = claimed_at(random, lead);
        moves.push(moved(moves.len(), lead, "claimed", at).by(lead.owner).link("to_owner", lead.owner));
        if lead.status == "contacted" && lead.owner != HOARDER && random.chance(25) {
            let back = working_moment(random, workday_until(plus_days(today, -1)).max(lead.created));
            let reason = random.weighted(&[("unreachable", 40), ("no_interest", 30), ("wrong_region", 20), ("no_capacity", 10)]);
            moves.push(moved(moves.len(), lead, "returned", back).by(lead.owner).link("from_owner", lead.owner).set("reason", reason));
            let again = working_moment(random, workday_until(plus_days(today, -1)).max(lead.created));
            moves.push(moved(moves.len(), lead, "given_back", again).by("user:salesmanager").link("to_owner", lead.owner));
        }
    }
    moves.extend(won_claims(random, today, leads, moves.len()));
    moves.retain(|it| it.created_at.is_some_and(|at| at < moment(today, 8, 0)));
    let taken: Vec<DemoRecord> = moves.iter().filter_map(|it| taken(it, leads)).collect();
    moves.extend(taken);
    moves
}

/// Claims of leads that became customers.
fn won_claims(random: &mut Random, today: Date, leads: &[Lead], from: usize) -> Vec<DemoRecord> {
    let is_seller = |it: &&Lead| SELLERS.iter().any(|seller| seller.user == it.owner);
    let won = leads.iter().filter(|it| it.status == "converted" && it.created >= plus_days(today, -380)).filter(is_seller);
    let mut moves: Vec<DemoRecord> = Vec::new();
    for lead in won {
        let is_known = lead.created >= plus_days(today, -75);
        if !is_known && random.chance(70) {
            let at = claimed_at(random, lead);
            moves.push(moved(from + moves.len(), lead, "claimed", at).by(lead.owner).link("to_owner", lead.owner));
        }
    }
    moves
}

/// A moment on the day a lead came in, after it did.
fn claimed_at(random: &mut Random, lead: &Lead) -> jiff::Timestamp {
    let at = working_moment(random, workday_from(lead.created));
    lead.record.created_at.map_or(at, |made| at.max(made))
}

/// What a claim leaves on the lead.
fn taken(claim: &DemoRecord, leads: &[Lead]) -> Option<DemoRecord> {
    let at = claim.created_at.filter(|_| claim.values.get("kind").is_some_and(|it| it == "claimed"))?;
    let key = claim.values.get("record").and_then(|it| it["id"]["$ref"].as_str())?;
    let lead = leads.iter().find(|it| it.key == key)?;
    Some(DemoRecord::new("lead", key).at(at).by(lead.owner).link("claimed_from", LEADS).moment("claimed_at", at))
}

fn moved(index: usize, lead: &Lead, kind: &str, at: jiff::Timestamp) -> DemoRecord {
    DemoRecord::new("pool_move", format!("pool_move:{index}"))
        .at(at)
        .link("pool", LEADS)
        .set("record", serde_json::json!({ "object": "lead", "id": { "$ref": lead.key } }))
        .set("kind", kind)
        .moment("moved_at", at)
}

/// Days without a call after which the rule takes a lead.
const NEGLECTED_DAYS: i64 = 45;

/// Old leads nobody worked on: their owners were told, and tomorrow night they go. Whom somebody called since stays: the night would
/// spare him.
fn leaving(today: Date, leads: &[Lead], activities: &[DemoRecord]) -> Vec<DemoRecord> {
    let since = moment(plus_days(today, -NEGLECTED_DAYS), 0, 0);
    let called: std::collections::BTreeSet<&str> = activities
        .iter()
        .filter(|it| it.values.contains_key("done_at") && it.created_at.is_some_and(|at| at >= since))
        .filter_map(|it| it.values.get("lead").and_then(|it| it["$ref"].as_str()))
        .collect();
    let is_stale = |it: &&Lead| {
        let is_cold = it.record.values.get("rating").is_some_and(|it| it != "hot");
        ["contacted", "qualified"].contains(&it.status)
            && is_cold
            && it.created < plus_days(today, -NEGLECTED_DAYS)
            && !called.contains(it.key.as_str())
            && SELLERS.iter().any(|seller| seller.user == it.owner)
    };
    let told = moment(workday_until(plus_days(today, -4)), 2, 10);
    let tomorrow = plus_days(today, 1);
    let noted = |it: &Lead| DemoRecord::new("lead", it.key.clone()).at(told).day("recycle_on", tomorrow).link("recycle_rule", RULE);
    leads.iter().filter(is_stale).take(6).map(noted).collect()
}
