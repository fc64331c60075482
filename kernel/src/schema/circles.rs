//! Whether what an object says of circles can be kept.

use super::{Field, FieldKind, Label, Object, Schema, SchemaProblem};
use crate::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};

/// Adds what is wrong with circles and with what lies in them.
pub(super) fn check_circles(schema: &Schema, problems: &mut Vec<SchemaProblem>) {
    for object in schema.objects.values() {
        let found = problems_of_circle(object).into_iter().chain(problems_of_limits(schema, object)).chain(problems_of_lying(schema, object));
        problems.extend(found.map(|reason| SchemaProblem { object: object.name.clone(), field: None, reason }));
    }
}

fn problems_of_circle(object: &Object) -> Vec<Label> {
    let Some(circle) = &object.definition.circle else { return Vec::new() };
    let links = |field: &Field, target: &str| field.link.is_some() && field.target.as_deref() == Some(target);
    let mut problems = Vec::new();
    let mut ask = |key: &str, name: Option<&String>, fits: &dyn Fn(&Field) -> bool, zh: &str, en: &str| {
        if name.is_some_and(|it| !object.field(it).is_some_and(fits)) {
            problems.push(Label::new(format!("circle.{key}: 应为{zh}"), format!("circle.{key}: must name {en}")));
        }
    };
    let people = |it: &Field| links(it, MEMBER_OBJECT);
    ask("members", Some(&circle.members), &people, "指向成员的多对多字段", "a many-to-many field that leads to members");
    ask("keepers", Some(&circle.keepers), &people, "指向成员的多对多字段", "a many-to-many field that leads to members");
    let departments = |it: &Field| links(it, DEPARTMENT_OBJECT);
    ask("departments", circle.departments.as_ref(), &departments, "指向部门的多对多字段", "a many-to-many field that leads to departments");
    let names = |it: &Field| it.definition.kind == FieldKind::MultiSelect;
    for (key, name) in [("roles", &circle.roles), ("hidden", &circle.hidden), ("masked", &circle.masked)] {
        ask(key, name.as_ref(), &names, "多选字段", "a multi-select field");
    }
    let counts = |it: &Field| it.definition.kind == FieldKind::Number;
    ask("daily_views", circle.daily_views.as_ref(), &counts, "整数字段", "a number field");
    problems
}

/// Where the object of limits is not there, nobody has any of his own.
fn problems_of_limits(schema: &Schema, object: &Object) -> Vec<Label> {
    let limits = object.definition.circle.as_ref().and_then(|it| it.limits.as_ref());
    let Some((limits, target)) = limits.and_then(|it| Some((it, schema.object(&it.object)?))) else { return Vec::new() };
    let named = [&limits.circle, &limits.member, &limits.role, &limits.exempt, &limits.daily_views];
    let missing = named.into_iter().filter(|it| target.field(it).is_none());
    let problem = |it: &String| Label::new(format!("circle.limits: 没有字段“{it}”"), format!("circle.limits: there is no field `{it}`"));
    missing.map(problem).collect()
}

fn problems_of_lying(schema: &Schema, object: &Object) -> Vec<Label> {
    let Some(lies) = &object.definition.in_circle else { return Vec::new() };
    let mut problems = Vec::new();
    let circle = object.field(&lies.circle).filter(|it| it.is_reference()).and_then(|it| schema.object(it.target.as_deref()?));
    if circle.is_none_or(|it| it.definition.circle.is_none()) {
        problems.push(Label::new(
            "in_circle.circle: 应为指向某种圈子（circle）的引用字段",
            "in_circle.circle: must name a reference to an object with `circle`",
        ));
    }
    if object.field(&lies.while_empty).is_none_or(|it| it.link.is_some() || it.part("").is_none()) {
        problems.push(Label::new("in_circle.while_empty: 应为单值字段", "in_circle.while_empty: must name a field with one value"));
    }
    for name in &lies.coverable {
        let fits = |it: &Field| {
            let is_plain = it.target.is_none() && it.link.is_none() && !it.is_computed() && !it.is_engine_managed();
            is_plain && it.definition.kind != FieldKind::Record && it.name() != object.definition.title_field
        };
        if !object.field(name).is_some_and(fits) {
            problems.push(Label::new(
                format!("in_circle.coverable: “{name}”不能遮盖：应为普通字段，不是标题、引用或计算字段"),
                format!("in_circle.coverable: `{name}` cannot be covered: it must be a plain field, no title, reference or computed one"),
            ));
        }
    }
    for name in lies.covered_with.keys().filter(|it| !lies.coverable.contains(it)) {
        problems.push(Label::new(
            format!("in_circle.covered_with: “{name}”不在 coverable 里"),
            format!("in_circle.covered_with: `{name}` is not one of `coverable`"),
        ));
    }
    for name in lies.open_to_see.iter().filter(|it| object.field(it).is_none()) {
        problems.push(Label::new(format!("in_circle.open_to_see: 没有字段“{name}”"), format!("in_circle.open_to_see: there is no field `{name}`")));
    }
    problems
}
