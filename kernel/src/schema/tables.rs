//! The tables behind objects and links.

use super::object::{Field, Origin};
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
    for definition in &definition.indexes {
        let names: Vec<&str> = definition.fields.iter().map(String::as_str).collect();
        indexes.push(index(&name, fields, &names, definition.unique, IndexRows::Live));
    }
    for field in fields {
        if field.definition.unique {
            indexes.push(index(&name, fields, &[field.name()], true, IndexRows::Live));
        }
        // References also serve lookups of deleted records (restore, roll-ups), so they index every row. Files point to
        // nothing of the kind.
        let is_file = matches!(field.definition.kind, FieldKind::File | FieldKind::Image);
        let reference = field.is_reference() && field.origin != Origin::System && !is_file;
        if (field.definition.indexed || reference) && field.link.is_none() {
            let rows = if reference { IndexRows::All } else { IndexRows::Live };
            let own = index(&name, fields, &[field.name()], false, rows);
            // An owner's index is the beginning of "owner and name": one of the two is enough.
            let covered = field.name() == "owner" && indexes.iter().any(|it| it.columns.len() > 2 && it.columns.first() == own.columns.first());
            if !covered {
                indexes.push(own);
            }
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

/// Name of the column of a field's part.
pub fn column_name(field: &str, part: &str) -> String {
    if part.is_empty() { field.to_owned() } else { format!("{field}__{part}") }
}

/// Unique indexes compare what was stored; others end with the id, so that keyset paging runs along them.
fn index(table: &str, fields: &[Field], names: &[&str], unique: bool, rows: IndexRows) -> Index {
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
    Index { name: format!("{table}__{kind}_{}", names.join("_")), columns, unique, rows }
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

/// Whether records can be ordered by a field: there is an index for it and its order means something. References would
/// be ordered by the id of what they refer to.
pub fn is_sortable(field: &Field) -> bool {
    field.definition.indexed
        && field.link.is_none()
        && field.target.is_none()
        && field.sort_column().is_some()
        && !matches!(field.definition.kind, FieldKind::LongText | FieldKind::RichText | FieldKind::Json | FieldKind::MultiSelect)
}
