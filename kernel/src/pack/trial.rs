//! A pack tried out beside the program it comes with, before it is offered to anybody.

use jiff::Timestamp;

use super::read::{BrokenPack, Wrong};
use super::seeds::wrong_seed;
use super::standard::takes_options;
use super::{InstalledPack, PackDefinition};
use crate::app::Registry;
use crate::error::KernelError;
use crate::schema::{Label, Schema};
use crate::workspace::{Customisation, schema_of};

/// Builds the schema a fresh workspace would have with a pack and those it needs; answers what is wrong with it. What a
/// pack needs and is in no app and no other pack is left to the plan, which names it.
pub fn try_out(registry: &Registry, packs: &[PackDefinition], pack: &PackDefinition) -> Option<BrokenPack> {
    let known = |object: &str, chosen: &[&PackDefinition]| {
        registry.objects.iter().any(|it| it.1.name == object) || chosen.iter().any(|it| it.objects.iter().any(|it| it.name == object))
    };
    let mut chosen = vec![pack];
    while let Some(missing) = chosen.iter().flat_map(|it| it.needed()).find(|it| !known(it, &chosen)) {
        chosen.push(packs.iter().find(|it| it.objects.iter().any(|it| it.name == missing))?);
    }
    // What is needed comes first.
    let packs = chosen.into_iter().rev().map(|it| InstalledPack { pack: it.clone(), installed_at: Timestamp::UNIX_EPOCH }).collect();
    let wrong = match schema_of(registry, &Customisation { packs, ..Customisation::default() }) {
        Ok(schema) => wrong_view(&schema, pack).or_else(|| wrong_option(&schema, pack)).or_else(|| wrong_seed(&schema, pack))?,
        Err(KernelError::Invalid(problems)) => {
            let problem = problems.into_iter().next()?;
            let (file, key) = place(pack, &problem.field);
            Wrong { file, key, reason: problem.message }
        }
        Err(other) => Wrong { file: "pack.toml".into(), key: String::new(), reason: Label::new(other.to_string(), other.to_string()) },
    };
    Some(BrokenPack { folder: pack.name().to_owned(), file: wrong.file, key: wrong.key, reason: wrong.reason })
}

fn wrong_view(schema: &Schema, pack: &PackDefinition) -> Option<Wrong> {
    let (object, problem) = schema.left_out.first()?;
    let own = pack.objects.iter().any(|it| it.name == *object);
    let file = if own { format!("objects/{object}/views.toml") } else { format!("extends/{object}.toml") };
    Some(Wrong { file, key: problem.place.clone(), reason: problem.reason.clone() })
}

/// A choice for a field that takes none was not taken over.
fn wrong_option(schema: &Schema, pack: &PackDefinition) -> Option<Wrong> {
    pack.extensions.iter().find_map(|extension| {
        let find = |object: &str, field: &str| schema.object(object).and_then(|it| it.field(field)).map(|it| &it.definition);
        let taken = |field: &str| {
            let found = find(&extension.object, field);
            let shared = found.and_then(|it| it.options_of.as_deref()).and_then(|it| it.split_once('.'));
            shared.map_or(found, |(object, field)| find(object, field)).is_some_and(takes_options)
        };
        let name = extension.options.keys().find(|it| !taken(it))?;
        Some(Wrong::new(
            format!("extends/{}.toml", extension.object),
            format!("options.{name}"),
            format!("“{name}”不是可以增加选项的单选或多选字段（状态字段不能增加）"),
            format!("`{name}` is no select that takes further options; states take none"),
        ))
    })
}

/// The file a problem of the schema is in: `object`, `object.field`, `role.name` or `role.name.object`.
fn place(pack: &PackDefinition, place: &str) -> (String, String) {
    let (first, rest) = place.split_once('.').unwrap_or((place, ""));
    if first == "role" {
        let (role, object) = rest.split_once('.').unwrap_or((rest, ""));
        let folder = if pack.roles.iter().any(|it| it.name == role) { "roles" } else { "grants" };
        return (format!("{folder}/{role}.toml"), object.to_owned());
    }
    let own = pack.objects.iter().any(|it| it.name == first);
    (if own { format!("objects/{first}/object.toml") } else { format!("extends/{first}.toml") }, rest.to_owned())
}
