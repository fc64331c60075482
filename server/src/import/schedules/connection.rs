//! Addresses of databases, with their passwords: sealed, beside the records and never among them. In a copy of the workspace
//! they do not open.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ReadTx, WriteTx};
use uuid::Uuid;

use crate::auth::kept_secrets::KeptSecrets;
use crate::auth::vault::Vault;

/// By the id of the schedule.
const CONNECTIONS: KeptSecrets = KeptSecrets { key: "import_connection.", place: "import" };

/// The address of a schedule's database.
///
/// # Errors
/// Where its key is missing.
pub fn open(context: &Context, vault: &Vault, schedule: Uuid) -> Result<Option<String>> {
    CONNECTIONS.open(context, vault, schedule)
}

/// Takes it away, within a transaction.
///
/// # Errors
/// Fails where the database does.
pub(super) fn forget(tx: &mut dyn WriteTx, schedule: Uuid) -> Result<()> {
    CONNECTIONS.forget(tx, schedule)
}

/// Keeps it, within a transaction; `None` takes it away.
///
/// # Errors
/// Where the keys can be neither read nor made, or the database fails.
pub fn set(context: &Context, tx: &mut dyn WriteTx, vault: &Vault, schedule: Uuid, address: Option<&str>) -> Result<()> {
    CONNECTIONS.set(context, tx, vault, schedule, address)
}

/// All there are: the schedule, and what is kept.
///
/// # Errors
/// Fails where the database does.
pub fn connections(tx: &mut dyn ReadTx) -> Result<Vec<(Uuid, String)>> {
    CONNECTIONS.all(tx)
}

/// Seals one anew under the present key.
///
/// # Errors
/// Where it cannot be opened, or the database fails.
pub fn reseal(context: &Context, vault: &Vault, schedule: Uuid, sealed: &str) -> Result<()> {
    CONNECTIONS.reseal(context, vault, schedule, sealed)
}
