//! How a customer stands, which follows from its deals.

use jiff::civil::Date;

use crate::accounts::Account;
use crate::calendar::{days_between, plus_days, workday_from};
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
            let mut record = account
                .record
                .clone()
                .at(account.created_at)
                .owned_by(account.owner, account.department())
                .set("level", level(&own, account))
                .set("lifecycle", lifecycle);
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
