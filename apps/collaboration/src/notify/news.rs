//! One thing one member is told.

use guanxi_kernel::events::Event;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// A record of whatever object.
pub type Target = (String, Uuid);

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// Who is told.
    pub member: Uuid,
    /// What it is: an option of the field `kind`.
    pub kind: &'static str,
    /// The record it speaks of.
    pub target: Option<Target>,
    /// The comment it speaks of.
    pub comment: Option<Uuid>,
    /// Further facts, never content.
    pub about: Map<String, Json>,
    /// Who did it; nil for the system.
    pub actor: Uuid,
    /// Whom it concerns, where that is somebody else than who is told.
    pub concerns: Option<Uuid>,
    /// When.
    pub at: Timestamp,
    /// What has the same key and is unread becomes one line.
    pub group: String,
    /// How many things it stands for.
    pub count: i64,
}

impl News {
    /// What an event means to a member.
    pub fn of(event: &Event, member: Uuid, kind: &'static str, target: Option<Target>) -> Self {
        let group = format!("{kind}:{}", target.as_ref().map_or(event.record.unwrap_or_default(), |it| it.1).simple());
        Self { member, kind, target, comment: None, about: Map::new(), actor: event.actor, concerns: None, at: event.at, group, count: 1 }
    }

    /// The same, of a comment.
    pub fn on(mut self, comment: Uuid, group: Uuid) -> Self {
        self.comment = Some(comment);
        self.group = format!("{}:{}", self.kind, group.simple());
        self
    }

    /// The same with a further fact.
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.about.insert(name.to_owned(), value.into());
        self
    }

    /// Takes a later one of the same group in.
    pub fn take(&mut self, later: Self) {
        self.count += later.count;
        self.at = self.at.max(later.at);
        self.actor = later.actor;
        self.comment = later.comment.or(self.comment);
        merge(&mut self.about, later.about);
    }
}

/// Most of what a list of facts names: of more only how many there are is told.
const MOST_NAMED: usize = 100;

/// Puts further facts beside those there are; lists grow, up to what one would still look at.
pub fn merge(into: &mut Map<String, Json>, from: Map<String, Json>) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Json::Array(known)), Json::Array(more)) => {
                for item in more {
                    if known.len() < MOST_NAMED && !known.contains(&item) {
                        known.push(item);
                    }
                }
            }
            (_, value) => drop(into.insert(name, value)),
        }
    }
}
