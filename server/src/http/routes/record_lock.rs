//! `GET|POST|DELETE /records/{object}/{id}/lock`: a record locked for everybody but those named.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::locks::{self, Lock, NewLock};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, read};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::{Actor, Reference};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// A lock to be put on a record.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRecordLock")]
pub struct WantedLock {
    /// Why; everybody who would change the record is told.
    reason: String,
    /// Members who may change it all the same.
    #[serde(default)]
    except: Vec<Uuid>,
    /// When it ends by itself; never where absent.
    #[serde(default)]
    until: Option<Timestamp>,
}

/// Whether a record is locked, and what the caller may do about it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecordLock")]
pub struct ToldState {
    /// The lock; null where the record is not locked.
    lock: Option<ToldLock>,
    /// The record that bears the lock, where that is another one this record is part of.
    through: Option<Whole>,
    /// It keeps the caller from changing the record.
    binds: bool,
    /// The caller may lock the record.
    may_lock: bool,
    /// The caller may release it.
    may_release: bool,
}

/// A record that others are part of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LockedWhole")]
struct Whole {
    /// Its object.
    object: String,
    /// Which.
    id: Uuid,
    /// Its title; null where the caller may not see it.
    label: Option<String>,
}

/// A lock that holds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LockOfRecord")]
struct ToldLock {
    /// Why.
    reason: String,
    /// Members who may change the record all the same.
    except: Vec<Reference>,
    /// When it ends by itself; never where null.
    until: Option<Timestamp>,
    /// Who locked it.
    locked_by: Actor,
    /// When.
    locked_at: Timestamp,
}

/// Whether a record is locked.
pub async fn look(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            Answer::json(&told_state(context, &object, record_id(&id)?)?)
        })
        .await
}

/// Locks a record.
pub async fn lock(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let WantedLock { reason, except, until } = body.read()?;
            locks::lock(context, &object, id, &NewLock { reason, except, until })?;
            Ok(Answer::json(&told_state(context, &object, id)?)?.with_status(StatusCode::CREATED))
        })
        .await
}

/// Releases a record.
pub async fn release(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            locks::release(context, &object, record_id(&id)?)?;
            Ok(Answer::empty())
        })
        .await
}

fn told_state(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<ToldState, KernelError> {
    context.workspace.store.read_with(|tx| {
        let state = locks::lock_state(context, tx, object, id)?;
        let mut titles = Titles::default();
        if let Some(lock) = &state.lock {
            lock.except.iter().chain([&lock.locked_by]).for_each(|it| titles.want(MEMBER_OBJECT, *it));
        }
        if let (Some(object), Some(lock)) = (&state.through, &state.lock) {
            titles.want(object, lock.record);
        }
        titles.load(context, tx)?;
        let whole = |object: &String| {
            let Reference { id, label } = titles.reference(state.lock.as_ref()?.record);
            Some(Whole { object: object.clone(), id, label })
        };
        Ok(ToldState {
            lock: state.lock.as_ref().map(|it| told_lock(context, &titles, it)),
            through: state.through.as_ref().and_then(whole),
            binds: state.binds,
            may_lock: state.may_lock,
            may_release: state.may_release,
        })
    })
}

fn told_lock(context: &Context, titles: &Titles, lock: &Lock) -> ToldLock {
    ToldLock {
        reason: lock.reason.clone(),
        except: lock.except.iter().map(|it| titles.reference(*it)).collect(),
        until: lock.until,
        locked_by: titles.actor(context, lock.locked_by),
        locked_at: lock.locked_at,
    }
}
