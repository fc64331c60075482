//! `guanxi files move`: contents of files from the data folder into a bucket, and back.

use clap::{Arg, ArgMatches, Command};

use super::output::say;
use super::{CliError, arguments};
use crate::blobs::{Blobs, copy_contents, local};
use crate::log;

/// The command.
pub fn command() -> Command {
    let to = Arg::new("to")
        .long("to")
        .value_name("WHERE")
        .required(true)
        .value_parser(["bucket", "folder"])
        .help("bucket: into the one file-store names; folder: back into the data folder");
    let moving = Command::new("move").about("Copy contents of files to where they are to be; what was copied stays where it was").arg(to);
    Command::new("files").about("Where contents of files are").subcommand_required(true).subcommand(arguments::with_common_settings(moving))
}

/// Copies what is not there yet. Servers may go on meanwhile; done again, only what is new is copied.
///
/// # Errors
/// No bucket; the disk, the network; a damaged content.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Some(("move", matches)) = matches.subcommand() else { return Err(CliError::Other("no command".into())) };
    let settings = arguments::settings(matches)?;
    log::start(&settings);
    if settings.file_store.is_none() {
        return Err(CliError::Other("file-store names no bucket".into()));
    }
    let (blobs, folder) = (Blobs::of(&settings), local(&settings.data));
    let into_bucket = matches.get_one::<String>("to").is_some_and(|it| it == "bucket");
    let staging = blobs.incoming("");
    let copied = if into_bucket {
        copy_contents(&folder, blobs.store().as_ref(), &staging)?
    } else {
        copy_contents(blobs.store().as_ref(), &folder, &staging)?
    };
    say(&format!("{copied} contents copied"));
    say(if into_bucket {
        "start the servers with file-store, run this once more, and remove the folder `files` of the data folder when all is well"
    } else {
        "start the servers without file-store, having run this once more with them stopped"
    });
    Ok(())
}
