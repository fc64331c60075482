//! What a caller's view of an object follows from, so that what was worked out for one serves all who see the same.

use std::fmt::Write as _;

use super::{Access, FieldRights, Place, Reach, Shown, Verb};
use crate::schema::{FILE_OBJECT, Object};

impl Access {
    /// What decides which records of an object the caller sees in lists and in the bin, and what of them, as text: two
    /// callers with the same text at the same moment see the same. Rules that name the caller are in it with his name.
    pub fn view_of(&self, object: &Object) -> String {
        // What is one member's alone nobody else sees, an administrator no more than others.
        if object.definition.private_to.is_some() {
            return format!("private/{:?}", self.member.id);
        }
        if self.is_unlimited() {
            return "*".to_owned();
        }
        let read = self.reach(object, Verb::Read);
        if read.is_nothing() {
            return String::new();
        }
        let restore = self.reach(object, Verb::Restore);
        let mut view = String::new();
        // Writing to a String cannot fail.
        let _ = write!(view, "{read:?}/{restore:?}/");
        view.extend(object.fields.iter().map(|it| match self.shown_uncovered(object, it, Place::List) {
            Shown::No => '-',
            Shown::Masked => '~',
            Shown::Whole => '+',
        }));
        if let Some(covers) = self.fields(object).map(FieldRights::covers).filter(|it| !it.is_empty()) {
            let _ = write!(view, "/{covers:?}");
        }
        let is_shared = |it: &Reach| it.rules().iter().any(|it| it.shared.is_some());
        // Shares are looked up by whom they are with; files, and what belongs to other records, by those records.
        let belongs = object.name == FILE_OBJECT || object.definition.follows.is_some() || object.definition.seen_with.is_some();
        if is_shared(&read) || is_shared(&restore) || belongs {
            let _ = write!(view, "/{:?}/{:?}", self.member.id, self.member.principals());
        }
        view
    }
}
