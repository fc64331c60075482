//! Moving a case on: which steps begin, who has them, and when it is over. All of it with the engine's own rights, in the
//! transaction of what set it off, one after the other for each case.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::read::{ConditionOn, Record, known_records};
use guanxi_kernel::schema::OpenGate;
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::fill::{Who, who};
use crate::parts::{CASE, CASE_STEP, active_member, goes_on, id_of, int, json_of, known, state, values};
use crate::plan::{MOST_STEPS, Plan, Step};
use crate::tasks;
use crate::tell::{tell, told_of};

/// Longest line of where a case stands, in characters.
const LONGEST: usize = 400;

/// A case and what belongs to it, under its lock.
pub struct Standing {
    /// The case.
    pub case: Record,
    /// As it was laid out.
    pub plan: Plan,
    /// Its steps, by their keys.
    pub rows: BTreeMap<Uuid, Record>,
    /// What it is about, where that is there.
    pub record: Option<Record>,
}

impl Standing {
    /// Reads a case, and lets nobody else move it until the transaction ends.
    ///
    /// # Errors
    /// Not found where there is none; fails where the database does.
    pub fn of(unit: &mut Unit<'_>, case: Uuid) -> Result<Self> {
        unit.tx.serialise(&format!("{CASE}/{case}"))?;
        let context = unit.context.as_system();
        let case = known(&context, unit.tx, CASE, case)?.ok_or(KernelError::NotFound)?;
        let plan = Plan::of_case(&case)?;
        let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("process_case")?, Value::Id(case.id())));
        let rows = known_records(&context, unit.tx, CASE_STEP, of, MOST_STEPS as u64)?;
        let rows = rows.into_iter().filter_map(|it| Some((Uuid::try_parse(it.value("step_key").as_text()?).ok()?, it))).collect();
        let record = match (case.value("record"), case.value("record.object")) {
            (Value::Id(id), Value::Text(object)) => known(&context, unit.tx, &object, id)?,
            _ => None,
        };
        Ok(Self { case, plan, rows, record })
    }

    /// Refuses what comes too late: somebody ended the case meanwhile.
    ///
    /// # Errors
    /// State conflict where it is over.
    pub fn require_going(&self) -> Result<()> {
        if goes_on(&self.case) {
            return Ok(());
        }
        Err(KernelError::conflict("state_conflict", "这个流程已经结束", "this case is over already"))
    }

    /// Who answers for it.
    pub fn owner(&self) -> Option<Uuid> {
        self.case.reference("owner")
    }

    /// Who has a role so far.
    pub fn holder(&self, role: Uuid) -> Option<Uuid> {
        holders(&self.case).remove(&role)
    }

    /// Everybody with a role.
    pub fn holders(&self) -> BTreeSet<Uuid> {
        holders(&self.case).into_values().collect()
    }

    /// Gives a role to a member.
    ///
    /// # Errors
    /// As changing the case.
    pub fn give(&mut self, unit: &mut Unit<'_>, role: Uuid, member: Uuid) -> Result<()> {
        let mut roles = holders(&self.case);
        roles.insert(role, member);
        self.case = unit.update_as_system(CASE, self.case.id(), &values([("roles", held(&roles))]))?;
        Ok(())
    }

    /// Changes the row of a step.
    ///
    /// # Errors
    /// As changing it.
    pub fn set(&mut self, unit: &mut Unit<'_>, key: Uuid, changed: &Map<String, Json>) -> Result<()> {
        let Some(row) = self.rows.get(&key) else { return Ok(()) };
        let saved = unit.update_as_system(CASE_STEP, row.id(), changed)?;
        self.rows.insert(key, saved);
        Ok(())
    }

    fn is(&self, key: Uuid, states: &[&str]) -> bool {
        self.rows.get(&key).is_some_and(|it| states.contains(&state(it).as_str()))
    }

    /// Begins whatever can begin now; steps that wait for somebody are tried again where `retry` says so. A case that is over stays as
    /// it is.
    ///
    /// # Errors
    /// As making tasks and changing the case.
    pub fn advance(&mut self, unit: &mut Unit<'_>, retry: bool) -> Result<()> {
        if !goes_on(&self.case) {
            return Ok(());
        }
        let mut tried = BTreeSet::new();
        loop {
            let ready = |it: &&Step| {
                let waits = self.is(it.key, &["pending"]) || (retry && self.is(it.key, &["waiting"]) && !tried.contains(&it.key));
                waits && it.after.iter().all(|before| self.is(*before, &["done", "skipped"]))
            };
            let Some(step) = self.plan.steps.iter().find(ready).cloned() else { break };
            tried.insert(step.key);
            if self.is_skipped(unit, &step) {
                let now = unit.context.now.to_string();
                self.set(unit, step.key, &values([("state", json!("skipped")), ("done_at", json!(now))]))?;
            } else {
                self.open(unit, &step)?;
            }
        }
        self.settle(unit)
    }

    /// Whether the record is not one the step is for. Where that cannot be told, the step is done rather than passed over.
    fn is_skipped(&self, unit: &Unit<'_>, step: &Step) -> bool {
        let (Some(source), Some(record)) = (&step.condition, &self.record) else { return false };
        let context = unit.context;
        let condition = ConditionOn::read(&context.schema, &record.object, source, &OpenGate);
        condition.is_ok_and(|it| !it.holds(record, context.now, &context.workspace.time_zone()))
    }

    /// Begins a step: a task of whoever has the role, or a step that waits for somebody.
    fn open(&mut self, unit: &mut Unit<'_>, step: &Step) -> Result<()> {
        let found = self.who_does(unit, step)?;
        if found == Who::Nobody {
            if !self.is(step.key, &["waiting"]) {
                self.set(unit, step.key, &values([("state", json!("waiting"))]))?;
                let told = told_of(unit, self, &["case_owner", "keeper"].map(str::to_owned), None)?;
                tell(unit, &self.case, "step_waiting", &step.name, told);
            }
            return Ok(());
        }
        let task = tasks::make(unit, self, step, found)?;
        let member = task.reference("owner");
        if let (Who::Chosen(..), Some(role), Some(member)) = (found, step.role, member) {
            self.give(unit, role, member)?;
        }
        let begun = values([
            ("state", json!("open")),
            ("member", json!(member)),
            ("task", json!(task.id())),
            ("started_at", json!(unit.context.now.to_string())),
            ("due_at", crate::parts::moment(&task, "due_at")),
            ("late", json!(false)),
        ]);
        self.set(unit, step.key, &begun)?;
        let told = told_of(unit, self, &step.tell_start, member)?;
        tell(unit, &self.case, "step_started", &step.name, told);
        Ok(())
    }

    /// Who does a step: who has its role, or who is found for it now; who answers for the case where it is nobody's.
    fn who_does(&mut self, unit: &mut Unit<'_>, step: &Step) -> Result<Who> {
        let context = unit.context.as_system();
        let active = |unit: &mut Unit<'_>, id: Option<Uuid>| -> Result<Option<Uuid>> {
            Ok(id.map(|it| active_member(&context, unit.tx, it)).transpose()?.flatten().map(|it| it.id()))
        };
        let Some(role) = step.role.and_then(|it| self.plan.role(it)).cloned() else {
            return Ok(active(unit, self.owner())?.map_or(Who::Nobody, Who::Member));
        };
        if let Some(member) = active(unit, self.holder(role.key))? {
            return Ok(Who::Member(member));
        }
        let found = who(&context, unit.tx, &role, self.case.reference("started_by"), self.record.as_ref())?;
        if let Who::Member(member) = found {
            self.give(unit, role.key, member)?;
        }
        Ok(found)
    }

    /// Notes where the case stands, and that it is over where nothing is left.
    fn settle(&mut self, unit: &mut Unit<'_>) -> Result<()> {
        let all = |states: &[&str]| self.rows.keys().all(|it| self.is(*it, states));
        let any = |states: &[&str]| self.rows.keys().any(|it| self.is(*it, states));
        let ended = !self.rows.is_empty() && all(&["done", "skipped"]);
        let stands = if ended {
            "done"
        } else if any(&["waiting"]) && !any(&["open"]) {
            "waiting"
        } else {
            "running"
        };
        let at: Vec<&str> = self.plan.steps.iter().filter(|it| self.is(it.key, &["open", "waiting"])).map(|it| it.name.as_str()).collect();
        let current: String = at.join("、").chars().take(LONGEST).collect();
        let mut people = self.holders();
        people.extend(self.rows.values().filter_map(|it| it.reference("member")));
        let mut changed = values([("state", json!(stands)), ("current", json!(current)), ("participants", json!(people))]);
        if current.is_empty() {
            changed.insert("current".to_owned(), Json::Null);
        }
        if ended {
            let by = Some(unit.context.actor).filter(|it| !it.is_nil());
            let now = unit.context.now;
            let took = if let Value::DateTime(began) = self.case.value("started_at") { now.duration_since(began).as_secs().max(0) } else { 0 };
            changed.extend(values([("ended_at", json!(now.to_string())), ("ended_by", json!(by)), ("took", json!(took))]));
        }
        self.case = unit.update_as_system(CASE, self.case.id(), &changed)?;
        if ended {
            let told = told_of(unit, self, &["case_owner", "roles"].map(str::to_owned), None)?;
            tell(unit, &self.case, "ended", "", told);
        }
        Ok(())
    }
}

/// Who has which role of a case.
pub fn holders(case: &Record) -> BTreeMap<Uuid, Uuid> {
    let held = json_of(case, "roles");
    let pair = |it: &Json| Some((it.get("role").and_then(id_of)?, it.get("member").and_then(id_of)?));
    held.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// The same as it is kept.
pub fn held(roles: &BTreeMap<Uuid, Uuid>) -> Json {
    roles.iter().map(|(role, member)| json!({ "role": role, "member": member })).collect()
}

/// One more each time a step is sent back.
pub fn next_round(row: &Record) -> i64 {
    int(row, "round").unwrap_or(1) + 1
}
