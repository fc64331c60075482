//! Finding records by words: an index that follows the event log, and a search that passes the read path.

mod file_texts;
mod index;
mod known;
mod marks;
mod nearly;
mod query;
mod rebuild;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_text::pinyin::sort_text;
use guanxi_text::script::fold_for_search;
use guanxi_text::search_marks::Wanted;
use guanxi_text::search_tokens::query_tokens;
use jiff::Timestamp;
use uuid::Uuid;

use self::file_texts::{holder_of, text_of_file};
use self::marks::{has_each, matched, matched_in, says_each};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{ListRequest, Record, Stream, terms_condition};
use crate::schema::{FILE_OBJECT, FieldGate, OWNER_FIELD, Object, is_sortable};
use crate::store::{ColumnRef, Condition, ReadTx};

pub use file_texts::{FileText, MOST_KEPT, READER, forget_unnamed_texts, keep_text, unread_contents};
pub(crate) use index::{OpenGroup, forget, open_groups};
pub use index::{index_all, index_next, index_records, is_searchable};
pub use marks::Matched;
pub use query::SearchQuery;
pub(crate) use rebuild::forget_layout;
pub use rebuild::{rebuild, rebuilding};

/// A record found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hit {
    /// Object.
    pub object: String,
    /// Record.
    pub id: Uuid,
    /// Its title.
    pub label: String,
    /// A second fact that tells it from others of the same title.
    pub subtitle: String,
    /// The field of that fact.
    pub subtitle_field: Option<String>,
    /// The record it belongs to and is seen on, by object and id, where it has no page of its own.
    pub on: Option<(String, Uuid)>,
    /// What of it was found, as far as the caller sees it whole.
    pub matched: Vec<Matched>,
    /// Whether it has only what was nearly typed.
    pub typo: bool,
}

/// Most records of an object, of each kind (last changed, own, called just so), among which the best are looked for.
const RANKED: u64 = 50;
/// Most records with the words of a phrase that are looked through for it.
const MOST_READ: u64 = 500;
/// The same of files, whose text is long.
const MOST_FILES_READ: u64 = 40;
/// The field of the last change.
const CHANGED: &str = "updated_at";
/// Fields that tell when something happened with a record last.
const LAST: [&str; 2] = [CHANGED, "last_activity_at"];
/// Where more have the words than this, each object is asked by itself: going over them costs more than that.
const MOST_LOOKED_AT: u64 = 5_000;
/// Fewer hits than this, and what was nearly typed is looked for too.
const FEW: usize = 3;
/// Characters of a second fact that are told.
const MOST_SUBTITLE: usize = 120;

/// Records of several objects that contain the words and are what the operators say ([`SearchQuery`]), under the caller's
/// rights. A word in a field the caller may not see finds nothing. Where that is few, records that have what was nearly typed
/// follow: looked for and shown under the same rights, so that nothing is told of words that stand elsewhere.
///
/// # Errors
/// Fails where the database does.
pub fn search(context: &Context, tx: &mut dyn ReadTx, text: &str, objects: Option<&[String]>, limit: u64) -> Result<(Vec<Hit>, bool)> {
    let query = SearchQuery::read(text);
    if query.is_empty() {
        return Ok((Vec::new(), false));
    }
    let schema = context.schema.clone();
    let mut order: Vec<&Arc<Object>> = schema.objects.values().filter(|it| is_searchable(it) && context.access.may(it, Verb::Read)).collect();
    order.retain(|it| query.wants(it));
    if let Some(objects) = objects {
        order.retain(|it| objects.contains(&it.name));
    }
    // Objects of the navigation first, in its order.
    let rank = |object: &Object| schema.apps.iter().flat_map(|it| &it.objects).position(|it| *it == object.name).unwrap_or(usize::MAX);
    order.sort_by_key(|it| rank(it));
    let mut looking = Looking { context, query: &query, limit, hits: Vec::new(), more: false, just_so: HashSet::new() };
    // One look at the index spares a statement for each of the many objects that have nothing of it. What each is asked
    // then is asked with all his rights, as if nothing had been looked at.
    let having = looking.objects(tx)?;
    for object in order.iter().filter(|it| having.as_ref().is_none_or(|having| having.contains(&it.name))) {
        looking.exactly(tx, object)?;
    }
    let just_so = std::mem::take(&mut looking.just_so);
    looking.hits.sort_by_key(|it| !just_so.contains(&it.object));
    // Phrases are to be there as they are. Where there is more of what was typed, it would be taken for what was nearly typed.
    if looking.hits.len() < FEW && !looking.more && !query.has_phrases() {
        looking.nearly(tx, &order)?;
    }
    Ok((looking.hits, looking.more))
}

