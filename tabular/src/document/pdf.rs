//! What a PDF says, page by page. The libraries bound neither memory nor time: whoever reads files of strangers does so in
//! a process that may be ended.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use crate::error::TabularError;

/// Pages that are read.
const MOST_PAGES: usize = 500;

/// The text of a PDF, at most so many characters of it. What is a picture of a text, or has no map from its signs to letters,
/// says nothing.
///
/// # Errors
/// What is no PDF, is damaged or protected by a password.
pub fn read_pdf(bytes: &[u8], most_characters: usize) -> Result<String, TabularError> {
    let broken = |reason: String| TabularError::BrokenFile { reason };
    let opened = catch_unwind(AssertUnwindSafe(|| Document::load_mem(bytes)));
    let mut document = opened.map_err(|_| broken("it is no PDF".into()))?.map_err(|error| broken(error.to_string()))?;
    // Many may be read by everybody, and only not printed or changed.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(broken("it is protected by a password".into()));
    }
    let mut text = String::new();
    let mut characters = 0;
    for page in document.get_pages().into_keys().take(MOST_PAGES) {
        let mut of_page = String::new();
        // A page that cannot be read to its end says what it said until there, and keeps the others from nobody.
        drop(catch_unwind(AssertUnwindSafe(|| output_doc_page(&document, &mut PlainTextOutput::new(&mut of_page), page))));
        characters += of_page.chars().count();
        text.push_str(&of_page);
        text.push('\n');
        if characters >= most_characters {
            break;
        }
    }
    Ok(text.chars().take(most_characters).collect())
}
