//! Messages to where members are while they do not look at the app: the jobs that push to their browsers and hand text
//! messages to the gateway. Both are worded when they are sent, with what their reader may see then.

mod gateway;
mod push;
mod push_key;
mod sms;

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_messages::{PushSender, SmsSender};

pub use gateway::{reseal_gateway, seal_secret, sealed_secret, secret_opens, send_now};
pub use push_key::{key_opens, present_key, push_key, reseal_push_key, sealed_key};

use crate::auth::vault::Vault;
use crate::settings::Settings;

/// What sending takes.
pub struct Means {
    /// Hands pushes over.
    pub push: PushSender,
    /// Hands text messages over.
    pub sms: SmsSender,
    /// Opens the keys.
    pub vault: Vault,
}

impl Means {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        Self {
            push: PushSender::new(&settings.push_hosts, contact(settings)),
            sms: SmsSender::new(&settings.sms_hosts),
            vault: Vault::new(settings.secret_key_file.clone()),
        }
    }
}

/// Whom push services may turn to: the address people type where it is one that may be told, else the sender of mail.
fn contact(settings: &Settings) -> Option<String> {
    let public = settings.public_url.clone().filter(|it| it.starts_with("https://"));
    let mail = || {
        let sender = crate::mail::parse_sender(settings.mail_from.as_deref()?).ok()?;
        Some(format!("mailto:{}", sender.email))
    };
    public.or_else(mail)
}

/// The jobs that send.
pub fn jobs(settings: &Settings) -> Vec<Arc<dyn JobHandler>> {
    let means = Arc::new(Means::of(settings));
    vec![Arc::new(push::SendPush(means.clone())), Arc::new(sms::SendSms(means))]
}
