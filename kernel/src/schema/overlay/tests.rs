use super::*;

const STANDARD: &str = r#"
name = "account"
label = { zh-CN = "客户", en = "Account" }
title_field = "name"
color = "blue"
[[rule]]
name = "named"
expression = "name != ''"
message = { zh-CN = "要有名称", en = "A name is needed" }
[[index]]
fields = ["owner", "name"]
[[views.list]]
name = "all"
label = { zh-CN = "全部", en = "All" }
columns = ["name", "owner"]
[[views.list]]
name = "mine"
label = { zh-CN = "我的", en = "Mine" }
columns = ["name"]
filter = "owner == me.id"
[views.board]
group_by = "level"
card = ["name"]
[views.record]
key_facts = ["level"]
quick_log = ["call"]
[[views.record.section]]
name = "basic"
label = { zh-CN = "基本", en = "Basics" }
fields = ["name", "level"]
[[views.record.section]]
name = "more"
label = { zh-CN = "更多", en = "More" }
fields = ["phone"]
"#;

fn standard() -> ObjectDefinition {
    toml::from_str(STANDARD).unwrap()
}

/// The standard after an upgrade.
fn upgraded(change: impl Fn(&mut ObjectDefinition)) -> ObjectDefinition {
    let mut next = standard();
    change(&mut next);
    next
}

/// What stands after an administrator's change and then an upgrade.
fn after(change: impl Fn(&mut ObjectDefinition), upgrade: impl Fn(&mut ObjectDefinition)) -> ObjectDefinition {
    let mut own = standard();
    change(&mut own);
    let overlay = Overlay::of_object(&standard(), &own).expect("something was changed");
    let stored: Overlay = serde_json::from_str(&serde_json::to_string(&overlay).unwrap()).unwrap();
    assert_eq!(stored.over_object(&standard()).unwrap(), own, "without an upgrade it is what he made of it");
    stored.over_object(&upgraded(upgrade)).unwrap()
}

fn list(name: &str) -> super::super::ListViewDefinition {
    super::super::ListViewDefinition {
        name: name.into(),
        label: super::super::Label::new(name, name),
        columns: vec!["name".into()],
        filter: None,
        sort: None,
    }
}

fn names(definition: &ObjectDefinition) -> Vec<&str> {
    definition.views.list.iter().map(|it| it.name.as_str()).collect()
}

#[test]
fn no_change_is_no_overlay() {
    assert_eq!(Overlay::of_object(&standard(), &standard()), None);
    let mut fields_only = standard();
    fields_only.fields.clear();
    assert_eq!(Overlay::of_object(&standard(), &fields_only), None);
}

#[test]
fn what_was_left_alone_follows_the_standard() {
    let now = after(
        |it| it.label.en = "Client".into(),
        |it| {
            it.label.zh_cn = "企业客户".into();
            it.color = Some("green".into());
            it.plural = Some(super::super::Label::new("客户", "Accounts"));
            it.views.board.as_mut().unwrap().card.push("owner".into());
        },
    );
    assert_eq!((now.label.en.as_str(), now.label.zh_cn.as_str(), now.color.as_deref()), ("Client", "企业客户", Some("green")));
    assert_eq!(now.views.board.unwrap().card, ["name", "owner"]);
    assert_eq!(now.plural.unwrap().en, "Accounts");
}

#[test]
fn a_new_list_of_the_standard_is_there_once() {
    let add = |it: &mut ObjectDefinition| it.views.list.insert(1, list("hot"));
    let now = after(|it| it.views.list.push(list("custom_vip")), add);
    assert_eq!(names(&now), ["all", "hot", "mine", "custom_vip"]);
    // The administrator changes something again after the upgrade: nothing comes twice.
    let mut own = now.clone();
    own.views.list.reverse();
    let overlay = Overlay::of_object(&upgraded(add), &own).unwrap();
    assert_eq!(names(&overlay.over_object(&upgraded(add)).unwrap()), ["custom_vip", "mine", "hot", "all"]);
}

