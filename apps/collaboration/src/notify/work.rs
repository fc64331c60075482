//! What becomes of tasks and hand-overs, and who must know.

use std::collections::BTreeSet;

use guanxi_kernel::Result;
use guanxi_kernel::events::Event;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, link_targets};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::ReadTx;
use serde_json::Value as Json;
use uuid::Uuid;

use super::news::{News, Target};
use super::read::{Reading, after, id_of};
use crate::meant;

/// The object of tasks.
pub const TASK: &str = "activity";
/// The object of hand-overs.
pub const HANDOVER: &str = "handover";
/// The object of opportunities.
pub const OPPORTUNITY: &str = "opportunity";
/// The object of what visitors sent by a web form, and of such forms.
pub const SUBMISSION: &str = "web_form_submission";
const FORM: &str = "web_form";
/// The objects of cases of processes, and of their templates.
pub const PROCESS: [&str; 2] = ["process_case", "process_template"];
/// The object of what people ask of their data.
pub const PERSON_REQUEST: &str = "person_request";
/// The field of those who watch a record.
const WATCHERS: &str = "watchers";

/// Whether a change of a task is the answer of who declined it.
pub fn is_answer(event: &Event) -> bool {
    event.object == TASK && after(event, "acceptance").and_then(Json::as_str) == Some("declined")
}

