//! `guanxi doctor`: looks whether all is well, and says what is not.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use clap::{ArgMatches, Command};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::put_offs;
use guanxi_kernel::schema::{FILE_OBJECT, FILE_VERSION_OBJECT};
use guanxi_kernel::store::{ColumnRef, Condition, Select, StoreExt as _, Table};
use guanxi_kernel::system_tables::{self, CURSOR, EVENT, JOB};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::auth::sealing;
use crate::auth::vault::Vault;
use crate::blobs::Blobs;
use crate::import;
use crate::settings::Settings;

/// Events the search index may be behind before it is worth a word.
const LAG: i64 = 10_000;
/// Free bytes below which the disk is called nearly full.
const FREE: u64 = 1_000_000_000;

/// The command.
pub fn command() -> Command {
    arguments::with_common_settings(Command::new("doctor").about("Check settings, database, files, jobs, search and disk"))
}

/// What was found about one thing.
struct Finding {
    what: &'static str,
    /// What is well.
    well: String,
    /// What is not.
    troubles: Vec<String>,
}

/// Looks.
///
/// # Errors
/// Where anything is not well.
pub fn run(matches: &ArgMatches) -> std::result::Result<(), CliError> {
    let Started { settings, main, runtime: _runtime, .. } = start(matches)?;
    let context = main.system_context(Uuid::nil(), "doctor");
    let findings = [
        database(&context)?,
        tables(&context)?,
        names(&context),
        late_indexes(&context)?,
        files(&context, &settings)?,
        jobs(&context)?,
        search(&context)?,
        audit_log(&context)?,
        secrets(&context, &settings)?,
        disk(&settings),
    ];
    say(&format!("ok       settings: data in {}, {}", settings.data.display(), main.store.kind()));
    for it in &findings {
        if it.troubles.is_empty() {
            say(&format!("ok       {}: {}", it.what, it.well));
        }
        it.troubles.iter().for_each(|trouble| say(&format!("trouble  {}: {trouble}", it.what)));
    }
    match findings.iter().map(|it| it.troubles.len()).sum::<usize>() {
        0 => Ok(()),
        count => Err(CliError::Other(format!("{count} troubles"))),
    }
}

fn database(context: &Context) -> Result<Finding> {
    let store = &context.workspace.store;
    store.check()?;
    Ok(Finding { what: "database", well: "answers and is whole".into(), troubles: store.integrity()? })
}

/// Tables, columns and indexes the schema speaks of and the database lacks, and tables nobody speaks of.
fn tables(context: &Context) -> Result<Finding> {
    let existing = context.workspace.store.existing_tables()?;
    let mut wanted: Vec<std::sync::Arc<Table>> = system_tables::all().into_iter().map(|it| (*it).clone()).collect();
    for object in context.schema.objects.values() {
        wanted.push(object.table.clone());
        wanted.extend(object.fields.iter().filter_map(|it| it.link.clone()));
    }
    let mut troubles = Vec::new();
    for table in &wanted {
        let Some(found) = existing.iter().find(|it| it.name == table.name) else {
            troubles.push(format!("the table {} is missing", table.name));
            continue;
        };
        let columns =
            table.columns.iter().filter(|it| !found.columns.contains(&it.name)).map(|it| format!("the column {}.{} is missing", table.name, it.name));
        let indexes = table.indexes.iter().filter(|it| !found.indexes.contains(&it.name)).map(|it| format!("the index {} is missing", it.name));
        troubles.extend(columns.chain(indexes));
    }
    let strangers = existing.iter().filter(|it| it.name.starts_with("o_") && wanted.iter().all(|table| table.name != it.name));
    troubles.extend(strangers.map(|it| format!("the table {} belongs to no object", it.name)));
    Ok(Finding { what: "tables", well: format!("{} tables as the definitions say", wanted.len()), troubles })
}

/// Standard objects that stand back for the workspace's own of the same name.
fn names(context: &Context) -> Finding {
    let left_out = context.workspace.registry.left_out.iter();
    let trouble = |it: &String| {
        format!(
            "the object `{it}` of this version is left out, with what follows from it: the workspace has its own of that name, which stays. To have the standard's, export the own records, remove the own object, and start again"
        )
    };
    Finding { what: "names", well: "no own object is called as one of the standard".into(), troubles: left_out.map(trouble).collect() }
}

/// Indexes that an import put off.
fn late_indexes(context: &Context) -> Result<Finding> {
    let (mut waiting, mut troubles) = (Vec::new(), Vec::new());
    for (object, it) in put_offs(&context.workspace)? {
        let count = it.indexes.len();
        match import::awaited(context, &it)? {
            Some(import) => waiting.push(format!("{count} of {object} are made when the import of {} ends", import.file_name)),
            None => troubles.push(format!("{count} of {object} wait for an import that does not go on; a server makes them within minutes")),
        }
    }
    let well = if waiting.is_empty() { "none put off".to_owned() } else { waiting.join(", ") };
    Ok(Finding { what: "indexes", well, troubles })
}

