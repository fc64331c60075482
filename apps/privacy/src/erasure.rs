//! What would become of a record that is to be erased: what goes along, what is emptied, and what keeps it and why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{CountMode, ListRequest, Record, count_of, known_records, load_records};
use guanxi_kernel::schema::{DELETED_AT, Dependent, ID, Object, OnDelete};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::holds::{held, held_among, may_know};
use crate::may::{MOST_PURPOSES, PURPOSE};
use crate::personal::personal_fields_of;
use crate::submissions::sent_by;
use crate::values::kept;

/// Records that belong to one, through others, are looked at no further.
const MOST: usize = 5_000;
/// Looked up at once.
const AT_ONCE: usize = 500;

/// What keeps a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// `hold`, `lock`, `referenced`, `purpose`.
    pub why: &'static str,
    /// The hold's reason, the purpose's name, the object that refers to it; empty where the caller may not know.
    pub what: String,
    /// How many refer to it; none where the caller may not know.
    pub count: u64,
    /// Whether it keeps one that belongs to the record rather than the record itself.
    pub of_part: bool,
}

impl Keeper {
    /// Whether it keeps the record from being anonymised, too.
    pub fn keeps_all(&self) -> bool {
        !self.of_part && ["hold", "lock"].contains(&self.why)
    }
}

/// What becomes of a record.
#[derive(Debug, Default)]
pub struct Fate {
    /// Objects whose records go along, with how many.
    pub goes: BTreeMap<String, u64>,
    /// Objects whose records only lose the reference, with how many.
    pub emptied: BTreeMap<String, u64>,
    /// What keeps it.
    pub keepers: Vec<Keeper>,
    /// Fields that would be anonymised.
    pub fields: Vec<String>,
    /// What the person sent by web forms: it goes where the record is anonymised, too.
    pub sent: u64,
    /// Whether more goes along than was looked at.
    pub more: bool,
}

/// Records that go along, by object.
type Parts = BTreeMap<String, Vec<Uuid>>;

