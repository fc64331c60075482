//! By which columns records of an object are compared to find those that mean the same.

use std::collections::BTreeSet;

use super::{CompareAs, ComparedField, Field, FieldKind, Label, Object};

/// Most columns that are compared: as many as what compares them takes.
pub const MAX_COMPARED: usize = 16;

/// A column that is compared. Addresses and names of persons are compared by their parts.
#[derive(Debug, Clone, Copy)]
pub struct ComparedColumn<'a> {
    /// The field.
    pub field: &'a Field,
    /// The part of the field; empty where it is compared as a whole.
    pub part: &'static str,
    /// Position in the object's table.
    pub column: usize,
    /// What it holds.
    pub compare_as: CompareAs,
}

impl Object {
    /// The columns compared, in the order of the definition; none where nobody looks for duplicates.
    pub fn compared(&self) -> Vec<ComparedColumn<'_>> {
        let columns = self.definition.duplicates.iter().filter_map(|it| Some(columns_of(self.field(&it.field)?, it)));
        columns.flatten().take(MAX_COMPARED).collect()
    }
}

/// What a field is compared as where nothing is said, by the parts it is compared by. None: it cannot be compared.
fn usual(kind: FieldKind) -> &'static [(&'static str, CompareAs)] {
    match kind {
        FieldKind::Text | FieldKind::LongText => &[("", CompareAs::Text)],
        FieldKind::Number | FieldKind::AutoNumber | FieldKind::Url => &[("", CompareAs::Id)],
        FieldKind::Boolean | FieldKind::Select | FieldKind::Reference | FieldKind::User | FieldKind::Department => &[("", CompareAs::Category)],
        FieldKind::Date | FieldKind::Datetime => &[("", CompareAs::Date)],
        FieldKind::Email => &[("", CompareAs::Email)],
        FieldKind::Phone => &[("", CompareAs::Phone)],
        FieldKind::PersonName => &[("family", CompareAs::Surname), ("given", CompareAs::GivenName)],
        FieldKind::Address => &[
            ("province", CompareAs::Category),
            ("city", CompareAs::Place),
            ("district", CompareAs::Place),
            ("street", CompareAs::Address),
            ("postcode", CompareAs::Postcode),
        ],
        _ => &[],
    }
}

/// Whether values of a type may be compared as something else than is usual for it: those people write freely.
fn is_free(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::LongText | FieldKind::Number | FieldKind::Url)
}

fn columns_of<'a>(field: &'a Field, compared: &ComparedField) -> Vec<ComparedColumn<'a>> {
    let column = |part: &'static str, compare_as| {
        let column = field.part(part)?.column;
        Some(ComparedColumn { field, part, column, compare_as: compared.compare_as.unwrap_or(compare_as) })
    };
    let parts: &[(&str, CompareAs)] = match (field.definition.kind, compared.compare_as) {
        // As it was written, family name and given name together.
        (FieldKind::PersonName, Some(whole)) => &[("", whole)],
        (kind, _) => usual(kind),
    };
    parts.iter().filter_map(|(part, compare_as)| column(part, *compare_as)).collect()
}

