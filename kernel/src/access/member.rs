//! A member as far as rights are concerned: all facts that rules may speak of.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::circles::{HeldCircle, Standing};
use crate::schema::Schema;

/// A role a member holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldRole {
    /// Its name.
    pub name: String,
    /// Holds only for records of these departments; everywhere where absent.
    pub within: Option<Vec<Uuid>>,
    /// The job post it comes with.
    pub post: Option<Uuid>,
}

impl<T: Into<String>> From<T> for HeldRole {
    fn from(name: T) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// A member as far as rights are concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// User id.
    pub id: Uuid,
    /// The roles held now.
    pub roles: Vec<HeldRole>,
    /// Main department.
    pub department: Option<Uuid>,
    /// Main and further departments, without those below.
    pub own_departments: Vec<Uuid>,
    /// Main and further departments and all below them.
    pub departments: Vec<Uuid>,
    /// Main and further departments and all above them.
    pub departments_above: Vec<Uuid>,
    /// The people below: those whose chain of managers leads here.
    pub subordinates: Vec<Uuid>,
    /// Absent members this one stands in for now.
    pub substitutes: Vec<Uuid>,
    /// Teams.
    pub teams: Vec<Uuid>,
    /// Objects of which single records are shared with the member, a team or a department of his.
    pub shared_objects: BTreeSet<String>,
    /// The circles of the company and what the member is to each.
    pub circles: Vec<HeldCircle>,
    /// The departments of the company.
    pub tree: DepartmentTree,
}

impl Member {
    /// A member of one department with nothing around it.
    pub fn of(id: Uuid, roles: Vec<HeldRole>, department: Option<Uuid>, departments: Vec<Uuid>) -> Self {
        let own: Vec<Uuid> = department.into_iter().collect();
        Self { id, roles, department, own_departments: own.clone(), departments, departments_above: own, ..Self::default() }
    }

    /// Names of the roles held, each once.
    pub fn role_names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.roles.iter().map(|it| &it.name).collect();
        names.into_iter().cloned().collect()
    }

    /// Roles that a role of the member lets him give to others.
    pub fn gives<'a>(&self, schema: &'a Schema) -> BTreeSet<&'a str> {
        let held = self.roles.iter().filter_map(|it| schema.roles.get(&it.name));
        held.flat_map(|it| it.gives.iter().map(String::as_str)).collect()
    }

    /// Departments whose members, departments and teams a role lets him manage: where it is held, or his own, and all below.
    pub fn branches(&self, schema: &Schema) -> Vec<Uuid> {
        let held = self.roles.iter().filter(|it| schema.roles.get(&it.name).is_some_and(|it| it.branch_administrator));
        let all: BTreeSet<Uuid> = held.flat_map(|it| it.within.as_ref().unwrap_or(&self.departments).iter().copied()).collect();
        all.into_iter().collect()
    }

    /// The member and those he stands in for.
    pub fn selves(&self) -> Vec<Uuid> {
        std::iter::once(self.id).chain(self.substitutes.iter().copied()).collect()
    }

    /// The member, those he stands in for and the people below.
    pub fn people(&self) -> Vec<Uuid> {
        self.selves().into_iter().chain(self.subordinates.iter().copied()).collect()
    }

    /// Under which names records are shared with him (see [`Principal`]).
    pub fn principals(&self) -> Vec<String> {
        let mut all = vec![Principal::Member(self.id).key()];
        all.extend(self.teams.iter().map(|it| Principal::Team(*it).key()));
        all.extend(self.own_departments.iter().map(|it| Principal::Department(*it).key()));
        all.extend(self.departments_above.iter().map(|it| Principal::DepartmentTree(*it).key()));
        all
    }

    /// Circles to which the member is at least so much.
    pub fn circles_as(&self, least: Standing) -> Vec<Uuid> {
        self.circles.iter().filter(|it| it.standing >= least).map(|it| it.circle.id).collect()
    }

    /// What `me` means in an expression.
    pub fn value(&self, name: &str) -> Value {
        let ids = |ids: &[Uuid]| Value::List(ids.iter().copied().map(Value::Id).collect());
        match name {
            "id" => Value::Id(self.id),
            "department" => self.department.map_or(Value::Null, Value::Id),
            "departments" => ids(&self.departments),
            "own_departments" => ids(&self.own_departments),
            "selves" => ids(&self.selves()),
            "people" => ids(&self.people()),
            "teams" => ids(&self.teams),
            "circles" => ids(&self.circles_as(Standing::Member)),
            "keeps" => ids(&self.circles_as(Standing::Keeper)),
            "roles" => Value::List(self.role_names().into_iter().map(Value::Text).collect()),
            _ => Value::Null,
        }
    }
}

