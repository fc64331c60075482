//! The rules by which an object's records stand now: those that are in use and ask what they asked when they got their place.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::quality::{KeptPlan, PLACES, Planned, plan_of};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::ReadTx;
use uuid::Uuid;

use crate::check::Check;
use crate::rule::{Rule, active_rules};

/// See the module.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The object.
    pub object: Arc<Object>,
    /// Its rules with their places, in their order.
    pub rules: Vec<(u8, Arc<Rule>)>,
    /// What is kept of it.
    pub kept: KeptPlan,
}

impl Plan {
    /// The plan of an object; nothing where it has none.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn read(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Option<Self>> {
        let Some(kept) = plan_of(tx, object)? else { return Ok(None) };
        Self::of(context, tx, kept)
    }

    /// A plan as it is kept, with its rules.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, kept: KeptPlan) -> Result<Option<Self>> {
        let Some(object) = context.schema.object(&kept.object).cloned() else { return Ok(None) };
        let place = |rule: &Arc<Rule>| kept.rules.iter().find(|it| it.rule == rule.id && it.asks == rule.asks).map(|it| it.place);
        let rules = active_rules(context, tx, Some(&kept.object))?;
        let rules = rules.into_iter().filter_map(|it| Some((place(&it)?, it))).collect();
        Ok(Some(Self { object, rules, kept }))
    }

    /// Fields its rules look at.
    pub fn fields(&self) -> BTreeSet<&str> {
        self.rules.iter().flat_map(|it| it.1.fields.iter().map(String::as_str)).collect()
    }

    /// Whether an event may have changed how its record stands.
    pub fn is_touched_by(&self, event: &Event) -> bool {
        if event.object != self.object.name {
            return false;
        }
        // What the log has forgotten of a change may have been anything.
        if !event.kind.ends_with(".updated") || event.changes.is_empty() {
            return true;
        }
        let fields = self.fields();
        let of_every_change = ["updated_at", "updated_by", "version"];
        let follows = |it: &str| self.object.field(it).is_some_and(|it| it.formula.is_some());
        fields.iter().any(|it| of_every_change.contains(it) || follows(it) || event.changes.contains_key(*it))
    }

    /// Whether its rules look at anything of other records, which may move without theirs.
    pub fn looks_elsewhere(&self) -> bool {
        !self.lists().is_empty() || self.rules.iter().any(|it| !it.1.reached.is_empty())
    }

    /// Objects whose records its rules look up values among.
    pub fn lists(&self) -> BTreeSet<&str> {
        let listed = self.rules.iter().map(|it| &it.1.check);
        listed.filter_map(|it| if let Check::ExistsIn { object, .. } = it { Some(object.name.as_str()) } else { None }).collect()
    }
}

/// Places for rules: those that ask what they asked keep theirs, new ones get one that no record has a bit at. `None` where none
/// is left: then nothing that is kept can stay.
pub fn places(rules: &[Arc<Rule>], kept: Option<&KeptPlan>) -> Option<Vec<Planned>> {
    let of = |it: &Rule, place: u8| Planned { place, rule: it.id, asks: it.asks.clone() };
    let old: &[Planned] = kept.map_or(&[], |it| &it.rules);
    let known = |it: &Rule| old.iter().find(|was| was.rule == it.id && was.asks == it.asks).map(|it| it.place);
    let mut taken: BTreeSet<u8> = old.iter().map(|it| it.place).collect();
    let mut planned = Vec::with_capacity(rules.len());
    for rule in rules {
        let place = match known(rule) {
            Some(place) => place,
            None => (0..PLACES).find(|it| !taken.contains(it))?,
        };
        taken.insert(place);
        planned.push(of(rule, place));
    }
    // A run that did not come to its end leaves bits of rules that are none any more.
    if kept.is_some_and(|it| !it.is_current) {
        let gone = old.iter().filter(|it| planned.iter().all(|new| new.place != it.place));
        let gone: Vec<Planned> = gone.map(|it| Planned { rule: Uuid::nil(), asks: String::new(), ..it.clone() }).collect();
        planned.extend(gone);
    }
    Some(planned)
}
