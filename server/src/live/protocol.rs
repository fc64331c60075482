//! What is said on the socket. `docs/api.md` tells it to people.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use uuid::Uuid;

use super::audience::Batch;

/// A record by its object and id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedRecord {
    /// Its object.
    pub object: String,
    /// Its id.
    pub id: Uuid,
}

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "LiveRequest")]
pub enum FromClient {
    /// The first message. With a session it repeats the token that unsafe requests repeat.
    Hello {
        /// `csrf_token` of `Me`; not needed with a key.
        #[serde(default)]
        csrf: Option<String>,
    },
    /// What the client wants to hear of from now on, all of it, in place of what it wanted before.
    Watch {
        /// All records of these objects.
        #[serde(default)]
        objects: Vec<String>,
        /// Single records.
        #[serde(default)]
        records: Vec<NamedRecord>,
        /// Resume: tell what happened after this sequence, of all that is wanted.
        #[serde(default)]
        after: Option<i64>,
        /// Of what was not wanted before, tell what happened in so many milliseconds, and a little more: as old as what
        /// the client has loaded of it.
        #[serde(default)]
        age: Option<u64>,
    },
    /// Where the member is, all of it, in place of where he was. Others who are there are told, and he is told of them.
    Present {
        /// Records and boards he has before him.
        #[serde(default)]
        at: Vec<PresentAt>,
    },
    /// Edits a text together with others: a field of rich text. Answered by `joined` or `left`.
    Join {
        /// Its object.
        object: String,
        /// Its record.
        id: Uuid,
        /// The field.
        field: String,
        /// How far the client's own copy has come, as `Yjs` writes a state vector, in base64; left out without one.
        #[serde(default)]
        vector: Option<String>,
        /// The epoch of that copy.
        #[serde(default)]
        epoch: Option<Uuid>,
    },
    /// An edit of a text that was joined, or a part of one. Answered by `taken` once it is durable.
    Edit {
        /// The number `joined` gave the text.
        doc: u64,
        /// The client's own number of the edit; `taken` repeats it.
        n: u64,
        /// An update of `Yjs` (version 1), in base64.
        update: String,
        /// Whether the rest of it follows.
        #[serde(default)]
        more: bool,
    },
    /// Where the client stands in a text that was joined. Others who read it are told.
    Cursor {
        /// The number of the text.
        doc: u64,
        /// The client's name in its document.
        client: u64,
        /// Where, for other clients to understand; null where he stands nowhere.
        #[serde(default)]
        at: Option<String>,
    },
    /// Leaves a text.
    Leave {
        /// The number of the text.
        doc: u64,
    },
}

/// Somewhere a member is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresentAt {
    /// Object.
    pub object: String,
    /// The record; left out for the board of the object.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The field he edits.
    #[serde(default)]
    pub field: Option<String>,
    /// Whether he types.
    #[serde(default)]
    pub typing: bool,
}

/// Somebody who is where the caller is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PresentMember {
    /// The member.
    pub id: Uuid,
    /// His name; null where the caller may not see it.
    pub label: Option<String>,
    /// The field he edits; null where he edits none, or the caller may not see it.
    pub field: Option<String>,
    /// Whether he types.
    pub typing: bool,
}

/// What the server says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schemars(rename = "LiveMessage")]
pub enum ToClient {
    /// Answers the first message.
    Ready {
        /// The member.
        member: Uuid,
    },
    /// Answers `watch`: from this sequence on whatever happens is told.
    Watching {
        /// The sequence.
        seq: i64,
    },
    /// Events, in their order: `seq` and `events`, each an `Event`. All up to `seq` that the client wants has been told.
    Events {
        /// The last sequence looked at.
        seq: i64,
        /// What the caller may see of it.
        events: Vec<crate::http::ToldEvent>,
    },
    /// A sign of life. All up to `seq` has been told.
    Seq {
        /// The last sequence looked at.
        seq: i64,
    },
    /// More has happened than is told one by one: load anew what is shown.
    Reset {
        /// Everything up to here is passed over.
        seq: i64,
    },
    /// The caller's rights or the definitions have changed: load `/meta` anew, and what is shown.
    Rights,
    /// A record watched by its id can no longer be seen.
    Lost {
        /// Its object.
        object: String,
        /// Its id.
        id: Uuid,
    },
    /// Who else is where the caller is, whenever that changes.
    Present {
        /// Object.
        object: String,
        /// The record; null for the board of the object.
        id: Option<Uuid>,
        /// The others, each once.
        members: Vec<PresentMember>,
    },
    /// Answers `join`: the caller reads along from here.
    Joined {
        /// Its object.
        object: String,
        /// Its record.
        id: Uuid,
        /// The field.
        field: String,
        /// The number of the text on this connection and its node.
        doc: u64,
        /// What the text was begun as. A copy of another epoch has nothing to do with it.
        epoch: Uuid,
        /// Whether the caller may edit.
        write: bool,
        /// What the client's copy lacks, an update of `Yjs` in base64; all of it for a copy of another epoch.
        update: String,
        /// How far the server has come: a state vector in base64.
        vector: String,
    },
    /// Edits of others, in their order. Some may be the client's own.
    Edits {
        /// The number of the text.
        doc: u64,
        /// Updates of `Yjs`, each in base64.
        updates: Vec<String>,
    },
    /// The caller's edits up to this one are durable.
    Taken {
        /// The number of the text.
        doc: u64,
        /// The client's number.
        n: u64,
    },
    /// Where another reader of a text stands.
    Cursor {
        /// The number of the text.
        doc: u64,
        /// The reader's name in his document.
        client: u64,
        /// The member.
        member: Uuid,
        /// His name; null where the caller may not see it.
        label: Option<String>,
        /// Where, as that client said it; null where he left.
        at: Option<String>,
    },
    /// The record has the text as it stands.
    Written {
        /// The number of the text.
        doc: u64,
    },
    /// The record does not take the text as it stands; it is kept, and tried again with the next edit.
    Unwritten {
        /// The number of the text.
        doc: u64,
        /// Why, in the caller's language.
        reason: String,
    },
    /// The caller edits a text no more.
    Left {
        /// Its object.
        object: String,
        /// Its record.
        id: Uuid,
        /// The field.
        field: String,
        /// Why.
        reason: LeftReason,
    },
}

