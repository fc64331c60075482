//! `GET /records/{object}/{id}/provenance`: where the values of a record come from.

use std::collections::HashMap;

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::provenance::{FieldSource, Source, provenance};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::{openings, read};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::enrichment::source_of;
use crate::errors::ApiFailure;
use crate::http::parts::{Actor, Items};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::import::{import_of_change, row_of_record};

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
    /// Number of the row in that file, as a spreadsheet shows it, where that is known.
    row: Option<u64>,
    /// The sheet of a workbook.
    sheet: Option<String>,
    /// Name of the enrichment source it came from, or of the API key it was sent with, where that is known.
    from: Option<String>,
}

/// Where in which file a record came from.
#[derive(Clone, Default)]
struct Place {
    file: Option<String>,
    sheet: Option<String>,
    row: Option<u64>,
    from: Option<String>,
}

/// The source whose answer was written with a change.
fn answered_by(context: &Context, tx: &mut dyn ReadTx, change: Uuid) -> guanxi_kernel::Result<Place> {
    let run = enrichment::run_of_change(tx, change)?;
    let source = run.map(|it| source_of(context, tx, it.source)).transpose()?.flatten();
    Ok(Place { from: source.map(|it| it.title()), ..Place::default() })
}

fn place_of(tx: &mut dyn ReadTx, actor: Uuid, change: Uuid, record: Uuid) -> guanxi_kernel::Result<Place> {
    let import = import_of_change(tx, actor, change)?;
    let (file, sheet) = import.map_or((None, None), |it| (Some(it.file_name), it.data.sheet));
    Ok(Place { file, sheet, row: row_of_record(tx, change, record)?, from: None })
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
                let mut places: HashMap<Uuid, Place> = HashMap::new();
                for FieldSource { field, source, at, actor, change, agent } in sources {
                    if source == Some(Source::Imported) && !places.contains_key(&change) {
                        places.insert(change, place_of(tx, actor, change, id)?);
                    }
                    if source == Some(Source::Enriched) && !places.contains_key(&change) {
                        places.insert(change, answered_by(context, tx, change)?);
                    }
                    let Place { file, sheet, row, from } = places.get(&change).cloned().unwrap_or_default();
                    let from = from.or_else(|| agent.filter(|_| source == Some(Source::Agent)));
                    told.push(ToldSource { field, source, at, actor: titles.actor(context, actor), change_id: change, file, row, sheet, from });
                }
                Ok(told)
            })?;
            Answer::json(&Items { items })
        })
        .await
}
