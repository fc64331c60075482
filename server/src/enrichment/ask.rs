//! The job that asks: one record after the other, each checked, noted in the audit log, and only then sent.

use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self, AnswerState, Run, RunState, SOURCE_OBJECT};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result, Value, audit};
use guanxi_privacy::may_process;
use guanxi_sources::{Question, Reply};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::proposals::json_of;
use super::source::{EnrichmentSource, source_of};
use super::{Means, SECRETS, apply, propose, seconds};
use crate::import::importer;

/// Records one job takes; others get their turn before it goes on.
const AT_ONCE: u64 = 100;
/// After so many failures in a row a run gives up what is left.
const PATIENCE: i64 = 5;
/// Longest message that is kept, in characters of each language.
const LONGEST: usize = 450;

/// `enrichment.ask`.
pub(super) struct Ask(pub Arc<Means>);

impl JobHandler for Ask {
    fn kind(&self) -> &str {
        enrichment::ASK
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = payload["run"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let id = id.ok_or_else(|| KernelError::Internal("a question about no run".into()))?;
        let Some(run) = context.workspace.store.read_with(|tx| enrichment::run_of(tx, id))? else { return Ok(()) };
        if run.state != RunState::Asking {
            return Ok(());
        }
        Asking { context, means: &self.0, run }.go_on()
    }
}

/// What came of one record.
enum Step {
    /// The next one.
    Next,
    /// Not before this moment.
    Wait(Timestamp),
}

struct Asking<'a> {
    context: &'a Context,
    means: &'a Means,
    run: Run,
}

impl Asking<'_> {
    fn go_on(&self) -> Result<()> {
        let context = self.context;
        let Some(record) = context.workspace.store.read_with(|tx| source_of(context, tx, self.run.source))? else {
            return self.give_up(&Label::new("来源已删除", "the source is gone"));
        };
        let source = match EnrichmentSource::read(&context.schema, &record) {
            Ok(source) if source.active => source,
            Ok(_) => return self.give_up(&Label::new("来源已停用", "the source was switched off")),
            Err(wrong) => return self.give_up(&wrong.message),
        };
        // With the rights of who asked, as they are now.
        let member = match importer(&context.workspace, self.run.member, &context.request_id) {
            Ok(member) => member,
            Err(KernelError::Store(error)) => return Err(error.into()),
            Err(_) => return self.give_up(&Label::new("发起人已停用", "who asked is not active any more")),
        };
        let now = context.workspace.clock.now();
        let waiting = context.workspace.store.read_with(|tx| enrichment::to_ask(tx, self.run.id, now, AT_ONCE))?;
        for id in waiting {
            match self.ask(&member, &source, id) {
                Ok(Step::Next) => {}
                Ok(Step::Wait(until)) => return self.later(until),
                Err(error) => return self.failed(&record, error),
            }
        }
        if context.workspace.store.read_with(|tx| enrichment::is_open_run(tx, self.run.id))? {
            return self.later(context.workspace.clock.now());
        }
        self.end(&member)
    }

    /// Asks about one record.
    fn ask(&self, member: &Context, source: &EnrichmentSource, id: Uuid) -> std::result::Result<Step, Trouble> {
        let context = self.context;
        let fields = match context.workspace.store.read_with(|tx| question(member, tx, source, id))? {
            Ok(fields) => fields,
            Err(reason) => {
                self.keep(id, AnswerState::Withheld, Some(reason), None)?;
                return Ok(Step::Next);
            }
        };
        if let Some(step) = self.note_question(source, id, &fields)? {
            return Ok(step);
        }
        let secret = SECRETS.open(context, &self.means.vault, source.id)?;
        let question = Question {
            address: &source.address,
            method: source.method,
            fields: &fields,
            secret: secret.as_deref().map(|it| (source.header.as_str(), it)),
            patience: seconds(source.timeout),
        };
        let (state, reason, values) = match self.means.asker.ask(&question).map_err(|it| Trouble::Service(it.message))? {
            Reply::Found(answer) => match source.told(&answer) {
                told if told.is_empty() => (AnswerState::Nothing, None, None),
                told => (AnswerState::Answered, None, Some(Json::Object(told))),
            },
            Reply::Nothing => (AnswerState::Nothing, None, None),
            Reply::Unfit(why) => (AnswerState::Failed, Some(why), None),
        };
        self.keep(id, state, reason.as_deref(), values)?;
        Ok(Step::Next)
    }

    /// Takes the record, its turn, and writes into the audit log what is about to leave; what says so is there before it does.
    fn note_question(&self, source: &EnrichmentSource, id: Uuid, fields: &Map<String, Json>) -> Result<Option<Step>> {
        let (inner, run, now) = (self.context.clone(), self.run.clone(), self.context.workspace.clock.now());
        let names: Vec<&str> = source.sends.iter().filter(|it| fields.contains_key(&it.1)).map(|it| it.0.as_str()).collect();
        let told = json!({ "source": source.id, "run": run.id, "for": run.member, "fields": names, "purpose": source.purpose });
        let (source, minute, day) = (source.id, source.per_minute, source.per_day);
        self.context.workspace.store.write_with(move |tx| {
            if let Some(until) = enrichment::take_turn(&inner, tx, source, minute, day)? {
                return Ok(Some(Step::Wait(until)));
            }
            // Another worker may have it.
            if !enrichment::take(tx, run.id, id, now)? {
                return Ok(Some(Step::Next));
            }
            audit::append(&inner, tx, "enrich_ask", Some(run.object.as_str()), Some(id), None, 1, Some(told.clone()))?;
            Ok(None)
        })
    }

    fn keep(&self, record: Uuid, state: AnswerState, reason: Option<&str>, values: Option<Json>) -> Result<()> {
        let (run, reason) = (self.run.id, reason.map(str::to_owned));
        self.context.workspace.store.write_with(move |tx| enrichment::note(tx, run, record, state, reason.as_deref(), values.clone()))
    }

    fn later(&self, at: Timestamp) -> Result<()> {
        let (inner, run) = (self.context.clone(), self.run.id);
        // A job under way has its own second; the one that goes on is another.
        let at = at.max(self.context.workspace.clock.now()) + jiff::SignedDuration::from_secs(1);
        self.context.workspace.store.write_with(move |tx| enrichment::ask_at(&inner, tx, run, at))
    }

    /// The service answers nobody: the job comes again with growing pauses, and gives up in the end.
    fn failed(&self, source: &Record, trouble: Trouble) -> Result<()> {
        let message = match trouble {
            Trouble::Kernel(error) => return Err(error),
            Trouble::Service(message) => message,
        };
        let failures = if let Value::Int(count) = source.value("failures") { count + 1 } else { 1 };
        self.note_outcome("failed", Some(&message), failures)?;
        if failures >= PATIENCE {
            return self.give_up(&message);
        }
        Err(KernelError::Conflict { code: "state_conflict", message, fields: Vec::new() })
    }

    fn give_up(&self, why: &Label) -> Result<()> {
        let (run, reason) = (self.run.id, both(why));
        self.context.workspace.store.write_with(move |tx| {
            enrichment::give_up(tx, run, &reason)?;
            enrichment::is_ready(tx, run)
        })
    }

    /// All answers are there. What began by itself is written at once, with the rights of who answers for the source.
    fn end(&self, member: &Context) -> Result<()> {
        let run = self.run.id;
        self.context.workspace.store.write_with(move |tx| enrichment::is_ready(tx, run))?;
        self.note_outcome("done", None, 0)?;
        if !self.run.terms.by_itself {
            return Ok(());
        }
        let proposals = propose(member, run)?;
        if proposals.changes().next().is_some() {
            apply(member, run, &proposals.digest, &[])?;
        }
        Ok(())
    }

    fn note_outcome(&self, outcome: &str, message: Option<&Label>, failures: i64) -> Result<()> {
        let values = Map::from_iter([
            ("last_run_at".to_owned(), json!(self.context.workspace.clock.now().to_string())),
            ("last_outcome".to_owned(), json!(outcome)),
            ("last_message".to_owned(), json!(message.map(both))),
            ("failures".to_owned(), json!(failures)),
        ]);
        let source = self.run.source;
        let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| unit.update_as_system(SOURCE_OBJECT, source, &values).map(drop);
        run_unit(self.context, self.context.new_id(), "enrichment", Box::new(work))
    }
}

