//! Industry packs that come, change to another version and go: what stands against it, and what else follows.
//!
//! A pack's definitions are the standard's to a workspace; what it changed of them lies over them like over those of an
//! app. When a part goes, what lay over it goes too; what names it elsewhere is told by name and keeps it from going.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::standard::index_problems;
use super::{SchemaChange, TYPE_STAYS, changes_storage};
use crate::app::Registry;
use crate::error::{FieldError, KernelError, Result};
use crate::pack::{InstalledPack, PackDefinition, PackPart, PackVerb, Standard, difference, removed};
use crate::schema::{FieldDefinition, RoleDefinition, Schema};
use crate::store::ExistingTable;
use crate::workspace::{Customisation, Workspace};

/// A pack that comes, changes or goes.
struct Step {
    before: Option<PackDefinition>,
    after: Option<PackDefinition>,
}

/// What changes do to packs.
pub(super) struct PackChanges {
    registry: Arc<Registry>,
    now: Timestamp,
    steps: Vec<Step>,
    problems: Vec<FieldError>,
}

impl PackChanges {
    /// Finds the packs that changes speak of.
    pub fn of(workspace: &Workspace, custom: &Customisation, changes: &[SchemaChange]) -> Self {
        let mut it = Self { registry: workspace.registry.clone(), now: workspace.clock.now(), steps: Vec::new(), problems: Vec::new() };
        let installed = |name: &str| custom.packs.iter().map(|it| &it.pack).find(|it| it.name() == name).cloned();
        for change in changes {
            match change {
                SchemaChange::InstallPack { name, version } => it.install(name, version, installed(name)),
                SchemaChange::RemovePack { name } => match installed(name) {
                    Some(pack) => it.steps.push(Step { before: Some(pack), after: None }),
                    None => it.problems.push(rule("name", format!("没有安装行业包“{name}”"), format!("the pack `{name}` is not installed"))),
                },
                _ => {}
            }
        }
        it
    }

    fn install(&mut self, name: &str, version: &str, before: Option<PackDefinition>) {
        let problem = match self.registry.pack(name) {
            None => rule("name", format!("没有行业包“{name}”"), format!("there is no pack `{name}`")),
            Some(pack) if pack.version() != version => rule(
                "version",
                format!("现在提供的是{}版，请重新预览", pack.version()),
                format!("version {} is what is offered now; preview again", pack.version()),
            ),
            Some(pack) if before.as_ref().is_some_and(|it| it.version() == pack.version()) => {
                rule("version", format!("{version}版已经安装"), format!("version {version} is installed already"))
            }
            Some(pack) => return self.steps.push(Step { before, after: Some(pack.clone()) }),
        };
        self.problems.push(problem);
    }

    /// Objects, and fields of objects that stay, which go.
    pub fn removed(&self) -> BTreeSet<(String, Option<String>)> {
        self.steps.iter().flat_map(|it| removed(it.before.as_ref(), it.after.as_ref())).collect()
    }

    /// An index over a field that goes would be another index under its name.
    pub fn refuse_broken_indexes(&self, schema: &Schema) -> Result<()> {
        let objects: BTreeSet<String> = self.removed().into_iter().filter(|it| it.1.is_some()).map(|it| it.0).collect();
        let problems: Vec<FieldError> = objects.iter().filter_map(|it| schema.object(it)).flat_map(|it| index_problems(it)).collect();
        if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
    }

    /// Changes the packs of a workspace, or reports everything that stands against it.
    pub fn carry_out(&self, custom: &mut Customisation, problems: &mut Vec<FieldError>) {
        problems.extend(self.problems.iter().cloned());
        for step in &self.steps {
            let name = step.before.as_ref().or(step.after.as_ref()).map(PackDefinition::name).unwrap_or_default();
            let place = custom.packs.iter().position(|it| it.pack.name() == name);
            let mut others = custom.packs.clone();
            others.retain(|it| it.pack.name() != name);
            let beside = Standard::of(&self.registry, &others);
            let gone = removed(step.before.as_ref(), step.after.as_ref());
            if let Some(after) = &step.after {
                problems.extend(Coming { pack: after, before: step.before.as_ref(), beside: &beside, custom }.problems());
            }
            problems.extend(still_needed(name, &gone, &others, custom));
            match (&step.after, place) {
                (Some(pack), Some(place)) => custom.packs[place] = InstalledPack { pack: pack.clone(), installed_at: self.now },
                (Some(pack), None) => custom.packs.push(InstalledPack { pack: pack.clone(), installed_at: self.now }),
                (None, _) => custom.packs = others,
            }
            let stays = |role: &RoleDefinition| step.after.iter().any(|it| it.roles.iter().any(|it| it.name == role.name));
            let roles = step.before.iter().flat_map(|it| &it.roles).filter(|it| !stays(it)).map(|it| it.name.clone()).collect();
            forget(custom, &gone, &roles);
        }
    }

