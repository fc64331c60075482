//! Sign-in: passwords, tokens, and who a request comes from.

pub mod kept_secrets;
pub mod passkeys;
pub mod password;
pub mod password_rules;
pub mod recovery;
pub mod sealing;
pub mod token;
pub mod totp;
pub mod vault;

use guanxi_kernel::identity::LinkKind;

use crate::workspaces::MAIN;

/// Where a link leads, below the address of the server. The token stands behind the `#`: browsers send it to nobody.
pub fn link_path(workspace: &str, kind: LinkKind, token: &str) -> String {
    let place = if workspace == MAIN { String::new() } else { format!("/w/{workspace}") };
    let page = match kind {
        LinkKind::Activation => "activate",
        LinkKind::Reset => "reset",
    };
    format!("{place}/{page}#{token}")
}

/// Where a link to a file leads, below the address of the server, in the same way.
pub fn file_link_path(workspace: &str, token: &str) -> String {
    let place = if workspace == MAIN { String::new() } else { format!("/w/{workspace}") };
    format!("{place}/shared#{token}")
}
