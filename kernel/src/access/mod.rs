//! What a caller may do: roles of the member, worked out once per request into predicates and field sets.
//!
//! The basic model: roles combine by union; a row scope becomes a predicate in the expression language that the read
//! and write paths AND into every statement. The fuller model (deny rules, masks, sharing) extends [`ObjectAccess`]
//! without touching callers.

mod cache;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_expr::{EvalContext, Predicate, Value, check, fold, to_predicate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::error::{KernelError, Result};
use crate::schema::{Field, FieldGate, Object, ObjectRights, ObjectScope, OpenGate, RowScope, Schema};

pub use cache::AccessCache;

/// What may be done to records of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the verbs of the permission matrix")]
pub enum Verb {
    Read,
    Create,
    Update,
    Delete,
    Import,
    Export,
    Bulk,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Export => "export",
            Self::Bulk => "bulk",
        }
    }
}

/// A member as far as rights are concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// User id.
    pub id: Uuid,
    /// Names of the roles held.
    pub roles: Vec<String>,
    /// Main department.
    pub department: Option<Uuid>,
    /// That department and all below it.
    pub departments: Vec<Uuid>,
}

/// Rights of one caller.
#[derive(Debug)]
pub struct Access {
    /// The member.
    pub member: Member,
    /// May administer the workspace.
    pub administrator: bool,
    /// The engine itself: everything.
    system: bool,
    objects: HashMap<String, ObjectAccess>,
}

/// Rights on one object.
#[derive(Debug, Clone)]
pub struct ObjectAccess {
    read: Predicate,
    update: Predicate,
    delete: Predicate,
    create: bool,
    import: bool,
    export: bool,
    bulk: bool,
    actions: BTreeSet<String>,
    hidden: BTreeSet<String>,
    read_only: BTreeSet<String>,
}

impl Access {
    /// The engine itself.
    pub fn system(actor: Uuid) -> Self {
        Self { member: Member { id: actor, ..Member::default() }, administrator: true, system: true, objects: HashMap::new() }
    }

    /// Works out a member's rights.
    pub fn of_member(schema: &Schema, member: Member, now: Timestamp, time_zone: &TimeZone) -> Result<Self> {
        let roles: Vec<_> = member.roles.iter().filter_map(|it| schema.roles.get(it)).collect();
        let administrator = roles.iter().any(|it| it.administrator);
        let mut objects = HashMap::new();
        if !administrator {
            for object in schema.objects.values() {
                let rights = roles.iter().filter_map(|role| role.objects.get(&object.name).or_else(|| role.objects.get("*")));
                if let Some(access) = combine(schema, object, rights, &member, now, time_zone)? {
                    objects.insert(object.name.clone(), access);
                }
            }
        }
        Ok(Self { member, administrator, system: false, objects })
    }

    /// Whether the caller may do everything.
    pub fn is_unlimited(&self) -> bool {
        self.system || self.administrator
    }
    /// Whether this is the engine itself.
    pub fn is_system(&self) -> bool {
        self.system
    }

    /// The rows this verb reaches. `Predicate::False` where the object is closed.
    pub fn rows(&self, object: &Object, verb: Verb) -> Predicate {
        if self.is_unlimited() {
            return Predicate::True;
        }
        let Some(access) = self.objects.get(&object.name) else { return Predicate::False };
        match verb {
            Verb::Read => access.read.clone(),
            Verb::Update => both(&access.read, &access.update),
            Verb::Delete => both(&access.read, &access.delete),
            Verb::Create => {
                if access.create {
                    Predicate::True
                } else {
                    Predicate::False
                }
            }
            Verb::Import => {
                if access.import {
                    Predicate::True
                } else {
                    Predicate::False
                }
            }
            Verb::Export => {
                if access.export {
                    access.read.clone()
                } else {
                    Predicate::False
                }
            }
            Verb::Bulk => {
                if access.bulk {
                    both(&access.read, &access.update)
                } else {
                    Predicate::False
                }
            }
        }
    }

    /// Whether the verb is open to the caller on some rows at least.
    pub fn may(&self, object: &Object, verb: Verb) -> bool {
        self.rows(object, verb) != Predicate::False
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
        self.is_unlimited() || self.objects.get(object).is_some_and(|it| it.actions.contains("*") || it.actions.contains(action))
    }

    /// Whether the field may be changed.
    pub fn may_write(&self, object: &Object, field: &Field) -> bool {
        self.is_unlimited()
            || self.objects.get(&object.name).is_some_and(|it| !it.hidden.contains(field.name()) && !it.read_only.contains(field.name()))
    }

    /// Fails unless the caller administers the workspace.
    pub fn require_administrator(&self) -> Result<()> {
        if self.is_unlimited() { Ok(()) } else { Err(KernelError::Forbidden("administrators only".into())) }
    }
}

impl FieldGate for Access {
    fn may_read(&self, object: &Object, field: &Field) -> bool {
        self.is_unlimited() || self.objects.get(&object.name).is_some_and(|it| it.read != Predicate::False && !it.hidden.contains(field.name()))
    }
}

fn both(left: &Predicate, right: &Predicate) -> Predicate {
    match (left, right) {
        (Predicate::True, it) | (it, Predicate::True) => it.clone(),
        (Predicate::False, _) | (_, Predicate::False) => Predicate::False,
        (left, right) if left == right => left.clone(),
        (left, right) => Predicate::And(vec![left.clone(), right.clone()]),
    }
}

fn either(left: Predicate, right: Predicate) -> Predicate {
    match (left, right) {
        (Predicate::False, it) | (it, Predicate::False) => it,
        (Predicate::True, _) | (_, Predicate::True) => Predicate::True,
        (left, right) if left == right => left,
        (left, right) => Predicate::Or(vec![left, right]),
    }
}

