//! `make bench-matching`: quality on labelled sets, time and memory on a million persons made up.

mod datasets;

use std::path::PathBuf;
use std::time::Instant;

use datasets::{Dataset, load_all, pairs_of, score};
use guanxi_matching::{AUTOMATIC, Language, Matcher, REVIEW, clusters, one_to_one};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    for set in load_all(&folder)? {
        measure(set);
    }
    Ok(())
}

fn measure(set: Dataset) {
    let begun = Instant::now();
    let matcher = Matcher::fit(set.table);
    let fitted = begun.elapsed();
    let pairs = matcher.pairs(REVIEW, 2);
    let took = begun.elapsed();
    let plain = score(pairs.iter().map(|pair| (pair.left, pair.right)), &set.truth);
    let sure = score(pairs.iter().filter(|pair| pair.probability >= AUTOMATIC).map(|pair| (pair.left, pair.right)), &set.truth);
    let grouped = if set.is_one_to_one {
        score(one_to_one(&pairs).iter().map(|pair| (pair.left, pair.right)), &set.truth)
    } else {
        score(pairs_of(&clusters(&matcher, &pairs, REVIEW)), &set.truth)
    };
    println!("{} ref {:.4} fit {fitted:.1?} all {took:.1?}\n  pairs {plain:?}\n  sure {sure:?}\n  grouped {grouped:?}", set.name, set.reference);
    if std::env::args().nth(2).is_some() {
        let found: std::collections::HashSet<(u64, u64)> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        for (l, r) in set.truth.iter().filter(|pair| !found.contains(pair)).take(12) {
            if let Some(e) = matcher.explain(*l, *r) { println!("  missed {l} {r} {:.1} {}", e.total, e.sentence(Language::English)); }
        }
        for (l, r) in found.iter().filter(|pair| !set.truth.contains(pair)).take(12) {
            if let Some(e) = matcher.explain(*l, *r) { println!("  wrong {l} {r} {:.1} {}", e.total, e.sentence(Language::English)); }
        }
    }
}
