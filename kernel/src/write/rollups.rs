//! Roll-ups: numbers on a parent that follow from its related records, kept right in the same transaction.
//!
//! Counts and sums move by what a change adds and takes away; least and greatest values are worked out again only when
//! the value that held the place goes. So the cost of a write does not grow with the number of related records.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::{EvalContext, Value, fold, to_predicate};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::computed::{fill_formulas, fit, value_of};
use super::draft::Draft;
use super::unit::Unit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::Tables;
use crate::schema::{AmountOf, DELETED_AT, Field, FieldKind, ID, Label, Object, Part, RollupFeed, RollupFunction, Schema};
use crate::store::{Aggregate, ColumnRef, CompareOp, Condition, Measure, MeasureFunction, Select, Set, Update, WriteTx};

/// How many generations a change may climb; records that are each other's parents would climb without end.
const MAX_GENERATIONS: usize = 64;

/// A roll-up of one parent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    parent: String,
    id: Uuid,
    field: String,
    child: String,
}

/// The definition of the roll-up of a place.
struct Rollup<'s> {
    parent: &'s Arc<Object>,
    child: &'s Arc<Object>,
    feed: &'s RollupFeed,
    /// Where its value stands.
    target: &'s Part,
}

impl<'s> Rollup<'s> {
    fn of(schema: &'s Schema, parent: &str, field: &str, child: &str) -> Option<Self> {
        let (parent, child) = (schema.object(parent)?, schema.object(child)?);
        let feed = child.feeds.iter().find(|it| it.parent == parent.name && it.field == field)?;
        Some(Self { parent, child, feed, target: parent.field(field)?.part("")? })
    }

    /// It moves by what comes and goes, and need not be looked at.
    fn moves(&self) -> bool {
        matches!(self.feed.function, RollupFunction::Count | RollupFunction::Sum)
    }

    /// Formulas or further roll-ups may follow from it.
    fn follows(&self) -> bool {
        let parent = &self.parent;
        parent.fields.iter().any(|it| it.formula.is_some()) || parent.feeds.iter().any(|it| it.over.is_some() || it.filter.is_some())
    }
}

/// What the changes of a transaction do to a roll-up.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// To be added: counts and sums.
    delta: Decimal,
    /// Values that came and values that went: extremes.
    came: Vec<Value>,
    gone: Vec<Value>,
}

/// Everything waiting to be settled before the transaction ends.
pub(super) type RollupChanges = BTreeMap<Place, Pending>;

