//! What a business app brings: objects and roles as data, hooks, actions and jobs as code.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::context::Context;
use crate::definition::stripped;
use crate::error::{KernelError, Result};
use crate::pack::{BrokenPack, PackDefinition};
use crate::read::Record;
use crate::readers::LogReader;
use crate::schedule::Schedule;
use crate::schema::{AppDefinition, FieldDefinition, Label, ObjectDefinition, RoleDefinition};
use crate::store::ReadTx;
use crate::write::{Draft, RECOMPUTE, RecomputeJob, UNDO, UndoJob, Unit};

/// An app as the server wires it.
#[derive(Default)]
pub struct App {
    /// Its `app.toml`.
    pub definition: Option<AppDefinition>,
    /// Its objects.
    pub objects: Vec<ObjectDefinition>,
    /// Roles it brings.
    pub roles: Vec<RoleDefinition>,
    /// Hooks, run in this order.
    pub hooks: Vec<Arc<dyn Hook>>,
    /// Actions.
    pub actions: Vec<Arc<dyn Action>>,
    /// Jobs.
    pub jobs: Vec<Arc<dyn JobHandler>>,
    /// What follows the event log.
    pub readers: Vec<Arc<dyn LogReader>>,
}

/// Reads `object.toml` with the `views.toml` beside it (empty for none).
///
/// # Errors
/// Says which file and which key.
pub fn parse_object(name: &str, object_toml: &str, views_toml: &str) -> std::result::Result<ObjectDefinition, String> {
    let mut object: ObjectDefinition = toml::from_str(object_toml).map_err(|error| format!("{name}/object.toml: {error}"))?;
    if !views_toml.trim().is_empty() {
        object.views = toml::from_str(views_toml).map_err(|error| format!("{name}/views.toml: {error}"))?;
    }
    Ok(object)
}

/// Reads an action's declaration. An input named like a field of its object and without options offers the field's.
///
/// # Errors
/// Says which object's action and which key.
pub fn parse_action(action_toml: &str, object: &ObjectDefinition) -> std::result::Result<ActionDefinition, String> {
    let mut action: ActionDefinition = toml::from_str(action_toml).map_err(|error| format!("{}/actions: {error}", object.name))?;
    for input in action.input.iter_mut().filter(|it| it.options.is_empty()) {
        if let Some(field) = object.fields.iter().find(|it| it.name == input.name && it.kind == input.kind && !it.options.is_empty()) {
            input.options.clone_from(&field.options);
            // What a company adds to the field is a choice of the action as well.
            input.options_of = Some(format!("{}.{}", object.name, field.name));
        }
    }
    Ok(action)
}

/// Code that runs when records of an object are saved or deleted. Hooks of one object run in declared order.
pub trait Hook: Send + Sync {
    /// The object.
    fn object(&self) -> &str;
    /// While the change is planned: may alter the draft or add problems to it; may read, never write.
    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, _draft: &mut Draft) -> Result<()> {
        Ok(())
    }
    /// In the transaction, before new records are written, all that are written together: may still set their fields, by what
    /// only the transaction knows for certain. Nothing of it is checked again. The transaction may run again, with the
    /// drafts as they were.
    fn before_insert(&self, _unit: &mut Unit<'_>, _drafts: &mut [Draft]) -> Result<()> {
        Ok(())
    }
    /// Whether [`Self::before_insert`] does anything.
    fn has_before_insert(&self) -> bool {
        false
    }
    /// In the transaction, after the row is written: may change other records through the unit.
    fn after_save(&self, _unit: &mut Unit<'_>, _draft: &Draft) -> Result<()> {
        Ok(())
    }
    /// In the transaction, after a record went to the bin, or from outside the bin for good.
    fn after_delete(&self, _unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        Ok(())
    }
    /// In the transaction, after a record came back from the bin: what went on meanwhile may no longer agree with it.
    fn after_restore(&self, _unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        Ok(())
    }
    /// In the transaction, before a record is erased for good (`whole`) or anonymised: may refuse it. Asked of everything that
    /// goes along too, while all of it is still there. A hook whose object is `*` is asked about records of every object.
    fn before_erase(&self, _unit: &mut Unit<'_>, _record: &Record, _whole: bool) -> Result<()> {
        Ok(())
    }
    /// Whether [`Self::after_save`] does anything; bulk writes are faster where none does.
    fn has_after_save(&self) -> bool {
        true
    }
}

