//! Every night the rules are asked of every record, and what differs is changed.

use std::collections::BTreeMap;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, among, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::{DEPARTMENT_FIELD, OWNER_FIELD};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps_telling};
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::decide::{Broken, Decided, Exempt, decide};
use super::departments::Departments;
use super::figures::figures;
use super::problems::Problems;
use super::rule::{self, Rule};
use super::{DECIDE, DECISION, PAGE, of_company};

/// Records changed in one transaction: others write between two of them.
const AT_ONCE: usize = 50;
/// The field of a record that says which rule was the last to decide.
const BY_RULE: &str = "ownership_rule";

/// `ownership.decide`.
pub struct DecideOwnership;

impl JobHandler for DecideOwnership {
    fn kind(&self) -> &str {
        DECIDE
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("40 4 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let context = &of_company(context);
        let records = context.workspace.store.read_with(|tx| rule::active(context, tx))?;
        let mut by_object: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in records {
            by_object.entry(record.text("object").unwrap_or_default()).or_default().push(record);
        }
        for records in by_object.values() {
            let mut problems = Problems::default();
            match context.workspace.store.read_with(|tx| rules_of(context, tx, records))? {
                Ok(rules) => of_object(context, &rules, &mut problems)?,
                Err(broken) => problems.broke(broken)?,
            }
            problems.note(context, records)?;
        }
        Ok(())
    }
}

/// The rules as they are asked; the first that cannot be. Each is asked once about nothing, so that one that is broken is known
/// before anything moves, wherever it stands.
///
/// # Errors
/// The database's.
pub fn rules_of(context: &Context, tx: &mut dyn ReadTx, records: &[Record]) -> Result<std::result::Result<Vec<Rule>, Broken>> {
    let mut rules = Vec::with_capacity(records.len());
    for record in records {
        let asked = Rule::of_record(context, record).and_then(|rule| {
            figures(context, tx, &rule, &[Uuid::nil()])?;
            Ok(rule)
        });
        match asked {
            Ok(rule) => rules.push(rule),
            Err(error @ KernelError::BadRequest { .. }) => return Ok(Err(Broken { rule: record.id(), error })),
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(rules))
}

/// Goes through the records of the rules' object once.
fn of_object(context: &Context, rules: &[Rule], problems: &mut Problems) -> Result<()> {
    let Some(object) = rules.first().map(|it| it.object.name.clone()) else { return Ok(()) };
    let store = &context.workspace.store;
    let mut after = None;
    loop {
        let look = |tx: &mut dyn ReadTx| {
            let page = known_page(context, tx, &object, |_| Ok(Condition::True), after, PAGE)?;
            let last = page.last().map(Record::id);
            Ok::<_, KernelError>((last, differing(context, tx, rules, &page)?))
        };
        let (last, differing) = store.read_with(look)?;
        let differing = match differing {
            Ok(differing) => differing,
            Err(broken) => return problems.broke(broken),
        };
        let Some(last) = last else { return Ok(()) };
        let ids: Vec<Uuid> = differing.1.iter().map(|it| it.0).collect();
        let name = object.clone();
        let change = move |unit: &mut Unit<'_>, ids: &[Uuid]| change(unit, &name, ids);
        let by_rule = |id: &Uuid| rules.get(differing.1.iter().find(|it| it.0 == *id)?.1.rule);
        in_steps_telling(context, "ownership", &ids, AT_ONCE, &change, &mut |id, error| {
            if let Some(rule) = by_rule(id) {
                problems.left(rule.id, &error);
            }
        })?;
        after = Some(last);
    }
}

/// Records that belong elsewhere than they do, with why.
pub type Differing = (Departments, Vec<(Uuid, Decided)>);

/// Those of some records that rules give to another department than they belong to, in their order.
fn differing(context: &Context, tx: &mut dyn ReadTx, rules: &[Rule], records: &[Record]) -> Result<std::result::Result<Differing, Broken>> {
    let departments = Departments::read(context, tx)?;
    let Some(rule) = rules.first() else { return Ok(Ok((departments, Vec::new()))) };
    let exempt = Exempt::of(context, &rule.object)?;
    let asked: Vec<&Record> = records.iter().filter(|it| exempt.why(context, it).is_none()).collect();
    let mut decided = match decide(context, tx, rules, &departments, &asked)? {
        Ok(decided) => decided,
        Err(broken) => return Ok(Err(broken)),
    };
    let differs = |it: &&Record| Some((it.id(), decided.remove(&it.id())?)).filter(|(_, to)| it.reference(DEPARTMENT_FIELD) != Some(to.to));
    let differing: Vec<(Uuid, Decided)> = asked.iter().filter_map(differs).collect();
    let locked = locked_among(context, tx, &differing.iter().map(|it| it.0).collect::<Vec<_>>())?;
    Ok(Ok((departments, differing.into_iter().filter(|it| !locked.contains(&it.0)).collect())))
}

/// Decides once more, now that nobody else changes the records, and changes what still differs.
fn change(unit: &mut Unit<'_>, object: &str, ids: &[Uuid]) -> Result<()> {
    let context = &of_company(unit.context);
    let mut records = rule::active(context, unit.tx)?;
    records.retain(|it| it.text("object").as_deref() == Some(object));
    let rules = match rules_of(context, unit.tx, &records)? {
        Ok(rules) => rules,
        Err(broken) => return Err(broken.error),
    };
    let Some(known) = context.schema.object(object).cloned() else { return Ok(()) };
    unit.lock(&known, ids.to_vec())?;
    let now = known_records(context, unit.tx, object, |it| among(it("id"), ids.iter().copied()), PAGE)?;
    let (departments, differing) = match differing(context, unit.tx, &rules, &now)? {
        Ok(differing) => differing,
        Err(broken) => return Err(broken.error),
    };
    for (id, decided) in differing {
        let (Some(record), Some(rule)) = (now.iter().find(|it| it.id() == id), rules.get(decided.rule)) else { continue };
        give(unit, record, rule, &decided, &departments)?;
    }
    Ok(())
}

/// Gives a record to its department, and writes down why.
fn give(unit: &mut Unit<'_>, record: &Record, rule: &Rule, decided: &Decided, departments: &Departments) -> Result<()> {
    let (from, owner) = (record.reference(DEPARTMENT_FIELD), record.reference(OWNER_FIELD));
    let mut change = Map::from_iter([(DEPARTMENT_FIELD.to_owned(), json!(decided.to))]);
    // A head who has left gets nothing: the owner stays.
    let head = match departments.head(decided.to).filter(|it| rule.to_head && owner != Some(*it)) {
        Some(head) => unit.context.workspace.identity(unit.tx, head)?.map(|_| head),
        None => None,
    };
    change.extend(head.map(|it| (OWNER_FIELD.to_owned(), json!(it))));
    if record.object.field(BY_RULE).is_some() {
        change.insert(BY_RULE.to_owned(), json!(rule.id));
    }
    let saved = unit.update_as_system(&record.object.name, record.id(), &change)?;
    let row = Map::from_iter([
        ("record".to_owned(), json!({ "object": record.object.name, "id": record.id() })),
        ("kind".to_owned(), json!("rule")),
        ("rule".to_owned(), json!(rule.id)),
        ("from_department".to_owned(), json!(from)),
        ("to_department".to_owned(), json!(decided.to)),
        ("from_owner".to_owned(), json!(head.and(owner))),
        ("to_owner".to_owned(), json!(head)),
        ("figures".to_owned(), decided.figures(rule, departments)),
        ("decided_at".to_owned(), json!(unit.context.now.to_string())),
    ]);
    unit.create_as_system(DECISION, &row)?;
    unit.emit(&saved, "ownership_decided", Map::from_iter([(DEPARTMENT_FIELD.to_owned(), json!([from, decided.to]))]));
    Ok(())
}
