//! What an object is, as written in `object.toml` and `views.toml`, or by an administrator in the web app.
//!
//! These structs are a serialised promise: apps, packs and workspaces store them. Unknown keys are refused so that a
//! misspelt one is never silently ignored. `docs/definitions.md` is the reference with examples.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AnyJson;

/// What names of objects and fields look like.
const IDENTIFIER: &str = "^[a-z][a-z0-9_]{0,39}$";

/// A text in each interface language: `{ "zh-CN" = "客户", en = "Account" }`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// English.
    pub en: String,
}

impl Label {
    /// Both languages at once.
    pub fn new(zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh_cn: zh_cn.into(), en: en.into() }
    }
}

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectDefinition {
    /// Identifier, `[a-z][a-z0-9_]{0,39}`; the table is `o_<name>`.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub name: String,
    /// Singular name.
    pub label: Label,
    /// Plural name; the singular where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plural: Option<Label>,
    /// One sentence for newcomers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// Icon name of the web app's set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Accent, a token name such as `blue`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// The field that names a record to people; text-like.
    pub title_field: String,
    /// Adds the fields `owner` (user) and `department`; on unless said otherwise.
    #[serde(default = "yes")]
    pub owned: bool,
    /// Hidden from navigation and search pages (join objects, saved views).
    #[serde(default, skip_serializing_if = "is_false")]
    pub internal: bool,
    /// Found by search although internal; what is found leads to the record it follows (comments).
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_search: bool,
    /// Rights follow from its records (members, teams, grants): what a role says of `*` does not hold for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub explicit_rights: bool,
    /// The field through which records belong to another one, a `record` or a `reference`: they are seen only where that
    /// one is, whatever roles say (comments, reactions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// What follows another record is changed only where that one may be, whatever roles say: who may only read it only reads
    /// these (what is in a space).
    #[serde(default, skip_serializing_if = "is_false")]
    pub follows_changes: bool,
    /// The record it is seen with: whoever may read that one reads this one too (tasks and notices of a space).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_with: Option<SeenWithDefinition>,
    /// The field that names the one member who sees a record; nobody else does, an administrator no more than others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_to: Option<String>,
    /// Its records say how the workspace works (rules): only who may make or change some finds them in the navigation.
    #[serde(default, skip_serializing_if = "is_false")]
    pub setting: bool,
    /// Its records say what happened: taking a change back leaves them as they are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trail: bool,
    /// Whoever opens a record is noted in the audit log.
    #[serde(default, skip_serializing_if = "is_false")]
    pub audit_reads: bool,
    /// Screens that show its records bear the name of who looks and the time, so that a picture of them tells who took it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub watermark: bool,
    /// Fields in the order of forms.
    #[serde(default, rename = "field")]
    pub fields: Vec<FieldDefinition>,
    /// Indexes beyond those the engine makes (unique fields, references, `indexed`).
    #[serde(default, rename = "index", skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<IndexDefinition>,
    /// Expression over the record: nobody but an administrator changes or deletes it while this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_when: Option<String>,
    /// The field, a `record` or a `reference`, that names the record this one is a part of: whatever locks that one, locks
    /// this one too, and no part is added to it or taken away (lines of an order).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_with: Option<String>,
    /// Its records are circles: whoever belongs to one sees what lies in it (`in_circle` of other objects).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<CircleDefinition>,
    /// How its records lie in a circle, open to those who belong to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_circle: Option<InCircleDefinition>,
    /// What the person a record is addressed to may see meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lends: Vec<LendDefinition>,
    /// Rules every saved record satisfies.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleDefinition>,
    /// Fields by which records are compared to find those that mean the same; nobody looks for duplicates where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<ComparedField>,
    /// Other objects whose records may mean the same as one that is entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates_against: Vec<ComparedObject>,
    /// How records are shown.
    #[serde(default)]
    pub views: ViewsDefinition,
}

/// Another record beside which records are seen, and changed, beyond what row rules say: roles must let their holder read (or
/// change) some of them at all, and what they deny stays denied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenWithDefinition {
    /// The reference to that record. It is set only by who may change that one.
    pub field: String,
    /// Filter over this record: only while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether it is changed with that record, too; otherwise only read.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub changes: bool,
}

