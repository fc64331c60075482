//! `guanxi import`: a table into records, without the web app, through the same engine.

use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{identity, read};
use guanxi_tabular::Table;
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::import::{
    self, ColumnMapping, Counts, Ending, Import, ImportData, ImportPlan, ImportState, MatchRule, OnMatch, Recipe, RowProblem, Runner,
};

/// Problems printed.
const SHOWN: usize = 20;

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
        .arg(Arg::new("match").long("match").value_name("FIELD").help("Field by which rows find records that exist"))
        .arg(
            Arg::new("on-match")
                .long("on-match")
                .value_name("WHAT")
                .value_parser(["skip", "fill", "overwrite"])
                .default_value("skip")
                .help("What then"),
        )
        .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only say what would happen"))
        .arg(Arg::new("user").long("user").value_name("EMAIL").help("Import with this member's rights, as him; as the system without"))
        .arg(
            Arg::new("resume")
                .long("resume")
                .value_name("ID")
                .conflicts_with_all(["map", "match", "dry-run"])
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
    let plan = ImportPlan { mapping: mapping(&context, &object, &table, matches)?, matching: matching(matches) };
    for it in plan.mapping.iter().filter(|it| it.field.is_some()) {
        say(&format!("{} -> {}", table.headers()[it.column], it.field.as_deref().unwrap_or_default()));
    }
    let recipe = Recipe::compile(&context, &object, &plan, table.headers().len(), table.format() == guanxi_tabular::Format::Csv)?;
    if matches.get_flag("dry-run") {
        let preview = import::preview(&context, &recipe, &table).map_err(|error| CliError::Other(error.to_string()))??;
        report(&preview.counts, &preview.problems, true);
        if !preview.complete {
            say(&format!("only the first {} rows were looked at", preview.rows));
        }
        return Ok(None);
    }
    let (usable, unusable) = table.count_rows().map_err(|error| CliError::Other(error.to_string()))?;
    std::fs::create_dir_all(folder)?;
    let id = context.new_id();
    std::fs::copy(path, import::file_of(folder, id))?;
    let data = ImportData {
        encoding: table.encoding().to_owned(),
        format: table.format().name().to_owned(),
        sheet: table.sheet().map(str::to_owned),
        rows: usable + unusable,
        plan: Some(plan),
        change_id: Some(context.new_id()),
        ..ImportData::default()
    };
    let import = Import { id, member, object: object.name.clone(), file_name, state: ImportState::Running, data, updated_at: context.now };
    import::insert(&context, &import)?;
    Ok(Some(import))
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
        _ => OnMatch::Skip,
    };
    Some(MatchRule { field, on_match })
}

fn report(counts: &Counts, problems: &[RowProblem], dry: bool) {
    let would = if dry { "would be " } else { "" };
    let Counts { create, update, skip, reject } = counts;
    say(&format!("{create} {would}created, {update} {would}changed, {skip} {would}left as they are, {reject} {would}refused"));
    for it in problems.iter().take(SHOWN) {
        say(&format!("  row {}, {}: {} ({})", it.row, it.field, it.message.en, it.value));
    }
    if problems.len() > SHOWN {
        say("  ...");
    }
}
