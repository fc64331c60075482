//! Keeps verdicts right by the event log: what changed is judged again, each change once and in order.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::quality::{LOCK, all_plans};
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::{Result, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::jobs;
use crate::judge::judge_ids;
use crate::lists::{moved, referring};
use crate::plan::Plan;

/// See the module.
pub struct Follow;

impl LogReader for Follow {
    fn name(&self) -> &str {
        "quality.follow"
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let mut touched: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
        let mut lists_changed = false;
        for kept in all_plans(tx)? {
            let Some(plan) = Plan::of(context, tx, kept)? else { continue };
            let own = events.iter().filter(|it| plan.is_touched_by(it)).filter_map(|it| it.record);
            let mut ids: BTreeSet<Uuid> = own.collect();
            ids.extend(parents(context, tx, &plan, events)?);
            for more in [moved(context, tx, &plan, events)?, referring(tx, &plan, events)?] {
                match more {
                    Some(more) => ids.extend(more),
                    None => lists_changed = true,
                }
            }
            if !ids.is_empty() {
                touched.insert(plan.object.name.clone(), ids);
            }
        }
        if touched.is_empty() && !lists_changed {
            return Ok(None);
        }
        Ok(Some(Box::new(move |unit| {
            let context = unit.context;
            unit.tx.serialise(LOCK)?;
            for (object, ids) in &touched {
                if let Some(plan) = Plan::read(context, unit.tx, object)? {
                    judge_ids(context, unit.tx, &plan, &ids.iter().copied().collect::<Vec<_>>())?;
                }
            }
            if lists_changed { jobs::look_up_anew(context, unit.tx) } else { Ok(()) }
        })))
    }
}

/// Records whose roll-ups move with what the events tell of: nothing in the log tells of the roll-ups themselves.
fn parents(context: &Context, tx: &mut dyn ReadTx, plan: &Plan, events: &[Event]) -> Result<BTreeSet<Uuid>> {
    let mut found = BTreeSet::new();
    for field in plan.fields() {
        let Some(rollup) = plan.object.field(field).and_then(|it| it.definition.rollup.as_ref()) else { continue };
        let Some(child) = context.schema.object(&rollup.object) else { continue };
        let Some(via) = child.field(&rollup.via).and_then(|it| it.part("")) else { continue };
        let own: Vec<&Event> = events.iter().filter(|it| it.object == child.name).collect();
        // Whose they were, and whose they are.
        let named = own.iter().filter_map(|it| it.changes.get(&rollup.via)).flat_map(|it| it.as_array().into_iter().flatten());
        found.extend(named.filter_map(id_in));
        let ids: Vec<Value> = own.iter().filter_map(|it| it.record).map(Value::Id).collect();
        for some in ids.chunks(500) {
            let those = Condition::In(ColumnRef::main(guanxi_kernel::schema::ID), some.to_vec(), false);
            let select = Select { columns: vec![ColumnRef::main(via.column)], ..Select::all(&child.table, those) };
            found.extend(tx.rows(&select)?.iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }));
        }
    }
    Ok(found)
}

fn id_in(json: &Json) -> Option<Uuid> {
    let text = json.as_str().or_else(|| json.get("id")?.as_str())?;
    Uuid::try_parse(text).ok()
}
