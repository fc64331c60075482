//! Opportunities over two years, with the stages they went through and their products.

mod story;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::accounts::Account;
use crate::calendar::{days_between, plus_days, workday_from, workday_until, working_moment};
use crate::companies::{FOREIGN_PLACES, industry_of};
use crate::contacts::Contact;
use crate::deal_texts::{COMPETITORS, FOREIGN_COMPETITORS, FOREIGN_NEEDS, FOREIGN_NEXT_STEPS, NEEDS, NEXT_STEPS, RENEWAL_NEEDS, loss_note};
use crate::products::{PRODUCTS, PRODUCTS_SOLD};
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::{SELLERS, member_of};
use crate::texts::{spaced, within_sentence};

/// Stages in order with the probability of winning there, percent.
const STAGES: [(&str, u8); 5] = [("new", 10), ("need_confirmed", 25), ("solution", 45), ("presentation", 60), ("negotiation", 80)];
/// How many deals there are.
const DEALS: usize = 262;

/// How a deal stands today.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Still going on.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// A deal as the rest of the company needs it.
pub(crate) struct Deal {
    /// Key of the record.
    pub(crate) key: String,
    /// Position of the account.
    pub(crate) account: usize,
    /// Position of the main contact.
    pub(crate) contact: usize,
    /// Key of the member who runs it.
    pub(crate) owner: &'static str,
    /// How it stands.
    pub(crate) outcome: Outcome,
    /// First and last day of work on it; the last is today for open ones.
    pub(crate) days: (Date, Date),
    /// The stages it reached, with the moment.
    pub(crate) stages: Vec<(&'static str, Timestamp)>,
    /// Position of the main product.
    pub(crate) product: usize,
    /// Value in yuan.
    pub(crate) amount: i64,
    /// Creation as `new`, lines, then the changes of stage.
    record: DemoRecord,
    lines: Vec<DemoRecord>,
    changes: Vec<DemoRecord>,
    /// The big one that was lost.
    story: bool,
}

/// All deals. Those of one account are not far apart in number, their times are independent.
pub(crate) fn deals(seed: u64, today: Date, accounts: &[Account], contacts: &[Contact]) -> Vec<Deal> {
    let mut random = Random::new(seed, "deals");
    let mut seasons = Random::new(seed, "seasons");
    // Larger customers and older ones buy more often; dealers bring their own.
    let weights: Vec<(usize, usize)> = accounts
        .iter()
        .enumerate()
        .map(|(index, it)| {
            let age = days_between(it.created, today).clamp(30, 730) as f64 / 365.0;
            let busy = if it.foreign { 0.5 } else { 1.0 };
            (index, ((it.size * 40.0).clamp(20.0, 110.0) * age * busy) as usize + 12)
        })
        .collect();
    let mut deals: Vec<Deal> = (0..DEALS)
        .map(|number| {
            let position = random.weighted(&weights);
            deal((&mut random, &mut seasons), today, number, position, accounts, contacts)
        })
        .collect();
    story::lose_a_big_one(&mut deals, accounts, today);
    deals
}

fn deal(
    (random, seasons): (&mut Random, &mut Random),
    today: Date,
    number: usize,
    position: usize,
    accounts: &[Account],
    contacts: &[Contact],
) -> Deal {
    let account = &accounts[position];
    let people: Vec<usize> = (0..contacts.len()).filter(|&it| contacts[it].account == position).collect();
    let contact = people[if random.chance(70) { 0 } else { random.below(people.len()) }];
    let oldest = days_between(account.created, today).clamp(4, 730);
    // Business has grown: every third deal is drawn twice and the younger one kept.
    let age = random.between(3, oldest).min(if random.chance(33) { random.between(3, oldest) } else { oldest });
    let start = workday_until(plus_days(today, -age)).max(workday_from(account.created));
    let cycle = (random.log_normal(82.0, 0.5) as i64).clamp(12, 320);
    let rate = SELLERS.iter().find(|it| it.user == account.owner).map_or(33, |it| it.win_rate);
    let outcome = match days_between(start, today) > cycle {
        true if random.chance(6) => Outcome::Open, // long past its date and nobody closed it
        true if random.chance(rate) => Outcome::Won,
        true => Outcome::Lost,
        false => Outcome::Open,
    };
    let cycle = if outcome == Outcome::Open { cycle } else { story::in_season(seasons, start, cycle, today) };
    let kind = random.weighted(&[("new_business", 50), ("expansion", 20), ("replacement", 20), ("renewal", 10)]);
    let mut stages = stages(random, today, start, cycle, outcome, account.created_at);
    if pipeline(account, kind) != "pipeline:direct" {
        // The other pipelines know neither validation nor presentation.
        stages.retain(|it| !matches!(it.0, "solution" | "presentation"));
    }
    // Nothing is won without the need being known.
    if let [(_, opened), ("won", _)] = stages[..] {
        stages.insert(1, ("need_confirmed", opened));
    }
    let last = if outcome == Outcome::Open { today } else { workday_until(plus_days(start, cycle)) };
    let mut deal = Deal {
        key: format!("opportunity:{number}"),
        account: position,
        contact,
        owner: account.owner,
        outcome,
        days: (start, last),
        stages,
        product: 0,
        amount: 0,
        record: DemoRecord::new("opportunity", ""),
        lines: Vec::new(),
        changes: Vec::new(),
        story: false,
    };
    deal.choose_products(random, account, kind);
    deal.record = deal.first_record(random, today, account, &contacts[contact], kind, plus_days(start, cycle));
    story::plan_next_step(seasons, &mut deal, today);
    deal.changes = deal.stage_changes(random, account.foreign);
    deal
}

/// The way through the stages: a small deal skips some, a lost one ends anywhere.
fn stages(random: &mut Random, today: Date, start: Date, cycle: i64, outcome: Outcome, entered: Timestamp) -> Vec<(&'static str, Timestamp)> {
    let elapsed = days_between(start, today).min(cycle);
    let reached = match outcome {
        Outcome::Won => STAGES.len(),
        Outcome::Lost => random.weighted(&[(1, 14), (2, 26), (3, 24), (4, 18), (5, 18)]),
        Outcome::Open => ((elapsed * STAGES.len() as i64 / cycle.max(1)) as usize + 1).min(STAGES.len()),
    };
    let opened = working_moment(random, start).max(entered);
    let mut path = vec![("new", opened)];
    let span = if outcome == Outcome::Open { elapsed } else { cycle };
    for (step, (stage, _)) in STAGES.iter().enumerate().take(reached).skip(1) {
        let skipped = step < reached - 1 && random.chance(12);
        let day = workday_until(plus_days(start, span * step as i64 / reached as i64 + random.between(0, 2)));
        if !skipped && day < today && day > start {
            path.push((stage, working_moment(random, day)));
        }
    }
    path.sort_by_key(|it| it.1);
    match outcome {
        Outcome::Open => {}
        closed => {
            let day = workday_until(plus_days(start, cycle)).min(workday_until(plus_days(today, -1)));
            let at = working_moment(random, day).max(path[path.len() - 1].1);
            path.push((if closed == Outcome::Won { "won" } else { "lost" }, at));
        }
    }
    path
}

impl Deal {
    /// Who else bids, where that is known.
    pub(crate) fn competitor(&self) -> Option<&'static str> {
        let named = self.record.values.get("competitor").and_then(|it| it.as_str())?;
        COMPETITORS.iter().chain(&FOREIGN_COMPETITORS).find(|it| **it == named).copied()
    }

