//! What is to be done so that the organisation here is that of the directory.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, BoundIdentity, DEPARTMENT_OBJECT, ForeignIdentity, MEMBER_OBJECT, Organisation, Provider};
use guanxi_kernel::read::{self, ListRequest, MAX_LIMIT};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// Most single changes that are told.
const TOLD: usize = 300;
const ADMINISTRATOR: &str = "administrator";

/// A department as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentStep {
    /// Its unit in the directory.
    pub unit: String,
    /// The one there is; a new one where `None`.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// The unit it is below, where there is one.
    pub parent: Option<String>,
}

/// What becomes of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberStep {
    /// Somebody new.
    Comes(ForeignIdentity, String),
    /// Another name or department.
    Changes(Uuid, String),
    /// He is not in the directory any more.
    Leaves(Uuid, String),
}

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    /// Departments that are new or have changed, those above first.
    pub departments: Vec<DepartmentStep>,
    /// Departments there are, by unit.
    pub known: HashMap<String, Uuid>,
    /// Members, with the unit each is of.
    pub members: Vec<(MemberStep, Option<String>)>,
    /// Who is left alone, and why.
    left: Vec<SyncItem>,
    /// Active members the directory knows.
    kept: u64,
    most_leavers: u8,
}

/// What a run would do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SyncPlan {
    /// Members that would be made.
    comes: u64,
    /// Members whose name or department would change.
    changes: u64,
    /// Members that would be suspended.
    leaves: u64,
    /// Departments that would be made.
    new_departments: u64,
    /// Departments that would change.
    changed_departments: u64,
    /// Active members the directory knows now.
    kept: u64,
    /// More would be suspended than the settings let a run suspend; it is stopped unless their number is confirmed.
    stopped: bool,
    /// The first of all changes, and whoever is left alone.
    items: Vec<SyncItem>,
}

/// One change a run would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SyncItem {
    /// `comes`, `changes`, `leaves`; `new_department`, `changed_department`; `unconfirmed`: a member with this address has not
    /// confirmed yet that the account is his; `no_address`; `administrator`: he is not there any more and stays all the same;
    /// `suspended`: he is there and suspended here.
    #[schemars(extend("enum" = ["comes", "changes", "leaves", "new_department", "changed_department", "unconfirmed", "no_address", "administrator", "suspended"]))]
    change: &'static str,
    /// Of whom or what.
    name: String,
    /// The department it leads to.
    department: Option<String>,
}

struct Member {
    id: Uuid,
    name: String,
    department: Option<Uuid>,
    active: bool,
    administrator: bool,
}

struct Department {
    id: Uuid,
    name: String,
    parent: Option<Uuid>,
}

/// By what a department is known here that stands for a unit there.
pub fn external_id(provider: &Provider, unit: &str) -> String {
    format!("{}/{unit}", provider.id)
}

/// Works it out.
///
/// # Errors
/// Where the organisation is not taken over from this provider; where the database fails.
pub fn plan(context: &Context, provider: &Provider, found: &Organisation) -> Result<Plan> {
    let (_, settings) = super::settings_of(provider).ok_or(KernelError::NotFound)?;
    let (departments, members, bound, addresses) = context.workspace.store.read_with(|tx| {
        let departments = departments(context, tx, provider)?;
        let (members, addresses) = members(context, tx)?;
        Ok((departments, members, identity::identities_of_provider(tx, provider.id)?, addresses))
    })?;
    let mut plan = Plan {
        departments: department_steps(&departments, found, settings.below),
        known: departments.into_iter().map(|(unit, it)| (unit, it.id)).collect(),
        members: Vec::new(),
        left: Vec::new(),
        kept: 0,
        most_leavers: settings.most_leavers,
    };
    plan.people(found, &bound, &members, &addresses);
    plan.leavers(found, &bound, &members);
    Ok(plan)
}

