//! Entering a stage: what must be known, what must be done, and which moves there are.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::OptionDefinition;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind};

use super::setting::Setting;
use super::tasks;

/// Which way a move goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A new opportunity.
    Created,
    /// To a later stage.
    Forward,
    /// To an earlier one.
    Back,
    /// It was won or lost.
    Closed,
    /// It goes on after all.
    Reopened,
}

impl Direction {
    /// Of a move between two stages, in the order of the options.
    pub fn of(options: &[OptionDefinition], from: Option<&str>, to: &str) -> Self {
        let place = |stage: &str| options.iter().position(|it| it.value == stage);
        let closed = |stage: &str| options.iter().any(|it| it.value == stage && it.closed);
        match from {
            None => Self::Created,
            Some(_) if closed(to) => Self::Closed,
            Some(from) if closed(from) => Self::Reopened,
            Some(from) if place(to) < place(from) => Self::Back,
            Some(_) => Self::Forward,
        }
    }

    /// The option that stands for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Forward => "forward",
            Self::Back => "back",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }
}

/// Adds a problem for everything that keeps an opportunity from entering a stage by what was set for it and for the one it
/// leaves. What the options themselves forbid, the engine says.
///
/// # Errors
/// Fails where the database does.
pub fn check(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, stage: &OptionDefinition, entered: Option<&Setting>) -> Result<()> {
    if let Some(setting) = entered {
        ask(context, draft, &setting.choices("required_fields"), |_, _| true);
    }
    let Some(before) = draft.before.clone().filter(|_| draft.changes("stage")) else { return Ok(()) };
    let (pipeline, from) = (before.value("pipeline"), before.value("stage"));
    let Some(from) = from.as_text() else { return Ok(()) };
    let Some(left) = Setting::of(context, tx, &pipeline, from)? else { return Ok(()) };
    let options = draft.object.field("stage").map(|it| it.definition.options.clone()).unwrap_or_default();
    let next = left.choices("next");
    let label = |value: &str| options.iter().find(|it| it.value == value).map(|it| it.label.clone()).unwrap_or_default();
    let (here, there) = (label(from), &stage.label);
    if !next.is_empty() && !next.contains(&stage.value) {
        draft.problem(
            "stage",
            "bad_option",
            format!("该流程不允许从“{}”直接到“{}”", here.zh_cn, there.zh_cn),
            format!("this pipeline does not allow a move from {} to {}", here.en, there.en),
        );
        return Ok(());
    }
    let direction = Direction::of(&options, Some(from), &stage.value);
    if matches!(direction, Direction::Back | Direction::Reopened) && !left.may_roll_back() {
        draft.problem(
            "stage",
            "rule",
            format!("该流程不允许从“{}”退回", here.zh_cn),
            format!("this pipeline does not allow going back from {}", here.en),
        );
    }
    if direction == Direction::Forward || stage.won {
        let open = tasks::open_required(context, tx, draft.id(), left.id())?;
        if !open.is_empty() {
            draft.problem(
                "stage",
                "rule",
                format!("请先完成“{}”阶段的必做任务：{}", here.zh_cn, open.join("、")),
                format!("first do what {} requires: {}", here.en, open.join(", ")),
            );
        }
    }
    Ok(())
}

/// While an opportunity stands in a stage, nobody empties what the stage requires.
///
/// # Errors
/// Fails where the database does.
pub fn keep_required(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let emptied = |draft: &Draft, name: &str| draft.changes(name) && is_missing(draft, name);
    let mut touched = draft.touched.iter().filter_map(|it| draft.object.fields.get(*it));
    if draft.kind == DraftKind::Create || !touched.any(|it| emptied(draft, it.name())) {
        return Ok(());
    }
    let (pipeline, stage) = (draft.value("pipeline"), draft.value("stage"));
    let Some(stage) = stage.as_text() else { return Ok(()) };
    if let Some(setting) = Setting::of(context, tx, &pipeline, stage)? {
        ask(context, draft, &setting.choices("required_fields"), emptied);
    }
    Ok(())
}

fn is_missing(draft: &Draft, name: &str) -> bool {
    draft.object.field(name).is_some_and(|it| it.link.is_none() && it.is_empty_in(&draft.row))
}

/// Adds `required` for those fields that have no value. What the engine asks for by itself it says itself, and nobody is
/// asked for what he may not fill in.
fn ask(context: &Context, draft: &mut Draft, fields: &[String], concerns: impl Fn(&Draft, &str) -> bool) {
    let object = draft.object.clone();
    for field in fields.iter().filter_map(|it| object.field(it)) {
        let name = field.name();
        let by_engine = field.definition.required || field.definition.required_when.is_some();
        if by_engine || !is_missing(draft, name) || !concerns(draft, name) || !context.access.may_write(&object, field) {
            continue;
        }
        let label = &field.definition.label;
        draft.problem(name, "required", format!("该阶段需填写{}", label.zh_cn), format!("this stage needs {}", label.en));
    }
}

#[cfg(test)]
mod tests {
    use guanxi_kernel::schema::Label;

    use super::*;

    #[test]
    fn moves_go_by_the_order_of_the_options() {
        let mut options: Vec<OptionDefinition> = ["new", "solution", "won", "lost"].map(|it| OptionDefinition::new(it, Label::default())).into();
        options[2].closed = true;
        options[3].closed = true;
        let of = |from, to| Direction::of(&options, from, to);
        assert_eq!(of(None, "new"), Direction::Created);
        assert_eq!(of(Some("new"), "solution"), Direction::Forward);
        assert_eq!(of(Some("solution"), "new"), Direction::Back);
        assert_eq!(of(Some("solution"), "won"), Direction::Closed);
        assert_eq!(of(Some("lost"), "new"), Direction::Reopened);
    }
}
