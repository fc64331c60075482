//! From the cells of a row to the values of a record.

use std::borrow::Cow;
use std::collections::HashSet;

use guanxi_kernel::FieldError;
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::schema::{FieldKind, Label};
use guanxi_kernel::store::ReadTx;
use guanxi_tabular::Row;
use guanxi_text::csv_safe;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::kin::{Missing, several};
use super::lookup::{Found, Lookups, names_meant};
use super::matching::Matching;
use super::recipe::{Binding, Link, Origin, Piece, Recipe, Way, own_candidates};
use super::transform::{in_units, meant, whole_number};
use super::{ColumnOptions, RowProblem, shortened};

/// What separates several names in one cell.
const SEPARATORS: [char; 8] = [',', '，', '、', ';', '；', '|', '\n', '/'];

/// A cell, or one of the names in it, that names a record of the object itself that is not there.
#[derive(Debug)]
pub(super) struct Unfound {
    /// Position among the bindings.
    pub binding: usize,
    pub text: String,
}

impl Recipe {
    /// The text of a cell, without white space around; empty where there is none.
    fn cell<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        let Some(text) = row.cells.get(column) else { return "" };
        let text = if self.restores_formulas { csv_safe::restore(text) } else { text };
        text.trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}')
    }

    /// The text of a piece as it is meant; `None` where it is blank.
    pub(super) fn text<'r>(&self, row: &'r Row, piece: &'r Piece) -> Option<Cow<'r, str>> {
        match &piece.origin {
            Origin::Column(column) => {
                let text = self.cell(row, *column);
                match &piece.options {
                    None => (!text.is_empty()).then_some(Cow::Borrowed(text)),
                    Some(options) => meant(text, options, &self.zone),
                }
            }
            Origin::Constant(text) => Some(Cow::Borrowed(text)),
            Origin::Computed(formula) => formula.text(self.now, &self.zone, &|column| self.cell(row, column).to_owned()).map(Cow::Owned),
        }
    }

    /// What a piece is made of in a row: the cell as it came, or what an expression gives; `None` where there is nothing.
    pub(super) fn cell_of(&self, row: &Row, piece: &Piece) -> Option<String> {
        let text = match &piece.origin {
            Origin::Column(column) => Some(self.cell(row, *column).to_owned()),
            _ => self.text(row, piece).map(Cow::into_owned),
        };
        text.filter(|it| !it.is_empty())
    }

    /// Whether a row has anything that is of this part: what stands in every row is not.
    pub(super) fn is_filled(&self, row: &Row) -> bool {
        let says = |piece: &Piece| match (&piece.origin, &piece.options) {
            (Origin::Constant(_), _) => false,
            (Origin::Column(column), Some(options)) if !options.otherwise.is_empty() => {
                let bare = ColumnOptions { otherwise: String::new(), ..(**options).clone() };
                meant(self.cell(row, *column), &bare, &self.zone).is_some()
            }
            _ => self.text(row, piece).is_some(),
        };
        let own = self.bindings.iter().filter(|it| !self.only_new.contains(&it.field)).flat_map(|it| &it.pieces);
        own.chain(self.matching.iter().flat_map(Matching::pieces)).any(says)
    }

    /// Whether anything of a row can be of this part at all.
    pub(super) fn depends_on_cells(&self) -> bool {
        let own = self.bindings.iter().filter(|it| !self.only_new.contains(&it.field)).flat_map(|it| &it.pieces);
        own.chain(self.matching.iter().flat_map(Matching::pieces)).any(|it| !matches!(it.origin, Origin::Constant(_)))
    }

    /// Texts of a binding that name other records, for looking them up together.
    pub(super) fn names_in(&self, binding: &Binding, row: &Row, texts: &mut HashSet<String>) {
        let Some(text) = binding.pieces.first().and_then(|it| self.text(row, it)) else { return };
        match binding.way {
            Way::Reference(..) => {
                texts.insert(text.into_owned());
            }
            Way::Links(..) => texts.extend(split(&text).map(str::to_owned)),
            _ => {}
        }
    }

    /// Values by field of a row. Blank cells say nothing: a new record gets the default, an old one keeps what it has.
    /// Names of the object's own records that are not there are left out of them.
    pub(super) fn values(
        &self,
        row: &Row,
        lookups: &Lookups,
        records: &[Option<Uuid>],
        problems: &mut Vec<RowProblem>,
        missing: &mut Vec<Unfound>,
    ) -> Map<String, Json> {
        let mut values = Map::new();
        for (index, binding) in self.bindings.iter().enumerate() {
            match self.value(index, row, lookups, records, missing) {
                Ok(Some(value)) => {
                    values.insert(self.field(binding).name().to_owned(), value);
                }
                Ok(None) => {}
                Err(error) => problems.push(self.row_problem(row, &error)),
            }
        }
        values
    }

    /// The value of a binding, by its place.
    pub(super) fn value(
        &self,
        index: usize,
        row: &Row,
        lookups: &Lookups,
        records: &[Option<Uuid>],
        missing: &mut Vec<Unfound>,
    ) -> Result<Option<Json>, FieldError> {
        let binding = &self.bindings[index];
        let field = self.field(binding);
        let is_own = own_candidates(&self.object, binding).is_some();
        let mut look_up = |text: &str| match lookups.get(index, text) {
            Found::None if is_own => {
                missing.push(Unfound { binding: index, text: text.to_owned() });
                Ok(None)
            }
            it => found(field.name(), text, it).map(Some),
        };
        let first = || binding.pieces.first().and_then(|it| self.text(row, it));
        match &binding.way {
            Way::Plain => first().map(|it| plain(field.name(), field.definition.kind, it)).transpose(),
            Way::Joined(between) => {
                let texts: Vec<Cow<'_, str>> = binding.pieces.iter().filter_map(|it| self.text(row, it)).collect();
                Ok((!texts.is_empty()).then(|| Json::String(texts.join(between))))
            }
            Way::Parts => {
                let parts = self.parts(field.definition.kind, binding, row);
                let says_amount = field.definition.kind != FieldKind::Money || parts.contains_key("amount");
                Ok((!parts.is_empty() && says_amount).then_some(Json::Object(parts)))
            }
            Way::Reference(..) => first().map_or(Ok(None), |text| look_up(&text)),
            Way::Links(..) => {
                let Some(text) = first() else { return Ok(None) };
                let ids = split(&text).filter_map(|it| look_up(it).transpose()).collect::<Result<Vec<_>, _>>()?;
                Ok(Some(Json::Array(ids)))
            }
            Way::Fixed(value) => Ok(Some(value.clone())),
            Way::Turns(values) => Ok(usize::try_from(row.number).ok().and_then(|it| values.get(it % values.len().max(1))).cloned()),
            Way::ByValue { column, values, otherwise } => Ok(values.get(self.cell(row, *column)).or(otherwise.as_ref()).cloned()),
            Way::Part { part, how } => Ok(records.get(*part).copied().flatten().map(|id| match how {
                Link::One => Json::String(id.to_string()),
                Link::Many => json!([id]),
                Link::Named(object) => json!({ "object": object, "id": id }),
            })),
        }
    }

    /// The other parts of a row that this one refers to.
    pub(super) fn refers_to(&self) -> impl Iterator<Item = usize> + '_ {
        self.bindings.iter().filter_map(|it| if let Way::Part { part, .. } = &it.way { Some(*part) } else { None })
    }

    /// What a row links a record with comes to those it is linked with already.
    pub(super) fn add_links(&self, tx: &mut dyn ReadTx, id: Uuid, values: &mut Map<String, Json>) -> guanxi_kernel::Result<()> {
        for binding in self.bindings.iter().filter(|it| matches!(&it.way, Way::Part { how: Link::Many, .. })) {
            let field = self.field(binding);
            let Some(Json::Array(ids)) = values.get_mut(field.name()) else { continue };
            let there: Vec<Json> = guanxi_kernel::read::link_targets(tx, field, id)?.iter().map(|it| json!(it)).collect();
            ids.extend(there.into_iter().filter(|it| !ids.contains(it)).collect::<Vec<_>>());
        }
        Ok(())
    }

    /// What the file has a column for and the row says nothing of is empty in the version it makes of the record. What a record
    /// must have stays, and so does what the row may yet name, or refers to by another of its records.
    pub(super) fn empty_the_rest(&self, values: &mut Map<String, Json>, unfound: &[Unfound]) {
        for (index, binding) in self.bindings.iter().enumerate() {
            let field = self.field(binding);
            let is_of_cells = !matches!(binding.way, Way::Part { .. } | Way::Turns(_) | Way::ByValue { .. });
            let stays = self.only_new.contains(&binding.field) || field.definition.required || unfound.iter().any(|it| it.binding == index);
            if is_of_cells && !stays && !values.contains_key(field.name()) {
                values.insert(field.name().to_owned(), if field.link.is_some() { json!([]) } else { Json::Null });
            }
        }
    }

    /// Parts by name. Columns of one part follow each other: house number and street.
    fn parts(&self, kind: FieldKind, binding: &Binding, row: &Row) -> Map<String, Json> {
        let whole = if kind == FieldKind::Money { "amount" } else { "full" };
        let mut parts: Map<String, Json> = Map::new();
        for piece in &binding.pieces {
            let Some(text) = self.text(row, piece) else { continue };
            let name = if piece.part.is_empty() { whole } else { &piece.part };
            match parts.get_mut(name) {
                Some(Json::String(before)) => {
                    before.push(' ');
                    before.push_str(&text);
                }
                _ => {
                    parts.insert(name.to_owned(), part_value(kind, text));
                }
            }
        }
        parts
    }

    /// What a cell that led nowhere means.
    pub(super) fn missing(&self, unfound: &Unfound, parse: &ParseContext) -> Missing {
        let binding = &self.bindings[unfound.binding];
        let candidates = own_candidates(&self.object, binding).unwrap_or_default();
        let names = names_meant(&self.object, candidates, &unfound.text, parse);
        Missing { field: self.field(binding).name().to_owned(), text: unfound.text.clone(), names }
    }

    /// A problem of a field as one of the row, with the cell it comes from.
    pub(super) fn row_problem(&self, row: &Row, error: &FieldError) -> RowProblem {
        let name = error.field.split('.').next().unwrap_or_default();
        let binding = self.bindings.iter().find(|it| self.field(it).name() == name);
        let cells = binding.into_iter().flat_map(|it| &it.pieces).filter_map(|it| self.text(row, it));
        let value = cells.collect::<Vec<_>>().join(" ");
        RowProblem {
            row: row.number,
            part: self.key.clone(),
            field: error.field.clone(),
            code: error.code.to_owned(),
            message: error.message.clone(),
            value: shortened(&value),
        }
    }
}

