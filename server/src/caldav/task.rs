//! A task as a calendar program has it.

use guanxi_kernel::Value;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use super::event::{as_kept, is_shown, time_of, utc, zone_of};
use crate::ics::parts::{Part, text_line};
use crate::ics::read::Fault;

/// Longest subject.
const LONGEST_TITLE: usize = 200;

/// A task as a program put it.
#[derive(Debug, Clone)]
pub struct PutTask {
    title: String,
    description: Option<String>,
    /// When it is due, and whether only the day is meant.
    due: Option<(Timestamp, bool)>,
    status: &'static str,
    priority: &'static str,
    completed: Option<Timestamp>,
}

/// Which component is the task.
fn task_in(whole: &Part) -> Option<usize> {
    whole.parts.iter().position(|it| it.name == "VTODO")
}

impl PutTask {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it, with the remedy.
    pub fn of(context: &Context, whole: &Part) -> Result<Self, Label> {
        let zone = zone_of(whole, &context.time_zone);
        let part = &whole.parts[task_in(whole).ok_or_else(|| Label::new("没有任务", "there is no task in it"))?];
        if part.first("RRULE").is_some() || part.first("RDATE").is_some() {
            return Err(Label::new(
                "重复任务请在系统中设置：打开任务，选择“重复”；也可以去掉重复后再保存",
                "set repeats of a task here: open the task and choose how it repeats, or save it without a repeat",
            ));
        }
        let moment = |name: &str| match part.first(name) {
            None => Ok(None),
            Some(line) => {
                if let Some(named) = line.parameter("TZID") {
                    crate::ics::times::zone_named(named).map_err(|fault| fault.text())?;
                }
                time_of(&line, &zone).map(Some).ok_or_else(|| Fault::BadTime.text())
            }
        };
        let due = moment("DUE")?.map(|due| {
            // A day is over at its end, and that is when the task is late.
            let wall = if due.is_day { due.wall.date().to_datetime(time(23, 59, 0, 0)) } else { due.wall };
            crate::ics::times::moment_of(wall, &due.zone).map(|it| (it, due.is_day)).map_err(|fault| fault.text())
        });
        let completed = moment("COMPLETED")?.and_then(|it| it.moment().ok());
        let value = |name: &str| part.first(name).map(|it| it.value.trim().to_ascii_uppercase()).unwrap_or_default();
        let status = match value("STATUS").as_str() {
            "COMPLETED" => "done",
            "IN-PROCESS" => "in_progress",
            "CANCELLED" => "cancelled",
            "" if completed.is_some() || value("PERCENT-COMPLETE") == "100" => "done",
            _ => "open",
        };
        let priority = match value("PRIORITY").parse::<u8>().unwrap_or(0) {
            1 | 2 => "urgent",
            3 | 4 => "high",
            6..=9 => "low",
            _ => "normal",
        };
        let title = part.text("SUMMARY").unwrap_or_default();
        Ok(Self { title, description: part.text("DESCRIPTION"), due: due.transpose()?, status, priority, completed })
    }

    fn subject(&self, context: &Context) -> String {
        let title: String = self.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect();
        if title.is_empty() { context.locale.pick(&Label::new("（无标题）", "(no title)")).to_owned() } else { title }
    }

    /// The values of fields that would make a task what was put: those that differ from it, or all for a new one.
    pub fn values(&self, context: &Context, before: Option<&Record>) -> Map<String, Json> {
        let of = self.differences(context, before);
        let mut values = Map::new();
        if of.subject {
            values.insert("subject".into(), json!(self.subject(context)));
        }
        if of.description {
            values.insert("description".into(), json!(self.description));
        }
        if of.due {
            values.insert("due_at".into(), json!(self.due.map(|it| it.0.to_string())));
            values.insert("all_day".into(), json!(self.due.is_some_and(|it| it.1)));
        }
        if of.status {
            values.insert("status".into(), json!(self.status));
            if let (Some(at), "done") = (self.completed.filter(|it| *it <= context.now), self.status) {
                values.insert("done_at".into(), json!(at.to_string()));
            }
        }
        if of.priority {
            values.insert("priority".into(), json!(self.priority));
        }
        values
    }