fn yes() -> bool {
    true
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_true(flag: &bool) -> bool {
    *flag
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(super) fn is_false(flag: &bool) -> bool {
    !flag
}

/// Who belongs to a circle, by the names of its object's fields, and what is covered of the records that lie in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CircleDefinition {
    /// Members who belong to it (`many_to_many` to members).
    pub members: String,
    /// Departments whose members belong to it, with those below (`many_to_many` to departments).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<String>,
    /// Roles whose holders belong to it (`multi_select`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<String>,
    /// Members who look after it (`many_to_many` to members): they see what lies in it whole, and change and assign it.
    pub keepers: String,
    /// Expression over the circle: only while it holds do others than its keepers see what lies in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_when: Option<String>,
    /// Names of the fields that are hidden of what lies in it (`multi_select`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// Names of the fields that are masked of what lies in it (`multi_select`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// How many different records lying in it each of its members may open in a day (`number`; any number where it is
    /// empty). Of such records only `in_circle.open_to_see` is shown until one is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_views: Option<String>,
    /// Where it is said otherwise for single members and for roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<CircleLimits>,
}

/// Another object whose records say for one member or one role how many records lying in a circle may be opened in a day, by the
/// names of its fields. A member's own come first; of those of his roles the most generous holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CircleLimits {
    /// The object.
    pub object: String,
    /// The reference to the circle.
    pub circle: String,
    /// The member (`user`).
    pub member: String,
    /// Or the role (`select`).
    pub role: String,
    /// There is no limit (`boolean`).
    pub exempt: String,
    /// How many different records in a day (`number`); as many as the circle says where it is empty.
    pub daily_views: String,
}

/// How records lie in a circle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InCircleDefinition {
    /// The reference to the circle.
    pub circle: String,
    /// The field that must be empty for a record to lie in it (its owner): somebody's record does not.
    pub while_empty: String,
    /// Fields a circle may cover. None of them is the title, a reference or a list of links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverable: Vec<String>,
    /// Fields that are covered wherever another name is, beside their own: a circle made for one kind of record covers what
    /// says the same of another kind (the mobile of a contact, where the telephone of its customer is covered).
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub covered_with: std::collections::BTreeMap<String, String>,
    /// Fields that are shown, beside the title, of a record nobody opened yet, where its circle says how many may be opened in
    /// a day. All others are covered until then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_to_see: Vec<String>,
}

/// A field that is compared to find records that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedField {
    /// Name of the field.
    pub field: String,
    /// What it holds, where its type does not say it well enough (the name of a company in a text).
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub compare_as: Option<CompareAs>,
}

/// Another object whose records may mean the same, and what of the two is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedObject {
    /// The other object; it says by `duplicates` what its records are compared by.
    pub object: String,
    /// What of this object stands for what of the other. Several may stand for one: each is tried.
    pub fields: Vec<ComparedAcross>,
}

/// A field that stands for one of another object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedAcross {
    /// Name of the field.
    pub field: String,
    /// Name of the other object's field, one of those its records are compared by.
    pub is: String,
}

/// What a compared field holds: decides how far two values agree, and what agreement is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompareAs {
    /// The whole name of a person.
    PersonName,
    /// A surname.
    Surname,
    /// A given name.
    GivenName,
    /// The name of a company.
    Company,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A street, a building, or a whole address.
    Address,
    /// The number of a house or a flat.
    HouseNumber,
    /// A district, town or city.
    Place,
    /// A day.
    Date,
    /// A postal code.
    Postcode,
    /// A code or number that names one thing.
    Id,
    /// One of few values.
    Category,
    /// Any other text.
    Text,
}

/// The type of a field. One file in `kernel/src/fields/` and one folder in `web/src/fields/` each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "docs/api.md lists them with their JSON forms")]
pub enum FieldKind {
    Text,
    LongText,
    RichText,
    Number,
    Decimal,
    Money,
    Percent,
    Boolean,
    Date,
    Datetime,
    Duration,
    Select,
    MultiSelect,
    Email,
    Phone,
    Url,
    Address,
    PersonName,
    Tags,
    Reference,
    Record,
    ManyToMany,
    User,
    Department,
    File,
    Image,
    AutoNumber,
    Geo,
    Json,
    Formula,
    Rollup,
}

/// What a text is, so that it is written in one form. What was stored before stays until it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextForm {
    /// Name of a company: width, blanks, brackets and the writing of Co., Ltd. do not vary.
    Company,
    /// Unified social credit code (GB 32100): capitals without blanks; the check digit must fit.
    CreditCode,
    /// Resident identity number (GB 11643): as the code; its region and date of birth must exist.
    IdNumber,
}

