//! What must hold of a pack by itself, whatever workspace it comes into.

use serde_json::Value as Json;

use super::read::Wrong;
use super::{ObjectExtension, PackDefinition, version_numbers};
use crate::schema::is_identifier;

/// Keys that hold a text for people.
const SHOWN: [&str; 4] = ["label", "plural", "help", "message"];
/// Names that would not tell a pack's things from those of others.
const TAKEN: [&str; 3] = ["custom", "system", "standard"];

/// The first thing that is wrong; `folder` is what the pack's folder is called.
pub(super) fn check(folder: &str, pack: &PackDefinition) -> Option<Wrong> {
    manifest(folder, pack).or_else(|| names(pack)).or_else(|| rights(pack)).or_else(|| texts(pack))
}

fn manifest(folder: &str, pack: &PackDefinition) -> Option<Wrong> {
    let wrong = |key: &str, zh: &str, en: &str| Some(Wrong::new("pack.toml", key, zh, en));
    let manifest = &pack.manifest;
    let plain = |it: &str| (2..=16).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    if !plain(&manifest.name) || !is_identifier(&manifest.name) || TAKEN.contains(&manifest.name.as_str()) {
        return wrong(
            "name",
            "名称由2到16个小写字母和数字组成，以字母开头，且不能是 custom、system、standard",
            "the name is made of 2 to 16 lower-case letters and digits, a letter first, and is none of custom, system, standard",
        );
    }
    if manifest.name != folder {
        return wrong("name", "名称应与文件夹名相同", "the pack must be called as its folder is");
    }
    if version_numbers(&manifest.version).is_none() {
        return wrong("version", "版本号为三个数字，如 1.0.0", "a version is three numbers, such as 1.0.0");
    }
    let unknown = manifest.objects.iter().find(|it| pack.objects.iter().all(|object| object.name != **it));
    unknown.and_then(|it| {
        let (zh, en) = (format!("行业包中没有对象“{it}”"), format!("the pack has no object `{it}`"));
        wrong("objects", &zh, &en)
    })
}

/// Everything the pack adds where others add too begins with its name.
fn names(pack: &PackDefinition) -> Option<Wrong> {
    let prefix = format!("{}_", pack.name());
    let own = |file: String, key: &str, name: &str| {
        (!name.starts_with(&prefix)).then(|| {
            let zh = format!("“{name}”应以“{prefix}”开头，以免与其他来源的名称冲突");
            Wrong::new(file, key, zh, format!("`{name}` must begin with `{prefix}`, so that it never meets what others bring"))
        })
    };
    let objects = pack.objects.iter().find_map(|it| own(format!("objects/{}/object.toml", it.name), "name", &it.name));
    let roles = || pack.roles.iter().find_map(|it| own(format!("roles/{}.toml", it.name), "name", &it.name));
    let extensions = || {
        pack.extensions.iter().find_map(|extension| {
            let file = format!("extends/{}.toml", extension.object);
            if pack.objects.iter().any(|it| it.name == extension.object) {
                let (zh, en) = ("自己的对象请直接在其 object.toml 中定义", "an object of the pack itself is declared in its own object.toml");
                return Some(Wrong::new(file, "", zh, en));
            }
            added(extension).into_iter().find_map(|(key, name)| own(file.clone(), key, name))
        })
    };
    objects.or_else(roles).or_else(extensions)
}

/// Names an extension adds, with the keys they stand under.
fn added(extension: &ObjectExtension) -> Vec<(&'static str, &str)> {
    let fields = extension.fields.iter().map(|it| ("field", it.name.as_str()));
    let rules = extension.rules.iter().map(|it| ("rule", it.name.as_str()));
    let lists = extension.lists.iter().map(|it| ("list", it.name.as_str()));
    let options = extension.options.values().flatten().map(|it| ("options", it.value.as_str()));
    let sections = extension.sections.iter().map(|it| ("section", it.name.as_str()));
    fields.chain(options).chain(rules).chain(lists).chain(sections).collect()
}

/// A pack opens and closes nothing but its own: whoever installs it need not fear for the rights there are.
fn rights(pack: &PackDefinition) -> Option<Wrong> {
    let is_own = |name: &str| pack.objects.iter().any(|it| it.name == name);
    let granted = pack.grants.iter().flat_map(|(role, grant)| grant.objects.keys().map(move |object| (role, object)));
    let foreign = granted.into_iter().find(|it| !is_own(it.1)).map(|(role, object)| {
        let zh = format!("“{object}”不是行业包自己的对象；已有角色只能得到对行业包对象的权限");
        Wrong::new(
            format!("grants/{role}.toml"),
            format!("objects.{object}"),
            zh,
            format!("`{object}` is no object of the pack; a role that is there is given rights on those only"),
        )
    });
    let adds = |object: &str, field: &str| pack.extensions.iter().any(|it| it.object == object && it.fields.iter().any(|it| it.name == field));
    let fields = pack.grants.iter().flat_map(|(role, grant)| grant.fields.iter().map(move |(object, fields)| (role, object, fields)));
    let mut fields = fields.flat_map(|(role, object, fields)| fields.keys().map(move |field| (role, object, field)));
    let foreign_field = fields.find(|(_, object, field)| !adds(object, field)).map(|(role, object, field)| {
        Wrong::new(
            format!("grants/{role}.toml"),
            format!("fields.{object}.{field}"),
            format!("“{object}.{field}”不是行业包加上的字段"),
            format!("`{object}.{field}` is no field the pack adds"),
        )
    });
    let strong = pack.roles.iter().find(|it| it.administrator || it.auditor || it.branch_administrator || !it.gives.is_empty());
    foreign.or(foreign_field).or_else(|| {
        strong.map(|it| {
            Wrong::new(
                format!("roles/{}.toml", it.name),
                "administrator",
                "行业包的角色不能管理系统、查看审计日志或授予角色",
                "a role of a pack neither administers, nor audits, nor gives roles",
            )
        })
    })
}

/// Whatever a person sees is there in both languages.
fn texts(pack: &PackDefinition) -> Option<Wrong> {
    let objects = pack.objects.iter().map(|it| (format!("objects/{}/object.toml", it.name), json_of(it)));
    let extensions = pack.extensions.iter().map(|it| (format!("extends/{}.toml", it.object), json_of(it)));
    let roles = pack.roles.iter().map(|it| (format!("roles/{}.toml", it.name), json_of(it)));
    let manifest = std::iter::once(("pack.toml".to_owned(), json_of(&pack.manifest)));
    manifest.chain(objects).chain(extensions).chain(roles).find_map(|(file, json)| {
        let (place, language) = untold("", &json)?;
        Some(Wrong::new(file, place, format!("缺少 {language} 文字"), format!("has no text in {language}")))
    })
}

fn json_of(definition: &impl serde::Serialize) -> Json {
    serde_json::to_value(definition).unwrap_or_default()
}

/// The place of the first text that is missing in a language, and the language.
fn untold(place: &str, json: &Json) -> Option<(String, &'static str)> {
    match json {
        Json::Object(members) => members.iter().find_map(|(key, value)| {
            let here = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            if !SHOWN.contains(&key.as_str()) {
                return untold(&here, value);
            }
            let missing = ["zh-CN", "en"].into_iter().find(|it| value[*it].as_str().is_none_or(|text| text.trim().is_empty()));
            missing.map(|language| (here, language))
        }),
        Json::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            let name = item["name"].as_str().or_else(|| item["value"].as_str()).map_or_else(|| index.to_string(), str::to_owned);
            untold(&format!("{place}[{name}]"), item)
        }),
        _ => None,
    }
}
