//! What reaches members while they do not look at the app, beside mail: browsers that take pushes, phones that take text
//! messages. Who is told what is the apps' affair, how it is sent the server's; here is kept whom it may reach and what became
//! of it.

pub mod push;
pub mod sms;
pub mod sms_gateway;
pub mod sms_number;

/// What went wrong is kept no longer than that, in characters.
const LONGEST_ERROR: usize = 300;

/// A reason as it is kept: one line, no endless one.
fn brief(error: &str) -> String {
    error.chars().map(|it| if it.is_control() { ' ' } else { it }).take(LONGEST_ERROR).collect()
}
