//! Splits never pass 100 %, and the owner is no co-seller of his own opportunity.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use crate::pipeline::OPPORTUNITY;
use crate::splits::{CO_SELLER, refuse_too_much, too_much};

/// See the module.
pub struct OpportunityMemberHook;

impl Hook for OpportunityMemberHook {
    fn object(&self) -> &str {
        CO_SELLER
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let Value::Id(opportunity) = draft.value("opportunity") else { return Ok(()) };
        if concerns_splits(draft) {
            let problem = too_much(context, tx, opportunity, Some((draft.id(), draft.value("split"))))?;
            draft.problems.extend(problem);
        }
        if !draft.changes("member") {
            return Ok(());
        }
        if owner_of(context, tx, opportunity)?.is_some_and(|it| Value::Id(it) == draft.value("member")) {
            draft.problem("member", "rule", "负责人自动得到余下的比例，无需添加", "the owner has what is left, and is not added");
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let Value::Id(opportunity) = draft.value("opportunity") else { return Ok(()) };
        // Of two opportunities that become one the owner may have had a part in the other.
        if draft.kind == DraftKind::Update && draft.changes("opportunity") {
            let context = unit.context;
            if owner_of(context, unit.tx, opportunity)?.is_some_and(|it| Value::Id(it) == draft.value("member")) {
                return unit.delete_as_system(CO_SELLER, draft.id());
            }
        }
        if concerns_splits(draft) { refuse_too_much(unit, opportunity) } else { Ok(()) }
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        record.reference("opportunity").map_or(Ok(()), |it| refuse_too_much(unit, it))
    }
}

fn owner_of(context: &Context, tx: &mut dyn ReadTx, opportunity: Uuid) -> Result<Option<Uuid>> {
    let Some(object) = context.schema.object(OPPORTUNITY).cloned() else { return Ok(None) };
    Ok(load_record(&context.as_system(), tx, &object, opportunity, Verb::Read, false)?.and_then(|it| it.reference("owner")))
}

fn concerns_splits(draft: &Draft) -> bool {
    draft.kind == DraftKind::Create || draft.changes("split") || draft.changes("opportunity")
}
