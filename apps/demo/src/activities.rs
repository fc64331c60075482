//! Calls, visits, messages, appointments and tasks: two years done, two weeks ahead.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::accounts::Account;
use crate::calendar::{day_of, days_between, is_workday, moment, plus_days, workday_from, workday_until, working_moment};
use crate::contacts::Contact;
use crate::deals::{Deal, Outcome};
use crate::leads::Lead;
use crate::products::PRODUCTS;
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::member_of;
use crate::texts::{Phase, Topic, compose, plan};

/// What the work was for.
#[derive(Clone, Copy, Default)]
struct About<'a> {
    account: Option<&'a Account>,
    contact: Option<&'a Contact>,
    deal: Option<&'a Deal>,
    lead: Option<&'a Lead>,
}

impl About<'_> {
    fn topic(&self, product: usize) -> Topic<'_> {
        let foreign = self.account.is_some_and(|it| it.foreign);
        let product = &PRODUCTS[product];
        Topic {
            who: self.contact.map(|it| it.address.as_str()).or(self.lead.map(|it| it.address.as_str())).unwrap_or("客户"),
            account: self.account.map_or("客户", |it| it.short.as_str()),
            product: if foreign { product.english } else { product.name },
            foreign,
        }
    }

    fn link(&self, record: DemoRecord) -> DemoRecord {
        record
            .link_some("account", self.account.map(|it| it.key.as_str()))
            .link_some("contact", self.contact.map(|it| it.key.as_str()))
            .link_some("opportunity", self.deal.map(|it| it.key.as_str()))
            .link_some("lead", self.lead.map(|it| it.key.as_str()))
    }
}

/// Everything the activities are drawn from.
pub(crate) struct Company<'a> {
    /// Customers.
    pub(crate) accounts: &'a [Account],
    /// People there.
    pub(crate) contacts: &'a [Contact],
    /// Deals.
    pub(crate) deals: &'a [Deal],
    /// Leads.
    pub(crate) leads: &'a [Lead],
    /// The day it is.
    pub(crate) today: Date,
}

/// All activities, oldest first.
pub(crate) fn records(seed: u64, company: &Company) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "activities");
    let mut records = Vec::new();
    for deal in company.deals {
        deal_work(&mut random, company, deal, &mut records);
    }
    for (position, account) in company.accounts.iter().enumerate() {
        account_work(&mut random, company, position, account, &mut records);
    }
    for lead in company.leads {
        lead_work(&mut random, company, lead, &mut records);
    }
    planned_work(&mut random, company, &mut records);
    records.sort_by_key(|it| it.created_at);
    for (index, record) in records.iter_mut().enumerate() {
        record.key = format!("activity:{index}");
    }
    records
}

fn phase_of(stage: &str) -> Phase {
    match stage {
        "new" | "need_confirmed" => Phase::Explore,
        "solution" | "presentation" => Phase::Solution,
        _ => Phase::Commerce,
    }
}

fn deal_work(random: &mut Random, company: &Company, deal: &Deal, records: &mut Vec<DemoRecord>) {
    let account = &company.accounts[deal.account];
    let people: Vec<&Contact> = company.contacts.iter().filter(|it| it.account == deal.account).collect();
    let (first, last) = deal.days;
    let span = days_between(first, last.min(plus_days(company.today, -1)));
    let count = (span / 12 + 2).clamp(2, 13);
    for step in 0..count {
        let day = workday_from(plus_days(first, span * step / count + random.between(0, (span / count).max(1))));
        if day >= company.today || day > last {
            continue;
        }
        let stage = deal.stages.iter().rev().find(|it| day_of(it.1) <= day).map_or("new", |it| it.0);
        let contact = if random.chance(65) { &company.contacts[deal.contact] } else { random.pick(&people) };
        let about = About { account: Some(account), contact: Some(contact), deal: Some(deal), lead: None };
        records.push(past(random, about, deal.owner, day, phase_of(stage), deal.product));
    }
    if deal.outcome == Outcome::Won {
        for days in [20, 60, 150] {
            let day = workday_from(plus_days(last, days + random.between(0, 15)));
            let about = About { account: Some(account), contact: Some(&company.contacts[deal.contact]), deal: None, lead: None };
            if day < company.today && random.chance(62) {
                let owner = random.pick(&["user:service", "user:operator", "user:xielijuan", "user:caozhiqiang", "user:trainer", "user:hanxue"]);
                let phase = if owner == "user:trainer" { Phase::Training } else { Phase::Service };
                records.push(past(random, about, owner, day, phase, deal.product));
            }
        }
    }
}

