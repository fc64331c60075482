//! The thread of a desk: takes edits in, makes them durable, tells all who read the text, and writes it into its record.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use guanxi_kernel::coedit::{self, Address, Standing};
use guanxi_kernel::store::{Messenger, StoreExt as _};
use guanxi_kernel::workspace::{RightsMark, Workspace};
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::desk::{Command, Join, Sitting};
use super::news::Said;
use super::page::{Flushed, Page, Taken, text};
use super::protocol::{LeftReason, Out, ToClient, Why};
use super::watcher::{Asked, Watcher};
use crate::coedit::Refused;
use crate::coedit::document::check;

/// Looks this often even when nobody says anything.
const LOOK: Duration = Duration::from_millis(500);
/// Texts open at once.
const MOST_OPEN: usize = 500;
/// Texts one client has open at once.
const MOST_JOINED: usize = 16;

/// Somebody at the desk.
pub(super) struct Guest {
    pub(super) watcher: Watcher,
    pub(super) joined: HashSet<u64>,
    /// Names of members, as far as he was told of them.
    pub(super) names: HashMap<Uuid, Option<String>>,
    waiting: Arc<AtomicUsize>,
}

/// See the module.
pub struct Pages {
    workspace: Weak<Workspace>,
    pub(super) messenger: Option<Arc<dyn Messenger>>,
    /// Taken back before the log is read: commits after that are news again.
    pub(super) told: Arc<AtomicBool>,
    pub(super) guests: BTreeMap<u64, Guest>,
    pub(super) pages: BTreeMap<u64, Page>,
    next: u64,
    pub(super) mark: RightsMark,
    /// Up to where the log was read; `None` while nothing is open.
    pub(super) reached: Option<i64>,
    pub(super) read_at: Instant,
    /// When what other nodes kept was last looked for.
    pub(super) pulled_at: Instant,
    pub(super) news: bool,
    /// When texts that somebody left behind were last looked for.
    pub(super) searched_at: Option<Instant>,
}

impl Pages {
    /// Nobody sits there, and nothing is open.
    pub fn new(workspace: &Arc<Workspace>, messenger: Option<Arc<dyn Messenger>>, told: Arc<AtomicBool>) -> Self {
        Self {
            workspace: Arc::downgrade(workspace),
            messenger,
            told,
            guests: BTreeMap::new(),
            pages: BTreeMap::new(),
            next: 1,
            mark: RightsMark::default(),
            reached: None,
            read_at: Instant::now(),
            pulled_at: Instant::now(),
            news: false,
            searched_at: None,
        }
    }

