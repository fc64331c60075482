//! Parameters from which pairs were drawn are found again.

use super::*;
use crate::prepare::mix;

const KINDS: [FieldKind; 4] = [FieldKind::GivenName, FieldKind::Surname, FieldKind::Date, FieldKind::Postcode];

/// A number from 0 to 1, the same for the same draw.
fn chance(draw: u64, of: u64) -> f64 {
    (mix(draw, of) >> 11) as f64 / (1_u64 << 53) as f64
}

fn drawn(shares: &[f64], at: f64) -> usize {
    let mut sum = 0.0;
    shares
        .iter()
        .position(|share| {
            sum += share;
            at < sum
        })
        .unwrap_or(shares.len() - 1)
}

/// Levels of all columns drawn from the shares, one value in ten missing.
fn draw_pattern(shares: &[Vec<f64>], draw: u64) -> Observation {
    let pattern = (0..KINDS.len()).fold(Pattern::default(), |pattern, column| {
        let is_missing = chance(draw, 100 + column as u64) < 0.1;
        pattern.with(column, (!is_missing).then(|| drawn(&shares[column], chance(draw, column as u64))))
    });
    Observation { pattern, ..Observation::default() }
}

fn known() -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let of = |equal: f64, near: f64, kind: FieldKind| {
        let many = levels(kind).len();
        let mut shares = vec![0.01; many];
        shares[0] = equal;
        shares[many - 2] = near;
        shares[many - 1] = 1.0 - shares[..many - 1].iter().sum::<f64>();
        shares
    };
    let m = vec![of(0.75, 0.1, KINDS[0]), of(0.8, 0.05, KINDS[1]), of(0.9, 0.02, KINDS[2]), of(0.6, 0.2, KINDS[3])];
    let u = vec![of(0.02, 0.05, KINDS[0]), of(0.01, 0.03, KINDS[1]), of(0.001, 0.05, KINDS[2]), of(0.05, 0.1, KINDS[3])];
    (m, u)
}

fn count(pairs: impl Iterator<Item = Observation>) -> Counts {
    let mut counted = HashMap::new();
    let mut many = 0.0;
    for pair in pairs {
        *counted.entry(pair).or_insert(0.0) += 1.0;
        many += 1.0;
    }
    Counts::new(counted, many)
}

#[test]
fn finds_the_known_parameters() {
    let (m, u) = known();
    let (pairs, same) = (400_000, 4_000);
    let all = count((0..pairs).map(|draw| draw_pattern(if draw < same { &m } else { &u }, draw)));
    let estimate = fit(&KINDS, &all, &all, 1e-9);
    let prevalence = same as f64 / pairs as f64;
    assert!((estimate.prevalence / prevalence - 1.0).abs() < 0.05, "{} for {prevalence}", estimate.prevalence);
    for column in 0..KINDS.len() {
        for (level, known) in m[column].iter().enumerate() {
            assert!((estimate.m[column][level] - known).abs() < 0.03, "m of {column}, {level}: {} for {known}", estimate.m[column][level]);
        }
        for (level, known) in u[column].iter().enumerate() {
            assert!((estimate.u[column][level] - known).abs() < 0.002, "u of {column}, {level}: {} for {known}", estimate.u[column][level]);
        }
    }
}

#[test]
fn few_duplicates_among_many_do_not_drown() {
    let (m, u) = known();
    let all = count((0..300_000).map(|draw| draw_pattern(if draw < 60 { &m } else { &u }, draw)));
    let estimate = fit(&KINDS, &all, &all, 1e-9);
    assert!((30.0..120.0).contains(&(estimate.prevalence * 300_000.0)), "{}", estimate.prevalence * 300_000.0);
}

#[test]
fn where_none_are_the_same_hardly_any_are_believed_to_be() {
    let (_, u) = known();
    let all = count((0..100_000).map(|draw| draw_pattern(&u, draw)));
    let estimate = fit(&KINDS, &all, &all, 1e-7);
    assert!(estimate.prevalence * 100_000.0 < 20.0, "{}", estimate.prevalence * 100_000.0);
}

#[test]
fn neighbours_are_told_from_the_same() {
    let kinds = [FieldKind::GivenName, FieldKind::Date, FieldKind::Address, FieldKind::Phone];
    let (same, chance_of): (Vec<Vec<f64>>, Vec<Vec<f64>>) =
        kinds.iter().map(|kind| levels(*kind).iter().map(|level| (level.m, level.u)).unzip::<f64, f64, Vec<f64>, Vec<f64>>()).unzip();
    let neighbours: Vec<Vec<f64>> = vec![chance_of[0].clone(), chance_of[1].clone(), same[2].clone(), same[3].clone()];
    let all = count((0..300_000_u64).map(|draw| {
        let shares = match draw {
            0..2_000 => &same,
            2_000..5_000 => &neighbours,
            _ => &chance_of,
        };
        (0..kinds.len()).fold(Observation::default(), |seen, column| Observation {
            pattern: seen.pattern.with(column, Some(drawn(&shares[column], chance(draw, column as u64)))),
            ..seen
        })
    }));
    let estimate = fit(&kinds, &all, &all, 1e-9);
    let (same, neighbours) = (estimate.prevalence * 300_000.0, estimate.neighbours * 300_000.0);
    assert!((1_800.0..2_200.0).contains(&same) && (2_400.0..3_600.0).contains(&neighbours), "{same} and {neighbours}");
}
