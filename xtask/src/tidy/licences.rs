//! Every dependency's licence lets us ship it: its SPDX expression holds for the allow-list.

use crate::metadata::Package;
use crate::problem::Problem;

/// Permissive licences that Guanxi, under Apache-2.0, may take code under.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under the Mozilla licence, whose copyleft ends at the file: they are used unmodified, so
/// naming them is all it asks. Both come with the HTML sanitiser.
const UNMODIFIED_UNDER_MPL: [&str; 2] = ["cssparser", "dtoa-short"];

/// Lists the packages whose licence is missing or not allowed.
pub fn check(packages: &[Package]) -> Vec<Problem> {
    packages
        .iter()
        .filter_map(|package| {
            let message = match package.licence.as_deref() {
                None => format!("{} declares no licence", package.label),
                Some(licence) if is_allowed(licence) => return None,
                Some("MPL-2.0") if UNMODIFIED_UNDER_MPL.contains(&package.name()) => return None,
                Some(licence) => format!("{} is under {licence}, which is not on the list", package.label),
            };
            Some(Problem::in_file("Cargo.lock", message))
        })
        .collect()
}

/// Can the expression be met with allowed licences alone? (`/` is an old way to write OR.)
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let holds = any_of(&words, &mut at);
    holds && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize) -> bool {
    let mut holds = all_of(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= all_of(words, at);
    }
    holds
}

fn all_of(words: &[&str], at: &mut usize) -> bool {
    let mut holds = single(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= single(words, at);
    }
    holds
}

fn single(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let holds = any_of(words, at);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return holds && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        // An exception only adds rights.
        return ALLOWED.contains(&format!("{word} WITH {exception}").as_str()) || ALLOWED.contains(word);
    }
    ALLOWED.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_licence_expressions() {
        for allowed in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception"] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND AGPL-3.0", "", "(MIT", "MIT MIT"] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn lists_packages_that_may_not_be_shipped() {
        let package = |label: &str, licence: Option<&str>| Package { label: label.to_owned(), licence: licence.map(str::to_owned) };
        let found = check(&[
            package("a 1.0.0", Some("MIT")),
            package("b 1.0.0", Some("GPL-2.0")),
            package("c 1.0.0", None),
            package("cssparser 1.0.0", Some("MPL-2.0")),
            package("d 1.0.0", Some("MPL-2.0")),
        ]);
        let messages: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "b 1.0.0 is under GPL-2.0, which is not on the list",
                "c 1.0.0 declares no licence",
                "d 1.0.0 is under MPL-2.0, which is not on the list"
            ]
        );
    }
}
