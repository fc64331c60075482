//! From a predicate over names to a condition over columns, with the joins it needs.
//!
//! Row rights of every object a path enters are part of its join: what the caller may not see is NULL to him, in a
//! filter as in the output.

use std::sync::Arc;

use guanxi_expr::{CompareOp, Expr, Predicate, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::held::{held, seen_with};
use crate::access::{Reach, Verb, compile_filter};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{Field, FieldGate, ID, Object, ResolvedPath, resolve_path};
use crate::shares::shared_rows;
use crate::store::{ColumnRef, Condition, Join, Select, Storage, Term};

/// Most references one statement follows; SQLite joins at most 64 tables.
const MAX_JOINS: usize = 60;

/// Collects the joins of one statement while paths are turned into columns.
pub struct Tables<'a> {
    context: &'a Context,
    gate: &'a dyn FieldGate,
    /// Joined records are taken whatever the caller may see of them.
    open: bool,
    object: Arc<Object>,
    joins: Vec<(usize, usize, Arc<Object>)>,
    /// Rows of which nothing that was named is covered.
    uncovered: Vec<Condition>,
    /// The joins so far.
    pub statements: Vec<Join>,
}

impl<'a> Tables<'a> {
    /// A statement over an object; names are open as far as the caller's rights.
    pub fn new(context: &'a Context, object: &Arc<Object>) -> Self {
        Self {
            gate: context.access.as_ref(),
            open: false,
            context,
            object: object.clone(),
            joins: Vec::new(),
            uncovered: Vec::new(),
            statements: Vec::new(),
        }
    }

    /// The same with every name and every record open: for predicates of rights and definitions, which speak of what is,
    /// not of what the caller sees of it.
    pub fn open(context: &'a Context, object: &Arc<Object>) -> Self {
        Self { gate: &crate::schema::OpenGate, open: true, ..Self::new(context, object) }
    }

    /// Resolves a path with the caller's rights.
    pub fn resolve(&self, path: &[&str]) -> Result<ResolvedPath> {
        resolve_path(&self.context.schema, &self.object, path, self.gate).ok_or_else(|| unknown_field(&path.join(".")))
    }

    /// The table position a resolved path ends in, joining what is missing.
    pub fn table_of(&mut self, path: &ResolvedPath) -> Result<usize> {
        let mut table = 0;
        for (object, field) in &path.hops {
            self.note_covers(object, &object.fields[*field], table);
            table = self.join(table, object, *field)?;
        }
        self.note_covers(&path.object, path.field(), table);
        Ok(table)
    }

    /// A field is named of the table at a position: whatever the statement finds must not tell of it where it is covered.
    pub fn note_covers(&mut self, object: &Object, field: &Field, table: usize) {
        if self.open {
            return;
        }
        for cover in self.context.access.covers_of(object, field) {
            let others = cover.others(table);
            if !self.uncovered.contains(&others) {
                self.uncovered.push(others);
            }
        }
    }

    /// The rows of which none of the fields named is covered.
    pub fn take_uncovered(&mut self) -> Condition {
        std::mem::take(&mut self.uncovered).into_iter().fold(Condition::True, Condition::and)
    }

    /// Joins the record a reference field points to.
    pub fn join(&mut self, from: usize, object: &Object, field: usize) -> Result<usize> {
        if let Some(position) = self.joins.iter().position(|(table, column, _)| *table == from && *column == field) {
            return Ok(position + 1);
        }
        let definition = &object.fields[field];
        let target = definition.target.as_deref().and_then(|it| self.context.schema.object(it)).cloned();
        let (Some(target), Some(part)) = (target, definition.part("")) else {
            return Err(unknown_field(definition.name()));
        };
        let position = self.joins.len() + 1;
        if position > MAX_JOINS {
            return Err(KernelError::bad_request(
                "bad_request",
                "一次涉及的关联过多，请减少字段",
                "too many references are followed at once; ask for fewer fields",
            ));
        }
        // Whoever may read the field may read the file in it.
        let held = if definition.is_file() { Condition::True } else { self.held_of_joined(&target, position)? };
        let condition = self.rights_of_joined(&target, position)?.and(held);
        self.statements.push(Join { table: target.table.clone(), from: ColumnRef::of(from, part.column), to: ID, condition });
        self.joins.push((from, field, target));
        Ok(position)
    }

