//! Fields of a workspace's own whose name a later version of the standard takes for one of its own.
//!
//! Where the standard's field holds the same (type, target and digits; every option there is; nothing stricter than it
//! was), it takes the values over and keeps the names people gave. Otherwise the own field goes on with its values as
//! `custom_NAME`, and whatever the workspace's definitions say of it follows. No value is lost, nothing keeps the
//! workspace from opening, and an administrator is told until he says that he has seen it.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::renaming::Renaming;
use super::{changes_storage, column_name};
use crate::app::Registry;
use crate::error::Result;
use crate::pack::Standard;
use crate::schema::{DEPARTMENT_FIELD, FieldDefinition, FieldKind, OWN_PREFIX, OWNER_FIELD, Overlay, link_table, target_of};
use crate::store::{Condition, ExistingTable, Insert, OnConflict, Select, StoreExt, WriteTx};
use crate::workspace::{Customisation, SettledField, Workspace, customisation_of, load_customisation, save_customisation, schema_of};

/// Longest name of a field.
const MAX_NAME: usize = 40;
/// Rows of a link table moved at once.
const BATCH: usize = 1_000;

/// An own field that met one of the standard.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settled {
    object: String,
    field: String,
    /// Its new name; none where the standard's field took its values over.
    renamed: Option<String>,
}

/// Settles every collision in `custom`, which is then in order; answers what was done.
pub(crate) fn settle(registry: &Registry, custom: &mut Customisation, now: Timestamp) -> Result<Vec<Settled>> {
    let mut settled = Vec::new();
    let standard = Standard::of(registry, &custom.packs);
    let own: Vec<(String, FieldDefinition)> =
        custom.fields.iter().flat_map(|(object, fields)| fields.iter().map(|it| (object.clone(), it.clone()))).collect();
    for (object, field) in own {
        let Some(met) = meeting(&standard, &object, &field.name) else { continue };
        let renamed = match met {
            Meeting::Standard(theirs) if takes_over(theirs, &field) => {
                take_over(custom, &object, theirs, &field);
                None
            }
            _ => {
                let to = free_name(&standard, custom, &object, &field.name);
                rename(&standard, custom, &object, &field.name, &to)?;
                Some(to)
            }
        };
        let note = SettledField { field: field.name.clone(), renamed: renamed.clone(), at: now };
        custom.settled.entry(object.clone()).or_default().push(note);
        settled.push(Settled { object, field: field.name, renamed });
    }
    Ok(settled)
}

enum Meeting<'a> {
    Standard(&'a FieldDefinition),
    /// Owner or department of an object that has them now.
    Engine,
}

fn meeting<'a>(standard: &'a Standard, object: &str, field: &str) -> Option<Meeting<'a>> {
    if let Some(theirs) = standard.field(object, field) {
        return Some(Meeting::Standard(theirs));
    }
    let owned = standard.object(object).is_some_and(|it| it.owned);
    (owned && [OWNER_FIELD, DEPARTMENT_FIELD].contains(&field)).then_some(Meeting::Engine)
}

/// Whether the values of the own field are right as they are under the standard's definition.
fn takes_over(standard: &FieldDefinition, own: &FieldDefinition) -> bool {
    let computed = [FieldKind::Formula, FieldKind::Rollup, FieldKind::AutoNumber];
    let offered = |value: &str| standard.options.iter().any(|it| it.value == value);
    !changes_storage(own, standard)
        && !computed.contains(&standard.kind)
        && !standard.read_only
        && standard.options_from == own.options_from
        && standard.options_of == own.options_of
        && (!standard.unique || own.unique)
        && own.options.iter().all(|it| offered(&it.value))
}

/// The values stay in their column; what people call the field stays too.
fn take_over(custom: &mut Customisation, object: &str, standard: &FieldDefinition, own: &FieldDefinition) {
    forget(custom, object, &own.name);
    let named = FieldDefinition { label: own.label.clone(), help: own.help.clone().or_else(|| standard.help.clone()), ..standard.clone() };
    if let Some(overlay) = Overlay::of_field(standard, &named) {
        custom.field_overlays.entry(object.to_owned()).or_default().insert(own.name.clone(), overlay);
    }
}

fn forget(custom: &mut Customisation, object: &str, field: &str) {
    if let Some(fields) = custom.fields.get_mut(object) {
        fields.retain(|it| it.name != field);
    }
}

fn free_name(standard: &Standard, custom: &Customisation, object: &str, field: &str) -> String {
    let taken = |name: &str| {
        meeting(standard, object, name).is_some() || custom.fields.get(object).is_some_and(|fields| fields.iter().any(|it| it.name == name))
    };
    let base = format!("{OWN_PREFIX}{}", field.strip_prefix(OWN_PREFIX).unwrap_or(field));
    let numbered = (2..).map(|number| (base.as_str(), format!("_{number}")));
    let candidates = std::iter::once((base.as_str(), String::new())).chain(numbered);
    let mut fitted = candidates.map(|(base, end)| {
        let kept: String = base.chars().take(MAX_NAME - end.len()).collect();
        format!("{}{end}", kept.trim_end_matches('_'))
    });
    // The numbers do not run out before the names of 300 fields do.
    fitted.find(|it| !taken(it)).unwrap_or_default()
}

