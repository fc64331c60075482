//! Indexes put off while many rows come in.
//!
//! Row by row, each index of a large table costs a page somewhere in it; made once, of sorted keys, it costs a small part
//! of that. So a load may take those away that serve the order of lists alone, and make them when it is over. Which they
//! are stands beside the definitions and changes in the transaction that drops or makes one: what a schema says of a
//! table's indexes is always so, on every node, and lists are asked for accordingly (`docs/adr/0020`).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Result;
use crate::schema::{Schema, list_indexes};
use crate::store::{StoreExt, WriteTx};
use crate::workspace::{Workspace, customisation_of, load_customisation, save_customisation, schema_of};

/// The indexes a table is without for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutOff {
    /// The load they wait for.
    pub load: Uuid,
    /// Their names.
    pub indexes: Vec<String>,
}

/// Tables by object.
type PutOffs = BTreeMap<String, PutOff>;

/// The tables that are without indexes now, by object.
///
/// # Errors
/// Fails where the database does.
pub fn put_offs(workspace: &Workspace) -> Result<BTreeMap<String, PutOff>> {
    Ok(load_customisation(&workspace.store)?.put_off)
}

/// Takes the indexes away that serve the lists of an object alone, for a load that makes them again when it is over; the
/// one by which titles are found too, where `titles` says so. Answers whether the table is without them for this load.
///
/// # Errors
/// Fails where the database does.
pub fn put_off(workspace: &Workspace, object: &str, load: Uuid, titles: bool) -> Result<bool> {
    if !workspace.store.gains_by_late_indexes() {
        return Ok(false);
    }
    let (name, there) = (object.to_owned(), indexes_of(workspace, object)?);
    let changed = change(workspace, move |tx, put_offs, whole| {
        let Some(object) = whole.object(&name).filter(|_| !put_offs.contains_key(&name)) else { return Ok(false) };
        let indexes = list_indexes(object, titles);
        indexes.iter().filter(|it| there.contains(it)).try_for_each(|it| tx.drop_index(&object.table.name, it))?;
        let is_any = !indexes.is_empty();
        if is_any {
            put_offs.insert(name.clone(), PutOff { load, indexes });
        }
        Ok(is_any)
    })?;
    Ok(changed || put_offs(workspace)?.get(object).is_some_and(|it| it.load == load))
}

/// Makes the indexes of an object that were put off, each in a transaction of its own, so that others may write between.
///
/// # Errors
/// Fails where the database does; what is made by then stays.
pub fn make_put_off(workspace: &Workspace, object: &str) -> Result<()> {
    loop {
        let (name, there) = (object.to_owned(), indexes_of(workspace, object)?);
        let changed = change(workspace, move |tx, put_offs, whole| {
            let Some(put_off) = put_offs.get_mut(&name) else { return Ok(false) };
            let next = put_off.indexes.pop();
            if put_off.indexes.is_empty() {
                put_offs.remove(&name);
            }
            // What the definitions have given up meanwhile is not made.
            let table = whole.object(&name).map(|it| &it.table);
            let index = table.and_then(|it| Some((&it.name, it.indexes.iter().find(|it| Some(&it.name) == next.as_ref())?)));
            if let Some((table, index)) = index.filter(|it| !there.contains(&it.1.name)) {
                tx.create_index(table, index)?;
            }
            Ok(true)
        })?;
        if !changed {
            return Ok(());
        }
    }
}

/// The indexes there are. Who opens the workspace in the very moment may have made one that is put off.
fn indexes_of(workspace: &Workspace, object: &str) -> Result<Vec<String>> {
    let schema = workspace.schema();
    let table = schema.object(object).map(|it| it.table.name.as_str());
    let found = workspace.store.existing_tables()?.into_iter().find(|it| Some(it.name.as_str()) == table);
    Ok(found.map(|it| it.indexes).unwrap_or_default())
}

/// Changes what is put off, one change of the definitions after the other on all nodes; answers whether there was
/// anything to change. The work is given the schema with all indexes.
fn change(workspace: &Workspace, work: impl Fn(&mut dyn WriteTx, &mut PutOffs, &Schema) -> Result<bool> + Send + 'static) -> Result<bool> {
    let _one_at_a_time = workspace.definition_change.lock().unwrap_or_else(PoisonError::into_inner);
    let (registry, now) = (workspace.registry.clone(), workspace.clock.now());
    let changed = workspace.store.write_with(move |tx| {
        tx.serialise("schema")?;
        let mut customisation = customisation_of(tx)?;
        let mut put_offs = std::mem::take(&mut customisation.put_off);
        let whole = schema_of(&registry, &customisation)?;
        if !work(tx, &mut put_offs, &whole)? {
            return Ok(None);
        }
        customisation.put_off = put_offs;
        customisation.version += 1;
        save_customisation(tx, &customisation, now)?;
        Ok(Some(schema_of(&registry, &customisation)?))
    })?;
    let Some(schema) = changed else { return Ok(false) };
    workspace.replace_schema(Arc::new(schema));
    workspace.feed.announce();
    Ok(true)
}
