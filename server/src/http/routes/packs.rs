//! `GET /packs`, `GET /packs/{pack}`, `POST /packs/{pack}/plan`, `POST /packs/{pack}/apply`, `DELETE /packs/{pack}`:
//! industry packs, looked at, installed, upgraded and removed by administrators.

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::pack::{BrokenPack, InstalledPack, PackChange, PackDefinition, PackPart, difference, plant, version_numbers};
use guanxi_kernel::schema::Label;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema::{AppliedSchema, ToldPlan, told_plan};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// All packs.
#[derive(Serialize, JsonSchema)]
pub struct ToldPacks {
    /// Installed or offered, by name.
    items: Vec<ToldPack>,
    /// Those the server could not read, and why.
    broken: Vec<BrokenPack>,
}

/// An industry pack.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Pack")]
pub struct ToldPack {
    /// Identifier; what it adds begins with it.
    name: String,
    /// Name shown.
    label: Label,
    /// What it is for.
    help: Label,
    /// Icon name of the web app's set.
    icon: Option<String>,
    /// How it stands.
    state: PackState,
    /// Version installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    installed: Option<InstalledVersion>,
    /// Version the server offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<String>,
    /// Objects of others that it needs.
    needs: Vec<String>,
    /// What it brings: as installed where it is, otherwise as offered.
    brings: Vec<PackChange>,
}

/// How a pack stands.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PackState {
    /// It can be installed.
    Available,
    /// It is installed, in the version offered.
    Installed,
    /// A newer version than the one installed is offered.
    Upgradable,
    /// An older version than the one installed is offered.
    Older,
    /// It is installed and not offered any more.
    Withdrawn,
}

/// A version of a pack in this workspace.
#[derive(Serialize, JsonSchema)]
struct InstalledVersion {
    /// Version.
    version: String,
    /// Since when.
    at: Timestamp,
}

/// All packs.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let registry = &context.workspace.registry;
            let offered = registry.packs.iter().map(PackDefinition::name);
            let installed = context.schema.standard.packs.iter().map(|it| it.pack.name());
            let names: std::collections::BTreeSet<&str> = offered.chain(installed).collect();
            let items = names.into_iter().filter_map(|it| told_pack(context, it)).collect();
            Answer::json(&ToldPacks { items, broken: registry.broken_packs.clone() })
        })
        .await
}

/// One pack.
pub async fn get(caller: Caller, Path(pack): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            Answer::json(&told_pack(&signed_in.context, &pack).ok_or(KernelError::NotFound)?)
        })
        .await
}

/// What is to be looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedPlan {
    /// Look at its removal, not at installing the version offered.
    #[serde(default)]
    remove: bool,
}

/// What a change of a pack would do.
#[derive(Serialize, JsonSchema)]
pub struct PackPlan {
    /// Version installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Version it would be; none where it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// What comes, changes and goes.
    changes: Vec<PackChange>,
    /// Tables and definitions, in order; losses and problems.
    #[serde(flatten)]
    plan: ToldPlan,
}

/// What installing, upgrading or removing a pack would do.
pub async fn plan(caller: Caller, Path(pack): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let WantedPlan { remove } = body.read()?;
            let (installed, offered) = of_name(context, &pack)?;
            let before = installed.map(|it| &it.pack);
            let after = if remove { None } else { Some(offered.ok_or_else(withdrawn)?) };
            let change = after.map_or_else(|| SchemaChange::RemovePack { name: pack.clone() }, install);
            let plan = told_plan(context, definition::plan(context, &[change])?);
            let version = |it: Option<&PackDefinition>| it.map(|it| it.version().to_owned());
            let changes = told_changes(context, before, after);
            Answer::json(&PackPlan { from: version(before), to: version(after), changes, plan })
        })
        .await
}

/// The version that was looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedPack {
    /// Version of the plan; another one offered meanwhile is refused.
    version: String,
    /// Go ahead although values are lost.
    #[serde(default)]
    accept_loss: bool,
}

/// Installs a pack, or brings it to the version offered.
pub async fn apply(caller: Caller, Path(pack): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            of_name(context, &pack)?;
            let WantedPack { version, accept_loss } = body.read()?;
            let schema = definition::apply(context, &[SchemaChange::InstallPack { name: pack.clone(), version }], accept_loss)?;
            if let Some(installed) = schema.standard.pack(&pack) {
                plant(&Context { schema: schema.clone(), ..context.clone() }, &installed.pack)?;
            }
            Answer::json(&AppliedSchema { schema_version: schema.version })
        })
        .await
}

/// Removes a pack.
pub async fn remove(caller: Caller, Path(pack): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let accept_loss = query.flag("accept_loss")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            of_name(context, &pack)?;
            definition::apply(context, &[SchemaChange::RemovePack { name: pack.clone() }], accept_loss)?;
            Ok(Answer::empty())
        })
        .await
}

fn install(pack: &PackDefinition) -> SchemaChange {
    SchemaChange::InstallPack { name: pack.name().to_owned(), version: pack.version().to_owned() }
}

fn withdrawn() -> KernelError {
    KernelError::conflict("state_conflict", "服务器不再提供此行业包，只能移除", "the server offers this pack no more; it can only be removed")
}

/// A pack as installed and as offered; one of them at least.
fn of_name<'a>(context: &'a Context, name: &str) -> Result<(Option<&'a InstalledPack>, Option<&'a PackDefinition>), ApiError> {
    context.access.require_administrator()?;
    match (context.schema.standard.pack(name), context.workspace.registry.pack(name)) {
        (None, None) => Err(KernelError::NotFound.into()),
        found => Ok(found),
    }
}

fn told_pack(context: &Context, name: &str) -> Option<ToldPack> {
    let (installed, offered) = (context.schema.standard.pack(name), context.workspace.registry.pack(name));
    let shown = installed.map(|it| &it.pack).or(offered)?;
    let number = |it: &PackDefinition| version_numbers(it.version());
    let state = match (installed, offered) {
        (None, _) => PackState::Available,
        (Some(_), None) => PackState::Withdrawn,
        (Some(installed), Some(offered)) => match number(offered).cmp(&number(&installed.pack)) {
            std::cmp::Ordering::Equal => PackState::Installed,
            std::cmp::Ordering::Greater => PackState::Upgradable,
            std::cmp::Ordering::Less => PackState::Older,
        },
    };
    Some(ToldPack {
        name: name.to_owned(),
        label: shown.manifest.label.clone(),
        help: shown.manifest.help.clone(),
        icon: shown.manifest.icon.clone(),
        state,
        installed: installed.map(|it| InstalledVersion { version: it.pack.version().to_owned(), at: it.installed_at }),
        offered: offered.map(|it| it.version().to_owned()),
        needs: shown.manifest.needs.clone(),
        brings: told_changes(context, None, Some(shown)),
    })
}

/// What comes, changes and goes, with roles that are there under their names for people.
fn told_changes(context: &Context, before: Option<&PackDefinition>, after: Option<&PackDefinition>) -> Vec<PackChange> {
    let mut changes = difference(before, after);
    for change in changes.iter_mut().filter(|it| it.part == PackPart::Grant) {
        if let Some(role) = context.schema.roles.get(&change.name) {
            change.label = role.label.clone();
        }
    }
    changes
}
