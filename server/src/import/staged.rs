//! Rows that make several records each: planned and written part by part in one transaction, so that each part finds those
//! it refers to. What becomes of a row becomes of all its parts: where one is refused, everything is taken back and done
//! again without the row.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_kernel::write::{Draft, DraftKind, Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use guanxi_tabular::Row;
use uuid::Uuid;

use super::chunk::{Item, Mode, Planned, Planning, Refused, Repeat, RowError};
use super::emptied::emptied;
use super::kin::{Kin, Name};
use super::lookup::{Found, Lookups, names_of};
use super::matching::RowKey;
use super::origin::{Fate as Became, RowRecord};
use super::recipe::Recipe;
use super::{Counts, OnMatch, RowProblem};

/// How often rows are gone over again without those that were refused, before fewer are taken at once.
const MAX_PASSES: usize = 6;
/// Code of the error that takes a pass back; it is nobody's to see.
const TAKEN_BACK: &str = "taken_back";

/// What is known of the rows of each part.
pub(super) type Kins = Arc<Mutex<Vec<Kin>>>;

/// A place for what is known of each part of a recipe.
pub(super) fn kins_of(recipe: &Recipe) -> Kins {
    Arc::new(Mutex::new((0..=recipe.also.len()).map(|_| Kin::default()).collect()))
}

/// Why a row is not written.
#[derive(Debug, Clone)]
enum Fate {
    Refused(usize, Vec<RowProblem>),
    Waits,
}

/// What a row did with one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Did {
    /// It has nothing of it.
    #[default]
    Nothing,
    Created,
    Changed,
    /// It found the record, and changed nothing.
    Found,
}

/// A row while it is worked on.
#[derive(Debug, Clone, Default)]
struct State {
    records: Vec<Option<Uuid>>,
    did: Vec<Did>,
}

impl State {
    fn of(recipe: &Recipe) -> Self {
        let parts = recipe.also.len() + 1;
        Self { records: vec![None; parts], did: vec![Did::Nothing; parts] }
    }

    fn has_written(&self) -> bool {
        self.did.iter().any(|it| matches!(it, Did::Created | Did::Changed))
    }
}

/// Some rows that are dealt with in one transaction.
pub(super) struct Pass {
    recipe: Arc<Recipe>,
    items: Arc<Vec<Item>>,
    kins: Kins,
    /// The rows before were dealt with already; they are there because these refer to what they made.
    counted_from: usize,
    dry: bool,
    fates: HashMap<usize, Fate>,
    passes: usize,
    /// The part it is at.
    place: usize,
}

/// What became of them.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub planned: Planned,
    /// Records that were written, or left as they are, with the numbers of their rows.
    pub origins: Vec<RowRecord>,
    /// Records made in a dry run: the part, the position of the row, and what they are called.
    pub made: Vec<(usize, usize, Vec<Name>)>,
}

impl Pass {
    pub fn new(recipe: &Arc<Recipe>, kins: &Kins, items: &Arc<Vec<Item>>, counted_from: usize, dry: bool) -> Self {
        let (recipe, kins, items) = (recipe.clone(), kins.clone(), items.clone());
        Self { recipe, items, kins, counted_from, dry, fates: HashMap::new(), passes: 0, place: 0 }
    }

    /// Whether an error only takes a pass back, to be made again.
    pub fn is_taken_back(error: &KernelError) -> bool {
        matches!(error, KernelError::Conflict { code: TAKEN_BACK, .. })
    }

    /// The error that takes everything back.
    pub fn take_back() -> KernelError {
        KernelError::conflict(TAKEN_BACK, "", "")
    }

    /// Whether going over the rows again leads nowhere: fewer at once do.
    pub fn is_stuck(&self) -> bool {
        self.passes >= MAX_PASSES
    }

