//! `sms.send`: hands one text message to the gateway, worded with what its reader may see now.

use std::sync::Arc;

use guanxi_collaboration::{Outside, Telling, Way, told_outside};
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::outreach::sms::{self, SmsMessage, SmsOutcome, TOO_LATE};
use guanxi_kernel::outreach::sms_number::confirmed_number;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use guanxi_messages::Outcome;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Means;
use super::gateway::hand_over;

/// Most characters of what a message says, its link apart: one message of a phone has 70.
const LONGEST: usize = 60;

/// See the module.
pub struct SendSms(pub Arc<Means>);

impl JobHandler for SendSms {
    fn kind(&self) -> &str {
        sms::SEND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(id) = payload["message"].as_str().and_then(|it| it.parse::<Uuid>().ok()) else { return Ok(()) };
        let found = context.workspace.store.read_with(|tx| {
            let Some(message) = sms::message(tx, id)? else { return Ok(None) };
            // Another number, or none any more: what was meant for the old one does not go there.
            let number = confirmed_number(tx, message.member)?;
            Ok::<_, KernelError>(Some((message, number)))
        })?;
        let Some((message, number)) = found.filter(|it| it.0.state == "waiting") else { return Ok(()) };
        let give_up = |reason: &str| sms::note(context, &message, &SmsOutcome::GivenUp(reason.into())).map(drop);
        if number.as_deref() != Some(message.number.as_str()) {
            return give_up("the member's number is another one by now");
        }
        if message.created_at + TOO_LATE < context.now {
            return give_up("it could not be sent for a day");
        }
        let told = match told_outside(context, Way::Sms, message.member, &message.news)? {
            Telling::Nothing => return give_up("it was read meanwhile, or is not to be told any more"),
            Telling::Later(until) => return sms::put_off(context, message.id, until),
            Telling::Now(told) => told,
        };
        let outcome = hand_over(context, &self.0, &message, &text(context, &told))?;
        settle(context, &message, outcome)
    }
}

fn settle(context: &Context, message: &SmsMessage, outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Taken => sms::note(context, message, &SmsOutcome::Sent).map(drop),
        Outcome::Gone => sms::note(context, message, &SmsOutcome::GivenUp("HTTP 410".into())).map(drop),
        Outcome::TooLarge => sms::note(context, message, &SmsOutcome::GivenUp("HTTP 413".into())).map(drop),
        Outcome::Refused(reason) => sms::note(context, message, &SmsOutcome::GivenUp(reason)).map(drop),
        Outcome::Later(until, reason) => again(context, message, reason, until),
        Outcome::Failed(reason) => again(context, message, reason, context.now + sms::pause_after(message.attempts)),
    }
}

/// Notes that it did not go, and has it tried again then, within a day.
fn again(context: &Context, message: &SmsMessage, reason: String, until: Timestamp) -> Result<()> {
    if sms::note(context, message, &SmsOutcome::Failed(reason))? { sms::put_off(context, message.id, until) } else { Ok(()) }
}

/// Short, with a link to the exact place.
fn text(context: &Context, told: &Outside) -> String {
    let count = told.lines.len();
    let several = || told.locale.pick(&Label::new(format!("您有{count}条新通知"), format!("{count} new notifications"))).to_owned();
    let (said, path) = match told.lines.as_slice() {
        [only] => (only.sentence.clone(), format!("/notifications?open={}", only.id)),
        _ => (several(), "/notifications".to_owned()),
    };
    let whole = format!("{}{}{said}", told.company, told.locale.pick(&Label::new("：", ": ")));
    let one_line = whole.chars().map(|it| if it.is_control() { ' ' } else { it });
    let short: String = if whole.chars().count() > LONGEST { one_line.take(LONGEST - 1).chain(['…']).collect() } else { one_line.collect() };
    match context.workspace.address(&path) {
        Some(link) => format!("{short} {link}"),
        None => short,
    }
}
