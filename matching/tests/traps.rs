//! Where record linkage is known to go wrong.

mod common;

use common::{Dice, persons, table_of};
use guanxi_matching::{Column, FieldKind, List, Matcher, REVIEW, Rarity, Table, clusters, one_to_one};

/// Restaurants of one hotel among many others, some of them in two guides.
fn restaurants() -> Table {
    let mut table = Table::new([
        Column::new("name", FieldKind::Company),
        Column::new("addr", FieldKind::Address),
        Column::new("city", FieldKind::Place),
        Column::new("phone", FieldKind::Phone),
    ]);
    let mut dice = Dice(11);
    let words = ["golden", "blue", "harbour", "garden", "corner", "palace", "river", "old", "royal", "sunset", "lucky", "green", "silver", "north"];
    let things = ["dragon", "grill", "kitchen", "bistro", "noodle house", "cantina", "trattoria", "oyster bar", "steak house", "deli"];
    for id in 0..200_u64 {
        let name = format!("{} {} {}", words[dice.below(14)], words[dice.below(14)], things[dice.below(10)]);
        let address = format!("{} {} street", 1 + dice.below(900), words[dice.below(14)]);
        let city = ["los angeles", "new york", "atlanta", "las vegas"][dice.below(4)];
        let phone = format!("{}-{:03}-{:04}", 212 + dice.below(4), 200 + dice.below(700), dice.below(10_000));
        table.add(id, &[&name, &address, city, &phone]);
        if id % 4 == 0 {
            table.add(1000 + id, &[&name, &address.replace("street", "st."), city, &phone.replace('-', "/")]);
        }
    }
    for (id, name) in (500..).zip(["cafe roma", "le cirque", "bamboo garden", "the steak room", "sushi ko", "el patio", "pub 21"]) {
        table.add(id, &[name, &format!("{} las vegas boulevard", 3000 + id), "las vegas", "702-791-7111"]);
    }
    table
}

#[test]
fn a_shared_phone_alone_merges_nothing() {
    let matcher = Matcher::fit(restaurants());
    let pairs = matcher.pairs(REVIEW, 2);
    assert!(pairs.iter().filter(|pair| pair.right == pair.left + 1000).count() >= 48, "the copies are found");
    let of_hotel = |id: u64| (500..507).contains(&id);
    assert!(!pairs.iter().any(|pair| of_hotel(pair.left) && of_hotel(pair.right)), "{pairs:?}");
    assert!(clusters(&matcher, &pairs, REVIEW).iter().all(|group| group.len() == 2));
}

#[test]
fn shops_of_one_house_are_never_merged_without_a_look() {
    let mut table = restaurants();
    for (id, name) in (600..).zip(["grand cafe", "ocean dining room", "jade lounge", "bakery lenz"]) {
        table.add(id, &[name, "3434 peachtree road", "atlanta", "404-237-2700"]);
    }
    let matcher = Matcher::fit(table);
    let of_house = |id: u64| (600..604).contains(&id);
    let pairs = matcher.pairs(REVIEW, 2);
    assert!(!pairs.iter().any(|pair| pair.is_automatic && of_house(pair.left) && of_house(pair.right)));
}

