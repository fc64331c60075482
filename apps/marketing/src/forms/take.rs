//! Taking what a visitor sent: once, within what a form takes, in one transaction with the lead it becomes.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{CountMode, ListRequest, Record, count_of, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, StoreError};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::asked::REACHED_BY;
use super::doubts::doubts;
use super::{Arrival, Form, SUBMISSION, make_lead};

/// The same content within so long is the same submission.
const SAME_FOR: SignedDuration = SignedDuration::from_hours(24);
/// From one network, within an hour, before a person looks at them.
const FROM_ONE_NETWORK: u64 = 30;
/// So many times what a form takes in an hour is held; nothing more is taken.
const HELD_TIMES: i64 = 4;
/// How often a transaction is tried that others come in the way of.
const MOST_TRIES: usize = 5;

/// What is known of who sent it, and how.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Good for one submission.
    pub token: String,
    /// Of the content.
    pub digest: String,
    /// From opening the form to sending it.
    pub took: SignedDuration,
    /// Whether something stands where people see nothing.
    pub trapped: bool,
    /// The visitor's network.
    pub network: String,
    /// The website he was on.
    pub origin: Option<String>,
    /// The link he came by.
    pub arrival: Arrival,
}

/// What became of it, as far as the visitor is told.
#[derive(Debug)]
pub enum Taken {
    /// It was received: whether it is a lead, waits or was sent before is none of his business.
    Received,
    /// With what he opened the form was something else sent already.
    Used,
    /// The form takes no more at the moment.
    Full,
    /// He can mend it.
    Wrong(Vec<FieldError>),
}

/// Takes what was sent, `values` as [`super::check`] answers them.
///
/// # Errors
/// Fails where the database does.
pub fn take(context: &Context, form: &Form, values: &Map<String, Json>, visit: &Visit) -> Result<Taken> {
    match attempt(context, form, values, visit, true) {
        // What keeps it from being a lead, such as a value that may stand only once, is for people of the company to see.
        Err(error) if !is_of_the_database(&error) => attempt(context, form, values, visit, false),
        other => other,
    }
}

fn is_of_the_database(error: &KernelError) -> bool {
    matches!(error, KernelError::Store(it) if !matches!(it, StoreError::Duplicate { .. }))
}

fn attempt(context: &Context, form: &Form, values: &Map<String, Json>, visit: &Visit, becomes_lead: bool) -> Result<Taken> {
    let mut last = KernelError::Store(StoreError::Busy);
    for _ in 0..MOST_TRIES {
        let sent = Sent { form: Form { record: form.record.clone(), asked: form.asked.clone() }, values: values.clone(), visit: visit.clone() };
        match run_unit(context, context.new_id(), "web_form", Box::new(move |unit| sent.put(unit, becomes_lead))) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            other => return other,
        }
    }
    Err(last)
}

struct Sent {
    form: Form,
    values: Map<String, Json>,
    visit: Visit,
}

/// What a submission is kept as.
struct Kept {
    state: &'static str,
    reasons: Vec<&'static str>,
    lead: Option<Json>,
}

impl Sent {
    fn put(&self, unit: &mut Unit<'_>, becomes_lead: bool) -> Result<Taken> {
        // Submissions of one form take turns, on every node: what is counted stays true.
        unit.tx.serialise(&format!("web_form.{}", self.form.id().simple()))?;
        if let Some(before) = self.sent_with_token(unit)? {
            let is_same = before.value("digest").as_text() == Some(self.visit.digest.as_str());
            return Ok(if is_same { Taken::Received } else { Taken::Used });
        }
        let cap = self.form.number("per_hour").unwrap_or(1).max(1);
        let all = self.in_the_last_hour(unit, "")?;
        if all >= u64::try_from(cap.saturating_mul(HELD_TIMES)).unwrap_or(u64::MAX) {
            return Ok(Taken::Full);
        }
        if let Some(before) = self.sent_before(unit)? {
            let lead = before.reference("lead").map(|it| json!(it));
            return self.keep(unit, Kept { state: "duplicate", reasons: Vec::new(), lead });
        }
        let mut reasons = doubts(&self.form, &self.values, &self.visit);
        if self.in_the_last_hour(unit, &format!(" && network == {}", Json::String(self.visit.network.clone())))? >= FROM_ONE_NETWORK {
            reasons.push("network");
        }
        if self.in_the_last_hour(unit, " && state == 'accepted'")? >= u64::try_from(cap).unwrap_or(u64::MAX) {
            reasons.push("over_cap");
        }
        if !becomes_lead {
            reasons.push("not_saved");
        }
        if !reasons.is_empty() {
            return self.keep(unit, Kept { state: "held", reasons, lead: None });
        }
        match make_lead(unit, &self.form.record, &self.values, &self.visit.arrival) {
            Ok(lead) => self.keep(unit, Kept { state: "accepted", reasons, lead: Some(json!(lead.id())) }),
            Err(KernelError::Invalid(problems)) => {
                let problems: Vec<FieldError> = problems.into_iter().map(|it| self.told_where_asked(it)).collect();
                if self.can_mend(&problems) { Ok(Taken::Wrong(problems)) } else { Err(KernelError::Invalid(problems)) }
            }
            Err(other) => Err(other),
        }
    }

