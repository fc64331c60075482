//! What rows would do, in a dry run: planned alone where each makes one record, and written and taken back where they make
//! several. What rows before made is made again, where these refer to it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result};
use guanxi_tabular::Row;

use super::Counts;
use super::chunk::{Item, Mode, Planned, Planning, Refused, row_problems};
use super::kin::{Kin, Stage};
use super::lookup::Lookups;
use super::recipe::Recipe;
use super::staged::{Done, Kins, Pass, kins_of};

/// A dry run of rows, some after the others.
pub(super) struct Trial {
    recipe: Arc<Recipe>,
    lookups: Lookups,
    kin: Kin,
    before: HashMap<String, u64>,
    kins: Kins,
    /// Rows that made something, where rows make several records.
    kept: Vec<Row>,
    /// Places among these by the key of what they made, for each part.
    makers: Vec<HashMap<String, usize>>,
    /// How long the last rows held up others who write, at most at a stretch.
    held: Duration,
}

impl Trial {
    pub fn new(recipe: &Recipe) -> Self {
        let recipe = Arc::new(recipe.clone());
        let (kins, makers) = (kins_of(&recipe), vec![HashMap::new(); recipe.also.len() + 1]);
        Self {
            recipe,
            lookups: Lookups::default(),
            kin: Kin::default(),
            before: HashMap::new(),
            kins,
            kept: Vec::new(),
            makers,
            held: Duration::ZERO,
        }
    }

    /// How long the last rows held up others who write, at most at a stretch: how long they waited for others themselves is not in it.
    pub fn held(&self) -> Duration {
        self.held
    }

    /// A new round over the rows that wait begins.
    pub fn begin(&mut self, stage: Stage) {
        self.kin.begin(stage);
        self.kins.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(|it| it.begin(stage));
    }

    /// What rows would do, all of them.
    ///
    /// # Errors
    /// What concerns more than a row.
    pub fn plan(&mut self, context: &Context, items: &[Item]) -> Result<Planned> {
        if self.recipe.has_parts() {
            self.held = Duration::ZERO;
            return self.write_and_take_back(context, items);
        }
        let recipe = self.recipe.clone();
        let mode = Mode::Dry(&mut self.before);
        Planning { context, recipe: &recipe, lookups: &mut self.lookups, kin: &mut self.kin, mode }.plan(items)
    }

    fn write_and_take_back(&mut self, context: &Context, items: &[Item]) -> Result<Planned> {
        self.recipe.require_import(context)?;
        let before = self.rows_before(context, items);
        let counted_from = before.len();
        let all: Arc<Vec<Item>> = Arc::new(before.into_iter().map(Item::Row).chain(items.iter().cloned()).collect());
        let pass = Arc::new(Mutex::new(Pass::new(&self.recipe, &self.kins, &all, counted_from, true)));
        let failure = loop {
            let (slot, held): (Arc<Mutex<Option<Done>>>, Arc<Mutex<Duration>>) = Default::default();
            let (inner, filled, noted) = (pass.clone(), slot.clone(), held.clone());
            let work = Box::new(move |unit: &mut guanxi_kernel::write::Unit<'_>| -> Result<()> {
                let began = Instant::now();
                let done = inner.lock().unwrap_or_else(PoisonError::into_inner).run(unit);
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = began.elapsed();
                let done = done?;
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
                Err(Pass::take_back())
            });
            let outcome = run_unit(context, context.new_id(), "import", work);
            self.held = self.held.max(*held.lock().unwrap_or_else(PoisonError::into_inner));
            let Err(error) = outcome else { continue };
            if let Some(done) = slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
                self.note(context, &all, counted_from, &done);
                return Ok(done.planned);
            }
            let stuck = pass.lock().unwrap_or_else(PoisonError::into_inner).is_stuck();
            if !Pass::is_taken_back(&error) || stuck {
                break error;
            }
        };
        match (failure, items) {
            (error @ KernelError::Internal(_), _) => Err(error),
            (error, [Item::Row(row)]) => {
                let place = pass.lock().unwrap_or_else(PoisonError::into_inner).place();
                let problems = row_problems(self.recipe.part(place), row, error)?;
                let mut planned = Planned { consumed: 1, refused: vec![Refused { item: 0, problems }], ..Planned::default() };
                planned.counts.reject = 1;
                planned.parts = vec![Counts::default(); self.recipe.also.len() + 1];
                planned.parts[place].reject = 1;
                Ok(planned)
            }
            (_, several) if several.len() > 1 => {
                let (first, second) = several.split_at(several.len() / 2);
                let mut planned = self.write_and_take_back(context, first)?;
                let rest = self.write_and_take_back(context, second)?;
                planned.append(first.len(), rest);
                Ok(planned)
            }
            (error, _) => Err(error),
        }
    }

    /// Rows before that made what these refer to, in the order of the file.
    fn rows_before(&self, context: &Context, items: &[Item]) -> Vec<Row> {
        let (none, mut wanted) = (Lookups::default(), BTreeSet::new());
        let mut open: Vec<&Row> = items.iter().filter_map(|it| if let Item::Row(row) = it { Some(row) } else { None }).collect();
        while let Some(row) = open.pop() {
            for (place, makers) in self.makers.iter().enumerate() {
                let key = if makers.is_empty() { None } else { self.recipe.part(place).own_key(context, row, &none) };
                let Some(maker) = key.and_then(|it| makers.get(&it)).copied() else { continue };
                if wanted.insert(maker)
                    && let Some(row) = self.kept.get(maker)
                {
                    open.push(row);
                }
            }
        }
        wanted.into_iter().filter_map(|it| self.kept.get(it).cloned()).collect()
    }

    /// Notes what rows made, for those that come behind.
    fn note(&mut self, context: &Context, items: &[Item], counted_from: usize, done: &Done) {
        let mut kins = self.kins.lock().unwrap_or_else(PoisonError::into_inner);
        let mut made: Vec<_> = done.made.iter().filter(|it| it.1 >= counted_from).collect();
        made.sort_by_key(|it| it.1);
        for (place, at, names) in made {
            if let Some(kin) = kins.get_mut(*place) {
                kin.note_made(names.clone());
            }
            let Some(Item::Row(row)) = items.get(*at) else { continue };
            let Some(key) = self.recipe.part(*place).own_key(context, row, &Lookups::default()) else { continue };
            let Some(makers) = self.makers.get_mut(*place).filter(|it| !it.contains_key(&key)) else { continue };
            if self.kept.last().is_none_or(|it| it.number != row.number) {
                self.kept.push(row.clone());
            }
            makers.insert(key, self.kept.len() - 1);
        }
    }
}
