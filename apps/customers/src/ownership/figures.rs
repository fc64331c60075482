//! What a rule finds for many records at once: departments with their figures, with one statement.

use std::collections::HashMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{GroupsOf, groups_of};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{Result, Value};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::departments::Departments;
use super::rule::{Compares, Finds, Related, Rule};
use super::window::Month;

/// A department that may be the one.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The department.
    pub department: Uuid,
    /// What is compared.
    pub figure: Figure,
    /// Of a monthly average, its months.
    pub months: Vec<Month>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// The record says so itself.
    Given,
    /// A day or a moment.
    Day(Value),
    /// A number: as people read it, and as it compares exactly.
    Number(Decimal, Decimal),
}

impl Candidate {
    /// For people: with its figure where it may be seen.
    pub fn told(&self, departments: &Departments, is_seen: bool) -> Json {
        let mut told = json!({ "department": departments.told(self.department), "value": is_seen.then(|| self.figure.told()) });
        if is_seen && !self.months.is_empty() {
            let month = |it: &Month| json!({ "month": it.first.to_string(), "days": it.days(), "sum": it.sum.normalize().to_string(), "average": it.average().normalize().to_string() });
            told["months"] = self.months.iter().map(month).collect();
        }
        told
    }
}

impl Figure {
    fn told(&self) -> Json {
        match self {
            Self::Given => Json::Null,
            Self::Day(Value::Date(day)) => json!(day.to_string()),
            Self::Day(Value::DateTime(at)) => json!(at.to_string()),
            Self::Day(_) => Json::Null,
            Self::Number(number, _) => json!(number.normalize().to_string()),
        }
    }
}

/// What it finds by record; those for which it finds nothing are absent. Seen with the eyes of the context.
pub type Found = HashMap<Uuid, Vec<Candidate>>;

/// Asks a rule about some records.
///
/// # Errors
/// A bad request where something the rule names is gone, or is closed to the context; the database's.
pub fn figures(context: &Context, tx: &mut dyn ReadTx, rule: &Rule, ids: &[Uuid]) -> Result<Found> {
    match &rule.finds {
        _ if ids.is_empty() => Ok(Found::new()),
        Finds::Reference(branch) => {
            let request = GroupsOf { via: "id", ids, keys: &[branch], measures: &["count"], ..GroupsOf::default() };
            let rows = groups_of(context, tx, &rule.object, &request)?;
            Ok(by_record(rows.iter().filter_map(|row| Some((id(row, 0)?, plain(id(row, 1)?, Figure::Given))))))
        }
        Finds::Related(related) => of_related(context, tx, related, ids),
    }
}

fn of_related(context: &Context, tx: &mut dyn ReadTx, related: &Related, ids: &[Uuid]) -> Result<Found> {
    let (mut keys, mut measures) = (vec![related.branch.clone()], Vec::new());
    match &related.compares {
        Compares::Latest(day) => measures.push(format!("max({day})")),
        Compares::Count => measures.push("count".to_owned()),
        Compares::Sum(amount) => measures.push(format!("sum({amount})")),
        Compares::MonthlyAverageDaily(amount) => {
            measures.push(format!("sum({amount})"));
            keys.extend(related.window.as_ref().map(|(day, _)| format!("{day}:month")));
        }
    }
    let currency = related.currency();
    keys.extend(currency.clone());
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
    let during = related.window.as_ref().map(|(day, window)| (day.as_str(), window.from, window.until));
    let request = GroupsOf { via: &related.via, ids, keys: &keys, measures: &measures, filter: related.filter.as_deref(), during };
    let mut rows = groups_of(context, tx, &related.object, &request)?;
    if currency.is_some() {
        rows = in_own_currency(context, keys.len(), rows);
    }
    if matches!(related.compares, Compares::MonthlyAverageDaily(_)) {
        return Ok(monthly(related, &rows));
    }
    let candidate = |row: &Vec<Value>| {
        let figure = match row.get(2)? {
            it @ (Value::Date(_) | Value::DateTime(_)) => Figure::Day(it.clone()),
            number => number.as_decimal().map(|it| Figure::Number(if currency.is_some() { it.round_dp(2) } else { it }, it))?,
        };
        Some((id(row, 0)?, plain(id(row, 1)?, figure)))
    };
    Ok(by_record(rows.iter().filter_map(candidate)))
}

/// Rows whose last key, at `place`, is a currency and whose measure is a sum in it, as rows without that key and with all the sums in
/// the company's own. What is in a currency without a rate does not count, as in roll-ups.
fn in_own_currency(context: &Context, place: usize, rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let own = context.workspace.settings().currency.clone();
    let rate = |it: &Value| match it.as_text() {
        Some(code) if code != own => context.schema.rates.get(code).copied(),
        _ => Some(Decimal::ONE),
    };
    let mut merged: Vec<Vec<Value>> = Vec::new();
    for mut row in rows {
        let worth = |row: &[Value]| row.get(place + 1)?.as_decimal()?.checked_mul(rate(row.get(place)?)?);
        let Some(worth) = worth(&row) else { continue };
        row.truncate(place);
        match merged.last_mut() {
            Some(last) if last.get(..place) == Some(row.as_slice()) => {
                let sum = last.pop().and_then(|it| it.as_decimal()).unwrap_or_default();
                last.push(Value::Decimal(sum + worth));
            }
            _ => {
                row.push(Value::Decimal(worth));
                merged.push(row);
            }
        }
    }
    merged
}

/// Rows of record, department, month and sum, in this order, as monthly averages.
fn monthly(related: &Related, rows: &[Vec<Value>]) -> Found {
    let mut months: Vec<(Uuid, Uuid, Vec<Month>)> = Vec::new();
    for row in rows {
        let (Some(record), Some(department), Some(Value::Date(first)), Some(sum)) =
            (id(row, 0), id(row, 1), row.get(2), row.get(3).and_then(Value::as_decimal))
        else {
            continue;
        };
        let month = Month { first: *first, sum };
        match months.last_mut() {
            Some(last) if (last.0, last.1) == (record, department) => last.2.push(month),
            _ => months.push((record, department, vec![month])),
        }
    }
    let candidate = |(record, department, months): (Uuid, Uuid, Vec<Month>)| {
        let (average, parts) = related.window.as_ref()?.1.average(&months);
        Some((record, Candidate { department, figure: Figure::Number(average, parts), months }))
    };
    by_record(months.into_iter().filter_map(candidate))
}

fn by_record(found: impl Iterator<Item = (Uuid, Candidate)>) -> Found {
    let mut by_record = Found::new();
    for (record, candidate) in found {
        by_record.entry(record).or_default().push(candidate);
    }
    by_record
}

fn plain(department: Uuid, figure: Figure) -> Candidate {
    Candidate { department, figure, months: Vec::new() }
}

fn id(row: &[Value], at: usize) -> Option<Uuid> {
    if let Some(Value::Id(id)) = row.get(at) { Some(*id) } else { None }
}
