//! From pairs to groups of records that are one thing.

use std::collections::HashMap;

use crate::matcher::{Matcher, Pair};

/// Groups are held together by what all their pairs say on average; of large ones so many pairs are asked.
const MOST_ASKED: usize = 64;
/// A pair that speaks so strongly against keeps two groups apart, whatever others say. In bits.
const VETO: f64 = -12.0;

/// Groups of at least two records, each with its ids in order; the groups in the order of their first.
///
/// Pairs of at least the `certainty` join, the likeliest first. A likely pair does not join two groups whose other pairs
/// speak against it: A like B and B like C does not make A and C one where everything about them differs.
pub fn clusters(matcher: &Matcher, pairs: &[Pair], certainty: f64) -> Vec<Vec<u64>> {
    let mut likely: Vec<&Pair> = pairs.iter().filter(|pair| pair.probability >= certainty).collect();
    likely.sort_by(|one, other| other.bits.total_cmp(&one.bits).then((one.left, one.right).cmp(&(other.left, other.right))));
    let known: HashMap<(u64, u64), f64> = pairs.iter().map(|pair| (in_order(pair.left, pair.right), pair.bits)).collect();
    let mut group_of: HashMap<u64, usize> = HashMap::new();
    let mut groups: Vec<Vec<u64>> = Vec::new();
    for pair in likely {
        let [left, right] = [pair.left, pair.right].map(|id| {
            *group_of.entry(id).or_insert_with(|| {
                groups.push(vec![id]);
                groups.len() - 1
            })
        });
        if left == right || !belong_together(matcher, &known, &groups[left], &groups[right]) {
            continue;
        }
        let (into, from) = if groups[left].len() >= groups[right].len() { (left, right) } else { (right, left) };
        let moved = std::mem::take(&mut groups[from]);
        for id in &moved {
            group_of.insert(*id, into);
        }
        groups[into].extend(moved);
    }
    groups.retain(|group| group.len() > 1);
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

fn belong_together(matcher: &Matcher, known: &HashMap<(u64, u64), f64>, one: &[u64], other: &[u64]) -> bool {
    let all = one.len() * other.len();
    let step = all.div_ceil(MOST_ASKED);
    let (mut sum, mut asked) = (0.0, 0.0);
    for place in (0..all).step_by(step) {
        let (left, right) = (one[place / other.len()], other[place % other.len()]);
        let bits = match known.get(&in_order(left, right)) {
            Some(bits) => *bits,
            None => matcher.bits(left, right).unwrap_or(0.0),
        };
        if bits < VETO {
            return false;
        }
        sum += bits;
        asked += 1.0;
    }
    asked > 0.0 && sum / asked >= 0.0
}

fn in_order(one: u64, other: u64) -> (u64, u64) {
    (one.min(other), one.max(other))
}

/// Of the pairs of two lists those in which each record stands once at most: the likeliest pair first, then the likeliest
/// of what is left.
pub fn one_to_one(pairs: &[Pair]) -> Vec<Pair> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|one, other| other.bits.total_cmp(&one.bits).then((one.left, one.right).cmp(&(other.left, other.right))));
    let (mut left, mut right) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    sorted.retain(|pair| {
        let is_free = !left.contains(&pair.left) && !right.contains(&pair.right);
        if is_free {
            left.insert(pair.left);
            right.insert(pair.right);
        }
        is_free
    });
    sorted
}
