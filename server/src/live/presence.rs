//! Who is where: members at a record or at the board of an object, what they edit, whether they type. Kept in memory alone;
//! other nodes tell theirs, and what they do not repeat is forgotten.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Other nodes repeat who is there this often.
pub const REPEATED: Duration = Duration::from_secs(15);
/// What a node has not repeated for so long is over: it may have died.
const FORGOTTEN: Duration = Duration::from_secs(40);
/// Most members of one place that are told to other nodes; a message between them is short.
const MOST_TOLD: usize = 40;

/// A record, or where it has none, the board of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// Object.
    pub object: String,
    /// The record.
    pub id: Option<Uuid>,
}

/// Somebody at a spot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Being {
    /// The member.
    pub member: Uuid,
    /// The field he edits.
    pub field: Option<String>,
    /// Whether he types.
    pub typing: bool,
}

/// What one node tells the others of a spot.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    node: Uuid,
    spot: Spot,
    beings: Vec<Being>,
}

/// See the module.
#[derive(Debug)]
pub struct Presence {
    node: Uuid,
    here: HashMap<Spot, BTreeMap<u64, Being>>,
    elsewhere: HashMap<Spot, HashMap<Uuid, (Instant, Vec<Being>)>>,
    /// Spots whose people have changed since they were last told.
    changed: HashSet<Spot>,
    /// Of these, those where it was our own people.
    ours: HashSet<Spot>,
    repeated_at: Instant,
}

impl Presence {
    /// Nobody is anywhere; `node` tells this process from others.
    pub fn new(node: Uuid) -> Self {
        Self { node, here: HashMap::new(), elsewhere: HashMap::new(), changed: HashSet::new(), ours: HashSet::new(), repeated_at: Instant::now() }
    }

    /// Where a listener is now, in place of where he was.
    pub fn put(&mut self, listener: u64, beings: Vec<(Spot, Being)>) {
        let stays: HashMap<Spot, Being> = beings.into_iter().collect();
        let left: Vec<Spot> = self.spots_of(listener).into_iter().filter(|it| !stays.contains_key(it)).collect();
        for spot in &left {
            self.leave(listener, spot);
        }
        for (spot, being) in stays {
            let people = self.here.entry(spot.clone()).or_default();
            if people.get(&listener) != Some(&being) {
                people.insert(listener, being);
                self.note(spot);
            }
        }
    }

    /// A listener leaves one spot.
    pub fn leave(&mut self, listener: u64, spot: &Spot) {
        if let Some(people) = self.here.get_mut(spot)
            && people.remove(&listener).is_some()
        {
            if people.is_empty() {
                self.here.remove(spot);
            }
            self.note(spot.clone());
        }
    }

    fn note(&mut self, spot: Spot) {
        self.ours.insert(spot.clone());
        self.changed.insert(spot);
    }

    /// Where a listener is.
    pub fn spots_of(&self, listener: u64) -> Vec<Spot> {
        self.here.iter().filter(|it| it.1.contains_key(&listener)).map(|it| it.0.clone()).collect()
    }

    /// The listeners at a spot.
    pub fn listeners(&self, spot: &Spot) -> Vec<u64> {
        self.here.get(spot).into_iter().flat_map(|it| it.keys().copied()).collect()
    }

    /// Everybody at a spot, on whichever node, each member once: what he edits counts more than that he is there.
    pub fn people(&self, spot: &Spot) -> Vec<Being> {
        let here = self.here.get(spot).into_iter().flat_map(|it| it.values());
        let far = self.elsewhere.get(spot).into_iter().flat_map(|it| it.values()).flat_map(|it| &it.1);
        let mut people: BTreeMap<Uuid, Being> = BTreeMap::new();
        for being in here.chain(far) {
            let known = people.entry(being.member).or_insert_with(|| being.clone());
            known.typing |= being.typing;
            if known.field.is_none() {
                known.field.clone_from(&being.field);
            }
        }
        people.into_values().collect()
    }

