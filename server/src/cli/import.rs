//! `guanxi import`: a table into records, without the web app, through the same engine.

use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{identity, read};
use guanxi_tabular::Table;
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::duplicates::{self, Found, Residents};
use crate::import::{
    self, ColumnMapping, Counts, Ending, Import, ImportData, ImportPlan, ImportState, MatchRule, OnMatch, PartCounts, Preview, Recipe, RowProblem,
    Runner,
};

/// Problems printed.
const SHOWN: usize = 20;
/// How often it is asked whether the records that are compared with are read: each time waits a second at most.
const READING_TAKES: usize = 30;

/// The command.
pub fn command() -> Command {
    let command = Command::new("import")
        .about("Import a CSV or Excel table")
        .arg(Arg::new("file").value_name("FILE").required_unless_present("resume").help("The table"))
        .arg(Arg::new("object").long("object").value_name("OBJECT").required_unless_present("resume").help("What its rows become, such as contact"))
        .arg(Arg::new("sheet").long("sheet").value_name("NAME").help("Sheet of a workbook; the first with anything in it without"))
        .arg(
            Arg::new("map")
                .long("map")
                .value_name("COLUMN=FIELD")
                .action(ArgAction::Append)
                .help("Maps a column, by header or number from 1; no field leaves it out. Others are guessed"),
        )
        .arg(
            Arg::new("plan")
                .long("plan")
                .value_name("FILE")
                .conflicts_with_all(["map", "match"])
                .help("What to do, as JSON, as the API takes it: further records of each row, constants, expressions, owners"),
        )
        .arg(Arg::new("match").long("match").value_name("FIELD").help("Field by which rows find records that exist"))
        .arg(
            Arg::new("on-match")
                .long("on-match")
                .value_name("WHAT")
                .value_parser(["skip", "fill", "overwrite", "new-version"])
                .default_value("skip")
                .help("What then"),
        )
        .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only say what would happen"))
        .arg(
            Arg::new("unchecked")
                .long("unchecked")
                .action(ArgAction::SetTrue)
                .help("Do not look whether new records are there already before they are made"),
        )
        .arg(Arg::new("user").long("user").value_name("EMAIL").help("Import with this member's rights, as him; as the system without"))
        .arg(
            Arg::new("resume")
                .long("resume")
                .value_name("ID")
                .conflicts_with_all(["map", "match", "plan", "dry-run"])
                .help("Go on with an import that was interrupted"),
        );
    arguments::for_one_workspace(command)
}

/// Imports.
///
/// # Errors
/// What is wrong with the file, the mapping or the rights; a run that failed.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { settings, workspace: main, shutdown, runtime, .. } = start(matches)?;
    let folder = import::folder(&settings.data);
    let member = member(&main, matches)?;
    let import = match matches.get_one::<String>("resume") {
        Some(id) => resumed(&main, id)?,
        None => match prepare(&main, &folder, member, matches)? {
            Some(import) => import,
            None => return Ok(()),
        },
    };
    runtime.block_on(async { shutdown.on_signals() })?;
    let id = import.id;
    let mut last = 0;
    let mut tell = |it: &Import| {
        if it.data.done >= last + 50_000 {
            last = it.data.done;
            say(&format!("{} of {} rows", it.data.done, it.data.rows));
        }
    };
    let ending = Runner::new(&main, &folder, import, "command line")?.run(&|| shutdown.has_begun(), &mut tell);
    let end = import::load(&main.system_context(Uuid::nil(), "command line"), id)?;
    match ending {
        Ok(Ending::Done) => {}
        Ok(Ending::Failed) => return Err(CliError::Other(end.data.failure.map_or_else(|| "the import failed".into(), |it| it.en))),
        Ok(Ending::Taken) => return Err(CliError::Other("the import was cancelled".into())),
        Ok(Ending::Stopped) => return Err(CliError::Other(format!("interrupted; go on with guanxi import --resume {id}"))),
        Err(error) => return Err(CliError::Other(format!("{error}; go on with guanxi import --resume {id}"))),
    }
    report(&end.data.counts, &end.data.problems, false);
    report_parts(&end.data.parts);
    if let Some(change) = end.data.change_id {
        say(&format!("change {change} can be undone as a whole"));
    }
    if end.data.rejected_bytes > 0 {
        say(&format!("rows refused: {}", import::rejected_of(&folder, id).display()));
    }
    Ok(())
}

fn member(main: &Arc<Workspace>, matches: &ArgMatches) -> Result<Uuid, CliError> {
    let Some(email) = matches.get_one::<String>("user") else { return Ok(Uuid::nil()) };
    let schema = main.schema();
    let found = main.store.read_with(|tx| identity::find_member(&schema, tx, email))?;
    found.ok_or_else(|| CliError::Other(format!("there is no member {email}")))
}