/// Contents that records refer to and the disk lacks.
fn files(context: &Context, settings: &Settings) -> Result<Finding> {
    let blobs = Blobs::of(settings);
    let (mut troubles, mut named) = (Vec::new(), BTreeMap::new());
    for name in [FILE_OBJECT, FILE_VERSION_OBJECT] {
        let Some(object) = context.schema.object(name) else { continue };
        let Some(column) = object.field("sha256").and_then(|it| it.part("")).map(|it| it.column) else { continue };
        let select = Select { columns: vec![ColumnRef::main(0), ColumnRef::main(column)], ..Select::all(&object.table, Condition::True) };
        context.workspace.store.read_with(|tx| {
            tx.select(&select, &mut |row| {
                if let [Value::Id(id), Value::Text(sha256)] = row.as_slice() {
                    named.entry(sha256.clone()).or_insert_with(|| format!("{name} {id}"));
                }
                ControlFlow::Continue(())
            })?;
            Ok(())
        })?;
    }
    for (sha256, of) in &named {
        match blobs.holds(sha256) {
            Ok(true) => {}
            Ok(false) => troubles.push(format!("the content of {of} is missing")),
            Err(error) => troubles.push(format!("the content of {of} cannot be looked for: {error}")),
        }
    }
    Ok(Finding { what: "files", well: format!("{} contents, all there", named.len()), troubles })
}

fn jobs(context: &Context) -> Result<Finding> {
    let of = |state: &str| Select::all(&JOB, Condition::equals(ColumnRef::main(3), Value::Text(state.into())));
    let (dead, waiting) = context.workspace.store.read_with(|tx| Ok((tx.count(&of("dead"), None)?, tx.count(&of("waiting"), None)?)))?;
    let troubles = (dead > 0).then(|| format!("{dead} jobs failed for good; see them under Jobs, and try them again")).into_iter().collect();
    Ok(Finding { what: "jobs", well: format!("{waiting} waiting, none dead"), troubles })
}

fn search(context: &Context) -> Result<Finding> {
    let newest = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&EVENT, Condition::True).order_by(0, true).limited(1) };
    let cursor = Select::all(&CURSOR, Condition::equals(ColumnRef::main(0), Value::Text("search".into())));
    let number = |row: Option<Vec<Value>>| if let Some(Some(Value::Int(it))) = row.map(|it| it.last().cloned()) { it } else { 0 };
    let (head, done) = context.workspace.store.read_with(|tx| Ok((number(tx.first(&newest)?), number(tx.first(&cursor)?))))?;
    let behind = (head - done).max(0);
    let anew = context.workspace.store.read_with(|tx| guanxi_kernel::search::rebuilding(context, tx))?;
    let troubles = (behind > LAG).then(|| format!("{behind} changes are not in the index yet")).into_iter().collect();
    let well = if anew.is_empty() { String::new() } else { format!("; {} objects are indexed anew: {}", anew.len(), anew.join(", ")) };
    Ok(Finding { what: "search", well: format!("{behind} changes behind{well}"), troubles })
}

/// Whether the audit log is as it was written.
fn audit_log(context: &Context) -> Result<Finding> {
    let found = context.workspace.store.read_with(|tx| guanxi_kernel::audit::verify(tx))?;
    let broken = |seq: i64| format!("row {seq} is not as it was written, or rows before it are missing; compare with a backup");
    let well = format!("{} rows, an unbroken chain{}", found.rows, if found.unchained > 0 { " after older rows without one" } else { "" });
    Ok(Finding { what: "audit log", well, troubles: found.broken_at.map(broken).into_iter().collect() })
}

/// Whether the keys are there that open the secrets in the database.
fn secrets(context: &Context, settings: &Settings) -> Result<Finding> {
    let vault = Vault::new(settings.secret_key_file.clone());
    let (count, troubles) = sealing::look(&vault, context)?;
    Ok(Finding { what: "secrets", well: format!("{count}, all open with the keys in {}", vault.file().display()), troubles })
}

fn disk(settings: &Settings) -> Finding {
    match free_bytes(&settings.data) {
        Some(free) if free < FREE => Finding { what: "disk", well: String::new(), troubles: vec![format!("only {} MB free", free / 1_000_000)] },
        Some(free) => Finding { what: "disk", well: format!("{} MB free", free / 1_000_000), troubles: Vec::new() },
        None => Finding { what: "disk", well: "free space is not known on this system".into(), troubles: Vec::new() },
    }
}

/// Free bytes of the disk that holds a folder, as `df` tells them: the standard library does not.
fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(folder).output().ok().filter(|it| it.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes * 1024)
}
