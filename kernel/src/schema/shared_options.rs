//! Selects that offer the choices of another one: what is added there is offered here at once.

use std::collections::BTreeMap;

use super::{FieldDefinition, FieldKind, Label, ObjectSource, OptionDefinition, SchemaProblem};

/// Gives each field with `options_of` the choices of the field it names: as plain choices, since where a state may move to, and
/// whether it ends something, is a matter of that field. Answers what is wrong.
pub(super) fn share(sources: &mut [ObjectSource]) -> Vec<SchemaProblem> {
    let mut problems = Vec::new();
    let mut choices: BTreeMap<String, Vec<OptionDefinition>> = BTreeMap::new();
    let wanted: Vec<String> = fields(sources).filter_map(|(_, it)| it.options_of.clone()).collect();
    for path in wanted {
        if let Some(found) = source_of(sources, &path) {
            choices.insert(path, found.options.clone());
        }
    }
    for source in sources {
        let object = source.definition.name.clone();
        for field in source.definition.fields.iter_mut().filter(|it| it.options_of.is_some() || it.open_options) {
            let mut report = |zh: String, en: String| {
                let reason = Label::new(format!("options_of: {zh}"), format!("options_of: {en}"));
                problems.push(SchemaProblem { object: object.clone(), field: Some(field.name.clone()), reason });
            };
            let Some(path) = field.options_of.as_deref() else {
                report("open_options只与options_of一起使用".into(), "open_options goes with options_of".into());
                continue;
            };
            if !matches!(field.kind, FieldKind::Select | FieldKind::MultiSelect) || field.options_from.is_some() {
                report("只用于选项不来自别处的单选和多选字段".into(), "is for select and multi_select without options_from".into());
                continue;
            }
            let Some(found) = choices.get(path) else {
                report(format!("“{path}”不是有自己选项的字段（对象.字段）"), format!("`{path}` is no field with options of its own (object.field)"));
                continue;
            };
            field.options = shared(found, field);
        }
    }
    problems
}

fn fields(sources: &[ObjectSource]) -> impl Iterator<Item = (&str, &FieldDefinition)> {
    sources.iter().flat_map(|it| it.definition.fields.iter().map(|field| (it.definition.name.as_str(), field)))
}

/// The field that a path names, if it has options of its own.
fn source_of<'a>(sources: &'a [ObjectSource], path: &str) -> Option<&'a FieldDefinition> {
    let (object, field) = path.split_once('.')?;
    let mut named = fields(sources).filter(|it| it.0 == object && it.1.name == field);
    named.next().map(|it| it.1).filter(|it| it.options_of.is_none() && it.options_from.is_none() && !it.options.is_empty())
}

