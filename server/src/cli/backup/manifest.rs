//! What a backup's folder holds: every file with its size and SHA-256.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{CliError, other};

const MANIFEST: &str = "manifest.json";
/// Version of the form; another one is not understood.
const FORMAT: u32 = 1;

/// The list of a backup's files.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// Version of the program.
    program: String,
    /// When.
    pub created_at: String,
    /// By path.
    pub files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// The same backup without its databases.
    pub fn without_databases(&self) -> Self {
        let files = self.files.iter().filter(|(name, _)| !name.ends_with(".db")).map(|(name, entry)| (name.clone(), entry.clone())).collect();
        Self { format: self.format, program: self.program.clone(), created_at: self.created_at.clone(), files }
    }
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub size: u64,
    sha256: String,
}

/// Lists what a folder holds and writes it down there.
pub fn write(folder: &Path, created_at: String) -> Result<Manifest, CliError> {
    let manifest = Manifest { format: FORMAT, program: env!("CARGO_PKG_VERSION").into(), created_at, files: entries(folder)? };
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| CliError::Other(error.to_string()))?;
    let mut file = std::fs::File::create(folder.join(MANIFEST))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(manifest)
}

/// Reads a backup's manifest.
///
/// # Errors
/// No manifest, one of another form, or a backup of a later version: what it holds would get lost here unseen.
pub fn read(folder: &Path) -> Result<Manifest, CliError> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| other(&path, format!("{error}; is this the folder of a backup?")))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| other(&path, error))?;
    if manifest.format != FORMAT {
        return Err(other(&path, format!("a backup of form {}, which this version does not know", manifest.format)));
    }
    let own = env!("CARGO_PKG_VERSION");
    if version(&manifest.program) > version(own) {
        return Err(other(&path, format!("made by version {}, which is later than this one, {own}; restore it with that version", manifest.program)));
    }
    Ok(manifest)
}

/// The numbers of a version; what cannot be read counts as later than everything.
fn version(text: &str) -> (u64, u64, u64) {
    let mut numbers = text.split(['.', '-', '+']).map(|it| it.parse().unwrap_or(u64::MAX));
    let mut next = || numbers.next().unwrap_or(u64::MAX);
    (next(), next(), next())
}

/// Fails unless a folder holds exactly what the manifest says.
pub fn verify(folder: &Path, manifest: &Manifest) -> Result<(), CliError> {
    for name in manifest.files.keys() {
        let plain = Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
        if !plain {
            return Err(CliError::Other(format!("the manifest names {name}, which is no path within the backup")));
        }
    }
    let found = entries(folder)?;
    for (name, entry) in &manifest.files {
        match found.get(name) {
            None => return Err(CliError::Other(format!("{name} is missing from the backup"))),
            Some(it) if it != entry => return Err(CliError::Other(format!("{name} is not what the manifest says: it was changed or damaged"))),
            Some(_) => {}
        }
    }
    match found.keys().find(|it| !manifest.files.contains_key(*it)) {
        Some(name) => Err(CliError::Other(format!("{name} is not in the manifest"))),
        None => Ok(()),
    }
}

/// Every file below a folder with size and hash, but for the manifest itself.
fn entries(folder: &Path) -> Result<BTreeMap<String, Entry>, CliError> {
    let mut all = BTreeMap::new();
    for path in files_below(folder)? {
        let relative = path.strip_prefix(folder).map_err(|error| other(&path, error))?;
        let name = relative.components().map(|it| it.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if name != MANIFEST {
            all.insert(name, entry(&path)?);
        }
    }
    Ok(all)
}

fn entry(path: &Path) -> Result<Entry, CliError> {
    let mut file = std::fs::File::open(path).map_err(|error| other(path, error))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
    let sha256 = hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok(Entry { size, sha256 })
}

/// All files below a folder; none where it does not exist.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        let entries = match std::fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(other(&next, error)),
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
