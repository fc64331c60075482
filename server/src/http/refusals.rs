//! What callers were refused goes into the audit log: once a minute for each of them and each operation, so that nobody
//! fills the disk by asking again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, audit};
use serde_json::json;
use uuid::Uuid;

use crate::errors::ApiError;

/// Rows of one caller in a minute.
const MOST_A_MINUTE: u32 = 30;
/// Callers and operations remembered at most.
const CAPACITY: usize = 20_000;

/// Workspace, caller, operation; of a caller as a whole the operation is empty.
type Key = (String, Uuid, String);

#[derive(Debug, Clone, Copy, Default)]
struct Minute {
    minute: i64,
    times: u32,
}

/// Refusals of late.
#[derive(Debug, Default)]
pub struct Refusals {
    seen: Mutex<HashMap<Key, Minute>>,
}

/// What was asked for: the operation without ids, and the record it named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub operation: String,
    pub object: Option<String>,
    pub record: Option<Uuid>,
}

impl Asked {
    /// Out of a method and an address below that of the API, `GET /records/account/ID?fields=name`.
    pub fn of(target: &str) -> Self {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let mut record = None;
        let pieces: Vec<&str> = path.split('/').collect();
        let plain = |piece: &&str| match Uuid::try_parse(piece) {
            Ok(id) => {
                record = record.or(Some(id));
                "{id}".to_owned()
            }
            Err(_) => piece.chars().take(60).collect(),
        };
        let operation: Vec<String> = pieces.iter().map(plain).collect();
        let object = pieces.windows(2).find(|it| it[0] == "records").map(|it| it[1].chars().take(60).collect());
        Self { operation: operation.join("/").chars().take(200).collect(), object, record }
    }

    /// Whether it names a record of an object there is.
    fn is_of_a_record(&self, context: &Context) -> bool {
        self.record.is_some() && self.object.as_ref().is_some_and(|it| context.schema.object(it).is_some())
    }
}

impl Refusals {
    /// Notes that a caller was refused what he asked for. A record that is not there counts like one he may not see: were
    /// only one of them written down, the time of the answer would tell which it is.
    pub fn note(&self, context: &Context, target: &str, error: &ApiError) {
        let (code, names_a_record) = match error {
            ApiError::Kernel(KernelError::Forbidden(_)) => ("forbidden", false),
            ApiError::Kernel(KernelError::NotFound) => ("not_found", true),
            _ => return,
        };
        let asked = Asked::of(target);
        if (names_a_record && !asked.is_of_a_record(context)) || !self.is_due(context, &asked.operation) {
            return;
        }
        let inner = context.clone();
        let detail = json!({ "operation": asked.operation, "code": code });
        let Asked { object, record, .. } = asked;
        let noted = context
            .workspace
            .store
            .write_with(move |tx| audit::append(&inner, tx, "refused", object.as_deref(), record, None, 0, Some(detail.clone())));
        if let Err(error) = noted {
            tracing::warn!(%error, "a refusal could not be noted");
        }
    }

    /// Whether this is the caller's first refusal of this kind in this minute, and not one of too many.
    fn is_due(&self, context: &Context, operation: &str) -> bool {
        let minute = context.now.as_second().div_euclid(60);
        let actor = context.viewer.as_ref().map_or(context.actor, |it| it.id);
        let key = |operation: &str| (context.workspace.id.clone(), actor, operation.to_owned());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > CAPACITY {
            seen.retain(|_, it| it.minute == minute);
        }
        let mut count = |key: Key| {
            let entry = seen.entry(key).or_default();
            if entry.minute != minute {
                *entry = Minute { minute, times: 0 };
            }
            entry.times = entry.times.saturating_add(1);
            entry.times
        };
        count(key(operation)) == 1 && count(key("")) <= MOST_A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_told_without_ids_and_values() {
        let id = Uuid::from_u128(7);
        let asked = Asked::of(&format!("PATCH /records/account/{id}?dry_run=true"));
        assert_eq!(asked.operation, "PATCH /records/account/{id}");
        assert_eq!((asked.object.as_deref(), asked.record), (Some("account"), Some(id)));
        let asked = Asked::of("GET /audit?actor=x");
        assert_eq!((asked.operation.as_str(), asked.object, asked.record), ("GET /audit", None, None));
        assert!(Asked::of(&format!("GET /records/{}", "x".repeat(5_000))).operation.len() <= 200);
    }
}
