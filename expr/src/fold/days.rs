//! Comparisons of days and moments with constants, turned so that the field stands alone: `year(d) == 2026` is a range of
//! `d`, which an index serves, and which every database answers alike, whatever it knows of calendars and zones.

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::evaluate::start_of_day;
use crate::{EvalContext, Expr, Function, Place, Type, Value};

const SECONDS_PER_DAY: i64 = 86_400;

/// A call whose result depends on the zone, with the name of the zone written into it: from here on it means the same
/// wherever it is computed.
pub(super) fn with_zone(function: Function, mut args: Vec<Expr>, ty: Type, at: Place, context: &EvalContext<'_>) -> Expr {
    let Some(zone) = context.time_zone.iana_name() else { return Expr::Call { function, args, ty, at } };
    let zone = || Expr::Literal(Value::Text(zone.to_owned()));
    match (function, args.as_slice()) {
        (Function::ToDate, [moment]) if moment.ty() == Type::DateTime => args.push(zone()),
        (
            Function::Year
            | Function::Month
            | Function::Day
            | Function::StartOfWeek
            | Function::StartOfMonth
            | Function::StartOfQuarter
            | Function::StartOfYear
            | Function::DaysBetween,
            _,
        ) => {
            let day = |arg: Expr| match (arg.ty(), arg.as_literal()) {
                (_, Some(Value::DateTime(moment))) => Expr::Literal(Value::Date(context.time_zone.to_datetime(*moment).date())),
                (Type::DateTime, None) => Expr::Call { function: Function::ToDate, args: vec![arg, zone()], ty: Type::Date, at },
                _ => arg,
            };
            args = args.into_iter().map(day).collect();
        }
        _ => {}
    }
    Expr::Call { function, args, ty, at }
}

/// The same comparison with the field alone on one side, where there is one.
pub(super) fn compared(call: &Expr, context: &EvalContext<'_>) -> Option<Expr> {
    let Expr::Call { function, args, at, .. } = call else { return None };
    if flipped(*function).is_none() && *function != Function::In {
        return None;
    }
    let (function, left, constant) = match args.as_slice() {
        [Expr::Literal(constant), right] => (flipped(*function)?, right, constant),
        [left, Expr::Literal(constant)] => (*function, left, constant),
        _ => return None,
    };
    let turned = Turned { function, at: *at, context };
    match (left, constant) {
        (Expr::Call { function: Function::ToDateTime, args, .. }, _) => match args.as_slice() {
            [day @ Expr::Path { ty: Type::Date, .. }] => turned.day_beside_moment(day, constant),
            _ => None,
        },
        // A date field beside a date is already what it should be.
        (Expr::Call { .. }, Value::Date(date)) => turned.day(left, *date),
        (Expr::Call { function: Function::Year, args, .. }, Value::Int(year)) => turned.year(args.first()?, *year),
        (Expr::Call { function: Function::DateDifference, args, .. }, Value::Duration(seconds)) => turned.date_difference(args, *seconds),
        (Expr::Call { function: Function::DateTimeDifference, args, .. }, Value::Duration(seconds)) => turned.moment_difference(args, *seconds),
        (Expr::Call { function: Function::DaysBetween, args, .. }, Value::Int(days)) => turned.days_between(args, *days),
        _ => None,
    }
}

/// The comparison with its sides exchanged.
fn flipped(function: Function) -> Option<Function> {
    Some(match function {
        Function::Equal => Function::Equal,
        Function::NotEqual => Function::NotEqual,
        Function::Less => Function::Greater,
        Function::LessOrEqual => Function::GreaterOrEqual,
        Function::Greater => Function::Less,
        Function::GreaterOrEqual => Function::LessOrEqual,
        _ => return None,
    })
}

/// A comparison on its way to another one.
struct Turned<'a> {
    function: Function,
    at: Place,
    context: &'a EvalContext<'a>,
}

