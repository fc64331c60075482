//! `/enrichment`: what the answers of outside sources would change, writing it, and the secrets sources are asked with.

use axum::extract::{Path as Segment, State};
use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self as runs, AnswerState, Run, RunState, SOURCE_OBJECT};
use guanxi_kernel::read::{self, load_record};
use guanxi_kernel::schema::{AnyJson, Label};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result as KernelResult};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::get_record::record_id;
use crate::enrichment::{self, Applied, Proposal, Proposals, SECRETS, json_of, source_of, told_reason};
use crate::errors::{ApiError, ApiFailure, FieldProblem, Problem, field_problems, problem};
use crate::http::body::JsonBody;
use crate::http::route::Route;
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::openapi::{delete, get, post};

/// Longest secret.
const LONGEST_SECRET: usize = 4_000;
/// Problems told.
const MOST_TOLD: usize = 100;
/// Runs told.
const MOST_LISTED: u64 = 50;

/// The routes of enrichment. A run is begun by the action `enrich` of a source.
pub fn routes() -> Vec<Route> {
    vec![
        post("/enrichment/sources/{id}/secret", "setEnrichmentSecret", "Keep the secret a source is asked with")
            .takes::<EnrichmentSecret>()
            .by(set_secret),
        get("/enrichment/runs", "listEnrichmentRuns", "One's own runs that are asking, or wait to be looked at").answers::<EnrichmentRuns>().by(list),
        get("/enrichment/runs/{id}", "getEnrichmentRun", "What the answers of a run would change").answers::<EnrichmentRun>().by(show),
        post("/enrichment/runs/{id}/apply", "applyEnrichmentRun", "Write what was shown, as one change")
            .takes::<EnrichmentConsent>()
            .answers::<EnrichmentDone>()
            .by(apply),
        delete("/enrichment/runs/{id}", "dropEnrichmentRun", "Drop a run with what was answered").by(drop_run),
    ]
}

/// What a source is asked with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EnrichmentSecret {
    /// Content of the header, such as `Bearer abc`; null takes it away. It is sealed and never told again.
    secret: Option<String>,
}

/// One's own runs.
#[derive(Serialize, JsonSchema)]
struct EnrichmentRuns {
    /// The newest first.
    items: Vec<EnrichmentRunUnderWay>,
}

/// A run that is asking, or waits to be looked at.
#[derive(Serialize, JsonSchema)]
struct EnrichmentRunUnderWay {
    /// Id.
    id: Uuid,
    /// How far it has come.
    state: RunState,
    /// Object of the records.
    object: String,
    /// Id of the source.
    source: Uuid,
    /// When it began.
    created_at: Timestamp,
    /// Records there is an answer about, of whatever kind, of all.
    done: u64,
    /// Records of the run.
    total: u64,
}

/// A run.
#[derive(Serialize, JsonSchema)]
struct EnrichmentRun {
    /// Id.
    id: Uuid,
    /// How far it has come.
    state: RunState,
    /// Object of the records.
    object: String,
    /// The source, by name.
    source: Option<String>,
    /// Records there is an answer about, of whatever kind, of all.
    done: u64,
    /// Records of the run.
    total: u64,
    /// Those that would change.
    changed: usize,
    /// Record by record; empty while it is asking.
    items: Vec<EnrichmentProposal>,
    /// To be sent to write it; empty while it is asking.
    digest: String,
    /// The change it was written as.
    change_id: Option<Uuid>,
}

/// What would become of a record.
#[derive(Serialize, JsonSchema)]
struct EnrichmentProposal {
    /// The record.
    id: Uuid,
    /// Its title as the caller sees it.
    title: Option<String>,
    /// What stands with it.
    state: AnswerState,
    /// Why it was withheld: `no_key`, `gone`, `rights`, `no_purpose`, or the word against it (`no_consent`, `objected`, ...); why it
    /// failed, in the caller's language.
    reason: Option<String>,
    /// Field by field.
    changes: Vec<EnrichedField>,
    /// Fields that stay because somebody typed what they hold, with what was answered.
    typed: Vec<EnrichedField>,
    /// What forbids it, or does not fit.
    problems: Vec<FieldProblem>,
}

