//! What can be done with members and teams, alike for both.

use std::sync::Arc;

use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, CountMode, ListRequest, MAX_LIMIT};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{Operation, PlanOptions};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::answer::Found;
use super::attributes::{OF_GROUP, OF_USER, Selection};
use super::{filter, groups, patch, search, users};
use crate::errors::ApiError;
use crate::http::routes::create_record::{execute_one, one};
use crate::http::routes::get_record::record_id;
use crate::http::{Query, SignedIn};

/// Most resources of one page.
pub const MAX_COUNT: u64 = 500;
/// How often a change is worked out anew that others came between.
const TRIES: usize = 4;

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A member.
    User,
    /// A team.
    Group,
}

/// A record as it stands, and the resource it is.
struct Current {
    id: Uuid,
    version: i64,
    resource: Map<String, Json>,
}

impl Kind {
    fn object(self, context: &Context) -> Result<Arc<Object>, KernelError> {
        read::object_of(context, if self == Self::User { "user" } else { "team" })
    }

    fn resource(self, record: &Json) -> Json {
        if self == Self::User { users::resource(record) } else { groups::resource(record) }
    }

    fn known(self) -> &'static [&'static str] {
        if self == Self::User { &OF_USER } else { &OF_GROUP }
    }

    fn values(self, context: &Context, new: &Map<String, Json>, before: Option<&Map<String, Json>>) -> Result<Map<String, Json>, ApiError> {
        if self == Self::User { users::values(context, new, before) } else { groups::values(new, before) }
    }

    /// One page, by `startIndex` and `count`.
    pub fn list(self, signed_in: &SignedIn, wanted: &Wanted) -> Result<Found, ApiError> {
        let context = &signed_in.context;
        let (total, records) = page(context, &self.object(context)?, wanted)?;
        let resources: Vec<Json> = records
            .iter()
            .map(|it| {
                let mut resource = self.resource(it);
                wanted.selection.apply(&mut resource);
                resource
            })
            .collect();
        Ok(Found::document(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total, "startIndex": wanted.start, "itemsPerPage": resources.len(), "Resources": resources,
        })))
    }

    fn current(self, context: &Context, id: Uuid) -> Result<Current, ApiError> {
        let object = self.object(context)?;
        let found = context.workspace.store.read_with(|tx| read::get_json(context, tx, &object, id))?.ok_or(KernelError::NotFound)?;
        let version = found["version"].as_i64().unwrap_or_default();
        let Json::Object(resource) = self.resource(&found) else { return Err(KernelError::NotFound.into()) };
        Ok(Current { id, version, resource })
    }

    /// One.
    pub fn read(self, signed_in: &SignedIn, id: &str, selection: &Selection) -> Result<Found, ApiError> {
        let mut resource = Json::Object(self.current(&signed_in.context, record_id(id)?)?.resource);
        selection.apply(&mut resource);
        Ok(Found::document(resource))
    }

    /// A new one.
    pub fn create(self, signed_in: &SignedIn, new: &Map<String, Json>) -> Result<Found, ApiError> {
        let context = &signed_in.context;
        let object = self.object(context)?;
        let values = self.values(context, new, None)?;
        let made = execute_one(context, &one(&object, Operation::Create { values }, "create"))?;
        Ok(Found::created(Json::Object(self.current(context, made.id)?.resource)))
    }

    /// The whole of it anew: what is not named is taken away, but for roles and whether he may sign in.
    pub fn replace(self, signed_in: &SignedIn, id: &str, expected: Option<i64>, new: &Map<String, Json>) -> Result<Found, ApiError> {
        self.save(signed_in, id, expected, |before| {
            let mut new = new.clone();
            for kept in ["active", "roles"] {
                if super::attributes::member(&new, kept).is_none()
                    && let Some(there) = before.get(kept)
                {
                    new.insert(kept.into(), there.clone());
                }
            }
            Ok(new)
        })
    }

    /// Changes of it.
    pub fn patch(self, signed_in: &SignedIn, id: &str, expected: Option<i64>, request: &Map<String, Json>) -> Result<Found, ApiError> {
        self.save(signed_in, id, expected, |before| {
            let mut new = before.clone();
            patch::apply(&mut new, request, self.known())?;
            Ok(new)
        })
    }

    /// Saves what becomes of a resource. What it was worked out from must still stand: where others came between and the
    /// caller named no version, it is worked out anew.
    fn save(
        self,
        signed_in: &SignedIn,
        id: &str,
        expected: Option<i64>,
        become_of: impl Fn(&Map<String, Json>) -> Result<Map<String, Json>, ApiError>,
    ) -> Result<Found, ApiError> {
        let (context, id) = (&signed_in.context, record_id(id)?);
        let object = self.object(context)?;
        for tries_left in (0..TRIES).rev() {
            let current = self.current(context, id)?;
            if expected.is_some_and(|it| it != current.version) {
                return Err(other_version());
            }
            let values = self.values(context, &become_of(&current.resource)?, Some(&current.resource))?;
            if values.is_empty() {
                return Ok(Found::document(Json::Object(current.resource)));
            }
            let options = PlanOptions { expected_version: Some(current.version), ..PlanOptions::default() };
            match execute_one(context, &one(&object, Operation::Update { id, values, options }, "update")) {
                Err(KernelError::VersionConflict { .. }) if expected.is_none() && tries_left > 0 => {}
                done => {
                    done?;
                    break;
                }
            }
        }
        Ok(Found::document(Json::Object(self.current(context, id)?.resource)))
    }

    /// To the bin; a member is out at once.
    pub fn remove(self, signed_in: &SignedIn, id: &str, expected: Option<i64>) -> Result<Found, ApiError> {
        let context = &signed_in.context;
        let current = self.current(context, record_id(id)?)?;
        if expected.is_some_and(|it| it != current.version) {
            return Err(other_version());
        }
        execute_one(context, &one(&self.object(context)?, Operation::Delete { id: current.id }, "delete"))?;
        Ok(Found::nothing())
    }
}

