//! Lists and single records.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use guanxi_expr::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use super::conditions::{Tables, rights_condition};
use super::held::may_be_named;
use super::order::order_of;
use super::output::{Layout, Titles, lay_out};
use super::{cursor, record};
use crate::access::{Place, Verb, compile_filter};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::fields::named_record;
use crate::schema::{DELETED_AT, ID, Object, WithSources};
use crate::search::OpenGroup;
use crate::store::{ColumnRef, Condition, Counted, ReadTx, Select};

/// Most records of one page.
pub const MAX_LIMIT: u32 = 500;
/// Where a capped count stops.
pub const CAPPED_COUNT: u64 = 1_000;

/// About how long a capped count may take; what it has found by then is told as "at least".
pub const LONGEST_COUNT: Duration = Duration::from_millis(10);

/// How the number of records is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountMode {
    /// Not at all.
    #[default]
    None,
    /// Up to [`CAPPED_COUNT`], or as far as it comes in [`LONGEST_COUNT`].
    Capped,
    /// Exactly, at the cost of counting.
    Exact,
}

/// Which side of the recycle bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// Live records.
    #[default]
    Without,
    /// The bin; for those who may restore.
    Only,
}

/// A request for a list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Filter expression.
    pub filter: Option<String>,
    /// `-field,field`.
    pub sort: Option<String>,
    /// Paths wanted.
    pub fields: Option<Vec<String>>,
    /// At most so many, 1-500.
    pub limit: u32,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Whether and how to count.
    pub count: CountMode,
    /// Live or deleted.
    pub deleted: Deleted,
    /// Words to search for.
    pub words: Option<String>,
    /// Only records that this change made or changed. Whether the caller may know of it is for whoever asks to see to.
    pub change: Option<Uuid>,
    /// Whether this is one record's own page.
    pub place: Place,
}

/// A number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Count {
    /// How many; at least so many, where that is not all.
    pub value: u64,
    /// Whether that is all.
    pub exact: bool,
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// JSON array of the records.
    pub items: String,
    /// How many are in it.
    pub length: usize,
    /// Where it ended, if more follow.
    pub next_cursor: Option<String>,
    /// The number, if asked for.
    pub count: Option<Count>,
}

/// A compiled list, before it is limited.
pub struct Stream {
    /// The statement.
    pub select: Select,
    /// How rows become JSON.
    pub layout: Layout,
    /// Sort as the cursor names it.
    sort: String,
    /// Cells of the sort values.
    sort_cells: Vec<usize>,
}

/// Finds an object the caller may know of.
pub fn object_of(context: &Context, name: &str) -> Result<Arc<Object>> {
    let object = context.schema.object(name).cloned().ok_or(KernelError::NotFound)?;
    context.access.require(&object, Verb::Read)?;
    Ok(object)
}

impl Stream {
    /// Compiles a request over an object; `verb` decides the rows (read, export, ...).
    pub fn compile(context: &Context, object: &Arc<Object>, request: &ListRequest, verb: Verb) -> Result<Self> {
        let verb = if request.deleted == Deleted::Only { Verb::Restore } else { verb };
        context.access.require(object, verb)?;
        let mut tables = Tables::new(context, object);
        let mut condition = match request.deleted {
            Deleted::Without => Condition::IsNull(ColumnRef::main(DELETED_AT)),
            Deleted::Only => Condition::NotNull(ColumnRef::main(DELETED_AT)),
        };
        if let Some(source) = request.filter.as_deref().filter(|it| !it.trim().is_empty()) {
            let gate = WithSources(context.access.as_ref());
            let predicate = compile_filter(&context.schema, object, source, &gate, &context.access.member, context.now, &context.time_zone)?;
            condition = condition.and(tables.condition(&predicate)?);
        }
        if let Some(words) = request.words.as_deref().filter(|it| !it.trim().is_empty()) {
            condition = condition.and(words_condition(context, object, words));
        }
        if let Some(change) = request.change {
            condition = condition.and(crate::events::records_of_change(change));
        }
        let mut layout = lay_out(context, object, request.fields.as_deref(), request.place, &mut tables)?;
        let (order, sort) = order_of(context, request.sort.as_deref(), &mut tables)?;
        condition = condition.and(tables.take_uncovered());
        let sort_cells = order
            .iter()
            .map(|term| {
                layout.columns.iter().position(|it| *it == term.column).unwrap_or_else(|| {
                    layout.columns.push(term.column);
                    layout.columns.len() - 1
                })
            })
            .collect();
        let mut joins = tables.statements;
        condition = condition.and(rights_condition(context, object, verb, &mut joins)?);
        let select = Select { table: object.table.clone(), joins, columns: layout.columns.clone(), condition, order, limit: None, lock: false };
        Ok(Self { select, layout, sort, sort_cells })
    }

