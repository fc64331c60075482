//! Many records changed by a job: a few at a time, and none keeps the others back.

use super::unit::{Unit, run_unit};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::StoreError;

/// Does `work` with all items, so many at a time, each time in a transaction of its own: others write between two of them.
/// Where it fails it is done one by one, and what cannot be saved as it is, or is held by somebody for too long, is left for
/// the next time.
///
/// # Errors
/// What is wrong with the database or with the engine, not with a record.
pub fn in_steps<T, F>(context: &Context, verb: &'static str, items: &[T], at_once: usize, work: &F) -> Result<()>
where
    T: Clone + Send + Sync + 'static,
    F: Fn(&mut Unit<'_>, &[T]) -> Result<()> + Clone + Send + Sync + 'static,
{
    in_steps_telling(context, verb, items, at_once, work, &mut |_, _| {})
}

/// The same, telling each item that is left and why.
///
/// # Errors
/// As [`in_steps`].
pub fn in_steps_telling<T, F>(
    context: &Context,
    verb: &'static str,
    items: &[T],
    at_once: usize,
    work: &F,
    left: &mut dyn FnMut(&T, KernelError),
) -> Result<()>
where
    T: Clone + Send + Sync + 'static,
    F: Fn(&mut Unit<'_>, &[T]) -> Result<()> + Clone + Send + Sync + 'static,
{
    items.chunks(at_once.max(1)).try_for_each(|some| {
        let (those, inner) = (some.to_vec(), work.clone());
        match (run_unit(context, context.new_id(), verb, Box::new(move |unit| inner(unit, &those))), some) {
            (Err(KernelError::Store(error)), _) if !matches!(error, StoreError::Busy) => Err(KernelError::Store(error)),
            (Err(KernelError::Internal(error)), _) => Err(KernelError::Internal(error)),
            (Err(error), [one]) => {
                left(one, error);
                Ok(())
            }
            (Err(_), many) => in_steps_telling(context, verb, many, 1, work, left),
            (Ok(()), _) => Ok(()),
        }
    })
}
