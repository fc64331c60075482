//! The code a marketer pastes into a website.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Locale;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{FieldKind, Label};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use guanxi_text::html::escape;
use serde_json::{Map, Value as Json, json};

use crate::forms::{Asked, Form};

/// Height of a frame without any field, and of one, in pixels.
const FRAME: usize = 360;
const ROW: usize = 90;

/// Takes what the page was opened by along: tags of its link, and the page before it. The element is known by its mark, wherever
/// a website's own program put it beside this script, and taken once; where it is not there nothing is done, and no error told on
/// somebody's page.
const SCRIPT: &str = r#"<script>
(function (it) {
  if (!it) return;
  var at = it.hasAttribute("src") ? "src" : "action", page = new URLSearchParams(location.search), from = new URLSearchParams();
  ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"].forEach(function (tag) {
    if (page.get(tag)) from.set(tag, page.get(tag).slice(0, 200));
  });
  if (document.referrer) from.set("referrer", document.referrer.split("?")[0].slice(0, 300));
  it.setAttribute("data-arrival", "");
  if (String(from)) it.setAttribute(at, it.getAttribute(at) + "?" + from);
})(document.querySelector('[data-web-form="KEY"]:not([data-arrival])'));
</script>"#;
/// What stands for the key of the form in it.
const KEY: &str = "KEY";

/// See the module.
pub struct Embed(pub ActionDefinition);

impl Action for Embed {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let key = record.value("key").as_text().unwrap_or_default().to_owned();
        let workspace = &unit.context.workspace;
        let place = if workspace.id == "main" { String::new() } else { format!("/w/{}", workspace.id) };
        let path = format!("{place}/f/{key}");
        // Where this server does not know its own address, the web app puts the one it was opened by before it.
        let url = workspace.address(&format!("/f/{key}")).unwrap_or_else(|| path.clone());
        let form = Form::of(unit.context, record).ok_or_else(|| {
            KernelError::conflict(
                "state_conflict",
                "填写项中有已不存在的字段，请先修改",
                "some of its fields are not there any more; mend them first",
            )
        })?;
        Ok(
            json!({ "path": path, "url": url, "iframe": frame(&form, &key, &url), "form": plain(&form, &key, form.locale(unit.context.locale), &url) }),
        )
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// The lines of script for the element of a form.
fn script(key: &str) -> String {
    SCRIPT.replace(KEY, key)
}

fn frame(form: &Form, key: &str, url: &str) -> String {
    let (url, title, script) = (escaped(url), escaped(&form.text("title").unwrap_or_default()), script(key));
    let height = FRAME + ROW * form.asked.len();
    format!(
        "<iframe src=\"{url}\" data-web-form=\"{key}\" title=\"{title}\" loading=\"lazy\" style=\"width:100%;height:{height}px;border:0\"></iframe>\n{script}"
    )
}

/// The form in the website's own looks. It leads to the form's own page, where what was typed is confirmed.
fn plain(form: &Form, key: &str, locale: Locale, url: &str) -> String {
    let fields: String = form.asked.iter().map(|it| control(it, locale)).collect();
    let consent = form.text("consent_text").map(|it| {
        let text = escaped(&it);
        format!("  <p><label><input type=\"checkbox\" name=\"form-consent\" value=\"yes\" required> {text}</label></p>\n")
    });
    let (url, consent, script) = (escaped(url), consent.unwrap_or_default(), script(key));
    let send = locale.pick(&Label::new("提交", "Send")).to_owned();
    format!(
        "<form method=\"post\" action=\"{url}\" data-web-form=\"{key}\" accept-charset=\"utf-8\">\n{fields}{consent}  <p><button type=\"submit\">{send}</button></p>\n</form>\n{script}"
    )
}

fn control(asked: &Asked, locale: Locale) -> String {
    let label = escaped(asked.label.as_deref().unwrap_or_else(|| locale.pick(&asked.field.label)));
    let name = escaped(asked.name());
    let required = if asked.required { " required" } else { "" };
    let input = match asked.field.kind {
        FieldKind::LongText => format!("<textarea name=\"{name}\" rows=\"4\"{required}></textarea>"),
        FieldKind::Select | FieldKind::MultiSelect => {
            let option = |value: &str, label: &str| format!("<option value=\"{}\">{}</option>", escaped(value), escaped(label));
            let options: String = asked.offered().map(|it| option(&it.value, locale.pick(&it.label))).collect();
            let many = if asked.field.kind == FieldKind::MultiSelect { " multiple" } else { "" };
            format!("<select name=\"{name}\"{many}{required}><option value=\"\"></option>{options}</select>")
        }
        FieldKind::Boolean => format!("<input type=\"checkbox\" name=\"{name}\" value=\"yes\"{required}>"),
        FieldKind::Email => format!("<input type=\"email\" name=\"{name}\"{required}>"),
        FieldKind::Phone => format!("<input type=\"tel\" name=\"{name}\"{required}>"),
        FieldKind::Date => format!("<input type=\"date\" name=\"{name}\"{required}>"),
        _ => format!("<input type=\"text\" name=\"{name}\"{required}>"),
    };
    format!("  <p><label>{label}<br>{input}</label></p>\n")
}
