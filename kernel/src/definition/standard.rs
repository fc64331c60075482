//! Changing standard objects: what an administrator may make his own, and what stays as the app has it.
//!
//! Names, icon, colour, help, views, further rules and further indexes are his. The name, the title field and the
//! standard fields stay, because actions, hooks and imports are written against them. The standard's rules stay too,
//! but for what they say: roll-ups and actions count on what they forbid (an end before its start, a closed deal
//! without a reason), so a weakened rule would break code that cannot know. Who needs a case they refuse adds an option
//! or a field for it.

use crate::error::FieldError;
use crate::pack::Standard;
use crate::schema::{
    FieldDefinition, FieldKind, IndexDefinition, Label, OWN_PREFIX, Object, ObjectDefinition, Overlay, RuleDefinition, Schema, differs,
};
use crate::workspace::Customisation;

use super::SchemaStep;

/// Reports a problem: place, Chinese, English.
pub(super) type Report<'a> = &'a mut dyn FnMut(&str, String, String);

/// Most fields of an index.
const MAX_INDEX_FIELDS: usize = 5;

/// Whether a workspace has changed anything of a standard object but its fields.
pub fn is_changed(standard: &Standard, object: &Object) -> bool {
    standard.object(&object.name).is_some_and(|it| differs(it, &object.definition))
}

/// Makes `wanted` of a standard object, or reports everything that stands against it.
pub(super) fn change(standard: &Standard, schema: &Schema, custom: &mut Customisation, wanted: &ObjectDefinition, report: Report<'_>) {
    let (Some(standard), Some(current)) = (standard.object(&wanted.name), schema.object(&wanted.name)) else {
        report("object.name", format!("没有对象“{}”", wanted.name), format!("there is no object `{}`", wanted.name));
        return;
    };
    let mut fine = true;
    let mut refuse = |place: &str, zh: String, en: String| {
        fine = false;
        report(place, zh, en);
    };
    if wanted.title_field != standard.title_field {
        refuse("object.title_field", "标准对象的标题字段不能改变".into(), "the title field of a standard object stays".into());
    }
    let belonging =
        |it: &ObjectDefinition| (it.owned, it.internal, it.explicit_rights, it.follows.clone(), it.follows_changes, it.private_to.clone());
    let circles = |it: &ObjectDefinition| (it.circle.clone(), it.in_circle.clone(), it.seen_with.clone());
    if belonging(wanted) != belonging(standard) || circles(wanted) != circles(standard) {
        refuse("object.owned", "标准对象的归属方式不能改变".into(), "a standard object keeps its ownership and its place".into());
    }
    if !wanted.fields.is_empty() && wanted.fields != current.definition.fields {
        refuse(
            "object.field",
            "标准对象的字段请逐个修改（change_field），或此处留空".into(),
            "change fields of a standard object one by one (change_field); leave them out here".into(),
        );
    }
    if wanted.label.zh_cn.trim().is_empty() || wanted.label.en.trim().is_empty() {
        refuse("object.label", "请填写中文和英文名称".into(), "a name is needed in Chinese and in English".into());
    }
    check_rules(&standard.rules, &wanted.rules, &mut refuse);
    check_views(standard, wanted, &mut refuse);
    for index in standard.indexes.iter().filter(|it| !wanted.indexes.contains(it)) {
        let fields = index.fields.join(", ");
        refuse("object.index", format!("标准索引（{fields}）不能去掉"), format!("the standard index over {fields} stays"));
    }
    if fine {
        match Overlay::of_object(standard, wanted) {
            Some(overlay) => drop(custom.changed_objects.insert(wanted.name.clone(), overlay)),
            None => drop(custom.changed_objects.remove(&wanted.name)),
        }
    }
}

