//! Telling members what concerns them: news are read from the event log, gathered into one line each for what belongs
//! together, and shown to those alone who may see what they speak of.

mod deliver;
mod due;
mod found;
mod invitations;
mod mail;
mod news;
mod outside;
mod preferences;
mod read;
mod rules;
mod work;

pub use due::WatchTasks;
pub use outside::{Outside, OutsideLine, Telling, all as outside, told_outside};
pub use preferences::Way;
pub use rules::RuleHook;

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::provenance::FOLLOW_SOURCES;
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::store::ReadTx;
use jiff::SignedDuration;

/// The object of notifications.
pub const NOTIFICATION: &str = "notification";
/// The object that says who follows what.
pub const FOLLOW: &str = "follow";
/// What happened longer ago is told nobody: the history of a company that was taken over, or a server that stood still.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The reader of the event log that tells members what concerns them.
pub struct Notify;

impl LogReader for Notify {
    fn name(&self) -> &str {
        "collaboration.notify"
    }

    // Views that somebody follows may ask what set a field.
    fn after(&self) -> Option<&'static str> {
        Some(FOLLOW_SOURCES)
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let recent: Vec<&Event> = events.iter().filter(|it| it.at >= context.now - LATEST).collect();
        let mut found = read::news_of(context, tx, &recent)?;
        found.news.extend(found::news_of_views(context, tx, &recent)?);
        let told = deliver::choose(context, tx, found.news)?;
        let follows = deliver::choose_follows(context, tx, found.follows)?;
        if told.is_empty() && follows.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(move |unit| {
            deliver::write(unit, &told)?;
            deliver::write_follows(unit, &follows)
        })))
    }
}
