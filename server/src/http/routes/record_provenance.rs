//! `GET /records/{object}/{id}/provenance`: where the values of a record come from.

use axum::extract::Path;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::provenance::{FieldSource, Source, provenance};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{openings, read};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::parts::{Actor, Items};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::import::file_of_change;

/// Where a field's value comes from.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldSource")]
pub struct ToldSource {
    /// The field.
    field: String,
    /// What set it; null where the audit log does not tell any more.
    source: Option<Source>,
    /// When.
    at: Timestamp,
    /// By whom.
    actor: Actor,
    /// The change.
    change_id: Uuid,
    /// Name of the file it came with, where that is known.
    file: Option<String>,
}

/// Lists the sources of a record's fields.
pub async fn list(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let context = &openings::open(context, &object, id)?;
            let items = context.workspace.store.read_with(|tx| {
                let sources = provenance(context, tx, &object, id)?;
                let mut titles = Titles::default();
                sources.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.actor));
                titles.load(context, tx)?;
                let mut told = Vec::with_capacity(sources.len());
                for FieldSource { field, source, at, actor, change } in sources {
                    let file = if source == Some(Source::Imported) { file_of_change(tx, actor, change)? } else { None };
                    told.push(ToldSource { field, source, at, actor: titles.actor(context, actor), change_id: change, file });
                }
                Ok(told)
            })?;
            Answer::json(&Items { items })
        })
        .await
}