    /// Whether it was lost to who else bid.
    pub(crate) fn lost_to_competitor(&self) -> bool {
        self.changes.last().and_then(|it| it.values.get("loss_reason")).is_some_and(|it| it == "competitor")
    }

    /// The day it was first expected to close on.
    pub(crate) fn expected_close(&self) -> Option<Date> {
        self.record.values.get("close_date").and_then(|it| it.as_str()).and_then(|it| it.parse().ok())
    }

    /// Whether it is the big one that was lost.
    pub(crate) fn is_story(&self) -> bool {
        self.story
    }

    /// Chooses what it is about and what it is worth.
    fn choose_products(&mut self, random: &mut Random, account: &Account, kind: &str) {
        // A renewal is maintenance; other deals begin with equipment and may add software and services.
        let main = if kind == "renewal" { 22 } else { random.below(19) };
        let mut products = vec![main];
        if kind != "renewal" {
            for extra in [19, 20, 21, 22, 23] {
                if random.chance(17) {
                    products.push(extra);
                }
            }
            if random.chance(35) {
                let second = random.below(PRODUCTS_SOLD);
                if !products.contains(&second) {
                    products.push(second);
                }
            }
        }
        let at = self.stages[0].1;
        let scale = account.size.clamp(0.4, 2.5);
        for (number, &product) in products.iter().enumerate() {
            let it = &PRODUCTS[product];
            let usual = if matches!(it.family, "software" | "service") { 1.0 } else { scale };
            let quantity = (random.log_normal(it.usual_quantity, 0.55) * usual).round().max(1.0) as i64;
            let discount = random.weighted(&[(0, 40), (3, 12), (5, 22), (8, 12), (10, 10), (15, 4)]);
            self.amount += quantity * it.price * (100 - discount) / 100;
            self.lines.push(
                DemoRecord::new("opportunity_line", format!("{}:line:{number}", self.key))
                    .at(at)
                    .owned_by(self.owner, member_of(self.owner).department)
                    .set("name", if account.foreign { it.english } else { it.name })
                    .link("opportunity", &self.key)
                    .link("product", it.key)
                    .set("quantity", format!("{quantity}.00"))
                    .yuan("unit_price", it.price)
                    .set("discount", format!("{discount}.00")),
            );
        }
        self.product = main;
        // Early talks have an estimate, not a list of products.
        if self.stages.len() == 1 && random.chance(70) {
            self.lines.clear();
            self.amount = (self.amount / 10_000 + 1) * 10_000;
        }
    }

