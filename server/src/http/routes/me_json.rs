//! `Me`: the caller as he is told to himself.

use std::collections::BTreeMap;

use guanxi_kernel::Result;
use guanxi_kernel::access::Standing;
use guanxi_kernel::identity;
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::me::{DENSITIES, LOCALES, THEMES};
use super::meta::{NavigationGroup, navigation};
use crate::http::SignedIn;
use crate::http::parts::Reference;

/// Keys of the stored preferences that `Me` shows at the top.
pub const THEME: &str = "theme";
/// See [`THEME`].
pub const DENSITY: &str = "density";
/// The free part.
pub const PREFERENCES: &str = "preferences";

/// The caller.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    /// The member.
    user: MeUser,
    /// Language of the interface, and of texts the server writes.
    #[schemars(extend("enum" = LOCALES))]
    locale: &'static str,
    /// IANA name; his days begin here.
    time_zone: String,
    /// Colours of the interface.
    #[schemars(extend("enum" = THEMES))]
    theme: String,
    /// How close things stand.
    #[schemars(extend("enum" = DENSITIES))]
    density: String,
    /// Whatever the web app keeps.
    #[schemars(with = "BTreeMap<String, AnyJson>")]
    preferences: Map<String, Json>,
    /// What unsafe requests of this session repeat; null with an API key.
    csrf_token: Option<String>,
    /// The administrator who looks with this member's rights and can change nothing; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer: Option<MeViewer>,
    /// The company.
    workspace: MeWorkspace,
    /// The navigation, as in `GET /meta`.
    app: Vec<NavigationGroup>,
}

/// A member as he is told to himself.
#[derive(Serialize, JsonSchema)]
struct MeUser {
    /// Id.
    id: Uuid,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// Names of the roles held.
    roles: Vec<String>,
    /// Main department.
    department: Option<Reference>,
    /// Main and further departments, without those below: `me.own_departments` of expressions.
    own_departments: Vec<Uuid>,
    /// He himself and absent colleagues he stands in for: `me.selves`.
    selves: Vec<Uuid>,
    /// Circles he belongs to or keeps: `me.circles`.
    circles: Vec<Uuid>,
    /// Circles he keeps: `me.keeps`.
    keeps: Vec<Uuid>,
}

/// Who looks with somebody else's rights.
#[derive(Serialize, JsonSchema)]
struct MeViewer {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
}

/// A company as its members are told of it when they sign in.
#[derive(Serialize, JsonSchema)]
struct MeWorkspace {
    /// Id; part of its address.
    id: String,
    /// Name of the company.
    name: String,
    /// Made for trying out.
    demo: bool,
    /// ISO 4217 code of amounts that name none.
    currency: String,
    /// Two-letter region for national phone forms.
    region: String,
}

/// The caller.
///
/// # Errors
/// Fails where the database does.
pub fn me_json(signed_in: &SignedIn) -> Result<Me> {
    let (context, identity) = (&signed_in.context, &signed_in.identity);
    let mut stored = context.workspace.store.read_with(|tx| identity::preferences(tx, context.actor))?;
    let settings = context.workspace.settings();
    let department = identity.member.department.map(|id| Reference { id, label: identity.department_label.clone() });
    let mut chosen = |key: &str, default: &str| {
        let chosen = stored.remove(key).and_then(|it| if let Json::String(text) = it { Some(text) } else { None });
        chosen.unwrap_or_else(|| default.to_owned())
    };
    let (theme, density) = (chosen(THEME, "system"), chosen(DENSITY, "comfortable"));
    let preferences = if let Some(Json::Object(map)) = stored.remove(PREFERENCES) { map } else { Map::new() };
    let roles = identity.member.role_names();
    Ok(Me {
        user: MeUser {
            id: context.actor,
            email: identity.email.clone(),
            name: identity.name.clone(),
            roles,
            department,
            own_departments: identity.member.own_departments.clone(),
            selves: identity.member.selves(),
            circles: identity.member.circles_as(Standing::Member),
            keeps: identity.member.circles_as(Standing::Keeper),
        },
        locale: context.locale.tag(),
        time_zone: context.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        theme,
        density,
        preferences,
        csrf_token: signed_in.session.as_ref().map(|it| it.csrf.clone()),
        viewer: context.viewer.as_ref().map(|it| MeViewer { id: it.id, name: it.name.clone() }),
        workspace: MeWorkspace {
            id: context.workspace.id.clone(),
            name: settings.name.clone(),
            demo: settings.demo,
            currency: settings.currency.clone(),
            region: settings.region.clone(),
        },
        app: navigation(context),
    })
}
