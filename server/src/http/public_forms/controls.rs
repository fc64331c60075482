//! One control of the page for each field.

use std::fmt::Write as _;

use guanxi_kernel::schema::FieldKind;
use guanxi_text::html::escape;

use super::view::Control;
use super::words::Words;

/// Text as it stands in HTML, in quoted attributes too.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// Writes a control with its label, what was typed and what is wrong with it.
pub fn write(out: &mut String, control: &Control, typed: &[String], problem: Option<&str>, words: &Words) {
    let name = safe(&control.name);
    let label = safe(&control.label);
    let needed = if control.required { format!(" <span class=\"needed\">{}</span>", words.needed) } else { String::new() };
    let wrong = problem.map(|it| format!("<p class=\"wrong\" id=\"{name}-wrong\">{}</p>", safe(it))).unwrap_or_default();
    let described = if problem.is_some() { format!(" aria-invalid=\"true\" aria-describedby=\"{name}-wrong\"") } else { String::new() };
    let required = if control.required { " required" } else { "" };
    let first = typed.first().map(|it| safe(it)).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = match control.kind {
        FieldKind::Boolean => {
            let checked = if typed.iter().any(|it| !it.is_empty()) { " checked" } else { "" };
            write!(
                out,
                "<div class=\"field\"><div class=\"tick\"><input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"yes\"{checked}{required}{described}>\
                 <label for=\"{name}\">{label}{needed}</label></div>{wrong}</div>"
            )
        }
        FieldKind::MultiSelect => {
            // A group is not invalid, only described.
            let described = described.replacen(" aria-invalid=\"true\"", "", 1);
            let ticks: String = control.options.iter().enumerate().map(|(at, it)| tick(&name, at, it, typed)).collect();
            write!(
                out,
                "<fieldset class=\"field\" id=\"{name}\" tabindex=\"-1\"{described}><legend>{label}{needed}</legend>{ticks}{wrong}</fieldset>"
            )
        }
        FieldKind::Select => {
            let options: String = control.options.iter().map(|it| option(it, typed)).collect();
            let choose = words.choose;
            write!(
                out,
                "<div class=\"field\"><label for=\"{name}\">{label}{needed}</label>\
                 <select id=\"{name}\" name=\"{name}\"{required}{described}><option value=\"\">{choose}</option>{options}</select>{wrong}</div>"
            )
        }
        FieldKind::LongText => {
            let most = control.max_length.map(|it| format!(" maxlength=\"{it}\"")).unwrap_or_default();
            // A line break right behind the tag would be lost.
            write!(
                out,
                "<div class=\"field\"><label for=\"{name}\">{label}{needed}</label>\
                 <textarea id=\"{name}\" name=\"{name}\" rows=\"4\"{most}{required}{described}>\n{first}</textarea>{wrong}</div>"
            )
        }
        kind => {
            let (input, complete) = input_of(kind, &control.name);
            let most = control.max_length.filter(|_| kind == FieldKind::Text).map(|it| format!(" maxlength=\"{it}\"")).unwrap_or_default();
            write!(
                out,
                "<div class=\"field\"><label for=\"{name}\">{label}{needed}</label>\
                 <input {input} id=\"{name}\" name=\"{name}\" value=\"{first}\"{complete}{most}{required}{described}>{wrong}</div>"
            )
        }
    };
}

fn tick(name: &str, at: usize, (value, label): &(String, String), typed: &[String]) -> String {
    let checked = if typed.contains(value) { " checked" } else { "" };
    let (value, label) = (safe(value), safe(label));
    format!(
        "<div class=\"tick\"><input type=\"checkbox\" id=\"{name}-{at}\" name=\"{name}\" value=\"{value}\"{checked}>\
         <label for=\"{name}-{at}\">{label}</label></div>"
    )
}

fn option((value, label): &(String, String), typed: &[String]) -> String {
    let selected = if typed.contains(value) { " selected" } else { "" };
    format!("<option value=\"{}\"{selected}>{}</option>", safe(value), safe(label))
}

/// The input, and what browsers fill in of themselves (WCAG 1.3.5).
fn input_of(kind: FieldKind, name: &str) -> (&'static str, &'static str) {
    let input = match kind {
        FieldKind::Email => "type=\"email\"",
        FieldKind::Phone => "type=\"tel\"",
        FieldKind::Date => "type=\"date\"",
        FieldKind::Number => "type=\"text\" inputmode=\"numeric\"",
        FieldKind::Decimal | FieldKind::Money | FieldKind::Percent => "type=\"text\" inputmode=\"decimal\"",
        FieldKind::Url => "type=\"text\" inputmode=\"url\"",
        _ => "type=\"text\"",
    };
    let complete = match (kind, name) {
        (FieldKind::PersonName, "name") => " autocomplete=\"name\"",
        (FieldKind::Text, "company") => " autocomplete=\"organization\"",
        (FieldKind::Text, "title") => " autocomplete=\"organization-title\"",
        (FieldKind::Phone, _) => " autocomplete=\"tel\"",
        (FieldKind::Email, _) => " autocomplete=\"email\"",
        (FieldKind::Url, "website") => " autocomplete=\"url\"",
        (FieldKind::Address, _) => " autocomplete=\"street-address\"",
        _ => "",
    };
    (input, complete)
}
