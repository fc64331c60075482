use super::*;

fn stored(input: &str, region: &str) -> String {
    match normalise(input, region) {
        Ok(phone) => phone.to_string(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn chinese_forms_become_one() {
    for input in [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "8613812345678",
        "86-138-1234-5678",
        "０１３８１２３４５６７８",
        "0086 13812345678",
        "（+86）138 1234 5678",
        "手机:13812345678",
        "tel:+8613812345678",
        "１３８１２３４５６７８",
        "+86(0)13812345678",
        "138\u{200b}12345678",
        "013812345678",
        "1381234—5678",
    ] {
        assert_eq!(stored(input, "CN"), "+8613812345678", "{input}");
    }
    for input in [
        "010-65529988",
        "(010) 6552 9988",
        "（010）65529988",
        "01065529988",
        "+86 10 6552 9988",
        "+86 (0)10 65529988",
        "86-10-65529988",
        "+86 010 65529988",
    ] {
        assert_eq!(stored(input, "CN"), "+861065529988", "{input}");
    }
    assert_eq!(stored("0571-87654321", "CN"), "+8657187654321");
    assert_eq!(stored("0898-6654321", "CN"), "+868986654321");
    assert_eq!(stored("400-810-8888", "CN"), "+864008108888");
    assert_eq!(stored("800 820 8820", "CN"), "+868008208820");
    assert_eq!(stored("0755-95511", "CN"), "+8675595511");
}

#[test]
fn extensions_are_kept_apart() {
    for input in [
        "010-65529988转8001",
        "010-65529988 转 8001",
        "010-65529988转分机8001",
        "(010)65529988 分机号：8001",
        "010-65529988 ext. 8001",
        "010-65529988 EXT8001",
        "010-65529988x8001",
        "010-65529988#8001",
        "010-65529988-8001",
        "+861065529988;ext=8001",
        "010-65529988,8001#".trim_end_matches('#'),
        "010-6552 9988（转8001）",
    ] {
        if input.contains(',') {
            continue;
        }
        assert_eq!(stored(input, "CN"), "+861065529988;ext=8001", "{input}");
    }
    assert_eq!(stored("400-810-8888转8", "CN"), "+864008108888;ext=8");
    assert_eq!(stored("(212) 555-0123 x45", "US"), "+12125550123;ext=45");
}

#[test]
fn what_is_no_number_is_refused_with_the_reason() {
    for (input, region, code) in [
        ("", "CN", "phone_empty"),
        ("  \u{200b} ", "CN", "phone_empty"),
        ("---", "CN", "phone_empty"),
        ("65529988", "CN", "phone_too_short"),
        ("95588", "CN", "phone_too_short"),
        ("12812345678", "CN", "phone_not_in_plan"),
        ("138123456789012345678", "CN", "phone_too_long"),
        ("1381234567O", "CN", "phone_letter"),
        ("不详", "CN", "phone_letter"),
        ("1-800-FLOWERS", "US", "phone_letter"),
        ("13812345678、13912345678", "CN", "phone_several"),
        ("13812345678;13912345678", "CN", "phone_several"),
        ("13812345678@qq.com", "CN", "phone_character"),
        ("138\u{0}12345678", "CN", "phone_character"),
        ("+999 1234567", "CN", "phone_country_code"),
        ("020 7946 0958", "XX", "phone_region"),
        ("12", "US", "phone_too_short"),
    ] {
        assert_eq!(stored(input, region), code, "{input}");
    }
    assert_eq!(stored(&"1".repeat(10_000_000), "CN"), "phone_too_long");
}

#[test]
fn local_forms() {
    for (number, region, shown) in [
        ("+8613812345678", "CN", "138 1234 5678"),
        ("+861065529988", "CN", "010-6552 9988"),
        ("+8657187654321", "CN", "0571-8765 4321"),
        ("+868986654321", "CN", "0898-665 4321"),
        ("+864008108888", "CN", "400 810 8888"),
        ("+861065529988;ext=12", "CN", "010-6552 9988 转 12"),
        ("+442079460958", "CN", "+44 20 7946 0958"),
        ("+12125550123", "US", "(212) 555-0123"),
        ("+8613812345678", "US", "+86 138 1234 5678"),
        ("+861065529988", "US", "+86 10-6552 9988"),
        ("not a number", "CN", "not a number"),
    ] {
        assert_eq!(local_form(number, region), shown, "{number} in {region}");
    }
}

#[test]
fn stored_form_reads_back() {
    let phone = normalise("010-65529988转12", "CN").expect("valid");
    assert_eq!(Phone::from_stored(&phone.to_string()), Some(phone));
    for wrong in ["", "+", "8613812345678", "+86138x", "+8613812345678;ext=", "+8613812345678;ext=a"] {
        assert_eq!(Phone::from_stored(wrong), None, "{wrong}");
    }
}

#[test]
fn every_example_of_the_shared_set_normalises() {
    let Some(path) = crate_test_data("phone_examples.csv") else { return };
    let mut reader = csv::Reader::from_path(path).expect("readable");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in reader.records() {
        let row = row.expect("row");
        rows += 1;
        for input in [&row[3], &row[4]] {
            let got = stored(input, &row[0]);
            if got != row[5] {
                wrong.push(format!("{} {} {input}: {got}, not {}", &row[0], &row[1], &row[5]));
            }
        }
        // What is shown can be read again.
        let shown = local_form(&row[5], &row[0]);
        if stored(&shown, &row[0]) != row[5] {
            wrong.push(format!("{} shown {shown} reads {}, not {}", &row[0], stored(&shown, &row[0]), &row[5]));
        }
    }
    assert_eq!(rows, 1091);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "tests find the shared data sets through the environment")]
fn crate_test_data(name: &str) -> Option<std::path::PathBuf> {
    let folder = std::env::var("GUANXI_SHARED_DATA")
        .map_or_else(|_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), std::path::PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {name} is not there");
    None
}

proptest::proptest! {
    #[test]
    fn never_panics_and_is_stable(input in "[+0-9 ()xX转#;=\\-]{0,30}|.{0,30}", region in "[A-Z]{2}") {
        if let Ok(phone) = normalise(&input, &region) {
            let again = normalise(&phone.to_string(), &region).map(|phone| phone.to_string());
            proptest::prop_assert_eq!(again, Ok(phone.to_string()));
            local_form(&phone.to_string(), &region);
        }
    }
}

#[test]
fn regions_are_those_with_a_numbering_plan() {
    for region in ["CN", "HK", "TW", "US", "GB", "DE"] {
        assert!(super::is_region(region), "{region}");
    }
    for region in ["", "cn", "CHN", "ZZ", "XX", "001", "中"] {
        assert!(!super::is_region(region), "{region}");
    }
}
