//! What a caller may do: roles, sharing rules and shares of the member, worked out once into rows and field sets.
//!
//! Roles add up; what one of them denies is denied. The result is data ([`Reach`], [`FieldRights`]) that the read and
//! write paths AND into every statement; nothing else asks about rights. `docs/permissions.md` explains the model.

mod cache;
mod circles;
mod combine;
mod explain;
mod fields;
mod filter;
mod member;
mod objects;
mod rows;
mod simulate;
mod summary;
mod verb;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::error::{KernelError, Result};
use crate::schema::{Field, FieldGate, FieldRight, ID, Object, RoleDefinition, Schema};
use objects::ByObject;

pub use cache::AccessCache;
pub(crate) use circles::closed_fields;
pub use circles::{Circle, Cover, HeldCircle, Standing};
pub use combine::ObjectAccess;
pub use explain::{
    ActionClosed, ActionExplanation, Explanation, FieldExplanation, Freezing, NamedRole, Reason, RoleOnField, Through, VerbExplanation, Viewer,
    context_of, explain, explain_as, viewers,
};
pub use fields::{FieldRights, Place, Shown, ShownGate};
pub(crate) use filter::fold_condition;
pub use filter::{asks_for_caller, compile_filter};
pub use member::{DepartmentTree, HeldRole, Member, Principal};
pub use rows::{Reach, RowRule, ShareLevel};
pub use simulate::{FieldImpact, FieldNote, Impact, NotedImpact, Simulation, Uncounted, VerbImpact, simulate};
pub use summary::{ObjectSummary, Opening, summary};
pub use verb::Verb;

/// Rights of one caller.
#[derive(Debug, Clone)]
pub struct Access {
    /// The member.
    pub member: Arc<Member>,
    /// May administer the workspace.
    pub administrator: bool,
    /// May read the audit log and ask why somebody sees a record.
    pub auditor: bool,
    /// The engine itself: everything.
    system: bool,
    /// Rights narrowed below what the roles give: an API key's scope, or looking through another member's eyes.
    narrowed: bool,
    /// Roles the caller may give to others.
    gives: BTreeSet<String>,
    /// Departments the caller manages.
    branches: BTreeSet<Uuid>,
    objects: Arc<ByObject>,
    /// The record that is open in this request.
    opened: Option<Uuid>,
}

/// Less than everything the owner of an API key may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessScope {
    /// Verbs by object; the key `*` holds for objects not named. Actions are written `action NAME`.
    pub objects: BTreeMap<String, BTreeSet<String>>,
    /// Roles that may still be given to others and taken from them, where the owner may.
    #[serde(default)]
    pub gives: BTreeSet<String>,
}

impl AccessScope {
    /// The scope that only reads.
    pub fn read_only() -> Self {
        Self { objects: [("*".to_owned(), BTreeSet::from(["read".to_owned()]))].into(), ..Self::default() }
    }

    fn verbs(&self, object: &str) -> Option<&BTreeSet<String>> {
        self.objects.get(object).or_else(|| self.objects.get("*"))
    }
}

impl Access {
    /// The engine itself.
    pub fn system(actor: Uuid) -> Self {
        Self { administrator: true, auditor: true, system: true, ..Self::none(Arc::new(Member { id: actor, ..Member::default() })) }
    }

    fn none(member: Arc<Member>) -> Self {
        Self {
            member,
            administrator: false,
            auditor: false,
            system: false,
            narrowed: false,
            gives: BTreeSet::new(),
            branches: BTreeSet::new(),
            objects: Arc::default(),
            opened: None,
        }
    }

    /// A member's rights.
    pub fn of_member(schema: &Arc<Schema>, member: Member, now: Timestamp, time_zone: &TimeZone) -> Self {
        let member = Arc::new(member);
        let roles = || member.roles.iter().filter_map(|it| Some((it, schema.roles.get(&it.name)?)));
        let everywhere = |has: fn(&RoleDefinition) -> bool| roles().any(|(held, role)| held.within.is_none() && has(role));
        let (administrator, auditor) = (everywhere(|it| it.administrator), everywhere(|it| it.administrator || it.auditor));
        let objects = if administrator { ByObject::default() } else { ByObject::of_member(schema, member.clone(), now, time_zone.clone()) };
        Self {
            administrator,
            auditor,
            gives: member.gives(schema).into_iter().map(str::to_owned).collect(),
            branches: member.branches(schema).into_iter().collect(),
            objects: Arc::new(objects),
            ..Self::none(member)
        }
    }