impl Fate {
    /// Of a record, as the engine knows it; what the caller may not know of a hold or a purpose is left out.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Self> {
        let mut fate = Self { fields: personal_fields_of(record), ..Self::default() };
        if let Some(hold) = held(context, tx, record.id())? {
            let what = if may_know(context, tx, &hold)? { kept(&hold, "reason") } else { String::new() };
            fate.keepers.push(Keeper { why: "hold", what, count: 1, of_part: false });
        }
        if !record.is_deleted() {
            let lock = lock_state(&context.as_system(), tx, &record.object, record.id())?.lock;
            fate.keepers.extend(lock.map(|it| Keeper { why: "lock", what: it.reason, count: 1, of_part: false }));
        }
        let parts = fate.walk(context, tx, record)?;
        fate.ask_for_parts(context, tx, &parts)?;
        for purpose in keeping_purposes(context, tx, record)? {
            fate.keep_for(context, tx, &purpose, false)?;
        }
        fate.sent = sent_by(context, tx, record)?.len() as u64;
        Ok(fate)
    }

    /// Goes from a record to what belongs to it, and on from there, as erasing will.
    fn walk(&mut self, context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Parts> {
        let mut parts = Parts::new();
        let mut seen = BTreeSet::from([record.id()]);
        let mut ahead = VecDeque::from([(record.object.clone(), record.id())]);
        while let Some((object, id)) = ahead.pop_front() {
            let mut found: Vec<(Arc<Object>, Uuid)> = Vec::new();
            for dependent in &object.dependents {
                found.extend(self.look_at(context, tx, dependent, id)?);
            }
            for child in context.schema.objects.values() {
                let follows = |it: &&guanxi_kernel::schema::Field| child.definition.follows.as_deref() == Some(it.name()) && child.goes_with(it);
                for part in child.fields.iter().filter(follows).filter_map(|it| it.part("")) {
                    found.extend(
                        ids(tx, child, Condition::equals(ColumnRef::main(part.column), Value::Id(id)))?.into_iter().map(|it| (child.clone(), it)),
                    );
                }
            }
            for (child, id) in found {
                if !seen.insert(id) {
                    continue;
                }
                *self.goes.entry(child.name.clone()).or_default() += 1;
                parts.entry(child.name.clone()).or_default().push(id);
                ahead.push_back((child, id));
            }
            if seen.len() > MOST {
                self.more = true;
                break;
            }
        }
        Ok(parts)
    }

    /// What refers to a record: answers what goes along, and counts the rest.
    fn look_at(&mut self, context: &Context, tx: &mut dyn ReadTx, dependent: &Dependent, id: Uuid) -> Result<Vec<(Arc<Object>, Uuid)>> {
        let Some(child) = context.schema.object(&dependent.object) else { return Ok(Vec::new()) };
        let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { return Ok(Vec::new()) };
        let pointing = Condition::equals(ColumnRef::main(part.column), Value::Id(id));
        match dependent.on_delete {
            OnDelete::Cascade => return Ok(ids(tx, child, pointing)?.into_iter().map(|it| (child.clone(), it)).collect()),
            OnDelete::Keep => {
                let count = tx.count(&Select::all(&child.table, pointing), Some(MOST as u64))?;
                if count > 0 {
                    *self.emptied.entry(child.name.clone()).or_default() += count;
                }
            }
            OnDelete::Restrict => {
                // Only what is alive stands in the way; what lies in the bin goes along all the same.
                let alive = pointing.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
                let count = tx.count(&Select::all(&child.table, alive), Some(MOST as u64))?;
                if count > 0 {
                    let known = context.access.may(child, Verb::Read);
                    let what = if known { child.name.clone() } else { String::new() };
                    self.keepers.push(Keeper { why: "referenced", what, count: if known { count } else { 0 }, of_part: false });
                }
            }
        }
        Ok(Vec::new())
    }

    /// What keeps one that goes along keeps the record from being erased.
    fn ask_for_parts(&mut self, context: &Context, tx: &mut dyn ReadTx, parts: &Parts) -> Result<()> {
        let mut holds = 0;
        for ids in parts.values() {
            for some in ids.chunks(AT_ONCE) {
                holds += held_among(context, tx, some)?.len() as u64;
            }
        }
        if holds > 0 {
            self.keepers.push(Keeper { why: "hold", what: String::new(), count: holds, of_part: true });
        }
        for (name, ids) in parts {
            let Some(object) = context.schema.object(name) else { continue };
            if purposes_for(context, tx, name)?.is_empty() {
                continue;
            }
            'parts: for some in ids.chunks(AT_ONCE) {
                for part in load_records(&context.as_system(), tx, object, some, Verb::Read, false)? {
                    if let Some(purpose) = keeping_purposes(context, tx, &part)?.first() {
                        self.keep_for(context, tx, purpose, true)?;
                        break 'parts;
                    }
                }
            }
        }
        Ok(())
    }

    fn keep_for(&mut self, context: &Context, tx: &mut dyn ReadTx, purpose: &Record, of_part: bool) -> Result<()> {
        let known = !load_records(context, tx, &purpose.object, &[purpose.id()], Verb::Read, false)?.is_empty();
        self.keepers.push(Keeper { why: "purpose", what: if known { purpose.title() } else { String::new() }, count: 1, of_part });
        Ok(())
    }

    /// What keeps the record from being erased, or from being anonymised.
    pub fn keeper(&self, erased: bool) -> Option<&Keeper> {
        self.keepers.iter().find(|it| erased || it.keeps_all())
    }

    /// As told to who asks: of objects he may not read he is told that there is something, not what and how much.
    pub fn json(&self, context: &Context) -> Json {
        let readable = |name: &String| context.schema.object(name).is_some_and(|it| context.access.may(it, Verb::Read));
        let told = |all: &BTreeMap<String, u64>| {
            all.iter().filter(|it| readable(it.0)).map(|it| json!({ "object": it.0, "count": it.1 })).collect::<Vec<_>>()
        };
        json!({
            "goes": told(&self.goes),
            "emptied": told(&self.emptied),
            "others": self.goes.keys().chain(self.emptied.keys()).any(|it| !readable(it)),
            "more": self.more,
            "sent": self.sent,
            "keepers": self.keepers.iter().map(|it| json!({ "why": it.why, "what": it.what, "count": it.count })).collect::<Vec<_>>(),
            "may_erase": self.keeper(true).is_none(),
            "may_anonymise": self.keeper(false).is_none() && !self.fields.is_empty(),
            "fields": self.fields,
        })
    }
}

fn ids(tx: &mut dyn ReadTx, object: &Object, condition: Condition) -> Result<Vec<Uuid>> {
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, condition) };
    let rows = tx.rows(&select.limited(MOST as u64 + 1))?;
    Ok(rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect())
}

/// The purposes in use that keep records of an object.
fn purposes_for(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Vec<Record>> {
    if context.schema.object(PURPOSE).is_none() {
        return Ok(Vec::new());
    }
    let name = Value::Text(object.to_owned());
    known_records(
        context,
        tx,
        PURPOSE,
        |it| Ok(Condition::equals(it("active")?, Value::Bool(true)).and(Condition::equals(it("keeps_object")?, name))),
        MOST_PURPOSES,
    )
}

/// A contract or a duty of law may keep the record, though not who it is about: the purposes that do.
///
/// # Errors
/// Fails where the database does.
pub fn keeping_purposes(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Vec<Record>> {
    let mut keeping = Vec::new();
    if record.is_deleted() {
        return Ok(keeping);
    }
    for purpose in purposes_for(context, tx, &record.object.name)? {
        let condition = kept(&purpose, "keeps_when");
        if condition.trim().is_empty() {
            continue;
        }
        let filter = Some(format!("id == '{}' && ({condition}\n)", record.id()));
        let request = ListRequest { filter, count: CountMode::Exact, ..ListRequest::default() };
        match count_of(&context.as_system(), tx, &record.object, &request) {
            Ok(found) if found.as_ref().is_none_or(|it| it.value == 0) => {}
            // A condition that is not understood any more keeps: what is gone cannot be brought back.
            Ok(_) | Err(KernelError::BadRequest { .. } | KernelError::Invalid(_)) => keeping.push(purpose),
            Err(other) => return Err(other),
        }
    }
    Ok(keeping)
}