fn check_rules(standard: &[RuleDefinition], wanted: &[RuleDefinition], refuse: Report<'_>) {
    for rule in standard {
        let place = format!("object.rule.{}", rule.name);
        match wanted.iter().find(|it| it.name == rule.name) {
            Some(it) if (&it.expression, &it.field) == (&rule.expression, &rule.field) => {}
            Some(_) => refuse(
                &place,
                format!("标准规则“{}”只能改提示文字；需要更严时请另加规则", rule.name),
                format!("of the standard rule `{}` only the message can change; add a rule where it shall be stricter", rule.name),
            ),
            None => refuse(
                &place,
                format!("标准规则“{}”不能去掉：操作和汇总依赖它", rule.name),
                format!("the standard rule `{}` stays: actions and roll-ups count on it", rule.name),
            ),
        }
    }
    let own = wanted.iter().filter(|it| standard.iter().all(|rule| rule.name != it.name));
    check_own_names("rule", own.map(|it| &it.name), refuse);
}

fn check_views(standard: &ObjectDefinition, wanted: &ObjectDefinition, refuse: Report<'_>) {
    let (before, after) = (&standard.views, &wanted.views);
    if after.list.is_empty() && !before.list.is_empty() {
        refuse("object.views.list", "至少保留一个列表".into(), "keep at least one list".into());
    }
    let lists = after.list.iter().filter(|it| before.list.iter().all(|list| list.name != it.name));
    check_own_names("views.list", lists.map(|it| &it.name), refuse);
    let (before, after) = (&before.record.sections, &after.record.sections);
    let sections = after.iter().filter(|it| before.iter().all(|section| section.name != it.name));
    check_own_names("views.record.section", sections.map(|it| &it.name), refuse);
}

/// Names of what is added begin so that no upgrade's can be the same.
fn check_own_names<'a>(kind: &str, names: impl Iterator<Item = &'a String>, refuse: Report<'_>) {
    for name in names.filter(|it| !it.starts_with(OWN_PREFIX)) {
        refuse(
            &format!("object.{kind}.{name}"),
            format!("在标准对象上新增的名称须以“{OWN_PREFIX}”开头，以免与以后的版本冲突"),
            format!("names of what you add to a standard object begin with `{OWN_PREFIX}`, so that they never meet those of a later version"),
        );
    }
}

/// Takes back what was changed of a standard object.
pub(super) fn reset_object(standard: &Standard, custom: &mut Customisation, object: &str, report: Report<'_>) {
    if standard.object(object).is_none() {
        report("object", "只有标准对象可以恢复为标准".into(), "only a standard object can go back to its standard".into());
        return;
    }
    custom.changed_objects.remove(object);
}

/// Takes back what was changed of a standard field.
pub(super) fn reset_field(standard: &Standard, custom: &mut Customisation, object: &str, name: &str, report: Report<'_>) {
    if standard.field(object, name).is_none() {
        report("name", "只有标准字段可以恢复为标准".into(), "only a standard field can go back to its standard".into());
        return;
    }
    forget_field(custom, object, name);
}

/// Keeps what is changed of a standard field.
pub(super) fn change_field(standard: &FieldDefinition, custom: &mut Customisation, object: &str, wanted: &FieldDefinition) {
    forget_field(custom, object, &wanted.name);
    if let Some(overlay) = Overlay::of_field(standard, wanted) {
        custom.field_overlays.entry(object.to_owned()).or_default().insert(wanted.name.clone(), overlay);
    }
}

fn forget_field(custom: &mut Customisation, object: &str, name: &str) {
    if let Some(whole) = custom.changed_fields.get_mut(object) {
        whole.retain(|it| it.name != name);
    }
    if let Some(overlays) = custom.field_overlays.get_mut(object) {
        overlays.remove(name);
    }
}

