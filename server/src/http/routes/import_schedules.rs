//! `/imports/schedules/{id}`: regular imports beside their records: the database's address, and a run by hand.

use axum::extract::{Path as Segment, State};
use guanxi_kernel::KernelError;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read::{self, load_record};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::run_unit;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::import::schedules::{self, SCHEDULE_OBJECT};

/// The database that a query is put to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportConnection {
    /// `postgres://USER:PASSWORD@HOST/DATABASE` or `mysql://USER:PASSWORD@HOST/DATABASE?ssl-mode=MODE`; null takes it away. It is
    /// sealed and never told again.
    address: Option<String>,
    /// Of the authority that vouches for a MySQL database, as PEM: then the connection is encrypted, and the database must be the
    /// one its address names.
    #[serde(default)]
    certificate: Option<String>,
}

/// The schedule, if the caller may change it.
fn changeable(signed_in: &SignedIn, id: Uuid) -> Result<(), KernelError> {
    let context = &signed_in.context;
    let object = read::object_of(context, SCHEDULE_OBJECT)?;
    let found = context.workspace.store.read_with(|tx| load_record(context, tx, &object, id, Verb::Update, false))?;
    if found.is_some() {
        return Ok(());
    }
    let seen = context.workspace.store.read_with(|tx| load_record(context, tx, &object, id, Verb::Read, false))?;
    Err(if seen.is_some() { KernelError::Forbidden("may not change the schedule".into()) } else { KernelError::NotFound })
}

/// Keeps the database's address.
pub async fn connect(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            changeable(signed_in, id)?;
            let ImportConnection { address, certificate } = body.read()?;
            let of_certificate =
                |error: guanxi_sources::SourceError| ApiError::bad("bad_request", "certificate", error.message.zh_cn, error.message.en);
            if let Some(certificate) = certificate.as_deref().filter(|it| address.is_some() && !it.trim().is_empty()) {
                guanxi_sources::check_certificate(certificate).map_err(of_certificate)?;
            }
            let check = |it: &String| {
                guanxi_sources::check_connection(it, certificate.as_deref(), &app.settings.source_hosts)
                    .map_err(|error| ApiError::bad("bad_request", "address", error.message.zh_cn, error.message.en))
            };
            let connection = address.as_ref().map(check).transpose()?;
            let (app, inner) = (app.clone(), context.clone());
            let values = Map::from_iter([("has_connection".to_owned(), json!(connection.is_some()))]);
            run_unit(
                context,
                context.new_id(),
                "set_connection",
                Box::new(move |unit| {
                    schedules::set_connection(&inner, unit.tx, &app.vault, id, connection.as_deref())?;
                    unit.update_as_system(SCHEDULE_OBJECT, id, &values).map(drop)
                }),
            )?;
            Ok(Answer::empty())
        })
        .await
}

/// Fetches it now.
pub async fn run(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let (context, id) = (signed_in.context.clone(), record_id(&id)?);
            changeable(signed_in, id)?;
            let inner = context.clone();
            context.workspace.store.write_with(move |tx| schedules::run_by_hand(&inner, tx, id))?;
            context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}
