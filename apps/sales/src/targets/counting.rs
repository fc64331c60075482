//! What was reached of a target and what open deals promise, out of the sums of the read path.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::Result;
use guanxi_kernel::access::DepartmentTree;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, Group, aggregate, object_of};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::ReadTx;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::DEAL;
use super::deals::DealFilters;
use super::target::{Measure, Target};

/// Figures of a target, in the company's own currency where it is of amounts.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Figures {
    /// Reached.
    pub won: Decimal,
    /// Won deals.
    pub won_deals: i64,
    /// All open ones of the period: the best case.
    pub open: Decimal,
    /// Open deals.
    pub open_deals: i64,
    /// Those of them that are promised.
    pub commit: Decimal,
    /// Open ones by their probability.
    pub weighted: Decimal,
    /// Open ones of which nobody says when they are to be closed.
    pub undated: Decimal,
    /// Such deals.
    pub undated_deals: i64,
    /// Deals in currencies without a rate: they are in none of the amounts.
    pub unrated_deals: i64,
}

/// Figures of a target and of each owner of a deal in it.
pub struct Counted {
    /// All together.
    pub whole: Figures,
    /// By member, with his name as the caller sees it.
    pub members: BTreeMap<Uuid, (Json, Figures)>,
    /// There are more members than are told.
    pub truncated: bool,
}

/// What of deals the caller may see: what he may not is left out of the answer.
#[derive(Debug, Clone, Copy)]
struct Seen {
    amount: bool,
    weighted: bool,
    probability: bool,
}

/// What kind of deals a sum is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Won,
    Open,
    Commit,
    Undated,
}

/// Counts deals with the caller's rights.
pub struct Counting<'a> {
    context: &'a Context,
    deals: Arc<Object>,
    tree: &'a DepartmentTree,
    seen: Seen,
}

impl<'a> Counting<'a> {
    /// For a caller.
    ///
    /// # Errors
    /// Not found where he may see no deals at all.
    pub fn new(context: &'a Context, tree: &'a DepartmentTree) -> Result<Self> {
        let deals = object_of(context, DEAL)?;
        let sees = |name: &str| deals.field(name).is_some_and(|it| context.access.may_group(&deals, it));
        let seen = Seen { amount: sees("amount"), weighted: sees("weighted"), probability: sees("probability") };
        Ok(Self { context, deals, tree, seen })
    }

    /// The filters of a target's deals.
    ///
    /// # Errors
    /// As [`DealFilters::of`].
    pub fn filters(&self, target: &Target) -> Result<DealFilters> {
        DealFilters::of(self.context, &self.deals, target, self.tree)
    }