fn plain(name: &str, kind: FieldKind, text: Cow<'_, str>) -> Result<Json, FieldError> {
    Ok(match kind {
        FieldKind::MultiSelect => Json::Array(split(&text).map(|it| Json::String(it.to_owned())).collect()),
        FieldKind::Json => serde_json::from_str(&text).unwrap_or_else(|_| Json::String(text.into_owned())),
        FieldKind::Geo => match text.split_once([',', '，']) {
            Some((lat, lng)) => Json::Object(Map::from_iter([("lat".into(), number(lat)), ("lng".into(), number(lng))])),
            None => Json::String(text.into_owned()),
        },
        FieldKind::Number | FieldKind::Decimal => {
            let text = with_unit(text);
            let bare = text.strip_suffix('元').unwrap_or(&text);
            // Spreadsheets show whole numbers with a fraction of zero.
            let whole = bare.strip_suffix(".0").or_else(|| bare.strip_suffix(".00")).filter(|_| kind == FieldKind::Number);
            Json::String(whole.unwrap_or(bare).to_owned())
        }
        FieldKind::Money => Json::String(with_unit(text).into_owned()),
        FieldKind::Phone | FieldKind::Text => match whole_number(name, kind, &text)? {
            Some(whole) => Json::String(whole),
            None => Json::String(text.into_owned()),
        },
        _ => Json::String(text.into_owned()),
    })
}

