//! What is wrong with a source is told when it is saved.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::SOURCE_OBJECT;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{Result, Value};
use guanxi_sources::Asker;
use serde_json::{Map, json};

use super::SECRETS;
use super::source::EnrichmentSource;

/// See the module.
pub(super) struct Guard(pub Asker);

impl Hook for Guard {
    fn object(&self) -> &str {
        SOURCE_OBJECT
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        // One that is switched off may be about what is no longer there.
        if !draft.value("active").is_true() && draft.before.is_some() && !asks_anew(draft) {
            return Ok(());
        }
        let address = if let Value::Text(address) = draft.value("address") { address } else { String::new() };
        if let Err(error) = self.0.check(&address) {
            draft.problem("address", "bad_format", error.message.zh_cn, error.message.en);
        }
        match EnrichmentSource::read(&context.schema, &draft.record()) {
            Err(wrong) => draft.problem(wrong.field, "rule", wrong.message.zh_cn, wrong.message.en),
            Ok(source) => check_purpose(context, tx, draft, &source)?,
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }

    /// Its secret does not outlast it, not in the bin either.
    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        SECRETS.forget(unit.tx, record.id())
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        let values = Map::from_iter([("has_secret".to_owned(), json!(false)), ("active".to_owned(), json!(false))]);
        unit.update_as_system(SOURCE_OBJECT, record.id(), &values).map(drop)
    }
}

fn asks_anew(draft: &Draft) -> bool {
    ["object", "address", "sends", "takes", "match_field", "purpose"].iter().any(|it| draft.changes(it))
}

/// A purpose for certain channels is about reaching people; putting their data to a service is another.
fn check_purpose(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, source: &EnrichmentSource) -> Result<()> {
    let Some(id) = source.purpose else { return Ok(()) };
    let purpose = known_records(context, tx, "purpose", |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop();
    let fits =
        purpose.as_ref().is_some_and(|it| it.value("active").is_true() && !matches!(it.value("channels"), Value::List(ways) if !ways.is_empty()));
    if !fits {
        draft.problem("purpose", "rule", "须是启用的、不限渠道的目的", "must be a purpose in use that is not bound to channels");
    }
    Ok(())
}
