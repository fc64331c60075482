//! One hash for all: the same on every run and machine, so that results are too.

use std::hash::{BuildHasherDefault, Hasher};

/// FNV-1a over the bytes, mixed.
pub(crate) fn hash_of(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(folded, 0)
}

/// Two numbers as one, every bit of both mattering (the end of SplitMix64).
pub(crate) fn mix(one: u64, other: u64) -> u64 {
    let mut mixed = one.wrapping_add(other.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// For maps whose keys are such hashes already.
#[derive(Clone, Copy, Default)]
pub(crate) struct KeepHash(u64);

impl Hasher for KeepHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// Builds [`KeepHash`].
pub(crate) type PassThrough = BuildHasherDefault<KeepHash>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_two_numbers_matters() {
        assert_ne!(mix(1, 2), mix(2, 1));
        assert_ne!(mix(0, 0), 0);
        assert_ne!(hash_of("ab"), hash_of("ba"));
    }
}
