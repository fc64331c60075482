//! What a desk hears of elsewhere: what happens to the records whose texts are open, who may still edit them, and what
//! readers at other nodes do.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use guanxi_kernel::Result;
use guanxi_kernel::coedit::{self, Address, Standing};
use guanxi_kernel::events::{head, read_after};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page::{Cursor, Flushed, in_line, text};
use super::pages::Pages;
use super::protocol::{LeftReason, Out, ToClient};
use crate::http::Titles;

/// What a message of one desk to another begins with.
pub const PREFIX: &str = "document ";
/// Reads the log this often even without news.
const READ: Duration = Duration::from_secs(5);
/// Commits that come closer together than this are looked at together.
const TOGETHER: Duration = Duration::from_millis(20);
/// Most events read at once.
const PAGE: u64 = 1_000;
/// A reader of another node who has said nothing for so long is taken for gone; clients repeat where they stand.
const SILENT: Duration = Duration::from_secs(60);

/// What one desk says to those of other nodes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Edits of a text were kept.
    Edited(Address),
    /// A reader stands somewhere: his client, himself, and where.
    Stands(Address, u64, Uuid, Option<String>),
}

impl Pages {
    /// From now on what happens to records whose texts are open is followed.
    pub(super) fn begin_following(&mut self, workspace: &Arc<Workspace>) -> Result<()> {
        let (mark, head) = workspace.store.read_with(|tx| Ok((workspace.rights_mark(tx)?, head(tx)?)))?;
        (self.mark, self.reached) = (mark, Some(head));
        Ok(())
    }

    /// Follows what happens to records whose texts are open, and to the rights of those who edit them.
    pub(super) fn follow(&mut self, workspace: &Arc<Workspace>) {
        if self.pages.is_empty() {
            // Whoever commits need not wake us twice.
            self.told.store(false, Ordering::Release);
            (self.news, self.reached) = (false, None);
            return;
        }
        let since = self.read_at.elapsed();
        if (self.news && since >= TOGETHER) || since >= READ {
            self.told.store(false, Ordering::Release);
            self.read_at = Instant::now();
            match self.read_on(workspace) {
                Ok(more) => self.news = more,
                Err(error) => tracing::warn!(%error, "news of texts wait"),
            }
        }
        let now = workspace.clock.now();
        let due: Vec<u64> = self.guests.iter().filter(|it| !it.1.joined.is_empty() && it.1.watcher.is_due(now)).map(|it| *it.0).collect();
        for id in due {
            self.check_guest(workspace, id);
        }
        self.forget_silent(workspace);
    }

    /// Reads what is new; answers whether there may be more.
    fn read_on(&mut self, workspace: &Arc<Workspace>) -> Result<bool> {
        let after = self.reached.unwrap_or(0);
        let (mark, events) = workspace.store.read_with(|tx| Ok((workspace.rights_mark(tx)?, read_after(tx, after, PAGE)?)))?;
        if mark != self.mark {
            self.mark = mark;
            let all: Vec<u64> = self.guests.iter().filter(|it| !it.1.joined.is_empty()).map(|it| *it.0).collect();
            for id in all {
                self.check_guest(workspace, id);
            }
        }
        self.reached = events.last().map(|it| it.seq).or(self.reached);
        let touched = |address: &Address| events.iter().any(|it| it.record == Some(address.record));
        let pages: Vec<u64> = self.pages.iter().filter(|it| touched(&it.1.address)).map(|it| *it.0).collect();
        for doc in pages {
            self.check_page(workspace, doc);
            self.bring_in_line(workspace, doc);
        }
        if self.pulled_at.elapsed() >= READ {
            // Where the word of another node was lost, or none is heard, what it kept is found here.
            self.pulled_at = Instant::now();
            let all: Vec<u64> = self.pages.keys().copied().collect();
            all.into_iter().for_each(|doc| self.pull(workspace, doc));
        }
        Ok(u64::try_from(events.len()).unwrap_or(u64::MAX) >= PAGE)
    }

    /// Asks who somebody is, and what he may do with the texts he has joined.
    fn check_guest(&mut self, workspace: &Arc<Workspace>, id: u64) {
        if self.is_sure_of(workspace, id) {
            self.check_joined(workspace, id);
        }
    }

