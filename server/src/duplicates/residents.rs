//! Which objects have their records in memory: read when first asked for, let go when nobody asks any more.
//!
//! Nobody waits for a large object: it is read on a thread of its own, one at a time, and whoever asks meanwhile is told so.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreError;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::plan::Plan;
use super::resident::Resident;

/// How long a request waits for records that are being read.
pub const PATIENCE: Duration = Duration::from_secs(1);
/// Records that are read while a request waits; nobody waits for more.
const FEW: u64 = 5_000;
/// What nobody asked for so long is let go.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// How often it is looked for.
const SWEEP: Duration = Duration::from_secs(60);
/// How long it is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3);

/// Workspace and object.
type Key = (String, String);

enum State {
    /// Being read; `true` once it turns out to be much.
    Loading(bool),
    Ready(Arc<Resident>),
    Failed(Instant),
}

struct Slot {
    /// Another workspace may have the id by now.
    workspace: Weak<Workspace>,
    plan: Plan,
    /// Which reading it is: one that was overtaken leaves no trace.
    token: u64,
    state: State,
    used: Instant,
}

/// What is in memory.
#[derive(Default)]
struct Slots {
    by_key: HashMap<Key, Slot>,
    last_token: u64,
    is_swept: bool,
}

/// See the module.
#[derive(Default)]
pub struct Residents {
    slots: Mutex<Slots>,
    changed: Condvar,
    /// One object is read at a time: each takes a processor and the database.
    reading: Mutex<()>,
    /// A thread is taking in what many events told.
    is_catching_up: AtomicBool,
}

/// A reading that has begun; ends as a failure where nothing else is said.
struct Reading<'a> {
    residents: &'a Residents,
    key: Key,
    token: u64,
}

impl Reading<'_> {
    fn settle(&self, state: State) {
        let mut slots = self.residents.lock();
        if let Some(slot) = slots.by_key.get_mut(&self.key).filter(|it| it.token == self.token) {
            slot.state = state;
        }
        drop(slots);
        self.residents.changed.notify_all();
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let is_open = |it: &Slot| it.token == self.token && matches!(it.state, State::Loading(_));
        let failed = self.residents.lock().by_key.get(&self.key).is_some_and(is_open);
        if failed {
            self.settle(State::Failed(Instant::now()));
        }
    }
}

