//! Keyset paging: the rows after a position, cut into segments that each are one range of an index.
//!
//! NULL is the smallest value. The segments are disjoint and stand in the wanted order, so a select may run them one
//! after the other until it has enough rows; elsewhere they are simply joined by OR.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, Order, StoreError};
use sea_query::{Expr, ExprTrait};

use super::{Builder, Scope, falsehood, truth};
use crate::bind;

/// One term of a segment.
#[derive(Debug, Clone)]
pub(crate) enum Term<'a> {
    /// The column holds this value (or NULL).
    Equals(ColumnRef, &'a Value),
    /// The column is NULL.
    Null(ColumnRef),
    /// The column is not NULL.
    NotNull(ColumnRef),
    /// The columns, compared as one row, stand after (true: below) these values, none of which is NULL.
    Beyond(Vec<(ColumnRef, &'a Value)>, bool),
}

/// All terms hold.
pub(crate) type Segment<'a> = Vec<Term<'a>>;

/// The segments after a position, in order.
pub(crate) fn segments<'a>(scope: &Scope<'_>, position: &'a [(Order, Value)]) -> Result<Vec<Segment<'a>>, StoreError> {
    let Some(((order, value), rest)) = position.split_first() else {
        return Ok(Vec::new());
    };
    let nullable = scope.may_be_null(order.column)?;
    let same_direction = position.iter().all(|(other, _)| other.descending == order.descending);
    let no_null = position.iter().all(|(_, value)| !value.is_null());
    // Ascending, a NULL never stands after a value, which is just what a row comparison says of it. Descending, NULLs
    // come after every value; a row comparison loses them, so only the first column may have them (its own segment).
    let mut rest_may_be_null = false;
    for (other, _) in rest {
        rest_may_be_null |= scope.may_be_null(other.column)?;
    }
    if same_direction && no_null && (!order.descending || !rest_may_be_null) {
        let mut found = vec![vec![Term::Beyond(position.iter().map(|(order, value)| (order.column, value)).collect(), order.descending)]];
        if order.descending && nullable {
            found.push(vec![Term::Null(order.column)]);
        }
        return Ok(found);
    }
    let tie = if value.is_null() { Term::Null(order.column) } else { Term::Equals(order.column, value) };
    let mut found: Vec<Segment<'a>> = segments(scope, rest)?
        .into_iter()
        .map(|mut segment| {
            segment.insert(0, tie.clone());
            segment
        })
        .collect();
    match (order.descending, value.is_null()) {
        (false, false) => found.push(vec![Term::Beyond(vec![(order.column, value)], false)]),
        (false, true) => found.push(vec![Term::NotNull(order.column)]),
        (true, false) => {
            found.push(vec![Term::Beyond(vec![(order.column, value)], true)]);
            if nullable {
                found.push(vec![Term::Null(order.column)]);
            }
        }
        (true, true) => {}
    }
    Ok(found)
}

impl<'a> Builder<'a> {
    /// All segments joined by OR.
    pub(super) fn after(&mut self, scope: &Scope<'_>, position: &'a [(Order, Value)]) -> Result<Expr, StoreError> {
        let mut found: Option<Expr> = None;
        for segment in segments(scope, position)? {
            let one = self.segment(scope, &segment)?;
            found = Some(match found {
                Some(before) => before.or(one),
                None => one,
            });
        }
        Ok(found.unwrap_or_else(falsehood))
    }

    /// One segment.
    pub(super) fn segment(&mut self, scope: &Scope<'_>, segment: &Segment<'a>) -> Result<Expr, StoreError> {
        let mut all: Option<Expr> = None;
        for term in segment {
            let one = self.term(scope, term)?;
            all = Some(match all {
                Some(before) => before.and(one),
                None => one,
            });
        }
        Ok(all.unwrap_or_else(truth))
    }

    fn term(&mut self, scope: &Scope<'_>, term: &Term<'a>) -> Result<Expr, StoreError> {
        Ok(match term {
            Term::Null(column) => scope.expr(*column)?.is_null(),
            Term::NotNull(column) => scope.expr(*column)?.is_not_null(),
            Term::Equals(column, value) => {
                let bound = bind::bind(self.dialect, value, scope.column(*column)?.storage)?;
                let bound = self.bound(bound);
                scope.expr(*column)?.eq(bound)
            }
            Term::Beyond(columns, below) => {
                let mut left = Vec::with_capacity(columns.len());
                let mut right = Vec::with_capacity(columns.len());
                for (column, value) in columns {
                    left.push(scope.expr(*column)?);
                    let bound = bind::bind(self.dialect, value, scope.column(*column)?.storage)?;
                    right.push(self.bound(bound));
                }
                let op = if *below { sea_query::BinOper::SmallerThan } else { sea_query::BinOper::GreaterThan };
                match (left.len(), left.pop(), right.pop()) {
                    (1, Some(left), Some(right)) => left.binary(op, right),
                    (_, Some(last_left), Some(last_right)) => {
                        left.push(last_left);
                        right.push(last_right);
                        Expr::Tuple(left).binary(op, Expr::Tuple(right))
                    }
                    _ => truth(),
                }
            }
        })
    }
}
