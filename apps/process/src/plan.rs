//! How a process is laid out: read from its template, kept with each case as it was when that started.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records, link_targets};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::parts::{ROLE, STEP, choices, int, json_of, lines, text};
use crate::questions::{Question, read_questions};

/// Most steps of a process.
pub const MOST_STEPS: usize = 60;
/// Most roles of a process.
pub const MOST_ROLES: usize = 20;
/// Longest layout as JSON, in bytes: it is kept in one field.
pub const MOST_BYTES: usize = 60_000;

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Its roles, in their order.
    pub roles: Vec<Role>,
    /// Its steps, in their order.
    pub steps: Vec<Step>,
}

/// Somebody the process needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// The id of the record it was laid out with.
    pub key: Uuid,
    /// What it is called.
    pub name: String,
    /// How it is known who that is.
    pub filled_by: String,
    /// The member, where it is always the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Uuid>,
    /// The department whose head it is, or among whose members he is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Uuid>,
    /// The team among whose members he is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Uuid>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The id of the record it was laid out with.
    pub key: Uuid,
    /// What it is called.
    pub name: String,
    /// Where it stands in lists.
    pub position: i64,
    /// Whose it is; that of who answers for the case where nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Uuid>,
    /// Steps it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Uuid>,
    /// It is skipped where the record does not satisfy this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Working days or hours there are for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_in: Option<i64>,
    /// Whether those are hours.
    #[serde(default)]
    pub in_hours: bool,
    /// How it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Fields of the record that have a value when it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_fields: Vec<String>,
    /// What is answered when it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// What is ticked before it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<String>,
    /// Who is told when it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell_start: Vec<String>,
    /// Who is told when it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell_finish: Vec<String>,
    /// Who is told when it is late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell_overdue: Vec<String>,
}

impl Step {
    /// Whether it asks for anything before it is done.
    pub fn has_form(&self) -> bool {
        !self.required_fields.is_empty() || !self.questions.is_empty() || !self.checklist.is_empty()
    }
}

impl Plan {
    /// As a template lays it out now.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of_template(context: &Context, tx: &mut dyn ReadTx, template: Uuid) -> Result<Self> {
        let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("template")?, Value::Id(template)));
        let mut roles = known_records(context, tx, ROLE, of, MOST_ROLES as u64 + 1)?;
        roles.sort_by_key(|it| (int(it, "position"), it.id()));
        let mut records = known_records(context, tx, STEP, of, MOST_STEPS as u64 + 1)?;
        records.sort_by_key(|it| (int(it, "position"), it.id()));
        let mut steps = Vec::with_capacity(records.len());
        for record in &records {
            let links = match record.object.field("after").cloned() {
                Some(field) => link_targets(tx, &field, record.id())?,
                None => Vec::new(),
            };
            // What was removed is waited for no more.
            let after = links.into_iter().filter(|it| records.iter().any(|one| one.id() == *it)).collect();
            steps.push(step_of(record, after));
        }
        Ok(Self { roles: roles.iter().map(role_of).collect(), steps })
    }

    /// As a case keeps it.
    ///
    /// # Errors
    /// Internal where it is none: only the engine writes it.
    pub fn of_case(case: &Record) -> Result<Self> {
        serde_json::from_value(json_of(case, "plan")).map_err(|error| KernelError::Internal(format!("the plan of a case: {error}")))
    }

    /// As JSON.
    ///
    /// # Errors
    /// Internal where it cannot be written.
    pub fn to_json(&self) -> Result<Json> {
        serde_json::to_value(self).map_err(|error| KernelError::Internal(error.to_string()))
    }

    /// A step.
    pub fn step(&self, key: Uuid) -> Option<&Step> {
        self.steps.iter().find(|it| it.key == key)
    }

    /// A role.
    pub fn role(&self, key: Uuid) -> Option<&Role> {
        self.roles.iter().find(|it| it.key == key)
    }

    /// Its steps in the order in which they can begin, those together that may run side by side; or the steps that wait for each
    /// other in a circle.
    ///
    /// # Errors
    /// The names of the steps in the circle, in its order, the first one again at the end.
    pub fn stages(&self) -> std::result::Result<Vec<Vec<Uuid>>, Vec<String>> {
        let mut left: BTreeMap<Uuid, &Step> = self.steps.iter().map(|it| (it.key, it)).collect();
        let mut stages = Vec::new();
        while !left.is_empty() {
            let ready = |it: &&Step| !it.after.iter().any(|before| left.contains_key(before));
            let stage: Vec<Uuid> = self.steps.iter().filter(|it| left.contains_key(&it.key)).filter(ready).map(|it| it.key).collect();
            if stage.is_empty() {
                return Err(circle(&left));
            }
            for key in &stage {
                left.remove(key);
            }
            stages.push(stage);
        }
        Ok(stages)
    }

    /// The steps that come after one, however far.
    pub fn followers(&self, key: Uuid) -> BTreeSet<Uuid> {
        let mut found = BTreeSet::new();
        let mut next = vec![key];
        while let Some(one) = next.pop() {
            for step in self.steps.iter().filter(|it| it.after.contains(&one)) {
                if found.insert(step.key) {
                    next.push(step.key);
                }
            }
        }
        found
    }
}

