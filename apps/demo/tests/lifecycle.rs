//! Customers went from stage to stage as their deals did, and visitors of the website are on the leads they became.

use std::collections::BTreeMap;

use guanxi_demo::{DemoRecord, demo_records};
use jiff::civil::date;

fn records() -> Vec<DemoRecord> {
    demo_records(1, date(2026, 11, 15)).collect()
}

#[test]
fn customers_move_in_the_order_of_time_and_never_to_where_they_are() {
    let mut ways: BTreeMap<String, Vec<(jiff::Timestamp, String)>> = BTreeMap::new();
    for record in records() {
        if let ("account", Some(stage)) = (record.object, record.values.get("lifecycle")) {
            ways.entry(record.key).or_default().push((record.created_at.unwrap(), stage.as_str().unwrap().to_owned()));
        }
    }
    let mut moves: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (key, way) in &ways {
        for pair in way.windows(2) {
            assert!(pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1, "{key}: {way:?}");
            *moves.entry((pair[0].1.clone(), pair[1].1.clone())).or_default() += 1;
        }
    }
    let of = |from: &str, to: &str| moves.get(&(from.to_owned(), to.to_owned())).copied().unwrap_or(0);
    assert!(of("acquire", "convert") > 80, "{moves:?}");
    assert!(of("convert", "retain") > 40 && of("retain", "grow") > 15, "{moves:?}");
    assert!(moves.values().sum::<usize>() > 200, "{moves:?}");
}

#[test]
fn what_came_by_the_form_is_a_lead_or_waits() {
    let records = records();
    let sent: Vec<&DemoRecord> = records.iter().filter(|it| it.object == "web_form_submission").collect();
    let in_state = |state: &str| sent.iter().filter(|it| it.values["state"] == state).count();
    assert!(in_state("accepted") >= 6, "{}", in_state("accepted"));
    assert_eq!(in_state("held"), 2);
    for it in sent.iter().filter(|it| it.values["state"] == "accepted") {
        let key = it.values["lead"]["$ref"].as_str().unwrap();
        assert!(records.iter().any(|lead| lead.object == "lead" && lead.key == key && lead.values["source"] == "website"), "{key}");
    }
}
