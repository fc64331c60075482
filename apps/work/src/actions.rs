//! What the actions of this app have in common.

use guanxi_kernel::app::ActionDefinition;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::ObjectDefinition;
use guanxi_kernel::{KernelError, Result};

/// Reads an action's declaration. An input named like a field of the object and without options offers the field's.
///
/// # Errors
/// Says which file is wrong and why.
pub fn parse_action(text: &str, object: &ObjectDefinition) -> std::result::Result<ActionDefinition, String> {
    let mut action: ActionDefinition = toml::from_str(text).map_err(|error| format!("{}/actions: {error}", object.name))?;
    for input in action.input.iter_mut().filter(|it| it.options.is_empty()) {
        if let Some(field) = object.fields.iter().find(|it| it.name == input.name) {
            input.options.clone_from(&field.options);
        }
    }
    Ok(action)
}

/// The record an action on a record was called with.
///
/// # Errors
/// An internal error where there is none: the engine calls such actions only with one.
pub fn required_record(record: Option<Record>) -> Result<Record> {
    record.ok_or_else(|| KernelError::Internal("an action on a record was called without one".into()))
}
