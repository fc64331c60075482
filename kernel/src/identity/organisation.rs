//! The company as rights see it: who belongs where, stands above whom, holds which role, and for how long.
//!
//! Worked out once and kept until something it follows from changes: every transaction that touches it raises a counter
//! in the database, which each request reads, so that a change on any node holds from the next request on.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_expr::Value;
use jiff::Timestamp;
use uuid::Uuid;

use super::circles::{CircleMembers, circles_of, load_circles};
use super::{DEPARTMENT_OBJECT, Identity, JOB_POST_OBJECT, MEMBER_OBJECT, ROLE_GRANT_OBJECT, TEAM_OBJECT};
use crate::access::{DepartmentTree, HeldRole, Member};
use crate::error::Result;
use crate::events::NewEvent;
use crate::read::Record;
use crate::schema::{DELETED_AT, ID, Object, Schema};
use crate::shares::shared_objects;
use crate::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::COUNTER;

/// Counter that grows with each change of the organisation.
pub(crate) const ORGANISATION: &str = "gx.organisation";
/// Counter that follows the version of the definitions.
pub(crate) const SCHEMA: &str = "gx.schema";
/// Counter that grows with each change of the workspace's settings.
pub(crate) const SETTINGS: &str = "gx.settings";
/// Counter that grows when sessions and keys end otherwise than by time.
pub(crate) const SIGN_INS: &str = "gx.sign_ins";
/// Most members, departments or grants of one company that are walked through.
const MAX_ROWS: u64 = 50_000;
/// Members remembered at most.
const CAPACITY: usize = 10_000;

/// Versions of what rights follow from, and of the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    pub schema: i64,
    pub organisation: i64,
    pub settings: i64,
}

/// The versions now.
pub(crate) fn versions(tx: &mut (impl ReadTx + ?Sized)) -> Result<Versions> {
    let names = [SCHEMA, ORGANISATION, SETTINGS].map(|it| Value::Text(it.to_owned())).to_vec();
    let mut versions = Versions::default();
    for row in tx.rows(&Select::all(&COUNTER, Condition::In(ColumnRef::main(0), names, false)))? {
        match row.as_slice() {
            [Value::Text(name), Value::Int(version)] if name == SCHEMA => versions.schema = *version,
            [Value::Text(name), Value::Int(version)] if name == SETTINGS => versions.settings = *version,
            [Value::Text(_), Value::Int(version)] => versions.organisation = *version,
            _ => {}
        }
    }
    Ok(versions)
}

/// One counter now; 0 where it is missing.
pub(crate) fn counter(tx: &mut (impl ReadTx + ?Sized), name: &str) -> Result<i64> {
    let row = tx.first(&Select::all(&COUNTER, Condition::equals(ColumnRef::main(0), Value::Text(name.to_owned()))))?;
    Ok(if let Some([_, Value::Int(value)]) = row.as_deref() { *value } else { 0 })
}

/// Notes that sessions or keys ended, or look with other rights from now on: whoever looks on by one is asked anew.
pub(super) fn note_sign_ins(tx: &mut dyn WriteTx) -> Result<()> {
    set_version(tx, SIGN_INS, Set::Add(Value::Int(1)))
}

/// Sets a counter, making it where it is missing.
pub(crate) fn set_version(tx: &mut dyn WriteTx, name: &str, to: Set) -> Result<()> {
    let key = Condition::equals(ColumnRef::main(0), Value::Text(name.to_owned()));
    let update = Update { table: COUNTER.clone(), set: vec![(1, to)], condition: key };
    if tx.update(&update)? == 0 {
        let row = vec![Value::Text(name.to_owned()), Value::Int(0)];
        tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Ignore })?;
        tx.update(&update)?;
    }
    Ok(())
}

