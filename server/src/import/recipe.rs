//! A mapping checked against the object: what is read from which columns into which field, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Field, FieldKind, ID, Label, Object};
use guanxi_kernel::{KernelError, Result};

use super::lookup::{Candidate, candidates};
use super::targets::{may_match, may_set, parts_of};
use super::{ColumnMapping, ColumnOptions, ImportPlan, OnMatch};

/// One column of a field.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub column: usize,
    /// Part of the field; empty for the whole.
    pub part: String,
    pub options: ColumnOptions,
}

/// What the cells are taken for.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// The text as it is; the type reads it.
    Plain,
    /// Several columns, one after the other, with this between them.
    Joined(&'static str),
    /// An object of parts.
    Parts,
    /// Names of one record of another object.
    Reference(Arc<Object>, Vec<Candidate>),
    /// Names of several.
    Links(Arc<Object>, Vec<Candidate>),
}

/// One field with its columns.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// Position of the field in the object.
    pub field: usize,
    pub pieces: Vec<Piece>,
    pub way: Way,
}

/// How rows find their records.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    /// Position of the field.
    pub field: usize,
    /// Its column in the table.
    pub column: usize,
    /// Its column in the file.
    pub cell: usize,
    pub on_match: OnMatch,
}

/// A checked mapping.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub(super) object: Arc<Object>,
    pub(super) bindings: Vec<Binding>,
    pub(super) matching: Option<Matching>,
    /// Cells come from a file whose formulas were made harmless.
    pub(super) restores_formulas: bool,
    /// Fields by which rows refer to records of the object itself, which other rows may make.
    pub(super) kin: Vec<Candidate>,
}

fn refuse(field: &str, zh_cn: impl Into<String>, en: impl Into<String>) -> KernelError {
    KernelError::BadRequest { code: "bad_request", message: Label::new(zh_cn, en), field: Some(field.to_owned()), position: None }
}

impl Recipe {
    /// Checks a plan of a table with `width` columns.
    ///
    /// # Errors
    /// Forbidden without the right to import; a bad request that names the column or field that does not fit.
    pub fn compile(context: &Context, object: &Arc<Object>, plan: &ImportPlan, width: usize, is_csv: bool) -> Result<Self> {
        context.access.require(object, Verb::Import)?;
        context.access.require(object, Verb::Create)?;
        let mut by_field: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
        let mut match_cell = None;
        for ColumnMapping { column, field, options } in &plan.mapping {
            let Some(path) = field.as_deref().filter(|it| !it.is_empty()) else { continue };
            if *column >= width {
                return Err(refuse(path, format!("没有第{}列", column + 1), format!("there is no column {}", column + 1)));
            }
            let (name, part) = path.split_once('.').unwrap_or((path, ""));
            if plan.matching.as_ref().is_some_and(|it| it.field == path) {
                match_cell = Some(*column);
                if object.field(name).is_some_and(|it| !may_set(context, object, it)) {
                    continue;
                }
            }
            // What the system numbers can be matched by and nothing else: such a column of a table that was exported stays out.
            if part.is_empty() && object.field(name).is_some_and(|it| !may_set(context, object, it) && may_match(context, object, it)) {
                continue;
            }
            let position = settable(context, object, name, part, path)?;
            by_field.entry(position).or_default().push(Piece { column: *column, part: part.to_owned(), options: options.clone() });
        }
        if by_field.is_empty() {
            return Err(refuse("mapping", "请至少对应一列", "map at least one column"));
        }
        let matching = match &plan.matching {
            None => None,
            Some(rule) => {
                if rule.on_match != OnMatch::Skip {
                    context.access.require(object, Verb::Update)?;
                }
                let field = object.field(&rule.field).filter(|it| may_match(context, object, it));
                let field = field.ok_or_else(|| refuse(&rule.field, "不能按此字段查找已有记录", "records cannot be found by this field"))?;
                let cell = match_cell.ok_or_else(|| refuse(&rule.field, "查重字段没有对应的列", "no column is mapped to the field to match by"))?;
                let column = if rule.field == "id" { Some(ID) } else { field.part("").map(|it| it.column) };
                let column = column.ok_or_else(|| KernelError::Internal("a field to match by has no column".into()))?;
                let field = object.field_position(&rule.field).unwrap_or_default();
                Some(Matching { field, column, cell, on_match: rule.on_match })
            }
        };
        let bindings = by_field.into_iter().map(|(field, pieces)| bind(context, object, field, pieces)).collect::<Result<_>>()?;
        let mut kin: Vec<Candidate> = Vec::new();
        for binding in &bindings {
            if let Some(candidates) = own_candidates(object, binding) {
                kin.extend(candidates.iter().filter(|it| !kin.contains(it)).cloned().collect::<Vec<_>>());
            }
        }
        Ok(Self { object: object.clone(), bindings, matching, restores_formulas: is_csv, kin })
    }

    /// Whether what a row means depends on the rows before it, so that those must be written first.
    pub(super) fn is_serial(&self) -> bool {
        self.matching.is_some() || !self.kin.is_empty()
    }

    pub(super) fn field(&self, binding: &Binding) -> &Field {
        &self.object.fields[binding.field]
    }
}

/// How a binding names records of the object itself, if it does.
pub(super) fn own_candidates<'b>(object: &Object, binding: &'b Binding) -> Option<&'b [Candidate]> {
    match &binding.way {
        Way::Reference(target, candidates) | Way::Links(target, candidates) if target.name == object.name => Some(candidates),
        _ => None,
    }
}

fn settable(context: &Context, object: &Object, name: &str, part: &str, path: &str) -> Result<usize> {
    let position = object.field_position(name).filter(|&it| may_set(context, object, &object.fields[it]));
    let position = position.ok_or_else(|| {
        refuse(
            path,
            format!("没有可导入的字段“{path}”，或您无权修改"),
            format!("there is no field `{path}` to import into, or you may not change it"),
        )
    })?;
    let known = part.is_empty() || parts_of(object.fields[position].definition.kind).iter().any(|it| it.0 == part);
    if known {
        Ok(position)
    } else {
        Err(refuse(path, format!("字段“{name}”没有部分“{part}”"), format!("the field `{name}` has no part `{part}`")))
    }
}

fn bind(context: &Context, object: &Object, position: usize, pieces: Vec<Piece>) -> Result<Binding> {
    let field = &object.fields[position];
    let kind = field.definition.kind;
    let twice = || {
        refuse(field.name(), format!("字段“{}”对应了多列", field.definition.label.zh_cn), format!("several columns are mapped to `{}`", field.name()))
    };
    let has_parts = pieces.iter().any(|it| !it.part.is_empty());
    let way = if has_parts {
        let wholes = pieces.iter().filter(|it| it.part.is_empty()).count();
        let is_amount = kind == FieldKind::Money && wholes == 1;
        if wholes > 0 && !is_amount {
            return Err(twice());
        }
        Way::Parts
    } else if let Some(target) = field.target.as_deref().and_then(|it| context.schema.object(it)) {
        let [piece] = pieces.as_slice() else { return Err(twice()) };
        let candidates = candidates(context, target, piece.options.by.as_deref())?;
        if field.link.is_some() { Way::Links(target.clone(), candidates) } else { Way::Reference(target.clone(), candidates) }
    } else if pieces.len() > 1 {
        match kind {
            FieldKind::LongText => Way::Joined("\n"),
            FieldKind::Text | FieldKind::Address | FieldKind::PersonName => Way::Joined(" "),
            _ => return Err(twice()),
        }
    } else {
        Way::Plain
    };
    Ok(Binding { field: position, pieces, way })
}
