//! Objects whose words are taken anew, because they were taken from other fields or cut otherwise than they would be now, or
//! because somebody asked for it: batch by batch, beside what the log tells of, going on where it stopped.
//!
//! Until an object is through, what stood in the index stays there under the names it has in common with what it will be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::index::{READER, is_searchable, layout_of, position, words_of_records, write_words};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{ID, Object};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, ReadTx, Select, StoreExt, WriteTx};
use crate::system_tables::SETTING;
use crate::workspace::{load_setting, save_setting};

/// Setting that says which fields the words of each object were taken from.
const LAYOUT: &str = "search.layout";
/// Setting that says how far each object is that is indexed anew.
const REBUILDS: &str = "search.rebuild";
/// Records indexed anew in one transaction.
const BATCH: u64 = 500;

/// Searched fields of an object, and the names its words stand under.
type Layout = BTreeMap<String, Vec<String>>;
type Rebuilds = BTreeMap<String, Rebuild>;

/// How far an object is that is indexed anew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Rebuild {
    /// What its words are taken from; something else, and it begins anew.
    wanted: Vec<String>,
    /// Names under which nothing is to stand any more.
    stale: BTreeSet<String>,
    /// The last record done.
    after: Uuid,
    /// The last one there was when it began. Ids grow: what comes after it is in the log, and an import would outrun the
    /// rebuild for ever.
    until: Uuid,
}

impl Rebuild {
    /// The same from the beginning, for other words.
    fn anew(before: Option<&Self>, stored: Option<&Vec<String>>, wanted: Vec<String>, until: Uuid) -> Self {
        let names = before.into_iter().flat_map(|it| it.stale.iter().chain(&it.wanted)).chain(stored.into_iter().flatten());
        let stale = names.filter(|it| it.contains('.') && !wanted.contains(it)).cloned().collect();
        Self { wanted, stale, after: Uuid::nil(), until }
    }
}

/// Indexes a batch of records anew, of an object that needs it. Answers whether there was one.
pub(super) fn rebuild_next(context: &Context) -> Result<bool> {
    let store = &context.workspace.store;
    let (stored, rebuilds, from) = store.read_with(|tx| Ok((load_layout(tx)?, load_rebuilds(tx)?, position(tx)?)))?;
    if stored.is_empty() && rebuilds.is_empty() && from == 0 {
        // Nothing was indexed yet: the log tells of every record there is.
        let schema = &context.schema;
        let all = schema.objects.values().filter(|it| is_searchable(it)).map(|it| (it.name.clone(), layout_of(schema, it))).collect();
        store.write_with(move |tx| save_layout(tx, &all))?;
        return Ok(false);
    }
    let mut changed = changed(context, &stored);
    // One after the other.
    changed.sort_by_key(|it| !rebuilds.contains_key(&it.name));
    let Some(object) = changed.into_iter().next() else { return Ok(false) };
    let wanted = layout_of(&context.schema, &object);
    let known = rebuilds.get(&object.name).cloned();
    // The words are worked out from a snapshot, so that nobody's write waits for it.
    let (from, rebuild, ids, words) = store.read_with(|tx| {
        let rebuild = match &known {
            Some(known) if known.wanted == wanted => known.clone(),
            other => Rebuild::anew(other.as_ref(), stored.get(&object.name), wanted.clone(), last_id(tx, &object)?.unwrap_or_default()),
        };
        let ids = ids_after(tx, &object, &rebuild)?;
        let words = words_of_records(context, tx, &object, &ids)?;
        Ok((position(tx)?, rebuild, ids, words))
    })?;
    let schema = context.schema.clone();
    store.write_with(move |tx| {
        tx.serialise(READER)?;
        let mut rebuilds = load_rebuilds(tx)?;
        // Another node may have been here first, or have written what changed since.
        if position(tx)? != from || rebuilds.get(&object.name) != known.as_ref() {
            return Ok(());
        }
        for (id, name) in ids.iter().flat_map(|id| rebuild.stale.iter().map(move |name| (*id, name))) {
            tx.index_words(name, id, None)?;
        }
        write_words(tx, &schema, &words)?;
        let mut layout = load_layout(tx)?;
        if (ids.len() as u64) < BATCH {
            rebuilds.remove(&object.name);
            layout.insert(object.name.clone(), rebuild.wanted.clone());
        } else {
            let after = ids.last().copied().unwrap_or(rebuild.after);
            rebuilds.insert(object.name.clone(), Rebuild { after, ..rebuild.clone() });
            // Until it is through it is neither as before nor as it will be: not even if that is what is wanted again.
            layout.insert(object.name.clone(), Vec::new());
        }
        save_layout(tx, &layout)?;
        save_rebuilds(tx, &rebuilds)
    })?;
    Ok(true)
}