    fn rights_of_joined(&self, target: &Arc<Object>, position: usize) -> Result<Condition> {
        if self.open {
            return Ok(Condition::True);
        }
        let reach = self.context.access.reach(target, Verb::Read);
        if reach.is_everything() {
            return Ok(Condition::True);
        }
        let mut inner = Tables::open(self.context, target);
        let condition = inner.reach_and_seen(&reach, Verb::Read)?;
        if inner.statements.is_empty() {
            return Ok(shift_table(condition, position));
        }
        let allowed = Select { columns: vec![ColumnRef::main(ID)], joins: inner.statements, ..Select::all(&target.table, condition) };
        Ok(Condition::InSelect(ColumnRef::of(position, ID), Box::new(allowed), false))
    }

    fn held_of_joined(&self, target: &Arc<Object>, position: usize) -> Result<Condition> {
        if self.open { Ok(Condition::True) } else { Ok(shift_table(held(self.context, target, Verb::Read)?, position)) }
    }

    fn column(&mut self, path: &[String]) -> Result<(ColumnRef, Storage)> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = self.resolve(&path)?;
        let table = self.table_of(&found)?;
        let part = found.field().part(found.part).ok_or_else(|| unknown_field(&path.join(".")))?;
        Ok((ColumnRef::of(table, part.column), part.storage))
    }

    /// The condition a predicate means.
    pub fn condition(&mut self, predicate: &Predicate) -> Result<Condition> {
        if let Some(condition) = self.sourced(predicate)? {
            return Ok(condition);
        }
        Ok(match predicate {
            Predicate::True => Condition::True,
            Predicate::False => Condition::False,
            Predicate::And(all) => Condition::And(all.iter().map(|it| self.condition(it)).collect::<Result<_>>()?),
            Predicate::Or(any) => Condition::Or(any.iter().map(|it| self.condition(it)).collect::<Result<_>>()?),
            Predicate::Compare { path, op, value } => {
                let (column, storage) = self.column(path)?;
                compare(column, storage, *op, value, &self.context.time_zone)
            }
            Predicate::ComparePaths { left, op, right } => {
                let (left, left_storage) = self.column(left)?;
                let (right, right_storage) = self.column(right)?;
                if left_storage != right_storage {
                    if is_number(left_storage) && is_number(right_storage) {
                        return Ok(Condition::Computed(Term::comparison(Term::Column(left), *op, Term::Column(right)), false));
                    }
                    return Err(KernelError::bad_request("bad_filter", "不能比较这两种字段", "these two fields cannot be compared in a filter"));
                }
                Condition::CompareColumns(left, *op, right)
            }
            Predicate::IsNull(path) => self.presence(path, true)?,
            Predicate::NotNull(path) => self.presence(path, false)?,
            Predicate::In { path, values, negated } => {
                let (column, storage) = self.column(path)?;
                let values = values.iter().filter_map(|it| exact(it, storage, &self.context.time_zone)).collect();
                Condition::In(column, values, *negated)
            }
            Predicate::Text { path, op, value, negated } => {
                let (column, _) = self.column(path)?;
                Condition::Text(column, *op, value.clone(), *negated)
            }
            Predicate::ListContains { path, value, negated } => self.list(path, std::slice::from_ref(value), *negated)?,
            Predicate::ListContainsAny { path, values, negated } => self.list(path, values, *negated)?,
            Predicate::Computed { test, negated } => Condition::Computed(self.term(test)?, *negated),
        })
    }

    /// The same, and those seen with another record, as far as nothing denies them.
    fn reach_and_seen(&mut self, reach: &Reach, verb: Verb) -> Result<Condition> {
        let reached = self.reach(reach)?;
        if reach.is_nothing() || reached == Condition::True {
            return Ok(reached);
        }
        let Some(mut seen) = self.seen(verb)? else { return Ok(reached) };
        for rule in reach.rules() {
            seen = seen.and(self.condition(&rule.kept)?);
        }
        Ok(Condition::Or(vec![reached, seen]))
    }

    /// Rows seen, or changed, with another record.
    fn seen(&mut self, verb: Verb) -> Result<Option<Condition>> {
        let (context, object) = (self.context, self.object.clone());
        let Some(seen) = seen_with(context, &object, verb)? else { return Ok(None) };
        let Some(source) = object.definition.seen_with.as_ref().and_then(|it| it.when.as_deref()) else { return Ok(Some(seen)) };
        let (member, zone) = (&context.access.member, &context.time_zone);
        let when = compile_filter(&context.schema, &object, source, &crate::schema::OpenGate, member, context.now, zone)?;
        Ok(Some(seen.and(self.condition(&when)?)))
    }

    /// The condition of the rows rights reach.
    pub fn reach(&mut self, reach: &Reach) -> Result<Condition> {
        if reach.is_nothing() {
            return Ok(Condition::False);
        }
        let mut all = Condition::True;
        for rule in reach.rules() {
            let mut allowed = self.condition(&rule.allowed)?;
            if let Some(level) = rule.shared.filter(|_| allowed != Condition::True) {
                let shared = shared_rows(self.context, &self.object.name, level);
                allowed = if allowed == Condition::False { shared } else { Condition::Or(vec![allowed, shared]) };
            }
            all = all.and(allowed).and(self.condition(&rule.kept)?);
        }
        Ok(all)
    }

    fn term(&mut self, expr: &Expr) -> Result<Term> {
        Ok(match expr {
            Expr::Path { segments, .. } => Term::Column(self.column(segments)?.0),
            Expr::Literal(value) => Term::Value(value.clone()),
            Expr::Call { function, args, ty, .. } => {
                Term::Call { function: *function, args: args.iter().map(|it| self.term(it)).collect::<Result<_>>()?, ty: ty.clone() }
            }
            Expr::List(..) => return Err(KernelError::Internal("a list within a computed filter".into())),
        })
    }

    fn presence(&mut self, path: &[String], absent: bool) -> Result<Condition> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = self.resolve(&names)?;
        if found.field().link.is_some() {
            return self.list(path, &[], absent);
        }
        let (column, _) = self.column(path)?;
        Ok(if absent { Condition::IsNull(column) } else { Condition::NotNull(column) })
    }

    fn list(&mut self, path: &[String], values: &[Value], negated: bool) -> Result<Condition> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = self.resolve(&names)?;
        let table = self.table_of(&found)?;
        let field = found.field();
        if let Some(link) = &field.link {
            return Ok(Condition::Linked { link: link.clone(), source: ColumnRef::of(table, ID), targets: values.to_vec(), negated });
        }
        let part = field.part(found.part).ok_or_else(|| unknown_field(&names.join(".")))?;
        Ok(Condition::JsonContainsAny(ColumnRef::of(table, part.column), values.to_vec(), negated))
    }
}

