//! `GET /roles`, `GET /sharing-rules`, `POST /rights/simulate`, and of a record `GET .../access` and `GET .../viewers`:
//! what rights there are, what they come from and what a change of them would do. They are changed as definitions are,
//! by `POST /schema/apply`.

use axum::extract::Path;
use guanxi_kernel::access::{self, ActionExplanation, FieldExplanation, Reason, ShareLevel, Through};
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::SchemaChange;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, JOB_POST_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read;
use guanxi_kernel::schema::{Label, RoleDefinition, RowScope};
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::get_record::record_id;
use super::shares::{ToldPrincipal, object_of, told_principal};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::{Items, Page, Reference};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// A role and where it comes from.
#[derive(Serialize, JsonSchema)]
pub struct StoredRole {
    /// Where it comes from.
    origin: RoleOrigin,
    /// The industry pack that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    /// What it gives and denies.
    definition: RoleDefinition,
}

/// Where a role comes from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RoleOrigin {
    /// It came with the program or an industry pack and is as it came.
    Standard,
    /// It came with the program or an industry pack and was changed.
    Changed,
    /// It is the workspace's own.
    Custom,
}

/// All roles.
pub async fn roles(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_auditor()?;
            Answer::json(&Items { items: context.schema.roles.values().map(|it| stored_role(context, it)).collect() })
        })
        .await
}

fn stored_role(context: &Context, role: &RoleDefinition) -> StoredRole {
    let standard = context.schema.standard.role(&role.name);
    let origin = match standard {
        None => RoleOrigin::Custom,
        Some(standard) if standard.definition == *role => RoleOrigin::Standard,
        Some(_) => RoleOrigin::Changed,
    };
    StoredRole { origin, pack: standard.and_then(|it| it.pack.clone()), definition: role.clone() }
}

/// All sharing rules.
pub async fn sharing_rules(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.access.require_auditor()?;
            Answer::json(&Items { items: signed_in.context.schema.sharing.to_vec() })
        })
        .await
}

/// Changes to be tried.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedChanges {
    /// In order.
    changes: Vec<SchemaChange>,
}

/// What a change of roles and sharing rules would do.
pub async fn simulate(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            let TriedChanges { changes } = body.read()?;
            Answer::json(&access::simulate(&signed_in.context, &changes)?)
        })
        .await
}

/// What a member may do with a record and why.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessExplanation")]
pub struct ToldExplanation {
    /// By verb.
    verbs: Vec<ToldVerb>,
    /// Fields with less than everything.
    fields: Vec<FieldExplanation>,
    /// Actions on one record.
    actions: Vec<ActionExplanation>,
}

/// Why a verb is open on a record, or closed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "VerbExplanation")]
struct ToldVerb {
    /// The verb.
    #[schemars(extend("enum" = ["read", "create", "update", "delete", "restore", "import", "export", "bulk", "share", "assign", "lock"]))]
    verb: &'static str,
    /// Whether it is open.
    allowed: bool,
    /// What opens it, and what closes it again.
    reasons: Vec<ToldReason>,
}

