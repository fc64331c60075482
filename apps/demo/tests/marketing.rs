//! The demo company's campaigns and communities brought something, its targets can be reached, and its pools lead to customers.

#![expect(clippy::unwrap_used, reason = "a failed preparation ends the test")]

use std::collections::{BTreeMap, BTreeSet};

use guanxi_demo::{DemoRecord, demo_records};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 22);

/// The records as they stand after all changes.
fn final_state(seed: u64) -> BTreeMap<String, DemoRecord> {
    let mut state: BTreeMap<String, DemoRecord> = BTreeMap::new();
    for record in demo_records(seed, TODAY) {
        match state.get_mut(&record.key) {
            Some(known) => known.values.extend(record.values),
            None => drop(state.insert(record.key.clone(), record)),
        }
    }
    state
}

fn of<'a>(state: &'a BTreeMap<String, DemoRecord>, object: &str) -> Vec<&'a DemoRecord> {
    state.values().filter(|it| it.object == object).collect()
}

fn named<'a>(record: &'a DemoRecord, field: &str) -> Option<&'a str> {
    record.values.get(field).and_then(|it| it["$ref"].as_str())
}

fn yuan(record: &DemoRecord) -> f64 {
    record.values["amount"]["amount"].as_str().unwrap().parse().unwrap()
}

#[test]
fn campaigns_brought_leads_and_deals_for_what_they_cost() {
    for seed in 0..4 {
        let state = final_state(seed);
        let (campaigns, leads) = (of(&state, "campaign"), of(&state, "lead"));
        let statuses: BTreeSet<&str> = campaigns.iter().filter_map(|it| it.values["status"].as_str()).collect();
        assert_eq!((campaigns.len(), statuses.len()), (13, 4), "{statuses:?}");
        let with_leads: BTreeSet<&str> = leads.iter().filter_map(|it| named(it, "campaign")).collect();
        assert!(with_leads.len() >= 7, "seed {seed}: {with_leads:?}");
        for lead in leads.iter().filter(|it| named(it, "campaign").is_some()) {
            assert_eq!(lead.values["source"], state[named(lead, "campaign").unwrap()].values["source"], "{}", lead.key);
        }
        let won = of(&state, "opportunity").into_iter().filter(|it| it.values["stage"] == "won" && named(it, "campaign").is_some());
        let costs = of(&state, "campaign_cost").into_iter().filter(|it| named(it, "campaign").is_some());
        let (won, cost) = (won.map(yuan).sum::<f64>(), costs.map(yuan).sum::<f64>());
        println!(
            "seed {seed}: won {won}, cost {cost}, {} of {} leads",
            leads.iter().filter(|it| named(it, "campaign").is_some()).count(),
            leads.len()
        );
        assert!(cost > 300_000.0 && won > cost, "seed {seed}: won {won}, cost {cost}");
        // Who became a customer through a lead says the same as the lead.
        for lead in leads.iter().filter(|it| it.values["status"] == "converted") {
            let account = &state[named(lead, "converted_account").unwrap()];
            assert_eq!(named(account, "campaign"), named(lead, "campaign"), "{}", account.key);
            assert_eq!(account.values["source"], lead.values["source"], "{}", account.key);
        }
    }
}

#[test]
fn campaigns_are_told_apart_by_their_names_on_whatever_day_it_is() {
    for day in (0..400).step_by(20) {
        let today = TODAY.saturating_add(jiff::Span::new().days(day));
        let campaigns: Vec<DemoRecord> = demo_records(0, today).filter(|it| it.object == "campaign").collect();
        let names: BTreeSet<&str> = campaigns.iter().filter_map(|it| it.values["name"].as_str()).collect();
        assert_eq!(names.len(), campaigns.len(), "{today}: {names:?}");
    }
}

#[test]
fn an_advertisement_costs_no_more_than_its_limit_of_a_day() {
    let state = final_state(0);
    let paid: f64 = of(&state, "campaign_cost").into_iter().filter(|it| named(it, "campaign") == Some("campaign:ads")).map(yuan).sum();
    assert!(paid > 0.0 && paid <= 14.0 * 1_000.0, "two weeks at 1,000 yuan a day: {paid}");
}

#[test]
fn communities_of_both_kinds_have_leads_and_are_kept_up() {
    for seed in 0..4 {
        let state = final_state(seed);
        let communities = of(&state, "community");
        let kinds: BTreeSet<&str> = communities.iter().filter_map(|it| it.values["kind"].as_str()).collect();
        assert_eq!((communities.len(), kinds), (8, BTreeSet::from(["physical", "virtual"])));
        assert!(communities.iter().all(|it| it.values.contains_key("last_maintained_at")));
        let with_leads: BTreeSet<&str> = of(&state, "lead").iter().filter_map(|it| named(it, "community")).collect();
        assert!(with_leads.len() >= 4, "seed {seed}: {with_leads:?}");
    }
}

