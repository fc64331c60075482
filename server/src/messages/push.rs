//! `push.send`: pushes to one browser what its holder has not read, worded with what he may see now.

use std::sync::Arc;

use guanxi_collaboration::{Outside, told_outside};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::outreach::push::{self, Subscription, TOO_LATE};
use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use guanxi_messages::{LARGEST_MESSAGE, Outcome, Seed, SubscriberKeys, encrypt};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Means, push_key};
use crate::auth::token::sha256_hex;

/// So often a push service may ask to come later.
const MOST_PUT_OFF: i64 = 8;
/// Most characters of what a push says.
const LONGEST: usize = 300;
/// Characters of the name under which a later push takes the place of an earlier one (RFC 8030, 5.4).
const TOPIC: usize = 32;

/// See the module.
pub struct SendPush(pub Arc<Means>);

impl JobHandler for SendPush {
    fn kind(&self) -> &str {
        push::SEND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(id) = payload["subscription"].as_str().and_then(|it| it.parse::<Uuid>().ok()) else { return Ok(()) };
        let since = payload["since"].as_str().and_then(|it| it.parse::<Timestamp>().ok()).unwrap_or(context.now);
        if since + TOO_LATE < context.now {
            return Ok(());
        }
        let Some(subscription) = push::live_subscription(context, id)? else { return push::forget(context, id) };
        let news: Vec<Uuid> = payload["news"].as_array().into_iter().flatten().filter_map(|it| it.as_str()?.parse().ok()).collect();
        let Some(told) = told_outside(context, subscription.member, &news)? else { return Ok(()) };
        let outcome = self.push(context, &subscription, &told)?;
        settle(context, id, payload, outcome)
    }
}

impl SendPush {
    fn push(&self, context: &Context, subscription: &Subscription, told: &Outside) -> Result<Outcome> {
        let outcome = self.push_content(context, subscription, told, content(told))?;
        if outcome == Outcome::TooLarge {
            // That there is something is told all the same.
            return self.push_content(context, subscription, told, short(told));
        }
        Ok(outcome)
    }

    fn push_content(&self, context: &Context, subscription: &Subscription, told: &Outside, content: Json) -> Result<Outcome> {
        let keys = match SubscriberKeys::read(&subscription.p256dh, &subscription.auth) {
            Ok(keys) => keys,
            Err(name) => return Ok(Outcome::Refused(format!("the browser's {name} is no key"))),
        };
        let mut random = [0; 48];
        context.workspace.ids.random(&mut random);
        let seed = Seed::new(random).ok_or_else(|| KernelError::Internal("a new key is none".into()))?;
        let text = content.to_string();
        if text.len() > LARGEST_MESSAGE {
            return Ok(Outcome::TooLarge);
        }
        let Some(body) = encrypt(&keys, &seed, text.as_bytes()) else { return Ok(Outcome::TooLarge) };
        let key = push_key(context, &self.0.vault)?;
        let topic: String = sha256_hex(tag(told).as_bytes()).chars().take(TOPIC).collect();
        Ok(self.0.push.send(&subscription.endpoint, body, &topic, &key, context.workspace.clock.now()))
    }
}

/// The same at every try: a push that comes twice shows once.
fn tag(told: &Outside) -> String {
    match told.lines.as_slice() {
        [only] => only.id.simple().to_string(),
        lines => format!("{}:{}", lines.len(), lines.first().map_or(Uuid::nil(), |it| it.id).simple()),
    }
}

fn say(locale: Locale, zh_cn: String, en: String) -> String {
    locale.pick(&Label::new(zh_cn, en)).to_owned()
}

/// Where a push leads, within the company's part of the server.
fn path(told: &Outside) -> String {
    match told.lines.as_slice() {
        [only] => format!("/notifications?open={}", only.id),
        _ => "/notifications".to_owned(),
    }
}

/// What the browser is told: a title, a sentence, where it leads.
fn content(told: &Outside) -> Json {
    let count = told.lines.len();
    let first: String = told.lines.first().map(|it| it.sentence.chars().take(LONGEST).collect()).unwrap_or_default();
    let text = if count > 1 {
        say(told.locale, format!("{first}（共{count}条新通知）"), format!("{first} ({count} new notifications)"))
    } else {
        first
    };
    json!({ "title": told.company, "body": text, "path": path(told), "tag": tag(told) })
}

fn short(told: &Outside) -> Json {
    let text = say(told.locale, "您有新的通知".into(), "You have new notifications".into());
    json!({ "title": "Guanxi", "body": text, "path": path(told), "tag": tag(told) })
}

/// What follows from how it went.
fn settle(context: &Context, id: Uuid, payload: &Json, outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Taken => push::note(context, id, None),
        Outcome::Gone => push::forget(context, id),
        Outcome::TooLarge => push::note(context, id, Some("the push service takes no message of this size")),
        Outcome::Refused(reason) => push::note(context, id, Some(&reason)),
        Outcome::Later(until, reason) => {
            push::note(context, id, Some(&reason))?;
            if payload["again"].as_i64().unwrap_or_default() < MOST_PUT_OFF { push::put_off(context, payload, until) } else { Ok(()) }
        }
        Outcome::Failed(reason) => {
            push::note(context, id, Some(&reason))?;
            Err(KernelError::Internal(format!("a push service: {reason}")))
        }
    }
}
