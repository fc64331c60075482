//! A plan: targets in order, the first that fits a record is where it goes.

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, load_record, load_records, may_be_named, object_of};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, FieldGate, OWNER_FIELD, Object};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::ownership::Departments;

/// Most targets.
const MOST_TARGETS: usize = 50;
/// Most members of one target.
const MOST_MEMBERS: usize = 50;

/// What may be written.
const NOT_UNDERSTOOD: &str = "看不懂：每个目标可以有 object、when、department 和 to；to 写明 member、members、pool 或 stay 之一；编号和类型应正确";

/// A target as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    object: Option<String>,
    when: Option<String>,
    department: Option<Uuid>,
    to: WrittenTo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTo {
    member: Option<Uuid>,
    members: Option<Vec<Uuid>>,
    pool: Option<Uuid>,
    stay: Option<bool>,
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To these, by turns.
    Members(Vec<Uuid>),
    /// Into a pool.
    Pool(Uuid),
    /// Nowhere.
    Stay,
}

/// A target as it is asked.
struct Target {
    object: Option<String>,
    when: Option<ConditionOn>,
    department: Option<Uuid>,
    to: To,
}

/// Where one record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Goes {
    /// To a member.
    Member(Uuid),
    /// Into a pool.
    Pool(Uuid),
    /// Nowhere.
    Stays,
}

/// See the module.
pub struct Plan {
    targets: Vec<Target>,
    departments: Departments,
    /// How many each target has given so far.
    given: Vec<usize>,
}

impl Plan {
    /// Reads a plan with the caller's eyes: what he may not name or see is none.
    ///
    /// # Errors
    /// Invalid, `plan`, where something in it is wrong.
    pub fn read(context: &Context, tx: &mut dyn ReadTx, leaver: Uuid, plan: &Json) -> Result<Self> {
        let all = plan.as_array().filter(|it| !it.is_empty() && it.len() <= MOST_TARGETS);
        let all = all.ok_or_else(|| wrong(0, "应为 1 到 50 个目标的列表", "a list of 1 to 50 targets"))?;
        let mut targets = Vec::new();
        for (index, json) in all.iter().enumerate() {
            let written: Written =
                serde_json::from_value(json.clone()).map_err(|error| wrong(index + 1, NOT_UNDERSTOOD, &format!("not understood: {error}")))?;
            targets.push(written.checked(context, tx, leaver).map_err(|(zh, en)| wrong(index + 1, zh, en))??);
        }
        let given = vec![0; targets.len()];
        Ok(Self { targets, departments: Departments::read(context, tx)?, given })
    }

    /// The target that fits a record, and where it goes by it.
    pub fn place(&mut self, context: &Context, record: &Record) -> (Option<usize>, Goes) {
        let zone = context.workspace.time_zone();
        let department = record.reference(DEPARTMENT_FIELD);
        let fits = |it: &Target| {
            it.object.as_ref().is_none_or(|name| *name == record.object.name)
                && it.department.is_none_or(|above| department.is_some_and(|own| self.departments.is_within(own, above)))
                && it.when.as_ref().is_none_or(|when| when.holds(record, context.now, &zone))
        };
        let Some(at) = self.targets.iter().position(fits) else { return (None, Goes::Stays) };
        let goes = match &self.targets[at].to {
            To::Members(members) => members.get(self.given[at] % members.len().max(1)).map_or(Goes::Stays, |it| Goes::Member(*it)),
            To::Pool(pool) => Goes::Pool(*pool),
            To::Stay => Goes::Stays,
        };
        self.given[at] += 1;
        (Some(at), goes)
    }
}

/// What is wrong, in both languages.
type Why = (&'static str, &'static str);

