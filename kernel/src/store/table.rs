//! Tables, columns and indexes as the store creates them.

/// How a column is stored; each dialect maps it to a type of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// SQLite INTEGER 0/1, PostgreSQL BOOLEAN.
    Bool,
    /// 64-bit integer.
    Int,
    /// Exact decimal with so many digits after the point. SQLite: INTEGER scaled by 10^scale; PostgreSQL: NUMERIC(20, scale).
    Decimal {
        /// Digits after the point, 0-6.
        scale: u32,
    },
    /// UTF-8 text. PostgreSQL: TEXT COLLATE "C", so that both stores compare bytes. Sort keys are such texts too.
    Text,
    /// SQLite TEXT `YYYY-MM-DD`, PostgreSQL DATE.
    Date,
    /// Instant in microseconds. SQLite INTEGER (Unix microseconds), PostgreSQL TIMESTAMPTZ.
    DateTime,
    /// Seconds, 64-bit integer.
    Duration,
    /// UUID. SQLite BLOB of 16 bytes, PostgreSQL UUID.
    Id,
    /// JSON text. SQLite TEXT, PostgreSQL JSONB.
    Json,
    /// A list of texts, stored as a JSON array; its values are [`guanxi_expr::Value::List`].
    TextList,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Identifier, already validated.
    pub name: String,
    /// Storage.
    pub storage: Storage,
    /// May be NULL.
    pub nullable: bool,
}

impl Column {
    /// A column that always has a value.
    pub fn required(name: &str, storage: Storage) -> Self {
        Self { name: name.to_owned(), storage, nullable: false }
    }
    /// A column that may be NULL.
    pub fn nullable(name: &str, storage: Storage) -> Self {
        Self { name: name.to_owned(), storage, nullable: true }
    }
}

/// An index. Ascending, NULL first, on both dialects. PostgreSQL refuses index rows beyond 2,700 bytes, so indexed texts must be
/// kept short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Name, unique within the workspace.
    pub name: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Refuses duplicates (rows with a NULL among the columns never collide).
    pub unique: bool,
    /// The rows it holds.
    pub rows: IndexRows,
}

/// Which rows an index holds. A database uses a partial index only where the statement says the same of the
/// column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexRows {
    /// Every row.
    All,
    /// Those whose `deleted_at` is NULL.
    Live,
    /// Those whose `deleted_at` is not NULL.
    Deleted,
    /// Those whose first column in the index is not NULL: for columns that few rows fill.
    Present,
}

/// A table of the workspace: an object's, a link table, or one of the engine's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Identifier, already validated.
    pub name: String,
    /// Columns in order; statements refer to them by position.
    pub columns: Vec<Column>,
    /// Names of the primary key's columns.
    pub primary_key: Vec<String>,
    /// The primary key is one integer the database counts up, never reused.
    pub identity: bool,
    /// Further indexes.
    pub indexes: Vec<Index>,
}

impl Table {
    /// Position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.name == column)
    }
}
