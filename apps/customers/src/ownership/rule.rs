//! A rule as it is asked: which records it is for, and where it finds the department.

use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, known_records};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, Field, FieldKind, Label, Object, OpenGate};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::RULE;
use super::window::Window;

/// Most rules.
pub const MOST: u64 = 500;

/// See the module.
pub struct Rule {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The object whose records it is for.
    pub object: Arc<Object>,
    /// Which of them; all where absent.
    condition: Option<ConditionOn>,
    /// Where it finds the department.
    pub finds: Finds,
    /// Whether the head of the department becomes the owner.
    pub to_head: bool,
}

/// Where a rule finds the department.
pub enum Finds {
    /// At the end of a path from the record.
    Reference(String),
    /// Among related records.
    Related(Related),
}

/// Related records and what is compared of them.
pub struct Related {
    /// Their object.
    pub object: Arc<Object>,
    /// Their field that leads to the record.
    pub via: String,
    /// The path to their department.
    pub branch: String,
    /// Which of them count.
    pub filter: Option<String>,
    /// What is compared.
    pub compares: Compares,
    /// In which days, and the field they stand in.
    pub window: Option<(String, Window)>,
}

/// What is compared of related records.
pub enum Compares {
    /// The latest of these days.
    Latest(String),
    /// How many there are.
    Count,
    /// The sum of these amounts.
    Sum(String),
    /// The mean over months of the daily average of these amounts, each a day's.
    MonthlyAverageDaily(String),
}

impl Related {
    /// Where the currency of its amounts stands, if they are money: its own field's, or that of the one a formula follows from.
    pub fn currency(&self) -> Option<String> {
        let (Compares::Sum(amount) | Compares::MonthlyAverageDaily(amount)) = &self.compares else { return None };
        let field = self.object.field(amount)?;
        match (field.definition.kind, field.amount_of.as_ref()) {
            (FieldKind::Money, _) => Some(format!("{amount}.currency")),
            (FieldKind::Formula, Some(of)) if !of.own && of.fields.len() == 1 => Some(format!("{}.currency", of.fields.first()?)),
            _ => None,
        }
    }
}

impl Rule {
    /// From its record.
    ///
    /// # Errors
    /// A bad request that says what in it is not there any more.
    pub fn of_record(context: &Context, record: &Record) -> Result<Self> {
        let name = record.text("object").unwrap_or_default();
        let object = context.schema.object(&name).filter(|it| it.field(DEPARTMENT_FIELD).is_some() && it.definition.owned).cloned();
        let object = object.ok_or_else(|| gone("object", &name))?;
        let condition = filled(record, "condition").map(|it| ConditionOn::read(&context.schema, &object, &it, &OpenGate)).transpose()?;
        Ok(Self {
            id: record.id(),
            name: record.title(),
            object,
            condition,
            finds: Finds::of_record(context, record)?,
            to_head: record.value("owner_becomes").as_text() == Some("head"),
        })
    }

    /// Whether it is for a record.
    pub fn is_for(&self, context: &Context, record: &Record) -> bool {
        self.condition.as_ref().is_none_or(|it| it.holds(record, context.now, &context.time_zone))
    }

    /// Whether its condition names a field of the record that the caller is not shown whole: whether it holds would tell of it.
    pub fn hides(&self, context: &Context, record: &Record) -> bool {
        let Some(condition) = &self.condition else { return false };
        let object = &record.object;
        let is_whole = |it: &Field| context.access.shown_of(object, it, Place::Record, &record.row) == Shown::Whole;
        object.fields.iter().any(|it| condition.names(it.name()) && !is_whole(it))
    }

    /// Its id and name for people.
    pub fn told(&self) -> Json {
        json!({ "id": self.id, "label": self.name })
    }
}

impl Finds {
    fn of_record(context: &Context, record: &Record) -> Result<Self> {
        let branch = filled(record, "branch").unwrap_or_default();
        let kind = record.value("finds");
        if kind.as_text() == Some("reference") {
            return Ok(Self::Reference(branch));
        }
        let name = filled(record, "related").unwrap_or_default();
        let object = context.schema.object(&name).cloned().ok_or_else(|| gone("related", &name))?;
        let (day, amount) = (filled(record, "day"), filled(record, "amount").unwrap_or_default());
        let compares = match (kind.as_text(), record.value("measure").as_text()) {
            (Some("latest"), _) => Compares::Latest(day.clone().unwrap_or_default()),
            (_, Some("count")) => Compares::Count,
            (_, Some("monthly_average_daily")) => Compares::MonthlyAverageDaily(amount),
            _ => Compares::Sum(amount),
        };
        let months = if let Value::Int(months) = record.value("window_months") { Some(months) } else { None };
        let today = context.now.to_zoned(context.workspace.time_zone()).date();
        let window = day.zip(months).map(|(day, months)| Ok::<_, KernelError>((day, Window::before(today, months)?))).transpose()?;
        let via = filled(record, "via").unwrap_or_default();
        Ok(Self::Related(Related { object, via, branch, filter: filled(record, "where"), compares, window }))
    }

    /// Its option in `finds`, and in `measure`.
    pub fn names(&self) -> (&'static str, Option<&'static str>) {
        let Self::Related(related) = self else { return ("reference", None) };
        match related.compares {
            Compares::Latest(_) => ("latest", None),
            Compares::Count => ("largest", Some("count")),
            Compares::Sum(_) => ("largest", Some("sum")),
            Compares::MonthlyAverageDaily(_) => ("largest", Some("monthly_average_daily")),
        }
    }

    /// The days it looks at.
    pub fn window(&self) -> Option<Window> {
        if let Self::Related(Related { window: Some((_, window)), .. }) = self { Some(*window) } else { None }
    }
}

/// The text of a field, unless it is blank.
pub fn filled(record: &Record, field: &str) -> Option<String> {
    record.text(field).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

fn gone(field: &str, name: &str) -> KernelError {
    KernelError::BadRequest {
        code: "bad_request",
        message: Label::new(format!("没有可用的对象“{name}”"), format!("there is no object `{name}` that would do")),
        field: Some(field.to_owned()),
        position: None,
    }
}

/// The records of the rules in use, in their order.
///
/// # Errors
/// Fails where the database does.
pub fn active(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Record>> {
    let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
    let mut rules = known_records(context, tx, RULE, active, MOST)?;
    rules.sort_by_key(|it| (if let Value::Int(position) = it.value("position") { position } else { 0 }, it.id()));
    Ok(rules)
}

/// The records of these rules, in this order.
///
/// # Errors
/// Fails where the database does.
pub fn in_order(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<Vec<Record>> {
    let among = |it: &dyn Fn(&str) -> Result<ColumnRef>| guanxi_kernel::read::among(it("id"), ids.iter().copied());
    let known = known_records(context, tx, RULE, among, MOST)?;
    Ok(ids.iter().filter_map(|id| known.iter().find(|it| it.id() == *id).cloned()).collect())
}
