//! What an import is to do, as people say it: which column is which field, how its cells are read, what else a row makes.

use std::collections::BTreeMap;

use guanxi_kernel::schema::AnyJson;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

/// What becomes of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportColumnMapping")]
pub struct ColumnMapping {
    /// Position of the column, from 0.
    pub column: usize,
    /// `field` or `field.part`; null leaves the column out.
    pub field: Option<String>,
    /// How its cells are read.
    #[serde(default, skip_serializing_if = "ColumnOptions::is_default")]
    pub options: ColumnOptions,
}

/// How cells of a column are read where that is not plain. In this order: what means empty, a part of it, tidied, its
/// values read as others, an amount in units, a date in its form, what stands before and behind; then what stands for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ImportColumnOptions")]
pub struct ColumnOptions {
    /// References: the field of the other object that the cells hold; its names and unique fields where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Cells to be read as something else: `{"潜在": "prospect"}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Dates: which of day and month comes first where the year comes last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Cells that mean nothing is known: `["无", "N/A", "-"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub empty: Vec<String>,
    /// One part of the cell: of `省/市/区` the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Tidied first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<Take>,
    /// Dates: the form they are written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_form: Option<DateForm>,
    /// Money and numbers: what one of them stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What stands before each: an area code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What stands behind each.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// What an empty cell is read as.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub otherwise: String,
}

impl ColumnOptions {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One part of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportSplit")]
pub struct Split {
    /// What stands between the parts; a space stands for any white space. Plain text, no pattern.
    pub at: String,
    /// Which: 1 is the first, -1 the last.
    pub part: i32,
}

/// How a cell is tidied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportTake")]
pub enum Take {
    /// Its digits alone.
    Digits,
    /// In capitals.
    Upper,
    /// In small letters.
    Lower,
    /// Each word with a capital.
    Title,
    /// Without white space around and more than one between.
    Trim,
}

/// The form dates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportDateForm")]
pub enum DateForm {
    /// Whichever of these it is.
    Auto,
    /// 20261122, also with the time behind.
    Yyyymmdd,
    /// Days since the end of 1899, as spreadsheets count.
    Excel,
    /// Seconds since 1970.
    Unix,
    /// Thousandths of a second since 1970.
    UnixMs,
}

/// What one of an amount stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportUnit")]
pub enum Unit {
    /// 1 000.
    Thousand,
    /// 万: 10 000.
    Wan,
    /// 亿: 100 000 000.
    Yi,
}

/// Order of day and month before a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportDateOrder")]
pub enum DateOrder {
    /// 22/11/2026.
    Dmy,
    /// 11/22/2026.
    Mdy,
}

/// What to do with a row whose record exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportOnMatch")]
pub enum OnMatch {
    /// Leave the record as it is.
    Skip,
    /// Fill its empty fields.
    Fill,
    /// Overwrite what the row has a value for.
    Overwrite,
    /// The row is the record's next version: every field that the file gives becomes what the row says, blank cells included.
    NewVersion,
}

/// By which fields a row finds its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportMatch")]
pub struct MatchRule {
    /// Fields of the object that together say which record it is; `id` too. A column, a constant or an expression is to
    /// give each, or the record of the row that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// One such field: the same as `fields` with it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Fields that together find a record where those before find none, or the row lacks them. A record that has a value of
    /// the first of those before, and so is known to be another, is not found by these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or_fields: Vec<String>,
    /// What then.
    pub on_match: OnMatch,
    /// The fields that may be overwritten; absent: all that the row has a value for. The others are left as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overwrite: Option<Vec<String>>,
}

impl MatchRule {
    /// The fields, however they were given.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.field.iter().chain(&self.fields).map(String::as_str)
    }

    /// Those too by which records are found otherwise.
    pub(super) fn all_names(&self) -> impl Iterator<Item = &str> {
        self.names().chain(self.or_fields.iter().map(String::as_str))
    }
}

/// The same value in every row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportConstant")]
pub struct Constant {
    /// The field; not one that a column or an expression gives.
    pub field: String,
    /// Its value, as the API takes it for a record.
    #[schemars(with = "AnyJson")]
    pub value: Json,
}

/// A value worked out of the cells of the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportComputed")]
pub struct Computed {
    /// The field; not one that a column or a constant gives.
    pub field: String,
    /// An expression over `row`: `row["客户名称"]` or `row[3]`, from 0, is the text of the cell, `""` where it is empty.
    pub expression: String,
}

/// A reference from one record of a row to another one of the same row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportLink")]
pub struct PartLink {
    /// The field that refers.
    pub field: String,
    /// The key of the other part; empty for the main record.
    pub to: String,
}

/// A further record that a row makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportPart")]
pub struct AlsoPart {
    /// What links and problems call it by: small letters, digits and underscores.
    pub key: String,
    /// Its object.
    pub object: String,
    /// Columns.
    #[serde(default)]
    pub mapping: Vec<ColumnMapping>,
    /// How rows find their records.
    #[serde(default, rename = "match")]
    pub matching: Option<MatchRule>,
    /// The same in every row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<Constant>,
    /// Worked out of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<Computed>,
    /// References to other records of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<PartLink>,
}

/// Whose the new records are, where no column says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ImportOwners")]
pub enum Owners {
    /// One member's.
    Member {
        /// His id.
        member: Uuid,
    },
    /// As a column names them, by name or e-mail address.
    Column {
        /// Position from 0.
        column: usize,
    },
    /// One after the other, row by row.
    Turns {
        /// Their ids.
        members: Vec<Uuid>,
    },
    /// By what a column holds.
    Values {
        /// Position from 0.
        column: usize,
        /// Members by the cell.
        members: BTreeMap<String, Uuid>,
        /// For other cells; the importer's own where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Uuid>,
    },
    /// Nobody's: rules of assignment give them out, or they lie in a pool.
    Nobody,
}

/// Which department the new records belong to, where no column says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ImportDepartments")]
pub enum Departments {
    /// One.
    Department {
        /// Its id.
        department: Uuid,
    },
    /// As a column names them.
    Column {
        /// Position from 0.
        column: usize,
    },
    /// By what a column holds.
    Values {
        /// Position from 0.
        column: usize,
        /// Departments by the cell.
        departments: BTreeMap<String, Uuid>,
        /// For other cells; the importer's own where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Uuid>,
    },
}

/// What an import is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPlan {
    /// Columns; those not named are left out.
    pub mapping: Vec<ColumnMapping>,
    /// How rows find their records; every row is a new record where null.
    #[serde(default, rename = "match")]
    pub matching: Option<MatchRule>,
    /// The same in every row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<Constant>,
    /// Worked out of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<Computed>,
    /// References of the main record to further ones of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<PartLink>,
    /// Further records of each row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoPart>,
    /// Whose the new records are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Owners>,
    /// Whose department's they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Departments>,
}