/// Raises the counter where a transaction changed what rights follow from.
pub(crate) fn note_changes(schema: &Schema, tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    let is_circle = |object: &str| schema.object(object).is_some_and(|it| it.definition.circle.is_some());
    let fixed = [MEMBER_OBJECT, DEPARTMENT_OBJECT, TEAM_OBJECT, ROLE_GRANT_OBJECT, JOB_POST_OBJECT];
    let limits: Vec<&str> =
        schema.objects.values().filter_map(|it| it.definition.circle.as_ref()?.limits.as_ref()).map(|it| it.object.as_str()).collect();
    let concerns = |it: &NewEvent| fixed.contains(&it.object.as_str()) || limits.contains(&it.object.as_str()) || is_circle(&it.object);
    if events.iter().any(concerns) { set_version(tx, ORGANISATION, Set::Add(Value::Int(1))) } else { Ok(()) }
}

/// The tree of departments and the chains of managers.
#[derive(Debug, Default)]
struct Organisation {
    version: i64,
    tree: DepartmentTree,
    names: HashMap<Uuid, String>,
    /// Who reports to whom directly.
    reports: HashMap<Uuid, Vec<Uuid>>,
    circles: Vec<CircleMembers>,
}

struct Known {
    versions: Versions,
    /// Grants and absences begin and end; this holds no longer.
    until: Option<Timestamp>,
    identity: Identity,
}

/// What was worked out of the organisation and of single members.
#[derive(Default)]
pub(crate) struct OrganisationCache {
    organisation: Mutex<Arc<Organisation>>,
    members: Mutex<HashMap<Uuid, Known>>,
}

impl OrganisationCache {
    /// A member who may act now; `None` where there is none, or he was deactivated or deleted.
    pub fn identity(
        &self,
        schema: &Schema,
        tx: &mut (impl ReadTx + ?Sized),
        member: Uuid,
        versions: Versions,
        now: Timestamp,
    ) -> Result<Option<Identity>> {
        let fresh = |it: &&Known| it.versions == versions && it.until.is_none_or(|it| now < it);
        let known = lock(&self.members).get(&member).filter(fresh).map(|it| it.identity.clone());
        let identity = if let Some(identity) = known {
            identity
        } else {
            let organisation = self.organisation(schema, tx, versions)?;
            let Some((identity, until)) = work_out(schema, tx, &organisation, member, now)? else { return Ok(None) };
            let mut members = lock(&self.members);
            if members.len() >= CAPACITY {
                members.clear();
            }
            members.insert(member, Known { versions, until, identity: identity.clone() });
            identity
        };
        // Shares come and go all day; only which objects they touch is asked each time.
        let shared_objects = shared_objects(tx, &identity.member)?;
        Ok(Some(Identity { member: Member { shared_objects, ..identity.member }, ..identity }))
    }

    fn organisation(&self, schema: &Schema, tx: &mut (impl ReadTx + ?Sized), versions: Versions) -> Result<Arc<Organisation>> {
        let known = lock(&self.organisation).clone();
        if known.version == versions.organisation && versions.organisation > 0 {
            return Ok(known);
        }
        let loaded = Arc::new(load(schema, tx, versions.organisation)?);
        *lock(&self.organisation) = loaded.clone();
        Ok(loaded)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn live(object: &Object, condition: Condition) -> Select {
    Select::all(&object.table, condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT)))).limited(MAX_ROWS)
}

pub(super) fn column(object: &Object, field: &str) -> Option<ColumnRef> {
    object.field(field).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column))
}

fn load(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), version: i64) -> Result<Organisation> {
    let mut organisation = Organisation { version, circles: load_circles(schema, tx)?, ..Organisation::default() };
    if let Some(object) = schema.object(DEPARTMENT_OBJECT) {
        let mut parents = Vec::new();
        for row in tx.rows(&live(object, Condition::True))? {
            let record = Record { object: object.clone(), row };
            organisation.names.insert(record.id(), record.title());
            parents.extend(record.reference("parent").map(|it| (record.id(), it)));
        }
        organisation.tree = DepartmentTree::new(parents);
    }
    if let Some((object, manager)) = schema.object(MEMBER_OBJECT).and_then(|it| Some((it, column(it, "manager")?))) {
        let select = Select { columns: vec![ColumnRef::main(ID), manager], ..live(object, Condition::NotNull(manager)) };
        for row in tx.rows(&select)? {
            if let [Value::Id(member), Value::Id(manager)] = row.as_slice() {
                organisation.reports.entry(*manager).or_default().push(*member);
            }
        }
    }
    Ok(organisation)
}

