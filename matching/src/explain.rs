//! Why two records are, or are not, the same.

use std::fmt::Write;

use crate::column::{Agreement, Language};

/// How often the value on which two records agree is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rarity {
    /// Much more seldom than others of the column.
    Rare,
    /// Much more often.
    Common,
}

/// What one column says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Name of the column.
    pub column: String,
    /// How far the values agree.
    pub agreement: Agreement,
    /// Set where the value is much rarer or more common than others.
    pub rarity: Option<Rarity>,
    /// Bits (log2 of the likelihood ratio) it adds, negative where it speaks against.
    pub bits: f64,
}

/// What all columns say.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// By column, in their order.
    pub reasons: Vec<Reason>,
    /// Bits before anything was compared: most pairs of records are not the same.
    pub prior: f64,
    /// Bits taken off because all that agrees may be shared by neighbours: never above 0.
    pub neighbours: f64,
    /// All together, prior and neighbours included.
    pub total: f64,
    /// Probability that the two are the same, 0 to 1.
    pub probability: f64,
}

impl Explanation {
    /// In a line for people: "surname equal and rare +6.1, phone nearly equal +3.0, ...". What says nothing is left out.
    pub fn sentence(&self, language: Language) -> String {
        let (and_rare, and_common, neighbours, before, comma) = match language {
            Language::English => (" and rare", " and common", "others share the place", "before comparing", ", "),
            Language::Chinese => ("且少见", "且常见", "同址他人", "比较之前", "，"),
        };
        let mut line = String::new();
        for reason in self.reasons.iter().filter(|reason| reason.agreement != Agreement::Missing) {
            let rarity = match reason.rarity {
                Some(Rarity::Rare) => and_rare,
                Some(Rarity::Common) => and_common,
                None => "",
            };
            // Writing into a String does not fail.
            let _ = write!(line, "{} {}{rarity} {:+.1}{comma}", reason.column, reason.agreement.label(language), reason.bits);
        }
        if self.neighbours <= -0.05 {
            let _ = write!(line, "{neighbours} {:+.1}{comma}", self.neighbours);
        }
        let _ = write!(line, "{before} {:+.1}", self.prior);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_it_in_both_languages() {
        let reason = |column: &str, agreement, rarity, bits| Reason { column: column.to_owned(), agreement, rarity, bits };
        let explanation = Explanation {
            reasons: vec![
                reason("surname", Agreement::Equal, Some(Rarity::Rare), 6.13),
                reason("phone", Agreement::Near, None, 3.0),
                reason("city", Agreement::Missing, None, 0.0),
                reason("date", Agreement::Different, None, -2.5),
            ],
            prior: -9.0,
            neighbours: -1.5,
            total: -3.87,
            probability: 0.06,
        };
        assert_eq!(
            explanation.sentence(Language::English),
            "surname equal and rare +6.1, phone nearly equal +3.0, date different -2.5, others share the place -1.5, before comparing -9.0"
        );
        assert_eq!(
            explanation.sentence(Language::Chinese),
            "surname 相同且少见 +6.1，phone 几乎相同 +3.0，date 不同 -2.5，同址他人 -1.5，比较之前 -9.0"
        );
    }
}
