//! Circles: records whose members see what lies in them, though it is nobody's, with some of it covered until it is
//! somebody's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::{Predicate, Value};
use uuid::Uuid;

use super::rows::Asking;
use super::{Access, Verb};
use crate::context::Context;
use crate::schema::{FieldRight, InCircleDefinition, Object};
use crate::store::{ColumnRef, Condition};

/// A circle as far as rights follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Its record.
    pub id: Uuid,
    /// The object it is a record of.
    pub object: String,
    /// Fields nobody but its keepers sees of what lies in it.
    pub hidden: BTreeSet<String>,
    /// Fields shown covered.
    pub masked: BTreeSet<String>,
    /// How many different records in it a member may open in a day, where nothing else is said for him or his roles; any number
    /// where absent.
    pub daily_views: Option<u64>,
}

/// What a member is to a circle; each includes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// He does not belong to it.
    Outside,
    /// He sees what lies in it, as far as it is not covered.
    Member,
    /// He sees it whole, and may change and assign it.
    Keeper,
}

/// A circle and what a member is to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCircle {
    /// The circle.
    pub circle: Arc<Circle>,
    /// What the member is to it.
    pub standing: Standing,
    /// He is one of those it is for, whether it is open to them now or not, and whether he keeps it or not.
    pub belongs: bool,
    /// How many different records in it he may open in a day; any number where absent.
    pub daily_views: Option<u64>,
}

/// Fields covered of the records that lie in some circles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The circles, in order.
    pub circles: Vec<Uuid>,
    /// Column of the record that names its circle.
    pub circle_column: usize,
    /// Column that is empty while the record lies in it.
    pub empty_column: usize,
    /// The fields, hidden or masked.
    pub fields: BTreeMap<String, FieldRight>,
    /// It is lifted from a record while that one is open ([`Access::with_opened`]).
    pub until_opened: bool,
}

impl Cover {
    /// Whether it is over a record with these two cells.
    pub fn is_over(&self, circle: Option<&Value>, empty: Option<&Value>) -> bool {
        let lies = |it: &Value| matches!(it, Value::Id(id) if self.circles.binary_search(id).is_ok());
        empty.is_none_or(Value::is_null) && circle.is_some_and(lies)
    }

    /// Whether it is over a whole row of the object's table.
    pub fn is_over_row(&self, row: &[Value]) -> bool {
        self.is_over(row.get(self.circle_column), row.get(self.empty_column))
    }

    /// The rows it is not over, where the object's table stands at a position of a statement.
    pub fn others(&self, table: usize) -> Condition {
        let circle = ColumnRef::of(table, self.circle_column);
        let circles = self.circles.iter().copied().map(Value::Id).collect();
        Condition::Or(vec![
            Condition::NotNull(ColumnRef::of(table, self.empty_column)),
            Condition::IsNull(circle),
            Condition::In(circle, circles, true),
        ])
    }
}

/// The circles a record of an object can lie in, of those a member knows of.
fn circles_of<'m>(asking: &'m Asking<'_>, lies: &InCircleDefinition) -> impl Iterator<Item = &'m HeldCircle> {
    let target = asking.object.field(&lies.circle).and_then(|it| it.target.clone());
    asking.member.circles.iter().filter(move |it| target.as_ref() == Some(&it.circle.object))
}

impl Asking<'_> {
    /// The records that lie in circles to which the member is at least so much.
    pub(super) fn open_in_circles(&self, least: Standing) -> Predicate {
        let Some(lies) = &self.object.definition.in_circle else { return Predicate::False };
        let ids: Vec<Value> = circles_of(self, lies).filter(|it| it.standing >= least).map(|it| Value::Id(it.circle.id)).collect();
        if ids.is_empty() {
            return Predicate::False;
        }
        let inside = Predicate::In { path: vec![lies.circle.clone()], values: ids, negated: false };
        Predicate::And(vec![inside, Predicate::IsNull(vec![lies.while_empty.clone()])])
    }
}

impl Access {
    /// Whether the verb reaches records of an object because they lie in circles.
    pub(super) fn opens_circles(&self, context: &Context, object: &Arc<Object>, verb: Verb) -> bool {
        let least = match verb {
            Verb::Read => Standing::Member,
            Verb::Update | Verb::Assign => Standing::Keeper,
            _ => return false,
        };
        let asking = Asking { schema: &context.schema, object, member: &self.member, now: context.now, time_zone: &context.time_zone };
        asking.open_in_circles(least) != Predicate::False
    }
}