    /// The same rights, less what a scope leaves out. Never more than before, and never an administrator's.
    pub fn limited_to(&self, schema: &Arc<Schema>, scope: &AccessScope) -> Self {
        let whole = (!self.is_unlimited()).then(|| self.objects.clone());
        Self {
            narrowed: true,
            branches: self.branches.clone(),
            gives: scope.gives.iter().filter(|it| self.may_give(it)).cloned().collect(),
            objects: Arc::new(ByObject::limited(schema, whole, scope.clone())),
            ..Self::none(self.member.clone())
        }
    }

    /// The same rights with a record open: what covers others until they are opened does not cover it.
    #[must_use]
    pub fn with_opened(&self, record: Uuid) -> Self {
        Self { opened: Some(record), ..self.clone() }
    }

    /// The record that is open.
    pub fn opened(&self) -> Option<Uuid> {
        self.opened
    }

    /// Whether the rights are narrowed below what the roles give: by an API key's scope, or through another member's eyes.
    pub fn is_narrowed(&self) -> bool {
        self.narrowed
    }

    /// Whether the caller may do everything.
    pub fn is_unlimited(&self) -> bool {
        self.system || (self.administrator && !self.narrowed)
    }
    /// Whether this is the engine itself.
    pub fn is_system(&self) -> bool {
        self.system
    }

    /// The rows this verb reaches.
    pub fn reach(&self, object: &Object, verb: Verb) -> Reach {
        if self.is_unlimited() {
            return Reach::everything();
        }
        self.objects.get(&object.name).map_or_else(Reach::nothing, |it| it.reach(verb))
    }

    /// Whether the verb is open to the caller on some rows at least.
    pub fn may(&self, object: &Object, verb: Verb) -> bool {
        self.is_unlimited() || self.objects.get(&object.name).is_some_and(|it| it.is_open(verb))
    }

    /// Whether roles give the verb for an object, on whatever may be read of it: for what is done with a record and does not
    /// change it.
    pub fn is_given(&self, object: &Object, verb: Verb) -> bool {
        self.is_unlimited() || self.objects.get(&object.name).is_some_and(|it| it.verbs.contains(&verb) && it.is_open(Verb::Read))
    }

    /// Fails unless [`Self::may`]; an object that cannot even be read does not exist for the caller.
    pub fn require(&self, object: &Object, verb: Verb) -> Result<()> {
        if self.may(object, verb) {
            Ok(())
        } else if verb == Verb::Read || !self.may(object, Verb::Read) {
            Err(KernelError::NotFound)
        } else {
            Err(KernelError::Forbidden(format!("{} {}", verb.name(), object.name)))
        }
    }

    /// Whether the caller may run an action of an object.
    pub fn may_act(&self, object: &str, action: &str) -> bool {
        self.is_unlimited()
            || self.objects.get(object).is_some_and(|it| {
                (it.actions.contains("*") || it.actions.contains(action)) && !it.refused_actions.contains("*") && !it.refused_actions.contains(action)
            })
    }

    /// What may be done with a field.
    pub fn right(&self, object: &Object, field: &Field) -> FieldRight {
        if self.is_unlimited() {
            return FieldRight::Edit;
        }
        self.objects.get(&object.name).filter(|it| !it.read.is_nothing()).map_or(FieldRight::Hidden, |it| it.fields.right(field))
    }

    /// How a field is shown where it is not known of which record: as of one that lies under every cover the caller meets.
    pub fn shown(&self, object: &Object, field: &Field, place: Place) -> Shown {
        let shown = self.shown_uncovered(object, field, place);
        self.covers_of(object, field).fold(shown, |shown, cover| shown.under(cover.fields.get(field.name()).copied().unwrap_or_default()))
    }