fn resumed(main: &Arc<Workspace>, id: &str) -> Result<Import, CliError> {
    let id = Uuid::try_parse(id).map_err(|_| CliError::Other(format!("`{id}` is no id")))?;
    let import = import::load(&main.system_context(Uuid::nil(), "command line"), id)?;
    if import.state == ImportState::Running { Ok(import) } else { Err(CliError::Other(format!("the import is {}", import.state.name()))) }
}

/// Reads the file, says what would happen, and puts the file and the plan where the run finds them.
fn prepare(main: &Arc<Workspace>, folder: &Path, member: Uuid, matches: &ArgMatches) -> Result<Option<Import>, CliError> {
    let argument = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let (file, object) = (argument("file"), argument("object"));
    let path = Path::new(&file);
    let file_name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let sheet = matches.get_one::<String>("sheet").map(String::as_str);
    let table = import::check_file(path, &file_name, sheet).map_err(|error| CliError::Other(format!("{file}: {error}")))?;
    let context = import::importer(main, member, "command line")?;
    let object = read::object_of(&context, &object).map_err(|_| CliError::Other(format!("there is no object {object}")))?;
    let plan = match matches.get_one::<String>("plan") {
        Some(file) => plan_of(file)?,
        None => ImportPlan { mapping: mapping(&context, &object, &table, matches)?, matching: matching(matches), ..ImportPlan::default() },
    };
    for it in plan.mapping.iter().filter(|it| it.field.is_some()) {
        let header = table.headers().get(it.column).map_or("", String::as_str);
        say(&format!("{header} -> {}", it.field.as_deref().unwrap_or_default()));
    }
    let recipe = Recipe::compile(&context, &object, &plan, table.headers(), table.format() == guanxi_tabular::Format::Csv)?;
    if matches.get_flag("dry-run") {
        let preview = import::preview(&context, &recipe, &table, None).map_err(|error| CliError::Other(error.to_string()))??;
        report(&preview.counts, &preview.problems, true);
        report_parts(&preview.parts);
        report_repeats(&object, &preview);
        report_duplicates(&context, &object, &preview)?;
        if !preview.complete {
            say(&format!("only the first {} rows were looked at", preview.rows));
        }
        return Ok(None);
    }
    if !matches.get_flag("unchecked") && is_compared(&object) {
        let preview = import::preview(&context, &recipe, &table, None).map_err(|error| CliError::Other(error.to_string()))??;
        report_repeats(&object, &preview);
        report_duplicates(&context, &object, &preview)?;
    }
    let (usable, unusable) = table.count_rows().map_err(|error| CliError::Other(error.to_string()))?;
    std::fs::create_dir_all(folder)?;
    let id = context.new_id();
    std::fs::copy(path, import::file_of(folder, id))?;
    let data = ImportData {
        encoding: table.encoding().to_owned(),
        format: table.format().name().to_owned(),
        sheet: table.sheet().map(str::to_owned),
        headers: table.headers().to_vec(),
        attempt: 1,
        rows: usable + unusable,
        plan: Some(plan),
        change_id: Some(context.new_id()),
        ..ImportData::default()
    };
    let import = Import {
        id,
        member,
        object: object.name.clone(),
        file_name,
        state: ImportState::Running,
        data,
        created_at: context.now,
        updated_at: context.now,
    };
    import::insert(&context, &import)?;
    Ok(Some(import))
}

/// A plan in a file.
fn plan_of(file: &str) -> Result<ImportPlan, CliError> {
    let text = std::fs::read_to_string(file)?;
    serde_json::from_str(&text).map_err(|error| CliError::Other(format!("--plan {file}: {error}")))
}

fn mapping(context: &Context, object: &guanxi_kernel::schema::Object, table: &Table, matches: &ArgMatches) -> Result<Vec<ColumnMapping>, CliError> {
    let guesses = import::guess(context, object, table);
    let mut mapping: Vec<ColumnMapping> =
        guesses.into_iter().map(|it| ColumnMapping { column: it.index, field: it.field, options: it.options }).collect();
    for text in matches.get_many::<String>("map").into_iter().flatten() {
        let (column, field) = text.rsplit_once('=').ok_or_else(|| CliError::Other(format!("--map {text}: write COLUMN=FIELD")))?;
        let by_number = || column.parse::<usize>().ok().filter(|it| (1..=table.headers().len()).contains(it)).map(|it| it - 1);
        let position = table.headers().iter().position(|it| it == column).or_else(by_number);
        let position = position
            .ok_or_else(|| CliError::Other(format!("--map {text}: there is no column `{column}`; the columns are {}", table.headers().join(", "))))?;
        // A field said to come from one column does not come from the one it was guessed for.
        mapping.iter_mut().filter(|it| it.field.as_deref() == Some(field)).for_each(|it| it.field = None);
        mapping[position] = ColumnMapping { field: (!field.is_empty()).then(|| field.to_owned()), ..mapping[position].clone() };
    }
    Ok(mapping)
}