/// Keeping in touch outside any deal; the first contact is soon after the account was entered.
fn account_work(random: &mut Random, company: &Company, position: usize, account: &Account, records: &mut Vec<DemoRecord>) {
    let people: Vec<&Contact> = company.contacts.iter().filter(|it| it.account == position).collect();
    let age = days_between(account.created, company.today);
    for step in 0..random.weighted(&[(1, 35), (2, 35), (3, 20), (4, 10)]) {
        let after = if step == 0 { random.between(1, 9) } else { random.between(5, age.max(6)) };
        let day = workday_from(plus_days(account.created, after));
        if day < company.today {
            let about = About { account: Some(account), contact: Some(random.pick(&people)), ..About::default() };
            let product = random.below(19);
            let phase = if step == 0 { Phase::Explore } else { Phase::Care };
            records.push(past(random, about, account.owner, day, phase, product));
        }
    }
}

fn lead_work(random: &mut Random, company: &Company, lead: &Lead, records: &mut Vec<DemoRecord>) {
    let count = match lead.status {
        "new" => 0,
        "contacted" => random.between(1, 2),
        _ => random.between(1, 3),
    };
    for step in 0..count {
        let day = workday_from(plus_days(lead.created, step * 4 + random.between(1, 4)));
        if day < company.today {
            // Work on a lead moves along when it becomes a customer.
            let about = match lead.became {
                Some((account, contact)) => {
                    About { account: Some(&company.accounts[account]), contact: Some(&company.contacts[contact]), deal: None, lead: Some(lead) }
                }
                None => About { lead: Some(lead), ..About::default() },
            };
            records.push(past(random, about, lead.owner, day, Phase::Explore, lead.product));
        }
    }
}

fn kind_for(random: &mut Random, owner: &str, lead: bool) -> &'static str {
    match owner {
        "user:operator" | "user:xielijuan" => random.weighted(&[("call", 90), ("message", 10)]),
        "user:caozhiqiang" | "user:hanxue" => random.weighted(&[("visit", 60), ("call", 30), ("task", 10)]),
        "user:trainer" => random.weighted(&[("appointment", 60), ("call", 30), ("message", 10)]),
        _ if lead => random.weighted(&[("call", 55), ("message", 28), ("visit", 12), ("task", 5)]),
        _ => random.weighted(&[("call", 40), ("visit", 23), ("message", 18), ("appointment", 8), ("task", 11)]),
    }
}

/// A piece of work on a day that is over.
fn past(random: &mut Random, about: About, owner: &'static str, day: Date, phase: Phase, product: usize) -> DemoRecord {
    let lead_only = about.account.is_none();
    let mut kind = kind_for(random, owner, lead_only);
    if about.account.is_some_and(|it| it.foreign) && kind == "visit" && random.chance(70) {
        kind = "appointment";
    }
    let topic = about.topic(product);
    let manner = if kind == "visit" { random.weighted(&VISIT_METHODS) } else { kind };
    let (subject, text) = compose(random, kind, manner, phase, &topic);
    let minutes = match kind {
        "call" => random.between(2, 24),
        "visit" => random.between(3, 10) * 15,
        "appointment" => random.between(2, 6) * 15,
        "message" => 0,
        _ => random.between(1, 5) * 60,
    };
    let start = starting(random, day, minutes);
    let end = add_minutes(start, minutes);
    let unanswered = kind == "call" && random.chance(13);
    let text = if unanswered { random.pick(&UNANSWERED[usize::from(topic.foreign)]).to_string() } else { text };
    let cancelled = !unanswered && kind != "call" && kind != "message" && random.chance(4);
    let mut record = DemoRecord::new("activity", "")
        .at(end)
        .owned_by(owner, member_of(owner).department)
        .set("subject", subject)
        .set("kind", kind)
        .set("status", if cancelled { "cancelled" } else { "done" })
        .set("priority", random.weighted(&[("normal", 70), ("high", 18), ("low", 9), ("urgent", 3)]))
        .moment("start_at", start)
        .set("description", text);
    if !cancelled {
        record = record.moment("done_at", end).set("outcome", outcome(random, unanswered));
    }
    record = about.link(particulars(random, record, about, (kind, manner), (start, end), unanswered));
    match kind {
        "task" => record.moment("due_at", moment(day, 18, 0)),
        _ => record,
    }
}

