//! Filters, pages, counts and groups against a naive evaluation in memory.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, CountMode, ListRequest, aggregate};
use guanxi_kernel::store::StoreExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, on_both_stores};
use crate::model::{Asker, Model, checked};

const NAMES: [&str; 12] = ["Alpha", "alpha", "ALPHA%", "a_pha", "b\\c", "o'Neil", "say \"hi\"", "星河", "星河智能", "ß", "Straße", "x"];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).unwrap() % n
    }
}

/// Accounts and deals with many equal and many missing values.
fn populate(it: &Fixture) -> Vec<Uuid> {
    let admin = it.as_admin();
    let mut dice = Dice(11);
    let tags: Vec<Uuid> = (0..3).map(|n| it.create(&admin, "tag", json!({"name": format!("t{n}")}))).collect();
    let mut accounts: Vec<Uuid> = Vec::new();
    for n in 0..40 {
        let owner = [it.ann, it.bob][dice.roll(2)];
        let mut values = json!({"name": NAMES[dice.roll(NAMES.len())], "owner": owner, "department": null});
        if dice.roll(2) == 0 {
            values["code"] = json!(format!("{}{n}", NAMES[dice.roll(NAMES.len())]));
        }
        if dice.roll(3) > 0 {
            values["margin"] = json!(["0", "-1.25", "1.25", "1.3", "99999.99", "2"][dice.roll(6)]);
        }
        if dice.roll(3) > 0 {
            values["level"] = json!(["a", "b"][dice.roll(2)]);
        }
        if dice.roll(2) == 0 && !accounts.is_empty() {
            values["parent"] = json!(accounts[dice.roll(accounts.len())]);
        }
        values["channels"] = [json!([]), json!(["mail"]), json!(["phone", "mail"]), Json::Null][dice.roll(4)].clone();
        values["tags"] = json!(tags.iter().filter(|_| dice.roll(3) == 0).collect::<Vec<_>>());
        if dice.roll(4) == 0 {
            it.clock.advance(86_400 * 3 + 1_234);
        }
        accounts.push(it.create(&it.as_admin(), "account", values));
    }
    for n in 0..40 {
        let day = ["2024-02-29", "2025-12-31", "2026-01-01", "2026-03-31", "2026-04-05", "2026-04-06"][dice.roll(6)];
        let amount = if dice.roll(4) == 0 { Json::Null } else { json!(format!("{}.{:02}", dice.roll(2_000), dice.roll(100))) };
        let date = if dice.roll(5) == 0 { Json::Null } else { json!(day) };
        it.clock.advance(7 * 86_400 + 12_345);
        it.create(&it.as_admin(), "deal", json!({"name": format!("d{n}"), "account": accounts[dice.roll(40)], "amount": amount, "close_date": date}));
    }
    tags
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn atom(tags: Vec<Uuid>, users: [Uuid; 2]) -> impl Strategy<Value = String> {
    let name = proptest::sample::select(&NAMES[..]).prop_map(quoted);
    let text_path = proptest::sample::select(&["name", "code", "parent.name", "parent.parent.code", "owner.name", "number"][..]);
    let op = proptest::sample::select(&["==", "!=", "<", "<=", ">", ">="][..]);
    let number = proptest::sample::select(&["0", "1", "1.25", "1.255", "-1.25", "-3", "1e20", "99999.99", "100000"][..]);
    let number_path = proptest::sample::select(&["margin", "parent.margin", "deals", "won", "parent.deals"][..]);
    let any_path = proptest::sample::select(
        &["code", "margin", "level", "parent", "channels", "tags", "last_close", "parent.code", "parent.parent", "phone", "department"][..],
    );
    let date = proptest::sample::select(&["2024-02-29", "2026-01-01", "2026-04-05", "1999-01-01"][..]);
    prop_oneof![
        (text_path.clone(), op.clone(), name.clone()).prop_map(|(path, op, text)| format!("{path} {op} {text}")),
        (text_path.clone(), proptest::sample::select(&["contains", "startsWith", "endsWith"][..]), name.clone())
            .prop_map(|(path, how, text)| format!("{path}.{how}({text})")),
        (text_path, proptest::collection::vec(name, 1..5)).prop_map(|(path, texts)| format!("{path} in [{}]", texts.join(", "))),
        (number_path.clone(), op.clone(), number.clone()).prop_map(|(path, op, number)| format!("{path} {op} {number}")),
        (number_path, proptest::collection::vec(number, 1..4)).prop_map(|(path, numbers)| format!("{path} in [{}]", numbers.join(", "))),
        any_path.clone().prop_map(|path| format!("has({path})")),
        (any_path, proptest::sample::select(&["==", "!="][..])).prop_map(|(path, op)| format!("{path} {op} null")),
        (proptest::sample::select(&["level", "parent.level"][..]), proptest::sample::select(&["== 'a'", "!= 'b'", "in ['a', 'b']", "in ['b']"][..]))
            .prop_map(|(path, test)| format!("{path} {test}")),
        (op, date).prop_map(|(op, date)| format!("last_close {op} date('{date}')")),
        proptest::sample::select(tags).prop_map(|tag| format!("tags.contains('{tag}')")),
        proptest::sample::select(
            &[
                "channels.contains('mail')",
                "channels.containsAny(['phone', 'mail'])",
                "size(channels) > 0",
                "size(tags) == 0",
                "margin == parent.margin",
                "name < parent.name",
                "margin != parent.margin"
            ][..]
        )
        .prop_map(str::to_owned),
        proptest::sample::select(users.to_vec()).prop_map(|id| format!("owner == '{id}'")),
        proptest::sample::select(
            &[
                "owner == me.id",
                "parent.owner == me.id",
                "department == me.department",
                "owner in [me.id]",
                "created_at < now()",
                "created_at >= now() - days(40)",
                "created_by.name == 'Admin'",
                "true",
                "false"
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

fn filter(tags: Vec<Uuid>, users: [Uuid; 2]) -> impl Strategy<Value = String> {
    atom(tags, users).prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| format!("!({it})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} && {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} || {right})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(test, yes, no)| format!("({test} ? {yes} : {no})")),
        ]
    })
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn ids(items: &str) -> Vec<Uuid> {
    let items: Vec<Json> = serde_json::from_str(items).unwrap();
    items.iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn filters_mean_what_the_language_says() {
    on_both_stores(|it| {
        let tags = populate(it);
        let admin = it.as_admin();
        let model = Model::load(it, &["account", "deal", "user", "department", "tag"]);
        runner(300)
            .run(&filter(tags, [it.ann, it.bob]), |source| {
                let request = ListRequest {
                    filter: Some(source.clone()),
                    sort: Some("id".into()),
                    fields: Some(Vec::new()),
                    limit: 500,
                    count: CountMode::Capped,
                    ..ListRequest::default()
                };
                let page = it.try_list(&admin, "account", &request).map_err(|error| TestCaseError::fail(format!("{source}: {error}")))?;
                let wanted = checked(&admin.schema, "account", &source);
                let expected: BTreeSet<Uuid> =
                    model.live("account").map(|it| it.0).filter(|id| model.holds(&Asker::of(&admin), "account", *id, &wanted, None)).collect();
                prop_assert_eq!(page.count.unwrap().value, expected.len() as u64);
                prop_assert_eq!(ids(&page.items).into_iter().collect::<BTreeSet<_>>(), expected, "{}", source);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn pages_put_together_are_the_whole_list_whatever_the_sort() {
    on_both_stores(|it| {
        populate(it);
        let admin = it.as_admin();
        let term = (
            proptest::sample::select(
                &[
                    "name",
                    "margin",
                    "level",
                    "won",
                    "won_class",
                    "created_at",
                    "updated_at",
                    "id",
                    "parent",
                    "owner",
                    "parent.margin",
                    "parent.owner",
                ][..],
            ),
            any::<bool>(),
        )
            .prop_map(|(name, descending)| if descending { format!("-{name}") } else { name.to_owned() });
        let filters = proptest::sample::select(&["true", "has(margin)", "parent.level != 'a'", "level == 'nothing'"][..]);
        runner(80)
            .run(&(proptest::collection::vec(term, 1..=4), 1..9_u32, filters), |(terms, limit, filter)| {
                let mut request = ListRequest { filter: Some(filter.to_owned()), sort: Some(terms.join(",")), limit: 500, ..ListRequest::default() };
                let whole = it.try_list(&admin, "account", &request).unwrap();
                let whole: Vec<Json> = serde_json::from_str(&whole.items).unwrap();
                request.limit = limit;
                let mut joined: Vec<Json> = Vec::new();
                loop {
                    let page = it.try_list(&admin, "account", &request).unwrap();
                    prop_assert!(page.length <= limit as usize);
                    joined.extend(serde_json::from_str::<Vec<Json>>(&page.items).unwrap());
                    request.cursor = page.next_cursor;
                    if request.cursor.is_none() {
                        break;
                    }
                }
                prop_assert_eq!(&joined, &whole);
                let first = terms[0].trim_start_matches('-');
                if !["name", "parent", "owner", "parent.margin", "parent.owner"].contains(&first) {
                    let key = |it: &Json| {
                        it[first].as_str().map(|text| {
                            if matches!(first, "margin" | "won") { (text.parse::<f64>().unwrap(), String::new()) } else { (0.0, text.to_owned()) }
                        })
                    };
                    let sorted = whole
                        .windows(2)
                        .all(|pair| if terms[0].starts_with('-') { key(&pair[0]) >= key(&pair[1]) } else { key(&pair[0]) <= key(&pair[1]) });
                    prop_assert!(sorted, "null first, then ascending, or turned round: {}", terms[0]);
                }
                Ok(())
            })
            .unwrap();
    });
}

fn bucket(unit: &str, date: Date) -> Date {
    match unit {
        "day" => date,
        "week" => date.checked_sub(jiff::Span::new().days(i64::from(date.weekday().to_monday_zero_offset()))).unwrap(),
        "month" => date.first_of_month(),
        "quarter" => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).unwrap(),
        _ => date.first_of_year(),
    }
}

#[test]
fn groups_by_time_begin_where_the_viewers_day_begins() {
    on_both_stores(|it| {
        populate(it);
        let deals = it.list(&it.as_admin(), "deal", "true", "id");
        for zone in ["Asia/Shanghai", "America/New_York", "UTC", "Pacific/Chatham"] {
            let zone = TimeZone::get(zone).unwrap();
            let context = Context { time_zone: zone.clone(), ..it.as_admin() };
            for (field, unit) in
                ["created_at", "close_date"].iter().flat_map(|field| ["day", "week", "month", "quarter", "year"].map(|unit| (*field, unit)))
            {
                let mut expected: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
                for deal in &deals {
                    let date = deal[field].as_str().map(|text| {
                        if field == "close_date" {
                            text.parse::<Date>().unwrap()
                        } else {
                            text.parse::<jiff::Timestamp>().unwrap().to_zoned(zone.clone()).date()
                        }
                    });
                    let cents = deal["amount"]["amount"].as_str().map_or(0, |it| it.replace('.', "").parse::<i64>().unwrap());
                    let group = expected.entry(date.map(|it| bucket(unit, it).to_string())).or_default();
                    *group = (group.0 + 1, group.1 + cents);
                }
                let request = AggregateRequest {
                    group_by: vec![format!("{field}:{unit}")],
                    measures: vec!["count".into(), "sum(amount)".into()],
                    ..AggregateRequest::default()
                };
                let object = it.object("deal");
                let answer = it.workspace.store.read_with(|tx| aggregate(&context, tx, &object, &request)).unwrap();
                let found: BTreeMap<Option<String>, (i64, i64)> = answer
                    .groups
                    .iter()
                    .map(|it| {
                        let cents = it.values["sum(amount)"].as_str().map_or(0, |it| it.replace('.', "").parse::<i64>().unwrap());
                        (it.keys[0].as_str().map(str::to_owned), (it.values["count"].as_i64().unwrap(), cents))
                    })
                    .collect();
                assert_eq!(found, expected, "{field}:{unit} in {zone:?}");
            }
        }
        let request = AggregateRequest {
            group_by: vec!["account".into(), "account.owner".into()],
            measures: vec!["count".into()],
            ..AggregateRequest::default()
        };
        let object = it.object("deal");
        let answer = it.workspace.store.read_with(|tx| aggregate(&it.as_admin(), tx, &object, &request)).unwrap();
        for group in &answer.groups {
            let account = it.get(&it.as_admin(), "account", group.keys[0].as_str().unwrap().parse().unwrap()).unwrap();
            assert_eq!(json!(group.labels), json!([account["name"], account["owner"]["label"]]));
        }
    });
}

#[test]
fn different_values_are_counted_once_in_each_group() {
    on_both_stores(|it| {
        populate(it);
        let deals = it.list(&it.as_admin(), "deal", "true", "id");
        let object = it.object("deal");
        for (measure, value) in [("count_distinct(account)", "account"), ("count_distinct(close_date)", "close_date")] {
            let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for deal in &deals {
                let different = expected.entry(deal["owner"]["id"].as_str().unwrap_or_default().to_owned()).or_default();
                different.extend(Some(&deal[value]).filter(|it| !it.is_null()).map(ToString::to_string));
            }
            let request = AggregateRequest { group_by: vec!["owner".into()], measures: vec![measure.into()], ..AggregateRequest::default() };
            let answer = it.workspace.store.read_with(|tx| aggregate(&it.as_admin(), tx, &object, &request)).unwrap();
            let found = answer.groups.iter().map(|it| (it.keys[0].as_str().unwrap_or_default().to_owned(), it.values[measure].clone()));
            let wanted: BTreeMap<String, Json> = expected.into_iter().map(|(owner, different)| (owner, json!(different.len()))).collect();
            assert_eq!(found.collect::<BTreeMap<_, _>>(), wanted, "{measure}");
        }
    });
}

#[test]
fn requests_that_make_no_sense_are_told_so_and_never_fail_inside() {
    on_both_stores(|it| {
        populate(it);
        let admin = it.as_admin();
        let long_or = vec!["name == 'x'"; 200].join(" || ");
        let long_in = format!("id in [{}]", (0..900).map(|n| format!("'{}'", Uuid::from_u128(n))).collect::<Vec<_>>().join(","));
        for filter in [
            long_or.as_str(),
            "size(name) > 1",
            "name == 1",
            "",
            "name ==",
            "name == 'a\\u0000b'",
            "margin > 99999999999999999999999",
            "deals == 9223372036854775807",
            "nonsense",
            "((((",
            "parent.parent.parent.name == 'x'",
            "tags.name == 'x'",
            "1 == 1",
            "name",
        ] {
            let request = ListRequest { filter: Some(filter.into()), limit: 5, ..ListRequest::default() };
            if let Err(error) = it.try_list(&admin, "account", &request) {
                assert!(matches!(code(&error), "bad_filter" | "unknown_field"), "{filter}: {error}");
            }
        }
        let request = ListRequest { filter: Some(long_in.clone()), limit: 5, ..ListRequest::default() };
        assert!(it.try_list(&admin, "account", &request).map_or_else(|error| code(&error) == "bad_filter", |page| page.length == 0), "900 ids");
        for sort in [
            "tags",
            "channels",
            "nonsense",
            "-",
            "name,,margin",
            "name,level,margin,won,id",
            "parent.tags",
            "tags.name",
            "parent.parent.parent.name",
            "phone",
            "won.currency",
        ] {
            let request = ListRequest { sort: Some(sort.into()), limit: 5, ..ListRequest::default() };
            let error = it.try_list(&admin, "account", &request).unwrap_err();
            assert!(matches!(code(&error), "bad_request" | "unknown_field"), "{sort}: {error}");
        }
        let cursor_of = |sort: &str| {
            it.try_list(&admin, "account", &ListRequest { sort: Some(sort.into()), limit: 2, ..ListRequest::default() }).unwrap().next_cursor.unwrap()
        };
        let hex = |text: &str| text.bytes().map(|it| format!("{it:02x}")).collect::<String>();
        let id = Uuid::nil();
        let forged = [
            cursor_of("name"),
            hex(&format!("[\"margin\",[{{\"t\":\"x\"}},{{\"u\":\"{id}\"}}]]")),
            hex(&format!("[\"margin\",[{{\"n\":\"1.23456\"}},{{\"u\":\"{id}\"}}]]")),
            hex(&format!("[\"margin\",[{{\"n\":\"79228162514264337593543950335\"}},{{\"u\":\"{id}\"}}]]")),
            hex("[\"margin\",[{\"n\":\"1\"},null]]"),
            "00".into(),
            "x".into(),
        ];
        for cursor in forged {
            let request = ListRequest { sort: Some("margin".into()), cursor: Some(cursor.clone()), limit: 2, ..ListRequest::default() };
            assert_eq!(it.try_list(&admin, "account", &request).map_or_else(|error| code(&error), |_| "read"), "bad_cursor", "{cursor}");
        }
        for (group, measure) in [
            ("tags", "count"),
            ("margin:day", "count"),
            ("level", "sum(name)"),
            ("level", "max(parent)"),
            ("level", "min(channels)"),
            ("level", "sum"),
            ("x", "count"),
            ("created_at:hour", "count"),
            ("level", "max(tags)"),
            ("level", "count_distinct(tags)"),
            ("level", "count_distinct(channels)"),
            ("level", "count_distinct()"),
        ] {
            let request = AggregateRequest { group_by: vec![group.into()], measures: vec![measure.into()], ..AggregateRequest::default() };
            let object = it.object("account");
            let error = it.workspace.store.read_with(|tx| aggregate(&admin, tx, &object, &request)).unwrap_err();
            assert!(matches!(code(&error), "bad_request" | "unknown_field"), "{group} {measure}: {error}");
        }
        let fields = |paths: &[&str]| {
            it.try_list(
                &admin,
                "account",
                &ListRequest { fields: Some(paths.iter().map(|it| (*it).to_owned()).collect()), limit: 3, ..ListRequest::default() },
            )
        };
        for path in ["x", "name.x", "parent.parent.parent.name", "tags.name", "", ".", "parent..name", "parent.tags"] {
            assert_eq!(code(&fields(&[path]).unwrap_err()), "unknown_field", "{path}");
        }
        let page = fields(&["created_by.name", "parent.parent.name", "owner.name", "id", "version"]).unwrap();
        assert!(page.items.contains("\"created_by\":{\"id\":"), "{}", page.items);
    });
}

#[test]
fn filters_compute_of_fields_of_this_record_and_of_those_it_refers_to() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A", "margin": "2.50"}));
        let other = it.create(&admin, "account", json!({"name": "B", "margin": "-1.00", "parent": account}));
        it.create(&admin, "deal", json!({"name": "D1", "account": account, "amount": "400.00", "close_date": "2026-12-01"}));
        it.create(&admin, "deal", json!({"name": "D2", "account": other, "amount": "33.33", "close_date": "2027-02-03"}));
        let bare = it.create(&admin, "account", json!({"name": "C"}));
        it.create(&admin, "deal", json!({"name": "D3", "account": bare, "amount": "10.00"}));
        let deals = |filter: &str| it.names(&admin, "deal", filter, "name");
        assert_eq!(deals("amount * account.margin / 10 > 99.99"), ["D1"]);
        assert_eq!(deals("amount / 3 * 100 == 1111"), ["D2"]);
        assert_eq!(deals("!(amount * account.margin > 0)"), ["D2", "D3"], "what has no result is not above 0");
        assert_eq!(deals("month(close_date) in [2, 3] || close_date == null"), ["D2", "D3"]);
        assert_eq!(deals("year(close_date) == 2026"), ["D1"]);
        assert_eq!(deals("addMonths(close_date, 2) < \"2027-02-02\" && close_date - date(created_at) > days(1)"), ["D1"]);
        assert_eq!(it.names(&admin, "account", "margin > deals", "name"), ["A"], "a decimal beside a whole number");
        assert_eq!(it.names(&admin, "account", "parent.margin * 2 == 5", "name"), ["B"]);
        // Ann sees no margin, so she cannot compute with it either.
        let refused = |context: &guanxi_kernel::context::Context, object: &str, filter: &str| {
            it.try_list(context, object, &ListRequest { filter: Some(filter.into()), limit: 5, ..ListRequest::default() }).unwrap_err()
        };
        assert_eq!(code(&refused(&it.as_ann(), "account", "margin * 2 > 1")), "bad_filter");
        let guanxi_kernel::KernelError::BadRequest { position, message, .. } = refused(&admin, "deal", "amount > 1 && upper(name) == 'A'") else {
            panic!("another error");
        };
        assert_eq!((position, message.en.contains("`upper` of a field cannot be used in a filter")), (Some(14), true));
    });
}