/// Which departments stand directly below which. Cheap to copy.
#[derive(Debug, Clone, Default, Eq)]
pub struct DepartmentTree(Arc<HashMap<Uuid, Vec<Uuid>>>);

impl PartialEq for DepartmentTree {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl DepartmentTree {
    /// From pairs of a department and the one above it.
    pub fn new(parents: impl IntoIterator<Item = (Uuid, Uuid)>) -> Self {
        let mut below: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (department, parent) in parents {
            below.entry(parent).or_default().push(department);
        }
        Self(Arc::new(below))
    }

    /// Departments with all below them, each once.
    pub fn below(&self, roots: &[Uuid]) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = Vec::new();
        let mut seen: HashSet<Uuid> = HashSet::new();
        let mut next: Vec<Uuid> = roots.to_vec();
        while let Some(id) = next.pop() {
            if seen.insert(id) {
                all.push(id);
                next.extend(self.0.get(&id).into_iter().flatten());
            }
        }
        all.sort_unstable();
        all
    }

    /// A department and those above it, the nearest first.
    pub fn path(&self, from: Uuid) -> Vec<Uuid> {
        let mut path: Vec<Uuid> = Vec::new();
        let mut next = Some(from);
        while let Some(id) = next.filter(|it| !path.contains(it)) {
            path.push(id);
            next = self.0.iter().find(|it| it.1.contains(&id)).map(|it| *it.0);
        }
        path
    }

    /// Departments with all above them, each once.
    pub fn above(&self, leaves: &[Uuid]) -> Vec<Uuid> {
        let parents: HashMap<Uuid, Uuid> = self.0.iter().flat_map(|(parent, below)| below.iter().map(move |it| (*it, *parent))).collect();
        let mut all: HashSet<Uuid> = HashSet::new();
        for leaf in leaves {
            let mut next = Some(*leaf);
            while let Some(id) = next.filter(|it| all.insert(*it)) {
                next = parents.get(&id).copied();
            }
        }
        let mut all: Vec<Uuid> = all.into_iter().collect();
        all.sort_unstable();
        all
    }
}

/// Whom a record can be shared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// One member.
    Member(Uuid),
    /// The members of a team.
    Team(Uuid),
    /// The members of a department.
    Department(Uuid),
    /// The members of a department and of all below it.
    DepartmentTree(Uuid),
}

impl Principal {
    /// Its kind as the API writes it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Team(_) => "team",
            Self::Department(_) => "department",
            Self::DepartmentTree(_) => "department_tree",
        }
    }

    /// The record it is.
    pub fn id(self) -> Uuid {
        match self {
            Self::Member(id) | Self::Team(id) | Self::Department(id) | Self::DepartmentTree(id) => id,
        }
    }

    /// From its kind and record.
    pub fn new(kind: &str, id: Uuid) -> Option<Self> {
        Some(match kind {
            "member" => Self::Member(id),
            "team" => Self::Team(id),
            "department" => Self::Department(id),
            "department_tree" => Self::DepartmentTree(id),
            _ => return None,
        })
    }

    /// As it stands in the table of shares.
    pub fn key(self) -> String {
        format!("{}:{}", self.kind(), self.id().simple())
    }

    /// From how it stands in the table of shares.
    pub fn from_key(key: &str) -> Option<Self> {
        let (kind, id) = key.split_once(':')?;
        Self::new(kind, Uuid::try_parse(id).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_read_back_from_its_key() {
        let id = Uuid::from_u128(7);
        for principal in [Principal::Member(id), Principal::Team(id), Principal::Department(id), Principal::DepartmentTree(id)] {
            assert_eq!(Principal::from_key(&principal.key()), Some(principal));
        }
        for broken in ["", "member", "member:x", "role:00000000000000000000000000000007"] {
            assert_eq!(Principal::from_key(broken), None, "{broken}");
        }
    }

    #[test]
    fn records_reach_a_member_through_his_departments_and_those_above() {
        let (id, leaf, root) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let member = Member { departments_above: vec![leaf, root], ..Member::of(id, Vec::new(), Some(leaf), vec![leaf]) };
        let principals = member.principals();
        assert!(principals.contains(&Principal::DepartmentTree(root).key()));
        assert!(!principals.contains(&Principal::Department(root).key()), "sharing with the root alone is not for those below");
    }
}
