//! A note has a title, and belongs to the customer it speaks of.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_text::html::plain_text;
use serde_json::json;

use crate::related::fill_account;

/// Longest title taken from a text, in characters.
const TITLE_LENGTH: usize = 40;

/// See the module.
pub struct NoteHook;

impl Hook for NoteHook {
    fn object(&self) -> &str {
        "note"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        fill_account(context, tx, draft)?;
        if !draft.value("title").is_null() {
            return Ok(());
        }
        let body = draft.value("body");
        let text = plain_text(body.as_text().unwrap_or_default());
        match first_line(&text) {
            Some(title) => draft.set(context, "title", &json!(title)),
            None => Ok(()),
        }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// The first line with something on it, cut to the length of a title.
fn first_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|it| !it.is_empty())?;
    let mut title: String = line.chars().take(TITLE_LENGTH).collect();
    if line.chars().count() > TITLE_LENGTH {
        title.push('…');
    }
    Some(title)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_title_is_the_first_line_cut_short() {
        assert_eq!(first_line("\n  付款方式  \n三成预付").as_deref(), Some("付款方式"));
        assert_eq!(first_line(" \n"), None);
        assert_eq!(first_line(&"长".repeat(60)).map(|it| it.chars().count()), Some(41));
    }
}
