//! What the person a record is addressed to may see meanwhile: records it refers to, for as long as a condition holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::computed::value_of;
use super::unit::Unit;
use crate::access::{Principal, ShareLevel, Verb, context_of};
use crate::context::Context;
use crate::error::Result;
use crate::identity::DEPARTMENT_OBJECT;
use crate::read::load_record;
use crate::schema::{FieldKind, Object};

/// A record somebody is to see: a member, or everybody of a department.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lent {
    to: Borrower,
    object: String,
    record: Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Borrower {
    Member(Uuid),
    Department(Uuid),
}

impl Borrower {
    fn principal(self) -> Principal {
        match self {
            Self::Member(id) => Principal::Member(id),
            Self::Department(id) => Principal::Department(id),
        }
    }
}

/// What a row lends to whom.
fn lent(context: &Context, object: &Object, row: &[Value]) -> BTreeSet<Lent> {
    let reference = |name: &str| object.field(name).and_then(|it| it.part("")).and_then(|it| row.get(it.column)).cloned();
    let mut all = BTreeSet::new();
    for (definition, when) in &object.lends {
        let Some(Value::Id(to)) = reference(&definition.to) else { continue };
        let is_department = object.field(&definition.to).and_then(|it| it.target.as_deref()) == Some(DEPARTMENT_OBJECT);
        let to = if is_department { Borrower::Department(to) } else { Borrower::Member(to) };
        if !value_of(context, object, row, when).is_true() {
            continue;
        }
        for name in &definition.fields {
            let Some(field) = object.field(name) else { continue };
            let named = field.part("object").and_then(|it| row.get(it.column)).and_then(|it| it.as_text().map(str::to_owned));
            let target = if field.definition.kind == FieldKind::Record { named } else { field.target.clone() };
            if let (Some(target), Some(Value::Id(record))) = (target, reference(name)) {
                all.insert(Lent { to, object: target, record });
            }
        }
    }
    all
}

impl Unit<'_> {
    /// Lends what a record now lends and did not before, and takes back what it no longer lends; a row that is `None` lends
    /// nothing. Only what the caller could share himself is lent, and only to those who would not see it otherwise.
    pub(super) fn settle_lends(&mut self, object: &Arc<Object>, id: Uuid, before: Option<&[Value]>, after: Option<&[Value]>) -> Result<()> {
        if object.lends.is_empty() {
            return Ok(());
        }
        let of = |row: Option<&[Value]>| row.map(|it| lent(self.context, object, it)).unwrap_or_default();
        let (had, has) = (of(before), of(after));
        for over in had.difference(&has) {
            self.end_share(over.record, over.to.principal(), id)?;
        }
        for new in has.difference(&had) {
            self.lend(object, id, new)?;
        }
        Ok(())
    }

    fn lend(&mut self, object: &Object, id: Uuid, new: &Lent) -> Result<()> {
        let Some(target) = self.context.schema.object(&new.object).cloned() else { return Ok(()) };
        // Who addresses it to himself saw the record, or lends himself nothing. Where the engine does, he may see it by nothing but what
        // he had until now: who completes a step and has the next one.
        if new.to == Borrower::Member(self.context.actor) && !self.context.access.is_system() {
            return Ok(());
        }
        let Some(record) = load_record(self.context, self.tx, &target, new.record, Verb::Share, false)? else { return Ok(()) };
        if let Borrower::Member(member) = new.to {
            let Some(theirs) = context_of(self.context, self.tx, member)? else { return Ok(()) };
            if load_record(&theirs, self.tx, &target, new.record, Verb::Read, false)?.is_some() {
                return Ok(());
            }
        }
        self.share_until(&record, new.to.principal(), ShareLevel::Read, "task", (&object.name, id))
    }
}
