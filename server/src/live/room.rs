//! The thread of a hub: reads the log once for all listeners, and hands on to each what he wants and may see.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use guanxi_kernel::events::{Event, head, read_after};
use guanxi_kernel::store::{Messenger, StoreExt as _};
use guanxi_kernel::workspace::{RightsMark, Workspace};
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::audience::{Told, batches, objects_of, told};
use super::hub::{Command, Joining, Watch};
use super::interest::Index;
use super::presence::Presence;
use super::protocol::{Out, ToClient, Why};
use super::views::Views;
use super::watcher::{Asked, Watcher};
use crate::shutdown::Shutdown;

/// Looks this often even without news: for those of other nodes, and whether the end has begun.
const LOOK: Duration = Duration::from_millis(500);
/// Reads the log this often even without news: another process may have written.
const READ: Duration = Duration::from_secs(5);
/// Commits that come closer together than this are handed on together.
const TOGETHER: Duration = Duration::from_millis(20);
/// Most events read at once.
const PAGE: u64 = 1_000;
/// Who is further behind loads anew what he shows rather than be told each event.
const MOST_BEHIND: i64 = 5_000;
/// For so long it is remembered when the log had come how far.
const REMEMBERED: Duration = Duration::from_mins(5);
/// What a client has loaded may have been read so much earlier than it came to him.
const SLACK: Duration = Duration::from_secs(2);
/// Listeners asked at once who they are, where nobody waits for it: news come first.
const ASKED_AT_ONCE: usize = 200;
/// Pause after a failure, so that a database that is gone is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(3);

/// See the module.
pub struct Room {
    workspace: Weak<Workspace>,
    shutdown: Shutdown,
    pub(super) watchers: HashMap<u64, Watcher>,
    index: Index,
    views: Views,
    /// Up to where everything was handed on; `None` before the log was first read.
    reached: Option<i64>,
    position: Arc<AtomicI64>,
    /// Taken back before the log is read: commits after that are news again.
    told: Arc<AtomicBool>,
    /// To the other nodes, where there may be any.
    pub(super) messenger: Option<Arc<dyn Messenger>>,
    pub(super) presence: Presence,
    mark: RightsMark,
    /// When the log had come how far, oldest first.
    marks: VecDeque<(Instant, i64)>,
    read_at: Instant,
}

impl Room {
    /// Nobody is there yet.
    pub fn new(
        workspace: &Arc<Workspace>,
        shutdown: Shutdown,
        position: Arc<AtomicI64>,
        told: Arc<AtomicBool>,
        messenger: Option<Arc<dyn Messenger>>,
    ) -> Self {
        Self {
            workspace: Arc::downgrade(workspace),
            shutdown,
            watchers: HashMap::new(),
            index: Index::default(),
            views: Views::default(),
            reached: None,
            position,
            told,
            messenger,
            presence: Presence::new(workspace.ids.next(workspace.clock.now())),
            mark: RightsMark::default(),
            marks: VecDeque::new(),
            read_at: Instant::now(),
        }
    }

    /// Until the workspace or the server is gone.
    pub fn run(mut self, commands: &Receiver<Command>) {
        let mut news = true;
        while !self.shutdown.has_begun() {
            let Some(workspace) = self.workspace.upgrade() else { break };
            let due = self.read_at.elapsed() >= READ;
            if (news && self.read_at.elapsed() >= TOGETHER) || due || self.reached.is_none() {
                match self.read_on(&workspace) {
                    Ok(more) => news = more,
                    Err(error) => {
                        tracing::warn!(%error, "live news wait");
                        self.read_at = Instant::now();
                        std::thread::park_timeout(AFTER_FAILURE.min(LOOK));
                    }
                }
            }
            let patience = if news { TOGETHER.saturating_sub(self.read_at.elapsed()) } else { LOOK };
            drop(workspace);
            let first = match commands.recv_timeout(patience) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match self.obey(first.into_iter().chain(commands.try_iter())) {
                Some(again) => news |= again,
                None => break,
            }
        }
        for (_, watcher) in self.watchers.drain() {
            watcher.say(Out::Close(Why::Stopping));
        }
    }

