//! One text that is open here, and how it is kept: its document in memory has every edit that is durable, and no other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use guanxi_kernel::coedit::{self, Address, Kept, KeptEdit};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use guanxi_text::html::sanitise;
use uuid::Uuid;

use crate::coedit::document::MAX_STATE;
use crate::coedit::{Document, Refused};

/// An edit that was taken in and is not durable yet.
pub struct Taken {
    /// Who sent it.
    pub listener: u64,
    /// His number of it.
    pub n: u64,
    /// The member.
    pub member: Uuid,
    /// The edit; empty where it changes nothing.
    pub update: Vec<u8>,
}

/// Edits the record does not have yet.
#[derive(Debug, Clone, Copy)]
pub struct Unsaved {
    /// Since when.
    pub since: Instant,
    /// When the last of them came.
    pub last: Instant,
    /// By whom.
    pub by: Uuid,
    /// Whether the record refused the text as it stands.
    pub refused: bool,
}

/// Where a reader stands.
pub struct Cursor {
    /// His seat; none where he sits at another node.
    pub listener: Option<u64>,
    /// The member.
    pub member: Uuid,
    /// Where, as his client says it.
    pub at: String,
    /// When he last said so.
    pub heard: Instant,
}

/// See the module.
pub struct Page {
    /// Which text.
    pub address: Address,
    /// What it was begun as.
    pub epoch: Uuid,
    /// The document.
    pub document: Document,
    /// The last edit of those kept that is in it.
    pub seq: i64,
    /// Who reads it, and whether he may edit.
    pub readers: BTreeMap<u64, bool>,
    /// Whose the names of clients in the document are, as far as they were seen to edit.
    pub owners: HashMap<u64, Uuid>,
    /// Where readers stand, by the names of their clients.
    pub cursors: HashMap<u64, Cursor>,
    /// What the record does not have yet.
    pub unsaved: Option<Unsaved>,
    /// What is not durable yet.
    pub batch: Vec<Taken>,
}

/// What keeping came to.
pub enum Flushed {
    /// All of it is durable; these are the edits others made meanwhile.
    Done(Vec<Vec<u8>>),
    /// The text was begun anew, or is gone.
    Renewed,
}

/// As it is kept.
pub fn text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|error| KernelError::Internal(format!("a document that is kept: {error}")))
}

fn broken(refused: Refused) -> KernelError {
    KernelError::Internal(format!("a document that is kept cannot be read: {refused:?}"))
}

/// A name for what this process changes in a document.
fn own_name(workspace: &Workspace) -> u32 {
    let mut random = [0; 4];
    workspace.ids.random(&mut random);
    u32::from_le_bytes(random)
}

/// What is kept of a text, in line with its record: begun where it is new, with what others wrote into the field since taken
/// in as an edit of theirs. Begun anew where it is too large and `unread`. `None` where there is no such text.
///
/// # Errors
/// Fails where the database does.
pub fn in_line(workspace: &Arc<Workspace>, address: &Address, unread: bool) -> Result<Option<(Kept, Vec<KeptEdit>)>> {
    let context = workspace.system_context(Uuid::nil(), "coedit");
    let found = workspace.store.read_with(|tx| {
        let Some(value) = coedit::value(&context, tx, address)? else { return Ok(None) };
        let Some(kept) = coedit::find(tx, address)?.filter(|it| it.saved == value && !(unread && is_too_large(it))) else {
            return Ok(Some(None));
        };
        let edits = coedit::edits_after(tx, address, kept.seq)?;
        Ok(Some(Some((kept, edits))))
    })?;
    match found {
        None => Ok(None),
        Some(Some(in_line)) => Ok(Some(in_line)),
        Some(None) => bring_in_line(workspace, address, unread),
    }
}

/// Little of it may be more than what is left of what was deleted.
fn is_too_large(kept: &Kept) -> bool {
    kept.state.len() >= MAX_STATE
}

/// A document as it is kept, to be changed by this process: under a name that nobody has used in it.
fn writable(name: u32, state: &str) -> Result<Document> {
    let state = bytes(state)?;
    let mut name = name;
    loop {
        let document = Document::load(name, &state).map_err(broken)?;
        if document.clock(u64::from(name)) == 0 {
            return Ok(document);
        }
        name = name.wrapping_add(1);
    }
}

fn bring_in_line(workspace: &Arc<Workspace>, address: &Address, unread: bool) -> Result<Option<(Kept, Vec<KeptEdit>)>> {
    let context = workspace.system_context(Uuid::nil(), "coedit");
    let (name, epoch, address) = (own_name(workspace), context.new_id(), address.clone());
    workspace.store.write_with(move |tx| {
        coedit::hold(tx, &address)?;
        let Some(value) = coedit::value(&context, tx, &address)? else { return Ok(None) };
        let clean = sanitise(&value);
        let found = coedit::find(tx, &address)?;
        let edits = match &found {
            Some(kept) => coedit::edits_after(tx, &address, kept.seq)?,
            None => Vec::new(),
        };
        let renews = unread && edits.is_empty();
        let kept = match found {
            // Another node was faster.
            Some(kept) if kept.saved == value && !(renews && is_too_large(&kept)) => return Ok(Some((kept, edits))),
            Some(kept) if !(renews && is_too_large(&kept)) => {
                let document = writable(name, &kept.state)?;
                let update = document.say(&clean);
                let last = coedit::append(&context, tx, &address, &[(Uuid::nil(), text(&update))])?;
                // As an edit it is told to other nodes, as long as there are others that the record does not have.
                let seq = if edits.iter().all(|it| it.actor.is_nil()) { last } else { kept.seq };
                Kept { state: text(&document.state()), saved: value, seq, ..kept }
            }
            _ => {
                coedit::forget_edits(tx, &address)?;
                Kept { epoch, state: text(&Document::of_html(name, &clean).state()), saved: value, seq: 0 }
            }
        };
        coedit::keep(&context, tx, &address, &kept)?;
        let edits = coedit::edits_after(tx, &address, kept.seq)?;
        Ok(Some((kept, edits)))
    })
}

