//! The tables behind objects and links.

use super::object::{DEPARTMENT_FIELD, Field, OWNER_FIELD, Object, Origin};
use super::{FieldKind, ObjectDefinition};
use crate::store::{Column, Index, IndexRows, Storage, Table};

/// The table of an object: the engine's columns, then one or more per field.
pub fn object_table(definition: &ObjectDefinition, fields: &[Field]) -> Table {
    let name = format!("o_{}", definition.name);
    let mut columns: Vec<Column> = Vec::new();
    for field in fields {
        for part in &field.parts {
            let column = column_name(field.name(), part.name);
            let required = matches!(field.name(), "id" | "version" | "created_at" | "updated_at");
            columns.push(if required { Column::required(&column, part.storage) } else { Column::nullable(&column, part.storage) });
        }
        if field.name() == "deleted_at" {
            columns.push(Column::nullable("deleted_with", Storage::Id));
        }
    }
    let mut indexes: Vec<Index> = Vec::new();
    let mut add = |index: Index| {
        if !indexes.iter().any(|it: &Index| it.name == index.name) {
            indexes.push(index);
        }
    };
    for definition in &definition.indexes {
        let names: Vec<&str> = definition.fields.iter().map(String::as_str).collect();
        add(index(&name, fields, &names, definition.unique, IndexRows::Live));
    }
    for names in rights_indexes(definition, fields) {
        add(index(&name, fields, &names, false, IndexRows::Live));
    }
    for field in fields {
        if field.definition.unique {
            add(index(&name, fields, &[field.name()], true, IndexRows::Live));
        }
        if field.is_file() {
            // Rights of a file are asked of the records it hangs on. Few records have one.
            add(index(&name, fields, &[field.name()], false, IndexRows::Present));
            continue;
        }
        // References also serve lookups of deleted records (restore, roll-ups), so they index every row.
        let reference = field.is_reference() && field.origin != Origin::System;
        // The index of an owner or a department is the beginning of those that rights go by.
        let covered = definition.owned && [OWNER_FIELD, DEPARTMENT_FIELD].contains(&field.name());
        if (field.definition.indexed || reference) && field.link.is_none() && !covered {
            let plain = index(&name, fields, &[field.name()], false, if reference { IndexRows::All } else { IndexRows::Live });
            add(if rights_orders(definition, fields).any(|it| it == field.name()) { told_whose(&name, plain) } else { plain });
        }
    }
    indexes.push(Index {
        name: format!("{name}__deleted"),
        columns: vec!["updated_at".into(), "id".into()],
        unique: false,
        rows: IndexRows::Deleted,
    });
    Table { name, columns, primary_key: vec!["id".into()], identity: false, indexes }
}

/// Most people see their own records and those of some departments. For each of these there are the two orders that lists
/// are shown in unless they say otherwise: by title, and newest first.
fn rights_indexes<'a>(definition: &'a ObjectDefinition, fields: &[Field]) -> Vec<[&'a str; 2]> {
    rights_orders(definition, fields).flat_map(|order| [[OWNER_FIELD, order], [DEPARTMENT_FIELD, order]]).collect()
}

/// The orders that rights go along.
fn rights_orders<'a>(definition: &'a ObjectDefinition, fields: &[Field]) -> impl Iterator<Item = &'a str> {
    list_orders(definition, fields).filter(move |_| definition.owned)
}

/// The orders lists are shown in unless they say otherwise.
pub(super) fn list_orders<'a>(definition: &'a ObjectDefinition, fields: &[Field]) -> impl Iterator<Item = &'a str> {
    let is_order = |name: &str| fields.iter().any(|it| it.name() == name && is_sortable(it));
    [definition.title_field.as_str(), "updated_at"].into_iter().filter(move |it| is_order(it))
}

/// An index that also tells whose the records are: whoever may see those of many departments walks along the order, and
/// need not look at each row to know whether it is one of them.
fn told_whose(table: &str, mut index: Index) -> Index {
    let name = index.columns.first().map_or_else(String::new, |it| format!("{table}__w_{it}"));
    index.columns.extend([OWNER_FIELD, DEPARTMENT_FIELD].map(str::to_owned));
    Index { name: short_name(name), ..index }
}

