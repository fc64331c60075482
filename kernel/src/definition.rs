//! Changing definitions while the system runs: plan, preview, run in a transaction.

mod collision;
mod left_out;
mod pack_options;
mod packs;
mod put_off;
mod rates;
mod renaming;
mod rights;
mod standard;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::pack::Standard;
use crate::schema::{
    DELETED_AT, FieldDefinition, FieldKind, Label, Object, ObjectDefinition, OptionDefinition, Origin, RoleDefinition, Schema, SharingRule,
    column_name, without_way_in,
};
use crate::store::{ColumnRef, Condition, ExistingTable, Order, Select, Store, StoreExt};
use crate::workspace::{Customisation, Workspace, customisation_of, load_customisation, save_customisation, schema_of};
use crate::write::{Columns, is_behind, planned, recompute};

use tables::{TableStep, describe, run_step, table_steps};

pub(crate) use collision::settle as settle_collisions;
pub(crate) use left_out::{fitting, stripped};
pub use put_off::{PutOff, make_put_off, put_off, put_offs};
pub use standard::is_changed;

/// One change of the definitions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum SchemaChange {
    /// A new object of the workspace's own.
    AddObject {
        /// Its definition.
        object: ObjectDefinition,
    },
    /// Another definition of an object. Of a standard one what may be changed is kept apart and put over whatever a later
    /// version brings; its fields are changed one by one and may be left out.
    ChangeObject {
        /// The whole definition.
        object: ObjectDefinition,
    },
    /// Takes back what was changed of a standard object but for its fields.
    ResetObject {
        /// Its name.
        object: String,
    },
    /// Removes an own object with its records.
    RemoveObject {
        /// Its name.
        object: String,
    },
    /// A new field.
    AddField {
        /// Object.
        object: String,
        /// Definition.
        field: FieldDefinition,
    },
    /// Another definition of a field; its type stays.
    ChangeField {
        /// Object.
        object: String,
        /// The whole definition.
        field: FieldDefinition,
    },
    /// Takes back what was changed of a standard field.
    ResetField {
        /// Object.
        object: String,
        /// Field.
        name: String,
    },
    /// Adds a role, or gives one another definition.
    PutRole {
        /// The whole definition.
        role: RoleDefinition,
    },
    /// Removes a role of the workspace's own that nobody holds; gives a standard role its standard definition back.
    RemoveRole {
        /// Its name.
        name: String,
    },
    /// Adds a sharing rule, or gives one another definition.
    PutSharingRule {
        /// The whole definition.
        rule: SharingRule,
    },
    /// Removes a sharing rule.
    RemoveSharingRule {
        /// Its name.
        name: String,
    },
    /// What other currencies are worth in the workspace's own; all of them at once. Roll-ups add amounts up by these.
    PutRates {
        /// How much one unit of each is, a decimal number, by ISO 4217 code.
        rates: BTreeMap<String, String>,
    },
    /// Says that what became of an object's own fields has been seen, whose names a later standard took.
    ForgetSettled {
        /// Object.
        object: String,
    },
    /// Installs an industry pack, or brings the one installed to another version.
    InstallPack {
        /// Its name.
        name: String,
        /// The version that was looked at.
        version: String,
    },
    /// Removes an industry pack with the records of its objects and the values of its fields.
    RemovePack {
        /// Its name.
        name: String,
    },
    /// Removes a field of the workspace's own with its values.
    RemoveField {
        /// Object.
        object: String,
        /// Field.
        name: String,
    },
}

/// One step of the plan, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaStep {
    /// `create_table`, `add_column`, `drop_column`, `drop_table`, `create_index`, `drop_index`, `change_definition`,
    /// `recompute`.
    pub op: &'static str,
    /// Table; the object where its definition changes.
    pub table: String,
    /// Column or index; the part of the definition.
    pub name: String,
    /// In words.
    pub summary: Label,
}

