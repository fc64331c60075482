//! What select and multi-select have in common: their options.

use std::collections::HashSet;

use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label, OptionDefinition};

use super::problem;
use super::text_rules::trim;
use super::wrong_key;

/// Most options of a field. Longer lists are an object of their own and a reference to it.
const MAX_OPTIONS: usize = 500;

/// The option of a stored value.
pub(super) fn by_value<'field>(field: &'field FieldDefinition, value: &str) -> Option<&'field OptionDefinition> {
    field.options.iter().find(|it| it.value == value)
}

/// The option a text names: by its value, or as files and people do by its label in either language, in letters of
/// whatever case.
pub(super) fn find<'field>(field: &'field FieldDefinition, text: &str) -> Option<&'field OptionDefinition> {
    let text = trim(text);
    by_value(field, text).or_else(|| {
        let is_named = |it: &&OptionDefinition| same_but_for_case(&it.label.zh_cn, text) || same_but_for_case(&it.label.en, text);
        // Where an old option and its successor share a label, the one in use is meant.
        let named = field.options.iter().filter(|it| !it.retired).find(is_named).or_else(|| field.options.iter().find(is_named));
        // Values are written in small letters; files hold "A" where the value is "a".
        named.or_else(|| field.options.iter().find(|it| same_but_for_case(&it.value, text)))
    })
}

/// Compares without making copies: an import asks this of every label for every row.
fn same_but_for_case(left: &str, right: &str) -> bool {
    left.chars().flat_map(char::to_lowercase).eq(right.chars().flat_map(char::to_lowercase))
}

/// The label of a stored value; the value itself where its option is gone.
pub(super) fn label<'cell>(field: &'cell FieldDefinition, value: &'cell str) -> &'cell str {
    by_value(field, value).map_or(value, |it| it.label.zh_cn.as_str())
}

/// Words of a stored value: its labels in both languages.
pub(super) fn add_words(field: &FieldDefinition, value: &str, words: &mut Vec<String>) {
    match by_value(field, value) {
        Some(option) => {
            words.extend(guanxi_text::search_tokens::index_name_tokens(&option.label.zh_cn));
            words.extend(guanxi_text::search_tokens::index_tokens(&option.label.en));
        }
        None => words.extend(guanxi_text::search_tokens::index_tokens(value)),
    }
}

/// A text that names no option; the message lists some that exist.
pub(super) fn not_an_option(field: &FieldDefinition, given: &str) -> FieldError {
    const SHOWN: usize = 10;
    let given: String = given.chars().filter(|it| !it.is_control()).take(40).collect();
    let offered: Vec<&OptionDefinition> = field.options.iter().filter(|it| !it.retired).collect();
    let more = offered.len() > SHOWN;
    let list = |one: fn(&OptionDefinition) -> &str, comma: &str, and_more: &str| {
        let names: Vec<&str> = offered.iter().take(SHOWN).map(|it| one(it)).collect();
        format!("{}{}", names.join(comma), if more { and_more } else { "" })
    };
    problem(
        field,
        "bad_option",
        format!("没有选项“{given}”，可选：{}", list(|it| &it.label.zh_cn, "、", "等")),
        format!("there is no option `{given}`; choose one of: {}", list(|it| &it.value, ", ", ", ...")),
    )
}

/// What is wrong with the options, if anything. `states` tells whether an option may name successors and an end.
pub(super) fn check(field: &FieldDefinition, states: bool) -> Result<(), Label> {
    // What is wrong with choices that stand elsewhere is told where they are looked for.
    if field.options.is_empty() && field.options_from.is_none() && field.options_of.is_none() {
        return wrong_key("options", "至少需要一个选项", "at least one is needed");
    }
    if field.options.len() > MAX_OPTIONS {
        let found = field.options.len();
        return wrong_key(
            "options",
            format_args!("最多{MAX_OPTIONS}个选项，现有{found}个；请改为新建对象并引用它"),
            format_args!("at most {MAX_OPTIONS}, has {found}; make them an object and refer to it"),
        );
    }
    let mut values = HashSet::new();
    for option in &field.options {
        let value = &option.value;
        let is_well_formed = (1..=40).contains(&value.len()) && value.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
        if !is_well_formed {
            return wrong_key(
                "options",
                format_args!("选项值“{value}”应为1到40个小写字母、数字和下划线"),
                format_args!("value `{value}` must be 1 to 40 lower-case letters, digits and underscores"),
            );
        }
        if !values.insert(value.as_str()) {
            return wrong_key("options", format_args!("选项值“{value}”重复"), format_args!("value `{value}` is there twice"));
        }
        if option.label.zh_cn.trim().is_empty() || option.label.en.trim().is_empty() {
            return wrong_key("options", format_args!("选项“{value}”需要中文和英文名称"), format_args!("`{value}` needs a label in zh-CN and en"));
        }
        if option.label.zh_cn.chars().chain(option.label.en.chars()).any(char::is_control) {
            return wrong_key(
                "options",
                format_args!("选项“{value}”的名称中有控制字符"),
                format_args!("the label of `{value}` has a control character"),
            );
        }
    }
    field.options.iter().try_for_each(|option| check_state(option, states, &values))
}

