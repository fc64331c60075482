//! "Did you mean": the known name nearest to a misspelt one.

/// The name at the least edit distance, if it is near enough to be worth offering.
pub(super) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let lower = wanted.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (distance(&lower, &name.to_lowercase(), limit), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// The end of an "unknown" message in both languages.
pub(super) fn hint(nearest: Option<&str>) -> (String, String) {
    match nearest {
        Some(name) => (format!(";您是否想用“{name}”?"), format!("; did you mean `{name}`?")),
        None => (String::new(), String::new()),
    }
}

/// Edit distance with neighbours swapped counting once; anything above `limit` may come back as `limit + 1`.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, left_char) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right_char) in right.iter().enumerate() {
            let mut best = above[column] + usize::from(left_char != right_char);
            best = best.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *left_char == right[column - 1] && left[row - 1] == *right_char {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_the_nearest_name_only_when_near() {
        let names = ["amount", "account", "stage", "close_date"];
        let offer = |wanted| nearest(wanted, names.into_iter());
        assert_eq!(offer("amout").as_deref(), Some("amount"));
        assert_eq!(offer("closedate").as_deref(), Some("close_date"));
        assert_eq!(offer("satge").as_deref(), Some("stage"));
        assert_eq!(offer("Stage").as_deref(), Some("stage"));
        assert_eq!(offer("zzz"), None);
    }
}