    /// Only of these records.
    #[must_use]
    pub fn among(mut self, ids: &[Uuid]) -> Self {
        let condition = std::mem::replace(&mut self.select.condition, Condition::True);
        let wanted = Condition::In(ColumnRef::main(ID), ids.iter().copied().map(Value::Id).collect(), false);
        self.select.condition = wanted.and(condition);
        self
    }

    /// Goes on after a cursor.
    pub fn after(&mut self, cursor: &str) -> Result<()> {
        let values = cursor::decode(&self.sort, self.select.order.len(), cursor)?;
        if !values.iter().zip(&self.select.order).all(|(value, term)| self.holds(term.column, value)) {
            return Err(cursor::bad());
        }
        let terms = self.select.order.iter().copied().zip(values).collect();
        let condition = std::mem::replace(&mut self.select.condition, Condition::True);
        self.select.condition = condition.and(Condition::After(terms));
        Ok(())
    }

    /// Whether a column can hold the value; where nothing is referred to, or nothing that is shown, it holds none.
    fn holds(&self, column: ColumnRef, value: &Value) -> bool {
        let table = match usize::from(column.table) {
            0 => Some(&self.select.table),
            joined if *value == Value::Null => return joined <= self.select.joins.len(),
            joined => self.select.joins.get(joined - 1).map(|it| &it.table),
        };
        table.and_then(|it| it.columns.get(usize::from(column.column))).is_some_and(|it| cursor::fits(value, it))
    }

    fn cursor_of(&self, row: &[Value]) -> String {
        let values: Vec<Value> = self.sort_cells.iter().map(|&it| row.get(it).cloned().unwrap_or_default()).collect();
        cursor::encode(&self.sort, &values)
    }
}

/// Records whose words contain those of a query. Every word must stand in a field the caller may see: where fields that
/// are searched are hidden from him, each word is looked for in the words of the open ones alone.
pub fn words_condition(context: &Context, object: &Object, query: &str) -> Condition {
    let words: Vec<(String, bool)> = guanxi_text::search_tokens::query_tokens(query).into_iter().map(|it| (it.text, it.prefix)).collect();
    if crate::search::open_groups(context, object).is_none() && !words.is_empty() {
        return Condition::Words { object: object.name.clone(), id: ColumnRef::main(ID), words: vec![words] };
    }
    terms_condition(context, object, words.into_iter().map(|it| vec![vec![it]]).collect())
}

/// Records whose words contain all of some terms, of each any of its lists; a list must stand in fields the caller may see,
/// as [`words_condition`] says.
pub(crate) fn terms_condition(context: &Context, object: &Object, terms: Vec<Vec<Vec<(String, bool)>>>) -> Condition {
    if terms.is_empty() {
        return Condition::False;
    }
    let id = ColumnRef::main(ID);
    let Some(open) = crate::search::open_groups(context, object) else {
        return Condition::And(terms.into_iter().map(|words| Condition::Words { object: object.name.clone(), id, words }).collect());
    };
    let in_group = |group: &OpenGroup<'_>, term: &Vec<Vec<(String, bool)>>| {
        let found = Condition::Words { object: group.name.clone(), id, words: term.clone() };
        group.covers.iter().map(|it| it.others(0)).fold(found, Condition::and)
    };
    let in_any = |term: Vec<Vec<(String, bool)>>| Condition::Or(open.iter().map(|group| in_group(group, &term)).collect());
    if open.is_empty() { Condition::False } else { Condition::And(terms.into_iter().map(in_any).collect()) }
}

/// One page of an object's records.
pub fn list(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &ListRequest) -> Result<Page> {
    let limit = request.limit.clamp(1, MAX_LIMIT) as usize;
    let mut stream = Stream::compile(context, object, request, Verb::Read)?;
    let count = count_of(context, tx, object, request)?;
    if count == Some(Count { value: 0, exact: true }) {
        return Ok(Page { items: "[]".to_owned(), length: 0, next_cursor: None, count });
    }
    if let Some(cursor) = request.cursor.as_deref() {
        stream.after(cursor)?;
    }
    stream.select.limit = Some(limit as u64 + 1);
    page_sink(context, tx, object, &stream, limit, count)
}

/// The number of records of a request, without the joins that only its output needs.
///
/// # Errors
/// As the list's own.
pub fn count_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &ListRequest) -> Result<Option<Count>> {
    if request.count == CountMode::None {
        return Ok(None);
    }
    let bare = ListRequest { fields: Some(Vec::new()), ..request.clone() };
    let stream = Stream::compile(context, object, &bare, Verb::Read)?;
    Ok(Some(match request.count {
        CountMode::Exact => Count { value: tx.count(&stream.select, None)?, exact: true },
        CountMode::None | CountMode::Capped => {
            let Counted { rows, broken_off } = tx.count_briefly(&stream.select, CAPPED_COUNT + 1, LONGEST_COUNT)?;
            Count { value: rows.min(CAPPED_COUNT), exact: !broken_off && rows <= CAPPED_COUNT }
        }
    }))
}

