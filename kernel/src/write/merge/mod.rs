//! Several records that mean one and the same become one.
//!
//! One keeps its id, the survivor; what refers to the others refers to it from then on, their values fill its empty fields,
//! and they go to the bin, from where their ids lead to it. All of it is one change: undo takes it back, whatever was
//! changed in the meantime.

mod references;
mod traces;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

pub use references::Moves;
pub use traces::{MergedRecord, merges_of, survivor_of};
pub(super) use traces::{erase_traces, redirected, refuse_merged, take_back, undoes_merge};
pub use values::FieldChoice;

use super::execute::MAX_TRIES;
use super::plan::{PlanOptions, Planner};
use super::unit::{Unit, run_unit};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::identity::{DEPARTMENT_OBJECT, JOB_POST_OBJECT, MEMBER_OBJECT, ROLE_GRANT_OBJECT, TEAM_OBJECT};
use crate::locks::refuse_if_locked;
use crate::read::{Record, load_record, may_be_named};
use crate::schema::{DEPARTMENT_FIELD, FILE_OBJECT, FILE_VERSION_OBJECT, OWNER_FIELD, Object};
use crate::store::{ReadTx, StoreError, StoreExt as _};
use values::Chosen;

/// Most records that become part of another at once.
pub const MAX_OTHERS: usize = 20;
/// The event of the survivor; it tells the ids of the others under this name too.
pub const MERGED: &str = "merged";
/// The event of the survivor when that was taken back.
pub const UNMERGED: &str = "unmerged";

/// Which records are to become one.
#[derive(Debug, Clone, Default)]
pub struct MergeRequest {
    /// The one that stays.
    pub survivor: Uuid,
    /// Those that go.
    pub others: Vec<Uuid>,
    /// The record a field's value is taken from, by the field's name; else the first that has one, the survivor before all.
    pub take: BTreeMap<String, Uuid>,
}

impl MergeRequest {
    /// All of them, the survivor first.
    fn ids(&self) -> impl Iterator<Item = Uuid> {
        std::iter::once(self.survivor).chain(self.others.iter().copied())
    }
}

/// What became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MergeAnswer {
    /// Id of the change: undo takes it back.
    pub change_id: Uuid,
    /// Records that refer to the survivor now and did not before.
    pub moved: u64,
    /// Records that said of two of them what can only be said once; they went to the bin too.
    pub removed: u64,
}

/// What would become of it.
#[derive(Debug, Clone)]
pub struct MergePreview {
    /// Whose value each field would have, of those the caller may see.
    pub fields: Vec<FieldChoice>,
    /// What would come along, as far as the caller may see it.
    pub moves: Vec<Moves>,
    /// What is wrong with the record as it would be.
    pub problems: Vec<FieldError>,
}

/// Whether records of an object can become one: what people keep about the world, not members, their rights, or files.
pub fn may_merge(object: &Object) -> bool {
    let kept_apart = [MEMBER_OBJECT, DEPARTMENT_OBJECT, TEAM_OBJECT, JOB_POST_OBJECT, ROLE_GRANT_OBJECT, "role", FILE_OBJECT, FILE_VERSION_OBJECT];
    may_be_named(object) && !kept_apart.contains(&object.name.as_str())
}

/// Makes one record of several.
///
/// # Errors
/// Not found or forbidden where the caller may not change the survivor or delete the others; [`KernelError::Merged`] where
/// one of them became part of another record already; a conflict where one is locked or too much refers to it; the field
/// problems of the record as it would be.
pub fn merge(context: &Context, object: &Arc<Object>, request: &MergeRequest) -> Result<MergeAnswer> {
    let change = context.new_id();
    let mut tries = 0;
    loop {
        let (of, wanted) = (object.clone(), request.clone());
        let merging = move |unit: &mut Unit<'_>| {
            unit.is_about(&of.name, wanted.survivor);
            merge_all(unit, &of, &wanted)
        };
        let outcome = run_unit(context, change, "merge", Box::new(merging));
        match outcome {
            Err(KernelError::Store(StoreError::Busy)) if tries < MAX_TRIES => tries += 1,
            other => return other.map(|(moved, removed)| MergeAnswer { change_id: change, moved, removed }),
        }
    }
}

