//! What follows from a record's own cells: formulas, requirements, rules, state moves.

use guanxi_expr::{Checked, EvalContext, Value, evaluate};

use super::draft::{Draft, DraftKind};
use crate::context::Context;
use crate::schema::{Field, FieldKind, Object};
use crate::store::Storage;

/// Evaluates an expression over a row: the same whoever asks.
pub(crate) fn value_of(context: &Context, object: &Object, row: &[Value], checked: &Checked) -> Value {
    evaluated(context, object, row, checked, &|_| Value::Null)
}

/// Evaluates an expression over a row that may ask who the caller is.
pub(super) fn value_to(context: &Context, object: &Object, row: &[Value], checked: &Checked) -> Value {
    evaluated(context, object, row, checked, &|name| context.access.member.value(name))
}

fn evaluated(context: &Context, object: &Object, row: &[Value], checked: &Checked, me: &dyn Fn(&str) -> Value) -> Value {
    let time_zone = context.workspace.time_zone();
    let lookup = |path: &[String]| {
        if let [first, name] = path
            && first == "me"
        {
            return me(name);
        }
        let (name, part) = match path {
            [name] => (name.as_str(), ""),
            [name, part] => (name.as_str(), part.as_str()),
            _ => return Value::Null,
        };
        object.field(name).and_then(|it| it.part(part)).and_then(|it| row.get(it.column)).cloned().unwrap_or_default()
    };
    evaluate(&checked.root, &EvalContext { now: context.now, time_zone: &time_zone, lookup: &lookup }).unwrap_or(Value::Null)
}

/// Works out the formulas of a row. A formula may use another one: passes repeat until nothing moves.
pub(super) fn fill_formulas(context: &Context, object: &Object, row: &mut [Value]) {
    let formulas: Vec<_> = object.fields.iter().filter_map(|it| it.formula.as_ref().map(|checked| (it, checked))).collect();
    for _ in 0..=formulas.len() {
        let mut moved = false;
        for (field, checked) in &formulas {
            let Some(part) = field.part("") else { continue };
            let value = fit(value_of(context, object, row, checked), part.storage);
            if row[part.column] != value {
                if let Some(sort) = field.parts.iter().find(|it| it.name == "sort") {
                    row[sort.column] = value.as_text().map_or(Value::Null, |it| Value::Text(guanxi_text::pinyin::sort_text(it)));
                }
                row[part.column] = value;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}

/// A computed value in the storage of its column; what does not fit is null.
pub(super) fn fit(value: Value, storage: Storage) -> Value {
    match (storage, value) {
        (Storage::Decimal { scale }, Value::Decimal(it)) => Value::Decimal(it.round_dp(scale)),
        (Storage::Decimal { .. }, Value::Int(it)) => Value::Decimal(it.into()),
        (Storage::Int, Value::Decimal(it)) => {
            use rust_decimal::prelude::ToPrimitive as _;
            it.round().to_i64().map_or(Value::Null, Value::Int)
        }
        (Storage::Duration, Value::Int(it)) => Value::Duration(it),
        (Storage::Duration, Value::Decimal(it)) => {
            use rust_decimal::prelude::ToPrimitive as _;
            it.round().to_i64().map_or(Value::Null, Value::Duration)
        }
        (Storage::Text, Value::Text(it)) => Value::Text(it.chars().take(4_096).collect()),
        (_, value) => value,
    }
}

/// Adds the problems that follow from the row as it will be. Backwards, to a state that was, states move freely.
pub(super) fn check_row(context: &Context, draft: &mut Draft, backwards: bool) {
    let object = draft.object.clone();
    for (position, field) in object.fields.iter().enumerate().filter(|(_, it)| !it.is_computed()) {
        let required =
            field.definition.required || field.required_when.as_ref().is_some_and(|it| value_of(context, &object, &draft.row, it).is_true());
        let missing = match draft.links.get(&position) {
            Some(targets) => targets.is_empty(),
            // A link field that is not touched keeps what it has; on create it is empty.
            None if field.link.is_some() => draft.kind == DraftKind::Create,
            None => field.is_empty_in(&draft.row),
        };
        let known = draft.problems.iter().any(|it| it.field == field.name());
        if required && missing && !known {
            let label = &field.definition.label;
            draft.problem(field.name(), "required", format!("请填写{}", label.zh_cn), format!("{} is required", label.en));
        }
        if draft.kind == DraftKind::Update && !backwards && draft.changes(field.name()) {
            check_move(draft, position);
            let frozen = draft.before.as_ref().is_some_and(|before| is_frozen(context, &object, field, &before.row));
            if frozen && !context.access.is_system() {
                let label = &field.definition.label;
                draft.problem(
                    field.name(),
                    "read_only_field",
                    format!("当前状态下不能修改{}", label.zh_cn),
                    format!("{} cannot be changed in this state", label.en),
                );
            }
        }
    }
    super::rollups::refuse_unrated(context, draft);
    for (rule, checked) in &object.rules {
        if draft.problems.is_empty() && !value_of(context, &object, &draft.row, checked).is_true() {
            draft.problem(rule.field.as_deref().unwrap_or(""), "rule", rule.message.zh_cn.clone(), rule.message.en.clone());
        }
    }
}

/// Whether a field cannot be changed in the state a record is in, by nobody or by the roles that would let the caller.
pub(crate) fn is_frozen(context: &Context, object: &Object, field: &Field, row: &[Value]) -> bool {
    let holds = |it: &Checked| value_of(context, object, row, it).is_true();
    let by_roles = context.access.fields(object).and_then(|it| it.frozen(field.name()));
    field.read_only_when.as_ref().is_some_and(holds) || by_roles.is_some_and(|roles| roles.iter().all(|any| any.iter().any(holds)))
}

/// A state may change only to those its option names.
fn check_move(draft: &mut Draft, position: usize) {
    let object = draft.object.clone();
    let field = &object.fields[position];
    if field.definition.kind != FieldKind::Select {
        return;
    }
    let Some(part) = field.part("") else { return };
    let before = draft.before.as_ref().and_then(|it| it.row.get(part.column)).and_then(Value::as_text);
    let after = draft.row.get(part.column).and_then(Value::as_text);
    let (Some(before), Some(after)) = (before, after) else { return };
    let options = &field.definition.options;
    let from = options.iter().find(|it| it.value == before);
    let Some(next) = from.and_then(|it| it.next.as_ref()) else { return };
    if next.iter().any(|it| it == after) {
        return;
    }
    let name = |value: &str, zh: bool| {
        let label = options.iter().find(|it| it.value == value).map(|it| if zh { it.label.zh_cn.clone() } else { it.label.en.clone() });
        label.unwrap_or_else(|| value.to_owned())
    };
    let list = |zh: bool| next.iter().map(|it| name(it, zh)).collect::<Vec<_>>().join(if zh { "、" } else { ", " });
    let zh = format!("不能从“{}”改为“{}”，可改为：{}", name(before, true), name(after, true), list(true));
    let en = format!("cannot go from {} to {}; possible: {}", name(before, false), name(after, false), list(false));
    let field_name = field.name().to_owned();
    draft.problem(&field_name, "bad_option", zh, en);
}