impl Residents {
    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records of an object for a request that waits no longer than this: `None` where they are still being read then.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn soon(self: &Arc<Self>, context: &Context, object: &Arc<Object>, plan: &Plan, until: Instant) -> Result<Option<Arc<Resident>>> {
        let key = key(context, object);
        let mut slots = self.lock();
        loop {
            match slots.by_key.get_mut(&key).filter(|it| is_of(it, context, plan)) {
                Some(Slot { state: State::Ready(found), used, .. }) => {
                    *used = Instant::now();
                    return Ok(Some(found.clone()));
                }
                Some(Slot { state: State::Loading(true), .. }) => return Ok(None),
                Some(Slot { state: State::Failed(at), .. }) if at.elapsed() < AFTER_FAILURE => return Ok(None),
                Some(Slot { state: State::Loading(false), .. }) => {}
                _ => {
                    let token = begin(&mut slots, &key, context, plan);
                    self.read_beside(context, object, plan, token)?;
                    self.sweep_from_now_on(&mut slots);
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            slots = self.changed.wait_timeout(slots, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the records of an object are in memory, or being read.
    pub fn holds(&self, context: &Context, object: &Object, plan: &Plan) -> bool {
        let slots = self.lock();
        slots.by_key.get(&key(context, object)).is_some_and(|it| is_of(it, context, plan) && !matches!(it.state, State::Failed(_)))
    }

    /// The records of an object for a job, which has time: read by whoever comes first.
    ///
    /// # Errors
    /// Fails where the database does, or the process ends.
    pub fn now(self: &Arc<Self>, context: &Context, object: &Arc<Object>, plan: &Plan, go_on: &dyn Fn() -> bool) -> Result<Arc<Resident>> {
        let key = key(context, object);
        let mut slots = self.lock();
        loop {
            match slots.by_key.get_mut(&key).filter(|it| is_of(it, context, plan)) {
                Some(Slot { state: State::Ready(found), used, .. }) => {
                    *used = Instant::now();
                    return Ok(found.clone());
                }
                Some(Slot { state: State::Loading(_), .. }) if go_on() => {
                    slots = self.changed.wait_timeout(slots, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
                }
                _ if !go_on() => return Err(KernelError::Store(StoreError::Busy)),
                _ => {
                    drop(slots);
                    return self.anew(context, object, plan, &mut |_| Ok(go_on()));
                }
            }
        }
    }

    /// Reads the records of an object anew, on this thread, and learns from them anew. What was in memory is let go first:
    /// there is not room for two of a large one.
    ///
    /// # Errors
    /// Fails where the database does, or `seen` does not want to go on.
    pub fn anew(
        self: &Arc<Self>,
        context: &Context,
        object: &Arc<Object>,
        plan: &Plan,
        seen: &mut dyn FnMut(u64) -> Result<bool>,
    ) -> Result<Arc<Resident>> {
        let mut slots = self.lock();
        let token = begin(&mut slots, &key(context, object), context, plan);
        self.sweep_from_now_on(&mut slots);
        drop(slots);
        self.read(context, object, plan, token, seen)?.ok_or(KernelError::Store(StoreError::Busy))
    }

    fn read_beside(self: &Arc<Self>, context: &Context, object: &Arc<Object>, plan: &Plan, token: u64) -> Result<()> {
        let (this, context, object, plan) = (self.clone(), system(context), object.clone(), plan.clone());
        let work = move || {
            if let Err(error) = this.read(&context, &object, &plan, token, &mut |_| Ok(true)) {
                tracing::warn!(%error, object = object.name, "the records to be compared cannot be read");
            }
        };
        spawn("duplicates", work)
    }

    fn read(
        &self,
        context: &Context,
        object: &Arc<Object>,
        plan: &Plan,
        token: u64,
        seen: &mut dyn FnMut(u64) -> Result<bool>,
    ) -> Result<Option<Arc<Resident>>> {
        let reading = Reading { residents: self, key: key(context, object), token };
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = false;
        let found = Resident::load(&system(context), object, plan, &mut |count| {
            if count > FEW && !told {
                told = true;
                reading.settle(State::Loading(true));
            }
            seen(count)
        })?;
        let Some(found) = found.map(Arc::new) else { return Ok(None) };
        reading.settle(State::Ready(found.clone()));
        Ok(Some(found))
    }

    /// Takes in what many events told, on a thread of its own: a request does not wait for it.
    pub fn catch_up_beside(self: &Arc<Self>, context: &Context, object: &Arc<Object>, resident: &Arc<Resident>) {
        if self.is_catching_up.swap(true, Ordering::AcqRel) {
            return;
        }
        let (this, context, object, resident) = (self.clone(), system(context), object.clone(), resident.clone());
        let work = move || {
            while resident.follow(&context, &object).unwrap_or(false) {}
            this.is_catching_up.store(false, Ordering::Release);
        };
        if spawn("duplicates", work).is_err() {
            self.is_catching_up.store(false, Ordering::Release);
        }
    }

    /// Learns anew from an object's records where so many came since that what was learnt fits no more, on a thread of its
    /// own. Answers whether it does: then what there was is let go.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn renew_beside(self: &Arc<Self>, context: &Context, object: &Arc<Object>, resident: &Arc<Resident>) -> Result<bool> {
        if !resident.is_outgrown() {
            return Ok(false);
        }
        let mut slots = self.lock();
        let key = key(context, object);
        let is_there = |it: &&mut Slot| matches!(&it.state, State::Ready(found) if Arc::ptr_eq(found, resident));
        if slots.by_key.get_mut(&key).filter(is_there).is_some() {
            let token = begin(&mut slots, &key, context, &resident.plan);
            self.read_beside(context, object, &resident.plan, token)?;
        }
        Ok(true)
    }

    /// Lets go what nobody asked for so long, and what belongs to workspaces that are closed. Answers whether anything is left.
    pub fn let_go(&self, idle: Duration) -> bool {
        let mut slots = self.lock();
        slots.by_key.retain(|_, it| it.workspace.strong_count() > 0 && (matches!(it.state, State::Loading(_)) || it.used.elapsed() < idle));
        let is_left = !slots.by_key.is_empty();
        slots.is_swept = is_left;
        is_left
    }

    fn sweep_from_now_on(self: &Arc<Self>, slots: &mut Slots) {
        if slots.is_swept {
            return;
        }
        let this = Arc::downgrade(self);
        let work = move || {
            loop {
                std::thread::park_timeout(SWEEP);
                if !this.upgrade().is_some_and(|it| it.let_go(IDLE)) {
                    return;
                }
            }
        };
        slots.is_swept = spawn("duplicates-idle", work).is_ok();
    }
}

/// The engine itself, which compares all records; who is told of what is found is asked afterwards.
pub fn system(context: &Context) -> Context {
    context.workspace.system_context(Uuid::nil(), "duplicates")
}

fn key(context: &Context, object: &Object) -> Key {
    (context.workspace.id.clone(), object.name.clone())
}

fn is_of(slot: &Slot, context: &Context, plan: &Plan) -> bool {
    std::ptr::eq(slot.workspace.as_ptr(), Arc::as_ptr(&context.workspace)) && slot.plan == *plan
}

fn begin(slots: &mut Slots, key: &Key, context: &Context, plan: &Plan) -> u64 {
    slots.last_token += 1;
    let token = slots.last_token;
    let slot = Slot { workspace: Arc::downgrade(&context.workspace), plan: plan.clone(), token, state: State::Loading(false), used: Instant::now() };
    slots.by_key.insert(key.clone(), slot);
    token
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(|_| ()).map_err(|error| KernelError::Internal(format!("no thread: {error}")))
}
