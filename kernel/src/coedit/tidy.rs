//! Documents nobody can come back to: of records that were erased, of fields and objects that are no more, and of records that
//! have long lain in the bin. A text that is edited together again is begun anew from its record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{DOCUMENT_FIELD, DOCUMENT_OBJECT, DOCUMENT_RECORD, EDIT_ACTOR, EDIT_FIELD, EDIT_OBJECT, EDIT_RECORD};
use crate::context::Context;
use crate::error::Result;
use crate::schema::{DELETED_AT, FieldKind, ID};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, ReadTx, Select, StoreExt as _, Table, WriteTx};
use crate::system_tables::{DOCUMENT, DOCUMENT_EDIT};

/// So long a document waits for its record to come back from the bin.
const IN_BIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Texts looked at in one transaction.
const PAGE: u64 = 500;

/// Forgets what is kept of texts nobody can come back to; answers of how many. To be run once a day.
///
/// # Errors
/// Fails where the database does.
pub fn forget_gone(context: &Context) -> Result<u64> {
    let mut forgotten = 0;
    let documents = (&*DOCUMENT, [DOCUMENT_RECORD, DOCUMENT_FIELD, DOCUMENT_OBJECT]);
    let edits = (&*DOCUMENT_EDIT, [EDIT_RECORD, EDIT_FIELD, EDIT_OBJECT]);
    for (table, columns) in [documents, edits] {
        let (mut after, table) = (None, table.clone());
        loop {
            let (inner, table) = (context.clone(), table.clone());
            let (count, last) = context.workspace.store.write_with(move |tx| page(&inner, tx, &table, columns, after))?;
            forgotten += count;
            after = last;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(forgotten)
}

/// One page of a table, by record; answers how many texts went, and the last record where there may be more.
fn page(context: &Context, tx: &mut dyn WriteTx, table: &Arc<Table>, columns: [usize; 3], after: Option<Uuid>) -> Result<(u64, Option<Uuid>)> {
    let [record, ..] = columns;
    let behind = after.map_or(Condition::True, |it| Condition::Compare(ColumnRef::main(record), CompareOp::Gt, Value::Id(it)));
    let select = Select { columns: columns.into_iter().map(ColumnRef::main).collect(), ..Select::all(table, behind) };
    let rows = tx.rows(&select.order_by(record, false).limited(PAGE))?;
    let full = rows.len() as u64 == PAGE;
    let mut texts: BTreeMap<String, BTreeSet<(Uuid, String)>> = BTreeMap::new();
    let mut last = None;
    for row in rows {
        if let [Value::Id(record), Value::Text(field), Value::Text(object)] = row.as_slice() {
            last = Some(*record);
            texts.entry(object.clone()).or_default().insert((*record, field.clone()));
        }
    }
    let mut gone = Vec::new();
    for (object, texts) in texts {
        gone.extend(gone_of(context, tx, &object, texts)?);
    }
    for (record, field) in &gone {
        for (table, columns) in [(&DOCUMENT, [DOCUMENT_RECORD, DOCUMENT_FIELD]), (&DOCUMENT_EDIT, [EDIT_RECORD, EDIT_FIELD])] {
            let of_record = Condition::equals(ColumnRef::main(columns[0]), Value::Id(*record));
            let condition = of_record.and(Condition::equals(ColumnRef::main(columns[1]), Value::Text(field.clone())));
            tx.delete(&Delete { table: (*table).clone(), condition })?;
        }
    }
    Ok((gone.len() as u64, last.filter(|_| full)))
}

/// Those of some texts of an object that nobody can come back to.
fn gone_of(context: &Context, tx: &mut dyn ReadTx, object: &str, texts: BTreeSet<(Uuid, String)>) -> Result<Vec<(Uuid, String)>> {
    let Some(object) = context.schema.object(object).cloned() else { return Ok(texts.into_iter().collect()) };
    let ids = |all: &[Uuid]| Condition::In(ColumnRef::main(ID), all.iter().copied().map(Value::Id).collect(), false);
    let records: Vec<Uuid> = texts.iter().map(|it| it.0).collect::<BTreeSet<_>>().into_iter().collect();
    let columns = vec![ColumnRef::main(ID), ColumnRef::main(DELETED_AT)];
    let mut there: BTreeMap<Uuid, bool> = BTreeMap::new();
    for row in tx.rows(&Select { columns, ..Select::all(&object.table, ids(&records)) })? {
        if let [Value::Id(id), deleted] = row.as_slice() {
            let long_ago = matches!(deleted, Value::DateTime(at) if *at < context.workspace.clock.now() - IN_BIN);
            there.insert(*id, long_ago);
        }
    }
    let mut gone = Vec::new();
    for (record, field) in texts {
        let is_text = object.field(&field).is_some_and(|it| it.definition.kind == FieldKind::RichText);
        let keeps = match there.get(&record) {
            Some(_) if !is_text => false,
            Some(true) => has_own_edits(tx, record, &field)?,
            Some(false) => true,
            None => false,
        };
        if !keeps {
            gone.push((record, field));
        }
    }
    Ok(gone)
}

/// Whether somebody's edits of a text never came into its record: they come with it when it is restored.
fn has_own_edits(tx: &mut dyn ReadTx, record: Uuid, field: &str) -> Result<bool> {
    let of_text = Condition::equals(ColumnRef::main(EDIT_RECORD), Value::Id(record))
        .and(Condition::equals(ColumnRef::main(EDIT_FIELD), Value::Text(field.to_owned())))
        .and(Condition::Compare(ColumnRef::main(EDIT_ACTOR), CompareOp::Ne, Value::Id(Uuid::nil())));
    Ok(tx.count(&Select::all(&DOCUMENT_EDIT, of_text), Some(1))? > 0)
}
