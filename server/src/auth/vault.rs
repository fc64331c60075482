//! Secrets that must be readable again (of authenticator apps, of identity providers) lie in the database encrypted. The
//! keys lie in a file of their own, beside the data folder and not in it: who takes the database, or a backup of it, does
//! not have them.
//!
//! A line of the file is a key of 256 bits in hexadecimal. The first one seals; the others only open what was sealed
//! before them. A sealed secret names its key and belongs to one place: moved to another row it does not open.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use guanxi_kernel::context::Ids;
use guanxi_kernel::{KernelError, Result};

use super::token::{hex, sha256_hex};

/// What a sealed secret begins with.
const MARK: &str = "gx1:";
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of what makes each sealing another one.
const NONCE_BYTES: usize = 24;

#[derive(Clone)]
struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// Seals and opens secrets.
pub struct Vault {
    file: PathBuf,
    keys: RwLock<Vec<Key>>,
}

impl Vault {
    /// With the keys of this file, which is made when the first secret is sealed.
    pub fn new(file: PathBuf) -> Self {
        Self { file, keys: RwLock::default() }
    }

    /// Where the keys are.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether a stored text is a sealed secret.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Seals a secret for one place, such as `factor/ID`.
    ///
    /// # Errors
    /// Where the keys can be neither read nor made.
    pub fn seal(&self, ids: &dyn Ids, place: &str, secret: &str) -> Result<String> {
        let key = self.first_key(ids)?;
        let mut nonce = [0; NONCE_BYTES];
        ids.random(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| fault("a secret could not be sealed"))?;
        Ok(format!("{MARK}{}:{}{}", key.id, hex(&nonce), hex(&sealed)))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// Where its key is missing, or it is not as it was sealed.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String> {
        let parts = sealed.strip_prefix(MARK).and_then(|it| it.split_once(':'));
        let (id, bytes) = parts.and_then(|(id, text)| Some((id, unhex(text)?))).ok_or_else(|| fault("a stored secret is not sealed"))?;
        let key = self.key(id)?.ok_or_else(|| fault(format!("its key {id} is not in {}", self.file.display())))?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| fault("a sealed secret is cut off"))?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let opened = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| fault("a sealed secret is not as it was sealed"))?;
        String::from_utf8(opened).map_err(|_| fault("a sealed secret is no text"))
    }

    /// Whether the first key of the file is another one than this secret was sealed with.
    ///
    /// # Errors
    /// Where the keys cannot be read.
    pub fn is_outdated(&self, sealed: &str) -> Result<bool> {
        let first = self.read()?.into_iter().next();
        let id = sealed.strip_prefix(MARK).and_then(|it| it.split_once(':')).map(|it| it.0);
        Ok(first.is_none_or(|it| Some(it.id.as_str()) != id))
    }

    /// Puts another key before those there are; answers its name. What is sealed opens as before.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn rotate(&self, ids: &dyn Ids) -> Result<String> {
        let (line, key) = new_key(ids)?;
        let before = match std::fs::read_to_string(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            other => other.map_err(|error| self.unreadable(&error))?,
        };
        let temporary = self.write_beside(ids, &format!("{line}\n{before}"))?;
        std::fs::rename(&temporary, &self.file).map_err(|error| self.unreadable(&error))?;
        self.sync_folder()?;
        self.read()?;
        Ok(key.id)
    }

    /// The key that seals; made where there is none.
    fn first_key(&self, ids: &dyn Ids) -> Result<Key> {
        if let Some(key) = self.known().into_iter().next() {
            return Ok(key);
        }
        if let Some(key) = self.read()?.into_iter().next() {
            return Ok(key);
        }
        let (line, _) = new_key(ids)?;
        let temporary = self.write_beside(ids, &format!("{line}\n"))?;
        // Of two processes that make one, one wins, and both take it.
        let linked = std::fs::hard_link(&temporary, &self.file);
        std::fs::remove_file(&temporary).map_err(|error| self.unreadable(&error))?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(self.unreadable(&error)),
            _ => self.sync_folder()?,
        }
        self.read()?.into_iter().next().ok_or_else(|| fault(format!("there is no key in {}", self.file.display())))
    }

    /// The key of this name; one that another process has made since is looked for in the file.
    fn key(&self, id: &str) -> Result<Option<Key>> {
        let find = |keys: Vec<Key>| keys.into_iter().find(|it| it.id == id);
        match find(self.known()) {
            Some(key) => Ok(Some(key)),
            None => Ok(find(self.read()?)),
        }
    }

    fn known(&self) -> Vec<Key> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file; no keys where there is none.
    fn read(&self) -> Result<Vec<Key>> {
        let text = match std::fs::read_to_string(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            other => other.map_err(|error| self.unreadable(&error))?,
        };
        let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
        let keys: Option<Vec<Key>> = lines.map(key_of).collect();
        let keys = keys.ok_or_else(|| fault(format!("{}: each line must be a key of 64 hexadecimal digits", self.file.display())))?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).clone_from(&keys);
        Ok(keys)
    }

    fn write_beside(&self, ids: &dyn Ids, text: &str) -> Result<PathBuf> {
        let mut suffix = [0; 8];
        ids.random(&mut suffix);
        let mut name = self.file.as_os_str().to_owned();
        name.push(format!(".{}", hex(&suffix)));
        let path = PathBuf::from(name);
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| self.unreadable(&error))?;
        Ok(path)
    }

    /// The name in the folder is durable, too, before anything is sealed with the key.
    fn sync_folder(&self) -> Result<()> {
        let folder = self.file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|it| it.sync_all()).map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &std::io::Error) -> KernelError {
        fault(format!("{}: {error}", self.file.display()))
    }
}

