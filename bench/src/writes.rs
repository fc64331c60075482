//! Creating records with history, audit and events, against a bare durable insert with the same group commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ListRequest, list};
use guanxi_kernel::schema::{DELETED_AT, ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, Insert, OnConflict, Select, StoreExt as _};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

use crate::data::{Whose, contact as values_of, map};
use crate::measure::{Work, compare};
use crate::reads::contact;
use crate::report::Report;
use crate::setup::Bench;

/// Callers at once: writes wait for the disk, not for the cores.
pub const CALLERS: usize = 16;
/// Different rows inserted by hand.
const ROWS: u64 = 2_000;

/// Measures creation.
pub fn run(bench: &Bench, length: Duration, report: &mut Report) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let rows = NewContacts::of(bench, bench.owners(50)?)?;
    let engine = Work::new(CALLERS, |_, _| {
        let done = rows.create();
        assert!(done.is_ok(), "the record is created: {done:?}");
    });
    let bare = rows.bare(bench)?;
    report.rate(bench.size, "create with history, audit and event, 16 callers", &compare(length, &engine, &bare), Some(0.35));
    Ok(())
}

/// Contacts that are not there yet, made by reps for customers of their own.
pub struct NewContacts {
    object: Arc<Object>,
    callers: Vec<(Context, Vec<Uuid>)>,
    next: AtomicUsize,
}

impl NewContacts {
    /// Further ones of a bench.
    pub fn of(bench: &Bench, contexts: Vec<Context>) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let object = contact(&bench.system());
        let mut callers = Vec::with_capacity(contexts.len());
        for context in contexts {
            let account = context.schema.object("account").ok_or("no account")?.clone();
            let request = ListRequest { filter: Some("owner == me.id".into()), limit: 50, ..ListRequest::default() };
            let page = context.workspace.store.read_with(|tx| list(&context, tx, &account, &request))?;
            let items: Vec<serde_json::Value> = serde_json::from_str(&page.items)?;
            let accounts: Vec<Uuid> = items.iter().filter_map(|it| it["id"].as_str()?.parse().ok()).collect();
            if !accounts.is_empty() {
                callers.push((context, accounts));
            }
        }
        Ok(Self { object, callers, next: AtomicUsize::new(bench.size + 1) })
    }

    /// The values of the next one and the position of the caller who makes it.
    pub fn next(&self) -> (usize, serde_json::Map<String, serde_json::Value>) {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let caller = at % self.callers.len();
        let (context, accounts) = &self.callers[caller];
        let department = context.access.member.department.unwrap_or_default();
        let whose = Whose { owner: context.actor, department };
        (caller, map(values_of(at, whose, accounts[at / self.callers.len() % accounts.len()])))
    }

    /// Who makes them.
    pub fn callers(&self) -> impl Iterator<Item = &Context> {
        self.callers.iter().map(|it| &it.0)
    }

    /// Creates the next one.
    pub fn create(&self) -> Result<Uuid> {
        let (caller, values) = self.next();
        let batch = Batch {
            object: self.object.clone(),
            operations: vec![Operation::Create { values }],
            mode: BatchMode::AllOrNothing,
            verb: "create",
            change: None,
        };
        let created = execute(&self.callers[caller].0, &batch)?.results.pop();
        Ok(created.unwrap_or(Err(KernelError::NotFound))?.id)
    }

    /// Inserting bare rows like them, durably, with the store's own group commit. The rows are those of the same callers'
    /// contacts under new ids: one row again and again would always land at the same place of each index.
    pub fn bare<'a>(&self, bench: &Bench) -> std::result::Result<Work<'a>, Box<dyn std::error::Error>> {
        let (system, object) = (bench.system(), self.object.clone());
        let owner = object.field("owner").and_then(|it| it.part("")).ok_or("contacts have no owner")?.column;
        let owners = self.callers().map(|it| Value::Id(it.actor)).collect();
        let theirs = Condition::In(ColumnRef::main(owner), owners, false).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        let select = Select::all(&object.table, theirs).order_by(ID, false).limited(ROWS);
        let rows = system.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))?;
        let next = AtomicUsize::new(0);
        Ok(Work::new(CALLERS, move |_, _| {
            let mut row = rows[next.fetch_add(1, Ordering::Relaxed) % rows.len()].clone();
            row[ID] = Value::Id(system.new_id());
            let insert = Insert { table: object.table.clone(), columns: (0..row.len()).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
            let done = system.workspace.store.write_with(move |tx| Ok(tx.insert(&insert)?));
            assert!(done.is_ok(), "the row is inserted: {done:?}");
        }))
    }
}
