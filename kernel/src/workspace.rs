//! One company's data: a store, its schema and its settings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use guanxi_expr::Value;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Access, AccessCache, Member};
use crate::app::Registry;
use crate::bulk::Bulk;
use crate::context::{Clock, Context, Ids, Locale};
use crate::definition::PutOff;
use crate::error::{FieldError, KernelError, Result};
use crate::identity::{
    Identity, MEMBER_OBJECT, OrganisationCache, PolicyCache, SCHEMA, SETTINGS, SIGN_INS, SKILLS_FIELD, SignInPolicy, Versions, counter, set_version,
    versions,
};
use crate::pack::{InstalledPack, Standard};
use crate::schema::{
    FieldDefinition, ObjectDefinition, ObjectSource, OptionDefinition, OptionSource, Origin, Overlay, RoleDefinition, Schema, SharingRule,
    build_schema, reserved_name,
};
use crate::store::{ColumnRef, Condition, ExistingTable, Insert, OnConflict, ReadTx, Select, Set, Store, StoreExt, Table, WriteTx};
use crate::system_tables::{self, DEFINITION, SETTING};

/// Settings of a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Company name.
    pub name: String,
    /// ISO 4217 code of amounts that name none.
    pub currency: String,
    /// Two-letter region for national phone forms.
    pub region: String,
    /// IANA name; days of reports and stored results begin here.
    pub time_zone: String,
    /// Made for trying out.
    pub demo: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { name: String::new(), currency: "CNY".into(), region: "CN".into(), time_zone: "Asia/Shanghai".into(), demo: false }
    }
}

/// What a workspace added to the standard definitions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Customisation {
    /// Objects of its own.
    #[serde(default)]
    pub objects: Vec<ObjectDefinition>,
    /// Fields added to standard objects.
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<FieldDefinition>>,
    /// Standard fields changed (label, help, required, options, ...), whole definitions: what was kept before there were
    /// overlays, and is turned into one when the field is changed again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changed_fields: BTreeMap<String, Vec<FieldDefinition>>,
    /// Standard fields changed, by object and field.
    #[serde(default)]
    pub field_overlays: BTreeMap<String, BTreeMap<String, Overlay>>,
    /// Standard objects changed (labels, views, further rules, ...).
    #[serde(default)]
    pub changed_objects: BTreeMap<String, Overlay>,
    /// Roles of its own, and standard roles as it changed them, whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleDefinition>,
    /// Sharing rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sharing: Vec<SharingRule>,
    /// Own fields, by object, whose name a later standard took: what became of them, until an administrator has seen it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settled: BTreeMap<String, Vec<SettledField>>,
    /// How much one unit of each other currency is worth in the workspace's own: decimal numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, String>,
    /// Industry packs installed, in the order they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<InstalledPack>,
    /// Indexes that tables are without while many rows come in, by object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub put_off: BTreeMap<String, PutOff>,
    /// Grows with each change.
    #[serde(default)]
    pub version: i64,
}

/// What became of a field of the workspace's own whose name a later version of the standard took for one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettledField {
    /// The name it had, which is the standard's now.
    pub field: String,
    /// The name under which it goes on with its values; absent where the standard's field took the values over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<String>,
    /// When.
    pub at: jiff::Timestamp,
}

/// Told that something was committed. Must be quick: whoever committed waits for it.
pub type Listener = dyn Fn() + Send + Sync;

/// Wakes those who wait for news in the event log.
#[derive(Default)]
pub struct Feed {
    committed: Mutex<u64>,
    changed: Condvar,
    listeners: Mutex<Vec<Weak<Listener>>>,
}

