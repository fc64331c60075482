//! What can go wrong, for whoever set the import up. Holds no password.

use guanxi_kernel::schema::Label;

/// Why a table could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// What is wrong, and what mends it.
    pub message: Label,
}

impl SourceError {
    /// Told so.
    pub fn new(zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { message: Label::new(zh_cn, en) }
    }
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message.en)
    }
}

impl std::error::Error for SourceError {}

pub(crate) fn disk(error: &std::io::Error) -> SourceError {
    SourceError::new(format!("服务器磁盘无法写入：{error}"), format!("the server's disk: {error}"))
}
