//! The operators and functions of the language, one variant each.

/// An operator or function after checking: overloads are resolved, so each variant has one meaning.
///
/// Unless said otherwise a null argument makes the result null, or `false` where the result is boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `a && b`; null counts as false.
    And,
    /// `a || b`; null counts as false.
    Or,
    /// `!a`; null counts as false.
    Not,
    /// `condition ? a : b`; a null condition chooses `b`.
    If,
    /// `a == b` between two values; false when either is null, even when both are.
    Equal,
    /// `a != b`: exactly `!(a == b)`.
    NotEqual,
    /// `a < b`; false when either is null.
    Less,
    /// `a <= b`; false when either is null.
    LessOrEqual,
    /// `a > b`; false when either is null.
    Greater,
    /// `a >= b`; false when either is null.
    GreaterOrEqual,
    /// `item in list`, also `list.contains(item)`: arguments are item, list. A null item is in no list.
    In,
    /// `list.containsAny(list)`: at least one item in common.
    ContainsAny,
    /// `x == null`: null or an empty list.
    IsNull,
    /// `x != null`, `has(x)`.
    Has,
    /// The first argument that is not null.
    Coalesce,
    /// `a + b` of numbers.
    Add,
    /// `a - b` of numbers.
    Subtract,
    /// `a * b` of numbers.
    Multiply,
    /// `a / b` of numbers: always a decimal; null when `b` is 0.
    Divide,
    /// `a % b` of numbers, with the sign of `a`; null when `b` is 0.
    Modulo,
    /// `-a` of a number or a duration.
    Negate,
    /// `a + b` of texts.
    Concat,
    /// `date + duration`; whole days move a date, the rest is dropped.
    AddToDate,
    /// `date - duration`.
    SubtractFromDate,
    /// `datetime + duration`.
    AddToDateTime,
    /// `datetime - duration`.
    SubtractFromDateTime,
    /// `duration + duration`.
    AddDurations,
    /// `duration - duration`.
    SubtractDurations,
    /// `duration * integer`.
    MultiplyDuration,
    /// `datetime - datetime`: a duration.
    DateTimeDifference,
    /// `date - date`: a duration of whole days.
    DateDifference,
    /// `text.contains(part)`, ignoring case.
    Contains,
    /// `text.startsWith(part)`, ignoring case.
    StartsWith,
    /// `text.endsWith(part)`, ignoring case.
    EndsWith,
    /// `text.equalsIgnoreCase(other)`.
    EqualsIgnoreCase,
    /// `lower(text)`.
    Lower,
    /// `upper(text)`.
    Upper,
    /// `trim(text)`: without white space at both ends.
    Trim,
    /// `size(text)`: the number of characters.
    TextSize,
    /// `size(list)`; 0 for null.
    ListSize,
    /// `text(x)`: a single value as text; a datetime in the time zone, without seconds.
    ToText,
    /// `today()`: the date of now in the time zone.
    Today,
    /// `now()`.
    Now,
    /// `date(text)` or `date(datetime)`: a date, in the time zone.
    ToDate,
    /// `datetime(text)` or a date where a datetime is wanted: the start of that day in the time zone.
    ToDateTime,
    /// `days(n)`: a duration.
    Days,
    /// `hours(n)`: a duration.
    Hours,
    /// `minutes(n)`: a duration.
    Minutes,
    /// `year(date)`.
    Year,
    /// `month(date)`: 1 to 12.
    Month,
    /// `day(date)`: day of the month.
    Day,
    /// `startOfDay()` or `startOfDay(x)`: a datetime.
    StartOfDay,
    /// `startOfWeek()` or `startOfWeek(date)`: the Monday, a date.
    StartOfWeek,
    /// `startOfMonth()` or `startOfMonth(date)`.
    StartOfMonth,
    /// `startOfQuarter()` or `startOfQuarter(date)`.
    StartOfQuarter,
    /// `startOfYear()` or `startOfYear(date)`.
    StartOfYear,
    /// `addMonths(date, n)`: the last day of the month where the day does not exist.
    AddMonths,
    /// `addYears(date, n)`.
    AddYears,
    /// `daysBetween(a, b)`: days from a to b, negative when b is earlier.
    DaysBetween,
    /// `abs(number)`.
    Abs,
    /// `round(number)` or `round(number, digits)`: half away from zero.
    Round,
    /// `floor(number)`.
    Floor,
    /// `ceil(number)`.
    Ceil,
    /// `min(a, b, ...)`: the smallest; null when any is null.
    Min,
    /// `max(a, b, ...)`: the largest; null when any is null.
    Max,
}

impl Function {
    /// The name or sign under which users know the function, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Function::And => "&&",
            Function::Or => "||",
            Function::Not => "!",
            Function::If => "? :",
            Function::Equal | Function::IsNull => "==",
            Function::NotEqual => "!=",
            Function::Less => "<",
            Function::LessOrEqual => "<=",
            Function::Greater => ">",
            Function::GreaterOrEqual => ">=",
            Function::In => "in",
            Function::ContainsAny => "containsAny",
            Function::Has => "has",
            Function::Coalesce => "coalesce",
            Function::Add | Function::Concat | Function::AddToDate | Function::AddToDateTime => "+",
            Function::AddDurations => "+",
            Function::Subtract | Function::SubtractFromDate | Function::SubtractFromDateTime => "-",
            Function::SubtractDurations | Function::DateTimeDifference | Function::DateDifference => "-",
            Function::Negate => "-",
            Function::Multiply | Function::MultiplyDuration => "*",
            Function::Divide => "/",
            Function::Modulo => "%",
            Function::Contains => "contains",
            Function::StartsWith => "startsWith",
            Function::EndsWith => "endsWith",
            Function::EqualsIgnoreCase => "equalsIgnoreCase",
            Function::Lower => "lower",
            Function::Upper => "upper",
            Function::Trim => "trim",
            Function::TextSize | Function::ListSize => "size",
            Function::ToText => "text",
            Function::Today => "today",
            Function::Now => "now",
            Function::ToDate => "date",
            Function::ToDateTime => "datetime",
            Function::Days => "days",
            Function::Hours => "hours",
            Function::Minutes => "minutes",
            Function::Year => "year",
            Function::Month => "month",
            Function::Day => "day",
            Function::StartOfDay => "startOfDay",
            Function::StartOfWeek => "startOfWeek",
            Function::StartOfMonth => "startOfMonth",
            Function::StartOfQuarter => "startOfQuarter",
            Function::StartOfYear => "startOfYear",
            Function::AddMonths => "addMonths",
            Function::AddYears => "addYears",
            Function::DaysBetween => "daysBetween",
            Function::Abs => "abs",
            Function::Round => "round",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
            Function::Min => "min",
            Function::Max => "max",
        }
    }

    /// Whether a null argument settles the result: null, or false where the result is boolean.
    pub fn is_strict(self) -> bool {
        !matches!(
            self,
            Function::And
                | Function::Or
                | Function::Not
                | Function::If
                | Function::Equal
                | Function::NotEqual
                | Function::IsNull
                | Function::Has
                | Function::Coalesce
                | Function::ListSize
        )
    }
}
