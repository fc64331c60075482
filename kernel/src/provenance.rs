//! Where the values of a record come from: field by field the last change that set it, and what kind of change that was.
//!
//! Nothing is kept for it: history tells which change, the audit log what was done in it. For filters, which ask many records at
//! once, [`follow`] keeps what was not typed.

mod follow;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::access::Place;
use crate::context::Context;
use crate::error::Result;
use crate::events::{Event, events_of_record, visible};
use crate::history::require_record;
use crate::schema::Object;
use crate::store::{ColumnRef, Condition, ReadTx, Select};
use crate::system_tables::AUDIT;

pub use follow::FollowSources;
pub(crate) use follow::{Kept, asked};

/// How many changes of a record are looked at; what was set before them has no known source.
const MAX_EVENTS: u64 = 1_000;
/// Position of these columns in the audit log.
const AT: usize = 1;
const VERB: usize = 4;
const CHANGE: usize = 7;

/// What set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody typed it, or a program sent it for him.
    Entered,
    /// It was changed with many others at once.
    Bulk,
    /// It came with a file.
    Imported,
    /// A source of enrichment told it.
    Enriched,
    /// It is another record's that became part of this one.
    Merged,
    /// A directory or a provider of identities keeps it.
    Synced,
    /// It was given back by undoing a change.
    Undone,
    /// An action or a rule set it.
    Action,
    /// It is part of the demo company.
    Demo,
}

impl Source {
    fn of(verb: &str) -> Self {
        match verb {
            "create" | "update" | "coedit" | "change_profile" | "upload" => Self::Entered,
            "bulk" | "batch" => Self::Bulk,
            "import" | "import_calendar" => Self::Imported,
            "enrich" => Self::Enriched,
            "merge" => Self::Merged,
            "undo" | "restore_version" => Self::Undone,
            "demo" | "make_demo" => Self::Demo,
            it if it.starts_with("scim") || it.contains("directory") => Self::Synced,
            _ => Self::Action,
        }
    }

    /// Its name in filters and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Bulk => "bulk",
            Self::Imported => "imported",
            Self::Enriched => "enriched",
            Self::Merged => "merged",
            Self::Synced => "synced",
            Self::Undone => "undone",
            Self::Action => "action",
            Self::Demo => "demo",
        }
    }

    /// Whether it is kept for filters. What is not counts as typed: it is most of what there is.
    fn is_kept(self) -> bool {
        !matches!(self, Self::Entered | Self::Demo)
    }
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSource {
    /// The field.
    pub field: String,
    /// What set it; absent where the audit log does not tell any more.
    pub source: Option<Source>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Uuid,
    /// The change.
    pub change: Uuid,
}

/// The sources of all fields the caller may see whole that history tells of, by name.
///
/// # Errors
/// Not found where the record is not his to see.
pub fn provenance(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<Vec<FieldSource>> {
    require_record(context, tx, object, id)?;
    let events = events_of_record(tx, id, None, MAX_EVENTS)?;
    let mut last: BTreeMap<String, Event> = BTreeMap::new();
    // Newest first: the first to name a field set what it holds.
    for event in visible(context, tx, events, Place::Record)? {
        let fields: Vec<String> = event.changes.keys().filter(|it| object.field(it).is_some()).cloned().collect();
        for field in fields {
            last.entry(field).or_insert_with(|| Event { changes: serde_json::Map::new(), ..event.clone() });
        }
    }
    let mut verbs: HashMap<Uuid, Option<Source>> = HashMap::new();
    for event in last.values() {
        if let Entry::Vacant(unknown) = verbs.entry(event.change) {
            unknown.insert(source_of(tx, event)?);
        }
    }
    let told = |(field, it): (String, Event)| {
        let source = verbs.get(&it.change).copied().flatten();
        FieldSource { field, source, at: it.at, actor: it.actor, change: it.change }
    };
    Ok(last.into_iter().map(told).collect())
}

/// The audit row of a change has its time, by which it is found.
fn source_of(tx: &mut dyn ReadTx, event: &Event) -> Result<Option<Source>> {
    let of_change =
        Condition::equals(ColumnRef::main(AT), Value::DateTime(event.at)).and(Condition::equals(ColumnRef::main(CHANGE), Value::Id(event.change)));
    let select = Select { columns: vec![ColumnRef::main(VERB)], ..Select::all(&AUDIT, of_change).limited(1) };
    let found = tx.rows(&select)?.pop().and_then(|mut it| it.pop());
    Ok(found.and_then(|it| it.as_text().map(Source::of)))
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn verbs_of_the_audit_log_are_kinds_of_source() {
        for (verb, source) in [
            ("update", Source::Entered),
            ("bulk", Source::Bulk),
            ("import", Source::Imported),
            ("enrich", Source::Enriched),
            ("merge", Source::Merged),
            ("sync_directory", Source::Synced),
            ("scim_update", Source::Synced),
            ("undo", Source::Undone),
            ("lead.convert", Source::Action),
        ] {
            assert_eq!(Source::of(verb), source, "{verb}");
        }
    }
}
