//! Addresses: the usual abbreviations written out, numbers apart.

use super::hash::hash_of;

const WRITTEN_OUT: [(&str, &str); 52] = [
    ("st", "street"),
    ("str", "street"),
    ("rd", "road"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("aven", "avenue"),
    ("blvd", "boulevard"),
    ("blv", "boulevard"),
    ("boul", "boulevard"),
    ("dr", "drive"),
    ("ln", "lane"),
    ("pl", "place"),
    ("ct", "court"),
    ("crt", "court"),
    ("cct", "circuit"),
    ("cir", "circle"),
    ("cres", "crescent"),
    ("cr", "crescent"),
    ("cl", "close"),
    ("sq", "square"),
    ("hwy", "highway"),
    ("pkwy", "parkway"),
    ("pky", "parkway"),
    ("pde", "parade"),
    ("tce", "terrace"),
    ("ter", "terrace"),
    ("fwy", "freeway"),
    ("expy", "expressway"),
    ("mt", "mount"),
    ("ft", "fort"),
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("ne", "northeast"),
    ("nw", "northwest"),
    ("se", "southeast"),
    ("sw", "southwest"),
    ("apt", "apartment"),
    ("fl", "floor"),
    ("ste", "suite"),
    ("bldg", "building"),
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
];

/// Words of a folded address, abbreviations written out, one space between.
pub(super) fn normalise(folded: &str) -> String {
    let spaced: String = folded
        .chars()
        .filter(|character| !matches!(character, '\'' | '’' | '.'))
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().map(written_out).collect();
    words.join(" ")
}

fn written_out(word: &str) -> &str {
    WRITTEN_OUT.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long)
}

/// Hashes of the numbers in it, sorted; 3rd is the name of a street, not a number.
pub(super) fn numbers(normal: &str) -> Box<[u64]> {
    let mut found: Vec<u64> = Vec::new();
    for word in normal.split(' ') {
        let is_ordinal = ["1st", "2nd", "3rd"].iter().any(|end| word.ends_with(end)) || (word.ends_with("th") && word.len() > 2);
        if !is_ordinal {
            found.extend(word.split(|character: char| !character.is_ascii_digit()).filter(|run| !run.is_empty()).map(hash_of));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_out_and_finds_numbers() {
        assert_eq!(normalise("435 s. la cienega blv."), "435 south la cienega boulevard");
        assert_eq!(normalise("1433 third st. promenade"), "1433 3rd street promenade");
        assert_eq!(numbers("1433 3rd street unit 5").len(), 2);
        assert_eq!(numbers("中山路88号2单元301室").len(), 3);
    }
}