/// A search under way.
struct Looking<'a> {
    context: &'a Context,
    query: &'a SearchQuery,
    limit: u64,
    hits: Vec<Hit>,
    more: bool,
    /// Objects of which one is called just so: they come before the others.
    just_so: HashSet<String>,
}

impl Looking<'_> {
    /// The objects among whose records some have the words; nothing where all are to be asked.
    fn objects(&self, tx: &mut dyn ReadTx) -> Result<Option<BTreeSet<String>>> {
        let words: Vec<(String, bool)> = query_tokens(&self.query.words).into_iter().map(|it| (it.text, it.prefix)).collect();
        Ok(if words.is_empty() { None } else { tx.objects_with(&words, MOST_LOOKED_AT)? })
    }

    fn exactly(&mut self, tx: &mut dyn ReadTx, object: &Arc<Object>) -> Result<()> {
        let wanted: Vec<Vec<Wanted>> = query_tokens(&self.query.words).into_iter().map(|it| vec![Wanted::Token(it)]).collect();
        let records = if self.query.has_phrases() { self.saying(tx, object)? } else { self.found(tx, object)? };
        let typed = fold_for_search(self.query.words.trim());
        if records.first().is_some_and(|it| standing(self.context, it, &typed).0 > 1) {
            self.just_so.insert(object.name.clone());
        }
        self.take(tx, records, &wanted, false)
    }

    /// The best of the records that have the words: among those last changed, where there are more, among the caller's own and
    /// among those called just so too.
    fn found(&self, tx: &mut dyn ReadTx, object: &Arc<Object>) -> Result<Vec<Record>> {
        let words = Some(self.query.words.clone()).filter(|it| !it.trim().is_empty());
        let Some(filter) = self.query.filter(self.context, object) else { return Ok(Vec::new()) };
        let Some(stream) = self.stream(object, words.clone(), &filter, &newest(self.context, object))? else { return Ok(Vec::new()) };
        let most = RANKED.max(self.limit + 1);
        let mut records = self.read(tx, object, stream, most)?;
        if records.len() as u64 >= most && words.is_some() {
            records.extend(self.own(tx, object, words, &filter, most)?);
            records.extend(self.called(tx, object, &filter, most)?);
            let mut seen = HashSet::new();
            records.retain(|it| seen.insert(it.id()));
        }
        self.rank(&mut records);
        Ok(records)
    }

    /// The caller's own.
    fn own(&self, tx: &mut dyn ReadTx, object: &Arc<Object>, words: Option<String>, filter: &str, most: u64) -> Result<Vec<Record>> {
        let owner = object.field(OWNER_FIELD).filter(|it| object.definition.owned && self.context.access.may_group(object, it));
        if owner.is_none() {
            return Ok(Vec::new());
        }
        let own = format!("{OWNER_FIELD} == me.id");
        let filter = if filter.is_empty() { own } else { format!("{own} && {filter}") };
        match self.stream(object, words, &filter, &newest(self.context, object))? {
            Some(stream) => self.read(tx, object, stream, most),
            None => Ok(Vec::new()),
        }
    }

    /// Those that are called as was typed, found along the order of the titles.
    fn called(&self, tx: &mut dyn ReadTx, object: &Arc<Object>, filter: &str, most: u64) -> Result<Vec<Record>> {
        let title = object.title_field();
        let key = title.parts.iter().find(|it| it.name == "sort").filter(|_| is_sortable(title) && self.context.access.may_group(object, title));
        let Some(column) = key.map(|it| it.column) else { return Ok(Vec::new()) };
        let Some(mut stream) = self.stream(object, None, filter, title.name())? else { return Ok(Vec::new()) };
        let condition = std::mem::replace(&mut stream.select.condition, Condition::True);
        stream.select.condition = Condition::In(ColumnRef::main(column), spellings(&self.query.words), false).and(condition);
        self.read(tx, object, stream, most)
    }

    /// Records that say each phrase: in texts the database can look through whole, and, among so many that have the words, in
    /// any text that is searched.
    fn saying(&self, tx: &mut dyn ReadTx, object: &Arc<Object>) -> Result<Vec<Record>> {
        let words = Some(self.query.words.clone());
        let Some(filter) = self.query.filter(self.context, object) else { return Ok(Vec::new()) };
        let most = RANKED.max(self.limit + 1);
        let mut records = Vec::new();
        if let Some(said) = self.query.said(self.context, object) {
            let said = if filter.is_empty() { said } else { format!("{said} && {filter}") };
            if let Some(stream) = self.stream(object, words.clone(), &said, &newest(self.context, object))? {
                records = self.read(tx, object, stream, most)?;
            }
        }
        // Rich texts, addresses, numbers and what files say; and whatever is written in other characters of the same meaning.
        if (records.len() as u64) < most {
            let is_file = object.name == FILE_OBJECT;
            let Some(stream) = self.stream(object, words, &filter, &newest(self.context, object))? else { return Ok(records) };
            let looked_through = if is_file { MOST_FILES_READ } else { MOST_READ };
            for record in self.read(tx, object, stream, looked_through)? {
                let text = if is_file { text_of_file(tx, &record)? } else { None };
                if says_each(self.context, &record, text.as_deref(), self.query.phrases()) && records.iter().all(|it| it.id() != record.id()) {
                    records.push(record);
                }
            }
        }
        self.rank(&mut records);
        Ok(records)
    }

    /// What was nearly typed, ever more forgivingly until something is found.
    fn nearly(&mut self, tx: &mut dyn ReadTx, order: &[&Arc<Object>]) -> Result<()> {
        let exact: HashSet<Uuid> = self.hits.iter().map(|it| it.id).collect();
        for reading in nearly::readings(tx, &self.query.words)? {
            for object in order {
                let is_file = object.name == FILE_OBJECT;
                // The words of files are not among those known: whether one was found would tell of other records.
                if is_file && reading.has_known {
                    continue;
                }
                let Some(filter) = self.query.filter(self.context, object) else { continue };
                let Some(mut stream) = self.stream(object, None, &filter, "-id")? else { continue };
                let condition = std::mem::replace(&mut stream.select.condition, Condition::True);
                stream.select.condition = terms_condition(self.context, object, reading.terms.clone()).and(condition);
                let context = self.context;
                // What stands in nothing that is shown to him was found by a coincidence, or not by him.
                let is_meant = |tx: &mut dyn ReadTx, record: &Record| -> Result<bool> {
                    let said = if is_file { text_of_file(tx, record)? } else { None };
                    Ok(!exact.contains(&record.id()) && has_each(context, record, said.as_deref(), &reading.wanted))
                };
                // What a file says is long to look through.
                let ranked = if is_file { self.limit + 1 } else { RANKED.max(self.limit + 1) };
                let mut records = Vec::new();
                for record in self.read(tx, object, stream, ranked)? {
                    if is_meant(tx, &record)? {
                        records.push(record);
                    }
                }
                self.rank(&mut records);
                self.take(tx, records, &reading.wanted, true)?;
            }
            if self.hits.len() >= FEW {
                break;
            }
        }
        Ok(())
    }

    /// The records of an object that are what a filter says, and have the words, where there are any.
    fn stream(&self, object: &Arc<Object>, words: Option<String>, filter: &str, sort: &str) -> Result<Option<Stream>> {
        let filter = Some(filter.to_owned()).filter(|it| !it.is_empty());
        let request = ListRequest { fields: Some(Vec::new()), sort: Some(sort.into()), words, filter, ..ListRequest::default() };
        match Stream::compile(self.context, object, &request, Verb::Read) {
            // He may not ask for the owner's name, for example: then nothing is found by it.
            Err(KernelError::BadRequest { .. }) if request.filter.is_some() => Ok(None),
            other => other.map(Some),
        }
    }

    /// So many records of a stream, whole.
    fn read(&self, tx: &mut dyn ReadTx, object: &Arc<Object>, mut stream: Stream, most: u64) -> Result<Vec<Record>> {
        stream.select.columns = (0..object.table.columns.len()).map(ColumnRef::main).collect();
        stream.select.limit = Some(most);
        Ok(tx.rows(&stream.select)?.into_iter().map(|row| Record { object: object.clone(), row }).collect())
    }

    /// The best first.
    fn rank(&self, records: &mut [Record]) {
        let wanted = fold_for_search(self.query.words.trim());
        records.sort_by_cached_key(|it| std::cmp::Reverse(standing(self.context, it, &wanted)));
    }

    fn take(&mut self, tx: &mut dyn ReadTx, records: Vec<Record>, wanted: &[Vec<Wanted>], typo: bool) -> Result<()> {
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let known: HashSet<Uuid> = if typo { self.hits.iter().map(|it| it.id).collect() } else { HashSet::new() };
        let new = records.into_iter().filter(|it| !known.contains(&it.id()));
        for (at, record) in new.enumerate() {
            if at == most {
                self.more = true;
                break;
            }
            self.hits.extend(hit(self.context, tx, &record, wanted, typo)?);
        }
        Ok(())
    }
}

