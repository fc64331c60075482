//! Places for event streams and sockets: each is held open for hours, so there is a bound for all of them and one for each member.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use uuid::Uuid;

use crate::errors::ApiError;

/// Most streams at once.
const MAX_STREAMS: usize = 20_000;
/// Most streams of one member: a few devices with a few windows each.
pub const MAX_OF_MEMBER: usize = 16;
/// After this many seconds a window that was turned away may ask again.
const RETRY_AFTER: u64 = 30;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    all: usize,
    of_member: HashMap<Owner, usize>,
}

/// A member of a workspace.
type Owner = (String, Uuid);

impl Streams {
    /// A place for one stream of the caller, held as long as it lasts.
    ///
    /// # Errors
    /// `busy` where there are too many, of all or of his own.
    pub fn take(&self, context: &Context) -> Result<Place, ApiError> {
        let owner = (context.workspace.id.clone(), context.actor);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= MAX_STREAMS {
            return Err(ApiError::busy());
        }
        let own = open.of_member.entry(owner.clone()).or_default();
        if *own >= MAX_OF_MEMBER {
            return Err(too_many_of_your_own());
        }
        *own += 1;
        open.all += 1;
        Ok(Place { streams: self.clone(), owner })
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

fn too_many_of_your_own() -> ApiError {
    ApiError::Http {
        status: StatusCode::TOO_MANY_REQUESTS,
        code: "busy",
        message: Label::new(
            format!("您已打开{MAX_OF_MEMBER}个实时连接，请关闭部分窗口后重试"),
            format!("you have {MAX_OF_MEMBER} live connections open already; close some windows and try again"),
        ),
        field: None,
        retry_after: Some(RETRY_AFTER),
    }
}

/// A place among the streams; given back when the stream ends.
pub struct Place {
    streams: Streams,
    owner: Owner,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(own) = open.of_member.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                open.of_member.remove(&self.owner);
            }
        }
    }
}
