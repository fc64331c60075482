//! One listener, as the hub's thread knows him.

use guanxi_kernel::access::Access;
use guanxi_kernel::context::Context;
use guanxi_kernel::workspace::RightsMark;
use guanxi_kernel::{KernelError, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use super::interest::Interest;
use super::protocol::Out;
use crate::errors::ApiError;
use crate::http::Caller;

/// Who nobody told of is asked this often who he is: sessions, keys and rights end by time too.
const ASKED_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What came of asking who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Who he was, with the same rights.
    Same,
    /// Who he was, with other rights or definitions.
    Changed,
    /// Nobody any more.
    Gone,
}

/// See the module.
pub struct Watcher {
    caller: Caller,
    /// His rights.
    pub context: Context,
    /// What he wants to hear of.
    pub interest: Interest,
    queue: mpsc::Sender<Out>,
    /// What his rights followed from when he was last asked.
    mark: RightsMark,
    asked_at: Timestamp,
}

impl Watcher {
    /// Somebody who was let in a moment ago.
    pub fn new(caller: Caller, context: Context, queue: mpsc::Sender<Out>, mark: RightsMark) -> Self {
        // What happened between his being let in and his being here is not known; he is asked before he is told anything.
        Self { asked_at: Timestamp::MIN, caller, context, interest: Interest::default(), queue, mark }
    }

    /// Puts a message into his queue; false where there is no room or nobody takes from it.
    pub fn say(&self, message: Out) -> bool {
        self.queue.try_send(message).is_ok()
    }

    /// Whether he takes so little that only what matters is told him.
    pub fn is_crowded(&self) -> bool {
        self.queue.capacity() < self.queue.max_capacity() / 2
    }

    /// Whether his rights are as they were when he was last asked. They may name the time, so they hold for the minute.
    pub fn holds(&self, mark: RightsMark, now: Timestamp) -> bool {
        let minute = |it: Timestamp| it.as_second().div_euclid(60);
        self.mark == mark && minute(self.asked_at) == minute(now) && !self.is_due(now)
    }

    /// Whether it is time to ask him again.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.asked_at == Timestamp::MIN || self.asked_at.duration_until(now) >= ASKED_EVERY
    }

    /// Finds out anew who he is and what he may.
    ///
    /// # Errors
    /// Where the database does not say.
    pub fn ask(&mut self, mark: RightsMark) -> Result<Asked> {
        let signed_in = match self.caller.authenticate() {
            Ok(signed_in) => signed_in,
            Err(ApiError::Kernel(error @ (KernelError::Store(_) | KernelError::Internal(_)))) => return Err(error),
            Err(_) => return Ok(Asked::Gone),
        };
        let context = signed_in.context;
        if context.actor != self.context.actor && context.viewer == self.context.viewer {
            return Ok(Asked::Gone);
        }
        let same = self.context.schema.version == context.schema.version
            && self.context.viewer == context.viewer
            && is_same(&self.context.access, &context.access);
        (self.mark, self.asked_at, self.context) = (mark, context.now, context);
        Ok(if same { Asked::Same } else { Asked::Changed })
    }

    /// His context at a moment: what rights say of shares depends on it.
    pub fn context_at(&self, now: Timestamp) -> Context {
        Context { now, ..self.context.clone() }
    }
}

fn is_same(one: &Access, other: &Access) -> bool {
    one.member == other.member && one.administrator == other.administrator
}