    fn first_record(&self, random: &mut Random, today: Date, account: &Account, contact: &Contact, kind: &'static str, planned: Date) -> DemoRecord {
        let product = &PRODUCTS[self.product];
        let close = match self.outcome {
            Outcome::Open if planned < today => workday_until(plus_days(today, -random.between(2, 25))),
            _ => workday_until(planned),
        };
        let at = self.stages[0].1;
        let mut record = DemoRecord::new("opportunity", self.key.as_str())
            .at(at)
            .owned_by(self.owner, member_of(self.owner).department)
            .set("name", name(random, account, kind, self.product))
            .link("account", &account.key)
            .link("primary_contact", &contact.key)
            .set("kind", kind)
            .link("pipeline", pipeline(account, kind))
            .set("stage", "new")
            .set("probability", "10.00")
            .yuan("amount", self.amount)
            .set("forecast", forecast(self.stages[self.stages.len() - 1].0))
            .day("close_date", close)
            .moment("stage_changed_at", at)
            .set(
                "source",
                random.weighted(&[("referral", 26), ("outreach", 22), ("event", 18), ("website", 16), ("phone_inquiry", 12), ("partner", 6)]),
            );
        if account.foreign {
            record = record.set("need", format!("{}. Interest in {}.", random.pick(&FOREIGN_NEEDS), within_sentence(product.english)));
        } else if kind == "renewal" {
            record = record.set("need", random.pick(&RENEWAL_NEEDS));
        } else {
            record = record.set("need", spaced(&format!("{}，重点考察{}。", random.pick(&NEEDS), product.name)));
        }
        if random.chance(42) {
            record = record.set("competitor", if account.foreign { random.pick(&FOREIGN_COMPETITORS) } else { random.pick(&COMPETITORS) });
        }
        if self.outcome == Outcome::Open {
            record = record.set("next_step", if account.foreign { random.pick(&FOREIGN_NEXT_STEPS) } else { random.pick(&NEXT_STEPS) });
        }
        if self.amount > 1_500_000 {
            let helper = random.pick(&["user:trainer", "user:caozhiqiang", "user:fanglixin", "user:service"]);
            record = record.link_all("team_members", &[helper.to_owned()]).link_all("tags", &["tag:strategic".to_owned()]);
        }
        if !account.dealer && account.owner == "user:luoqian" {
            record = record.link("partner", random.pick(&["account:1", "account:2", "account:3"]));
        }
        record
    }

