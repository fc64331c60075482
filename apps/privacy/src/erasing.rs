//! Erasing what is kept about a person, after a look at what goes and what stays.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::about::may_concern;
use crate::erasure::Fate;
use crate::request::{REQUEST, open_records, person_of, set_outcome};
use crate::submissions::anonymise;
use crate::values::{kept, text_in, values};

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
                    // What it is called is for who may read it.
                    let seen = load_records(context, tx, &record.object, &[record.id()], Verb::Read, true)?.pop();
                    row["label"] = json!(seen.map(|it| it.text_for(context, it.object.title_field().name())));
                    row["fate"] = Fate::of(context, tx, &record)?.json(context);
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
                    refuse_foreign(unit, &record)?;
                    refuse_kept(unit, &record, goes)?;
                    if goes {
                        unit.erase_as_system(&record.object.name, record.id())?;
                        erased += 1;
                    } else {
                        let fields = fields_to_empty(&record)?;
                        anonymise(unit, &record, &fields)?;
                        anonymised += 1;
                    }
                }
            }
            set_outcome(unit, &link, if goes { "erased" } else { "anonymised" })?;
            told.push(json!({ "object": kept(&link, "record_object"), "record": kept(&link, "record_id"), "erased": goes }));
        }
        forget_bundle(unit, &request)?;
        unit.emit(&request, "records_erased", Map::new());
        unit.note(json!({ "reason": reason, "records": told }));
        Ok(json!({ "id": request.id(), "erased": erased, "anonymised": anonymised }))
    }
}

/// Who erases must see the record, and be let to change it where his roles let him change any of its kind.
fn refuse_foreign(unit: &mut Unit<'_>, record: &Record) -> Result<()> {
    let verb = if unit.context.access.may(&record.object, Verb::Update) { Verb::Update } else { Verb::Read };
    let within = may_concern(&record.object) && !load_records(unit.context, unit.tx, &record.object, &[record.id()], verb, true)?.is_empty();
    if within {
        return Ok(());
    }
    let (zh_cn, en) = ("其中有您不能处理的记录，请移出后重试", "one of the records is not yours to erase; leave it out and try again");
    Err(KernelError::invalid("records", "no_such_record", zh_cn, en))
}

/// What is emptied where a record is anonymised; there must be something.
fn fields_to_empty(record: &Record) -> Result<Vec<String>> {
    let wrong = |zh_cn: &str, en: &str| Err(KernelError::invalid("records", "rule", zh_cn, en));
    if record.is_deleted() {
        return wrong("回收站中的记录不能匿名化，请先恢复，或改为删除", "a record in the bin cannot be anonymised; restore it first, or erase it");
    }
    let fields = crate::personal::personal_fields_of(record);
    if fields.is_empty() {
        return wrong("这条记录没有可以匿名化的字段，请改为删除或移出", "the record has no field to anonymise; erase it or leave it out");
    }
    Ok(fields)
}

/// A copy of what was erased must not stay with the request.
fn forget_bundle(unit: &mut Unit<'_>, request: &Record) -> Result<()> {
    let Some(bundle) = request.reference("bundle") else { return Ok(()) };
    unit.update_as_system(REQUEST, request.id(), &values([("bundle", Json::Null), ("bundle_state", json!("expired"))]))?;
    unit.erase_as_system(FILE_OBJECT, bundle)
}

/// What is kept for a reason stays, and the reason is told.
fn refuse_kept(unit: &mut Unit<'_>, record: &Record, erased: bool) -> Result<()> {
    let fate = Fate::of(unit.context, unit.tx, record)?;
    let Some(keeper) = fate.keeper(erased) else { return Ok(()) };
    let (zh_cn, en) = match keeper.why {
        "hold" if keeper.of_part => {
            let (zh_cn, en) = ("属于它的记录在保全中，只能匿名化", "a record that belongs to it is on hold; it can be anonymised only");
            (zh_cn.to_owned(), en.to_owned())
        }
        "hold" if keeper.what.is_empty() => ("记录在保全中，不能删除".to_owned(), "the record is on hold and stays as it is".to_owned()),
        "hold" => (format!("记录在保全中（{}），不能删除", keeper.what), format!("the record is on hold ({}) and stays as it is", keeper.what)),
        "lock" => ("记录已锁定，请先解除锁定".to_owned(), "the record is locked; release it first".to_owned()),
        "purpose" if keeper.what.is_empty() => {
            ("处理目的要求保留，只能匿名化".to_owned(), "a purpose keeps it; it can be anonymised only".to_owned())
        }
        "referenced" if keeper.what.is_empty() => {
            ("还有您看不到的记录引用它，只能匿名化".to_owned(), "records you do not see refer to it; it can be anonymised only".to_owned())
        }
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
