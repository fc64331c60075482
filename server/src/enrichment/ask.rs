//! The job that asks: one record after the other, each checked, noted in the audit log, and only then sent.

use std::cell::Cell;
use std::sync::{Arc, PoisonError};

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self, AnswerState, Run, RunState};
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result, audit};
use guanxi_sources::{Question, Reply};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::outcome::{kept_label, note_outcome};
use super::proposals::{Rest, propose, write};
use super::question::question;
use super::source::{EnrichmentSource, source_of};
use super::{Means, SECRETS, seconds};
use crate::import::importer;

/// Records one job takes; others get their turn before it goes on.
const AT_ONCE: u64 = 100;
/// And no longer than this, for there are two workers for everything.
const TURN: SignedDuration = SignedDuration::from_secs(20);
/// A job that finds another one asking comes again.
const IN_QUEUE: SignedDuration = SignedDuration::from_secs(5);
/// After this many questions in a row that were not answered a run gives up what is left.
const PATIENCE: i64 = 5;
/// Seconds between them.
const PAUSES: [i64; 4] = [10, 30, 120, 600];
/// How often what changed meanwhile is looked at anew before it waits.
const LOOKS: usize = 3;

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
        // One that was being written when its worker died is written to the end; those of members wait for them.
        let goes_on = match run.state {
            RunState::Asking => true,
            RunState::Applied => run.terms.by_itself && context.workspace.store.read_with(|tx| enrichment::progress(tx, id))?.1 > 0,
            RunState::Ready => false,
        };
        if !goes_on {
            return Ok(());
        }
        let asking = Asking { context, means: &self.0, failures: Cell::new(run.failures), heard: Cell::new(false), run };
        // A slow service holds one worker and never both.
        let workspace = context.workspace.id.to_string();
        if !self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace.clone()) {
            return asking.later(context.workspace.clock.now() + IN_QUEUE);
        }
        let _turn = Turn { means: &self.0, workspace };
        asking.go_on()
    }
}

/// Lets the next job of the workspace ask, however this one ends.
struct Turn<'a> {
    means: &'a Means,
    workspace: String,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.means.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.workspace);
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
    /// Questions in a row that were not answered.
    failures: Cell<i64>,
    /// Whether the service answered any.
    heard: Cell<bool>,
}

