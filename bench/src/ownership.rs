//! Ownership rules at size: every customer with a balance for each day of six months, the rules previewed and applied.

use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::write::act;
use jiff::civil::Date;
use jiff::{ToSpan as _, tz::TimeZone};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pools::{one, write};
use crate::report::{Report, short};
use crate::setup::Bench;

/// Branches of the bank.
const BRANCHES: usize = 40;
/// Whole months of the rule.
const MONTHS: i64 = 6;
/// Balances of a customer over the six months lie at home, but for every fifth day, which lies at the next branch.
const AWAY: usize = 5;
/// Longest a preview, and a night in which nothing differs, may take for each thousand customers.
const WANTED: Duration = Duration::from_millis(3_000);
type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures them with so many customers.
pub fn run(bench: &Bench, customers: usize, report: &mut Report) -> Outcome<()> {
    if bench.system().schema.object("bench_balance").is_none() {
        apply(&bench.system(), &[SchemaChange::AddObject { object: serde_json::from_value(balance())? }], false)?;
    }
    let system = bench.system();
    let branches: Vec<Uuid> = bench.organisation.departments.iter().map(|it| it.id).take(BRANCHES).collect();
    let made = write(
        &system,
        "account",
        (0..customers).map(|it| json!({ "name": format!("零售客户 {it}"), "kind": "person", "level": "d", "department": branches[0] })),
    )?;
    let began = Instant::now();
    let days = days(&system);
    let balances = made.iter().enumerate().flat_map(|(number, customer)| {
        let (home, next) = (branches[number % branches.len()], branches[(number + 1) % branches.len()]);
        days.iter().enumerate().map(move |(at, day)| {
            let branch = if at.is_multiple_of(AWAY) { next } else { home };
            json!({ "customer": customer, "branch": branch, "day": day.to_string(), "amount": format!("{}.{:02}", 1_000 + at, number % 100) })
        })
    });
    let rows = write(&system, "bench_balance", balances)?.len();
    report.note(customers, "balances written", format!("{rows}, {:.0} rows/s", rows as f64 / began.elapsed().as_secs_f64()));
    one(
        &system,
        "ownership_rule",
        json!({ "name": format!("bench {}", system.new_id()), "condition": "level == 'd'", "finds": "largest", "measure": "monthly_average_daily",
                "related": "bench_balance", "via": "customer", "branch": "branch", "amount": "amount", "day": "day", "window_months": MONTHS }),
    )?;
    let most = WANTED.mul_f64(customers as f64 / 1_000.0);
    let away = (0..customers).filter(|it| !it.is_multiple_of(branches.len())).count();

    let began = Instant::now();
    let told = act(&system, "ownership_rule", None, "preview", &Map::new())?;
    let took = began.elapsed();
    let figure = format!("{} for {rows} balances, {} would move", short(took), told["changed"]);
    let wanted = format!("< {}", short(most));
    report.figure(customers, "ownership by monthly average, previewed", figure, &wanted, took < most && told["changed"] == json!(away));

    let job = bench.workspace.registry.job("ownership.decide").ok_or("no such job")?.clone();
    let night = || -> Outcome<Duration> {
        let began = Instant::now();
        job.run(&bench.system(), &Json::Object(Map::new()))?;
        Ok(began.elapsed())
    };
    let took = night()?;
    report.note(customers, "a night that moves them", format!("{} for {away}, {:.0} a second", short(took), away as f64 / took.as_secs_f64()));
    let took = night()?;
    report.figure(customers, "a night in which nothing differs", short(took), &wanted, took < most);
    let again = act(&system, "ownership_rule", None, "preview", &Map::new())?;
    report.figure(customers, "left to move after it", again["changed"].to_string(), "0", again["changed"] == json!(0));
    Ok(())
}

/// The object of balances, as an administrator would make it.
fn balance() -> Json {
    let label = |zh: &str, en: &str| json!({ "zh-CN": zh, "en": en });
    json!({
        "name": "bench_balance", "label": label("日终余额", "Balance of a day"), "title_field": "name", "owned": false,
        "field": [
            { "name": "name", "type": "text", "label": label("摘要", "Name") },
            { "name": "customer", "type": "reference", "target": "account", "on_delete": "cascade", "label": label("客户", "Customer") },
            { "name": "branch", "type": "department", "label": label("网点", "Branch") },
            { "name": "day", "type": "date", "indexed": true, "label": label("日期", "Day") },
            { "name": "amount", "type": "money", "label": label("金额", "Amount") },
        ],
    })
}

/// Every day of the whole months before this one.
fn days(context: &Context) -> Vec<Date> {
    let until = context.now.to_zoned(TimeZone::UTC).date().first_of_month();
    let from = until.saturating_sub(MONTHS.months());
    from.series(1.day()).take_while(|day| *day < until).collect()
}
