//! `GET /me/rights`, `GET /users/{id}/rights`, `GET /rights/holders` and `GET /rights/holders/export`: who holds which
//! role, where it comes from, where it holds, until when, and what that opens.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use guanxi_kernel::access::{self, ObjectSummary};
use guanxi_kernel::audit;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, DEPARTMENT_OBJECT, Holder, HolderRequest, Holding, JOB_POST_OBJECT};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result as KernelResult};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::export_records::as_file;
use super::get_record::record_id;
use super::holders_file::{Table, write};
use crate::errors::{ApiError, ApiFailure};
use crate::export::Format;
use crate::http::parts::{Page, Reference};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// Rows of a page.
const USUAL_PAGE: u32 = 100;
const MOST_PAGE: u32 = 500;

/// A role somebody holds, or will.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldRole")]
pub struct ToldHolding {
    /// The role.
    role: String,
    /// Its name for people.
    label: Label,
    /// The grant it comes from; null where it stands on the member's own record.
    grant: Option<Uuid>,
    /// The job post it comes with; null where it comes with none.
    post: Option<Reference>,
    /// It holds only for records of this department and those below it; everywhere where null.
    department: Option<Reference>,
    /// From when on; always where null.
    starts_at: Option<Timestamp>,
    /// Until when; for good where null.
    ends_at: Option<Timestamp>,
    /// Why, in the words of who gave it.
    reason: Option<String>,
}

/// What somebody may do and where it comes from.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldRights")]
pub struct ToldRights {
    /// He administers the workspace.
    administrator: bool,
    /// He may read the audit log and ask about others' rights.
    auditor: bool,
    /// His roles, those to come among them.
    roles: Vec<ToldHolding>,
    /// Roles he may give to others.
    gives: Vec<String>,
    /// What they open, object by object, with sharing rules and shares.
    objects: Vec<ObjectSummary>,
}

/// A member and one role of his.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RoleHolder")]
pub struct ToldHolder {
    /// The member.
    member: Reference,
    /// His address.
    email: String,
    /// His main department.
    department: Option<Reference>,
    /// The role.
    holding: ToldHolding,
}

/// My own.
pub async fn mine(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            Answer::json(&context.workspace.store.read_with(|tx| told_rights(context, tx, context, context.actor))?)
        })
        .await
}

/// A member's, for auditors.
pub async fn of_member(caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_auditor()?;
            let id = record_id(&id)?;
            Answer::json(&context.workspace.store.read_with(|tx| {
                let theirs = access::context_of(context, tx, id)?.ok_or(KernelError::NotFound)?;
                told_rights(context, tx, &theirs, id)
            })?)
        })
        .await
}

fn told_rights(context: &Context, tx: &mut dyn ReadTx, theirs: &Context, member: Uuid) -> KernelResult<ToldRights> {
    let holdings = identity::holdings_of(&context.schema, tx, member, context.now)?;
    let titles = titles_of(context, tx, holdings.iter().filter_map(|it| it.department), holdings.iter().filter_map(|it| it.post))?;
    Ok(ToldRights {
        administrator: theirs.access.is_unlimited(),
        auditor: theirs.access.require_auditor().is_ok(),
        roles: holdings.into_iter().map(|it| told(context, &titles, it)).collect(),
        gives: context.schema.roles.keys().filter(|it| theirs.access.may_give(it)).cloned().collect(),
        objects: access::summary(theirs),
    })
}

/// Names of departments and posts, as far as the caller may see them.
pub(super) fn titles_of(
    context: &Context,
    tx: &mut dyn ReadTx,
    departments: impl Iterator<Item = Uuid>,
    posts: impl Iterator<Item = Uuid>,
) -> KernelResult<Titles> {
    let mut titles = Titles::default();
    departments.for_each(|it| titles.want(DEPARTMENT_OBJECT, it));
    posts.for_each(|it| titles.want(JOB_POST_OBJECT, it));
    titles.load(context, tx)?;
    Ok(titles)
}

fn told(context: &Context, titles: &Titles, it: Holding) -> ToldHolding {
    let label = context.schema.roles.get(&it.role).map_or_else(|| Label::new(it.role.clone(), it.role.clone()), |role| role.label.clone());
    ToldHolding {
        label,
        grant: it.grant,
        post: it.post.map(|id| titles.reference(id)),
        department: it.department.map(|id| titles.reference(id)),
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        reason: it.reason,
        role: it.role,
    }
}

fn request(query: &Query) -> Result<HolderRequest, ApiError> {
    Ok(HolderRequest {
        member: query.value::<Uuid>("member")?,
        role: query.text("role"),
        department: query.value::<Uuid>("department")?,
        ending: query.flag("ending")?,
    })
}

/// Who holds which role, for auditors.
pub async fn holders(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let (request, after, limit) = (request(&query)?, query.value::<Uuid>("cursor")?, query.limit(USUAL_PAGE, MOST_PAGE)?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let page = context.workspace.store.read_with(|tx| {
                let (holders, next) = identity::holders(context, tx, &request, after, limit as usize)?;
                let departments = holders.iter().flat_map(|it| [it.department, it.holding.department]).flatten();
                let titles = titles_of(context, tx, departments, holders.iter().filter_map(|it| it.holding.post))?;
                let items = holders.into_iter().map(|it| told_holder(context, &titles, it)).collect();
                Ok(Page { items, next_cursor: next.map(|it| it.to_string()) })
            })?;
            Answer::json(&page)
        })
        .await
}

fn told_holder(context: &Context, titles: &Titles, it: Holder) -> ToldHolder {
    ToldHolder {
        member: Reference { id: it.member, label: Some(it.name) },
        email: it.email,
        department: it.department.map(|id| titles.reference(id)),
        holding: told(context, titles, it.holding),
    }
}

/// The same as a file: a row for each role held, or for each kind of record it opens.
pub async fn export(caller: Caller, query: Query) -> Result<Response, ApiFailure> {
    let request = request(&query)?;
    let format = query.text("format").unwrap_or_else(|| "csv".into());
    let format = Format::of(&format).filter(|it| *it != Format::Json);
    let format = format.ok_or_else(|| ApiError::bad("bad_request", "format", "可选值：csv、xlsx", "format is csv or xlsx"))?;
    let by = query.text("by").unwrap_or_else(|| "role".into());
    let table = Table::of(&by).ok_or_else(|| ApiError::bad("bad_request", "by", "可选值：role、object", "by is role or object"))?;
    query.finish()?;
    let asked = request.clone();
    let context = caller
        .call(move |signed_in| {
            let context = signed_in.context.clone();
            context.access.require_auditor()?;
            let rows = context.workspace.store.read_with(|tx| Ok(identity::holders(&context, tx, &asked, None, usize::MAX)?.0.len()))?;
            let detail: BTreeMap<&str, serde_json::Value> = BTreeMap::from([
                ("format", json!(format.extension())),
                ("by", json!(by)),
                ("member", json!(asked.member)),
                ("role", json!(asked.role)),
                ("department", json!(asked.department)),
            ]);
            let (inner, rows) = (context.clone(), i64::try_from(rows).unwrap_or(i64::MAX));
            let detail = json!(detail);
            context
                .workspace
                .store
                .write_with(move |tx| audit::append(&inner, tx, "export", Some("rights"), None, None, rows, Some(detail.clone())))?;
            Ok(context)
        })
        .await?;
    let name = format!("rights-{}.{}", context.now.to_zoned(context.time_zone.clone()).date(), format.extension());
    Ok(as_file(format, &name, move |target| write(&context, &request, table, format, target)))
}
