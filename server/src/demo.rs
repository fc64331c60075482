//! The demo company in a fresh workspace: one transaction, so that it is there whole or not at all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_demo::{DEMO_LOGINS, DEMO_PASSWORD, DemoRecord, DemoShare, demo_records, demo_shares, refers_to, resolved};
use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity;
use guanxi_kernel::quality;
use guanxi_kernel::schema::Object;
use guanxi_kernel::shares::NewShare;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::{Settings, Workspace};
use guanxi_kernel::write::{Draft, PlanOptions, Planner, Stamp, Unit, run_unit};
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::auth::password::Passwords;

/// Most records written in one statement.
const RUN: usize = 500;
/// Days before today of which there is something to tell of quality.
const DAYS_OF_QUALITY: i64 = 60;
/// Key of the member who wrote what names no writer.
const ADMINISTRATOR: &str = "user:admin";

/// Makes the demo company unless the workspace has members already. Answers whether it did.
///
/// # Errors
/// Where a record is refused, which the demo's own tests exclude.
pub fn make_demo(workspace: &Arc<Workspace>, passwords: &Passwords, seed: u64) -> Result<bool> {
    if !workspace.store.read_with(|tx| identity::needs_setup(tx))? {
        return Ok(false);
    }
    let context = workspace.system_context(Uuid::nil(), "demo");
    let today = context.now.to_zoned(context.time_zone.clone()).date();
    let password_hash = passwords.hash(DEMO_PASSWORD, workspace.ids.as_ref())?;
    run_unit(
        &context,
        context.new_id(),
        "make_demo",
        Box::new(move |unit| {
            unit.tx.serialise("setup")?;
            if identity::needs_setup(unit.tx)? { load(unit, seed, today, &password_hash) } else { Ok(()) }
        }),
    )?;
    let settings = Settings { name: "星河智能设备有限公司".into(), demo: true, ..(*workspace.settings()).clone() };
    workspace.save_settings(&context, settings)?;
    quality_until_today(&context, today)?;
    Ok(true)
}

/// The rules of quality, as any company may have them ready.
fn quality_rules(unit: &mut Unit<'_>) -> Result<()> {
    for rule in guanxi_quality::starters().map_err(KernelError::Internal)? {
        unit.create_as_system(guanxi_quality::RULE, &rule)?;
    }
    Ok(())
}

/// Judges the records as they are, and makes up how they came to stand so: a little worse each day further back.
fn quality_until_today(context: &Context, today: Date) -> Result<()> {
    for plan in ["account", "contact", "lead"] {
        guanxi_quality::judge_all(context, plan, false)?;
        let now = context.workspace.store.read_with(|tx| quality::days_of(tx, plan, today))?;
        for back in 1..=DAYS_OF_QUALITY {
            let Ok(day) = today.checked_sub(back.days()) else { continue };
            let then: Vec<quality::Day> = now.iter().map(|it| worse(it, day, back)).collect();
            context.workspace.store.write_with(move |tx| quality::keep_day(tx, plan, day, &then))?;
        }
    }
    Ok(())
}

fn worse(now: &quality::Day, day: Date, back: i64) -> quality::Day {
    let mut then = quality::Day { day, ..now.clone() };
    for of_rule in then.rules.values_mut() {
        // A third more faults two months ago, and never more than there were records.
        let more = (of_rule.fails * back + DAYS_OF_QUALITY) / (DAYS_OF_QUALITY * 3);
        of_rule.fails = (of_rule.fails + more).min(of_rule.applies);
    }
    then
}

/// What is known while the records are written.
struct Loader<'a> {
    planner: Planner<'a>,
    ids: HashMap<String, Uuid>,
    /// New records of one object that wait to be written together.
    waiting: Vec<Draft>,
    /// Their keys: who refers to them, waits for them to be written first.
    waiting_keys: HashSet<String>,
    /// When the first record was written.
    beginning: Timestamp,
}

