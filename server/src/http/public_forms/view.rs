//! What of a form a visitor is shown, in his language.

use guanxi_kernel::context::Locale;
use guanxi_kernel::schema::FieldKind;
use guanxi_marketing::forms::{Asked, Form};
use serde::Serialize;

use super::visitor::Visitor;

/// Most characters of one long text, and of all of them on a page.
const LONGEST_TEXT: u32 = 8_000;
const LONG_TEXTS: u32 = 20_000;

/// A field as it is asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Control {
    /// Its name among the values.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// The type of its values.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// Most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// What can be chosen: value and label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, String)>,
}

/// A form as it is shown.
#[derive(Debug, Clone)]
pub struct View {
    pub path: String,
    pub locale: Locale,
    pub title: String,
    pub intro: Option<String>,
    pub purpose: Option<String>,
    pub consent: Option<String>,
    pub controls: Vec<Control>,
    pub company: String,
    pub message: Option<String>,
    pub next_page: Option<String>,
    pub origins: Vec<String>,
}

impl View {
    /// Of this form, for this visitor.
    pub fn of(form: &Form, visitor: &Visitor) -> Self {
        let locale = form.locale(visitor.locale);
        Self {
            path: visitor.path(form),
            locale,
            title: form.text("title").unwrap_or_default(),
            intro: form.text("intro"),
            purpose: form.text("purpose"),
            consent: form.text("consent_text"),
            controls: form.asked.iter().map(|it| control(it, locale, longest(form))).collect(),
            company: visitor.workspace.settings().name.clone(),
            message: form.text("success_message"),
            next_page: form.next_page(),
            origins: form.origins(),
        }
    }
}

/// Characters each long text may have, so that all of them together fit into what is read.
fn longest(form: &Form) -> u32 {
    let texts = form.asked.iter().filter(|it| it.field.kind == FieldKind::LongText).count();
    u32::try_from(texts).map_or(0, |it| LONG_TEXTS / it.max(1)).min(LONGEST_TEXT)
}

/// Without the field's help, which is for members to read.
fn control(asked: &Asked, locale: Locale, longest: u32) -> Control {
    let field = &asked.field;
    let is_long = field.kind == FieldKind::LongText;
    Control {
        name: field.name.clone(),
        label: asked.label.clone().unwrap_or_else(|| locale.pick(&field.label).to_owned()),
        kind: field.kind,
        required: asked.required,
        max_length: if is_long { Some(field.max_length.map_or(longest, |it| it.min(longest))) } else { field.max_length },
        options: asked.offered().map(|it| (it.value.clone(), locale.pick(&it.label).to_owned())).collect(),
    }
}
