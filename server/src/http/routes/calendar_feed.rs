//! `GET /calendar/feeds/{secret}`: a member's calendar for calendar programs, by the secret in the address alone, with the
//! rights he has at that moment.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, object_of};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Value};
use guanxi_work::busy::{Own, own};
use jiff::SignedDuration;

use crate::errors::{ApiError, ApiFailure};
use crate::http::{Caller, Query};
use crate::ics::feed::{Entry, Span, write};

/// So far back a feed reaches.
const BACK: SignedDuration = SignedDuration::from_hours(90 * 24);
/// So far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(400 * 24);
/// What it is.
pub const MEDIA_TYPE: &str = "text/calendar";

/// The calendar.
pub async fn get(caller: Caller, Path(secret): Path<String>, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    let secret = secret.strip_suffix(".ics").unwrap_or(&secret).to_owned();
    let text = caller
        .with_calendar_secret(&secret)
        .call(|signed_in| {
            let context = &signed_in.context;
            object_of(context, "activity")?;
            let (from, until) = (context.now - BACK, context.now + AHEAD);
            let found = context.workspace.store.read_with(|tx| own(context, tx, from, until))?;
            let entries: Vec<Entry> = found.iter().filter_map(|it| entry(context, it)).collect();
            Ok(write(&format!("{} · {}", signed_in.identity.name, context.workspace.settings().name), &entries))
        })
        .await
        .map_err(|it| ApiFailure { error: as_missing(it.error), locale: it.locale })?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""),
    ];
    Ok((headers, text).into_response())
}

/// Whoever does not know a secret learns nothing of why.
fn as_missing(error: ApiError) -> ApiError {
    match error {
        ApiError::Kernel(KernelError::NotSignedIn | KernelError::Forbidden(_)) => KernelError::NotFound.into(),
        other => other,
    }
}

/// An activity as the member may see it.
fn entry(context: &Context, it: &Own) -> Option<Entry> {
    let activity = &it.activity;
    let text = |name: &str| activity.text_for(context, name).filter(|it| !it.trim().is_empty());
    let span = if activity.value("all_day") == Value::Bool(true) {
        let day = |at: jiff::Timestamp| at.to_zoned(context.time_zone.clone()).date();
        Span::Days(day(it.from), day(it.until))
    } else {
        Span::Timed(it.from, it.until)
    };
    Some(Entry {
        uid: format!("{}@guanxi", activity.id()),
        sequence: activity.version(),
        changed: changed(activity)?,
        span,
        summary: text("subject")?,
        description: text("description"),
        location: text("location"),
        url: context.workspace.address(&format!("/r/activity/{}", activity.id())),
        certain: it.certain,
    })
}

fn changed(activity: &Record) -> Option<jiff::Timestamp> {
    match activity.value("updated_at") {
        Value::DateTime(at) => Some(at),
        _ => None,
    }
}
