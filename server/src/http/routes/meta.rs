//! `GET /meta`: what there is, for the caller. What he may not use is absent.

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{ActionDefinition, ActionPlace};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Label, Object, ObjectDefinition, Origin};
use guanxi_kernel::write::action_input;
use schemars::JsonSchema;
use serde::Serialize;

use super::meta_fields::{FieldMeta, definition_meta, fields_meta};
use super::meta_views::{ViewsMeta, views_meta};
use super::schema::pack_of;
use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// What there is, for the caller.
#[derive(Serialize, JsonSchema)]
pub struct Meta {
    /// Grows with each change of the definitions.
    schema_version: i64,
    /// The company.
    workspace: MetaWorkspace,
    /// Currencies offered for amounts: the company's own, then those that have a rate.
    currencies: Vec<String>,
    /// Whether the caller administers the workspace.
    administrator: bool,
    /// Manages the members, departments and teams of some departments.
    branch_administrator: bool,
    /// Whether he may read the audit log.
    auditor: bool,
    /// The apps with their objects.
    navigation: Vec<NavigationGroup>,
    /// The objects he may read.
    objects: Vec<ObjectMeta>,
    /// The actions that belong to no object.
    actions: Vec<ActionMeta>,
}

/// A company.
#[derive(Serialize, JsonSchema)]
struct MetaWorkspace {
    /// Id; part of its address.
    id: String,
    /// Name of the company.
    name: String,
    /// Made for trying out.
    demo: bool,
    /// ISO 4217 code of amounts that name none.
    currency: String,
    /// Two-letter region for national phone forms.
    region: String,
    /// IANA name; days of reports begin here.
    time_zone: String,
}

/// An app in the navigation.
#[derive(Serialize, JsonSchema)]
pub struct NavigationGroup {
    /// Its name; `custom` for the workspace's own objects.
    app: String,
    /// Its name for people.
    label: Label,
    /// Icon name of the web app's set.
    icon: Option<String>,
    /// Its objects, in order.
    objects: Vec<String>,
}

/// An object, for the caller.
#[derive(Serialize, JsonSchema)]
struct ObjectMeta {
    /// Identifier.
    name: String,
    /// Singular name.
    label: Label,
    /// Plural name.
    plural: Label,
    /// One sentence for newcomers.
    help: Option<Label>,
    /// Icon name of the web app's set.
    icon: Option<String>,
    /// Accent, a token name such as `blue`.
    color: Option<String>,
    /// The workspace's own.
    custom: bool,
    /// The industry pack that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    /// Hidden from navigation and search pages.
    internal: bool,
    /// Screens that show its records bear the name of who looks and the time.
    watermark: bool,
    /// Duplicates among its records are looked for.
    duplicates: bool,
    /// Other objects whose records one that is entered is compared with, as far as the caller may see them.
    duplicates_against: Vec<String>,
    /// The field that names a record to people.
    title_field: String,
    /// The app it belongs to.
    app: String,
    /// What the caller may do with some of its records at least.
    access: ObjectAccess,
    /// The fields he may read.
    fields: Vec<FieldMeta>,
    /// How its records are shown.
    views: ViewsMeta,
    /// The actions he may run.
    actions: Vec<ActionMeta>,
}

/// What the caller may do with some records at least.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "one a verb, as docs/api.md has them")]
struct ObjectAccess {
    /// Make new ones.
    create: bool,
    /// Change them.
    update: bool,
    /// Move them to the recycle bin.
    delete: bool,
    /// Bring them back.
    restore: bool,
    /// Import.
    import: bool,
    /// Export.
    export: bool,
    /// Change many at once.
    bulk: bool,
    /// Share them.
    share: bool,
    /// Give them to another owner.
    assign: bool,
    /// Lock them.
    lock: bool,
}

/// An action, for the caller.
#[derive(Serialize, JsonSchema)]
struct ActionMeta {
    /// Identifier, unique on its object.
    name: String,
    /// Button text.
    label: Label,
    /// What it does, one sentence.
    help: Option<Label>,
    /// Icon name of the web app's set.
    icon: Option<String>,
    /// Where it stands.
    on: ActionPlace,
    /// Shown as the main button.
    primary: bool,
    /// Asks before it runs.
    danger: bool,
    /// Expression over the record: shown when true.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_when: Option<String>,
    /// What it takes.
    input: Vec<FieldMeta>,
}

