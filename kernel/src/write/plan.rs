//! Planning: from the caller's JSON to a [`Draft`] with all its problems.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::computed::{check_row, fill_formulas};
use super::draft::{Draft, DraftKind, Stamp};
use super::{merge, rights};
use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{FieldConflict, KernelError, Result};
use crate::fields::{ParseContext, named_record};
use crate::files::{holds_picture, no_picture};
use crate::history;
use crate::locks::Locks;
use crate::read::{Record, among, field_json, get_json, known_count, link_targets, load_record, may_be_named, readable_ids, unknown_field};
use crate::schema::{CREATED_AT, CREATED_BY, FILE_OBJECT, Field, FieldKind, ID, Label, Object, RollupFunction, UPDATED_AT, UPDATED_BY, VERSION};
use crate::store::{ColumnRef, Condition, ReadTx, Select};

/// How an update is planned.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanOptions {
    /// The version the caller had; a later one is a conflict.
    pub expected_version: Option<i64>,
    /// Fields nobody else changed since that version merge by themselves.
    pub merge: bool,
    /// Also look up unique values, so that a dry run tells them.
    pub check_unique: bool,
    /// When and by whom, if not now and by the caller; heeded for the engine itself alone.
    pub stamp: Option<Stamp>,
}

/// Plans changes. Keeps what it looked up, so that a batch asks once.
pub struct Planner<'a> {
    context: &'a Context,
    parse: ParseContext,
    reachable: HashMap<String, HashSet<Uuid>>,
    locks: Locks,
    /// Takes a change back instead of making one.
    backwards: bool,
}

impl<'a> Planner<'a> {
    /// A planner for one request.
    pub fn new(context: &'a Context) -> Self {
        Self { context, parse: context.parse_context(), reachable: HashMap::new(), locks: Locks::default(), backwards: false }
    }

    /// A planner for the engine itself that need not ask for some records, by object: they are there.
    pub(super) fn knowing(context: &'a Context, known: HashMap<String, HashSet<Uuid>>) -> Self {
        Self { reachable: known, ..Self::new(context) }
    }

    /// What it found to be there.
    pub(super) fn known(self) -> HashMap<String, HashSet<Uuid>> {
        self.reachable
    }

    /// A planner that gives records back what they had.
    pub(super) fn backwards(context: &'a Context) -> Self {
        Self { backwards: true, ..Self::new(context) }
    }

    /// Plans a new record.
    pub fn create(&mut self, tx: &mut dyn ReadTx, object: &Arc<Object>, values: &Map<String, Json>, options: PlanOptions) -> Result<Draft> {
        let context = self.context;
        context.access.require(object, Verb::Create)?;
        let mut row = vec![Value::Null; object.table.columns.len()];
        row[ID] = Value::Id(context.new_id());
        row[VERSION] = Value::Int(1);
        let stamp = options.stamp.filter(|_| context.access.is_system());
        let Stamp { at, actor } = stamp.unwrap_or(Stamp { at: context.now, actor: context.actor });
        row[CREATED_AT] = Value::DateTime(at);
        row[UPDATED_AT] = Value::DateTime(at);
        row[CREATED_BY] = Value::Id(actor);
        row[UPDATED_BY] = Value::Id(actor);
        let mut draft = Draft {
            kind: DraftKind::Create,
            object: object.clone(),
            before: None,
            row,
            touched: BTreeSet::new(),
            links: BTreeMap::new(),
            problems: Vec::new(),
            stamp,
            also_tells: None,
            by_engine: context.access.is_system(),
            told: None,
            planned: None,
        };
        empty_rollups(&mut draft);
        self.take_values(&mut draft, values)?;
        self.fill_defaults(&mut draft);
        rights::refuse_foreign(context, &draft)?;
        self.locks.refuse_part(context, tx, object, &draft.row)?;
        self.require_leader(tx, &draft)?;
        self.require_companion(tx, &draft)?;
        self.finish(tx, draft, options)
    }