impl ObjectAccess {
    fn writes(&self) -> bool {
        self.create || self.update != Predicate::False
    }
}

/// What two roles both withhold; a role that does not open the object at all has no say.
fn shared(left: &BTreeSet<String>, left_counts: bool, right: &BTreeSet<String>, right_counts: bool) -> BTreeSet<String> {
    match (left_counts, right_counts) {
        (true, false) => left.clone(),
        (false, true) => right.clone(),
        _ => left.intersection(right).cloned().collect(),
    }
}

/// The union of what several roles give on one object.
fn combine<'a>(
    schema: &Schema,
    object: &Arc<Object>,
    rights: impl Iterator<Item = &'a ObjectRights>,
    member: &Member,
    now: Timestamp,
    time_zone: &TimeZone,
) -> Result<Option<ObjectAccess>> {
    let mut all: Option<ObjectAccess> = None;
    for right in rights {
        let scope = |it: &RowScope| scope_predicate(schema, object, it, member, now, time_zone);
        let next = ObjectAccess {
            read: scope(&right.read)?,
            update: scope(&right.update)?,
            delete: scope(&right.delete)?,
            create: right.create,
            import: right.import,
            export: right.export,
            bulk: right.bulk,
            actions: right.actions.iter().cloned().collect(),
            hidden: right.hidden_fields.iter().cloned().collect(),
            read_only: right.read_only_fields.iter().cloned().collect(),
        };
        all = Some(match all {
            None => next,
            Some(before) => ObjectAccess {
                // Hidden only where every role that opens the object hides it; read-only where every role that writes says so.
                hidden: shared(&before.hidden, before.read != Predicate::False, &next.hidden, next.read != Predicate::False),
                read_only: shared(&before.read_only, before.writes(), &next.read_only, next.writes()),
                read: either(before.read, next.read),
                update: either(before.update, next.update),
                delete: either(before.delete, next.delete),
                create: before.create || next.create,
                import: before.import || next.import,
                export: before.export || next.export,
                bulk: before.bulk || next.bulk,
                actions: before.actions.union(&next.actions).cloned().collect(),
            },
        });
    }
    Ok(all)
}

fn scope_predicate(
    schema: &Schema,
    object: &Arc<Object>,
    scope: &RowScope,
    member: &Member,
    now: Timestamp,
    time_zone: &TimeZone,
) -> Result<Predicate> {
    let owned = object.definition.owned;
    let source = match scope {
        RowScope::None => return Ok(Predicate::False),
        RowScope::All => return Ok(Predicate::True),
        RowScope::Own | RowScope::Department | RowScope::DepartmentTree if !owned => "created_by == me.id".to_owned(),
        RowScope::Own => "owner == me.id".to_owned(),
        RowScope::Department => "owner == me.id || department == me.department".to_owned(),
        RowScope::DepartmentTree => "owner == me.id || department in me.departments".to_owned(),
        RowScope::When(source) => source.clone(),
    };
    compile_filter(schema, object, &source, &OpenGate, member, now, time_zone)
}

/// Checks a filter over an object, folds in the caller and the time, and gives its predicate.
pub fn compile_filter(
    schema: &Schema,
    object: &Arc<Object>,
    source: &str,
    gate: &dyn FieldGate,
    member: &Member,
    now: Timestamp,
    time_zone: &TimeZone,
) -> Result<Predicate> {
    let scope = ObjectScope { schema, object, gate, follow: true };
    let fail = |error: guanxi_expr::ExprError| KernelError::BadRequest {
        code: "bad_filter",
        message: crate::schema::Label::new(error.message_zh.clone(), error.message_en.clone()),
        field: None,
        position: error.position.as_ref().map(|it| it.offset),
    };
    let checked = check(source, &scope).map_err(fail)?;
    if checked.ty != guanxi_expr::Type::Bool {
        return Err(KernelError::bad_request("bad_filter", "筛选条件的结果应为“是/否”", "a filter must be true or false"));
    }
    let lookup = |path: &[String]| me_value(member, path);
    let context = EvalContext { now, time_zone, lookup: &lookup };
    let folded = fold(checked.root, &context, &|path| path.first().is_some_and(|it| it == "me"))
        .map_err(|error| KernelError::bad_request("bad_filter", error.to_string(), error.to_string()))?;
    let predicate = to_predicate(&folded).map_err(fail)?;
    if has_nul(&predicate) {
        return Err(KernelError::bad_request("bad_filter", "筛选条件中不能有空字符（NUL）", "a filter cannot hold the NUL character"));
    }
    Ok(predicate)
}

/// Whether a text in it holds the character no text of a record can hold.
fn has_nul(predicate: &Predicate) -> bool {
    let nul = |value: &Value| value.as_text().is_some_and(|it| it.contains('\0'));
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(has_nul),
        Predicate::Compare { value, .. } | Predicate::ListContains { value, .. } => nul(value),
        Predicate::In { values, .. } | Predicate::ListContainsAny { values, .. } => values.iter().any(nul),
        Predicate::Text { value, .. } => value.contains('\0'),
        Predicate::True | Predicate::False | Predicate::ComparePaths { .. } | Predicate::IsNull(_) | Predicate::NotNull(_) => false,
    }
}

/// What `me` means.
fn me_value(member: &Member, path: &[String]) -> Value {
    match path.get(1).map(String::as_str) {
        Some("id") => Value::Id(member.id),
        Some("department") => member.department.map_or(Value::Null, Value::Id),
        Some("departments") => Value::List(member.departments.iter().copied().map(Value::Id).collect()),
        Some("roles") => Value::List(member.roles.iter().cloned().map(Value::Text).collect()),
        _ => Value::Null,
    }
}