impl Turned<'_> {
    fn call(&self, function: Function, args: Vec<Expr>) -> Expr {
        Expr::Call { function, args, ty: Type::Bool, at: self.at }
    }

    fn compare(&self, function: Function, field: &Expr, value: Value) -> Expr {
        self.call(function, vec![field.clone(), Expr::Literal(value)])
    }

    /// A field between two values, the first included; the negation for `!=`.
    fn range(&self, field: &Expr, from: Value, to: Value) -> Option<Expr> {
        let inside = self.call(Function::And, vec![self.compare(Function::GreaterOrEqual, field, from), self.compare(Function::Less, field, to)]);
        match self.function {
            Function::Equal => Some(inside),
            Function::NotEqual => Some(self.call(Function::Not, vec![inside])),
            _ => None,
        }
    }

    /// Not true of any record for `==`, true of every one for `!=`.
    fn never(&self) -> Option<Expr> {
        match self.function {
            Function::Equal => Some(Expr::Literal(Value::Bool(false))),
            Function::NotEqual => Some(Expr::Literal(Value::Bool(true))),
            _ => None,
        }
    }

    fn moment(&self, date: Date) -> Option<Value> {
        start_of_day(date, self.context.time_zone).map(Value::DateTime)
    }

    /// A day, of a date field or of a moment, beside a date.
    fn day(&self, day: &Expr, date: Date) -> Option<Expr> {
        let field = match day {
            Expr::Path { ty: Type::Date, .. } => return Some(self.compare(self.function, day, Value::Date(date))),
            Expr::Call { function: Function::ToDate, args, .. } => match args.as_slice() {
                [field @ Expr::Path { ty: Type::DateTime, .. }, _] => field,
                _ => return None,
            },
            _ => return None,
        };
        let next = || self.moment(date.tomorrow().ok()?);
        Some(match self.function {
            Function::Less => self.compare(Function::Less, field, self.moment(date)?),
            Function::GreaterOrEqual => self.compare(Function::GreaterOrEqual, field, self.moment(date)?),
            Function::LessOrEqual => self.compare(Function::Less, field, next()?),
            Function::Greater => self.compare(Function::GreaterOrEqual, field, next()?),
            _ => return self.range(field, self.moment(date)?, next()?),
        })
    }

    /// The same comparison of another kind.
    fn with(&self, function: Function) -> Self {
        Self { function, ..*self }
    }

    fn year(&self, day: &Expr, year: i64) -> Option<Expr> {
        let first = |year: i64| Date::new(i16::try_from(year).ok()?, 1, 1).ok();
        let (this, next) = (first(year)?, first(year + 1)?);
        match self.function {
            Function::Less | Function::GreaterOrEqual => self.day(day, this),
            Function::LessOrEqual => self.with(Function::Less).day(day, next),
            Function::Greater => self.with(Function::GreaterOrEqual).day(day, next),
            Function::Equal | Function::NotEqual => {
                let from = self.with(Function::GreaterOrEqual).day(day, this)?;
                let inside = self.call(Function::And, vec![from, self.with(Function::Less).day(day, next)?]);
                Some(if self.function == Function::Equal { inside } else { self.call(Function::Not, vec![inside]) })
            }
            _ => None,
        }
    }

    /// `field - date` or `date - field` beside a length of time.
    fn date_difference(&self, args: &[Expr], seconds: i64) -> Option<Expr> {
        let (floor, whole) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY) == 0);
        let days = match self.function {
            Function::Equal | Function::NotEqual if !whole => return self.never(),
            Function::Less | Function::GreaterOrEqual if !whole => floor + 1,
            _ => floor,
        };
        match args {
            [day, Expr::Literal(Value::Date(date))] => self.days_after(day, *date, days),
            [Expr::Literal(Value::Date(date)), day] => self.with(flipped(self.function)?).days_after(day, *date, -days),
            _ => None,
        }
    }

    fn days_between(&self, args: &[Expr], days: i64) -> Option<Expr> {
        match args {
            [Expr::Literal(from), day] => self.days_after(day, self.date_of(from)?, days),
            [day, Expr::Literal(to)] => self.with(flipped(self.function)?).days_after(day, self.date_of(to)?, days.checked_neg()?),
            _ => None,
        }
    }

    fn date_of(&self, value: &Value) -> Option<Date> {
        match value {
            Value::Date(date) => Some(*date),
            Value::DateTime(moment) => Some(self.context.time_zone.to_datetime(*moment).date()),
            _ => None,
        }
    }

    /// A day beside the one so many days after a date.
    fn days_after(&self, day: &Expr, date: Date, days: i64) -> Option<Expr> {
        let span = jiff::Span::new().try_days(days).ok()?;
        self.day(day, date.checked_add(span).ok()?)
    }

    /// `field - moment` or `moment - field` beside a length of time. A difference drops what is less than a second.
    fn moment_difference(&self, args: &[Expr], seconds: i64) -> Option<Expr> {
        let (field, moment, seconds, function) = match args {
            [field @ Expr::Path { ty: Type::DateTime, .. }, Expr::Literal(Value::DateTime(moment))] => (field, *moment, seconds, self.function),
            [Expr::Literal(Value::DateTime(moment)), field @ Expr::Path { ty: Type::DateTime, .. }] => {
                (field, *moment, seconds.checked_neg()?, flipped(self.function)?)
            }
            _ => return None,
        };
        let after = |seconds: i64| -> Option<Value> { Some(Value::DateTime(moment.checked_add(SignedDuration::from_secs(seconds)).ok()?)) };
        // Differences from -1 to 1 second, both left out, are 0 seconds.
        let least = |seconds: i64| -> Option<Expr> {
            Some(if seconds > 0 {
                self.compare(Function::GreaterOrEqual, field, after(seconds)?)
            } else {
                self.compare(Function::Greater, field, after(seconds.checked_sub(1)?)?)
            })
        };
        let most = |seconds: i64| -> Option<Expr> {
            Some(if seconds < 0 {
                self.compare(Function::LessOrEqual, field, after(seconds)?)
            } else {
                self.compare(Function::Less, field, after(seconds.checked_add(1)?)?)
            })
        };
        match function {
            Function::GreaterOrEqual => least(seconds),
            Function::Greater => least(seconds.checked_add(1)?),
            Function::LessOrEqual => most(seconds),
            Function::Less => most(seconds.checked_sub(1)?),
            _ => None,
        }
    }

    /// A date field beside a constant moment, as a comparison between dates.
    fn day_beside_moment(&self, day: &Expr, constant: &Value) -> Option<Expr> {
        let (function, value) = match (self.function, constant) {
            (Function::In, Value::List(moments)) => {
                let days = moments.iter().filter_map(|moment| self.begun_day(moment));
                (Function::In, Value::List(days.filter(|(_, exact)| *exact).map(|(day, _)| day).collect()))
            }
            (Function::Equal | Function::NotEqual, moment) => match self.begun_day(moment)? {
                (day, true) => (self.function, day),
                (_, false) => return self.never(),
            },
            // The start of a day D is before a moment inside day M exactly when D <= M.
            (Function::Less, moment) => match self.begun_day(moment)? {
                (day, true) => (Function::Less, day),
                (day, false) => (Function::LessOrEqual, day),
            },
            (Function::GreaterOrEqual, moment) => match self.begun_day(moment)? {
                (day, true) => (Function::GreaterOrEqual, day),
                (day, false) => (Function::Greater, day),
            },
            (Function::LessOrEqual | Function::Greater, moment) => (self.function, self.begun_day(moment)?.0),
            _ => return None,
        };
        Some(self.compare(function, day, value))
    }

    /// The day a moment falls on, and whether the moment is the very start of it.
    fn begun_day(&self, moment: &Value) -> Option<(Value, bool)> {
        let Value::DateTime(moment) = moment else { return None };
        let day = self.context.time_zone.to_datetime(*moment).date();
        let exact = start_of_day(day, self.context.time_zone)? == *moment;
        Some((Value::Date(day), exact))
    }
}