/// Where an action stands in the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionPlace {
    /// On one record.
    Record,
    /// On an object's list.
    Object,
    /// On nothing.
    Nothing,
}

/// A named verb, declared once: route, OpenAPI, button and permission row follow from this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionDefinition {
    /// Identifier, unique on its object.
    pub name: String,
    /// The object; empty for actions on nothing.
    #[serde(default)]
    pub object: String,
    /// Button text.
    pub label: Label,
    /// What it does, one sentence.
    #[serde(default)]
    pub help: Option<Label>,
    /// Icon name.
    #[serde(default)]
    pub icon: Option<String>,
    /// Where it stands.
    pub on: ActionPlace,
    /// Shown as the main button.
    #[serde(default)]
    pub primary: bool,
    /// Asks before it runs.
    #[serde(default)]
    pub danger: bool,
    /// Runs on a record of which a circle covers something for the caller, too: it carries none of it elsewhere.
    #[serde(default)]
    pub covered: bool,
    /// Expression over the record: shown (and allowed) when true.
    #[serde(default)]
    pub visible_when: Option<String>,
    /// Input, declared like fields.
    #[serde(default, rename = "input")]
    pub input: Vec<FieldDefinition>,
}

/// An action's code.
pub trait Action: Send + Sync {
    /// Its declaration.
    fn definition(&self) -> &ActionDefinition;
    /// What is answered where the record is out of the caller's reach, or in a state in which the action is not shown: another
    /// may have been quicker. It must not tell more than the caller may know. `otherwise` is what is answered without it.
    ///
    /// # Errors
    /// Fails where the database does.
    fn refusal(&self, _unit: &mut Unit<'_>, _id: Uuid, otherwise: KernelError) -> Result<KernelError> {
        Ok(otherwise)
    }
    /// What an action on an object answers that only reads, however long it takes: outside any transaction, so that nobody who
    /// writes waits for it. Where it answers, the body is not run.
    ///
    /// # Errors
    /// As the body's.
    fn answer(&self, _context: &Context, _input: &Map<String, Json>) -> Option<Result<Json>> {
        None
    }
    /// Whether an action on a record only reads: [`Self::answer_of`] is asked then, and the body is not run. It holds up nobody
    /// who writes, and a lock on the record does not stand in its way.
    fn only_reads(&self) -> bool {
        false
    }
    /// What an action on a record answers that only reads.
    ///
    /// # Errors
    /// As the body's.
    fn answer_of(&self, _context: &Context, _tx: &mut dyn ReadTx, _record: &Record, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("an action that only reads answers nothing".into()))
    }
    /// The body, in one transaction. `input` has been checked against the declaration; what it reads and writes through
    /// the unit has the caller's rights.
    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json>;
}

/// The record an action on a record was called with.
///
/// # Errors
/// An internal error where there is none: the engine calls such actions only with one.
pub fn required_record(record: Option<Record>) -> Result<Record> {
    record.ok_or_else(|| KernelError::Internal("an action on a record was called without one".into()))
}

/// A kind of durable job.
pub trait JobHandler: Send + Sync {
    /// Its name, `app.verb`.
    fn kind(&self) -> &str;
    /// Does the work. Must be idempotent: after a crash it runs again.
    fn run(&self, context: &Context, payload: &Json) -> Result<()>;
    /// When a scheduled job runs; `None` for jobs that are only enqueued.
    fn schedule(&self) -> Option<Schedule> {
        None
    }
}

