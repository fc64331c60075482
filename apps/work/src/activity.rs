//! Names of the activity's parts that the calendar speaks of.

use guanxi_kernel::Value;
use guanxi_kernel::read::Record;
use jiff::{SignedDuration, Timestamp};

/// The object.
pub const ACTIVITY: &str = "activity";
/// Kinds that take up time at a place: people are invited to them, rooms booked for them.
pub const MEETINGS: [&str; 2] = ["appointment", "visit"];
/// So long is an activity that names neither end nor duration.
const USUAL: SignedDuration = SignedDuration::from_mins(60);
/// Longest appointment: what lasts longer is an absence.
pub const LONGEST_DAYS: i64 = 31;

/// When an activity takes place, if it is known when it begins.
pub fn span_of(activity: &Record) -> Option<(Timestamp, Timestamp)> {
    let Value::DateTime(start) = activity.value("start_at") else { return None };
    Some((start, end_of(start, &activity.value("end_at"), &activity.value("duration"))))
}

/// When what begins then ends.
pub fn end_of(start: Timestamp, end: &Value, duration: &Value) -> Timestamp {
    match (end, duration) {
        (Value::DateTime(end), _) if *end > start => *end,
        (_, Value::Duration(seconds)) if *seconds > 0 => start.checked_add(SignedDuration::from_secs(*seconds)).unwrap_or(start),
        _ => start.checked_add(USUAL).unwrap_or(start),
    }
}