    /// What comes must not come upon what a former object or field of its name left.
    pub fn refuse_leftovers(&self, existing: &[ExistingTable], problems: &mut Vec<FieldError>) {
        let found = |table: &str, column: &dyn Fn(&str) -> bool| existing.iter().any(|it| it.name == table && it.columns.iter().any(|it| column(it)));
        for step in &self.steps {
            let whole =
                |object: Option<&String>| object.is_some_and(|it| step.before.iter().all(|pack| pack.objects.iter().all(|own| own.name != *it)));
            for change in difference(step.before.as_ref(), step.after.as_ref()).into_iter().filter(|it| it.verb == PackVerb::Add) {
                let taken = match (change.part, &change.object) {
                    (PackPart::Object, _) => whole(Some(&change.name)) && found(&format!("o_{}", change.name), &|_| true),
                    (PackPart::Field, Some(object)) => {
                        let (table, link) = (format!("o_{object}"), format!("l_{object}__{}", change.name));
                        let column = |it: &str| it.strip_prefix(change.name.as_str()).is_some_and(|it| it.is_empty() || it.starts_with("__"));
                        found(&table, &column) || found(&link, &|_| true)
                    }
                    _ => false,
                };
                if taken {
                    let name =
                        change.object.filter(|it| *it != change.name).map_or_else(|| change.name.clone(), |it| format!("{it}.{}", change.name));
                    problems.push(rule(
                        &name,
                        format!("数据库中还有名为“{name}”的旧数据，请先导出并清理"),
                        format!("the database still holds data of a former `{name}`; move it elsewhere first"),
                    ));
                }
            }
        }
    }
}

fn rule(place: &str, zh: String, en: String) -> FieldError {
    FieldError::new(place, "rule", zh, en)
}

/// A version of a pack on its way into a workspace.
struct Coming<'a> {
    pack: &'a PackDefinition,
    before: Option<&'a PackDefinition>,
    /// The standard without this pack.
    beside: &'a Standard,
    custom: &'a Customisation,
}

impl Coming<'_> {
    fn problems(&self) -> Vec<FieldError> {
        let mut problems = self.missing();
        problems.extend(self.taken());
        problems.extend(self.changed());
        problems
    }

    /// What it needs and is not there.
    fn missing(&self) -> Vec<FieldError> {
        let (pack, beside) = (self.pack.name(), self.beside);
        let objects = self.pack.needed().into_iter().filter(|it| beside.object(it).is_none()).map(|it| {
            rule(it, format!("行业包“{pack}”需要对象“{it}”，这里没有"), format!("the pack `{pack}` needs the object `{it}`, which is not here"))
        });
        let known = |role: &str| beside.role(role).is_some() || self.custom.roles.iter().any(|it| it.name == role);
        let roles = self.pack.grants.keys().filter(|it| !known(it)).map(|it| {
            let place = format!("grants.{it}");
            rule(
                &place,
                format!("行业包“{pack}”给角色“{it}”授权，这里没有此角色"),
                format!("the pack `{pack}` gives rights to the role `{it}`, which is not here"),
            )
        });
        objects.chain(roles).collect()
    }

    /// Names that something else has.
    fn taken(&self) -> Vec<FieldError> {
        let mut taken = Vec::new();
        for object in &self.pack.objects {
            let own = self.custom.objects.iter().any(|it| it.name == object.name);
            if own || self.beside.object(&object.name).is_some() {
                taken.push(self.meets(&object.name, ("对象", "object"), &self.holder(&object.name, None, own)));
            }
        }
        let of_objects = self.pack.objects.iter().map(|it| (&it.name, &it.fields));
        for (object, fields) in of_objects.chain(self.pack.extensions.iter().map(|it| (&it.object, &it.fields))) {
            let added = self.custom.fields.get(object);
            for field in fields {
                let own = added.is_some_and(|it| it.iter().any(|it| it.name == field.name));
                if own || self.beside.field(object, &field.name).is_some() {
                    let place = format!("{object}.{}", field.name);
                    taken.push(self.meets(&place, ("字段", "field"), &self.holder(object, Some(&field.name), own)));
                }
            }
        }
        let had = |role: &str| self.before.is_some_and(|it| it.roles.iter().any(|it| it.name == role));
        for role in &self.pack.roles {
            let own = self.custom.roles.iter().any(|it| it.name == role.name) && !had(&role.name);
            if let Some(standard) = self.beside.role(&role.name) {
                taken.push(self.meets(&role.name, ("角色", "role"), &who(standard.pack.as_deref())));
            } else if own {
                taken.push(self.meets(&role.name, ("角色", "role"), &OWN));
            }
        }
        taken
    }

    fn holder(&self, object: &str, field: Option<&str>, own: bool) -> (String, String) {
        if own { OWN.clone() } else { who(self.beside.pack_of(object, field)) }
    }

    fn meets(&self, name: &str, kind: (&str, &str), holder: &(String, String)) -> FieldError {
        let pack = self.pack.name();
        FieldError::new(
            name,
            "duplicate",
            format!("行业包“{pack}”的{}“{name}”与{}的{}同名；请先改名或删除其中一个", kind.0, holder.0, kind.0),
            format!("the {} `{name}` of the pack `{pack}` has the name of one of {}; rename or remove one of them first", kind.1, holder.1),
        )
    }

    /// Fields whose stored values would not be what the new version says.
    fn changed(&self) -> Vec<FieldError> {
        let Some(before) = self.before else { return Vec::new() };
        let fields = |pack: &'_ PackDefinition| -> Vec<(String, FieldDefinition)> {
            let of_objects = pack.objects.iter().map(|it| (&it.name, &it.fields));
            let all = of_objects.chain(pack.extensions.iter().map(|it| (&it.object, &it.fields)));
            all.flat_map(|(object, fields)| fields.iter().map(|it| (object.clone(), it.clone()))).collect()
        };
        let old = fields(before);
        let mut problems = Vec::new();
        for (object, field) in fields(self.pack) {
            let Some((_, was)) = old.iter().find(|it| it.0 == object && it.1.name == field.name) else { continue };
            let place = format!("{object}.{}", field.name);
            if changes_storage(was, &field) {
                problems.push(rule(&place, TYPE_STAYS.0.into(), TYPE_STAYS.1.into()));
            }
            for option in was.options.iter().filter(|it| field.options.iter().all(|new| new.value != it.value)) {
                problems.push(rule(
                    &place,
                    format!("新版本去掉了选项“{}”：请停用（retired）而不是删除", option.value),
                    format!("the new version has no option `{}` any more: retire it instead", option.value),
                ));
            }
        }
        problems
    }
}