impl Asking<'_> {
    fn now(&self) -> Timestamp {
        self.context.workspace.clock.now()
    }

    fn source(&self) -> Result<Option<Record>> {
        self.context.workspace.store.read_with(|tx| source_of(self.context, tx, self.run.source))
    }

    fn go_on(&self) -> Result<()> {
        let context = self.context;
        // With the rights of who asked, as they are now.
        let member = match importer(&context.workspace, self.run.member, &context.request_id) {
            Ok(member) => Some(member),
            Err(KernelError::Store(error)) => return Err(error.into()),
            Err(_) => None,
        };
        if self.run.state == RunState::Applied {
            return member.map_or(Ok(()), |it| self.write_by_itself(&it));
        }
        let Some(record) = self.source()? else {
            return self.give_up(member.as_ref(), None, &Label::new("来源已删除", "the source is gone"));
        };
        let give_up = |why: &Label| self.give_up(member.as_ref(), Some(&record), why);
        let source = match EnrichmentSource::read(&context.schema, &record) {
            Ok(source) if source.active => source,
            Ok(_) => return give_up(&Label::new("来源已停用", "the source was switched off")),
            Err(wrong) => return give_up(&wrong.message),
        };
        let Some(member) = &member else { return give_up(&Label::new("发起人已停用", "who asked is not active any more")) };
        let secret = match SECRETS.open(context, &self.means.vault, source.id) {
            Ok(secret) => secret,
            Err(KernelError::Store(error)) => return Err(error.into()),
            Err(_) => return give_up(&Label::new("密钥无法解密，请重新填写", "the secret does not open; enter it anew")),
        };
        // The secret is for the address it was entered for: neither may change between the two looks.
        if self.source()?.is_none_or(|it| it.version() != record.version()) {
            return self.later(self.now());
        }
        let began = self.now();
        for id in context.workspace.store.read_with(|tx| enrichment::to_ask(tx, self.run.id, began, AT_ONCE))? {
            if self.now().duration_since(began) > TURN {
                return self.later(self.now());
            }
            match self.ask(member, &source, secret.as_deref(), id) {
                Ok(Step::Next) => {}
                Ok(Step::Wait(until)) => return self.later(until),
                Err(Trouble::Kernel(error)) => return Err(error),
                Err(Trouble::Source(why)) => return give_up(&why),
                Err(Trouble::Service(why)) => return self.failed(member, &record, id, &why),
            }
        }
        if self.heard.get() {
            self.note(&record, "done", None)?;
        }
        self.end(Some(member))
    }

    /// Asks about one record.
    fn ask(&self, member: &Context, source: &EnrichmentSource, secret: Option<&str>, id: Uuid) -> std::result::Result<Step, Trouble> {
        let context = self.context;
        let fields = match context.workspace.store.read_with(|tx| question(member, tx, source, &self.run.terms, id))? {
            Ok(fields) => fields,
            Err(reason) => {
                self.keep(id, AnswerState::Withheld, Some(reason), None)?;
                return Ok(Step::Next);
            }
        };
        if let Some(step) = self.note_question(source, id, &fields)? {
            return Ok(step);
        }
        let question = Question {
            address: &source.address,
            method: source.method,
            fields: &fields,
            secret: secret.map(|it| (source.header.as_str(), it)),
            patience: seconds(source.timeout),
        };
        let (state, reason, values) = match self.means.asker.ask(&question).map_err(|it| Trouble::Service(it.message))? {
            Reply::Found(answer) => match source.told(&answer) {
                (told, large) if told.is_empty() && large.is_none() => (AnswerState::Nothing, None, None),
                (told, large) => (AnswerState::Answered, large, Some(Json::Object(told))),
            },
            Reply::Nothing => (AnswerState::Nothing, None, None),
            Reply::Unfit(why) => (AnswerState::Failed, Some(kept_label(&why)), None),
        };
        self.keep(id, state, reason.as_deref(), values)?;
        Ok(Step::Next)
    }

    /// Takes the record, its turn, and writes into the audit log what is about to leave; what says so is there before it does.
    fn note_question(&self, source: &EnrichmentSource, id: Uuid, fields: &Map<String, Json>) -> Result<Option<Step>> {
        let (inner, run, now) = (self.context.clone(), self.run.clone(), self.now());
        let names: Vec<&str> = source.sends.iter().filter(|it| fields.contains_key(&it.1)).map(|it| it.0.as_str()).collect();
        let told = json!({ "source": source.id, "run": run.id, "for": run.member, "fields": names, "purpose": source.purpose });
        let (source, minute, day) = (source.id, source.per_minute, source.per_day);
        self.context.workspace.store.write_with(move |tx| {
            // Another worker may have it: then it is no question of this one's, and takes no turn.
            if !enrichment::take(tx, run.id, id, now)? {
                return Ok(Some(Step::Next));
            }
            if let Some(until) = enrichment::take_turn(&inner, tx, source, minute, day)? {
                enrichment::release(tx, run.id, id)?;
                return Ok(Some(Step::Wait(until)));
            }
            audit::append(&inner, tx, "enrich_ask", Some(run.object.as_str()), Some(id), None, 1, Some(told.clone()))?;
            Ok(None)
        })
    }

    /// Keeps what came of a record; where the service answered, what went wrong before is over.
    fn keep(&self, record: Uuid, state: AnswerState, reason: Option<&str>, values: Option<Json>) -> Result<()> {
        let (run, reason) = (self.run.id, reason.map(str::to_owned));
        self.heard.set(self.heard.get() || state != AnswerState::Withheld);
        let is_over = state != AnswerState::Withheld && self.failures.get() > 0;
        self.context.workspace.store.write_with(move |tx| {
            enrichment::note(tx, run, record, state, reason.as_deref(), values.clone())?;
            if is_over { enrichment::count_failures(tx, run, 0) } else { Ok(()) }
        })?;
        if is_over {
            self.failures.set(0);
        }
        Ok(())
    }

    fn later(&self, at: Timestamp) -> Result<()> {
        let (inner, run) = (self.context.clone(), self.run.id);
        // A job under way has its own second; the one that goes on is another.
        let at = at.max(self.now()) + SignedDuration::from_secs(1);
        self.context.workspace.store.write_with(move |tx| enrichment::ask_at(&inner, tx, run, at))
    }

    /// The service answers nobody: the run goes on after growing pauses, with others first, and gives up in the end.
    fn failed(&self, member: &Context, source: &Record, record: Uuid, why: &Label) -> Result<()> {
        let (run, failures) = (self.run.id, self.failures.get() + 1);
        self.failures.set(failures);
        self.context.workspace.store.write_with(move |tx| {
            enrichment::hand_back(tx, run, record)?;
            enrichment::count_failures(tx, run, failures)
        })?;
        if failures >= PATIENCE {
            return self.give_up(Some(member), Some(source), why);
        }
        self.note(source, "failed", Some(why))?;
        let pause = usize::try_from(failures - 1).ok().and_then(|it| PAUSES.get(it)).copied().unwrap_or(PAUSES[0]);
        self.later(self.now() + SignedDuration::from_secs(pause))
    }

    fn give_up(&self, member: Option<&Context>, source: Option<&Record>, why: &Label) -> Result<()> {
        let (run, reason) = (self.run.id, kept_label(why));
        self.context.workspace.store.write_with(move |tx| enrichment::give_up(tx, run, &reason))?;
        if let Some(source) = source {
            self.note(source, "failed", Some(why))?;
        }
        self.end(member)
    }

    /// Of the source, how it went.
    fn note(&self, source: &Record, outcome: &str, why: Option<&Label>) -> Result<()> {
        note_outcome(self.context, source, outcome, why, self.failures.get())
    }

    /// Nothing is left to be asked now. What began by itself is written at once, with the rights of who answers for the source.
    fn end(&self, member: Option<&Context>) -> Result<()> {
        let (run, store, now) = (self.run.id, &self.context.workspace.store, self.now());
        let open = store.read_with(|tx| {
            Ok::<_, KernelError>((enrichment::is_open_run(tx, run)?, enrichment::to_ask(tx, run, now, 1)?, enrichment::next_lost(tx, run)?))
        })?;
        match open {
            (false, ..) => {}
            // Only questions are left that somebody else has put, or died over.
            (true, waiting, Some(lost)) if waiting.is_empty() => return self.later(lost),
            _ => return self.later(now),
        }
        match member {
            Some(member) if self.run.terms.by_itself => self.write_by_itself(member),
            None if self.run.terms.by_itself => store.write_with(move |tx| enrichment::drop_run(tx, run)),
            _ if store.write_with(move |tx| enrichment::is_ready(tx, run, now))? => Ok(()),
            _ => self.later(now),
        }
    }

    fn write_by_itself(&self, member: &Context) -> Result<()> {
        let run = self.run.id;
        for _ in 0..LOOKS {
            let proposals = propose(member, run)?;
            if proposals.changes().next().is_none() {
                let (inner, it) = (self.context.clone(), proposals.run.clone());
                let ended = self.context.workspace.store.write_with(move |tx| match it.state {
                    // One that was written says where values came from.
                    RunState::Applied => enrichment::is_written(&inner, tx, &it, &[], it.state).map(|_| true),
                    _ => enrichment::drop_ended(tx, it.id),
                })?;
                return if ended { Ok(()) } else { self.later(self.now()) };
            }
            match write(member, &proposals, &[], Rest::AskedAgain) {
                Err(KernelError::Conflict { .. }) => {}
                other => return other.map(drop),
            }
        }
        self.later(self.now() + IN_QUEUE)
    }
}

/// Why a record could not be asked about.
enum Trouble {
    /// The database.
    Kernel(KernelError),
    /// The service, which may be well again in a while.
    Service(Label),
    /// What was declared of the source does not hold any more; that does not pass.
    Source(Label),
}

impl From<KernelError> for Trouble {
    fn from(error: KernelError) -> Self {
        match error {
            KernelError::Store(_) => Self::Kernel(error),
            KernelError::Invalid(mut problems) if !problems.is_empty() => Self::Source(problems.swap_remove(0).message),
            other => Self::Source(Label::new(format!("无法查询：{other}"), format!("it cannot be asked: {other}"))),
        }
    }
}
