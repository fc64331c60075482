//! In which currency computed numbers are: a formula over amounts of money is an amount of money too, unless it divides one
//! by another. Worked out from the expressions once, when the schema is built.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::{Expr, Function};

use super::{Field, FieldKind, Object, RollupFunction, Schema};

/// How far formulas over formulas and roll-ups over formulas are followed.
const MAX_DEPTH: usize = 8;

/// What the currency of a computed number follows from. Where several disagree in a record, it has none there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AmountOf {
    /// The workspace's own: amounts rolled up are in it.
    pub own: bool,
    /// Fields of the same record, of the type `money`.
    pub fields: Vec<String>,
}

/// Tells every computed field its currency.
pub(super) fn settle(schema: &mut Schema) {
    let all: &Schema = schema;
    let found: Vec<(String, usize, AmountOf)> = all.objects.values().flat_map(|object| amounts_of(all, object)).collect();
    for (object, position, amount) in found {
        if let Some(object) = schema.objects.get_mut(&object).and_then(Arc::get_mut) {
            object.fields[position].amount_of = Some(amount);
        }
    }
}

fn amounts_of<'s>(schema: &'s Schema, object: &'s Arc<Object>) -> impl Iterator<Item = (String, usize, AmountOf)> + 's {
    let computed = object.fields.iter().enumerate().filter(|it| it.1.definition.kind != FieldKind::Money);
    computed.filter_map(move |(position, field)| {
        let sources = of_field(schema, object, field, MAX_DEPTH)?;
        Some((object.name.clone(), position, AmountOf { own: sources.own, fields: sources.fields.into_iter().collect() }))
    })
}

/// What an amount is made of; `None` of what is no amount.
#[derive(Default)]
struct Sources {
    own: bool,
    fields: BTreeSet<String>,
}

impl Sources {
    fn with(mut self, other: Self) -> Self {
        self.own |= other.own;
        self.fields.extend(other.fields);
        self
    }
}

fn of_field(schema: &Schema, object: &Object, field: &Field, depth: usize) -> Option<Sources> {
    let deeper = depth.checked_sub(1)?;
    match field.definition.kind {
        FieldKind::Money => Some(Sources { own: false, fields: BTreeSet::from([field.name().to_owned()]) }),
        FieldKind::Formula if matches!(field.definition.result, Some(FieldKind::Decimal | FieldKind::Number)) => {
            of_expression(schema, object, &field.formula.as_ref()?.root, deeper)
        }
        FieldKind::Rollup => {
            let rollup = field.definition.rollup.as_ref().filter(|it| !matches!(it.function, RollupFunction::Count | RollupFunction::Latest))?;
            let child = schema.object(&rollup.object)?;
            let sources = of_field(schema, child, child.field(rollup.field.as_deref()?)?, deeper)?;
            // Of several currencies in one record nobody could say how it is to be added up.
            (sources.fields.len() + usize::from(sources.own) == 1).then_some(Sources { own: true, fields: BTreeSet::new() })
        }
        _ => None,
    }
}

fn of_expression(schema: &Schema, object: &Object, expression: &Expr, depth: usize) -> Option<Sources> {
    let of = |it: &Expr| of_expression(schema, object, it, depth);
    let either = |all: &[Expr]| all.iter().filter_map(of).reduce(Sources::with);
    match expression {
        Expr::Path { segments, .. } => match segments.as_slice() {
            [name] => of_field(schema, object, object.field(name)?, depth),
            [name, part] if part == "amount" => of_field(schema, object, object.field(name)?, depth),
            _ => None,
        },
        Expr::Call { function, args, .. } => match (function, args.as_slice()) {
            (Function::Multiply, [left, right]) => match (of(left), of(right)) {
                (Some(it), None) | (None, Some(it)) => Some(it),
                _ => None,
            },
            // An amount by an amount is how often, not how much.
            (Function::Divide, [left, right]) => of(left).filter(|_| of(right).is_none()),
            (Function::If, [_, branches @ ..]) => either(branches),
            (Function::Round, [number, ..]) => of(number),
            (Function::Add | Function::Subtract | Function::Modulo | Function::Negate, all) => either(all),
            (Function::Coalesce | Function::Abs | Function::Floor | Function::Ceil | Function::Min | Function::Max, all) => either(all),
            _ => None,
        },
        Expr::Literal(_) | Expr::List(..) => None,
    }
}
