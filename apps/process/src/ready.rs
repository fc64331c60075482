//! Processes that come laid out: added to a workspace in the language of who adds them, and his to change from then on.

use std::collections::BTreeMap;

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Locale;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::parts::{ROLE, STEP, TEMPLATE, text_in, values};
use crate::questions::Question;

const THREE_ROLES: &str = include_str!("../ready/three_roles.toml");

/// A process as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// What it is called.
    pub name: Label,
    /// What it is for.
    pub description: Label,
    /// On which object it runs.
    pub object: String,
    /// Working days for all of it.
    pub due_days: i64,
    /// Its roles.
    #[serde(rename = "role")]
    pub roles: Vec<ReadyRole>,
    /// Its steps.
    #[serde(rename = "step")]
    pub steps: Vec<ReadyStep>,
}

/// A role as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyRole {
    /// By which steps name it.
    pub key: String,
    /// What it is called.
    pub name: Label,
    /// How it is known who that is.
    pub filled_by: String,
}

/// A step as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyStep {
    /// By which others name it.
    pub key: String,
    /// Whose it is.
    pub role: String,
    /// What it waits for.
    #[serde(default)]
    pub after: Vec<String>,
    /// What it is called.
    pub name: Label,
    /// How it is done.
    #[serde(default)]
    pub instructions: Option<Label>,
    /// How much time there is.
    pub due_in: i64,
    /// In days where it says nothing.
    #[serde(default)]
    pub due_unit: Option<String>,
    /// One line each.
    #[serde(default)]
    pub checklist: Option<Label>,
    /// What is asked.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    /// Who is told when it is done.
    #[serde(default)]
    pub tell_finish: Vec<String>,
    /// Who is told when it is late.
    #[serde(default)]
    pub tell_overdue: Vec<String>,
}

/// The customer project of three roles.
///
/// # Errors
/// Says what is wrong with the file.
pub fn three_roles() -> std::result::Result<Ready, String> {
    toml::from_str(THREE_ROLES).map_err(|error| format!("ready/three_roles.toml: {error}"))
}

impl ReadyStep {
    /// Its fields but for the links, in a language.
    pub fn values(&self, locale: Locale, position: usize) -> Map<String, Json> {
        let pick = |it: &Option<Label>| it.as_ref().map_or(Json::Null, |it| json!(locale.pick(it)));
        values([
            ("name", json!(locale.pick(&self.name))),
            ("position", json!((position + 1) * 10)),
            ("instructions", pick(&self.instructions)),
            ("due_in", json!(self.due_in)),
            ("due_unit", json!(self.due_unit.as_deref().unwrap_or("working_days"))),
            ("checklist", pick(&self.checklist)),
            ("questions", if self.questions.is_empty() { Json::Null } else { json!(self.questions) }),
            ("tell_finish", json!(self.tell_finish)),
            ("tell_overdue", json!(self.tell_overdue)),
        ])
    }
}

/// `process_template.use_ready`.
pub struct UseReady(pub ActionDefinition);

impl Action for UseReady {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        if text_in(input, "which").is_some_and(|it| it != "three_roles") {
            return Err(KernelError::invalid(
                "which",
                "bad_option",
                "没有这个现成模板，请另选一个",
                "there is no such ready template; choose another one",
            ));
        }
        let ready = three_roles().map_err(KernelError::Internal)?;
        let locale = unit.context.locale;
        let template = values([
            ("name", json!(locale.pick(&ready.name))),
            ("description", json!(locale.pick(&ready.description))),
            ("object", json!(ready.object)),
            ("due_days", json!(ready.due_days)),
        ]);
        let template = unit.create(TEMPLATE, &template)?.id();
        let mut roles: BTreeMap<&str, Uuid> = BTreeMap::new();
        for (position, role) in ready.roles.iter().enumerate() {
            let made = values([
                ("template", json!(template)),
                ("name", json!(locale.pick(&role.name))),
                ("position", json!((position + 1) * 10)),
                ("filled_by", json!(role.filled_by)),
            ]);
            roles.insert(&role.key, unit.create(ROLE, &made)?.id());
        }
        let mut steps: BTreeMap<&str, Uuid> = BTreeMap::new();
        for (position, step) in ready.steps.iter().enumerate() {
            let mut made = step.values(locale, position);
            let after: Vec<&Uuid> = step.after.iter().filter_map(|it| steps.get(it.as_str())).collect();
            made.extend(values([("template", json!(template)), ("role", json!(roles.get(step.role.as_str()))), ("after", json!(after))]));
            steps.insert(&step.key, unit.create(STEP, &made)?.id());
        }
        let saved = unit.update(TEMPLATE, template, &values([("active", json!(true))]))?;
        Ok(json!({ "id": saved.id(), "version": saved.version() }))
    }
}
