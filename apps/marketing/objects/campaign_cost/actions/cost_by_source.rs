//! What leads, conversions and won deals of each source cost, as far as the caller may see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, Group, Record, aggregate, object_of};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value as Json, json};

/// The object of costs.
const COST: &str = "campaign_cost";
/// Sum of amounts, in the words of the read path.
const SUM: &str = "sum(amount)";
/// Longest time looked at.
const MOST_YEARS: i32 = 10;

/// See the module.
pub struct CostBySource(pub ActionDefinition);

impl Action for CostBySource {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let context = unit.context;
        let span = Span::of(context, input)?;
        let mut found = Found { context, rows: BTreeMap::new(), hidden: Vec::new(), partly: Vec::new(), without_rate: 0 };
        found.count(unit.tx, &span)?;
        let total = found.rows.values().fold(Row::default(), Row::plus);
        let (hidden, partly) = (found.hidden.clone(), found.partly.clone());
        let mut rows: Vec<(&Option<String>, &Row)> = found.rows.iter().collect();
        // The dearest first; what nothing was spent for after it.
        rows.sort_by(|left, right| (right.1.cost, right.1.leads, left.0).cmp(&(left.1.cost, left.1.leads, right.0)));
        Ok(json!({
            "from": span.from.to_string(),
            "to": span.to.to_string(),
            "currency": context.workspace.settings().currency,
            "rows": rows.into_iter().map(|(source, row)| row.told(source.as_deref(), &hidden, &partly)).collect::<Vec<_>>(),
            "total": total.told(None, &hidden, &partly),
            "hidden": hidden,
            "partial": !partly.is_empty(),
            "without_rate": found.without_rate,
        }))
    }
}

/// The days looked at, both included.
struct Span {
    from: Date,
    to: Date,
    /// The same as moments where the caller is; the second is not included.
    moments: (String, String),
}

impl Span {
    fn of(context: &Context, input: &Map<String, Json>) -> Result<Self> {
        let day = |name: &str| input.get(name).and_then(Json::as_str).and_then(|it| it.parse::<Date>().ok());
        let today = context.now.to_zoned(context.time_zone.clone()).date();
        let to = day("to").unwrap_or(today);
        let from = day("from").unwrap_or_else(|| to.saturating_sub(1.year()).saturating_add(1.day()));
        if from > to {
            return Err(KernelError::invalid("from", "rule", "开始不能晚于结束", "it cannot begin after it ends"));
        }
        if from.saturating_add(MOST_YEARS.years()) < to {
            return Err(KernelError::invalid("from", "too_large", format!("最多{MOST_YEARS}年"), format!("at most {MOST_YEARS} years")));
        }
        let moment = |day: Date| {
            let begins = day.to_zoned(context.time_zone.clone());
            begins.map(|it| it.timestamp().to_string()).map_err(|error| KernelError::Internal(error.to_string()))
        };
        Ok(Self { from, to, moments: (moment(from)?, moment(to.saturating_add(1.day()))?) })
    }

    fn days(&self, field: &str) -> String {
        format!("{field} >= date('{}') && {field} <= date('{}')", self.from, self.to)
    }

    fn moments(&self, field: &str) -> String {
        format!("{field} >= datetime('{}') && {field} < datetime('{}')", self.moments.0, self.moments.1)
    }
}

/// The figures of a source.
#[derive(Debug, Default, Clone)]
struct Row {
    /// The name of the choice in both languages.
    label: Option<Json>,
    cost: Decimal,
    leads: i64,
    conversions: i64,
    won: i64,
    won_amount: Decimal,
}

impl Row {
    fn plus(self, other: &Self) -> Self {
        Self {
            label: None,
            cost: self.cost + other.cost,
            leads: self.leads + other.leads,
            conversions: self.conversions + other.conversions,
            won: self.won + other.won,
            won_amount: self.won_amount + other.won_amount,
        }
    }