/// Values a change would lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SchemaLoss {
    /// Object.
    pub object: String,
    /// Field; the whole object where absent.
    pub field: Option<String>,
    /// How many values.
    pub values: u64,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaPlan {
    /// Steps in order.
    pub steps: Vec<SchemaStep>,
    /// What would be lost.
    pub losses: Vec<SchemaLoss>,
    /// Why it cannot be done.
    pub problems: Vec<FieldError>,
}

/// Makes the tables of a workspace's schema where they are missing; adds columns and indexes, never removes any. `existing`
/// are those the workspace was found with; whether the engine's own are among them does not matter.
pub(crate) fn migrate(workspace: &Arc<Workspace>, existing: &[ExistingTable]) -> Result<()> {
    let missing = |existing: &[ExistingTable]| -> Vec<TableStep> {
        let steps = table_steps(existing, &workspace.schema()).into_iter();
        steps.filter(|it| !matches!(it, TableStep::DropTable(_) | TableStep::DropColumn(..))).collect()
    };
    let settled = collision::carry_out(workspace, existing)?;
    let mut steps = missing(existing);
    if settled || !steps.is_empty() {
        // Another node that starts as well may have made them meanwhile.
        steps = missing(&workspace.store.existing_tables()?);
    }
    let context = workspace.system_context(uuid::Uuid::nil(), "migrate");
    if steps.is_empty() && !workspace.store.read_with(|tx| is_behind(&context, tx))? {
        return Ok(());
    }
    workspace.store.write_with(move |tx| {
        steps.iter().try_for_each(|it| run_step(tx, it))?;
        recompute(&context, tx, &added_columns(&steps))
    })
}

/// Computes anew what is computed otherwise than before, as roll-ups of money are in another currency.
pub(crate) fn keep_computed(workspace: &Arc<Workspace>) -> Result<()> {
    let context = workspace.system_context(uuid::Uuid::nil(), "settings");
    if workspace.store.read_with(|tx| is_behind(&context, tx))? {
        workspace.store.write_with(move |tx| {
            tx.serialise("schema")?;
            recompute(&context, tx, &Columns::new())
        })?;
        workspace.feed.announce();
    }
    Ok(())
}

fn added_columns(steps: &[TableStep]) -> Columns {
    let added =
        steps.iter().filter_map(|it| if let TableStep::AddColumn(table, column) = it { Some((table.clone(), column.name.clone())) } else { None });
    added.collect()
}

/// Plans changes of the definitions.
///
/// # Errors
/// Forbidden to all but administrators; fails where the database does.
pub fn plan(context: &Context, changes: &[SchemaChange]) -> Result<SchemaPlan> {
    context.access.require_administrator()?;
    let prepared = match prepare(&context.workspace, changes) {
        Ok(prepared) => prepared,
        Err(KernelError::Invalid(problems)) => return Ok(SchemaPlan { steps: Vec::new(), losses: Vec::new(), problems }),
        Err(other) => return Err(other),
    };
    let mut steps = definition_steps(&context.workspace.schema(), &prepared.schema);
    steps.extend(prepared.steps.iter().map(describe));
    let added = added_columns(&prepared.steps);
    let store = &context.workspace.store;
    let recomputed = store.read_with(|tx| planned(context, &prepared.schema, tx, &added))?;
    steps.extend(recomputed.into_iter().map(|it| {
        let (fields, records) = (it.fields.join(", "), it.records);
        let summary = if it.in_background {
            Label::new(format!("在后台重新计算所有记录的 {fields}"), format!("compute {fields} of all records anew in the background"))
        } else {
            Label::new(format!("重新计算{records}条记录的 {fields}"), format!("compute {fields} of {records} records anew"))
        };
        SchemaStep { op: "recompute", table: it.table, name: fields, summary }
    }));
    Ok(SchemaPlan { losses: prepared.losses, steps, problems: Vec::new() })
}

/// The definitions as changes would leave them, without making them.
///
/// # Errors
/// All problems of the changes.
pub(crate) fn preview(workspace: &Workspace, changes: &[SchemaChange]) -> Result<Arc<Schema>> {
    Ok(prepare(workspace, changes)?.schema)
}

