//! The hub of a workspace as others see it: they join, say what they want, and leave. Its thread does the rest (`room.rs`).

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use guanxi_kernel::context::Context;
use guanxi_kernel::workspace::{Listener, Workspace};
use tokio::sync::mpsc;

use super::desk::Desk;
use super::interest::Interest;
use super::protocol::{Out, PresentAt};
use super::room::Room;
use crate::http::Caller;
use crate::shutdown::Shutdown;

/// Messages waiting for one listener; who has more waiting is too slow.
pub const QUEUE: usize = 32;

/// What a listener wants, and from when on.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// All that is wanted.
    pub interest: Interest,
    /// Tell of all of it what happened after this sequence.
    pub after: Option<i64>,
    /// Tell of what is new in it what happened in so many milliseconds.
    pub age: Option<u64>,
}

/// Somebody who joins.
pub struct Joining {
    /// Number of the listener.
    pub id: u64,
    /// By whose credentials.
    pub caller: Caller,
    /// His rights as they were a moment ago.
    pub context: Context,
    /// Where to he is told.
    pub queue: mpsc::Sender<Out>,
}

/// What the hub's thread is told.
pub enum Command {
    /// Something was committed here.
    News,
    /// Another node says something; an empty text where it committed something.
    Heard(String),
    /// Somebody listens.
    Join(Box<Joining>),
    /// He says what he wants.
    Watch(u64, Watch),
    /// He says where he is.
    Present(u64, Vec<PresentAt>),
    /// He has gone.
    Leave(u64),
    /// The end.
    End,
}

/// See the module.
pub struct Hub {
    inbox: Sender<Command>,
    /// Up to where everything was handed on.
    position: Arc<AtomicI64>,
    next: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
    desk: Arc<Desk>,
    /// Held here so that the workspace goes on telling it.
    _listener: Arc<Listener>,
}

impl Hub {
    /// Starts the hub's thread.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn start(workspace: &Arc<Workspace>, shutdown: &Shutdown) -> std::io::Result<Arc<Self>> {
        let (inbox, commands) = channel();
        let position = Arc::new(AtomicI64::new(0));
        // One of many commits at once wakes the thread; the others are found along with it.
        let told = Arc::new(AtomicBool::new(false));
        let (desk, pages) = Desk::new();
        let listener: Arc<Listener> = {
            let (inbox, told, desk) = (inbox.clone(), told.clone(), desk.clone());
            Arc::new(move || {
                desk.news();
                if !told.swap(true, Ordering::AcqRel) && inbox.send(Command::News).is_err() {
                    tracing::debug!("news for a hub that has ended");
                }
            })
        };
        workspace.feed.tell(&listener);
        let (others, at_desk) = (inbox.clone(), desk.clone());
        let heard = move |message: &str| {
            if at_desk.hears(message) {
                return;
            }
            if others.send(Command::Heard(message.to_owned())).is_err() {
                tracing::debug!("another node speaks to a hub that has ended");
            }
        };
        let messenger = workspace.store.messenger(Arc::new(heard));
        desk.start(pages, workspace, messenger.clone())?;
        let room = Room::new(workspace, shutdown.clone(), position.clone(), told, messenger);
        let thread = std::thread::Builder::new().name("live".to_owned()).spawn(move || room.run(&commands))?;
        Ok(Arc::new(Self { inbox, position, next: AtomicU64::new(1), thread: Mutex::new(Some(thread)), desk, _listener: listener }))
    }

    /// Joins; messages come by the receiver until it ends, which they do with a reason or, where the listener took less
    /// than happened, without one.
    pub fn join(self: &Arc<Self>, caller: Caller, context: Context) -> (Ticket, mpsc::Receiver<Out>) {
        let (queue, messages) = mpsc::channel(QUEUE);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.tell(Command::Join(Box::new(Joining { id, caller: caller.watching(), context, queue })));
        (Ticket { hub: self.clone(), id }, messages)
    }

    /// Where texts are edited together.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Up to where everything was handed on.
    pub fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    /// Sends everybody away and waits for the thread.
    pub fn end(&self) {
        self.tell(Command::End);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|it| it.join().is_err()) {
            tracing::error!("the thread of a hub panicked");
        }
        self.desk.end();
    }

    fn tell(&self, command: Command) {
        // Where the thread has ended, so have the queues of all listeners.
        if self.inbox.send(command).is_err() {
            tracing::debug!("the hub has ended");
        }
    }
}

/// A listener's place in the hub; he leaves when it is dropped.
pub struct Ticket {
    hub: Arc<Hub>,
    id: u64,
}

impl Ticket {
    /// Says what is wanted from now on.
    pub fn watch(&self, watch: Watch) {
        self.hub.tell(Command::Watch(self.id, watch));
    }

    /// Says where the listener is from now on.
    pub fn present(&self, at: Vec<PresentAt>) {
        self.hub.tell(Command::Present(self.id, at));
    }

    /// Up to where everything was handed on.
    pub fn position(&self) -> i64 {
        self.hub.position()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.hub.tell(Command::Leave(self.id));
    }
}