/// Everybody has a mailbox of his name at his company, and many have one name.
#[test]
fn namesakes_of_several_companies_are_several_people() {
    let (families, given) = (["zhang", "wang", "li", "sun", "chen"], ["weiguo", "min", "jingyi", "tao", "xiaoling", "haiyan", "guodong", "yuehua"]);
    let mut table = Table::new([
        Column::new("family", FieldKind::Surname),
        Column::new("given", FieldKind::GivenName),
        Column::new("mobile", FieldKind::Phone),
        Column::new("email", FieldKind::Email),
        Column::new("employer", FieldKind::Category),
    ]);
    let mut dice = Dice(23);
    let (mut copies, mut own) = (0, Vec::new());
    let firms: Vec<String> = (0..250).map(|_| (0..9).map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz"[dice.below(26)])).collect()).collect();
    for id in 0..600_u64 {
        let (family, given, employer) = (families[dice.below(5)], given[dice.below(8)], &firms[dice.below(250)]);
        let (mobile, email) = (format!("138{:08}", dice.below(100_000_000)), format!("{family}.{given}@{employer}.example"));
        if own.contains(&email) {
            continue;
        }
        table.add(id, &[family, given, &mobile, &email, employer]);
        if id % 60 == 0 {
            copies += 1;
            table.add(1000 + id, &[family, given, &format!("139{:08}", dice.below(100_000_000)), &email, employer]);
        }
        own.push(email);
    }
    let matcher = Matcher::fit(table);
    let pairs = matcher.pairs(REVIEW, 2);
    assert_eq!(pairs.iter().filter(|pair| pair.right == pair.left + 1000).count(), copies, "the copies are found");
    assert!(pairs.iter().all(|pair| pair.right == pair.left + 1000 || !pair.is_automatic), "{pairs:?}");
    assert!(pairs.len() < 2 * copies, "{pairs:?}");
}

#[test]
fn chance_is_not_learnt_from_pairs_chosen_for_agreeing() {
    // Names alone and a date: every block is made of a compared column. Few records, few duplicates.
    let (persons, same) = persons(450, 50, 12);
    let mut table = Table::new([
        Column::new("given name", FieldKind::GivenName),
        Column::new("surname", FieldKind::Surname),
        Column::new("birth", FieldKind::Date),
    ]);
    for (id, person) in (0..).zip(&persons) {
        table.add(id, &[&person[0], &person[1], &person[2]]);
    }
    let matcher = Matcher::fit(table);
    let pairs = matcher.pairs(REVIEW, 2);
    let right = pairs.iter().filter(|pair| same.contains(&(pair.left, pair.right))).count();
    let f1 = 2.0 * right as f64 / (pairs.len() + same.len()) as f64;
    assert!(f1 > 0.95, "F1 {f1}");
    let (left, copy) = *same.iter().min().unwrap();
    let agreeing: Vec<f64> = matcher.explain(left, copy).unwrap().reasons.iter().map(|reason| reason.bits).filter(|bits| *bits > 0.0).collect();
    assert!(agreeing.iter().all(|bits| *bits > 3.0), "agreement is worth something: {agreeing:?}");
}

#[test]
fn a_family_is_not_one_person() {
    let (mut persons, _) = persons(1000, 150, 13);
    let first = persons.len();
    for family in 0..150 {
        let mut relative = persons[family].clone();
        relative[0] = persons[family + 700][0].clone();
        relative[2] = persons[family + 701][2].clone();
        persons.push(relative);
    }
    let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
    let wrong = matcher.pairs(REVIEW, 2).into_iter().filter(|pair| pair.right >= first as u64 && pair.left < 150).collect::<Vec<_>>();
    assert!(wrong.len() <= 8, "{} of 150: {wrong:?}", wrong.len());
    assert!(wrong.iter().all(|pair| !pair.is_automatic));
}

#[test]
fn a_rare_name_says_more_than_a_common_one() {
    let (mut persons, _) = persons(1000, 100, 14);
    for person in persons.iter_mut().skip(200).take(300) {
        person[1] = "Wang".to_owned();
    }
    for place in [500, 501] {
        persons[place][1] = "Featherstonehaugh".to_owned();
    }
    let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
    let surname = |left: u64, right: u64| matcher.explain(left, right).unwrap().reasons[1].clone();
    let (common, rare) = (surname(210, 310), surname(500, 501));
    assert!(rare.bits > common.bits + 5.0, "{rare:?}, {common:?}");
    assert_eq!(common.rarity, Some(Rarity::Common));
}

#[test]
fn a_chain_does_not_make_a_group() {
    // Each like the next, the ends unlike: the name drifts, then everything else.
    let (mut persons, _) = persons(600, 80, 15);
    let base = persons.len();
    let chain = [
        ["johann", "bergmann", "1950-01-01", "13811112222", "1 linden street"],
        ["johann", "bergmann", "1950-01-01", "13899998888", "77 harbour road"],
        ["xaver", "okonkwo", "1984-10-23", "13899998888", "77 harbour road"],
    ];
    persons.extend(chain.map(|values| values.map(str::to_owned)));
    let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
    let groups = clusters(&matcher, &matcher.pairs(REVIEW, 2), REVIEW);
    let ends = [base as u64, base as u64 + 2];
    assert!(groups.iter().all(|group| !ends.iter().all(|end| group.contains(end))), "{groups:?}");
    // Even if somebody says that the middle is surely both.
    let sure = |left, right| guanxi_matching::Pair { left, right, bits: 30.0, probability: 1.0, is_automatic: true };
    let forced = clusters(&matcher, &[sure(ends[0], ends[0] + 1), sure(ends[0] + 1, ends[1])], REVIEW);
    assert_eq!(forced, [[ends[0], ends[0] + 1]]);
}

#[test]
fn one_to_one_gives_each_its_best() {
    let (persons, same) = persons(400, 150, 16);
    let mut table = Table::new(common::columns());
    for (id, person) in (0..).zip(&persons) {
        let list = if id < 400 { List::First } else { List::Second };
        table.add_to(list, id, &person.each_ref().map(String::as_str));
    }
    // A twin of an original in the first list.
    let twin = persons[3].each_ref().map(String::as_str);
    table.add_to(List::First, 9000, &[twin[0], twin[1], twin[2], "", twin[4]]);
    let matcher = Matcher::fit(table);
    let pairs = matcher.pairs(REVIEW, 2);
    assert!(pairs.iter().all(|pair| (pair.left < 400 || pair.left == 9000) && (400..9000).contains(&pair.right)), "across the lists only");
    let linked = one_to_one(&pairs);
    let mut rights: Vec<u64> = linked.iter().map(|pair| pair.right).collect();
    rights.sort_unstable();
    rights.dedup();
    assert_eq!(rights.len(), linked.len());
    let right = linked.iter().filter(|pair| same.contains(&(pair.left, pair.right))).count();
    assert!(right >= 146 && linked.len() <= 151, "{right} of 150, {} linked", linked.len());
}