/// Objects, fields, views and actions.
pub async fn meta(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let settings = context.workspace.settings();
            let readable = context.schema.objects.values().filter(|it| context.access.may(it, Verb::Read));
            Answer::json(&Meta {
                schema_version: context.schema.version,
                workspace: MetaWorkspace {
                    id: context.workspace.id.clone(),
                    name: settings.name.clone(),
                    demo: settings.demo,
                    currency: settings.currency.clone(),
                    region: settings.region.clone(),
                    time_zone: settings.time_zone.clone(),
                },
                currencies: std::iter::once(settings.currency.clone()).chain(context.schema.rates.keys().cloned()).collect(),
                administrator: context.access.is_unlimited(),
                branch_administrator: context.access.branches().is_some(),
                auditor: context.access.require_auditor().is_ok(),
                navigation: navigation(context),
                objects: readable.map(|it| object_meta(context, it)).collect(),
                actions: actions_of(context, ""),
            })
        })
        .await
}

/// The apps with the objects the caller may read; the workspace's own objects come last.
pub fn navigation(context: &Context) -> Vec<NavigationGroup> {
    let readable = |name: &str| context.schema.object(name).is_some_and(|it| context.access.may(it, Verb::Read));
    // Rules that somebody only lives by do not stand in his way.
    let is_his = |name: &&String| {
        let changes = |it: &Arc<Object>| context.access.may(it, Verb::Create) || context.access.may(it, Verb::Update);
        readable(name) && context.schema.object(name).is_some_and(|it| !it.definition.setting || changes(it))
    };
    let group = |app: &str, label: &Label, icon: Option<&str>, objects: Vec<String>| NavigationGroup {
        app: app.to_owned(),
        label: label.clone(),
        icon: icon.map(str::to_owned),
        objects,
    };
    let of_app = |it: &guanxi_kernel::schema::AppDefinition| {
        let objects = it.objects.iter().filter(is_his).cloned().collect();
        group(&it.name, &it.label, it.icon.as_deref(), objects)
    };
    let own = |it: &&Arc<Object>| it.origin == Origin::Custom && !it.definition.internal && readable(&it.name);
    let custom = context.schema.objects.values().filter(own).map(|it| it.name.clone()).collect();
    let custom = group("custom", &Label::new("自定义", "Custom"), Some("appstore"), custom);
    context.schema.apps.iter().map(of_app).chain([custom]).filter(|it| !it.objects.is_empty()).collect()
}

fn object_meta(context: &Context, object: &Arc<Object>) -> ObjectMeta {
    let definition = &object.definition;
    let may = |verb| context.access.may(object, verb);
    ObjectMeta {
        name: object.name.clone(),
        label: definition.label.clone(),
        plural: definition.plural.as_ref().unwrap_or(&definition.label).clone(),
        help: definition.help.clone(),
        icon: definition.icon.clone(),
        color: definition.color.clone(),
        custom: object.origin == Origin::Custom,
        pack: pack_of(&context.schema, object, None),
        internal: definition.internal,
        watermark: definition.watermark,
        duplicates: !definition.duplicates.is_empty(),
        duplicates_against: compared_with(context, definition),
        title_field: definition.title_field.clone(),
        app: object.app.clone(),
        access: ObjectAccess {
            create: may(Verb::Create),
            update: may(Verb::Update),
            delete: may(Verb::Delete),
            restore: may(Verb::Restore),
            import: may(Verb::Import),
            export: may(Verb::Export),
            bulk: may(Verb::Bulk),
            share: may(Verb::Share),
            assign: may(Verb::Assign),
            lock: may(Verb::Lock),
        },
        fields: fields_meta(context, object),
        views: views_meta(context, object),
        actions: actions_of(context, &object.name),
    }
}

fn compared_with(context: &Context, definition: &ObjectDefinition) -> Vec<String> {
    let readable = |name: &&String| context.schema.object(name).is_some_and(|it| context.access.may(it, Verb::Read));
    definition.duplicates_against.iter().map(|it| &it.object).filter(readable).cloned().collect()
}

fn actions_of(context: &Context, object: &str) -> Vec<ActionMeta> {
    let registry = &context.workspace.registry;
    let mine = registry.actions().map(|it| it.definition()).filter(|it| it.object == object && context.access.may_act(object, &it.name));
    mine.map(|it| action_meta(context, it)).collect()
}

fn action_meta(context: &Context, action: &ActionDefinition) -> ActionMeta {
    ActionMeta {
        name: action.name.clone(),
        label: action.label.clone(),
        help: action.help.clone(),
        icon: action.icon.clone(),
        on: action.on,
        primary: action.primary,
        danger: action.danger,
        visible_when: action.visible_when.clone(),
        input: action.input.iter().map(|it| definition_meta(context, &action_input(context, action, it))).collect(),
    }
}