impl Page {
    /// Opens a text; `None` where there is none.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn open(workspace: &Arc<Workspace>, address: &Address, now: Instant) -> Result<Option<Self>> {
        let Some((kept, edits)) = in_line(workspace, address, true)? else { return Ok(None) };
        let mut page = Self {
            address: address.clone(),
            epoch: kept.epoch,
            document: Document::load(own_name(workspace), &bytes(&kept.state)?).map_err(broken)?,
            seq: kept.seq,
            readers: BTreeMap::new(),
            owners: HashMap::new(),
            cursors: HashMap::new(),
            unsaved: None,
            batch: Vec::new(),
        };
        page.take_in(&edits)?;
        if let Some(by) = edits.iter().rev().map(|it| it.actor).find(|it| !it.is_nil()) {
            page.note_unsaved(by, now);
        }
        Ok(Some(page))
    }

    /// Loads the document anew: an edit that was refused has left something in it.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn reload(&mut self, workspace: &Arc<Workspace>) -> Result<bool> {
        let Some((kept, edits)) = in_line(workspace, &self.address, false)?.filter(|it| it.0.epoch == self.epoch) else { return Ok(false) };
        self.document = Document::load(own_name(workspace), &bytes(&kept.state)?).map_err(broken)?;
        self.seq = kept.seq;
        self.take_in(&edits)?;
        Ok(true)
    }

    /// Notes that the record does not have all of it.
    pub fn note_unsaved(&mut self, by: Uuid, now: Instant) {
        let since = self.unsaved.map_or(now, |it| it.since);
        self.unsaved = Some(Unsaved { since, last: now, by, refused: false });
    }

    fn take_in(&mut self, edits: &[KeptEdit]) -> Result<Vec<Vec<u8>>> {
        let mut news = Vec::with_capacity(edits.len());
        for edit in edits {
            news.push(self.document.integrate(&bytes(&edit.data)?).map_err(broken)?);
            self.seq = self.seq.max(edit.seq);
        }
        Ok(news)
    }

    /// Takes in what other nodes kept.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn pull(&mut self, workspace: &Workspace) -> Result<Flushed> {
        let (epoch, seq, address) = (self.epoch, self.seq, &self.address);
        let found = workspace.store.read_with(|tx| {
            let Some((now, kept)) = coedit::head(tx, address)?.filter(|it| it.0 == epoch) else { return Ok(None) };
            // What a record has is kept no longer as edits, but all together.
            let whole = if kept > seq { coedit::find(tx, address)?.filter(|it| it.epoch == now) } else { None };
            Ok(Some((whole, coedit::edits_after(tx, address, seq)?)))
        })?;
        match found {
            None => Ok(Flushed::Renewed),
            Some((whole, edits)) => self.take_news(whole, &edits).map(Flushed::Done),
        }
    }

    fn take_news(&mut self, whole: Option<Kept>, edits: &[KeptEdit]) -> Result<Vec<Vec<u8>>> {
        let mut news = Vec::new();
        if let Some(kept) = whole {
            news.push(self.document.integrate(&bytes(&kept.state)?).map_err(broken)?);
            self.seq = self.seq.max(kept.seq);
        }
        news.extend(self.take_in(edits)?);
        Ok(news)
    }

    /// Makes the batch durable, behind what other nodes kept meanwhile, which is taken in.
    ///
    /// # Errors
    /// Fails where the database does: the document has more than is kept then.
    pub fn flush(&mut self, workspace: &Arc<Workspace>) -> Result<Flushed> {
        let edits: Vec<(Uuid, String)> = self.batch.iter().filter(|it| !it.update.is_empty()).map(|it| (it.member, text(&it.update))).collect();
        if edits.is_empty() {
            return Ok(Flushed::Done(Vec::new()));
        }
        let (context, epoch, seq, address) = (workspace.system_context(Uuid::nil(), "coedit"), self.epoch, self.seq, self.address.clone());
        let found = workspace.store.write_with(move |tx| {
            coedit::hold(tx, &address)?;
            let Some((_, kept)) = coedit::head(tx, &address)?.filter(|it| it.0 == epoch) else { return Ok(None) };
            let whole = if kept > seq { coedit::find(tx, &address)? } else { None };
            let others = coedit::edits_after(tx, &address, seq)?;
            let last = coedit::append(&context, tx, &address, &edits)?;
            Ok(Some((whole, others, last)))
        })?;
        let Some((whole, others, last)) = found else { return Ok(Flushed::Renewed) };
        let news = self.take_news(whole, &others)?;
        self.seq = self.seq.max(last);
        Ok(Flushed::Done(news))
    }
}
