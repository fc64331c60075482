//! A naive engine in memory: whole tables in maps, expressions evaluated row by row.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_expr::{Checked, EvalContext, Value, check, evaluate};
use guanxi_kernel::access::{HeldRole, Member, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::link_targets;
use guanxi_kernel::schema::{Audience, DELETED_AT, DenyRights, FieldRight, ID, ObjectRights, ObjectScope, OpenGate, RowScope, Schema, SharingRule};
use guanxi_kernel::store::{Condition, Select, StoreExt};
use uuid::Uuid;

use crate::fixture::Fixture;

/// All rows of some objects, with their links.
pub struct Model {
    pub rows: BTreeMap<String, BTreeMap<Uuid, Vec<Value>>>,
    links: BTreeMap<(String, Uuid), Value>,
}

/// Who asks, when, under which definitions.
pub struct Asker<'a> {
    pub schema: &'a Schema,
    pub member: &'a Member,
    pub now: jiff::Timestamp,
}

impl<'a> Asker<'a> {
    pub fn of(context: &'a Context) -> Self {
        Self { schema: &context.schema, member: &context.access.member, now: context.now }
    }
}

/// Which records and fields the one who asks can see: `None` sees all.
pub type Sight<'a> = Option<&'a Rights>;

impl Model {
    pub fn load(it: &Fixture, objects: &[&str]) -> Self {
        let mut model = Self { rows: BTreeMap::new(), links: BTreeMap::new() };
        for name in objects {
            let object = it.object(name);
            it.workspace
                .store
                .read_with(|tx| {
                    let rows = tx.rows(&Select::all(&object.table, Condition::True))?;
                    for row in rows {
                        let Some(Value::Id(id)) = row.get(ID).cloned() else { continue };
                        for field in object.fields.iter().filter(|it| it.link.is_some()) {
                            let targets = link_targets(tx, field, id)?.into_iter().map(Value::Id).collect();
                            model.links.insert((format!("{name}.{}", field.name()), id), Value::List(targets));
                        }
                        model.rows.entry((*name).to_owned()).or_default().insert(id, row);
                    }
                    Ok(())
                })
                .unwrap();
        }
        model
    }

    pub fn live(&self, object: &str) -> impl Iterator<Item = (Uuid, &Vec<Value>)> {
        self.rows[object].iter().filter(|(_, row)| row[DELETED_AT].is_null()).map(|(id, row)| (*id, row))
    }

    /// The value of a path from a record, as far as `sight` reaches.
    fn value(&self, schema: &Schema, object: &str, id: Uuid, path: &[String], sight: Sight<'_>) -> Value {
        let Some((first, rest)) = path.split_first() else { return Value::Null };
        let Some(row) = self.rows.get(object).and_then(|it| it.get(&id)) else { return Value::Null };
        let field = schema.object(object).unwrap().field(first).unwrap();
        if field.link.is_some() {
            return self.links[&(format!("{object}.{first}"), id)].clone();
        }
        if let Some(part) = field.part(&rest.join(".")) {
            return row[part.column].clone();
        }
        let Some(Value::Id(next)) = field.part("").map(|it| row[it.column].clone()) else { return Value::Null };
        let target = field.target.as_deref().unwrap();
        if sight.is_some_and(|it| !it.sees(target, next)) { Value::Null } else { self.value(schema, target, next, rest, sight) }
    }

    /// Whether an expression holds of a record.
    pub fn holds(&self, asker: &Asker<'_>, object: &str, id: Uuid, checked: &Checked, sight: Sight<'_>) -> bool {
        let (schema, member) = (asker.schema, asker.member);
        let lookup = |path: &[String]| match path {
            [me, what] if me == "me" => match what.as_str() {
                "id" => Value::Id(member.id),
                "department" => member.department.map_or(Value::Null, Value::Id),
                "selves" => Value::List(member.selves().into_iter().map(Value::Id).collect()),
                "departments" => Value::List(member.departments.iter().copied().map(Value::Id).collect()),
                _ => Value::List(member.roles.iter().map(|it| Value::Text(it.name.clone())).collect()),
            },
            path => self.value(schema, object, id, path, sight),
        };
        let context = EvalContext { now: asker.now, time_zone: &jiff::tz::TimeZone::UTC, lookup: &lookup };
        evaluate(&checked.root, &context).unwrap().is_true()
    }
}

