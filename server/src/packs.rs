//! Industry packs on this server: those built into the program and those in the operator's folder. A broken one is told
//! of and left out; it keeps nobody from working.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use guanxi_kernel::app::Registry;
use guanxi_kernel::pack::{BrokenPack, PackDefinition, PackFile, read_pack, try_out};
use guanxi_kernel::schema::Label;
use rust_embed::RustEmbed;

/// Folders in the repository, as data in the binary.
#[derive(RustEmbed)]
#[folder = "../packs/"]
struct Shipped;

/// Largest file of a pack in bytes; larger than any definition is long.
const MAX_FILE: u64 = 1_000_000;
/// Most files of a pack.
const MAX_FILES: usize = 500;
/// How deep its folders go.
const MAX_DEPTH: usize = 3;

/// Offers the packs there are to the workspaces of this server.
///
/// # Errors
/// The operator's folder is none, which is a wrong setting.
pub fn offer(registry: &mut Registry, folder: Option<&Path>) -> Result<(), String> {
    // The program's own are always tried out beside the program's own apps: with the same result each time.
    static SHIPPED: OnceLock<Examined> = OnceLock::new();
    let Examined { packs, broken } = match folder {
        None => SHIPPED.get_or_init(|| examine(registry, shipped())).clone(),
        Some(folder) => {
            let own = of_folder(folder).map_err(|error| format!("setting `packs`: {}: {error}", folder.display()))?;
            examine(registry, shipped().into_iter().chain(own))
        }
    };
    for BrokenPack { folder, file, key, reason } in &broken {
        tracing::warn!(pack = folder, file, key, reason = reason.en, "an industry pack is left out");
    }
    (registry.packs, registry.broken_packs) = (packs, broken);
    Ok(())
}

#[derive(Clone)]
struct Examined {
    packs: Vec<PackDefinition>,
    broken: Vec<BrokenPack>,
}

fn examine(registry: &Registry, read: impl IntoIterator<Item = Read>) -> Examined {
    let mut packs: Vec<PackDefinition> = Vec::new();
    let mut broken = Vec::new();
    for one in read {
        match one {
            Ok(pack) if packs.iter().any(|it| it.name() == pack.name()) => broken.push(told_twice(pack.name())),
            Ok(pack) => packs.push(pack),
            Err(reason) => broken.push(*reason),
        }
    }
    let unfit: Vec<BrokenPack> = packs.iter().filter_map(|it| try_out(registry, &packs, it)).collect();
    packs.retain(|pack| unfit.iter().all(|it| it.folder != pack.name()));
    broken.extend(unfit);
    Examined { packs, broken }
}

type Read = Result<PackDefinition, Box<BrokenPack>>;

fn shipped() -> Vec<Read> {
    let mut folders: BTreeMap<String, Vec<PackFile>> = BTreeMap::new();
    for path in Shipped::iter() {
        let Some((folder, inside)) = path.split_once('/') else { continue };
        let Some(file) = Shipped::get(&path) else { continue };
        let file = PackFile { path: inside.to_owned(), text: String::from_utf8_lossy(&file.data).into_owned() };
        folders.entry(folder.to_owned()).or_default().push(file);
    }
    folders.iter().map(|(folder, files)| read_pack(folder, files)).collect()
}

/// Every folder with something in it is meant to be a pack.
fn of_folder(folder: &Path) -> std::io::Result<Vec<Read>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !name.starts_with('.') {
            folders.push((name, entry.path()));
        }
    }
    folders.sort();
    Ok(folders.into_iter().map(|(name, path)| of_pack(&name, &path)).collect())
}

fn of_pack(name: &str, path: &Path) -> Read {
    let mut files = Vec::new();
    match collect(path, "", MAX_DEPTH, &mut files) {
        Ok(()) => read_pack(name, &files),
        Err((file, reason)) => Err(Box::new(BrokenPack { folder: name.to_owned(), file, key: String::new(), reason })),
    }
}

/// Where a file cannot be read, which and why.
type Unread = (String, Label);

fn collect(folder: &Path, inside: &str, depth: usize, files: &mut Vec<PackFile>) -> Result<(), Unread> {
    let failed = |path: &str, error: &std::io::Error| (path.to_owned(), Label::new(format!("无法读取：{error}"), format!("cannot be read: {error}")));
    for entry in std::fs::read_dir(folder).map_err(|error| failed(inside, &error))? {
        let entry = entry.map_err(|error| failed(inside, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        let about = entry.metadata().map_err(|error| failed(&path, &error))?;
        if about.is_dir() && depth > 1 && !name.starts_with('.') {
            collect(&entry.path(), &path, depth - 1, files)?;
        } else if about.is_file() && name.ends_with(".toml") {
            if about.len() > MAX_FILE || files.len() >= MAX_FILES {
                return Err((path, Label::new("文件过大或过多", "too large, or one file too many")));
            }
            let text = std::fs::read_to_string(entry.path()).map_err(|error| failed(&path, &error))?;
            files.push(PackFile { path, text });
        }
    }
    Ok(())
}

fn told_twice(name: &str) -> BrokenPack {
    let reason = Label::new("程序自带或前面的文件夹已有同名行业包", "the program or another folder brings a pack of this name");
    BrokenPack { folder: name.to_owned(), file: "pack.toml".into(), key: "name".into(), reason }
}
