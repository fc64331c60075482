//! Where texts are edited together, as others see it: they sit down, join texts, edit and leave. A thread of its own does the
//! rest (`pages.rs`), beside that of the hub: edits are written before anybody hears of them, and news must not wait for it.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use guanxi_kernel::coedit::Address;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::Messenger;
use guanxi_kernel::workspace::Workspace;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::news::PREFIX;
use super::pages::Pages;
use super::protocol::Out;
use crate::coedit::document::STACK;
use crate::http::Caller;

/// Messages waiting for one reader; who has more waiting is too slow.
pub const QUEUE: usize = 256;
/// Bytes of edits of one client that wait to be taken.
const MOST_WAITING: usize = 1024 * 1024;

/// Somebody who wants to edit a text.
pub struct Join {
    /// Which.
    pub address: Address,
    /// How far his copy has come.
    pub vector: Option<Vec<u8>>,
    /// The epoch of his copy.
    pub epoch: Option<Uuid>,
}

/// Somebody who sits down.
pub struct Sitting {
    /// His number.
    pub id: u64,
    /// By whose credentials.
    pub caller: Caller,
    /// His rights as they were a moment ago.
    pub context: Context,
    /// Where to he is told.
    pub queue: mpsc::Sender<Out>,
    /// Bytes of his edits that wait.
    pub waiting: Arc<AtomicUsize>,
}

/// What the thread is told.
pub enum Command {
    /// Something was committed, here or elsewhere.
    News,
    /// Another node says something about a text.
    Heard(String),
    /// Somebody sits down.
    Sit(Box<Sitting>),
    /// He joins a text.
    Join(u64, Box<Join>),
    /// He edits: the text, his number of the edit, and the edit.
    Edit(u64, u64, u64, Vec<u8>),
    /// He stands somewhere: the text, his name in it, and where.
    Cursor(u64, u64, u64, Option<String>),
    /// He leaves a text.
    Leave(u64, u64),
    /// He has gone.
    Gone(u64),
    /// The end.
    End,
}

/// See the module.
pub struct Desk {
    inbox: Sender<Command>,
    next: AtomicU64,
    /// One of many commits at once wakes the thread.
    told: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Desk {
    /// A desk whose thread does not run yet.
    pub fn new() -> (Arc<Self>, Receiver<Command>) {
        let (inbox, commands) = channel();
        (Arc::new(Self { inbox, next: AtomicU64::new(1), told: Arc::default(), thread: Mutex::new(None) }), commands)
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// Where the operating system gives none.
    pub fn start(&self, commands: Receiver<Command>, workspace: &Arc<Workspace>, messenger: Option<Arc<dyn Messenger>>) -> std::io::Result<()> {
        let pages = Pages::new(workspace, messenger, self.told.clone());
        let thread = std::thread::Builder::new().name("desk".to_owned()).stack_size(STACK).spawn(move || pages.run(&commands))?;
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// Something was committed.
    pub fn news(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            self.tell(Command::News);
        }
    }

    /// Takes in what another node says; false where it is not for the desk alone.
    pub fn hears(&self, message: &str) -> bool {
        match message.strip_prefix(PREFIX) {
            Some(said) => self.tell(Command::Heard(said.to_owned())),
            None if message.is_empty() => self.news(),
            None => {}
        }
        message.starts_with(PREFIX)
    }

    /// Gives somebody a seat; messages come by the receiver until it ends, which they do with a reason or, where he took
    /// less than happened, without one.
    pub fn sit(self: &Arc<Self>, caller: Caller, context: Context) -> (Seat, mpsc::Receiver<Out>) {
        let (queue, messages) = mpsc::channel(QUEUE);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let waiting = Arc::new(AtomicUsize::new(0));
        self.tell(Command::Sit(Box::new(Sitting { id, caller: caller.watching(), context, queue, waiting: waiting.clone() })));
        (Seat { desk: self.clone(), id, waiting }, messages)
    }

    /// Brings every text into its record and waits for the thread.
    pub fn end(&self) {
        self.tell(Command::End);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|it| it.join().is_err()) {
            tracing::error!("the thread of a desk panicked");
        }
    }

    fn tell(&self, command: Command) {
        // Where the thread has ended, so have the queues of all who sit there.
        if self.inbox.send(command).is_err() {
            tracing::debug!("the desk has ended");
        }
    }
}

/// A place at the desk; it is given up when it is dropped.
pub struct Seat {
    desk: Arc<Desk>,
    id: u64,
    waiting: Arc<AtomicUsize>,
}

impl Seat {
    /// Joins a text.
    pub fn join(&self, join: Join) {
        self.desk.tell(Command::Join(self.id, Box::new(join)));
    }

    /// Edits; false where more waits already than anybody needs to send.
    pub fn edit(&self, doc: u64, n: u64, update: Vec<u8>) -> bool {
        let length = update.len();
        if self.waiting.fetch_add(length, Ordering::AcqRel) > MOST_WAITING {
            return false;
        }
        self.desk.tell(Command::Edit(self.id, doc, n, update));
        true
    }

    /// Says where he stands.
    pub fn stand(&self, doc: u64, client: u64, at: Option<String>) {
        self.desk.tell(Command::Cursor(self.id, doc, client, at));
    }

    /// Leaves a text.
    pub fn leave(&self, doc: u64) {
        self.desk.tell(Command::Leave(self.id, doc));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.desk.tell(Command::Gone(self.id));
    }
}
