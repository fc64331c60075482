//! One connection of the socket, from its first message to its last.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use guanxi_kernel::context::Context;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc::Receiver;
use tokio::time::{interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::hub::{Hub, Ticket, Watch};
use super::interest::Interest;
use super::limits::Measure;
use super::protocol::{FromClient, Out, ToClient, Why};
use crate::auth::token::same_secret;
use crate::http::Caller;
use crate::listen::{Upgraded, Wire};
use crate::shutdown::Shutdown;

/// Longest message of a client in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Read at once; each connection holds so much all the time.
const READ_BUFFER: usize = 2 * 1024;
/// Time for the first message.
const GREETING: Duration = Duration::from_secs(10);
/// How often the client is told that we are there.
const BEAT: Duration = Duration::from_secs(20);
/// Beats without a sign of the client until he is given up.
const SILENT_BEATS: u32 = 3;
/// How long we wait for the client to take the last words.
const FAREWELL: Duration = Duration::from_secs(2);
/// Most objects and records watched at once.
const MOST_WATCHED: usize = 1_000;

/// Most records and boards a client has before him.
const MOST_SPOTS: usize = 16;

/// Who opened a connection.
pub struct Opened {
    /// By whose credentials.
    pub caller: Caller,
    /// His rights a moment ago.
    pub context: Context,
    /// What the first message must repeat; none with a key.
    pub csrf: Option<String>,
}

type Socket = WebSocketStream<Box<dyn Wire>>;

/// Serves a connection until either side ends it.
pub async fn serve(upgraded: Upgraded, opened: Opened, hub: std::sync::Arc<Hub>, shutdown: Shutdown) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let mut socket = WebSocketStream::from_partially_read(upgraded.stream, upgraded.read, Role::Server, Some(config)).await;
    let why = match greet(&mut socket, opened.csrf.as_deref()).await {
        Err(why) => why,
        Ok(()) => {
            let member = opened.context.actor;
            let (ticket, messages) = hub.join(opened.caller, opened.context);
            let mut conversation = Conversation { socket: &mut socket, ticket, messages, measure: Measure::new(Instant::now()), told: 0, silent: 0 };
            conversation.hold(member, &shutdown).await
        }
    };
    if let Some(why) = why {
        part(socket, &why).await;
    }
}

/// Takes the first message. `Err(None)`: the client has gone.
async fn greet(socket: &mut Socket, csrf: Option<&str>) -> Result<(), Option<Why>> {
    let first = timeout(GREETING, socket.next()).await.map_err(|_| Some(Why::Silent))?;
    let Some(FromClient::Hello { csrf: given }) = understand(first)? else {
        return Err(Some(Why::Malformed("the first message must be hello".into())));
    };
    match csrf {
        Some(wanted) if !given.as_deref().is_some_and(|it| same_secret(it, wanted)) => Err(Some(Why::Csrf)),
        _ => Ok(()),
    }
}

/// What a client said; `None` where it was only a sign of life.
fn understand(received: Option<Result<Message, Error>>) -> Result<Option<FromClient>, Option<Why>> {
    match received {
        None | Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Io(_))) => Err(None),
        Some(Ok(Message::Text(text))) => {
            serde_json::from_str(&text).map(Some).map_err(|error| Some(Why::Malformed(format!("not understood: {error}"))))
        }
        Some(Ok(Message::Binary(_))) => Err(Some(Why::Malformed("messages are text".into()))),
        Some(Ok(_)) => Ok(None),
        Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => Err(Some(Why::TooLarge)),
        Some(Err(error)) => Err(Some(Why::Protocol(error.to_string()))),
    }
}

