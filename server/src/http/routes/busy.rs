//! `GET /calendar/busy`: when members and rooms are taken, to plan with them.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, object_of};
use guanxi_kernel::store::StoreExt as _;
use guanxi_work::busy::{self, How, MOST_ASKED, Schedule, Window};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Reference;
use crate::http::{Answer, Caller, Query};

/// Longest span asked about.
const LONGEST: SignedDuration = SignedDuration::from_hours(62 * 24);
/// The object whose records take time.
const ACTIVITY: &str = "activity";

/// When somebody or something is taken.
#[derive(Serialize, JsonSchema)]
pub struct BusySchedule {
    /// The member or room.
    of: Reference,
    /// In the order of time.
    busy: Vec<BusyTime>,
}

/// A time at which somebody is taken.
#[derive(Serialize, JsonSchema)]
struct BusyTime {
    /// From then.
    start: Timestamp,
    /// Until then.
    end: Timestamp,
    /// `busy`: in something; `tentative`: asked, not answered for certain; `away`: on leave, travelling.
    #[schemars(extend("enum" = ["busy", "tentative", "away"]))]
    kind: &'static str,
    /// The activity, where the caller may see it; what he may not see is run together.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Uuid>,
}

/// Members and rooms, each with when they are taken.
#[derive(Serialize, JsonSchema)]
pub struct BusyAnswer {
    /// Of the members asked about those the caller may see, in the order asked.
    members: Vec<BusySchedule>,
    /// Likewise rooms, vehicles and equipment.
    resources: Vec<BusySchedule>,
}

/// When members and rooms are taken.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let (members, resources) = (ids(&query, "members")?, ids(&query, "resources")?);
    let (from, until, except) = (query.value("from")?, query.value("until")?, query.value("except")?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let window = window_of(from, until, except)?;
            object_of(context, ACTIVITY)?;
            let (of_members, of_resources) = context
                .workspace
                .store
                .read_with(|tx| Ok((busy::of_members(context, tx, &members, window)?, busy::of_resources(context, tx, &resources, window)?)))?;
            let tell = |all: Vec<Schedule>| all.into_iter().map(|it| told(context, it)).collect();
            Answer::json(&BusyAnswer { members: tell(of_members), resources: tell(of_resources) })
        })
        .await
}

/// The span asked about, once it is known who asks.
fn window_of(from: Option<Timestamp>, until: Option<Timestamp>, except: Option<Uuid>) -> Result<Window, ApiError> {
    let missing = |name: &str| ApiError::bad("bad_request", name, "请给出时间", "name a time");
    let (from, until) = (from.ok_or_else(|| missing("from"))?, until.ok_or_else(|| missing("until"))?);
    if until <= from || until.duration_since(from) > LONGEST {
        let (zh_cn, en) = ("时间范围应在62天以内，且结束晚于开始", "the span ends after it begins and lasts at most 62 days");
        return Err(ApiError::bad("bad_request", "until", zh_cn, en));
    }
    Ok(Window { from, until, except })
}

/// A list of ids, at most as many as one may ask about.
///
/// # Errors
/// Names the parameter.
pub fn ids(query: &Query, name: &str) -> Result<Vec<Uuid>, ApiError> {
    let given = query.list(name).unwrap_or_default();
    if given.len() > MOST_ASKED {
        return Err(ApiError::bad("bad_request", name, format!("最多{MOST_ASKED}个"), format!("at most {MOST_ASKED}")));
    }
    let read = |it: &String| it.parse().map_err(|_| ApiError::bad("bad_request", name, "应为以逗号分隔的编号", "ids separated by commas"));
    given.iter().map(read).collect()
}

/// A record by its title as the caller may see it.
pub fn reference(context: &Context, record: &Record) -> Reference {
    Reference { id: record.id(), label: record.text_for(context, record.object.title_field().name()) }
}

fn told(context: &Context, schedule: Schedule) -> BusySchedule {
    let busy = schedule.taken.into_iter().map(|it| BusyTime {
        start: it.from,
        end: it.until,
        kind: match it.how {
            How::Busy => "busy",
            How::Tentative => "tentative",
            How::Away => "away",
        },
        activity: it.activity,
    });
    BusySchedule { of: reference(context, &schedule.record), busy: busy.collect() }
}
