//! Logical statements. Values are always bound by the store; identifiers come from [`Table`]s only.

use std::sync::Arc;

pub use guanxi_expr::{CompareOp, TextOp};
use guanxi_expr::{Function, Type, Value};

use super::Table;

/// A column of one of a statement's tables: 0 is the main table, 1.. the joins in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnRef {
    /// Table position.
    pub table: u16,
    /// Column position within it.
    pub column: u16,
}

impl ColumnRef {
    /// A column of the main table.
    #[expect(clippy::cast_possible_truncation, reason = "the schema allows at most 500 columns")]
    pub fn main(column: usize) -> Self {
        Self { table: 0, column: column as u16 }
    }
    /// A column of a joined table.
    #[expect(clippy::cast_possible_truncation, reason = "the schema allows at most 500 columns, a query 50 joins")]
    pub fn of(table: usize, column: usize) -> Self {
        Self { table: table as u16, column: column as u16 }
    }
}

/// A left join from a reference column to the table referred to.
#[derive(Debug, Clone)]
pub struct Join {
    /// The table referred to.
    pub table: Arc<Table>,
    /// The referring column; its table stands before this join.
    pub from: ColumnRef,
    /// The column of the joined table it equals (its `id`).
    pub to: usize,
    /// Further condition within the ON clause (row rights of the joined object).
    pub condition: Condition,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every row.
    True,
    /// No row.
    False,
    /// All of them.
    And(Vec<Condition>),
    /// Any of them.
    Or(Vec<Condition>),
    /// Comparison with a value that is never null; false where the column is NULL, except `Ne`, which is true there.
    Compare(ColumnRef, CompareOp, Value),
    /// Comparison of two columns: `Eq` is true where both are NULL, `Ne` is its exact opposite, the others are false where
    /// either is NULL. Numbers of different scales compare by amount.
    CompareColumns(ColumnRef, CompareOp, ColumnRef),
    /// IS NULL.
    IsNull(ColumnRef),
    /// IS NOT NULL.
    NotNull(ColumnRef),
    /// Among values (none null); negated: not among them or NULL.
    In(ColumnRef, Vec<Value>, bool),
    /// Text match without regard to case; the value is literal text; negated: no match or NULL.
    Text(ColumnRef, TextOp, String, bool),
    /// A JSON list column holds any of the values; negated: none or NULL.
    JsonContainsAny(ColumnRef, Vec<Value>, bool),
    /// A row of a link table leads from this id to any of the targets (any target at all where empty); negated: none does.
    /// Link tables have exactly the columns `source` and `target`.
    Linked {
        /// The link table.
        link: Arc<Table>,
        /// Column holding the id.
        source: ColumnRef,
        /// Wanted targets.
        targets: Vec<Value>,
        /// Turns it around.
        negated: bool,
    },
    /// The record's indexed words contain all of these, of any of the lists; `true` beside a word makes it a prefix.
    Words {
        /// Object name under which the words were written.
        object: String,
        /// The id column.
        id: ColumnRef,
        /// Lists of words, plain letters and digits.
        words: Vec<Vec<(String, bool)>>,
    },
    /// A column equals one column of the rows of another select (which has exactly one column).
    InSelect(ColumnRef, Box<Select>, bool),
    /// As [`Condition::InSelect`], asked anew for each row by an index on the other select's column: for a select of many
    /// rows over which few are asked about. Negated: no row of it has the value.
    Exists(ColumnRef, Box<Select>, bool),
    /// Rows after this position in the order given (keyset paging); NULL sorts as the smallest.
    After(Vec<(Order, Value)>),
    /// A test of what is computed of the row, a call of a comparison or of [`Function::IsNull`]; true or false of every
    /// row, to the last digit as [`guanxi_expr::evaluate`] says it. The flag turns it around.
    Computed(Term, bool),
}

/// What is computed of a row's columns: with the functions that [`guanxi_expr::Predicate::Computed`] may hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A column.
    Column(ColumnRef),
    /// A constant.
    Value(Value),
    /// A function of other terms.
    Call {
        /// Which.
        function: Function,
        /// Of what.
        args: Vec<Term>,
        /// Type of the result.
        ty: Type,
    },
}

impl Term {
    /// A comparison of two terms.
    pub fn comparison(left: Self, op: CompareOp, right: Self) -> Self {
        Self::Call { function: op.function(), args: vec![left, right], ty: Type::Bool }
    }

    /// Whether it names a column for which `holds`.
    pub fn any_column(&self, holds: &dyn Fn(ColumnRef) -> bool) -> bool {
        match self {
            Self::Column(column) => holds(*column),
            Self::Value(_) => false,
            Self::Call { args, .. } => args.iter().any(|it| it.any_column(holds)),
        }
    }

