//! A client's own copy of a text that several edit: what it says on the socket, and what it takes from there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    ClientID, Doc, GetString as _, OffsetKind, Options, ReadTxn as _, StateVector, Text as _, Transact as _, Update, XmlElementPrelim,
    XmlFragment as _, XmlOut, XmlTextPrelim,
};

/// See the module. Knows of the text what stands in its first paragraph.
pub struct Replica {
    doc: Doc,
    address: Json,
    /// The number the server gave the text; 0 before.
    pub number: u64,
    /// Whether the server lets it edit.
    pub write: bool,
    epoch: Json,
    sent: u64,
    taken: u64,
}

impl Replica {
    /// An empty copy of a client of this name.
    pub fn new(client: u32, object: &str, id: &Json, field: &str) -> Self {
        let mut options = Options::with_guid_and_client_id("text".into(), ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        doc.get_or_insert_xml_fragment("default");
        let address = json!({ "object": object, "id": id, "field": field });
        Self { doc, address, number: 0, write: false, epoch: Json::Null, sent: 0, taken: 0 }
    }

    /// Joins the text, or again after the connection was lost.
    pub fn join(&self) -> Json {
        let mut message = self.address.clone();
        message["type"] = json!("join");
        if !self.epoch.is_null() {
            message["epoch"] = self.epoch.clone();
            message["vector"] = json!(BASE64.encode(self.vector().encode_v1()));
        }
        message
    }

    /// How far it has come.
    pub fn vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }

    /// Takes in what the server says; answers what is to be said to it then.
    pub fn hear(&mut self, message: &Json) -> Option<Json> {
        match message["type"].as_str().unwrap() {
            "joined" => {
                self.number = message["doc"].as_u64().unwrap();
                self.write = message["write"].as_bool().unwrap();
                self.epoch = message["epoch"].clone();
                self.apply(&message["update"]);
                let theirs = StateVector::decode_v1(&BASE64.decode(message["vector"].as_str().unwrap()).unwrap()).unwrap();
                let update = self.doc.transact().encode_diff_v1(&theirs);
                return (self.sent > self.taken).then(|| self.edit(&update));
            }
            "edits" => message["updates"].as_array().unwrap().iter().for_each(|it| self.apply(it)),
            "taken" => self.taken = self.taken.max(message["n"].as_u64().unwrap()),
            _ => {}
        }
        None
    }

    fn apply(&self, update: &Json) {
        let update = Update::decode_v1(&BASE64.decode(update.as_str().unwrap()).unwrap()).unwrap();
        self.doc.transact_mut().apply_update(update).unwrap();
    }

    /// An edit as it is sent.
    pub fn edit(&mut self, update: &[u8]) -> Json {
        self.sent += 1;
        json!({ "type": "edit", "doc": self.number, "n": self.sent, "update": BASE64.encode(update) })
    }

    /// Writes into the first paragraph, so many characters from its beginning; answers what to send.
    pub fn insert(&mut self, at: u32, text: &str) -> Json {
        let update = self.change(at, text);
        self.edit(&update)
    }

    fn change(&self, at: u32, text: &str) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        let root = txn.get_xml_fragment("default").unwrap();
        let paragraph = match root.get(&txn, 0) {
            Some(XmlOut::Element(element)) => element,
            _ => root.insert(&mut txn, 0, XmlElementPrelim::empty("paragraph")),
        };
        let line = match paragraph.get(&txn, 0) {
            Some(XmlOut::Text(line)) => line,
            _ => paragraph.insert(&mut txn, 0, XmlTextPrelim::new("")),
        };
        let end = line.len(&txn);
        line.insert(&mut txn, at.min(end), text);
        txn.encode_update_v1()
    }

    /// What the first paragraph says.
    pub fn text(&self) -> String {
        let txn = self.doc.transact();
        let root = txn.get_xml_fragment("default").unwrap();
        match root.get(&txn, 0) {
            Some(XmlOut::Element(element)) => match element.get(&txn, 0) {
                Some(XmlOut::Text(line)) => line.get_string(&txn),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    /// All of it, as XML.
    pub fn whole(&self) -> String {
        let txn = self.doc.transact();
        txn.get_xml_fragment("default").unwrap().get_string(&txn)
    }

    /// Whether all it sent is durable.
    pub fn is_taken(&self) -> bool {
        self.sent == self.taken
    }
}
