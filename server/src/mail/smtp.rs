//! Mail over SMTP.

use std::time::Duration;

use guanxi_kernel::mail::{MailError, Mailer, Message};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{SmtpTransport, Transport as _};

/// Longest wait for the mail server's answer to a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends through an SMTP server.
pub struct SmtpMailer {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Reads the address of a mail server. What is wrong is told without the address, which holds a password.
///
/// # Errors
/// What would be right.
pub fn parse_server(url: &str) -> Result<SmtpTransport, String> {
    let scheme = url.split_once("://").map(|it| it.0);
    if !matches!(scheme, Some("smtp" | "smtps")) {
        return Err("must begin with smtp:// or smtps://".into());
    }
    let builder = SmtpTransport::from_url(url).map_err(|_| {
        "must be smtps://USER:PASSWORD@HOST or smtp://HOST:PORT?tls=required, special characters of the password percent-encoded".to_owned()
    })?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

/// Reads the sender's address, with or without a name.
///
/// # Errors
/// What would be right.
pub fn parse_sender(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "must be an address such as `Guanxi <crm@example.com>`".to_owned())
}

impl SmtpMailer {
    /// For this server, as this sender.
    ///
    /// # Errors
    /// Where either is not an address.
    pub fn new(server: &str, sender: &str) -> Result<Self, String> {
        Ok(Self { transport: parse_server(server)?, from: parse_sender(sender)? })
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, message: &Message) -> Result<(), MailError> {
        let failed = |error: &dyn std::error::Error| {
            // The reason behind the reason is what an administrator can act on.
            let cause = error.source().map(|it| format!(": {it}")).unwrap_or_default();
            MailError(format!("{error}{cause}"))
        };
        let to: Mailbox = message.to.parse().map_err(|error| failed(&error))?;
        if message.subject.contains(['\r', '\n']) {
            return Err(MailError("the subject has several lines".into()));
        }
        let mut builder = lettre::Message::builder().from(self.from.clone()).to(to).subject(message.subject.clone());
        if let Some(address) = message.unsubscribe.as_deref().filter(|it| !it.contains(['\r', '\n', '<', '>'])) {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
            builder = builder.raw_header(HeaderValue::new(name, format!("<{address}>")));
        }
        let mail = match &message.html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(message.text.clone(), html.clone())),
            None => builder.header(ContentType::TEXT_PLAIN).body(message.text.clone()),
        };
        let mail = mail.map_err(|error| failed(&error))?;
        self.transport.send(&mail).map(|_| ()).map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_and_senders() {
        for url in ["smtp://127.0.0.1:2525", "smtps://crm:p%40ss@mail.example.com", "smtp://mail.example.com:587?tls=required"] {
            assert!(parse_server(url).is_ok(), "{url}");
        }
        for url in ["mail.example.com", "http://mail.example.com", "smtp://:pa ss@"] {
            let error = parse_server(url).err().unwrap();
            assert!(!error.contains("pa ss"), "{error}");
        }
        assert!(parse_sender("关系 <crm@example.com>").is_ok());
        assert!(parse_sender("crm").is_err());
    }

    #[test]
    fn a_name_cannot_smuggle_a_header_or_a_second_recipient() {
        let mailer = SmtpMailer::new("smtp://127.0.0.1:9", "crm@example.com").unwrap();
        for (to, subject) in [("a@b.example\r\nBcc: c@d.example", "x"), ("a@b.example, c@d.example", "x"), ("a@b.example", "x\r\nBcc: c@d.example")] {
            let message = Message { to: to.into(), subject: subject.into(), text: "x".into(), ..Message::default() };
            let error = mailer.send(&message).unwrap_err().to_string();
            assert!(!error.contains("onnect"), "refused before anything is sent: {error}");
        }
    }
}
