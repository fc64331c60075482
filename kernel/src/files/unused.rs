//! Files nobody holds on to: uploaded and never attached, or taken off their record so long ago that nobody takes that back.

use std::collections::{HashMap, HashSet};

use guanxi_expr::Value;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::read::unattached_files;
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, Select, StoreExt as _, TextOp};
use crate::system_tables::COUNTER;
use crate::write::run_unit;

/// How long a file that hangs nowhere is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Under this name and the file's id stands since when it has hung nowhere, in seconds.
const NOTE: &str = "file.unused/";

/// Erases the files that have hung nowhere for [`KEPT`], and notes those that hang nowhere now. Answers how many went.
/// To be run once a day.
///
/// # Errors
/// Fails where the database does.
pub fn erase_unused(context: &Context) -> Result<u64> {
    let now = context.workspace.clock.now();
    let noted = Select::all(&COUNTER, Condition::Text(ColumnRef::main(0), TextOp::StartsWith, NOTE.to_owned(), false));
    let (unused, rows) = context.workspace.store.read_with(|tx| Ok((unattached_files(context, tx)?, tx.rows(&noted)?)))?;
    let since: HashMap<String, i64> = rows
        .into_iter()
        .filter_map(|row| if let [Value::Text(name), Value::Int(at)] = row.as_slice() { Some((name.clone(), *at)) } else { None })
        .collect();
    let name_of = |id: &Uuid| format!("{NOTE}{id}");
    let long_ago = (now - KEPT).as_second();
    let (old, young): (Vec<Uuid>, Vec<Uuid>) = unused.into_iter().partition(|id| since.get(&name_of(id)).is_some_and(|it| *it <= long_ago));
    for id in &old {
        let id = *id;
        run_unit(context, context.new_id(), "erase", Box::new(move |unit| unit.erase_file(id)))?;
    }
    let young: HashSet<String> = young.iter().map(name_of).collect();
    let over: Vec<String> = since.keys().filter(|it| !young.contains(*it)).cloned().collect();
    let new: Vec<String> = young.into_iter().filter(|it| !since.contains_key(it)).collect();
    context.workspace.store.write_with(move |tx| {
        for names in over.chunks(500) {
            let condition = Condition::In(ColumnRef::main(0), names.iter().cloned().map(Value::Text).collect(), false);
            tx.delete(&Delete { table: COUNTER.clone(), condition })?;
        }
        if !new.is_empty() {
            let rows = new.iter().map(|it| vec![Value::Text(it.clone()), Value::Int(now.as_second())]).collect();
            tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows, on_conflict: OnConflict::Ignore })?;
        }
        Ok(())
    })?;
    Ok(old.len() as u64)
}
