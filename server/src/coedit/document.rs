//! A rich text as a replicated document, within bounds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn as _, StateVector, Transact as _, TransactionMut, Update, WriteTxn as _, XmlFragment as _,
    XmlFragmentRef, XmlOut,
};

use super::blocks::Block;
use super::gate::{self, Gated, ROOT};
use super::{html, tree};

/// Largest edit in bytes.
pub const MAX_UPDATE: usize = 256 * 1024;
/// Largest document in bytes, with what is left of what was deleted.
pub const MAX_STATE: usize = 2 * 1024 * 1024;
/// How deep elements lie in each other at most.
const DEEPEST: usize = 64;
/// Stack of a thread that has documents: the library goes down into elements that lie in each other, and one edit may
/// bring many of them before they are counted.
pub const STACK: usize = 64 * 1024 * 1024;

/// Why an edit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is none, or rests on what is not there.
    Malformed(&'static str),
    /// The document would become too large.
    TooLarge,
}

/// See the module.
pub struct Document {
    /// None once the library panicked: what it left behind is neither used nor cleared away.
    doc: Option<Doc>,
    root: XmlFragmentRef,
    /// Bytes of the whole, not less than there are.
    size: usize,
}

impl Document {
    /// Nothing yet. What this process itself changes is under the name `client`, which nobody else has.
    pub fn new(client: u32) -> Self {
        let mut options = Options::with_guid_and_client_id(ROOT.into(), ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let root = doc.get_or_insert_xml_fragment(ROOT);
        Self { doc: Some(doc), root, size: 0 }
    }

    /// A document as it was kept.
    ///
    /// # Errors
    /// Where that is none.
    pub fn load(client: u32, state: &[u8]) -> Result<Self, Refused> {
        let mut document = Self::new(client);
        document.integrate(state)?;
        Ok(document)
    }

    /// A new document of clean HTML.
    pub fn of_html(client: u32, clean: &str) -> Self {
        let document = Self::new(client);
        document.change(|txn| {
            for (at, block) in (0..).zip(html::read(clean)) {
                tree::put(txn, &document.root, at, &block);
            }
        });
        document
    }

    /// Takes in what was once taken in already, by this process or another.
    ///
    /// # Errors
    /// Where it is no edit.
    pub fn integrate(&mut self, update: &[u8]) -> Result<Vec<u8>, Refused> {
        let work = |doc: &Doc| -> Result<Vec<u8>, &'static str> {
            let read = Update::decode_v1(update).map_err(|_| "it cannot be read")?;
            let mut txn = doc.transact_mut();
            txn.apply_update(read).map_err(|_| "it cannot be taken in")?;
            if txn.has_missing_updates() {
                txn.prune_pending();
                return Err("it rests on what is not there");
            }
            Ok(txn.encode_update_v1())
        };
        let taken = self.guarded(work)?.map_err(Refused::Malformed)?;
        self.size += taken.len();
        Ok(taken)
    }

    /// Takes in an edit of a client; answers it as it is kept and told. An edit refused may leave something behind: the
    /// document is to be loaded anew then.
    ///
    /// # Errors
    /// Where it is refused.
    pub fn edit(&mut self, update: &[u8], gated: &Gated) -> Result<Vec<u8>, Refused> {
        let taken = self.integrate(update)?;
        if self.size > MAX_STATE {
            self.size = self.state().len();
        }
        if self.size > MAX_STATE {
            return Err(Refused::TooLarge);
        }
        if gated.elements && self.is_too_deep() {
            return Err(Refused::Malformed("its elements lie too deep in each other"));
        }
        Ok(taken)
    }

    /// How far it has come, as others are told.
    pub fn vector(&self) -> Vec<u8> {
        self.read(|txn| txn.state_vector().encode_v1())
    }

    /// How far it has come with a client.
    pub fn clock(&self, client: u64) -> u32 {
        self.read(|txn| txn.state_vector().get(&ClientID::new(client)))
    }

    /// All of it.
    pub fn state(&self) -> Vec<u8> {
        self.read(|txn| txn.encode_diff_v1(&StateVector::default()))
    }

