//! `GET /records/{object}/duplicates`, `POST .../decide`, `GET .../status`, `POST .../scan`: records that may be one, for review.

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{PairState, StoredPair};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{self, Count};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::duplicates::{DuplicateReason, told_reasons};
use crate::duplicates::{self, QueueGroup, QueueRequest, cursor, probability};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::Actor;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyRecord;

/// What can be said of a pair.
const STATES: [&str; 2] = ["open", "different"];
/// Most groups of a page.
const MOST_GROUPS: u32 = 100;
/// Most pairs decided at once.
const MOST_PAIRS: usize = 500;

/// Two records that may be one.
#[derive(Serialize, JsonSchema)]
pub struct DuplicatePair {
    /// The older of the two.
    left: Uuid,
    /// The other one.
    right: Uuid,
    /// How sure it is that they are one, 0 to 1.
    probability: f64,
    /// Sure enough to be merged without a look.
    is_automatic: bool,
    /// What speaks for it and against it, strongest first.
    reasons: Vec<DuplicateReason>,
    /// Who said that they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Actor>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
}

/// Records that may be one.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateGroup {
    /// Its name, as long as it stands.
    group: String,
    /// How sure it is that they are one, 0 to 1: as the least sure of them.
    certainty: f64,
    /// Those the caller may see, the oldest first: what is compared and what the first list shows.
    #[schemars(with = "Vec<AnyRecord>")]
    records: Vec<Json>,
    /// Their pairs, the surest first.
    pairs: Vec<DuplicatePair>,
}

/// A page of groups.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateGroups {
    /// The surest first.
    items: Vec<DuplicateGroup>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
    /// How many there are.
    count: Count,
}

/// A verdict.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// Not the same, whatever a search says.
    Different,
    /// To be looked at.
    Open,
}

/// What is said of some pairs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateVerdict {
    /// Each two ids, 500 pairs at most.
    pairs: Vec<[Uuid; 2]>,
    /// What is said of them.
    verdict: Verdict,
}

/// How far a search has come.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DuplicateProgress")]
struct ToldProgress {
    /// Steps done.
    done: u64,
    /// Of so many.
    total: u64,
}

/// How it stands with the duplicates of an object.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateStatus {
    /// Whether all records were ever compared, are now, or could not be.
    #[schemars(extend("enum" = ["never", "running", "ready", "failed"]))]
    state: &'static str,
    /// How far a search has come that runs.
    progress: Option<ToldProgress>,
    /// When the last one came to its end; what came or changed since is compared as it comes.
    scanned_at: Option<Timestamp>,
    /// Records there were then.
    records: u64,
    /// Groups nobody has decided, in whoever's sight; 1000 for more.
    open: u64,
    /// Pairs somebody said are not the same, likewise.
    different: u64,
    /// The caller may have all compared anew.
    may_scan: bool,
    /// From which probability on groups are merged by themselves, 0 to 1; null where never.
    automatic: Option<f64>,
}

/// Whether groups are merged by themselves.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomaticMerging {
    /// From which probability on, 0.99 to 1; null or absent: never.
    #[serde(default)]
    at_least: Option<f64>,
}

/// Groups to be reviewed.
pub async fn list(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let state = query.text("state").unwrap_or_else(|| STATES[0].to_owned());
    let state =
        PairState::named(&state).ok_or_else(|| ApiError::bad("bad_request", "state", "可选值：open、different", "state is open or different"))?;
    let limit = query.limit(20, MOST_GROUPS)? as usize;
    let after = query.text("cursor").filter(|it| !it.is_empty()).map(|it| cursor::decode(&it).ok_or_else(bad_cursor)).transpose()?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let page = duplicates::page(context, &object, &QueueRequest { state, limit, after: after.clone() })?;
            let mut titles = Titles::default();
            page.items.iter().flat_map(|it| &it.pairs).filter_map(|it| it.decided).for_each(|it| titles.want(MEMBER_OBJECT, it.0));
            context.workspace.store.read_with(|tx| titles.load(context, tx))?;
            Answer::json(&DuplicateGroups {
                items: page.items.into_iter().map(|it| told_group(context, &titles, it)).collect(),
                next_cursor: page.next.as_ref().map(cursor::encode),
                count: page.count,
            })
        })
        .await
}

fn bad_cursor() -> ApiError {
    let (zh_cn, en) = ("分页位置无效，请从第一页重新开始", "the cursor is not valid for this list; start again from the first page");
    ApiError::bad("bad_cursor", "cursor", zh_cn, en)
}

fn told_group(context: &Context, titles: &Titles, group: QueueGroup) -> DuplicateGroup {
    let pair = |it: StoredPair| DuplicatePair {
        left: it.left,
        right: it.right,
        probability: probability(it.bits),
        is_automatic: it.is_automatic,
        reasons: told_reasons(it.reasons),
        decided_by: it.decided.map(|it| titles.actor(context, it.0)),
        decided_at: it.decided.map(|it| it.1),
    };
    let pairs = group.pairs.into_iter().map(pair).collect();
    DuplicateGroup { group: group.group, certainty: probability(group.certainty), records: group.records, pairs }
}

/// Says that pairs are not the same, or takes that back.
pub async fn decide(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let DuplicateVerdict { pairs, verdict } = body.read()?;
            if pairs.len() > MOST_PAIRS {
                let (zh_cn, en) = (format!("一次最多{MOST_PAIRS}对，请分批提交"), format!("at most {MOST_PAIRS} pairs at once; send them in parts"));
                return Err(ApiError::bad("bad_request", "pairs", zh_cn, en));
            }
            let pairs: Vec<(Uuid, Uuid)> = pairs.into_iter().map(|[left, right]| (left, right)).collect();
            let state = match verdict {
                Verdict::Different => PairState::Different,
                Verdict::Open => PairState::Open,
            };
            duplicates::decide(context, &object, &pairs, state)?;
            Ok(Answer::empty())
        })
        .await
}

/// How it stands.
pub async fn status(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            Answer::json(&told_status(context, &object)?)
        })
        .await
}

/// Has all records compared anew.
pub async fn scan(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            duplicates::begin(context, &object)?;
            Ok(Answer::json(&told_status(context, &object)?)?.with_status(StatusCode::ACCEPTED))
        })
        .await
}

/// Lets sure groups be merged by themselves, or no longer.
pub async fn automatic(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let AutomaticMerging { at_least } = body.read()?;
            duplicates::set_automatic(context, &object, at_least)?;
            Answer::json(&told_status(context, &object)?)
        })
        .await
}

fn told_status(context: &Context, object: &Object) -> Result<DuplicateStatus, KernelError> {
    let status = duplicates::status(context, object)?;
    Ok(DuplicateStatus {
        state: status.state,
        progress: status.progress.map(|it| ToldProgress { done: it.done, total: it.total }),
        scanned_at: status.scanned_at,
        records: status.records,
        open: status.open,
        different: status.different,
        may_scan: context.access.require_administrator().is_ok(),
        automatic: context.workspace.store.read_with(|tx| duplicates::automatic_from(tx, &object.name))?,
    })
}
