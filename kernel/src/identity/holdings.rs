//! Which roles members hold, where that comes from, where it holds and until when.

use std::collections::{HashMap, HashSet};

use guanxi_expr::Value;
use jiff::Timestamp;
use uuid::Uuid;

use super::organisation::{column, live, posts_of};
use super::{MEMBER_OBJECT, ROLE_GRANT_OBJECT, texts};
use crate::context::Context;
use crate::error::Result;
use crate::read::Record;
use crate::schema::{ID, Schema};
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};

/// Members looked at with one statement.
const AT_ONCE: u64 = 500;

/// A role a member holds, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its name.
    pub role: String,
    /// The grant it comes from; the member's own record, or a post, where absent.
    pub grant: Option<Uuid>,
    /// The job post it comes with.
    pub post: Option<Uuid>,
    /// Holds only for records of this department and those below it; everywhere where absent.
    pub department: Option<Uuid>,
    /// From when on; always where absent.
    pub starts_at: Option<Timestamp>,
    /// Until when; for good where absent.
    pub ends_at: Option<Timestamp>,
    /// Why, in the words of who gave it.
    pub reason: Option<String>,
}

impl Holding {
    /// Whether it holds everywhere and for good.
    pub fn is_lasting(&self) -> bool {
        self.department.is_none() && self.starts_at.is_none() && self.ends_at.is_none()
    }
}

/// The roles of one member, those of his own record first; none where there is no such member. Grants that are over are
/// left out, those to come are not.
///
/// # Errors
/// Fails where the database does.
pub fn holdings_of(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), member: Uuid, now: Timestamp) -> Result<Vec<Holding>> {
    let Some(object) = schema.object(MEMBER_OBJECT) else { return Ok(Vec::new()) };
    let Some(row) = tx.first(&live(object, Condition::equals(ColumnRef::main(ID), Value::Id(member))))? else { return Ok(Vec::new()) };
    let mut holdings = lasting(&Record { object: object.clone(), row });
    holdings.extend(posts_of(schema, tx, &[member])?.remove(&member).iter().flatten().flat_map(of_post));
    if let Some((object, of)) = schema.object(ROLE_GRANT_OBJECT).and_then(|it| Some((it, column(it, "member")?))) {
        let grants = tx.rows(&live(object, Condition::equals(of, Value::Id(member))).order_by(ID, false))?;
        holdings.extend(grants.into_iter().filter_map(|row| granted(&Record { object: object.clone(), row }, now)));
    }
    Ok(holdings)
}

/// The roles on a member's own record.
fn lasting(member: &Record) -> Vec<Holding> {
    let mut roles = texts(&member.value("roles"));
    roles.sort();
    let holding = |role| Holding { role, grant: None, post: None, department: None, starts_at: None, ends_at: None, reason: None };
    roles.into_iter().map(holding).collect()
}

/// What comes with a post.
fn of_post(post: &Record) -> Vec<Holding> {
    let (post_id, department) = (post.id(), post.reference("department"));
    let holding = |role| Holding { role, grant: None, post: Some(post_id), department, starts_at: None, ends_at: None, reason: None };
    texts(&post.value("roles")).into_iter().map(holding).collect()
}

/// What a grant gives, unless it is over.
fn granted(grant: &Record, now: Timestamp) -> Option<Holding> {
    let at = |name: &str| if let Value::DateTime(at) = grant.value(name) { Some(at) } else { None };
    let ends_at = at("ends_at");
    if ends_at.is_some_and(|it| it <= now) {
        return None;
    }
    Some(Holding {
        role: grant.value("role").as_text()?.to_owned(),
        grant: Some(grant.id()),
        post: None,
        department: grant.reference("department"),
        starts_at: at("starts_at"),
        ends_at,
        reason: grant.value("reason").as_text().map(str::to_owned),
    })
}

