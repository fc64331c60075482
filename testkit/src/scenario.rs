//! Scenarios: what an object's actions and rules do, told as data beside the object
//! (`apps/NAME/objects/OBJECT/scenarios/*.toml`) and run on each store. `docs/adding-a-object.md` shows one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use guanxi_kernel::context::Context;
use guanxi_kernel::events;
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::{KernelError, Result};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::engine::{TestEngine, error_code, problem_fields};

/// A file of scenarios.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

/// One story on a fresh workspace.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it shows, one sentence.
    name: String,
    /// Records there are, in order.
    #[serde(default)]
    given: Vec<Given>,
    /// What is done, in order, each with what is expected of it.
    when: Vec<When>,
}

/// A record there is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    /// What it is called from here on: `"$NAME"` is its id.
    name: String,
    object: String,
    /// Who made it: a role, `ROLE:LOGIN` for a further member with it; the engine itself where absent.
    by: Option<String>,
    #[serde(default)]
    values: Map<String, Json>,
}

/// Something somebody does: one of `create`, `update`, `delete` and `action`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    by: Option<String>,
    /// The object of a record to be made.
    create: Option<String>,
    /// The record changed, by its name.
    update: Option<String>,
    /// The record moved to the bin, by its name.
    delete: Option<String>,
    /// The action.
    action: Option<String>,
    /// The record the action is on, by its name.
    on: Option<String>,
    #[serde(default)]
    values: Map<String, Json>,
    /// Names for ids: of the record made (`id`), or of members of the action's answer.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    then: Then,
}

/// What follows: all that is named must be so.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Then {
    /// Code of the refusal.
    refused: Option<String>,
    /// `field: code` of every problem, in order.
    problems: Option<Vec<String>>,
    /// Kinds of all events of this step, in any order.
    events: Option<Vec<String>>,
    /// Members of the action's answer.
    answer: Option<Map<String, Json>>,
    /// Records as somebody sees them.
    record: Vec<Seen>,
    /// How many records of an object there are, by object.
    count: BTreeMap<String, usize>,
}

/// A record as somebody sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    name: String,
    /// Who looks; the engine itself where absent.
    by: Option<String>,
    /// He sees none.
    #[serde(default)]
    hidden: bool,
    /// Values by path, such as `amount.currency` or `tags.0.label`.
    #[serde(default)]
    fields: Map<String, Json>,
    /// Paths without a value.
    #[serde(default)]
    empty: Vec<String>,
}