    /// Does what it was told; answers whether there is news, `None` at the end.
    fn obey(&mut self, commands: impl Iterator<Item = Command>) -> Option<bool> {
        let mut news = false;
        let (mut watches, mut presents) = (Vec::new(), Vec::new());
        for command in commands {
            match command {
                Command::News => {
                    if let Some(messenger) = &self.messenger {
                        messenger.tell("");
                    }
                    news = true;
                }
                Command::Heard(text) if text.is_empty() => news = true,
                Command::Heard(text) => self.hear(&text),
                Command::Join(joining) => self.join(*joining),
                Command::Watch(id, watch) => watches.push((id, watch)),
                Command::Present(id, at) => presents.push((id, at)),
                Command::Leave(id) => self.remove(id),
                Command::End => return None,
            }
        }
        if let Some(workspace) = self.workspace.upgrade() {
            self.look_after_watchers(&workspace);
            if !watches.is_empty() && self.watch(&workspace, watches).is_err() {
                return Some(true);
            }
            for (id, at) in presents {
                self.present(&workspace, id, at);
            }
            self.tell_presence(&workspace);
        }
        Some(news)
    }

    fn join(&mut self, joining: Joining) {
        let Joining { id, caller, context, queue } = joining;
        self.watchers.insert(id, Watcher::new(caller, context, queue, self.mark));
    }

    fn remove(&mut self, id: u64) {
        if let Some(watcher) = self.watchers.remove(&id) {
            self.index.remove(id, &watcher.interest);
            self.presence.put(id, Vec::new());
        }
    }

    fn end(&mut self, id: u64, why: Why) {
        if let Some(watcher) = self.watchers.get(&id) {
            watcher.say(Out::Close(why));
        }
        self.remove(id);
    }

    /// Reads what is new and hands it on; answers whether there may be more.
    fn read_on(&mut self, workspace: &Arc<Workspace>) -> Result<bool> {
        self.told.store(false, Ordering::Release);
        self.read_at = Instant::now();
        // While nobody listens, what happens is nobody's news. Who comes later asks for what he missed by its sequence.
        let reached = self.reached.filter(|_| !self.watchers.is_empty());
        let (mark, events, head) = workspace.store.read_with(|tx| {
            let mark = workspace.rights_mark(tx)?;
            match reached {
                None => {
                    let head = head(tx)?;
                    tx.settle()?;
                    Ok((mark, Vec::new(), head))
                }
                Some(after) => {
                    let events = read_after(tx, after, PAGE)?;
                    if !events.is_empty() {
                        // Nobody is told of what a crash may still take back.
                        tx.settle()?;
                    }
                    let head = events.last().map_or(after, |it| it.seq);
                    Ok((mark, events, head))
                }
            }
        })?;
        if mark != self.mark {
            self.mark = mark;
            self.ask_everybody(workspace)?;
        }
        if !events.is_empty() {
            let wanted = self.index.wanted(&events);
            self.hand_on(workspace, &events, wanted, head);
        }
        if self.reached != Some(head) {
            self.reached = Some(head);
            self.position.store(head, Ordering::Release);
            self.note_mark(head);
        }
        Ok(u64::try_from(events.len()).unwrap_or(u64::MAX) >= PAGE)
    }

    fn note_mark(&mut self, head: i64) {
        let now = Instant::now();
        self.marks.push_back((now, head));
        while self.marks.get(1).is_some_and(|it| now.duration_since(it.0) > REMEMBERED) {
            self.marks.pop_front();
        }
    }

    /// Up to where the log was handed on so long ago; `None` where that is not remembered.
    fn reached_before(&self, age: Duration) -> Option<i64> {
        let then = Instant::now().checked_sub(age + SLACK)?;
        self.marks.iter().rev().find(|it| it.0 <= then).map(|it| it.1)
    }