#[test]
fn what_was_taken_away_stays_away_and_what_was_changed_stays_changed() {
    let now = after(
        |it| {
            it.views.list.remove(1);
            it.views.list[0].columns = vec!["name".into(), "phone".into()];
        },
        |it| {
            it.views.list[0].columns.push("level".into());
            it.views.list[0].label.en = "Everybody".into();
            it.views.list[1].sort = Some("name".into());
        },
    );
    assert_eq!(names(&now), ["all"]);
    assert_eq!(now.views.list[0].columns, ["name", "phone"], "columns are one choice");
    assert_eq!(now.views.list[0].label.en, "Everybody");
}

#[test]
fn what_the_standard_gives_up_goes_unless_it_was_changed() {
    let gone = |it: &mut ObjectDefinition| it.views.list.clear();
    assert_eq!(names(&after(|it| it.color = None, gone)), Vec::<&str>::new());
    assert_eq!(names(&after(|it| it.views.list[1].label.en = "My own".into(), gone)), ["mine"]);
}

#[test]
fn a_rule_of_the_standard_goes_and_changes_with_it() {
    let reworded = |it: &mut ObjectDefinition| it.rules[0].message.en = "Name it".into();
    let stricter = |it: &mut ObjectDefinition| it.rules[0].expression = "name != '' && name != '-'".into();
    let now = after(reworded, stricter);
    assert_eq!((now.rules[0].expression.as_str(), now.rules[0].message.en.as_str()), ("name != '' && name != '-'", "Name it"));
    assert!(after(reworded, |it| it.rules.clear()).rules.is_empty());
}

#[test]
fn an_index_wanted_twice_is_there_once() {
    let add = |unique: bool| {
        move |it: &mut ObjectDefinition| it.indexes.push(super::super::IndexDefinition { fields: vec!["phone".into(), "name".into()], unique })
    };
    let now = after(add(false), add(true));
    assert_eq!(now.indexes.len(), 2);
    assert!(now.indexes[1].unique);
}

#[test]
fn a_field_stands_in_one_section() {
    let moved = |it: &mut ObjectDefinition| {
        let field = it.views.record.sections[0].fields.remove(1);
        it.views.record.sections[1].fields.push(field);
    };
    let now = after(moved, |it| {
        it.views.record.sections[0].fields.push("fax".into());
        it.views.record.sections.push(super::super::SectionDefinition {
            name: "third".into(),
            label: super::super::Label::new("三", "Third"),
            fields: vec!["level".into(), "size".into()],
        });
        it.views.record.sections[0].fields.retain(|it| it != "level");
    });
    let fields: Vec<(&str, &[String])> = now.views.record.sections.iter().map(|it| (it.name.as_str(), it.fields.as_slice())).collect();
    let wanted: [(&str, &[&str]); 3] = [("basic", &["name", "fax"]), ("more", &["phone", "level"]), ("third", &["size"])];
    for (found, wanted) in fields.iter().zip(wanted) {
        assert_eq!((found.0, found.1.iter().map(String::as_str).collect::<Vec<_>>()), (wanted.0, wanted.1.to_vec()));
    }
}

#[test]
fn a_changed_field_gets_the_new_options_of_the_standard() {
    let field = |options: &[&str]| -> FieldDefinition {
        let options: Vec<String> =
            options.iter().map(|it| format!("{{ value = \"{it}\", label = {{ zh-CN = \"{it}\", en = \"{it}\" }} }}")).collect();
        let source =
            format!("name = \"level\"\ntype = \"select\"\nlabel = {{ zh-CN = \"级别\", en = \"Level\" }}\noptions = [{}]", options.join(", "));
        toml::from_str(&source).unwrap()
    };
    let mut own = field(&["a", "b", "mine"]);
    own.label.en = "Grade".into();
    own.required = true;
    let overlay = Overlay::of_field(&field(&["a", "b"]), &own).unwrap();
    let now = overlay.over_field(&field(&["a", "c", "b"])).unwrap();
    let values: Vec<&str> = now.options.iter().map(|it| it.value.as_str()).collect();
    assert_eq!((values, now.label.en.as_str(), now.required), (vec!["a", "c", "b", "mine"], "Grade", true));
}