/// What changes of objects that stay, beside their tables.
fn definition_steps(before: &Schema, after: &Schema) -> Vec<SchemaStep> {
    let both = after.objects.values().filter_map(|it| Some((before.object(&it.name)?, it)));
    let mut steps: Vec<SchemaStep> = both.flat_map(|(old, new)| standard::described(&old.definition, &new.definition)).collect();
    let left_out = after.left_out.iter().filter(|it| !before.left_out.contains(it));
    steps.extend(left_out.map(|(object, problem)| SchemaStep {
        op: "change_definition",
        table: object.clone(),
        name: problem.place.clone(),
        summary: problem.reason.clone(),
    }));
    steps.extend(without_way_in(before, after).into_iter().map(|(object, label)| {
        let zh = format!("“{}”中有的条件不是“等于”，没有索引可用：符合的记录很少时，列表会变慢", label.zh_cn);
        let en = format!(
            "`{}` has a condition that compares nothing for equality, so no index leads to its records: where few match, lists become slow",
            label.en
        );
        SchemaStep { op: "change_definition", table: object.to_owned(), name: "rights".into(), summary: Label::new(zh, en) }
    }));
    if before.rates != after.rates {
        let summary = Label::new("修改汇率", "change the rates of currencies");
        steps.push(SchemaStep { op: "change_definition", table: String::new(), name: "rates".into(), summary });
    }
    steps
}

/// Changes that can be carried out.
struct Prepared {
    before: i64,
    after: Customisation,
    schema: Arc<Schema>,
    steps: Vec<TableStep>,
    losses: Vec<SchemaLoss>,
}

/// Works changes out against the definitions as they are now, whatever the caller's request began with.
fn prepare(workspace: &Workspace, changes: &[SchemaChange]) -> Result<Prepared> {
    let store = &workspace.store;
    let current = workspace.schema();
    let before = load_customisation(store)?;
    let version = before.version;
    let existing = store.existing_tables()?;
    let mut problems = Vec::new();
    let currency = &workspace.settings().currency;
    let standard = Standard::of(&workspace.registry, &before.packs);
    let packs = packs::PackChanges::of(workspace, &before, changes);
    let mut after = apply_changes(&standard, &current, currency, before, changes, &mut problems);
    packs.carry_out(&mut after, &mut problems);
    if problems.is_empty() {
        refuse_leftovers(&existing, &current, changes, &mut problems);
        packs.refuse_leftovers(&existing, &mut problems);
    }
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    after.version += 1;
    let schema = Arc::new(schema_of(&workspace.registry, &after)?);
    refuse_unfit(&current, &schema, changes)?;
    rates::refuse_missing(store, &current, &schema)?;
    rights::refuse_held_roles(store, &current, &schema)?;
    pack_options::refuse_held(store, &current, &schema)?;
    let mut removed = removals(&current, changes);
    removed.extend(packs.removed());
    packs.refuse_broken_indexes(&schema)?;
    let steps: Vec<TableStep> = table_steps(&existing, &schema).into_iter().filter(|it| drops_only(it, &removed)).collect();
    refuse_duplicates(store, &existing, &schema, &steps)?;
    Ok(Prepared { before: version, after, losses: losses(store, &current, &removed)?, schema, steps })
}

/// Views and indexes must fit what is there: all of those that change, and of others those that would go as a whole.
fn refuse_unfit(current: &Schema, schema: &Schema, changes: &[SchemaChange]) -> Result<()> {
    let touched = |name: &str| {
        changes.iter().any(|it| matches!(it, SchemaChange::AddObject { object } | SchemaChange::ChangeObject { object } if object.name == name))
    };
    let mut problems = Vec::new();
    for (object, problem) in schema.left_out.iter().filter(|it| !current.left_out.contains(it)) {
        let place = if touched(object) { format!("object.{}", problem.place) } else { format!("{object}.{}", problem.place) };
        if touched(object) || problem.whole {
            problems.push(FieldError { field: place, code: "rule", message: problem.reason.clone() });
        }
    }
    problems.extend(schema.objects.values().filter(|it| touched(&it.name)).flat_map(|it| standard::index_problems(it)));
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}

