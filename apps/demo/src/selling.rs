//! Around the deals: who else bids, who decides, who sells along; and how many visits are to be made each week.

use jiff::civil::Date;

use crate::calendar::{moment, plus_days, workday_from};
use crate::contacts::Contact;
use crate::deal_texts::{COMPETITORS, FOREIGN_COMPETITORS};
use crate::deals::{Deal, Outcome};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::SELLERS;

/// What there is to know of each competitor, in the order of their names: strengths, weaknesses, how to win.
const KNOWN: [(&str, &str, &str); 8] = [
    ("品牌知名度高，样机性能稳定", "交期长，备件贵", "强调四周交货和本地备件库"),
    ("软件生态完整", "二次开发收费高，响应慢", "演示开放接口，承诺驻场调试"),
    ("关系熟、价格灵活", "没有自有产品，质量不稳", "请客户参观工厂，比较三年总成本"),
    ("机械臂价格低，联合总包能力强", "售后人员少，节拍不稳", "用示范产线的实测良率说话"),
    ("了解自己的工艺", "没有时间维护，人员流动大", "先做一个试点工位"),
    ("设备已在现场，更换成本低", "服务口碑下滑", "提供旧线改造方案，不停产切换"),
    ("报价最低", "无质保，无调试", "把质保和调试写进比价表"),
    ("就近服务", "规模小，回款压力大", "突出两班倒的服务团队"),
];
/// Departments and members with a target: key, what is asked for in percent of what is usual, since so many days.
const TARGETS: [(&str, &str, i64, i64); 7] = [
    ("department", "department:east", 70, 720),
    ("department", "department:east", 105, 330),
    ("department", "department:south", 110, 330),
    ("department", "department:north", 100, 330),
    ("member", "user:sales", 105, 200),
    ("member", "user:sales2", 100, 200),
    ("member", "user:huangjunjie", 110, 200),
];
/// Weeks that tell what is usual.
const USUAL_WEEKS: i64 = 8;
/// Deals worth more have somebody who sells along.
const SHARED_FROM: i64 = 700_000;
/// Deals worth more have an engineer of the field team too.
const ENGINEER_FROM: i64 = 1_500_000;

/// The competitors.
pub(crate) fn competitors(today: Date) -> Vec<DemoRecord> {
    let at = moment(plus_days(today, -870), 10, 0);
    let chinese = COMPETITORS.iter().zip(KNOWN).map(|(name, (strengths, weaknesses, how))| {
        let record = DemoRecord::new("competitor", key(name)).at(at).by("user:marketing").set("name", *name);
        record.set("strengths", strengths).set("weaknesses", weaknesses).set("how_to_win", how)
    });
    let foreign = FOREIGN_COMPETITORS.iter().map(|name| DemoRecord::new("competitor", key(name)).at(at).by("user:guanna").set("name", *name));
    chinese.chain(foreign).map(|it| it.set("active", true)).collect()
}

fn key(name: &str) -> String {
    format!("competitor:{name}")
}

/// What stands around the deals.
pub(crate) fn records(seed: u64, deals: &[Deal], contacts: &[Contact]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "selling");
    let mut records = Vec::new();
    for deal in deals {
        records.extend(bids(&mut random, deal));
        records.extend(co_sellers(&mut random, deal));
    }
    // The chains lead upwards: whoever stands above comes before.
    records.extend(deals.iter().flat_map(|it| chain(&mut random, it, contacts)));
    records
}

/// How many visits are to be made each week: what is usual, or somewhat more.
pub(crate) fn targets(today: Date, activities: &[DemoRecord]) -> Vec<DemoRecord> {
    let since = moment(plus_days(today, -7 * USUAL_WEEKS), 0, 0);
    let is = |it: &DemoRecord, field: &str, value: &str| it.values.get(field).is_some_and(|known| known == value);
    let done = |it: &&DemoRecord| is(it, "kind", "visit") && is(it, "status", "done") && it.created_at.is_some_and(|at| at >= since);
    let visits: Vec<&DemoRecord> = activities.iter().filter(done).collect();
    let usual = |field: &str, whom: &str| {
        let field = if field == "member" { "owner" } else { field };
        let key = |it: &DemoRecord| it.values.get(field).and_then(|it| it["$ref"].as_str()).unwrap_or_default().to_owned();
        // The teams of a region are called after it.
        let counts = |it: &&&DemoRecord| if field == "owner" { key(it) == whom } else { key(it).starts_with(whom) };
        i64::try_from(visits.iter().filter(counts).count()).unwrap_or_default()
    };
    let target = |(field, whom, percent, days): &(&str, &str, i64, i64)| {
        let from = workday_from(plus_days(today, -days));
        let wanted = (usual(field, whom) * percent + 75 * USUAL_WEEKS) / (100 * USUAL_WEEKS);
        let record = DemoRecord::new("visit_target", format!("visit_target:{whom}:{days}")).at(moment(from, 9, 0));
        record.link(field, whom).set("visits_per_week", wanted.max(1)).day("valid_from", from)
    };
    TARGETS.iter().map(target).collect()
}

