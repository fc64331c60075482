//! What a column can become: the fields of an object the importer may set, and their parts.

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Field, FieldGate as _, FieldKind, Label, Object};
use schemars::JsonSchema;
use serde::Serialize;

/// A field or a part of one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportTarget {
    /// `field` or `field.part`.
    pub path: String,
    /// Name for people.
    pub label: Label,
    /// Type of the field.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Must have a value in a new record.
    pub required: bool,
    /// Rows can be matched by it.
    pub matchable: bool,
}

/// Parts of a type that columns of their own may hold: name, Chinese, English.
pub(super) fn parts_of(kind: FieldKind) -> &'static [(&'static str, &'static str, &'static str)] {
    match kind {
        FieldKind::PersonName => &[("family", "姓", "family name"), ("given", "名", "given name")],
        FieldKind::Address => &[
            ("country", "国家", "country"),
            ("province", "省", "province"),
            ("city", "市", "city"),
            ("district", "区", "district"),
            ("street", "街道", "street"),
            ("postcode", "邮编", "postcode"),
        ],
        FieldKind::Money => &[("currency", "币种", "currency")],
        FieldKind::Geo => &[("lat", "纬度", "latitude"), ("lng", "经度", "longitude")],
        _ => &[],
    }
}

/// Whether the importer may put values into a field.
pub(super) fn may_set(context: &Context, object: &Object, field: &Field) -> bool {
    let is_file = matches!(field.definition.kind, FieldKind::File | FieldKind::Image);
    let is_open = !field.is_computed() && (!field.definition.read_only || context.access.is_system());
    is_open && !is_file && context.access.may_read(object, field) && context.access.may_write(object, field)
}

/// Whether rows may find their records by a field.
pub(super) fn may_match(context: &Context, object: &Object, field: &Field) -> bool {
    use FieldKind::{AutoNumber, Date, Email, Number, PersonName, Phone, Text, Url};
    let fits = field.name() == "id" || matches!(field.definition.kind, Text | Email | Phone | Url | PersonName | AutoNumber | Number | Date);
    fits && (field.name() == "id" || !field.is_engine_managed()) && context.access.may_read(object, field)
}

/// All targets of an object, in the order of its fields. Those that rows can only be matched by are among them.
pub fn targets(context: &Context, object: &Object) -> Vec<ImportTarget> {
    let mut all = Vec::new();
    for field in &object.fields {
        let matchable = may_match(context, object, field);
        let settable = may_set(context, object, field);
        if !settable && !matchable {
            continue;
        }
        let definition = &field.definition;
        let required = definition.required && settable;
        all.push(ImportTarget { path: field.name().to_owned(), label: definition.label.clone(), kind: definition.kind, required, matchable });
        if !settable {
            continue;
        }
        for (part, zh_cn, en) in parts_of(definition.kind) {
            let label = Label::new(format!("{}：{zh_cn}", definition.label.zh_cn), format!("{}: {en}", definition.label.en));
            let path = format!("{}.{part}", field.name());
            all.push(ImportTarget { path, label, kind: definition.kind, required: false, matchable: false });
        }
    }
    all
}
