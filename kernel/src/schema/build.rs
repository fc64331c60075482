//! From definitions to a [`Schema`], with all problems at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_expr::{Checked, Expr, ExprError, Function, Type, check};

use super::across::problems_of_across;
use super::amounts;
use super::circles::check_circles;
use super::duplicates::problems_of_duplicates;
use super::object::{Dependent, FILE_OBJECT, Field, Object, Origin, Part, RollupFeed, Schema};
use super::rights::check_rights;
use super::scope::{ObjectScope, OpenGate};
use super::shared_options;
use super::tables::{link_table, object_table};
use super::views::fit_views;
use super::ways::add_indexes;
use super::{AppDefinition, FieldDefinition, FieldKind, Label, ObjectDefinition, RoleDefinition, RollupFunction, SharingRule};
use crate::fields::field_type;

/// An object's definition with its place.
#[derive(Debug, Clone)]
pub struct ObjectSource {
    /// App or pack it belongs to; empty for custom objects.
    pub app: String,
    /// Standard, of a pack or custom.
    pub origin: Origin,
    /// The definition.
    pub definition: ObjectDefinition,
    /// Names of the fields the workspace added.
    pub custom_fields: BTreeSet<String>,
    /// Names of the fields packs added.
    pub pack_fields: BTreeSet<String>,
}

/// Something wrong with the definitions.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SchemaProblem {
    /// Object.
    pub object: String,
    /// Field, if it is one's.
    pub field: Option<String>,
    /// What and why.
    pub reason: Label,
}

/// Builds the schema, or says everything that is wrong.
pub fn build_schema(
    version: i64,
    apps: Vec<AppDefinition>,
    roles: Vec<RoleDefinition>,
    sharing: Vec<SharingRule>,
    mut sources: Vec<ObjectSource>,
) -> Result<Schema, Vec<SchemaProblem>> {
    let mut problems = shared_options::share(&mut sources);
    let names: BTreeSet<String> = sources.iter().map(|it| it.definition.name.clone()).collect();
    let kinds = rollup_kinds(&sources);
    let mut objects = BTreeMap::new();
    for source in sources {
        let name = source.definition.name.clone();
        if let Some(object) = build_object(source, &names, &kinds, &mut problems)
            && objects.insert(name.clone(), object).is_some()
        {
            problems.push(SchemaProblem { object: name, field: None, reason: Label::new("重复定义", "is declared twice") });
        }
    }
    let mut schema = Schema {
        version,
        objects: objects.into_iter().map(|(name, object)| (name, Arc::new(object))).collect(),
        apps,
        roles: roles.into_iter().map(|it| (it.name.clone(), it)).collect(),
        left_out: Vec::new(),
        sharing,
        settled: BTreeMap::new(),
        rates: BTreeMap::new(),
        standard: Arc::default(),
    };
    schema.apps.sort_by(|left, right| (left.order, &left.name).cmp(&(right.order, &right.name)));
    if problems.is_empty() {
        link_objects(&mut schema, &mut problems);
        amounts::settle(&mut schema);
        leave_out_broken_views(&mut schema);
        check_belonging(&schema, &mut problems);
        check_rights(&schema, &mut problems);
        check_duplicates(&schema, &mut problems);
        check_circles(&schema, &mut problems);
        add_indexes(&mut schema);
    }
    if problems.is_empty() { Ok(schema) } else { Err(problems) }
}

/// Whether a name may be an object's or a field's.
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|it| it.is_ascii_lowercase())
        && name.len() <= 40
        && !name.contains("__")
        && !name.ends_with('_')
        && bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