impl Unit<'_> {
    /// Notes what a changed row of `object` does to the roll-ups it feeds; `before` or `after` is absent for rows that come or go.
    pub(super) fn touch_feeds(&mut self, object: &Object, before: Option<&[Value]>, after: Option<&[Value]>) {
        let context = self.context;
        for feed in &object.feeds {
            let old = before.and_then(|row| contribution(context, object, feed, row));
            let new = after.and_then(|row| contribution(context, object, feed, row));
            if old == new {
                continue;
            }
            if let Some((parent, value)) = old {
                self.pending(object, feed, parent).take(feed.function, value);
            }
            if let Some((parent, value)) = new {
                self.pending(object, feed, parent).give(feed.function, value);
            }
        }
    }

    fn pending(&mut self, object: &Object, feed: &RollupFeed, id: Uuid) -> &mut Pending {
        self.touched.entry(Place { parent: feed.parent.clone(), id, field: feed.field.clone(), child: object.name.clone() }).or_default()
    }

    /// Brings every roll-up noted up to date, and what follows from it.
    pub(super) fn settle_rollups(&mut self) -> Result<()> {
        let schema = self.context.schema.clone();
        for _ in 0..MAX_GENERATIONS {
            if self.touched.is_empty() {
                return Ok(());
            }
            let touched = std::mem::take(&mut self.touched);
            self.lock_parents(&touched)?;
            // What is only added to goes together: an import adds one to a number of each of a thousand parents.
            let mut added: BTreeMap<(&str, &str, &str, Decimal), Vec<Value>> = BTreeMap::new();
            for (place, pending) in &touched {
                let Some(rollup) = Rollup::of(&schema, &place.parent, &place.field, &place.child) else { continue };
                if rollup.moves() && !rollup.follows() {
                    added.entry((&place.parent, &place.field, &place.child, pending.delta)).or_default().push(Value::Id(place.id));
                } else {
                    self.settle(&rollup, place, pending)?;
                }
            }
            for ((parent, field, child, delta), ids) in added.into_iter().filter(|it| !it.0.3.is_zero()) {
                let Some(Rollup { parent, target, .. }) = Rollup::of(&schema, parent, field, child) else { continue };
                for ids in ids.chunks(500) {
                    let set = vec![(target.column, Set::Add(fit(Value::Decimal(delta), target.storage)))];
                    let condition = Condition::In(ColumnRef::main(ID), ids.to_vec(), false);
                    self.tx.update_later(&Update { table: parent.table.clone(), set, condition })?;
                }
            }
        }
        Ok(())
    }

    /// Several parents are locked in the order of their ids, so that two transactions that change the same ones wait for
    /// each other instead of each holding what the other wants.
    fn lock_parents(&mut self, touched: &RollupChanges) -> Result<()> {
        let mut parents: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for place in touched.keys() {
            parents.entry(&place.parent).or_default().push(place.id);
        }
        for (name, mut ids) in parents {
            ids.dedup();
            if let Some(parent) = self.context.schema.object(name).filter(|_| ids.len() > 1) {
                self.lock(&parent.clone(), ids)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, rollup: &Rollup<'_>, place: &Place, pending: &Pending) -> Result<()> {
        let Rollup { parent, child, feed, target } = rollup;
        let own = Condition::equals(ColumnRef::main(ID), Value::Id(place.id));
        let (follows, moves) = (rollup.follows(), rollup.moves());
        let mut before = None;
        if follows || !moves {
            // Two that change children of one parent at the same time must look one after the other, each seeing what the
            // one before committed: the parent's row is the lock. Adding to a number needs none.
            let locked = Select { lock: true, ..Select::all(&parent.table, own.clone()) };
            before = self.tx.first(&locked)?;
            if before.is_none() {
                return Ok(());
            }
        }
        let column = ColumnRef::main(target.column);
        match feed.function {
            RollupFunction::Count | RollupFunction::Sum if pending.delta.is_zero() => {}
            RollupFunction::Count | RollupFunction::Sum => {
                let delta = fit(Value::Decimal(pending.delta), target.storage);
                self.tx.update(&Update { table: parent.table.clone(), set: vec![(target.column, Set::Add(delta))], condition: own.clone() })?;
            }
            RollupFunction::Min | RollupFunction::Max | RollupFunction::Latest => {
                // Only if a value that went held the place is the whole looked at again.
                let held: Vec<Value> = pending.gone.iter().map(|it| fit(it.clone(), target.storage)).collect();
                if !held.is_empty() {
                    let again = worked_out(self.context, self.tx, child, feed, place.id)?;
                    let condition = own.clone().and(Condition::In(column, held, false));
                    self.tx.update(&Update { table: parent.table.clone(), set: vec![(target.column, again)], condition })?;
                }
                let better = if feed.function == RollupFunction::Min { CompareOp::Gt } else { CompareOp::Lt };
                for value in &pending.came {
                    let value = fit(value.clone(), target.storage);
                    let beaten = Condition::Or(vec![Condition::IsNull(column), Condition::Compare(column, better, value.clone())]);
                    let update =
                        Update { table: parent.table.clone(), set: vec![(target.column, Set::To(value))], condition: own.clone().and(beaten) };
                    self.tx.update(&update)?;
                }
            }
        }
        self.follow_up(parent, before.filter(|_| follows), own)
    }

    /// Formulas over the roll-up, and roll-ups of the next generation.
    fn follow_up(&mut self, parent: &Arc<Object>, before: Option<Vec<Value>>, own: Condition) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        let Some(stored) = self.tx.first(&Select::all(&parent.table, own.clone()))? else { return Ok(()) };
        let mut row = stored.clone();
        fill_formulas(self.context, parent, &mut row);
        let differs = row.iter().enumerate().filter(|(index, value)| stored.get(*index) != Some(*value));
        let set: Vec<(usize, Set)> = differs.map(|(index, value)| (index, Set::To(value.clone()))).collect();
        if !set.is_empty() {
            self.tx.update(&Update { table: parent.table.clone(), set, condition: own })?;
        }
        let is_live = row.get(DELETED_AT).is_some_and(Value::is_null);
        if is_live {
            self.touch_feeds(parent, Some(&before), Some(&row));
        }
        Ok(())
    }
}

impl Pending {
    fn give(&mut self, function: RollupFunction, value: Value) {
        match function {
            RollupFunction::Count | RollupFunction::Sum => self.delta += amount_of(&value),
            _ if value.is_null() => {}
            _ => self.came.push(value),
        }
    }

    fn take(&mut self, function: RollupFunction, value: Value) {
        match function {
            RollupFunction::Count | RollupFunction::Sum => self.delta -= amount_of(&value),
            _ if value.is_null() => {}
            _ => self.gone.push(value),
        }
    }
}

/// What is added up: a number, or the seconds of a duration.
fn amount_of(value: &Value) -> Decimal {
    if let Value::Duration(seconds) = value { Decimal::from(*seconds) } else { value.as_decimal().unwrap_or_default() }
}

/// What a live row gives to a roll-up: the parent and the value; nothing where the filter leaves it out.
fn contribution(context: &Context, object: &Object, feed: &RollupFeed, row: &[Value]) -> Option<(Uuid, Value)> {
    let via = object.field(&feed.via)?.part("")?;
    let Some(Value::Id(parent)) = row.get(via.column) else { return None };
    if feed.filter.as_ref().is_some_and(|it| !value_of(context, object, row, it).is_true()) {
        return None;
    }
    let value = match (feed.function, feed.over.as_deref()) {
        (RollupFunction::Count, _) => Value::Int(1),
        (_, Some(over)) => value_over(context, object, object.field(over)?, row),
        (_, None) => return None,
    };
    Some((*parent, value))
}

