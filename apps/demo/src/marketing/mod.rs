//! Campaigns, what they cost, communities, and which leads, customers and deals came of them.

pub(crate) mod forms;
mod links;
mod tables;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::calendar::{day_of, days_between, moment, plus_days, workday_until, working_moment};
use crate::places::CITIES;
use crate::random::Random;
use crate::record::DemoRecord;
use crate::staff::member_of;
use tables::{CAMPAIGNS, COMMUNITIES, Campaign, MESSAGES, RUNNING_COSTS, VISITS};

/// So long after its end leads still come of a campaign.
const ECHO_DAYS: i64 = 120;
/// Leads as old as this are told of together with the campaign of their time, where there was one.
const OLD_DAYS: i64 = 75;
/// How far back running costs go.
const COST_DAYS: i64 = 720;

/// Campaigns and communities.
pub(crate) fn records(seed: u64, today: Date) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "marketing");
    let mut records: Vec<DemoRecord> = CAMPAIGNS.iter().map(|it| campaign(it, today)).collect();
    records.extend(CAMPAIGNS.iter().flat_map(|it| costs_of(it, today)));
    records.extend(running_costs(&mut random, today));
    records.extend(COMMUNITIES.iter().map(|it| community(&mut random, it, today)));
    records
}

/// A day that is over.
fn past(day: Date, today: Date) -> Date {
    workday_until(day.min(plus_days(today, -1)))
}

fn campaign(it: &Campaign, today: Date) -> DemoRecord {
    let (first, last) = span(it, today);
    let status = if it.cancelled {
        "cancelled"
    } else if first > today {
        "planned"
    } else if last >= today {
        "running"
    } else {
        "done"
    };
    let made = past(plus_days(first, -75), today);
    let record = DemoRecord::new("campaign", it.key)
        .at(moment(made, 10, 0))
        .owned_by(it.owner, member_of(it.owner).department)
        .set("name", name_of(it, first))
        .set("kind", it.kind)
        .set("source", it.source)
        .set("status", status)
        .day("starts_on", first)
        .day("ends_on", last)
        .yuan("budget", it.budget)
        .set("expected_leads", it.expected_leads)
        .set("goal", it.goal);
    let record = links::tag_of(it.key).into_iter().fold(record, |record, tag| record.set("utm_campaign", tag));
    ["research", "plan", "execution", "review"].iter().zip(it.texts).fold(record, |record, (field, text)| record.set(field, text))
}

/// With the month: the same fair may come twice within a year.
fn name_of(it: &Campaign, first: Date) -> String {
    format!("{} 年 {} 月 {}", first.year(), first.month(), it.name)
}

fn span(it: &Campaign, today: Date) -> (Date, Date) {
    let first = plus_days(today, it.days.0);
    (first, plus_days(first, it.days.1 - 1))
}