fn load(unit: &mut Unit<'_>, seed: u64, today: Date, password_hash: &str) -> Result<()> {
    let context = unit.context;
    let beginning = demo_records(seed, today).filter_map(|it| it.created_at).min().unwrap_or(context.now);
    let mut loader = Loader { planner: Planner::new(context), ids: HashMap::new(), waiting: Vec::new(), waiting_keys: HashSet::new(), beginning };
    for record in demo_records(seed, today) {
        loader.take(unit, &record)?;
    }
    loader.flush(unit)?;
    for share in demo_shares() {
        loader.share(unit, &share)?;
    }
    quality_rules(unit)?;
    for login in DEMO_LOGINS {
        let member = identity::find_member(&context.schema, unit.tx, login)?;
        let member = member.ok_or_else(|| KernelError::Internal(format!("the demo company has no {login}")))?;
        identity::give_credential(unit, member, password_hash)?;
    }
    Ok(())
}

impl Loader<'_> {
    fn take(&mut self, unit: &mut Unit<'_>, record: &DemoRecord) -> Result<()> {
        let object = unit.context.schema.object(record.object).cloned();
        let object = object.ok_or_else(|| KernelError::Internal(format!("the demo company has records of {}", record.object)))?;
        let known = self.ids.get(&record.key).copied();
        let other_object = self.waiting.first().is_some_and(|it| it.object.name != object.name);
        if known.is_some() || other_object || self.waiting.len() >= RUN || record.values.values().any(|it| self.waits_for(it)) {
            self.flush(unit)?;
        }
        let values: Map<String, Json> = record.values.iter().map(|(name, value)| Ok((name.clone(), self.resolve(value)?))).collect::<Result<_>>()?;
        let actor = self.ids.get(record.owner.as_deref().unwrap_or(ADMINISTRATOR)).copied().unwrap_or_default();
        let stamp = Some(Stamp { at: record.created_at.unwrap_or(self.beginning), actor });
        let options = PlanOptions { stamp, ..PlanOptions::default() };
        match known {
            Some(id) => self.change(unit, &object, id, &values, options, &record.key),
            None => self.plan_new(unit, &object, &values, options, &record.key),
        }
    }

    fn plan_new(&mut self, unit: &mut Unit<'_>, object: &Arc<Object>, values: &Map<String, Json>, options: PlanOptions, key: &str) -> Result<()> {
        let draft = checked(self.planner.create(unit.tx, object, values, options)?, key)?;
        self.ids.insert(key.to_owned(), draft.id());
        self.waiting_keys.insert(key.to_owned());
        self.waiting.push(draft);
        Ok(())
    }

    fn change(
        &mut self,
        unit: &mut Unit<'_>,
        object: &Arc<Object>,
        id: Uuid,
        values: &Map<String, Json>,
        options: PlanOptions,
        key: &str,
    ) -> Result<()> {
        let mut draft = checked(self.planner.update(unit.tx, object, id, values, options)?, key)?;
        unit.save(&mut draft)
    }

    fn flush(&mut self, unit: &mut Unit<'_>) -> Result<()> {
        self.waiting_keys.clear();
        if self.waiting.is_empty() {
            return Ok(());
        }
        unit.save_new(&mut std::mem::take(&mut self.waiting))
    }

    fn waits_for(&self, value: &Json) -> bool {
        refers_to(value, &|key| self.waiting_keys.contains(key))
    }

    /// Lets a member write in what is shared with him.
    fn share(&self, unit: &mut Unit<'_>, share: &DemoShare) -> Result<()> {
        let object = unit.context.schema.object(share.object).cloned();
        let object = object.ok_or_else(|| KernelError::Internal(format!("the demo company shares records of {}", share.object)))?;
        let principal = Principal::Member(self.id_of(share.member)?);
        unit.share(&object, self.id_of(share.record)?, &NewShare { principal, level: ShareLevel::Write, expires_at: None })
    }

    fn resolve(&self, value: &Json) -> Result<Json> {
        resolved(value, &mut |key| self.id_of(key).map(|it| it.to_string()))
    }

    fn id_of(&self, key: &str) -> Result<Uuid> {
        let id = self.ids.get(key).copied();
        id.ok_or_else(|| KernelError::Internal(format!("the demo company refers to {key} before making it")))
    }
}

fn checked(draft: Draft, key: &str) -> Result<Draft> {
    if draft.problems.is_empty() {
        return Ok(draft);
    }
    let reasons: Vec<String> = draft.problems.iter().map(|it| format!("{}: {} ({})", it.field, it.code, it.message.en)).collect();
    Err(KernelError::Internal(format!("the demo record {key} is refused: {}", reasons.join("; "))))
}
