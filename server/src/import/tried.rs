//! What cells of a column become: looked at before anything is planned.

use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use guanxi_tabular::{Row, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashSet;

use super::lookup::Lookups;
use super::recipe::{Recipe, Way, refuse};
use super::{ColumnMapping, ColumnOptions, Computed, ImportPlan, shortened};

/// Rows told.
const MOST: usize = 8;
/// Rows looked at for them.
const LOOKED_AT: usize = 500;

/// What is tried: a column or an expression, for a field of an object.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportTry")]
pub struct Asked {
    /// The object: that of the import, or of a further record of its rows.
    pub object: String,
    /// `field` or `field.part`.
    pub field: String,
    /// Position of the column, from 0.
    #[serde(default)]
    pub column: Option<usize>,
    /// How its cells are read.
    #[serde(default)]
    pub options: ColumnOptions,
    /// An expression instead of a column.
    #[serde(default)]
    pub expression: Option<String>,
}

/// What becomes of the first cells.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportTries")]
pub struct Tries {
    /// In the order of the file.
    items: Vec<Tried>,
}

/// What becomes of a cell.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportTried")]
struct Tried {
    /// Number of the row in the file.
    row: u64,
    /// The cell; for an expression what it gives.
    from: String,
    /// The value the field would have; null where it is left empty.
    #[schemars(with = "guanxi_kernel::schema::AnyJson")]
    value: Json,
    /// The same for people.
    text: String,
    /// Why it cannot.
    problem: Option<TriedProblem>,
}

/// Why a cell cannot be used.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportTriedProblem")]
struct TriedProblem {
    /// Stable code.
    code: String,
    /// What is wrong.
    message: String,
}

/// Tries the first rows of a table that have anything there.
///
/// # Errors
/// A bad request where the column, the field or the expression does not fit. The file's own errors inside.
pub fn tried(context: &Context, table: &Table, asked: &Asked) -> Result<std::result::Result<Tries, guanxi_tabular::TabularError>> {
    let object = read::object_of(context, &asked.object)?;
    let plan = plan_of(asked)?;
    let is_csv = table.format() == guanxi_tabular::Format::Csv;
    let recipe = Recipe::compile(context, &object, &plan, table.headers(), is_csv).map_err(of_expression)?;
    let Some(binding) = recipe.bindings.first() else {
        return Err(refuse(&asked.field, "此字段只能用于查重", "this field can only be matched by"));
    };
    let rows = match table.rows() {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error)),
    };
    let filled = rows.take(LOOKED_AT).flatten().filter(|it| binding.pieces.iter().any(|piece| recipe.cell_of(it, piece).is_some()));
    let rows: Vec<Row> = filled.take(MOST).collect();
    let mut lookups = Lookups::default();
    if let Way::Reference(target, candidates) | Way::Links(target, candidates) = &binding.way {
        let mut texts = HashSet::new();
        rows.iter().for_each(|it| recipe.names_in(binding, it, &mut texts));
        context.workspace.store.read_with(|tx| lookups.resolve(context, tx, 0, target, candidates, &texts))?;
    }
    let field = recipe.field(binding);
    let from = |row: &Row| binding.pieces.first().and_then(|it| recipe.cell_of(row, it)).unwrap_or_default();
    let items = rows.iter().map(|row| {
        let mut missing = Vec::new();
        let value = recipe.value(0, row, &lookups, &[], &mut missing);
        let mut tried = Tried { row: row.number, from: shortened(&from(row)), value: Json::Null, text: String::new(), problem: None };
        match value.and_then(|it| it.map_or(Ok(None), |it| as_field(context, &object, field.name(), &it).map(Some))) {
            Ok(Some((value, text))) => (tried.value, tried.text) = (value, text),
            Ok(None) => {}
            Err(error) => {
                let message = context.locale.pick(&error.message).to_owned();
                tried.problem = Some(TriedProblem { code: error.code.to_owned(), message });
            }
        }
        // A record is told by the name it was found by.
        if field.target.is_some() && tried.problem.is_none() {
            tried.text.clone_from(&tried.from);
        }
        tried
    });
    Ok(Ok(Tries { items: items.collect() }))
}

fn plan_of(asked: &Asked) -> Result<ImportPlan> {
    match (&asked.expression, asked.column) {
        (Some(expression), None) => {
            let computed = vec![Computed { field: asked.field.clone(), expression: expression.clone() }];
            Ok(ImportPlan { computed, ..ImportPlan::default() })
        }
        (None, Some(column)) => {
            let mapping = vec![ColumnMapping { column, field: Some(asked.field.clone()), options: asked.options.clone() }];
            Ok(ImportPlan { mapping, ..ImportPlan::default() })
        }
        _ => Err(refuse("column", "请指定一列或一个表达式", "name a column or an expression")),
    }
}

/// What is wrong with the expression is told of the expression.
fn of_expression(error: KernelError) -> KernelError {
    match error {
        KernelError::BadRequest { code: code @ "bad_expression", message, position, .. } => {
            KernelError::BadRequest { code, message, field: Some("expression".into()), position }
        }
        other => other,
    }
}

/// A value as the field would have it, as JSON and for people.
fn as_field(context: &Context, object: &Object, name: &str, value: &Json) -> std::result::Result<(Json, String), FieldError> {
    let Some(field) = object.field(name) else { return Ok((value.clone(), String::new())) };
    let cells = field.kind().parse(&field.definition, value, &context.parse_context())?;
    if cells.iter().all(Value::is_null) {
        return Ok((Json::Null, String::new()));
    }
    let mut json = String::new();
    field.kind().write_json(&field.definition, &cells, &mut json);
    let json: Json = serde_json::from_str(&json).unwrap_or_default();
    let text = field.kind().text(&field.definition, &cells);
    let text = text.unwrap_or_else(|| json.as_str().map_or_else(|| json.to_string(), str::to_owned));
    Ok((json, text))
}
