//! The pages: plain HTML that works without script, and headers that let nothing else in.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guanxi_kernel::FieldError;
use guanxi_kernel::context::Locale;
use sha2::{Digest as _, Sha256};

use super::controls::{self, safe};
use super::sent::{ARRIVAL, CONSENT, Sent, TOKEN, TRAP};
use super::view::View;
use super::words::{Words, words};
use crate::http::envelope::MayBeFramed;

const STYLE: &str = include_str!("form.css");
/// The style by its hash: no other one is applied.
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(Sha256::digest(STYLE)));

/// What there is to say besides the form.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Above it.
    pub notice: Option<&'static str>,
    /// Of single fields.
    pub problems: Vec<FieldError>,
    /// He never saw what he is to agree to, so nothing is ticked.
    pub unread_consent: bool,
}

/// Pages without a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    /// No such form.
    Missing,
    /// Sent from a website that may not.
    NotHere,
    /// Too much at once; nothing of it was read.
    Full,
    /// More than a form may be.
    TooLong,
    /// A body that is none, or something of our own.
    Broken,
}

/// A page without a form; where it is about one, in frames of the websites that may show that one.
pub fn bare(status: StatusCode, locale: Locale, what: Bare, origins: &[String]) -> Response {
    let words = words(locale);
    let (title, text) = match what {
        Bare::Missing => (words.missing, words.missing_text),
        Bare::NotHere => (words.not_here, words.not_here_text),
        Bare::Full => (words.broken, words.wait_text),
        Bare::TooLong => (words.broken, words.too_long_text),
        Bare::Broken => (words.broken, words.broken_text),
    };
    let body = format!("<h1>{title}</h1><p>{text}</p>");
    respond(status, words, title, &body, origins, None)
}