    /// How a field is shown of records that no circle covers. Who asks leaves out, or covers, those that one does.
    pub fn shown_uncovered(&self, object: &Object, field: &Field, place: Place) -> Shown {
        if self.is_unlimited() {
            return Shown::Whole;
        }
        self.objects.get(&object.name).filter(|it| !it.read.is_nothing()).map_or(Shown::No, |it| it.fields.shown(field, place))
    }

    /// How a field is shown of a record with this whole row.
    pub fn shown_of(&self, object: &Object, field: &Field, place: Place, row: &[Value]) -> Shown {
        let shown = self.shown_uncovered(object, field, place);
        let is_open = matches!(row.get(ID), Some(Value::Id(id)) if self.opened == Some(*id));
        let over = self.covers_of(object, field).filter(|it| it.is_over_row(row) && !(is_open && it.until_opened));
        over.fold(shown, |shown, cover| shown.under(cover.fields.get(field.name()).copied().unwrap_or_default()))
    }

    /// What covers a field of some records of an object.
    pub fn covers_of<'a>(&'a self, object: &Object, field: &'a Field) -> impl Iterator<Item = &'a Arc<Cover>> {
        self.fields(object).into_iter().flat_map(|it| it.covers_of(field.name()))
    }

    /// Whether circles cover anything of a record with this whole row.
    pub fn is_covered(&self, object: &Object, row: &[Value]) -> bool {
        self.fields(object).is_some_and(|it| it.is_covered(row))
    }

    /// Whether a field may be named in a sort, a group or a measure: their answers, the cursors of pages among them, show
    /// values of many records. Records of which the field is covered are left out of them.
    pub fn may_group(&self, object: &Object, field: &Field) -> bool {
        self.may_read(object, field) && self.shown_uncovered(object, field, Place::List) == Shown::Whole
    }

    /// A field's text as the caller may see it.
    pub fn text_of(&self, object: &Object, field: &Field, cells: &[Value], place: Place) -> Option<String> {
        Self::text_as(self.shown(object, field, place), field, cells)
    }

    /// A field's text, shown in a way.
    pub fn text_as(shown: Shown, field: &Field, cells: &[Value]) -> Option<String> {
        match shown {
            Shown::No => None,
            Shown::Masked => field.kind().mask(&field.definition, cells),
            Shown::Whole => field.kind().text(&field.definition, cells),
        }
    }

    /// Whether the field may be changed.
    pub fn may_write(&self, object: &Object, field: &Field) -> bool {
        // One who only creates sees none of the records, and fills in what his role lets him.
        self.is_unlimited() || self.objects.get(&object.name).is_some_and(|it| it.fields.right(field) == FieldRight::Edit)
    }

    /// The rights on the fields of an object; `None` where nothing is restricted.
    pub fn fields(&self, object: &Object) -> Option<&FieldRights> {
        if self.is_unlimited() { None } else { self.objects.get(&object.name).map(|it| &it.fields) }
    }

    /// Departments new records of an object must belong to; `None` where any will do.
    pub fn create_within(&self, object: &Object) -> Option<&[Uuid]> {
        if self.is_unlimited() { None } else { self.objects.get(&object.name)?.create_within.as_deref() }
    }

    /// Whether the caller may give a role to others and take it from them.
    pub fn may_give(&self, role: &str) -> bool {
        self.is_unlimited() || self.gives.contains(role)
    }

    /// The departments the caller manages members, departments and teams of, and those below; `None` where he administers
    /// the workspace, or manages none.
    pub fn branches(&self) -> Option<&BTreeSet<Uuid>> {
        Some(&self.branches).filter(|it| !it.is_empty() && !self.is_unlimited())
    }

    /// Fails unless the caller administers the workspace.
    pub fn require_administrator(&self) -> Result<()> {
        if self.is_unlimited() { Ok(()) } else { Err(KernelError::Forbidden("administrators only".into())) }
    }

    /// Fails unless the caller may look into the audit log.
    pub fn require_auditor(&self) -> Result<()> {
        if self.is_unlimited() || (self.auditor && !self.narrowed) { Ok(()) } else { Err(KernelError::Forbidden("auditors only".into())) }
    }
}

impl FieldGate for Access {
    fn may_read(&self, object: &Object, field: &Field) -> bool {
        self.right(object, field) >= FieldRight::Read
    }
}