    /// Until the workspace is gone or it is told to end.
    pub fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let first = match commands.recv_timeout(LOOK) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let Some(workspace) = self.workspace.upgrade() else { break };
            let all: Vec<Command> = first.into_iter().chain(commands.try_iter()).collect();
            let ends = all.iter().any(|it| matches!(it, Command::End));
            self.news |= all.iter().any(|it| matches!(it, Command::News));
            // Rights first: what was withdrawn before an edit came holds for it.
            self.follow(&workspace);
            for command in all {
                self.obey(&workspace, command);
            }
            self.flush_all(&workspace);
            self.save_due(&workspace, ends);
            if ends {
                break;
            }
            self.search(&workspace);
        }
        for guest in self.guests.values() {
            guest.watcher.say(Out::Close(Why::Stopping));
        }
    }

    fn obey(&mut self, workspace: &Arc<Workspace>, command: Command) {
        match command {
            Command::News | Command::End => {}
            Command::Heard(said) => self.hear(workspace, &said),
            Command::Sit(sitting) => self.sit(*sitting),
            Command::Join(id, join) => self.join(workspace, id, *join),
            Command::Edit(id, doc, n, update) => {
                if let Some(guest) = self.guests.get(&id) {
                    guest.waiting.fetch_sub(update.len(), Ordering::AcqRel);
                }
                self.edit(workspace, id, doc, n, &update);
            }
            Command::Cursor(id, doc, client, at) => self.stand(workspace, id, doc, client, at),
            Command::Leave(id, doc) => self.leave(workspace, id, doc),
            Command::Gone(id) => self.dismiss(workspace, id),
        }
    }

    fn sit(&mut self, sitting: Sitting) {
        let Sitting { id, caller, context, queue, waiting } = sitting;
        let watcher = Watcher::new(caller, context, queue, self.mark);
        self.guests.insert(id, Guest { watcher, joined: HashSet::new(), names: HashMap::new(), waiting });
    }

    /// Somebody gets up: he leaves all he had joined.
    pub(super) fn dismiss(&mut self, workspace: &Arc<Workspace>, id: u64) {
        let Some(guest) = self.guests.remove(&id) else { return };
        for doc in guest.joined {
            self.leave(workspace, id, doc);
        }
    }

    /// Ends a connection with a reason.
    fn end(&mut self, workspace: &Arc<Workspace>, id: u64, why: Why) {
        if let Some(guest) = self.guests.get(&id) {
            guest.watcher.say(Out::Close(why));
        }
        self.dismiss(workspace, id);
    }

    /// Tells somebody something; who takes too little of what he is told is sent away.
    pub(super) fn say(&mut self, workspace: &Arc<Workspace>, id: u64, message: Out) {
        if self.guests.get(&id).is_some_and(|it| !it.watcher.say(message)) {
            self.dismiss(workspace, id);
        }
    }

    /// Whether somebody is still who he was; his rights are known here then.
    pub(super) fn is_sure_of(&mut self, workspace: &Arc<Workspace>, id: u64) -> bool {
        let (mark, now) = (self.mark, workspace.clock.now());
        let Some(guest) = self.guests.get_mut(&id) else { return false };
        if guest.watcher.holds(mark, now) {
            return true;
        }
        match guest.watcher.ask(mark) {
            Ok(Asked::Same) => true,
            Ok(Asked::Changed) => {
                guest.names.clear();
                self.check_joined(workspace, id);
                self.guests.contains_key(&id)
            }
            Ok(Asked::Gone) => {
                self.end(workspace, id, Why::SignedOut);
                false
            }
            Err(error) => {
                tracing::warn!(%error, "who edits a text cannot be asked who he is");
                false
            }
        }
    }

    fn join(&mut self, workspace: &Arc<Workspace>, id: u64, join: Join) {
        if !self.is_sure_of(workspace, id) {
            return;
        }
        match self.try_join(workspace, id, &join) {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => self.say(workspace, id, left(&join.address, reason)),
            Err(error) => {
                tracing::warn!(%error, "a text cannot be opened");
                self.say(workspace, id, left(&join.address, LeftReason::Busy));
            }
        }
    }

    fn try_join(&mut self, workspace: &Arc<Workspace>, id: u64, join: &Join) -> Result<std::result::Result<(), LeftReason>> {
        let Some(guest) = self.guests.get(&id) else { return Ok(Ok(())) };
        let context = guest.watcher.context_at(workspace.clock.now());
        let standing = workspace.store.read_with(|tx| coedit::standing(&context, tx, &join.address))?;
        if standing == Standing::Nothing {
            return Ok(Err(LeftReason::Gone));
        }
        if guest.joined.len() >= MOST_JOINED {
            return Ok(Err(LeftReason::Busy));
        }
        let Some(number) = self.open(workspace, &join.address)? else { return Ok(Err(LeftReason::Gone)) };
        if number == 0 {
            return Ok(Err(LeftReason::Busy));
        }
        let Some(page) = self.pages.get_mut(&number) else { return Ok(Err(LeftReason::Busy)) };
        let copy = join.vector.as_ref().filter(|_| join.epoch == Some(page.epoch));
        let lacking = match copy {
            Some(vector) => page.document.lacking(vector),
            None => Ok(page.document.state()),
        };
        let update = match lacking {
            Ok(update) => text(&update),
            Err(refused) => {
                self.refuse(workspace, id, number, refused);
                return Ok(Ok(()));
            }
        };
        let write = standing == Standing::Edit;
        page.readers.insert(id, write);
        let (epoch, vector) = (page.epoch, text(&page.document.vector()));
        if let Some(guest) = self.guests.get_mut(&id) {
            guest.joined.insert(number);
        }
        let Address { object, record, field } = join.address.clone();
        self.say(workspace, id, Out::Say(ToClient::Joined { object, id: record, field, doc: number, epoch, write, update, vector }));
        self.tell_cursors(workspace, id, number);
        Ok(Ok(()))
    }

    /// The number of a text, which is opened where it is not; 0 where too many are.
    pub(super) fn open(&mut self, workspace: &Arc<Workspace>, address: &Address) -> Result<Option<u64>> {
        if let Some((number, _)) = self.pages.iter().find(|it| it.1.address == *address) {
            return Ok(Some(*number));
        }
        if self.pages.len() >= MOST_OPEN {
            return Ok(Some(0));
        }
        if self.pages.is_empty() {
            // What happens from here on is followed.
            self.begin_following(workspace)?;
        }
        let Some(page) = Page::open(workspace, address, Instant::now())? else { return Ok(None) };
        let number = self.next;
        self.next += 1;
        self.pages.insert(number, page);
        Ok(Some(number))
    }

    fn edit(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64, n: u64, update: &[u8]) {
        if !self.is_sure_of(workspace, id) {
            return;
        }
        let (Some(guest), Some(page)) = (self.guests.get(&id), self.pages.get_mut(&doc)) else { return };
        let member = guest.watcher.context.actor;
        match page.readers.get(&id).copied() {
            // He has left it, or was sent away, while this was on its way.
            None => return,
            Some(false) => return self.send_away(workspace, id, doc, LeftReason::ReadOnly),
            Some(true) => {}
        }
        match take(page, member, update) {
            Ok(update) => page.batch.push(Taken { listener: id, n, member, update }),
            Err((refused, touched)) => {
                if touched {
                    self.restore(workspace, doc);
                }
                self.refuse(workspace, id, doc, refused);
            }
        }
    }

    /// After an edit that was refused: what came before it is made durable, and the document loaded anew.
    fn restore(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        self.flush(workspace, doc);
        let reloaded = self.pages.get_mut(&doc).map(|it| it.reload(workspace));
        if let Some(Err(_) | Ok(false)) = reloaded {
            self.shut(workspace, doc, LeftReason::Busy);
        }
    }

    fn refuse(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64, refused: Refused) {
        match refused {
            Refused::Malformed(reason) => self.end(workspace, id, Why::Malformed(format!("this is no edit: {reason}"))),
            Refused::TooLarge => self.send_away(workspace, id, doc, LeftReason::TooLarge),
        }
    }

    /// Ends somebody's part in a text, and says why.
    pub(super) fn send_away(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64, reason: LeftReason) {
        let Some(address) = self.pages.get(&doc).map(|it| it.address.clone()) else { return };
        self.leave(workspace, id, doc);
        self.say(workspace, id, left(&address, reason));
    }

    pub(super) fn leave(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64) {
        if let Some(guest) = self.guests.get_mut(&id) {
            guest.joined.remove(&doc);
        }
        // What he sent before he left counts.
        self.flush(workspace, doc);
        let Some(page) = self.pages.get_mut(&doc) else { return };
        page.readers.remove(&id);
        let gone: Vec<u64> = page.cursors.iter().filter(|it| it.1.listener == Some(id)).map(|it| *it.0).collect();
        for client in gone {
            self.forget_cursor(workspace, doc, client);
        }
        self.save_if_left(workspace, doc);
    }

    /// Closes a text at once; everybody leaves it. Its edits stay where they are kept.
    pub(super) fn shut(&mut self, workspace: &Arc<Workspace>, doc: u64, reason: LeftReason) {
        let Some(page) = self.pages.remove(&doc) else { return };
        for id in page.readers.into_keys() {
            if let Some(guest) = self.guests.get_mut(&id) {
                guest.joined.remove(&doc);
            }
            self.say(workspace, id, left(&page.address, reason));
        }
    }

    fn flush_all(&mut self, workspace: &Arc<Workspace>) {
        let due: Vec<u64> = self.pages.iter().filter(|it| !it.1.batch.is_empty()).map(|it| *it.0).collect();
        for doc in due {
            self.flush(workspace, doc);
        }
    }

    /// Makes the edits of a text durable and tells of them.
    fn flush(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        let Some(page) = self.pages.get_mut(&doc).filter(|it| !it.batch.is_empty()) else { return };
        let flushed = page.flush(workspace);
        let batch = std::mem::take(&mut page.batch);
        match flushed {
            Err(error) => {
                tracing::warn!(%error, "edits of a text cannot be kept");
                return self.shut(workspace, doc, LeftReason::Busy);
            }
            Ok(Flushed::Renewed) => return self.shut(workspace, doc, LeftReason::Renewed),
            Ok(Flushed::Done(news)) => {
                if let Some(last) = batch.iter().rev().find(|it| !it.update.is_empty()) {
                    page.note_unsaved(last.member, Instant::now());
                    let address = page.address.clone();
                    self.tell_nodes(&Said::Edited(address));
                }
                let authors: HashSet<u64> = batch.iter().map(|it| it.listener).collect();
                let own = batch.iter().filter(|it| !it.update.is_empty()).map(|it| it.update.as_slice());
                let updates: Vec<String> = news.iter().map(Vec::as_slice).chain(own).map(text).collect();
                // One alone knows what he wrote; of many each gets all, and knows what is his.
                let alone = authors.iter().next().copied().filter(|_| authors.len() == 1 && news.is_empty());
                self.tell_edits(workspace, doc, updates, alone);
            }
        }
        let mut taken: BTreeMap<u64, u64> = BTreeMap::new();
        for edit in &batch {
            taken.entry(edit.listener).and_modify(|it| *it = (*it).max(edit.n)).or_insert(edit.n);
        }
        for (id, n) in taken {
            self.say(workspace, id, Out::Say(ToClient::Taken { doc, n }));
        }
    }

    /// Tells all who read a text of edits, but one.
    pub(super) fn tell_edits(&mut self, workspace: &Arc<Workspace>, doc: u64, updates: Vec<String>, but: Option<u64>) {
        let Some(page) = self.pages.get(&doc).filter(|_| !updates.is_empty()) else { return };
        let readers: Vec<u64> = page.readers.keys().copied().filter(|it| Some(*it) != but).collect();
        let message = ToClient::Edits { doc, updates }.text();
        for id in readers {
            self.say(workspace, id, Out::Text(message.clone()));
        }
    }
}

