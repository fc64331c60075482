//! Addresses of databases, with their passwords: sealed, beside the records and never among them. In a copy of the workspace
//! they do not open.

use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use guanxi_kernel::system_tables::SETTING;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::json;
use uuid::Uuid;

use crate::auth::vault::Vault;

/// How their settings are called, before the id of the schedule.
const KEY: &str = "import_connection.";

fn key(schedule: Uuid) -> String {
    format!("{KEY}{schedule}")
}

fn place(context: &Context, schedule: Uuid) -> String {
    format!("import/{}/{schedule}", context.workspace.id)
}

fn kept(tx: &mut (impl ReadTx + ?Sized), schedule: Uuid) -> Result<Option<String>> {
    let row = tx.first(&Select::all(&SETTING, Condition::equals(ColumnRef::main(0), Value::Text(key(schedule)))))?;
    Ok(row.and_then(|it| if let Some(Value::Json(value)) = it.get(1) { value["sealed"].as_str().map(str::to_owned) } else { None }))
}

/// Whether a schedule has one.
///
/// # Errors
/// Fails where the database does.
pub fn has_connection(context: &Context, schedule: Uuid) -> Result<bool> {
    context.workspace.store.read_with(|tx| Ok(kept(tx, schedule)?.is_some()))
}

/// The address of a schedule's database.
///
/// # Errors
/// Where its key is missing.
pub fn open(context: &Context, vault: &Vault, schedule: Uuid) -> Result<Option<String>> {
    let sealed = context.workspace.store.read_with(|tx| kept(tx, schedule))?;
    sealed.map(|it| vault.open(&place(context, schedule), &it)).transpose()
}

/// Takes it away, within a transaction.
///
/// # Errors
/// Fails where the database does.
pub(super) fn forget(tx: &mut dyn WriteTx, schedule: Uuid) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(0), Value::Text(key(schedule)));
    Ok(tx.delete(&Delete { table: SETTING.clone(), condition }).map(drop)?)
}

/// Keeps it, within a transaction; `None` takes it away.
///
/// # Errors
/// Where the keys can be neither read nor made, or the database fails.
pub fn set(context: &Context, tx: &mut dyn WriteTx, vault: &Vault, schedule: Uuid, address: Option<&str>) -> Result<()> {
    let Some(address) = address else { return forget(tx, schedule) };
    let sealed = vault.seal(context.workspace.ids.as_ref(), &place(context, schedule), address)?;
    write(tx, schedule, &sealed)
}

fn write(tx: &mut dyn WriteTx, schedule: Uuid, sealed: &str) -> Result<()> {
    let row = vec![Value::Text(key(schedule)), Value::Json(Box::new(json!({ "sealed": sealed })))];
    let insert = Insert { table: SETTING.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) };
    Ok(tx.insert(&insert).map(drop)?)
}

/// All there are: the schedule, and what is kept.
///
/// # Errors
/// Fails where the database does.
pub fn connections(tx: &mut dyn ReadTx) -> Result<Vec<(Uuid, String)>> {
    let rows = tx.rows(&Select::all(&SETTING, Condition::True))?;
    let read = |row: &Vec<Value>| {
        let [Value::Text(name), Value::Json(value)] = row.as_slice() else { return None };
        let id = name.strip_prefix(KEY).and_then(|it| Uuid::try_parse(it).ok())?;
        Some((id, value["sealed"].as_str()?.to_owned()))
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Seals one anew under the present key.
///
/// # Errors
/// Where it cannot be opened, or the database fails.
pub fn reseal(context: &Context, vault: &Vault, schedule: Uuid, sealed: &str) -> Result<()> {
    let address = vault.open(&place(context, schedule), sealed)?;
    let anew = vault.seal(context.workspace.ids.as_ref(), &place(context, schedule), &address)?;
    context.workspace.store.write_with(move |tx| write(tx, schedule, &anew)).map_err(|error: KernelError| error)
}
