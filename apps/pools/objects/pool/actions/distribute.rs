//! Many records for several members: evenly, at random or by weight, the same in the preview and in earnest.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, load_records, object_of};
use guanxi_kernel::schema::Label;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::assign::assign_to;
use crate::pool::require_keeper;
use crate::room::{Rooms, ToldRoom};

/// Most records at once.
const MOST_RECORDS: usize = 1_000;
/// Most members at once.
const MOST_MEMBERS: usize = 200;

/// See the module.
pub struct Distribute(pub ActionDefinition);

impl Action for Distribute {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let pool = required_record(record)?;
        require_keeper(unit.context, pool.id())?;
        let ids = ids_in(input)?;
        let members = members_in(input)?;
        let seed = input.get("seed").and_then(Json::as_i64).unwrap_or_else(|| fresh_seed(unit));
        let mode = input.get("mode").and_then(Json::as_str).unwrap_or("even");
        let preview = input.get("preview").and_then(Json::as_bool).unwrap_or(false);

        let object = object_of(unit.context, pool.value("object").as_text().unwrap_or_default())?;
        unit.lock(&object, ids.clone())?;
        let mut records = load_records(unit.context, unit.tx, &object, &ids, Verb::Read, false)?;
        records.sort_by_key(|it| ids.iter().position(|id| *id == it.id()));
        let (here, gone): (Vec<Record>, Vec<Record>) = records.into_iter().partition(|it| it.reference("pool") == Some(pool.id()));
        let shares = share_out(here.len(), &members, mode, seed);
        let names = names_of(unit, &members)?;
        let everybody: Vec<Uuid> = members.iter().map(|it| it.0).collect();
        let mut rooms = Rooms::of_pool(pool.id());
        rooms.expect(unit, &object.name, &everybody)?;
        let before: Vec<Option<ToldRoom>> = everybody.iter().map(|it| rooms.told(*it)).collect();
        let locked = locked_among(unit.context, unit.tx, &ids)?;
        let (mut moves, mut refused) = (Vec::new(), Vec::new());
        let mut counts = vec![(0_u64, 0_u64); members.len()];
        for (record, at) in here.iter().zip(shares) {
            let to = members[at].0;
            let told = |extra: Json| {
                let mut told = json!({ "record": record.id(), "label": record.title(), "member": { "id": to, "label": names[at] } });
                if let (Some(told), Json::Object(extra)) = (told.as_object_mut(), extra) {
                    told.extend(extra);
                }
                told
            };
            let outcome = if locked.contains(&record.id()) {
                Err(Label::new("它被锁定了", "it is locked"))
            } else if preview {
                would_give(unit, &mut rooms, &object.name, to)?
            } else {
                given(assign_to(unit, record, to, None))?
            };
            match outcome {
                Ok(()) => {
                    counts[at].0 += 1;
                    moves.push(told(json!({})));
                }
                Err(message) => {
                    counts[at].1 += 1;
                    refused.push(told(json!({ "message": unit.context.locale.pick(&message) })));
                }
            }
        }
        let missing = ("已不在这个公海", "does not lie in this pool any more");
        let message = if unit.context.locale.tag() == "en" { missing.1 } else { missing.0 };
        refused.extend(
            gone.iter()
                .map(|it| json!({ "record": it.id(), "label": it.text_for(unit.context, &it.object.definition.title_field), "message": message })),
        );
        let of_member = |at: usize| {
            let room = before[at].unwrap_or_default();
            json!({
                "member": { "id": members[at].0, "label": names[at] }, "held": room.held, "cap": room.cap, "free": room.free,
                "given": counts[at].0, "refused": counts[at].1,
            })
        };
        let members: Vec<Json> = (0..members.len()).map(of_member).collect();
        Ok(json!({ "seed": seed, "moves": moves, "refused": refused, "members": members }))
    }
}

/// Whether a member would get one more, as it is found in earnest.
fn would_give(unit: &mut Unit<'_>, rooms: &mut Rooms, object: &str, to: Uuid) -> Result<std::result::Result<(), Label>> {
    let Some(room) = rooms.told(to) else { return Ok(Err(Label::new("没有这位启用的成员", "there is no such active member"))) };
    if rooms.take(unit, object, to)?.is_some() {
        return Ok(Ok(()));
    }
    let (cap, held) = (room.cap.unwrap_or_default(), room.held.unwrap_or_default());
    Ok(Err(Label::new(
        format!("超出持有上限：最多 {cap}，名下将有 {held}"),
        format!("beyond what he may hold: at most {cap}, and {held} held by then"),
    )))
}

/// What is refused by what the member may hold, or because he is none any more, is told by record.
fn given(outcome: Result<Record>) -> Result<std::result::Result<(), Label>> {
    match outcome {
        Ok(_) => Ok(Ok(())),
        Err(KernelError::Conflict { message, .. }) => Ok(Err(message)),
        Err(KernelError::Invalid(problems)) if problems.iter().any(|it| it.field == "member") => {
            Ok(Err(problems.into_iter().next().map(|it| it.message).unwrap_or_default()))
        }
        Err(other) => Err(other),
    }
}