    /// One change of the record for each stage after the first.
    fn stage_changes(&self, random: &mut Random, foreign: bool) -> Vec<DemoRecord> {
        let mut changes = Vec::new();
        for &(stage, at) in &self.stages[1..] {
            let probability = STAGES.iter().find(|it| it.0 == stage).map_or(if stage == "won" { 100 } else { 0 }, |it| it.1);
            let mut change = DemoRecord::new("opportunity", self.key.as_str()).at(at).by(self.owner);
            change = change.set("stage", stage).set("probability", format!("{probability}.00")).moment("stage_changed_at", at);
            if matches!(stage, "won" | "lost") {
                change = change.moment("closed_at", at).day("close_date", crate::calendar::day_of(at));
            }
            if stage == "won" {
                change = change.set(
                    "win_reason",
                    random.weighted(&[("product", 32), ("relationship", 20), ("service", 20), ("delivery", 14), ("price", 10), ("brand", 4)]),
                );
            }
            if stage == "lost" {
                let reason = random.weighted(&[
                    ("competitor", 28),
                    ("price", 22),
                    ("budget", 16),
                    ("project_cancelled", 12),
                    ("need_changed", 10),
                    ("decision_chain", 6),
                    ("no_response", 6),
                ]);
                change = change.set("loss_reason", reason).set("loss_note", loss_note(reason, foreign));
            }
            changes.push(change);
        }
        changes
    }
}

/// Which way of selling a deal takes.
fn pipeline(account: &Account, kind: &str) -> &'static str {
    match (account.dealer, kind) {
        (true, _) => "pipeline:partner",
        (false, "renewal") => "pipeline:service",
        (false, _) => "pipeline:direct",
    }
}

fn forecast(stage: &str) -> &'static str {
    match stage {
        "won" | "negotiation" => "commit",
        "presentation" | "solution" => "best_case",
        "lost" => "omitted",
        _ => "pipeline",
    }
}

fn name(random: &mut Random, account: &Account, kind: &str, product: usize) -> String {
    let product = &PRODUCTS[product];
    if account.foreign {
        let place = random.pick(&FOREIGN_PLACES);
        return match kind {
            "renewal" => format!("{}: annual maintenance", account.short),
            "replacement" => format!("{}: replace {} with {}", account.short, place, within_sentence(product.english)),
            _ => format!("{}: {} for {}", account.short, product.english, place),
        };
    }
    let place = random.pick(industry_of(account.industry).places);
    let things = match product.family {
        "sensor" => "传感器",
        "cabinet" => "控制柜",
        "robot" => "机械臂",
        "drive" => "伺服驱动",
        "vision" => "视觉检测",
        _ => "输送分拣",
    };
    match (kind, account.dealer) {
        ("renewal", _) => format!("{}年度维保", account.short),
        (_, true) => format!("{}{things}备货", account.short),
        ("expansion", _) => format!("{}{place}{things}增购", account.short),
        ("replacement", _) => format!("{}{place}{things}改造", account.short),
        _ => format!("{}{place}{things}项目", account.short),
    }
}

/// The records: deals, then lines, then the later changes in the order of time.
pub(crate) fn records(deals: &[Deal]) -> Vec<DemoRecord> {
    let mut records: Vec<DemoRecord> = deals.iter().map(|it| it.record.clone()).collect();
    records.extend(deals.iter().flat_map(|it| it.lines.iter().cloned()));
    let mut changes: Vec<DemoRecord> = deals.iter().flat_map(|it| it.changes.iter().cloned()).collect();
    changes.sort_by_key(|it| it.created_at);
    records.extend(changes);
    records
}