/// Checks an expression with every name open.
pub fn checked(schema: &Schema, object: &str, source: &str) -> Checked {
    let object = schema.object(object).unwrap();
    check(source, &ObjectScope { schema, object, gate: &OpenGate, follow: true }).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// What a member may do, worked out without the engine.
#[derive(Default)]
pub struct Rights {
    pub read: BTreeMap<String, BTreeSet<Uuid>>,
    pub update: BTreeMap<String, BTreeSet<Uuid>>,
    pub delete: BTreeMap<String, BTreeSet<Uuid>>,
    /// Fields that cannot be named.
    pub closed: BTreeMap<String, BTreeSet<String>>,
    /// Of those the ones that are not even shown covered.
    pub absent: BTreeMap<String, BTreeSet<String>>,
    /// Fields that may be changed, of records that may.
    pub edit: BTreeMap<String, BTreeSet<String>>,
    /// By object and field, the records of which it is frozen.
    pub frozen: BTreeMap<(String, String), BTreeSet<Uuid>>,
    /// Objects whose records may be exported.
    pub export: BTreeSet<String>,
}

/// Records shared with the one who asks.
pub type Shared = BTreeMap<Uuid, ShareLevel>;

impl Rights {
    pub fn work_out(model: &Model, asker: &Asker<'_>, shared: &Shared) -> Self {
        let (schema, member) = (asker.schema, asker.member);
        let mut it = Self::default();
        for name in model.rows.keys() {
            let held: Vec<(&HeldRole, &ObjectRights)> = member
                .roles
                .iter()
                .map(|it| (it, &schema.roles[&it.name]))
                .filter_map(|(held, it)| Some((held, it.objects.get(name).or_else(|| it.objects.get("*"))?)))
                .collect();
            let rights: Vec<&ObjectRights> = held.iter().map(|it| it.1).collect();
            let rules: Vec<&SharingRule> =
                schema.sharing.iter().filter(|it| it.object == *name && !it.paused && is_meant(&it.with, member)).collect();
            let reach = |scope: fn(&ObjectRights) -> &RowScope, deny: fn(&DenyRights) -> &RowScope, least: ShareLevel| -> BTreeSet<Uuid> {
                let reading = least == ShareLevel::Read;
                let given = |id: Uuid| {
                    held.iter()
                        .any(|(held, right)| in_scope(model, asker, name, id, scope(right)) && is_within(model, schema, name, id, held, reading))
                };
                let ruled = |id: Uuid| {
                    rules.iter().any(|it| {
                        let gives = reading || (it.write && least == ShareLevel::Write);
                        gives && model.holds(asker, name, id, &checked(schema, name, &it.when), None)
                    })
                };
                let shares = |id: Uuid| shared.get(&id).is_some_and(|level| *level >= least);
                let denied = |id: Uuid| rights.iter().any(|right| in_scope(model, asker, name, id, deny(&right.deny)));
                model.rows[name].keys().copied().filter(|id| (given(*id) || ruled(*id) || shares(*id)) && !denied(*id)).collect()
            };
            let read = reach(|it| &it.read, |it| &it.read, ShareLevel::Read);
            let both = |of: BTreeSet<Uuid>| of.intersection(&read).copied().collect::<BTreeSet<_>>();
            it.update.insert(name.clone(), both(reach(|it| &it.update, |it| &it.update, ShareLevel::Write)));
            it.delete.insert(name.clone(), both(reach(|it| &it.delete, |it| &it.delete, ShareLevel::Manage)));
            it.read.insert(name.clone(), read);
            let object = schema.object(name).unwrap();
            let mut opening: Vec<&&ObjectRights> = rights.iter().filter(|it| it.read != RowScope::None).collect();
            if opening.is_empty() {
                opening = rights.iter().collect();
            }
            if rights.iter().any(|it| it.export) && !rights.iter().any(|it| it.deny.verbs.contains("export")) {
                it.export.insert(name.clone());
            }
            // Who may change a record by a share or a rule changes what his roles would let him change of his own.
            let besides = (name == "account" && !shared.is_empty()) || rules.iter().any(|it| it.write);
            for field in &object.fields {
                let word = |right: &&&ObjectRights| right.fields.get(field.name()).copied().unwrap_or(FieldRight::Edit);
                let given = opening.iter().map(word).max().unwrap_or(FieldRight::Edit);
                let ceiling = rights.iter().filter_map(|it| it.deny.fields.get(field.name()).copied()).min().unwrap_or(FieldRight::Edit);
                let right = given.min(ceiling);
                let writers: Vec<&&ObjectRights> =
                    rights.iter().filter(|it| (besides || it.update != RowScope::None) && word(it) == FieldRight::Edit).collect();
                if right >= FieldRight::Read && ceiling == FieldRight::Edit && !writers.is_empty() {
                    it.edit.entry(name.clone()).or_default().insert(field.name().to_owned());
                    let holds = |id: Uuid, when: &str| model.holds(asker, name, id, &checked(schema, name, when), None);
                    let freezes =
                        |right: &ObjectRights, id: Uuid| right.freeze.iter().any(|it| it.fields.contains(field.name()) && holds(id, &it.when));
                    let frozen = model.rows[name].keys().copied().filter(|id| writers.iter().all(|it| freezes(it, *id)));
                    it.frozen.insert((name.clone(), field.name().to_owned()), frozen.collect());
                }
                if right < FieldRight::Read {
                    it.closed.entry(name.clone()).or_default().insert(field.name().to_owned());
                }
                if right == FieldRight::Hidden || (right == FieldRight::Masked && field.target.is_some()) {
                    it.absent.entry(name.clone()).or_default().insert(field.name().to_owned());
                }
            }
            it.closed.entry(name.clone()).or_default();
            it.absent.entry(name.clone()).or_default();
        }
        it
    }

    pub fn sees(&self, object: &str, id: Uuid) -> bool {
        self.read.get(object).is_some_and(|it| it.contains(&id))
    }

    pub fn may_name(&self, object: &str, field: &str) -> bool {
        !self.closed[object].contains(field)
    }

    /// Whether anything of a field is shown.
    pub fn shows(&self, object: &str, field: &str) -> bool {
        !self.absent[object].contains(field)
    }
}

fn in_scope(model: &Model, asker: &Asker<'_>, object: &str, id: Uuid, scope: &RowScope) -> bool {
    let (schema, member) = (asker.schema, asker.member);
    let definition = schema.object(object).unwrap();
    let value = |name: &str| definition.field(name).and_then(|it| it.part("")).map_or(Value::Null, |it| model.rows[object][&id][it.column].clone());
    let of =
        |people: &[Uuid]| matches!(value(if definition.definition.owned { "owner" } else { "created_by" }), Value::Id(it) if people.contains(&it));
    let selves: Vec<Uuid> = std::iter::once(member.id).chain(member.substitutes.iter().copied()).collect();
    let own = of(&selves);
    let department = |ids: &[Uuid]| definition.definition.owned && matches!(value("department"), Value::Id(it) if ids.contains(&it));
    match scope {
        RowScope::None => false,
        RowScope::All => true,
        RowScope::Own => own,
        RowScope::Department => own || department(&member.own_departments),
        RowScope::DepartmentTree => own || department(&member.departments),
        RowScope::Subordinates => own || of(&member.subordinates),
        RowScope::Departments(ids) => {
            // Walked upwards in the table itself: the engine walks its own tree downwards.
            let mut at = value("department");
            while let Value::Id(id) = at {
                if ids.contains(&id) {
                    return definition.definition.owned;
                }
                at = above(model, schema, id);
            }
            false
        }
        RowScope::When(source) => model.holds(asker, object, id, &checked(schema, object, source), None),
    }
}

/// The department above another.
fn above(model: &Model, schema: &Schema, id: Uuid) -> Value {
    let parent = schema.object("department").and_then(|it| it.field("parent")).and_then(|it| it.part(""));
    parent.and_then(|it| model.rows["department"].get(&id).map(|row| row[it.column].clone())).unwrap_or(Value::Null)
}

/// Whether a role's departments, if it is held within some, have the record.
fn is_within(model: &Model, schema: &Schema, object: &str, id: Uuid, held: &HeldRole, reading: bool) -> bool {
    let Some(within) = &held.within else { return true };
    match schema.object(object).unwrap().field("department").and_then(|it| it.part("")) {
        Some(part) => matches!(&model.rows[object][&id][part.column], Value::Id(it) if within.contains(it)),
        None => reading,
    }
}

fn is_meant(audience: &Audience, member: &Member) -> bool {
    audience.members.contains(&member.id) || member.roles.iter().any(|it| it.within.is_none() && audience.roles.contains(&it.name))
}
