//! One connection of the socket, from its first message to its last.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{SinkExt as _, StreamExt as _};
use guanxi_kernel::coedit::Address;
use guanxi_kernel::context::Context;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc::Receiver;
use tokio::time::{interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::desk::{Desk, Join, Seat};
use super::hub::{Hub, Ticket, Watch};
use super::interest::Interest;
use super::limits::Measure;
use super::protocol::{FromClient, Out, ToClient, Why};
use crate::auth::token::same_secret;
use crate::coedit::document::MAX_UPDATE;
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

/// Longest word on where somebody stands in a text, in bytes.
const LONGEST_CURSOR: usize = 1_000;
/// What edits and cursors weigh: they come many times a second.
const LIGHT: f64 = 0.4;

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
            let Opened { caller, context, .. } = opened;
            let member = context.actor;
            let (ticket, messages) = hub.join(caller.clone(), context.clone());
            let table = Table { desk: hub.desk().clone(), caller, context, seat: None, part: None };
            let measure = Measure::new(Instant::now());
            let mut conversation = Conversation { socket: &mut socket, ticket, messages, table, measure, told: 0, silent: 0 };
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
    table: Table,
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
                message = self.table.next() => self.hand(message).await,
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
            Some(Out::Text(text)) => self.send(Message::Text(text)).await,
            Some(Out::Close(why)) => Err(Some(why)),
            None => Err(Some(Why::Slow(self.told))),
        }
    }

    /// Takes in what the client said.
    fn hear(&mut self, received: Option<Result<Message, Error>>) -> Result<(), Option<Why>> {
        self.silent = 0;
        let understood = understand(received);
        let weight = if matches!(understood, Ok(Some(FromClient::Edit { .. } | FromClient::Cursor { .. }))) { LIGHT } else { 1.0 };
        if !self.measure.take(Instant::now(), weight) {
            return Err(Some(Why::Flood));
        }
        match understood? {
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
            Some(other) => self.table.take(other).map_err(Some),
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

/// The client's place among those who edit texts together; he takes it with the first text he joins.
struct Table {
    desk: std::sync::Arc<Desk>,
    caller: Caller,
    context: Context,
    seat: Option<(Seat, Receiver<Out>)>,
    /// Of an edit that comes in parts: the text, and what has come of it.
    part: Option<(u64, Vec<u8>)>,
}

impl Table {
    /// What is said next; never anything where he has no place.
    async fn next(&mut self) -> Option<Out> {
        match &mut self.seat {
            Some((_, messages)) => messages.recv().await,
            None => std::future::pending().await,
        }
    }

    /// Takes in what the client says of texts.
    fn take(&mut self, said: FromClient) -> Result<(), Why> {
        match said {
            FromClient::Join { object, id, field, vector, epoch } => {
                let vector = vector.map(|it| bytes(&it)).transpose()?;
                let (desk, caller, context) = (&self.desk, &self.caller, &self.context);
                let (seat, _) = self.seat.get_or_insert_with(|| desk.sit(caller.clone(), context.clone()));
                seat.join(Join { address: Address { object, record: id, field }, vector, epoch });
                Ok(())
            }
            FromClient::Edit { doc, n, update, more } => self.edit(doc, n, &update, more),
            FromClient::Cursor { at: Some(at), .. } if at.len() > LONGEST_CURSOR => {
                Err(Why::Malformed(format!("a cursor has at most {LONGEST_CURSOR} bytes")))
            }
            FromClient::Cursor { doc, client, at } => {
                self.seat()?.stand(doc, client, at);
                Ok(())
            }
            FromClient::Leave { doc } => {
                self.seat()?.leave(doc);
                Ok(())
            }
            FromClient::Hello { .. } | FromClient::Watch { .. } | FromClient::Present { .. } => Ok(()),
        }
    }

    fn seat(&self) -> Result<&Seat, Why> {
        self.seat.as_ref().map(|it| &it.0).ok_or_else(|| Why::Malformed("join a text first".to_owned()))
    }

    fn edit(&mut self, doc: u64, n: u64, update: &str, more: bool) -> Result<(), Why> {
        let mut whole = self.part.take().filter(|it| it.0 == doc).map(|it| it.1).unwrap_or_default();
        whole.extend(bytes(update)?);
        if whole.len() > MAX_UPDATE {
            return Err(Why::TooLarge);
        }
        if more {
            self.part = Some((doc, whole));
            return Ok(());
        }
        if self.seat()?.edit(doc, n, whole) { Ok(()) } else { Err(Why::Flood) }
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, Why> {
    BASE64.decode(text).map_err(|_| Why::Malformed("this is no base64".to_owned()))
}
