//! Words of a text, as hashes: Latin by spaces, Han by pairs of characters.

use guanxi_text::script::is_cjk;

use super::hash::hash_of;

/// Most words of one value.
const MAX_WORDS: usize = 48;

/// Hashes of the words of a folded text, sorted, each once.
pub(crate) fn words_of(key: &str) -> Box<[u64]> {
    let mut hashes = Vec::new();
    for word in key.split(' ').filter(|word| !word.is_empty()) {
        let characters: Vec<char> = word.chars().collect();
        if !characters.iter().any(|character| is_cjk(*character)) {
            hashes.push(hash_of(word));
            continue;
        }
        for run in characters.chunk_by(|one, other| is_cjk(*one) == is_cjk(*other)) {
            if is_cjk(run[0]) && run.len() > 1 {
                hashes.extend(run.windows(2).map(|pair| hash_of(&pair.iter().collect::<String>())));
            } else {
                hashes.push(hash_of(&run.iter().collect::<String>()));
            }
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(MAX_WORDS);
    hashes.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_goes_by_pairs() {
        assert_eq!(words_of("星河智能").len(), 3);
        assert_eq!(words_of("a b a").len(), 2);
        assert_eq!(words_of("星河a1").len(), 2);
        assert!(words_of("").is_empty());
    }
}