/// Whose roles are looked for; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolderRequest {
    /// The member.
    pub member: Option<Uuid>,
    /// The role.
    pub role: Option<String>,
    /// Members whose main department is this one or below it.
    pub department: Option<Uuid>,
    /// Only what ends by itself.
    pub ending: bool,
}

/// A member and one role of his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The member.
    pub member: Uuid,
    /// His name.
    pub name: String,
    /// His address.
    pub email: String,
    /// His main department.
    pub department: Option<Uuid>,
    /// The role.
    pub holding: Holding,
}

/// Who holds which role, of the members who may sign in, in the order of their ids: about so many at a time, a member's
/// roles always together; and the member after whom to go on.
///
/// # Errors
/// Forbidden to those who are no auditors.
pub fn holders(
    context: &Context,
    tx: &mut dyn ReadTx,
    request: &HolderRequest,
    after: Option<Uuid>,
    limit: usize,
) -> Result<(Vec<Holder>, Option<Uuid>)> {
    context.access.require_auditor()?;
    let Some(object) = context.schema.object(MEMBER_OBJECT) else { return Ok((Vec::new(), None)) };
    let departments: Option<HashSet<Uuid>> = request.department.map(|it| context.access.member.tree.below(&[it]).into_iter().collect());
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let mut condition = column(object, "active").map_or(Condition::True, |it| Condition::equals(it, Value::Bool(true)));
        if let Some(after) = after {
            condition = condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
        }
        if let Some(member) = request.member {
            condition = condition.and(Condition::equals(ColumnRef::main(ID), Value::Id(member)));
        }
        let rows = tx.rows(&live(object, condition).order_by(ID, false).limited(AT_ONCE))?;
        let is_last = (rows.len() as u64) < AT_ONCE;
        let members: Vec<Record> = rows.into_iter().map(|row| Record { object: object.clone(), row }).collect();
        let grants = grants_of(context, tx, &members)?;
        let ids: Vec<Uuid> = members.iter().map(Record::id).collect();
        let posts = posts_of(&context.schema, tx, &ids)?;
        for (place, member) in members.iter().enumerate() {
            after = Some(member.id());
            let department = member.reference("department");
            if departments.as_ref().is_some_and(|it| department.is_none_or(|own| !it.contains(&own))) {
                continue;
            }
            let with_posts = posts.get(&member.id()).into_iter().flatten().flat_map(of_post);
            let holdings = lasting(member).into_iter().chain(with_posts).chain(grants.get(&member.id()).into_iter().flatten().cloned());
            let fits = |it: &Holding| request.role.as_ref().is_none_or(|role| *role == it.role) && (!request.ending || it.ends_at.is_some());
            let email = member.value("email").as_text().unwrap_or_default().to_owned();
            let holder = |holding| Holder { member: member.id(), name: member.title(), email: email.clone(), department, holding };
            found.extend(holdings.filter(fits).map(holder));
            if found.len() >= limit {
                let more = !is_last || place + 1 < members.len();
                return Ok((found, after.filter(|_| more)));
            }
        }
        if is_last {
            return Ok((found, None));
        }
    }
}

/// The grants of some members that are not over.
fn grants_of(context: &Context, tx: &mut dyn ReadTx, members: &[Record]) -> Result<HashMap<Uuid, Vec<Holding>>> {
    let mut grants: HashMap<Uuid, Vec<Holding>> = HashMap::new();
    let Some((object, of)) = context.schema.object(ROLE_GRANT_OBJECT).and_then(|it| Some((it, column(it, "member")?))) else { return Ok(grants) };
    let ids = members.iter().map(|it| Value::Id(it.id())).collect();
    let select: Select = live(object, Condition::In(of, ids, false)).order_by(ID, false);
    for row in tx.rows(&select)? {
        let grant = Record { object: object.clone(), row };
        if let Some((member, holding)) = grant.reference("member").zip(granted(&grant, context.now)) {
            grants.entry(member).or_default().push(holding);
        }
    }
    Ok(grants)
}
