//! Splits never pass 100 %, and the owner is no co-seller of his own opportunity.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};

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
        let Some(object) = context.schema.object(OPPORTUNITY).cloned() else { return Ok(()) };
        let owner = load_record(&context.as_system(), tx, &object, opportunity, Verb::Read, false)?.map(|it| it.value("owner"));
        if owner.is_some_and(|it| !it.is_null() && it == draft.value("member")) {
            draft.problem("member", "rule", "负责人自动得到余下的比例，无需添加", "the owner has what is left, and is not added");
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        match draft.value("opportunity") {
            Value::Id(opportunity) if concerns_splits(draft) => refuse_too_much(unit, opportunity),
            _ => Ok(()),
        }
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        record.reference("opportunity").map_or(Ok(()), |it| refuse_too_much(unit, it))
    }
}

fn concerns_splits(draft: &Draft) -> bool {
    draft.kind == DraftKind::Create || draft.changes("split") || draft.changes("opportunity")
}
