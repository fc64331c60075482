//! Indexes for what roles and sharing rules accept, so that a page of those records is read in order and not looked for.
//!
//! An expression is split into its alternatives; of each counts the shape alone: the fields it compares for equality. All
//! rules of one shape, whatever values they name, go in by the same index: the fields, then an order lists are shown in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::{CompareOp, Predicate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::tables::{index, list_orders};
use super::{Field, FieldKind, Label, Object, OpenGate, RowScope, Schema};
use crate::access::{HeldRole, Member, compile_filter};
use crate::store::{Index, IndexRows};

/// Most shapes of one object that get indexes; those most rules have come first. Each costs two indexes, and every record
/// written is put into each.
const MOST_SHAPES: usize = 8;
/// Most fields of a shape; what else an alternative asks for is looked at row by row.
const MOST_FIELDS: usize = 3;

/// What an alternative compares for equality.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// Fields of the record, in the order of their names.
    Own(Vec<String>),
    /// A field of the record that a reference leads to.
    Behind(String, String),
}

/// Adds the indexes that roles and sharing rules need to the tables of their objects.
pub(super) fn add_indexes(schema: &mut Schema) {
    let wanted: Vec<(String, Index)> = schema.objects.values().flat_map(|it| indexes_of(schema, it)).collect();
    for (name, index) in wanted {
        let Some(object) = schema.objects.get_mut(&name).and_then(Arc::get_mut) else { continue };
        if !object.table.indexes.iter().any(|it| it.name == index.name) {
            Arc::make_mut(&mut object.table).indexes.push(index);
        }
    }
}

/// The indexes that rules over an object need, each with the object whose table it is of.
fn indexes_of(schema: &Schema, object: &Arc<Object>) -> Vec<(String, Index)> {
    let mut rules_of: BTreeMap<Shape, usize> = BTreeMap::new();
    for (source, rules) in sources(schema, object) {
        for shape in shapes(schema, object, source) {
            *rules_of.entry(shape).or_default() += rules;
        }
    }
    let mut shapes: Vec<(Shape, usize)> = rules_of.into_iter().collect();
    shapes.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    shapes.iter().take(MOST_SHAPES).flat_map(|it| indexes_of_shape(schema, object, &it.0)).collect()
}

fn indexes_of_shape(schema: &Schema, object: &Object, shape: &Shape) -> Vec<(String, Index)> {
    match shape {
        Shape::Own(fields) => in_order(object, fields),
        Shape::Behind(reference, name) => {
            let mut indexes = in_order(object, std::slice::from_ref(reference));
            let target = object.field(reference).and_then(|it| schema.object(it.target.as_deref()?));
            // Rights ask of the record referred to whether it is deleted or not, so every row of it is found.
            indexes.extend(target.map(|it| (it.name.clone(), index(&it.table.name, &it.fields, &[name.as_str()], false, IndexRows::All))));
            indexes
        }
    }
}

/// An index by some fields for each of the orders of an object's lists.
fn in_order(object: &Object, fields: &[String]) -> Vec<(String, Index)> {
    let mut indexes = Vec::new();
    for order in list_orders(&object.definition, &object.fields) {
        let mut names: Vec<&str> = fields.iter().map(String::as_str).collect();
        names.push(order);
        indexes.push((object.name.clone(), index(&object.table.name, &object.fields, &names, false, IndexRows::Live)));
    }
    indexes
}

/// Roles and sharing rules that `before` did not have, some of whose records can only be looked for one by one: each with the
/// object and what it is called.
pub(crate) fn without_way_in<'s>(before: &Schema, after: &'s Schema) -> Vec<(&'s str, &'s Label)> {
    let mut found = Vec::new();
    let mut look = |object: &str, source: &str, label: &'s Label| {
        let object = after.objects.get(object);
        found.extend(object.filter(|it| !has_way_in(after, it, source)).map(|it| (it.name.as_str(), label)));
    };
    for role in after.roles.values().filter(|it| before.roles.get(&it.name) != Some(*it)) {
        for (object, rights) in &role.objects {
            if let RowScope::When(source) = &rights.read {
                look(object, source, &role.label);
            }
        }
    }
    for rule in after.sharing.iter().filter(|it| !it.paused && !before.sharing.contains(it)) {
        look(&rule.object, &rule.when, &rule.label);
    }
    found
}

/// Whether an index leads to the records of each alternative.
fn has_way_in(schema: &Schema, object: &Arc<Object>, source: &str) -> bool {
    let has_index = |shape: Option<Shape>| {
        let indexes = shape.map(|it| indexes_of_shape(schema, object, &it)).unwrap_or_default();
        let is_there = |(of, index): &(String, Index)| schema.object(of).is_some_and(|it| it.table.indexes.contains(index));
        !indexes.is_empty() && indexes.iter().all(is_there)
    };
    predicates(schema, object, source).iter().all(|predicate| {
        let mut alternatives = Vec::new();
        flatten(predicate, true, &mut alternatives);
        alternatives.into_iter().all(|it| *it == Predicate::True || *it == Predicate::False || has_index(shape(schema, object, it)))
    })
}

