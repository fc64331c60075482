//! What nobody outside may find in an answer, and the search for it.

/// How every secret text begins.
pub const CANARY: &str = "CNRY";
/// The end of every secret number, telephone numbers among them.
pub const DIGITS: &str = "7654321";

/// Secrets in an answer that were not in the question, whole or as the hexadecimal text of a cursor.
pub fn leaks(sent: &str, answer: &[u8]) -> Vec<String> {
    let (sent, answer) = (sent.to_lowercase(), String::from_utf8_lossy(answer).to_lowercase());
    let mut found = Vec::new();
    for needle in [CANARY.to_lowercase(), DIGITS.to_owned()] {
        for (at, _) in answer.match_indices(&needle) {
            let word: String = answer[at..].chars().take_while(char::is_ascii_alphanumeric).collect();
            if !sent.contains(&word) {
                found.push(word);
            }
        }
        for spelt in [hexadecimal(&needle), hexadecimal(&needle.to_uppercase())] {
            if answer.contains(&spelt) && !sent.contains(&spelt) {
                found.push(format!("{needle} as {spelt}"));
            }
        }
    }
    found
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|it| format!("{it:02x}")).collect()
}

#[test]
fn a_secret_is_found_however_it_is_spelt() {
    assert!(leaks("", b"name: cnryBeta").contains(&"cnrybeta".to_owned()));
    assert!(leaks("q=CNRYbeta", b"searched for CNRYBETA").is_empty());
    assert_eq!(leaks("q=CNRY", b"searched for CNRYBETA"), ["cnrybeta"]);
    assert_eq!(leaks("", hexadecimal("x CNRYa").as_bytes()).len(), 1);
    assert_eq!(leaks("", b"+8613887654321"), ["7654321"]);
}
