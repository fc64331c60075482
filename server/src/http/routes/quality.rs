//! Data quality: how records stand, what is to be mended, how it went, and mending many at once.

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Count;
use guanxi_kernel::schema::{AnyJson, Object};
use guanxi_kernel::write::BatchResult;
use guanxi_kernel::{KernelError, Result as KernelResult};
use guanxi_quality::{
    Asked, Chosen, Fault, Fix, Of, Proposal, QualityObject, QualityOfRecord, QualitySummary, QualityTrend, QualityWorklist, Wanted,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::get_record::record_id;
use super::list_records;
use crate::duplicates;
use crate::errors::{ApiError, ApiFailure, FieldProblem, Problem, field_problems, problem};
use crate::http::body::{JsonBody, LargeJsonBody};
use crate::http::parts::Items;
use crate::http::route::Route;
use crate::http::{Answer, Caller, Query};
use crate::openapi::{AnyValues, get, post};

/// Most days of a trend.
const MOST_DAYS: u32 = 730;
/// Groups of duplicates counted at most.
const MOST_GROUPS: u64 = 1_000;
/// Changes and problems told.
const MOST_TOLD: usize = 100;

/// The routes of data quality.
pub fn routes() -> Vec<Route> {
    vec![
        get("/quality", "listQuality", "How the records of each object stand by the rules of quality").answers::<Items<QualityObject>>().by(list),
        get("/quality/{object}/summary", "getQuality", "How the records of an object stand, by rule, department or owner")
            .with(&["quality-by", "filter", "quality-department", "owner"])
            .answers::<QualitySummary>()
            .by(summary),
        get("/quality/{object}/worklist", "listFindings", "Records that break rules of quality")
            .with(&["fault", "rule", "severity", "owner", "quality-department", "filter", "sort", "fields", "limit", "cursor", "count", "q"])
            .answers::<QualityWorklist>()
            .by(worklist),
        get("/quality/{object}/trend", "getQualityTrend", "How quality went, day by day")
            .with(&["trend-days", "trend-by", "quality-department", "owner"])
            .answers::<QualityTrend>()
            .by(trend),
        post("/quality/{object}/fix", "mendRecords", "Mend many records at once; with dry_run, what would change")
            .with(&["dry_run"])
            .takes::<QualityFix>()
            .answers::<QualityFixAnswer>()
            .by(fix),
        post("/quality/{object}/judge", "judgeRecords", "Have all records of an object judged anew; administrators")
            .begins::<QualityObject>()
            .by(judge),
        get("/records/{object}/{id}/quality", "getRecordQuality", "How one record stands by the rules of quality")
            .answers::<QualityOfRecord>()
            .by(of_record),
    ]
}

/// Every object with rules that the caller may read.
async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let told = guanxi_quality::overview(context)?.into_iter().map(|it| with_duplicates(context, it));
            Answer::json(&Items { items: told.collect::<KernelResult<Vec<_>>>()? })
        })
        .await
}

/// One object.
async fn summary(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let key = one_of(&query, "by", &["department", "owner"])?;
    let (filter, owner, department) = (query.text("filter"), query.value::<Uuid>("owner")?, query.value::<Uuid>("department")?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (owners, departments) = (owner.map(|it| vec![it]), below(context, department));
            let of = Of { filter: filter.as_deref(), owners: owners.as_deref(), departments: departments.as_deref() };
            let told = guanxi_quality::summary(context, &object, key.as_deref(), of)?;
            Answer::json(&QualitySummary { whole: with_duplicates(context, told.whole)?, ..told })
        })
        .await
}

/// What is to be mended.
async fn worklist(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let list = list_records::request(&query)?;
    let fault = one_of(&query, "kind", &["incomplete", "wrong", "stale"])?;
    let severity = one_of(&query, "severity", &["low", "medium", "high"])?;
    let (rule, owner, department) = (query.value("rule")?, query.value::<Uuid>("owner")?, query.value::<Uuid>("department")?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let fault = fault.as_deref().and_then(Fault::named);
            let (owners, departments) = (owner.map(|it| vec![it]), below(context, department));
            let wanted = Wanted { fault, rule, severity: severity.clone(), owners, departments, list: list.clone() };
            Answer::json(&guanxi_quality::worklist(context, &object, &wanted)?)
        })
        .await
}

