//! Records of other objects that may mean the same: what of this object is compared with what of the other.

use std::collections::BTreeSet;

use super::{ComparedColumn, ComparedObject, Field, FieldKind, Label, Object, Schema};

/// Most other objects that one is compared with.
const MAX_ACROSS: usize = 5;

/// A part of this object's record that stands for a column of another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPart {
    /// Type of the field.
    pub kind: FieldKind,
    /// Position in this object's table.
    pub column: usize,
}

impl Object {
    /// For each column the other object is compared by, the parts of this one that stand for it, in the order they were named.
    pub fn compared_across(&self, other: &Object, across: &ComparedObject) -> Vec<Vec<OwnPart>> {
        let named = |column: &ComparedColumn<'_>| -> Vec<OwnPart> {
            let fields = across.fields.iter().filter(|it| it.is == column.field.name()).filter_map(|it| self.field(&it.field));
            fields.filter_map(|it| own_part(it, column)).collect()
        };
        other.compared().iter().map(named).collect()
    }
}

/// The part of a field that holds what another object's column holds; nothing where they cannot be compared.
fn own_part(field: &Field, column: &ComparedColumn<'_>) -> Option<OwnPart> {
    let (own, other) = (field.definition.kind, column.field.definition.kind);
    let fits = own == other && field.target == column.field.target;
    let fits = fits || (column.part.is_empty() && is_wording(own) && is_wording(other));
    let part = field.part(column.part).filter(|_| fits)?;
    Some(OwnPart { kind: own, column: part.column })
}

/// Whether values of a type are words or digits, which mean the same in any other field of these.
fn is_wording(kind: FieldKind) -> bool {
    use FieldKind::{AutoNumber, Email, LongText, Number, PersonName, Phone, Text, Url};
    matches!(kind, Text | LongText | Number | AutoNumber | Url | Email | Phone | PersonName)
}