impl Written {
    fn checked(self, context: &Context, tx: &mut dyn ReadTx, leaver: Uuid) -> std::result::Result<Result<Target>, Why> {
        let object = match self.object.as_deref() {
            None => None,
            Some(name) => {
                let known = object_of(context, name).ok().filter(|it| has_owner(it));
                Some(known.ok_or(("没有这个对象，或它的记录没有负责人", "there is no such object, or its records have no owner"))?)
            }
        };
        let when = match (self.when.as_deref().map(str::trim).filter(|it| !it.is_empty()), &object) {
            (None, _) => None,
            (Some(_), None) => return Err(("有条件时请指明对象", "name the object its condition is about")),
            (Some(source), Some(object)) => {
                let gate: &dyn FieldGate = context.access.as_ref();
                let condition = ConditionOn::read(&context.schema, object, source, gate);
                Some(condition.map_err(|_| ("条件有误", "the condition does not make sense"))?)
            }
        };
        let to = match self.to.checked(context, tx, leaver, object.as_ref())? {
            Ok(to) => to,
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(Target { object: object.map(|it| it.name.clone()), when, department: self.department, to }))
    }
}

impl WrittenTo {
    fn checked(self, context: &Context, tx: &mut dyn ReadTx, leaver: Uuid, object: Option<&Arc<Object>>) -> std::result::Result<Result<To>, Why> {
        let members: Option<Vec<Uuid>> = self.members.or(self.member.map(|it| vec![it]));
        match (members, self.pool, self.stay) {
            (Some(members), None, None) => {
                if members.is_empty() || members.len() > MOST_MEMBERS {
                    return Err(("应为 1 到 50 位成员", "1 to 50 members"));
                }
                for member in &members {
                    match context.workspace.identity(tx, *member) {
                        Ok(Some(_)) if *member != leaver => {}
                        Ok(_) => return Err(("成员应在职，且不是被移交的人", "members who are active, and not the one whose records they are")),
                        Err(error) => return Ok(Err(error)),
                    }
                }
                Ok(Ok(To::Members(members)))
            }
            (None, Some(pool), None) => {
                let object = object.ok_or(("放入公海时请指明对象", "name the object whose records go into the pool"))?;
                let found = object_of(context, "pool").and_then(|it| load_record(context, tx, &it, pool, Verb::Read, false));
                let fits = |it: &Record| it.value("active").is_true() && it.value("object").as_text() == Some(object.name.as_str());
                match found {
                    Ok(Some(it)) if fits(&it) => Ok(Ok(To::Pool(pool))),
                    Ok(_) | Err(KernelError::NotFound | KernelError::Forbidden(_)) => {
                        Err(("公海应在使用中，并存放这类记录", "a pool in use that holds such records"))
                    }
                    Err(error) => Ok(Err(error)),
                }
            }
            (None, None, Some(true)) => Ok(Ok(To::Stay)),
            _ => Err(("请写明一个去处：member、members、pool 或 stay", "say where to: one of member, members, pool and stay")),
        }
    }
}

fn wrong(target: usize, zh_cn: &str, en: &str) -> KernelError {
    let (zh_at, en_at) =
        if target == 0 { (String::new(), String::new()) } else { (format!("第{target}个目标："), format!("target {target}: ")) };
    KernelError::invalid("plan", "rule", format!("{zh_at}{zh_cn}"), format!("{en_at}{en}"))
}

fn has_owner(object: &Object) -> bool {
    object.definition.owned && object.field(OWNER_FIELD).is_some() && may_be_named(object)
}

/// The objects whose records the caller could give to somebody else, in the order of their names.
pub fn objects(context: &Context) -> Vec<Arc<Object>> {
    let mut all: Vec<Arc<Object>> =
        context.schema.objects.values().filter(|it| has_owner(it) && context.access.may(it, Verb::Assign)).cloned().collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// Of a member's records those the caller may give away, in the order of their ids.
///
/// # Errors
/// Fails where the database does.
pub fn movable(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, records: &[Record]) -> Result<Vec<Record>> {
    let ids: Vec<Uuid> = records.iter().map(Record::id).collect();
    let mut found = load_records(context, tx, object, &ids, Verb::Assign, false)?;
    found.sort_by_key(Record::id);
    Ok(found)
}