/// The rows of an object the caller reaches with a verb, as a condition of a statement over it.
pub fn rights_condition(context: &Context, object: &Arc<Object>, verb: Verb, joins: &mut Vec<Join>) -> Result<Condition> {
    let held = held(context, object, verb)?;
    let reach = context.access.reach(object, verb);
    if reach.is_everything() {
        return Ok(held);
    }
    let mut tables = Tables::open(context, object);
    let condition = tables.reach_and_seen(&reach, verb)?;
    if tables.statements.is_empty() {
        return Ok(condition.and(held));
    }
    let before = joins.len();
    if before + tables.statements.len() > MAX_JOINS {
        return Ok(alone(object, condition, tables.statements).and(held));
    }
    // Behind the statement's own joins, which show the caller less than rights speak of. Beside each other, not one within
    // the other: the database must see every way in.
    let behind = |it: ColumnRef| if it.table == 0 { it } else { ColumnRef::of(usize::from(it.table) + before, usize::from(it.column)) };
    joins.extend(tables.statements.into_iter().map(|it| Join { from: behind(it.from), condition: map_columns(it.condition, &behind), ..it }));
    Ok(map_columns(condition, &behind).and(held))
}

/// The rows of an object that rights reach, as a condition that needs no joins of the statement around it.
pub(crate) fn reach_condition(context: &Context, object: &Arc<Object>, reach: &Reach, verb: Verb) -> Result<Condition> {
    let mut tables = Tables::open(context, object);
    let condition = tables.reach_and_seen(reach, verb)?;
    Ok(alone(object, condition, tables.statements).and(held(context, object, Verb::Read)?))
}

/// The rows of an object a predicate accepts, as a condition that needs no joins of the statement around it.
pub(crate) fn predicate_condition(context: &Context, object: &Arc<Object>, predicate: &Predicate) -> Result<Condition> {
    let mut tables = Tables::open(context, object);
    let condition = tables.condition(predicate)?;
    Ok(alone(object, condition, tables.statements))
}

/// The rows the caller may read or change with another record, as a condition that needs no joins around it.
pub(crate) fn seen_condition(context: &Context, object: &Arc<Object>, verb: Verb) -> Result<Condition> {
    let mut tables = Tables::open(context, object);
    let condition = tables.seen(verb)?.unwrap_or(Condition::False);
    Ok(alone(object, condition, tables.statements))
}

