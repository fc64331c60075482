//! Records are found by their words.

use guanxi_kernel::store::{ColumnRef, Condition, StoreExt};
use uuid::Uuid;

use crate::stores::{Shared, bare, contract, create, everything, fill, found};

contract!(words_are_kept_as_given, words_are_replaced_and_forgotten);

fn index(store: &Shared, object: &'static str, record: u128, words: Option<&str>) {
    let words = words.map(str::to_owned);
    store.write_with(move |tx| Ok(tx.index_words(object, Uuid::from_u128(record), words.as_deref())?)).unwrap();
}

fn search(store: &Shared, words: &[(&str, bool)]) -> Vec<u128> {
    search_any(store, &[words])
}

fn search_any(store: &Shared, lists: &[&[(&str, bool)]]) -> Vec<u128> {
    let list = |it: &&[(&str, bool)]| it.iter().map(|(word, prefix)| ((*word).to_owned(), *prefix)).collect();
    let words = lists.iter().map(list).collect();
    found(store, &everything(), Condition::Words { object: "account".into(), id: ColumnRef::main(0), words })
}

fn words_are_kept_as_given(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, (1..=5).map(|number| bare(number, "n")).collect());
    index(store, "account", 1, Some("星河 河银 银行 xinghe bank 13800138000"));
    index(store, "account", 2, Some("银行家 müller straße"));
    index(store, "account", 3, Some("ИВАН Иванов a.b-c it's 100%"));
    index(store, "contact", 4, Some("星河"));
    index(store, "account", 5, Some("the of and 不 running"));
    assert_eq!(search(store, &[("银行", false)]), [1], "a bigram is one token");
    assert_eq!(search(store, &[("银", false)]), []);
    assert_eq!(search(store, &[("银", true)]), [1, 2]);
    assert_eq!(search(store, &[("星河", false), ("银行", false)]), [1]);
    assert_eq!(search(store, &[("星河", false), ("müller", false)]), []);
    assert_eq!(search(store, &[("138", true), ("XINGHE", false)]), [1]);
    assert_eq!(search(store, &[("muller", false)]), [], "no letter is changed");
    assert_eq!(search(store, &[("straße", false)]), [2]);
    assert_eq!(search(store, &[("Иванов", false)]), [3]);
    assert_eq!(search(store, &[("a.b", false), ("100", false)]), [3], "punctuation parts words on both sides");
    assert_eq!(search(store, &[("the", false), ("of", false)]), [5], "no word is too common");
    assert_eq!(search(store, &[("run", false)]), [], "no stem is cut");
    assert_eq!(search(store, &[("run", true)]), [5]);
    assert_eq!(search(store, &[]), []);
    assert_eq!(search(store, &[("' OR 1=1 --", false)]), []);
    assert_eq!(search(store, &[("\"*:&|!()\\", true)]), []);
    assert_eq!(search_any(store, &[&[("straße", false)], &[("银行", false), ("xing", true)], &[("!", false)]]), [1, 2]);
    assert_eq!(search_any(store, &[&[("straße", false), ("bank", false)], &[]]), []);
    assert_eq!(search_any(store, &[]), []);
    let many: Vec<String> = (0..1_200).map(|it| format!("none{it}")).chain(["straße".into()]).collect();
    let many: Vec<Vec<(&str, bool)>> = many.iter().map(|it| vec![(it.as_str(), true)]).collect();
    assert_eq!(search_any(store, &many.iter().map(Vec::as_slice).collect::<Vec<_>>()), [2], "as many as one likes");
}

fn words_are_replaced_and_forgotten(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "n")]);
    index(store, "account", 1, Some("alt wort"));
    index(store, "account", 1, Some("neu wort"));
    assert_eq!((search(store, &[("alt", false)]), search(store, &[("neu", false)])), (vec![], vec![1]));
    index(store, "account", 1, Some("  "));
    assert_eq!(search(store, &[("neu", false)]), []);
    index(store, "account", 1, Some("wieder da"));
    assert_eq!(search(store, &[("wieder", false)]), [1]);
    index(store, "account", 1, None);
    index(store, "account", 1, None);
    assert_eq!(search(store, &[("wieder", false)]), []);
}