/// Every step that is left waits for another that is left, so that going back from any of them comes round.
fn circle(left: &BTreeMap<Uuid, &Step>) -> Vec<String> {
    let mut way: Vec<&Step> = Vec::new();
    let mut at = left.values().next().copied();
    while let Some(step) = at {
        if let Some(begin) = way.iter().position(|it| it.key == step.key) {
            let mut names: Vec<String> = way[begin..].iter().rev().map(|it| it.name.clone()).collect();
            names.extend(names.first().cloned());
            return names;
        }
        way.push(step);
        at = step.after.iter().find_map(|it| left.get(it)).copied();
    }
    Vec::new()
}

fn role_of(record: &Record) -> Role {
    Role {
        key: record.id(),
        name: record.title(),
        filled_by: text(record, "filled_by").unwrap_or_default(),
        member: record.reference("member"),
        department: record.reference("department"),
        team: record.reference("team"),
    }
}

/// A step as its record lays it out, after others.
pub fn step_of(record: &Record, after: Vec<Uuid>) -> Step {
    Step {
        key: record.id(),
        name: record.title(),
        position: int(record, "position").unwrap_or(0),
        role: record.reference("role"),
        after,
        condition: text(record, "condition"),
        due_in: int(record, "due_in"),
        in_hours: record.value("due_unit").as_text() == Some("working_hours"),
        instructions: text(record, "instructions"),
        required_fields: choices(record, "required_fields"),
        questions: read_questions(&json_of(record, "questions")).unwrap_or_default(),
        checklist: text(record, "checklist").map(|it| lines(&it)).unwrap_or_default(),
        tell_start: choices(record, "tell_start"),
        tell_finish: choices(record, "tell_finish"),
        tell_overdue: choices(record, "tell_overdue"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(steps: &[(u128, &[u128])]) -> Plan {
        let step = |(key, after): &(u128, &[u128])| {
            serde_json::from_value::<Step>(serde_json::json!({
                "key": Uuid::from_u128(*key), "name": key.to_string(), "position": 0,
                "after": after.iter().map(|it| Uuid::from_u128(*it)).collect::<Vec<_>>(),
            }))
        };
        Plan { roles: Vec::new(), steps: steps.iter().filter_map(|it| step(it).ok()).collect() }
    }

    #[test]
    fn steps_stand_in_the_order_in_which_they_can_begin() {
        let stages = plan(&[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2, 3])]).stages();
        let ids = |of: &[u128]| of.iter().copied().map(Uuid::from_u128).collect::<Vec<_>>();
        assert_eq!(stages, Ok(vec![ids(&[1]), ids(&[2, 3]), ids(&[4])]));
    }

    #[test]
    fn a_circle_is_named_all_round() {
        let named = plan(&[(1, &[]), (2, &[1, 4]), (3, &[2]), (4, &[3])]).stages().err().unwrap_or_default().join(" ");
        assert!("2 3 4 2 3 4".contains(&named) && named.len() == 7, "{named}");
    }

    #[test]
    fn what_comes_after_is_found_however_far() {
        let followers = plan(&[(1, &[]), (2, &[1]), (3, &[2]), (4, &[])]).followers(Uuid::from_u128(1));
        assert_eq!(followers, BTreeSet::from([Uuid::from_u128(2), Uuid::from_u128(3)]));
    }
}
