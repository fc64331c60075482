//! One signal that ends everything in order.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells everyone that the process is about to end.
#[derive(Clone)]
pub struct Shutdown {
    sender: Arc<watch::Sender<bool>>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { sender: Arc::new(watch::channel(false).0) }
    }
}

impl Shutdown {
    /// Begins the end.
    pub fn begin(&self) {
        self.sender.send_replace(true);
    }
    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        *self.sender.borrow()
    }
    /// Waits until it begins.
    pub async fn wait(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as we do.
        let _ = receiver.wait_for(|begun| *begun).await;
    }
    /// Waits for so long, or until it begins. Blocks the thread.
    pub fn wait_at_most(&self, time: std::time::Duration) {
        const STEP: std::time::Duration = std::time::Duration::from_millis(100);
        let mut left = time;
        while !self.has_begun() && !left.is_zero() {
            let step = left.min(STEP);
            std::thread::park_timeout(step);
            left -= step;
        }
    }
    /// Begins the end on SIGINT or SIGTERM.
    ///
    /// # Errors
    /// Where signals cannot be listened for.
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let shutdown = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            shutdown.begin();
        });
        Ok(())
    }
}