/// Gives the field its new name in everything the workspace's definitions say.
fn rename(standard: &Standard, custom: &mut Customisation, object: &str, from: &str, to: &str) -> Result<()> {
    let references = references(standard, custom);
    let targets = |object: &str, field: &str| references.get(&(object.to_owned(), field.to_owned())).cloned();
    let renaming = Renaming { object, from, to, targets: &targets };
    for (home, fields) in &mut custom.fields {
        for field in fields {
            *field = renaming.of(home, field)?;
            if home == object && field.name == from {
                to.clone_into(&mut field.name);
            }
        }
    }
    for own in &mut custom.objects {
        *own = renaming.of(&own.name, own)?;
    }
    for (home, fields) in &mut custom.changed_fields {
        fields.iter_mut().try_for_each(|it| renaming.of(home, it).map(|renamed| *it = renamed))?;
    }
    for (home, overlays) in &mut custom.field_overlays {
        overlays.values_mut().try_for_each(|it| renaming.of(home, it).map(|renamed| *it = renamed))?;
    }
    for (home, overlay) in &mut custom.changed_objects {
        *overlay = renaming.of(home, overlay)?;
    }
    custom.roles.iter_mut().try_for_each(|it| renaming.of("", it).map(|renamed| *it = renamed))?;
    custom.sharing.iter_mut().try_for_each(|it| renaming.of(&it.object, it).map(|renamed| *it = renamed))
}

/// Where every reference leads, by object and field.
fn references(standard: &Standard, custom: &Customisation) -> BTreeMap<(String, String), String> {
    let objects = standard.objects.iter().map(|it| &it.definition).chain(&custom.objects);
    let engine = [("created_by", "user"), ("updated_by", "user"), (OWNER_FIELD, "user"), (DEPARTMENT_FIELD, "department")];
    let mut references = BTreeMap::new();
    for object in objects {
        references.extend(engine.iter().map(|(field, target)| ((object.name.clone(), (*field).to_owned()), (*target).to_owned())));
        let added = custom.fields.get(&object.name).into_iter().flatten();
        let fields = object.fields.iter().chain(added);
        references.extend(fields.filter_map(|it| Some(((object.name.clone(), it.name.clone()), target_of(it)?))));
    }
    references
}

/// Settles what is stored, columns and link tables included, in one transaction, and answers whether there was anything to
/// settle. Another node may have been faster.
pub(super) fn carry_out(workspace: &Arc<Workspace>, existing: &[ExistingTable]) -> Result<bool> {
    let context = workspace.system_context(Uuid::nil(), "migrate");
    let (registry, now) = (workspace.registry.clone(), context.now);
    if settle(&registry, &mut load_customisation(&workspace.store)?, now)?.is_empty() {
        return Ok(false);
    }
    let existing = existing.to_vec();
    let after = workspace.store.write_with(move |tx| {
        tx.serialise("schema")?;
        let mut custom = customisation_of(tx)?;
        let settled = settle(&registry, &mut custom, now)?;
        for it in &settled {
            if let Some(to) = &it.renamed {
                move_values(tx, &existing, &it.object, &it.field, to)?;
            }
            let detail = json!([{ "op": "settle_field", "object": it.object, "field": it.field, "renamed": it.renamed }]);
            crate::audit::append(&context, tx, "change_schema", None, None, None, 0, Some(detail))?;
        }
        if !settled.is_empty() {
            custom.version += 1;
            save_customisation(tx, &custom, now)?;
        }
        Ok(custom)
    })?;
    workspace.replace_schema(Arc::new(schema_of(&workspace.registry, &after)?));
    Ok(true)
}

/// What a field's column is called after the change; nothing for columns of others.
fn column_after(column: &str, from: &str, to: &str) -> Option<String> {
    match column.strip_prefix(from)? {
        "" => Some(column_name(to, "")),
        part => part.strip_prefix("__").map(|part| column_name(to, part)),
    }
}

fn move_values(tx: &mut dyn WriteTx, existing: &[ExistingTable], object: &str, from: &str, to: &str) -> Result<()> {
    let found = |name: &str| existing.iter().find(|it| it.name == name);
    let table = format!("o_{object}");
    for column in found(&table).into_iter().flat_map(|it| &it.columns) {
        if let Some(name) = column_after(column, from, to) {
            tx.rename_column(&table, column, &name)?;
        }
    }
    let (old, new) = (Arc::new(link_table(object, from)), Arc::new(link_table(object, to)));
    if found(&old.name).is_none() {
        return Ok(());
    }
    // A table that is renamed would keep the names of its indexes and its key, which the standard's may want.
    tx.create_table(&new)?;
    let rows: Vec<Vec<Value>> = tx.rows(&Select::all(&old, Condition::True))?;
    for chunk in rows.chunks(BATCH) {
        tx.insert(&Insert { table: new.clone(), columns: vec![0, 1], rows: chunk.to_vec(), on_conflict: OnConflict::Fail })?;
    }
    Ok(tx.drop_table(&old.name)?)
}
