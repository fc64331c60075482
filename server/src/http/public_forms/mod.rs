//! `/f/{key}`: a web form for people who are no members. A page that works without script, and JSON for websites that draw
//! the form themselves. Everything a visitor sends is doubted; nothing he is answered depends on what there is already.

mod controls;
mod flood;
mod page;
mod script;
mod sent;
mod ticket;
mod view;
mod visitor;
mod words;

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing;
use guanxi_kernel::FieldError;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_marketing::forms::{Form, Taken, Visit, check, take};
use serde_json::{Map, Value as Json};

use self::flood::{Pace, kept_of};
use self::page::{Bare, Said, bare};
use self::sent::{CONSENT, LARGEST, Sent, Written};
use self::ticket::Ticket;
use self::view::View;
use self::visitor::Visitor;
use self::words::words;
use super::Shared;
use super::body::read_body;
use crate::auth::token::sha256_hex;
use crate::errors::{ApiError, ApiFailure, status_of};

pub use self::flood::Flood;

/// The routes.
pub fn router() -> Router<Shared> {
    Router::new().route("/f/{key}", routing::get(look).post(send).options(script::preflight))
}

/// What came of a request.
enum Outcome {
    /// There is no such form, or it is off.
    Missing,
    /// The website may not send to it.
    NotHere(View),
    /// The form, to be filled in or mended.
    Form { view: View, token: String, said: Said, status: StatusCode },
    /// It was received.
    Done(View),
}

/// The form.
async fn look(State(app): State<Shared>, visitor: Visitor, Path(key): Path<String>, RawQuery(query): RawQuery) -> Response {
    let now = app.workspaces.clock().now();
    if app.flood.look(&visitor.workspace.id, visitor.address, now) != Pace::Fine {
        return flooded(&app, &visitor, &key);
    }
    let (asking, asked) = (visitor.clone(), key.clone());
    let outcome = app.engine(move |app| Ok(open(app, &asking, &asked)?)).await;
    let sent = Sent::opened_by(query.as_deref(), visitor.page.as_deref());
    respond(&app, &visitor, &key, outcome, &sent)
}

/// Nothing of it is read, the form neither: where it may be framed is remembered.
fn flooded(app: &Shared, visitor: &Visitor, key: &str) -> Response {
    let frames = app.flood.frames_of(&visitor.workspace.id, key, app.workspaces.clock().now()).unwrap_or_default();
    bare(StatusCode::TOO_MANY_REQUESTS, visitor.locale, Bare::Full, &frames)
}

/// What cannot be read of a form sent, told where the form may be shown.
async fn unread(app: &Shared, visitor: &Visitor, key: &str, status: StatusCode, what: Bare) -> Response {
    let mut frames = app.flood.frames_of(&visitor.workspace.id, key, app.workspaces.clock().now());
    if frames.is_none() {
        // Opened on another node, or some time ago.
        let (asking, asked) = (visitor.clone(), key.to_owned());
        let named = app.engine(move |_| {
            let context = asking.context()?;
            let form = asking.workspace.store.read_with(|tx| Form::open(&context, tx, &asked))?;
            Ok(form.map(|it| it.origins()))
        });
        frames = named.await.ok().flatten();
    }
    bare(status, visitor.locale, what, &frames.unwrap_or_default())
}

fn open(app: &Shared, visitor: &Visitor, key: &str) -> Result<Outcome, ApiError> {
    let context = visitor.context()?;
    let Some(form) = visitor.workspace.store.read_with(|tx| Form::open(&context, tx, key))? else { return Ok(Outcome::Missing) };
    let view = View::of(&form, visitor);
    app.flood.remember_frames(&visitor.workspace.id, key, &view.origins, context.now);
    if visitor.wants_json && !visitor.may_send(&form) {
        return Ok(Outcome::NotHere(view));
    }
    let ticket = Ticket::issue(&app.vault, &context, &form, visitor.site_of(&form), false)?;
    Ok(Outcome::Form { view, token: ticket.text, said: Said::default(), status: StatusCode::OK })
}

