//! Targets of sales for this quarter and the last two, for the company, its regions and each seller; what is over was reviewed.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::calendar::{day_of, moment, plus_days, workday_from, workday_until};
use crate::deals::{Deal, Outcome};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::member_of;

/// The company and its regions with who leads them.
const DEPARTMENTS: [(&str, &str); 4] = [
    ("department:hq", "user:fanglixin"),
    ("department:east", "user:salesmanager"),
    ("department:south", "user:wanghaitao"),
    ("department:north", "user:sunhaoran"),
];
/// Who sells.
const SELLERS: [&str; 9] = [
    "user:sales",
    "user:matengfei",
    "user:sales2",
    "user:dengjiaqi",
    "user:huangjunjie",
    "user:chensimin",
    "user:limingxuan",
    "user:zhangyating",
    "user:guanna",
];
/// Who has a target for the month too.
const MONTHLY: [&str; 4] = ["user:sales", "user:matengfei", "user:sales2", "user:dengjiaqi"];
/// Whose last review still waits for the manager.
const WAITING: &str = "user:dengjiaqi";
/// Quarters that tell what is usual.
const USUAL_QUARTERS: i64 = 4;
/// Targets are whole multiples of this, in yuan.
const STEP: i64 = 50_000;
/// Nobody is asked for less.
const LEAST: i64 = 200_000;

const PLANS: [&str; 5] = [
    "重点推进商务采购阶段的商机，每周与客户确认一次采购进度；老客户回访挖掘增购需求。",
    "梳理在谈商机，优先补齐决策链；与市场部联合举办一场区域技术交流会。",
    "以续约和改造项目保底，新客户项目力争突破两家；方案阶段请售前提前介入。",
    "每周至少三次上门拜访，本期内完成全部重点客户的需求确认。",
    "盯紧三个最大的项目，关键节点由经理陪访；超过一个月没有进展的商机及时清理。",
];
const REACHED: [&str; 3] = [
    "超额完成。主要来自两个大项目按期签约，老客户增购也好于预期。",
    "完成目标。商机推进节奏稳定，方案验证阶段的转化明显提高。",
    "达到目标，期末集中签约，前两个月偏慢。",
];
const MISSED: [&str; 3] = [
    "未完成目标。一个大项目因客户预算推迟到下一期，另有一单输给竞争对手。",
    "离目标有差距。前期商机储备不足，几个项目停在方案阶段。",
    "未达成。客户采购流程比预计长，预计成交日期估计过于乐观。",
];
const LESSONS: [&str; 4] = [
    "预计成交日期要与客户的采购计划核对后再填写。",
    "尽早接触决策人，不能只与技术人员沟通。",
    "每月第一周检查商机储备，不足目标三倍时加大拜访量。",
    "样机测试安排在方案阶段，能明显缩短周期。",
];

/// Whom targets are for.
#[derive(Clone, Copy)]
struct Whom {
    field: &'static str,
    key: &'static str,
    /// Who hands reviews in.
    responsible: &'static str,
    /// Who sets the target and confirms them.
    manager: &'static str,
}

impl Whom {
    fn all() -> impl Iterator<Item = Self> {
        let departments = DEPARTMENTS.iter().map(|&(key, head)| {
            let manager = member_of(head).manager;
            Self { field: "department", key, responsible: head, manager: if manager.is_empty() { "user:admin" } else { manager } }
        });
        departments.chain(SELLERS.iter().map(|&key| Self { field: "member", key, responsible: key, manager: member_of(key).manager }))
    }

    fn has(self, deal: &Deal) -> bool {
        match self.key {
            "department:hq" => true,
            // The teams of a region are called after it.
            key if self.field == "department" => member_of(deal.owner).department.starts_with(key),
            key => deal.owner == key,
        }
    }

    /// Yuan of what was won from a day on and before another one.
    fn won(self, deals: &[Deal], from: Date, to: Date) -> i64 {
        let closed = |it: &&Deal| it.outcome == Outcome::Won && it.stages.last().is_some_and(|(_, at)| (from..to).contains(&day_of(*at)));
        deals.iter().filter(|it| self.has(it)).filter(closed).map(|it| it.amount).sum()
    }

