//! By which fields a row finds its record.

use std::collections::{HashMap, HashSet};
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
/// Before the key of a row that lacks the fields by which records are found first.
const OTHERWISE: &str = "\u{1e}";

/// How rows find their records.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    /// What says which record it is, all of it together.
    pub keys: Vec<MatchKey>,
    /// What says it where those do not.
    or_keys: Vec<MatchKey>,
    pub on_match: OnMatch,
    /// Positions of the fields that may be overwritten; all where absent.
    pub overwrite: Option<Vec<usize>>,
}

impl Matching {
    /// Columns that are read for the key alone or for a field too.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.keys.iter().chain(&self.or_keys).filter_map(|it| if let KeyFrom::Piece(piece) = &it.from { Some(piece) } else { None })
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
    let of_names = |names: &mut dyn Iterator<Item = &str>| -> Result<Vec<MatchKey>> {
        let mut keys: Vec<MatchKey> = Vec::new();
        for name in names {
            let key = key(context, object, part, name, bindings)?;
            if keys.iter().all(|it| it.field != key.field) {
                keys.push(key);
            }
        }
        Ok(keys)
    };
    let (keys, or_keys) = (of_names(&mut rule.names())?, of_names(&mut rule.or_fields.iter().map(String::as_str))?);
    // Of what refers to another record there are many: alone it says nothing of which one is meant.
    let says_nothing = |keys: &[MatchKey]| keys.iter().all(|it| object.fields[it.field].is_reference());
    if says_nothing(&keys) || (!or_keys.is_empty() && says_nothing(&or_keys)) {
        return Err(refuse("match", "请至少选择一个能区分记录的查重字段", "match by at least one field that tells records apart"));
    }
    let position = |it: &String| settable(context, object, it);
    let overwrite = rule.overwrite.as_ref().map(|it| it.iter().map(position).collect::<Result<Vec<_>>>()).transpose()?;
    Ok(Matching { keys, or_keys, on_match: rule.on_match, overwrite })
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
    /// The fields it is found by; nothing where the row lacks them.
    wanted: Option<Vec<Wanted>>,
    /// Those it is found by otherwise.
    or_wanted: Option<Vec<Wanted>>,
}

fn text_of(wanted: &[Wanted]) -> String {
    keyed(wanted.iter().map(|it| &it.value), BETWEEN)
}

impl Recipe {
    /// The key of a row, where it has all of it.
    pub(super) fn key_of_row(&self, context: &Context, row: &Row, lookups: &Lookups, records: &[Option<Uuid>]) -> Option<RowKey> {
        let matching = self.matching.as_ref()?;
        let parse = context.parse_context();
        let one = |key: &MatchKey| {
            let field = &self.object.fields[key.field];
            match &key.from {
                KeyFrom::Piece(piece) => read(field, &self.text(row, piece)?, &parse),
                KeyFrom::Binding(at) => {
                    let value = self.value(*at, row, lookups, records, &mut Vec::new()).ok().flatten()?;
                    wanted_of(field, &value, &parse)
                }
            }
        };
        let all = |keys: &[MatchKey]| keys.iter().map(one).collect::<Option<Vec<Wanted>>>().filter(|it| !it.is_empty());
        let (wanted, or_wanted) = (all(&matching.keys), all(&matching.or_keys));
        let text = wanted.as_deref().map(text_of).or_else(|| Some(format!("{OTHERWISE}{}", text_of(or_wanted.as_deref()?))))?;
        Some(RowKey { text, wanted, or_wanted })
    }

    /// The key without what other parts of the row give of it: which rows may mean the same.
    pub(super) fn own_key(&self, context: &Context, row: &Row, lookups: &Lookups) -> Option<String> {
        let matching = self.matching.as_ref()?;
        let parse = context.parse_context();
        let is_link = |at: usize| matches!(self.bindings.get(at).map(|it| &it.way), Some(Way::Part { .. } | Way::Reference(..)));
        let own = |key: &MatchKey| match &key.from {
            KeyFrom::Piece(piece) => Some(key_of(&read(&self.object.fields[key.field], &self.text(row, piece)?, &parse)?.value)),
            KeyFrom::Binding(at) if is_link(*at) => Some(String::new()),
            KeyFrom::Binding(at) => {
                let value = self.value(*at, row, lookups, &[], &mut Vec::new()).ok().flatten()?;
                Some(key_of(&wanted_of(&self.object.fields[key.field], &value, &parse)?.value))
            }
        };
        let all = |keys: &[MatchKey]| keys.iter().map(own).collect::<Option<Vec<_>>>().map(|it| it.join(BETWEEN));
        let otherwise = || all(&matching.or_keys).filter(|_| !matching.or_keys.is_empty()).map(|it| format!("{OTHERWISE}{it}"));
        all(&matching.keys).or_else(otherwise)
    }

    /// The records that these keys mean, as the importer sees them.
    pub(super) fn find_keys<'k>(
        &self,
        context: &Context,
        tx: &mut dyn ReadTx,
        keys: impl Iterator<Item = &'k RowKey>,
    ) -> Result<HashMap<String, Found>> {
        let Some(matching) = &self.matching else { return Ok(HashMap::new()) };
        let lookups = |keys: &[MatchKey]| keys.iter().map(|it| Lookup::by(&self.object.fields[it.field], it.column)).collect::<Vec<_>>();
        let mut keys: Vec<&RowKey> = keys.collect();
        let wanted = keys.iter().filter_map(|it| it.wanted.clone()).collect();
        let mut found = find_together(context, tx, &self.object, &lookups(&matching.keys), wanted, BETWEEN, None)?;
        keys.retain(|it| it.or_wanted.is_some() && !found.contains_key(&it.text));
        keys.sort_by(|left, right| left.text.cmp(&right.text));
        keys.dedup_by(|left, right| left.text == right.text);
        let mut taken: HashSet<Uuid> = found.values().filter_map(|it| it.one()).collect();
        // A record that has such a key is known to be another; a row without one may mean it all the same.
        for (lacks, has_key) in [(matching.keys.first().map(|it| it.column), true), (None, false)] {
            let some: Vec<&&RowKey> = keys.iter().filter(|it| it.wanted.is_some() == has_key).collect();
            if some.is_empty() {
                continue;
            }
            let wanted = some.iter().filter_map(|it| it.or_wanted.clone()).collect();
            let hits = find_together(context, tx, &self.object, &lookups(&matching.or_keys), wanted, BETWEEN, lacks)?;
            for key in some {
                let hit = key.or_wanted.as_deref().and_then(|it| hits.get(&text_of(it))).copied();
                // Two rows of which each is another record are not the same one.
                if let Some(hit) = hit.filter(|it| !has_key || it.one().is_none_or(|id| taken.insert(id))) {
                    found.insert(key.text.clone(), hit);
                }
            }
        }
        Ok(found)
    }
}
