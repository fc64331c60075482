//! Taking consent back, and objecting: one act each, with the reason, as evidence and as an event.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::may::{CHANNELS, CONSENT, is_quiet, is_refusable, judge, purposes, said_by};
use crate::people::PEOPLE;
use crate::request::{open_records, person_of, set_outcome};
use crate::values::{id_in, kept, moment, now, text_in, to_second, today, values};

/// One consent is taken back.
pub struct Withdraw(pub ActionDefinition);
/// A person wants to hear no more.
pub struct StopContact(pub ActionDefinition);
/// The person of a request wants to hear no more, under whatever record he is kept.
pub struct StopProcessing(pub ActionDefinition);

fn required<'a>(input: &'a Map<String, Json>, name: &str) -> Result<&'a str> {
    text_in(input, name).ok_or_else(|| KernelError::invalid(name, "required", "请填写原因", "say why"))
}

impl Action for Withdraw {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let consent = required_record(record)?;
        let reason = required(input, "reason")?;
        let at = text_in(input, "at").and_then(|it| it.parse::<Timestamp>().ok()).unwrap_or(unit.context.now);
        if at > unit.context.now {
            return Err(KernelError::invalid("at", "too_large", "时间不能晚于现在", "it cannot lie in the future"));
        }
        if moment(&consent, "given_at").is_some_and(|it| at < it) {
            return Err(KernelError::invalid("at", "too_small", "撤回不能早于同意", "it cannot be before the consent was given"));
        }
        let saved = withdraw(unit, &consent, reason, to_second(at))?;
        Ok(json!({ "id": saved.id(), "version": saved.version(), "state": "withdrawn" }))
    }
}

fn withdraw(unit: &mut Unit<'_>, consent: &Record, reason: &str, at: Timestamp) -> Result<Record> {
    let by = Some(unit.context.actor).filter(|it| !it.is_nil());
    let changed = values([
        ("state", json!("withdrawn")),
        ("withdrawn_at", json!(at.to_string())),
        ("withdrawn_by", json!(by)),
        ("withdrawn_reason", json!(reason)),
    ]);
    let saved = unit.update_as_system(CONSENT, consent.id(), &changed)?;
    unit.emit(&saved, "withdrawn", values([("state", json!(["given", "withdrawn"]))]));
    Ok(saved)
}

/// What became of an objection.
#[derive(Debug, Default, Clone, Copy)]
pub struct Stopped {
    withdrawn: usize,
    objected: usize,
}

/// Takes back what a person agreed to, and keeps an objection where he might still be contacted.
fn stop(unit: &mut Unit<'_>, person: &Record, purpose: Option<Uuid>, channel: Option<&str>, reason: &str, source: &str) -> Result<Stopped> {
    let mut stopped = Stopped::default();
    let (today, at) = (today(unit.context), to_second(unit.context.now));
    for purpose in purposes(unit.context, unit.tx, purpose)? {
        if !is_refusable(&purpose) {
            continue;
        }
        let said = said_by(unit.context, unit.tx, person)?;
        let given = |it: &&Record| it.reference("purpose") == Some(purpose.id()) && kept(it, "state") == "given";
        for consent in said.iter().filter(given).filter(|it| channel.is_none_or(|channel| kept(it, "channel") == channel)) {
            withdraw(unit, consent, reason, at)?;
            stopped.withdrawn += 1;
        }
        let said = said_by(unit.context, unit.tx, person)?;
        let quiet = is_quiet(unit.context, unit.tx, person)?;
        let asked: Vec<&str> = channel.map_or_else(|| CHANNELS.to_vec(), |it| vec![it]);
        if asked.iter().any(|it| judge(&purpose, it, &said, quiet, today).allowed) {
            let objection = values([
                ("person", json!({ "object": person.object.name, "id": person.id() })),
                ("purpose", json!(purpose.id())),
                ("channel", json!(channel.unwrap_or("any"))),
                ("state", json!("objected")),
                ("given_at", json!(now(unit.context))),
                ("wording", json!(reason)),
                ("source", json!(source)),
            ]);
            let made = unit.create_as_system(CONSENT, &objection)?;
            unit.emit(&made, "objected", Map::new());
            stopped.objected += 1;
        }
    }
    Ok(stopped)
}

impl Action for StopContact {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let person = required_record(record)?;
        let reason = required(input, "reason")?;
        let purpose = id_in(input, "purpose");
        if let Some(purpose) = purpose.map(|it| purposes(unit.context, unit.tx, Some(it))).transpose()?.and_then(|it| it.into_iter().next())
            && !is_refusable(&purpose)
        {
            let (zh_cn, en) = ("这一目的依据合同或法定义务，不能拒绝", "this purpose rests on a contract or a duty of law; one cannot object to it");
            return Err(KernelError::invalid("purpose", "rule", zh_cn, en));
        }
        let stopped = stop(unit, &person, purpose, text_in(input, "channel"), reason, "verbal")?;
        unit.note(json!({ "withdrawn": stopped.withdrawn, "objected": stopped.objected, "reason": reason }));
        Ok(json!({ "withdrawn": stopped.withdrawn, "objected": stopped.objected }))
    }
}

impl Action for StopProcessing {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let reason = required(input, "reason")?;
        let mut all = Stopped::default();
        let mut people = 0;
        for link in open_records(unit.context, unit.tx, request.id())? {
            let Some(person) = person_of(unit.context, unit.tx, &link)?.filter(|it| PEOPLE.contains(&it.object.name.as_str())) else { continue };
            let stopped = stop(unit, &person, None, None, reason, "request")?;
            (all.withdrawn, all.objected, people) = (all.withdrawn + stopped.withdrawn, all.objected + stopped.objected, people + 1);
            set_outcome(unit, &link, "stopped")?;
        }
        if people == 0 {
            let (zh_cn, en) = ("请先确认联系人、线索或客户记录", "confirm a contact, a lead or an account first");
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        unit.emit(&request, "processing_stopped", Map::new());
        unit.note(json!({ "withdrawn": all.withdrawn, "objected": all.objected, "reason": reason }));
        Ok(json!({ "id": request.id(), "people": people, "withdrawn": all.withdrawn, "objected": all.objected }))
    }
}
