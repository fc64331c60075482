//! A company to measure in: departments as a tree six deep, members in all of them.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use serde_json::json;
use uuid::Uuid;

use crate::data::{person, write};

/// Departments on each level: 300 in all.
const LEVELS: [usize; 6] = [1, 4, 15, 40, 90, 150];
/// Members.
pub const MEMBERS: usize = 2_000;

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
            json!({ "name": person(it as u64), "email": format!("u{it}@example.com"), "department": all[it % all.len()], "roles": [role] })
        })?;
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

    /// A member of a department on this level; the one with the most departments below where there are several.
    pub fn member_on_level(&self, level: usize) -> Option<&Member> {
        let on_level = self.departments.iter().enumerate().filter(|(_, it)| it.level == level);
        let (department, _) = on_level.max_by_key(|(_, it)| it.below)?;
        self.members.iter().skip(1).find(|it| it.department == department)
    }
}

/// All records of an object in the order they were made.
fn records(system: &Context, object: &str) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let object = Arc::clone(system.schema.object(object).ok_or("no such object")?);
    let select = Select::all(&object.table, Condition::True).order_by(guanxi_kernel::schema::ID, false);
    let rows = system.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))?;
    Ok(rows.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}
