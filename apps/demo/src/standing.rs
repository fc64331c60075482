//! How a customer stands, which follows from its deals.

use jiff::civil::Date;

use crate::accounts::Account;
use crate::calendar::{days_between, moment, plus_days, workday_from};
use crate::deals::{Deal, Outcome};
use crate::random::Random;
use crate::record::DemoRecord;

/// Finishes the records of the customers: level, stage of life, next follow-up.
pub(crate) fn account_records(seed: u64, today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "standing");
    accounts
        .iter()
        .enumerate()
        .map(|(position, account)| {
            let own: Vec<&Deal> = deals.iter().filter(|it| it.account == position).collect();
            let lifecycle = lifecycle(&own, account, today);
            let begins = way_of(&own, account, today).first().map_or(lifecycle, |it| it.1);
            let mut record = account
                .record
                .clone()
                .at(account.created_at)
                .owned_by(account.owner, account.department())
                .set("level", level(&own, account))
                .set("lifecycle", begins);
            if let Some(day) = next_follow_up(&mut random, today, lifecycle, account) {
                record = record.day("next_follow_up", day);
            }
            if account.dealer {
                let mut tags: Vec<serde_json::Value> = record.values.get("tags").and_then(|it| it.as_array().cloned()).unwrap_or_default();
                tags.push(serde_json::json!({ "$ref": "tag:dealer" }));
                record = record.set("tags", tags);
            }
            record
        })
        .collect()
}

/// How customers went from one stage of life to the next, in the order of time.
pub(crate) fn moves(today: Date, accounts: &[Account], deals: &[Deal]) -> Vec<DemoRecord> {
    let of_one = |(position, account): (usize, &Account)| {
        let own: Vec<&Deal> = deals.iter().filter(|it| it.account == position).collect();
        let way = way_of(&own, account, today);
        let moved = way.into_iter().skip(1).map(|(day, stage)| {
            DemoRecord::new("account", account.record.key.clone()).at(moment(day, 20, 20)).by(account.owner).set("lifecycle", stage)
        });
        moved.collect::<Vec<_>>()
    };
    accounts.iter().enumerate().flat_map(of_one).collect()
}

/// The stages of life of a customer, each with the day it began: what its deals make of it, up to how it stands now.
fn way_of(own: &[&Deal], account: &Account, today: Date) -> Vec<(Date, &'static str)> {
    let yesterday = plus_days(today, -1);
    let mut way = vec![(account.created, "acquire")];
    let mut go = |day: Date, stage: &'static str| {
        // The first day is the one it was made on: it moves from the day after at the earliest.
        let day = day.max(plus_days(way.last().map_or(account.created, |it| it.0), 1));
        if day <= yesterday && way.last().is_some_and(|it| it.1 != stage) {
            way.push((day, stage));
        }
    };
    let mut won: Vec<Date> = own.iter().filter(|it| it.outcome == Outcome::Won).map(|it| it.days.1).collect();
    won.sort_unstable();
    if let Some(first) = own.iter().map(|it| it.days.0).min() {
        go(first, "convert");
    }
    if let Some(first) = won.first() {
        go(*first, "retain");
        if let Some(next) = own.iter().map(|it| it.days.0).filter(|it| it > first).min() {
            go(next, "grow");
        }
    }
    let now = lifecycle(own, account, today);
    let quiet = if now == "lost" { won.last().map_or(plus_days(account.created, 500), |it| plus_days(*it, 540)) } else { plus_days(today, -20) };
    go(quiet.min(yesterday), now);
    // What was made today or yesterday has no way behind it.
    if way.last().is_some_and(|it| it.1 != now) {
        way = vec![(account.created, now)];
    }
    way
}

fn lifecycle(own: &[&Deal], account: &Account, today: Date) -> &'static str {
    let won: Vec<&&Deal> = own.iter().filter(|it| it.outcome == Outcome::Won).collect();
    let open = own.iter().any(|it| it.outcome == Outcome::Open);
    let last = won.iter().map(|it| it.days.1).max();
    match (won.len(), open, last) {
        (2.., _, _) | (1, true, _) => "grow",
        (1, false, Some(day)) if days_between(day, today) > 540 => "lost",
        (1, false, _) => "retain",
        (0, true, _) => "convert",
        _ if own.len() > 1 && days_between(account.created, today) > 500 => "lost",
        _ => "acquire",
    }
}

fn level(own: &[&Deal], account: &Account) -> &'static str {
    let worth: i64 = own.iter().filter(|it| it.outcome != Outcome::Lost).map(|it| it.amount).sum();
    match worth {
        1_500_000.. => "a",
        500_000.. => "b",
        100_000.. => "c",
        _ if account.size > 2.2 => "b",
        _ if account.size > 0.6 => "c",
        _ => "d",
    }
}

fn next_follow_up(random: &mut Random, today: Date, lifecycle: &str, account: &Account) -> Option<Date> {
    let (often, far) = match lifecycle {
        "convert" => (92, 12),
        "grow" => (80, 21),
        "retain" => (65, 45),
        "acquire" => (55, 30),
        _ => (12, 90),
    };
    if !random.chance(often) {
        return None;
    }
    let day = if random.chance(8) { today } else { workday_from(plus_days(today, random.between(-6, far))) };
    (day >= account.created).then_some(day)
}