/// What of the object's records is covered for the member.
pub(super) fn covers(asking: &Asking<'_>) -> Vec<Arc<Cover>> {
    let object: &Object = asking.object;
    let Some(lies) = &object.definition.in_circle else { return Vec::new() };
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| it.column);
    let (Some(circle_column), Some(empty_column)) = (column(&lies.circle), column(&lies.while_empty)) else { return Vec::new() };
    let mut alike: BTreeMap<BTreeMap<String, FieldRight>, Vec<Uuid>> = BTreeMap::new();
    let mut counted: Vec<Uuid> = Vec::new();
    for held in circles_of(asking, lies).filter(|it| it.standing < Standing::Keeper) {
        counted.extend(held.daily_views.map(|_| held.circle.id));
        let mut fields = BTreeMap::new();
        for name in &lies.coverable {
            // What is both hidden and masked is hidden.
            let names = [Some(name), lies.covered_with.get(name)];
            let is_named = |among: &BTreeSet<String>| names.iter().flatten().any(|it| among.contains(*it));
            let right = if is_named(&held.circle.hidden) {
                FieldRight::Hidden
            } else if is_named(&held.circle.masked) {
                FieldRight::Masked
            } else {
                continue;
            };
            fields.insert(name.clone(), right);
        }
        // What is worked out of something hidden would tell it.
        let tells = |field: &&crate::schema::Field| {
            let paths = field.formula.iter().flat_map(guanxi_expr::Checked::paths);
            paths.into_iter().any(|path| path.first().is_some_and(|it| fields.contains_key(it)))
        };
        let told: Vec<String> = object.fields.iter().filter(tells).map(|it| it.name().to_owned()).collect();
        fields.extend(told.into_iter().map(|it| (it, FieldRight::Hidden)));
        if !fields.is_empty() {
            alike.entry(fields).or_default().push(held.circle.id);
        }
    }
    let cover = |fields: BTreeMap<String, FieldRight>, mut circles: Vec<Uuid>, until_opened: bool| {
        circles.sort_unstable();
        Arc::new(Cover { circles, circle_column, empty_column, fields, until_opened })
    };
    let mut covers: Vec<Arc<Cover>> = alike.into_iter().map(|(fields, circles)| cover(fields, circles, false)).collect();
    if !counted.is_empty() {
        covers.push(cover(closed_fields(object, lies).map(|it| (it.to_owned(), FieldRight::Hidden)).collect(), counted, true));
    }
    covers
}

/// What is not shown of a record nobody opened yet: all but its title, what the engine keeps of every record, where it lies
/// and what is open to see. What is worked out of something closed would tell it.
pub(crate) fn closed_fields<'o>(object: &'o Object, lies: &'o InCircleDefinition) -> impl Iterator<Item = &'o str> {
    let is_plain_open = move |name: &str| {
        let is_told = name == object.definition.title_field || name == lies.circle || name == lies.while_empty;
        is_told || lies.open_to_see.iter().any(|it| it == name) || object.field(name).is_some_and(|it| it.is_engine_managed())
    };
    let tells = move |field: &crate::schema::Field| {
        let mut paths = field.formula.iter().flat_map(guanxi_expr::Checked::paths);
        paths.any(|path| path.first().is_some_and(|it| !is_plain_open(it)))
    };
    let fields = object.fields.iter().filter(move |it| !is_plain_open(it.name()) || tells(it));
    fields.map(crate::schema::Field::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_over_what_lies_in_its_circles_and_is_nobodys() {
        let id = Uuid::from_u128;
        let cover = Cover { circles: vec![id(1), id(2)], circle_column: 0, empty_column: 1, fields: BTreeMap::new(), until_opened: false };
        let over = |circle: Value, owner: Value| cover.is_over_row(&[circle, owner]);
        assert!(over(Value::Id(id(2)), Value::Null));
        assert!(!over(Value::Id(id(3)), Value::Null), "another circle");
        assert!(!over(Value::Null, Value::Null), "no circle");
        assert!(!over(Value::Id(id(2)), Value::Id(id(9))), "somebody's");
        assert!(!cover.is_over_row(&[]), "of a row that tells nothing it is unknown where it lies; who asks must have both cells");
    }
}
