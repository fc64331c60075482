//! Which columns a request needs and how a row of them becomes JSON.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::conditions::{Tables, may_read_object, unknown_field};
use crate::context::Context;
use crate::error::Result;
use crate::fields::write_json_string;
use crate::schema::{FieldGate, FieldKind, ID, MAX_HOPS, Object, VERSION};
use crate::store::ColumnRef;

/// One piece of a record's JSON.
#[derive(Debug)]
pub enum OutputNode {
    /// A field's own cells.
    Plain {
        /// Object that has it.
        object: Arc<Object>,
        /// Field position.
        field: usize,
        /// First cell.
        cell: usize,
    },
    /// A reference: id, label and whatever was asked of the record referred to.
    Reference {
        /// Field name.
        name: String,
        /// Cell of the id.
        cell: usize,
        /// Title field of the target and its first cell, where the caller may see it.
        label: Option<(Arc<Object>, usize)>,
        /// Whether size and type of a file follow the label's cells.
        nested: Vec<OutputNode>,
    },
    /// A link field, filled by a query of its own.
    Links {
        /// Field position in the main object.
        field: usize,
    },
}

/// Columns and layout of a request for records.
#[derive(Debug)]
pub struct Layout {
    /// Columns in the order of the cells; the first two are `id` and `version`.
    pub columns: Vec<ColumnRef>,
    /// The pieces in order.
    pub nodes: Vec<OutputNode>,
    /// Link fields wanted.
    pub links: Vec<usize>,
}

/// Titles of linked records by source record and field position: `(target, label)`.
pub type LinkTitles = HashMap<(Uuid, usize), Vec<(Uuid, Option<String>)>>;

struct Wanted {
    name: String,
    below: Vec<Wanted>,
}

/// Lays out the fields asked for; all readable ones where none are named.
pub fn lay_out(context: &Context, object: &Arc<Object>, fields: Option<&[String]>, tables: &mut Tables<'_>) -> Result<Layout> {
    let mut wanted: Vec<Wanted> = Vec::new();
    match fields {
        Some(paths) => {
            for path in paths {
                let segments: Vec<&str> = path.split('.').collect();
                add_wanted(&mut wanted, &segments);
            }
        }
        None => {
            wanted.extend(readable_fields(context, object).map(|it| Wanted { name: it.to_owned(), below: Vec::new() }));
        }
    }
    let mut layout = Layout { columns: vec![ColumnRef::main(ID), ColumnRef::main(VERSION)], nodes: Vec::new(), links: Vec::new() };
    layout.nodes = nodes(context, object, 0, &wanted, tables, &mut layout.columns, &mut layout.links, 0)?;
    Ok(layout)
}

/// Names of the fields a full record shows.
pub fn readable_fields<'a>(context: &'a Context, object: &'a Arc<Object>) -> impl Iterator<Item = &'a str> {
    object
        .fields
        .iter()
        .filter(|it| !matches!(it.name(), "id" | "version"))
        .filter(|it| context.access.may_read(object, it))
        .map(crate::schema::Field::name)
}

fn add_wanted(wanted: &mut Vec<Wanted>, segments: &[&str]) {
    let Some((first, rest)) = segments.split_first() else { return };
    let position = wanted.iter().position(|it| it.name == *first).unwrap_or_else(|| {
        wanted.push(Wanted { name: (*first).to_owned(), below: Vec::new() });
        wanted.len() - 1
    });
    add_wanted(&mut wanted[position].below, rest);
}

