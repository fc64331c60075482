//! Which record each row led to: the other direction of what a record's provenance tells.

use std::collections::HashMap;

use guanxi_kernel::Result;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_records;
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::ledger;
use super::origin::{Fate, records_of};

/// A record that a row led to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ImportedRecord")]
pub struct ImportedRecord {
    /// Which record.
    id: Uuid,
    /// Its object; null where it is gone, or not open to the caller any more.
    object: Option<String>,
    /// Its title; null likewise, or where that is covered.
    label: Option<String>,
}

/// A row with the records it led to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportedRow")]
pub struct ImportedRow {
    /// Number of the row in the file.
    row: u64,
    /// The records; none where the row repeats one before and was skipped for that.
    records: Vec<ImportedRecord>,
}

/// Rows with the records they led to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportedRows")]
pub struct ImportedRows {
    /// In the order of the file.
    items: Vec<ImportedRow>,
    /// There are more behind this row; null where there are none.
    next: Option<u64>,
}

/// The rows of an import by what became of their records, as its owner may see these today.
///
/// # Errors
/// Not found for somebody else's import; the database's.
pub fn records_page(context: &Context, id: Uuid, fate: Fate, after: u64, limit: usize) -> Result<ImportedRows> {
    let import = ledger::load(context, id)?;
    let Some(change) = import.data.change_id else { return Ok(ImportedRows { items: Vec::new(), next: None }) };
    let also = import.data.plan.iter().flat_map(|it| &it.also).map(|it| it.object.as_str());
    let mut names: Vec<&str> = std::iter::once(import.object.as_str()).chain(also).collect();
    names.sort_unstable();
    names.dedup();
    context.workspace.store.read_with(|tx| {
        let mut rows = records_of(tx, change, fate, after, limit + 1)?;
        let more = rows.len() > limit;
        if more {
            rows.pop_last();
        }
        let ids: Vec<Uuid> = rows.values().flatten().copied().filter(|it| !it.is_nil()).collect();
        let mut seen: HashMap<Uuid, (String, Option<String>)> = HashMap::new();
        for object in names.iter().filter_map(|it| context.schema.object(it)).filter(|it| context.access.may(it, Verb::Read)) {
            for record in load_records(context, tx, object, &ids, Verb::Read, false)? {
                let title = record.text_for(context, object.title_field().name());
                seen.insert(record.id(), (object.name.clone(), title));
            }
        }
        let told = |id: &Uuid| {
            let (object, label) = seen.get(id).cloned().map_or((None, None), |it| (Some(it.0), it.1));
            ImportedRecord { id: *id, object, label }
        };
        let next = rows.last_key_value().filter(|_| more).map(|it| *it.0);
        let items = rows.iter().map(|(row, ids)| ImportedRow { row: *row, records: ids.iter().filter(|it| !it.is_nil()).map(told).collect() });
        Ok(ImportedRows { items: items.collect(), next })
    })
}