    /// `source` is absent for deals that name none, and for all together; of what the caller may not see, nothing is told, and
    /// of what he sees only in part, no ratio: the whole cost by some of the leads would be wrong.
    fn told(&self, source: Option<&str>, hidden: &[&str], partly: &[&str]) -> Json {
        let shown = |object: &str, value: Json| if hidden.contains(&object) { Json::Null } else { value };
        let is_part = |object: &str| partly.contains(&object) || partly.contains(&COST);
        let divided = |object: &str, value: Json| if is_part(object) { Json::Null } else { shown(object, value) };
        let per = |by: Decimal, digits: u32| if self.cost.is_zero() { Json::Null } else { ratio(self.cost, by, digits) };
        json!({
            "source": source,
            "label": self.label,
            "cost": format!("{:.2}", self.cost),
            "leads": shown("lead", json!(self.leads)),
            "conversions": shown("lead", json!(self.conversions)),
            "won": shown("opportunity", json!(self.won)),
            "won_amount": shown("opportunity", json!(format!("{:.2}", self.won_amount))),
            "cost_per_lead": divided("lead", per(Decimal::from(self.leads), 2)),
            "cost_per_conversion": divided("lead", per(Decimal::from(self.conversions), 2)),
            "cost_per_won": divided("opportunity", per(self.won_amount, 4)),
            "return_on_cost": divided("opportunity", ratio(self.won_amount, self.cost, 2)),
        })
    }
}

/// A quotient; null where there is nothing to divide by.
fn ratio(of: Decimal, by: Decimal, digits: u32) -> Json {
    let Some(quotient) = of.checked_div(by) else { return Json::Null };
    let mut rounded = quotient.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(digits);
    json!(rounded.to_string())
}

/// What is counted, by source; deals may name none.
struct Found<'a> {
    context: &'a Context,
    rows: BTreeMap<Option<String>, Row>,
    /// Objects of which the caller may not see enough.
    hidden: Vec<&'static str>,
    /// Objects of which the caller sees some records and not others.
    partly: Vec<&'static str>,
    /// Amounts in currencies that have no rate, which are left out.
    without_rate: i64,
}

