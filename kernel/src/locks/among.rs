//! Which of many records are locked.

use std::collections::HashSet;

use guanxi_expr::Value;
use uuid::Uuid;

use super::{RECORD, alive};
use crate::context::Context;
use crate::error::Result;
use crate::store::{ColumnRef, Condition, ReadTx, Select};
use crate::system_tables::LOCK;

/// Records asked about with one statement.
const AT_ONCE: usize = 500;

/// Those of some records that somebody locked himself, whoever asks: for work that goes through many of them.
///
/// # Errors
/// Fails where the database does.
pub fn locked_among(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut locked = HashSet::new();
    for some in ids.chunks(AT_ONCE) {
        let wanted = Condition::In(ColumnRef::main(RECORD), some.iter().copied().map(Value::Id).collect(), false);
        let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&LOCK, wanted.and(alive(context.now))) };
        locked.extend(tx.rows(&select)?.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }));
    }
    Ok(locked)
}