/// Why a resource is not changed that is not as the caller knows it.
pub fn other_version() -> ApiError {
    ApiError::http(StatusCode::PRECONDITION_FAILED, "version_conflict", "资源已被更改，请重新读取", "it was changed since; read it again")
}

/// Which resources are asked for.
#[derive(Debug)]
pub struct Wanted {
    filter: Option<String>,
    start: u64,
    count: u64,
    selection: Selection,
}

impl Wanted {
    /// Reads the parameters. Others, and an order, are passed over, as the standard has it.
    ///
    /// # Errors
    /// Filters that are none, numbers that are none.
    pub fn of(kind: Kind, query: &Query) -> Result<Self, ApiError> {
        let filter = query.text("filter").map(|it| search::expression(kind, &filter::parse(&it)?)).transpose()?;
        let start = query.value::<i64>("startIndex")?.unwrap_or(1).max(1).unsigned_abs();
        let count = query.value::<i64>("count")?.unwrap_or(100).max(0).unsigned_abs().min(MAX_COUNT);
        Ok(Self { filter, start, count, selection: Selection::of(query) })
    }
}

/// Records from the `start`-th on, and how many there are. Pages before are walked through: who wants the thousandth
/// member asks page by page anyway.
fn page(context: &Context, object: &Arc<Object>, wanted: &Wanted) -> Result<(u64, Vec<Json>), KernelError> {
    context.workspace.store.read_with(|tx| {
        let ask = |cursor: Option<String>, limit: u64, count: CountMode, fields: Option<Vec<String>>| ListRequest {
            filter: wanted.filter.clone(),
            sort: Some("id".into()),
            limit: u32::try_from(limit).unwrap_or(MAX_LIMIT).clamp(1, MAX_LIMIT),
            cursor,
            count,
            fields,
            ..ListRequest::default()
        };
        let (mut cursor, mut before, mut total) = (None, wanted.start - 1, None);
        loop {
            let mode = if total.is_none() { CountMode::Exact } else { CountMode::None };
            let (limit, fields) = if before > 0 { (before.min(u64::from(MAX_LIMIT)), Some(vec!["id".into()])) } else { (wanted.count, None) };
            let found = read::list(context, tx, object, &ask(cursor.take(), limit, mode, fields))?;
            let all = *total.get_or_insert_with(|| found.count.map_or(0, |it| it.value));
            if before == 0 {
                let items: Vec<Json> = serde_json::from_str(&found.items).map_err(|error| KernelError::Internal(error.to_string()))?;
                return Ok((all, if wanted.count == 0 { Vec::new() } else { items }));
            }
            before -= limit;
            let Some(next) = found.next_cursor.filter(|_| before < all) else { return Ok((all, Vec::new())) };
            cursor = Some(next);
        }
    })
}