fn check_state(option: &OptionDefinition, states: bool, values: &HashSet<&str>) -> Result<(), Label> {
    let value = &option.value;
    let is_state = option.next.is_some() || option.closed || option.won || option.probability.is_some();
    if is_state && !states {
        return wrong_key(
            "options",
            format_args!("选项“{value}”设置了后续状态、结束、赢单或概率，只有单选字段可以设置"),
            format_args!("`{value}` has next, closed, won or probability, which only a select has"),
        );
    }
    if let Some(unknown) = option.next.iter().flatten().find(|it| !values.contains(it.as_str())) {
        return wrong_key(
            "options",
            format_args!("“{value}”的后续状态“{unknown}”不是选项"),
            format_args!("next of `{value}` names `{unknown}`, which is no option"),
        );
    }
    if option.won && !option.closed {
        return wrong_key(
            "options",
            format_args!("“{value}”是赢单状态，必须同时是结束状态"),
            format_args!("`{value}` is won but not closed; set closed = true"),
        );
    }
    if option.probability.is_some_and(|it| it > 100) {
        return wrong_key("options", format_args!("“{value}”的概率应为0到100"), format_args!("probability of `{value}` must be from 0 to 100"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_options;
    use super::*;
    use crate::schema::{FieldKind, Label};

    #[test]
    fn options_are_checked() {
        let wrong = |change: fn(&mut FieldDefinition)| {
            let mut field = with_options(FieldKind::Select);
            change(&mut field);
            check(&field, true).expect_err("a problem").en
        };
        assert_eq!(check(&with_options(FieldKind::Select), true), Ok(()));
        assert!(wrong(|it| it.options.clear()).contains("at least one"));
        assert!(wrong(|it| it.options[1].value = "new".into()).contains("twice"));
        assert!(wrong(|it| it.options[0].value = "New".into()).contains("`New`"));
        assert!(wrong(|it| it.options[0].value = String::new()).contains("1 to 40"));
        assert!(wrong(|it| it.options[0].next = Some(vec!["gone".into()])).contains("`gone`"));
        assert!(wrong(|it| it.options[0].won = true).contains("closed"));
        assert!(wrong(|it| it.options[0].probability = Some(101)).contains("probability"));
        assert!(wrong(|it| it.options[0].label.en = " ".into()).contains("label"));
        assert!(wrong(|it| it.options = vec![it.options[0].clone(); 501]).contains("500"));
        let mut field = with_options(FieldKind::MultiSelect);
        field.options[0].closed = true;
        assert!(check(&field, false).expect_err("no states").en.contains("only a select"));
    }

    #[test]
    fn a_value_goes_before_a_label_and_an_option_in_use_before_a_retired_one() {
        let mut field = with_options(FieldKind::Select);
        assert_eq!(find(&field, " WON ").map(|it| it.value.as_str()), Some("won"));
        field.options[0].label = Label::new("won", "Fresh");
        assert_eq!(find(&field, "won").map(|it| it.value.as_str()), Some("won"));
        assert_eq!(find(&field, " fresh ").map(|it| it.value.as_str()), Some("new"));
        field.options[0].label = field.options[1].label.clone();
        field.options[0].retired = true;
        assert_eq!(find(&field, "赢单").map(|it| it.value.as_str()), Some("won"));
        assert_eq!(find(&field, "new").map(|it| it.value.as_str()), Some("new"));
    }
}
