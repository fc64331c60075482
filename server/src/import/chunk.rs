//! Some rows together: what each would do, planned with the importer's rights against one snapshot.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_records;
use guanxi_kernel::schema::{Field, FieldKind, Label};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::{Draft, DraftKind, PlanOptions, Planner};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use guanxi_tabular::{Row, TabularError};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::cells::Unfound;
use super::emptied::emptied;
use super::kin::{Kin, Missing, Stage};
use super::lookup::{Found, Lookups, names_of};
use super::matching::RowKey;
use super::recipe::{Recipe, Way};
use super::upload::file_problem;
use super::{Counts, OnMatch, RowProblem};

/// A row of the file, usable or not.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Row(Row),
    Unusable(RowProblem),
    /// One that is not to be imported, by its number.
    LeftOut(u64),
}

impl Item {
    /// Number of the row in the file.
    pub fn number(&self) -> u64 {
        match self {
            Self::Row(row) => row.number,
            Self::Unusable(problem) => problem.row,
            Self::LeftOut(number) => *number,
        }
    }

    /// What the reader hands on. The error of the whole file is left an error.
    pub fn of(row: std::result::Result<Row, TabularError>, headers: &[String]) -> std::result::Result<Self, TabularError> {
        match row {
            Ok(row) => Ok(Self::Row(row)),
            Err(error) if error.is_row_error() => {
                let header =
                    |column: usize| headers.get(column - 1).filter(|it| !it.trim().is_empty()).cloned().unwrap_or_else(|| column.to_string());
                let column = error.column().filter(|it| *it > 0).map_or_else(String::new, header);
                let row = error.row().unwrap_or_default();
                Ok(Self::Unusable(RowProblem {
                    row,
                    part: String::new(),
                    field: column,
                    code: error.code().to_owned(),
                    message: file_problem(&error),
                    value: String::new(),
                }))
            }
            Err(error) => Err(error),
        }
    }
}

/// A row that is refused.
#[derive(Debug)]
pub(super) struct Refused {
    /// Position among the items.
    pub item: usize,
    pub problems: Vec<RowProblem>,
}

/// What some rows would do.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// How many items it is about: fewer than given where a row depends on one before it.
    pub consumed: usize,
    pub drafts: Vec<Draft>,
    /// Numbers of the rows they are of.
    pub rows: Vec<u64>,
    pub counts: Counts,
    pub refused: Vec<Refused>,
    /// Rows that change nothing, with the records they found: the nil id where that is what a row before made.
    pub skipped: Vec<(Uuid, u64)>,
    /// Numbers of the rows that wait for what another row may make.
    pub waiting: Vec<u64>,
    /// What becomes of the records of each part, where rows have several.
    pub parts: Vec<Counts>,
    /// Rows that mean the same record as one before.
    pub repeats: Vec<Repeat>,
    /// Values of records that new versions of them would empty, where nothing is written.
    pub emptied: u64,
}

/// A row that means the same record as one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Its number.
    pub row: u64,
    /// Number of the one before.
    pub of: u64,
    /// The part of the row it is about.
    pub part: usize,
}

/// What planning is for.
pub(super) enum Mode<'a> {
    /// It is written next.
    Real,
    /// Nothing is written: keys of rows before with their numbers, for a row that repeats one changes what that row made.
    Dry(&'a mut HashMap<String, u64>),
    /// It is written in the transaction it is planned in.
    Staged,
    /// The same, and taken back.
    StagedDry,
}

/// How rows are planned.
pub(super) struct Planning<'a> {
    pub context: &'a Context,
    pub recipe: &'a Recipe,
    pub lookups: &'a mut Lookups,
    pub kin: &'a mut Kin,
    pub mode: Mode<'a>,
}