/// Why a record could not be asked about.
enum Trouble {
    /// The database.
    Kernel(KernelError),
    /// The service.
    Service(Label),
}

impl From<KernelError> for Trouble {
    fn from(error: KernelError) -> Self {
        Self::Kernel(error)
    }
}

fn both(label: &Label) -> String {
    let short = |it: &str| it.chars().take(LONGEST).collect::<String>();
    format!("{} / {}", short(&label.zh_cn), short(&label.en))
}

/// What of a record is sent, or why nothing of it is: only fields the member sees whole, only people who may be.
fn question(
    member: &Context,
    tx: &mut dyn ReadTx,
    source: &EnrichmentSource,
    id: Uuid,
) -> Result<std::result::Result<Map<String, Json>, &'static str>> {
    let object = &source.object;
    if member.access.require(object, Verb::Update).is_err() {
        return Ok(Err("rights"));
    }
    let Some(record) = load_record(member, tx, object, id, Verb::Update, false)? else { return Ok(Err("gone")) };
    let mut fields = Map::new();
    let mut has_key = false;
    for (name, there) in &source.sends {
        let Some(field) = object.field(name) else { continue };
        if member.access.shown_of(object, field, Place::List, &record.row) != Shown::Whole {
            continue;
        }
        let cells = field.cells(&record.row);
        if cells.iter().all(Value::is_null) {
            continue;
        }
        fields.insert(there.clone(), json_of(field, &cells));
        has_key |= *name == source.matched;
    }
    if !has_key {
        return Ok(Err("no_key"));
    }
    if let Some(purpose) = source.purpose {
        let verdict = may_process(&member.as_system(), tx, &record, purpose)?;
        if !verdict.allowed {
            return Ok(Err(verdict.why));
        }
    }
    Ok(Ok(fields))
}
