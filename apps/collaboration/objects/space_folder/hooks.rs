//! Folders stay a tree within their space, and what is in them is of the same space.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result, Value};

const FOLDER: &str = "space_folder";
const CIRCLE: (&str, &str) = ("上级文件夹不能是自己或自己的下级", "a folder cannot lie within itself or within one below it");

/// Of folders.
pub struct FolderHook;

impl Hook for FolderHook {
    fn object(&self) -> &str {
        FOLDER
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if would_close_circle(context, tx, draft, "parent")? {
            draft.problem("parent", "rule", CIRCLE.0, CIRCLE.1);
        }
        stay_in_space(context, tx, draft, "parent")
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if closes_circle_now(unit, draft, "parent")? { Err(KernelError::invalid("parent", "rule", CIRCLE.0, CIRCLE.1)) } else { Ok(()) }
    }
}

/// Of files in folders.
pub struct SharedFileHook;

impl Hook for SharedFileHook {
    fn object(&self) -> &str {
        "space_file"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        stay_in_space(context, tx, draft, "folder")
    }
}

/// The folder named must be of the record's own space; a record that is in a folder or holds some stays in its space.
fn stay_in_space(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, field: &str) -> Result<()> {
    if draft.before.is_some() && draft.changes("space") {
        draft.problem("space", "rule", "不能移到另一个空间，请在那里新建", "it cannot move to another space; make it anew there");
    }
    let Value::Id(folder) = draft.value(field) else { return Ok(()) };
    if !draft.changes(field) && !draft.changes("space") {
        return Ok(());
    }
    let Some(object) = context.schema.object(FOLDER).cloned() else { return Ok(()) };
    // What is not there is told of by the engine.
    let Some(found) = load_record(context, tx, &object, folder, Verb::Read, false)? else { return Ok(()) };
    if found.value("space") != draft.value("space") {
        draft.problem(field, "rule", "文件夹属于另一个空间", "the folder is of another space");
    }
    Ok(())
}