fn matching(matches: &ArgMatches) -> Option<MatchRule> {
    let field = matches.get_one::<String>("match")?.clone();
    let on_match = match matches.get_one::<String>("on-match").map(String::as_str) {
        Some("fill") => OnMatch::Fill,
        Some("overwrite") => OnMatch::Overwrite,
        Some("new-version") => OnMatch::NewVersion,
        _ => OnMatch::Skip,
    };
    Some(MatchRule { fields: vec![field], field: None, on_match, overwrite: None, or_fields: Vec::new() })
}

fn report_parts(parts: &[PartCounts]) {
    for PartCounts { key, object, counts } in parts {
        let of = if key.is_empty() { String::new() } else { format!(" ({key})") };
        say(&format!("  {object}{of}: {} new, {} changed, {} found", counts.create, counts.update, counts.skip));
    }
}

/// Rows of the file that mean the same record.
fn report_repeats(object: &Object, preview: &Preview) {
    let alike = duplicates::alike_rows(object, &preview.new);
    if preview.repeats > 0 {
        say(&format!("{} rows mean the same record as a row before, by the fields to match by", preview.repeats));
    }
    for it in preview.first_repeats.iter().take(SHOWN) {
        say(&format!("  row {} and row {}", it.of, it.row));
    }
    if !alike.is_empty() {
        say(&format!("{} rows likely mean the same as a row before, and would be records of their own", alike.len()));
    }
    for (row, of) in alike.iter().take(SHOWN) {
        say(&format!("  row {of} and row {row}"));
    }
}

/// Whether records of an object are compared with others.
fn is_compared(object: &Object) -> bool {
    !object.definition.duplicates.is_empty()
}

/// Rows that would be new records and likely mean one that is there, of the same object or another.
fn report_duplicates(context: &Context, object: &Arc<Object>, preview: &Preview) -> Result<(), CliError> {
    if !is_compared(object) || preview.new.is_empty() {
        return Ok(());
    }
    let residents = Arc::new(Residents::default());
    let mut checked = duplicates::check_rows(context, &residents, object, &preview.new)?;
    // The records are read while we wait; nobody else is kept waiting.
    for _ in 0..READING_TAKES {
        if checked.is_ready {
            break;
        }
        checked = duplicates::check_rows(context, &residents, object, &preview.new)?;
    }
    if !checked.is_ready {
        say("whether new records are there already was not looked at: there are too many to read");
    } else if !checked.found.is_empty() {
        say(&format!("{} of the first {} new records likely are there already", checked.found.len(), checked.checked));
    }
    for (row, found) in checked.found.iter().take(SHOWN) {
        let title = preview.new.iter().find(|it| it.0 == *row).map(|it| object.title_of(&it.1)).unwrap_or_default();
        let there: Vec<String> = found.iter().map(|it| told(context, it)).collect();
        say(&format!("  row {row}: {title}: {}", there.join("; ")));
    }
    for name in &checked.left_out {
        say(&format!("nothing was compared with {name}: there are too many to read"));
    }
    Ok(())
}

/// What a row likely is already: of which object, its title and id as far as the caller may see it, how sure it is.
fn told(context: &Context, found: &Found) -> String {
    match found {
        Found::Visible { record, probability, .. } => {
            let title = record.text_for(context, record.object.title_field().name()).unwrap_or_default();
            format!("{} {title} ({}, {:.0} %)", record.object.name, record.id(), probability * 100.0)
        }
        Found::Hidden { object, probability, .. } => format!("{object}, not open to this member ({:.0} % at least)", probability * 100.0),
    }
}

fn report(counts: &Counts, problems: &[RowProblem], dry: bool) {
    let would = if dry { "would be " } else { "" };
    let Counts { create, update, skip, reject } = counts;
    say(&format!("{create} {would}created, {update} {would}changed, {skip} {would}left as they are, {reject} {would}refused"));
    for it in problems.iter().take(SHOWN) {
        let field = if it.part.is_empty() { it.field.clone() } else { format!("{}.{}", it.part, it.field) };
        say(&format!("  row {}, {field}: {} ({})", it.row, it.message.en, it.value));
    }
    if problems.len() > SHOWN {
        say("  ...");
    }
}