/// One field of an object. Which keys apply depends on `type`; a key that does not apply is refused when the schema is built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldDefinition {
    /// Identifier, `[a-z][a-z0-9_]{0,39}`, no double underscore.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub name: String,
    /// The field type.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Name shown.
    pub label: Label,
    /// Help shown beside the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// Must have a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// No two live records share a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Its words are found by search.
    #[serde(default, skip_serializing_if = "is_false")]
    pub searchable: bool,
    /// Gets an index, and with it sorting.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indexed: bool,
    /// Set only by the engine, hooks and actions.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Value of a new record, in the JSON form of the type; the text `"@today"`, `"@now"`, `"@me"`, `"@my_department"` are understood where the type fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AnyJson")]
    pub default: Option<serde_json::Value>,
    /// Choices of `select` and `multi_select`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDefinition>,
    /// Where the choices come from, if not from `options`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options_from: Option<OptionSource>,
    /// The field, `object.field`, whose choices this one offers: those added there are offered here at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options_of: Option<String>,
    /// Of the choices of another field, only those that are no end state.
    #[serde(default, skip_serializing_if = "is_false")]
    pub open_options: bool,
    /// Object referred to (`reference`, `many_to_many`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Expression over the records referred to (`reference`, `many_to_many`): only those it accepts are offered to choose from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_when: Option<String>,
    /// What happens to this record when the one referred to is deleted.
    #[serde(default, skip_serializing_if = "OnDelete::is_default")]
    pub on_delete: OnDelete,
    /// Digits after the point (`decimal` 0-6, default 2; `money` and `percent` 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 6))]
    pub scale: Option<u32>,
    /// Smallest value (numbers), inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value (numbers), inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Longest text in characters (text 255 unless said, long text 65,536).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_length: Option<u32>,
    /// Regular expression the whole text matches (linear-time engine).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The one form a `text` is written in, however it is entered: the name of a company, a number with a check digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<TextForm>,
    /// Pattern of an auto-number: `"C{yyyy}{mm}-{00000}"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_format: Option<String>,
    /// Expression: required when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<String>,
    /// Expression: shown when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_when: Option<String>,
    /// Expression: not editable when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_when: Option<String>,
    /// Expression of a `formula`; deterministic, over this record's own fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Result type of a `formula`: text, number, decimal, boolean, date, datetime or duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<FieldKind>,
    /// What a `rollup` computes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup: Option<RollupDefinition>,
}

impl FieldDefinition {
    /// A plain field of this type; everything optional is absent.
    pub fn new(name: &str, kind: FieldKind, label: Label) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            label,
            help: None,
            required: false,
            unique: false,
            searchable: false,
            indexed: false,
            read_only: false,
            default: None,
            options: Vec::new(),
            options_from: None,
            options_of: None,
            open_options: false,
            target: None,
            offered_when: None,
            on_delete: OnDelete::default(),
            scale: None,
            min: None,
            max: None,
            max_length: None,
            pattern: None,
            form: None,
            number_format: None,
            required_when: None,
            visible_when: None,
            read_only_when: None,
            expression: None,
            result: None,
            rollup: None,
        }
    }
}

/// One choice of a select; of a state field also where it may move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionDefinition {
    /// Stored value, `[a-z0-9_]{1,40}`.
    #[schemars(regex(pattern = "^[a-z0-9_]{1,40}$"))]
    pub value: String,
    /// Name shown.
    pub label: Label,
    /// Colour token: `blue`, `green`, `gold`, `red`, `purple`, `cyan`, `gray`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// States: the values this one may change to; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Vec<String>>,
    /// States: an end state.
    #[serde(default, skip_serializing_if = "is_false")]
    pub closed: bool,
    /// States: an end state that counts as success.
    #[serde(default, skip_serializing_if = "is_false")]
    pub won: bool,
    /// Pipeline stages: probability of winning, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub probability: Option<u8>,
    /// Kept for old records, not offered any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retired: bool,
}

impl OptionDefinition {
    /// A plain choice.
    pub fn new(value: &str, label: Label) -> Self {
        Self { value: value.to_owned(), label, color: None, next: None, closed: false, won: false, probability: None, retired: false }
    }
}

/// Where choices come from that are not written in the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionSource {
    /// The roles of the workspace.
    Roles,
    /// The same; whoever chooses one gives it, so that only those he may give are offered to him.
    RolesToGive,
    /// The skills members may have.
    Skills,
}

/// What deleting the referred-to record does to the referring one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The reference stays and shows as deleted; restoring brings it back.
    #[default]
    Keep,
    /// Deleting is refused while such records live.
    Restrict,
    /// The referring record is deleted along with it, and restored along with it.
    Cascade,
}