    /// Asks what somebody may do with each text he has joined.
    pub(super) fn check_joined(&mut self, workspace: &Arc<Workspace>, id: u64) {
        let joined: Vec<u64> = self.guests.get(&id).into_iter().flat_map(|it| it.joined.iter().copied()).collect();
        for doc in joined {
            self.check(workspace, id, doc);
        }
    }

    /// Asks what each reader of a text may do with it.
    fn check_page(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        let readers: Vec<u64> = self.pages.get(&doc).into_iter().flat_map(|it| it.readers.keys().copied()).collect();
        for id in readers {
            if self.is_sure_of(workspace, id) {
                self.check(workspace, id, doc);
            }
        }
    }

    fn check(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64) {
        let (Some(guest), Some(page)) = (self.guests.get(&id), self.pages.get(&doc)) else { return };
        let Some(writes) = page.readers.get(&id).copied() else { return };
        let context = guest.watcher.context_at(workspace.clock.now());
        match workspace.store.read_with(|tx| coedit::standing(&context, tx, &page.address)) {
            Ok(Standing::Nothing) => self.send_away(workspace, id, doc, LeftReason::Gone),
            Ok(Standing::Read) if writes => self.send_away(workspace, id, doc, LeftReason::ReadOnly),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "what a reader may do cannot be asked");
                self.send_away(workspace, id, doc, LeftReason::Busy);
            }
        }
    }

    /// Takes in what others wrote into the field of a text by other ways.
    pub(super) fn bring_in_line(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        let Some(page) = self.pages.get(&doc) else { return };
        match in_line(workspace, &page.address, false) {
            Ok(Some((kept, _))) if kept.epoch == page.epoch => self.pull(workspace, doc),
            Ok(Some(_)) => self.shut(workspace, doc, LeftReason::Renewed),
            Ok(None) => self.shut(workspace, doc, LeftReason::Gone),
            Err(error) => tracing::warn!(%error, "a text cannot be compared with its record"),
        }
    }

    /// Takes in what others kept of a text, and tells its readers.
    pub(super) fn pull(&mut self, workspace: &Arc<Workspace>, doc: u64) {
        let Some(page) = self.pages.get_mut(&doc) else { return };
        match page.pull(workspace) {
            Ok(Flushed::Done(news)) => {
                let updates = news.iter().filter(|it| **it != [0, 0]).map(|it| text(it)).collect();
                self.tell_edits(workspace, doc, updates, None);
            }
            Ok(Flushed::Renewed) => self.shut(workspace, doc, LeftReason::Renewed),
            Err(error) => {
                tracing::warn!(%error, "what others kept of a text cannot be read");
                self.shut(workspace, doc, LeftReason::Busy);
            }
        }
    }

    /// Takes in what another node says.
    pub(super) fn hear(&mut self, workspace: &Arc<Workspace>, said: &str) {
        let said = match serde_json::from_str::<Said>(said) {
            Ok(said) => said,
            Err(error) => return tracing::warn!(%error, "another node says of a text what is not understood"),
        };
        let (Said::Edited(address) | Said::Stands(address, ..)) = &said;
        let Some(doc) = self.pages.iter().find(|it| it.1.address == *address).map(|it| *it.0) else { return };
        match said {
            Said::Edited(_) => self.pull(workspace, doc),
            Said::Stands(_, client, member, at) => self.put_cursor(workspace, doc, client, None, member, at),
        }
    }

    pub(super) fn tell_nodes(&self, said: &Said) {
        let Some(messenger) = &self.messenger else { return };
        match serde_json::to_string(said) {
            Ok(text) => messenger.tell(&format!("{PREFIX}{text}")),
            Err(error) => tracing::warn!(%error, "other nodes cannot be told of a text"),
        }
    }

    /// Takes in where a reader stands.
    pub(super) fn stand(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64, client: u64, at: Option<String>) {
        let (Some(guest), Some(page)) = (self.guests.get(&id), self.pages.get(&doc)) else { return };
        let member = guest.watcher.context.actor;
        let is_his = page.cursors.get(&client).is_none_or(|it| it.listener == Some(id) || it.member == member);
        // Who looks with another's rights stands nowhere.
        if !page.readers.contains_key(&id) || !is_his || guest.watcher.context.viewer.is_some() {
            return;
        }
        let mine = |it: &&Cursor| it.listener == Some(id);
        if page.cursors.values().find(mine).is_some_and(|_| !page.cursors.contains_key(&client)) {
            // He has a new copy; the old one stands nowhere.
            let old: Vec<u64> = page.cursors.iter().filter(|it| it.1.listener == Some(id)).map(|it| *it.0).collect();
            old.into_iter().for_each(|it| self.forget_cursor(workspace, doc, it));
        }
        self.put_cursor(workspace, doc, client, Some(id), member, at);
    }

    fn put_cursor(&mut self, workspace: &Arc<Workspace>, doc: u64, client: u64, listener: Option<u64>, member: Uuid, at: Option<String>) {
        let Some(page) = self.pages.get_mut(&doc) else { return };
        let before = match &at {
            Some(at) => page.cursors.insert(client, Cursor { listener, member, at: at.clone(), heard: Instant::now() }),
            None => page.cursors.remove(&client),
        };
        if listener.is_some() {
            let said = Said::Stands(page.address.clone(), client, member, at.clone());
            self.tell_nodes(&said);
        }
        if before.map(|it| it.at) == at {
            return;
        }
        let readers: Vec<u64> =
            self.pages.get(&doc).into_iter().flat_map(|it| it.readers.keys().copied()).filter(|it| Some(*it) != listener).collect();
        for id in readers {
            self.tell_cursor(workspace, id, doc, client, member, at.clone());
        }
    }

    pub(super) fn forget_cursor(&mut self, workspace: &Arc<Workspace>, doc: u64, client: u64) {
        let Some(cursor) = self.pages.get(&doc).and_then(|it| it.cursors.get(&client)) else { return };
        let (listener, member) = (cursor.listener, cursor.member);
        self.put_cursor(workspace, doc, client, listener, member, None);
    }

    fn forget_silent(&mut self, workspace: &Arc<Workspace>) {
        let mut gone: Vec<(u64, u64)> = Vec::new();
        for (doc, page) in &self.pages {
            let silent = page.cursors.iter().filter(|it| it.1.listener.is_none() && it.1.heard.elapsed() > SILENT);
            gone.extend(silent.map(|it| (*doc, *it.0)));
        }
        for (doc, client) in gone {
            self.forget_cursor(workspace, doc, client);
        }
    }

    /// Tells somebody where all others stand.
    pub(super) fn tell_cursors(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64) {
        let cursors = self.pages.get(&doc).into_iter().flat_map(|it| &it.cursors).filter(|it| it.1.listener != Some(id));
        let all: Vec<(u64, Uuid, String)> = cursors.map(|(client, it)| (*client, it.member, it.at.clone())).collect();
        for (client, member, at) in all {
            self.tell_cursor(workspace, id, doc, client, member, Some(at));
        }
    }

    fn tell_cursor(&mut self, workspace: &Arc<Workspace>, id: u64, doc: u64, client: u64, member: Uuid, at: Option<String>) {
        let Some(guest) = self.guests.get_mut(&id) else { return };
        // Where somebody moves matters less than what he writes.
        if guest.watcher.is_crowded() && at.is_some() {
            return;
        }
        let label = match guest.names.get(&member) {
            Some(known) => known.clone(),
            None => {
                let label = name_of(&guest.watcher, member);
                guest.names.insert(member, label.clone());
                label
            }
        };
        self.say(workspace, id, Out::Say(ToClient::Cursor { doc, client, member, label, at }));
    }
}

fn name_of(watcher: &super::watcher::Watcher, member: Uuid) -> Option<String> {
    let context = &watcher.context;
    let mut titles = Titles::default();
    titles.want(MEMBER_OBJECT, member);
    if let Err(error) = context.workspace.store.read_with(|tx| titles.load(context, tx)) {
        tracing::warn!(%error, "the name of a reader cannot be read");
    }
    titles.reference(member).label
}