/// The form, with what was typed into it and what is wrong.
pub fn form(status: StatusCode, view: &View, token: &str, sent: &Sent, said: &Said) -> Response {
    let words = words(view.locale);
    let mut body = String::with_capacity(8_192);
    let problem_of = |name: &str| said.problems.iter().find(|it| it.field == name).map(|it| view.locale.pick(&it.message));
    // Writing to a String cannot fail.
    let _ = write!(body, "<h1>{}</h1>", safe(&view.title));
    if let Some(text) = &view.intro {
        let _ = write!(body, "<p>{}</p>", safe(text));
    }
    write_said(&mut body, view, said, words);
    let _ = write!(body, "<form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">", safe(&view.path));
    for control in &view.controls {
        let typed = sent.typed.get(&control.name).map(Vec::as_slice).unwrap_or_default();
        controls::write(&mut body, control, typed, problem_of(&control.name), words);
    }
    if let Some(text) = &view.purpose {
        let _ = write!(body, "<p class=\"help\">{}{}</p>", words.purpose, safe(text));
    }
    if let Some(text) = &view.consent {
        let is_ticked = sent.consents && !said.unread_consent && problem_of(CONSENT).is_none();
        write_consent(&mut body, text, is_ticked, problem_of(CONSENT));
    }
    for (name, said) in sent.arrival.iter() {
        let _ = write!(body, "<input type=\"hidden\" name=\"{ARRIVAL}{name}\" value=\"{}\">", safe(said));
    }
    let _ = write!(
        body,
        "<div class=\"more\" aria-hidden=\"true\"><label for=\"{TRAP}\">{}</label>\
         <input type=\"text\" id=\"{TRAP}\" name=\"{TRAP}\" tabindex=\"-1\" autocomplete=\"off\"></div>\
         <input type=\"hidden\" name=\"{TOKEN}\" value=\"{}\"><button type=\"submit\">{}</button></form>",
        words.trap,
        safe(token),
        words.send
    );
    let title = if said.problems.is_empty() { view.title.clone() } else { format!("{}: {}", words.wrong_page, view.title) };
    page(status, view, words, &title, &body)
}

fn write_said(body: &mut String, view: &View, said: &Said, words: &Words) {
    if said.notice.is_none() && said.problems.is_empty() {
        return;
    }
    let _ = write!(body, "<div class=\"problems\" role=\"alert\"><h2>{}</h2>", said.notice.unwrap_or(words.to_mend));
    if !said.problems.is_empty() {
        body.push_str("<ul>");
        for problem in &said.problems {
            let message = safe(view.locale.pick(&problem.message));
            let label = view.controls.iter().find(|it| it.name == problem.field).map(|it| safe(&it.label));
            let _ = match label {
                Some(label) => write!(body, "<li><a href=\"#{}\">{label}: {message}</a></li>", safe(&problem.field)),
                None if problem.field == CONSENT => write!(body, "<li><a href=\"#{CONSENT}\">{message}</a></li>"),
                None => write!(body, "<li>{}: {message}</li>", safe(&problem.field)),
            };
        }
        body.push_str("</ul>");
    }
    body.push_str("</div>");
}

fn write_consent(body: &mut String, text: &str, ticked: bool, problem: Option<&str>) {
    let checked = if ticked { " checked" } else { "" };
    let (described, wrong) = match problem {
        Some(it) => (
            format!(" aria-invalid=\"true\" aria-describedby=\"{CONSENT}-wrong\""),
            format!("<p class=\"wrong\" id=\"{CONSENT}-wrong\">{}</p>", safe(it)),
        ),
        None => (String::new(), String::new()),
    };
    let text = safe(text);
    let _ = write!(
        body,
        "<div class=\"field\"><div class=\"tick\"><input type=\"checkbox\" id=\"{CONSENT}\" name=\"{CONSENT}\" value=\"yes\" required{checked}{described}>\
         <label for=\"{CONSENT}\">{text}</label></div>{wrong}</div>"
    );
}

/// It was received. Who is not within another page is brought to the next one.
pub fn done(view: &View, framed: bool) -> Response {
    let words = words(view.locale);
    if let Some(next) = view.next_page.as_ref().filter(|_| !framed)
        && let Ok(location) = HeaderValue::from_str(next)
    {
        let mut response = page(StatusCode::SEE_OTHER, view, words, words.done, "");
        response.headers_mut().insert(header::LOCATION, location);
        return response;
    }
    let mut body =
        format!("<h1 tabindex=\"-1\">{}</h1><p role=\"status\">{}</p>", words.done, safe(view.message.as_deref().unwrap_or(words.done_text)));
    if let Some(next) = &view.next_page {
        let _ = write!(body, "<p><a href=\"{}\" target=\"_top\" rel=\"noreferrer\">{}</a></p>", safe(next), words.go_on);
    }
    page(StatusCode::OK, view, words, words.done, &body)
}

fn page(status: StatusCode, view: &View, words: &Words, title: &str, body: &str) -> Response {
    let next = view.next_page.as_deref().and_then(origin_of);
    let company = if view.company.is_empty() { String::new() } else { format!("<footer>{}</footer>", safe(&view.company)) };
    respond(status, words, title, &format!("{body}{company}"), &view.origins, next)
}

/// `https://host` of the next page: browsers follow a form there only where they are told.
fn origin_of(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    let is_plain = !host.is_empty() && host.bytes().all(|it| it.is_ascii_alphanumeric() || b".-:".contains(&it));
    url.get(..("https://".len() + host.len())).filter(|_| is_plain)
}

fn respond(status: StatusCode, words: &Words, title: &str, body: &str, origins: &[String], next: Option<&str>) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        words.lang,
        safe(title)
    );
    let mut response = (status, html).into_response();
    dress(&mut response, origins, next);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// No script, no picture, no style but ours; in frames of the websites named alone.
fn dress(response: &mut Response, origins: &[String], next: Option<&str>) {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'{}{}; frame-ancestors 'self'{}{}; base-uri 'none'",
        STYLE_HASH.as_str(),
        if next.is_some() { " " } else { "" },
        next.unwrap_or_default(),
        if origins.is_empty() { "" } else { " " },
        origins.join(" ")
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language, origin"));
    if origins.is_empty() {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    } else {
        // The older header knows no list: it would keep everybody out.
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
        response.extensions_mut().insert(MayBeFramed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_host_goes_into_the_policy() {
        assert_eq!(origin_of("https://www.example.com/thanks?x=1"), Some("https://www.example.com"));
        assert_eq!(origin_of("https://example.com:8443"), Some("https://example.com:8443"));
        for bad in ["http://example.com", "https://a; script-src *", "https://", "javascript:alert(1)", "https://a'b/"] {
            assert_eq!(origin_of(bad), None, "{bad}");
        }
    }
}
