//! Fields as `GET /meta` tells them.

use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::may_sort;
use guanxi_kernel::schema::{AnyJson, Field, FieldDefinition, FieldGate as _, FieldKind, Label, Object, OptionDefinition, OptionSource, Origin};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::schema::pack_of;

/// A field, for the caller.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "what a form and a list ask of a field, as docs/api.md has it")]
pub struct FieldMeta {
    /// Identifier.
    name: String,
    /// Its type.
    #[serde(rename = "type")]
    kind: FieldKind,
    /// Name shown.
    label: Label,
    /// Help shown beside the input.
    help: Option<Label>,
    /// The group of the record page it stands in.
    section: Option<String>,
    /// The workspace's own.
    custom: bool,
    /// The industry pack that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    /// Must have a value.
    required: bool,
    /// The caller cannot set it.
    read_only: bool,
    /// It follows from other values.
    computed: bool,
    /// Where most of the value is covered for the caller; nowhere where null.
    masked: Option<MaskedWhere>,
    /// No two live records share a value.
    unique: bool,
    /// Its words are found by search.
    searchable: bool,
    /// Lists can be sorted by it.
    sortable: bool,
    /// Expressions can name it.
    filterable: bool,
    /// Records can be grouped by it.
    groupable: bool,
    /// Value of a new record; `"@today"`, `"@now"`, `"@me"`, `"@my_department"` stand for what they say.
    #[schemars(with = "AnyJson")]
    default: Option<Json>,
    /// Choices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionMeta>,
    /// The field, `object.field`, whose choices these are, where they are another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    options_of: Option<String>,
    /// Object referred to.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// Expression over the records referred to: only those it accepts are offered to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_when: Option<String>,
    /// Digits after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<u32>,
    /// ISO 4217 code of amounts that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// Fields of the record whose currency a formula's amount is in; where they disagree it is in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    currency_of: Vec<String>,
    /// Smallest value, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    /// Largest value, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    /// Longest text in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    /// Regular expression the whole text matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    /// Pattern of an auto-number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_format: Option<String>,
    /// Type of a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<FieldKind>,
    /// Expression: required when true.
    #[serde(skip_serializing_if = "Option::is_none")]
    required_when: Option<String>,
    /// Expression: shown when true.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_when: Option<String>,
    /// Expression: not editable when true.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_only_when: Option<String>,
    /// Expression of a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
}

/// Where most of a value is covered.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MaskedWhere {
    /// Wherever it is shown.
    Everywhere,
    /// In lists, not on the record's own page.
    Lists,
}

/// A choice.
#[derive(Serialize, JsonSchema)]
struct OptionMeta {
    /// Stored value.
    value: String,
    /// Name shown.
    label: Label,
    /// Colour token.
    color: Option<String>,
    /// States: an end state.
    closed: bool,
    /// States: an end state that counts as success.
    won: bool,
    /// Pipeline stages: probability of winning, percent.
    probability: Option<u8>,
    /// Not offered: kept for old records, or a role the caller may not give.
    retired: bool,
    /// States: the values it may change to; any where null.
    next: Option<Vec<String>>,
}

/// The fields of an object the caller may read, in the order of its forms.
pub fn fields_meta(context: &Context, object: &Object) -> Vec<FieldMeta> {
    let shown =
        |it: &&Field| !matches!(it.name(), "id" | "version" | "deleted_at") && context.access.shown_uncovered(object, it, Place::Record) != Shown::No;
    object.fields.iter().filter(shown).map(|it| field_meta(context, object, it)).collect()
}

