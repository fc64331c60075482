//! What would become of a record that is to be erased: what goes along, what is emptied, and what keeps it and why.

use guanxi_kernel::context::Context;
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{CountMode, ListRequest, Record, count_of};
use guanxi_kernel::schema::{DELETED_AT, OnDelete};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};

use crate::holds::held;
use crate::may::purposes;
use crate::personal::personal_fields_of;
use crate::values::kept;

/// Dependents are counted no further.
const MOST: u64 = 10_000;

/// What keeps a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// `hold`, `lock`, `referenced`, `purpose`.
    pub why: &'static str,
    /// The hold's reason, the purpose's name, the object that refers to it.
    pub what: String,
    /// How many refer to it.
    pub count: u64,
}

impl Keeper {
    /// Whether it keeps the record from being anonymised, too.
    pub fn keeps_all(&self) -> bool {
        ["hold", "lock"].contains(&self.why)
    }
}

/// What becomes of a record.
#[derive(Debug)]
pub struct Fate {
    /// Objects whose records go along, with how many.
    pub goes: Vec<(String, u64)>,
    /// Objects whose records only lose the reference, with how many.
    pub emptied: Vec<(String, u64)>,
    /// What keeps it.
    pub keepers: Vec<Keeper>,
    /// Fields that would be anonymised.
    pub fields: Vec<String>,
}

impl Fate {
    /// Of a record, as the engine knows it.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Self> {
        let mut fate = Self { goes: Vec::new(), emptied: Vec::new(), keepers: Vec::new(), fields: personal_fields_of(record) };
        if let Some(hold) = held(context, tx, record.id())? {
            fate.keepers.push(Keeper { why: "hold", what: kept(&hold, "reason"), count: 1 });
        }
        if !record.is_deleted() {
            let lock = lock_state(&context.as_system(), tx, &record.object, record.id())?.lock;
            fate.keepers.extend(lock.map(|it| Keeper { why: "lock", what: it.reason, count: 1 }));
        }
        fate.count_dependents(context, tx, record)?;
        fate.ask_purposes(context, tx, record)?;
        Ok(fate)
    }

    fn count_dependents(&mut self, context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<()> {
        for dependent in &record.object.dependents {
            let Some(child) = context.schema.object(&dependent.object) else { continue };
            let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { continue };
            let pointing = Condition::equals(ColumnRef::main(part.column), Value::Id(record.id()));
            // Only what is alive stands in the way; what lies in the bin goes along all the same.
            let condition = match dependent.on_delete {
                OnDelete::Restrict => pointing.and(Condition::IsNull(ColumnRef::main(DELETED_AT))),
                _ => pointing,
            };
            let count = tx.count(&Select::all(&child.table, condition), Some(MOST))?;
            if count == 0 {
                continue;
            }
            match dependent.on_delete {
                OnDelete::Cascade => add(&mut self.goes, &child.name, count),
                OnDelete::Restrict => self.keepers.push(Keeper { why: "referenced", what: child.name.clone(), count }),
                OnDelete::Keep => add(&mut self.emptied, &child.name, count),
            }
        }
        Ok(())
    }

    /// A contract or a duty of law may keep the record, though not who it is about.
    fn ask_purposes(&mut self, context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<()> {
        if record.is_deleted() {
            return Ok(());
        }
        for purpose in purposes(context, tx, None)?.iter().filter(|it| kept(it, "keeps_object") == record.object.name) {
            let condition = kept(purpose, "keeps_when");
            if condition.trim().is_empty() {
                continue;
            }
            let filter = Some(format!("id == '{}' && ({condition}\n)", record.id()));
            let request = ListRequest { filter, count: CountMode::Exact, ..ListRequest::default() };
            match count_of(&context.as_system(), tx, &record.object, &request) {
                Ok(found) if found.is_none_or(|it| it.value == 0) => {}
                // A condition that is not understood any more keeps: what is gone cannot be brought back.
                Ok(_) | Err(KernelError::BadRequest { .. } | KernelError::Invalid(_)) => {
                    self.keepers.push(Keeper { why: "purpose", what: purpose.title(), count: 1 });
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// What keeps the record from being erased, or from being anonymised.
    pub fn keeper(&self, erased: bool) -> Option<&Keeper> {
        self.keepers.iter().find(|it| erased || it.keeps_all())
    }

    /// As told.
    pub fn json(&self) -> Json {
        let counted = |all: &[(String, u64)]| all.iter().map(|it| json!({ "object": it.0, "count": it.1 })).collect::<Vec<_>>();
        json!({
            "goes": counted(&self.goes),
            "emptied": counted(&self.emptied),
            "keepers": self.keepers.iter().map(|it| json!({ "why": it.why, "what": it.what, "count": it.count })).collect::<Vec<_>>(),
            "may_erase": self.keeper(true).is_none(),
            "may_anonymise": self.keeper(false).is_none() && !self.fields.is_empty(),
            "fields": self.fields,
        })
    }
}

fn add(all: &mut Vec<(String, u64)>, object: &str, count: u64) {
    match all.iter_mut().find(|it| it.0 == object) {
        Some(known) => known.1 += count,
        None => all.push((object.to_owned(), count)),
    }
}
