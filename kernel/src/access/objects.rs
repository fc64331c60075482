//! Rights object by object, each worked out when it is first asked for: most requests ask about few, and whoever is told of
//! a change is asked about one.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::combine::{ObjectAccess, combine, is_in_audience};
use super::rows::Asking;
use super::{AccessScope, HeldRole, Member};
use crate::schema::{RoleDefinition, Schema, SharingRule};

/// What the rights of a caller follow from.
enum Source {
    /// The roles of a member, and what is shared with him.
    Member { member: Arc<Member>, now: Timestamp, time_zone: TimeZone },
    /// Everything, or another's rights, less what a scope leaves out.
    Limited { whole: Option<Arc<ByObject>>, scope: AccessScope },
}

/// See the module.
#[derive(Default)]
pub(super) struct ByObject {
    source: Option<(Arc<Schema>, Source)>,
    known: HashMap<String, OnceLock<Option<Box<ObjectAccess>>>>,
}

impl fmt::Debug for ByObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.known.iter().filter_map(|(name, rights)| Some((name, rights.get()?)))).finish()
    }
}

impl ByObject {
    /// A member's, by his roles.
    pub fn of_member(schema: &Arc<Schema>, member: Arc<Member>, now: Timestamp, time_zone: TimeZone) -> Self {
        Self::of(schema, Source::Member { member, now, time_zone })
    }

    /// The same, or everything where there is none, less what a scope leaves out.
    pub fn limited(schema: &Arc<Schema>, whole: Option<Arc<Self>>, scope: AccessScope) -> Self {
        Self::of(schema, Source::Limited { whole, scope })
    }

    fn of(schema: &Arc<Schema>, source: Source) -> Self {
        let known = schema.objects.keys().map(|it| (it.clone(), OnceLock::new())).collect();
        Self { source: Some((schema.clone(), source)), known }
    }

    /// The rights on an object; `None` where nothing speaks of it.
    pub fn get(&self, object: &str) -> Option<&ObjectAccess> {
        self.known.get(object)?.get_or_init(|| self.work_out(object).map(Box::new)).as_deref()
    }

    fn work_out(&self, object: &str) -> Option<ObjectAccess> {
        let (schema, source) = self.source.as_ref()?;
        match source {
            Source::Member { member, now, time_zone } => {
                let asking = Asking { schema, object: schema.objects.get(object)?, member, now: *now, time_zone };
                of_roles(&asking)
            }
            Source::Limited { whole, scope } => {
                let verbs = scope.verbs(object).filter(|it| !it.is_empty())?;
                let whole = whole.as_ref().map_or_else(|| Some(ObjectAccess::everything()), |it| it.get(object).cloned());
                Some(whole?.limited_to(verbs))
            }
        }
    }
}

/// What the roles of a member and the rules that share with him say. A condition that cannot be worked out (definitions do
/// not take such) gives nothing.
fn of_roles(asking: &Asking<'_>) -> Option<ObjectAccess> {
    let (schema, member) = (asking.schema, asking.member);
    let roles: Vec<(&HeldRole, &RoleDefinition)> = member.roles.iter().filter_map(|it| Some((it, schema.roles.get(&it.name)?))).collect();
    let concerns = |it: &&SharingRule| !it.paused && it.object == asking.object.name && is_in_audience(&it.with, member);
    let rules: Vec<&SharingRule> = schema.sharing.iter().filter(concerns).collect();
    combine(asking, &roles, &rules).ok().flatten()
}