/// How visits are made.
const VISIT_METHODS: [(&str, usize); 6] =
    [("door_visit", 68), ("branch_appointment", 14), ("salon_event", 8), ("phone", 5), ("sms", 2), ("other", 3)];

/// When work of this length begins, so that it ends within the day.
fn starting(random: &mut Random, day: Date, minutes: i64) -> Timestamp {
    let start = working_moment(random, day);
    let latest = add_minutes(moment(day, 18, 0), -minutes);
    start.min(latest)
}

const UNANSWERED: [[&str; 4]; 2] = [
    ["无人接听，稍后再打。", "占线，改发微信说明来意。", "对方在开会，约下午再打。", "前台接听，本人出差，下周回。"],
    [
        "No answer, will try again.",
        "Left a message with the front desk.",
        "On a business trip until next week.",
        "In a meeting, call back in the afternoon.",
    ],
];

fn outcome(random: &mut Random, unanswered: bool) -> &'static str {
    if unanswered { "no_answer" } else { random.weighted(&[("progress", 42), ("neutral", 46), ("blocked", 7), ("rescheduled", 5)]) }
}

/// What only this kind of work has.
fn particulars(
    random: &mut Random,
    record: DemoRecord,
    about: About,
    (kind, manner): (&str, &str),
    time: (Timestamp, Timestamp),
    unanswered: bool,
) -> DemoRecord {
    let (start, end) = time;
    let seconds = (end.as_second() - start.as_second()).max(60);
    let field = |name: &str| about.account.and_then(|it| it.record.values.get(name)).cloned().unwrap_or(Value::Null);
    match kind {
        "call" => {
            let direction = if !unanswered && random.chance(24) { "incoming" } else { "outgoing" };
            let record = record.set("direction", direction);
            if unanswered { record } else { record.moment("end_at", end).set("duration", seconds) }
        }
        "message" => {
            let foreign = about.account.is_some_and(|it| it.foreign);
            let channel = if foreign { "email" } else { random.weighted(&[("wechat", 66), ("wecom", 14), ("email", 10), ("sms", 8), ("letter", 2)]) };
            record.set("channel", channel).set("direction", if random.chance(30) { "incoming" } else { "outgoing" })
        }
        "visit" => {
            let mut record = record.moment("end_at", end).set("duration", seconds).set("visit_method", manner);
            if manner == "door_visit" {
                record = record.set("location", field("address"));
                if random.chance(70) && !field("location").is_null() {
                    record = checked_in(record, &field("location"), time);
                }
            }
            record
        }
        "appointment" => {
            let helpers: Vec<String> = if random.chance(45) {
                vec![random.pick(&["user:trainer", "user:caozhiqiang", "user:marketing", "user:salesmanager", "user:service"]).to_string()]
            } else {
                Vec::new()
            };
            record.moment("end_at", end).set("duration", seconds).link_all("participants", &helpers)
        }
        _ => record,
    }
}

/// A visit that was checked in at the customer's, and out when it ended.
fn checked_in(record: DemoRecord, place: &Value, (start, end): (Timestamp, Timestamp)) -> DemoRecord {
    let seconds = (end.as_second() - start.as_second()).max(60);
    // Phones are exact to some ten metres.
    let metres = 8 + start.as_second() / 60 % 83;
    let record = record.set("check_in", place.clone()).moment("check_in_at", start).set("check_in_accuracy", 15);
    let record = record.set("check_in_distance", metres).set("check_in_place", "near").set("check_out", place.clone());
    record.moment("check_out_at", end).set("check_out_distance", metres).set("onsite", seconds)
}