/// Says why it ends, and goes on taking in what the client still sends: closed at once, the connection would be reset, and
/// our last words lost with it.
async fn part(mut socket: Socket, why: &Why) {
    tracing::debug!(?why, "a live connection ends");
    let farewell = async {
        socket.close(Some(why.frame())).await?;
        let mut rest = [0; 1024];
        let wire = socket.get_mut();
        while wire.read(&mut rest).await? > 0 {}
        Ok::<(), Error>(())
    };
    // Whoever went away or keeps sending has heard all we had to say.
    let _ = timeout(FAREWELL, farewell).await;
}

/// A connection that was greeted.
struct Conversation<'a> {
    socket: &'a mut Socket,
    ticket: Ticket,
    messages: Receiver<Out>,
    measure: Measure,
    /// All up to here was sent.
    told: i64,
    /// Beats since the client was last heard.
    silent: u32,
}

impl Conversation<'_> {
    /// Until it ends; answers what to say of it, `None` where nobody would hear it.
    async fn hold(&mut self, member: uuid::Uuid, shutdown: &Shutdown) -> Option<Why> {
        if self.send(Message::Text(ToClient::Ready { member }.text())).await.is_err() {
            return None;
        }
        let mut beat = interval(BEAT);
        beat.reset();
        loop {
            let outcome = tokio::select! {
                message = self.messages.recv() => self.hand(message).await,
                received = self.socket.next() => self.hear(received),
                _ = beat.tick() => self.beat().await,
                () = shutdown.wait() => Err(Some(Why::Stopping)),
            };
            if let Err(why) = outcome {
                return why;
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Option<Why>> {
        self.socket.send(message).await.map_err(|error| {
            tracing::debug!(%error, "a live connection broke off");
            None
        })
    }

    /// Sends on what comes from the hub.
    async fn hand(&mut self, message: Option<Out>) -> Result<(), Option<Why>> {
        match message {
            Some(Out::Batch(batch)) => {
                self.send(Message::Text(batch.message())).await?;
                self.told = batch.seq;
                Ok(())
            }
            Some(Out::Say(message)) => {
                if let ToClient::Watching { seq } | ToClient::Reset { seq } = message {
                    self.told = seq;
                }
                self.send(Message::Text(message.text())).await
            }
            Some(Out::Close(why)) => Err(Some(why)),
            None => Err(Some(Why::Slow(self.told))),
        }
    }

    /// Takes in what the client said.
    fn hear(&mut self, received: Option<Result<Message, Error>>) -> Result<(), Option<Why>> {
        self.silent = 0;
        if !self.measure.take(Instant::now()) {
            return Err(Some(Why::Flood));
        }
        match understand(received)? {
            None => Ok(()),
            Some(FromClient::Hello { .. }) => Err(Some(Why::Malformed("hello was said already".into()))),
            Some(FromClient::Watch { objects, records, after, age }) => {
                if objects.len() + records.len() > MOST_WATCHED {
                    return Err(Some(Why::Malformed(format!("at most {MOST_WATCHED} objects and records can be watched"))));
                }
                let interest = Interest {
                    all: false,
                    objects: objects.into_iter().collect(),
                    records: records.into_iter().map(|it| (it.id, it.object)).collect(),
                };
                self.ticket.watch(Watch { interest, after, age });
                Ok(())
            }
            Some(FromClient::Present { at }) => {
                if at.len() > MOST_SPOTS {
                    return Err(Some(Why::Malformed(format!("nobody is in more than {MOST_SPOTS} places"))));
                }
                self.ticket.present(at);
                Ok(())
            }
        }
    }

    /// Gives a sign of life, and asks for one.
    async fn beat(&mut self) -> Result<(), Option<Why>> {
        self.silent += 1;
        if self.silent > SILENT_BEATS {
            return Err(Some(Why::Silent));
        }
        // Read before the queue is looked at: what was handed on up to there lies in the queue or was sent.
        let position = self.ticket.position();
        if self.messages.is_empty() {
            self.told = self.told.max(position);
            self.send(Message::Text(ToClient::Seq { seq: self.told }.text())).await?;
        }
        self.send(Message::Ping(Bytes::new())).await
    }
}
