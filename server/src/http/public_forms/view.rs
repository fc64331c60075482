//! What of a form a visitor is shown, in his language.

use guanxi_kernel::context::Locale;
use guanxi_kernel::schema::FieldKind;
use guanxi_marketing::forms::{Asked, Form};
use serde::Serialize;

use super::visitor::Visitor;

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
            controls: form.asked.iter().map(|it| control(it, locale)).collect(),
            company: visitor.workspace.settings().name.clone(),
            message: form.text("success_message"),
            next_page: form.next_page(),
            origins: form.origins(),
        }
    }
}

/// Without the field's help, which is for members to read.
fn control(asked: &Asked, locale: Locale) -> Control {
    let field = &asked.field;
    Control {
        name: field.name.clone(),
        label: asked.label.clone().unwrap_or_else(|| locale.pick(&field.label).to_owned()),
        kind: field.kind,
        required: asked.required,
        max_length: field.max_length,
        options: field.options.iter().map(|it| (it.value.clone(), locale.pick(&it.label).to_owned())).collect(),
    }
}