    /// The part at which it failed.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Plans and writes the rows.
    ///
    /// # Errors
    /// What [`Self::is_taken_back`] tells, where a row was refused after something of it was written; otherwise what
    /// concerns more than a row.
    pub fn run(&mut self, unit: &mut Unit<'_>) -> Result<Done> {
        self.passes += 1;
        let recipe = self.recipe.clone();
        let mut states = vec![State::of(&recipe); self.items.len()];
        let mut done = Done::default();
        done.planned.parts = vec![Counts::default(); recipe.also.len() + 1];
        let mut again = false;
        for &place in &recipe.order {
            self.place = place;
            let refused = self.stage(unit, place, &mut states, &mut done)?;
            again |= refused.iter().any(|it| states.get(*it).is_some_and(State::has_written));
        }
        if again {
            return Err(Self::take_back());
        }
        self.tell(&states, &mut done);
        Ok(done)
    }

    /// One part of all rows. Answers the rows that were refused by it, or wait.
    fn stage(&mut self, unit: &mut Unit<'_>, place: usize, states: &mut [State], done: &mut Done) -> Result<Vec<usize>> {
        let (whole, items) = (self.recipe.clone(), self.items.clone());
        let recipe = whole.part(place);
        let context = unit.context;
        let rows: Vec<(usize, &Row)> = items.iter().enumerate().filter_map(|(at, item)| self.row_of(recipe, at, item, states)).collect();
        let kins = self.kins.clone();
        let mut kins = kins.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kin) = kins.get_mut(place) else { return Ok(Vec::new()) };
        let (mut lookups, mut planner) = (Lookups::default(), Planner::new(context));
        let mode = if self.dry { Mode::StagedDry } else { Mode::Staged };
        let mut planning = Planning { context, recipe, lookups: &mut lookups, kin, mode };
        planning.look_up_rows(unit.tx, &mut planner, rows.iter().map(|it| it.1))?;
        let key = |at: usize, row: &Row| recipe.key_of_row(context, row, planning.lookups, &states[at].records);
        let keys: HashMap<usize, RowKey> = rows.iter().filter_map(|(at, row)| Some((*at, key(*at, row)?))).collect();
        let found = recipe.find_keys(context, unit.tx, keys.values())?;
        let mut made: HashMap<String, (Uuid, u64)> = HashMap::new();
        let (mut queue, mut refused) = (rows, Vec::new());
        while !queue.is_empty() {
            let (mut later, mut drafts, mut pending) = (Vec::new(), Vec::new(), HashSet::new());
            for (at, row) in std::mem::take(&mut queue) {
                let key = keys.get(&at).map(|it| it.text.clone());
                let before = key.as_ref().and_then(|it| made.get(it)).copied();
                let repeats = before.is_some() && recipe.matching.as_ref().is_some_and(|it| it.on_match == OnMatch::Skip);
                if let (Some((id, of)), true) = (before, repeats) {
                    states[at].records[place] = Some(id);
                    states[at].did[place] = Did::Found;
                    done.planned.note_repeat(at >= self.counted_from, Repeat { row: row.number, of, part: place });
                    continue;
                }
                // What a row before changes of the same record must be written first.
                if key.as_ref().is_some_and(|it| pending.contains(it)) {
                    later.push((at, row));
                    continue;
                }
                let hit = before.map(|it| Found::One(it.0)).or_else(|| key.as_ref().and_then(|it| found.get(it)).copied());
                match planning.plan_row(unit.tx, &mut planner, row, hit, &states[at].records) {
                    Ok(draft) => {
                        if let Some((_, of)) = before {
                            done.planned.note_repeat(at >= self.counted_from, Repeat { row: row.number, of, part: place });
                        }
                        let id = draft.as_ref().map(Draft::id).or_else(|| hit.and_then(Found::one));
                        states[at].records[place] = id;
                        states[at].did[place] = match &draft {
                            Some(draft) if draft.kind == DraftKind::Create => Did::Created,
                            Some(_) => Did::Changed,
                            None => Did::Found,
                        };
                        if let (Some(key), Some(id)) = (key, id) {
                            pending.insert(key.clone());
                            made.entry(key).or_insert((id, row.number));
                        }
                        drafts.extend(draft.map(|it| (at, it)));
                    }
                    Err(RowError::Row(problems)) => {
                        self.fates.insert(at, Fate::Refused(place, problems));
                        refused.push(at);
                    }
                    Err(RowError::Waits) => {
                        self.fates.insert(at, Fate::Waits);
                        refused.push(at);
                    }
                    Err(RowError::Whole(error)) => return Err(error),
                }
            }
            self.save(unit, place, drafts, done)?;
            queue = later;
        }
        Ok(refused)
    }

    /// A row, where it is still to be dealt with and has anything of a part.
    fn row_of<'i>(&self, recipe: &Recipe, at: usize, item: &'i Item, states: &[State]) -> Option<(usize, &'i Row)> {
        let Item::Row(row) = item else { return None };
        if self.fates.contains_key(&at) {
            return None;
        }
        // What says nothing of a row itself comes with the records it refers to.
        let has_any = if recipe.depends_on_cells() {
            recipe.is_filled(row)
        } else {
            recipe.refers_to().any(|it| states.get(at).is_some_and(|state| state.records.get(it).copied().flatten().is_some()))
        };
        has_any.then_some((at, row))
    }

    fn save(&self, unit: &mut Unit<'_>, place: usize, drafts: Vec<(usize, Draft)>, done: &mut Done) -> Result<()> {
        let recipe = self.recipe.part(place);
        let (new, changed): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|it| it.1.kind == DraftKind::Create);
        let (places, mut new): (Vec<usize>, Vec<Draft>) = new.into_iter().unzip();
        unit.save_new(&mut new)?;
        let number = |at: usize| self.items.get(at).map_or(0, Item::number);
        if self.dry {
            let counted = changed.iter().filter(|it| it.0 >= self.counted_from).map(|it| &it.1);
            done.planned.emptied += emptied(unit.tx, counted)?;
        }
        for (at, mut draft) in changed {
            unit.save(&mut draft)?;
            done.origins.push((draft.id(), number(at), Became::Updated));
        }
        for (at, draft) in places.into_iter().zip(new) {
            done.origins.push((draft.id(), number(at), Became::Created));
            if self.dry {
                done.made.push((place, at, names_of(&recipe.kin, &draft.row)));
                if place == 0 && at >= self.counted_from {
                    done.planned.rows.push(number(at));
                    done.planned.drafts.push(draft);
                }
            }
        }
        Ok(())
    }

    /// What became of each row, and of each part of all of them.
    fn tell(&self, states: &[State], done: &mut Done) {
        let (planned, origins) = (&mut done.planned, &mut done.origins);
        planned.consumed = self.items.len() - self.counted_from;
        for (at, item) in self.items.iter().enumerate().skip(self.counted_from) {
            let index = at - self.counted_from;
            match (item, self.fates.get(&at)) {
                (Item::Unusable(problem), _) => planned.refuse(index, vec![problem.clone()]),
                (Item::LeftOut(_), _) => planned.counts.skip += 1,
                (Item::Row(_), Some(Fate::Refused(place, problems))) => {
                    planned.refuse(index, problems.clone());
                    if let Some(counts) = planned.parts.get_mut(*place) {
                        counts.reject += 1;
                    }
                }
                (Item::Row(row), Some(Fate::Waits)) => planned.waiting.push(row.number),
                (Item::Row(row), None) => {
                    let did = states.get(at).map_or(&[][..], |it| it.did.as_slice());
                    match did.first() {
                        Some(Did::Created) => planned.counts.create += 1,
                        _ if did.iter().any(|it| matches!(it, Did::Created | Did::Changed)) => planned.counts.update += 1,
                        _ => {
                            planned.counts.skip += 1;
                            let found = states.get(at).and_then(|it| it.records.first().copied().flatten());
                            origins.push((found.unwrap_or_default(), row.number, Became::Skipped));
                        }
                    }
                    for (counts, did) in planned.parts.iter_mut().zip(did) {
                        match did {
                            Did::Created => counts.create += 1,
                            Did::Changed => counts.update += 1,
                            Did::Found => counts.skip += 1,
                            Did::Nothing => {}
                        }
                    }
                }
            }
        }
        planned.refused.sort_by_key(|it: &Refused| it.item);
    }
}
