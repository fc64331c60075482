//! The filter of `calendar-query`, as far as it is understood; of anything else is said that it is not.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::place::Collection;
use super::refusal::Refusal;
use super::shelf::{Content, Resource};
use super::xml::{CALDAV, Element};
use crate::ics::parts::{Part, unescape};
use crate::ics::times::Written;

/// Most tests of one filter.
const MOST_TESTS: usize = 20;

/// A span of time; open where it names no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

impl TimeRange {
    /// Reads `start` and `end`, in UTC.
    ///
    /// # Errors
    /// Times that are none, and a span that ends before it begins.
    pub fn of(told: &Element) -> Result<Self, Refusal> {
        let wrong = || Refusal::caldav("valid-filter", "时间范围有误", "the span of time cannot be read");
        let time = |name: &str, otherwise: Timestamp| match told.attribute(name) {
            None => Ok(otherwise),
            Some(text) if text.ends_with('Z') => Written::read(text, &TimeZone::UTC).ok().and_then(|it| it.moment().ok()).ok_or_else(wrong),
            Some(_) => Err(wrong()),
        };
        let range = Self { from: time("start", Timestamp::MIN)?, until: time("end", Timestamp::MAX)? };
        let is_open = told.attribute("start").is_none() && told.attribute("end").is_none();
        if range.from >= range.until || is_open { Err(wrong()) } else { Ok(range) }
    }

    /// Whether something goes on within it.
    pub fn meets(self, (from, until): (Timestamp, Timestamp)) -> bool {
        from < self.until && (until > self.from || (from == until && from >= self.from))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Never,
    During(TimeRange),
    Has(String),
    HasNot(String),
    Holds { name: String, text: String, exactly: bool, negated: bool },
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    component: Option<String>,
    tests: Vec<Test>,
}

impl Filter {
    /// Reads the filter of a query; one that is absent lets everything through.
    ///
    /// # Errors
    /// What is not understood.
    pub fn of(query: &Element) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        let Some(told) = query.find(CALDAV, "filter") else { return Ok(filter) };
        let whole = told.find(CALDAV, "comp-filter").filter(|it| it.attribute("name") == Some("VCALENDAR"));
        let whole = whole.ok_or_else(|| Refusal::caldav("valid-filter", "筛选条件有误", "the filter does not begin with a calendar"))?;
        let inner: Vec<&Element> = whole.elements.iter().collect();
        let component = match inner.as_slice() {
            [] => return Ok(filter),
            [one] if one.is(CALDAV, "comp-filter") => one,
            _ => return Err(unknown()),
        };
        filter.component = Some(component.attribute("name").unwrap_or_default().to_ascii_uppercase());
        // Each is tried on each resource.
        if component.elements.len() > MOST_TESTS {
            return Err(unknown());
        }
        for test in &component.elements {
            filter.tests.push(match (test.space.as_str(), test.name.as_str()) {
                (CALDAV, "is-not-defined") => Test::Never,
                (CALDAV, "time-range") => Test::During(TimeRange::of(test)?),
                (CALDAV, "prop-filter") => of_property(test)?,
                _ => return Err(unknown()),
            });
        }
        Ok(filter)
    }

    /// Whether a resource passes.
    pub fn passes(&self, collection: Collection, resource: &Resource) -> bool {
        let Some(component) = &self.component else { return true };
        let never = self.tests.contains(&Test::Never);
        if component != collection.component() {
            return never;
        }
        if never {
            return false;
        }
        let part = Part::read(&resource.text).and_then(|it| it.parts.into_iter().find(|it| it.name == *component));
        self.tests.iter().all(|test| match (test, &part) {
            (Test::During(range), _) => goes_on(resource, *range),
            (Test::Has(name), Some(part)) => part.first(name).is_some(),
            (Test::HasNot(name), Some(part)) => part.first(name).is_none(),
            (Test::Holds { name, text, exactly, negated }, Some(part)) => {
                let holds = |value: String| if *exactly { value.contains(text) } else { value.to_lowercase().contains(&text.to_lowercase()) };
                part.all(name).any(|it| holds(unescape(it.value)) != *negated)
            }
            _ => false,
        })
    }
}

/// Whether something goes on in a span; a task without a day is always to be done.
fn goes_on(resource: &Resource, range: TimeRange) -> bool {
    let times = resource.times();
    if times.is_empty() {
        return matches!(resource.content, Content::Task(..));
    }
    times.into_iter().any(|it| range.meets(it))
}

fn of_property(told: &Element) -> Result<Test, Refusal> {
    let name = told.attribute("name").unwrap_or_default().to_ascii_uppercase();
    match told.elements.as_slice() {
        [] => Ok(Test::Has(name)),
        [one] if one.is(CALDAV, "is-not-defined") => Ok(Test::HasNot(name)),
        [one] if one.is(CALDAV, "text-match") => {
            let exactly = match one.attribute("collation") {
                None | Some("i;ascii-casemap" | "i;unicode-casemap") => false,
                Some("i;octet") => true,
                Some(_) => {
                    return Err(Refusal::caldav("supported-collation", "不支持这种比较方式", "texts are compared by i;ascii-casemap or i;octet"));
                }
            };
            let negated = one.attribute("negate-condition") == Some("yes");
            Ok(Test::Holds { name, text: one.text.clone(), exactly, negated })
        }
        _ => Err(unknown()),
    }
}

fn unknown() -> Refusal {
    Refusal::caldav(
        "supported-filter",
        "不支持这样的筛选条件；可按类型、时间范围和单个属性筛选",
        "this filter is not understood; components, spans of time and single properties are",
    )
}