/// Carries changes out. Nothing is lost unless `accept_loss`.
///
/// # Errors
/// `would_lose_data` unless accepted; all problems of the changes; `state_conflict` where another node was faster.
pub fn apply(context: &Context, changes: &[SchemaChange], accept_loss: bool) -> Result<Arc<Schema>> {
    context.access.require_administrator()?;
    let workspace = context.workspace.clone();
    let _one_at_a_time = workspace.definition_change.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Prepared { before, after, schema, steps, losses } = prepare(&workspace, changes)?;
    if let Some(loss) = losses.iter().find(|it| it.values > 0).filter(|_| !accept_loss) {
        let place = loss.field.as_ref().map_or_else(|| loss.object.clone(), |field| format!("{}.{field}", loss.object));
        return Err(KernelError::conflict(
            "would_lose_data",
            format!("{place}中有{}个值会丢失，请确认后再执行", loss.values),
            format!("{} values of {place} would be lost; confirm to go on", loss.values),
        ));
    }
    let inner = Context { schema: schema.clone(), ..context.clone() };
    let detail = serde_json::to_value(changes).ok();
    let added = added_columns(&steps);
    workspace.store.write_with(move |tx| {
        tx.serialise("schema")?;
        if customisation_of(tx)?.version != before {
            return Err(KernelError::conflict(
                "state_conflict",
                "定义刚被他人修改，请重新预览",
                "the definitions were changed just now; preview again",
            ));
        }
        steps.iter().try_for_each(|it| run_step(tx, it))?;
        recompute(&inner, tx, &added)?;
        save_customisation(tx, &after, inner.now)?;
        crate::audit::append(&inner, tx, "change_schema", None, None, None, 0, detail.clone())
    })?;
    workspace.replace_schema(schema.clone());
    workspace.feed.announce();
    Ok(schema)
}

/// What changes take away: objects, and fields of objects that stay.
fn removals(schema: &Schema, changes: &[SchemaChange]) -> BTreeSet<(String, Option<String>)> {
    let mut removed = BTreeSet::new();
    for change in changes {
        match change {
            SchemaChange::RemoveObject { object } => {
                removed.insert((object.clone(), None));
            }
            SchemaChange::RemoveField { object, name } => {
                removed.insert((object.clone(), Some(name.clone())));
            }
            SchemaChange::ChangeObject { object: after } => {
                let before = schema.object(&after.name).filter(|it| it.origin == Origin::Custom);
                let stays = |name: &str| after.fields.iter().any(|it| it.name == name);
                let ownership = |name: &str| matches!(name, "owner" | "department") && after.owned;
                let gone = before.iter().flat_map(|it| it.user_fields()).filter(|it| !stays(it.name()) && !ownership(it.name()));
                removed.extend(gone.map(|it| (after.name.clone(), Some(it.name().to_owned()))));
            }
            SchemaChange::AddObject { .. }
            | SchemaChange::AddField { .. }
            | SchemaChange::ChangeField { .. }
            | SchemaChange::ResetObject { .. }
            | SchemaChange::ResetField { .. }
            | SchemaChange::ForgetSettled { .. }
            | SchemaChange::InstallPack { .. }
            | SchemaChange::RemovePack { .. }
            | SchemaChange::PutRates { .. }
            | SchemaChange::PutRole { .. }
            | SchemaChange::RemoveRole { .. }
            | SchemaChange::PutSharingRule { .. }
            | SchemaChange::RemoveSharingRule { .. } => {}
        }
    }
    removed
}

/// Whether a step drops nothing but what the changes take away. Tables and columns of an app that is not installed at the
/// moment are nobody's to drop.
fn drops_only(step: &TableStep, removed: &BTreeSet<(String, Option<String>)>) -> bool {
    match step {
        TableStep::DropTable(table) => removed.iter().any(|(object, field)| match field {
            None => *table == format!("o_{object}") || table.starts_with(&format!("l_{object}__")),
            Some(field) => *table == format!("l_{object}__{field}"),
        }),
        TableStep::DropColumn(table, column) => removed.iter().any(|(object, field)| {
            let of_field = |field: &String| column == field || column.strip_prefix(field.as_str()).is_some_and(|it| it.starts_with("__"));
            *table == format!("o_{object}") && field.as_ref().is_some_and(of_field)
        }),
        _ => true,
    }
}