/// Runs every scenario beside the objects of an app (the folder of its crate), each on a fresh workspace: `engine` opens
/// one, or none where its store is not there.
///
/// # Panics
/// With all that is not as the scenarios say, and where there is no scenario at all.
pub fn run_scenarios(app: &str, engine: fn() -> Option<TestEngine>) {
    let files = files(Path::new(app));
    assert!(!files.is_empty(), "{app} has no scenarios");
    let mut failures = Vec::new();
    for file in files {
        let place = file.strip_prefix(app).unwrap_or(&file).display().to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        let read: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
        for scenario in read.scenario {
            let Some(engine) = engine() else { return };
            let mut stage = Stage { engine, actors: BTreeMap::new(), names: BTreeMap::new(), failures: Vec::new() };
            stage.play(&scenario);
            failures.extend(stage.failures.into_iter().map(|it| format!("{place}: {}: {it}", scenario.name)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn files(app: &Path) -> Vec<PathBuf> {
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().map(|it| it.unwrap().path());
    let mut files: Vec<PathBuf> = entries(app.join("objects"))
        .flat_map(|object| entries(object.join("scenarios")))
        .filter(|file| file.extension().is_some_and(|it| it == "toml"))
        .collect();
    files.sort();
    files
}

/// One scenario being played.
struct Stage {
    engine: TestEngine,
    actors: BTreeMap<String, Context>,
    /// Object and id of what has a name.
    names: BTreeMap<String, (String, Uuid)>,
    failures: Vec<String>,
}

impl Stage {
    fn play(&mut self, scenario: &Scenario) {
        assert!(!scenario.when.is_empty(), "{}: nothing is done", scenario.name);
        for given in &scenario.given {
            let context = self.actor(given.by.as_deref());
            let values = self.resolve(&given.values);
            let id = self.engine.create(&context, &given.object, values);
            self.names.insert(given.name.clone(), (given.object.clone(), id));
        }
        for (index, when) in scenario.when.iter().enumerate() {
            let before = self.failures.len();
            self.step(when);
            for failure in &mut self.failures[before..] {
                *failure = format!("step {}: {failure}", index + 1);
            }
        }
    }

    /// A member with the role, in a department of the role's own.
    fn actor(&mut self, by: Option<&str>) -> Context {
        let Some(by) = by else { return self.engine.system() };
        if let Some(known) = self.actors.get(by) {
            return known.clone();
        }
        let (role, login) = by.split_once(':').unwrap_or((by, by));
        let first = self.actors.iter().find(|(other, _)| other.split(':').next() == Some(role));
        let department = first.and_then(|(_, context)| context.access.member.department);
        let department = department.unwrap_or_else(|| self.engine.department(role, None));
        let context = self.engine.member(&login.replace('_', "-"), &[role], department);
        self.actors.insert(by.to_owned(), context.clone());
        context
    }

    fn step(&mut self, when: &When) {
        let context = self.actor(when.by.as_deref());
        let seq = self.engine.workspace.store.read_with(|tx| events::head(tx)).unwrap();
        match self.act(&context, when) {
            Ok(answer) => {
                if when.then.refused.is_some() || when.then.problems.is_some() {
                    self.failures.push("was not refused".into());
                }
                self.check_answer(when, &answer);
            }
            Err(error) => self.check_error(when, &error),
        }
        self.check_then(&when.then, seq);
    }

    /// Does it; answers what came of it.
    fn act(&mut self, context: &Context, when: &When) -> Result<Json> {
        let values = self.resolve(&when.values);
        match (&when.create, &when.update, &when.delete, &when.action) {
            (Some(object), None, None, None) => {
                let id = self.engine.try_create(context, object, values)?;
                for name in when.keep.keys() {
                    self.names.insert(name.clone(), (object.clone(), id));
                }
                Ok(Json::Null)
            }
            (None, Some(name), None, None) => {
                let (object, id) = self.named(name);
                self.engine.try_update(context, &object, id, values).map(|()| Json::Null)
            }
            (None, None, Some(name), None) => {
                let (object, id) = self.named(name);
                self.engine.try_delete(context, &object, id).map(|()| Json::Null)
            }
            (None, None, None, Some(action)) => {
                let (object, id) = self.named(when.on.as_deref().unwrap_or_else(|| panic!("{action}: says not what it is `on`")));
                let answer = self.engine.act(context, &object, id, action, values)?;
                for (name, member) in &when.keep {
                    // `account = "account"`: the object is called as the member, or said as `contact = "next of activity"`.
                    let (member, object) = member.split_once(" of ").unwrap_or((member, member));
                    let id = answer[member].as_str().and_then(|it| it.parse().ok());
                    self.names.insert(name.clone(), (object.to_owned(), id.unwrap_or_else(|| panic!("no id {member} in {answer}"))));
                }
                Ok(answer)
            }
            _ => panic!("a step is one of create, update, delete and action"),
        }
    }

    fn check_answer(&mut self, when: &When, answer: &Json) {
        for (name, wanted) in when.then.answer.iter().flatten() {
            let wanted = self.reference(wanted);
            if answer[name.as_str()] != wanted {
                self.failures.push(format!("answers {name} = {}, not {wanted}", answer[name.as_str()]));
            }
        }
    }

    fn check_error(&mut self, when: &When, error: &KernelError) {
        let (code, problems) = (error_code(error), problem_fields(error));
        let (refused, wanted) = (&when.then.refused, &when.then.problems);
        if refused.is_none() && wanted.is_none() {
            self.failures.push(format!("is refused: {problems:?}"));
        }
        if refused.as_ref().is_some_and(|it| it != code) {
            self.failures.push(format!("is refused with {code}, not {refused:?}"));
        }
        if wanted.as_ref().is_some_and(|it| *it != problems) {
            self.failures.push(format!("has problems {problems:?}, not {wanted:?}"));
        }
    }

    fn check_then(&mut self, then: &Then, seq: i64) {
        let says_something = then.refused.is_some() || then.problems.is_some() || then.events.is_some() || then.answer.is_some();
        assert!(says_something || !then.record.is_empty() || !then.count.is_empty(), "a step expects nothing");
        if let Some(wanted) = &then.events {
            let found = self.engine.workspace.store.read_with(|tx| events::read_after(tx, seq, 10_000)).unwrap();
            let mut kinds: Vec<String> = found.into_iter().map(|it| it.kind).collect();
            let mut wanted = wanted.clone();
            kinds.sort();
            wanted.sort();
            if kinds != wanted {
                self.failures.push(format!("events are {kinds:?}, not {wanted:?}"));
            }
        }
        for (object, wanted) in &then.count {
            let found = self.engine.list(&self.engine.system(), object, "").len();
            if found != *wanted {
                self.failures.push(format!("there are {found} of {object}, not {wanted}"));
            }
        }
        then.record.iter().for_each(|it| self.check_record(it));
    }

    fn check_record(&mut self, seen: &Seen) {
        let context = self.actor(seen.by.as_deref());
        let (object, id) = self.named(&seen.name);
        let record = self.engine.get(&context, &object, id);
        if record.is_null() != seen.hidden {
            self.failures.push(format!("{} is {}", seen.name, if seen.hidden { "seen" } else { "not seen" }));
            return;
        }
        for (path, wanted) in &seen.fields {
            let (found, wanted) = (at(&record, path), self.reference(wanted));
            if *found != wanted {
                self.failures.push(format!("{}.{path} is {found}, not {wanted}", seen.name));
            }
        }
        for path in &seen.empty {
            let found = at(&record, path);
            if !found.is_null() && !found.as_array().is_some_and(Vec::is_empty) {
                self.failures.push(format!("{}.{path} is {found}, not empty", seen.name));
            }
        }
    }

    fn named(&self, name: &str) -> (String, Uuid) {
        self.names.get(name).cloned().unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    fn resolve(&self, values: &Map<String, Json>) -> Json {
        Json::Object(values.iter().map(|(name, value)| (name.clone(), self.reference(value))).collect())
    }

    /// A value with `"$NAME"` replaced by the id of what is called so.
    fn reference(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => text.strip_prefix('$').map_or_else(|| value.clone(), |name| Json::String(self.named(name).1.to_string())),
            Json::Array(items) => items.iter().map(|it| self.reference(it)).collect(),
            Json::Object(members) => self.resolve(members),
            other => other.clone(),
        }
    }
}

fn at<'a>(json: &'a Json, path: &str) -> &'a Json {
    path.split('.').fold(json, |json, name| name.parse::<usize>().map_or_else(|_| &json[name], |index| &json[index]))
}
