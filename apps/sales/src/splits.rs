//! Who has which part of an opportunity: co-sellers what they were given, its owner what is left of 100 %.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use uuid::Uuid;

/// The object of co-sellers.
pub const CO_SELLER: &str = "opportunity_member";
/// Most co-sellers of one opportunity.
const MOST: u64 = 200;

/// The co-sellers of an opportunity.
///
/// # Errors
/// Fails where the database does.
pub fn co_sellers(context: &Context, tx: &mut dyn ReadTx, opportunity: Uuid) -> Result<Vec<Record>> {
    if context.schema.object(CO_SELLER).is_none() {
        return Ok(Vec::new());
    }
    known_records(context, tx, CO_SELLER, |it| Ok(Condition::equals(it("opportunity")?, Value::Id(opportunity))), MOST)
}

/// What is wrong with the splits of an opportunity as they are, together with one to come instead of what is there of it.
///
/// # Errors
/// Fails where the database does.
pub fn too_much(context: &Context, tx: &mut dyn ReadTx, opportunity: Uuid, new: Option<(Uuid, Value)>) -> Result<Option<FieldError>> {
    let others = co_sellers(context, tx, opportunity)?;
    let others = others.iter().filter(|it| new.as_ref().is_none_or(|(id, _)| it.id() != *id)).map(|it| it.value("split"));
    let given = others.chain(new.iter().map(|it| it.1.clone()));
    let parts = given.filter_map(|it| if let Value::Decimal(part) = it { Some(part) } else { None });
    let sum = parts.reduce(|sum, part| sum + part);
    Ok(sum.filter(|it| *it > 100.into()).map(|sum| {
        let sum = sum.normalize();
        FieldError::new(
            "split",
            "rule",
            format!("协作分成合计为{sum}%，不能超过100%；余下的归负责人"),
            format!("the splits add up to {sum} %; together they are at most 100 %, and what is left is the owner's"),
        )
    }))
}

/// Refuses more than 100 %, together with what others committed meanwhile and with the rest of a batch.
///
/// # Errors
/// Invalid, with the field; fails where the database does.
pub fn refuse_too_much(unit: &mut Unit<'_>, opportunity: Uuid) -> Result<()> {
    // Two who give at once take turns.
    unit.tx.serialise("splits")?;
    let context = unit.context;
    match too_much(context, unit.tx, opportunity, None)? {
        Some(problem) => Err(KernelError::Invalid(vec![problem])),
        None => Ok(()),
    }
}

/// An owner has what is left: whoever becomes it is no co-seller of his own opportunity any more.
///
/// # Errors
/// Fails where the database does.
pub fn settle_owner(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let Value::Id(owner) = draft.value("owner") else { return Ok(()) };
    if draft.before.is_none() || !draft.changes("owner") {
        return Ok(());
    }
    let context = unit.context;
    let own = co_sellers(context, unit.tx, draft.id())?.into_iter().filter(|it| it.reference("member") == Some(owner));
    for part in own.collect::<Vec<_>>() {
        unit.delete_as_system(CO_SELLER, part.id())?;
    }
    Ok(())
}