impl Planning<'_> {
    /// Plans as many items as can be planned before something is written.
    ///
    /// # Errors
    /// What concerns more than a row: the database, a right that was taken away.
    pub fn plan(&mut self, items: &[Item]) -> Result<Planned> {
        let context = self.context;
        context.access.require(&self.recipe.object, Verb::Import)?;
        let store = context.workspace.store.clone();
        store.read_with(|tx| self.plan_in(tx, items))
    }

    fn plan_in(&mut self, tx: &mut dyn ReadTx, items: &[Item]) -> Result<Planned> {
        let (context, recipe) = (self.context, self.recipe);
        let mut planner = Planner::new(context);
        let rows = || items.iter().filter_map(|it| if let Item::Row(row) = it { Some(row) } else { None });
        self.look_up_rows(tx, &mut planner, rows())?;
        let key = |item: &Item| if let Item::Row(row) = item { recipe.key_of_row(context, row, self.lookups, &[]) } else { None };
        let keys: Vec<Option<RowKey>> = if recipe.matching.is_some() { items.iter().map(key).collect() } else { Vec::new() };
        let matches = recipe.find_keys(context, tx, keys.iter().flatten())?;
        let mut planned = Planned::default();
        let mut seen: HashSet<String> = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            let row = match item {
                Item::Row(row) => row,
                Item::Unusable(problem) => {
                    planned.refuse(index, vec![problem.clone()]);
                    continue;
                }
                Item::LeftOut(_) => {
                    planned.counts.skip += 1;
                    continue;
                }
            };
            let key = keys.get(index).and_then(Option::as_ref).map(|it| it.text.clone());
            if let (Some(key), Some(matching)) = (&key, &recipe.matching) {
                let before = if let Mode::Dry(before) = &self.mode { before.get(key).copied() } else { None };
                if let Some(of) = before {
                    planned.repeats.push(Repeat { row: row.number, of, part: 0 });
                }
                if before.is_some() || seen.contains(key) {
                    match (matching.on_match, before.is_some()) {
                        (OnMatch::Skip, _) => planned.skip(Uuid::nil(), row.number),
                        (_, true) => planned.counts.update += 1,
                        // The row before must be written first.
                        (_, false) => {
                            planned.consumed = index;
                            return Ok(planned);
                        }
                    }
                    continue;
                }
            }
            let hit = key.as_ref().and_then(|it| matches.get(it)).copied();
            match self.plan_row(tx, &mut planner, row, hit, &[]) {
                Ok(Some(draft)) => {
                    let is_new = draft.kind == DraftKind::Create;
                    let count = if is_new { &mut planned.counts.create } else { &mut planned.counts.update };
                    *count += 1;
                    planned.drafts.push(draft);
                    planned.rows.push(row.number);
                }
                Ok(None) => planned.skip(hit.and_then(Found::one).unwrap_or_default(), row.number),
                Err(RowError::Row(problems)) => {
                    planned.refuse(index, problems);
                    continue;
                }
                Err(RowError::Waits) => {
                    planned.waiting.push(row.number);
                    continue;
                }
                Err(RowError::Whole(error)) => return Err(error),
            }
            if let Some(key) = key {
                if let Mode::Dry(before) = &mut self.mode {
                    before.insert(key, row.number);
                } else {
                    seen.insert(key);
                }
            }
        }
        planned.consumed = items.len();
        if matches!(self.mode, Mode::Dry(_)) {
            planned.emptied = emptied(tx, planned.drafts.iter())?;
        }
        Ok(planned)
    }

    /// Looks up all names of other records at once, and whether what was found before is still there.
    pub(super) fn look_up_rows<'r>(
        &mut self,
        tx: &mut dyn ReadTx,
        planner: &mut Planner<'_>,
        rows: impl Iterator<Item = &'r Row> + Clone,
    ) -> Result<()> {
        let recipe = self.recipe;
        self.lookups.forget_missing();
        for (index, binding) in recipe.bindings.iter().enumerate() {
            let (Way::Reference(target, candidates) | Way::Links(target, candidates)) = &binding.way else { continue };
            let mut texts = HashSet::new();
            for row in rows.clone() {
                recipe.names_in(binding, row, &mut texts);
            }
            self.lookups.resolve(self.context, tx, index, target, candidates, &texts)?;
            planner.expect_references(tx, target, texts.iter().filter_map(|it| self.lookups.get(index, it).one()))?;
        }
        Ok(())
    }

    /// Plans one row. `records` are those that its other parts made or found.
    pub(super) fn plan_row(
        &mut self,
        tx: &mut dyn ReadTx,
        planner: &mut Planner<'_>,
        row: &Row,
        hit: Option<Found>,
        records: &[Option<Uuid>],
    ) -> std::result::Result<Option<Draft>, RowError> {
        let recipe = self.recipe;
        let (mut problems, mut unfound) = (Vec::new(), Vec::new());
        let mut values = recipe.values(row, self.lookups, records, &mut problems, &mut unfound);
        let is_dry = matches!(self.mode, Mode::Dry(_) | Mode::StagedDry);
        let options = PlanOptions { check_unique: is_dry, ..PlanOptions::default() };
        let draft = match (hit, &recipe.matching) {
            (Some(Found::One(id)), Some(matching)) => {
                for field in &recipe.only_new {
                    values.remove(recipe.object.fields[*field].name());
                }
                match matching.on_match {
                    OnMatch::Skip => return Ok(None),
                    OnMatch::Overwrite => {
                        if let Some(overwrite) = &matching.overwrite {
                            values.retain(|name, _| overwrite.iter().any(|it| recipe.object.fields[*it].name() == name));
                        }
                        recipe.add_links(tx, id, &mut values).map_err(RowError::Whole)?;
                        planner.update(tx, &recipe.object, id, &values, options)
                    }
                    OnMatch::NewVersion => {
                        recipe.empty_the_rest(&mut values, &unfound);
                        recipe.add_links(tx, id, &mut values).map_err(RowError::Whole)?;
                        let draft = planner.update(tx, &recipe.object, id, &values, options);
                        draft.map(|mut it| {
                            it.also_tells = Some(NEW_VERSION);
                            it
                        })
                    }
                    OnMatch::Fill => {
                        let values = self.missing_only(tx, id, values)?;
                        planner.update(tx, &recipe.object, id, &values, options)
                    }
                }
            }
            (Some(Found::Several), _) => {
                let message = Label::new(
                    "有多条已有记录与此行匹配，请先合并或换一个查重字段",
                    "several records match this row; merge them first, or match by another field",
                );
                let error = FieldError { field: self.matching_field().to_owned(), code: "ambiguous", message };
                problems.push(recipe.row_problem(row, &error));
                return Err(RowError::Row(problems));
            }
            _ => planner.create(tx, &recipe.object, &values, options),
        };
        let draft = match draft {
            Ok(draft) => Some(draft),
            Err(error) => {
                problems.extend(row_problems(recipe, row, error).map_err(RowError::Whole)?);
                None
            }
        };
        self.judge(row, draft, &unfound, problems)
    }

    /// What becomes of a row, now that all is known of it that can be known before other rows are written.
    fn judge(
        &mut self,
        row: &Row,
        draft: Option<Draft>,
        unfound: &[Unfound],
        mut problems: Vec<RowProblem>,
    ) -> std::result::Result<Option<Draft>, RowError> {
        let recipe = self.recipe;
        let names = draft.as_ref().map(|it| names_of(&recipe.kin, &it.row)).unwrap_or_default();
        let all: Vec<Missing> = unfound.iter().map(|it| recipe.missing(it, &self.context.parse_context())).collect();
        // What is left out of the draft for now is not what the draft lacks.
        let left_out = |field: &str| all.iter().any(|it| it.field == field);
        let told = draft.iter().flat_map(|it| &it.problems).filter(|it| it.code != "required" || !left_out(&it.field));
        problems.extend(told.map(|it| recipe.row_problem(row, it)));
        let mut waits = Vec::new();
        for missing in &all {
            match self.kin.would_be_there(missing) {
                Ok(true) => {}
                Ok(false) if self.kin.stage == Stage::Open => waits.push(missing.clone()),
                Ok(false) => problems.extend(self.kin.verdict(row.number, missing).map(|it| recipe.row_problem(row, &it))),
                Err(error) => problems.push(recipe.row_problem(row, &error)),
            }
        }
        if !waits.is_empty() {
            self.kin.note_waiting(row.number, names, waits);
            return Err(RowError::Waits);
        }
        let Some(mut draft) = draft.filter(|_| problems.is_empty()) else {
            self.kin.note_refused(row.number, names);
            return Err(RowError::Row(problems));
        };
        match self.mode {
            Mode::Dry(_) => self.kin.note_made(names),
            Mode::Real => draft.tell_ahead(),
            // What is taken back is noted when all of the row is known to hold.
            Mode::Staged | Mode::StagedDry => {}
        }
        Ok(Some(draft).filter(|it| !it.is_empty() || !all.is_empty()))
    }

    fn matching_field(&self) -> &str {
        let key = self.recipe.matching.as_ref().and_then(|it| it.keys.first());
        key.map_or("", |it| self.recipe.object.fields[it.field].name())
    }

    /// Of the values, those for fields that are empty in the record.
    fn missing_only(&self, tx: &mut dyn ReadTx, id: Uuid, mut values: Map<String, Json>) -> std::result::Result<Map<String, Json>, RowError> {
        let object = &self.recipe.object;
        let records = load_records(self.context, tx, object, &[id], Verb::Read, false).map_err(RowError::Whole)?;
        let Some(record) = records.first() else { return Ok(values) };
        let mut full = HashSet::new();
        for name in values.keys() {
            let Some(field) = object.field(name) else { continue };
            let has_links = field.link.is_some() && !guanxi_kernel::read::link_targets(tx, field, id).map_err(RowError::Whole)?.is_empty();
            if has_links || (field.link.is_none() && !field.is_empty_in(&record.row) && !is_unticked(field, &record.row)) {
                full.insert(name.clone());
            }
        }
        values.retain(|name, _| !full.contains(name));
        Ok(values)
    }
}

