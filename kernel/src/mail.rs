//! Mail on its way out: put into the queue of jobs in the transaction of what it tells of, sent by whoever can.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::app::JobHandler;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs;
use crate::store::WriteTx;

/// Kind of the job that sends a message.
pub const SEND: &str = "mail.send";

/// A message in plain text, as HTML beside it where that says more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    /// Address of who gets it.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub text: String,
    /// The same as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Where whoever wants no more of its kind says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
}

/// Why a message was not sent; without its content, which may hold secrets.
#[derive(Debug, thiserror::Error)]
#[error("mail was not sent: {0}")]
pub struct MailError(pub String);

/// Sends messages. Where none is wired, mail is not configured.
pub trait Mailer: Send + Sync {
    /// Hands a message over to the mail system.
    ///
    /// # Errors
    /// Where it does not take it; another try may succeed.
    fn send(&self, message: &Message) -> std::result::Result<(), MailError>;
}

/// The job that sends messages of the queue.
pub struct SendMail {
    /// Sends them.
    pub mailer: Arc<dyn Mailer>,
}

impl JobHandler for SendMail {
    fn kind(&self) -> &str {
        SEND
    }

    fn run(&self, _context: &Context, payload: &Json) -> Result<()> {
        let message: Message =
            serde_json::from_value(payload.clone()).map_err(|error| KernelError::Internal(format!("a queued message: {error}")))?;
        self.mailer.send(&message).map_err(|error| KernelError::Internal(error.to_string()))
    }
}

/// Whether mail is configured.
pub fn is_configured(context: &Context) -> bool {
    context.workspace.registry.job(SEND).is_some()
}

/// Puts a message into the queue; nothing where mail is not configured.
///
/// # Errors
/// Fails where the database does.
pub fn enqueue(context: &Context, tx: &mut dyn WriteTx, message: &Message) -> Result<()> {
    if !is_configured(context) {
        return Ok(());
    }
    let payload = serde_json::to_value(message).map_err(|error| KernelError::Internal(error.to_string()))?;
    jobs::enqueue(context, tx, SEND, payload, None, context.now).map(|_| ())
}
