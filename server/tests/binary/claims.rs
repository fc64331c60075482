//! A node that dies in the middle of claims: each lead is claimed whole, with its move and its event, or lies in the pool as it did.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{HttpClient, Server};

/// Leads in the pool.
const LEADS: usize = 240;
/// Who claims at once.
const CLAIMING: usize = 4;
/// Acknowledged claims before the axe falls.
const BEFORE_THE_KILL: usize = 40;
/// How often.
const CYCLES: usize = 2;

/// A pool full of leads; answers their ids.
fn fill(client: &HttpClient) -> Vec<String> {
    let me = client.get("/me")["user"]["id"].clone();
    let pool = json!({ "name": "公海", "object": "lead", "members": [me], "administrators": [me], "protect_days": 3 });
    let (status, pool) = client.call("POST", "/records/pool", &pool).unwrap();
    assert_eq!(status, 201, "{pool}");
    let values = |at: usize| json!({ "name": format!("线索{at}"), "mobile": "13812345678", "owner": null, "pool": pool["id"] });
    let operations: Vec<Json> = (0..LEADS).map(|at| json!({ "op": "create", "values": values(at) })).collect();
    let (status, made) = client.call("POST", "/records/lead/batch", &json!({ "mode": "all_or_nothing", "operations": operations })).unwrap();
    assert_eq!(status, 200, "{made}");
    made["results"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

/// Claims one lead after the other until the server is gone; notes what it said it had done.
fn claim_until_killed(client: &HttpClient, leads: &[String], next: &AtomicUsize, claimed: &Mutex<BTreeSet<String>>, over: &AtomicBool) {
    while !over.load(Ordering::SeqCst) {
        let Some(lead) = leads.get(next.fetch_add(1, Ordering::SeqCst)) else { return };
        let Ok((status, answer)) = client.call("POST", &format!("/records/lead/{lead}/actions/claim"), &json!({})) else { return };
        assert!(status == 200 || status == 409, "{answer}");
        if status == 200 {
            claimed.lock().unwrap().insert(lead.clone());
        }
    }
}

/// Ids with how often each is named.
fn counted<'a>(ids: impl Iterator<Item = Option<&'a str>>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    ids.flatten().for_each(|it| *counts.entry(it.to_owned()).or_default() += 1);
    counts
}

fn items(client: &HttpClient, path: &str) -> Vec<Json> {
    client.get(path)["items"].as_array().unwrap().clone()
}

/// Owner, pool, move and event of each lead say the same; what was acknowledged is there.
fn check(client: &HttpClient, leads: &[String], claimed: &BTreeSet<String>) {
    let moves = items(client, "/records/pool_move?limit=500&fields=record,kind,to_owner&filter=kind%20==%20'claimed'");
    let moves = counted(moves.iter().map(|it| it["record"]["id"].as_str()));
    let (mut told, mut after) = (Vec::new(), 0);
    loop {
        let page = client.get(&format!("/events?after={after}&limit=500&objects=lead"));
        told.extend(page["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "lead.claimed").cloned());
        let (next, head) = (page["next"].as_i64().unwrap(), page["head"].as_i64().unwrap());
        if next <= after || next >= head {
            break;
        }
        after = next;
    }
    let told = counted(told.iter().map(|it| it["id"].as_str()));
    let records = items(client, "/records/lead?limit=500&fields=owner,pool,claimed_at,protected_until,version");
    assert_eq!(records.len(), leads.len());
    for record in &records {
        let id = record["id"].as_str().unwrap();
        let is_claimed = !record["owner"].is_null();
        assert_eq!(record["pool"].is_null(), is_claimed, "somebody's or in the pool, never both: {record}");
        assert_eq!((record["claimed_at"].is_null(), record["protected_until"].is_null()), (!is_claimed, !is_claimed), "{record}");
        assert_eq!(record["version"], if is_claimed { 2 } else { 1 }, "{record}");
        let times = usize::from(is_claimed);
        assert_eq!((moves.get(id).copied().unwrap_or(0), told.get(id).copied().unwrap_or(0)), (times, times), "{record}");
        assert!(is_claimed || !claimed.contains(id), "acknowledged and gone: {record}");
    }
}

fn survive(data: &Path, settings: &[(&str, &str)], beside: bool) {
    let claimed = Mutex::new(BTreeSet::new());
    let mut leads = Vec::new();
    for cycle in 0..CYCLES {
        let server = Server::start(data, settings);
        let client = if cycle == 0 { server.set_up() } else { server.sign_in() };
        if cycle == 0 {
            leads = fill(&client);
        }
        check(&client, &leads, &claimed.lock().unwrap());
        let other = beside.then(|| Server::start(data, settings));
        let there = other.as_ref().map(Server::sign_in);
        let before = claimed.lock().unwrap().len();
        let (next, over) = (AtomicUsize::new(before), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..CLAIMING {
                scope.spawn(|| claim_until_killed(&client, &leads, &next, &claimed, &over));
            }
            while claimed.lock().unwrap().len() < before + BEFORE_THE_KILL {
                std::thread::yield_now();
            }
            server.kill();
            over.store(true, Ordering::SeqCst);
        });
        // Nothing that the dead one held stands in the way of the other.
        if let Some(there) = &there {
            check(there, &leads, &claimed.lock().unwrap());
            let lying = items(there, "/records/lead?limit=3&fields=name&filter=owner%20==%20null");
            for lead in &lying {
                let id = lead["id"].as_str().unwrap();
                let (status, answer) = there.call("POST", &format!("/records/lead/{id}/actions/claim"), &json!({})).unwrap();
                assert_eq!(status, 200, "{answer}");
                claimed.lock().unwrap().insert(id.to_owned());
            }
        }
    }
    let server = Server::start(data, settings);
    check(&server.sign_in(), &leads, &claimed.lock().unwrap());
    assert!(claimed.lock().unwrap().len() >= CYCLES * BEFORE_THE_KILL);
}

#[test]
fn sqlite_claims_whole_or_not_at_all() {
    survive(tempfile::tempdir().unwrap().path(), &[], false);
}

#[test]
fn postgres_claims_whole_or_not_at_all_and_the_other_node_goes_on() {
    with_database(|database| survive(tempfile::tempdir().unwrap().path(), &[("GUANXI_DATABASE_URL", &database.url)], true));
}
