//! Whom a target is for, and whose records count towards it.

use guanxi_kernel::access::DepartmentTree;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::DEPARTMENT_OBJECT;
use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;
use uuid::Uuid;

/// Most departments of a company.
const MOST_DEPARTMENTS: u64 = 10_000;

/// Whom a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A department with those below it.
    Department(Uuid),
    /// A member.
    Member(Uuid),
}

impl Subject {
    /// Of a target in its JSON form, which names one of both.
    pub fn of(target: &Json) -> Option<Self> {
        let id = |name: &str| target[name]["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        id("department").map(Self::Department).or_else(|| id("member").map(Self::Member))
    }

    /// The field of a record that tells whose it is.
    pub fn field(self) -> &'static str {
        match self {
            Self::Department(_) => "department",
            Self::Member(_) => "owner",
        }
    }

    /// Those whose records count: a member's own, or a department's and of all below it.
    pub fn counted(self, tree: &DepartmentTree) -> Vec<Uuid> {
        match self {
            Self::Department(id) => tree.below(&[id]),
            Self::Member(id) => vec![id],
        }
    }
}

/// Which departments stand below which.
///
/// # Errors
/// Fails where the database does.
pub fn departments(context: &Context, tx: &mut dyn ReadTx) -> Result<DepartmentTree> {
    let departments = known_records(context, tx, DEPARTMENT_OBJECT, |_| Ok(Condition::True), MOST_DEPARTMENTS)?;
    Ok(DepartmentTree::new(departments.iter().filter_map(|it| Some((it.id(), it.reference("parent")?)))))
}

/// The moment a day begins where the caller is.
///
/// # Errors
/// An internal error where there is no such moment.
pub fn begins(context: &Context, day: Date) -> Result<Timestamp> {
    let begins = day.to_zoned(context.time_zone.clone());
    begins.map(|it| it.timestamp()).map_err(|error| KernelError::Internal(error.to_string()))
}

/// Ids as the items of a list in an expression.
pub fn quoted(ids: &[Uuid]) -> String {
    ids.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(", ")
}
