//! The public holidays of a year come into each workspace of China once; what an administrator makes of them stays.

use std::collections::BTreeSet;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::known_records;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::working_days::{HOLIDAY_OBJECT, WORKED};
use guanxi_kernel::workspace::{load_setting, save_setting};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// Where it is kept which years have come in.
const SETTING: &str = "org.holidays";
/// The country whose holidays these are.
const REGION: &str = "CN";
/// Most exceptions of one year.
const MOST: u64 = 366;

#[derive(Deserialize)]
struct Years {
    year: Vec<Year>,
}

/// The holidays of one year.
#[derive(Deserialize)]
struct Year {
    year: i16,
    source: String,
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
struct Holiday {
    name: String,
    from: Date,
    until: Date,
    #[serde(default)]
    worked: Vec<Date>,
}

/// `org.fill_holidays`.
pub struct FillHolidays(Vec<Year>);

impl FillHolidays {
    /// With the years this release knows.
    ///
    /// # Errors
    /// Says what is wrong with the data.
    pub fn new() -> std::result::Result<Self, String> {
        let years: Years = toml::from_str(include_str!("china.toml")).map_err(|error| format!("holiday/china.toml: {error}"))?;
        Ok(Self(years.year))
    }
}

impl JobHandler for FillHolidays {
    fn kind(&self) -> &str {
        "org.fill_holidays"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(3_600))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        if context.workspace.settings().region != REGION || context.schema.object(HOLIDAY_OBJECT).is_none() {
            return Ok(());
        }
        let filled = context.workspace.store.read_with(|tx| filled(tx))?;
        for year in self.0.iter().filter(|it| !filled.contains(&it.year)) {
            let (number, days) = (year.year, year.days());
            run_unit(context, context.new_id(), "fill_holidays", Box::new(move |unit| fill(unit, number, &days)))?;
        }
        Ok(())
    }
}

impl Year {
    /// Its exceptions: the day, and the values of its record.
    fn days(&self) -> Vec<(Date, Map<String, Json>)> {
        let record = |day: Date, name: &str, kind: &str| {
            let values = [("name", json!(name)), ("date", json!(day.to_string())), ("kind", json!(kind)), ("source", json!(self.source))];
            (day, values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        };
        let mut days = Vec::new();
        for it in &self.holiday {
            days.extend(it.from.series(1.day()).take_while(|day| *day <= it.until).map(|day| record(day, &it.name, "day_off")));
            days.extend(it.worked.iter().map(|day| record(*day, &format!("{}调休", it.name), WORKED)));
        }
        days
    }
}

fn filled(tx: &mut dyn ReadTx) -> Result<BTreeSet<i16>> {
    let stored = load_setting(tx, SETTING)?.unwrap_or_default();
    serde_json::from_value(stored).or_else(|_| Ok(BTreeSet::new()))
}

/// Days an administrator entered before stay as they are.
fn fill(unit: &mut Unit<'_>, year: i16, days: &[(Date, Map<String, Json>)]) -> Result<()> {
    let context = unit.context;
    let mut years = filled(unit.tx)?;
    if !years.insert(year) {
        return Ok(());
    }
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let there = known_records(
        context,
        unit.tx,
        HOLIDAY_OBJECT,
        |it| {
            let at = it("date")?;
            Ok(Condition::Compare(at, CompareOp::Ge, Value::Date(first)).and(Condition::Compare(at, CompareOp::Le, Value::Date(last))))
        },
        MOST,
    )?;
    let taken: Vec<Value> = there.iter().map(|it| it.value("date")).collect();
    for (day, values) in days.iter().filter(|it| !taken.contains(&Value::Date(it.0))) {
        unit.create_as_system(HOLIDAY_OBJECT, values).map_err(|error| match error {
            KernelError::Invalid(problems) => KernelError::Internal(format!("{day}: {problems:?}")),
            other => other,
        })?;
    }
    save_setting(unit.tx, SETTING, &json!(years))
}