/// Objects whose words were taken from something else than they would be now.
fn changed(context: &Context, stored: &Layout) -> Vec<Arc<Object>> {
    let schema = &context.schema;
    let of_search = schema.objects.values().filter(|it| is_searchable(it));
    of_search.filter(|it| stored.get(&it.name) != Some(&layout_of(schema, it))).cloned().collect()
}

/// Names of the objects that are indexed anew, or are about to be.
///
/// # Errors
/// Fails where the database does.
pub fn rebuilding(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<String>> {
    let stored = load_layout(tx)?;
    Ok(if stored.is_empty() { Vec::new() } else { changed(context, &stored).iter().map(|it| it.name.clone()).collect() })
}

/// Lets an object be indexed anew, or all of them; whoever follows the log does it. Answers their names.
///
/// # Errors
/// Not found where search covers no such object; where the database fails.
pub fn rebuild(context: &Context, object: Option<&str>) -> Result<Vec<String>> {
    let of_search = context.schema.objects.values().filter(|it| is_searchable(it) && object.is_none_or(|name| it.name == name));
    let objects: Vec<Arc<Object>> = of_search.cloned().collect();
    if objects.is_empty() {
        return Err(KernelError::NotFound);
    }
    let names = objects.iter().map(|it| it.name.clone()).collect();
    context.workspace.store.write_with(move |tx| {
        tx.serialise(READER)?;
        objects.iter().try_for_each(|it| index_anew(tx, it))
    })?;
    context.workspace.feed.announce();
    Ok(names)
}

/// Lets an object be indexed anew, from the beginning where that is under way.
pub(super) fn index_anew(tx: &mut dyn WriteTx, object: &Object) -> Result<()> {
    let (mut layout, mut rebuilds) = (load_layout(tx)?, load_rebuilds(tx)?);
    let anew = Rebuild::anew(rebuilds.get(&object.name), layout.get(&object.name), Vec::new(), Uuid::nil());
    rebuilds.insert(object.name.clone(), anew);
    layout.insert(object.name.clone(), Vec::new());
    save_rebuilds(tx, &rebuilds)?;
    save_layout(tx, &layout)
}

/// Lets every object be indexed anew: the words of a copied workspace stayed where they were.
pub(crate) fn forget_layout(tx: &mut dyn WriteTx) -> Result<()> {
    forget(tx, &[LAYOUT, REBUILDS])
}

fn forget(tx: &mut dyn WriteTx, settings: &[&str]) -> Result<()> {
    let keys = settings.iter().map(|it| Value::Text((*it).into())).collect();
    tx.delete(&Delete { table: SETTING.clone(), condition: Condition::In(ColumnRef::main(0), keys, false) })?;
    Ok(())
}

fn ids_after(tx: &mut dyn ReadTx, object: &Object, rebuild: &Rebuild) -> Result<Vec<Uuid>> {
    let compare = |op, id| Condition::Compare(ColumnRef::main(ID), op, Value::Id(id));
    let between = compare(CompareOp::Gt, rebuild.after).and(compare(CompareOp::Le, rebuild.until));
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, between).order_by(ID, false).limited(BATCH) };
    Ok(tx.rows(&select)?.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect())
}

fn last_id(tx: &mut dyn ReadTx, object: &Object) -> Result<Option<Uuid>> {
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, Condition::True).order_by(ID, true).limited(1) };
    Ok(if let Some([Value::Id(id)]) = tx.first(&select)?.as_deref() { Some(*id) } else { None })
}

fn load_layout(tx: &mut (impl ReadTx + ?Sized)) -> Result<Layout> {
    Ok(load_setting(tx, LAYOUT)?.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default())
}

fn save_layout(tx: &mut dyn WriteTx, layout: &Layout) -> Result<()> {
    save_json(tx, LAYOUT, layout)
}

fn load_rebuilds(tx: &mut (impl ReadTx + ?Sized)) -> Result<Rebuilds> {
    Ok(load_setting(tx, REBUILDS)?.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default())
}

fn save_rebuilds(tx: &mut dyn WriteTx, rebuilds: &Rebuilds) -> Result<()> {
    if rebuilds.is_empty() {
        return forget(tx, &[REBUILDS]);
    }
    save_json(tx, REBUILDS, rebuilds)
}

fn save_json(tx: &mut dyn WriteTx, key: &str, value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_value(value).map_err(|error| KernelError::Internal(error.to_string()))?;
    save_setting(tx, key, &json)
}
