//! Targets as the caller sees them.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ListRequest, list, object_of};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::TARGET;
use super::period::Period;
use crate::subject::Subject;

/// What a target counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Amounts of won deals, in the company's own currency.
    Amount,
    /// Won deals.
    Deals,
    /// Different customers of won deals of the kind "new business".
    NewCustomers,
}

impl Measure {
    fn named(name: &str) -> Option<Self> {
        match name {
            "won_amount" => Some(Self::Amount),
            "won_deals" => Some(Self::Deals),
            "new_customers" => Some(Self::NewCustomers),
            _ => None,
        }
    }
}

/// A target.
pub struct Target {
    /// As the caller sees it.
    pub json: Json,
    /// Whom it is for.
    pub subject: Subject,
    /// The first day of its period.
    pub first: Date,
    /// The day after the last one.
    pub behind_last: Date,
    /// The line of products it is about; none for all of them.
    pub line: Option<String>,
    /// What it counts.
    pub measure: Measure,
    /// How much is to be reached.
    pub wanted: Decimal,
}

impl Target {
    fn of(json: Json) -> Option<Self> {
        let period = Period::named(json["period"].as_str()?)?;
        let first = json["period_start"].as_str()?.parse().ok()?;
        let measure = Measure::named(json["measure"].as_str()?)?;
        let wanted = match measure {
            Measure::Amount => json["target_amount"]["amount"].as_str()?.parse().ok()?,
            Measure::Deals | Measure::NewCustomers => Decimal::from(json["target_count"].as_i64()?),
        };
        let (subject, line) = (Subject::of(&json)?, json["product_line"].as_str().map(str::to_owned));
        Some(Self { subject, first, behind_last: period.behind_last(first), line, measure, wanted, json })
    }

    /// Whether another one is of the same period, measure and line of products.
    pub fn is_alike(&self, other: &Self) -> bool {
        (self.first, self.behind_last, self.measure, &self.line) == (other.first, other.behind_last, other.measure, &other.line)
    }
}

/// The targets the caller sees that a filter accepts, in the order of their names, and whether there are more of them.
///
/// # Errors
/// Fails where the database does.
pub fn targets(context: &Context, tx: &mut dyn ReadTx, filter: String, most: u32) -> Result<(Vec<Target>, bool)> {
    let object = object_of(context, TARGET)?;
    let request = ListRequest { filter: Some(filter), sort: Some("name".into()), limit: most, ..ListRequest::default() };
    let page = list(context, tx, &object, &request)?;
    let found: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok((found.into_iter().filter_map(Target::of).collect(), page.next_cursor.is_some()))
}
