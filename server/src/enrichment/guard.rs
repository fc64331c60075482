//! What is wrong with a source is told when it is saved.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{SOURCE_OBJECT, forget_turns};
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
        // Who may change where it is sent must not get the secret sent to a place of his own.
        if draft.value("has_secret").is_true() && self.is_heard_elsewhere(draft) {
            draft.set(context, "has_secret", &json!(false))?;
        }
        // What is noted of how it went is no reason to look at the rest: it may be about what is no longer there.
        if draft.before.is_some() && !asks_anew(draft) {
            return Ok(());
        }
        if let Err(error) = self.0.check(&address_of(&draft.record())) {
            draft.problem("address", "bad_format", error.message.zh_cn, error.message.en);
        }
        match EnrichmentSource::read(&context.schema, &draft.record()) {
            Err(wrong) => draft.problem(wrong.field, "rule", wrong.message.zh_cn, wrong.message.en),
            Ok(source) => {
                check_purpose(context, tx, draft, &source)?;
                check_owner(context, tx, draft, &source)?;
            }
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let is_gone = draft.changes("has_secret") && !draft.value("has_secret").is_true();
        if is_gone { SECRETS.forget(unit.tx, draft.id()) } else { Ok(()) }
    }

    /// Its secret does not outlast it, not in the bin either.
    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        forget_turns(unit.tx, record.id())?;
        SECRETS.forget(unit.tx, record.id())
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        let values = Map::from_iter([("has_secret".to_owned(), json!(false)), ("active".to_owned(), json!(false))]);
        unit.update_as_system(SOURCE_OBJECT, record.id(), &values).map(drop)
    }
}

impl Guard {
    /// Whether the secret would go to another host, or in another header, than it was entered for.
    fn is_heard_elsewhere(&self, draft: &Draft) -> bool {
        let Some(before) = &draft.before else { return true };
        let (then, now) = (address_of(before), address_of(&draft.record()));
        let is_moved = then != now && (self.0.origin(&then) != self.0.origin(&now) || self.0.origin(&now).is_none());
        is_moved || draft.changes("auth_header")
    }
}

fn address_of(record: &Record) -> String {
    if let Value::Text(address) = record.value("address") { address } else { String::new() }
}

fn asks_anew(draft: &Draft) -> bool {
    let fields = ["object", "address", "auth_header", "sends", "takes", "match_field", "purpose"];
    let is_on = draft.value("active").is_true() && ["active", "on_create", "owner"].iter().any(|it| draft.changes(it));
    is_on || fields.iter().any(|it| draft.changes(it))
}

/// What begins by itself has somebody's rights, and where they end it would end without a word.
fn check_owner(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, source: &EnrichmentSource) -> Result<()> {
    if !source.active || !draft.value("on_create").is_true() {
        return Ok(());
    }
    let is_there = source.owner.is_some_and(|it| !it.is_nil()) && context.workspace.identity(tx, source.owner.unwrap_or_default())?.is_some();
    if !is_there {
        draft.problem(
            "owner",
            "rule",
            "自动补全以负责人的权限进行，请指定在职的负责人",
            "what begins by itself has the owner's rights; choose one who is active",
        );
    }
    Ok(())
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