fn department_steps(there: &HashMap<String, Department>, found: &Organisation, below: Option<Uuid>) -> Vec<DepartmentStep> {
    let steps = found.units.iter().filter_map(|unit| {
        let before = there.get(&unit.id);
        let parent = unit.parent.as_ref().map_or(Some(below), |it| there.get(it).map(|it| Some(it.id)));
        // Below one that is still to be made it must be moved as well.
        let same = before.is_some_and(|it| it.name == unit.name && parent == Some(it.parent));
        let step = || DepartmentStep { unit: unit.id.clone(), id: before.map(|it| it.id), name: unit.name.clone(), parent: unit.parent.clone() };
        (!same).then(step)
    });
    steps.collect()
}

impl Plan {
    fn people(&mut self, found: &Organisation, bound: &[BoundIdentity], members: &HashMap<Uuid, Member>, addresses: &HashSet<String>) {
        let by_subject: HashMap<&str, &Member> =
            bound.iter().filter_map(|it| members.get(&it.member).map(|member| (it.subject.as_str(), member))).collect();
        for person in &found.people {
            let identity = &person.identity;
            let name = identity.name.clone().unwrap_or_else(|| identity.verified_email.clone().unwrap_or_default());
            let name: String = name.chars().take(100).collect();
            match by_subject.get(identity.subject.as_str()) {
                Some(member) if !member.active => self.leave_alone("suspended", name),
                Some(member) => {
                    self.kept += 1;
                    let moves =
                        person.unit.as_ref().is_some_and(|it| member.department.is_none() || self.known.get(it).copied() != member.department);
                    if moves || (!name.is_empty() && name != member.name) {
                        self.members.push((MemberStep::Changes(member.id, name), person.unit.clone()));
                    }
                }
                None => match &identity.verified_email {
                    None => self.leave_alone("no_address", name),
                    // Whose it is he confirms himself, when he signs in by it for the first time.
                    Some(address) if addresses.contains(&address.to_lowercase()) => self.leave_alone("unconfirmed", name),
                    Some(_) => self.members.push((MemberStep::Comes(identity.clone(), name), person.unit.clone())),
                },
            }
        }
    }

    fn leavers(&mut self, found: &Organisation, bound: &[BoundIdentity], members: &HashMap<Uuid, Member>) {
        let there: HashSet<&str> = found.people.iter().map(|it| it.identity.subject.as_str()).collect();
        for it in bound.iter().filter(|it| !there.contains(it.subject.as_str())) {
            let Some(member) = members.get(&it.member).filter(|it| it.active) else { continue };
            self.kept += 1;
            if member.administrator {
                // Whoever could lock everybody out is suspended by people alone.
                self.leave_alone("administrator", member.name.clone());
            } else {
                self.members.push((MemberStep::Leaves(member.id, member.name.clone()), None));
            }
        }
    }

    fn leave_alone(&mut self, change: &'static str, name: String) {
        self.left.push(SyncItem { change, name, department: None });
    }

    fn leaves(&self) -> u64 {
        self.members.iter().filter(|it| matches!(it.0, MemberStep::Leaves(..))).count() as u64
    }

    fn is_too_much(&self) -> bool {
        self.leaves() * 100 > self.kept * u64::from(self.most_leavers)
    }

    /// Stops a run that would suspend more than may be, unless somebody has confirmed that many.
    ///
    /// # Errors
    /// A conflict that says how many.
    pub fn check(&self, confirmed: Option<u64>) -> Result<()> {
        let (leaves, kept) = (self.leaves(), self.kept);
        if !self.is_too_much() || confirmed.is_some_and(|it| leaves <= it) {
            return Ok(());
        }
        Err(KernelError::conflict(
            "state_conflict",
            format!("同步将停用 {kept} 位成员中的 {leaves} 位，超过设置的比例，已停止：请核对目录，确认后再手动运行"),
            format!("the run would suspend {leaves} of {kept} members, more than the settings let it: look at the directory, then confirm by hand"),
        ))
    }

