//! New records of objects with a source that is switched on for them are asked about by themselves.

use std::collections::BTreeMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self, SOURCE_OBJECT};
use guanxi_kernel::events::Event;
use guanxi_kernel::read::known_records;
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use super::source::EnrichmentSource;

/// Most sources that are switched on.
const MOST_SOURCES: u64 = 100;

/// See the module.
pub(super) struct Follow;

impl LogReader for Follow {
    fn name(&self) -> &str {
        "enrichment.follow"
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let mut made: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for event in events.iter().filter(|it| it.kind.ends_with(".created")) {
            made.entry(&event.object).or_default().extend(event.record);
        }
        if made.is_empty() || context.schema.object(SOURCE_OBJECT).is_none() {
            return Ok(None);
        }
        let wanted = |column: &dyn Fn(&str) -> Result<ColumnRef>| {
            let on = Condition::equals(column("on_create")?, Value::Bool(true));
            Ok(Condition::equals(column("active")?, Value::Bool(true)).and(on))
        };
        let mut runs: Vec<(EnrichmentSource, Uuid, Vec<Uuid>)> = Vec::new();
        for record in known_records(context, tx, SOURCE_OBJECT, wanted, MOST_SOURCES)? {
            // One that is not understood any more says so when it is asked by hand.
            let Ok(source) = EnrichmentSource::read(&context.schema, &record) else { continue };
            let (Some(ids), Some(owner)) = (made.get(source.object.name.as_str()), source.owner) else { continue };
            // A file of many rows does not fill the days to come.
            let most = u64::try_from(source.per_day).unwrap_or_default();
            let room = usize::try_from(most - enrichment::waiting_for(tx, source.id, most)?.min(most)).unwrap_or(usize::MAX);
            let ids: Vec<Uuid> = ids.iter().copied().take(room).collect();
            if !ids.is_empty() {
                runs.push((source, owner, ids));
            }
        }
        if runs.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(move |unit| {
            for (source, owner, ids) in &runs {
                enrichment::begin_by_itself(unit.context, unit.tx, source.id, &source.object.name, *owner, ids)?;
            }
            Ok(())
        })))
    }
}
