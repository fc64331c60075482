//! What each comparator makes of pairs people would judge at a glance, and what holds for all pairs.

use proptest::prelude::*;

use super::*;
use crate::column::Agreement::{Beginning, Different, Ending, Equal, Near, Part, SameSound, Similar, Swapped};
use crate::prepare::prepare;

struct AllTheSame;

impl WordWeights for AllTheSame {
    fn weight(&self, _word: u64) -> f64 {
        5.0
    }
}

const KINDS: [FieldKind; 14] = [
    FieldKind::PersonName,
    FieldKind::GivenName,
    FieldKind::Surname,
    FieldKind::Company,
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::Address,
    FieldKind::HouseNumber,
    FieldKind::Place,
    FieldKind::Date,
    FieldKind::Postcode,
    FieldKind::Id,
    FieldKind::Category,
    FieldKind::Text,
];

fn agreement(kind: FieldKind, one: &str, other: &str) -> Agreement {
    compare(kind, &prepare(kind, one).unwrap(), &prepare(kind, other).unwrap(), &AllTheSame)
}

#[test]
fn judges_as_people_would() {
    for (kind, one, other, expected) in [
        (FieldKind::GivenName, "harley", "haryley", Near),
        (FieldKind::GivenName, "J.", "John", Beginning),
        (FieldKind::GivenName, "小明", "晓明", SameSound),
        (FieldKind::GivenName, "小明", "小红", Different),
        (FieldKind::GivenName, "emma", "oliver", Different),
        (FieldKind::Surname, "Müller", "muller", Equal),
        (FieldKind::Surname, "张", "章", SameSound),
        (FieldKind::Surname, "王", "Wang", SameSound),
        (FieldKind::Surname, "mccarthy", "mccattmhy", Near),
        (FieldKind::PersonName, "王伟", "Wei Wang", SameSound),
        (FieldKind::PersonName, "王伟", "Wang Wei", SameSound),
        (FieldKind::PersonName, "王伟", "王玮", SameSound),
        (FieldKind::PersonName, "王伟", "王芳", Part),
        (FieldKind::PersonName, "John Smith", "Smith John", Swapped),
        (FieldKind::PersonName, "John Smith", "J Smith", Beginning),
        (FieldKind::PersonName, "John Smith", "Mary Smith", Part),
        (FieldKind::PersonName, "John Smith", "Jon Smith", Near),
        (FieldKind::PersonName, "John Smith", "Peter Brown", Different),
        (FieldKind::Company, "星河智能设备有限公司", "星河智能设备股份有限公司", Equal),
        (FieldKind::Company, "星河智能设备有限公司", "兴和智能设备有限公司", SameSound),
        (FieldKind::Company, "星河智能设备有限公司", "月海食品有限公司", Different),
        (FieldKind::Company, "Arnie Morton's of Chicago", "arnie mortons of chicago", Equal),
        (FieldKind::Phone, "13800138000", "+86 138 0013 8000", Ending),
        (FieldKind::Phone, "010-62345678", "+86 10 6234 5678", Ending),
        (FieldKind::Phone, "13800138000", "13800138001", Near),
        (FieldKind::Phone, "13800138000", "13912345678", Different),
        (FieldKind::Email, "john.smith87@a.com", "john.smith87@b.org", Near),
        (FieldKind::Email, "john.smith@a.com", "john.smith@b.org", Different),
        (FieldKind::Email, "zhang.haiyan@a.com", "zhang.zihan@a.com", Different),
        (FieldKind::Email, "ann@a.com", "bob@a.com", Different),
        (FieldKind::Address, "435 s. la cienega blv.", "435 s. la cienega blvd.", Equal),
        (FieldKind::Address, "9882 little santa monica blvd.", "9882 santa monica blvd", Near),
        (FieldKind::Address, "12 Long Street", "14 Long Street", Similar),
        (FieldKind::HouseNumber, "12", "12a", Near),
        (FieldKind::Place, "上海", "上海市", Similar),
        (FieldKind::Date, "1990-07-02", "1990-02-07", Swapped),
        (FieldKind::Date, "1990-07-22", "1990-07-23", Near),
        (FieldKind::Date, "1959-04-07", "2008-04-07", Part),
        (FieldKind::Date, "1959-04-07", "1971-12-30", Different),
        (FieldKind::Postcode, "4818", "4881", Near),
        (FieldKind::Postcode, "4818", "2000", Different),
        (FieldKind::Category, "nsw", "NSW", Equal),
    ] {
        assert_eq!(agreement(kind, one, other), expected, "{one} and {other} as {kind:?}");
    }
}

#[test]
fn beliefs_before_data_are_shares() {
    for kind in KINDS {
        let levels = levels(kind);
        for sum in [levels.iter().map(|level| level.m).sum::<f64>(), levels.iter().map(|level| level.u).sum::<f64>()] {
            assert!((sum - 1.0).abs() < 1e-9, "{kind:?} sums to {sum}");
        }
        assert_eq!(levels[0].agreement, Equal);
        assert_eq!(levels[levels.len() - 1].agreement, Different);
        assert!(levels.len() < 15, "a level has four bits");
    }
}

proptest! {
    #[test]
    fn every_comparator_is_symmetric(one in "[a-c王张伟 0-3@.]{0,9}|.{0,20}", other in "[a-c王张伟 0-3@.]{0,9}|.{0,20}") {
        for kind in KINDS {
            if let (Some(first), Some(second)) = (prepare(kind, &one), prepare(kind, &other)) {
                let there = compare(kind, &first, &second, &AllTheSame);
                prop_assert_eq!(there, compare(kind, &second, &first, &AllTheSame));
                prop_assert_eq!(compare(kind, &first, &first, &AllTheSame), Equal);
                prop_assert!(levels(kind).iter().any(|level| level.agreement == there), "{:?} has no {:?}", kind, there);
            }
        }
    }
}
