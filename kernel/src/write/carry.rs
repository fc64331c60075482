//! What goes along with another record: it changes because that one did, and nothing else of it is asked about.

use serde_json::{Map, Value as Json};

use super::together::TOGETHER;
use super::unit::Unit;
use crate::error::{KernelError, Result};
use crate::read::Record;

impl Unit<'_> {
    /// Changes plain fields of records of one object because something they hang on changed, with the engine's own rights. They
    /// were read under a lock of this transaction. Whether each would be accepted anew is not asked: a contact that lacks what is
    /// required by now must not keep its customer where it is. History, events and hooks after saving are as for any change.
    ///
    /// # Errors
    /// Fails where the database does, and for a value that is none of its field's.
    pub fn carry_as_system(&mut self, changes: Vec<(Record, Map<String, Json>)>) -> Result<()> {
        let mut drafts = Vec::with_capacity(changes.len());
        for (record, values) in changes {
            let draft = self.draft_back(record, &values)?;
            if let Some(problem) = draft.problems.first() {
                return Err(KernelError::Internal(format!("{}.{}: {}", draft.object.name, problem.field, problem.message.en)));
            }
            if values.keys().any(|name| draft.changes(name)) {
                drafts.push(draft);
            }
        }
        drafts.chunks(TOGETHER).try_for_each(|some| self.save_changed(some))
    }
}