/// Runs a compiled list and writes its first `limit` rows.
pub fn page_sink(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, stream: &Stream, limit: usize, count: Option<Count>) -> Result<Page> {
    let mut items = String::with_capacity(limit * 256);
    let mut length = 0;
    let mut next_cursor = None;
    items.push('[');
    if !stream.layout.needs_titles() {
        let none = Titles::default();
        let mut last: Vec<Value> = Vec::new();
        tx.select(&stream.select, &mut |row| {
            if length == limit {
                next_cursor = Some(stream.cursor_of(&last));
                return ControlFlow::Break(());
            }
            if length > 0 {
                items.push(',');
            }
            stream.layout.write_record(object, row, &none, &mut items);
            length += 1;
            if length == limit {
                last = std::mem::take(row);
            }
            ControlFlow::Continue(())
        })?;
    } else {
        let mut rows = tx.rows(&stream.select)?;
        if rows.len() > limit {
            rows.truncate(limit);
            next_cursor = rows.last().map(|it| stream.cursor_of(it));
        }
        let titles = titles_of(context, tx, object, &stream.layout, &rows)?;
        for row in &rows {
            if length > 0 {
                items.push(',');
            }
            stream.layout.write_record(object, row, &titles, &mut items);
            length += 1;
        }
    }
    items.push(']');
    Ok(Page { items, length, next_cursor, count })
}

/// Titles of what the rows' link fields and records of whatever object point to, as far as the caller may see it.
fn titles_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, layout: &Layout, rows: &[Vec<Value>]) -> Result<Titles> {
    let ids: Vec<Value> = rows.iter().filter_map(|it| it.first().cloned()).collect();
    let mut titles = Titles::default();
    for &position in &layout.links {
        record::each_link(context, tx, object, position, &ids, &mut |source, target, label| {
            titles.links.entry((source, position)).or_default().push((target, label));
        })?;
    }
    let mut named: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for cell in layout.record_cells() {
        for (object, id) in rows.iter().filter_map(|it| named_record(it.get(cell..cell + 2)?)) {
            named.entry(object).or_default().push(id);
        }
    }
    for (name, mut ids) in named {
        ids.sort_unstable();
        ids.dedup();
        let Some(target) = context.schema.object(name).filter(|it| may_be_named(it) && context.access.may(it, Verb::Read)).cloned() else { continue };
        for found in record::load_records(context, tx, &target, &ids, Verb::Read, false)? {
            titles.records.extend(found.text_for(context, target.title_field().name()).map(|it| (found.id(), it)));
        }
    }
    Ok(titles)
}

/// Of some live records those the caller may read, as lists show them, by id.
///
/// # Errors
/// Fails where a path is not known, or the database does.
pub fn list_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, ids: &[Uuid], fields: &[String]) -> Result<BTreeMap<Uuid, Json>> {
    let request = ListRequest { fields: Some(fields.to_vec()), sort: Some("id".into()), limit: MAX_LIMIT, ..ListRequest::default() };
    let mut found = BTreeMap::new();
    for some in ids.chunks(MAX_LIMIT as usize) {
        let stream = Stream::compile(context, object, &request, Verb::Read)?.among(some);
        let page = page_sink(context, tx, object, &stream, some.len(), None)?;
        let records: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
        let id = |it: &Json| it["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        found.extend(records.into_iter().filter_map(|it| Some((id(&it)?, it))));
    }
    Ok(found)
}

/// One record as JSON, with its version. `None` for what does not exist or may not be seen.
pub fn get(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, fields: Option<&[String]>) -> Result<Option<(i64, String)>> {
    let request =
        ListRequest { fields: fields.map(<[String]>::to_vec), sort: Some("id".into()), limit: 1, place: Place::Record, ..ListRequest::default() };
    let mut stream = Stream::compile(context, object, &request, Verb::Read)?;
    let condition = std::mem::replace(&mut stream.select.condition, Condition::True);
    stream.select.condition = Condition::equals(ColumnRef::main(ID), Value::Id(id)).and(condition);
    stream.select.order.clear();
    let Some(row) = tx.first(&stream.select)? else { return Ok(None) };
    let rows = [row];
    let titles = titles_of(context, tx, object, &stream.layout, &rows)?;
    let mut json = String::with_capacity(1_024);
    stream.layout.write_record(object, &rows[0], &titles, &mut json);
    let version = if let Some(Value::Int(version)) = rows[0].get(1) { *version } else { 0 };
    Ok(Some((version, json)))
}
