//! By which fields a row finds its record.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Field, FieldGate as _, ID, Object};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use guanxi_tabular::Row;
use uuid::Uuid;

use super::keys::key_of;
use super::lookup::{Found, Lookup, Lookups, Wanted, find_together, keyed, read, wanted_of};
use super::parts::PartPlan;
use super::recipe::{Binding, Origin, Piece, Recipe, Table, Way, refuse, settable};
use super::targets::may_match;
use super::{MatchRule, OnMatch};

/// Between the fields of a key that has several.
const BETWEEN: &str = "\u{1f}";

/// How rows find their records.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    /// What says which record it is, all of it together.
    pub keys: Vec<MatchKey>,
    pub on_match: OnMatch,
    /// Positions of the fields that may be overwritten; all where absent.
    pub overwrite: Option<Vec<usize>>,
}

impl Matching {
    /// Columns that are read for the key alone or for a field too.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.keys.iter().filter_map(|it| if let KeyFrom::Piece(piece) = &it.from { Some(piece) } else { None })
    }
}

/// One field of a key.
#[derive(Debug, Clone)]
pub(super) struct MatchKey {
    /// Position of the field.
    pub field: usize,
    /// Its column in the table.
    pub column: usize,
    from: KeyFrom,
}

#[derive(Debug, Clone)]
enum KeyFrom {
    /// The text of a cell.
    Piece(Piece),
    /// The value that a binding gives.
    Binding(usize),
}

/// Checks a rule. `bindings` are what the part sets.
pub(super) fn matching(table: &Table<'_>, object: &Arc<Object>, part: &PartPlan<'_>, rule: &MatchRule, bindings: &[Binding]) -> Result<Matching> {
    let context = table.context;
    if rule.on_match != OnMatch::Skip {
        context.access.require(object, Verb::Update)?;
    }
    let mut keys: Vec<MatchKey> = Vec::new();
    for name in rule.names() {
        let key = key(context, object, part, name, bindings)?;
        if keys.iter().all(|it| it.field != key.field) {
            keys.push(key);
        }
    }
    // Of what refers to another record there are many: alone it says nothing of which one is meant.
    if keys.iter().all(|it| object.fields[it.field].is_reference()) {
        return Err(refuse("match", "请至少选择一个能区分记录的查重字段", "match by at least one field that tells records apart"));
    }
    let position = |it: &String| settable(context, object, it);
    let overwrite = rule.overwrite.as_ref().map(|it| it.iter().map(position).collect::<Result<Vec<_>>>()).transpose()?;
    Ok(Matching { keys, on_match: rule.on_match, overwrite })
}

fn key(context: &Context, object: &Object, part: &PartPlan<'_>, name: &str, bindings: &[Binding]) -> Result<MatchKey> {
    let is_open = |it: &Field| may_match(context, object, it) || (it.is_reference() && context.access.may_read(object, it));
    let field = object.field(name).filter(|it| is_open(it));
    let field = field.ok_or_else(|| refuse(name, "不能按此字段查找已有记录", "records cannot be found by this field"))?;
    let column = if name == "id" { Some(ID) } else { field.part("").map(|it| it.column) };
    let column = column.ok_or_else(|| KernelError::Internal("a field to match by has no column".into()))?;
    let position = object.field_position(name).unwrap_or_default();
    let binding = bindings.iter().position(|it| it.field == position);
    let from = match binding.and_then(|it| bindings.get(it).map(|binding| (it, binding))) {
        Some((_, Binding { way: Way::Plain, pieces, .. })) if matches!(pieces.as_slice(), [Piece { origin: Origin::Column(_), .. }]) => {
            pieces.first().cloned().map(KeyFrom::Piece)
        }
        Some((at, _)) => Some(KeyFrom::Binding(at)),
        None => {
            let mapped = part.mapping.iter().rev().find(|it| it.field.as_deref() == Some(name));
            mapped.map(|it| KeyFrom::Piece(Piece::column(it.column, "", &it.options)))
        }
    };
    let from = from.ok_or_else(|| refuse(name, "查重字段没有对应的列", "no column is mapped to the field to match by"))?;
    Ok(MatchKey { field: position, column, from })
}

/// What says which record a row means; the key of maps first.
pub(super) struct RowKey {
    pub text: String,
    wanted: Vec<Wanted>,
}

impl Recipe {
    /// The key of a row, where it has all of it.
    pub(super) fn key_of_row(&self, context: &Context, row: &Row, lookups: &Lookups, records: &[Option<Uuid>]) -> Option<RowKey> {
        let matching = self.matching.as_ref()?;
        let parse = context.parse_context();
        let mut wanted = Vec::with_capacity(matching.keys.len());
        for key in &matching.keys {
            let field = &self.object.fields[key.field];
            let one = match &key.from {
                KeyFrom::Piece(piece) => read(field, &self.text(row, piece)?, &parse)?,
                KeyFrom::Binding(at) => {
                    let value = self.value(*at, row, lookups, records, &mut Vec::new()).ok().flatten()?;
                    wanted_of(field, &value, &parse)?
                }
            };
            wanted.push(one);
        }
        let text = keyed(wanted.iter().map(|it| &it.value), BETWEEN);
        Some(RowKey { text, wanted })
    }

    /// The key without what other parts of the row give of it: which rows may mean the same.
    pub(super) fn own_key(&self, context: &Context, row: &Row, lookups: &Lookups) -> Option<String> {
        let matching = self.matching.as_ref()?;
        let parse = context.parse_context();
        let is_link = |at: usize| matches!(self.bindings.get(at).map(|it| &it.way), Some(Way::Part { .. } | Way::Reference(..)));
        let own = matching.keys.iter().map(|key| match &key.from {
            KeyFrom::Piece(piece) => Some(key_of(&read(&self.object.fields[key.field], &self.text(row, piece)?, &parse)?.value)),
            KeyFrom::Binding(at) if is_link(*at) => Some(String::new()),
            KeyFrom::Binding(at) => {
                let value = self.value(*at, row, lookups, &[], &mut Vec::new()).ok().flatten()?;
                Some(key_of(&wanted_of(&self.object.fields[key.field], &value, &parse)?.value))
            }
        });
        own.collect::<Option<Vec<_>>>().map(|it| it.join(BETWEEN))
    }

    /// The records that these keys mean, as the importer sees them.
    pub(super) fn find_keys<'k>(
        &self,
        context: &Context,
        tx: &mut dyn ReadTx,
        keys: impl Iterator<Item = &'k RowKey>,
    ) -> Result<HashMap<String, Found>> {
        let Some(matching) = &self.matching else { return Ok(HashMap::new()) };
        let lookups: Vec<Lookup> = matching.keys.iter().map(|it| Lookup::by(&self.object.fields[it.field], it.column)).collect();
        let wanted = keys.map(|it| it.wanted.clone()).collect();
        find_together(context, tx, &self.object, &lookups, wanted, BETWEEN)
    }
}
