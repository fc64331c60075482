//! Which deals count towards a target: the same filters count them and lead to their list.

use guanxi_kernel::Result;
use guanxi_kernel::access::DepartmentTree;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;
use serde_json::{Value as Json, json};

use super::DEAL;
use super::target::{Measure, Target};
use crate::subject::{begins, quoted};

/// Filters over deals, as expressions.
pub struct DealFilters {
    /// Won within the period.
    pub won: String,
    /// Open, to be closed within the period, and not left out of the forecast.
    pub open: String,
    /// Of those, the ones that are promised.
    pub commit: String,
    /// Open, and nobody says when they are to be closed.
    pub undated: String,
}

impl DealFilters {
    /// Those of a target.
    ///
    /// # Errors
    /// An internal error where a day has no beginning.
    pub fn of(context: &Context, deals: &Object, target: &Target, tree: &DepartmentTree) -> Result<Self> {
        let stages = |keep: &dyn Fn(bool, bool) -> bool| {
            let options = deals.field("stage").map(|it| it.definition.options.as_slice()).unwrap_or_default();
            options.iter().filter(|it| keep(it.closed, it.won)).map(|it| format!("'{}'", it.value)).collect::<Vec<_>>().join(", ")
        };
        let (first, behind_last) = (target.first, target.behind_last);
        let (from, to) = (begins(context, first)?, begins(context, behind_last)?);
        let mut whose = format!("{} in [{}]", target.subject.field(), quoted(&target.subject.counted(tree)));
        if let Some(line) = &target.line {
            whose = format!("{whose} && product_line == '{line}'");
        }
        if target.measure == Measure::NewCustomers {
            whose = format!("{whose} && kind == 'new_business'");
        }
        let open = format!("!(stage in [{}]) && forecast != 'omitted' && {whose}", stages(&|closed, _| closed));
        let dated = format!("{open} && close_date >= date('{first}') && close_date < date('{behind_last}')");
        Ok(Self {
            won: format!("stage in [{}] && closed_at >= datetime('{from}') && closed_at < datetime('{to}') && {whose}", stages(&|_, won| won)),
            commit: format!("{dated} && forecast == 'commit'"),
            undated: format!("{open} && close_date == null"),
            open: dated,
        })
    }

    /// Every deal that counts, or would.
    pub fn all(&self) -> String {
        format!("({}) || ({}) || ({})", self.won, self.open, self.undated)
    }

    /// For the list behind each figure.
    pub fn json(&self) -> Json {
        json!({ "object": DEAL, "won": self.won, "open": self.open, "commit": self.commit, "undated": self.undated })
    }
}
