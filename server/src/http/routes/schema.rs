//! `GET /schema/objects`, `POST /schema/plan`, `POST /schema/apply`: definitions, and changing them while the system runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{self, SchemaChange, SchemaLoss, SchemaPlan};
use guanxi_kernel::schema::{
    CircleDefinition, ComparedField, ComparedObject, Field, FieldDefinition, InCircleDefinition, IndexDefinition, Label, LendDefinition, Object,
    ObjectDefinition, Origin, RuleDefinition, Schema, SeenWithDefinition, ViewsDefinition,
};
use guanxi_kernel::workspace::SettledField;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errors::{ApiError, ApiFailure, FieldProblem, field_problems};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Most changes at once.
const MAX_CHANGES: usize = 500;

/// A definition and where it comes from.
#[derive(Serialize, JsonSchema)]
pub struct StoredObject {
    /// Identifier.
    name: String,
    /// Singular name.
    label: Label,
    /// Plural name; the singular where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    plural: Option<Label>,
    /// One sentence for newcomers.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Label>,
    /// Icon name of the web app's set.
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    /// Accent, a token name such as `blue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    /// The field that names a record to people.
    title_field: String,
    /// Has the fields `owner` and `department`.
    owned: bool,
    /// Hidden from navigation and search pages.
    internal: bool,
    /// Found by search although internal.
    in_search: bool,
    /// Its fields, those of the engine and the workspace's own included.
    field: Vec<StoredField>,
    /// Indexes beyond those the engine makes.
    index: Vec<IndexDefinition>,
    /// Whoever opens a record is noted in the audit log.
    audit_reads: bool,
    /// Screens that show its records bear the name of who looks and the time.
    watermark: bool,
    /// Rights follow from its records: what a role says of `*` does not hold for it.
    explicit_rights: bool,
    /// The field through which records belong to another one: they are seen only where that one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    follows: Option<String>,
    /// They are changed only where that one may be.
    follows_changes: bool,
    /// The record it is seen with: whoever may read that one reads this one too.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_with: Option<SeenWithDefinition>,
    /// The field that names the one member who sees a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    private_to: Option<String>,
    /// Expression over the record: nobody but an administrator changes or deletes it while this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_when: Option<String>,
    /// The field that names the record this one is a part of: what locks that one, locks this one too.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_with: Option<String>,
    /// Its records say how the workspace works: only who may make or change some finds them in the navigation.
    setting: bool,
    /// Its records say what happened: taking a change back leaves them as they are.
    trail: bool,
    /// Its records are circles: whoever belongs to one sees what lies in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<CircleDefinition>,
    /// How its records lie in a circle, open to those who belong to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_circle: Option<InCircleDefinition>,
    /// What the person a record is addressed to may see meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lends: Vec<LendDefinition>,
    /// Rules every saved record satisfies.
    rule: Vec<RuleDefinition>,
    /// Fields by which duplicates are found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    duplicates: Vec<ComparedField>,
    /// Other objects whose records may mean the same as one that is entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    duplicates_against: Vec<ComparedObject>,
    /// The standard has an object of this name too, which is left out for this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    instead_of_standard: bool,
    /// How records are shown.
    views: ViewsDefinition,
    /// The app it belongs to.
    app: String,
    /// Where the object comes from.
    origin: Origin,
    /// The industry pack that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    /// What it goes back to, without its fields, where the workspace changed anything of a standard object.
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<ObjectDefinition>,
    /// Fields of the workspace's own whose name a later version took: what became of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settled: Vec<SettledField>,
}

/// A field and where it comes from.
#[derive(Serialize, JsonSchema)]
struct StoredField {
    #[serde(flatten)]
    definition: FieldDefinition,
    /// Where the field comes from.
    origin: Origin,
    /// The industry pack that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    /// The workspace changed it; it can be taken back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changed: bool,
}

/// All definitions.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct StoredObjects {
    /// Grows with each change.
    schema_version: i64,
    /// ISO 4217 code of the company's own currency.
    currency: String,
    /// How much one unit of each other currency is worth in it, by code.
    rates: BTreeMap<String, String>,
    /// By name.
    items: Vec<StoredObject>,
}

/// All definitions.
pub async fn objects(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let items = context.schema.objects.values().map(|it| stored_object(context, it)).collect();
            let rates = context.schema.rates.iter().map(|(code, rate)| (code.clone(), rate.to_string())).collect();
            let currency = context.workspace.settings().currency.clone();
            Answer::json(&StoredObjects { schema_version: context.schema.version, currency, rates, items })
        })
        .await
}

/// One definition.
pub async fn object(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let object = context.schema.object(&object).ok_or(KernelError::NotFound)?;
            Answer::json(&stored_object(context, object))
        })
        .await
}

/// Changes of the definitions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaChanges {
    /// In order.
    #[schemars(length(min = 1, max = MAX_CHANGES))]
    changes: Vec<SchemaChange>,
    /// Go ahead although values are lost.
    #[serde(default)]
    accept_loss: bool,
}

