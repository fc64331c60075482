//! Which pairs stand together in the queue, and how sure a group is.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

/// Most records of a group: as many as are merged at once.
pub const LARGEST: usize = 20;

/// Two records, the smaller id first.
pub type PairKey = (Uuid, Uuid);

/// Two records in order.
pub fn in_order(one: Uuid, other: Uuid) -> PairKey {
    (one.min(other), one.max(other))
}

/// The group of a pair that stands alone.
pub fn alone(pair: PairKey) -> String {
    format!("{}.{}", pair.0.simple(), pair.1.simple())
}

/// Where a pair stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its group.
    pub group: String,
    /// How sure that is, in thousandths of a bit: as its least sure record.
    pub certainty: i64,
}

/// Puts pairs (with their bits in thousandths) into the groups of records given; groups too large are cut, and pairs across
/// the cut left out until what is in the parts has become one. A pair of records of two groups stands alone.
pub fn place(pairs: &[(PairKey, i64)], groups: &[Vec<Uuid>]) -> HashMap<PairKey, Placed> {
    let mut part_of: HashMap<Uuid, (usize, usize)> = HashMap::new();
    for (number, group) in groups.iter().enumerate() {
        let mut sorted = group.clone();
        sorted.sort_unstable();
        part_of.extend(sorted.iter().enumerate().map(|(at, record)| (*record, (number, at / LARGEST))));
    }
    let part = |record: &Uuid| part_of.get(record).copied();
    let mut best: HashMap<Uuid, i64> = HashMap::new();
    let mut first: HashMap<(usize, usize), Uuid> = HashMap::new();
    for ((left, right), bits) in pairs {
        let Some(one) = part(left).filter(|it| Some(*it) == part(right)) else { continue };
        for record in [left, right] {
            let known = best.entry(*record).or_insert(*bits);
            *known = (*known).max(*bits);
        }
        let known = first.entry(one).or_insert(*left);
        *known = (*known).min(*left);
    }
    let mut certainty: HashMap<(usize, usize), i64> = HashMap::new();
    for (record, bits) in &best {
        if let Some(one) = part(record) {
            let known = certainty.entry(one).or_insert(*bits);
            *known = (*known).min(*bits);
        }
    }
    let placed = |(pair, bits): &(PairKey, i64)| {
        let (left, right) = (part(&pair.0), part(&pair.1));
        match (left, right) {
            (Some(one), Some(other)) if one == other => {
                Some((*pair, Placed { group: first.get(&one)?.simple().to_string(), certainty: *certainty.get(&one)? }))
            }
            (Some((one, _)), Some((other, _))) if one == other => None,
            _ => Some((*pair, Placed { group: alone(*pair), certainty: *bits })),
        }
    };
    pairs.iter().filter_map(placed).collect()
}

/// Groups of the records of some pairs, the surest pairs first; two records that are known to be different are never in one.
pub fn joined(pairs: &[(PairKey, i64)], different: &HashSet<PairKey>) -> Vec<Vec<Uuid>> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut group_of: HashMap<Uuid, usize> = HashMap::new();
    let mut groups: Vec<Vec<Uuid>> = Vec::new();
    for ((left, right), _) in sorted {
        let [left, right] = [left, right].map(|record| {
            *group_of.entry(record).or_insert_with(|| {
                groups.push(vec![record]);
                groups.len() - 1
            })
        });
        let is_refused = || groups[left].iter().any(|one| groups[right].iter().any(|other| different.contains(&in_order(*one, *other))));
        if left == right || is_refused() {
            continue;
        }
        let moved = std::mem::take(&mut groups[right]);
        for record in &moved {
            group_of.insert(*record, left);
        }
        groups[left].extend(moved);
    }
    groups.retain(|it| it.len() > 1);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }
    fn pair(left: u128, right: u128) -> PairKey {
        (id(left), id(right))
    }

    #[test]
    fn a_group_is_as_sure_as_its_least_sure_record() {
        let pairs = [(pair(1, 2), 9_000), (pair(2, 3), 4_000), (pair(1, 3), 1_000), (pair(3, 7), 500)];
        let placed = place(&pairs, &[vec![id(3), id(1), id(2)]]);
        let first = Placed { group: id(1).simple().to_string(), certainty: 4_000 };
        assert_eq!(placed[&pair(1, 2)], first);
        assert_eq!(placed[&pair(1, 3)], first);
        assert_eq!(placed[&pair(3, 7)], Placed { group: alone(pair(3, 7)), certainty: 500 });
    }

    #[test]
    fn what_is_different_is_never_in_one_group() {
        let pairs = [(pair(1, 2), 9_000), (pair(2, 3), 8_000), (pair(3, 4), 1_000)];
        assert_eq!(joined(&pairs, &HashSet::new()), [vec![id(1), id(2), id(3), id(4)]]);
        let different = HashSet::from([pair(1, 3)]);
        assert_eq!(joined(&pairs, &different), [vec![id(1), id(2)], vec![id(3), id(4)]]);
    }

    #[test]
    fn large_groups_are_cut() {
        let all: Vec<Uuid> = (1..=45).map(id).collect();
        let pairs: Vec<(PairKey, i64)> = (1..=45).flat_map(|left| (left + 1..=45).map(move |right| (pair(left, right), 7_000))).collect();
        let placed = place(&pairs, &[all]);
        let groups: HashSet<&str> = placed.values().map(|it| it.group.as_str()).collect();
        assert_eq!(groups.len(), 3);
        assert!(!placed.contains_key(&pair(1, 45)) && placed.contains_key(&pair(44, 45)));
    }
}