#[expect(clippy::too_many_arguments, reason = "one recursive walk that fills three lists")]
fn nodes(
    context: &Context,
    object: &Arc<Object>,
    table: usize,
    wanted: &[Wanted],
    tables: &mut Tables<'_>,
    columns: &mut Vec<ColumnRef>,
    links: &mut Vec<usize>,
    depth: usize,
) -> Result<Vec<OutputNode>> {
    let mut out = Vec::with_capacity(wanted.len());
    for want in wanted {
        if matches!(want.name.as_str(), "id" | "version") && want.below.is_empty() {
            continue;
        }
        let position = object.field_position(&want.name).ok_or_else(|| unknown_field(&want.name))?;
        let field = &object.fields[position];
        if !context.access.may_read(object, field) {
            return Err(unknown_field(&want.name));
        }
        if field.link.is_some() {
            if depth > 0 || !want.below.is_empty() {
                return Err(unknown_field(&format!("{}.{}", want.name, want.below.first().map_or("", |it| it.name.as_str()))));
            }
            links.push(position);
            out.push(OutputNode::Links { field: position });
            continue;
        }
        let cell = columns.len();
        let target = field.target.as_deref().filter(|_| field.is_reference()).and_then(|it| context.schema.object(it)).cloned();
        let Some(target) = target else {
            // Parts (`address.city`) are answered as the whole field.
            if want.below.iter().any(|it| field.part(&it.name).is_none() || !it.below.is_empty()) {
                return Err(unknown_field(&format!("{}.{}", want.name, want.below[0].name)));
            }
            columns.extend(field.parts.iter().map(|it| ColumnRef::of(table, it.column)));
            out.push(OutputNode::Plain { object: object.clone(), field: position, cell });
            continue;
        };
        columns.extend(field.part("").map(|it| ColumnRef::of(table, it.column)));
        let joined = tables.join(table, object, position)?;
        let title = target.title_field();
        let label = (may_read_object(&context.access, &target) && context.access.may_read(&target, title)).then(|| {
            let start = columns.len();
            columns.extend(title.parts.iter().map(|it| ColumnRef::of(joined, it.column)));
            (target.clone(), start)
        });
        if depth >= MAX_HOPS && !want.below.is_empty() {
            return Err(unknown_field(&want.below[0].name));
        }
        let mut nested = nodes(context, &target, joined, &want.below, tables, columns, links, depth + 1)?;
        if want.below.is_empty() && matches!(field.definition.kind, FieldKind::File | FieldKind::Image) {
            // Only what the caller may see of a file; a list does not fail for the rest.
            let may_see = |name: &&str| target.field(name).is_some_and(|it| context.access.may_read(&target, it));
            let details: Vec<Wanted> =
                ["name", "size", "content_type"].iter().filter(|it| may_see(it)).map(|it| Wanted { name: (*it).into(), below: Vec::new() }).collect();
            nested = nodes(context, &target, joined, &details, tables, columns, links, depth + 1)?;
        }
        out.push(OutputNode::Reference { name: want.name.clone(), cell, label, nested });
    }
    Ok(out)
}

impl Layout {
    /// Writes a row as a JSON object.
    pub fn write_record(&self, object: &Object, row: &[Value], titles: &LinkTitles, out: &mut String) {
        out.push_str("{\"id\":");
        write_id(row.first(), out);
        out.push_str(",\"version\":");
        match row.get(1) {
            Some(Value::Int(version)) => push_integer(*version, out),
            _ => out.push_str("null"),
        }
        for node in &self.nodes {
            out.push(',');
            write_node(object, node, row, titles, out);
        }
        out.push('}');
    }
}

fn write_node(main: &Object, node: &OutputNode, row: &[Value], titles: &LinkTitles, out: &mut String) {
    match node {
        OutputNode::Plain { object, field, cell } => {
            let field = &object.fields[*field];
            write_key(field.name(), out);
            let cells = row.get(*cell..*cell + field.parts.len()).unwrap_or_default();
            if cells.iter().all(Value::is_null) {
                out.push_str("null");
            } else {
                field.kind().write_json(&field.definition, cells, out);
            }
        }
        OutputNode::Reference { name, cell, label, nested } => {
            write_key(name, out);
            if row.get(*cell).is_none_or(Value::is_null) {
                out.push_str("null");
                return;
            }
            out.push_str("{\"id\":");
            write_id(row.get(*cell), out);
            out.push_str(",\"label\":");
            let text = label.as_ref().and_then(|(target, start)| {
                let title = target.title_field();
                title.kind().text(&title.definition, row.get(*start..*start + title.parts.len()).unwrap_or_default())
            });
            match text {
                Some(text) => write_json_string(&text, out),
                None => out.push_str("null"),
            }
            for node in nested {
                out.push(',');
                write_node(main, node, row, titles, out);
            }
            out.push('}');
        }
        OutputNode::Links { field } => {
            write_key(main.fields[*field].name(), out);
            out.push('[');
            if let Some(Value::Id(id)) = row.first() {
                for (index, (target, label)) in titles.get(&(*id, *field)).into_iter().flatten().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str("{\"id\":");
                    write_id(Some(&Value::Id(*target)), out);
                    out.push_str(",\"label\":");
                    match label {
                        Some(label) => write_json_string(label, out),
                        None => out.push_str("null"),
                    }
                    out.push('}');
                }
            }
            out.push(']');
        }
    }
}

fn write_key(name: &str, out: &mut String) {
    // Names are identifiers: nothing in them needs escaping.
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
}

fn write_id(value: Option<&Value>, out: &mut String) {
    match value {
        Some(Value::Id(id)) => {
            let mut buffer = Uuid::encode_buffer();
            out.push('"');
            out.push_str(id.hyphenated().encode_lower(&mut buffer));
            out.push('"');
        }
        _ => out.push_str("null"),
    }
}

fn push_integer(number: i64, out: &mut String) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = write!(out, "{number}");
}