/// How it went.
async fn trend(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let days = query.value::<u32>("days")?.unwrap_or(90);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(ApiError::bad("bad_request", "days", format!("应为 1 到 {MOST_DAYS}"), format!("days is 1 to {MOST_DAYS}")).into());
    }
    let by = one_of(&query, "by", &["rule", "kind"])?;
    let (owner, department) = (query.value::<Uuid>("owner")?, query.value::<Uuid>("department")?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (owners, departments) = (owner.map(|it| vec![it]), below(context, department));
            let asked = Asked { days: i64::from(days), by_rule: by.as_deref() == Some("rule"), departments, owners };
            Answer::json(&guanxi_quality::trend(context, &object, &asked)?)
        })
        .await
}

/// One record.
async fn of_record(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let id = record_id(&id)?;
            Answer::json(&guanxi_quality::of_record(&signed_in.context, &object, id)?)
        })
        .await
}

/// Judges all anew.
async fn judge(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            guanxi_quality::begin(context, &object)?;
            let told = guanxi_quality::summary(context, &object, None, Of::default())?;
            Ok(Answer::json(&with_duplicates(context, told.whole)?)?.with_status(StatusCode::ACCEPTED))
        })
        .await
}

fn one_of(query: &Query, name: &'static str, known: &[&str]) -> Result<Option<String>, ApiError> {
    match query.text(name) {
        Some(it) if !known.contains(&it.as_str()) => {
            let all = known.join("、");
            Err(ApiError::bad("bad_request", name, format!("可选值：{all}"), format!("{name} is one of {}", known.join(", "))))
        }
        other => Ok(other),
    }
}

/// A department with all below it.
fn below(context: &Context, department: Option<Uuid>) -> Option<Vec<Uuid>> {
    department.map(|it| context.access.member.tree.below(&[it]))
}

/// How many groups wait for those who review duplicates.
fn with_duplicates(context: &Context, told: QualityObject) -> KernelResult<QualityObject> {
    let object = guanxi_kernel::read::object_of(context, &told.object)?;
    let duplicates = match duplicates::status(context, &object) {
        Ok(status) => Some(Count { value: status.open, exact: status.open < MOST_GROUPS }),
        Err(KernelError::Store(error)) => return Err(error.into()),
        Err(_) => None,
    };
    Ok(QualityObject { duplicates, ..told })
}

/// A mending of many records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QualityFix {
    /// Records that break this rule.
    rule: Option<Uuid>,
    /// These records; with a rule, those of them that break it.
    ids: Option<Vec<Uuid>>,
    /// Of them those that this expression accepts.
    filter: Option<String>,
    /// Of them those of this owner.
    owner: Option<Uuid>,
    /// Of them those of this department and all below.
    department: Option<Uuid>,
    /// What is done to each.
    fix: QualityFixKind,
    /// `digest` of what was shown; needed to do it.
    digest: Option<String>,
}

/// What is done to each record.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum QualityFixKind {
    /// The field is written in its usual form.
    Normalise(String),
    /// Levels of the address that are missing are filled in.
    FillAddress(String),
    /// Fields are set.
    Set(#[schemars(with = "AnyValues")] Map<String, Json>),
}

/// What a mending would do, or did.
#[derive(Serialize, JsonSchema)]
struct QualityFixAnswer {
    /// Records looked at.
    total: usize,
    /// Those that change.
    changed: usize,
    /// Those of which nothing does.
    unchanged: usize,
    /// Those that would, if nothing forbade it.
    refused: usize,
    /// The first changes, of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<QualityChange>>,
    /// To be sent to do it, of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// The change all of it is; undo it to take all of it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    change_id: Option<Uuid>,
    /// The first reasons why records did not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<QualityProblem>>,
}

/// What becomes of a record.
#[derive(Serialize, JsonSchema)]
struct QualityChange {
    /// The record.
    id: Uuid,
    /// Its title as the caller sees it.
    title: Option<String>,
    /// Field by field.
    changes: Vec<QualityChangedField>,
    /// What forbids it.
    problems: Vec<FieldProblem>,
}

/// What becomes of a field.
#[derive(Serialize, JsonSchema)]
struct QualityChangedField {
    /// The field.
    field: String,
    /// Its name for people.
    label: guanxi_kernel::schema::Label,
    /// Its value now.
    #[schemars(with = "AnyJson")]
    before: Json,
    /// Its value then.
    #[schemars(with = "AnyJson")]
    after: Json,
}