    /// The spots whose people have changed; they are told now.
    pub fn take_changed(&mut self) -> Vec<Spot> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    /// What other nodes are to be told now: what changed here, and now and then all of it again.
    pub fn reports(&mut self, now: Instant) -> Vec<Report> {
        let mut spots = std::mem::take(&mut self.ours);
        if now.duration_since(self.repeated_at) >= REPEATED {
            self.repeated_at = now;
            spots.extend(self.here.keys().cloned());
        }
        let report = |spot: Spot| {
            let beings = self.here.get(&spot).into_iter().flat_map(|it| it.values()).take(MOST_TOLD).cloned().collect();
            Report { node: self.node, spot, beings }
        };
        spots.into_iter().map(report).collect()
    }

    /// Takes in what another node tells.
    pub fn hear(&mut self, report: Report, now: Instant) {
        let Report { node, spot, mut beings } = report;
        beings.sort();
        let nodes = self.elsewhere.entry(spot.clone()).or_default();
        let before = nodes.get(&node).map(|it| it.1.clone()).unwrap_or_default();
        if beings.is_empty() {
            nodes.remove(&node);
        } else {
            nodes.insert(node, (now, beings.clone()));
        }
        if nodes.is_empty() {
            self.elsewhere.remove(&spot);
        }
        if before != beings {
            self.changed.insert(spot);
        }
    }

    /// Forgets what nodes said that are silent since.
    pub fn forget_silent(&mut self, now: Instant) {
        for (spot, nodes) in &mut self.elsewhere {
            let before = nodes.len();
            nodes.retain(|_, it| now.duration_since(it.0) < FORGOTTEN);
            if nodes.len() < before {
                self.changed.insert(spot.clone());
            }
        }
        self.elsewhere.retain(|_, it| !it.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(id: u128) -> Spot {
        Spot { object: "account".into(), id: Some(Uuid::from_u128(id)) }
    }

    fn being(member: u128, field: Option<&str>) -> Being {
        Being { member: Uuid::from_u128(member), field: field.map(str::to_owned), typing: false }
    }

    #[test]
    fn who_goes_elsewhere_has_left_and_two_windows_are_one_member() {
        let mut presence = Presence::new(Uuid::from_u128(1));
        presence.put(1, vec![(spot(7), being(10, None))]);
        presence.put(2, vec![(spot(7), being(10, Some("name")))]);
        presence.put(3, vec![(spot(7), being(11, None))]);
        assert_eq!(presence.take_changed(), [spot(7)]);
        assert_eq!(presence.people(&spot(7)), [being(10, Some("name")), being(11, None)]);
        presence.put(3, vec![(spot(7), being(11, None))]);
        assert!(presence.take_changed().is_empty(), "the same again is no news");
        presence.put(3, vec![(spot(8), being(11, None))]);
        presence.put(2, Vec::new());
        assert_eq!(presence.people(&spot(7)), [being(10, None)]);
        assert_eq!((presence.people(&spot(8)), presence.listeners(&spot(8))), (vec![being(11, None)], vec![3]));
    }

    #[test]
    fn nodes_tell_each_other_and_a_silent_one_is_forgotten() {
        let start = Instant::now();
        let (mut one, mut other) = (Presence::new(Uuid::from_u128(1)), Presence::new(Uuid::from_u128(2)));
        one.put(1, vec![(spot(7), being(10, Some("name")))]);
        let reports = one.reports(start);
        assert_eq!(reports.len(), 1);
        reports.into_iter().for_each(|it| other.hear(it, start));
        assert_eq!((other.take_changed(), other.people(&spot(7))), (vec![spot(7)], vec![being(10, Some("name"))]));
        assert!(one.reports(start).is_empty());
        let later = start + REPEATED + Duration::from_secs(1);
        one.reports(later).into_iter().for_each(|it| other.hear(it, later));
        assert!(other.take_changed().is_empty(), "said again");
        other.forget_silent(later + Duration::from_secs(39));
        assert_eq!(other.people(&spot(7)).len(), 1);
        other.forget_silent(later + FORGOTTEN);
        assert!(other.people(&spot(7)).is_empty() && other.take_changed() == [spot(7)]);
    }
}
