//! `DELETE /records/{object}/{id}`: to the recycle bin, or with `permanent=true` gone for good.

use axum::extract::Path;
use guanxi_kernel::read;
use guanxi_kernel::write::Operation;

use super::create_record::{execute_one, one};
use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// Deletes.
pub async fn delete(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let permanent = query.flag("permanent")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let (operation, verb) = if permanent { (Operation::Erase { id }, "erase") } else { (Operation::Delete { id }, "delete") };
            execute_one(context, &one(&object, operation, verb))?;
            Ok(Answer::empty())
        })
        .await
}
