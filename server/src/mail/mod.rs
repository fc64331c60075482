//! Mail: how it is sent, what it says, and the jobs that send it.

mod links;
mod smtp;
mod texts;

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::mail::{Mailer, SendMail};

pub use links::{FORGOTTEN, LINK, MailConfirmation, MailLink, mail_confirmation, mail_forgotten, mail_link};
pub use smtp::{SmtpMailer, parse_sender, parse_server};
pub use texts::{Notice, notice};

use crate::settings::Settings;

/// The jobs that send mail; none where it is not configured.
///
/// # Errors
/// Where the settings do not fit; they were checked when they were read.
pub fn jobs(settings: &Settings) -> Result<Vec<Arc<dyn JobHandler>>, String> {
    let (Some(server), Some(sender), Some(public_url)) = (&settings.smtp_url, &settings.mail_from, &settings.public_url) else {
        return Ok(Vec::new());
    };
    let mailer: Arc<dyn Mailer> = Arc::new(SmtpMailer::new(server, sender)?);
    let link = |kind| -> Arc<dyn JobHandler> { Arc::new(MailLink { kind, mailer: mailer.clone(), public_url: public_url.clone() }) };
    let confirmation = MailConfirmation { mailer: mailer.clone(), public_url: public_url.clone() };
    Ok(vec![link(LINK), link(FORGOTTEN), Arc::new(confirmation), Arc::new(SendMail { mailer: mailer.clone() })])
}
