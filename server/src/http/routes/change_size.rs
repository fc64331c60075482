//! `GET /changes/{id}`: how many records a change is about, before somebody takes it back.

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::events::{is_change_of, records_in_change};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// So many entries of the log are looked at.
const LOOKED_AT: u64 = 20_000;

/// How large a change is.
#[derive(Serialize, JsonSchema)]
pub struct ChangeSize {
    /// The change.
    change_id: Uuid,
    /// Records it is about.
    records: u64,
    /// Whether that is all; at least so many where not.
    exact: bool,
}

/// Of a change of one's own, or of anybody's for an administrator: as whoever may take it back.
pub async fn get(caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, change) = (&signed_in.context, record_id(&id)?);
            let (records, exact) = context.workspace.store.read_with(|tx| {
                let (records, exact) = records_in_change(tx, change, LOOKED_AT)?;
                let may_know = context.access.is_unlimited() || is_change_of(tx, change, context.actor)?;
                if records > 0 && may_know { Ok((records, exact)) } else { Err(KernelError::NotFound) }
            })?;
            Answer::json(&ChangeSize { change_id: change, records, exact })
        })
        .await
}
