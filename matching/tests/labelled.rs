//! Quality on the labelled sets; skipped, aloud, where they are not there.

#[path = "../benches/duplicates/datasets.rs"]
mod datasets;

use std::path::{Path, PathBuf};

use datasets::{Dataset, load_all, pairs_of, score};
use guanxi_matching::{Matcher, REVIEW, clusters, one_to_one};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if folder.join("febrl1.csv").exists() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there, quality was not tested", folder.display());
    None
}

fn reaches_the_reference(set: Dataset) {
    let matcher = Matcher::fit(set.table);
    let pairs = matcher.pairs(REVIEW, 2);
    let found = if set.is_one_to_one {
        one_to_one(&pairs).iter().map(|pair| (pair.left, pair.right)).collect()
    } else {
        pairs_of(&clusters(&matcher, &pairs, REVIEW))
    };
    let quality = score(found, &set.truth);
    assert!(quality.f1 + 5e-5 >= set.reference, "{}: {quality:?}, reference {}", set.name, set.reference);
    let automatic = score(pairs.iter().filter(|pair| pair.is_automatic).map(|pair| (pair.left, pair.right)), &set.truth);
    assert_eq!((automatic.wrong, automatic.precision), (0, 1.0), "{}: merged without a look and wrong", set.name);
    assert!(automatic.recall > 0.7, "{}: {automatic:?}", set.name);
}

/// The small sets, where all pairs are compared; `make bench-matching` measures the others too.
#[test]
fn small_sets_reach_the_reference() {
    let Some(folder) = folder() else { return };
    let sets: Vec<Dataset> = load_all(&folder).unwrap().into_iter().filter(|set| set.table.len() <= 1000).collect();
    assert_eq!(sets.iter().map(|set| set.name).collect::<Vec<_>>(), ["febrl1", "rldata500", "restaurants"]);
    sets.into_iter().for_each(reaches_the_reference);
}