fn alone(object: &Arc<Object>, condition: Condition, joins: Vec<Join>) -> Condition {
    if joins.is_empty() {
        return condition;
    }
    let allowed = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&object.table, condition) };
    Condition::InSelect(ColumnRef::main(ID), Box::new(allowed), false)
}

/// A name that does not exist or may not be known; the two read the same.
pub fn unknown_field(name: &str) -> KernelError {
    let shown: String = name.chars().take(80).collect();
    KernelError::BadRequest {
        code: "unknown_field",
        message: crate::schema::Label::new(format!("没有字段“{shown}”，请检查名称"), format!("there is no field `{shown}`; check the name")),
        field: Some(shown),
        position: None,
    }
}

/// Moves a condition over a main table to the table at `position`.
fn shift_table(condition: Condition, position: usize) -> Condition {
    map_columns(condition, &|it| if it.table == 0 { ColumnRef::of(position, usize::from(it.column)) } else { it })
}

/// A condition over other columns.
fn map_columns(condition: Condition, moved: &dyn Fn(ColumnRef) -> ColumnRef) -> Condition {
    match condition {
        Condition::And(all) => Condition::And(all.into_iter().map(|it| map_columns(it, moved)).collect()),
        Condition::Or(any) => Condition::Or(any.into_iter().map(|it| map_columns(it, moved)).collect()),
        Condition::Compare(column, op, value) => Condition::Compare(moved(column), op, value),
        Condition::CompareColumns(left, op, right) => Condition::CompareColumns(moved(left), op, moved(right)),
        Condition::IsNull(column) => Condition::IsNull(moved(column)),
        Condition::NotNull(column) => Condition::NotNull(moved(column)),
        Condition::In(column, values, negated) => Condition::In(moved(column), values, negated),
        Condition::Text(column, op, text, negated) => Condition::Text(moved(column), op, text, negated),
        Condition::JsonContainsAny(column, values, negated) => Condition::JsonContainsAny(moved(column), values, negated),
        Condition::Linked { link, source, targets, negated } => Condition::Linked { link, source: moved(source), targets, negated },
        Condition::Words { object, id, words } => Condition::Words { object, id: moved(id), words },
        Condition::InSelect(column, select, negated) => Condition::InSelect(moved(column), select, negated),
        Condition::Exists(column, select, negated) => Condition::Exists(moved(column), select, negated),
        Condition::After(terms) => {
            Condition::After(terms.into_iter().map(|(order, value)| (crate::store::Order { column: moved(order.column), ..order }, value)).collect())
        }
        Condition::Computed(term, negated) => Condition::Computed(term.moved(&moved), negated),
        it @ (Condition::True | Condition::False) => it,
    }
}

fn is_number(storage: Storage) -> bool {
    matches!(storage, Storage::Int | Storage::Decimal { .. })
}

/// A value in the storage of its column, if it can be there exactly.
fn exact(value: &Value, storage: Storage, time_zone: &jiff::tz::TimeZone) -> Option<Value> {
    match (storage, value) {
        (Storage::Decimal { .. }, Value::Int(number)) => Some(Value::Decimal(Decimal::from(*number))),
        (Storage::Decimal { scale }, Value::Decimal(number)) => (number.round_dp(scale) == *number).then(|| value.clone()),
        (Storage::Int, Value::Decimal(number)) => number.is_integer().then(|| number.to_i64().map(Value::Int)).flatten(),
        (Storage::DateTime, Value::Date(date)) => date.to_zoned(time_zone.clone()).ok().map(|it| Value::DateTime(it.timestamp())),
        _ => Some(value.clone()),
    }
}

fn compare(column: ColumnRef, storage: Storage, op: CompareOp, value: &Value, time_zone: &jiff::tz::TimeZone) -> Condition {
    if let Some(value) = exact(value, storage, time_zone) {
        return Condition::Compare(column, op, value);
    }
    // The number lies between two values the column can hold: compare with the one below.
    let scale = if let Storage::Decimal { scale } = storage { scale } else { 0 };
    let below = value.as_decimal().map(|it| it.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::ToNegativeInfinity));
    let Some(below) = below else { return Condition::False };
    let below = if storage == Storage::Int { below.to_i64().map_or(Value::Null, Value::Int) } else { Value::Decimal(below) };
    match op {
        CompareOp::Eq => Condition::False,
        CompareOp::Ne => Condition::True,
        CompareOp::Lt | CompareOp::Le => Condition::Compare(column, CompareOp::Le, below),
        CompareOp::Gt | CompareOp::Ge => Condition::Compare(column, CompareOp::Gt, below),
    }
}