impl Found<'_> {
    fn count(&mut self, tx: &mut dyn ReadTx, span: &Span) -> Result<()> {
        let costs = object_of(self.context, COST)?;
        self.note_part(COST, &costs);
        for group in self.groups(tx, &costs, &["source", "amount.currency"], &span.days("spent_on"))? {
            let amount = self.own(&group);
            self.row(&group).cost += amount;
        }
        self.count_leads(tx, span)?;
        self.count_deals(tx, span)
    }

    fn count_leads(&mut self, tx: &mut dyn ReadTx, span: &Span) -> Result<()> {
        let Some(leads) = self.open("lead", &["source", "status", "converted_at"]) else { return Ok(()) };
        for group in self.groups(tx, &leads, &["source"], &span.moments("created_at"))? {
            self.row(&group).leads += number(&group, "count");
        }
        let converted = format!("status == 'converted' && {}", span.moments("converted_at"));
        for group in self.groups(tx, &leads, &["source"], &converted)? {
            self.row(&group).conversions += number(&group, "count");
        }
        Ok(())
    }

    fn count_deals(&mut self, tx: &mut dyn ReadTx, span: &Span) -> Result<()> {
        let Some(deals) = self.open("opportunity", &["source", "stage", "amount", "closed_at"]) else { return Ok(()) };
        let stages = deals.field("stage").map(|it| it.definition.options.as_slice()).unwrap_or_default();
        let won: Vec<String> = stages.iter().filter(|it| it.won).map(|it| format!("'{}'", it.value)).collect();
        let filter = format!("stage in [{}] && {}", won.join(", "), span.moments("closed_at"));
        for group in self.groups(tx, &deals, &["source", "amount.currency"], &filter)? {
            let amount = self.own(&group);
            let row = self.row(&group);
            row.won += number(&group, "count");
            row.won_amount += amount;
        }
        Ok(())
    }

    /// An object of which the caller may count and add up what is needed; noted as hidden otherwise.
    fn open(&mut self, name: &'static str, fields: &[&str]) -> Option<Arc<Object>> {
        let access = &self.context.access;
        let open = |object: &Object, it: &str| object.field(it).is_some_and(|field| access.may_group(object, field));
        let known = self.context.schema.object(name).filter(|it| access.may(it, Verb::Read));
        let found = known.filter(|it| fields.iter().all(|field| open(it, field))).cloned();
        match &found {
            Some(object) => self.note_part(name, object),
            None => self.hidden.push(name),
        }
        found
    }

    fn note_part(&mut self, name: &'static str, object: &Object) {
        if !self.context.access.reach(object, Verb::Read).is_everything() {
            self.partly.push(name);
        }
    }

    fn groups(&self, tx: &mut dyn ReadTx, object: &Arc<Object>, by: &[&str], filter: &str) -> Result<Vec<Group>> {
        let has_amount = by.contains(&"amount.currency");
        let measures = ["count", SUM].into_iter().take(if has_amount { 2 } else { 1 });
        let request = AggregateRequest {
            group_by: by.iter().map(|it| (*it).to_owned()).collect(),
            measures: measures.map(str::to_owned).collect(),
            filter: Some(filter.to_owned()),
            ..AggregateRequest::default()
        };
        Ok(aggregate(self.context, tx, object, &request)?.groups)
    }

    /// The row of a group's source.
    fn row(&mut self, group: &Group) -> &mut Row {
        let source = group.keys.first().and_then(Json::as_str).map(str::to_owned);
        let row = self.rows.entry(source).or_default();
        // What is no choice any more, or none at all, has no name.
        row.label = group.labels.first().and_then(|it| serde_json::to_value(it).ok()).filter(Json::is_object);
        row
    }

    /// The sum of a group in the workspace's own currency.
    fn own(&mut self, group: &Group) -> Decimal {
        let sum = group.values.get(SUM).and_then(Json::as_str).and_then(|it| it.parse::<Decimal>().ok()).unwrap_or_default();
        let currency = group.keys.get(1).and_then(Json::as_str);
        let own = &self.context.workspace.settings().currency;
        let Some(currency) = currency.filter(|it| it != own) else { return sum };
        let worth = self.context.schema.rates.get(currency).and_then(|rate| sum.checked_mul(*rate));
        if worth.is_none() {
            self.without_rate += number(group, "count");
        }
        worth.unwrap_or_default().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

fn number(group: &Group, measure: &str) -> i64 {
    group.values.get(measure).and_then(Json::as_i64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_divided_by_nothing() {
        let row = Row { cost: Decimal::from(90_000), leads: 7, ..Row::default() };
        let told = row.told(None, &[], &[]);
        assert_eq!(
            (&told["cost_per_lead"], &told["cost_per_conversion"], &told["return_on_cost"]),
            (&json!("12857.14"), &Json::Null, &json!("0.00"))
        );
        let free = Row { leads: 7, won_amount: Decimal::from(5), ..Row::default() }.told(None, &["opportunity"], &[]);
        assert_eq!((&free["cost_per_lead"], &free["won_amount"], &free["leads"]), (&Json::Null, &Json::Null, &json!(7)));
    }

    #[test]
    fn the_whole_cost_is_not_divided_by_a_part_of_the_leads() {
        let row = Row { cost: Decimal::from(900), leads: 3, conversions: 1, won: 1, won_amount: Decimal::from(500), ..Row::default() };
        let told = row.told(None, &[], &["lead"]);
        assert_eq!((&told["leads"], &told["cost_per_lead"], &told["return_on_cost"]), (&json!(3), &Json::Null, &json!("0.56")));
        let told = row.told(None, &[], &[COST]);
        assert_eq!((&told["cost"], &told["cost_per_lead"], &told["return_on_cost"]), (&json!("900.00"), &Json::Null, &Json::Null));
    }
}