/// Takes an edit into the document; answers it as it is kept, or why it is refused and whether it may have left something.
fn take(page: &mut Page, member: Uuid, update: &[u8]) -> std::result::Result<Vec<u8>, (Refused, bool)> {
    let gated = check(update).map_err(|it| (it, false))?;
    for inserted in &gated.inserts {
        if inserted.to <= page.document.clock(inserted.client) {
            continue;
        }
        // Under another's name it would stand in the place of what he is writing.
        if *page.owners.entry(inserted.client).or_insert(member) != member {
            return Err((Refused::Malformed("it edits under the name of another"), false));
        }
    }
    let before = page.document.vector();
    let taken = page.document.edit(update, &gated).map_err(|it| (it, true))?;
    // Two numbers, both nought: nothing inserted and nothing deleted.
    let changes = taken != [0, 0] || page.document.vector() != before;
    Ok(if changes { taken } else { Vec::new() })
}

/// That somebody edits a text no more.
pub(super) fn left(address: &Address, reason: LeftReason) -> Out {
    let Address { object, record, field } = address.clone();
    Out::Say(ToClient::Left { object, id: record, field, reason })
}

/// Whether an error says that the database is at fault, and not what was asked of it.
pub(super) fn is_fault(error: &KernelError) -> bool {
    matches!(error, KernelError::Store(_) | KernelError::Internal(_))
}
