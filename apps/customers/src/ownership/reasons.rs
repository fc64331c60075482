//! What a rule said of a record, in a sentence.

use guanxi_kernel::schema::Label;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::choose::Tie;
use super::departments::Departments;
use super::rule::Finds;

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It decided.
    Decided,
    /// One before it had.
    NotNeeded,
    /// The record is none of those it is for.
    ConditionNotMet,
    /// It found no department.
    NothingFound,
    /// Another rule cannot be asked, so that none decides.
    Blocked,
    /// It rests on what the caller may not see.
    Withheld,
}

impl Outcome {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::NotNeeded => "not_needed",
            Self::ConditionNotMet => "condition_not_met",
            Self::NothingFound => "nothing_found",
            Self::Blocked => "blocked",
            Self::Withheld => "withheld",
        }
    }
}

/// The sentence.
pub fn sentence(outcome: Outcome, finds: &Finds, found: Option<(Uuid, Option<Tie>)>, departments: &Departments) -> Json {
    let name = found.map_or("", |it| departments.name(it.0));
    let (zh, en) = match (outcome, found) {
        (Outcome::ConditionNotMet, _) => ("不符合这条规则的适用条件。".to_owned(), "It is none of those the rule is for.".to_owned()),
        (Outcome::NothingFound, _) => nothing(finds),
        (Outcome::Blocked, Some(_)) => (
            format!("有规则无法执行，归属暂不变动；这条会指向{name}。"),
            format!("A rule cannot be applied, so nothing moves; this one would say {name}."),
        ),
        (Outcome::Blocked, None) => ("有规则无法执行，归属暂不变动。".to_owned(), "A rule cannot be applied, so nothing moves.".to_owned()),
        (Outcome::Withheld, _) => ("取决于您看不到的内容。".to_owned(), "It rests on what you may not see.".to_owned()),
        (Outcome::NotNeeded, Some(_)) => {
            (format!("前面的规则已经决定；这条会指向{name}。"), format!("A rule before it decided; this one would say {name}."))
        }
        (Outcome::NotNeeded, None) => ("前面的规则已经决定。".to_owned(), "A rule before it decided.".to_owned()),
        (Outcome::Decided, _) => deciding(finds, name),
    };
    let (zh_tie, en_tie) = match found.and_then(|it| it.1) {
        Some(Tie::PresentKept) => ("有部门并列，保留现有归属。", " There was a tie; the present one is kept."),
        Some(Tie::FirstInOrder) => ("有部门并列，取组织树中靠前的。", " There was a tie; the first in the tree is taken."),
        None => ("", ""),
    };
    json!(Label::new(format!("{zh}{zh_tie}"), format!("{en}{en_tie}")))
}

fn deciding(finds: &Finds, name: &str) -> (String, String) {
    match finds.names() {
        ("reference", _) => (format!("记录本身指向{name}。"), format!("The record itself refers to {name}.")),
        ("latest", _) => (format!("最近一条相关记录属于{name}。"), format!("The latest related record is of {name}.")),
        (_, Some("monthly_average_daily")) => (format!("{name}的月日均最大。"), format!("{name} has the largest monthly average.")),
        (_, Some("count")) => (format!("{name}的相关记录最多。"), format!("{name} has most related records.")),
        _ => (format!("{name}的合计最大。"), format!("{name} has the largest sum.")),
    }
}

fn nothing(finds: &Finds) -> (String, String) {
    if finds.names().0 == "reference" {
        ("记录没有指向任何启用的部门。".to_owned(), "The record refers to no department in use.".to_owned())
    } else {
        ("没有算得上的相关记录，或其部门已停用。".to_owned(), "There are no related records that count, or their departments are closed.".to_owned())
    }
}
