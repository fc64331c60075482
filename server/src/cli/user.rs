//! `guanxi user`: members from the command line, for whoever has the data folder.

use std::io::BufRead as _;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, MEMBER_OBJECT, NewMember};
use guanxi_kernel::read::{self, Deleted, ListRequest};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::run_unit;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::auth::password::Passwords;
use crate::auth::password_rules::{About, check_new};

/// The command.
pub fn command() -> Command {
    let email = || Arg::new("email").value_name("EMAIL").required(true).help("The member's sign-in name");
    let sub = |name: &'static str, about: &'static str| arguments::for_one_workspace(Command::new(name).about(about));
    Command::new("user")
        .about("List, add and deactivate members, set passwords")
        .subcommand_required(true)
        .subcommand(sub("list", "List members"))
        .subcommand(
            sub("add", "Add a member; the password is read from standard input")
                .arg(email())
                .arg(Arg::new("name").long("name").value_name("NAME").required(true).help("Full name"))
                .arg(Arg::new("role").long("role").value_name("ROLE").num_args(1..).help("Roles; member where none is given")),
        )
        .subcommand(sub("password", "Set a member's password, read from standard input; his sessions end").arg(email()))
        .subcommand(sub("deactivate", "Deactivate a member; his sessions end at once").arg(email()))
}

/// Runs one of them.
///
/// # Errors
/// Wrong settings, unknown members, weak passwords.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Some((name, matches)) = matches.subcommand() else { return Err(CliError::Other("no command".into())) };
    let Started { workspaces, workspace: main, runtime: _runtime, .. } = start(matches)?;
    let context = main.system_context(Uuid::nil(), "command line");
    let email = matches.try_get_one::<String>("email").ok().flatten().cloned().unwrap_or_default();
    match name {
        "list" => list(&context),
        "add" => add(&context, &Passwords::new(workspaces.ids().as_ref())?, &email, matches),
        "password" => set_password(&main, &context, &Passwords::new(workspaces.ids().as_ref())?, &email),
        _ => deactivate(&main, &context, &email),
    }
}

fn list(context: &Context) -> Result<(), CliError> {
    let object = read::object_of(context, MEMBER_OBJECT)?;
    let fields = ["name", "email", "roles", "active"].map(str::to_owned).to_vec();
    let mut request =
        ListRequest { fields: Some(fields), sort: Some("name".into()), limit: 500, deleted: Deleted::Without, ..ListRequest::default() };
    loop {
        let page = context.workspace.store.read_with(|tx| read::list(context, tx, &object, &request))?;
        let members: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| CliError::Other(error.to_string()))?;
        for member in members {
            let text = |name: &str| member[name].as_str().unwrap_or_default().to_owned();
            let roles: Vec<&str> = member["roles"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            let state = if member["active"] == json!(false) { "deactivated" } else { "active" };
            say(&format!("{}\t{}\t{}\t{state}", text("email"), text("name"), roles.join(",")));
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => return Ok(()),
        }
    }
}

fn read_password(main: &Arc<Workspace>, name: &str, email: &str) -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    let about = About { name: name.to_owned(), email: email.to_owned(), company: main.settings().name.clone() };
    check_new("password", &password, &about, &*main.sign_in_policy()?)?;
    Ok(password)
}

fn add(context: &Context, passwords: &Passwords, email: &str, matches: &ArgMatches) -> Result<(), CliError> {
    let mut roles: Vec<&String> = matches.get_many::<String>("role").into_iter().flatten().collect();
    let member = "member".to_owned();
    if roles.is_empty() {
        roles.push(&member);
    }
    if let Some(unknown) = roles.iter().find(|it| !context.schema.roles.contains_key(**it)) {
        let known: Vec<&str> = context.schema.roles.keys().map(String::as_str).collect();
        return Err(CliError::Other(format!("there is no role `{unknown}`; the roles are {}", known.join(", "))));
    }
    let name = matches.get_one::<String>("name").map(String::as_str).unwrap_or_default();
    let password_hash = passwords.hash(&read_password(&context.workspace, name, email)?, context.workspace.ids.as_ref())?;
    let values: Map<String, Json> =
        [("name", json!(name)), ("email", json!(email)), ("roles", json!(roles))].into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let id = identity::add_member(context, &NewMember { values, password_hash })?;
    say(&format!("added {email} ({id})"));
    Ok(())
}

fn find(main: &Arc<Workspace>, email: &str) -> Result<Uuid, CliError> {
    let schema = main.schema();
    let found = main.store.read_with(|tx| identity::find_member(&schema, tx, email))?;
    found.ok_or_else(|| CliError::Other(format!("there is no member {email}")))
}

fn set_password(main: &Arc<Workspace>, context: &Context, passwords: &Passwords, email: &str) -> Result<(), CliError> {
    let member = find(main, email)?;
    let hash = passwords.hash(&read_password(main, "", email)?, main.ids.as_ref())?;
    identity::set_credential(context, member, &hash, None)?;
    say(&format!("set the password of {email}"));
    Ok(())
}

fn deactivate(main: &Arc<Workspace>, context: &Context, email: &str) -> Result<(), CliError> {
    let member = find(main, email)?;
    let values: Map<String, Json> = [("active".to_owned(), json!(false))].into_iter().collect();
    run_unit(context, context.new_id(), "deactivate", Box::new(move |unit| unit.update_as_system(MEMBER_OBJECT, member, &values).map(|_| ())))?;
    say(&format!("deactivated {email}"));
    Ok(())
}
