//! Where a page of the queue ended, as a text.

use guanxi_kernel::duplicates::QueuePlace;

/// Longest name of a group: two ids and what stands between.
const LONGEST: usize = 65;

/// As a text.
pub fn encode(place: &QueuePlace) -> String {
    format!("{}~{}", place.0, place.1)
}

/// From a text; `None` where it is none of ours. It names a place, not a record: a made-up one shows nothing more.
pub fn decode(text: &str) -> Option<QueuePlace> {
    let (certainty, group) = text.split_once('~')?;
    let is_name = group.len() <= LONGEST && group.bytes().all(|it| it.is_ascii_hexdigit() || it == b'.');
    Some((certainty.parse().ok()?, group.to_owned())).filter(|_| is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_are_read() {
        let place = (-1_500, "0189.0190".to_owned());
        assert_eq!(decode(&encode(&place)), Some(place));
        for wrong in ["", "~", "x~0189", "5", "5~zz", "5~0189' OR 1", "99999999999999999999~01", &format!("1~{}", "a".repeat(66))] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