#[test]
fn targets_of_visits_can_be_reached() {
    for seed in 0..4 {
        let state = final_state(seed);
        let since = jiff::tz::Offset::constant(8).to_timestamp(TODAY.saturating_sub(jiff::Span::new().weeks(8)).at(0, 0, 0, 0)).unwrap();
        let visits: Vec<&DemoRecord> = of(&state, "activity")
            .into_iter()
            .filter(|it| it.values["kind"] == "visit" && it.values["status"] == "done" && it.created_at.unwrap() >= since)
            .collect();
        for target in of(&state, "visit_target").iter().filter(|it| !it.key.ends_with(":720")) {
            let whom = named(target, "department").or(named(target, "member")).unwrap();
            let counts = |it: &&&DemoRecord| named(it, "owner") == Some(whom) || named(it, "department").is_some_and(|it| it.starts_with(whom));
            let done = visits.iter().filter(counts).count() as f64 / 8.0;
            let wanted = target.values["visits_per_week"].as_i64().unwrap() as f64;
            println!("seed {seed} {whom}: {done:.1} a week of {wanted}");
            assert!((0.6..=1.3).contains(&(done / wanted)), "seed {seed} {whom}: {done:.1} of {wanted}");
        }
    }
}

#[test]
fn what_goes_back_tomorrow_night_was_neglected_and_one_claims_more_than_anybody() {
    for seed in 0..4 {
        let state = final_state(seed);
        let leaving: Vec<&DemoRecord> = of(&state, "lead").into_iter().filter(|it| it.values.contains_key("recycle_on")).collect();
        assert!((1..=6).contains(&leaving.len()), "seed {seed}: {}", leaving.len());
        let since = TODAY.checked_sub(jiff::Span::new().days(45)).unwrap().at(0, 0, 0, 0).in_tz("Asia/Shanghai").unwrap().timestamp();
        for lead in leaving {
            let on_it = |it: &&&DemoRecord| named(it, "lead") == Some(lead.key.as_str()) && it.values.contains_key("done_at");
            let activities = of(&state, "activity");
            let last = activities.iter().filter(on_it).filter_map(|it| it.created_at).max();
            assert!(lead.created_at.unwrap() < since && last.is_none_or(|it| it < since), "seed {seed} {}: {last:?}", lead.key);
        }
        let mut by_member: BTreeMap<&str, usize> = BTreeMap::new();
        for claim in of(&state, "pool_move").into_iter().filter(|it| it.values["kind"] == "claimed") {
            *by_member.entry(named(claim, "to_owner").unwrap()).or_default() += 1;
        }
        let most = by_member.iter().max_by_key(|it| it.1).unwrap();
        assert_eq!(*most.0, "user:huangjunjie", "seed {seed}: {by_member:?}");
    }
}

#[test]
fn some_of_what_was_claimed_became_customers() {
    for seed in 0..4 {
        let state = final_state(seed);
        let claimed: Vec<&DemoRecord> = of(&state, "lead").into_iter().filter(|it| it.values.contains_key("claimed_at")).collect();
        let converted = claimed.iter().filter(|it| it.values["status"] == "converted").count();
        println!("seed {seed}: {converted} of {}", claimed.len());
        assert!(converted >= 4 && converted * 3 < claimed.len() * 2, "seed {seed}: {converted} of {}", claimed.len());
        for lead in claimed {
            assert!(lead.values["claimed_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap() >= lead.created_at.unwrap(), "{}", lead.key);
        }
    }
}

#[test]
fn leads_of_campaigns_on_the_web_came_by_their_links() {
    for seed in 0..4 {
        let state = final_state(seed);
        let tagged: Vec<&DemoRecord> = of(&state, "lead").into_iter().filter(|it| it.values.contains_key("utm_campaign")).collect();
        assert!(tagged.len() >= 5, "seed {seed}: {}", tagged.len());
        for lead in tagged {
            assert_eq!(lead.values["utm_campaign"], state[named(lead, "campaign").unwrap()].values["utm_campaign"], "{}", lead.key);
        }
        for sent in of(&state, "web_form_submission").iter().filter(|it| it.values.contains_key("utm_source")) {
            let lead = &state[named(sent, "lead").unwrap()];
            assert_eq!(sent.values["utm_source"], lead.values["utm_source"], "{}", sent.key);
        }
    }
}