fn wrong(field: &str, zh_cn: impl Into<String>, en: impl Into<String>) -> KernelError {
    KernelError::invalid(field, "bad_format", zh_cn, en)
}

fn ids_in(input: &Map<String, Json>) -> Result<Vec<Uuid>> {
    let items = input.get("records").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let ids: Option<Vec<Uuid>> = items.iter().map(|it| Uuid::try_parse(it.as_str()?).ok()).collect();
    let Some(ids) = ids.filter(|it| !it.is_empty()) else {
        return Err(wrong("records", "应为记录编号的列表", "must be a list of the ids of records"));
    };
    if ids.len() > MOST_RECORDS {
        return Err(wrong("records", format!("一次最多 {MOST_RECORDS} 条"), format!("at most {MOST_RECORDS} at once")));
    }
    Ok(ids)
}

/// Members with their weights, each once.
fn members_in(input: &Map<String, Json>) -> Result<Vec<(Uuid, u32)>> {
    let items = input.get("members").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut members: Vec<(Uuid, u32)> = Vec::new();
    for item in items {
        let named = item.get("member").unwrap_or(item);
        let id = named.as_str().or_else(|| named.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok());
        let weight = item.get("weight").map_or(Some(1), |it| it.as_u64().and_then(|it| u32::try_from(it).ok()).filter(|it| (1..=1_000).contains(it)));
        let (Some(id), Some(weight)) = (id, weight) else {
            return Err(wrong("members", "应为成员及 1 到 1000 的权重", "must be members, each with a weight from 1 to 1000"));
        };
        if members.iter().all(|it| it.0 != id) {
            members.push((id, weight));
        }
    }
    if members.is_empty() || members.len() > MOST_MEMBERS {
        return Err(wrong("members", format!("请选择 1 到 {MOST_MEMBERS} 位成员"), format!("choose 1 to {MOST_MEMBERS} members")));
    }
    Ok(members)
}

fn names_of(unit: &mut Unit<'_>, members: &[(Uuid, u32)]) -> Result<Vec<Option<String>>> {
    let context = unit.context;
    let object = context.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
    let ids: Vec<Uuid> = members.iter().map(|it| it.0).collect();
    let known = load_records(context, unit.tx, object, &ids, Verb::Read, false)?;
    Ok(ids.iter().map(|id| known.iter().find(|it| it.id() == *id).map(Record::title)).collect())
}

/// A seed nobody chose, small enough to be written down.
fn fresh_seed(unit: &Unit<'_>) -> i64 {
    let (_, low) = unit.context.new_id().as_u64_pair();
    i64::from(u32::try_from(low & 0x7fff_ffff).unwrap_or(0))
}

/// Whose each of so many records is, by the position of the member.
fn share_out(records: usize, members: &[(Uuid, u32)], mode: &str, seed: i64) -> Vec<usize> {
    let mut random = Random(seed.unsigned_abs());
    match mode {
        "random" => (0..records).map(|_| random.below(members.len())).collect(),
        "weighted" => by_weight(records, members),
        _ => (0..records).map(|it| it % members.len()).collect(),
    }
}

/// Each record goes to the member who is furthest behind his share, the first of those alike.
fn by_weight(records: usize, members: &[(Uuid, u32)]) -> Vec<usize> {
    let mut given = vec![0_u64; members.len()];
    (0..records)
        .map(|_| {
            // The next one of each, measured against his weight: compared crosswise, without fractions.
            let behind = |one: &usize, other: &usize| {
                let (left, right) = ((given[*one] + 1) * u64::from(members[*other].1), (given[*other] + 1) * u64::from(members[*one].1));
                left.cmp(&right).then(one.cmp(other))
            };
            let at = (0..members.len()).min_by(behind).unwrap_or(0);
            given[at] += 1;
            at
        })
        .collect()
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^= it >> 31;
        usize::try_from(it % (most.max(1) as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(shares: &[usize], members: usize) -> Vec<usize> {
        (0..members).map(|it| shares.iter().filter(|at| **at == it).count()).collect()
    }

    #[test]
    fn shares_are_even_by_weight_or_by_the_seed() {
        let members = [(Uuid::from_u128(1), 1), (Uuid::from_u128(2), 2), (Uuid::from_u128(3), 3)];
        assert_eq!(counts(&share_out(8, &members, "even", 1), 3), [3, 3, 2]);
        assert_eq!(counts(&share_out(12, &members, "weighted", 1), 3), [2, 4, 6]);
        assert_eq!(counts(&share_out(1, &members, "weighted", 1), 3), [0, 0, 1]);
        let random = share_out(600, &members, "random", 7);
        assert_eq!(random, share_out(600, &members, "random", 7), "the preview's seed gives the preview's outcome");
        assert_ne!(random, share_out(600, &members, "random", 8));
        assert!(counts(&random, 3).iter().all(|it| (150..=250).contains(it)), "{:?}", counts(&random, 3));
    }
}
