//! What makes two years of deals a story: the seasons of the trade, and the big one that was lost.

use jiff::civil::{Date, date};

use super::{Deal, Outcome};
use crate::accounts::Account;
use crate::calendar::{days_between, plus_days, workday_from};
use crate::deal_texts::COMPETITORS;
use crate::products::{PRODUCTS, PRODUCTS_SOLD};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::member_of;

/// What the big deal was worth at least, in yuan.
const STORY_AMOUNT: i64 = 12_800_000;
/// Who got it.
const STORY_COMPETITOR: &str = COMPETITORS[3];

/// Days until a deal ends, as the seasons have it: little is signed in February, budgets are spent before the year ends.
pub(super) fn in_season(seasons: &mut Random, start: Date, cycle: i64, today: Date) -> i64 {
    let end = plus_days(start, cycle);
    let later = match end.month() {
        2 if seasons.chance(85) => 30 + seasons.between(0, 25),
        1 if seasons.chance(35) => 60 + seasons.between(0, 20),
        8..=10 if seasons.chance(45) => days_between(end, date(end.year(), 12, 1)) + seasons.between(-10, 24),
        _ => 0,
    };
    // What ended, ended before today.
    if later > 0 && plus_days(end, later) < plus_days(today, -2) { cycle + later } else { cycle }
}

/// Most open deals have a day for what comes next, a few of them one that is past; of some nobody knows what comes next.
pub(super) fn plan_next_step(seasons: &mut Random, deal: &mut Deal, today: Date) {
    if deal.outcome != Outcome::Open {
        return;
    }
    if seasons.chance(9) {
        deal.record.values.remove("next_step");
    } else if seasons.chance(70) {
        let days = if seasons.chance(12) { -seasons.between(1, 9) } else { seasons.between(1, 14) };
        deal.record = deal.record.clone().day("next_step_date", workday_from(plus_days(today, days)));
    }
}

/// One deal of eight digits was led to the last stage and lost there, for reasons people still talk about.
pub(super) fn lose_a_big_one(deals: &mut [Deal], accounts: &[Account], today: Date) {
    let fits = |it: &&mut Deal| {
        let account = &accounts[it.account];
        let age = days_between(it.days.1, today);
        it.outcome == Outcome::Lost && it.stages.len() >= 4 && !account.foreign && !account.dealer && (30..600).contains(&age)
    };
    let Some(deal) = deals.iter_mut().filter(fits).max_by_key(|it| (it.stages.len(), it.amount)) else { return };
    let short = &accounts[deal.account].short;
    let robot = PRODUCTS.iter().take(PRODUCTS_SOLD).filter(|it| it.family == "robot").max_by_key(|it| it.price).unwrap_or(&PRODUCTS[0]);
    let quantity = STORY_AMOUNT / robot.price + 1;
    deal.amount = quantity * robot.price;
    deal.story = true;
    let (key, owner) = (deal.key.clone(), deal.owner);
    deal.lines = vec![
        DemoRecord::new("opportunity_line", format!("{key}:line:0"))
            .at(deal.stages[0].1)
            .owned_by(owner, member_of(owner).department)
            .set("name", robot.name)
            .link("opportunity", &key)
            .link("product", robot.key)
            .set("quantity", format!("{quantity}.00"))
            .yuan("unit_price", robot.price)
            .set("discount", "0.00"),
    ];
    let record = deal.record.clone().set("name", format!("{short}三期智能产线整体项目")).yuan("amount", deal.amount);
    deal.record = record
        .set("need", "三期新厂十二条线整体自动化，一次招标，要求驻厂服务两年。")
        .set("competitor", STORY_COMPETITOR)
        .link_all("tags", &["tag:strategic".to_owned()]);
    if let Some(end) = deal.changes.last_mut() {
        *end = end.clone().set("loss_reason", "competitor").set(
            "loss_note",
            "技术分第一、商务分落后：对手联合总包让利 12%，并承诺驻厂两年。教训：总经理一级的高层会面晚了一个月，没有人提前看到总包方案。",
        );
    }
}