/// A new field or object must not come upon what a former one of the same name left.
fn refuse_leftovers(existing: &[ExistingTable], schema: &Schema, changes: &[SchemaChange], problems: &mut Vec<FieldError>) {
    let found = |name: &str| existing.iter().find(|it| it.name == name);
    let taken = |place: &str, name: &str| {
        FieldError::new(
            place,
            "rule",
            format!("数据库中还有名为“{name}”的旧数据，请换一个名称"),
            format!("the database still holds data of a former `{name}`; choose another name"),
        )
    };
    for change in changes {
        match change {
            SchemaChange::AddObject { object } if found(&format!("o_{}", object.name)).is_some() && schema.object(&object.name).is_none() => {
                problems.push(taken("object.name", &object.name));
            }
            SchemaChange::AddField { object, field } => {
                let column =
                    |it: &&ExistingTable| it.columns.iter().any(|column| column == &field.name || column.starts_with(&format!("{}__", field.name)));
                if found(&format!("o_{object}")).filter(column).is_some() || found(&format!("l_{object}__{}", field.name)).is_some() {
                    problems.push(taken("field.name", &field.name));
                }
            }
            _ => {}
        }
    }
}

/// A unique index over values that are not is told before it is tried.
fn refuse_duplicates(store: &Arc<dyn Store>, existing: &[ExistingTable], schema: &Schema, steps: &[TableStep]) -> Result<()> {
    for step in steps {
        let TableStep::CreateIndex(table, index) = step else { continue };
        let stored = |column: &String| existing.iter().any(|it| it.name == *table && it.columns.contains(column));
        let object = schema.objects.values().find(|it| it.table.name == *table);
        let Some(object) = object.filter(|_| index.unique && index.columns.iter().all(stored)) else { continue };
        let columns: Vec<ColumnRef> = index.columns.iter().filter_map(|it| object.table.position(it)).map(ColumnRef::main).collect();
        let present = columns.iter().fold(Condition::IsNull(ColumnRef::main(DELETED_AT)), |all, it| all.and(Condition::NotNull(*it)));
        let order = columns.iter().map(|it| Order { column: *it, descending: false }).collect();
        let select = Select { columns, order, ..Select::all(&object.table, present) };
        let mut last: Vec<Value> = Vec::new();
        let mut twice = 0_u64;
        store.read_with(|tx| {
            tx.select(&select, &mut |row| {
                twice += u64::from(*row == last);
                last.clone_from(row);
                std::ops::ControlFlow::Continue(())
            })?;
            Ok(())
        })?;
        if twice > 0 {
            return Err(KernelError::Invalid(vec![FieldError::new(
                "field.unique",
                "duplicate",
                format!("已有{twice}个重复的值，请先处理后再设为唯一"),
                format!("{twice} values stand there twice; change those before making it unique"),
            )]));
        }
    }
    Ok(())
}