/// One rule that speaks of a record.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "AccessReason")]
enum ToldReason {
    /// An administrator may do everything.
    Administrator,
    /// A role opens it.
    Role {
        /// The role.
        role: String,
        /// Its name for people.
        label: Label,
        /// Which records.
        scope: RowScope,
        /// It is held within departments only.
        within: bool,
        /// The job post it comes with.
        #[serde(skip_serializing_if = "Option::is_none")]
        post: Option<Reference>,
        /// From the record's department up to the one by which the member reaches it; empty where it is not by a department.
        departments: Vec<Reference>,
    },
    /// A role gives the verb, on whatever records go with it.
    Given {
        /// The role.
        role: String,
        /// Its name for people.
        label: Label,
    },
    /// A sharing rule opens it.
    SharingRule {
        /// The rule.
        rule: String,
        /// Its name for people.
        label: Label,
        /// By which entry of its audience.
        through: ToldThrough,
    },
    /// It lies in a circle the member belongs to, or keeps.
    Circle {
        /// Object of the circle.
        object: String,
        /// The circle.
        circle: Reference,
        /// He keeps it.
        keeper: bool,
    },
    /// It is seen with a record the member may read, or change.
    SeenWith {
        /// Object of that record.
        object: String,
        /// That record.
        record: Reference,
    },
    /// The record is shared.
    Share {
        /// With whom.
        with: ToldPrincipal,
        /// How much that gives.
        level: ShareLevel,
        /// When it ends; never where null.
        until: Option<Timestamp>,
        /// What made it.
        reason: String,
        /// The record it ends with, such as a task.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<Cause>,
    },
    /// It belongs to another record and is seen, or changed, only where that one may be.
    Follows {
        /// Object of that record.
        object: String,
        /// That record.
        record: Reference,
        /// That record must be one he may change.
        changing: bool,
        /// It may be.
        open: bool,
    },
    /// It is another member's own.
    Private,
    /// The file hangs on no record the member may read.
    FileHeld,
    /// The record is locked.
    Locked {
        /// Who locked it.
        by: Reference,
        /// When that ends by itself; never where null.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// Its state locks it, or that of the record it is part of.
    LockedByState {
        /// Object of the record whose state it is.
        object: String,
        /// That record.
        record: Reference,
        /// It is the record this one is part of.
        through: bool,
        /// The condition that holds.
        when: String,
    },
    /// A role denies it.
    Denied {
        /// The role.
        role: String,
        /// Its name for people.
        label: Label,
    },
    /// It takes reading as well, which is closed.
    NotReadable,
    /// It takes that roles and rules let the record be changed, which they do not.
    NotChangeable,
    /// Nothing opens it.
    NothingOpens,
}

/// By which entry of its audience a sharing rule speaks to a member.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "AccessThrough")]
enum ToldThrough {
    /// He is named.
    Member,
    /// He holds a role.
    Role {
        /// Its name for people.
        label: Label,
    },
    /// He is in a team.
    Team {
        /// The team.
        team: Reference,
    },
    /// He is in a department, or in one below it.
    Department {
        /// The department.
        department: Reference,
    },
}

/// A record because of which something is so.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessCause")]
struct Cause {
    /// Its object.
    object: String,
    /// The record; without a name where the caller may not see it.
    record: Reference,
}

/// A member who may see a record.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Viewer")]
pub struct ToldViewer {
    /// The member.
    member: Reference,
    /// May change it.
    update: bool,
    /// May delete it.
    delete: bool,
    /// What lets him see it.
    reasons: Vec<ToldReason>,
}

/// What a member may do with a record and why; the caller himself where none is named.
pub async fn explain(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let member = query.value::<Uuid>("member")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (object, id) = (read::object_of(context, &object)?, record_id(&id)?);
            let answer = context.workspace.store.read_with(|tx| {
                let explanation = access::explain(context, tx, member.unwrap_or(context.actor), &object, id)?;
                let mut titles = Titles::default();
                explanation.verbs.iter().flat_map(|it| &it.reasons).for_each(|it| want(&mut titles, it));
                titles.load(context, tx)?;
                let verb = |it: access::VerbExplanation| ToldVerb { verb: it.verb, allowed: it.allowed, reasons: told_reasons(&titles, it.reasons) };
                let verbs = explanation.verbs.into_iter().map(verb).collect();
                Ok(ToldExplanation { verbs, fields: explanation.fields, actions: explanation.actions })
            })?;
            Answer::json(&answer)
        })
        .await
}