/// What is wrong with the indexes of an object.
pub(super) fn index_problems(object: &Object) -> Vec<FieldError> {
    let problem = |zh: String, en: String| FieldError::new("object.index", "rule", zh, en);
    let mut problems = Vec::new();
    for IndexDefinition { fields, .. } in &object.definition.indexes {
        if fields.is_empty() || fields.len() > MAX_INDEX_FIELDS {
            problems.push(problem(format!("索引包含1到{MAX_INDEX_FIELDS}个字段"), format!("an index has 1 to {MAX_INDEX_FIELDS} fields")));
        }
        for name in fields {
            let long = [FieldKind::LongText, FieldKind::RichText, FieldKind::Json, FieldKind::MultiSelect];
            let fits = object.field(name).is_some_and(|it| it.link.is_none() && !it.parts.is_empty() && !long.contains(&it.definition.kind));
            if !fits {
                problems.push(problem(format!("字段“{name}”不能建索引"), format!("`{name}` is no field that can be indexed")));
            }
        }
    }
    problems
}

/// What a change does to an object beside its tables, for people.
pub(super) fn described(before: &ObjectDefinition, after: &ObjectDefinition) -> Vec<SchemaStep> {
    let mut steps = Vec::new();
    let mut step = |part: &str, zh: String, en: String| {
        steps.push(SchemaStep { op: "change_definition", table: after.name.clone(), name: part.to_owned(), summary: Label::new(zh, en) });
    };
    let (old, new) = (&before.views, &after.views);
    let plain: [(&str, bool, &str, &str); 9] = [
        ("label", before.label != after.label, "名称", "name"),
        ("plural", before.plural != after.plural, "复数名称", "plural name"),
        ("help", before.help != after.help, "说明", "help"),
        ("icon", before.icon != after.icon, "图标", "icon"),
        ("color", before.color != after.color, "颜色", "colour"),
        ("views.board", old.board != new.board, "看板", "board"),
        ("views.calendar", old.calendar != new.calendar, "日历", "calendar"),
        ("views.record", (&old.record.key_facts, &old.record.sections) != (&new.record.key_facts, &new.record.sections), "详情页", "record page"),
        (
            "views.record.related",
            (&old.record.related, &old.record.quick_log) != (&new.record.related, &new.record.quick_log),
            "相关列表",
            "related lists",
        ),
    ];
    for (part, _, zh, en) in plain.into_iter().filter(|it| it.1) {
        step(part, format!("修改{zh}"), format!("change the {en}"));
    }
    let lists = |it: &ObjectDefinition| it.views.list.iter().map(|it| (it.name.clone(), it.label.clone(), format!("{it:?}"))).collect();
    let rules = |it: &ObjectDefinition| it.rules.iter().map(|it| (it.name.clone(), it.message.clone(), format!("{it:?}"))).collect();
    named_steps("views.list", ("列表", "list"), lists(before), lists(after), &mut step);
    named_steps("rule", ("规则", "rule"), rules(before), rules(after), &mut step);
    let order = |it: &ObjectDefinition| it.views.list.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let (mut sorted, mut wanted) = (order(before), order(after));
    let moved = sorted != wanted;
    sorted.sort();
    wanted.sort();
    if moved && sorted == wanted {
        step("views.list", "调整列表顺序".into(), "change the order of the lists".into());
    }
    steps
}

/// Steps of things with names: name, what people call it, everything about it.
fn named_steps(part: &str, kind: (&str, &str), before: Vec<(String, Label, String)>, after: Vec<(String, Label, String)>, step: Report<'_>) {
    let place = |name: &str| format!("{part}.{name}");
    for (name, label, all) in &after {
        match before.iter().find(|it| it.0 == *name) {
            None => step(&place(name), format!("新增{}“{}”", kind.0, label.zh_cn), format!("add the {} “{}”", kind.1, label.en)),
            Some(old) if old.2 != *all => {
                step(&place(name), format!("修改{}“{}”", kind.0, label.zh_cn), format!("change the {} “{}”", kind.1, label.en));
            }
            Some(_) => {}
        }
    }
    for (name, label, _) in before.iter().filter(|it| after.iter().all(|new| new.0 != it.0)) {
        step(&place(name), format!("去掉{}“{}”", kind.0, label.zh_cn), format!("take away the {} “{}”", kind.1, label.en));
    }
}