/// What speaks for a record among those found: it is called just so, or begins so, or is the caller's own. Then comes first
/// what something happened with last.
fn standing(context: &Context, record: &Record, wanted: &str) -> (u8, bool, Option<Timestamp>, Uuid) {
    let title = record.text_for(context, record.object.title_field().name()).map(|it| fold_for_search(&it)).unwrap_or_default();
    let called = if wanted.is_empty() { 0 } else { u8::from(title.starts_with(wanted)) + u8::from(title == wanted) };
    let own = record.object.definition.owned && record.reference(OWNER_FIELD) == Some(context.actor);
    (called, own, LAST.iter().filter_map(|it| moment(context, record, it)).max(), record.id())
}

/// When something happened with a record, as far as the caller may know.
fn moment(context: &Context, record: &Record, name: &str) -> Option<Timestamp> {
    record.object.field(name).filter(|it| context.access.may_read(&record.object, it))?;
    if let Value::DateTime(at) = record.value(name) { Some(at) } else { None }
}

/// The order in which those come first that were changed last; where the caller may not know of that, the newest.
fn newest(context: &Context, object: &Object) -> String {
    let changed = object.field(CHANGED).is_some_and(|it| context.access.may_group(object, it));
    if changed { format!("-{CHANGED}") } else { "-id".to_owned() }
}

