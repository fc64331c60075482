//! From the files of a folder to a pack, or to what is wrong with them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::check::check;
use super::{ObjectExtension, PackDefinition};
use crate::schema::{Label, ObjectDefinition};

/// The manifest's file.
const MANIFEST: &str = "pack.toml";

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Path within the pack, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A pack that cannot be offered, and the first thing that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct BrokenPack {
    /// Its folder.
    pub folder: String,
    /// The file, as it is called within the folder.
    pub file: String,
    /// The key; the line where no key is known.
    pub key: String,
    /// What is wrong.
    pub reason: Label,
}

/// What is wrong with a file: file, key, reason.
pub(super) struct Wrong {
    pub file: String,
    pub key: String,
    pub reason: Label,
}

impl Wrong {
    pub(super) fn new(file: impl Into<String>, key: impl Into<String>, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { file: file.into(), key: key.into(), reason: Label::new(zh_cn, en) }
    }
}

/// Reads a pack. What is no TOML file is left alone (a README, a picture); a TOML file that has no place is refused, so
/// that a misspelt folder is never silently ignored.
///
/// # Errors
/// The first thing that is wrong: file, key and reason.
pub fn read_pack(folder: &str, files: &[PackFile]) -> Result<PackDefinition, Box<BrokenPack>> {
    let read = assemble(files).and_then(|pack| check(folder, &pack).map_or(Ok(pack), Err));
    read.map_err(|Wrong { file, key, reason }| Box::new(BrokenPack { folder: folder.to_owned(), file, key, reason }))
}

fn assemble(files: &[PackFile]) -> Result<PackDefinition, Wrong> {
    let manifest = files.iter().find(|it| it.path == MANIFEST);
    let manifest = manifest.ok_or_else(|| Wrong::new(MANIFEST, "", "缺少此文件", "the file is missing"))?;
    let mut pack = PackDefinition { manifest: parse(manifest)?, ..PackDefinition::default() };
    let mut sorted: Vec<&PackFile> = files.iter().filter(|it| it.path.ends_with(".toml") && it.path != MANIFEST).collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    for file in sorted {
        let parts: Vec<&str> = file.path.split('/').collect();
        match parts.as_slice() {
            ["objects", name, "object.toml"] => pack.objects.push(object(file, name, files)?),
            // Read along with its object.
            ["objects", name, "views.toml"] if files.iter().any(|it| it.path == format!("objects/{name}/object.toml")) => {}
            ["extends", name] => {
                let object = stem(name).to_owned();
                pack.extensions.push(ObjectExtension { object, ..parse(file)? });
            }
            ["roles", name] => {
                let role: crate::schema::RoleDefinition = parse(file)?;
                same_name(file, stem(name), &role.name)?;
                pack.roles.push(role);
            }
            ["grants", name] => drop(pack.grants.insert(stem(name).to_owned(), parse(file)?)),
            ["seeds", name] => drop(pack.seeds.insert(stem(name).to_owned(), parse(file)?)),
            _ => {
                return Err(Wrong::new(
                    &file.path,
                    "",
                    "不认识的文件：行业包由 pack.toml、objects/对象/object.toml 和 views.toml、extends/对象.toml、roles/角色.toml、grants/角色.toml、seeds/对象.toml 组成",
                    "no such file belongs to a pack: it has pack.toml, objects/OBJECT/object.toml and views.toml, extends/OBJECT.toml, roles/ROLE.toml, grants/ROLE.toml, seeds/OBJECT.toml",
                ));
            }
        }
    }
    Ok(pack)
}

fn object(file: &PackFile, name: &str, files: &[PackFile]) -> Result<ObjectDefinition, Wrong> {
    let mut object: ObjectDefinition = parse(file)?;
    same_name(file, name, &object.name)?;
    if let Some(views) = files.iter().find(|it| it.path == format!("objects/{name}/views.toml")) {
        object.views = parse(views)?;
    }
    Ok(object)
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".toml").unwrap_or(file)
}

fn same_name(file: &PackFile, wanted: &str, name: &str) -> Result<(), Wrong> {
    if wanted == name {
        return Ok(());
    }
    let zh = format!("名称“{name}”应与文件或文件夹名“{wanted}”相同");
    Err(Wrong::new(&file.path, "name", zh, format!("`{name}` must be called as its file or folder is, `{wanted}`")))
}

fn parse<T: DeserializeOwned>(file: &PackFile) -> Result<T, Wrong> {
    toml::from_str(&file.text).map_err(|error| {
        let start = error.span().map_or(0, |it| it.start.min(file.text.len()));
        let before = file.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let text = file.text.lines().nth(line - 1).unwrap_or_default();
        let key = text.split_once('=').map(|it| it.0.trim()).filter(|it| !it.is_empty());
        let key = key.map_or_else(|| format!("line {line}"), str::to_owned);
        let message = error.message();
        Wrong::new(&file.path, key, format!("第{line}行无法读取：{message}"), format!("line {line} cannot be read: {message}"))
    })
}