/// An amount that names its unit, `12.5万`, as the number it is.
fn with_unit(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(['万', '萬', '亿', '億']) { in_units(&text, None).map_or(text, Cow::Owned) } else { text }
}

fn part_value(kind: FieldKind, text: Cow<'_, str>) -> Json {
    match kind {
        FieldKind::Geo => number(&text),
        FieldKind::Money => Json::String(with_unit(text).into_owned()),
        _ => Json::String(text.into_owned()),
    }
}

fn number(text: &str) -> Json {
    text.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64).map_or_else(|| Json::String(text.to_owned()), Json::Number)
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS).map(str::trim).filter(|it| !it.is_empty())
}

fn found(field: &str, text: &str, found: Found) -> Result<Json, FieldError> {
    match found {
        Found::One(id) => Ok(Json::String(id.to_string())),
        Found::None => Err(FieldError {
            field: field.to_owned(),
            code: "no_such_record",
            message: Label::new(
                format!("找不到“{}”，请先创建或更正名称", shortened(text)),
                format!("there is no `{}`; create it first, or mend the name", shortened(text)),
            ),
        }),
        Found::Several => Err(several(field, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_names_in_one_cell() {
        assert_eq!(split("重点, 老客户、VIP；").collect::<Vec<_>>(), ["重点", "老客户", "VIP"]);
    }
}
