//! Work on a deal or with a person is also work on their customer.

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;

/// The references through which the customer is found, the surest first, with the field there that names it.
const THROUGH: [(&str, &str, &str); 3] =
    [("opportunity", "opportunity", "account"), ("contact", "contact", "account"), ("lead", "lead", "converted_account")];

/// Fills in the account from the opportunity, the contact or the converted lead, where it was left empty.
///
/// # Errors
/// Fails where the database does.
pub fn fill_account(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    if !draft.value("account").is_null() {
        return Ok(());
    }
    for (field, object, to) in THROUGH {
        let Value::Id(id) = draft.value(field) else { continue };
        if !draft.changes(field) {
            continue;
        }
        let Some(object) = context.schema.object(object).cloned() else { continue };
        // With the caller's rights: a customer he may not see is not named to him.
        let account = load_record(context, tx, &object, id, Verb::Read, false)?.and_then(|it| it.reference(to));
        let Some(account) = account else { continue };
        let Some(accounts) = context.schema.object("account").cloned() else { continue };
        if load_record(context, tx, &accounts, account, Verb::Read, false)?.is_some() {
            return draft.set(context, "account", &json!(account));
        }
    }
    Ok(())
}
