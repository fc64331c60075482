//! What speaks for a pair, as it is kept and told.

use guanxi_kernel::access::{Access, Place, Shown};
use guanxi_kernel::duplicates::PairReason;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{Field, Object};
use guanxi_matching::{Agreement, Explanation, Rarity};

use super::plan::Plan;

/// What an explanation says, strongest first, without what says nothing.
pub fn reasons(plan: &Plan, explanation: &Explanation) -> Vec<PairReason> {
    let mut reasons: Vec<PairReason> = explanation
        .reasons
        .iter()
        .enumerate()
        .filter(|(_, it)| it.agreement != Agreement::Missing)
        .filter_map(|(column, it)| {
            let (field, part) = plan.named(column)?;
            let rarity = it.rarity.map(|it| if it == Rarity::Rare { "rare" } else { "common" });
            Some(PairReason {
                field: field.to_owned(),
                part: part.map(str::to_owned),
                agreement: it.agreement.code().to_owned(),
                rarity: rarity.map(str::to_owned),
                bits: (it.bits * 100.0).round() / 100.0,
            })
        })
        .collect();
    reasons.sort_by(|one, other| other.bits.abs().total_cmp(&one.bits.abs()));
    reasons
}

/// Leaves out what fields say that a caller may not see whole, of a record where one is given.
pub fn visible(access: &Access, object: &Object, record: Option<&Record>, reasons: Vec<PairReason>) -> Vec<PairReason> {
    let shown = |field: &Field| match record {
        Some(record) => access.shown_of(object, field, Place::Record, &record.row),
        None => access.shown(object, field, Place::Record),
    };
    reasons.into_iter().filter(|it| object.field(&it.field).is_some_and(|it| shown(it) == Shown::Whole)).collect()
}

/// Bits in thousandths, as they are kept.
#[expect(clippy::cast_possible_truncation, reason = "bits are some hundreds at most")]
pub fn thousandths(bits: f64) -> i64 {
    (bits.clamp(-1e6, 1e6) * 1_000.0).round() as i64
}

/// The probability that thousandths of bits stand for, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "bits are some hundreds at most")]
pub fn probability(thousandths: i64) -> f64 {
    1.0 / (1.0 + (-(thousandths as f64) / 1_000.0).exp2())
}
