//! A company to measure in: departments as a tree six deep, members in all of them.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::definition::SchemaChange;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::data::{RELATIONSHIP, ROLE, mixed, person, write};

/// Departments on each level: 300 in all.
const LEVELS: [usize; 6] = [1, 4, 15, 40, 90, 150];
/// Members.
pub const MEMBERS: usize = 2_000;
/// Roles the company has beside the standard ones, each held by a few of the members: 40 in all.
pub const FURTHER_ROLES: usize = 24;
/// Sharing rules: three of five over contacts.
const SHARING_RULES: usize = 500;

/// A department.
#[derive(Debug, Clone)]
pub struct Department {
    /// Its id.
    pub id: Uuid,
    /// How far below the company it is.
    pub level: usize,
    /// How many departments it has with itself and all below.
    pub below: usize,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// Id.
    pub id: Uuid,
    /// Position of the department.
    pub department: usize,
}

/// The company.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// In the order they were made.
    pub departments: Vec<Department>,
    /// In the order they were made; the first is the administrator.
    pub members: Vec<Member>,
}

impl Organisation {
    /// Makes it in an empty workspace.
    pub fn make(system: &Context) -> Result<(), Box<dyn std::error::Error>> {
        let mut above: Vec<Uuid> = Vec::new();
        let mut all: Vec<Uuid> = Vec::new();
        for (level, &n) in LEVELS.iter().enumerate() {
            let parents = above;
            above =
                write(system, "department", n, |it| json!({ "name": format!("部门 {level}-{it}"), "parent": parents.get(it * parents.len() / n) }))?;
            all.extend(&above);
        }
        write(system, "user", MEMBERS, |it| {
            let role = match it {
                0 => "administrator",
                _ if it.is_multiple_of(10) => "sales_manager",
                _ => "sales",
            };
            let mut roles = vec![role.to_owned()];
            roles.extend((it % (2 * FURTHER_ROLES) < FURTHER_ROLES).then(|| further_role(it % FURTHER_ROLES)));
            json!({ "name": person(it as u64), "email": format!("u{it}@example.com"), "department": all[it % all.len()], "roles": roles })
        })?;
        let members: Vec<Uuid> = records(system, "user")?.iter().map(Record::id).collect();
        let rules: Vec<SchemaChange> = (0..SHARING_RULES)
            .map(|it| Ok(SchemaChange::PutSharingRule { rule: serde_json::from_value(rule(it, &above, &members))? }))
            .collect::<Result<_, serde_json::Error>>()?;
        guanxi_kernel::definition::apply(system, &rules, false)?;
        Ok(())
    }

    /// Reads it back.
    pub fn load(system: &Context) -> Result<Self, Box<dyn std::error::Error>> {
        let departments = records(system, "department")?;
        let position: HashMap<Uuid, usize> = departments.iter().enumerate().map(|(at, it)| (it.id(), at)).collect();
        let parents: Vec<Option<usize>> =
            departments.iter().map(|it| it.reference("parent").and_then(|parent| position.get(&parent).copied())).collect();
        let mut found: Vec<Department> = departments.iter().map(|it| Department { id: it.id(), level: 0, below: 0 }).collect();
        for at in 0..found.len() {
            let (mut next, mut level) = (Some(at), 0);
            while let Some(here) = next {
                found[here].below += 1;
                next = parents[here];
                level += usize::from(next.is_some());
            }
            found[at].level = level;
        }
        let members = records(system, "user")?;
        let member =
            |it: &Record| Member { id: it.id(), department: it.reference("department").and_then(|it| position.get(&it).copied()).unwrap_or(0) };
        Ok(Self { departments: found, members: members.iter().map(member).collect() })
    }

    /// The members of departments on this level, of those with the most departments below.
    pub fn members_on_level(&self, level: usize) -> impl Iterator<Item = &Member> {
        let most = self.departments.iter().filter(|it| it.level == level).map(|it| it.below).max();
        self.members
            .iter()
            .skip(1)
            .filter(move |it| self.departments[it.department].level == level && Some(self.departments[it.department].below) == most)
    }
}

/// Name of one of the further roles.
pub fn further_role(number: usize) -> String {
    format!("bench_role_{number}")
}

/// A sharing rule: contacts of some kind, accounts of a level or opportunities of a stage, for a department that has none
/// below, for the holders of a role, or for five members.
fn rule(number: usize, leaves: &[Uuid], members: &[Uuid]) -> Json {
    let pick = |from: &[&str], salt: u64| from[usize::try_from(mixed(number as u64, salt) % from.len() as u64).unwrap_or(0)].to_owned();
    let (role, how, gender) = (pick(&ROLE, 3), pick(&RELATIONSHIP, 4), pick(&["male", "female"], 5));
    let (object, when) = match number % 5 {
        0 => ("contact", format!("decision_role == '{role}' && relationship == '{how}'")),
        1 => ("account", format!("level == '{}'", pick(&["a", "b", "c", "d"], 6))),
        2 => ("contact", format!("decision_role == '{role}' && gender == '{gender}' && relationship == '{how}'")),
        3 => ("opportunity", format!("account.level == '{}'", pick(&["a", "b"], 7))),
        _ => ("contact", format!("decision_role == '{role}' && gender == '{gender}'")),
    };
    let of = |from: &[Uuid], salt: u64| from[usize::try_from(mixed(number as u64, salt) % from.len() as u64).unwrap_or(0)];
    let with = match number % 3 {
        0 => json!({ "departments": [of(leaves, 8)] }),
        1 => json!({ "roles": [further_role(number % FURTHER_ROLES)] }),
        _ => json!({ "members": (9..14).map(|salt| of(members, salt)).collect::<Vec<Uuid>>() }),
    };
    json!({ "name": format!("rule_{number}"), "label": { "zh-CN": "规则", "en": "Rule" }, "object": object, "when": when, "with": with })
}

/// All records of an object in the order they were made.
fn records(system: &Context, object: &str) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let object = Arc::clone(system.schema.object(object).ok_or("no such object")?);
    let select = Select::all(&object.table, Condition::True).order_by(guanxi_kernel::schema::ID, false);
    let rows = system.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))?;
    Ok(rows.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}