    /// What is seen with another record is put beside it, or taken from there, only by who may change that one.
    fn require_companion(&self, tx: &mut dyn ReadTx, draft: &Draft) -> Result<()> {
        let field = draft.object.definition.seen_with.as_ref().map(|it| it.field.as_str()).filter(|it| draft.changes(it));
        let Some(field) = field.filter(|_| !self.context.access.is_unlimited()) else { return Ok(()) };
        let leader = draft.object.field(field).and_then(|it| it.target.as_deref()).and_then(|it| self.context.schema.object(it)).cloned();
        let Some(leader) = leader else { return Ok(()) };
        let before = draft.before.as_ref().and_then(|it| it.reference(field));
        for id in [before, draft.record().reference(field)].into_iter().flatten() {
            match self.reach(tx, &leader, id, Verb::Update) {
                Ok(_) => {}
                // From what is there and hidden from him he takes nothing; what is not there any more holds nothing. That where
                // he puts it is not there is told with everything else that is wrong.
                Err(KernelError::NotFound) => {
                    let there = |column: &dyn Fn(&str) -> Result<ColumnRef>| among(column("id"), [id]);
                    if before == Some(id) && known_count(self.context, tx, &leader.name, there, 1)? > 0 {
                        return Err(KernelError::Forbidden(format!("{} {}", Verb::Update.name(), leader.name)));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What changes with the record it follows is made, or brought to another one, only where that one may be changed.
    fn require_leader(&self, tx: &mut dyn ReadTx, draft: &Draft) -> Result<()> {
        let definition = &draft.object.definition;
        let Some(field) = definition.follows.as_deref().filter(|it| definition.follows_changes && draft.changes(it)) else { return Ok(()) };
        if self.context.access.is_unlimited() {
            return Ok(());
        }
        let named = match draft.value(&format!("{field}.object")).as_text() {
            Some(name) => Some(name.to_owned()),
            None => draft.object.field(field).and_then(|it| it.target.clone()),
        };
        let leader = named.and_then(|it| self.context.schema.object(&it)).cloned();
        let (Some(leader), Value::Id(id)) = (leader, draft.value(field)) else { return Ok(()) };
        match self.reach(tx, &leader, id, Verb::Update) {
            // That it is not there is told with everything else that is wrong.
            Ok(_) | Err(KernelError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks up at once what many drafts to come refer to, instead of asking for each of them.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn expect_references(&mut self, tx: &mut dyn ReadTx, target: &Arc<Object>, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
        let known = self.reachable.entry(target.name.clone()).or_default();
        let mut ask: Vec<Uuid> = ids.into_iter().filter(|it| !known.contains(it)).collect();
        ask.sort_unstable();
        ask.dedup();
        known.extend(readable_ids(self.context, tx, target, &ask)?);
        Ok(())
    }

    /// The same for what values name, in whatever form they name it.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn expect_values<'v>(&mut self, tx: &mut dyn ReadTx, object: &Object, values: impl IntoIterator<Item = &'v Map<String, Json>>) -> Result<()> {
        let mut named: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for (name, json) in values.into_iter().flatten() {
            if let Some(target) = object.field(name).and_then(|it| it.target.as_deref()) {
                ids_in(json, named.entry(target).or_default());
            }
        }
        for (target, ids) in named {
            if let Some(target) = self.context.schema.object(target).cloned() {
                self.expect_references(tx, &target, ids)?;
            }
        }
        Ok(())
    }

    /// Looks up at once which records of an object are locked, instead of asking for each of them.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn expect_locks(&mut self, tx: &mut dyn ReadTx, object: &Object) -> Result<()> {
        self.locks.expect(self.context, tx, &object.name)?;
        let holder = object.definition.locked_with.as_deref().and_then(|it| object.field(it)).and_then(|it| it.target.as_deref());
        holder.map_or(Ok(()), |it| self.locks.expect(self.context, tx, it))
    }

    /// Plans a change of a record the caller may change.
    pub fn update(&mut self, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, values: &Map<String, Json>, options: PlanOptions) -> Result<Draft> {
        let record = self.reach(tx, object, id, Verb::Update)?;
        self.change(tx, record, values, options)
    }

    /// Plans a change of a record as it was read, which the caller may change.
    pub(super) fn change(&mut self, tx: &mut dyn ReadTx, record: Record, values: &Map<String, Json>, options: PlanOptions) -> Result<Draft> {
        let (context, object, id, current) = (self.context, &record.object.clone(), record.id(), record.version());
        let mut draft = Draft {
            kind: DraftKind::Update,
            object: object.clone(),
            row: record.row.clone(),
            before: Some(record),
            touched: BTreeSet::new(),
            links: BTreeMap::new(),
            problems: Vec::new(),
            stamp: options.stamp.filter(|_| context.access.is_system()),
            also_tells: None,
            by_engine: context.access.is_system(),
            told: None,
            planned: None,
        };
        self.take_values(&mut draft, values)?;
        self.require_leader(tx, &draft)?;
        self.require_companion(tx, &draft)?;
        rights::refuse_locked(context, draft.before.as_ref())?;
        self.locks.refuse(context, tx, &object.name, id)?;
        for row in draft.rows_by_holder() {
            self.locks.refuse_part(context, tx, object, row)?;
        }
        if rights::gives_away(&draft) && !context.access.is_unlimited() {
            self.reach(tx, object, id, Verb::Assign)?;
        }
        if let Some(yours) = options.expected_version.filter(|it| *it != current) {
            self.refuse_conflict(tx, &draft, yours, current, options.merge)?;
        }
        let mut draft = self.finish(tx, draft, options)?;
        keep_moved_links(tx, &mut draft)?;
        Ok(stamped(context, draft))
    }

    /// A record the caller reaches with a verb; otherwise not found, or forbidden where he may read it.
    pub fn reach(&self, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<Record> {
        if let Some(record) = load_record(self.context, tx, object, id, verb, false)? {
            return Ok(record);
        }
        if load_record(self.context, tx, object, id, Verb::Read, false)?.is_some() {
            return Err(KernelError::Forbidden(format!("{} {}", verb.name(), object.name)));
        }
        merge::refuse_merged(self.context, tx, object, id)?;
        Err(KernelError::NotFound)
    }

    fn refuse_conflict(&self, tx: &mut dyn ReadTx, draft: &Draft, yours: i64, current: i64, merge: bool) -> Result<()> {
        let object = &draft.object;
        let since = history::fields_changed_since(tx, draft.id(), yours)?;
        let mine = draft.touched.iter().map(|&it| object.fields[it].name().to_owned());
        let conflicting: Vec<String> = mine.filter(|it| since.as_ref().is_none_or(|changed| changed.contains_key(it))).collect();
        if merge && since.is_some() && conflicting.is_empty() && yours < current {
            return Ok(());
        }
        let json = get_json(self.context, tx, object, draft.id())?.ok_or(KernelError::NotFound)?;
        let mut conflicts = Vec::with_capacity(conflicting.len());
        for name in &conflicting {
            let base = since.as_ref().and_then(|it| it.get(name)).cloned().unwrap_or_default();
            conflicts.push(self.field_conflict(tx, draft, name, &base, &json)?);
        }
        let current_record = Box::new(json);
        Err(KernelError::VersionConflict {
            current_version: current,
            your_version: yours,
            conflicting_fields: conflicting,
            current: current_record,
            conflicts,
        })
    }

    fn field_conflict(&self, tx: &mut dyn ReadTx, draft: &Draft, name: &str, base: &Json, current: &Json) -> Result<FieldConflict> {
        let object = &draft.object;
        let mut conflict = FieldConflict { field: name.to_owned(), base: Json::Null, theirs: current[name].clone(), mine: Json::Null };
        // Of what he may write and not read he learns nothing by it.
        let shown = |field: &Field| match &draft.before {
            Some(before) => self.context.access.shown_of(object, field, Place::Record, &before.row),
            None => self.context.access.shown(object, field, Place::Record),
        };
        if let Some(field) = object.field(name).filter(|it| shown(it) == Shown::Whole) {
            conflict.base = history::with_labels(self.context, tx, field, base)?;
            conflict.mine = history::with_labels(self.context, tx, field, &field_json(field, &draft.row))?;
        }
        Ok(conflict)
    }

    /// Reads the caller's values into the draft. Names he may not use are refused as a whole.
    fn take_values(&self, draft: &mut Draft, values: &Map<String, Json>) -> Result<()> {
        let object = draft.object.clone();
        let access = &self.context.access;
        // What hooks set beside what he wrote goes back with it: the whole of a change is his to take back, where he may still
        // make any of it.
        let along = self.backwards && values.keys().filter_map(|it| object.field(it)).any(|it| access.may_write(&object, it));
        for (name, json) in values {
            // A field that is shown covered is there, but not to be changed; one who only creates fills in what he never sees.
            let known = |field: &Field| access.may_write(&object, field) || along || access.shown(&object, field, Place::Record) != Shown::No;
            let position = object.field_position(name).filter(|&it| known(&object.fields[it]));
            let position = position.ok_or_else(|| unknown_field(name))?;
            let field = &object.fields[position];
            if field.is_computed() || (field.definition.read_only && !access.is_system() && !self.backwards) {
                return Err(KernelError::BadRequest {
                    code: "read_only_field",
                    message: crate::schema::Label::new(
                        format!("“{}”由系统维护，不能直接修改", field.definition.label.zh_cn),
                        format!("`{name}` is kept by the system and cannot be set"),
                    ),
                    field: Some(name.clone()),
                    position: None,
                });
            }
            if !access.may_write(&object, field) && !along {
                return Err(KernelError::Forbidden(format!("field {name}")));
            }
            draft.touched.insert(position);
            if json.is_null() {
                draft.clear(position);
                continue;
            }
            match field.kind().parse(&field.definition, json, &self.parse) {
                Ok(cells) => draft.put(position, cells),
                Err(problem) => draft.problems.push(problem),
            }
        }
        Ok(())
    }

    fn fill_defaults(&self, draft: &mut Draft) {
        let object = draft.object.clone();
        let member = &self.context.access.member;
        for (position, field) in object.fields.iter().enumerate() {
            if draft.touched.contains(&position) {
                continue;
            }
            let Some(default) = &field.definition.default else { continue };
            let id = |id: Option<Uuid>| id.filter(|it| !it.is_nil()).map_or(Json::Null, |it| Json::String(it.to_string()));
            let json = match default.as_str() {
                Some("@me") => id(Some(self.context.actor)),
                Some("@my_department") => id(member.department),
                Some("@now") => Json::String(self.context.now.to_string()),
                Some("@today") => Json::String(self.context.now.to_zoned(self.context.time_zone.clone()).date().to_string()),
                _ => default.clone(),
            };
            if json.is_null() {
                continue;
            }
            match field.kind().parse(&field.definition, &json, &self.parse) {
                Ok(cells) => draft.put(position, cells),
                Err(problem) => draft.problems.push(problem),
            }
        }
    }

    /// What every draft goes through once the values stand.
    fn finish(&mut self, tx: &mut dyn ReadTx, mut draft: Draft, options: PlanOptions) -> Result<Draft> {
        let context = self.context;
        fill_formulas(context, &draft.object.clone(), &mut draft.row);
        let workspace = context.workspace.clone();
        for hook in workspace.registry.hooks(&draft.object.name) {
            hook.before_save(context, tx, &mut draft)?;
        }
        fill_formulas(context, &draft.object.clone(), &mut draft.row);
        self.check_references(tx, &mut draft)?;
        check_row(context, &mut draft, self.backwards);
        if options.check_unique || !draft.problems.is_empty() {
            check_unique(tx, &mut draft)?;
        }
        Ok(draft)
    }

    /// Every reference that changed must lead to a live record the caller may see.
    fn check_references(&mut self, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        for (position, field) in object.fields.iter().enumerate() {
            if field.definition.kind == FieldKind::Record {
                self.check_record(tx, draft, field)?;
            }
            if field.target.is_none() || field.is_engine_managed() {
                continue;
            }
            let wanted: Vec<Uuid> = match (draft.links.get(&position), field.part("")) {
                // What is linked already may stay, whether the caller sees it or not.
                (Some(targets), _) => {
                    let before = if draft.before.is_some() { link_targets(tx, field, draft.id())? } else { Vec::new() };
                    targets.iter().filter(|it| !before.contains(it)).copied().collect()
                }
                (None, Some(part)) if draft.changes(field.name()) => match draft.row.get(part.column) {
                    Some(Value::Id(id)) => vec![*id],
                    _ => continue,
                },
                _ => continue,
            };
            let Some(target) = field.target.as_deref().and_then(|it| self.context.schema.object(it)).cloned() else { continue };
            let missing = self.follow_merged(tx, draft, position, &target, &wanted)?;
            if let Some(id) = missing.first() {
                let label = &field.definition.label;
                draft.problem(
                    field.name(),
                    "no_such_record",
                    format!("{}指向的记录不存在（{id}）", label.zh_cn),
                    format!("{} refers to a record that does not exist ({id})", label.en),
                );
            }
            // What it is given back was there, whatever it is.
            if field.definition.kind == FieldKind::Image && missing.is_empty() && !self.backwards {
                for id in &wanted {
                    if !holds_picture(self.context, tx, *id)? {
                        draft.problems.push(no_picture(field.name()));
                    }
                }
            }
            if matches!(field.definition.kind, FieldKind::Reference) && wanted.contains(&draft.id()) && field.target.as_deref() == Some(&object.name)
            {
                draft.problem(field.name(), "no_such_record", "不能指向自己", "a record cannot refer to itself");
            }
        }
        Ok(())
    }

    /// Lets a field refer to the records that those it names became part of; answers those that are not there at all.
    fn follow_merged(&mut self, tx: &mut dyn ReadTx, draft: &mut Draft, position: usize, target: &Arc<Object>, wanted: &[Uuid]) -> Result<Vec<Uuid>> {
        let given_back = self.is_given_back(&draft.object, &draft.object.fields[position]);
        let mut missing = self.unreachable(tx, target, wanted, given_back)?;
        for (old, new) in merge::redirected(self.context, tx, target, &missing)? {
            missing.retain(|it| *it != old);
            if let Some(targets) = draft.links.get_mut(&position) {
                targets.retain(|it| *it != old && *it != new);
                targets.push(new);
                targets.sort_unstable();
            } else if let Some(part) = draft.object.fields[position].part("") {
                draft.row[part.column] = Value::Id(new);
            }
        }
        Ok(missing)
    }

    /// A record of whatever object must be one that people work with, and the caller may see. What is missing and what is
    /// hidden from him read the same.
    fn check_record(&mut self, tx: &mut dyn ReadTx, draft: &mut Draft, field: &Field) -> Result<()> {
        if !draft.changes(field.name()) {
            return Ok(());
        }
        let cells = field.cells(&draft.row);
        let Some((name, id)) = named_record(&cells) else { return Ok(()) };
        let target = self.context.schema.object(name).filter(|it| may_be_named(it) && self.context.access.may(it, Verb::Read)).cloned();
        let missing = match target {
            Some(target) => !self.unreachable(tx, &target, &[id], self.is_given_back(&draft.object, field))?.is_empty(),
            None => true,
        };
        if missing {
            let Label { zh_cn, en } = &field.definition.label;
            draft.problem(
                field.name(),
                "no_such_record",
                format!("{zh_cn}指向的记录不存在（{id}）"),
                format!("{en} refers to a record that does not exist ({id})"),
            );
        }
        Ok(())
    }

    /// Whether a field goes back along with what the caller wrote, who could not write it himself.
    fn is_given_back(&self, object: &Object, field: &Field) -> bool {
        self.backwards && !self.context.access.may_write(object, field)
    }

    /// Which of these the caller does not see; of what is `given_back`, which are not there.
    fn unreachable(&mut self, tx: &mut dyn ReadTx, target: &Arc<Object>, ids: &[Uuid], given_back: bool) -> Result<Vec<Uuid>> {
        let member = &self.context.access.member;
        let known = self.reachable.entry(target.name.clone()).or_default();
        // A member's own name and department may stand on his records even where his roles do not open those objects.
        let own = |id: &Uuid| match target.name.as_str() {
            "user" => *id == member.id,
            "department" => member.department == Some(*id),
            _ => false,
        };
        let ask: Vec<Uuid> = ids.iter().copied().filter(|it| !known.contains(it) && !own(it)).collect();
        if ask.is_empty() {
            return Ok(Vec::new());
        }
        // What a record is given back was its own: a file that hung on it before hangs nowhere now, and so is nobody's.
        let engine = (given_back || (self.backwards && target.name == FILE_OBJECT)).then(|| self.context.as_system());
        let found = readable_ids(engine.as_ref().unwrap_or(self.context), tx, target, &ask)?;
        known.extend(&found);
        Ok(ask.into_iter().filter(|it| !found.contains(it)).collect())
    }
}

/// The ids a value of a reference or of links names; what is none is left for reading it to refuse.
fn ids_in(json: &Json, ids: &mut Vec<Uuid>) {
    match json {
        Json::String(text) => ids.extend(Uuid::try_parse(text).ok()),
        Json::Object(members) => members.get("id").into_iter().for_each(|it| ids_in(it, ids)),
        Json::Array(items) => items.iter().filter(|it| !it.is_array()).for_each(|it| ids_in(it, ids)),
        _ => {}
    }
}

/// Over no related records yet, counts and sums are zero.
fn empty_rollups(draft: &mut Draft) {
    let object = draft.object.clone();
    for field in &object.fields {
        let Some(rollup) = &field.definition.rollup else { continue };
        let Some(part) = field.part("").filter(|_| matches!(rollup.function, RollupFunction::Count | RollupFunction::Sum)) else { continue };
        draft.row[part.column] = super::computed::fit(Value::Int(0), part.storage);
    }
}

/// Links that lead where they led before are no change.
fn keep_moved_links(tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let object = draft.object.clone();
    let mut moved = BTreeMap::new();
    for (position, targets) in std::mem::take(&mut draft.links) {
        if link_targets(tx, &object.fields[position], draft.id())? != targets {
            moved.insert(position, targets);
        }
    }
    draft.links = moved;
    Ok(())
}

/// An update that changes something gets its next version, time and author.
fn stamped(context: &Context, mut draft: Draft) -> Draft {
    if !draft.is_empty() {
        draft.row[VERSION] = Value::Int(draft.version() + 1);
        let Stamp { at, actor } = draft.stamp.unwrap_or(Stamp { at: context.now, actor: context.actor });
        draft.row[UPDATED_AT] = Value::DateTime(at);
        draft.row[UPDATED_BY] = Value::Id(actor);
    }
    draft
}

/// Looks up the values that must be unique, alone or together. The index refuses duplicates anyway; this tells them along
/// with the rest.
fn check_unique(tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let object = draft.object.clone();
    for index in object.table.indexes.iter().filter(|it| it.unique) {
        let columns: Vec<usize> = index.columns.iter().filter_map(|it| object.table.position(it)).collect();
        let unchanged = draft.before.as_ref().is_some_and(|before| columns.iter().all(|&it| before.row.get(it) == draft.row.get(it)));
        if unchanged || columns.iter().any(|&it| draft.row.get(it).is_none_or(Value::is_null)) {
            continue;
        }
        let same = columns.iter().fold(Condition::IsNull(ColumnRef::main(crate::schema::DELETED_AT)), |all, &it| {
            all.and(Condition::equals(ColumnRef::main(it), draft.row[it].clone()))
        });
        let other = same.and(Condition::Compare(ColumnRef::main(ID), crate::store::CompareOp::Ne, Value::Id(draft.id())));
        let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, other).limited(1) };
        if tx.first(&select)?.is_some() {
            let fields = object.fields.iter().filter(|field| field.parts.iter().any(|part| columns.contains(&part.column)));
            draft.problems.extend(fields.map(super::execute::duplicate));
        }
    }
    Ok(())
}
