//! `POST /records/{object}/{id}/restore`: back from the recycle bin, with what was deleted along with it.

use axum::extract::Path;
use guanxi_kernel::read;
use guanxi_kernel::write::Operation;

use super::create_record::{execute_one, one, saved};
use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Restores.
pub async fn restore(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let batch = one(&object, Operation::Restore { id: record_id(&id)? }, "restore");
            Ok(saved(context, &object, execute_one(context, &batch)?)?)
        })
        .await
}
