//! From the cells of a row to the values of a record.

use std::borrow::Cow;
use std::collections::HashSet;

use guanxi_kernel::FieldError;
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::schema::{FieldKind, Label};
use guanxi_tabular::Row;
use guanxi_text::csv_safe;
use serde_json::{Map, Value as Json};

use super::kin::{Missing, several};
use super::lookup::{Found, Lookups, names_meant};
use super::recipe::{Binding, Piece, Recipe, Way, own_candidates};
use super::{ColumnOptions, DateOrder, RowProblem, shortened};

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
    /// The cell of a column as it is meant; `None` where it is blank.
    fn cell<'r>(&self, row: &'r Row, piece: &'r Piece) -> Option<Cow<'r, str>> {
        let text = row.cells.get(piece.column)?;
        let text = if self.restores_formulas { csv_safe::restore(text) } else { text };
        let text = text.trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}');
        if text.is_empty() {
            return None;
        }
        if piece.options == ColumnOptions::default() {
            return Some(Cow::Borrowed(text));
        }
        let meant = piece.options.values.get(text).map_or(text, String::as_str);
        if meant.is_empty() {
            return None;
        }
        Some(piece.options.date_order.and_then(|order| year_first(meant, order)).map_or(Cow::Borrowed(meant), Cow::Owned))
    }

    /// Texts of a binding that name other records, for looking them up together.
    pub(super) fn names_in(&self, binding: &Binding, row: &Row, texts: &mut HashSet<String>) {
        let Some(text) = binding.pieces.first().and_then(|it| self.cell(row, it)) else { return };
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
    pub(super) fn values(&self, row: &Row, lookups: &Lookups, problems: &mut Vec<RowProblem>, missing: &mut Vec<Unfound>) -> Map<String, Json> {
        let mut values = Map::new();
        for (index, binding) in self.bindings.iter().enumerate() {
            match self.value(index, binding, row, lookups, missing) {
                Ok(Some(value)) => {
                    values.insert(self.field(binding).name().to_owned(), value);
                }
                Ok(None) => {}
                Err(error) => problems.push(self.row_problem(row, &error)),
            }
        }
        values
    }

    fn value(&self, index: usize, binding: &Binding, row: &Row, lookups: &Lookups, missing: &mut Vec<Unfound>) -> Result<Option<Json>, FieldError> {
        let field = self.field(binding);
        let is_own = own_candidates(&self.object, binding).is_some();
        let mut look_up = |text: &str| match lookups.get(index, text) {
            Found::None if is_own => {
                missing.push(Unfound { binding: index, text: text.to_owned() });
                Ok(None)
            }
            it => found(field.name(), text, it).map(Some),
        };
        let first = || binding.pieces.first().and_then(|it| self.cell(row, it));
        match &binding.way {
            Way::Plain => Ok(first().map(|it| plain(field.definition.kind, it))),
            Way::Joined(between) => {
                let texts: Vec<Cow<'_, str>> = binding.pieces.iter().filter_map(|it| self.cell(row, it)).collect();
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
        }
    }

    /// Parts by name. Columns of one part follow each other: house number and street.
    fn parts(&self, kind: FieldKind, binding: &Binding, row: &Row) -> Map<String, Json> {
        let whole = if kind == FieldKind::Money { "amount" } else { "full" };
        let mut parts: Map<String, Json> = Map::new();
        for piece in &binding.pieces {
            let Some(text) = self.cell(row, piece) else { continue };
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
        let cells = binding.into_iter().flat_map(|it| &it.pieces).filter_map(|it| self.cell(row, it));
        let value = cells.collect::<Vec<_>>().join(" ");
        RowProblem {
            row: row.number,
            field: error.field.clone(),
            code: error.code.to_owned(),
            message: error.message.clone(),
            value: shortened(&value),
        }
    }
}

fn plain(kind: FieldKind, text: Cow<'_, str>) -> Json {
    match kind {
        FieldKind::MultiSelect => Json::Array(split(&text).map(|it| Json::String(it.to_owned())).collect()),
        FieldKind::Json => serde_json::from_str(&text).unwrap_or_else(|_| Json::String(text.into_owned())),
        FieldKind::Geo => match text.split_once([',', '，']) {
            Some((lat, lng)) => Json::Object(Map::from_iter([("lat".into(), number(lat)), ("lng".into(), number(lng))])),
            None => Json::String(text.into_owned()),
        },
        // Spreadsheets show whole numbers with a fraction of zero.
        FieldKind::Number => Json::String(text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).unwrap_or(&text).to_owned()),
        FieldKind::Phone | FieldKind::Text => Json::String(text.into_owned()),
        _ => Json::String(text.into_owned()),
    }
}

fn part_value(kind: FieldKind, text: Cow<'_, str>) -> Json {
    if kind == FieldKind::Geo { number(&text) } else { Json::String(text.into_owned()) }
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

/// `22/11/2026 8:30` as `2026-11-22 8:30`; `None` for what is not of that form.
fn year_first(text: &str, order: DateOrder) -> Option<String> {
    let (day, rest) = text.split_at(text.find([' ', 'T']).unwrap_or(text.len()));
    let mut pieces = day.split(['/', '-', '.']);
    let (first, second, year) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let fits = pieces.next().is_none() && year.len() == 4 && (1..=2).contains(&first.len()) && (1..=2).contains(&second.len());
    let (month, day) = if order == DateOrder::Dmy { (second, first) } else { (first, second) };
    fits.then(|| format!("{year}-{month:0>2}-{day:0>2}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_end_with_the_year() {
        assert_eq!(year_first("22/11/2026", DateOrder::Dmy).as_deref(), Some("2026-11-22"));
        assert_eq!(year_first("1/5/2026 8:30", DateOrder::Mdy).as_deref(), Some("2026-01-05 8:30"));
        assert_eq!(year_first("2026-11-22", DateOrder::Dmy), None);
        assert_eq!(year_first("22/11/26", DateOrder::Dmy), None);
    }

    #[test]
    fn several_names_in_one_cell() {
        assert_eq!(split("重点, 老客户、VIP；").collect::<Vec<_>>(), ["重点", "老客户", "VIP"]);
    }
}