/// The choices of another field. What the field itself had beside them, before it shared those, keeps its name on old records.
pub(crate) fn shared(found: &[OptionDefinition], field: &FieldDefinition) -> Vec<OptionDefinition> {
    let plain = |it: &OptionDefinition| OptionDefinition {
        color: it.color.clone(),
        retired: it.retired,
        ..OptionDefinition::new(&it.value, it.label.clone())
    };
    let offered = found.iter().filter(|it| !(field.open_options && it.closed)).map(plain);
    let former = field.options.iter().filter(|it| found.iter().all(|found| found.value != it.value));
    offered.chain(former.map(|it| OptionDefinition { retired: true, ..plain(it) })).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema::{ObjectDefinition, Origin, Schema, build_schema};

    const DEAL: &str = "name = 'deal'\ntitle_field = 'name'\nowned = false\nlabel = { zh-CN = '商机', en = 'Deal' }
field = [{ name = 'name', type = 'text', label = { zh-CN = '名', en = 'Name' } },
  { name = 'stage', type = 'select', label = { zh-CN = '阶段', en = 'Stage' }, options = [
    { value = 'new', label = { zh-CN = '新', en = 'New' }, color = 'gray', next = ['won'], probability = 10 },
    { value = 'won', label = { zh-CN = '赢', en = 'Won' }, closed = true, won = true }] }]";

    fn built(fields: &str) -> Result<Schema, Vec<SchemaProblem>> {
        let move_of = format!(
            "name = 'move'\ntitle_field = 'name'\nowned = false\nlabel = {{ zh-CN = '变动', en = 'Move' }}\nfield = [
{{ name = 'name', type = 'text', label = {{ zh-CN = '名', en = 'Name' }} }}, {fields}]"
        );
        let member = |name: &str| {
            format!(
                "name = '{name}'\ntitle_field = 'name'\nowned = false\nlabel = {{ zh-CN = '成员', en = 'Member' }}
field = [{{ name = 'name', type = 'text', label = {{ zh-CN = '名', en = 'Name' }} }}]"
            )
        };
        let texts = [DEAL.to_owned(), move_of, member("user"), member("department")];
        let none = BTreeSet::new;
        let source = |text: &String| {
            let definition: ObjectDefinition = toml::from_str(text).expect("a definition");
            ObjectSource { app: String::new(), origin: Origin::Standard, definition, custom_fields: none(), pack_fields: none() }
        };
        build_schema(1, Vec::new(), Vec::new(), Vec::new(), texts.iter().map(source).collect())
    }

    fn select(name: &str, more: &str) -> String {
        format!("{{ name = '{name}', type = 'select', label = {{ zh-CN = '阶段', en = 'Stage' }}, {more} }}")
    }

    #[test]
    fn choices_are_those_of_the_field_named_without_its_moves() {
        let former = "options_of = 'deal.stage', options = [{ value = 'new', label = { zh-CN = '旧', en = 'Old' } }, { value = 'gone', label = { zh-CN = '去', en = 'Gone' } }]";
        let fields =
            [select("from", "options_of = 'deal.stage'"), select("open", "options_of = 'deal.stage', open_options = true"), select("old", former)];
        let schema = built(&fields.join(", ")).expect("it builds");
        let options = |name: &str| schema.object("move").and_then(|it| it.field(name)).map(|it| it.definition.options.clone()).expect("options");
        let told = |name: &str| -> Vec<(String, String, bool)> {
            options(name).iter().map(|it| (it.value.clone(), it.label.en.clone(), it.retired)).collect()
        };
        let told_as =
            |all: &[(&str, &str, bool)]| -> Vec<(String, String, bool)> { all.iter().map(|it| (it.0.to_owned(), it.1.to_owned(), it.2)).collect() };
        assert_eq!(told("from"), told_as(&[("new", "New", false), ("won", "Won", false)]));
        assert_eq!(told("open"), told_as(&[("new", "New", false)]));
        assert_eq!(told("old"), told_as(&[("new", "New", false), ("won", "Won", false), ("gone", "Gone", true)]));
        assert!(options("from").iter().all(|it| it.next.is_none() && !it.closed && !it.won && it.probability.is_none()));
        assert_eq!(options("from")[0].color.as_deref(), Some("gray"));
    }

    #[test]
    fn what_cannot_be_shared_is_refused_by_its_name() {
        for (more, reason) in [
            ("options_of = 'deal.nothing'", "`deal.nothing`"),
            ("options_of = 'deal.name'", "`deal.name`"),
            ("options_of = 'stage'", "`stage`"),
            ("options_of = 'move.other'", "`move.other`"),
            ("options_of = 'deal.stage', options_from = 'roles'", "without options_from"),
            ("open_options = true, options = [{ value = 'a', label = { zh-CN = '甲', en = 'A' } }]", "goes with options_of"),
        ] {
            let problems = built(&[select("stage", more), select("other", "options_of = 'deal.stage'")].join(", ")).expect_err("it is refused");
            assert!(problems.iter().any(|it| it.field.as_deref() == Some("stage") && it.reason.en.contains(reason)), "{more}: {problems:?}");
        }
        let text = "{ name = 'note', type = 'text', label = { zh-CN = '阶段', en = 'Stage' }, options_of = 'deal.stage' }";
        assert!(built(text).expect_err("it is refused")[0].reason.en.contains("is for select"));
    }
}