    /// As it is told.
    pub fn told(&self, found: &Organisation) -> SyncPlan {
        let names: HashMap<&str, &str> = found.units.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
        let label = |unit: &Option<String>| unit.as_ref().and_then(|it| names.get(it.as_str())).map(|it| (*it).to_owned());
        let mut items = Vec::new();
        for it in &self.departments {
            let change = if it.id.is_none() { "new_department" } else { "changed_department" };
            items.push(SyncItem { change, name: it.name.clone(), department: label(&it.parent) });
        }
        // Who loses something stands first.
        let mut members: Vec<SyncItem> = self
            .members
            .iter()
            .map(|(step, unit)| {
                let (change, name) = match step {
                    MemberStep::Comes(_, name) => ("comes", name),
                    MemberStep::Changes(_, name) => ("changes", name),
                    MemberStep::Leaves(_, name) => ("leaves", name),
                };
                SyncItem { change, name: name.clone(), department: label(unit) }
            })
            .collect();
        members.sort_by_key(|it| it.change != "leaves");
        let count = |change: &str| members.iter().filter(|it| it.change == change).count() as u64;
        let (comes, changes, leaves) = (count("comes"), count("changes"), count("leaves"));
        let new_departments = items.iter().filter(|it| it.change == "new_department").count() as u64;
        let changed_departments = items.len() as u64 - new_departments;
        members.extend(self.left.clone());
        members.extend(items);
        members.truncate(TOLD);
        SyncPlan { comes, changes, leaves, new_departments, changed_departments, kept: self.kept, stopped: self.is_too_much(), items: members }
    }
}

/// All records of an object, some of their fields.
fn all(context: &Context, tx: &mut dyn ReadTx, object: &str, fields: &[&str]) -> Result<Vec<Json>> {
    let object = read::object_of(context, object)?;
    let (mut cursor, mut records) = (None, Vec::new());
    loop {
        let request = ListRequest {
            sort: Some("id".into()),
            limit: MAX_LIMIT,
            cursor: cursor.take(),
            fields: Some(fields.iter().map(|it| (*it).to_owned()).collect()),
            ..ListRequest::default()
        };
        let page = read::list(context, tx, &object, &request)?;
        let items: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
        records.extend(items);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(records),
        }
    }
}

fn id_in(json: &Json) -> Option<Uuid> {
    json.as_str().or_else(|| json["id"].as_str())?.parse().ok()
}

fn departments(context: &Context, tx: &mut dyn ReadTx, provider: &Provider) -> Result<HashMap<String, Department>> {
    let prefix = external_id(provider, "");
    let mut known = HashMap::new();
    for it in all(context, tx, DEPARTMENT_OBJECT, &["name", "parent", "external_id"])? {
        let unit = it["external_id"].as_str().and_then(|it| it.strip_prefix(prefix.as_str()));
        if let (Some(unit), Some(id)) = (unit, id_in(&it["id"])) {
            let name = it["name"].as_str().unwrap_or_default().to_owned();
            known.insert(unit.to_owned(), Department { id, name, parent: id_in(&it["parent"]) });
        }
    }
    Ok(known)
}

fn members(context: &Context, tx: &mut dyn ReadTx) -> Result<(HashMap<Uuid, Member>, HashSet<String>)> {
    let (mut known, mut addresses) = (HashMap::new(), HashSet::new());
    for it in all(context, tx, MEMBER_OBJECT, &["name", "email", "department", "active", "roles"])? {
        addresses.insert(it["email"].as_str().unwrap_or_default().to_lowercase());
        let Some(id) = id_in(&it["id"]) else { continue };
        let member = Member {
            id,
            name: it["name"].as_str().unwrap_or_default().to_owned(),
            department: id_in(&it["department"]),
            active: it["active"] == true,
            administrator: it["roles"].as_array().is_some_and(|it| it.iter().any(|it| it == ADMINISTRATOR)),
        };
        known.insert(id, member);
    }
    Ok((known, addresses))
}