fn apply_changes(
    standard: &Standard,
    schema: &Schema,
    currency: &str,
    mut custom: Customisation,
    changes: &[SchemaChange],
    problems: &mut Vec<FieldError>,
) -> Customisation {
    let mut report = |place: &str, zh: String, en: String| problems.push(FieldError::new(place, "rule", zh, en));
    for change in changes {
        match change {
            SchemaChange::AddObject { object } => {
                if schema.object(&object.name).is_some() || custom.objects.iter().any(|it| it.name == object.name) {
                    report("object.name", format!("对象“{}”已存在", object.name), format!("there is an object `{}` already", object.name));
                } else {
                    custom.objects.push(object.clone());
                }
            }
            SchemaChange::ChangeObject { object } => match custom.objects.iter_mut().find(|it| it.name == object.name) {
                Some(place) => {
                    for field in &object.fields {
                        let before = place.fields.iter().find(|it| it.name == field.name);
                        if before.is_some_and(|it| changes_storage(it, field)) {
                            report(&format!("object.field.{}", field.name), TYPE_STAYS.0.into(), TYPE_STAYS.1.into());
                        }
                    }
                    *place = object.clone();
                }
                None => standard::change(standard, schema, &mut custom, object, &mut report),
            },
            SchemaChange::ResetObject { object } => standard::reset_object(standard, &mut custom, object, &mut report),
            SchemaChange::ResetField { object, name } => standard::reset_field(standard, &mut custom, object, name, &mut report),
            // Done when the others are: they change what the pack stands beside.
            SchemaChange::InstallPack { .. } | SchemaChange::RemovePack { .. } => {}
            SchemaChange::PutRates { rates } => rates::put(&mut custom, currency, rates, &mut report),
            SchemaChange::ForgetSettled { object } => drop(custom.settled.remove(object)),
            SchemaChange::RemoveObject { object } => {
                let before = custom.objects.len();
                custom.objects.retain(|it| it.name != *object);
                if custom.objects.len() == before {
                    report("object", "只能删除自定义对象".into(), "only objects of your own can be removed".into());
                }
            }
            SchemaChange::AddField { object, field } => {
                if schema.object(object).is_some_and(|it| it.field(&field.name).is_some()) {
                    report("field.name", format!("字段“{}”已存在", field.name), format!("there is a field `{}` already", field.name));
                } else if let Some(own) = custom.objects.iter_mut().find(|it| it.name == *object) {
                    own.fields.push(field.clone());
                } else if schema.object(object).is_some() {
                    custom.fields.entry(object.clone()).or_default().push(field.clone());
                } else {
                    report("object", format!("没有对象“{object}”"), format!("there is no object `{object}`"));
                }
            }
            SchemaChange::ChangeField { object, field } => change_field(standard, schema, &mut custom, object, field, &mut report),
            SchemaChange::PutRole { role } => rights::put_role(schema, &mut custom, role, &mut report),
            SchemaChange::RemoveRole { name } => rights::remove_role(standard, &mut custom, name, &mut report),
            SchemaChange::PutSharingRule { rule } => rights::put_sharing_rule(schema, &mut custom, rule, &mut report),
            SchemaChange::RemoveSharingRule { name } => rights::remove_sharing_rule(&mut custom, name, &mut report),
            SchemaChange::RemoveField { object, name } => {
                let own = custom.objects.iter_mut().find(|it| it.name == *object).map(|it| &mut it.fields);
                let fields = own.or_else(|| custom.fields.get_mut(object));
                let removed = fields.is_some_and(|fields| {
                    let before = fields.len();
                    fields.retain(|it| it.name != *name);
                    fields.len() < before
                });
                if !removed {
                    report("name", "只能删除自定义字段".into(), "only fields of your own can be removed".into());
                }
            }
        }
    }
    custom
}

const TYPE_STAYS: (&str, &str) = ("类型、目标对象和小数位不能改变，请新建字段", "type, target and scale cannot change; add another field instead");

/// Whether the values of a field would no longer be what is stored.
fn changes_storage(old: &FieldDefinition, new: &FieldDefinition) -> bool {
    if let (FieldKind::Rollup, FieldKind::Rollup) = (old.kind, new.kind) {
        // The type of the result follows from what is computed; only the filter may change.
        let what = |it: &FieldDefinition| it.rollup.as_ref().map(|it| (it.object.clone(), it.via.clone(), it.function, it.field.clone()));
        return what(old) != what(new);
    }
    old.kind != new.kind || old.target != new.target || old.scale != new.scale || old.result != new.result
}