/// Who may see a record and why.
pub async fn viewers(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let after = query.value::<Uuid>("cursor")?;
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (object, id) = (read::object_of(context, &object)?, record_id(&id)?);
            let answer = context.workspace.store.read_with(|tx| {
                let (viewers, next) = access::viewers(context, tx, &object, id, after)?;
                let mut titles = Titles::default();
                viewers.iter().flat_map(|it| &it.reasons).for_each(|it| want(&mut titles, it));
                titles.load(context, tx)?;
                let viewer = |it: access::Viewer| {
                    let member = Reference { id: it.id, label: Some(it.name) };
                    ToldViewer { member, update: it.update, delete: it.delete, reasons: told_reasons(&titles, it.reasons) }
                };
                Ok(Page { items: viewers.into_iter().map(viewer).collect(), next_cursor: next.map(|it| it.to_string()) })
            })?;
            Answer::json(&answer)
        })
        .await
}

/// Notes that a reason names somebody.
fn want(titles: &mut Titles, reason: &Reason) {
    match reason {
        Reason::Share { with, id, because, .. } => {
            because.iter().for_each(|(object, id)| titles.want(object, *id));
            if let Some(principal) = access::Principal::new(with, *id) {
                titles.want(object_of(principal), *id);
            }
        }
        Reason::Circle { object, id, .. }
        | Reason::SeenWith { object, id }
        | Reason::Follows { object, id, .. }
        | Reason::LockedByState { object, id, .. } => titles.want(object, *id),
        Reason::Locked { by, .. } => titles.want(MEMBER_OBJECT, *by),
        Reason::Role { post, departments, .. } => {
            post.iter().for_each(|it| titles.want(JOB_POST_OBJECT, *it));
            departments.iter().for_each(|it| titles.want(DEPARTMENT_OBJECT, *it));
        }
        Reason::SharingRule { through: Through::Team { id }, .. } => titles.want(TEAM_OBJECT, *id),
        Reason::SharingRule { through: Through::Department { id }, .. } => titles.want(DEPARTMENT_OBJECT, *id),
        _ => {}
    }
}

fn told_reasons(titles: &Titles, reasons: Vec<Reason>) -> Vec<ToldReason> {
    let told = |reason| match reason {
        Reason::Administrator => ToldReason::Administrator,
        Reason::Role { role, label, scope, within, post, departments } => {
            let departments = departments.into_iter().map(|it| titles.reference(it)).collect();
            ToldReason::Role { role, label, scope, within, post: post.map(|it| titles.reference(it)), departments }
        }
        Reason::Given { role, label } => ToldReason::Given { role, label },
        Reason::SharingRule { rule, label, through } => ToldReason::SharingRule { rule, label, through: told_through(titles, through) },
        Reason::Circle { object, id, keeper } => ToldReason::Circle { object, circle: titles.reference(id), keeper },
        Reason::SeenWith { object, id } => ToldReason::SeenWith { object, record: titles.reference(id) },
        Reason::Share { with, id, level, until, reason, because } => {
            let because = because.map(|(object, id)| Cause { object, record: titles.reference(id) });
            ToldReason::Share { with: told_principal(titles, with, id), level, until, reason, because }
        }
        Reason::Locked { by, until, reason } => ToldReason::Locked { by: titles.reference(by), until, reason },
        Reason::Follows { object, id, changing, open } => ToldReason::Follows { object, record: titles.reference(id), changing, open },
        Reason::Private => ToldReason::Private,
        Reason::FileHeld => ToldReason::FileHeld,
        Reason::LockedByState { object, id, through, when } => ToldReason::LockedByState { object, record: titles.reference(id), through, when },
        Reason::Denied { role, label } => ToldReason::Denied { role, label },
        Reason::NotReadable => ToldReason::NotReadable,
        Reason::NotChangeable => ToldReason::NotChangeable,
        Reason::NothingOpens => ToldReason::NothingOpens,
    };
    reasons.into_iter().map(told).collect()
}

fn told_through(titles: &Titles, through: Through) -> ToldThrough {
    match through {
        Through::Member => ToldThrough::Member,
        Through::Role { label } => ToldThrough::Role { label },
        Through::Team { id } => ToldThrough::Team { team: titles.reference(id) },
        Through::Department { id } => ToldThrough::Department { department: titles.reference(id) },
    }
}