/// Why one record did not change.
#[derive(Serialize, JsonSchema)]
struct QualityProblem {
    /// The record.
    id: Uuid,
    /// The reason.
    problem: Problem,
}

/// Mends, or says what would change.
async fn fix(caller: Caller, Path(object): Path<String>, query: Query, body: LargeJsonBody) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller
        .write(body.0, move |signed_in, body| {
            let context = &signed_in.context;
            let asked: QualityFix = body.read()?;
            if asked.rule.is_none() && asked.ids.is_none() {
                return Err(ApiError::bad("bad_request", "rule", "请给出规则或记录", "give a rule or records"));
            }
            let list = guanxi_kernel::read::ListRequest { filter: asked.filter, ..Default::default() };
            let (owners, departments) = (asked.owner.map(|it| vec![it]), below(context, asked.department));
            let chosen = Chosen { ids: asked.ids, wanted: Wanted { rule: asked.rule, owners, departments, list, ..Wanted::default() } };
            let fix = match asked.fix {
                QualityFixKind::Normalise(field) => Fix::Normalise(field),
                QualityFixKind::FillAddress(field) => Fix::FillAddress(field),
                QualityFixKind::Set(values) => Fix::Set(values),
            };
            if dry {
                return shown(context, &object, &chosen, &fix);
            }
            let digest = asked.digest.ok_or_else(|| {
                ApiError::bad("bad_request", "digest", "请先预览，再带上预览的 digest", "look at it with dry_run first, and send its digest")
            })?;
            let (total, ids, result) = guanxi_quality::mend(context, &object, &chosen, &fix, &digest)?;
            done(context, total, &ids, result)
        })
        .await
}

fn shown(context: &Context, object: &str, chosen: &Chosen, fix: &Fix) -> Result<Answer, ApiError> {
    let (object, proposals) = guanxi_quality::propose(context, object, chosen, fix)?;
    let (changed, refused) = (proposals.changes.len(), proposals.refused());
    // Those that something forbids come first: they are what is to be looked at.
    let (wrong, right): (Vec<_>, Vec<_>) = proposals.changes.iter().partition(|it| !it.problems.is_empty());
    let items = wrong.into_iter().take(MOST_TOLD / 2).chain(right).take(MOST_TOLD).map(|it| change(context, &object, it)).collect();
    Answer::json(&QualityFixAnswer {
        total: proposals.total,
        changed: changed - refused,
        unchanged: proposals.total.saturating_sub(changed),
        refused,
        items: Some(items),
        digest: Some(proposals.digest),
        change_id: None,
        problems: None,
    })
}

fn change(context: &Context, object: &Object, proposal: &Proposal) -> QualityChange {
    let title = object.title_field();
    let shown = context.access.shown_of(object, title, Place::List, &proposal.record.row) != Shown::No;
    let changes = proposal.values.iter().filter(|it| proposal.before.get(it.0) != Some(it.1)).filter_map(|(name, after)| {
        let label = object.field(name)?.definition.label.clone();
        let before = proposal.before.get(name).cloned().unwrap_or_default();
        Some(QualityChangedField { field: name.clone(), label, before, after: after.clone() })
    });
    QualityChange {
        id: proposal.record.id(),
        title: proposal.record.text_for(context, title.name()).filter(|_| shown),
        changes: changes.collect(),
        problems: field_problems(&proposal.problems, context.locale),
    }
}

fn done(context: &Context, total: usize, ids: &[Uuid], result: BatchResult) -> Result<Answer, ApiError> {
    let succeeded = result.succeeded();
    let failed = result.results.into_iter().zip(ids).filter_map(|(it, id)| Some((it.err()?, *id)));
    let told = |(error, id): (KernelError, Uuid)| QualityProblem { id, problem: problem(&error.into(), context.locale, &context.request_id) };
    let problems: Vec<QualityProblem> = failed.take(MOST_TOLD).map(told).collect();
    Answer::json(&QualityFixAnswer {
        total,
        changed: succeeded,
        unchanged: total.saturating_sub(ids.len()),
        refused: ids.len() - succeeded,
        items: None,
        digest: None,
        change_id: Some(result.change),
        problems: Some(problems),
    })
}
