//! What other currencies are worth in the workspace's own: so roll-ups add up amounts of several.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::Value;
use rust_decimal::Decimal;

use super::standard::Report;
use crate::error::{FieldError, KernelError, Result};
use crate::fields::is_currency;
use crate::schema::{DELETED_AT, FieldKind, Schema};
use crate::store::{ColumnRef, Condition, Select, Store, StoreExt};
use crate::workspace::Customisation;

/// Most digits after the point of a rate.
const MAX_SCALE: u32 = 8;

/// Takes the rates over, or reports what is wrong with them.
pub(super) fn put(custom: &mut Customisation, own: &str, rates: &BTreeMap<String, String>, report: Report<'_>) {
    let mut taken = BTreeMap::new();
    for (code, text) in rates {
        let place = format!("rates.{code}");
        if !is_currency(code) {
            report(
                &place,
                format!("没有币种“{code}”，请使用三位代码，例如 USD、EUR"),
                format!("there is no currency `{code}`; use a three-letter code such as USD or EUR"),
            );
            continue;
        }
        if code == own {
            report(&place, format!("{own}是本公司的币种，不需要汇率"), format!("{own} is the company's own currency and needs no rate"));
            continue;
        }
        let rate = text.trim().parse::<Decimal>().ok().map(|it| it.normalize());
        match rate.filter(|it| it.is_sign_positive() && !it.is_zero() && it.scale() <= MAX_SCALE && *it < Decimal::from(1_000_000)) {
            Some(rate) => drop(taken.insert(code.clone(), rate.to_string())),
            None => report(
                &place,
                format!("汇率应为大于0、小于1000000的数字，最多{MAX_SCALE}位小数：1 {code} 折合多少 {own}"),
                format!(
                    "a rate is a number above 0 and below 1,000,000 with at most {MAX_SCALE} digits after the point: how much {own} one {code} is"
                ),
            ),
        }
    }
    custom.rates = taken;
}

/// A rate stays for as long as an amount in its currency is added up somewhere.
pub(super) fn refuse_missing(store: &Arc<dyn Store>, current: &Schema, after: &Schema) -> Result<()> {
    let gone: Vec<&String> = current.rates.keys().filter(|it| !after.rates.contains_key(*it)).collect();
    let mut problems = Vec::new();
    for code in gone {
        for object in current.objects.values() {
            let overs = || object.feeds.iter().filter_map(|it| object.field(it.over.as_deref()?));
            // By itself, or in a formula that is added up.
            let summed =
                |name: &str| overs().any(|it| it.name() == name || it.amount_of.as_ref().is_some_and(|it| it.fields.iter().any(|it| it == name)));
            for field in object.fields.iter().filter(|it| it.definition.kind == FieldKind::Money && summed(it.name())) {
                let Some(part) = field.part("currency") else { continue };
                let condition = Condition::equals(ColumnRef::main(part.column), Value::Text(code.clone()));
                let select = Select::all(&object.table, condition.and(Condition::IsNull(ColumnRef::main(DELETED_AT))));
                if store.read_with(|tx| Ok(tx.count(&select, Some(1))?))? > 0 {
                    let (object, field) = (&object.definition.label, &field.definition.label);
                    problems.push(FieldError::new(
                        format!("rates.{code}"),
                        "rule",
                        format!("{}的“{}”中还有{code}的金额参与汇总，不能去掉汇率", object.zh_cn, field.zh_cn),
                        format!("amounts in {code} stand in {} of {} and are added up; the rate stays", field.en, object.en),
                    ));
                }
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}
