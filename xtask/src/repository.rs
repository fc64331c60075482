//! The files of the repository, and the few facts of the machine that a check may ask for.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::problem::Failure;

/// One text file of the repository.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the repository, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// A file as a check sees it.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Does the path end with `.extension`?
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// The work tree that the tool was built from.
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// Finds the work tree: the folder above this crate's.
    pub fn open() -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or_else(|| Failure::new("xtask lies in no workspace"))?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// The folder that everything else is relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The text of one file, which must be there.
    pub fn read(&self, path: &str) -> Result<String, Failure> {
        std::fs::read_to_string(self.root.join(path)).map_err(|error| Failure::new(format!("{path}: {error}")))
    }

    /// Every file that git knows or would take, binary files without text, sorted by path.
    pub fn files(&self) -> Result<Vec<SourceFile>, Failure> {
        let listed = self.output_of("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let mut files: Vec<SourceFile> = listed
            .split('\0')
            .filter(|path| !path.is_empty())
            // A file deleted in the work tree but not yet in a commit is still listed; one that
            // is not UTF-8 is a picture or a sample of another encoding.
            .filter_map(|path| {
                let bytes = std::fs::read(self.root.join(path)).ok()?;
                Some(SourceFile::new(path, String::from_utf8(bytes).unwrap_or_default()))
            })
            .collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files.dedup_by(|left, right| left.path == right.path);
        Ok(files)
    }

    /// The standard output of a program run in the repository.
    pub fn output_of(&self, program: &str, arguments: &[&str]) -> Result<String, Failure> {
        let output =
            Command::new(program).args(arguments).current_dir(&self.root).output().map_err(|error| Failure::new(format!("{program}: {error}")))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!("{program} {}: {}", arguments.join(" "), reason.trim())));
        }
        String::from_utf8(output.stdout).map_err(|_| Failure::new(format!("{program} answered something that is not UTF-8")))
    }
}

/// An environment variable that is set to something.
#[expect(clippy::disallowed_methods, reason = "a tool of the repository has no settings file; this is its one place to read a variable")]
pub fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