impl Feed {
    /// Says that something was committed.
    pub fn announce(&self) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).retain(|it| it.upgrade().map(|it| it()).is_some());
    }
    /// Has a listener told of every announcement, as long as somebody else holds it.
    pub fn tell(&self, listener: &Arc<Listener>) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(listener));
    }
    /// A number that grows with each announcement.
    pub fn mark(&self) -> u64 {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Waits until the mark has passed `seen`, or for so long; answers the mark.
    pub fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        let guard = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(guard, at_most, |mark| *mark <= seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// See [`Workspace::rights_mark`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RightsMark {
    versions: Versions,
    sign_ins: i64,
}

/// Id of the workspace a server has from the beginning; others have an address of their own below its.
pub const MAIN: &str = "main";

/// One company's data.
pub struct Workspace {
    /// Identifier.
    pub id: String,
    /// Its database.
    pub store: Arc<dyn Store>,
    /// What the apps brought.
    pub registry: Arc<Registry>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub ids: Arc<dyn Ids>,
    /// News.
    pub feed: Feed,
    /// Bulk writes of this process.
    pub bulk: Bulk,
    schema: RwLock<Arc<Schema>>,
    /// With the version they are of.
    settings: RwLock<(i64, Arc<Settings>)>,
    rights: AccessCache,
    organisation: OrganisationCache,
    sign_in: PolicyCache,
    /// Held while definitions change, so that one change follows the other.
    pub(crate) definition_change: Mutex<()>,
}

impl Workspace {
    /// Opens a workspace: makes or updates its tables and reads its settings.
    ///
    /// # Errors
    /// Fails where definitions are wrong or the database refuses.
    pub fn open(id: &str, store: Arc<dyn Store>, registry: Arc<Registry>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Arc<Self>> {
        let existing = Arc::new(store.existing_tables()?);
        let before = existing.clone();
        store.write_with(move |tx| system_tables::all().into_iter().try_for_each(|table| bring_up_to_date(tx, table, &before)))?;
        let readers = registry.clone();
        store.write_with(move |tx| crate::readers::begin(tx, &readers.readers))?;
        let mut customisation = load_customisation(&store)?;
        crate::definition::settle_collisions(&registry, &mut customisation, clock.now())?;
        let (registry, schema) = crate::definition::fitting(registry, &customisation)?;
        let schema = Arc::new(schema);
        let settings = store.read_with(|tx| Ok((versions(tx)?.settings, Arc::new(settings_of(tx)?))))?;
        let workspace = Arc::new(Self {
            id: id.to_owned(),
            store,
            registry,
            clock,
            ids,
            feed: Feed::default(),
            bulk: Bulk::default(),
            schema: RwLock::new(schema),
            settings: RwLock::new(settings),
            rights: AccessCache::default(),
            organisation: OrganisationCache::default(),
            sign_in: PolicyCache::default(),
            definition_change: Mutex::new(()),
        });
        crate::definition::migrate(&workspace, &existing)?;
        Ok(workspace)
    }

    /// The schema now.
    pub fn schema(&self) -> Arc<Schema> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    pub(crate) fn replace_schema(&self, schema: Arc<Schema>) {
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = schema;
    }
    /// The settings now.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
    /// Replaces the settings.
    ///
    /// # Errors
    /// Forbidden to callers who are not administrators.
    pub fn save_settings(&self, context: &Context, settings: Settings) -> Result<()> {
        context.access.require_administrator()?;
        self.update_settings(context, move |_| Ok(settings.clone())).map(|_| ())
    }
    /// Makes new settings of those there are, one change after the other on all nodes, and writes what changed to the
    /// audit log.
    pub(crate) fn update_settings(
        &self,
        context: &Context,
        change: impl Fn(&Settings) -> Result<Settings> + Send + 'static,
    ) -> Result<Arc<Settings>> {
        let inner = context.clone();
        let (version, settings) = self.store.write_with(move |tx| {
            // Raised first: who comes second waits here, and then reads what the first has written.
            set_version(tx, SETTINGS, Set::Add(Value::Int(1)))?;
            let before = settings_of(tx)?;
            let after = change(&before)?;
            if after != before {
                let json = |it: &Settings| serde_json::to_value(it).map_err(|error| KernelError::Internal(error.to_string()));
                let (old, new) = (json(&before)?, json(&after)?);
                save_setting(tx, "workspace", &new)?;
                crate::audit::append(&inner, tx, "change_settings", None, None, None, 0, Some(differences(&old, &new)))?;
            }
            Ok((versions(tx)?.settings, Arc::new(after)))
        })?;
        self.take_settings(version, settings.clone());
        Ok(settings)
    }
    fn take_settings(&self, version: i64, settings: Arc<Settings>) {
        let mut known = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        if version > known.0 {
            *known = (version, settings);
        }
    }
    fn settings_version(&self) -> i64 {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).0
    }
    /// How members sign in, as it stands now.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn sign_in_policy(&self) -> Result<Arc<SignInPolicy>> {
        self.sign_in.get(&self.store, self.clock.now())
    }
    pub(crate) fn sign_in_policy_changed(&self) {
        self.sign_in.forget();
    }
    /// The workspace's time zone; UTC where its name is unknown.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.settings().time_zone).unwrap_or(TimeZone::UTC)
    }

    /// A member who may act now, as the organisation is at this moment on every node; `None` where there is none, or he
    /// was deactivated or deleted. Takes in definitions and settings that another node changed.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn identity(&self, tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Option<Identity>> {
        let versions = versions(tx)?;
        self.take_in(tx, &versions)?;
        self.organisation.identity(&self.schema(), tx, member, versions, self.clock.now())
    }

    /// What callers and their rights follow from, as it stands now on every node: while it is the same and no time that
    /// rights name has passed, whoever was let in still is, with the same rights.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn rights_mark(&self, tx: &mut (impl ReadTx + ?Sized)) -> Result<RightsMark> {
        Ok(RightsMark { versions: versions(tx)?, sign_ins: counter(tx, SIGN_INS)? })
    }

    /// Takes in definitions and settings that another node changed.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn follow_definitions(&self) -> Result<()> {
        let store = self.store.clone();
        store.read_with(|tx| {
            let versions = versions(tx)?;
            self.take_in(tx, &versions)
        })
    }

    fn take_in(&self, tx: &mut (impl ReadTx + ?Sized), versions: &Versions) -> Result<()> {
        if versions.schema > self.schema().version {
            let customisation = customisation_of(tx)?;
            self.replace_schema(Arc::new(schema_of(&self.registry, &customisation)?));
        }
        if versions.settings > self.settings_version() {
            self.take_settings(versions.settings, Arc::new(settings_of(tx)?));
        }
        Ok(())
    }
    /// The address of a page of the web app, where this server knows its own.
    pub fn address(&self, path: &str) -> Option<String> {
        let place = if self.id == MAIN { String::new() } else { format!("/w/{}", self.id) };
        self.registry.public_url.as_ref().map(|it| format!("{it}{place}{path}"))
    }

    /// The context of the engine itself, acting for `actor` (the nil id: for nobody).
    pub fn system_context(self: &Arc<Self>, actor: Uuid, request_id: &str) -> Context {
        Context {
            workspace: self.clone(),
            schema: self.schema(),
            access: Arc::new(Access::system(actor)),
            actor,
            actor_name: String::new(),
            now: self.clock.now(),
            locale: Locale::default(),
            time_zone: self.time_zone(),
            request_id: request_id.to_owned(),
            request_key: None,
            written: Arc::default(),
            proved: true,
            viewer: None,
            agent: None,
        }
    }

    /// The context of a member.
    pub fn member_context(self: &Arc<Self>, member: Member, name: String, locale: Locale, time_zone: TimeZone, request_id: String) -> Context {
        let schema = self.schema();
        let now = self.clock.now();
        let actor = member.id;
        let access = self.rights.of_member(&schema, member, now, &time_zone);
        Context {
            workspace: self.clone(),
            schema,
            access,
            actor,
            actor_name: name,
            now,
            locale,
            time_zone,
            request_id,
            request_key: None,
            written: Arc::default(),
            proved: true,
            viewer: None,
            agent: None,
        }
    }
}

