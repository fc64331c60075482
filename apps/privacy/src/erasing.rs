//! Erasing what is kept about a person, after a look at what goes and what stays.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::erasure::Fate;
use crate::personal::anonymous;
use crate::request::{open_records, person_of, set_outcome};
use crate::values::{kept, text_in};

/// What goes, what stays and why.
pub struct Preview(pub ActionDefinition);
/// It goes.
pub struct Erase(pub ActionDefinition);

impl Action for Preview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, request: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let mut told = Vec::new();
        for link in open_records(context, tx, request.id())? {
            let mut row = json!({ "id": kept(&link, "record_id"), "object": kept(&link, "record_object"), "outcome": kept(&link, "outcome") });
            // Gone by itself meanwhile, or along with another one.
            match person_of(context, tx, &link)? {
                None => row["gone"] = json!(true),
                Some(record) => {
                    row["gone"] = json!(false);
                    row["deleted"] = json!(record.is_deleted());
                    row["label"] = json!(record.text_for(context, record.object.title_field().name()));
                    row["fate"] = Fate::of(context, tx, &record)?.json();
                }
            }
            told.push(row);
        }
        Ok(json!({ "records": told }))
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        self.answer_of(unit.context, unit.tx, &record, input)
    }
}

/// One record and what becomes of it.
struct Choice {
    link: Record,
    erased: bool,
}

/// What was chosen for which of the records confirmed.
fn choices(unit: &mut Unit<'_>, request: &Record, input: &Map<String, Json>) -> Result<Vec<Choice>> {
    let wrong = |zh_cn: &str, en: &str| KernelError::invalid("records", "bad_format", zh_cn, en);
    let wanted = input.get("records").and_then(Json::as_array).filter(|it| !it.is_empty());
    let wanted = wanted.ok_or_else(|| wrong("请选择至少一条记录", "choose at least one record"))?;
    let mut known = open_records(unit.context, unit.tx, request.id())?;
    let mut chosen = Vec::new();
    for it in wanted {
        let erased = match it["way"].as_str() {
            Some("erase") => true,
            Some("anonymise") => false,
            _ => return Err(wrong("方式应为 erase 或 anonymise", "the way is erase or anonymise")),
        };
        let id = it["id"].as_str().unwrap_or_default().to_ascii_lowercase();
        let Some(position) = known.iter().position(|it| kept(it, "record_id") == id) else {
            let (zh_cn, en) = ("这条记录没有确认为当事人的", "this record was not confirmed to be about the person");
            return Err(KernelError::invalid("records", "no_such_record", zh_cn, en));
        };
        chosen.push(Choice { link: known.swap_remove(position), erased });
    }
    Ok(chosen)
}

impl Action for Erase {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        unit.context.require_proof()?;
        let reason = text_in(input, "reason").ok_or_else(|| KernelError::invalid("reason", "required", "请填写依据", "say on what ground"))?;
        let (mut erased, mut anonymised, mut told) = (0, 0, Vec::new());
        for Choice { link, erased: goes } in choices(unit, &request, input)? {
            match person_of(unit.context, unit.tx, &link)? {
                // Along with one of the others.
                None => {}
                Some(record) => {
                    refuse_kept(unit, &record, goes)?;
                    if goes {
                        unit.erase_as_system(&record.object.name, record.id())?;
                        erased += 1;
                    } else {
                        let fields = crate::personal::personal_fields_of(&record);
                        unit.anonymise_as_system(&record.object.name, record.id(), &anonymous(&record.object, &fields))?;
                        anonymised += 1;
                    }
                }
            }
            set_outcome(unit, &link, if goes { "erased" } else { "anonymised" })?;
            told.push(json!({ "object": kept(&link, "record_object"), "record": kept(&link, "record_id"), "erased": goes }));
        }
        unit.emit(&request, "records_erased", Map::new());
        unit.note(json!({ "reason": reason, "records": told }));
        Ok(json!({ "id": request.id(), "erased": erased, "anonymised": anonymised }))
    }
}

/// What is kept for a reason stays, and the reason is told.
fn refuse_kept(unit: &mut Unit<'_>, record: &Record, erased: bool) -> Result<()> {
    let fate = Fate::of(unit.context, unit.tx, record)?;
    let Some(keeper) = fate.keeper(erased) else { return Ok(()) };
    let (zh_cn, en) = match keeper.why {
        "hold" => (format!("记录在保全中（{}），不能删除", keeper.what), format!("the record is on hold ({}) and stays as it is", keeper.what)),
        "lock" => ("记录已锁定，请先解除锁定".to_owned(), "the record is locked; release it first".to_owned()),
        "purpose" => (format!("因“{}”须保留，只能匿名化", keeper.what), format!("it is kept for \"{}\" and can be anonymised only", keeper.what)),
        _ => {
            let child = unit.context.schema.object(&keeper.what);
            let name = child.map_or_else(
                || (keeper.what.clone(), keeper.what.clone()),
                |it| {
                    let plural = it.definition.plural.as_ref().unwrap_or(&it.definition.label);
                    (plural.zh_cn.clone(), plural.en.clone())
                },
            );
            (
                format!("还有{}条{}引用它，只能匿名化", keeper.count, name.0),
                format!("{} {} refer to it; it can be anonymised only", keeper.count, name.1),
            )
        }
    };
    Err(KernelError::conflict(if keeper.why == "referenced" { "still_referenced" } else { "state_conflict" }, zh_cn, en))
}