/// A box that is as it was when the record was made: nobody said that it is not so.
fn is_unticked(field: &Field, row: &[Value]) -> bool {
    let definition = &field.definition;
    let is_off = definition.kind == FieldKind::Boolean && definition.default == Some(Json::Bool(false));
    is_off && field.cells(row).first() == Some(&Value::Bool(false))
}

impl Planned {
    pub(super) fn refuse(&mut self, item: usize, problems: Vec<RowProblem>) {
        self.counts.reject += 1;
        self.refused.push(Refused { item, problems });
    }

    /// A row that leaves the record it found as it is.
    fn skip(&mut self, record: Uuid, row: u64) {
        self.counts.skip += 1;
        self.skipped.push((record, row));
    }

    /// Adds what became of the rows behind so many.
    pub(super) fn append(&mut self, items: usize, mut other: Self) {
        self.consumed += other.consumed;
        self.drafts.append(&mut other.drafts);
        self.rows.append(&mut other.rows);
        self.counts.add(other.counts);
        self.refused.extend(other.refused.into_iter().map(|it| Refused { item: it.item + items, ..it }));
        self.skipped.append(&mut other.skipped);
        self.waiting.append(&mut other.waiting);
        self.repeats.append(&mut other.repeats);
        self.emptied += other.emptied;
        for (mine, theirs) in self.parts.iter_mut().zip(other.parts) {
            mine.add(theirs);
        }
    }