/// What [`merge`] would do, without doing it.
///
/// # Errors
/// As [`merge`].
pub fn preview_merge(context: &Context, object: &Arc<Object>, request: &MergeRequest) -> Result<MergePreview> {
    context.workspace.store.read_with(|tx| {
        let records = reach_all(context, tx, object, request)?;
        references::refuse_too_many(context, tx, object, &request.others)?;
        let Chosen { fields, values } = values::choose(context, tx, &records, &request.take)?;
        let mut draft = Planner::backwards(&context.as_system()).update(tx, object, request.survivor, &values, PlanOptions::default())?;
        // The others still stand in the way, and will not.
        draft.problems.retain(|it| it.code != "duplicate");
        let moves = references::count(context, tx, object, &request.others)?;
        Ok(MergePreview { fields, moves, problems: draft.problems })
    })
}

/// Refuses what makes no sense whatever the records are.
fn check(object: &Object, request: &MergeRequest) -> Result<()> {
    let bad = |zh_cn: &str, en: &str| Err(KernelError::bad_request("bad_request", zh_cn, en));
    let mut seen = BTreeSet::new();
    if !may_merge(object) {
        return bad("此类记录不能合并", "records of this object cannot be merged");
    }
    if request.others.is_empty() || request.others.len() > MAX_OTHERS {
        return bad("请选择1到20条要并入的记录（others）", "`others` must name 1 to 20 records to merge into this one");
    }
    if !request.ids().all(|it| seen.insert(it)) {
        return bad("同一条记录只能出现一次，也不能并入自己", "`others` names a record twice, or the record itself");
    }
    if !request.take.values().all(|it| seen.contains(it)) {
        return bad("take 中的记录不在要合并的记录之中", "`take` names a record that is not one of those to merge");
    }
    Ok(())
}

/// All records, the survivor first: he may change it, delete the others, and none is locked for him.
fn reach_all(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &MergeRequest) -> Result<Vec<Record>> {
    let planner = Planner::new(context);
    let mut records = Vec::with_capacity(request.others.len() + 1);
    for id in request.ids() {
        let verb = if id == request.survivor { Verb::Update } else { Verb::Delete };
        let record = planner.reach(tx, object, id, verb)?;
        if id == request.survivor {
            check(object, request)?;
            if [OWNER_FIELD, DEPARTMENT_FIELD].iter().any(|it| request.take.contains_key(*it)) {
                planner.reach(tx, object, id, Verb::Assign)?;
            }
        }
        super::rights::refuse_locked(context, Some(&record))?;
        refuse_if_locked(context, tx, id)?;
        records.push(record);
    }
    Ok(records)
}

fn merge_all(unit: &mut Unit<'_>, object: &Arc<Object>, request: &MergeRequest) -> Result<(u64, u64)> {
    // In one order, whoever merges: of A into B and B into C one comes first, and the other is told.
    unit.lock(object, request.ids().collect())?;
    let context = unit.context;
    let records = reach_all(context, unit.tx, object, request)?;
    records.iter().try_for_each(|it| unit.refuse_part_of_locked(it))?;
    references::refuse_too_many(context, unit.tx, object, &request.others)?;
    let Chosen { values, .. } = values::choose(context, unit.tx, &records, &request.take)?;

    let mut done = references::Done::default();
    for &other in &request.others {
        unit.move_references(object, other, request.survivor, &mut done)?;
    }
    // Nobody opens a record to others by a merge who may not by sharing it.
    let may_share = load_record(context, unit.tx, object, request.survivor, Verb::Share, false)?.is_some();
    for &other in &request.others {
        let shares = if may_share { crate::shares::move_shares(unit.tx, other, request.survivor)? } else { Vec::new() };
        traces::note(unit, object, other, request.survivor, &shares)?;
        unit.delete_as_system(&object.name, other)?;
    }
    // Last: only now nobody else has the values that must be unique.
    let survivor = take_over(unit, object, request.survivor, &values)?;
    let others: Vec<String> = request.others.iter().map(Uuid::to_string).collect();
    unit.emit(&survivor, MERGED, Map::from_iter([(MERGED.to_owned(), json!([null, others]))]));
    unit.note(json!({ "survivor": request.survivor, "merged": others, "moved": done.moved, "removed": done.removed }));
    Ok((done.moved, done.removed))
}

/// Gives the survivor the values chosen. The caller's right to each was looked at when they were.
fn take_over(unit: &mut Unit<'_>, object: &Arc<Object>, survivor: Uuid, values: &Map<String, Json>) -> Result<Record> {
    let system = unit.context.as_system();
    let check = PlanOptions { check_unique: true, ..PlanOptions::default() };
    let mut draft = Planner::backwards(&system).update(unit.tx, object, survivor, values, check)?;
    if !draft.problems.is_empty() {
        return Err(KernelError::Invalid(draft.problems));
    }
    unit.save(&mut draft)?;
    Ok(draft.record())
}
