//! Moves of the days before moves had names get theirs.

use guanxi_kernel::Result;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_page};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::moves::MOVE;

/// Moves looked at, and named, together.
const PAGE: u64 = 500;
const AT_ONCE: usize = 50;

/// `pools.name_moves`.
pub struct NameMoves;

impl JobHandler for NameMoves {
    fn kind(&self) -> &str {
        "pools.name_moves"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("35 3 * * *"))
    }

    /// The oldest move is named last of all: where it has a name, so have the others, and one look is enough.
    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let store = &context.workspace.store;
        let oldest = store.read_with(|tx| known_page(context, tx, MOVE, |_| Ok(Condition::True), None, 1))?.pop();
        let Some(oldest) = oldest.filter(|it| it.value("title").is_null()) else { return Ok(()) };
        let mut after = oldest.id();
        loop {
            let some = store.read_with(|tx| unnamed(context, tx, after))?;
            let Some(last) = some.last().copied() else { break };
            in_steps(context, "recycle", &some, AT_ONCE, &name)?;
            after = last;
        }
        in_steps(context, "recycle", &[oldest.id()], AT_ONCE, &name)
    }
}

fn unnamed(context: &Context, tx: &mut dyn ReadTx, after: Uuid) -> Result<Vec<Uuid>> {
    let without = known_page(context, tx, MOVE, |it| Ok(Condition::IsNull(it("title")?)), Some(after), PAGE)?;
    Ok(without.iter().map(Record::id).collect())
}

/// What it is called follows when it is saved.
fn name(unit: &mut Unit<'_>, some: &[Uuid]) -> Result<()> {
    some.iter().try_for_each(|id| unit.update_as_system(MOVE, *id, &Map::new()).map(drop))
}
