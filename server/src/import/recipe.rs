//! A mapping checked against the object: what is read from which columns into which field, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Field, FieldKind, Label, Object};
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::computed::Formula;
use super::lookup::{Candidate, candidates};
use super::matching::{Matching, matching};
use super::parts::{PartPlan, linked};
use super::targets::{may_match, may_set, parts_of};
use super::{ColumnMapping, ColumnOptions, ImportPlan};

/// Where the text of a piece comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A cell.
    Column(usize),
    /// The same in every row.
    Constant(String),
    /// Worked out of the cells.
    Computed(Box<Formula>),
}

/// One column of a field, or what stands for one.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub origin: Origin,
    /// Part of the field; empty for the whole.
    pub part: String,
    /// How cells are read, where that is not plain.
    pub options: Option<Arc<ColumnOptions>>,
}

impl Piece {
    /// A column as a mapping has it; `part` of the field.
    pub fn column(column: usize, part: &str, options: &ColumnOptions) -> Self {
        let options = (!options.is_default()).then(|| Arc::new(options.clone()));
        Self { origin: Origin::Column(column), part: part.to_owned(), options }
    }

    fn other(origin: Origin, part: &str) -> Self {
        Self { origin, part: part.to_owned(), options: None }
    }
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
    /// The same in every row.
    Fixed(Json),
    /// One after the other, row by row.
    Turns(Vec<Json>),
    /// By what a column holds.
    ByValue { column: usize, values: BTreeMap<String, Json>, otherwise: Option<Json> },
    /// The record that another part of the row made or found.
    Part { part: usize, how: Link },
}

/// How a field refers to the record of another part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// By its id.
    One,
    /// By its id, among others.
    Many,
    /// By its object and id.
    Named(String),
}

/// One field with its columns.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// Position of the field in the object.
    pub field: usize,
    pub pieces: Vec<Piece>,
    pub way: Way,
}

/// A checked mapping.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What the plan calls this part of a row; empty for the main records.
    pub(super) key: String,
    pub(super) object: Arc<Object>,
    pub(super) bindings: Vec<Binding>,
    pub(super) matching: Option<Matching>,
    /// Cells come from a file whose formulas were made harmless.
    pub(super) restores_formulas: bool,
    /// Fields by which rows refer to records of the object itself, which other rows may make.
    pub(super) kin: Vec<Candidate>,
    /// Fields that only new records get.
    pub(super) only_new: Vec<usize>,
    /// The moment expressions speak of, and where its day begins.
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    /// The further records of each row.
    pub(super) also: Vec<Recipe>,
    /// The parts in the order in which they are made: 0 is this one, others come behind it in `also`.
    pub(super) order: Vec<usize>,
}

/// A bad request about a field or a part of the plan.
pub(super) fn refuse(field: &str, zh_cn: impl Into<String>, en: impl Into<String>) -> KernelError {
    KernelError::BadRequest { code: "bad_request", message: Label::new(zh_cn, en), field: Some(field.to_owned()), position: None }
}

/// What a plan is checked against.
pub(super) struct Table<'a> {
    pub context: &'a Context,
    /// Headers of the columns.
    pub headers: &'a [String],
    pub is_csv: bool,
    /// Key and object of each part, the main one first.
    pub parts: Vec<(&'a str, Arc<Object>)>,
}

impl Recipe {
    /// Checks a plan of a table with these columns.
    ///
    /// # Errors
    /// Forbidden without the right to import into each of the objects; a bad request that names the column or field that
    /// does not fit.
    pub fn compile(context: &Context, object: &Arc<Object>, plan: &ImportPlan, headers: &[String], is_csv: bool) -> Result<Self> {
        super::parts::compile(context, object, plan, headers, is_csv)
    }

    /// Checks one part of a plan.
    pub(super) fn of_part(table: &Table<'_>, object: &Arc<Object>, part: &PartPlan<'_>) -> Result<Self> {
        let context = table.context;
        context.access.require(object, Verb::Import)?;
        context.access.require(object, Verb::Create)?;
        let mut pieces = columns_of(table, object, part)?;
        let mut fixed = others_of(table, object, part, &mut pieces)?;
        fixed.extend(linked(table, object, part)?);
        refuse_twice(object, &pieces, &fixed)?;
        if pieces.is_empty() && fixed.is_empty() {
            return Err(refuse("mapping", "请至少对应一列", "map at least one column"));
        }
        let mut bindings = pieces.into_iter().map(|(field, pieces)| bind(context, object, field, pieces)).collect::<Result<Vec<_>>>()?;
        bindings.extend(fixed);
        bindings.sort_by_key(|it| it.field);
        let matching = part.matching.map(|rule| matching(table, object, part, rule, &bindings)).transpose()?;
        let mut kin: Vec<Candidate> = Vec::new();
        for binding in &bindings {
            if let Some(candidates) = own_candidates(object, binding) {
                kin.extend(candidates.iter().filter(|it| !kin.contains(it)).cloned().collect::<Vec<_>>());
            }
        }
        Ok(Self {
            key: part.key.to_owned(),
            object: object.clone(),
            bindings,
            matching,
            restores_formulas: table.is_csv,
            kin,
            only_new: Vec::new(),
            now: context.now,
            zone: context.time_zone.clone(),
            also: Vec::new(),
            order: vec![0],
        })
    }

    /// Whether what a row means depends on the rows before it, so that those must be written first.
    pub(super) fn is_serial(&self) -> bool {
        self.matching.is_some() || !self.kin.is_empty() || self.has_parts()
    }