fn costs_of(it: &Campaign, today: Date) -> Vec<DemoRecord> {
    let (first, _) = span(it, today);
    let paid = |(index, (note, days, yuan)): (usize, &(&'static str, i64, i64))| {
        let day = past(plus_days(first, *days), today);
        DemoRecord::new("campaign_cost", format!("{}:cost:{index}", it.key))
            .at(moment(day, 16, 0))
            .by(it.owner)
            .link("campaign", it.key)
            .set("source", it.source)
            .set("note", *note)
            .day("spent_on", day)
            .yuan("amount", *yuan)
    };
    it.costs.iter().enumerate().map(paid).collect()
}

fn running_costs(random: &mut Random, today: Date) -> Vec<DemoRecord> {
    let mut records = Vec::new();
    for (source, note, every, yuan) in RUNNING_COSTS {
        for number in 0..COST_DAYS / every {
            let day = past(plus_days(today, -number * every - 2), today);
            let paid = yuan * random.between(85, 118) / 100;
            records.push(
                DemoRecord::new("campaign_cost", format!("campaign_cost:{source}:{number}"))
                    .at(moment(day, 16, 30))
                    .by("user:marketing")
                    .set("source", source)
                    .set("note", note)
                    .day("spent_on", day)
                    .yuan("amount", paid),
            );
        }
    }
    records
}

fn community(random: &mut Random, it: &tables::Community, today: Date) -> DemoRecord {
    let &(key, name, is_virtual, keeper, place, size, contact) = it;
    let record = DemoRecord::new("community", key)
        .at(moment(past(plus_days(today, -random.between(430, 640)), today), 11, 0))
        .owned_by(keeper, member_of(keeper).department)
        .set("name", name)
        .set("kind", if is_virtual { "virtual" } else { "physical" })
        .set("contact_person", contact)
        .day("next_maintenance", plus_days(today, random.between(2, 20)));
    if is_virtual {
        let record = record.set("platform", place).set("members", size);
        return if place == "forum" { record.set("link", "https://forum.gongkong.example") } else { record };
    }
    let city = CITIES.iter().find(|it| it.short == place).unwrap_or(&CITIES[0]);
    record.set("address", city.address(random)).set("households", size)
}

/// Visits to communities and messages to their members, and when they were last kept up.
pub(crate) fn upkeep(seed: u64, today: Date) -> Vec<DemoRecord> {
    let mut random = Random::new(seed, "upkeep");
    let mut records = Vec::new();
    for &(key, name, is_virtual, keeper, place, ..) in &COMMUNITIES {
        let mut last = None;
        for number in (0..random.between(3, 6)).rev() {
            let day = past(plus_days(today, -number * random.between(20, 30) - random.between(2, 15)), today);
            let at = working_moment(&mut random, day);
            last = last.max(Some(at));
            let text = if is_virtual { random.pick(&MESSAGES) } else { random.pick(&VISITS) };
            let record = DemoRecord::new("activity", format!("{key}:upkeep:{number}"))
                .at(at)
                .owned_by(keeper, member_of(keeper).department)
                .set("subject", format!("村社维护：{name}"))
                .set("status", "done")
                .set("priority", "normal")
                .moment("start_at", at)
                .moment("done_at", at)
                .set("description", text)
                .set("regarding", json!({ "object": "community", "id": { "$ref": key } }));
            records.push(if is_virtual {
                let record = record.set("kind", "message").set("direction", "outgoing");
                if place == "forum" { record } else { record.set("channel", place) }
            } else {
                record.set("kind", "visit").set("visit_method", "door_visit")
            });
        }
        if let Some(at) = last {
            records.push(DemoRecord::new("community", key).at(at).by(keeper).moment("last_maintained_at", at));
        }
    }
    records
}

/// Says of leads which campaign or community they came from or who recommended them, and of the customers and deals
/// they became too; of other deals, the campaign they began with.
pub(crate) fn attribute(seed: u64, today: Date, records: &mut [DemoRecord]) {
    let mut random = Random::new(seed, "attribution");
    let mut became: BTreeMap<String, Vec<(&'static str, Value)>> = BTreeMap::new();
    for lead in records.iter_mut().filter(|it| it.object == "lead" && it.values.contains_key("source")) {
        let origin = origin_of_lead(&mut random, today, lead);
        lead.values.extend(origin.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
        let source = lead.values.get("source").cloned().unwrap_or_default();
        for field in ["converted_account", "converted_opportunity"] {
            let Some(key) = lead.values.get(field).and_then(|it| it["$ref"].as_str()) else { continue };
            let carried = origin.iter().filter(|it| ["campaign", "community"].contains(&it.0)).cloned();
            became.insert(key.to_owned(), carried.chain([("source", source.clone())]).collect());
        }
    }
    for record in records.iter_mut() {
        let is_first = match record.object {
            "account" => record.values.contains_key("name"),
            "opportunity" => record.values.contains_key("account"),
            _ => false,
        };
        if !is_first {
            continue;
        }
        match became.get(&record.key) {
            Some(origin) => {
                let known = origin.iter().filter(|it| it.0 != "community" || record.object == "account");
                record.values.extend(known.map(|(field, value)| ((*field).to_owned(), value.clone())));
            }
            None if record.object == "opportunity" && random.chance(80) => {
                let source = record.values.get("source").and_then(Value::as_str);
                if let Some(campaign) = source.and_then(|it| campaign_for(today, record, Some(it))) {
                    *record = record.clone().link("campaign", campaign.key);
                }
            }
            None => {}
        }
    }
    links::mark(seed, records);
}

fn origin_of_lead(random: &mut Random, today: Date, lead: &DemoRecord) -> Vec<(&'static str, Value)> {
    let reference = |key: &str| json!({ "$ref": key });
    match lead.values.get("source").and_then(Value::as_str) {
        Some("community") => {
            let keeper = lead.values.get("owner").and_then(|it| it["$ref"].as_str()).unwrap_or_default();
            let own: Vec<&str> = COMMUNITIES.iter().filter(|it| it.3 == keeper).map(|it| it.0).collect();
            let any: Vec<&str> = COMMUNITIES.iter().map(|it| it.0).collect();
            vec![("community", reference(random.pick(if own.is_empty() { &any } else { &own })))]
        }
        // One of those who sell for us.
        Some("merchant") => vec![("recommended_by", reference(&format!("account:{}", random.below(6))))],
        source => {
            let of_source = campaign_for(today, lead, source).filter(|_| random.chance(85));
            let is_old = lead.created_at.is_some_and(|at| days_between(day_of(at), today) > OLD_DAYS);
            let of_its_time = if is_old && random.chance(60) { campaign_for(today, lead, None) } else { None };
            let Some(campaign) = of_source.or(of_its_time) else { return Vec::new() };
            let (first, _) = span(campaign, today);
            let detail = name_of(campaign, first);
            vec![("campaign", reference(campaign.key)), ("source", json!(campaign.source)), ("source_detail", json!(detail))]
        }
    }
}

/// The campaign, of a source if one is named, that was going on when a record was made, or had not long ended.
fn campaign_for(today: Date, record: &DemoRecord, source: Option<&str>) -> Option<&'static Campaign> {
    let made = day_of(record.created_at?);
    let fits = |it: &&Campaign| {
        let (first, last) = span(it, today);
        let is_of_source = source.is_none_or(|source| it.source == source);
        !it.cancelled && is_of_source && days_between(first, made) >= 0 && days_between(last, made) <= ECHO_DAYS
    };
    CAMPAIGNS.iter().rev().find(fits)
}