impl OnDelete {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A number kept right over related records by the write path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollupDefinition {
    /// Object whose records are counted.
    pub object: String,
    /// Its reference field that points here.
    pub via: String,
    /// What is computed.
    pub function: RollupFunction,
    /// The field computed over; none for `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Expression over the related record: only those are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// Functions of a roll-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; `latest` is the greatest date or time")]
pub enum RollupFunction {
    Count,
    Sum,
    Min,
    Max,
    Latest,
}

/// An index over several fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexDefinition {
    /// Field names, in order.
    pub fields: Vec<String>,
    /// No two live records share the combination.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
}

/// Records that the person a record is addressed to may read for as long as a condition holds: those the record refers to.
/// They are lent only where who addressed it to him could share them himself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LendDefinition {
    /// The user field that says to whom; or the department field, for everybody there.
    pub to: String,
    /// The references, or fields of the type `record`, that say what.
    pub fields: Vec<String>,
    /// Expression over the record; it is lent while this holds.
    pub when: String,
}

/// A rule checked on every save.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDefinition {
    /// Identifier within the object.
    pub name: String,
    /// True for a record that is in order.
    pub expression: String,
    /// Said to the person when it is not.
    pub message: Label,
    /// Field the message belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// How an object's records are shown (`views.toml`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewsDefinition {
    /// Ready lists, the first is the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<ListViewDefinition>,
    /// Board, where the object has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<BoardViewDefinition>,
    /// Calendar, where the object has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarViewDefinition>,
    /// The record page.
    #[serde(default)]
    pub record: RecordViewDefinition,
}

/// A ready list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListViewDefinition {
    /// Identifier within the object.
    pub name: String,
    /// Name shown.
    pub label: Label,
    /// Paths of the columns.
    pub columns: Vec<String>,
    /// Filter expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// `-field,field`; newest first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// A board: cards in columns by a select field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardViewDefinition {
    /// The select field whose options are the columns.
    pub group_by: String,
    /// Paths shown on a card, title first.
    pub card: Vec<String>,
    /// Field summed over a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// Action called on a drop; a plain update of `group_by` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_action: Option<String>,
    /// Sort within a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// A calendar of records with a start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarViewDefinition {
    /// Date or datetime field.
    pub start: String,
    /// Its end, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Path shown on the bar.
    pub title: String,
    /// Select field that colours it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_by: Option<String>,
    /// Field of many members who take part: their calendars show it beside the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<String>,
    /// Values that a record made in the calendar starts with, by field.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub begins_as: std::collections::BTreeMap<String, String>,
}

/// The record page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordViewDefinition {
    /// Paths shown in the head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_facts: Vec<String>,
    /// Groups of fields of page and form; fields in none come last.
    #[serde(default, rename = "section", skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionDefinition>,
    /// Lists of related records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedListDefinition>,
    /// Kinds of activity that can be logged in place: `call`, `visit`, `task`, ...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick_log: Vec<String>,
    /// The datetime field by which these records stand on the timelines of others; when they were made where absent.
    /// Records without a value stand on none: a formula with `coalesce` and `created_at` gives one to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline_at: Option<String>,
}

/// A group of fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionDefinition {
    /// Identifier within the object.
    pub name: String,
    /// Heading.
    pub label: Label,
    /// Field names.
    pub fields: Vec<String>,
}

/// Records of another object that refer to this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedListDefinition {
    /// The other object.
    pub object: String,
    /// Its field that refers here: a reference, or a `record` that may name any object.
    pub via: String,
    /// Heading; the other object's plural where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Paths of the columns.
    pub columns: Vec<String>,
    /// Sort.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// The yes/no field that is ticked where it stands: the list is drawn as a checklist, with a line to add to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<String>,
    /// Expression over this record: the list is there when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_when: Option<String>,
    /// What of theirs stands on this record's timeline beside themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<TimelineShare>,
}

/// What of related records stands on the timeline of the record they refer to. Only lists by a reference have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineShare {
    /// What was said about them and the files that hang on them.
    Attached,
    /// Besides what became of them: the moves noted about them, and their changes.
    Whole,
}

/// A business app as its `app.toml` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppDefinition {
    /// Identifier.
    pub name: String,
    /// Name in the navigation.
    pub label: Label,
    /// Icon name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Place in the navigation, small first.
    #[serde(default)]
    pub order: i32,
    /// Objects in the navigation, in order.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Objects of other apps it refers to.
    #[serde(default)]
    pub uses: Vec<String>,
}