    /// Notes a row that means the same record as one before, where it is one that counts.
    pub(super) fn note_repeat(&mut self, counts: bool, repeat: Repeat) {
        if counts {
            self.repeats.push(repeat);
        }
    }
}

/// What names the change of a record that an import made a new version of.
const NEW_VERSION: &str = "version_imported";

pub(super) enum RowError {
    /// This row cannot be used.
    Row(Vec<RowProblem>),
    /// This row cannot be used yet.
    Waits,
    /// Nothing can.
    Whole(KernelError),
}

/// An error of the engine as problems of the row, if it is about the row.
///
/// # Errors
/// The error itself, where it is about more.
pub(super) fn row_problems(recipe: &Recipe, row: &Row, error: KernelError) -> Result<Vec<RowProblem>> {
    let plain = |code: &'static str, message: Label| vec![FieldError { field: String::new(), code, message }];
    let errors = match error {
        KernelError::Invalid(errors) => errors,
        KernelError::Conflict { fields, .. } if !fields.is_empty() => fields,
        KernelError::Conflict { code, message, .. } => plain(code, message),
        KernelError::BadRequest { code, message, field, .. } => vec![FieldError { field: field.unwrap_or_default(), code, message }],
        KernelError::Forbidden(_) => plain("forbidden", Label::new("您无权修改匹配到的记录", "you may not change the record that matches")),
        KernelError::NotFound => plain("not_found", Label::new("匹配到的记录已不存在", "the record that matched is gone")),
        KernelError::Merged { .. } => {
            plain("merged", Label::new("匹配到的记录已并入另一条记录", "the record that matched became part of another one"))
        }
        other => return Err(other),
    };
    Ok(errors.iter().map(|it| recipe.row_problem(row, it)).collect())
}
