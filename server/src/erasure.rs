//! What must not outlast erased records, and what nobody needs any more, outside the database.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::{FILE_OBJECT, FILE_VERSION_OBJECT};
use guanxi_kernel::search::forget_unnamed_texts;
use guanxi_kernel::store::{ColumnRef, Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables::{EVENT, EXPORT};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::TRACES;
use guanxi_kernel::{KernelError, Result, Value, coedit, files, jobs};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::blobs::Blobs;
use crate::errors::disk_error;
use crate::export;
use crate::import;
use crate::workspaces::{EveryWorkspace, MAIN};

/// What cannot be removed yet is looked at again after this long: an import that runs, a content that came just now.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What was erased.
#[derive(Default, Serialize, Deserialize)]
struct Erased {
    #[serde(default)]
    records: Vec<Uuid>,
    #[serde(default)]
    contents: BTreeSet<String>,
}

/// Removes what lies outside the records: the files of imports that made or changed an erased record, with the cells they
/// quoted, those of exports it may be in, and the contents of erased files.
pub struct EraseTraces {
    /// Folder of the uploaded tables.
    pub imports: PathBuf,
    /// Contents.
    pub blobs: Blobs,
    /// A content may be another workspace's too.
    pub everywhere: EveryWorkspace,
}

impl JobHandler for EraseTraces {
    fn kind(&self) -> &str {
        TRACES
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let mut erased: Erased = serde_json::from_value(payload.clone()).map_err(|error| KernelError::Internal(error.to_string()))?;
        let (changes, objects) = traces_of(context, &erased.records)?;
        erased.contents.extend(export::forget_of(context, &objects)?);
        let mut rest = Erased::default();
        for import in import::of_changes(context, &changes)? {
            if !import::forget(context, &self.imports, &import)? {
                rest.records.clone_from(&erased.records);
            }
        }
        if !erased.contents.is_empty() {
            let named = named_contents(&self.everywhere.all()?, Some(&erased.contents))?;
            for content in erased.contents.into_iter().filter(|it| !named.contains(it)) {
                if !self.blobs.remove(&content).map_err(|error| disk_error(&error))? {
                    rest.contents.insert(content);
                }
            }
        }
        if rest.records.is_empty() && rest.contents.is_empty() {
            return Ok(());
        }
        let (inner, payload) = (context.clone(), json!(rest));
        let at = context.workspace.clock.now() + AGAIN;
        context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, TRACES, payload.clone(), None, at)).map(drop)
    }
}

/// The changes that records went through, and their objects; the log keeps them, without what they held.
fn traces_of(context: &Context, records: &[Uuid]) -> Result<(HashSet<Uuid>, BTreeSet<String>)> {
    let (mut changes, mut objects) = (HashSet::new(), BTreeSet::new());
    for ids in records.chunks(500) {
        let of_them = Condition::In(ColumnRef::main(5), ids.iter().copied().map(Value::Id).collect(), false);
        let select = Select { columns: vec![ColumnRef::main(4), ColumnRef::main(7)], ..Select::all(&EVENT, of_them) };
        for row in context.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))? {
            if let [Value::Text(object), Value::Id(change)] = row.as_slice() {
                objects.insert(object.clone());
                changes.insert(*change);
            }
        }
    }
    Ok((changes, objects))
}

/// Daily: erases files that have long hung nowhere, removes contents that no entry of any workspace names, and forgets documents
/// of texts nobody can come back to.
pub struct TidyFiles {
    /// Contents.
    pub blobs: Blobs,
    /// All who may name one.
    pub everywhere: EveryWorkspace,
}

impl JobHandler for TidyFiles {
    fn kind(&self) -> &str {
        "files.tidy"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("40 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let erased = files::erase_unused(context)?;
        files::forget_old_links(context)?;
        files::count_usage(context)?;
        forget_unnamed_texts(context)?;
        coedit::forget_gone(context)?;
        // The contents of all workspaces lie together; once for all of them is enough.
        let removed = if context.workspace.id == MAIN {
            let named = named_contents(&self.everywhere.all()?, None)?;
            self.blobs.remove_all_but(&named).map_err(|error| disk_error(&error))?
        } else {
            0
        };
        if erased > 0 || removed > 0 {
            tracing::info!(workspace = context.workspace.id, erased, removed, "tidied files");
        }
        Ok(())
    }
}

/// The contents that files of these workspaces, their versions and exports name, those in the bin too; of some contents only, where these are given.
fn named_contents(workspaces: &[Arc<Workspace>], some: Option<&BTreeSet<String>>) -> Result<HashSet<String>> {
    let mut named = HashSet::new();
    for workspace in workspaces {
        let schema = workspace.schema();
        let objects = [FILE_OBJECT, FILE_VERSION_OBJECT].iter().filter_map(|it| schema.object(it));
        let of_objects = objects.filter_map(|it| Some((it.table.clone(), it.field("sha256")?.part("")?.column)));
        for (table, column) in of_objects.chain([(EXPORT.clone(), export::CONTENT)]) {
            let condition = some.map_or(Condition::NotNull(ColumnRef::main(column)), |some| {
                Condition::In(ColumnRef::main(column), some.iter().cloned().map(Value::Text).collect(), false)
            });
            let select = Select { columns: vec![ColumnRef::main(column)], ..Select::all(&table, condition) };
            workspace.store.read_with(|tx| {
                tx.select(&select, &mut |row| {
                    named.extend(row.pop().and_then(|it| it.as_text().map(str::to_owned)));
                    std::ops::ControlFlow::Continue(())
                })?;
                Ok(())
            })?;
        }
    }
    Ok(named)
}
