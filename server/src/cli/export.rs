//! `guanxi export`: records into a file, without the web app, through the same engine.

use std::io::BufWriter;

use clap::{Arg, ArgMatches, Command};
use guanxi_kernel::identity;
use guanxi_kernel::read::{self, ListRequest};
use guanxi_kernel::store::StoreExt as _;
use uuid::Uuid;

use super::start::{Started, start};
use super::{CliError, arguments};
use crate::export::{Export, Format, Target};
use crate::import::importer;

/// The command.
pub fn command() -> Command {
    let command = Command::new("export")
        .about("Export records as CSV, Excel or JSON")
        .arg(Arg::new("object").long("object").value_name("OBJECT").required(true).help("Which records, such as contact"))
        .arg(Arg::new("format").long("format").value_name("FORMAT").value_parser(["csv", "xlsx", "json"]).default_value("csv").help("Kind of file"))
        .arg(Arg::new("filter").long("filter").value_name("EXPRESSION").allow_hyphen_values(true).help("Which of them"))
        .arg(Arg::new("sort").long("sort").value_name("FIELDS").allow_hyphen_values(true).help("In which order, such as -amount,name"))
        .arg(Arg::new("fields").long("fields").value_name("FIELDS").value_delimiter(',').help("Which fields; all without"))
        .arg(Arg::new("user").long("user").value_name("EMAIL").help("Export what this member may; everything without"))
        .arg(Arg::new("out").long("out").value_name("FILE").help("Where to; standard output without"));
    arguments::for_one_workspace(command)
}

/// Exports.
///
/// # Errors
/// Unknown objects, fields and members; what cannot be written.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { workspace: main, runtime: _runtime, .. } = start(matches)?;
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let member = match text("user") {
        None => Uuid::nil(),
        Some(email) => {
            let schema = main.schema();
            let found = main.store.read_with(|tx| identity::find_member(&schema, tx, &email))?;
            found.ok_or_else(|| CliError::Other(format!("there is no member {email}")))?
        }
    };
    let context = importer(&main, member, "command line")?;
    let name = text("object").unwrap_or_default();
    let object = read::object_of(&context, &name).map_err(|_| CliError::Other(format!("there is no object {name}")))?;
    let format = text("format").and_then(|it| Format::of(&it)).unwrap_or(Format::Csv);
    let fields = matches.get_many::<String>("fields").map(|it| it.cloned().collect());
    let request = ListRequest { filter: text("filter"), sort: text("sort"), fields, ..ListRequest::default() };
    let export = Export::begin(&context, &object, request, format, Some("guanxi export"))?;
    let target: Target = match text("out") {
        Some(path) => Box::new(BufWriter::new(std::fs::File::create(&path).map_err(|error| CliError::Other(format!("{path}: {error}")))?)),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    export.write(target)?;
    Ok(())
}