/// What somebody filled in.
async fn send(State(app): State<Shared>, visitor: Visitor, Path(key): Path<String>, request: Request) -> Response {
    let pace = app.flood.send(&visitor.workspace.id, visitor.address, app.workspaces.clock().now());
    if pace == Pace::Flood {
        return flooded(&app, &visitor, &key);
    }
    let visitor = match Written::of(request.headers()) {
        Some(written) => Visitor { wants_json: written == Written::Json, ..visitor },
        None => return unread(&app, &visitor, &key, StatusCode::UNSUPPORTED_MEDIA_TYPE, Bare::Broken).await,
    };
    let query = request.uri().query().map(str::to_owned);
    let mut sent = match read(&app, &visitor, request).await {
        Ok(sent) => sent,
        Err(error) if visitor.wants_json => return script::failed(&visitor, None, &error.into()),
        Err(error) => {
            let status = status_of(&error);
            let what = if status == StatusCode::PAYLOAD_TOO_LARGE { Bare::TooLong } else { Bare::Broken };
            return unread(&app, &visitor, &key, status, what).await;
        }
    };
    sent.add_link(query.as_deref(), None);
    let (asking, typed, asked) = (visitor.clone(), sent.clone(), key.clone());
    let outcome = app.engine(move |app| Ok(Sending { app, visitor: &asking, sent: &typed, pace }.run(&asked)?)).await;
    respond(&app, &visitor, &key, outcome, &sent)
}

async fn read(app: &Shared, visitor: &Visitor, request: Request) -> Result<Sent, ApiError> {
    let (parts, body) = request.into_parts();
    let written = if visitor.wants_json { Written::Json } else { Written::Form };
    Sent::read(written, read_body(&parts.headers, body, LARGEST, app.settings.client_timeout).await?)
}

/// One form sent.
struct Sending<'a> {
    app: &'a Shared,
    visitor: &'a Visitor,
    sent: &'a Sent,
    pace: Pace,
}

