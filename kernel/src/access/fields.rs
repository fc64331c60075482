//! What a caller may do with the fields of an object.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_expr::{Checked, Value};

use super::circles::Cover;
use crate::schema::{Field, FieldGate, FieldRight, Object, ObjectRights, Schema};

/// Where a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// On the record's own page, where one record is asked for by its id.
    Record,
    /// Everywhere else: lists, search, labels of references, exports, groups, the feed.
    #[default]
    List,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Not at all.
    No,
    /// With most of it covered.
    Masked,
    /// As it is.
    Whole,
}

impl Shown {
    /// The same under a cover.
    pub fn under(self, cover: FieldRight) -> Self {
        match (self, cover) {
            (Self::No, _) | (_, FieldRight::Hidden) => Self::No,
            (_, FieldRight::Masked) => Self::Masked,
            (shown, _) => shown,
        }
    }
}

/// Opens to a path every field of which anything is shown of records that no circle covers: for what speaks of no record.
pub struct ShownGate<'a>(pub &'a super::Access);

impl FieldGate for ShownGate<'_> {
    fn may_read(&self, object: &Object, field: &Field) -> bool {
        self.0.shown_uncovered(object, field, Place::List) != Shown::No
    }
}

/// Rights on the fields of one object, all roles together.
#[derive(Debug, Clone, Default)]
pub struct FieldRights {
    /// Fields with less than [`FieldRights::most`].
    restricted: HashMap<String, FieldRight>,
    /// Right on every field not named.
    most: FieldRight,
    masked_in_lists: BTreeSet<String>,
    /// Of fields that freeze: for every role that lets the caller change it, when it does not.
    frozen: BTreeMap<String, Vec<Vec<Checked>>>,
    /// What is covered of records that lie in circles.
    pub(super) covers: Vec<Arc<Cover>>,
}

/// One role's word on the fields of an object.
pub(super) struct FieldSource<'a> {
    pub rights: &'a ObjectRights,
    /// The role lets its holder see records of the object.
    pub reads: bool,
    /// The role lets its holder create or change records of the object.
    pub writes: bool,
    /// Its freeze rules, checked.
    pub freeze: Vec<(BTreeSet<String>, Checked)>,
}

impl FieldRights {
    /// Every role's word together: a field is shown as the most generous role that shows records shows it, and may be
    /// changed where a role that lets records be changed says so; what one of them denies is denied.
    pub(super) fn of(schema: &Schema, object: &Object, sources: &[FieldSource<'_>]) -> Self {
        let readers: Vec<&FieldSource<'_>> = sources.iter().filter(|it| it.reads).collect();
        // Where records are seen through shares alone, every role the caller holds has its word.
        let readers = if readers.is_empty() { sources.iter().collect() } else { readers };
        let writers: Vec<&FieldSource<'_>> = sources.iter().filter(|it| it.writes).collect();
        let most = if writers.is_empty() { FieldRight::Read } else { FieldRight::Edit };
        let mut restricted = HashMap::new();
        let mut frozen = BTreeMap::new();
        for field in &object.fields {
            let right = |it: &&FieldSource<'_>| right_of(it.rights, field);
            let shown = readers.iter().map(right).max().unwrap_or_else(|| unspoken(schema, object, field));
            let editors: Vec<&&FieldSource<'_>> = writers.iter().filter(|it| right(it) == FieldRight::Edit).collect();
            let given = if shown >= FieldRight::Read { if editors.is_empty() { FieldRight::Read } else { FieldRight::Edit } } else { shown };
            let denied = sources.iter().filter_map(|it| it.rights.deny.fields.get(field.name())).min();
            let given = denied.map_or(given, |most| given.min(*most));
            if given < most {
                restricted.insert(field.name().to_owned(), given);
            }
            if given == FieldRight::Edit
                && let Some(conditions) = freezing(&editors, field.name())
            {
                frozen.insert(field.name().to_owned(), conditions);
            }
        }
        let masked_in_lists = readers.iter().map(|it| it.rights.masked_in_lists.clone()).reduce(|left, right| &left & &right).unwrap_or_default();
        Self { restricted, most, masked_in_lists, frozen, covers: Vec::new() }
    }

    /// What may be done with a field.
    pub fn right(&self, field: &Field) -> FieldRight {
        self.restricted.get(field.name()).copied().unwrap_or(self.most)
    }

    /// How a field is shown of a record that no circle covers.
    pub fn shown(&self, field: &Field, place: Place) -> Shown {
        // Of a reference nothing can be shown in part.
        let masked = if field.target.is_some() { Shown::No } else { Shown::Masked };
        match self.right(field) {
            FieldRight::Hidden => Shown::No,
            FieldRight::Masked => masked,
            _ if place == Place::List && self.masked_in_lists.contains(field.name()) => masked,
            FieldRight::Read | FieldRight::Edit => Shown::Whole,
        }
    }

    /// What covers a field of some records.
    pub fn covers_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Arc<Cover>> {
        self.covers.iter().filter(move |it| it.fields.contains_key(field))
    }

    /// What is covered of records that lie in circles.
    pub fn covers(&self) -> &[Arc<Cover>] {
        &self.covers
    }

    /// Whether anything is covered of a record with this row.
    pub fn is_covered(&self, row: &[Value]) -> bool {
        self.covers.iter().any(|it| it.is_over_row(row))
    }

    /// When a field cannot be changed though the caller may: for every role that gives the right, its conditions. The
    /// field is frozen while every role has one that holds.
    pub fn frozen(&self, field: &str) -> Option<&[Vec<Checked>]> {
        self.frozen.get(field).map(Vec::as_slice)
    }

    /// The same with no field that may be changed.
    pub(super) fn read_only(&self) -> Self {
        let restricted = self.restricted.iter().map(|(name, right)| (name.clone(), (*right).min(FieldRight::Read))).collect();
        let masked_in_lists = self.masked_in_lists.clone();
        Self { restricted, most: self.most.min(FieldRight::Read), masked_in_lists, frozen: BTreeMap::new(), covers: self.covers.clone() }
    }
}

/// What one role says of a field, before what it denies.
pub(super) fn right_of(rights: &ObjectRights, field: &Field) -> FieldRight {
    let named = rights.fields.get(field.name()).copied();
    // Ids, versions and times are no secrets of their own: a list of allowed fields need not name them.
    named.unwrap_or(if field.is_engine_managed() { FieldRight::Edit } else { rights.other_fields })
}

/// Of records seen through a share by somebody whose roles do not speak of the object: what no role keeps back.
fn unspoken(schema: &Schema, object: &Object, field: &Field) -> FieldRight {
    let kept_back =
        !field.is_engine_managed() && schema.roles.values().filter_map(|it| it.rights(&object.definition)).any(|it| it.keeps_back(field.name()));
    if kept_back { FieldRight::Hidden } else { FieldRight::Read }
}

/// The conditions of a field, where every role that lets it be changed has one.
fn freezing(editors: &[&&FieldSource<'_>], field: &str) -> Option<Vec<Vec<Checked>>> {
    let of_role = |it: &&&FieldSource<'_>| -> Vec<Checked> {
        it.freeze.iter().filter(|(fields, _)| fields.contains(field)).map(|(_, when)| when.clone()).collect()
    };
    let all: Vec<Vec<Checked>> = editors.iter().map(of_role).collect();
    (!all.is_empty() && all.iter().all(|it| !it.is_empty())).then_some(all)
}