/// What becomes of a field.
#[derive(Serialize, JsonSchema)]
struct EnrichedField {
    /// The field.
    field: String,
    /// Its name for people.
    label: Label,
    /// Its value now.
    #[schemars(with = "AnyJson")]
    before: Json,
    /// Its value then.
    #[schemars(with = "AnyJson")]
    after: Json,
}

/// What is to be written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EnrichmentConsent {
    /// `digest` of what was shown.
    digest: String,
    /// Records that stay as they are.
    #[serde(default)]
    leave_out: Vec<Uuid>,
}

/// What was written.
#[derive(Serialize, JsonSchema)]
struct EnrichmentDone {
    /// Records changed.
    changed: usize,
    /// Records something forbade.
    refused: usize,
    /// The change all of it is; undo it to take all of it back.
    change_id: Uuid,
    /// The first reasons why records did not change.
    problems: Vec<EnrichmentProblem>,
    /// The run in which they wait, to be looked at again.
    rest: Option<Uuid>,
}

/// Why one record did not change.
#[derive(Serialize, JsonSchema)]
struct EnrichmentProblem {
    /// The record.
    id: Uuid,
    /// The reason.
    problem: Problem,
}

/// The source, if the caller may change it.
fn changeable(signed_in: &SignedIn, id: Uuid) -> KernelResult<()> {
    let context = &signed_in.context;
    let object = read::object_of(context, SOURCE_OBJECT)?;
    let (found, seen) = context.workspace.store.read_with(|tx| {
        let found = load_record(context, tx, &object, id, Verb::Update, false)?.is_some();
        Ok::<_, KernelError>((found, found || load_record(context, tx, &object, id, Verb::Read, false)?.is_some()))
    })?;
    match (found, seen) {
        (true, _) => Ok(()),
        (false, true) => Err(KernelError::Forbidden("may not change the source".into())),
        (false, false) => Err(KernelError::NotFound),
    }
}

async fn set_secret(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            changeable(signed_in, id)?;
            let secret = body.read::<EnrichmentSecret>()?.secret.map(|it| it.trim().to_owned());
            let fits = |it: &String| !it.is_empty() && it.len() <= LONGEST_SECRET && it.chars().all(|it| it.is_ascii_graphic() || it == ' ');
            if secret.as_ref().is_some_and(|it| !fits(it)) {
                let (zh_cn, en) = ("应为可见的英文字符，不超过 4,000 个", "must be visible ASCII characters, at most 4,000");
                return Err(ApiError::bad("bad_request", "secret", zh_cn, en));
            }
            let (app, inner) = (app.clone(), context.clone());
            let values = Map::from_iter([("has_secret".to_owned(), json!(secret.is_some()))]);
            run_unit(
                context,
                context.new_id(),
                "set_secret",
                Box::new(move |unit| {
                    SECRETS.set(&inner, unit.tx, &app.vault, id, secret.as_deref())?;
                    unit.is_about(SOURCE_OBJECT, id);
                    unit.update_as_system(SOURCE_OBJECT, id, &values).map(drop)
                }),
            )?;
            Ok(Answer::empty())
        })
        .await
}

async fn show(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let run = own_run(context, id)?;
            // Whoever waits asks every other second: what would change is worked out once, when all answers are there.
            let proposals = if run.state == RunState::Asking { None } else { Some(enrichment::propose(context, id)?) };
            Answer::json(&told(context, &run, proposals.as_ref())?)
        })
        .await
}