    /// What somebody who has come so far lacks.
    ///
    /// # Errors
    /// Where he says nothing that can be understood.
    pub fn lacking(&mut self, vector: &[u8]) -> Result<Vec<u8>, Refused> {
        let work = |doc: &Doc| -> Result<Vec<u8>, &'static str> {
            let vector = StateVector::decode_v1(vector).map_err(|_| "how far you have come cannot be read")?;
            Ok(doc.transact().encode_diff_v1(&vector))
        };
        self.guarded(work)?.map_err(Refused::Malformed)
    }

    /// Its blocks, by the elements they are in.
    fn parts(&self) -> Vec<Vec<Block>> {
        self.read(|txn| self.root.children(txn).map(|it| tree::get(txn, &it, 0)).collect())
    }

    /// As HTML, not yet cleaned.
    pub fn html(&self) -> String {
        html::write(&self.parts().concat())
    }

    /// Makes it say what clean HTML says, leaving alone what is the same at its beginning and its end; answers the edit.
    pub fn say(&self, clean: &str) -> Vec<u8> {
        let (now, wanted) = (self.parts(), html::read(clean));
        let is_same = |part: &Vec<Block>, block: &Block| part.len() == 1 && part.first() == Some(block);
        let head = now.iter().zip(&wanted).take_while(|(part, block)| is_same(part, block)).count();
        let tail = now[head..].iter().rev().zip(wanted[head..].iter().rev()).take_while(|(part, block)| is_same(part, block)).count();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let gone = number(now.len() - head - tail);
        self.change(|txn| {
            if gone > 0 {
                self.root.remove_range(txn, number(head), gone);
            }
            for (at, block) in (number(head)..).zip(&wanted[head..wanted.len() - tail]) {
                tree::put(txn, &self.root, at, block);
            }
        })
    }

    fn is_too_deep(&self) -> bool {
        self.read(|txn| {
            let mut open: Vec<(XmlOut, usize)> = self.root.children(txn).map(|it| (it, 1)).collect();
            while let Some((node, depth)) = open.pop() {
                if depth > DEEPEST {
                    return true;
                }
                if let XmlOut::Element(element) = node {
                    open.extend(element.children(txn).map(|it| (it, depth + 1)));
                }
            }
            false
        })
    }

    fn read<T: Default>(&self, work: impl FnOnce(&yrs::Transaction<'_>) -> T) -> T {
        self.doc.as_ref().map(|doc| work(&doc.transact())).unwrap_or_default()
    }

    fn change(&self, work: impl FnOnce(&mut TransactionMut<'_>)) -> Vec<u8> {
        let Some(doc) = &self.doc else { return Vec::new() };
        let mut txn = doc.transact_mut();
        work(&mut txn);
        txn.encode_update_v1()
    }

    fn guarded<T>(&mut self, work: impl FnOnce(&Doc) -> T) -> Result<T, Refused> {
        let doc = self.doc.take().ok_or(Refused::Malformed("the document is broken"))?;
        match catch_unwind(AssertUnwindSafe(|| work(&doc))) {
            Ok(done) => {
                self.doc = Some(doc);
                Ok(done)
            }
            Err(_) => {
                // Nobody knows what state it is in: it is left as it lies.
                std::mem::forget(doc);
                Err(Refused::Malformed("it cannot be taken in"))
            }
        }
    }
}

/// Reads an edit before a document sees it.
///
/// # Errors
/// Where it is none.
pub fn check(update: &[u8]) -> Result<Gated, Refused> {
    if update.len() > MAX_UPDATE {
        return Err(Refused::TooLarge);
    }
    gate::read(update).map_err(Refused::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coedit::testing::text;

    fn clean(blocks: &[Block]) -> String {
        guanxi_text::html::sanitise(&html::write(blocks))
    }

    fn copy(document: &Document, client: u32) -> Document {
        Document::load(client, &document.state()).unwrap()
    }

    #[test]
    fn two_who_start_from_the_same_come_to_the_same() {
        let mut one = Document::of_html(1, "<p>a</p><p>b</p>");
        let mut other = copy(&one, 2);
        let (first, second) = (one.say("<p>a1</p><p>b</p>"), other.say("<p>a</p><p>b</p><p>c</p>"));
        for (document, update) in [(&mut one, second), (&mut other, first)] {
            let gated = check(&update).unwrap();
            document.edit(&update, &gated).unwrap();
        }
        assert_eq!((one.html(), other.html()), ("<p>a1</p><p>b</p><p>c</p>".into(), one.html()));
        assert_eq!(one.vector(), other.vector());
        assert_eq!(check(&other.lacking(&one.vector()).unwrap()).unwrap().inserts, []);
    }

    #[test]
    fn an_edit_that_rests_on_what_is_not_there_is_refused() {
        let one = Document::of_html(1, "<p>a</p>");
        one.say("<p>a</p><p>b</p>");
        let later = one.say("<p>a</p><p>b</p><p>c</p>");
        let mut other = Document::of_html(2, "<p>x</p>");
        assert_eq!(other.edit(&later, &check(&later).unwrap()), Err(Refused::Malformed("it rests on what is not there")));
        assert_eq!(other.html(), "<p>x</p>");
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_refused() {
        let deep = |levels: u32| {
            // One element in the other: a structure each, whose parent is the one before.
            let mut bytes = vec![1];
            let varint = |mut number: u32, bytes: &mut Vec<u8>| {
                while number >= 0x80 {
                    bytes.push((number as u8 & 0x7f) | 0x80);
                    number >>= 7;
                }
                bytes.push(number as u8);
            };
            varint(levels, &mut bytes);
            bytes.extend([9, 0]);
            for level in 0..levels {
                bytes.push(7);
                if level == 0 {
                    bytes.extend([1, 7]);
                    bytes.extend(ROOT.as_bytes());
                } else {
                    bytes.extend([0, 9]);
                    varint(level - 1, &mut bytes);
                }
                bytes.extend([3, 1, b'q']);
            }
            // And all of it deleted at once.
            bytes.extend([1, 9, 1, 0]);
            varint(1, &mut bytes);
            bytes
        };
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || {
                let mut document = Document::of_html(1, "<p>x</p>");
                let update = deep(60);
                document.edit(&update, &check(&update).unwrap()).unwrap();
                let update = deep(20_000);
                // Deleted with its first element, it is not too deep any more; what matters is that nobody falls.
                let outcome = document.edit(&update, &check(&update).unwrap());
                assert!(matches!(outcome, Ok(_) | Err(Refused::Malformed(_))), "{outcome:?}");
            })
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(check(&vec![0; MAX_UPDATE + 1]), Err(Refused::TooLarge));
    }

    proptest! {
        #[test]
        fn kept_and_rendered_it_is_the_same(blocks in text(), other in text()) {
            let document = Document::of_html(1, &clean(&blocks));
            prop_assert_eq!(document.html(), html::write(&blocks));
            let again = copy(&document, 2);
            prop_assert_eq!(again.html(), html::write(&blocks));
            // And whatever it says next.
            let update = again.say(&clean(&other));
            prop_assert_eq!(again.html(), html::write(&other));
            let mut document = document;
            document.edit(&update, &check(&update).unwrap()).unwrap();
            prop_assert_eq!(document.html(), html::write(&other));
        }

        #[test]
        fn bytes_of_any_kind_do_no_harm(blocks in text(), bytes in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
            let document = Document::of_html(1, &clean(&blocks));
            let mut broken = document.state();
            let place = at.index(broken.len());
            broken[place] ^= bytes.first().copied().unwrap_or(1) | 1;
            let mut truncated = document.state();
            truncated.truncate(cut.index(truncated.len()));
            for update in [broken, truncated, bytes] {
                let mut fresh = Document::of_html(2, "<p>x</p>");
                if let Ok(gated) = check(&update) {
                    drop(fresh.edit(&update, &gated));
                }
                drop(fresh.lacking(&update));
            }
        }
    }
}