fn request(context: &Context, body: &JsonBody) -> Result<SchemaChanges, ApiError> {
    context.access.require_administrator()?;
    let request: SchemaChanges = body.read()?;
    if request.changes.is_empty() || request.changes.len() > MAX_CHANGES {
        return Err(ApiError::bad("bad_request", "changes", "变更数应为1到500", "give 1 to 500 changes"));
    }
    Ok(request)
}

/// What changes of the definitions would do.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SchemaPlan")]
pub struct ToldPlan {
    /// In order.
    pub(super) steps: Vec<PlannedStep>,
    /// Values that would be lost.
    pub(super) losses: Vec<SchemaLoss>,
    /// Why it cannot be done.
    pub(super) problems: Vec<FieldProblem>,
}

/// One step of a plan.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SchemaStep")]
pub struct PlannedStep {
    /// `create_table`, `add_column`, `drop_column`, `drop_table`, `create_index`, `drop_index`, `change_definition`,
    /// `recompute`.
    op: &'static str,
    /// Table; the object where its definition changes.
    object: String,
    /// Column or index; the part of the definition.
    field: String,
    /// In words.
    summary: Label,
}

/// Definitions as they are now.
#[derive(Serialize, JsonSchema)]
pub struct AppliedSchema {
    /// Grows with each change.
    pub(super) schema_version: i64,
}

/// A plan, in the caller's language.
pub(super) fn told_plan(context: &Context, plan: SchemaPlan) -> ToldPlan {
    let steps = plan.steps.into_iter().map(|it| PlannedStep { op: it.op, object: it.table, field: it.name, summary: it.summary });
    ToldPlan { steps: steps.collect(), losses: plan.losses, problems: field_problems(&plan.problems, context.locale) }
}

/// What changes of the definitions would do.
pub async fn plan(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let plan = definition::plan(context, &request(context, &body)?.changes)?;
            Answer::json(&told_plan(context, plan))
        })
        .await
}

/// Carries changes of the definitions out.
pub async fn apply(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, |signed_in, body| {
            let context = &signed_in.context;
            let SchemaChanges { changes, accept_loss } = request(context, body)?;
            let schema = definition::apply(context, &changes, accept_loss)?;
            Answer::json(&AppliedSchema { schema_version: schema.version })
        })
        .await
}

/// The pack an object or a field comes from.
pub(super) fn pack_of(schema: &Schema, object: &Object, field: Option<&Field>) -> Option<String> {
    let origin = field.map_or(object.origin, |it| it.origin);
    let pack = schema.standard.pack_of(&object.name, field.map(Field::name));
    pack.filter(|_| origin == Origin::Pack).map(str::to_owned)
}

fn stored_object(context: &Context, object: &Arc<Object>) -> StoredObject {
    let (schema, left_out) = (&context.schema, &context.workspace.registry.left_out);
    let definition = object.definition.clone();
    // The fields are told with their origin. A new key does not compile until it is told here.
    let ObjectDefinition {
        name,
        label,
        plural,
        help,
        icon,
        color,
        title_field,
        owned,
        internal,
        in_search,
        explicit_rights,
        follows,
        follows_changes,
        seen_with,
        private_to,
        audit_reads,
        watermark,
        fields: _,
        indexes,
        locked_when,
        locked_with,
        setting,
        trail,
        circle,
        in_circle,
        lends,
        rules,
        duplicates,
        duplicates_against,
        views,
    } = definition;
    let standard = schema.standard.object(&object.name).filter(|_| definition::is_changed(&schema.standard, object));
    StoredObject {
        name,
        label,
        plural,
        help,
        icon,
        color,
        title_field,
        owned,
        internal,
        in_search,
        explicit_rights,
        follows,
        follows_changes,
        seen_with,
        private_to,
        audit_reads,
        watermark,
        field: object.fields.iter().map(|it| stored_field(schema, object, it)).collect(),
        index: indexes,
        locked_when,
        locked_with,
        setting,
        trail,
        circle,
        in_circle,
        lends,
        rule: rules,
        duplicates,
        duplicates_against,
        instead_of_standard: left_out.contains(&object.name),
        views,
        app: object.app.clone(),
        origin: object.origin,
        pack: pack_of(schema, object, None),
        standard: standard.map(|it| ObjectDefinition { fields: Vec::new(), ..it.clone() }),
        settled: schema.settled.get(&object.name).cloned().unwrap_or_default(),
    }
}

fn stored_field(schema: &Schema, object: &Object, field: &Field) -> StoredField {
    let declared = object.definition.fields.iter().find(|it| it.name == field.name());
    let standard = schema.standard.field(&object.name, field.name());
    // Choices that stand elsewhere are filled in.
    let own = |it: &FieldDefinition| {
        let elsewhere = it.options_of.is_some() || it.options_from.is_some();
        FieldDefinition { options: if elsewhere { Vec::new() } else { it.options.clone() }, ..it.clone() }
    };
    let changed = standard.zip(declared).is_some_and(|(standard, declared)| own(standard) != own(declared));
    StoredField { definition: field.definition.clone(), origin: field.origin, pack: pack_of(schema, object, Some(field)), changed }
}