/// How titles that are called so may be written, as they are kept to be sorted by.
fn spellings(words: &str) -> Vec<Value> {
    let words = words.trim();
    let capitals: Vec<String> =
        words.split(' ').map(|it| it.chars().take(1).flat_map(char::to_uppercase).chain(it.chars().skip(1)).collect()).collect();
    let written = [words.to_owned(), words.to_lowercase(), words.to_uppercase(), capitals.join(" ")];
    let keys: BTreeSet<String> = written.iter().map(|it| sort_text(it)).collect();
    keys.into_iter().map(Value::Text).collect()
}

/// What is told of a record; nothing of a file that hangs on no record the caller could go to.
fn hit(context: &Context, tx: &mut dyn ReadTx, record: &Record, wanted: &[Vec<Wanted>], typo: bool) -> Result<Option<Hit>> {
    let object = &record.object;
    let facts = object.fields.iter().filter(|it| it.definition.searchable && it.name() != object.definition.title_field);
    let told = facts.filter_map(|it| Some((it.name(), record.text_for(context, it.name())?))).find(|it| !it.1.trim().is_empty());
    let (subtitle_field, subtitle) = told.unzip();
    let label = record.text_for(context, object.title_field().name()).unwrap_or_default();
    let mut matched = matched(context, record, subtitle_field, wanted);
    let mut on = object.definition.follows.as_deref().filter(|_| object.definition.internal).and_then(|it| followed(record, it));
    if object.name == FILE_OBJECT {
        on = holder_of(context, tx, record.id())?;
        if on.is_none() {
            return Ok(None);
        }
        matched.extend(text_of_file(tx, record)?.and_then(|it| matched_in("text", &it, wanted)));
    }
    Ok(Some(Hit {
        object: object.name.clone(),
        id: record.id(),
        label,
        subtitle: subtitle.unwrap_or_default().chars().take(MOST_SUBTITLE).collect(),
        subtitle_field: subtitle_field.map(str::to_owned),
        on,
        matched,
        typo,
    }))
}

/// The record a field of another one names.
fn followed(record: &Record, field: &str) -> Option<(String, Uuid)> {
    let named = record.object.field(field)?;
    let object = match record.value(&format!("{field}.object")).as_text() {
        Some(object) => object.to_owned(),
        None => named.target.clone()?,
    };
    Some((object, record.reference(field)?))
}
