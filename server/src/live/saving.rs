//! How texts come into their records: by the one way in, for whoever edited last, once nobody has edited for a moment, and
//! when the last reader leaves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_kernel::access::context_of;
use guanxi_kernel::coedit::{self, Saved};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::page::{Unsaved, text};
use super::pages::{Pages, is_fault};
use super::protocol::{LeftReason, Out, ToClient};

/// A text comes into its record when nobody has edited it for so long,
const QUIET: Duration = Duration::from_secs(4);
/// and in any case when the record has lacked edits for so long.
const LONGEST: Duration = Duration::from_secs(20);
/// Pause after the database could not do it.
const AGAIN: Duration = Duration::from_secs(5);
/// Texts that somebody left behind are looked for this often.
const SEARCH: Duration = Duration::from_secs(30);
/// Whoever has not brought an edit into its record for so long has gone.
const LEFT_BEHIND: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// Texts of those looked after at once.
const AT_ONCE: u64 = 1_000;
/// How often others may write the field while we do.
const TRIES: usize = 3;

/// What came of it.
enum Outcome {
    /// The record has it, or never will.
    Done,
    /// The record does not take it.
    Refused(KernelError),
    /// Later.
    Failed,
}

impl Pages {
    /// Saves texts whose time has come; all of them at the end.
    pub(super) fn save_due(&mut self, workspace: &Arc<Workspace>, all: bool) {
        let is_due = |it: &Unsaved| !it.refused && (it.last.elapsed() >= QUIET || it.since.elapsed() >= LONGEST);
        let due: Vec<u64> = self.pages.iter().filter(|it| it.1.unsaved.as_ref().is_some_and(|it| all || is_due(it))).map(|it| *it.0).collect();
        for doc in due {
            self.save(workspace, doc);
            self.save_if_left(workspace, doc);
        }
    }

    /// Saves a text that nobody reads any more, and closes it.
    pub(super) fn save_if_left(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        if self.pages.get(&doc).is_none_or(|it| !it.readers.is_empty()) {
            return;
        }
        if self.pages.get(&doc).is_some_and(|it| it.unsaved.is_some_and(|it| !it.refused)) {
            self.save(workspace, doc);
        }
        // What could not be written is kept, and found again.
        if self.pages.get(&doc).is_some_and(|it| it.unsaved.is_none_or(|it| it.refused)) {
            self.pages.remove(&doc);
        }
    }

    fn save(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        let Some(unsaved) = self.pages.get(&doc).and_then(|it| it.unsaved) else { return };
        match self.try_save(workspace, doc, unsaved.by) {
            Ok(Outcome::Done) => {
                if let Some(page) = self.pages.get_mut(&doc) {
                    page.unsaved = None;
                    self.tell_readers(workspace, doc, |_| ToClient::Written { doc });
                }
            }
            Ok(Outcome::Refused(error)) => {
                if let Some(page) = self.pages.get_mut(&doc) {
                    page.unsaved = Some(Unsaved { refused: true, ..unsaved });
                    self.tell_readers(workspace, doc, |locale| ToClient::Unwritten { doc, reason: reason_of(&error, locale) });
                }
            }
            Ok(Outcome::Failed) => self.wait(doc, unsaved),
            Err(error) => {
                tracing::warn!(%error, "a text cannot be written into its record");
                self.wait(doc, unsaved);
            }
        }
    }

    /// It is tried again after a while.
    fn wait(&mut self, doc: u64, unsaved: Unsaved) {
        if let Some(page) = self.pages.get_mut(&doc) {
            let now = Instant::now();
            let last = now.checked_sub(QUIET).map_or(now, |it| it + AGAIN);
            page.unsaved = Some(Unsaved { since: now, last, ..unsaved });
        }
    }

    fn tell_readers(&mut self, workspace: &Arc<Workspace>, doc: u64, message: impl Fn(Locale) -> ToClient) {
        let readers: Vec<u64> = self.pages.get(&doc).into_iter().flat_map(|it| it.readers.keys().copied()).collect();
        for id in readers {
            let Some(locale) = self.guests.get(&id).map(|it| it.watcher.context.locale) else { continue };
            self.say(workspace, id, Out::Say(message(locale)));
        }
    }

    fn try_save(&mut self, workspace: &Arc<Workspace>, doc: u64, by: Uuid) -> Result<Outcome> {
        let (own, engine) = editors(workspace, by)?;
        for _ in 0..TRIES {
            let Some(page) = self.pages.get(&doc) else { return Ok(Outcome::Done) };
            let (html, state) = (page.document.html(), text(&page.document.state()));
            let save = |context: &Context| coedit::save(context, &page.address, &html, &state, page.seq, page.epoch);
            let saved = match save(&own) {
                // He might when he made the edits; that he may no longer does not undo them.
                Err(error) if !is_fault(&error) && !matches!(error, KernelError::Invalid(_)) => save(&engine),
                other => other,
            };
            match saved {
                Ok(Saved::Written(_)) => return Ok(Outcome::Done),
                Ok(Saved::Otherwise(_)) => self.bring_in_line(workspace, doc),
                Ok(Saved::Renewed) => {
                    self.shut(workspace, doc, LeftReason::Renewed);
                    return Ok(Outcome::Done);
                }
                Err(KernelError::NotFound) => {
                    self.shut(workspace, doc, LeftReason::Gone);
                    return Ok(Outcome::Done);
                }
                Err(error) if is_fault(&error) => return Err(error),
                Err(error) => return Ok(Outcome::Refused(error)),
            }
        }
        Ok(Outcome::Failed)
    }

    /// Looks after texts whose edits somebody took, and went away before their records had them.
    pub(super) fn search(&mut self, workspace: &Arc<Workspace>) {
        let first = self.searched_at.is_none();
        if self.searched_at.is_some_and(|it| it.elapsed() < SEARCH) {
            return;
        }
        self.searched_at = Some(Instant::now());
        // At the beginning it was this process itself, before it was started again.
        let before = if first { workspace.clock.now() + jiff::SignedDuration::from_secs(1) } else { workspace.clock.now() - LEFT_BEHIND };
        let found = match workspace.store.read_with(|tx| coedit::left_behind(tx, before, AT_ONCE)) {
            Ok(found) => found,
            Err(error) => return tracing::warn!(%error, "texts that were left behind cannot be looked for"),
        };
        for address in found {
            if self.pages.values().any(|it| it.address == address) {
                continue;
            }
            match self.open(workspace, &address) {
                Ok(Some(doc)) => self.save_if_left(workspace, doc),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "a text that was left behind cannot be opened"),
            }
        }
    }
}

/// A member as he may act himself, and the engine acting for him.
fn editors(workspace: &Arc<Workspace>, member: Uuid) -> Result<(Context, Context)> {
    let system = workspace.system_context(member, "coedit");
    let own = workspace.store.read_with(|tx| context_of(&system, tx, member))?;
    Ok(own.map_or_else(|| (system.clone(), system.clone()), |own| (own.clone(), own.as_system())))
}

/// Why a record does not take a text, in words.
fn reason_of(error: &KernelError, locale: Locale) -> String {
    match error {
        KernelError::Invalid(problems) => problems.iter().map(|it| locale.pick(&it.message)).collect::<Vec<_>>().join(" · "),
        KernelError::Conflict { message, .. } | KernelError::BadRequest { message, .. } => locale.pick(message).to_owned(),
        other => other.to_string(),
    }
}
