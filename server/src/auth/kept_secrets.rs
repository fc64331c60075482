//! Secrets that belong to records and never stand among them: sealed, each for the record it belongs to. In a copy of the
//! workspace they do not open.

use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use guanxi_kernel::system_tables::SETTING;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::json;
use uuid::Uuid;

use super::vault::Vault;

/// The secrets of one kind of record.
#[derive(Clone, Copy)]
pub struct KeptSecrets {
    /// How their settings are called, before the id of the record.
    pub key: &'static str,
    /// The place they are sealed for, before the workspace and the id.
    pub place: &'static str,
}

impl KeptSecrets {
    fn key(&self, record: Uuid) -> Value {
        Value::Text(format!("{}{record}", self.key))
    }

    fn place(&self, context: &Context, record: Uuid) -> String {
        format!("{}/{}/{record}", self.place, context.workspace.id)
    }

    /// The secret of a record.
    ///
    /// # Errors
    /// Where its key is missing.
    pub fn open(&self, context: &Context, vault: &Vault, record: Uuid) -> Result<Option<String>> {
        let select = Select::all(&SETTING, Condition::equals(ColumnRef::main(0), self.key(record)));
        let row = context.workspace.store.read_with(|tx| Ok::<_, KernelError>(tx.first(&select)?))?;
        let sealed = row.and_then(|it| if let Some(Value::Json(value)) = it.get(1) { value["sealed"].as_str().map(str::to_owned) } else { None });
        sealed.map(|it| vault.open(&self.place(context, record), &it)).transpose()
    }

    /// Takes it away, within a transaction.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn forget(&self, tx: &mut dyn WriteTx, record: Uuid) -> Result<()> {
        let condition = Condition::equals(ColumnRef::main(0), self.key(record));
        Ok(tx.delete(&Delete { table: SETTING.clone(), condition }).map(drop)?)
    }

    /// Keeps it, within a transaction; `None` takes it away.
    ///
    /// # Errors
    /// Where the keys can be neither read nor made, or the database fails.
    pub fn set(&self, context: &Context, tx: &mut dyn WriteTx, vault: &Vault, record: Uuid, secret: Option<&str>) -> Result<()> {
        let Some(secret) = secret else { return self.forget(tx, record) };
        let sealed = vault.seal(context.workspace.ids.as_ref(), &self.place(context, record), secret)?;
        self.write(tx, record, &sealed)
    }

    fn write(&self, tx: &mut dyn WriteTx, record: Uuid, sealed: &str) -> Result<()> {
        let row = vec![self.key(record), Value::Json(Box::new(json!({ "sealed": sealed })))];
        let insert = Insert { table: SETTING.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) };
        Ok(tx.insert(&insert).map(drop)?)
    }

    /// All there are: the record, and what is kept.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn all(&self, tx: &mut dyn ReadTx) -> Result<Vec<(Uuid, String)>> {
        let rows = tx.rows(&Select::all(&SETTING, Condition::True))?;
        let read = |row: &Vec<Value>| {
            let [Value::Text(name), Value::Json(value)] = row.as_slice() else { return None };
            let id = name.strip_prefix(self.key).and_then(|it| Uuid::try_parse(it).ok())?;
            Some((id, value["sealed"].as_str()?.to_owned()))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Seals one anew under the present key.
    ///
    /// # Errors
    /// Where it cannot be opened, or the database fails.
    pub fn reseal(&self, context: &Context, vault: &Vault, record: Uuid, sealed: &str) -> Result<()> {
        let secret = vault.open(&self.place(context, record), sealed)?;
        let anew = vault.seal(context.workspace.ids.as_ref(), &self.place(context, record), &secret)?;
        let own = *self;
        context.workspace.store.write_with(move |tx| own.write(tx, record, &anew))
    }
}