/// Makes a table of the engine, or adds the columns and indexes it has got since.
fn bring_up_to_date(tx: &mut dyn WriteTx, table: &Table, existing: &[ExistingTable]) -> Result<()> {
    let Some(found) = existing.iter().find(|it| it.name == table.name) else { return Ok(tx.create_table(table)?) };
    for column in table.columns.iter().filter(|it| !found.columns.contains(&it.name)) {
        tx.add_column(&table.name, column)?;
    }
    for index in table.indexes.iter().filter(|it| !found.indexes.contains(&it.name)) {
        tx.create_index(&table.name, index)?;
    }
    Ok(())
}

/// The schema of the standard definitions with a workspace's own added.
pub fn schema_of(registry: &Registry, customisation: &Customisation) -> Result<Schema> {
    let standard = Standard::of(registry, &customisation.packs);
    let mut sources: Vec<ObjectSource> = Vec::new();
    for object in &standard.objects {
        let definition = &object.definition;
        let mut definition = changed(customisation, definition)
            .map_err(|reason| KernelError::Invalid(vec![FieldError::new(definition.name.as_str(), "rule", reason.clone(), reason)]))?;
        let added = customisation.fields.get(&definition.name).cloned().unwrap_or_default();
        let custom_fields = added.iter().map(|it| it.name.clone()).collect();
        definition.fields.extend(added);
        let origin = if object.pack.is_some() { Origin::Pack } else { Origin::Standard };
        let pack_fields = object.pack_fields.keys().cloned().collect();
        sources.push(ObjectSource { app: object.app.clone(), origin, definition, custom_fields, pack_fields });
    }
    for definition in &customisation.objects {
        let (definition, none) = (definition.clone(), BTreeSet::new());
        sources.push(ObjectSource { app: String::new(), origin: Origin::Custom, definition, custom_fields: none.clone(), pack_fields: none });
    }
    let mut roles: BTreeMap<String, RoleDefinition> = standard.roles.iter().map(|it| (it.definition.name.clone(), it.definition.clone())).collect();
    for role in &customisation.roles {
        let mut role = role.clone();
        standard.give_to(&mut role);
        roles.insert(role.name.clone(), role);
    }
    let roles: Vec<RoleDefinition> = roles.into_values().collect();
    offer_choices(&mut sources, &roles);
    let built = build_schema(customisation.version, standard.apps.clone(), roles, customisation.sharing.clone(), sources);
    let built = built.map(|schema| without_put_off(schema, &customisation.put_off));
    let rates = customisation.rates.iter().filter_map(|(code, rate)| Some((code.clone(), rate.parse().ok()?))).collect();
    built.map(|schema| Schema { settled: customisation.settled.clone(), rates, standard: Arc::new(standard), ..schema }).map_err(|problems| {
        let fields = problems
            .into_iter()
            .map(|it| {
                let place = it.field.map_or_else(|| it.object.clone(), |field| format!("{}.{field}", it.object));
                FieldError { field: place, code: "rule", message: it.reason }
            })
            .collect();
        KernelError::Invalid(fields)
    })
}