/// What is wrong with the fields an object compares: each by its name, where it is one's.
pub(super) fn problems_of_duplicates(object: &Object) -> Vec<(Option<String>, Label)> {
    let mut problems = Vec::new();
    let mut report = |field: Option<&str>, zh: String, en: String| {
        problems.push((field.map(str::to_owned), Label::new(format!("duplicates: {zh}"), format!("duplicates: {en}"))));
    };
    let compared = &object.definition.duplicates;
    if !compared.is_empty() && object.definition.private_to.is_some() {
        report(None, "只有一个人能看到的记录不能查重".into(), "what only one member sees is not compared".into());
    }
    let mut seen = BTreeSet::new();
    let mut columns = 0;
    for it in compared {
        let Some(field) = object.field(&it.field) else {
            report(None, format!("没有字段“{}”", it.field), format!("there is no field `{}`", it.field));
            continue;
        };
        let kind = field.definition.kind;
        let name = Some(it.field.as_str());
        if !seen.insert(&it.field) {
            report(name, "重复".into(), "is named twice".into());
        }
        if usual(kind).is_empty() {
            report(name, "这种类型的字段不能用于查重".into(), "fields of this type cannot be compared".into());
        }
        let whole_name = kind == FieldKind::PersonName && it.compare_as == Some(CompareAs::PersonName);
        if it.compare_as.is_some() && !is_free(kind) && !whole_name {
            report(
                name,
                "as 只用于文本、数字和网址字段，姓名可用 person_name".into(),
                "`as` is for texts, numbers and web addresses; names take person_name".into(),
            );
        }
        columns += columns_of(field, it).len();
    }
    if columns > MAX_COMPARED {
        let zh = format!("共需比较{columns}项，最多{MAX_COMPARED}项（地址按各部分计）");
        report(None, zh, format!("{columns} columns would be compared; at most {MAX_COMPARED} (each part of an address is one)"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldDefinition, ObjectDefinition, ObjectSource, Origin, Schema, SchemaProblem, build_schema};

    fn definition(fields: &[(&str, FieldKind)], duplicates: &[(&str, Option<CompareAs>)]) -> ObjectDefinition {
        let mut definition: ObjectDefinition =
            toml::from_str("name = 'firm'\ntitle_field = 'name'\nlabel = { zh-CN = '公司', en = 'Firm' }\n").expect("a definition");
        definition.fields = fields.iter().map(|(name, kind)| FieldDefinition::new(name, *kind, Label::new("甲", "A"))).collect();
        definition.duplicates =
            duplicates.iter().map(|(field, compare_as)| ComparedField { field: (*field).to_owned(), compare_as: *compare_as }).collect();
        definition
    }

    fn built(definition: ObjectDefinition) -> Result<Schema, Vec<SchemaProblem>> {
        let none = BTreeSet::new;
        let source = ObjectSource { app: String::new(), origin: Origin::Standard, definition, custom_fields: none(), pack_fields: none() };
        let mut user: ObjectDefinition =
            toml::from_str("name = 'user'\ntitle_field = 'name'\nowned = false\nlabel = { zh-CN = '成员', en = 'Member' }\n").expect("a definition");
        user.fields = vec![FieldDefinition::new("name", FieldKind::Text, Label::new("姓名", "Name"))];
        let mut department = user.clone();
        department.name = "department".into();
        let more = [user, department].map(|definition| ObjectSource { definition, ..source.clone() });
        build_schema(1, Vec::new(), Vec::new(), Vec::new(), std::iter::once(source).chain(more).collect())
    }

    const FIELDS: [(&str, FieldKind); 6] = [
        ("name", FieldKind::Text),
        ("boss", FieldKind::PersonName),
        ("address", FieldKind::Address),
        ("phone", FieldKind::Phone),
        ("capital", FieldKind::Money),
        ("home", FieldKind::Address),
    ];

    #[test]
    fn names_and_addresses_are_compared_by_their_parts() {
        let duplicates = [("name", Some(CompareAs::Company)), ("boss", None), ("address", None), ("phone", None)];
        let schema = built(definition(&FIELDS, &duplicates)).expect("it builds");
        let object = schema.object("firm").expect("it is there");
        let columns: Vec<(&str, &str, CompareAs)> = object.compared().iter().map(|it| (it.field.name(), it.part, it.compare_as)).collect();
        assert_eq!(
            columns,
            [
                ("name", "", CompareAs::Company),
                ("boss", "family", CompareAs::Surname),
                ("boss", "given", CompareAs::GivenName),
                ("address", "province", CompareAs::Category),
                ("address", "city", CompareAs::Place),
                ("address", "district", CompareAs::Place),
                ("address", "street", CompareAs::Address),
                ("address", "postcode", CompareAs::Postcode),
                ("phone", "", CompareAs::Phone),
            ]
        );
        let whole = built(definition(&FIELDS, &[("boss", Some(CompareAs::PersonName))])).expect("it builds");
        let columns = whole.object("firm").map(|it| it.compared().iter().map(|it| (it.part, it.compare_as)).collect::<Vec<_>>());
        assert_eq!(columns, Some(vec![("", CompareAs::PersonName)]));
    }

    #[test]
    fn what_cannot_be_compared_is_refused_by_its_name() {
        let refused = |duplicates: &[(&str, Option<CompareAs>)]| {
            let problems = built(definition(&FIELDS, duplicates)).expect_err("it is refused");
            problems.into_iter().map(|it| (it.field, it.reason.en)).collect::<Vec<_>>()
        };
        for (duplicates, field, reason) in [
            (&[("nothing", None)][..], None, "there is no field `nothing`"),
            (&[("phone", None), ("phone", None)], Some("phone"), "is named twice"),
            (&[("capital", None)], Some("capital"), "fields of this type"),
            (&[("phone", Some(CompareAs::Company))], Some("phone"), "`as` is for texts"),
            (&[("boss", Some(CompareAs::Company))], Some("boss"), "`as` is for texts"),
        ] {
            let problems = refused(duplicates);
            assert!(problems.len() == 1 && problems[0].0.as_deref() == field && problems[0].1.contains(reason), "{problems:?}");
        }
        let all: Vec<(&str, Option<CompareAs>)> =
            ["name", "boss", "address", "phone", "home", "owner", "department", "created_at", "updated_at"].map(|it| (it, None)).to_vec();
        assert!(refused(&all)[0].1.contains("18 columns"), "{:?}", refused(&all));
    }
}
