//! What holds for every field type, tried with values of all sorts.

use guanxi_expr::Value;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::testing::{context, field, json_of};
use super::{field_type, keys::kind_name};
use crate::schema::{FieldDefinition, FieldKind};
use crate::store::Storage;

const KINDS: [FieldKind; 31] = [
    FieldKind::Text,
    FieldKind::LongText,
    FieldKind::RichText,
    FieldKind::Number,
    FieldKind::Decimal,
    FieldKind::Money,
    FieldKind::Percent,
    FieldKind::Boolean,
    FieldKind::Date,
    FieldKind::Datetime,
    FieldKind::Duration,
    FieldKind::Select,
    FieldKind::MultiSelect,
    FieldKind::Email,
    FieldKind::Phone,
    FieldKind::Url,
    FieldKind::Address,
    FieldKind::PersonName,
    FieldKind::Tags,
    FieldKind::Reference,
    FieldKind::Record,
    FieldKind::ManyToMany,
    FieldKind::User,
    FieldKind::Department,
    FieldKind::File,
    FieldKind::Image,
    FieldKind::AutoNumber,
    FieldKind::Geo,
    FieldKind::Json,
    FieldKind::Formula,
    FieldKind::Rollup,
];

fn is_link(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Tags | FieldKind::ManyToMany)
}

/// Texts close to what types accept, so that the tests do not only see refusals.
fn likely_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,24}",
        "[\u{4e00}-\u{9fa5}]{1,12}",
        "[0-9]{1,4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?",
        "[12][0-9]{3}[-/](0[1-9]|1[0-2])[-/]([012][1-9]|3[01])( 00:00)?",
        "[12][0-9]{3}-(0[1-9]|1[0-2])-[012][1-9][T ]([01][0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][01][0-9]:00)?",
        "[+-]?[0-9]{0,20}([.,][0-9]{0,8})?%?",
        "(USD|¥|\\$|eur|RMB)? ?-?[0-9]{1,9}(\\.[0-9]{1,3})?( ?[A-Za-z]{3}|元)?",
        "(\\+86 ?)?1[3-9][0-9]{9}",
        "0(10|20|21|755)-[1-9][0-9]{6,7}(转[0-9]{1,4})?",
        "[a-z]{1,8}(\\.[a-z+]{1,4})?@[a-z]{1,10}\\.(com|example|cn|测试)",
        "(https?://)?[a-z]{1,10}\\.(com|cn)(/[!-~]{0,12})?",
        "(广东省|上海市|浙江)?(深圳市|杭州市|浦东新区)?(南山区|西湖区)?[\u{4e00}-\u{9fa5}]{0,6}[0-9]{0,4}号?",
        "[A-Z][a-z]{1,8} ([A-Z]\\. )?[A-Z][a-z]{1,8}",
        "-?[0-9]{1,2}\\.[0-9]{1,9},-?[0-9]{1,3}\\.[0-9]{1,9}",
        "P(T?[0-9]{1,4}[HMSD]){1,2}",
        "(new|won|新建|Won)([;、, ](won|new|赢单))?",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "<(p|b|script|a href=\"[!-~]{0,9}\")>[ -~]{0,12}(</(p|b|script|a)>)?",
    ]
}

fn likely_json() -> impl Strategy<Value = Json> {
    let leaf: BoxedStrategy<Json> = prop_oneof![
        4 => likely_text().prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        1 => any::<i64>().prop_map(Json::from),
        1 => any::<u64>().prop_map(Json::from),
        1 => (-100_000_i64..100_000).prop_map(Json::from),
        1 => any::<f64>().prop_map(Json::from),
        1 => (-200.0..200.0).prop_map(Json::from),
    ]
    .boxed();
    let name = prop_oneof![
        Just("amount"),
        Just("currency"),
        Just("lat"),
        Just("lng"),
        Just("full"),
        Just("family"),
        Just("given"),
        Just("country"),
        Just("province"),
        Just("city"),
        Just("district"),
        Just("street"),
        Just("postcode"),
        Just("id"),
        Just("x"),
    ];
    let tree = leaf.clone().prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name.clone(), prop_oneof![3 => inner, 1 => Just(Json::Null)]), 0..4)
                .prop_map(|members| Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    });
    let point = (-95.0..95.0, -185.0..185.0).prop_map(|(lat, lng)| json!({ "lat": lat, "lng": lng }));
    let ids = prop::collection::vec("[0-9a-f]{32}", 0..4).prop_map(Json::from);
    let record = "[0-9a-f]{32}".prop_map(|id| json!({ "object": "account", "id": id }));
    prop_oneof![6 => leaf, 3 => tree, 1 => point, 1 => ids, 1 => record]
}

fn storage_holds(storage: Storage, cell: &Value) -> bool {
    match (storage, cell) {
        (_, Value::Null)
        | (Storage::Bool, Value::Bool(_))
        | (Storage::Int, Value::Int(_))
        | (Storage::Date, Value::Date(_))
        | (Storage::DateTime, Value::DateTime(_))
        | (Storage::Duration, Value::Duration(_))
        | (Storage::Id, Value::Id(_))
        | (Storage::Json, Value::Json(_) | Value::List(_)) => true,
        (Storage::Decimal { scale }, Value::Decimal(number)) => number.scale() == scale && number.mantissa().unsigned_abs() < 10_u128.pow(18),
        (Storage::Text, Value::Text(text)) => !text.contains('\0'),
        (Storage::TextList, Value::List(items)) => items.iter().all(|it| matches!(it, Value::Text(text) if !text.contains('\0'))),
        _ => false,
    }
}