fn new_key(ids: &dyn Ids) -> Result<(String, Key)> {
    let mut bytes = [0; KEY_BYTES];
    ids.random(&mut bytes);
    let line = hex(&bytes);
    let key = key_of(&line).ok_or_else(|| fault("a new key is none"))?;
    Ok((line, key))
}

fn key_of(line: &str) -> Option<Key> {
    let bytes: [u8; KEY_BYTES] = unhex(line)?.try_into().ok()?;
    let id = sha256_hex(&bytes).chars().take(8).collect();
    Some(Key { id, cipher: XChaCha20Poly1305::new(&CipherKey::from(bytes)) })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect();
    let digits = digits.filter(|it| it.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|it| (it[0] << 4) | it[1]).collect())
}

fn fault(reason: impl Into<String>) -> KernelError {
    KernelError::Internal(format!("sealed secrets: {}", reason.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring::SystemIds;

    fn vault(folder: &tempfile::TempDir) -> Vault {
        Vault::new(folder.path().join("data.key"))
    }

    #[test]
    fn a_secret_opens_where_it_belongs_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, ids) = (vault(&folder), SystemIds::default());
        assert!(!vault.file().exists(), "nothing is made before it is needed");
        let sealed = vault.seal(&ids, "factor/1", "机密").unwrap();
        assert!(Vault::is_sealed(&sealed) && !sealed.contains("机密"));
        assert_ne!(sealed, vault.seal(&ids, "factor/1", "机密").unwrap(), "each sealing is another");
        // Another process that comes later has the same keys.
        let other = super::Vault::new(vault.file().to_owned());
        assert_eq!(other.open("factor/1", &sealed).unwrap(), "机密");
        assert!(vault.open("factor/2", &sealed).is_err());
        let last = sealed.chars().last().unwrap();
        let forged = format!("{}{}", &sealed[..sealed.len() - 1], if last == '0' { '1' } else { '0' });
        for wrong in [forged.as_str(), "gx1:", "gx1:00000000:00", "plain", &sealed[..40]] {
            assert!(vault.open("factor/1", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_its_owner_reads_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        vault.seal(&SystemIds::default(), "x", "y").unwrap();
        assert_eq!(std::fs::metadata(vault.file()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing stays behind");
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_opens() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, ids) = (vault(&folder), SystemIds::default());
        let old = vault.seal(&ids, "x", "before").unwrap();
        let elsewhere = super::Vault::new(vault.file().to_owned());
        assert_eq!(elsewhere.open("x", &old).unwrap(), "before");
        vault.rotate(&ids).unwrap();
        assert!(vault.is_outdated(&old).unwrap());
        let new = vault.seal(&ids, "x", "after").unwrap();
        assert!(!vault.is_outdated(&new).unwrap());
        assert_eq!((vault.open("x", &old).unwrap(), elsewhere.open("x", &new).unwrap()), ("before".into(), "after".into()));
        // Without the old key what it sealed is lost, and says so.
        let text = std::fs::read_to_string(vault.file()).unwrap();
        std::fs::write(vault.file(), text.lines().next().unwrap()).unwrap();
        let error = super::Vault::new(vault.file().to_owned()).open("x", &old).unwrap_err().to_string();
        assert!(error.contains("its key"), "{error}");
    }
}