    /// The same term with its columns elsewhere.
    #[must_use]
    pub fn moved(self, to: &dyn Fn(ColumnRef) -> ColumnRef) -> Self {
        match self {
            Self::Column(column) => Self::Column(to(column)),
            Self::Value(value) => Self::Value(value),
            Self::Call { function, args, ty } => Self::Call { function, args: args.into_iter().map(|it| it.moved(to)).collect(), ty },
        }
    }
}

impl Condition {
    /// Both; flattens trivial cases.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, it) | (it, Self::True) => it,
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::And(mut left), Self::And(right)) => {
                left.extend(right);
                Self::And(left)
            }
            (Self::And(mut left), it) => {
                left.push(it);
                Self::And(left)
            }
            (it, Self::And(mut right)) => {
                right.insert(0, it);
                Self::And(right)
            }
            (left, right) => Self::And(vec![left, right]),
        }
    }

    /// Equality with a value.
    pub fn equals(column: ColumnRef, value: Value) -> Self {
        Self::Compare(column, CompareOp::Eq, value)
    }
}

/// One term of an order. NULL is the smallest in both dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub column: ColumnRef,
    /// Greatest first.
    pub descending: bool,
}

/// Rows of a table with left joins.
#[derive(Debug, Clone)]
pub struct Select {
    /// Main table.
    pub table: Arc<Table>,
    /// Left joins; later ones may hang on earlier ones.
    pub joins: Vec<Join>,
    /// Columns answered.
    pub columns: Vec<ColumnRef>,
    /// Rows wanted.
    pub condition: Condition,
    /// Order.
    pub order: Vec<Order>,
    /// At most so many.
    pub limit: Option<u64>,
    /// Locks the rows until the transaction ends (write transactions only).
    pub lock: bool,
}

impl PartialEq for Select {
    fn eq(&self, other: &Self) -> bool {
        self.table.name == other.table.name && self.columns == other.columns && self.condition == other.condition && self.order == other.order
    }
}

impl Select {
    /// All columns of a table's rows that fulfil a condition.
    pub fn all(table: &Arc<Table>, condition: Condition) -> Self {
        Self {
            columns: (0..table.columns.len()).map(ColumnRef::main).collect(),
            table: table.clone(),
            joins: Vec::new(),
            condition,
            order: Vec::new(),
            limit: None,
            lock: false,
        }
    }
    /// Adds an order term.
    #[must_use]
    pub fn order_by(mut self, column: usize, descending: bool) -> Self {
        self.order.push(Order { column: ColumnRef::main(column), descending });
        self
    }
    /// Limits the rows.
    #[must_use]
    pub fn limited(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A unit of time that groups instants or dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "weeks begin on Monday; the rest says itself")]
pub enum BucketUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Groups a date or datetime column by a unit; the key is the unit's first day as a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Unit.
    pub unit: BucketUnit,
    /// IANA name of the viewer's time zone (for datetimes).
    pub time_zone: String,
}

/// Functions of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the usual ones")]
pub enum MeasureFunction {
    Count,
    /// Different values; it needs a column.
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

/// One measure; `Count` without a column counts rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Function.
    pub function: MeasureFunction,
    /// Column measured. Sum and min/max answer in its storage, avg as a decimal with 6 digits.
    pub column: Option<ColumnRef>,
}

/// Groups and measures over rows.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Main table.
    pub table: Arc<Table>,
    /// Left joins.
    pub joins: Vec<Join>,
    /// Rows taken.
    pub condition: Condition,
    /// Grouping columns.
    pub keys: Vec<(ColumnRef, Option<Bucket>)>,
    /// Measures.
    pub measures: Vec<Measure>,
    /// At most so many groups, in the order of the keys.
    pub limit: u64,
}

/// What to do when the primary key (or the named unique columns) exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnConflict {
    /// An error.
    Fail,
    /// Leave the old row.
    Ignore,
    /// Overwrite these columns (positions) of the row with the same primary key.
    Replace(Vec<usize>),
}

/// New rows.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Table.
    pub table: Arc<Table>,
    /// Positions of the columns given.
    pub columns: Vec<usize>,
    /// Values in that order.
    pub rows: Vec<Vec<Value>>,
    /// When the key exists.
    pub on_conflict: OnConflict,
}

/// A new value of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Set {
    /// This value.
    To(Value),
    /// What it was, plus this (NULL counts as 0).
    Add(Value),
    /// The single value of an aggregate (one measure, no keys) over another table; 0 for count and sum of nothing, else NULL.
    Aggregate(Box<Aggregate>),
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.table.name == other.table.name && self.condition == other.condition && self.measures == other.measures
    }
}

/// Changed rows.
#[derive(Debug, Clone)]
pub struct Update {
    /// Table.
    pub table: Arc<Table>,
    /// Column positions and new values.
    pub set: Vec<(usize, Set)>,
    /// Rows.
    pub condition: Condition,
}

/// Deleted rows.
#[derive(Debug, Clone)]
pub struct Delete {
    /// Table.
    pub table: Arc<Table>,
    /// Rows.
    pub condition: Condition,
}