/// Who else bids: whoever the deal names, sometimes a second one.
fn bids(random: &mut Random, deal: &Deal) -> Vec<DemoRecord> {
    let Some(named) = deal.competitor() else { return Vec::new() };
    let is_foreign = FOREIGN_COMPETITORS.contains(&named);
    let mut names = vec![named];
    if random.chance(22) {
        let other = if is_foreign { random.pick(&FOREIGN_COMPETITORS) } else { random.pick(&COMPETITORS) };
        if other != named {
            names.push(other);
        }
    }
    let bid = |(number, name): (usize, &&'static str)| {
        let lost = number == 0 && deal.lost_to_competitor();
        let threat = if lost { "high" } else { random.weighted(&[("high", 25), ("medium", 50), ("low", 25)]) };
        DemoRecord::new("opportunity_competitor", format!("{}:bid:{number}", deal.key))
            .at(deal.stages[0].1)
            .by(deal.owner)
            .link("opportunity", &deal.key)
            .link("competitor", &key(name))
            .set("threat", threat)
            .set("won", lost)
    };
    names.iter().enumerate().map(bid).collect()
}

/// Who sells along: a colleague of the region, an engineer where it is large.
fn co_sellers(random: &mut Random, deal: &Deal) -> Vec<DemoRecord> {
    if deal.amount < SHARED_FROM || deal.outcome == Outcome::Lost && !deal.is_story() {
        return Vec::new();
    }
    let part = |member: &str, role: &str, split: i64| {
        DemoRecord::new("opportunity_member", format!("{}:with:{member}", deal.key))
            .at(deal.stages[0].1)
            .by(deal.owner)
            .link("opportunity", &deal.key)
            .link("member", member)
            .set("role", role)
            .set("split", format!("{split}.00"))
    };
    let mut parts = Vec::new();
    let region = SELLERS.iter().find(|it| it.user == deal.owner).map(|it| it.region);
    let colleagues: Vec<&str> = SELLERS.iter().filter(|it| Some(it.region) == region && it.user != deal.owner).map(|it| it.user).collect();
    if !colleagues.is_empty() {
        parts.push(part(random.pick(&colleagues), "co_seller", random.weighted(&[(20, 50), (30, 35), (40, 15)])));
    }
    if deal.amount >= ENGINEER_FROM {
        parts.push(part("user:caozhiqiang", "presales", 10));
    }
    parts
}

/// The decision chain of a third of the open deals, and of those worth much: whom the record of each person says decides.
fn chain(random: &mut Random, deal: &Deal, contacts: &[Contact]) -> Vec<DemoRecord> {
    let wanted = deal.is_story() || deal.outcome == Outcome::Open && (random.chance(28) || deal.amount >= ENGINEER_FROM);
    let mut people: Vec<&Contact> = contacts.iter().filter(|it| it.account == deal.account).collect();
    if !wanted || people.len() < 2 {
        return Vec::new();
    }
    people.sort_by_key(|it| rank(role_of(it)));
    let top = format!("{}:chain:0", deal.key);
    let person = |(number, it): (usize, &&Contact)| {
        let role = role_of(it);
        let attitude = match role {
            "coach" => "champion",
            "decision_maker" if deal.is_story() => "sceptic",
            _ => random.weighted(&[("supporter", 35), ("neutral", 35), ("sceptic", 18), ("opponent", 6), ("champion", 6)]),
        };
        let influence = if number == 0 { "high" } else { random.weighted(&[("medium", 60), ("high", 20), ("low", 20)]) };
        let record = DemoRecord::new("opportunity_contact", format!("{}:chain:{number}", deal.key))
            .at(deal.stages[0].1)
            .by(deal.owner)
            .link("opportunity", &deal.key)
            .link("contact", &it.key)
            .set("role", role)
            .set("attitude", attitude)
            .set("influence", influence);
        if number == 0 { record } else { record.link("reports_to", &top) }
    };
    people.iter().enumerate().map(person).collect()
}

/// The part a person plays, by what is known of him.
fn role_of(contact: &Contact) -> &'static str {
    match contact.record.values.get("decision_role").and_then(|it| it.as_str()) {
        Some("decision_maker") => "decision_maker",
        Some("influencer") => "influencer",
        Some("champion") => "coach",
        Some("buyer") => "evaluator",
        Some("gatekeeper") => "gatekeeper",
        _ => "user",
    }
}

fn rank(role: &str) -> usize {
    ["decision_maker", "influencer", "evaluator", "gatekeeper", "coach", "user"].iter().position(|it| *it == role).unwrap_or(9)
}
