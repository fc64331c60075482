//! Files of a folder that could not be used: remembered with the reason, so that each is tried once and told for as long as it
//! lies there. Another mapping, or a run by hand, tries them again.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ColumnRef, Condition, Delete, Insert, OnConflict, Select, StoreExt as _, WriteTx};
use guanxi_kernel::system_tables::IMPORT_UNUSABLE;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::json;
use uuid::Uuid;

use crate::errors::ApiError;

const SCHEDULE: usize = 0;
const MAPPING: usize = 2;
const REASON: usize = 3;

/// What is known of files that could not be used, by their marks.
pub(super) type Unusable = HashMap<String, Label>;

/// Whether a reason can be the file's own: what the importer may not do, or the machine cannot now, may go the next time.
pub(super) fn is_its_own(error: &ApiError) -> bool {
    match error {
        ApiError::Kernel(error) => !matches!(error, KernelError::Store(_) | KernelError::Forbidden(_) | KernelError::Internal(_)),
        ApiError::Http { status, .. } => status.is_client_error(),
    }
}

fn of_schedule(schedule: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(SCHEDULE), Value::Id(schedule))
}

/// Those that a mapping could not be used with.
///
/// # Errors
/// Fails where the database does.
pub(super) fn known(context: &Context, schedule: Uuid, mapping: &str) -> Result<Unusable> {
    let wanted = of_schedule(schedule).and(Condition::equals(ColumnRef::main(MAPPING), Value::Text(mapping.to_owned())));
    let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&IMPORT_UNUSABLE, wanted.clone()))?))?;
    let read = |row: Vec<Value>| {
        let [_, Value::Text(source), _, Value::Json(reason)] = row.as_slice() else { return None };
        let text = |name: &str| reason[name].as_str().unwrap_or_default().to_owned();
        Some((source.clone(), Label::new(text("zh_cn"), text("en"))))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Keeps those there are now, and no others.
///
/// # Errors
/// Fails where the database does.
pub(super) fn keep(context: &Context, schedule: Uuid, mapping: &str, all: &Unusable) -> Result<()> {
    let row = |(source, reason): (&String, &Label)| {
        let reason = json!({ "zh_cn": reason.zh_cn, "en": reason.en });
        vec![Value::Id(schedule), Value::Text(source.clone()), Value::Text(mapping.to_owned()), Value::Json(Box::new(reason))]
    };
    let rows: Vec<Vec<Value>> = all.iter().map(row).collect();
    context.workspace.store.write_with(move |tx| {
        forget(tx, schedule)?;
        for some in rows.chunks(500) {
            let columns = (SCHEDULE..=REASON).collect();
            tx.insert(&Insert { table: IMPORT_UNUSABLE.clone(), columns, rows: some.to_vec(), on_conflict: OnConflict::Fail })?;
        }
        Ok(())
    })
}

/// Forgets them, within a transaction.
///
/// # Errors
/// Fails where the database does.
pub(super) fn forget(tx: &mut dyn WriteTx, schedule: Uuid) -> Result<()> {
    Ok(tx.delete(&Delete { table: IMPORT_UNUSABLE.clone(), condition: of_schedule(schedule) }).map(drop)?)
}

/// How many there are, and what is wrong with the first by name; nothing where there are none.
pub(super) fn told(all: &Unusable, there: &HashSet<String>) -> Option<Label> {
    let mut lying: Vec<(&String, &Label)> = all.iter().filter(|it| there.contains(it.0)).collect();
    lying.sort_by_key(|it| it.0);
    let (_, first) = lying.first()?;
    let count = lying.len();
    Some(Label::new(
        format!("有 {count} 个文件无法使用（更正后另存即可）：{}", first.zh_cn),
        format!("{count} {} cannot be used (mend and save it anew): {}", if count == 1 { "file" } else { "files" }, first.en),
    ))
}