/// What a row's field gives to a roll-up: an amount of money in the workspace's own currency, any other value as it is.
fn value_over(context: &Context, object: &Object, field: &Field, row: &[Value]) -> Value {
    let Some(value) = field.part("").and_then(|it| row.get(it.column)) else { return Value::Null };
    match (currency_column(object, field), value) {
        (Some(currency), Value::Decimal(amount)) => in_own_currency(context, *amount, row.get(currency)).map_or(Value::Null, Value::Decimal),
        (_, value) => value.clone(),
    }
}

/// Where the currency of a field's amounts stands: its own, or that of the one amount a formula follows from.
pub(super) fn currency_column(object: &Object, field: &Field) -> Option<usize> {
    let of = match (field.definition.kind, field.amount_of.as_ref()) {
        (FieldKind::Money, _) => field,
        (FieldKind::Formula, Some(AmountOf { own: false, fields })) if fields.len() == 1 => object.field(&fields[0])?,
        _ => return None,
    };
    of.part("currency").map(|it| it.column)
}

fn in_own_currency(context: &Context, amount: Decimal, currency: Option<&Value>) -> Option<Decimal> {
    context.in_own_currency(amount, currency.and_then(Value::as_text))
}

/// An amount that is added up somewhere needs a rate.
pub(super) fn refuse_unrated(context: &Context, draft: &mut Draft) {
    let object = draft.object.clone();
    for feed in object.feeds.iter().filter(|it| it.over.is_some()) {
        let Some(over) = feed.over.as_deref().and_then(|it| object.field(it)) else { continue };
        let Some(column) = currency_column(&object, over) else { continue };
        // Of a formula the amount it follows from is what can be mended.
        let field = over.amount_of.as_ref().and_then(|it| object.field(it.fields.first()?)).unwrap_or(over);
        if !draft.changes(field.name()) {
            continue;
        }
        let amount = over.part("").and_then(|it| draft.row.get(it.column));
        let (Some(Value::Decimal(amount)), Some(Value::Text(code))) = (amount, draft.row.get(column)) else { continue };
        let known = draft.problems.iter().any(|it| it.field == field.name());
        if known || in_own_currency(context, *amount, draft.row.get(column)).is_some() {
            continue;
        }
        let own = context.workspace.settings().currency.clone();
        let parent = context.schema.object(&feed.parent).map_or_else(Label::default, |it| it.definition.label.clone());
        let zh = format!("这个金额会汇总到“{}”，但还没有{code}的汇率：请管理员在“设置 · 币种与汇率”中填写，或改用{own}", parent.zh_cn);
        let en = format!(
            "this amount is added up in {}, and {code} has no rate: an administrator sets it in Settings, Currencies; or use {own}",
            parent.en
        );
        draft.problem(field.name(), "bad_option", zh, en);
    }
}

/// Gives a roll-up what it comes to over one parent's related records as they are now. Amounts in the workspace's own
/// currency are added up by the database, those in others one by one, each rounded as a write would.
pub(super) fn worked_out(context: &Context, tx: &mut dyn WriteTx, child: &Arc<Object>, feed: &RollupFeed, parent: Uuid) -> Result<Set> {
    let mut own = rollup_aggregate(context, child, feed, parent)?;
    let over = feed.over.as_deref().and_then(|it| child.field(it));
    let Some((amount, currency)) = over.and_then(|it| Some((it.part("")?.column, currency_column(child, it)?))) else {
        return Ok(Set::Aggregate(Box::new(own)));
    };
    let (amount, currency) = (ColumnRef::main(amount), ColumnRef::main(currency));
    let code = Value::Text(context.workspace.settings().currency.clone());
    let foreign = own.condition.clone().and(Condition::NotNull(amount)).and(Condition::NotNull(currency));
    let foreign = foreign.and(Condition::Compare(currency, CompareOp::Ne, code.clone()));
    own.condition = own.condition.and(Condition::Or(vec![Condition::IsNull(currency), Condition::equals(currency, code)]));
    let mut values: Vec<Decimal> = tx.aggregate(&own)?.into_iter().flatten().filter_map(|it| it.as_decimal()).collect();
    let select = Select { columns: vec![amount, currency], ..Select::all(&child.table, foreign) };
    tx.select(&select, &mut |row| {
        if let Some(Value::Decimal(amount)) = row.first() {
            values.extend(in_own_currency(context, *amount, row.get(1)));
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let value = match feed.function {
        RollupFunction::Min => values.into_iter().min(),
        RollupFunction::Max | RollupFunction::Latest => values.into_iter().max(),
        RollupFunction::Sum | RollupFunction::Count => Some(values.into_iter().sum()),
    };
    Ok(Set::To(value.map_or(Value::Null, Value::Decimal)))
}

/// The aggregate a roll-up stands for, over one parent's related records.
fn rollup_aggregate(context: &Context, child: &Arc<Object>, feed: &RollupFeed, parent: Uuid) -> Result<Aggregate> {
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
