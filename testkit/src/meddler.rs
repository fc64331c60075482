//! A store that lets somebody else come between two of a request's calls, at exactly the moment a test wants.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{ExistingTable, Heard, Messenger, ReadTx, Store, StoreError, WriteWork};

/// What somebody else does.
type Deed = Box<dyn FnOnce() + Send>;

/// See the module.
pub struct Meddler {
    inner: Arc<dyn Store>,
    armed: Mutex<Option<(u32, Deed)>>,
    deeds: AtomicU32,
}

impl Meddler {
    /// Over a store; nobody meddles yet.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, armed: Mutex::default(), deeds: AtomicU32::new(0) }
    }

    /// Before so many more reads and writes are over (1: before the next one), this is done. Its own go through.
    pub fn before(&self, calls: u32, deed: impl FnOnce() + Send + 'static) {
        *self.armed.lock().unwrap() = Some((calls, Box::new(deed)));
    }

    /// Nothing is done any more; answers whether it was done already.
    pub fn disarm(&self) -> bool {
        self.armed.lock().unwrap().take().is_none()
    }

    /// How often somebody came between.
    pub fn deeds(&self) -> u32 {
        self.deeds.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        // What the hub reads of the log is part of nobody's request, and comes when it comes.
        if std::thread::current().name() == Some("live") {
            return;
        }
        let deed = {
            let mut armed = self.armed.lock().unwrap();
            match &mut *armed {
                None => None,
                Some((calls, _)) if *calls > 1 => {
                    *calls -= 1;
                    None
                }
                Some(_) => armed.take(),
            }
        };
        if let Some((_, deed)) = deed {
            deed();
            self.deeds.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Store for Meddler {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }
    fn read(&self, work: &mut dyn FnMut(&mut dyn ReadTx) -> Result<(), KernelError>) -> Result<(), KernelError> {
        self.pass();
        self.inner.read(work)
    }
    fn write(&self, work: WriteWork) -> Result<(), KernelError> {
        self.pass();
        self.inner.write(work)
    }
    fn gains_by_late_indexes(&self) -> bool {
        self.inner.gains_by_late_indexes()
    }
    fn existing_tables(&self) -> Result<Vec<ExistingTable>, StoreError> {
        self.inner.existing_tables()
    }
    fn backup(&self, target: &Path) -> Result<(), StoreError> {
        self.inner.backup(target)
    }
    fn check(&self) -> Result<(), StoreError> {
        self.inner.check()
    }
    fn messenger(&self, heard: Arc<Heard>) -> Option<Arc<dyn Messenger>> {
        self.inner.messenger(heard)
    }
    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.inner.integrity()
    }
}
