//! What a check finds, and why a check could not run.

use std::fmt;

/// One broken rule, with the place to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path relative to the repository, with `/`.
    pub path: String,
    /// Line from 1, where the problem has one.
    pub line: Option<usize>,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
}

impl Problem {
    /// A problem with a whole file.
    pub fn in_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, message: message.into() }
    }

    /// A problem with one line (from 1) of a file.
    pub fn at_line(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: Some(line), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.path, self.message),
            None => write!(formatter, "{}: {}", self.path, self.message),
        }
    }
}

/// Why a check could not do its work: a missing file, a tool that failed, a file it cannot parse.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure told as one message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
