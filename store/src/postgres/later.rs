//! Statements that are sent together with those that follow, so that a transaction of many is few round trips.

use std::sync::Arc;

use futures_util::future::{join_all, join3};
use guanxi_kernel::store::Table;
use tokio_postgres::{Client, Error, Statement};

use crate::bind::Bind;

/// Most statements sent at once.
pub(crate) const MOST: usize = 24;

/// A statement that is yet to be sent.
pub(crate) struct Later {
    pub(crate) statement: Statement,
    pub(crate) binds: Vec<Bind<'static>>,
    /// The table it changes, which names the indexes for errors.
    pub(crate) table: Option<Arc<Table>>,
}

/// Why a statement, or one sent before it, failed.
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// The table of the one before.
    pub(crate) table: Option<Arc<Table>>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, table: None }
    }
}

/// Sends the beginning of a transaction, what waited and the last one in this order, and waits for all of them. The
/// first that failed is told: PostgreSQL refuses what follows it.
pub(crate) async fn send_all<T>(
    client: &Client,
    begin: Option<&str>,
    waiting: Vec<Later>,
    last: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failed> {
    let begun = async {
        match begin {
            Some(sql) => client.batch_execute(sql).await,
            None => Ok(()),
        }
    };
    // A statement is sent when its future is first asked, and these ask each of theirs in order.
    let before = join_all(waiting.iter().map(|it| client.execute_raw(&it.statement, &it.binds)));
    let (begun, before, last) = join3(begun, before, last).await;
    begun?;
    for (ended, it) in before.into_iter().zip(waiting) {
        ended.map_err(|error| Failed { error, table: it.table })?;
    }
    Ok(last?)
}