/// Names no field may have: the engine's and the language's.
const RESERVED: [&str; 12] =
    ["me", "id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "label", "true", "false", "null"];

/// How far records may belong to records that belong to others.
pub(crate) const MAX_FOLLOWED: usize = 4;
/// Most columns of an object's table.
const MAX_COLUMNS: usize = 500;
/// Most references of an object, the engine's own included: a record is read with all of them joined.
const MAX_REFERENCES: usize = 54;

fn is_link(field: &FieldDefinition) -> bool {
    matches!(field.kind, FieldKind::Tags | FieldKind::ManyToMany)
}

fn build_object(source: ObjectSource, names: &BTreeSet<String>, kinds: &RollupKinds, problems: &mut Vec<SchemaProblem>) -> Option<Object> {
    let definition = source.definition;
    let before = problems.len();
    let mut report = |field: Option<&str>, reason: Label| {
        problems.push(SchemaProblem { object: definition.name.clone(), field: field.map(str::to_owned), reason });
    };
    if !is_identifier(&definition.name) {
        report(None, bad_name());
    }
    if definition.fields.len() > 300 {
        report(None, Label::new("字段超过300个", "has more than 300 fields"));
    }
    let mut fields = system_fields();
    if definition.owned {
        fields.extend(ownership_fields(&definition));
    }
    let mut seen: BTreeSet<String> = fields.iter().map(|(it, _)| it.name.clone()).collect();
    for field in &definition.fields {
        let engine_owned = matches!(field.name.as_str(), "owner" | "department") && definition.owned;
        if !is_identifier(&field.name) || RESERVED.contains(&field.name.as_str()) {
            let zh = "名称被系统保留，或不是由小写字母、数字和单个下划线组成";
            report(Some(&field.name), Label::new(zh, "name is reserved or not made of lower-case letters, digits and single underscores"));
        } else if engine_owned {
            continue;
        } else if !seen.insert(field.name.clone()) {
            report(Some(&field.name), Label::new("重复定义", "is declared twice"));
        }
        let mut field = field.clone();
        if field.kind == FieldKind::Rollup
            && let Some((kind, scale)) = kinds.get(&(definition.name.clone(), field.name.clone()))
        {
            field.result = Some(*kind);
            field.scale = field.scale.or(*scale);
        }
        if field.options_from.is_some() && !matches!(field.kind, FieldKind::Select | FieldKind::MultiSelect) {
            report(
                Some(&field.name),
                Label::new("options_from: 只有单选和多选字段有选项", "options_from: only select and multi_select have options"),
            );
        }
        if let Err(reason) = field_type(field.kind).check_definition(&field) {
            report(Some(&field.name), reason);
        }
        if let Some(target) = field.target.as_deref()
            && !names.contains(target)
        {
            report(Some(&field.name), Label::new(format!("target: 没有对象“{target}”"), format!("target: there is no object `{target}`")));
        }
        let origin = match field.name.as_str() {
            name if source.custom_fields.contains(name) => Origin::Custom,
            name if source.pack_fields.contains(name) => Origin::Pack,
            _ => source.origin,
        };
        fields.push((field, origin));
    }
    if !fields.iter().any(|(it, _)| it.name == definition.title_field) {
        let title = &definition.title_field;
        report(None, Label::new(format!("title_field: 没有字段“{title}”"), format!("title_field: there is no field `{title}`")));
    }
    let references = fields.iter().filter(|(it, _)| target_of(it).is_some() && !is_link(it)).count();
    if references > MAX_REFERENCES {
        let zh = format!("有{references}个引用字段，最多{MAX_REFERENCES}个");
        report(None, Label::new(zh, format!("has {references} references; at most {MAX_REFERENCES} can be read at once")));
    }
    if problems.len() > before {
        return None;
    }
    let object = lay_out(definition, source.app, source.origin, fields);
    if object.table.columns.len() > MAX_COLUMNS {
        let columns = object.table.columns.len();
        let zh = format!("字段共需{columns}列，一个表最多{MAX_COLUMNS}列");
        let reason = Label::new(zh, format!("its fields need {columns} columns; at most {MAX_COLUMNS} fit into a table"));
        problems.push(SchemaProblem { object: object.name, field: None, reason });
        return None;
    }
    Some(object)
}

/// Gives every field its columns.
fn lay_out(definition: ObjectDefinition, app: String, origin: Origin, definitions: Vec<(FieldDefinition, Origin)>) -> Object {
    let mut fields = Vec::with_capacity(definitions.len());
    let mut column = 0;
    for (mut field, origin) in definitions {
        // The title is what lists sort by first.
        if field.name == definition.title_field {
            field.indexed = true;
        }
        let parts: Vec<Part> = field_type(field.kind)
            .parts(&field)
            .into_iter()
            .map(|part| {
                column += 1;
                Part { name: part.name, column: column - 1, storage: part.storage, ty: part.ty, exposed: part.exposed }
            })
            .collect();
        if field.name == "deleted_at" {
            column += 1; // `deleted_with` follows; it is no field
        }
        let target = target_of(&field);
        let link = is_link(&field).then(|| Arc::new(link_table(&definition.name, &field.name)));
        fields.push(Field {
            definition: field,
            origin,
            parts,
            target,
            link,
            formula: None,
            amount_of: None,
            required_when: None,
            read_only_when: None,
        });
    }
    let by_name: HashMap<String, usize> = fields.iter().enumerate().map(|(index, it)| (it.name().to_owned(), index)).collect();
    let title = by_name.get(&definition.title_field).copied().unwrap_or(0);
    let table = Arc::new(object_table(&definition, &fields));
    Object {
        name: definition.name.clone(),
        definition,
        app,
        origin,
        table,
        fields,
        title,
        locked_when: None,
        lends: Vec::new(),
        rules: Vec::new(),
        dependents: Vec::new(),
        feeds: Vec::new(),
        by_name,
    }
}

/// The object a field refers to.
pub(crate) fn target_of(field: &FieldDefinition) -> Option<String> {
    match field.kind {
        FieldKind::User => Some("user".into()),
        FieldKind::Department => Some("department".into()),
        FieldKind::File | FieldKind::Image => Some(FILE_OBJECT.into()),
        FieldKind::Tags => Some(field.target.clone().unwrap_or_else(|| "tag".into())),
        FieldKind::Reference | FieldKind::ManyToMany => field.target.clone(),
        _ => None,
    }
}

fn system_fields() -> Vec<(FieldDefinition, Origin)> {
    let field = |name: &str, kind, zh: &str, en: &str| {
        let mut field = FieldDefinition::new(name, kind, Label::new(zh, en));
        field.read_only = true;
        field.indexed = matches!(name, "created_at" | "updated_at");
        (field, Origin::System)
    };
    let mut id = field("id", FieldKind::Reference, "编号", "ID");
    id.0.target = None;
    vec![
        id,
        field("version", FieldKind::Number, "版本", "Version"),
        field("created_at", FieldKind::Datetime, "创建时间", "Created"),
        field("created_by", FieldKind::User, "创建人", "Created by"),
        field("updated_at", FieldKind::Datetime, "修改时间", "Changed"),
        field("updated_by", FieldKind::User, "修改人", "Changed by"),
        field("deleted_at", FieldKind::Datetime, "删除时间", "Deleted"),
    ]
}

fn ownership_fields(definition: &ObjectDefinition) -> Vec<(FieldDefinition, Origin)> {
    let declared = |name: &str| definition.fields.iter().find(|it| it.name == name).cloned();
    let mut owner = declared("owner").unwrap_or_else(|| FieldDefinition::new("owner", FieldKind::User, Label::new("负责人", "Owner")));
    owner.default = owner.default.or_else(|| Some("@me".into()));
    owner.indexed = true;
    let mut department =
        declared("department").unwrap_or_else(|| FieldDefinition::new("department", FieldKind::Department, Label::new("所属部门", "Department")));
    department.default = department.default.or_else(|| Some("@my_department".into()));
    department.indexed = true;
    vec![(owner, Origin::System), (department, Origin::System)]
}

/// What is compared to find duplicates must be there, and of a type that can be compared.
fn check_duplicates(schema: &Schema, problems: &mut Vec<SchemaProblem>) {
    for object in schema.objects.values() {
        let found = problems_of_duplicates(object).into_iter().chain(problems_of_across(schema, object));
        problems.extend(found.map(|(field, reason)| SchemaProblem { object: object.name.clone(), field, reason }));
    }
}

/// What a record belongs to must be one other record, and end at one that belongs to none; who alone sees it, a member.
fn check_belonging(schema: &Schema, problems: &mut Vec<SchemaProblem>) {
    for object in schema.objects.values() {
        let mut report = |zh: &str, en: &str| {
            problems.push(SchemaProblem { object: object.name.clone(), field: None, reason: Label::new(zh, en) });
        };
        if let Some(name) = &object.definition.private_to
            && object.field(name).is_none_or(|it| it.definition.kind != FieldKind::User)
        {
            report("private_to: 应为成员字段的名称", "private_to: must name a field of the type user");
        }
        if object.definition.follows_changes && object.definition.follows.is_none() {
            report("follows_changes: 只用于从属于其他记录的对象（follows）", "follows_changes: is for what follows another record");
        }
        if let Some(with) = &object.definition.seen_with {
            let is_leader = |it: &Arc<Object>| it.definition.seen_with.is_none() && it.definition.follows.is_none();
            let target = object.field(&with.field).filter(|it| it.is_reference()).and_then(|it| it.target.as_deref());
            if !target.and_then(|it| schema.object(it)).is_some_and(is_leader) {
                report(
                    "seen_with: 应为引用字段的名称，且所引用的对象不再从属于别的记录",
                    "seen_with: must name a reference to an object whose records belong to no other",
                );
            }
            let scope = ObjectScope { schema, object, gate: &OpenGate, follow: true };
            if with.when.as_deref().is_some_and(|it| !check(it, &scope).is_ok_and(|it| fits(&it.ty, &Type::Bool))) {
                report("seen_with.when: 应为结果是“是/否”的表达式", "seen_with.when: must be an expression that is true or false");
            }
        }
        if !ends(schema, object, |it| it.follows.as_deref()) {
            report(
                "follows: 应为记录或引用字段的名称，且不能绕成一圈",
                "follows: must name a field of the type record or reference, and not lead back in a circle",
            );
        }
        if !ends(schema, object, |it| it.locked_with.as_deref()) {
            report(
                "locked_with: 应为记录或引用字段的名称，且不能绕成一圈",
                "locked_with: must name a field of the type record or reference, and not lead back in a circle",
            );
        }
    }
}

/// Whether records that belong to others by a field each end at one that belongs to none.
fn ends(schema: &Schema, object: &Arc<Object>, by: impl Fn(&ObjectDefinition) -> Option<&str>) -> bool {
    let mut leader = Some(object);
    let mut steps = 0;
    while let Some((object, name)) = leader.and_then(|it| Some((it, by(&it.definition)?))) {
        steps += 1;
        let field = object.field(name).filter(|it| steps <= MAX_FOLLOWED && (it.definition.kind == FieldKind::Record || it.is_reference()));
        let Some(field) = field else { return false };
        leader = field.target.as_deref().and_then(|it| schema.object(it));
    }
    true
}

type RollupKinds = HashMap<(String, String), (FieldKind, Option<u32>)>;

/// The result kinds of all roll-ups, which follow from the fields they run over.
fn rollup_kinds(sources: &[ObjectSource]) -> RollupKinds {
    let find = |object: &str, field: &str| {
        let definition = &sources.iter().find(|it| it.definition.name == object)?.definition;
        definition.fields.iter().find(|it| it.name == field).map(|it| (it.result.unwrap_or(it.kind), it.scale))
    };
    let mut kinds = HashMap::new();
    for source in sources {
        for field in &source.definition.fields {
            let Some(rollup) = &field.rollup else { continue };
            let kind = match (rollup.function, rollup.field.as_deref()) {
                (RollupFunction::Count, _) => Some((FieldKind::Number, None)),
                (_, Some("created_at" | "updated_at")) => Some((FieldKind::Datetime, None)),
                (_, Some(over)) => find(&rollup.object, over).map(|(kind, scale)| match kind {
                    FieldKind::Money | FieldKind::Percent => (FieldKind::Decimal, Some(2)),
                    FieldKind::Decimal => (kind, scale),
                    _ => (kind, None),
                }),
                (_, None) => None,
            };
            if let Some(kind) = kind {
                kinds.insert((source.definition.name.clone(), field.name.clone()), kind);
            }
        }
    }
    kinds
}

/// Second pass, when all objects stand: expressions, references back, roll-up feeds.
fn link_objects(schema: &mut Schema, problems: &mut Vec<SchemaProblem>) {
    let mut dependents: BTreeMap<String, Vec<Dependent>> = BTreeMap::new();
    let mut feeds: BTreeMap<String, Vec<RollupFeed>> = BTreeMap::new();
    let mut checked: BTreeMap<String, CheckedParts> = BTreeMap::new();
    for object in schema.objects.values() {
        for field in object.fields.iter().filter(|it| !it.is_engine_managed()) {
            if let Some(target) = field.target.clone() {
                let dependent = Dependent { object: object.name.clone(), field: field.name().to_owned(), on_delete: field.definition.on_delete };
                dependents.entry(target).or_default().push(dependent);
            }
            if let Some(rollup) = &field.definition.rollup {
                match rollup_feed(schema, object, field, rollup) {
                    Ok(feed) => feeds.entry(rollup.object.clone()).or_default().push(feed),
                    Err(reason) => problems.push(SchemaProblem { object: object.name.clone(), field: Some(field.name().into()), reason }),
                }
            }
        }
        checked.insert(object.name.clone(), check_expressions(schema, object, problems));
    }
    let names: Vec<String> = schema.objects.keys().cloned().collect();
    for name in names {
        let Some(object) = schema.objects.get_mut(&name).and_then(Arc::get_mut) else { continue };
        object.dependents = dependents.remove(&name).unwrap_or_default();
        object.feeds = feeds.remove(&name).unwrap_or_default();
        if let Some(parts) = checked.remove(&name) {
            object.rules = parts.rules;
            object.locked_when = parts.locked_when;
            object.lends = parts.lends;
            for (position, formula, required, read_only) in parts.fields {
                object.fields[position].formula = formula;
                object.fields[position].required_when = required;
                object.fields[position].read_only_when = read_only;
            }
        }
    }
}

/// Third pass: an upgrade may have taken a field away that a workspace's views show; that must not keep it from opening.
fn leave_out_broken_views(schema: &mut Schema) {
    let fitted: Vec<_> = schema.objects.values().map(|it| (it.name.clone(), fit_views(schema, it, &it.definition.views))).collect();
    for (name, (views, problems)) in fitted {
        if problems.is_empty() {
            continue;
        }
        if let Some(object) = schema.objects.get_mut(&name).and_then(Arc::get_mut) {
            object.definition.views = views;
        }
        schema.left_out.extend(problems.into_iter().map(|it| (name.clone(), it)));
    }
}

/// Position, formula, `required_when`, `read_only_when`.
type CheckedField = (usize, Option<Checked>, Option<Checked>, Option<Checked>);

struct CheckedParts {
    locked_when: Option<Checked>,
    lends: Vec<(super::LendDefinition, Checked)>,
    rules: Vec<(super::RuleDefinition, Checked)>,
    fields: Vec<CheckedField>,
}

fn check_expressions(schema: &Schema, object: &Arc<Object>, problems: &mut Vec<SchemaProblem>) -> CheckedParts {
    let scope = ObjectScope { schema, object, gate: &OpenGate, follow: false };
    let mut one = |field: Option<&str>, key: &str, source: &Option<String>, want: Option<Type>| -> Option<Checked> {
        let source = source.as_deref()?;
        match check(source, &scope) {
            Ok(it) if want.as_ref().is_none_or(|want| fits(&it.ty, want)) => Some(it),
            Ok(it) => {
                let (zh, en) = (want.as_ref().map(Type::name_zh).unwrap_or_default(), want.map(|it| it.to_string()).unwrap_or_default());
                let reason = Label::new(format!("{key}: 结果是{}，应为{zh}", it.ty.name_zh()), format!("{key}: gives {}, not {en}", it.ty));
                problems.push(SchemaProblem { object: object.name.clone(), field: field.map(str::to_owned), reason });
                None
            }
            Err(error) => {
                let reason = of_expression(key, &error);
                problems.push(SchemaProblem { object: object.name.clone(), field: field.map(str::to_owned), reason });
                None
            }
        }
    };
    let mut fields = Vec::new();
    for (position, field) in object.fields.iter().enumerate() {
        let definition = &field.definition;
        let name = Some(field.name());
        let want = (definition.kind == FieldKind::Formula).then(|| field.part("").map(|it| it.ty.clone())).flatten();
        let formula = one(name, "expression", &definition.expression, want);
        let required = one(name, "required_when", &definition.required_when, Some(Type::Bool));
        let read_only = one(name, "read_only_when", &definition.read_only_when, Some(Type::Bool));
        // Evaluated by the web app; checked here so that a wrong one never reaches it.
        one(name, "visible_when", &definition.visible_when, Some(Type::Bool));
        if formula.is_some() || required.is_some() || read_only.is_some() {
            fields.push((position, formula, required, read_only));
        }
    }
    let rules = object
        .definition
        .rules
        .iter()
        .filter_map(|rule| Some((rule.clone(), one(rule.field.as_deref(), &rule.name, &Some(rule.expression.clone()), Some(Type::Bool))?)))
        .collect();
    let locked_when = one(None, "locked_when", &object.definition.locked_when, Some(Type::Bool));
    let (mut lends, mut refused) = (Vec::new(), Vec::new());
    for lend in &object.definition.lends {
        refused.extend(problems_of_lend(object, lend));
        lends.extend(one(None, "lends.when", &Some(lend.when.clone()), Some(Type::Bool)).map(|it| (lend.clone(), it)));
    }
    problems.extend(refused);
    problems.extend(object.fields.iter().filter_map(|it| problem_of_offer(schema, object, it)));
    CheckedParts { locked_when, lends, rules, fields }
}

/// What a reference offers is a filter over the object it refers to.
fn problem_of_offer(schema: &Schema, object: &Object, field: &Field) -> Option<SchemaProblem> {
    let source = field.definition.offered_when.as_deref()?;
    let scope = ObjectScope { schema, object: schema.object(field.target.as_deref()?)?, gate: &OpenGate, follow: true };
    let reason = match check(source, &scope) {
        Ok(it) if fits(&it.ty, &Type::Bool) => return None,
        Ok(it) => Label::new(
            format!("offered_when: 结果是{}，应为{}", it.ty.name_zh(), Type::Bool.name_zh()),
            format!("offered_when: gives {}, not {}", it.ty, Type::Bool),
        ),
        Err(error) => of_expression("offered_when", &error),
    };
    Some(SchemaProblem { object: object.name.clone(), field: Some(field.name().to_owned()), reason })
}

/// What is lent is named by references or a `record`, to whom by a user or a department field.
fn problems_of_lend(object: &Object, lend: &super::LendDefinition) -> Vec<SchemaProblem> {
    let leads_to = |name: &str| object.field(name).filter(|it| it.is_reference()).and_then(|it| it.target.clone());
    let mut wrong = Vec::new();
    let borrowers = [crate::identity::MEMBER_OBJECT, crate::identity::DEPARTMENT_OBJECT];
    if !leads_to(&lend.to).is_some_and(|it| borrowers.contains(&it.as_str())) {
        wrong.push((&lend.to, "lends.to: 不是成员或部门字段", "lends.to: is no user or department field"));
    }
    let is_record = |name: &str| object.field(name).is_some_and(|it| it.definition.kind == FieldKind::Record);
    let others = lend.fields.iter().filter(|it| leads_to(it).is_none() && !is_record(it));
    wrong.extend(others.map(|it| (it, "lends.fields: 不是引用字段", "lends.fields: is no reference")));
    let problem = |(field, zh, en): (&String, &str, &str)| SchemaProblem {
        object: object.name.clone(),
        field: Some(field.clone()),
        reason: Label::new(zh, en),
    };
    wrong.into_iter().map(problem).collect()
}

fn fits(found: &Type, want: &Type) -> bool {
    found == want || *found == Type::Null || (*found == Type::Int && *want == Type::Decimal)
}

/// Whether the value of an expression changes with the time alone.
fn names_time(expr: &Expr) -> bool {
    match expr {
        Expr::Call { function: Function::Now | Function::Today, .. } => true,
        Expr::Call { args, .. } | Expr::List(args, _) => args.iter().any(names_time),
        Expr::Literal(_) | Expr::Path { .. } => false,
    }
}

fn in_rollup(zh: String, en: String) -> Label {
    Label::new(format!("rollup: {zh}"), format!("rollup: {en}"))
}

/// What is wrong with an expression, said of the key that holds it.
pub(super) fn of_expression(key: &str, error: &ExprError) -> Label {
    Label::new(format!("{key}: {}", error.in_chinese()), format!("{key}: {error}"))
}

/// A name that is none.
pub(super) fn bad_name() -> Label {
    Label::new(
        "name: 请用小写字母、数字和单个下划线，以字母开头，最多40个字符",
        "name: use lower-case letters, digits and single underscores, a letter first, at most 40",
    )
}

fn rollup_feed(schema: &Schema, parent: &Arc<Object>, field: &Field, rollup: &super::RollupDefinition) -> Result<RollupFeed, Label> {
    let child = schema
        .object(&rollup.object)
        .ok_or_else(|| in_rollup(format!("没有对象“{}”", rollup.object), format!("there is no object `{}`", rollup.object)))?;
    let via = child.field(&rollup.via).filter(|it| it.is_reference() && it.target.as_deref() == Some(&parent.name));
    via.ok_or_else(|| {
        let place = format!("{}.{}", rollup.object, rollup.via);
        in_rollup(format!("“{place}”不是对{}的引用", parent.name), format!("`{place}` is not a reference to {}", parent.name))
    })?;
    if rollup.function != RollupFunction::Count {
        let over = rollup.field.as_deref().ok_or_else(|| in_rollup("请选择要汇总的字段".into(), "`field` is missing".into()))?;
        let missing = || in_rollup(format!("没有可汇总的字段“{over}”"), format!("there is no field `{over}` to compute over"));
        child.field(over).and_then(|it| it.part("")).ok_or_else(missing)?;
    }
    let filter = match &rollup.filter {
        None => None,
        Some(source) => {
            let scope = ObjectScope { schema, object: child, gate: &OpenGate, follow: false };
            let checked = check(source, &scope).map_err(|error| of_expression("filter", &error))?;
            if names_time(&checked.root) {
                return Err(in_rollup(
                    "筛选条件不能用 today() 或 now()：不保存任何记录，汇总结果也会变化".into(),
                    "the filter cannot use today() or now(); what it counts would change without anything being saved".into(),
                ));
            }
            Some(checked)
        }
    };
    Ok(RollupFeed {
        parent: parent.name.clone(),
        field: field.name().to_owned(),
        via: rollup.via.clone(),
        function: rollup.function,
        over: rollup.field.clone(),
        filter,
    })
}
