//! What was not possible, as people are told.

use guanxi_kernel::KernelError;
use guanxi_kernel::schema::Label;

/// What stands in the way of one record; nothing where it is a fault of the program or the database.
pub fn told(error: &KernelError) -> Option<Label> {
    Some(match error {
        KernelError::BadRequest { message, .. } | KernelError::Conflict { message, .. } => message.clone(),
        KernelError::Invalid(problems) => problems.first().map(|it| it.message.clone())?,
        KernelError::Forbidden(_) => Label::new("发起移交的人无权转交它", "who started the hand-over may not give it away"),
        KernelError::NotFound | KernelError::Merged { .. } => Label::new("它已不存在", "it is gone"),
        _ => return None,
    })
}