/// A member with all rights follow from, and until when that holds.
fn work_out(
    schema: &Schema,
    tx: &mut (impl ReadTx + ?Sized),
    organisation: &Organisation,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<(Identity, Option<Timestamp>)>> {
    let Some(object) = schema.object(MEMBER_OBJECT) else { return Ok(None) };
    let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    let Some(row) = tx.first(&live(object, own))? else { return Ok(None) };
    let record = Record { object: object.clone(), row };
    if record.value("active") == Value::Bool(false) {
        return Ok(None);
    }
    let department = record.reference("department");
    let further = match object.field("further_departments") {
        Some(field) => targets(tx, field, id)?,
        None => Vec::new(),
    };
    let own_departments: Vec<Uuid> = department.into_iter().chain(further).collect::<BTreeSet<_>>().into_iter().collect();
    let mut until = Horizon { now, next: None };
    let mut member = Member {
        id,
        roles: roles_held(schema, tx, organisation, &record, &mut until)?,
        department,
        departments: organisation.tree.below(&own_departments),
        departments_above: organisation.tree.above(&own_departments),
        own_departments,
        subordinates: subordinates(organisation, id),
        substitutes: substitutes(object, tx, id, &mut until)?,
        teams: teams(schema, tx, id)?,
        shared_objects: BTreeSet::new(),
        circles: Vec::new(),
        tree: organisation.tree.clone(),
    };
    member.circles = circles_of(schema, &organisation.circles, &member);
    let department_label = department.and_then(|it| organisation.names.get(&it).cloned());
    Ok(Some((super::identity_of(&record, member, department_label), until.next)))
}

/// The next moment something begins or ends.
struct Horizon {
    now: Timestamp,
    next: Option<Timestamp>,
}

impl Horizon {
    /// Whether a period holds now; its ends to come are noted. It holds from its beginning on, until before its end.
    fn holds(&mut self, from: &Value, until: &Value) -> bool {
        let at = |it: &Value| if let Value::DateTime(at) = it { Some(*at) } else { None };
        for edge in [at(from), at(until)].into_iter().flatten().filter(|it| *it > self.now) {
            self.next = Some(self.next.map_or(edge, |it| it.min(edge)));
        }
        at(from).is_none_or(|it| it <= self.now) && at(until).is_none_or(|it| it > self.now)
    }
}

pub(super) fn targets(tx: &mut (impl ReadTx + ?Sized), field: &crate::schema::Field, id: Uuid) -> Result<Vec<Uuid>> {
    let Some(link) = &field.link else { return Ok(Vec::new()) };
    linked(tx, link, 0, 1, id)
}

/// Ids in one column of a link table where the other holds `id`.
fn linked(tx: &mut (impl ReadTx + ?Sized), link: &Arc<crate::store::Table>, by: usize, wanted: usize, id: Uuid) -> Result<Vec<Uuid>> {
    let select = Select { columns: vec![ColumnRef::main(wanted)], ..Select::all(link, Condition::equals(ColumnRef::main(by), Value::Id(id))) };
    let rows = tx.rows(&select)?;
    Ok(rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect())
}

/// Roles on the member's own record hold everywhere and for good; grants for a time, within a department, or both.
fn roles_held(
    schema: &Schema,
    tx: &mut (impl ReadTx + ?Sized),
    organisation: &Organisation,
    member: &Record,
    until: &mut Horizon,
) -> Result<Vec<HeldRole>> {
    let mut roles: BTreeSet<HeldRole> = super::texts(&member.value("roles")).into_iter().map(HeldRole::from).collect();
    if let Some((object, of)) = schema.object(ROLE_GRANT_OBJECT).and_then(|it| Some((it, column(it, "member")?))) {
        for row in tx.rows(&live(object, Condition::equals(of, Value::Id(member.id()))))? {
            let grant = Record { object: object.clone(), row };
            let holds = until.holds(&grant.value("starts_at"), &grant.value("ends_at"));
            let Some(name) = grant.value("role").as_text().map(str::to_owned).filter(|_| holds) else { continue };
            let within = grant.reference("department").map(|it| organisation.tree.below(&[it]));
            roles.insert(HeldRole { name, within, post: None });
        }
    }
    for post in posts_of(schema, tx, &[member.id()])?.remove(&member.id()).unwrap_or_default() {
        let within = post.reference("department").map(|it| organisation.tree.below(&[it]));
        let held = |name| HeldRole { name, within: within.clone(), post: Some(post.id()) };
        roles.extend(super::texts(&post.value("roles")).into_iter().map(held));
    }
    Ok(roles.into_iter().collect())
}

/// The posts of some members that are in force.
pub(super) fn posts_of(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), members: &[Uuid]) -> Result<HashMap<Uuid, Vec<Record>>> {
    let mut posts: HashMap<Uuid, Vec<Record>> = HashMap::new();
    let link = schema.object(MEMBER_OBJECT).and_then(|it| it.field("posts")?.link.clone());
    let (Some(link), Some(object)) = (link, schema.object(JOB_POST_OBJECT)) else { return Ok(posts) };
    let ids = members.iter().copied().map(Value::Id).collect();
    let held = tx.rows(&Select::all(&link, Condition::In(ColumnRef::main(0), ids, false)))?;
    let held: Vec<(Uuid, Uuid)> = held
        .iter()
        .filter_map(|row| if let [Value::Id(member), Value::Id(post), ..] = row.as_slice() { Some((*member, *post)) } else { None })
        .collect();
    let wanted: Vec<Value> = held.iter().map(|it| it.1).collect::<BTreeSet<_>>().into_iter().map(Value::Id).collect();
    if wanted.is_empty() {
        return Ok(posts);
    }
    let rows = tx.rows(&live(object, Condition::In(ColumnRef::main(ID), wanted, false)).order_by(ID, false))?;
    for row in rows {
        let post = Record { object: object.clone(), row };
        if post.value("active") != Value::Bool(false) {
            held.iter().filter(|it| it.1 == post.id()).for_each(|it| posts.entry(it.0).or_default().push(post.clone()));
        }
    }
    Ok(posts)
}

