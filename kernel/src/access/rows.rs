//! Which rows a verb reaches.
//!
//! Roles and sharing rules become predicates of the expression language; records shared one by one are looked up in the
//! table of shares; what is denied is taken away from both.

use std::sync::Arc;

use guanxi_expr::{Predicate, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{HeldRole, Member, compile_filter};
use crate::error::Result;
use crate::identity::DEPARTMENT_OBJECT;
use crate::schema::{DEPARTMENT_FIELD, Object, OpenGate, RowScope, Schema};

/// How much a share gives; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareLevel {
    /// See the record.
    Read,
    /// Change it as well.
    Write,
    /// Delete it, share it and give it away as well.
    Manage,
}

impl ShareLevel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Manage];

    /// As the table of shares has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Manage => "manage",
        }
    }

    /// From its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Rows one rule accepts: (allowed or shared) and kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RowRule {
    /// Those a role or a sharing rule gives.
    pub allowed: Predicate,
    /// Those shared one by one, at this level or above.
    pub shared: Option<ShareLevel>,
    /// Those that are not denied.
    pub kept: Predicate,
}

impl RowRule {
    /// Every row.
    pub const ALL: Self = Self { allowed: Predicate::True, shared: None, kept: Predicate::True };
    /// No row.
    pub const NONE: Self = Self { allowed: Predicate::False, shared: None, kept: Predicate::True };

    /// Whether every row is reached.
    pub fn is_everything(&self) -> bool {
        self.allowed == Predicate::True && self.kept == Predicate::True
    }

    /// Whether no row can be reached.
    pub fn is_nothing(&self) -> bool {
        (self.allowed == Predicate::False && self.shared.is_none()) || self.kept == Predicate::False
    }
}

/// Rows a verb reaches: those every one of the rules accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach(pub(super) Vec<RowRule>);

impl Reach {
    /// Every row.
    pub fn everything() -> Self {
        Self(Vec::new())
    }

    /// No row.
    pub fn nothing() -> Self {
        Self(vec![RowRule::NONE])
    }

    pub(super) fn of(rules: &[&RowRule]) -> Self {
        if rules.iter().any(|it| it.is_nothing()) {
            return Self::nothing();
        }
        let mut all: Vec<RowRule> = Vec::with_capacity(rules.len());
        for rule in rules.iter().filter(|it| !it.is_everything()) {
            if !all.contains(rule) {
                all.push((*rule).clone());
            }
        }
        Self(all)
    }

    /// The rules; none where every row is reached.
    pub fn rules(&self) -> &[RowRule] {
        &self.0
    }

    /// Whether every row is reached.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no row can be reached.
    pub fn is_nothing(&self) -> bool {
        self.0.iter().any(RowRule::is_nothing)
    }
}

/// Rows of one predicate or another.
pub(super) fn either(left: Predicate, right: Predicate) -> Predicate {
    match (left, right) {
        (Predicate::False, it) | (it, Predicate::False) => it,
        (Predicate::True, _) | (_, Predicate::True) => Predicate::True,
        (left, right) if left == right => left,
        (Predicate::Or(mut any), Predicate::Or(more)) => {
            any.extend(more.into_iter().filter(|it| !any.contains(it)).collect::<Vec<_>>());
            Predicate::Or(any)
        }
        (Predicate::Or(mut any), it) | (it, Predicate::Or(mut any)) => {
            if !any.contains(&it) {
                any.push(it);
            }
            Predicate::Or(any)
        }
        (left, right) => Predicate::Or(vec![left, right]),
    }
}

/// Rows of both predicates.
pub(super) fn both(left: Predicate, right: Predicate) -> Predicate {
    match (left, right) {
        (Predicate::True, it) | (it, Predicate::True) => it,
        (Predicate::False, _) | (_, Predicate::False) => Predicate::False,
        (left, right) if left == right => left,
        (left, right) => Predicate::And(vec![left, right]),
    }
}

/// What rules of rows are worked out for.
pub(super) struct Asking<'a> {
    pub schema: &'a Schema,
    pub object: &'a Arc<Object>,
    pub member: &'a Member,
    pub now: Timestamp,
    pub time_zone: &'a TimeZone,
}

impl Asking<'_> {
    /// The predicate of an expression over the object.
    pub fn compile(&self, source: &str) -> Result<Predicate> {
        compile_filter(self.schema, self.object, source, &OpenGate, self.member, self.now, self.time_zone)
    }

    /// The rows of a scope, or those outside it, as a role held everywhere has it.
    pub fn scope(&self, scope: &RowScope, outside: bool) -> Result<Predicate> {
        let owned = self.object.definition.owned;
        // For the many who stand in for nobody the shorter form, which an index answers.
        let own = if self.member.substitutes.is_empty() { "== me.id" } else { "in me.selves" };
        let source = match scope {
            RowScope::None => return Ok(if outside { Predicate::True } else { Predicate::False }),
            RowScope::All => return Ok(if outside { Predicate::False } else { Predicate::True }),
            RowScope::Departments(ids) => return Ok(self.in_departments(&self.member.tree.below(ids), outside)),
            RowScope::When(source) => source.clone(),
            RowScope::Subordinates if owned => "owner in me.people".to_owned(),
            RowScope::Subordinates => "created_by in me.people".to_owned(),
            _ if !owned => format!("created_by {own}"),
            RowScope::Own => format!("owner {own}"),
            RowScope::Department => format!("owner {own} || department in me.own_departments"),
            RowScope::DepartmentTree => format!("owner {own} || department in me.departments"),
        };
        self.compile(&if outside { format!("!({source})") } else { source })
    }

    /// The rows of a scope as a role gives it that may be held within departments only.
    pub fn scope_of(&self, scope: &RowScope, role: &HeldRole, reading: bool) -> Result<Predicate> {
        let rows = self.scope(scope, false)?;
        let Some(within) = &role.within else { return Ok(rows) };
        let everywhere = reading && self.object.name == DEPARTMENT_OBJECT;
        if everywhere || self.belongs_by().is_none() {
            // What belongs to no department (products, tags) can be read by everyone who holds the role somewhere.
            return Ok(if reading { rows } else { Predicate::False });
        }
        Ok(both(rows, self.in_departments(within, false)))
    }

    /// The field that names the department a record belongs to. A department belongs to itself.
    fn belongs_by(&self) -> Option<&'static str> {
        if self.object.name == DEPARTMENT_OBJECT {
            return Some("id");
        }
        self.object.field(DEPARTMENT_FIELD).map(|_| DEPARTMENT_FIELD)
    }

    fn in_departments(&self, ids: &[Uuid], outside: bool) -> Predicate {
        let Some(field) = self.belongs_by().filter(|_| !ids.is_empty()) else {
            return if outside { Predicate::True } else { Predicate::False };
        };
        let values = ids.iter().copied().map(Value::Id).collect();
        Predicate::In { path: vec![field.to_owned()], values, negated: outside }
    }
}