async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let items = context.workspace.store.read_with(|tx| {
                let runs = runs::runs_of(tx, context.actor, &[RunState::Asking, RunState::Ready], MOST_LISTED)?;
                let told = |it: Run| {
                    let (done, total) = runs::progress(tx, it.id)?;
                    let Run { id, state, object, source, created_at, .. } = it;
                    Ok::<_, KernelError>(EnrichmentRunUnderWay { id, state, object, source, created_at, done, total })
                };
                runs.into_iter().filter(|it| !it.terms.by_itself).map(told).collect::<KernelResult<Vec<_>>>()
            })?;
            Answer::json(&EnrichmentRuns { items })
        })
        .await
}

fn own_run(context: &Context, id: Uuid) -> KernelResult<Run> {
    let run = context.workspace.store.read_with(|tx| runs::run_of(tx, id))?;
    run.filter(|it| it.member == context.actor).ok_or(KernelError::NotFound)
}

fn told(context: &Context, run: &Run, proposals: Option<&Proposals>) -> KernelResult<EnrichmentRun> {
    let (source, (done, total)) =
        context.workspace.store.read_with(|tx| Ok::<_, KernelError>((source_of(context, tx, run.source)?, runs::progress(tx, run.id)?)))?;
    Ok(EnrichmentRun {
        id: run.id,
        state: run.state,
        object: run.object.clone(),
        source: source.map(|it| it.title()),
        done,
        total,
        changed: proposals.map_or(0, |it| it.changes().count()),
        items: proposals.map_or_else(Vec::new, |it| it.rows.iter().map(|it| one(context, it)).collect()),
        digest: proposals.map_or_else(String::new, |it| it.digest.clone()),
        change_id: run.change,
    })
}

fn one(context: &Context, proposal: &Proposal) -> EnrichmentProposal {
    let record = proposal.record.as_ref();
    let title = record.and_then(|it| {
        let title = it.object.title_field();
        let shown = context.access.shown_of(&it.object, title, Place::List, &it.row) != Shown::No;
        it.text_for(context, title.name()).filter(|_| shown)
    });
    let field = |name: &str, before: Json, after: &Json| {
        let label = record?.object.field(name)?.definition.label.clone();
        Some(EnrichedField { field: name.to_owned(), label, before, after: after.clone() })
    };
    let now = |name: &str| {
        let field = record.and_then(|it| Some((it, it.object.field(name)?)));
        field.map_or(Json::Null, |(record, field)| json_of(field, &field.cells(&record.row)))
    };
    EnrichmentProposal {
        id: proposal.id,
        title,
        state: proposal.state,
        reason: proposal.reason.as_deref().map(|it| told_reason(it, context.locale)),
        changes: proposal.values.iter().filter_map(|(name, after)| field(name, now(name), after)).collect(),
        typed: proposal.typed.iter().filter_map(|(name, after)| field(name, now(name), after)).collect(),
        problems: field_problems(&proposal.problems, context.locale),
    }
}

async fn apply(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let run = own_run(context, record_id(&id)?)?;
            let asked: EnrichmentConsent = body.read()?;
            let Applied { ids, result, rest } = enrichment::apply(context, run.id, &asked.digest, &asked.leave_out)?;
            let changed = result.succeeded();
            let failed = result.results.into_iter().zip(&ids).filter_map(|(it, id)| Some((it.err()?, *id)));
            let told =
                |(error, id): (KernelError, Uuid)| EnrichmentProblem { id, problem: problem(&error.into(), context.locale, &context.request_id) };
            let problems = failed.take(MOST_TOLD).map(told).collect();
            Answer::json(&EnrichmentDone { changed, refused: ids.len() - changed, change_id: result.change, problems, rest })
        })
        .await
}

async fn drop_run(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let run = own_run(context, id)?;
            if run.state == RunState::Applied {
                return Err(KernelError::conflict("state_conflict", "已写入，可撤销该次修改", "it was written; undo the change instead").into());
            }
            context.workspace.store.write_with(move |tx| runs::drop_run(tx, run.id))?;
            Ok(Answer::empty())
        })
        .await
}
