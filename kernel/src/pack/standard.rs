//! The standard of a workspace: what the apps brought, with what its packs add. What the workspace changes, it changes
//! of this, and goes back to this.

use std::collections::BTreeMap;

use super::{InstalledPack, ObjectExtension, PackDefinition};
use crate::app::Registry;
use crate::schema::{AppDefinition, FieldDefinition, FieldKind, ObjectDefinition, OptionDefinition, RoleDefinition};

/// An object of the standard.
#[derive(Debug, Clone)]
pub struct StandardObject {
    /// App it belongs to: the pack where one brought it.
    pub app: String,
    /// The pack that brought it.
    pub pack: Option<String>,
    /// The definition, with what packs add.
    pub definition: ObjectDefinition,
    /// Fields that packs added, with the pack.
    pub pack_fields: BTreeMap<String, String>,
}

/// A role of the standard.
#[derive(Debug, Clone)]
pub struct StandardRole {
    /// The pack that brought it.
    pub pack: Option<String>,
    /// The definition, with what packs give it.
    pub definition: RoleDefinition,
}

/// What a workspace stands on.
#[derive(Debug, Clone, Default)]
pub struct Standard {
    /// Apps, and packs as the navigation shows them.
    pub apps: Vec<AppDefinition>,
    /// Objects.
    pub objects: Vec<StandardObject>,
    /// Roles.
    pub roles: Vec<StandardRole>,
    /// The packs installed.
    pub packs: Vec<InstalledPack>,
}

impl Standard {
    /// Puts the packs of a workspace over what the apps brought. What a later version of the program already has stays
    /// the program's, and what it has no more is not extended: a workspace must open. Whether a pack fits is asked when
    /// it is installed.
    pub fn of(registry: &Registry, packs: &[InstalledPack]) -> Self {
        let app = |(app, definition): &(String, ObjectDefinition)| StandardObject {
            app: app.clone(),
            pack: None,
            definition: definition.clone(),
            pack_fields: BTreeMap::new(),
        };
        let mut standard = Self {
            apps: registry.apps.clone(),
            objects: registry.objects.iter().map(app).collect(),
            roles: registry.roles.iter().map(|it| StandardRole { pack: None, definition: it.clone() }).collect(),
            packs: packs.to_vec(),
        };
        for installed in packs {
            standard.add(&installed.pack);
        }
        standard
    }

    fn add(&mut self, pack: &PackDefinition) {
        let name = pack.name();
        self.apps.push(pack.app());
        for definition in pack.objects.iter().filter(|it| self.object(&it.name).is_none()).cloned().collect::<Vec<_>>() {
            let (app, pack) = (name.to_owned(), Some(name.to_owned()));
            self.objects.push(StandardObject { app, pack, definition, pack_fields: BTreeMap::new() });
        }
        for extension in &pack.extensions {
            if let Some(object) = self.objects.iter_mut().find(|it| it.definition.name == extension.object) {
                extend(object, name, extension);
                extension.options.iter().for_each(|(field, options)| self.offer(&extension.object, field, options));
            }
        }
        for definition in pack.roles.iter().filter(|it| self.role(&it.name).is_none()).cloned().collect::<Vec<_>>() {
            self.roles.push(StandardRole { pack: Some(name.to_owned()), definition });
        }
        for role in &mut self.roles {
            give(pack, &mut role.definition);
        }
    }

    /// Adds choices to a field, where it takes any: to the one whose choices it offers, where those are another's.
    fn offer(&mut self, object: &str, field: &str, options: &[OptionDefinition]) {
        let own = self.field(object, field).and_then(|it| it.options_of.clone());
        let (object, field) = own.as_deref().and_then(|it| it.split_once('.')).unwrap_or((object, field));
        let fields = self.objects.iter_mut().filter(|it| it.definition.name == object).flat_map(|it| &mut it.definition.fields);
        for taking in fields.filter(|it| it.name == field && takes_options(it)) {
            for option in options {
                if taking.options.iter().all(|it| it.value != option.value) {
                    taking.options.push(option.clone());
                }
            }
        }
    }

    /// The standard's own definition of an object.
    pub fn object(&self, name: &str) -> Option<&ObjectDefinition> {
        self.objects.iter().map(|it| &it.definition).find(|it| it.name == name)
    }
    /// The standard's own definition of a field.
    pub fn field(&self, object: &str, name: &str) -> Option<&FieldDefinition> {
        self.object(object)?.fields.iter().find(|it| it.name == name)
    }
    /// The standard's own definition of a role.
    pub fn role(&self, name: &str) -> Option<&StandardRole> {
        self.roles.iter().find(|it| it.definition.name == name)
    }
    /// A pack that is installed.
    pub fn pack(&self, name: &str) -> Option<&InstalledPack> {
        self.packs.iter().find(|it| it.pack.name() == name)
    }
    /// The pack an object or a field of one comes from.
    pub fn pack_of(&self, object: &str, field: Option<&str>) -> Option<&str> {
        let object = self.objects.iter().find(|it| it.definition.name == object)?;
        let added = field.and_then(|it| object.pack_fields.get(it));
        added.or(object.pack.as_ref()).map(String::as_str)
    }
    /// What packs give a role that the workspace made its own, so that a pack is of use whatever roles were changed. What
    /// the workspace itself says of an object holds.
    pub fn give_to(&self, role: &mut RoleDefinition) {
        self.packs.iter().for_each(|it| give(&it.pack, role));
    }
}

fn give(pack: &PackDefinition, role: &mut RoleDefinition) {
    let Some(grant) = pack.grants.get(&role.name) else { return };
    for (object, rights) in &grant.objects {
        role.objects.entry(object.clone()).or_insert_with(|| rights.clone());
    }
    // Where the role says nothing of the object, it has what it says of all others, and no field of it is named.
    for (object, fields) in &grant.fields {
        let Some(rights) = role.objects.get_mut(object) else { continue };
        for (field, right) in fields {
            rights.fields.entry(field.clone()).or_insert(*right);
        }
    }
}

fn extend(object: &mut StandardObject, pack: &str, extension: &ObjectExtension) {
    let definition = &mut object.definition;
    for field in &extension.fields {
        if definition.fields.iter().all(|it| it.name != field.name) {
            object.pack_fields.insert(field.name.clone(), pack.to_owned());
            definition.fields.push(field.clone());
        }
    }
    definition.indexes.extend(extension.indexes.iter().cloned());
    definition.rules.extend(extension.rules.iter().cloned());
    definition.views.list.extend(extension.lists.iter().cloned());
    // Whoever installs an industry's pack works with what it brings: behind the first group, before other lists.
    let record = &mut definition.views.record;
    let first = record.sections.len().min(1);
    record.sections.splice(first..first, extension.sections.iter().cloned());
    record.related.splice(0..0, extension.related.iter().cloned());
}

/// Whether packs may add choices: to selects that are no states, whose choices are written in the definition.
pub(super) fn takes_options(field: &FieldDefinition) -> bool {
    let is_state = field.options.iter().any(|it| it.next.is_some() || it.closed || it.won || it.probability.is_some());
    matches!(field.kind, FieldKind::Select | FieldKind::MultiSelect) && field.options_from.is_none() && field.options_of.is_none() && !is_state
}
