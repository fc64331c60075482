//! Rows each of which carries a hash of itself and of the row before.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// SHA-256, in small hexadecimal digits, of the hash before (nothing, where there is none) followed by a row's text.
pub fn chained_hash(before: Option<&str>, text: &str) -> String {
    let digest = Sha256::new().chain_update(before.unwrap_or_default()).chain_update(text).finalize();
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
