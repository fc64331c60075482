//! What a rule would find, before there is one: asked of the records the caller sees.

use std::collections::HashSet;

use guanxi_kernel::access::Place;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_page, readable_ids};
use guanxi_kernel::store::{Condition, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::check::Answer;
use crate::judge::{PAGE, answer, listed, reading};
use crate::rule::{RULE, Rule, Wrong};
use crate::seen::{is_shown, may_see};

/// Most records looked at, whether the caller sees them or not.
const MOST: u64 = 20_000;
/// Records named.
const NAMED: usize = 20;

/// See the module.
pub struct Try(pub ActionDefinition);

impl Action for Try {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    /// It may take its time, and nobody waits for it.
    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        Some(tried(context, input))
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        tried(unit.context, input)
    }
}

fn tried(context: &Context, input: &Map<String, Json>) -> Result<Json> {
    let rule = rule_of(context, input)?;
    guanxi_kernel::read::object_of(context, &rule.object.name)?;
    if !may_see(context, &rule) {
        return Err(KernelError::invalid("field", "rule", "规则涉及您看不到的字段", "it looks at a field you may not see"));
    }
    let (mut after, mut records, mut concerned, mut failing, mut exact) = (None, 0_u64, 0_u64, 0_u64, true);
    let mut looked_at = 0_u64;
    let mut examples = Vec::new();
    loop {
        let page = context.workspace.store.read_with(|tx| {
            let page = known_page(context, tx, &rule.object.name, |_| Ok(Condition::True), after, PAGE)?;
            let ids: Vec<Uuid> = page.iter().map(Record::id).collect();
            let readable: HashSet<Uuid> = readable_ids(context, tx, &rule.object, &ids)?.into_iter().collect();
            let (last, count) = (page.last().map(Record::id), page.len() as u64);
            let seen: Vec<Record> = page.into_iter().filter(|it| readable.contains(&it.id()) && is_shown(context, &rule, it, Place::List)).collect();
            let listed = listed(tx, std::iter::once(&rule), &seen)?;
            Ok((last, count, seen, listed))
        })?;
        let (Some(last), count, seen, listed) = page else { break };
        looked_at += count;
        let parse = reading(context, context.now);
        for record in &seen {
            records += 1;
            match answer(&rule, record, &parse, &listed) {
                Answer::Silent => continue,
                Answer::Holds(_) => {}
                Answer::Fails => {
                    failing += 1;
                    if examples.len() < NAMED {
                        examples.push(example(context, &rule, record));
                    }
                }
            }
            concerned += 1;
        }
        after = Some(last);
        if looked_at >= MOST {
            exact = false;
            break;
        }
    }
    Ok(json!({ "records": records, "concerned": concerned, "failing": failing, "exact": exact, "examples": examples }))
}

fn example(context: &Context, rule: &Rule, record: &Record) -> Json {
    let value = rule.field.as_deref().and_then(|it| if it.contains('.') { crate::check::text_of(record, it) } else { record.text(it) });
    json!({ "id": record.id(), "title": record.text_for(context, record.object.title_field().name()), "value": value })
}

/// The rule that the input describes, as it would be written.
fn rule_of(context: &Context, input: &Map<String, Json>) -> Result<Rule> {
    let object = context.schema.object(RULE).cloned().ok_or(KernelError::NotFound)?;
    let mut row = vec![Value::Null; object.table.columns.len()];
    let mut problems: Vec<FieldError> = Vec::new();
    for (name, json) in input.iter().filter(|it| !it.1.is_null()) {
        let Some(field) = object.field(name) else { continue };
        match field.kind().parse(&field.definition, json, &context.parse_context()) {
            Ok(cells) => field.parts.iter().zip(cells).for_each(|(part, cell)| {
                if let Some(place) = row.get_mut(part.column) {
                    *place = cell;
                }
            }),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    let wrong = |it: Wrong| KernelError::invalid(it.field, "rule", it.message.zh_cn, it.message.en);
    Rule::read(&context.schema, context.access.as_ref(), &Record { object, row }).map_err(wrong)
}