fn change_field(
    standard: &Standard,
    schema: &Schema,
    custom: &mut Customisation,
    object: &str,
    field: &FieldDefinition,
    report: standard::Report<'_>,
) {
    let Some(before) = schema.object(object).and_then(|it| it.field(&field.name)) else {
        report("field.name", format!("没有字段“{}”", field.name), format!("there is no field `{}`", field.name));
        return;
    };
    let old = &before.definition;
    if changes_storage(old, field) {
        report("field.type", TYPE_STAYS.0.into(), TYPE_STAYS.1.into());
        return;
    }
    let plain = shared_choices(schema, old, field, report);
    let Some(field) = plain.as_ref() else { return };
    let own = custom.objects.iter_mut().find(|it| it.name == object).map(|it| &mut it.fields);
    let place = own.or_else(|| custom.fields.get_mut(object)).and_then(|fields| fields.iter_mut().find(|it| it.name == field.name));
    if let Some(place) = place {
        *place = field.clone();
        return;
    }
    let is_shared = field.options_of.is_some();
    let missing = old.options.iter().filter(|_| !is_shared).find(|option| field.options.iter().all(|it| it.value != option.value));
    if let Some(option) = missing {
        report(
            "field.options",
            format!("标准选项“{}”不能删除，可以停用", option.value),
            format!("the standard option `{}` cannot be removed; retire it", option.value),
        );
        return;
    }
    // Owner and department are the engine's, even where an app says nothing of them.
    match standard.field(object, &field.name) {
        Some(theirs) if (&theirs.options_of, theirs.open_options) != (&field.options_of, field.open_options) => {
            report("field.options_of", "标准字段的选项来源不能改变".into(), "where the choices of a standard field come from stays".into());
        }
        Some(theirs) => standard::change_field(theirs, custom, object, field),
        None => report("field.name", "此字段不能修改".into(), "this field cannot be changed".into()),
    }
}

/// A field without the choices it shares with another one, but with those it had beside them, which old records hold; nothing
/// where the shared ones would be changed here.
fn shared_choices(schema: &Schema, old: &FieldDefinition, field: &FieldDefinition, report: standard::Report<'_>) -> Option<FieldDefinition> {
    let Some(home) = &field.options_of else { return Some(field.clone()) };
    if !field.options.is_empty() && field.options != old.options {
        let zh = format!("选项与“{home}”共用，请在那里修改");
        report("field.options", zh, format!("the choices are those of `{home}`; change them there"));
        return None;
    }
    let found = home.split_once('.').and_then(|(object, name)| schema.object(object)?.field(name));
    let is_shared = |value: &str| found.is_none_or(|it| it.definition.options.iter().any(|it| it.value == value));
    let former = old.options.iter().filter(|it| !is_shared(&it.value)).map(|it| OptionDefinition { retired: true, ..it.clone() });
    Some(FieldDefinition { options: former.collect(), ..field.clone() })
}

/// How many values the removals would lose.
fn losses(store: &Arc<dyn Store>, schema: &Schema, removed: &BTreeSet<(String, Option<String>)>) -> Result<Vec<SchemaLoss>> {
    let mut losses = Vec::new();
    for (name, field) in removed {
        let Some(object) = schema.object(name).filter(|it| field.as_ref().is_none_or(|field| it.field(field).is_some())) else { continue };
        // Fields the workspace added to the object of a pack are its own: it is told what becomes of each.
        let own = object.fields.iter().filter(|it| field.is_none() && object.origin == Origin::Pack && it.origin == Origin::Custom);
        for field in std::iter::once(field.clone()).chain(own.map(|it| Some(it.name().to_owned()))) {
            // What is computed is lost with nothing: it can be computed again.
            let computed = |it: &String| object.field(it).is_some_and(|it| matches!(it.definition.kind, FieldKind::Formula | FieldKind::Rollup));
            let values = match &field {
                Some(name) if computed(name) => 0,
                _ => store.read_with(|tx| Ok(tx.count(&values_of(object, field.as_ref()), None)?))?,
            };
            losses.push(SchemaLoss { object: object.name.clone(), field, values });
        }
    }
    Ok(losses)
}

fn values_of(object: &Object, field: Option<&String>) -> Select {
    let Some(field) = field.and_then(|it| object.field(it)) else { return Select::all(&object.table, Condition::True) };
    if let Some(link) = &field.link {
        return Select::all(link, Condition::True);
    }
    let any = field.parts.iter().map(|it| Condition::NotNull(ColumnRef::main(it.column))).collect();
    Select::all(&object.table, Condition::Or(any))
}
