//! `GET /me/views`: how many records the caller may still open today, of each circle that counts them.

use guanxi_kernel::openings::{Allowance, allowances};
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::ApiFailure;
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query};

/// How many records of a circle the caller may still open today.
#[derive(Serialize, JsonSchema)]
pub struct ViewAllowance {
    /// Object of the circle.
    object: String,
    /// The circle.
    circle: Uuid,
    /// How many different records a day.
    limit: u64,
    /// Opened today.
    used: u64,
    /// Left today.
    left: u64,
    /// When the day ends.
    until: Timestamp,
}

/// Lists what is left.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let found = context.workspace.store.read_with(|tx| allowances(context, tx))?;
            let told = |Allowance { object, circle, limit, used, until }: Allowance| {
                let left = limit.saturating_sub(used);
                ViewAllowance { object, circle, limit, used, left, until }
            };
            Answer::json(&Items { items: found.into_iter().map(told).collect::<Vec<_>>() })
        })
        .await
}
