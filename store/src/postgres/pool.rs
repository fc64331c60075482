//! Connections, lent one at a time; each remembers its prepared statements.

use std::collections::HashMap;
use std::future::Future;
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use guanxi_kernel::store::{Heard, Messenger, StoreError};
use tokio::runtime::Handle;
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::PostgresOptions;
use super::error::store_error;
use super::{messenger, setup};

/// How long a caller waits for a free connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// A connection that lay idle for longer is asked whether it still lives before anything is sent that cannot be sent again.
const FRESH: Duration = Duration::from_secs(1);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// One connection with what it has prepared.
pub(crate) struct Connection {
    pub(crate) client: Client,
    prepared: HashMap<Arc<str>, Statement>,
    /// When it last served; it may have died since.
    used: Option<Instant>,
}

/// Connections not in use, and how many there are in all.
struct State {
    free: Vec<Connection>,
    open: usize,
}

/// The pool of one workspace.
pub(crate) struct Pool {
    config: Config,
    schema: String,
    most: usize,
    runtime: Handle,
    state: Mutex<State>,
    returned: Condvar,
    turn: std::sync::atomic::AtomicU32,
}

impl Pool {
    pub(crate) fn new(options: &PostgresOptions) -> Result<Self, StoreError> {
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
        if options.schema.is_empty() || options.schema.len() > 63 || !options.schema.chars().all(plain) {
            return Err(StoreError::Unavailable(format!("{:?} is no name for a schema: small letters, digits and underscores", options.schema)));
        }
        let mut config = Config::from_str(&options.url).map_err(|error| StoreError::Unavailable(format!("the database URL: {error}")))?;
        config.application_name(format!("guanxi {}", options.schema));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        Ok(Self {
            config,
            schema: options.schema.clone(),
            most: options.max_connections.max(1),
            runtime: options.runtime.clone(),
            state: Mutex::new(State { free: Vec::new(), open: 0 }),
            returned: Condvar::new(),
            turn: std::sync::atomic::AtomicU32::new(0),
        })
    }

    /// Listens to other nodes on a connection beside the pool.
    pub(crate) fn messenger(&self, heard: Arc<Heard>) -> Arc<dyn Messenger> {
        messenger::open(self.config.clone(), &self.schema, &self.runtime, heard)
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// How long to wait before work is run again: longer each time, and different for those who met, so that they do not
    /// meet again. A counter serves as the dice.
    pub(crate) fn pause(&self, attempt: u32) -> Duration {
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 7;
        Duration::from_millis((2 << attempt) + 3 * u64::from(turn))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing can be half done under this lock, so a panic elsewhere does not matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a connection, opening one while there are not too many.
    pub(crate) fn take(self: &Arc<Self>) -> Result<Lent, StoreError> {
        let mut state = self.state();
        loop {
            while let Some(connection) = state.free.pop() {
                if !connection.client.is_closed() {
                    return Ok(Lent { pool: self.clone(), connection: Some(connection), given_back: false });
                }
                state.open -= 1;
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                // From here on the place is given back by the lent connection's drop.
                let mut lent = Lent { pool: self.clone(), connection: None, given_back: false };
                lent.connection = Some(self.open()?);
                return Ok(lent);
            }
            let (guard, waited) = self.returned.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            state = guard;
            if waited.timed_out() && state.free.is_empty() && state.open >= self.most {
                return Err(StoreError::Busy);
            }
        }
    }

    /// Waits for something the connections' runtime does.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A connection beside those that are lent.
    pub(crate) fn open(&self) -> Result<Connection, StoreError> {
        let client = self.runtime.block_on(async {
            let (client, connection) = self.config.connect(NoTls).await.map_err(|error| match store_error(&error) {
                StoreError::Other(reason) => StoreError::Unavailable(reason),
                other => other,
            })?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(%error, "a connection to PostgreSQL ended");
                }
            });
            client.batch_execute(&setup::session(&self.schema)).await.map_err(|error| store_error(&error))?;
            Ok::<_, StoreError>(client)
        })?;
        Ok(Connection { client, prepared: HashMap::new(), used: None })
    }
}

/// A lent connection. Dropped without [`Lent::give_back`] it is closed, and with it any open transaction.
pub(crate) struct Lent {
    pool: Arc<Pool>,
    connection: Option<Connection>,
    given_back: bool,
}

impl Lent {
    #[expect(clippy::expect_used, reason = "the connection leaves only in give_back and drop")]
    pub(crate) fn client(&self) -> &Client {
        &self.connection.as_ref().expect("a lent connection").client
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.pool.run(future)
    }

    /// Has it served before?
    pub(crate) fn is_used(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.used.is_some())
    }

    /// Did it lie idle for so long that it may have died unnoticed?
    pub(crate) fn is_stale(&self) -> bool {
        self.connection.as_ref().and_then(|connection| connection.used).is_some_and(|used| used.elapsed() > FRESH)
    }

    /// Runs statements without parameters.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.block_on(self.client().batch_execute(sql)).map_err(|error| store_error(&error))
    }

    /// Sends statements without waiting for their answer; what follows on this connection runs after them.
    pub(crate) fn send(&self, sql: &str) -> Result<(), StoreError> {
        match self.client().batch_execute(sql).now_or_never() {
            Some(Err(error)) => Err(store_error(&error)),
            _ => Ok(()),
        }
    }

    /// The statement, prepared once per connection.
    pub(crate) fn prepared(&mut self, sql: &Arc<str>) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.connection.as_ref().and_then(|connection| connection.prepared.get(sql)) {
            return Ok(statement.clone());
        }
        let statement = self.block_on(self.client().prepare(sql))?;
        if let Some(connection) = &mut self.connection {
            if connection.prepared.len() >= STATEMENTS {
                connection.prepared.clear();
            }
            connection.prepared.insert(sql.clone(), statement.clone());
        }
        Ok(statement)
    }

    /// Forgets what was prepared (after a table changed).
    pub(crate) fn forget_prepared(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.prepared.clear();
        }
    }

    /// Gives it back for others.
    pub(crate) fn give_back(mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.used = Some(Instant::now());
            self.given_back = true;
            self.pool.state().free.push(connection);
            self.pool.returned.notify_one();
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.given_back {
            self.connection = None;
            self.pool.state().open -= 1;
            self.pool.returned.notify_one();
        }
    }
}
