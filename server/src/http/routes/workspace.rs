//! `GET /workspace`, `PATCH /workspace`: the settings of the caller's workspace, for administrators.

use guanxi_kernel::settings::change_settings;
use guanxi_kernel::workspace::Settings;
use schemars::JsonSchema;
use serde::Serialize;

use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// The settings of a company.
#[derive(Serialize, JsonSchema)]
pub struct WorkspaceSettings {
    /// Id; part of its address.
    id: String,
    /// Name of the company.
    name: String,
    /// ISO 4217 code of amounts that name none.
    currency: String,
    /// Two-letter region for national phone forms.
    region: String,
    /// IANA name; days of reports begin here.
    time_zone: String,
    /// Made for trying out.
    demo: bool,
}

/// The settings as they are.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            Answer::json(&told(&context.workspace.id, &context.workspace.settings()))
        })
        .await
}

/// Changes those named.
pub async fn change(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, |signed_in, body| {
            let context = &signed_in.context;
            let settings = change_settings(context, body.read()?)?;
            Answer::json(&told(&context.workspace.id, &settings))
        })
        .await
}

fn told(id: &str, settings: &Settings) -> WorkspaceSettings {
    let Settings { name, currency, region, time_zone, demo } = settings.clone();
    WorkspaceSettings { id: id.to_owned(), name, currency, region, time_zone, demo }
}