    /// Whether a row makes more than one record.
    pub(super) fn has_parts(&self) -> bool {
        !self.also.is_empty()
    }

    /// The right to import may have been taken away since.
    pub(super) fn require_import(&self, context: &Context) -> Result<()> {
        (0..=self.also.len()).try_for_each(|it| context.access.require(&self.part(it).object, Verb::Import))
    }

    /// A part by its place: 0 is the main one.
    pub(super) fn part(&self, place: usize) -> &Self {
        place.checked_sub(1).and_then(|it| self.also.get(it)).unwrap_or(self)
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

type Pieces = BTreeMap<usize, Vec<Piece>>;

/// The columns of each field.
fn columns_of(table: &Table<'_>, object: &Object, part: &PartPlan<'_>) -> Result<Pieces> {
    let context = table.context;
    let mut pieces = Pieces::new();
    for ColumnMapping { column, field, options } in part.mapping {
        let Some(path) = field.as_deref().filter(|it| !it.is_empty()) else { continue };
        if *column >= table.headers.len() {
            return Err(refuse(path, format!("没有第{}列", column + 1), format!("there is no column {}", column + 1)));
        }
        check_options(path, options)?;
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let closed = |it: &Field| !may_set(context, object, it);
        if part.matching.is_some_and(|it| it.all_names().any(|it| it == path)) && object.field(name).is_some_and(closed) {
            continue;
        }
        // What the system numbers can be matched by and nothing else: such a column of a table that was exported stays out.
        if rest.is_empty() && object.field(name).is_some_and(|it| closed(it) && may_match(context, object, it)) {
            continue;
        }
        let position = settable(context, object, path)?;
        pieces.entry(position).or_default().push(Piece::column(*column, rest, options));
    }
    Ok(pieces)
}

fn check_options(path: &str, options: &ColumnOptions) -> Result<()> {
    match &options.split {
        Some(split) if split.at.is_empty() || split.part == 0 => {
            Err(refuse(path, "请填写分隔符；取第几段从 1 数起，倒数用 -1", "say what stands between the parts; the first is 1, the last -1"))
        }
        _ => Ok(()),
    }
}

/// Constants and expressions: texts among the pieces, what is no text as bindings of their own.
fn others_of(table: &Table<'_>, object: &Object, part: &PartPlan<'_>, pieces: &mut Pieces) -> Result<Vec<Binding>> {
    let mut fixed = Vec::new();
    for it in part.constants {
        let position = settable(table.context, object, &it.field)?;
        let rest = it.field.split_once('.').map_or("", |it| it.1);
        refuse_second(object, pieces, &fixed, position, rest)?;
        let text = match &it.value {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) if !rest.is_empty() => Some(number.to_string()),
            _ => None,
        };
        match text {
            Some(text) => {
                pieces.entry(position).or_default().push(Piece::other(Origin::Constant(text), rest));
            }
            None if rest.is_empty() && !it.value.is_null() => {
                fixed.push(Binding { field: position, pieces: Vec::new(), way: Way::Fixed(it.value.clone()) });
            }
            None => return Err(refuse(&it.field, "此固定值不能用于这里，请填写文本", "this value does not fit here; write a text")),
        }
    }
    for it in part.computed {
        let position = settable(table.context, object, &it.field)?;
        let rest = it.field.split_once('.').map_or("", |it| it.1);
        refuse_second(object, pieces, &fixed, position, rest)?;
        let formula = Formula::compile(table.headers, &object.fields[position], &it.expression)?;
        pieces.entry(position).or_default().push(Piece::other(Origin::Computed(Box::new(formula)), rest));
    }
    Ok(fixed)
}

/// A field is given by columns, by a constant or by an expression. The currency of an amount is apart from it.
fn refuse_second(object: &Object, pieces: &Pieces, fixed: &[Binding], position: usize, part: &str) -> Result<()> {
    let field = &object.fields[position];
    let is_money = field.definition.kind == FieldKind::Money;
    let apart = |one: &str, other: &str| one != other && (is_money || (!one.is_empty() && !other.is_empty()));
    let is_taken = pieces.get(&position).into_iter().flatten().any(|it| !apart(&it.part, part)) || fixed.iter().any(|it| it.field == position);
    if is_taken { Err(given_twice(field)) } else { Ok(()) }
}

fn refuse_twice(object: &Object, pieces: &Pieces, fixed: &[Binding]) -> Result<()> {
    let twice = |(at, it): (usize, &Binding)| pieces.contains_key(&it.field) || fixed.iter().take(at).any(|before| before.field == it.field);
    let found = fixed.iter().enumerate().find(|it| twice(*it));
    found.map_or(Ok(()), |(_, it)| Err(given_twice(&object.fields[it.field])))
}

fn given_twice(field: &Field) -> KernelError {
    let label = &field.definition.label.zh_cn;
    refuse(
        field.name(),
        format!("“{label}”有多个来源；列、固定值、计算值和关联只能选一种"),
        format!("`{}` is given twice; choose a column, a constant, an expression or a link", field.name()),
    )
}

/// Position of a field that may be imported into, by its path.
pub(super) fn settable(context: &Context, object: &Object, path: &str) -> Result<usize> {
    let (name, part) = path.split_once('.').unwrap_or((path, ""));
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

pub(super) fn bind(context: &Context, object: &Object, position: usize, pieces: Vec<Piece>) -> Result<Binding> {
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
        let candidates = candidates(context, target, piece.options.as_ref().and_then(|it| it.by.as_deref()))?;
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
