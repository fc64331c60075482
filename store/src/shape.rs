//! The hot statements.

use guanxi_expr::Value;
use guanxi_kernel::store::{Insert, StoreError};

use crate::build::{Builder, Statement};
use crate::dialect::Dialect;

/// Some rows of an insert as SQL.
pub(crate) fn insert<'a>(dialect: Dialect, insert: &'a Insert, rows: &'a [Vec<Value>]) -> Result<Statement<'a>, StoreError> {
    let mut builder = Builder::new(dialect);
    let query = builder.insert(insert, rows)?;
    Ok(builder.finish(&query))
}