/// What every accepted value obeys; tells whether there was a value.
fn check_accepted(field: &FieldDefinition, cells: &[Value]) -> Result<bool, TestCaseError> {
    let kind = field_type(field.kind);
    if is_link(field.kind) {
        prop_assert!(matches!(cells, [Value::List(_)]), "{cells:?}");
    } else {
        let parts = kind.parts(field);
        prop_assert_eq!(parts.len(), cells.len());
        for (part, cell) in parts.iter().zip(cells) {
            prop_assert!(storage_holds(part.storage, cell), "{part:?} cannot hold {cell:?}");
        }
        if cells.iter().all(Value::is_null) {
            return Ok(false);
        }
    }
    let written = json_of(field, cells);
    let again = kind.parse(field, &written, &context());
    prop_assert_eq!(again.as_deref(), Ok(cells), "{} does not read what it wrote: {}", kind_name(field.kind), written);
    let mut words = Vec::new();
    kind.words(field, cells, &mut words);
    prop_assert!(words.iter().all(|it| !it.is_empty()));
    Ok(true)
}

/// Kinds whose text, as exports hold it, reads back as the same value.
fn text_reads_back(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::RichText | FieldKind::Address | FieldKind::PersonName | FieldKind::Json)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_value_makes_a_type_panic_and_what_it_accepts_round_trips(json in likely_json()) {
        for kind in KINDS {
            let mut field = field(kind);
            field.indexed = matches!(kind, FieldKind::Text | FieldKind::PersonName);
            match field_type(kind).parse(&field, &json, &context()) {
                Ok(cells) => {
                    if check_accepted(&field, &cells)?
                        && text_reads_back(kind)
                        && let Some(text) = field_type(kind).text(&field, &cells)
                    {
                        prop_assert_eq!(field_type(kind).parse(&field, &json!(text), &context()), Ok(cells), "{} of {}", kind_name(kind), json);
                    }
                }
                Err(error) => {
                    prop_assert!(error.field == "field" || error.field.starts_with("field."), "{error:?}");
                    prop_assert!(!error.message.zh_cn.is_empty() && !error.message.en.is_empty());
                    prop_assert!(error.message.en.len() < 2_000, "{error:?}");
                }
            }
        }
    }
}

/// The property above says nothing about a type that refuses all it is shown.
#[test]
fn the_values_tried_suit_every_kind() {
    let mut runner = TestRunner::deterministic();
    let strategy = likely_json();
    let values: Vec<Json> = (0..10_000).filter_map(|_| strategy.new_tree(&mut runner).ok()).map(|it| it.current()).collect();
    for kind in KINDS.into_iter().filter(|it| !matches!(it, FieldKind::AutoNumber | FieldKind::Formula | FieldKind::Rollup)) {
        let field = field(kind);
        let has_value = |json: &&Json| {
            let cells = field_type(kind).parse(&field, json, &context()).unwrap_or_default();
            !cells.iter().all(|it| it.is_absent())
        };
        let accepted = values.iter().filter(has_value).count();

        assert!(accepted >= 50, "{}: only {accepted} of {}", kind_name(kind), values.len());
    }
}

#[test]
fn every_kind_is_here_and_its_plain_definition_is_in_order() {
    let mut names: Vec<String> = KINDS.into_iter().map(kind_name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
    for kind in KINDS {
        let field = field(kind);
        assert_eq!(field_type(kind).check_definition(&field), Ok(()), "{}", kind_name(kind));
        let parts = field_type(kind).parts(&field);
        assert_eq!(parts.is_empty(), is_link(kind), "{}", kind_name(kind));
    }
}

#[test]
fn foreign_keys_are_refused_by_name() {
    for kind in KINDS {
        let wrong = |key: &str, change: fn(&mut FieldDefinition)| {
            let mut field = field(kind);
            change(&mut field);
            let reason = field_type(kind).check_definition(&field).expect_err(&kind_name(kind)).en;
            assert!(reason.starts_with(&format!("{key}: ")), "{}: {reason}", kind_name(kind));
        };
        if !matches!(kind, FieldKind::Select | FieldKind::MultiSelect) {
            wrong("options", |it| it.options = super::testing::with_options(FieldKind::Select).options);
        }
        if !matches!(kind, FieldKind::Reference | FieldKind::ManyToMany | FieldKind::Tags) {
            wrong("target", |it| it.target = Some("account".into()));
        }
        if kind != FieldKind::AutoNumber {
            wrong("number_format", |it| it.number_format = Some("{0000}".into()));
        }
        if kind != FieldKind::Formula {
            wrong("expression", |it| it.expression = Some("1".into()));
        }
        if !matches!(kind, FieldKind::Decimal | FieldKind::Rollup) {
            wrong("scale", |it| it.scale = Some(1));
        }
        if !matches!(kind, FieldKind::Number | FieldKind::Decimal | FieldKind::Money | FieldKind::Percent | FieldKind::Duration) {
            wrong("max", |it| it.max = Some(1.0));
        }
    }
}

#[test]
fn texts_with_nul_are_refused_everywhere() {
    for kind in KINDS {
        let field = field(kind);
        for json in [json!("\0"), json!("a\0b"), json!({"full": "a\0", "city": "a\0", "amount": "1\0", "currency": "\0", "id": "\0"}), json!(["a\0"])]
        {
            let outcome = field_type(kind).parse(&field, &json, &context());
            assert!(outcome.is_err(), "{} took {json}: {outcome:?}", kind_name(kind));
        }
    }
}
