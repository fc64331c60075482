//! Judges records: each by all rules of its object, as it stands in the transaction that writes the verdict.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::quality::{self, Standing};
use guanxi_kernel::read::{ConditionOn, Record, among, known_records};
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, WriteTx};
use guanxi_kernel::{Result, Value};
use jiff::Timestamp;
use uuid::Uuid;

use crate::check::{Answer, Asking, Check, text_of};
use crate::plan::Plan;
use crate::rule::Rule;

/// Records judged at once.
pub const PAGE: u64 = 500;

/// What rules look up in other objects for the records at hand.
#[derive(Debug, Default)]
pub struct Listed {
    /// Texts that stand in the lists of rules, by rule: of those the records have.
    texts: HashMap<Uuid, HashSet<String>>,
    /// Live records they refer to.
    others: HashMap<Uuid, Record>,
}

/// What rules look up in other objects for some records.
///
/// # Errors
/// Fails where the database does.
pub fn listed<'r>(tx: &mut (impl ReadTx + ?Sized), rules: impl Iterator<Item = &'r Rule>, records: &[Record]) -> Result<Listed> {
    let mut found = Listed::default();
    for rule in rules {
        refer(tx, rule, records, &mut found.others)?;
        let Check::ExistsIn { field, object, column, .. } = &rule.check else { continue };
        let wanted: HashSet<String> = records.iter().filter_map(|it| text_of(it, field)).collect();
        let mut there = HashSet::with_capacity(wanted.len());
        let wanted: Vec<Value> = wanted.into_iter().map(Value::Text).collect();
        for some in wanted.chunks(500) {
            let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
            let condition = Condition::In(ColumnRef::main(*column), some.to_vec(), false).and(live);
            let select = Select { columns: vec![ColumnRef::main(*column)], ..Select::all(&object.table, condition) };
            there.extend(tx.rows(&select)?.into_iter().filter_map(|mut row| row.pop()?.as_text().map(str::to_owned)));
        }
        found.texts.insert(rule.id, there);
    }
    Ok(found)
}

/// Reads the live records that some refer to by what a rule reaches.
fn refer(tx: &mut (impl ReadTx + ?Sized), rule: &Rule, records: &[Record], others: &mut HashMap<Uuid, Record>) -> Result<()> {
    for ((via, _), target) in &rule.reached {
        let wanted: HashSet<Uuid> = records.iter().filter_map(|it| it.reference(via)).filter(|it| !others.contains_key(it)).collect();
        let wanted: Vec<Value> = wanted.into_iter().map(Value::Id).collect();
        for some in wanted.chunks(500) {
            let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
            let select = Select::all(&target.table, Condition::In(ColumnRef::main(ID), some.to_vec(), false).and(live));
            let read = tx.rows(&select)?.into_iter().map(|row| Record { object: target.clone(), row });
            others.extend(read.map(|it| (it.id(), it)));
        }
    }
    Ok(())
}

/// How texts are read, and in which zone days begin: the company's, whoever changed the record.
pub fn reading(context: &Context, now: Timestamp) -> ParseContext {
    ParseContext { now, time_zone: context.workspace.time_zone(), ..context.parse_context() }
}

/// What one rule says of a record.
pub fn answer(rule: &Rule, record: &Record, parse: &ParseContext, listed: &Listed) -> Answer {
    let nothing = HashSet::new();
    let asking = Asking { now: parse.now, parse, listed: listed.texts.get(&rule.id).unwrap_or(&nothing), others: &listed.others };
    ask(rule, record, &asking)
}

fn ask(rule: &Rule, record: &Record, asking: &Asking<'_>) -> Answer {
    let concerns = |it: &ConditionOn| it.holds_with(record, asking.others, asking.now, &asking.parse.time_zone);
    if rule.filter.as_ref().is_none_or(concerns) { rule.check.ask(record, asking) } else { Answer::Silent }
}

/// How a record stands, and which rules it breaks.
pub fn verdict(rules: &[(u8, Arc<Rule>)], record: &Record, parse: &ParseContext, listed: &Listed) -> (Standing, Vec<Uuid>) {
    let (mut standing, mut broken) = (Standing::default(), Vec::new());
    for (place, rule) in rules {
        let bit = 1_i64 << place;
        match answer(rule, record, parse, listed) {
            Answer::Silent => {}
            Answer::Holds(until) => {
                standing.applies |= bit;
                standing.due_at = [standing.due_at, until].into_iter().flatten().min();
            }
            Answer::Fails => {
                standing.applies |= bit;
                standing.fails |= bit;
                broken.push(rule.id);
            }
        }
    }
    (standing, broken)
}

/// Judges records as they were read in this transaction, under the lock.
///
/// # Errors
/// Fails where the database does.
pub fn judge(context: &Context, tx: &mut dyn WriteTx, plan: &Plan, records: &[Record]) -> Result<()> {
    let now = context.workspace.clock.now();
    let listed = listed(tx, plan.rules.iter().map(|it| it.1.as_ref()), records)?;
    let parse = reading(context, now);
    let judged = |it: &Record| {
        let (standing, broken) = verdict(&plan.rules, it, &parse, &listed);
        (it.id(), standing, broken)
    };
    let judged: Vec<(Uuid, Standing, Vec<Uuid>)> = records.iter().map(judged).collect();
    quality::put(tx, &plan.object.name, &judged, now)
}

/// Judges the records of some ids, and forgets those that are not there. The caller holds the lock.
///
/// # Errors
/// Fails where the database does.
pub fn judge_ids(context: &Context, tx: &mut dyn WriteTx, plan: &Plan, ids: &[Uuid]) -> Result<()> {
    for some in ids.chunks(500) {
        let records = known_records(context, tx, &plan.object.name, |it| among(it("id"), some.iter().copied()), PAGE)?;
        judge(context, tx, plan, &records)?;
        let there: HashSet<Uuid> = records.iter().map(Record::id).collect();
        let gone: Vec<Uuid> = some.iter().copied().filter(|it| !there.contains(it)).collect();
        quality::forget(tx, &gone)?;
    }
    Ok(())
}
