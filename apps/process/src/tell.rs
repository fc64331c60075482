//! Who is told how a case goes: told by events, so that rights and wishes of each are asked where notifications are made.

use std::collections::BTreeSet;

use guanxi_kernel::Result;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::write::Unit;
use serde_json::json;
use uuid::Uuid;

use crate::advance::Standing;
use crate::parts::{TEMPLATE, known, values};

/// The members some choices mean. `doer` is who has the step.
///
/// # Errors
/// Fails where the database does.
pub fn told_of(unit: &mut Unit<'_>, standing: &Standing, choices: &[String], doer: Option<Uuid>) -> Result<BTreeSet<Uuid>> {
    let context = unit.context.as_system();
    let mut told = BTreeSet::new();
    for choice in choices {
        match choice.as_str() {
            "case_owner" => told.extend(standing.owner()),
            "record_owner" => told.extend(standing.record.as_ref().and_then(|it| it.reference(OWNER_FIELD))),
            "superior" => {
                let member = doer.map(|it| known(&context, unit.tx, guanxi_kernel::identity::MEMBER_OBJECT, it)).transpose()?.flatten();
                told.extend(member.and_then(|it| it.reference("manager")));
            }
            "roles" => told.extend(standing.holders()),
            "keeper" => {
                let template = standing.case.reference("template").map(|it| known(&context, unit.tx, TEMPLATE, it)).transpose()?.flatten();
                told.extend(template.and_then(|it| it.reference("keeper")));
            }
            _ => {}
        }
    }
    Ok(told)
}

/// Puts it into the log.
pub fn tell(unit: &mut Unit<'_>, case: &Record, verb: &str, step: &str, told: BTreeSet<Uuid>) {
    unit.emit(case, verb, values([("step", json!([null, step])), ("told", json!([null, told]))]));
}