/// Today, the next two weeks, and a little that is overdue, for everybody who works with customers.
fn planned_work(random: &mut Random, company: &Company, records: &mut Vec<DemoRecord>) {
    let yesterday = workday_until(plus_days(company.today, -1));
    let home: Vec<usize> = (0..company.accounts.len()).filter(|&it| !company.accounts[it].foreign).collect();
    for owner in PLANNERS {
        let own: Vec<&Deal> = company.deals.iter().filter(|it| it.owner == owner && it.outcome == Outcome::Open).collect();
        let accounts: Vec<usize> = (0..company.accounts.len()).filter(|&it| company.accounts[it].owner == owner).collect();
        // Today (even on a Sunday something is due), the workdays ahead, then two overdue tasks.
        let mut plan_days = vec![(company.today, true), (company.today, !is_workday(company.today)), (company.today, true)];
        plan_days.extend((0..7).map(|step| (workday_from(plus_days(company.today, 1 + step * 2)), step % 2 == 0)));
        plan_days.extend([(workday_until(plus_days(yesterday, -2)), true), (yesterday, true)]);
        for (number, (day, task)) in plan_days.into_iter().enumerate() {
            let deal = (!own.is_empty() && random.chance(65)).then(|| random.pick(&own));
            let account = match deal {
                Some(it) => it.account,
                None if accounts.is_empty() => random.pick(&home),
                None => random.pick(&accounts),
            };
            let people: Vec<&Contact> = company.contacts.iter().filter(|it| it.account == account).collect();
            let about = About { account: Some(&company.accounts[account]), contact: Some(random.pick(&people)), deal, lead: None };
            let made = about.account.map_or(yesterday, |it| it.created).max(deal.map_or(yesterday, |it| it.days.0)).max(plus_days(yesterday, -6));
            let made = workday_until(made.max(plus_days(day.min(yesterday), -6)).min(yesterday));
            let at = moment(made, 18, (number % 50) as i8);
            records.push(planned(random, about, owner, day, task, at, number));
        }
    }
}

/// Those who have something to do in the next weeks.
const PLANNERS: [&str; 21] = [
    "user:sales",
    "user:sales2",
    "user:salesmanager",
    "user:matengfei",
    "user:dengjiaqi",
    "user:wanghaitao",
    "user:huangjunjie",
    "user:chensimin",
    "user:sunhaoran",
    "user:limingxuan",
    "user:zhangyating",
    "user:guanna",
    "user:luoqian",
    "user:partner",
    "user:service",
    "user:operator",
    "user:marketing",
    "user:trainer",
    "user:caozhiqiang",
    "user:hanxue",
    "user:xielijuan",
];

fn planned(random: &mut Random, about: About, owner: &'static str, day: Date, task: bool, at: Timestamp, number: usize) -> DemoRecord {
    let kind = if task { "task" } else { random.weighted(&[("appointment", 45), ("visit", 35), ("call", 20)]) };
    let phase = match (owner, about.deal) {
        (_, Some(deal)) => phase_of(deal.stages[deal.stages.len() - 1].0),
        ("user:service" | "user:operator" | "user:caozhiqiang" | "user:hanxue" | "user:xielijuan", None) => Phase::Service,
        ("user:trainer", None) => Phase::Training,
        ("user:marketing", None) => Phase::Market,
        _ => Phase::Care,
    };
    let product = about.deal.map_or_else(|| random.below(19), |it| it.product);
    let hours = [9, 10, 14, 15, 16];
    let start = moment(day, hours[number % hours.len()], if random.chance(50) { 0 } else { 30 });
    let status = if number == 0 || random.chance(15) { "in_progress" } else { "open" };
    let mut record = DemoRecord::new("activity", "")
        .at(at)
        .owned_by(owner, member_of(owner).department)
        .set("subject", plan(random, kind, phase, &about.topic(product)))
        .set("kind", kind)
        .set("status", status)
        .set("priority", random.weighted(&[("normal", 60), ("high", 26), ("low", 6), ("urgent", 8)]));
    record = match kind {
        "task" => {
            let hour = [11, 18, 15, 17][number % 4];
            record.moment("start_at", moment(day, hour - 1, 0)).moment("due_at", moment(day, hour, 0))
        }
        "visit" => record.moment("start_at", start).moment("end_at", add_minutes(start, 90)).set("visit_method", "door_visit"),
        "call" => record.moment("start_at", start).moment("due_at", moment(day, 18, 0)).set("direction", "outgoing"),
        _ => record.moment("start_at", start).moment("end_at", add_minutes(start, 60)),
    };
    about.link(record)
}

fn add_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    at.saturating_add(minutes.minutes()).unwrap_or(at)
}
