//! Work: activities of every kind, tasks with their checklists, hand-overs between departments, and notes.

#[path = "../objects/absence/hooks.rs"]
mod absence_hooks;
mod absences;
#[path = "../objects/activity/actions/accept.rs"]
mod accept;
mod activity;
#[path = "../objects/activity/hooks.rs"]
mod activity_hooks;
#[path = "../objects/handover/actions/answer.rs"]
mod answer;
#[path = "../objects/activity/actions/assign.rs"]
mod assign;
mod attendance;
#[path = "../objects/attendance/actions/answer.rs"]
mod attendance_answer;
mod bookings;
pub mod busy;
pub mod calendar_copies;
#[path = "../objects/activity/actions/check_in.rs"]
mod check_in;
#[path = "../objects/activity/actions/check_out.rs"]
mod check_out;
mod checklist;
#[path = "../objects/activity/actions/complete.rs"]
mod complete;
#[path = "../objects/activity/actions/decline.rs"]
mod decline;
#[path = "../objects/activity/actions/hand_over.rs"]
mod hand_over;
mod handover;
#[path = "../objects/activity/actions/log_time.rs"]
mod log_time;
#[path = "../objects/note/hooks.rs"]
mod note_hooks;
mod offer;
pub mod own_calendar;
mod related;
mod tasks;
mod visits;
pub mod workload;

use std::sync::Arc;

use guanxi_kernel::app::{Action, App, parse_action, parse_object};
use guanxi_kernel::schema::ObjectDefinition;

/// The app: its objects and code.
///
/// # Errors
/// Says which file is wrong and why.
pub fn app() -> Result<App, String> {
    let activity = parse_object("activity", include_str!("../objects/activity/object.toml"), include_str!("../objects/activity/views.toml"))?;
    let attendance = parse_object("attendance", include_str!("../objects/attendance/object.toml"), include_str!("../objects/attendance/views.toml"))?;
    let handover = parse_object("handover", include_str!("../objects/handover/object.toml"), include_str!("../objects/handover/views.toml"))?;
    let mut actions = activity_actions(&activity)?;
    actions.extend(handover_actions(&handover)?);
    actions.extend(offer::actions()?);
    let answer = parse_action(include_str!("../objects/attendance/actions/answer.toml"), &attendance)?;
    actions.push(Arc::new(attendance_answer::Answer(answer)));
    let mut objects = vec![activity, attendance, handover];
    objects.extend(further_objects()?);
    Ok(App {
        definition: Some(toml::from_str(include_str!("../app.toml")).map_err(|error| format!("app.toml: {error}"))?),
        objects,
        hooks: vec![
            Arc::new(activity_hooks::ActivityHook),
            Arc::new(attendance::AttendanceHook),
            Arc::new(calendar_copies::CopyHook),
            Arc::new(checklist::ItemHook),
            Arc::new(handover::HandoverHook),
            Arc::new(note_hooks::NoteHook),
            Arc::new(absence_hooks::AbsenceHook),
        ],
        actions,
        jobs: vec![Arc::new(tasks::series::RepeatTasks), Arc::new(tasks::escalate::EscalateTasks)],
        ..App::default()
    })
}

/// Objects that have no actions of their own.
fn further_objects() -> Result<Vec<ObjectDefinition>, String> {
    Ok(vec![
        parse_object("checklist_item", include_str!("../objects/checklist_item/object.toml"), include_str!("../objects/checklist_item/views.toml"))?,
        parse_object("time_entry", include_str!("../objects/time_entry/object.toml"), include_str!("../objects/time_entry/views.toml"))?,
        parse_object(
            "escalation_rule",
            include_str!("../objects/escalation_rule/object.toml"),
            include_str!("../objects/escalation_rule/views.toml"),
        )?,
        parse_object("note", include_str!("../objects/note/object.toml"), include_str!("../objects/note/views.toml"))?,
        parse_object("resource", include_str!("../objects/resource/object.toml"), include_str!("../objects/resource/views.toml"))?,
        parse_object("calendar_copy", include_str!("../objects/calendar_copy/object.toml"), include_str!("../objects/calendar_copy/views.toml"))?,
        parse_object("absence", include_str!("../objects/absence/object.toml"), include_str!("../objects/absence/views.toml"))?,
    ])
}

/// What is done with activities.
fn activity_actions(activity: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, activity);
    Ok(vec![
        Arc::new(complete::Complete(of(include_str!("../objects/activity/actions/complete.toml"))?)),
        Arc::new(check_in::CheckIn(of(include_str!("../objects/activity/actions/check_in.toml"))?)),
        Arc::new(check_out::CheckOut(of(include_str!("../objects/activity/actions/check_out.toml"))?)),
        Arc::new(accept::Accept(of(include_str!("../objects/activity/actions/accept.toml"))?)),
        Arc::new(decline::Decline(of(include_str!("../objects/activity/actions/decline.toml"))?)),
        Arc::new(hand_over::HandOver(of(include_str!("../objects/activity/actions/hand_over.toml"))?)),
        Arc::new(assign::Assign(of(include_str!("../objects/activity/actions/assign.toml"))?)),
        Arc::new(log_time::LogTime(of(include_str!("../objects/activity/actions/log_time.toml"))?)),
    ])
}

/// The steps of hand-overs.
fn handover_actions(handover: &ObjectDefinition) -> Result<Vec<Arc<dyn Action>>, String> {
    let of = |text: &str| parse_action(text, handover);
    Ok(vec![
        Arc::new(answer::Accept(of(include_str!("../objects/handover/actions/accept.toml"))?)),
        Arc::new(answer::Decline(of(include_str!("../objects/handover/actions/decline.toml"))?)),
        Arc::new(answer::Withdraw(of(include_str!("../objects/handover/actions/withdraw.toml"))?)),
        Arc::new(answer::Finish(of(include_str!("../objects/handover/actions/finish.toml"))?)),
    ])
}
