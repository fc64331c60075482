//! What may be done to records.

/// What may be done to records of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the verbs of the permission matrix")]
pub enum Verb {
    Read,
    Create,
    Update,
    Delete,
    Restore,
    Import,
    Export,
    Bulk,
    Share,
    Assign,
    Lock,
}

impl Verb {
    /// All of them, in the order of the permission matrix.
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Import,
        Self::Export,
        Self::Bulk,
        Self::Share,
        Self::Assign,
        Self::Lock,
    ];
    /// Verbs a role has or has not, whatever the record.
    pub const FLAGS: [Self; 7] = [Self::Create, Self::Import, Self::Export, Self::Bulk, Self::Share, Self::Assign, Self::Lock];

    /// As definitions and the API write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Import => "import",
            Self::Export => "export",
            Self::Bulk => "bulk",
            Self::Share => "share",
            Self::Assign => "assign",
            Self::Lock => "lock",
        }
    }

    /// The verb of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}
