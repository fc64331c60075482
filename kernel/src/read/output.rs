//! Which columns a request needs and how a row of them becomes JSON.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::conditions::{Tables, unknown_field};
use crate::access::{Cover, Place, Shown};
use crate::context::Context;
use crate::error::Result;
use crate::fields::{named_record, write_json_string};
use crate::schema::{Field, FieldKind, FieldRight, ID, MAX_HOPS, Object, VERSION};
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
        /// How it is shown of records that no circle covers.
        shown: Shown,
        /// What covers it of others.
        covers: Vec<CellCover>,
    },
    /// A reference: id, label and whatever was asked of the record referred to.
    Reference {
        /// Field name.
        name: String,
        /// Cell of the id.
        cell: usize,
        /// The target, the first cell of its title and whether that is covered, where the caller may see it.
        label: Option<(Arc<Object>, usize, bool)>,
        /// Whether size and type of a file follow the label's cells.
        nested: Vec<OutputNode>,
        /// What hides it of some records.
        covers: Vec<CellCover>,
    },
    /// A record of whatever object, named by a query of its own.
    Record {
        /// Field name.
        name: String,
        /// First cell.
        cell: usize,
        /// What hides it of some records.
        covers: Vec<CellCover>,
    },
    /// A link field, filled by a query of its own.
    Links {
        /// Field position in the main object.
        field: usize,
        /// What hides it of some records.
        covers: Vec<CellCover>,
    },
}

/// A cover over a field of the records that lie in its circles, which two cells of the row tell.
#[derive(Debug)]
pub struct CellCover {
    cover: Arc<Cover>,
    right: FieldRight,
    circle: usize,
    empty: usize,
    /// The record it is lifted from, where this is about the record itself.
    open: Option<Uuid>,
}