/// Everything the apps brought, by name.
#[derive(Default)]
pub struct Registry {
    /// App declarations.
    pub apps: Vec<AppDefinition>,
    /// Standard objects with their app.
    pub objects: Vec<(String, ObjectDefinition)>,
    /// Standard roles.
    pub roles: Vec<RoleDefinition>,
    /// Industry packs a workspace may install.
    pub packs: Vec<PackDefinition>,
    /// What follows the event log.
    pub readers: Vec<Arc<dyn LogReader>>,
    /// The address of this server, where it knows it: for links in mail.
    pub public_url: Option<String>,
    /// Packs that cannot be offered, and why.
    pub broken_packs: Vec<BrokenPack>,
    /// Standard objects that a workspace does without, since it has its own of the name.
    pub left_out: BTreeSet<String>,
    hooks: BTreeMap<String, Vec<Arc<dyn Hook>>>,
    actions: BTreeMap<(String, String), Arc<dyn Action>>,
    jobs: BTreeMap<String, Arc<dyn JobHandler>>,
}

impl Registry {
    /// Puts apps together.
    pub fn new(apps: Vec<App>) -> Self {
        let mut registry = Self::default();
        registry.jobs.insert(RECOMPUTE.to_owned(), Arc::new(RecomputeJob));
        registry.jobs.insert(UNDO.to_owned(), Arc::new(UndoJob::default()));
        for app in apps {
            let name = app.definition.as_ref().map(|it| it.name.clone()).unwrap_or_default();
            registry.apps.extend(app.definition);
            registry.objects.extend(app.objects.into_iter().map(|it| (name.clone(), it)));
            registry.roles.extend(app.roles);
            for hook in app.hooks {
                registry.hooks.entry(hook.object().to_owned()).or_default().push(hook);
            }
            for action in app.actions {
                let key = (action.definition().object.clone(), action.definition().name.clone());
                registry.actions.insert(key, action);
            }
            registry.readers.extend(app.readers);
            for job in app.jobs {
                registry.jobs.insert(job.kind().to_owned(), job);
            }
        }
        // Others go by what these keep.
        registry.readers.sort_by_key(|it| !it.reads_all());
        registry
    }
    /// The same without some standard objects, and what of the standard names them.
    pub(crate) fn without(&self, objects: &BTreeSet<String>) -> Self {
        let kept = |it: &String| !objects.contains(it);
        let app = |it: &AppDefinition| AppDefinition {
            objects: it.objects.iter().filter(|it| kept(it)).cloned().collect(),
            uses: it.uses.iter().filter(|it| kept(it)).cloned().collect(),
            ..it.clone()
        };
        let role = |it: &RoleDefinition| {
            let mut role = it.clone();
            role.objects.retain(|object, _| kept(object));
            role
        };
        let others = self.objects.iter().filter(|it| kept(&it.1.name));
        Self {
            apps: self.apps.iter().map(app).collect(),
            objects: others.map(|(app, it)| (app.clone(), stripped(it, objects, &self.objects))).collect(),
            roles: self.roles.iter().map(role).collect(),
            packs: self.packs.clone(),
            readers: self.readers.clone(),
            public_url: self.public_url.clone(),
            broken_packs: self.broken_packs.clone(),
            left_out: objects.clone(),
            hooks: self.hooks.iter().filter(|it| kept(it.0)).map(|(object, it)| (object.clone(), it.clone())).collect(),
            actions: self.actions.iter().filter(|it| kept(&it.0.0)).map(|(key, it)| (key.clone(), it.clone())).collect(),
            jobs: self.jobs.clone(),
        }
    }
    /// A pack a workspace may install.
    pub fn pack(&self, name: &str) -> Option<&PackDefinition> {
        self.packs.iter().find(|it| it.name() == name)
    }
    /// Hooks of an object.
    pub fn hooks(&self, object: &str) -> &[Arc<dyn Hook>] {
        self.hooks.get(object).map_or(&[], Vec::as_slice)
    }
    /// An action of an object (`""` for actions on nothing).
    pub fn action(&self, object: &str, name: &str) -> Option<&Arc<dyn Action>> {
        self.actions.get(&(object.to_owned(), name.to_owned()))
    }
    /// All actions.
    pub fn actions(&self) -> impl Iterator<Item = &Arc<dyn Action>> {
        self.actions.values()
    }
    /// A kind of job.
    pub fn job(&self, kind: &str) -> Option<&Arc<dyn JobHandler>> {
        self.jobs.get(kind)
    }
    /// All kinds of job.
    pub fn jobs(&self) -> impl Iterator<Item = &Arc<dyn JobHandler>> {
        self.jobs.values()
    }
}