    /// The figures of a target.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn count(&self, tx: &mut dyn ReadTx, target: &Target, filters: &DealFilters) -> Result<Counted> {
        let mut counted = Counted { whole: Figures::default(), members: BTreeMap::new(), truncated: false };
        let kinds = [(Kind::Won, &filters.won), (Kind::Open, &filters.open), (Kind::Commit, &filters.commit), (Kind::Undated, &filters.undated)];
        for (kind, filter) in kinds {
            let answer = aggregate(self.context, tx, &self.deals, &self.request(target.measure, kind, filter, true))?;
            counted.truncated |= answer.truncated;
            for group in &answer.groups {
                let worth = self.worth(target.measure, group);
                if let (Some(Json::String(owner)), Some(name)) = (group.keys.first(), group.labels.first())
                    && let Ok(owner) = Uuid::try_parse(owner)
                {
                    counted.members.entry(owner).or_insert_with(|| (json!(name), Figures::default())).1.add(kind, &worth);
                }
                counted.whole.add(kind, &worth);
            }
            // A customer of two members is one customer of their department.
            if target.measure == Measure::NewCustomers {
                let whole = aggregate(self.context, tx, &self.deals, &self.request(target.measure, kind, filter, false))?;
                let different = whole.groups.first().map(|it| decimal(it, "count_distinct(account)")).unwrap_or_default();
                *counted.whole.amount_of(kind) = different;
            }
        }
        let members = counted.members.values_mut().map(|it| &mut it.1);
        for figures in members.chain([&mut counted.whole]) {
            // No more customers than there are, however many deals with one of them are open.
            figures.weighted = if target.measure == Measure::NewCustomers { figures.weighted.min(figures.open) } else { figures.weighted };
        }
        Ok(counted)
    }

    /// Whether there are deals of a target that the caller does not see: that, not how many.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn is_partial(&self, tx: &mut dyn ReadTx, filters: &DealFilters) -> Result<bool> {
        let request = AggregateRequest { measures: vec!["count".into()], filter: Some(filters.all()), ..AggregateRequest::default() };
        let mut count = |who: &Context| -> Result<Decimal> {
            let answer = aggregate(who, tx, &self.deals, &request)?;
            Ok(answer.groups.first().map(|it| decimal(it, "count")).unwrap_or_default())
        };
        Ok(count(self.context)? < count(&self.context.as_system())?)
    }

    fn request(&self, measure: Measure, kind: Kind, filter: &str, by_owner: bool) -> AggregateRequest {
        let mut measures = vec!["count"];
        let mut group_by = if by_owner { vec!["owner"] } else { Vec::new() };
        match measure {
            Measure::Amount if self.seen.amount => {
                group_by.push("amount.currency");
                measures.push("sum(amount)");
                if kind == Kind::Open && self.seen.weighted {
                    measures.push("sum(weighted)");
                }
            }
            Measure::NewCustomers => measures.push("count_distinct(account)"),
            Measure::Amount | Measure::Deals => {}
        }
        if measure != Measure::Amount && kind == Kind::Open && self.seen.probability {
            measures.push("sum(probability)");
        }
        let owned = |it: Vec<&str>| it.into_iter().map(str::to_owned).collect();
        AggregateRequest { group_by: owned(group_by), measures: owned(measures), filter: Some(filter.to_owned()), ..AggregateRequest::default() }
    }

    /// What a group comes to.
    fn worth(&self, measure: Measure, group: &Group) -> Worth {
        let deals = group.values.get("count").and_then(Json::as_i64).unwrap_or(0);
        let expected = decimal(group, "sum(probability)") / Decimal::ONE_HUNDRED;
        match measure {
            Measure::Deals => Worth { deals, amount: Decimal::from(deals), weighted: expected, unrated: 0 },
            Measure::NewCustomers => Worth { deals, amount: decimal(group, "count_distinct(account)"), weighted: expected, unrated: 0 },
            Measure::Amount => {
                let currency = group.keys.get(1).and_then(Json::as_str);
                let own = |name: &str| self.context.in_own_currency(decimal(group, name), currency);
                match (own("sum(amount)"), own("sum(weighted)")) {
                    (Some(amount), Some(weighted)) => Worth { deals, amount, weighted, unrated: 0 },
                    _ => Worth { deals, amount: Decimal::ZERO, weighted: Decimal::ZERO, unrated: deals },
                }
            }
        }
    }

    /// Figures beside what is wanted. What the caller may not see of deals is null.
    pub fn json(&self, measure: Measure, figures: &Figures, wanted: Option<Decimal>) -> Map<String, Json> {
        let amounts = measure != Measure::Amount || self.seen.amount;
        let weighs = if measure == Measure::Amount { amounts && self.seen.weighted } else { self.seen.probability };
        let text = |shown: bool, it: Option<Decimal>| it.filter(|_| shown).map_or(Json::Null, |it| json!(two_digits(it)));
        let expected = figures.won + figures.weighted;
        let part = |of: Decimal| wanted.and_then(|it| percent(of, it));
        let members = [
            ("wanted", text(true, wanted)),
            ("won", text(amounts, Some(figures.won))),
            ("won_deals", json!(figures.won_deals)),
            ("commit", text(amounts, Some(figures.commit))),
            ("weighted", text(weighs, Some(figures.weighted))),
            ("open", text(amounts, Some(figures.open))),
            ("open_deals", json!(figures.open_deals)),
            ("undated", text(amounts, Some(figures.undated))),
            ("undated_deals", json!(figures.undated_deals)),
            ("unrated_deals", json!(figures.unrated_deals)),
            ("gap", text(amounts, wanted.map(|it| it - figures.won))),
            ("percent", text(amounts, part(figures.won))),
            ("expected", text(weighs, Some(expected))),
            ("expected_percent", text(weighs, part(expected))),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// What a group of deals comes to.
struct Worth {
    deals: i64,
    amount: Decimal,
    weighted: Decimal,
    unrated: i64,
}

impl Figures {
    fn amount_of(&mut self, kind: Kind) -> &mut Decimal {
        match kind {
            Kind::Won => &mut self.won,
            Kind::Open => &mut self.open,
            Kind::Commit => &mut self.commit,
            Kind::Undated => &mut self.undated,
        }
    }

    fn add(&mut self, kind: Kind, worth: &Worth) {
        *self.amount_of(kind) += worth.amount;
        match kind {
            Kind::Won => self.won_deals += worth.deals,
            Kind::Open => {
                self.open_deals += worth.deals;
                self.weighted += worth.weighted;
            }
            // They are among the open ones.
            Kind::Commit => return,
            Kind::Undated => self.undated_deals += worth.deals,
        }
        self.unrated_deals += worth.unrated;
    }
}

/// A part of what is wanted, in per cent.
pub fn percent(part: Decimal, wanted: Decimal) -> Option<Decimal> {
    (part * Decimal::ONE_HUNDRED).checked_div(wanted).map(rounded)
}

/// A number with two digits after the point, as amounts are written.
pub fn two_digits(number: Decimal) -> String {
    format!("{:.2}", rounded(number))
}

fn rounded(number: Decimal) -> Decimal {
    number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn decimal(group: &Group, measure: &str) -> Decimal {
    match group.values.get(measure) {
        Some(Json::String(text)) => text.parse().unwrap_or_default(),
        Some(Json::Number(number)) => number.as_i64().map(Decimal::from).unwrap_or_default(),
        _ => Decimal::ZERO,
    }
}