    /// Yuan of what is open and to be closed then.
    fn open(self, deals: &[Deal], from: Date, to: Date) -> i64 {
        let due = |it: &&Deal| it.outcome == Outcome::Open && it.expected_close().is_some_and(|day| (from..to).contains(&day));
        deals.iter().filter(|it| self.has(it)).filter(due).map(|it| it.amount).sum()
    }
}

/// The targets with what became of them.
pub(crate) fn records(seed: u64, today: Date, deals: &[Deal]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "sales targets");
    let this = date(today.year(), (today.month() - 1) / 3 * 3 + 1, 1);
    let quarter = |back: i64| this.saturating_sub((3 * back).months());
    let (mut made, mut reviews) = (Vec::new(), Vec::new());
    for whom in Whom::all() {
        let usual = whom.won(deals, quarter(USUAL_QUARTERS), this) / USUAL_QUARTERS;
        for back in [2, 1, 0] {
            let (first, behind_last) = (quarter(back), quarter(back - 1));
            let won = whom.won(deals, first, behind_last);
            // What was over is between what is usual and what came: some reached it, some did not.
            // What runs asks for more than is usual where there is more to win.
            let promised = if back == 0 { won + whom.open(deals, first, behind_last) / 2 } else { won };
            let wanted = rounded((usual + promised) / 2);
            let target = planned(&mut random, whom, ("quarter", first), "won_amount").yuan("target_amount", wanted);
            if back > 0 {
                let waits = whom.key == WAITING && back == 1;
                reviews.extend(reviewed(&mut random, whom, &target.key, (behind_last, today), (won, wanted), waits));
            }
            made.push(target);
        }
        if MONTHLY.contains(&whom.key) {
            let month = date(today.year(), today.month(), 1);
            made.push(planned(&mut random, whom, ("month", month), "won_amount").yuan("target_amount", rounded(usual * 35 / 100)));
        }
    }
    let east = Whom::all().find(|it| it.key == "department:east");
    made.extend(east.map(|whom| planned(&mut random, whom, ("quarter", this), "new_customers").set("target_count", 3)));
    made.extend(reviews);
    made
}

fn rounded(yuan: i64) -> i64 {
    (yuan.max(LEAST - STEP) / STEP + 1) * STEP
}

fn planned(random: &mut Random, whom: Whom, (period, first): (&'static str, Date), measure: &'static str) -> DemoRecord {
    let at = moment(workday_until(plus_days(first, -4)), 10, 0);
    DemoRecord::new("sales_target", format!("sales_target:{}:{period}:{first}:{measure}", whom.key))
        .at(at)
        .by(whom.manager)
        .link(whom.field, whom.key)
        .link("responsible", whom.responsible)
        .set("period", period)
        .day("period_start", first)
        .set("measure", measure)
        .set("plan", random.pick(&PLANS))
        .set("state", "running")
}

/// The review once the period is over, and that it was confirmed, as far as there was time for it.
fn reviewed(
    random: &mut Random,
    whom: Whom,
    key: &str,
    (behind_last, today): (Date, Date),
    (won, wanted): (i64, i64),
    waits: bool,
) -> Vec<DemoRecord> {
    let (review, lessons) = (random.pick(if won >= wanted { &REACHED } else { &MISSED }), random.pick(&LESSONS));
    let handed_in = workday_from(plus_days(behind_last, 2));
    let confirmed = workday_from(plus_days(handed_in, 2));
    let change = |day: Date, by: &str| DemoRecord::new("sales_target", key).at(moment(day, 16, 30)).by(by);
    let mut changes = Vec::new();
    if handed_in < today {
        let at = moment(handed_in, 16, 30);
        let hundredths = won * 10_000 / wanted;
        let change = change(handed_in, whom.responsible).set("state", "submitted").set("review", review).set("lessons", lessons);
        let change = change.yuan("reached_amount", won).set("reached_percent", format!("{}.{:02}", hundredths / 100, hundredths % 100));
        changes.push(change.link("submitted_by", whom.responsible).moment("submitted_at", at));
    }
    if confirmed < today && !waits {
        let at = moment(confirmed, 16, 30);
        changes.push(change(confirmed, whom.manager).set("state", "reviewed").link("reviewed_by", whom.manager).moment("reviewed_at", at));
    }
    changes
}
