//! What rules in some order would change, before they do.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, known_page, readable_ids};
use guanxi_kernel::schema::DEPARTMENT_FIELD;
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::decide::{Broken, Decided, Exempt, Kept, decide};
use super::departments::Departments;
use super::job::rules_of;
use super::rule::{self, Rule, filled};
use super::seen::Seen;
use super::{PAGE, of_company};

/// How many records are named.
const NAMED: usize = 100;
/// How many departments of each.
const CANDIDATES: usize = 5;

/// See the module.
pub struct Preview(pub ActionDefinition);

impl Action for Preview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    /// It may take its time, and nobody waits for it.
    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        Some(preview(context, input))
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        preview(unit.context, input)
    }
}

fn preview(context: &Context, input: &Map<String, Json>) -> Result<Json> {
    let object = input.get("object").and_then(Json::as_str).unwrap_or("account").to_owned();
    guanxi_kernel::read::object_of(context, &object)?;
    let order = order_in(input)?;
    let company = &of_company(context);
    let store = &context.workspace.store;
    let mut records = store.read_with(|tx| match &order {
        Some(ids) => rule::in_order(company, tx, ids),
        None => rule::active(company, tx),
    })?;
    records.retain(|it| filled(it, "object").as_deref() == Some(object.as_str()));
    if order.as_ref().is_some_and(|it| it.len() != records.len()) {
        return Err(KernelError::invalid(
            "order",
            "no_such_record",
            "有的规则不存在，或用于别的对象",
            "one of the rules is none, or is for another object",
        ));
    }
    let rules = match store.read_with(|tx| rules_of(company, tx, &records))? {
        Ok(rules) => rules,
        Err(broken) => return told_broken(context, &object, &records, broken),
    };
    let mut counts = Counts::new(rules.len());
    counts.departments = store.read_with(|tx| Departments::read(company, tx))?;
    let mut after = None;
    loop {
        let looked = store.read_with(|tx| {
            let page = known_page(company, tx, &object, |_| Ok(Condition::True), after, PAGE)?;
            let last = page.last().map(Record::id);
            Ok((last, look(context, company, tx, &rules, &counts.departments, page)?))
        })?;
        match looked {
            (_, Err(broken)) => return told_broken(context, &object, &records, broken),
            (None, Ok(_)) => break,
            (last, Ok(looked)) => {
                counts.add(looked);
                after = last;
            }
        }
    }
    store.read_with(|tx| counts.told(context, tx, &object, &rules))
}

/// What the rules say of a page of records, as far as the caller may see them.
struct Looked {
    kept: Vec<Kept>,
    page: Vec<Record>,
    decided: HashMap<Uuid, Decided>,
    /// Of those that would change.
    locked: HashSet<Uuid>,
}

fn look(
    context: &Context,
    company: &Context,
    tx: &mut dyn ReadTx,
    rules: &[Rule],
    departments: &Departments,
    mut page: Vec<Record>,
) -> Result<std::result::Result<Looked, Broken>> {
    let Some(object) = page.first().map(|it| it.object.clone()) else {
        return Ok(Ok(Looked { kept: Vec::new(), page, decided: HashMap::new(), locked: HashSet::new() }));
    };
    if !context.access.is_unlimited() {
        let ids: Vec<Uuid> = page.iter().map(Record::id).collect();
        let readable: HashSet<Uuid> = readable_ids(context, tx, &object, &ids)?.into_iter().collect();
        page.retain(|it| readable.contains(&it.id()));
    }
    let exempt = Exempt::of(company, &object)?;
    let kept: Vec<Kept> = page.iter().filter_map(|it| exempt.why(company, it)).collect();
    page.retain(|it| exempt.why(company, it).is_none());
    let asked: Vec<&Record> = page.iter().collect();
    let decided = match decide(company, tx, rules, departments, &asked)? {
        Ok(decided) => decided,
        Err(broken) => return Ok(Err(broken)),
    };
    let differs = |it: &&Record| decided.get(&it.id()).is_some_and(|to| it.reference(DEPARTMENT_FIELD) != Some(to.to));
    let changed: Vec<Uuid> = page.iter().filter(differs).map(Record::id).collect();
    let locked = locked_among(company, tx, &changed)?;
    Ok(Ok(Looked { kept, page, decided, locked }))
}

/// The rules' ids in the order asked for.
fn order_in(input: &Map<String, Json>) -> Result<Option<Vec<Uuid>>> {
    let wrong = || KernelError::invalid("order", "wrong_type", "应为规则编号的列表，每条规则一次", "a list of rules' ids, each once");
    let Some(order) = input.get("order").filter(|it| !it.is_null()) else { return Ok(None) };
    let all = order.as_array().filter(|it| it.len() as u64 <= rule::MOST).ok_or_else(wrong)?;
    let id = |it: &Json| it.as_str().or_else(|| it["id"].as_str()).and_then(|it| Uuid::try_parse(it).ok()).ok_or_else(wrong);
    let ids: Vec<Uuid> = all.iter().map(id).collect::<Result<_>>()?;
    let once: HashSet<&Uuid> = ids.iter().collect();
    if once.len() < ids.len() { Err(wrong()) } else { Ok(Some(ids)) }
}

