//! Confirming that one has read a notice, telling who has not, and reminding those.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::notices::{RECEIPT, addressed};
use guanxi_kernel::read::known_records as records;

/// Most confirmations of one notice.
const MOST: u64 = 5_000;
/// Most of those who have not confirmed that are named; of more only the number is told.
const MOST_NAMED: usize = 200;

/// `notice.confirm`: once, however often it is pressed.
pub struct Confirm(pub ActionDefinition);

impl Action for Confirm {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let notice = required_record(record)?;
        let member = unit.context.actor;
        if !confirmed(unit, &notice)?.contains(&member) {
            let now = unit.context.now.to_string();
            let values = [("notice", json!(notice.id())), ("member", json!(member)), ("read_at", json!(now))];
            unit.create_as_system(RECEIPT, &values.into_iter().map(|it| (it.0.to_owned(), it.1)).collect())?;
        }
        Ok(json!({ "id": notice.id(), "confirmed": true }))
    }
}

/// `notice.remind`, for who may change the notice.
pub struct Remind(pub ActionDefinition);

impl Action for Remind {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let notice = required_record(record)?;
        let context = unit.context;
        Planner::new(context).reach(unit.tx, &notice.object, notice.id(), Verb::Update)?;
        let missing = missing(unit, &notice)?;
        let details = Map::from_iter([("members".to_owned(), json!([null, missing]))]);
        unit.emit(&notice, "reminded", details);
        Ok(json!({ "id": notice.id(), "reminded": missing.len() }))
    }
}

/// `notice.missing`, for who may change the notice. Writes nothing.
pub struct Missing(pub ActionDefinition);

impl Action for Missing {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let notice = required_record(record)?;
        let context = unit.context;
        Planner::new(context).reach(unit.tx, &notice.object, notice.id(), Verb::Update)?;
        let missing = missing(unit, &notice)?;
        let member = context.schema.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
        let mut named = Vec::new();
        for id in missing.iter().take(MOST_NAMED) {
            // With the caller's rights: a name he may not see is not told him here either.
            let seen = load_record(context, unit.tx, &member, *id, Verb::Read, false)?;
            named.push(json!({ "id": id, "label": seen.map(|it| it.title()) }));
        }
        Ok(json!({ "total": missing.len(), "members": named }))
    }
}

/// Whom a notice is for and who has not confirmed it.
fn missing(unit: &mut Unit<'_>, notice: &Record) -> Result<Vec<Uuid>> {
    let confirmed = confirmed(unit, notice)?;
    let addressed = addressed(unit.tx, notice)?;
    Ok(addressed.members(unit.context, unit.tx)?.into_iter().filter(|it| !confirmed.contains(it)).collect())
}

fn confirmed(unit: &mut Unit<'_>, notice: &Record) -> Result<BTreeSet<Uuid>> {
    let of_notice = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(it("notice")?, Value::Id(notice.id())));
    let found = records(unit.context, unit.tx, RECEIPT, of_notice, MOST)?;
    Ok(found.iter().filter_map(|it| it.reference("member")).collect())
}