    /// Hands events to those who want them, each what he may see; all of it reaches up to `seq`. Who cannot be served is
    /// sent away to resume, so that nobody is told anything twice, or not at all.
    fn hand_on(&mut self, workspace: &Arc<Workspace>, events: &[Event], wanted: HashMap<u64, Vec<usize>>, seq: i64) {
        self.views.make_room();
        let schema = workspace.schema();
        let objects = objects_of(&schema, events);
        // By what they see, and among those by what they want.
        let mut groups: HashMap<Vec<u32>, HashMap<Vec<usize>, Vec<u64>>> = HashMap::new();
        for (id, wanted) in wanted {
            match self.is_sure_of(workspace, id) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    self.send_to_resume(&[id], &error);
                    continue;
                }
            }
            let Some(watcher) = self.watchers.get(&id) else { continue };
            let view = self.views.of(&watcher.context, &objects);
            groups.entry(view).or_default().entry(wanted).or_default().push(id);
        }
        for group in groups.into_values() {
            if let Err(error) = self.hand_to_group(workspace, events, &group, seq) {
                let all: Vec<u64> = group.into_values().flatten().collect();
                self.send_to_resume(&all, &error);
            }
        }
    }

    fn send_to_resume(&mut self, listeners: &[u64], error: &KernelError) {
        tracing::warn!(%error, listeners = listeners.len(), "live news cannot be read; listeners are sent to resume");
        listeners.iter().for_each(|it| self.remove(*it));
    }

    /// Hands events to listeners who see the same of them.
    fn hand_to_group(&mut self, workspace: &Arc<Workspace>, events: &[Event], group: &HashMap<Vec<usize>, Vec<u64>>, seq: i64) -> Result<()> {
        let Some(context) = group.values().flatten().find_map(|it| self.watchers.get(it)).map(|it| it.context_at(workspace.clock.now())) else {
            return Ok(());
        };
        let mut places: Vec<usize> = group.keys().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let chosen: Vec<(usize, Event)> = places.iter().map(|it| (*it, events[*it].clone())).collect();
        let seen = told(&context, &chosen)?;
        for (wanted, listeners) in group {
            let events_told: Vec<Told> = wanted.iter().filter_map(|it| seen.get(it)).cloned().collect();
            let parts = batches(events_told, seq);
            let unseen: Vec<Uuid> = wanted.iter().filter(|it| !seen.contains_key(it)).filter_map(|it| events[*it].record).collect();
            for id in listeners {
                self.tell_lost(*id, &unseen);
                if !parts.iter().all(|it| self.watchers.get(id).is_some_and(|watcher| watcher.say(Out::Batch(it.clone())))) {
                    // The queue is full or nobody takes from it. What he has of it he still gets; then he resumes.
                    self.remove(*id);
                }
            }
        }
        Ok(())
    }

    /// Tells a listener which of the records he watches by their ids he does not see any more.
    fn tell_lost(&mut self, id: u64, unseen: &[Uuid]) {
        let Some(watcher) = self.watchers.get_mut(&id).filter(|_| !unseen.is_empty()) else { return };
        let lost: BTreeSet<(Uuid, String)> = unseen.iter().flat_map(|it| watcher.interest.records_of(*it)).cloned().collect();
        if lost.is_empty() {
            return;
        }
        self.index.remove(id, &watcher.interest);
        for (record, object) in lost {
            watcher.say(Out::Say(ToClient::Lost { object: object.clone(), id: record }));
            watcher.interest.records.remove(&(record, object));
        }
        self.index.add(id, &watcher.interest);
    }

    /// Whether a listener is still who he was, with the rights known here; asks anew where that is not sure.
    pub(super) fn is_sure_of(&mut self, workspace: &Arc<Workspace>, id: u64) -> Result<bool> {
        let (mark, now) = (self.mark, workspace.clock.now());
        let Some(watcher) = self.watchers.get_mut(&id) else { return Ok(false) };
        if watcher.holds(mark, now) {
            return Ok(true);
        }
        match watcher.ask(mark)? {
            Asked::Same => Ok(true),
            Asked::Changed => {
                watcher.say(Out::Say(ToClient::Rights));
                Ok(true)
            }
            Asked::Gone => {
                self.end(id, Why::SignedOut);
                Ok(false)
            }
        }
    }

    /// Something changed that rights follow from.
    fn ask_everybody(&mut self, workspace: &Arc<Workspace>) -> Result<()> {
        let all: Vec<u64> = self.watchers.keys().copied().collect();
        for id in all {
            self.is_sure_of(workspace, id)?;
        }
        Ok(())
    }

    /// Sessions end by time too, and nobody tells of it.
    fn look_after_watchers(&mut self, workspace: &Arc<Workspace>) {
        let now = workspace.clock.now();
        let due: Vec<u64> = self.watchers.iter().filter(|it| it.1.is_due(now)).map(|it| *it.0).take(ASKED_AT_ONCE).collect();
        for id in due {
            if let Err(error) = self.is_sure_of(workspace, id) {
                tracing::warn!(%error, "listeners cannot be asked who they are");
                return;
            }
        }
    }

    /// Takes in what listeners want, and tells them what they have missed of it: the log is read once for all of them.
    fn watch(&mut self, workspace: &Arc<Workspace>, watches: Vec<(u64, Watch)>) -> Result<()> {
        // What was committed before they asked is not news to them, and what they have seen of it is known here.
        while self.read_on(workspace)? {}
        let reached = self.reached.unwrap_or(0);
        let mut behind: Vec<(u64, i64, Watch)> = Vec::new();
        for (id, mut watch) in watches {
            if !self.is_sure_of(workspace, id)? {
                continue;
            }
            let Some(watcher) = self.watchers.get_mut(&id) else { continue };
            let new = watch.interest.beyond(&watcher.interest);
            self.index.remove(id, &watcher.interest);
            watcher.interest = watch.interest.clone();
            self.index.add(id, &watcher.interest);
            let before = watch.age.filter(|_| !new.is_empty()).map(Duration::from_millis);
            let after = match (watch.after, before) {
                (Some(after), _) => Some(after),
                (None, Some(age)) => {
                    watch.interest = new;
                    self.reached_before(age).or(Some(i64::MIN))
                }
                (None, None) => None,
            };
            let Some(watcher) = self.watchers.get(&id) else { continue };
            watcher.say(Out::Say(ToClient::Watching { seq: after.map_or(reached, |it| it.clamp(0, reached)) }));
            match after {
                // A sequence that is not there yet is of another log: the database was put back to an earlier state.
                Some(after) if after > reached || after < reached - MOST_BEHIND => drop(watcher.say(Out::Say(ToClient::Reset { seq: reached }))),
                Some(after) if after < reached => behind.push((id, after, watch)),
                _ => {}
            }
        }
        self.catch_up(workspace, behind, reached)
    }

    fn catch_up(&mut self, workspace: &Arc<Workspace>, behind: Vec<(u64, i64, Watch)>, reached: i64) -> Result<()> {
        let Some(first) = behind.iter().map(|it| it.1).min() else { return Ok(()) };
        let limit = u64::try_from(reached - first).unwrap_or(0);
        let mut events = workspace.store.read_with(|tx| read_after(tx, first, limit))?;
        events.retain(|it| it.seq <= reached);
        let missed = |after: i64, watch: &Watch| -> Vec<usize> {
            let wanted = events.iter().enumerate().filter(|(_, it)| it.seq > after && watch.interest.wants(it));
            wanted.map(|it| it.0).collect()
        };
        let wanted = behind.iter().map(|(id, after, watch)| (*id, missed(*after, watch))).filter(|it| !it.1.is_empty()).collect();
        self.hand_on(workspace, &events, wanted, reached);
        Ok(())
    }
}
