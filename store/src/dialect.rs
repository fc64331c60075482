//! Where the two databases differ.

/// A database's way of speaking SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

impl Dialect {
    /// Most values one statement may bind. SQLite: `SQLITE_MAX_VARIABLE_NUMBER`; PostgreSQL: the protocol's 16 bits.
    pub(crate) fn most_binds(self) -> usize {
        match self {
            Self::Sqlite => 32_000,
            Self::Postgres => 65_000,
        }
    }
}
