//! What a member may do with each kind of record, and which records that is: for people to read.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::Verb;
use super::combine::is_in_audience;
use super::explain::held;
use crate::context::Context;
use crate::schema::{Object, ObjectRights, RowScope};

/// Which records are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    /// All.
    All,
    /// The member's own.
    Own,
    /// Own, and those of the people below.
    Subordinates,
    /// Own, and those of the member's departments.
    Department,
    /// Own, and those of the departments and the ones below them.
    DepartmentTree,
    /// Those of chosen departments.
    Departments,
    /// Those a condition of a role accepts.
    When,
    /// Those within the departments a role was given for.
    Within,
    /// Those a sharing rule opens.
    SharingRule,
    /// Those that lie in circles the member belongs to.
    Circle,
    /// Those shared one by one.
    Share,
}

/// What a member may do with the records of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectSummary {
    /// The object.
    pub object: String,
    /// Which records may be seen.
    pub read: Vec<Opening>,
    /// Which records may be changed.
    pub update: Vec<Opening>,
    /// Which records may be deleted.
    pub delete: Vec<Opening>,
    /// What is open beside that: `create`, `import`, `export`, `bulk`, `share`, `assign`, `lock`.
    pub verbs: Vec<String>,
    /// A role denies some of the records.
    pub denies: bool,
}

/// What the holder of a context may do, object by object; those of which nothing is open are left out, and so are those
/// that only stand behind others.
pub fn summary(context: &Context) -> Vec<ObjectSummary> {
    let objects = context.schema.objects.values().filter(|it| !it.definition.internal);
    objects.filter(|it| context.access.may(it, Verb::Read) || context.access.may(it, Verb::Create)).map(|it| of_object(context, it)).collect()
}

fn of_object(context: &Context, object: &Arc<Object>) -> ObjectSummary {
    let access = &context.access;
    let verbs = Verb::FLAGS.into_iter().filter(|it| access.may(object, *it)).map(|it| it.name().to_owned()).collect();
    let denied = |it: &ObjectRights| !it.deny.read.is_none() || !it.deny.update.is_none() || !it.deny.delete.is_none();
    ObjectSummary {
        object: object.name.clone(),
        read: openings(context, object, Verb::Read),
        update: openings(context, object, Verb::Update),
        delete: openings(context, object, Verb::Delete),
        verbs,
        denies: !access.is_unlimited() && held(context, object).iter().any(|it| denied(it.2)),
    }
}

fn openings(context: &Context, object: &Arc<Object>, verb: Verb) -> Vec<Opening> {
    let access = &context.access;
    if !access.may(object, verb) {
        return Vec::new();
    }
    if access.is_unlimited() {
        return vec![Opening::All];
    }
    let mut open = BTreeSet::new();
    for (held, _, rights) in held(context, object) {
        let scope = match verb {
            Verb::Read => &rights.read,
            Verb::Delete => &rights.delete,
            _ => &rights.update,
        };
        open.extend(of_scope(scope).map(|it| if held.within.is_some() { Opening::Within } else { it }));
    }
    let writes = |write: bool| verb == Verb::Read || (verb == Verb::Update && write);
    let rules = context.schema.sharing.iter().filter(|it| it.object == object.name && !it.paused && writes(it.write));
    if rules.into_iter().any(|it| is_in_audience(&it.with, &access.member)) {
        open.insert(Opening::SharingRule);
    }
    if access.opens_circles(context, object, verb) {
        open.insert(Opening::Circle);
    }
    if access.member.shared_objects.contains(&object.name) {
        open.insert(Opening::Share);
    }
    if open.contains(&Opening::All) { vec![Opening::All] } else { open.into_iter().collect() }
}

fn of_scope(scope: &RowScope) -> Option<Opening> {
    Some(match scope {
        RowScope::None => return None,
        RowScope::Own => Opening::Own,
        RowScope::Subordinates => Opening::Subordinates,
        RowScope::Department => Opening::Department,
        RowScope::DepartmentTree => Opening::DepartmentTree,
        RowScope::Departments(_) => Opening::Departments,
        RowScope::All => Opening::All,
        RowScope::When(_) => Opening::When,
    })
}
