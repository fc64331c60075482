//! `Me`: the caller as he is told to himself.

use guanxi_kernel::Result;
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use serde_json::{Map, Value as Json, json};

use super::meta::navigation;
use crate::http::SignedIn;

/// Keys of the stored preferences that `Me` shows at the top.
pub const THEME: &str = "theme";
/// See [`THEME`].
pub const DENSITY: &str = "density";
/// The free part.
pub const PREFERENCES: &str = "preferences";

/// The caller.
///
/// # Errors
/// Fails where the database does.
pub fn me_json(signed_in: &SignedIn) -> Result<Json> {
    let (context, identity) = (&signed_in.context, &signed_in.identity);
    let stored = context.workspace.store.read_with(|tx| identity::preferences(tx, context.actor))?;
    let settings = context.workspace.settings();
    let department = identity.member.department.map(|id| json!({ "id": id, "label": identity.department_label }));
    let or = |key: &str, default: Json| stored.get(key).cloned().unwrap_or(default);
    Ok(json!({
        "user": { "id": context.actor, "email": identity.email, "name": identity.name, "roles": identity.member.role_names(), "department": department },
        "locale": context.locale.tag(),
        "time_zone": context.time_zone.iana_name().unwrap_or("UTC"),
        "theme": or(THEME, json!("system")),
        "density": or(DENSITY, json!("comfortable")),
        "preferences": or(PREFERENCES, Json::Object(Map::new())),
        "csrf_token": signed_in.session.as_ref().map(|it| &it.csrf),
        "workspace": { "id": context.workspace.id, "name": settings.name, "demo": settings.demo, "currency": settings.currency },
        "app": navigation(context),
    }))
}
