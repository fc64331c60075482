//! An action as part of another change.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::action::{checked_input, refuse_if_covered, refuse_unless_shown};
use super::plan::Planner;
use super::unit::Unit;
use crate::access::Verb;
use crate::app::ActionPlace;
use crate::error::{KernelError, Result};
use crate::locks::refuse_if_locked;

impl Unit<'_> {
    /// Runs an action on a record by its name, with the caller's rights and within this transaction: apps that do not know each
    /// other's code meet so. What it refuses is refused as to somebody who asked for it himself.
    ///
    /// # Errors
    /// Not found where there is no such action or record; forbidden; whatever the action refuses.
    pub fn call(&mut self, object: &str, id: Uuid, action: &str, input: &Map<String, Json>) -> Result<Json> {
        let context = self.context;
        let registry = context.workspace.registry.clone();
        let action = registry.action(object, action).filter(|it| it.definition().on == ActionPlace::Record).ok_or(KernelError::NotFound)?;
        let definition = action.definition();
        let object = crate::read::object_of(context, object)?;
        if !context.access.may_act(&object.name, &definition.name) {
            return Err(KernelError::Forbidden(format!("{}.{}", object.name, definition.name)));
        }
        let input = checked_input(context, action, input)?;
        self.lock(&object, vec![id])?;
        let record = Planner::new(context).reach(self.tx, &object, id, Verb::Read)?;
        refuse_if_locked(context, self.tx, id)?;
        self.refuse_part_of_locked(&record)?;
        refuse_if_covered(context, definition, &record)?;
        refuse_unless_shown(context, definition, &record)?;
        action.run(self, Some(record), &input)
    }
}