/// The indexes of an object's table that serve the order of its lists alone and in which each new row has its place
/// somewhere, those that roles and sharing rules brought among them: without them a list is as right, and looks at each
/// row. By the one of the titles records are also found, so it is told only where `titles` says so. The one along the last
/// change grows at its end and costs next to nothing.
pub fn list_indexes(object: &Object, titles: bool) -> Vec<String> {
    let (table, definition, fields) = (&object.table, &object.definition, &object.fields);
    let whose = rights_indexes(definition, fields).into_iter().map(|it| index(&table.name, fields, &it, false, IndexRows::Live).name);
    let along = || told_whose(&table.name, index(&table.name, fields, &[&definition.title_field], false, IndexRows::Live)).name;
    let own = object_table(definition, fields);
    let of_rules = table.indexes.iter().filter(|it| !own.indexes.contains(it)).map(|it| it.name.clone());
    whose.chain(titles.then(along)).filter(|name| table.indexes.iter().any(|it| it.name == *name)).chain(of_rules).collect()
}

/// Name of the column of a field's part.
pub fn column_name(field: &str, part: &str) -> String {
    if part.is_empty() { field.to_owned() } else { format!("{field}__{part}") }
}

/// Unique indexes compare what was stored; others end with the id, so that keyset paging runs along them.
pub(super) fn index(table: &str, fields: &[Field], names: &[&str], unique: bool, rows: IndexRows) -> Index {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let Some(field) = fields.iter().find(|it| it.name() == *name) else { continue };
        let column = if unique { field.part("").map(|it| column_name(name, it.name)) } else { sort_column_name(field) };
        columns.extend(column.or_else(|| field.parts.first().map(|it| column_name(name, it.name))));
    }
    if !unique {
        columns.push("id".into());
    }
    let kind = if unique { "u" } else { "i" };
    Index { name: short_name(format!("{table}__{kind}_{}", names.join("_"))), columns, unique, rows }
}

/// PostgreSQL cuts names after 63 characters without a word, and would then find the index neither missing nor there.
fn short_name(name: String) -> String {
    const MOST: usize = 63;
    if name.len() <= MOST {
        return name;
    }
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let kept: String = name.chars().take(MOST - 17).collect();
    format!("{kept}_{hash:016x}")
}

fn sort_column_name(field: &Field) -> Option<String> {
    let part = field.parts.iter().find(|it| it.name == "sort").or_else(|| field.part(""))?;
    Some(column_name(field.name(), part.name))
}

/// The table of a link field.
pub fn link_table(object: &str, field: &str) -> Table {
    let name = format!("l_{object}__{field}");
    Table {
        columns: vec![Column::required("source", Storage::Id), Column::required("target", Storage::Id)],
        primary_key: vec!["source".into(), "target".into()],
        identity: false,
        indexes: vec![Index {
            name: format!("{name}__target"),
            columns: vec!["target".into(), "source".into()],
            unique: false,
            rows: IndexRows::All,
        }],
        name,
    }
}

/// Whether a list can be ordered by a field of its own: there is an index for it and its order means something.
pub fn is_sortable(field: &Field) -> bool {
    field.definition.indexed && has_order(field)
}

/// Whether the order of a field's own values means something. References would be ordered by the id of what they refer to.
pub fn has_order(field: &Field) -> bool {
    field.link.is_none()
        && field.target.is_none()
        && field.sort_column().is_some()
        && !matches!(field.definition.kind, FieldKind::LongText | FieldKind::RichText | FieldKind::Json | FieldKind::MultiSelect | FieldKind::Record)
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn names_of_indexes_fit_and_stay_apart() {
        let long = |end: &str| format!("o_{}__i_department_{}{end}", "a".repeat(40), "b".repeat(30));
        let (one, other) = (short_name(long("1")), short_name(long("2")));
        assert_eq!((one.len(), other.len()), (63, 63));
        assert_ne!(one, other);
        assert_eq!(short_name("o_contact__i_name".into()), "o_contact__i_name");
    }
}
