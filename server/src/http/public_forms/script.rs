//! The same for a website's own script: JSON, and for browsers the word that this website may.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{FieldError, KernelError};
use guanxi_marketing::forms::Form;
use serde::Serialize;

use super::flood::Pace;
use super::view::{Control, View};
use super::visitor::{Site, Visitor};
use super::words::words;
use super::{Outcome, asked_method};
use crate::errors::{ApiError, ApiFailure, render};
use crate::http::{Answer, Shared};

/// A form for a website that draws it itself.
#[derive(Serialize)]
struct ToldForm<'a> {
    title: &'a str,
    intro: Option<&'a str>,
    purpose: Option<&'a str>,
    consent: Option<&'a str>,
    language: &'static str,
    fields: &'a [Control],
    token: &'a str,
}

/// It was received.
#[derive(Serialize)]
struct ToldReceipt<'a> {
    message: &'a str,
    next_page: Option<&'a str>,
}

/// A browser asks whether a website's script may.
pub async fn preflight(State(app): State<Shared>, visitor: Visitor, Path(key): Path<String>, headers: HeaderMap) -> Response {
    // Each of them reads the form: they are counted as looks.
    if app.flood.look(&visitor.workspace.id, visitor.address, app.workspaces.clock().now()) != Pace::Fine {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let asking = visitor.clone();
    let found = app
        .engine(move |_| {
            let context = asking.context()?;
            let form = asking.workspace.store.read_with(|tx| Form::open(&context, tx, &key))?;
            Ok(form.filter(|it| asking.may_send(it)).map(|it| View::of(&it, &asking)))
        })
        .await;
    let may = matches!(asked_method(&headers), Some("GET" | "POST"));
    match found {
        Ok(Some(view)) if may => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
            open_to(&visitor, Some(&view), response)
        }
        // A form that is not there, or not open to this website, is not told apart.
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => failed(&visitor, None, &failure),
    }
}

/// As JSON, what came of a request.
pub fn respond(visitor: &Visitor, outcome: Result<Outcome, ApiFailure>) -> Response {
    match outcome {
        Ok(Outcome::Missing | Outcome::NotHere(_)) => failed(visitor, None, &KernelError::NotFound.into()),
        Ok(Outcome::Form { view, token, said, status: StatusCode::OK }) if said.problems.is_empty() => {
            let told = ToldForm {
                title: &view.title,
                intro: view.intro.as_deref(),
                purpose: view.purpose.as_deref(),
                consent: view.consent.as_deref(),
                language: words(view.locale).lang,
                fields: &view.controls,
                token: &token,
            };
            answer(visitor, &view, &told)
        }
        Ok(Outcome::Form { view, said, status, .. }) => failed(visitor, Some(&view), &refusal(status, said.notice, said.problems).into()),
        Ok(Outcome::Done(view)) => {
            let message = view.message.as_deref().unwrap_or(words(view.locale).done_text);
            answer(visitor, &view, &ToldReceipt { message, next_page: view.next_page.as_deref() })
        }
        Err(failure) => failed(visitor, None, &failure),
    }
}

fn refusal(status: StatusCode, notice: Option<&'static str>, problems: Vec<FieldError>) -> ApiError {
    if !problems.is_empty() {
        let unknown = problems.iter().find(|it| it.code == "unknown_field");
        return match unknown {
            Some(it) => ApiError::bad("unknown_field", &it.field, it.message.zh_cn.clone(), it.message.en.clone()),
            None => KernelError::Invalid(problems).into(),
        };
    }
    // A notice is in the visitor's language already.
    let text = notice.unwrap_or_default();
    match status {
        StatusCode::TOO_MANY_REQUESTS => ApiError::too_many_attempts(600),
        StatusCode::CONFLICT => ApiError::http(status, "state_conflict", text, text).about("token"),
        _ => KernelError::invalid("token", "rule", text, text).into(),
    }
}

fn answer(visitor: &Visitor, view: &View, told: &impl Serialize) -> Response {
    match Answer::json(told) {
        Ok(answer) => open_to(visitor, Some(view), answer.into_response()),
        Err(error) => failed(visitor, Some(view), &error.into()),
    }
}

/// A problem, as of the API.
pub fn failed(visitor: &Visitor, view: Option<&View>, failure: &ApiFailure) -> Response {
    let locale = view.map_or(visitor.locale, |it| it.locale);
    open_to(visitor, view, render(failure, locale, &visitor.request_id))
}

/// Lets the website's script read the answer, where the form names the website; never with cookies.
fn open_to(visitor: &Visitor, view: Option<&View>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language, origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let (Site::Other(origin), Some(view)) = (&visitor.site, view)
        && view.origins.contains(origin)
        && let Ok(origin) = HeaderValue::from_str(origin)
    {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    }
    response
}
