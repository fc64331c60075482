//! Taking one's own request for rights back.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::requests::{asked_by, settle};

/// See the module.
pub struct Withdraw(pub ActionDefinition);

impl Action for Withdraw {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        if asked_by(&request)? != unit.context.actor {
            return Err(KernelError::Forbidden("withdraw another's request".into()));
        }
        settle(unit, &request, "withdrawn", Map::from_iter([("state".to_owned(), json!("withdrawn"))]))
    }
}