impl Reading<'_> {
    /// Those who watch a record: they are told as those are who follow it.
    pub(super) fn watchers(&self, tx: &mut dyn ReadTx, object: &Object, id: Uuid) -> Result<Vec<Uuid>> {
        object.field(WATCHERS).filter(|it| it.link.is_some()).map_or(Ok(Vec::new()), |it| link_targets(tx, it, id))
    }

    /// Who gave a task learns what became of it; who has it, that he can go on; before whom it is brought, that it is late.
    pub(super) fn task(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, target: &Target) -> Result<()> {
        let kind = match verb {
            "accepted" => "accepted",
            "declined" => "declined",
            "completed" => "finished",
            "unblocked" => "ready",
            "escalated" => "escalated",
            _ => return Ok(()),
        };
        let Some(task) = self.known(tx, event)? else { return Ok(()) };
        let mut told: BTreeSet<Uuid> = match verb {
            "unblocked" => task.reference(OWNER_FIELD).into_iter().collect(),
            "escalated" => after(event, "to").and_then(id_of).into_iter().collect(),
            _ => task.reference("assigned_by").into_iter().collect(),
        };
        if verb != "unblocked" {
            let object = task.object.clone();
            told.extend(self.watchers(tx, &object, task.id())?);
        }
        self.tell(event, told, kind, target);
        Ok(())
    }

    /// Who has an opportunity learns that it should leave its stage, or has stood there too long; of that those above him too.
    pub(super) fn opportunity(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, target: &Target) -> Result<()> {
        let kind = match verb {
            "stage_due" => "stage_due",
            "stage_overdue" => "stage_overdue",
            _ => return Ok(()),
        };
        let Some(owner) = self.known(tx, event)?.and_then(|it| it.reference(OWNER_FIELD)) else { return Ok(()) };
        self.tell(event, BTreeSet::from([owner]), kind, target);
        if kind == "stage_overdue" {
            let above = self.load(tx, MEMBER_OBJECT, owner)?.and_then(|it| it.reference("manager"));
            self.tell(event, above.into_iter().collect(), "stage_overdue_below", target);
        }
        Ok(())
    }

    /// Who has a record learns that a pool takes it soon, or that he should get in touch; who had it, that it went; his manager, that
    /// nobody got in touch.
    pub(super) fn recycling(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, target: &Target) -> Result<()> {
        let owner = self.known(tx, event)?.and_then(|it| it.reference(OWNER_FIELD));
        let (kind, told) = match verb {
            "recycle_warned" => ("recycle_warned", owner),
            "response_due" => ("response_due", owner),
            "response_overdue" => ("response_overdue", owner),
            _ => ("recycled", event.changes.get(OWNER_FIELD).and_then(|it| it.get(0)).and_then(id_of)),
        };
        self.tell(event, told.into_iter().collect(), kind, target);
        if let (Some(owner), "response_overdue") = (owner, kind) {
            let above = self.load(tx, MEMBER_OBJECT, owner)?.and_then(|it| it.reference("manager"));
            self.tell(event, above.into_iter().collect(), "response_overdue_below", target);
        }
        Ok(())
    }

    /// Who has a person's request learns that its term ends; once it is over, his manager and who took it in do, too.
    pub(super) fn person_request(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str, target: &Target) -> Result<()> {
        let kind = match verb {
            "due_soon" => "request_due",
            "overdue" => "request_late",
            _ => return Ok(()),
        };
        let Some(request) = self.known(tx, event)? else { return Ok(()) };
        let owner = request.reference(OWNER_FIELD);
        let mut told: BTreeSet<Uuid> = owner.into_iter().collect();
        if kind == "request_late" || told.is_empty() {
            told.extend(request.reference("created_by"));
            if let Some(owner) = owner {
                told.extend(self.load(tx, MEMBER_OBJECT, owner)?.and_then(|it| it.reference("manager")));
            }
        }
        self.tell(event, told, kind, target);
        Ok(())
    }

    /// Who made a web form learns that something sent by it waits for a person: one line for each form until it is read, since a
    /// form may be flooded.
    pub(super) fn submission(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str) -> Result<()> {
        if verb != "created" || after(event, "state").and_then(Json::as_str) != Some("held") {
            return Ok(());
        }
        let Some(form) = after(event, "form").and_then(id_of) else { return Ok(()) };
        let maker = self.load(tx, FORM, form)?.and_then(|it| it.reference("created_by"));
        self.tell(event, maker.into_iter().collect(), "held", &(FORM.to_owned(), form));
        Ok(())
    }

    /// How a process goes, to those it says itself: who that is was settled when it happened.
    pub(super) fn process(&mut self, event: &Event, verb: &str, target: &Target) {
        let kind = match verb {
            "step_started" => "step_started",
            "step_finished" => "step_finished",
            "step_overdue" => "step_overdue",
            "step_back" => "step_back",
            "step_waiting" | "start_failed" => "case_waiting",
            "ended" => "case_ended",
            _ => return,
        };
        let told: BTreeSet<Uuid> = after(event, "told").and_then(Json::as_array).into_iter().flatten().filter_map(id_of).collect();
        let step = after(event, "step").and_then(Json::as_str).filter(|it| !it.is_empty()).map(str::to_owned);
        let news = told.into_iter().map(|member| {
            let news = News::of(event, member, kind, Some(target.clone()));
            step.iter().fold(news, |news, it| news.with("step", it.clone()))
        });
        self.found.news.extend(news);
    }

    /// Whoever is to accept a hand-over learns of it; who offered it, what became of it.
    pub(super) fn handover(&mut self, tx: &mut dyn ReadTx, event: &Event, verb: &str) -> Result<()> {
        let (Some(handover), Some(id)) = (self.known(tx, event)?, event.record) else { return Ok(()) };
        // Named to somebody else while it is offered, it is his to accept.
        let anew =
            event.changes.contains_key("to_member") || handover.reference("to_member").is_none() && event.changes.contains_key("to_department");
        let (kind, told) = match verb {
            "created" => ("handover", self.receivers(tx, &handover)?),
            "updated" if anew => ("handover", self.receivers(tx, &handover)?),
            "accepted" => ("accepted", handover.reference("from_member").into_iter().collect()),
            "declined" => ("declined", handover.reference("from_member").into_iter().collect()),
            "done" => ("finished", handover.reference("from_member").into_iter().collect()),
            "withdrawn" => ("withdrawn", self.receivers(tx, &handover)?),
            _ => return Ok(()),
        };
        self.tell(event, told, kind, &(HANDOVER.to_owned(), id));
        Ok(())
    }

    /// The member a hand-over is offered to, or everybody of the department.
    fn receivers(&self, tx: &mut dyn ReadTx, handover: &Record) -> Result<BTreeSet<Uuid>> {
        if let Some(member) = handover.reference("to_member") {
            return Ok(BTreeSet::from([member]));
        }
        let department = handover.reference("to_department");
        let members = department.map_or(Ok(Vec::new()), |it| meant::of_department(self.context, tx, it))?;
        Ok(members.into_iter().collect())
    }

    fn tell(&mut self, event: &Event, told: BTreeSet<Uuid>, kind: &'static str, target: &Target) {
        self.found.news.extend(told.into_iter().map(|it| News::of(event, it, kind, Some(target.clone()))));
    }
}