static OWN: std::sync::LazyLock<(String, String)> = std::sync::LazyLock::new(|| ("您自定义".into(), "your own".into()));

fn who(pack: Option<&str>) -> (String, String) {
    match pack {
        Some(pack) => (format!("行业包“{pack}”"), format!("the pack `{pack}`")),
        None => ("系统标准".into(), "the standard".into()),
    }
}

/// Packs and sharing rules that name an object which goes. Expressions and references name themselves when the schema is
/// built.
fn still_needed(name: &str, gone: &BTreeSet<(String, Option<String>)>, others: &[InstalledPack], custom: &Customisation) -> Vec<FieldError> {
    let objects: BTreeSet<&str> = gone.iter().filter(|it| it.1.is_none()).map(|it| it.0.as_str()).collect();
    let packs = others.iter().filter_map(|it| Some((it.pack.name(), *it.pack.needed().iter().find(|it| objects.contains(*it))?)));
    let packs = packs.map(|(other, object)| {
        rule(
            object,
            format!("行业包“{other}”用到“{name}”的对象“{object}”，请先移除“{other}”"),
            format!("the pack `{other}` needs `{object}` of `{name}`; remove `{other}` first"),
        )
    });
    let sharing = custom.sharing.iter().filter(|it| objects.contains(it.object.as_str())).map(|it| {
        rule(
            &format!("sharing.{}", it.name),
            format!("共享规则“{}”用到对象“{}”，请先删除该规则", it.label.zh_cn, it.object),
            format!("the sharing rule “{}” is about `{}`; remove the rule first", it.label.en, it.object),
        )
    });
    packs.chain(sharing).collect()
}

/// Drops what a workspace put over parts that go, and the rights its roles have on them.
fn forget(custom: &mut Customisation, gone: &BTreeSet<(String, Option<String>)>, roles: &BTreeSet<String>) {
    custom.roles.retain(|it| !roles.contains(&it.name));
    for (object, field) in gone {
        let Some(field) = field else {
            custom.fields.remove(object);
            custom.changed_fields.remove(object);
            custom.field_overlays.remove(object);
            custom.changed_objects.remove(object);
            custom.settled.remove(object);
            custom.roles.iter_mut().for_each(|it| drop(it.objects.remove(object)));
            continue;
        };
        if let Some(overlays) = custom.field_overlays.get_mut(object) {
            overlays.remove(field);
        }
        for rights in custom.roles.iter_mut().filter_map(|it| it.objects.get_mut(object)) {
            rights.fields.remove(field);
            rights.masked_in_lists.remove(field);
            rights.deny.fields.remove(field);
            for rule in &mut rights.freeze {
                rule.fields.remove(field);
            }
            rights.freeze.retain(|it| !it.fields.is_empty());
        }
    }
}
