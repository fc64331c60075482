//! Roll-ups: numbers on a parent that follow from its related records, kept right in the same transaction.

use std::sync::Arc;

use guanxi_expr::{EvalContext, Value, fold, to_predicate};
use uuid::Uuid;

use super::computed::fill_formulas;
use super::unit::Unit;
use crate::error::{KernelError, Result};
use crate::read::Tables;
use crate::schema::{DELETED_AT, ID, Object, RollupFeed, RollupFunction};
use crate::store::{Aggregate, ColumnRef, Condition, Measure, MeasureFunction, Select, Set, Update};

/// A roll-up that must be worked out again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    parent: String,
    id: Uuid,
    field: String,
    child: String,
}

/// How many generations a change may climb.
const MAX_GENERATIONS: usize = 5;

impl Unit<'_> {
    /// Notes which roll-ups a changed row of `object` feeds.
    pub(super) fn touch_feeds(&mut self, object: &Object, before: Option<&[Value]>, after: Option<&[Value]>) {
        for feed in &object.feeds {
            let Some(via) = object.field(&feed.via).and_then(|it| it.part("")) else { continue };
            let parent_of = |row: Option<&[Value]>| row.and_then(|it| it.get(via.column)).and_then(|it| if let Value::Id(id) = it { Some(*id) } else { None });
            let (old, new) = (parent_of(before), parent_of(after));
            if old == new && !feed_moved(object, feed, before, after) {
                continue;
            }
            for id in [old, new].into_iter().flatten() {
                self.touched.insert(Touched { parent: feed.parent.clone(), id, field: feed.field.clone(), child: object.name.clone() });
            }
        }
    }

    /// Works out everything noted, and what follows from it.
    pub(super) fn settle_rollups(&mut self) -> Result<()> {
        for _ in 0..MAX_GENERATIONS {
            if self.touched.is_empty() {
                return Ok(());
            }
            for touched in std::mem::take(&mut self.touched) {
                self.settle(&touched)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, touched: &Touched) -> Result<()> {
        let schema = self.context.schema.clone();
        let (Some(parent), Some(child)) = (schema.object(&touched.parent), schema.object(&touched.child)) else { return Ok(()) };
        let feed = child.feeds.iter().find(|it| it.parent == touched.parent && it.field == touched.field);
        let target = parent.field(&touched.field).and_then(|it| it.part(""));
        let (Some(feed), Some(target)) = (feed, target) else { return Ok(()) };
        let aggregate = self.aggregate_of(child, feed, touched.id)?;
        let own = Condition::equals(ColumnRef::main(ID), Value::Id(touched.id));
        let follows = parent.fields.iter().any(|it| it.formula.is_some()) || parent.feeds.iter().any(|it| it.over.is_some() || it.filter.is_some());
        let before = if follows { self.tx.first(&Select::all(&parent.table, own.clone()))? } else { None };
        let set = vec![(target.column, Set::Aggregate(Box::new(aggregate)))];
        self.tx.update(&Update { table: parent.table.clone(), set, condition: own.clone() })?;
        if let Some(before) = before
            && let Some(mut row) = self.tx.first(&Select::all(&parent.table, own.clone()))?
        {
            let stored = row.clone();
            fill_formulas(self.context, parent, &mut row);
            let set: Vec<(usize, Set)> =
                row.iter().enumerate().filter(|(index, value)| stored.get(*index) != Some(*value)).map(|(index, value)| (index, Set::To(value.clone()))).collect();
            if !set.is_empty() {
                self.tx.update(&Update { table: parent.table.clone(), set, condition: own })?;
            }
            self.touch_feeds(parent, Some(&before), Some(&row));
        }
        Ok(())
    }

    fn aggregate_of(&self, child: &Arc<Object>, feed: &RollupFeed, parent: Uuid) -> Result<Aggregate> {
        rollup_aggregate(self.context, child, feed, parent)
    }
}

/// The aggregate a roll-up stands for, over one parent's related records.
pub(crate) fn rollup_aggregate(context: &crate::context::Context, child: &Arc<Object>, feed: &RollupFeed, parent: Uuid) -> Result<Aggregate> {
    let internal = |what: &str| KernelError::Internal(format!("roll-up {}.{}: {what}", feed.parent, feed.field));
    let via = child.field(&feed.via).and_then(|it| it.part("")).ok_or_else(|| internal("no reference"))?;
    let mut condition = Condition::equals(ColumnRef::main(via.column), Value::Id(parent)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    if let Some(filter) = &feed.filter {
        let time_zone = context.workspace.time_zone();
        let evaluation = EvalContext { now: context.now, time_zone: &time_zone, lookup: &|_| Value::Null };
        let folded = fold(filter.root.clone(), &evaluation, &|_| false).map_err(|error| internal(&error.to_string()))?;
        let predicate = to_predicate(&folded).map_err(|error| internal(&error.message_en))?;
        condition = condition.and(Tables::open(context, child).condition(&predicate)?);
    }
    let function = match feed.function {
        RollupFunction::Count => MeasureFunction::Count,
        RollupFunction::Sum => MeasureFunction::Sum,
        RollupFunction::Min => MeasureFunction::Min,
        RollupFunction::Max | RollupFunction::Latest => MeasureFunction::Max,
    };
    let column = feed.over.as_deref().and_then(|it| child.field(it)).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let measures = vec![Measure { function, column }];
    Ok(Aggregate { table: child.table.clone(), joins: Vec::new(), condition, keys: Vec::new(), measures, limit: 1 })
}

/// Whether a change of a row that stays with its parent can move the roll-up.
fn feed_moved(object: &Object, feed: &RollupFeed, before: Option<&[Value]>, after: Option<&[Value]>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let moved = |name: &str| object.field(name).is_some_and(|it| it.parts.iter().any(|part| before.get(part.column) != after.get(part.column)));
    feed.over.as_deref().is_some_and(moved) || feed.filter.as_ref().is_some_and(|it| it.paths().any(|path| path.first().is_some_and(|name| moved(name))))
}
