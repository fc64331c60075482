//! A connection that goes on in another protocol once its last answer is written.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};

/// What bytes go over, TLS or not.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection that was handed over.
pub struct Upgraded {
    /// The connection.
    pub stream: Box<dyn Wire>,
    /// What was read of it already.
    pub read: Vec<u8>,
}

type Next = Box<dyn FnOnce(Upgraded) -> BoxFuture<'static, ()> + Send>;

/// Who takes a connection over, if anybody. Every request carries the one of its connection; a handler that answers 101
/// says there who goes on.
#[derive(Clone, Default)]
pub struct Handover(Arc<Mutex<Option<Next>>>);

impl Handover {
    /// Hands the connection over to this.
    pub fn to<F: Future<Output = ()> + Send + 'static>(&self, next: impl FnOnce(Upgraded) -> F + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(move |upgraded| Box::pin(next(upgraded))));
    }

    /// Who takes over.
    pub(super) fn take(&self) -> Option<Next> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