    /// That there is no way to reach him is told of a way the form asks for, where it does not ask for the first.
    fn told_where_asked(&self, problem: FieldError) -> FieldError {
        let is_asked = |name: &str| self.form.asked.iter().any(|it| it.name() == name);
        let is_about_ways = problem.code == "rule" && REACHED_BY.contains(&problem.field.as_str()) && !is_asked(&problem.field);
        let is_without = REACHED_BY.iter().all(|it| !self.values.contains_key(*it));
        match REACHED_BY.iter().find(|it| is_asked(it)).filter(|_| is_about_ways && is_without) {
            Some(way) => FieldError { field: (*way).to_owned(), ..problem },
            None => problem,
        }
    }

    /// Whether all problems are about what he wrote, and tell nothing about records there are.
    fn can_mend(&self, problems: &[FieldError]) -> bool {
        let tells_nothing = |it: &FieldError| !["duplicate", "no_such_record"].contains(&it.code);
        problems.iter().all(|it| tells_nothing(it) && self.form.asked.iter().any(|asked| asked.name() == it.field))
    }

    fn sent_with_token(&self, unit: &mut Unit<'_>) -> Result<Option<Record>> {
        let token = Value::Text(self.visit.token.clone());
        Ok(known_records(unit.context, unit.tx, SUBMISSION, |it| Ok(Condition::equals(it("token")?, token)), 1)?.pop())
    }

    /// The same content, not long ago; one that became a lead where there is one.
    fn sent_before(&self, unit: &mut Unit<'_>) -> Result<Option<Record>> {
        let (form, digest, since) = (self.form.id(), self.visit.digest.as_str(), unit.context.now - SAME_FOR);
        let same = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let lately = Condition::Compare(it("received_at")?, CompareOp::Gt, Value::DateTime(since));
            Ok(same_content(it, form, digest)?.and(lately))
        };
        let with_lead = known_records(unit.context, unit.tx, SUBMISSION, |it| Ok(same(it)?.and(Condition::NotNull(it("lead")?))), 1)?.pop();
        if with_lead.is_some() {
            return Ok(with_lead);
        }
        Ok(known_records(unit.context, unit.tx, SUBMISSION, same, 1)?.pop())
    }

    fn in_the_last_hour(&self, unit: &mut Unit<'_>, further: &str) -> Result<u64> {
        let system = unit.context.as_system();
        let since = to_second(unit.context.now - SignedDuration::from_hours(1));
        let filter = Some(format!("form == '{}' && received_at > datetime('{since}'){further}", self.form.id()));
        let request = ListRequest { filter, count: CountMode::Exact, ..ListRequest::default() };
        let object = system.schema.object(SUBMISSION).ok_or(KernelError::NotFound)?;
        Ok(count_of(&system, unit.tx, object, &request)?.map_or(0, |it| it.value))
    }

    fn keep(&self, unit: &mut Unit<'_>, kept: Kept) -> Result<Taken> {
        let now = to_second(unit.context.now).to_string();
        let consent = self.form.text("consent_text");
        let values = json!({
            "name": who(&self.values),
            "form": self.form.id(),
            "received_at": now,
            "state": kept.state,
            "reason": kept.reasons,
            "lead": kept.lead,
            "values": self.values,
            "consent_at": consent.is_some().then_some(now),
            "consent_text": consent,
            "network": self.visit.network,
            "origin": self.visit.origin,
            "token": self.visit.token,
            "digest": self.visit.digest,
        });
        let Json::Object(mut values) = values else { return Err(KernelError::Internal("a submission is an object".into())) };
        values.extend(self.visit.arrival.values());
        unit.create_as_system(SUBMISSION, &values)?;
        Ok(Taken::Received)
    }
}

/// Submissions of one form with the same content.
pub(crate) fn same_content(column: &dyn Fn(&str) -> Result<ColumnRef>, form: Uuid, digest: &str) -> Result<Condition> {
    let of_form = Condition::equals(column("form")?, Value::Id(form));
    Ok(of_form.and(Condition::equals(column("digest")?, Value::Text(digest.to_owned()))))
}

/// What a submission is called: the name that was given, else the company's.
fn who(values: &Map<String, Json>) -> Option<String> {
    let text = |it: &Json| it.as_str().or_else(|| it.get("full").and_then(Json::as_str)).map(str::to_owned);
    let found = ["name", "company"].iter().find_map(|it| values.get(*it).and_then(text));
    found.map(|it| it.chars().take(200).collect())
}

/// Moments on records are kept to the second.
fn to_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
