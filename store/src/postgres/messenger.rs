//! Short messages between the nodes on one schema: LISTEN and NOTIFY on a connection of their own, so that neither the
//! pool nor a transaction waits for them.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use guanxi_kernel::store::{Heard, Messenger};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::AbortHandle;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Socket, tls::NoTlsStream};

/// Messages waiting to be sent; what does not fit is lost.
const WAITING: usize = 1_024;
/// Longest message in bytes; PostgreSQL takes less than 8,000.
const LONGEST: usize = 7_900;
/// Pause before a lost connection is opened again.
const AGAIN: Duration = Duration::from_secs(1);

struct PostgresMessenger(Sender<String>);

impl Messenger for PostgresMessenger {
    fn tell(&self, message: &str) {
        if message.len() > LONGEST || self.0.try_send(message.to_owned()).is_err() {
            tracing::debug!("a message to other nodes is lost");
        }
    }
}

/// Begins to listen; ends when the messenger is dropped.
pub(super) fn open(config: Config, schema: &str, runtime: &Handle, heard: Arc<Heard>) -> Arc<dyn Messenger> {
    let (told, outgoing) = channel(WAITING);
    runtime.spawn(hold(config, format!("gx_{schema}"), outgoing, heard));
    Arc::new(PostgresMessenger(told))
}

async fn hold(config: Config, name: String, mut outgoing: Receiver<String>, heard: Arc<Heard>) {
    loop {
        match talk(&config, &name, &mut outgoing, &heard).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the connection for news of other nodes ended"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Stops the task that drives a connection when its talk is over.
struct Driven(AbortHandle);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Until nobody has anything to tell any more.
async fn talk(config: &Config, name: &str, outgoing: &mut Receiver<String>, heard: &Arc<Heard>) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let (told, mut incoming) = channel(WAITING);
    let _driven = Driven(tokio::spawn(drive(connection, told)).abort_handle());
    client.batch_execute(&format!("LISTEN \"{name}\"")).await?;
    let own: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await?.get(0);
    // What was said while nobody listened is not known.
    heard("");
    loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Some(message) => tell(&client, name, &message).await?,
                None => return Ok(()),
            },
            Some((by, message)) = incoming.recv(), if !incoming.is_closed() => if by != own { heard(&message) },
            () = closed(&client) => tell(&client, name, "").await?,
        }
    }
}

/// When the connection has ended; looked at now and then, since a dead one tells nobody.
async fn closed(client: &Client) {
    while !client.is_closed() {
        tokio::time::sleep(AGAIN).await;
    }
}

async fn tell(client: &Client, name: &str, message: &str) -> Result<(), tokio_postgres::Error> {
    client.execute("SELECT pg_notify($1, $2)", &[&name, &message]).await.map(|_| ())
}

/// Drives a connection and hands its notifications on.
async fn drive(mut connection: Connection<Socket, NoTlsStream>, told: Sender<(i32, String)>) {
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notification(it))) => {
                if told.send((it.process_id(), it.payload().to_owned())).await.is_err() {
                    return;
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(%error, "the connection for news of other nodes broke off");
                return;
            }
            None => return,
        }
    }
}
