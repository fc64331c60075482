//! What the tests of field types share.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::{ParseContext, field_type};
use crate::schema::{FieldDefinition, FieldKind, Label, OptionDefinition, RollupDefinition, RollupFunction};

/// A workspace in China; the caller in UTC.
pub(super) fn context() -> ParseContext {
    ParseContext { region: "CN".to_owned(), currency: "CNY".to_owned(), now: Timestamp::UNIX_EPOCH, time_zone: TimeZone::UTC }
}

/// A field of this kind with the keys it cannot do without.
pub(super) fn field(kind: FieldKind) -> FieldDefinition {
    let mut field = FieldDefinition::new("field", kind, Label::new("字段", "Field"));
    match kind {
        FieldKind::Select | FieldKind::MultiSelect => field.options = options(),
        FieldKind::Reference | FieldKind::ManyToMany => field.target = Some("account".to_owned()),
        FieldKind::AutoNumber => field.number_format = Some("C{yyyy}-{0000}".to_owned()),
        FieldKind::Formula => {
            field.expression = Some("1 + 1".to_owned());
            field.result = Some(FieldKind::Number);
        }
        FieldKind::Rollup => {
            field.rollup = Some(RollupDefinition {
                object: "opportunity".to_owned(),
                via: "account".to_owned(),
                function: RollupFunction::Count,
                field: None,
                filter: None,
            });
        }
        _ => {}
    }
    field
}

/// A field with the options `new` (新建) and `won` (赢单).
pub(super) fn with_options(kind: FieldKind) -> FieldDefinition {
    FieldDefinition { options: options(), ..field(kind) }
}

fn options() -> Vec<OptionDefinition> {
    let option = |value: &str, zh_cn: &str, en: &str| OptionDefinition {
        value: value.to_owned(),
        label: Label::new(zh_cn, en),
        color: None,
        next: None,
        closed: false,
        won: false,
        probability: None,
        retired: false,
    };
    vec![option("new", "新建", "New"), option("won", "赢单", "Won")]
}

/// What the cells are written as.
pub(super) fn json_of(field: &FieldDefinition, cells: &[guanxi_expr::Value]) -> Json {
    let mut out = String::new();
    field_type(field.kind).write_json(field, cells, &mut out);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{:?} wrote `{out}`: {error}", field.kind))
}

/// The code with which a value is refused. The message must name the field and speak both languages.
pub(super) fn refused(field: &FieldDefinition, json: Json) -> &'static str {
    let error = field_type(field.kind).parse(field, &json, &context()).expect_err(&json.to_string());
    assert_eq!(error.field, field.name);
    assert!(error.message.zh_cn.chars().any(guanxi_text::script::is_han), "{error:?}");
    assert!(error.message.en.is_ascii() || error.message.en.contains('`'), "{error:?}");
    error.code
}