/// A schema whose tables are without the indexes that are put off.
fn without_put_off(mut schema: Schema, put_off: &BTreeMap<String, PutOff>) -> Schema {
    for (name, it) in put_off {
        if let Some(object) = schema.objects.get_mut(name).and_then(Arc::get_mut) {
            Arc::make_mut(&mut object.table).indexes.retain(|index| !it.indexes.contains(&index.name));
        }
    }
    schema
}

/// A standard object with what the workspace changed of it and of its fields.
fn changed(customisation: &Customisation, standard: &ObjectDefinition) -> std::result::Result<ObjectDefinition, String> {
    if let Some(name) = reserved_name(standard) {
        return Err(format!("`{name}`: names that begin like this are for what workspaces add"));
    }
    let mut definition = standard.clone();
    let whole = customisation.changed_fields.get(&standard.name);
    let overlays = customisation.field_overlays.get(&standard.name);
    for field in &mut definition.fields {
        if let Some(changed) = whole.and_then(|it| it.iter().find(|it| it.name == field.name)) {
            *field = changed.clone();
        }
        if let Some(overlay) = overlays.and_then(|it| it.get(&field.name)) {
            *field = overlay.over_field(field).map_err(|error| format!("{}: {error}", field.name))?;
        }
    }
    match customisation.changed_objects.get(&standard.name) {
        Some(overlay) => overlay.over_object(&definition),
        None => Ok(definition),
    }
}