/// Everybody whose chain of managers leads to a member.
fn subordinates(organisation: &Organisation, id: Uuid) -> Vec<Uuid> {
    let mut all: HashSet<Uuid> = HashSet::new();
    let mut next = vec![id];
    while let Some(above) = next.pop() {
        next.extend(organisation.reports.get(&above).into_iter().flatten().filter(|it| **it != id && all.insert(**it)));
    }
    let mut all: Vec<Uuid> = all.into_iter().collect();
    all.sort_unstable();
    all
}

/// Members who named this one as their deputy and are absent now.
fn substitutes(object: &Arc<Object>, tx: &mut (impl ReadTx + ?Sized), id: Uuid, until: &mut Horizon) -> Result<Vec<Uuid>> {
    let (Some(deputy), Some(end)) = (column(object, "deputy"), column(object, "absent_until")) else { return Ok(Vec::new()) };
    let not_over = Condition::Compare(end, CompareOp::Gt, Value::DateTime(until.now));
    let mut absent = Vec::new();
    for row in tx.rows(&live(object, Condition::equals(deputy, Value::Id(id)).and(not_over)))? {
        let record = Record { object: object.clone(), row };
        if until.holds(&record.value("absent_from"), &record.value("absent_until")) {
            absent.push(record.id());
        }
    }
    absent.sort_unstable();
    Ok(absent)
}

fn teams(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), id: Uuid) -> Result<Vec<Uuid>> {
    let Some(object) = schema.object(TEAM_OBJECT) else { return Ok(Vec::new()) };
    let Some(link) = object.field("members").and_then(|it| it.link.as_ref()) else { return Ok(Vec::new()) };
    let ids: Vec<Value> = linked(tx, link, 1, 0, id)?.into_iter().map(Value::Id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select { columns: vec![ColumnRef::main(ID)], ..live(object, Condition::In(ColumnRef::main(ID), ids, false)).order_by(ID, false) };
    let rows = tx.rows(&select)?;
    Ok(rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect())
}
