//! The background threads of every workspace of a process: those it opened, and those that other processes make and drop.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use guanxi_kernel::workspace::Workspace;

use crate::Background;
use crate::shutdown::Shutdown;
use crate::workspaces::Workspaces;

/// How often the list of workspaces is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Ends what was begun along with the threads.
type End = Box<dyn FnOnce() + Send>;

struct Running {
    workspace: Arc<Workspace>,
    shutdown: Shutdown,
    threads: Background,
    also: End,
}

/// What runs for each workspace, by its id.
pub struct Backgrounds {
    run_jobs: bool,
    /// `None` from the end on.
    running: Mutex<Option<BTreeMap<String, Running>>>,
}

impl Backgrounds {
    /// Nothing yet.
    pub fn new(run_jobs: bool) -> Self {
        Self { run_jobs, running: Mutex::new(Some(BTreeMap::new())) }
    }

    /// Starts the threads of a workspace and what `also` begins, unless they run or all has ended: a request that comes in
    /// then begins nothing. Those of another one that had its id before end first.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn start(&self, workspace: &Arc<Workspace>, also: impl FnOnce() -> std::io::Result<End>) -> std::io::Result<()> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.as_mut() else { return Ok(()) };
        if running.get(&workspace.id).is_some_and(|it| Arc::ptr_eq(&it.workspace, workspace)) {
            return Ok(());
        }
        running.remove(&workspace.id).into_iter().for_each(end);
        let also = also()?;
        let shutdown = Shutdown::default();
        let threads = Background::start(workspace, &shutdown, self.run_jobs)?;
        running.insert(workspace.id.clone(), Running { workspace: workspace.clone(), shutdown, threads, also });
        Ok(())
    }

    /// Ends the threads of a workspace and waits for them.
    pub fn stop(&self, workspace: &str) {
        let found = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(|it| it.remove(workspace));
        found.into_iter().for_each(end);
    }

    /// Ends the threads of all workspaces for good and waits for them.
    pub fn stop_all(&self) {
        let all = self.running.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        all.values().for_each(|it| it.shutdown.begin());
        all.into_values().for_each(end);
    }

    /// Opens what others made and closes what they dropped, until the process ends: a thread of its own.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn follow<O: Send + Sync + 'static>(
        owner: &Arc<O>,
        shutdown: &Shutdown,
        parts: fn(&O) -> (&Workspaces, &Self),
        start: fn(&Arc<O>, &Arc<Workspace>) -> std::io::Result<()>,
    ) -> std::io::Result<JoinHandle<()>> {
        let (owner, shutdown) = (owner.clone(), shutdown.clone());
        let work = move || {
            while !shutdown.has_begun() {
                let (workspaces, backgrounds) = parts(&owner);
                match workspaces.follow() {
                    Ok(open) => {
                        backgrounds.stop_all_but(&open);
                        for workspace in &open {
                            if let Err(error) = start(&owner, workspace) {
                                tracing::warn!(%error, workspace = workspace.id, "no background threads");
                            }
                        }
                    }
                    Err(error) => tracing::warn!(%error, "the list of workspaces cannot be read"),
                }
                shutdown.wait_at_most(LOOK);
            }
        };
        std::thread::Builder::new().name("workspaces".to_owned()).spawn(work)
    }

    fn stop_all_but(&self, open: &[Arc<Workspace>]) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<String> = running.iter().flatten().map(|it| it.0).filter(|id| open.iter().all(|it| it.id != **id)).cloned().collect();
        drop(running);
        gone.iter().for_each(|it| self.stop(it));
    }
}

fn end(running: Running) {
    (running.also)();
    running.shutdown.begin();
    running.threads.join();
}