/// The expressions that open records of an object to somebody, each with how many roles and rules have it.
fn sources<'s>(schema: &'s Schema, object: &Object) -> BTreeMap<&'s str, usize> {
    let mut found = BTreeMap::new();
    let scopes = schema.roles.values().filter_map(|it| it.rights(&object.definition)).filter_map(|it| match &it.read {
        RowScope::When(source) => Some(source.as_str()),
        _ => None,
    });
    let rules = schema.sharing.iter().filter(|it| it.object == object.name && !it.paused);
    for source in scopes.chain(rules.map(|it| it.when.as_str())) {
        *found.entry(source).or_default() += 1;
    }
    found
}

/// The shapes of an expression's alternatives, each once.
fn shapes(schema: &Schema, object: &Arc<Object>, source: &str) -> BTreeSet<Shape> {
    let mut found = BTreeSet::new();
    for predicate in predicates(schema, object, source) {
        let mut alternatives = Vec::new();
        flatten(&predicate, true, &mut alternatives);
        found.extend(alternatives.into_iter().filter_map(|it| shape(schema, object, it)));
    }
    found
}

/// What an expression comes to. Values do not matter, so anybody may stand for the caller: once one who holds every role, once
/// one who holds none, since an expression may ask for roles.
fn predicates(schema: &Schema, object: &Arc<Object>, source: &str) -> Vec<Predicate> {
    let some = [1, 2].map(Uuid::from_u128).to_vec();
    let somebody = Member {
        own_departments: some.clone(),
        subordinates: some.clone(),
        teams: some.clone(),
        ..Member::of(some[0], Vec::new(), Some(some[0]), some.clone())
    };
    let every = Member { roles: schema.roles.keys().map(HeldRole::from).collect(), ..somebody.clone() };
    let members = if source.contains("me.") { vec![every, somebody] } else { vec![somebody] };
    // One that does not compile has been told of by whoever checks roles and rules.
    let compile = |member: &Member| compile_filter(schema, object, source, &OpenGate, member, Timestamp::UNIX_EPOCH, &TimeZone::UTC).ok();
    members.iter().filter_map(compile).collect()
}

/// The parts of a disjunction, or of a conjunction.
fn flatten<'p>(predicate: &'p Predicate, any: bool, parts: &mut Vec<&'p Predicate>) {
    match (predicate, any) {
        (Predicate::Or(all), true) | (Predicate::And(all), false) => all.iter().for_each(|it| flatten(it, any, parts)),
        (one, _) => parts.push(one),
    }
}

/// The shape of one alternative; none where nothing of it is compared for equality.
fn shape(schema: &Schema, object: &Object, alternative: &Predicate) -> Option<Shape> {
    let mut parts = Vec::new();
    flatten(alternative, false, &mut parts);
    let mut equal: Vec<String> = Vec::new();
    let mut behind = None;
    for part in parts {
        let (Predicate::Compare { path, op: CompareOp::Eq, .. } | Predicate::In { path, negated: false, .. }) = part else { continue };
        match path.as_slice() {
            [name] => {
                let Some(field) = object.field(name).filter(|it| leads(it)) else { continue };
                // Few records name one and the same other record.
                if field.is_reference() && field.definition.kind != FieldKind::Department {
                    return Some(Shape::Own(vec![name.clone()]));
                }
                if equal.len() < MOST_FIELDS && !equal.contains(name) {
                    equal.push(name.clone());
                }
            }
            [reference, name] => {
                behind = behind.or_else(|| refers_by(schema, object, reference, name).then(|| Shape::Behind(reference.clone(), name.clone())))
            }
            _ => {}
        }
    }
    equal.sort_unstable();
    // What is found through another record is fewer than those of a kind.
    behind.or_else(|| (!equal.is_empty()).then_some(Shape::Own(equal)))
}

/// Whether an index may begin with a field.
fn leads(field: &Field) -> bool {
    let sorts_apart = field.parts.iter().any(|it| it.name == "sort");
    let kind = field.definition.kind;
    let is_short = field.is_reference()
        || matches!(kind, FieldKind::Boolean | FieldKind::Select | FieldKind::Number | FieldKind::Date | FieldKind::Datetime | FieldKind::Duration);
    is_short && !sorts_apart && field.link.is_none() && !field.is_file() && field.name() != "id" && field.part("").is_some()
}

/// Whether the records referred to are found by the value of one of their fields: those of one owner, of one department.
fn refers_by(schema: &Schema, object: &Object, reference: &str, name: &str) -> bool {
    let Some(field) = object.field(reference).filter(|it| leads(it) && it.is_reference()) else { return false };
    let target = field.target.as_deref().and_then(|it| schema.object(it));
    target.and_then(|it| it.field(name)).is_some_and(|it| it.is_reference() && leads(it))
}