/// Fields whose options stand elsewhere get those there are: the roles, the skills of members.
fn offer_choices(sources: &mut [ObjectSource], roles: &[RoleDefinition]) {
    let members = sources.iter().find(|it| it.definition.name == MEMBER_OBJECT);
    let skills = members.and_then(|it| it.definition.fields.iter().find(|it| it.name == SKILLS_FIELD));
    let skills = skills.map(|it| it.options.clone()).unwrap_or_default();
    let option = |it: &RoleDefinition| OptionDefinition { color: it.color.clone(), ..OptionDefinition::new(&it.name, it.label.clone()) };
    let fields = sources.iter_mut().flat_map(|it| it.definition.fields.iter_mut());
    for field in fields {
        match field.options_from {
            None => {}
            Some(OptionSource::Roles | OptionSource::RolesToGive) => field.options = roles.iter().map(option).collect(),
            Some(OptionSource::Skills) => field.options.clone_from(&skills),
        }
    }
}

/// What the workspace added, as stored.
pub fn load_customisation(store: &Arc<dyn Store>) -> Result<Customisation> {
    store.read_with(|tx| customisation_of(tx))
}

pub(crate) fn customisation_of(tx: &mut (impl ReadTx + ?Sized)) -> Result<Customisation> {
    let select = Select::all(&DEFINITION, Condition::equals(ColumnRef::main(0), Value::Text("customisation".into())));
    match tx.first(&select)?.as_deref() {
        Some([_, Value::Json(json), ..]) => {
            serde_json::from_value((**json).clone()).map_err(|error| KernelError::Internal(format!("stored definitions: {error}")))
        }
        _ => Ok(Customisation::default()),
    }
}

pub(crate) fn save_customisation(tx: &mut dyn WriteTx, customisation: &Customisation, now: jiff::Timestamp) -> Result<()> {
    let json = serde_json::to_value(customisation).map_err(|error| KernelError::Internal(error.to_string()))?;
    tx.insert(&Insert {
        table: DEFINITION.clone(),
        columns: vec![0, 1, 2],
        rows: vec![vec![Value::Text("customisation".into()), Value::Json(Box::new(json)), Value::DateTime(now)]],
        on_conflict: OnConflict::Replace(vec![1, 2]),
    })?;
    set_version(tx, SCHEMA, Set::To(Value::Int(customisation.version)))
}

/// The members of two objects that differ, as `{key: {old, new}}`.
fn differences(old: &serde_json::Value, new: &serde_json::Value) -> serde_json::Value {
    let keys = new.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let pair = |key: &str| (key.to_owned(), serde_json::json!({ "old": old[key], "new": new[key] }));
    serde_json::Value::Object(keys.filter(|key| old[*key] != new[*key]).map(pair).collect())
}

fn settings_of(tx: &mut (impl ReadTx + ?Sized)) -> Result<Settings> {
    match load_setting(tx, "workspace")? {
        Some(json) => serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("stored settings: {error}"))),
        None => Ok(Settings::default()),
    }
}

/// One stored setting.
pub fn load_setting(tx: &mut (impl ReadTx + ?Sized), key: &str) -> Result<Option<serde_json::Value>> {
    let select = Select::all(&SETTING, Condition::equals(ColumnRef::main(0), Value::Text(key.to_owned())));
    Ok(tx.first(&select)?.and_then(|mut row| if let Some(Value::Json(json)) = row.pop() { Some(*json) } else { None }))
}

/// Stores one setting.
pub fn save_setting(tx: &mut dyn WriteTx, key: &str, value: &serde_json::Value) -> Result<()> {
    tx.insert(&Insert {
        table: SETTING.clone(),
        columns: vec![0, 1],
        rows: vec![vec![Value::Text(key.to_owned()), Value::Json(Box::new(value.clone()))]],
        on_conflict: OnConflict::Replace(vec![1]),
    })?;
    Ok(())
}