/// What is wrong with the other objects one is compared with: by the field, where it is about one.
pub(super) fn problems_of_across(schema: &Schema, object: &Object) -> Vec<(Option<String>, Label)> {
    let mut problems = Vec::new();
    let mut report = |field: Option<&str>, zh: String, en: String| {
        let label = Label::new(format!("duplicates_against: {zh}"), format!("duplicates_against: {en}"));
        problems.push((field.map(str::to_owned), label));
    };
    let all = &object.definition.duplicates_against;
    if !all.is_empty() && object.definition.duplicates.is_empty() {
        report(None, "请先用duplicates说明本对象如何查重".into(), "say by `duplicates` how its own records are compared first".into());
    }
    if all.len() > MAX_ACROSS {
        report(None, format!("最多{MAX_ACROSS}个其他对象"), format!("at most {MAX_ACROSS} other objects"));
    }
    let mut seen = BTreeSet::new();
    for across in all {
        let name = &across.object;
        if *name == object.name || !seen.insert(name) {
            report(None, format!("“{name}”是本对象或重复"), format!("`{name}` is this object, or is named twice"));
            continue;
        }
        let Some(other) = schema.object(name) else {
            report(None, format!("没有对象“{name}”"), format!("there is no object `{name}`"));
            continue;
        };
        if across.fields.is_empty() {
            report(None, format!("请说明与“{name}”比较哪些字段"), format!("say which fields are compared with those of `{name}`"));
        }
        let columns = other.compared();
        for pair in &across.fields {
            let Some(own) = object.field(&pair.field) else {
                report(None, format!("没有字段“{}”", pair.field), format!("there is no field `{}`", pair.field));
                continue;
            };
            // What the other object is not compared by any more says nothing: its administrator decides that.
            let mut theirs = columns.iter().filter(|it| it.field.name() == pair.is).peekable();
            if other.field(&pair.is).is_none() {
                let (zh, en) = (format!("没有字段“{name}.{}”", pair.is), format!("there is no field `{name}.{}`", pair.is));
                report(Some(&pair.field), zh, en);
            } else if theirs.peek().is_some() && !theirs.any(|it| own_part(own, it).is_some()) {
                let (zh, en) = (format!("与“{name}.{}”类型不同，不能比较", pair.is), format!("cannot be compared with `{name}.{}`", pair.is));
                report(Some(&pair.field), zh, en);
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ComparedAcross, ObjectDefinition, ObjectSource, Origin, SchemaProblem, build_schema};

    const FIRM: &str = "name = 'firm'\ntitle_field = 'name'\nowned = false\nlabel = { zh-CN = '公司', en = 'Firm' }
duplicates = [{ field = 'name', as = 'company' }, { field = 'phone' }, { field = 'address' }]
field = [{ name = 'name', type = 'text', label = { zh-CN = '名', en = 'Name' } },
  { name = 'phone', type = 'phone', label = { zh-CN = '电话', en = 'Phone' } },
  { name = 'address', type = 'address', label = { zh-CN = '地址', en = 'Address' } },
  { name = 'note', type = 'text', label = { zh-CN = '备注', en = 'Note' } }]";

    fn guest(pairs: &[(&str, &str)]) -> ObjectDefinition {
        let mut guest: ObjectDefinition = toml::from_str(
            "name = 'guest'\ntitle_field = 'name'\nowned = false\nlabel = { zh-CN = '访客', en = 'Guest' }
duplicates = [{ field = 'name' }]
field = [{ name = 'name', type = 'person_name', label = { zh-CN = '名', en = 'Name' } },
  { name = 'firm', type = 'text', label = { zh-CN = '公司', en = 'Firm' } },
  { name = 'mobile', type = 'phone', label = { zh-CN = '手机', en = 'Mobile' } },
  { name = 'phone', type = 'phone', label = { zh-CN = '电话', en = 'Phone' } },
  { name = 'home', type = 'address', label = { zh-CN = '地址', en = 'Home' } },
  { name = 'day', type = 'date', label = { zh-CN = '日期', en = 'Day' } }]",
        )
        .expect("a definition");
        let fields = pairs.iter().map(|(field, is)| ComparedAcross { field: (*field).into(), is: (*is).into() }).collect();
        guest.duplicates_against = vec![ComparedObject { object: "firm".into(), fields }];
        guest
    }

    fn built(guest: ObjectDefinition) -> Result<Schema, Vec<SchemaProblem>> {
        let mut user: ObjectDefinition = toml::from_str(
            "name = 'user'\ntitle_field = 'name'\nowned = false\nlabel = { zh-CN = '成员', en = 'Member' }
field = [{ name = 'name', type = 'text', label = { zh-CN = '名', en = 'Name' } }]",
        )
        .expect("a definition");
        let mut definitions = vec![guest, toml::from_str(FIRM).expect("a definition"), user.clone()];
        user.name = "department".into();
        definitions.push(user);
        let none = BTreeSet::new;
        let source =
            |definition| ObjectSource { app: String::new(), origin: Origin::Standard, definition, custom_fields: none(), pack_fields: none() };
        build_schema(1, Vec::new(), Vec::new(), Vec::new(), definitions.into_iter().map(source).collect())
    }

    #[test]
    fn several_fields_may_stand_for_one_and_addresses_go_part_by_part() {
        let pairs = [("firm", "name"), ("name", "name"), ("mobile", "phone"), ("phone", "phone"), ("home", "address")];
        let schema = built(guest(&pairs)).expect("it builds");
        let (guest, firm) = (schema.object("guest").expect("it"), schema.object("firm").expect("it"));
        let parts = guest.compared_across(firm, &guest.definition.duplicates_against[0]);
        let at = |field: &str, part: &str| guest.field(field).and_then(|it| it.part(part)).map(|it| it.column).expect("a part");
        let columns: Vec<Vec<usize>> = parts.iter().map(|it| it.iter().map(|it| it.column).collect()).collect();
        assert_eq!(columns[..3], [vec![at("firm", ""), at("name", "")], vec![at("mobile", ""), at("phone", "")], vec![at("home", "province")]]);
        assert_eq!(columns.len(), firm.compared().len());
    }

    #[test]
    fn what_cannot_be_compared_is_refused_by_its_name() {
        for (pair, reason) in [
            (("nothing", "name"), "there is no field `nothing`"),
            (("firm", "nothing"), "there is no field `firm.nothing`"),
            (("day", "name"), "cannot be compared with `firm.name`"),
            (("firm", "address"), "cannot be compared with `firm.address`"),
        ] {
            let problems = built(guest(&[pair])).expect_err("it is refused");
            assert!(problems.len() == 1 && problems[0].reason.en.contains(reason), "{problems:?}");
        }
        let refused = |change: fn(&mut ObjectDefinition)| {
            let mut definition = guest(&[("firm", "name")]);
            change(&mut definition);
            built(definition).expect_err("it is refused")[0].reason.en.clone()
        };
        assert!(refused(|it| it.duplicates_against[0].object = "guest".into()).contains("this object"));
        assert!(refused(|it| it.duplicates_against[0].object = "nobody".into()).contains("no object `nobody`"));
        assert!(refused(|it| it.duplicates_against[0].fields.clear()).contains("which fields"));
        assert!(refused(|it| it.duplicates.clear()).contains("`duplicates`"));
        assert!(built(guest(&[("firm", "note")])).is_ok(), "what the other object is not compared by says nothing");
    }
}