/// Why somebody edits a text no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// There is no such text, or he may not see it.
    Gone,
    /// He may only read it; what he sent was not taken.
    ReadOnly,
    /// It was begun anew: join it again, with a new copy.
    Renewed,
    /// It is as large as it may be; what he sent was not taken.
    TooLarge,
    /// The server cannot go on with it now; join it again in a while.
    Busy,
}

/// Why a connection is ended. Codes from 4400 on are our own; each is like the HTTP status it resembles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The server stops; another or the same will be there soon.
    Stopping,
    /// The session ended, the key was taken, or the member has left.
    SignedOut,
    /// The first message did not bring the session's token.
    Csrf,
    /// A message that is none.
    Malformed(String),
    /// Longer than a message may be.
    TooLarge,
    /// It breaks the rules of `WebSocket`.
    Protocol(String),
    /// The client takes less than happens. It may resume after this sequence.
    Slow(i64),
    /// Nothing was heard of the client.
    Silent,
    /// More messages than anybody needs to send.
    Flood,
}

/// Longest reason that a frame of the protocol holds, in bytes.
const LONGEST_REASON: usize = 123;

impl Why {
    /// As the protocol has it.
    pub fn frame(&self) -> CloseFrame {
        let (code, reason) = match self {
            Self::Stopping => (1012, "the server restarts".to_owned()),
            Self::SignedOut => (4401, "not signed in".to_owned()),
            Self::Csrf => (4403, "the first message must bring the session's csrf token".to_owned()),
            Self::Malformed(reason) => (4400, reason.clone()),
            Self::TooLarge => (1009, "the message is too large".to_owned()),
            Self::Protocol(reason) => (1002, reason.clone()),
            Self::Slow(seq) => (4408, format!("too slow; resume after {seq}")),
            Self::Silent => (4410, "nothing was heard of you".to_owned()),
            Self::Flood => (4429, "too many messages".to_owned()),
        };
        let end = (0..=reason.len().min(LONGEST_REASON)).rev().find(|it| reason.is_char_boundary(*it)).unwrap_or(0);
        CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::from(reason[..end].to_owned()) }
    }
}

/// What the hub hands a listener.
#[derive(Debug, Clone)]
pub enum Out {
    /// Events.
    Batch(Arc<Batch>),
    /// Another message.
    Say(ToClient),
    /// The same, written already.
    Text(Utf8Bytes),
    /// The end.
    Close(Why),
}

impl ToClient {
    /// As JSON.
    pub fn text(&self) -> Utf8Bytes {
        // A value that cannot be JSON would be a fault of the program; the client resumes after what it has.
        serde_json::to_string(self).map_or_else(|_| Utf8Bytes::from_static("{\"type\":\"rights\"}"), Utf8Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_its_frame_and_stays_text() {
        let frame = Why::Malformed("客".repeat(100)).frame();
        assert_eq!((frame.reason.len(), u16::from(frame.code)), (123, 4400));
        assert_eq!(Why::Slow(7).frame().reason.as_str(), "too slow; resume after 7");
    }

    #[test]
    fn a_message_says_nothing_that_is_not_described() {
        let read = |text: &str| serde_json::from_str::<FromClient>(text);
        assert_eq!(read(r#"{"type":"hello"}"#).unwrap(), FromClient::Hello { csrf: None });
        let watch = FromClient::Watch { objects: vec!["account".into()], records: Vec::new(), after: Some(3), age: None };
        assert_eq!(read(r#"{"type":"watch","objects":["account"],"after":3}"#).unwrap(), watch);
        for wrong in [r#"{"type":"watch","object":"account"}"#, r#"{"type":"sing"}"#, "[]", "7", r#"{"type":"watch","after":"3"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