/// What was counted so far.
struct Counts {
    departments: Departments,
    looked_at: u64,
    same: u64,
    undecided: u64,
    fixed: u64,
    locked: u64,
    in_pool: u64,
    /// Of each rule: decided, and of these changed.
    by_rule: Vec<(u64, u64)>,
    /// From where, to where, by which rule.
    moves: HashMap<(Option<Uuid>, Uuid, usize), u64>,
    /// The first that change.
    named: Vec<(Record, Decided)>,
}

impl Counts {
    fn new(rules: usize) -> Self {
        Self {
            departments: Departments::default(),
            looked_at: 0,
            same: 0,
            undecided: 0,
            fixed: 0,
            locked: 0,
            in_pool: 0,
            by_rule: vec![(0, 0); rules],
            moves: HashMap::new(),
            named: Vec::new(),
        }
    }

    fn add(&mut self, mut looked: Looked) {
        self.looked_at += (looked.kept.len() + looked.page.len()) as u64;
        self.undecided += (looked.page.len() - looked.decided.len()) as u64;
        for why in looked.kept {
            match why {
                Kept::Fixed => self.fixed += 1,
                Kept::InPool => self.in_pool += 1,
                Kept::Locked => self.locked += 1,
            }
        }
        for record in looked.page {
            if let Some(it) = looked.decided.remove(&record.id()) {
                self.count(record, it, &looked.locked);
            }
        }
    }

    fn count(&mut self, record: Record, it: Decided, locked: &HashSet<Uuid>) {
        let from = record.reference(DEPARTMENT_FIELD);
        if let Some(by_rule) = self.by_rule.get_mut(it.rule) {
            by_rule.0 += 1;
        }
        if from == Some(it.to) {
            self.same += 1;
        } else if locked.contains(&record.id()) {
            self.locked += 1;
        } else {
            if let Some(by_rule) = self.by_rule.get_mut(it.rule) {
                by_rule.1 += 1;
            }
            *self.moves.entry((from, it.to, it.rule)).or_default() += 1;
            if self.named.len() < NAMED {
                self.named.push((record, it));
            }
        }
    }

    fn told(&self, context: &Context, tx: &mut dyn ReadTx, object: &str, rules: &[Rule]) -> Result<Json> {
        let changed: u64 = self.moves.values().sum();
        let mut moves: Vec<_> = self.moves.iter().collect();
        let order = |it: Option<Uuid>| it.map_or(usize::MAX, |it| self.departments.order(it));
        moves.sort_by_key(|((from, to, rule), count)| (std::cmp::Reverse(**count), order(*from), order(Some(*to)), *rule));
        let told = |rule: usize| rules.get(rule).map(Rule::told);
        let of = |id: Option<Uuid>| id.map(|it| self.departments.told(it));
        let moves: Vec<Json> = moves
            .iter()
            .map(|((from, to, rule), count)| json!({ "from": of(*from), "to": of(Some(*to)), "rule": told(*rule), "count": count }))
            .collect();
        let by_rule: Vec<Json> = rules
            .iter()
            .zip(&self.by_rule)
            .map(|(rule, (decided, changed))| json!({ "rule": rule.told(), "decided": decided, "changed": changed, "problem": null }))
            .collect();
        Ok(json!({
            "object": object, "looked_at": self.looked_at, "changed": changed, "same": self.same, "undecided": self.undecided,
            "fixed": self.fixed, "locked": self.locked, "in_pool": self.in_pool, "partial": !context.access.is_unlimited(),
            "moves": moves, "rules": by_rule, "records": self.records(context, tx, rules)?,
        }))
    }

    /// The first that change, with what the caller may see of the figures.
    fn records(&self, context: &Context, tx: &mut dyn ReadTx, rules: &[Rule]) -> Result<Vec<Json>> {
        let mut seen: Vec<Seen> = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let ids: Vec<Uuid> = self.named.iter().filter(|it| it.1.rule == at).map(|it| it.0.id()).collect();
            seen.push(Seen::by(context, tx, rule, &ids)?);
        }
        let told = |(record, it): &(Record, Decided)| {
            let (rule, seen) = (rules.get(it.rule)?, seen.get(it.rule)?);
            // Where it goes is what a field says that the caller does not see.
            seen.shows(record.id(), &it.candidates).then_some(())?;
            let from = record.reference(DEPARTMENT_FIELD).map(|it| self.departments.told(it));
            Some(json!({
                "id": record.id(), "label": record.text_for(context, &record.object.definition.title_field), "from": from,
                "to": self.departments.told(it.to), "rule": rule.told(),
                "candidates": seen.told(record.id(), &it.candidates, &self.departments, CANDIDATES),
            }))
        };
        Ok(self.named.iter().filter_map(told).collect())
    }
}

/// A rule that cannot be asked: nothing would move before it is mended.
fn told_broken(context: &Context, object: &str, records: &[Record], broken: Broken) -> Result<Json> {
    let KernelError::BadRequest { message, .. } = broken.error else { return Err(broken.error) };
    let told = |it: &Record| {
        let problem = (it.id() == broken.rule).then(|| json!(message));
        json!({ "rule": { "id": it.id(), "label": it.title() }, "decided": 0, "changed": 0, "problem": problem })
    };
    let rules: Vec<Json> = records.iter().map(told).collect();
    Ok(json!({
        "object": object, "looked_at": 0, "changed": 0, "same": 0, "undecided": 0, "fixed": 0, "locked": 0, "in_pool": 0,
        "partial": !context.access.is_unlimited(), "moves": [], "rules": rules, "records": [],
    }))
}
