//! `GET /records/{object}/{id}`: one record; of one that became part of another, that other one.

use axum::extract::Path;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::merge::survivor_of;
use guanxi_kernel::{KernelError, openings, read};
use uuid::Uuid;

use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// Answers one record.
pub async fn get(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let fields = query.list("fields");
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let store = &context.workspace.store;
            let find = |id: Uuid| {
                let context = openings::open(context, &object, id)?;
                store.read_with(|tx| read::get(&context, tx, &object, id, fields.as_deref()))
            };
            let (version, body) = match find(id)? {
                Some(found) => found,
                None => {
                    let survivor = store.read_with(|tx| survivor_of(context, tx, &object, id))?.ok_or(KernelError::NotFound)?;
                    find(survivor)?.ok_or(KernelError::NotFound)?
                }
            };
            Ok(Answer::ok(body).with_version(version))
        })
        .await
}

/// The id in an address. What is no id names no record.
///
/// # Errors
/// Not found.
pub fn record_id(text: &str) -> Result<Uuid, KernelError> {
    Uuid::try_parse(text).map_err(|_| KernelError::NotFound)
}