    fn differences(&self, context: &Context, before: Option<&Record>) -> Different {
        let Some(record) = before else {
            return Different {
                subject: true,
                description: self.description.is_some(),
                due: self.due.is_some(),
                status: self.status != "open",
                priority: true,
            };
        };
        let shown = |name: &str| record.text_for(context, name).filter(|it| !it.trim().is_empty());
        let hidden = |name: &str| shown(name).is_none() && !record.value(name).is_null();
        let differs = |name: &str, put: Option<&str>| !(hidden(name) && put.is_none()) && as_kept(context, record, name, put) != shown(name);
        // What he is not shown is not in what he puts either, and does not differ by that.
        let is = |name: &str, value: &str, otherwise: &str| {
            if is_shown(context, record, name) { record.value(name).as_text() == Some(value) } else { value == otherwise }
        };
        let due = match (self.due, seen(context, record, "due_at")) {
            (Some((at, is_day)), Value::DateTime(due)) => at != due || is_day != (seen(context, record, "all_day") == Value::Bool(true)),
            (None, Value::Null) => false,
            _ => true,
        };
        Different {
            subject: differs("subject", Some(&self.subject(context))),
            description: differs("description", self.description.as_deref()),
            due,
            status: !is("status", self.status, "open"),
            priority: !(is("priority", self.priority, "normal") || self.priority == "normal" && record.value("priority").is_null()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Different {
    subject: bool,
    description: bool,
    due: bool,
    status: bool,
    priority: bool,
}

/// What is shown of a task: as it was put, but for what differs by now.
pub fn as_put(context: &Context, source: &str, record: &Record) -> String {
    let Some(mut whole) = Part::read(source) else { return source.to_owned() };
    let (Ok(put), Some(at)) = (PutTask::of(context, &whole), task_in(&whole)) else { return source.to_owned() };
    let of = put.differences(context, Some(record));
    if of == (Different { subject: false, description: false, due: false, status: false, priority: false }) {
        return source.to_owned();
    }
    apply(&mut whole.parts[at], context, record, of);
    whole.write()
}

/// A task that no program put.
pub fn written(context: &Context, record: &Record, uid: &str) -> Part {
    let mut part = Part { name: "VTODO".into(), lines: vec![text_line("UID", uid)], parts: Vec::new() };
    apply(&mut part, context, record, Different { subject: true, description: true, due: true, status: true, priority: true });
    if let Some(url) = context.workspace.address(&format!("/r/activity/{}", record.id())) {
        part.lines.push(format!("URL:{}", url.replace(char::is_control, "")));
    }
    part
}

fn apply(part: &mut Part, context: &Context, record: &Record, of: Different) {
    let text = |name: &str| record.text_for(context, name).filter(|it| !it.trim().is_empty());
    let at = |name: &str| if let Value::DateTime(at) = seen(context, record, name) { Some(at) } else { None };
    if of.subject {
        part.set("SUMMARY", text("subject").map(|it| text_line("SUMMARY", &it)));
    }
    if of.description {
        part.set("DESCRIPTION", text("description").map(|it| text_line("DESCRIPTION", &it)));
    }
    if of.due {
        let is_day = seen(context, record, "all_day") == Value::Bool(true);
        let line = |at: Timestamp| {
            if is_day { format!("DUE;VALUE=DATE:{}", at.to_zoned(context.time_zone.clone()).strftime("%Y%m%d")) } else { format!("DUE:{}", utc(at)) }
        };
        part.set("DUE", at("due_at").map(line));
        // A beginning behind the end is none a program takes.
        part.remove("DTSTART");
        part.remove("DURATION");
    }
    if of.status {
        let (status, percent) = match seen(context, record, "status").as_text() {
            Some("done") => (Some("COMPLETED"), Some(100)),
            Some("in_progress") => (Some("IN-PROCESS"), None),
            Some("cancelled") => (Some("CANCELLED"), None),
            Some(_) => (Some("NEEDS-ACTION"), None),
            None => (None, None),
        };
        part.set("STATUS", status.map(|it| format!("STATUS:{it}")));
        part.set("PERCENT-COMPLETE", percent.map(|it| format!("PERCENT-COMPLETE:{it}")));
        part.set("COMPLETED", at("done_at").filter(|_| percent.is_some()).map(|it| format!("COMPLETED:{}", utc(it))));
    }
    if of.priority {
        let priority = match seen(context, record, "priority").as_text() {
            _ if !is_shown(context, record, "priority") => None,
            Some("urgent") => Some(1),
            Some("high") => Some(3),
            Some("low") => Some(9),
            _ => Some(5),
        };
        part.set("PRIORITY", priority.map(|it| format!("PRIORITY:{it}")));
    }
    let sequence = part.first("SEQUENCE").and_then(|it| it.value.trim().parse::<i64>().ok()).unwrap_or(0).clamp(0, 1_000_000);
    part.set("SEQUENCE", Some(format!("SEQUENCE:{}", sequence + record.version())));
    for name in ["DTSTAMP", "LAST-MODIFIED"] {
        let changed = if let Value::DateTime(at) = record.value("updated_at") { at } else { Timestamp::UNIX_EPOCH };
        part.set(name, Some(format!("{name}:{}", utc(changed))));
    }
}

/// A value the caller is shown as it is; nothing where he is not.
fn seen(context: &Context, record: &Record, name: &str) -> Value {
    if is_shown(context, record, name) { record.value(name) } else { Value::Null }
}

/// When a task stands in a calendar: at the end of what it is due, as far as the caller may see that.
pub fn span_of(context: &Context, record: &Record) -> Option<(Timestamp, Timestamp)> {
    let Value::DateTime(due) = seen(context, record, "due_at") else { return None };
    Some((due.checked_sub(SignedDuration::from_secs(1)).unwrap_or(due), due))
}
