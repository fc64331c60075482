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
use crate::audit::AGENT;
use crate::context::Context;
use crate::error::Result;
use crate::events::{Event, events_of_record, visible};
use crate::history::require_record;
use crate::schema::Object;
use crate::store::{ColumnRef, Condition, ReadTx, Select};
use crate::system_tables::AUDIT;

pub use follow::{FOLLOW_SOURCES, FollowSources};
pub(crate) use follow::{Kept, asked};

/// How many changes of a record are looked at; what was set before them has no known source.
const MAX_EVENTS: u64 = 1_000;
/// Position of these columns in the audit log.
const AT: usize = 1;
const VERB: usize = 4;
const CHANGE: usize = 7;
const DETAIL: usize = 10;

/// What set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody typed it.
    Entered,
    /// A program sent it, with an API key of somebody's.
    Agent,
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
    /// Those that filters ask for; the demo company counts as typed there.
    pub const ASKED: [Self; 9] =
        [Self::Entered, Self::Agent, Self::Bulk, Self::Imported, Self::Enriched, Self::Merged, Self::Synced, Self::Undone, Self::Action];

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

    /// The same of what was done with an API key.
    fn of_agent(verb: &str) -> Self {
        match Self::of(verb) {
            Self::Entered | Self::Bulk => Self::Agent,
            other => other,
        }
    }

    /// Its name in filters and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Agent => "agent",
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
    /// The name of the API key it was done with.
    pub agent: Option<String>,
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
    let mut known: HashMap<Uuid, (Option<Source>, Option<String>)> = HashMap::new();
    for event in last.values() {
        if let Entry::Vacant(unknown) = known.entry(event.change) {
            unknown.insert(source_of(tx, event)?);
        }
    }
    let told = |(field, it): (String, Event)| {
        let (source, agent) = known.get(&it.change).cloned().unwrap_or_default();
        FieldSource { field, source, at: it.at, actor: it.actor, change: it.change, agent }
    };
    Ok(last.into_iter().map(told).collect())
}

/// What a change was, and the name of the API key it was done with. Its audit row has its time, by which it is found.
fn source_of(tx: &mut dyn ReadTx, event: &Event) -> Result<(Option<Source>, Option<String>)> {
    let of_change =
        Condition::equals(ColumnRef::main(AT), Value::DateTime(event.at)).and(Condition::equals(ColumnRef::main(CHANGE), Value::Id(event.change)));
    let columns = vec![ColumnRef::main(VERB), ColumnRef::main(DETAIL)];
    let found = tx.rows(&Select { columns, ..Select::all(&AUDIT, of_change).limited(1) })?.pop();
    let Some([Value::Text(verb), detail]) = found.as_deref() else { return Ok((None, None)) };
    let agent = if let Value::Json(detail) = detail { detail.get(AGENT).and_then(|it| it.as_str()).map(str::to_owned) } else { None };
    Ok((Some(if agent.is_some() { Source::of_agent(verb) } else { Source::of(verb) }), agent))
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
            let is_by_hand = matches!(source, Source::Entered | Source::Bulk);
            assert_eq!(Source::of_agent(verb), if is_by_hand { Source::Agent } else { source }, "{verb}");
        }
    }
}
