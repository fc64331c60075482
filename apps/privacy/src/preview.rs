//! What a retention rule would take, before it is switched on; switching on and off.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::erasure::Fate;
use crate::personal::personal_fields;
use crate::retention::{RULE, Terms, counted_for, is_large, page};
use crate::values::values;

/// How many of the records are named.
const NAMED: u32 = 100;

/// How many, which, and what stays.
pub struct Preview(pub ActionDefinition);
/// From tonight on.
pub struct Activate(pub ActionDefinition);
/// No more.
pub struct Pause(pub ActionDefinition);

impl Action for Preview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, rule: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let terms = Terms::of(context, rule)?;
        let (due, all, others) = counted_for(context, tx, &terms)?;
        let (ids, _) = if others { page(context, tx, &terms.as_asked(), NAMED, None)? } else { page(&context.as_system(), tx, &terms, NAMED, None)? };
        let mut records = load_records(context, tx, &terms.object, &ids, Verb::Read, false)?;
        records.sort_by_key(Record::id);
        let title = terms.object.title_field().name().to_owned();
        let mut told = Vec::new();
        for record in &records {
            let kept = Fate::of(context, tx, record)?.keeper(terms.erased).map(|it| json!({ "why": it.why, "what": it.what }));
            told.push(json!({ "id": record.id(), "label": record.text_for(context, &title), "kept": kept }));
        }
        let fields = if terms.erased { Vec::new() } else { records.first().map_or_else(|| personal_fields(&terms.object), |it| terms.fields_of(it)) };
        Ok(json!({
            "object": terms.object.name, "due": due, "all": all, "large": is_large(due, all), "erased": terms.erased, "fields": fields, "records": told,
            "partial": others, "others": others,
        }))
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        self.answer_of(unit.context, unit.tx, &record, input)
    }
}

impl Action for Activate {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let rule = required_record(record)?;
        unit.context.require_proof()?;
        let terms = Terms::of(unit.context, &rule)?;
        let (due, all, others) = counted_for(unit.context, unit.tx, &terms)?;
        let confirmed = input.get("confirm").and_then(Json::as_u64);
        if is_large(due, all) && confirmed != Some(due) {
            let (zh_cn, en) = (
                format!("到期{due}条，占全部{all}条的五分之一以上；确认无误请填写 {due}"),
                format!("{due} of {all} records are due, more than a fifth; give {due} to confirm"),
            );
            return Err(KernelError::invalid("confirm", "required", zh_cn, en));
        }
        let changed = values([("state", json!("active")), ("paused_reason", Json::Null), ("confirmed", json!(due))]);
        let saved = unit.update_as_system(RULE, rule.id(), &changed)?;
        unit.emit(&saved, "activated", Map::new());
        unit.note(json!({ "due": due, "all": all, "others": others }));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "state": "active", "due": due, "others": others }))
    }
}

impl Action for Pause {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let rule = required_record(record)?;
        let saved = unit.update_as_system(RULE, rule.id(), &values([("state", json!("paused"))]))?;
        unit.emit(&saved, "paused", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version(), "state": "paused" }))
    }
}
