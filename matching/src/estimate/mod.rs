//! What agreement is worth, found from the records themselves: no pair is ever labelled.
//!
//! Fellegi and Sunter's model: among pairs of the same thing a column reaches a level with probability m, among others
//! with u. How often others agree by chance is counted on random pairs of all records, never on pairs that were chosen
//! because they agree; how often the same agree, and how many pairs are the same, by expectation-maximisation over the
//! candidates of all passes together.

mod em;
mod sample;

pub(crate) use em::{Estimate, fit};
pub(crate) use sample::Sampler;
