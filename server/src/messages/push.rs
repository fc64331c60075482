//! `push.send`: pushes to the browsers of a member what he has not read, worded with what he may see now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_collaboration::{Outside, Telling, Way, told_outside};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::outreach::push::{self, PushOutcome, Subscription, TOO_LATE};
use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use guanxi_messages::{LARGEST_MESSAGE, Outcome, Seed, SubscriberKeys, encrypt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Means, push_key};
use crate::auth::token::sha256_hex;

/// Most characters of what a push says.
const LONGEST: usize = 300;
/// Characters of the name under which a later push takes the place of an earlier one (RFC 8030, 5.4).
const TOPIC: usize = 32;
/// One job holds a thread no longer than that and what one push takes: the browsers it has not come to by then are told by another.
const BUDGET: Duration = Duration::from_secs(8);
/// Pause before those are.
const NEXT: SignedDuration = SignedDuration::from_secs(30);
/// A push service that takes longer is left alone for a while.
const SLOW: Duration = Duration::from_secs(2);

/// See the module.
pub struct SendPush(pub Arc<Means>);

fn ids(list: &Json) -> Option<Vec<Uuid>> {
    Some(list.as_array()?.iter().filter_map(|it| it.as_str()?.parse().ok()).collect())
}

impl JobHandler for SendPush {
    fn kind(&self) -> &str {
        push::SEND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(member) = payload["member"].as_str().and_then(|it| it.parse::<Uuid>().ok()) else { return Ok(()) };
        let since = payload["since"].as_str().and_then(|it| it.parse::<Timestamp>().ok()).unwrap_or(context.now);
        if since + TOO_LATE < context.now {
            return Ok(());
        }
        let to = ids(&payload["to"]);
        let told = match told_outside(context, Way::Push, member, &ids(&payload["news"]).unwrap_or_default())? {
            Telling::Nothing => return Ok(()),
            Telling::Later(until) => return push::put_off(context, payload, None, until),
            Telling::Now(told) => told,
        };
        let mut again: BTreeMap<Timestamp, Vec<Uuid>> = BTreeMap::new();
        let begun = Instant::now();
        for subscription in push::live_subscriptions(context, member)? {
            if to.as_ref().is_some_and(|it| !it.contains(&subscription.id)) {
                continue;
            }
            let next = if begun.elapsed() > BUDGET { Some(context.now + NEXT) } else { self.reach(context, &subscription, &told)? };
            if let Some(next) = next {
                again.entry(next).or_default().push(subscription.id);
            }
        }
        again.iter().try_for_each(|(until, to)| push::put_off(context, payload, Some(to.as_slice()), *until))
    }
}

impl SendPush {
    /// Pushes to one browser, unless its service is to be left alone for now. Answers when to try again, where that is to be.
    fn reach(&self, context: &Context, subscription: &Subscription, told: &Outside) -> Result<Option<Timestamp>> {
        if let Some(until) = subscription.rests_until(context.now) {
            return Ok(Some(until));
        }
        let begun = Instant::now();
        let outcome = match self.push(context, subscription, told)? {
            Outcome::Gone => return push::forget(context, subscription.id).map(|()| None),
            Outcome::Taken if begun.elapsed() > SLOW => PushOutcome::CameSlowly,
            Outcome::Taken => PushOutcome::Came,
            Outcome::TooLarge => PushOutcome::Refused("the push service takes no message of this size".into()),
            Outcome::Refused(reason) => PushOutcome::Refused(reason),
            Outcome::Later(until, reason) => PushOutcome::Later(until, reason),
            Outcome::Failed(reason) => PushOutcome::Failed(reason),
        };
        push::note(context, subscription.id, &outcome)
    }

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
