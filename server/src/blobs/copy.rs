//! Contents from one store into another, while servers use both.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Write as _};
use std::path::Path;

use guanxi_kernel::contents::ContentStore;
use sha2::{Digest as _, Sha256};

use super::local::unless_missing;
use crate::auth::token::hex;

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// Copies every content the target does not hold; what is not what its name says is refused. Answers how many were copied.
///
/// # Errors
/// The disk, the network, a damaged content. What was copied before stays; done again, it goes on from there.
pub fn copy_contents(from: &dyn ContentStore, to: &dyn ContentStore, staging: &Path) -> Result<u64> {
    std::fs::create_dir_all(staging)?;
    let mut copied = 0;
    from.each(&mut |sha256| {
        if to.holds(sha256)? {
            return Ok(());
        }
        let path = staging.join(format!("{sha256}.copy"));
        let kept = match from.open(sha256, None) {
            Ok(content) => fetch(content, sha256, &path).and_then(|()| to.keep(sha256, &path)).map(|()| copied += 1),
            // Erased meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        unless_missing(std::fs::remove_file(&path))?;
        kept
    })?;
    Ok(copied)
}

fn fetch(mut content: Box<dyn Read + Send>, sha256: &str, path: &Path) -> Result<()> {
    let (mut file, mut hash, mut buffer) = (File::create(path)?, Sha256::new(), vec![0; CHUNK]);
    loop {
        let length = content.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        file.write_all(&buffer[..length])?;
    }
    file.sync_all()?;
    if hex(&hash.finalize()) == sha256 { Ok(()) } else { Err(Error::other(format!("the content {sha256} is damaged"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_copied_once_and_damaged_ones_refused() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (from, to) = (super::super::local(one.path()), super::super::local(two.path()));
        let name = hex(&Sha256::digest(b"content"));
        let put = |name: &str, bytes: &[u8]| {
            let file = one.path().join("file");
            std::fs::write(&file, bytes).unwrap();
            from.keep(name, &file).unwrap();
        };
        put(&name, b"content");
        let staging = two.path().join("staging");
        assert_eq!((copy_contents(&from, &to, &staging).unwrap(), copy_contents(&from, &to, &staging).unwrap()), (1, 0));
        assert!(to.holds(&name).unwrap());
        put(&name.replace(|it: char| it.is_ascii_digit(), "0"), b"something else");
        assert!(copy_contents(&from, &to, &staging).unwrap_err().to_string().contains("damaged"));
        assert_eq!(std::fs::read_dir(&staging).unwrap().count(), 0);
    }
}
