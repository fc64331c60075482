//! What the hooks and actions on comments share.

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;

/// The object.
pub const COMMENT: &str = "comment";
/// The object of reactions to comments.
pub const REACTION: &str = "comment_reaction";
/// For the company alone.
pub const INTERNAL: &str = "internal";
/// For partners as well.
pub const PARTNERS: &str = "partners";
/// Kinds of mention, and the field that holds those mentioned.
pub const MENTIONS: [(&str, &str); 4] =
    [("member", "mentioned_members"), ("team", "mentioned_teams"), ("department", "mentioned_departments"), ("role", "mentioned_roles")];

/// Whether the caller is not of the company: he may not choose for whom a comment is, and sees none that is internal.
pub fn is_outside(context: &Context, comments: &Object) -> bool {
    comments.field("audience").is_none_or(|it| !context.access.may_write(comments, it))
}