impl Sending<'_> {
    fn run(&self, key: &str) -> Result<Outcome, ApiError> {
        let context = self.visitor.context()?;
        let store = &self.visitor.workspace.store;
        let Some(form) = store.read_with(|tx| Form::open(&context, tx, key))? else { return Ok(Outcome::Missing) };
        let view = View::of(&form, self.visitor);
        self.app.flood.remember_frames(&self.visitor.workspace.id, key, &view.origins, context.now);
        if !self.visitor.may_send(&form) {
            return Ok(Outcome::NotHere(view));
        }
        let words = words(view.locale);
        // What is agreed to stays ticked only where our own page showed it: a tick from elsewhere may be anybody's.
        let showed = |read: Option<&Ticket>| read.is_some_and(|it| it.showed_consent_of(&form));
        let again = |view: View, read: Option<&Ticket>, ticket: &Ticket, status: StatusCode, notice: &'static str| {
            let said = Said { notice: Some(notice), problems: Vec::new(), unread_consent: !showed(read) };
            Ok(Outcome::Form { view, token: ticket.text.clone(), said, status })
        };
        let known = Ticket::read(&self.app.vault, &context, &form, &self.sent.token);
        let other = |confirms: bool| Ticket::issue(&self.app.vault, &context, &form, self.visitor.site_of(&form), confirms);
        let Some(ticket) = known else { return again(view, None, &other(true)?, StatusCode::UNPROCESSABLE_ENTITY, words.confirm) };
        if ticket.is_over(context.now) {
            return again(view, Some(&ticket), &other(true)?, StatusCode::UNPROCESSABLE_ENTITY, words.too_old);
        }
        if self.pace != Pace::Fine {
            return again(view, Some(&ticket), &ticket, StatusCode::TOO_MANY_REQUESTS, words.full);
        }
        let values = match self.read_values(&context, &form, &ticket) {
            Ok(values) => values,
            Err(problems) => {
                // What is agreed to must be read anew, and so proven anew.
                let ticket = if ticket.showed_consent_of(&form) { ticket } else { other(true)? };
                return Ok(mend(view, &ticket, problems));
            }
        };
        match take(&context, &form, &values, &self.visit(&context, &form, &ticket, &values))? {
            Taken::Received => Ok(Outcome::Done(view)),
            Taken::Used => again(view, Some(&ticket), &other(true)?, StatusCode::CONFLICT, words.used),
            Taken::Full => again(view, Some(&ticket), &ticket, StatusCode::TOO_MANY_REQUESTS, words.full),
            Taken::Wrong(problems) => Ok(mend(view, &ticket, problems)),
        }
    }

    fn read_values(&self, context: &Context, form: &Form, ticket: &Ticket) -> Result<Map<String, Json>, Vec<FieldError>> {
        let read = self.sent.values(form).and_then(|it| check(context, form, &it));
        let consent = form.text("consent_text").and_then(|_| {
            let (zh, en) = (words(guanxi_kernel::context::Locale::ZhCn), words(guanxi_kernel::context::Locale::En));
            if !ticket.showed_consent_of(form) {
                Some(FieldError::new(CONSENT, "rule", zh.consent_changed, en.consent_changed))
            } else if !self.sent.consents {
                Some(FieldError::new(CONSENT, "required", zh.consent_needed, en.consent_needed))
            } else {
                None
            }
        });
        match (read, consent) {
            (Ok(values), None) => Ok(values),
            (read, consent) => Err(read.err().into_iter().flatten().chain(consent).collect()),
        }
    }

    fn visit(&self, context: &Context, form: &Form, ticket: &Ticket, values: &Map<String, Json>) -> Visit {
        let text = Json::Object(values.clone()).to_string();
        Visit {
            token: ticket.nonce.clone(),
            digest: sha256_hex(text.as_bytes()),
            took: context.now.duration_since(ticket.opened),
            trapped: self.sent.trapped,
            network: kept_of(self.visitor.address),
            arrival: self.sent.arrival.clone(),
            origin: self.visitor.site_of(form).or_else(|| ticket.site.clone().filter(|it| form.origins().contains(it))),
        }
    }
}

/// The form again, with what is wrong. A name it does not ask for is no slip of a person's.
fn mend(view: View, ticket: &Ticket, problems: Vec<FieldError>) -> Outcome {
    let is_foreign = problems.iter().any(|it| it.code == "unknown_field");
    let status = if is_foreign { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
    Outcome::Form { view, token: ticket.text.clone(), said: Said { problems, ..Said::default() }, status }
}

fn respond(app: &Shared, visitor: &Visitor, key: &str, outcome: Result<Outcome, ApiFailure>, sent: &Sent) -> Response {
    if visitor.wants_json {
        return script::respond(visitor, outcome);
    }
    match outcome {
        Ok(Outcome::Missing) => bare(StatusCode::NOT_FOUND, visitor.locale, Bare::Missing, &[]),
        Ok(Outcome::NotHere(view)) => bare(StatusCode::FORBIDDEN, view.locale, Bare::NotHere, &view.origins),
        Ok(Outcome::Form { view, token, said, status }) => page::form(status, &view, &token, sent, &said),
        Ok(Outcome::Done(view)) => page::done(&view, visitor.framed),
        Err(failure) => {
            let status = status_of(&failure.error);
            if status.is_server_error() {
                tracing::error!(request_id = visitor.request_id, error = ?failure.error, "a web form failed");
            }
            let frames = app.flood.frames_of(&visitor.workspace.id, key, app.workspaces.clock().now()).unwrap_or_default();
            bare(status, visitor.locale, Bare::Broken, &frames)
        }
    }
}

/// The header of a browser that asks before it sends.
fn asked_method(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-request-method").and_then(|it| it.to_str().ok())
}