impl CellCover {
    fn is_over(&self, row: &[Value]) -> bool {
        let is_open = matches!((self.open, row.first()), (Some(open), Some(Value::Id(id))) if open == *id);
        !is_open && self.cover.is_over(row.get(self.circle), row.get(self.empty))
    }
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

/// Linked records, each with its label as far as it has one.
pub type Linked = Vec<(Uuid, Option<String>)>;

/// Titles that only queries of their own tell.
#[derive(Debug, Default)]
pub struct Titles {
    /// Of linked records by source record and field position.
    pub links: HashMap<(Uuid, usize), Linked>,
    /// Of records of whatever object, as far as the caller may see them.
    pub records: HashMap<Uuid, String>,
}

struct Wanted {
    name: String,
    below: Vec<Wanted>,
}

/// Lays out the fields asked for; all that are shown where none are named.
pub fn lay_out(context: &Context, object: &Arc<Object>, fields: Option<&[String]>, place: Place, tables: &mut Tables<'_>) -> Result<Layout> {
    let mut wanted: Vec<Wanted> = Vec::new();
    match fields {
        Some(paths) => {
            for path in paths {
                let segments: Vec<&str> = path.split('.').collect();
                add_wanted(&mut wanted, &segments);
            }
        }
        None => {
            wanted.extend(shown_fields(context, object, place).map(|it| Wanted { name: it.to_owned(), below: Vec::new() }));
        }
    }
    let mut layout = Layout { columns: vec![ColumnRef::main(ID), ColumnRef::main(VERSION)], nodes: Vec::new(), links: Vec::new() };
    let mut walk = Walk { context, place, tables, columns: &mut layout.columns, links: &mut layout.links };
    layout.nodes = walk.nodes(object, 0, &wanted, 0)?;
    Ok(layout)
}

/// Names of the fields a full record shows.
pub fn shown_fields<'a>(context: &'a Context, object: &'a Arc<Object>, place: Place) -> impl Iterator<Item = &'a str> {
    object
        .fields
        .iter()
        .filter(|it| !matches!(it.name(), "id" | "version"))
        .filter(move |it| context.access.shown_uncovered(object, it, place) != Shown::No)
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

/// The walk over what is asked for, filling the lists of the layout.
struct Walk<'a, 'b> {
    context: &'a Context,
    place: Place,
    tables: &'a mut Tables<'b>,
    columns: &'a mut Vec<ColumnRef>,
    links: &'a mut Vec<usize>,
}

impl Walk<'_, '_> {
    /// How a field of the table at this depth is shown: a record's own page is its own fields alone.
    fn shown(&self, object: &Object, field: &Field, depth: usize) -> Shown {
        self.context.access.shown_uncovered(object, field, if depth == 0 { self.place } else { Place::List })
    }

    /// The covers over a field, with the cells that tell which rows they are over.
    fn covers(&mut self, object: &Object, field: &Field, table: usize) -> Vec<CellCover> {
        let context = self.context;
        let covers = context.access.covers_of(object, field).map(|cover| CellCover {
            right: cover.fields.get(field.name()).copied().unwrap_or(FieldRight::Hidden),
            circle: self.cell(ColumnRef::of(table, cover.circle_column)),
            empty: self.cell(ColumnRef::of(table, cover.empty_column)),
            open: context.access.opened().filter(|_| table == 0 && cover.until_opened),
            cover: cover.clone(),
        });
        covers.collect()
    }

    /// Where a column stands in the row, adding it where it does not.
    fn cell(&mut self, column: ColumnRef) -> usize {
        self.columns.iter().position(|it| *it == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn nodes(&mut self, object: &Arc<Object>, table: usize, wanted: &[Wanted], depth: usize) -> Result<Vec<OutputNode>> {
        let mut out = Vec::with_capacity(wanted.len());
        for want in wanted {
            if matches!(want.name.as_str(), "id" | "version") && want.below.is_empty() {
                continue;
            }
            let position = object.field_position(&want.name).ok_or_else(|| unknown_field(&want.name))?;
            let field = &object.fields[position];
            let shown = self.shown(object, field, depth);
            if shown == Shown::No {
                return Err(unknown_field(&want.name));
            }
            if field.link.is_some() {
                if depth > 0 || !want.below.is_empty() {
                    return Err(unknown_field(&format!("{}.{}", want.name, want.below.first().map_or("", |it| it.name.as_str()))));
                }
                self.links.push(position);
                let covers = self.covers(object, field, table);
                out.push(OutputNode::Links { field: position, covers });
                continue;
            }
            let target = field.target.as_deref().filter(|_| field.is_reference()).and_then(|it| self.context.schema.object(it)).cloned();
            if field.definition.kind == FieldKind::Record && shown == Shown::Whole {
                out.push(self.record(object, table, field, want)?);
                continue;
            }
            out.push(match target {
                Some(target) => self.reference(object, table, position, &target, want, depth)?,
                None => self.plain(object, table, position, want, shown)?,
            });
        }
        Ok(out)
    }

    fn record(&mut self, object: &Object, table: usize, field: &Field, want: &Wanted) -> Result<OutputNode> {
        if let Some(below) = want.below.first().filter(|it| it.name != "object" || !it.below.is_empty()) {
            return Err(unknown_field(&format!("{}.{}", want.name, below.name)));
        }
        let cell = self.columns.len();
        self.columns.extend(field.parts.iter().map(|it| ColumnRef::of(table, it.column)));
        let covers = self.covers(object, field, table);
        Ok(OutputNode::Record { name: want.name.clone(), cell, covers })
    }

    fn plain(&mut self, object: &Arc<Object>, table: usize, position: usize, want: &Wanted, shown: Shown) -> Result<OutputNode> {
        let field = &object.fields[position];
        // Parts (`address.city`) are answered as the whole field.
        if want.below.iter().any(|it| field.part(&it.name).is_none() || !it.below.is_empty()) {
            return Err(unknown_field(&format!("{}.{}", want.name, want.below[0].name)));
        }
        let cell = self.columns.len();
        self.columns.extend(field.parts.iter().map(|it| ColumnRef::of(table, it.column)));
        let covers = self.covers(object, field, table);
        Ok(OutputNode::Plain { object: object.clone(), field: position, cell, shown, covers })
    }

    fn reference(
        &mut self,
        object: &Arc<Object>,
        table: usize,
        position: usize,
        target: &Arc<Object>,
        want: &Wanted,
        depth: usize,
    ) -> Result<OutputNode> {
        let (context, field) = (self.context, &object.fields[position]);
        let cell = self.columns.len();
        self.columns.extend(field.part("").map(|it| ColumnRef::of(table, it.column)));
        let covers = self.covers(object, field, table);
        let joined = self.tables.join(table, object, position)?;
        let title = target.title_field();
        let shown = context.access.shown(target, title, Place::List);
        let label = (shown != Shown::No).then(|| {
            let start = self.columns.len();
            self.columns.extend(title.parts.iter().map(|it| ColumnRef::of(joined, it.column)));
            (target.clone(), start, shown == Shown::Masked)
        });
        if depth >= MAX_HOPS && !want.below.is_empty() {
            return Err(unknown_field(&want.below[0].name));
        }
        let mut nested = self.nodes(target, joined, &want.below, depth + 1)?;
        if want.below.is_empty() && field.is_file() {
            // Only what the caller may see of a file; a list does not fail for the rest.
            let may_see = |name: &&str| target.field(name).is_some_and(|it| context.access.shown(target, it, Place::List) == Shown::Whole);
            let details: Vec<Wanted> =
                ["name", "size", "content_type"].iter().filter(|it| may_see(it)).map(|it| Wanted { name: (*it).into(), below: Vec::new() }).collect();
            nested = self.nodes(target, joined, &details, depth + 1)?;
        }
        Ok(OutputNode::Reference { name: want.name.clone(), cell, label, nested, covers })
    }
}

impl Layout {
    /// Whether titles must be looked up before rows can be written.
    pub fn needs_titles(&self) -> bool {
        !self.links.is_empty() || self.record_cells().next().is_some()
    }

    /// First cells of the records of whatever object.
    pub fn record_cells(&self) -> impl Iterator<Item = usize> {
        fn cells(nodes: &[OutputNode]) -> Vec<usize> {
            let below = |it: &OutputNode| match it {
                OutputNode::Record { cell, .. } => vec![*cell],
                OutputNode::Reference { nested, .. } => cells(nested),
                OutputNode::Plain { .. } | OutputNode::Links { .. } => Vec::new(),
            };
            nodes.iter().flat_map(below).collect()
        }
        cells(&self.nodes).into_iter()
    }

    /// Writes a row as a JSON object.
    pub fn write_record(&self, object: &Object, row: &[Value], titles: &Titles, out: &mut String) {
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
        self.write_covered(object, row, out);
        out.push('}');
    }

    /// Says which of the record's own fields circles cover, and how: an empty one may be full.
    fn write_covered(&self, main: &Object, row: &[Value], out: &mut String) {
        let mut is_first = true;
        for node in &self.nodes {
            let (name, covers) = match node {
                OutputNode::Plain { object, field, covers, .. } => (object.fields[*field].name(), covers),
                OutputNode::Links { field, covers } => (main.fields[*field].name(), covers),
                OutputNode::Reference { name, covers, .. } | OutputNode::Record { name, covers, .. } => (name.as_str(), covers),
            };
            let over = |until_opened: bool| covers.iter().filter(move |it| it.cover.until_opened == until_opened && it.is_over(row));
            let word = match (over(false).map(|it| it.right).min(), over(true).next()) {
                (Some(FieldRight::Hidden), _) => "\"hidden\"",
                (_, Some(_)) => "\"unopened\"",
                (Some(_), None) => "\"masked\"",
                (None, None) => continue,
            };
            out.push_str(if is_first { ",\"_covered\":{" } else { "," });
            is_first = false;
            write_key(name, out);
            out.push_str(word);
        }
        if !is_first {
            out.push('}');
        }
    }
}

fn write_node(main: &Object, node: &OutputNode, row: &[Value], titles: &Titles, out: &mut String) {
    match node {
        OutputNode::Plain { object, field, cell, shown, covers } => {
            let field = &object.fields[*field];
            write_key(field.name(), out);
            let cells = row.get(*cell..*cell + field.parts.len()).unwrap_or_default();
            let shown = covers.iter().filter(|it| it.is_over(row)).fold(*shown, |shown, it| shown.under(it.right));
            match shown {
                _ if cells.iter().all(Value::is_null) => out.push_str("null"),
                Shown::No => out.push_str("null"),
                Shown::Masked => field.kind().write_masked(&field.definition, cells, out),
                Shown::Whole => field.kind().write_json(&field.definition, cells, out),
            }
        }
        OutputNode::Reference { name, cell, label, nested, covers } => {
            write_key(name, out);
            if row.get(*cell).is_none_or(Value::is_null) || is_hidden(covers, row) {
                out.push_str("null");
                return;
            }
            out.push_str("{\"id\":");
            write_id(row.get(*cell), out);
            out.push_str(",\"label\":");
            let text = label.as_ref().and_then(|(target, start, masked)| {
                let title = target.title_field();
                let cells = row.get(*start..*start + title.parts.len()).unwrap_or_default();
                if *masked { title.kind().mask(&title.definition, cells) } else { title.kind().text(&title.definition, cells) }
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
        OutputNode::Record { name, cell, covers } => {
            write_key(name, out);
            let cells = row.get(*cell..*cell + 2).unwrap_or_default();
            let Some((object, id)) = named_record(cells).filter(|_| !is_hidden(covers, row)) else {
                out.push_str("null");
                return;
            };
            out.push_str("{\"object\":");
            write_json_string(object, out);
            out.push_str(",\"id\":");
            write_id(cells.first(), out);
            out.push_str(",\"label\":");
            match titles.records.get(&id) {
                Some(label) => write_json_string(label, out),
                None => out.push_str("null"),
            }
            out.push('}');
        }
        OutputNode::Links { field, covers } => {
            write_key(main.fields[*field].name(), out);
            out.push('[');
            if let Some(Value::Id(id)) = row.first().filter(|_| !is_hidden(covers, row)) {
                for (index, (target, label)) in titles.links.get(&(*id, *field)).into_iter().flatten().enumerate() {
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

/// Whether anything covers a reference: of one nothing is shown in part.
fn is_hidden(covers: &[CellCover], row: &[Value]) -> bool {
    covers.iter().any(|it| it.is_over(row))
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
