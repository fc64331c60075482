//! Creating records with history, audit and events, against a bare durable insert with the same group commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guanxi_kernel::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read::load_record;
use guanxi_kernel::schema::ID;
use guanxi_kernel::store::{Insert, OnConflict, StoreExt};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};

use crate::data::{contact, map};
use crate::measure::{Report, measure};
use crate::setup::Bench;

/// Callers at once: writes wait for the disk, not for the cores.
const CALLERS: usize = 16;

/// Measures creation.
pub fn run(bench: &Bench, size: usize, length: Duration, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    let system = bench.system();
    let object = system.schema.object("contact").ok_or("no contact")?.clone();
    let account = system.schema.object("account").ok_or("no account")?.clone();
    let request = guanxi_kernel::read::ListRequest { limit: 500, ..Default::default() };
    let page = system.workspace.store.read_with(|tx| guanxi_kernel::read::list(&system, tx, &account, &request))?;
    let items: Vec<serde_json::Value> = serde_json::from_str(&page.items)?;
    let accounts: Vec<uuid::Uuid> = items.iter().filter_map(|it| it["id"].as_str()?.parse().ok()).collect();
    let next = AtomicUsize::new(size + 1);
    let create = |at: usize| {
        let values = map(contact(at, bench.owners[at % bench.owners.len()], bench.department, accounts[at % accounts.len()]));
        let batch = Batch {
            object: object.clone(),
            operations: vec![Operation::Create { values }],
            mode: BatchMode::AllOrNothing,
            verb: "create",
            change: None,
        };
        execute(&system, &batch)
    };
    let id = create(next.fetch_add(1, Ordering::Relaxed))?.results.pop().ok_or("nothing created")??.id;
    let row = system.workspace.store.read_with(|tx| load_record(&system, tx, &object, id, Verb::Read, false))?.ok_or("the record is there")?.row;

    let engine = measure(length, CALLERS, |_| {
        let (next, create) = (&next, &create);
        move |_| {
            let done = create(next.fetch_add(1, Ordering::Relaxed));
            assert!(done.is_ok(), "the record is created: {done:?}");
        }
    });
    let bare = measure(length, CALLERS, |_| {
        let (system, object, row) = (&system, &object, &row);
        move |_| {
            let mut row = row.clone();
            row[ID] = Value::Id(system.new_id());
            let insert = Insert { table: object.table.clone(), columns: (0..row.len()).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
            let done = system.workspace.store.write_with(move |tx| Ok(tx.insert(&insert)?));
            assert!(done.is_ok(), "the row is inserted: {done:?}");
        }
    });
    report.compare(size, "create with history, audit and event, 16 callers", &engine, &bare, 0.35);
    Ok(())
}