fn field_meta(context: &Context, object: &Object, field: &Field) -> FieldMeta {
    let declared = definition_meta(context, &field.definition);
    let named = context.access.may_read(object, field);
    let amount = field.amount_of.as_ref();
    let may_know = |name: &&String| object.field(name).is_some_and(|it| context.access.shown_uncovered(object, it, Place::Record) != Shown::No);
    let section = object.definition.views.record.sections.iter().find(|it| it.fields.iter().any(|it| it == field.name()));
    FieldMeta {
        section: section.map(|it| it.name.clone()),
        custom: field.origin == Origin::Custom,
        pack: pack_of(&context.schema, object, Some(field)),
        read_only: declared.read_only || field.is_computed() || !context.access.may_write(object, field),
        computed: field.is_computed(),
        masked: masked(context, object, field),
        sortable: may_sort(context, object, field),
        filterable: named && (field.link.is_some() || field.parts.iter().any(|it| it.exposed)),
        groupable: is_groupable(field) && context.access.may_group(object, field),
        target: field.target.clone().or(declared.target),
        // Amounts rolled up, and what follows from them, are numbers in the company's own currency.
        currency: declared.currency.or_else(|| amount.filter(|it| it.own).map(|_| context.workspace.settings().currency.clone())),
        currency_of: amount.map(|it| it.fields.iter().filter(|it| may_know(it)).cloned().collect()).unwrap_or_default(),
        ..declared
    }
}

/// Where most of the value is covered.
fn masked(context: &Context, object: &Object, field: &Field) -> Option<MaskedWhere> {
    let covered = |place| context.access.shown_uncovered(object, field, place) != Shown::Whole;
    if covered(Place::Record) { Some(MaskedWhere::Everywhere) } else { covered(Place::List).then_some(MaskedWhere::Lists) }
}

fn is_groupable(field: &Field) -> bool {
    use FieldKind::{AutoNumber, Boolean, Date, Datetime, Department, Formula, Number, Reference, Rollup, Select, Text, User};
    field.link.is_none()
        && matches!(
            field.definition.kind,
            Text | Number | Boolean | Date | Datetime | Select | Reference | User | Department | AutoNumber | Formula | Rollup
        )
}

/// A declared field that belongs to no object: an action's input.
pub fn definition_meta(context: &Context, field: &FieldDefinition) -> FieldMeta {
    FieldMeta {
        name: field.name.clone(),
        kind: field.kind,
        label: field.label.clone(),
        help: field.help.clone(),
        section: None,
        custom: false,
        pack: None,
        required: field.required,
        read_only: field.read_only,
        computed: false,
        masked: None,
        unique: field.unique,
        searchable: field.searchable,
        sortable: false,
        filterable: false,
        groupable: false,
        default: field.default.clone(),
        options: field.options.iter().map(|it| option_meta(it, is_withheld(context, field, it))).collect(),
        options_of: field.options_of.clone(),
        target: target_of(field),
        offered_when: field.offered_when.clone(),
        scale: scale_of(field),
        currency_of: Vec::new(),
        currency: (field.kind == FieldKind::Money).then(|| context.workspace.settings().currency.clone()),
        min: field.min,
        max: field.max,
        max_length: field.max_length,
        pattern: field.pattern.clone(),
        number_format: field.number_format.clone(),
        result: field.result,
        required_when: field.required_when.clone(),
        visible_when: field.visible_when.clone(),
        read_only_when: field.read_only_when.clone(),
        expression: field.expression.clone(),
    }
}

/// Whether an option is a role that the caller may not give to anybody.
fn is_withheld(context: &Context, field: &FieldDefinition, option: &OptionDefinition) -> bool {
    field.options_from == Some(OptionSource::RolesToGive) && !context.access.may_give(&option.value)
}

fn option_meta(it: &OptionDefinition, is_withheld: bool) -> OptionMeta {
    OptionMeta {
        value: it.value.clone(),
        label: it.label.clone(),
        color: it.color.clone(),
        closed: it.closed,
        won: it.won,
        probability: it.probability,
        retired: it.retired || is_withheld,
        next: it.next.clone(),
    }
}

fn target_of(field: &FieldDefinition) -> Option<String> {
    match field.kind {
        FieldKind::User => Some(MEMBER_OBJECT.to_owned()),
        FieldKind::Department => Some(DEPARTMENT_OBJECT.to_owned()),
        FieldKind::Tags => Some("tag".to_owned()),
        _ => field.target.clone(),
    }
}

fn scale_of(field: &FieldDefinition) -> Option<u32> {
    match field.kind {
        FieldKind::Decimal | FieldKind::Money | FieldKind::Percent => Some(field.scale.unwrap_or(2)),
        _ => field.scale,
    }
}
