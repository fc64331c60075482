//! CalDAV (RFC 4791, 6578, 6764 over WebDAV, RFC 4918): members read and keep their appointments and tasks in the calendar
//! program of their phone. A protocol of its own beside the API, on the same read and write path: what a member may there, he
//! may here, and nothing more. `docs/calendar.md` says how it looks from outside, `docs/adr/0047` why it is so.

mod compare;
mod enter;
mod event;
mod filter;
mod others;
mod people;
mod place;
mod propfind;
mod props;
mod put;
mod refusal;
mod report;
mod series;
mod shelf;
mod sync;
mod task;
mod xml;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, get};
use guanxi_kernel::access::AccessScope;
use guanxi_kernel::identity::CalDavScope;
use guanxi_kernel::store::StoreExt as _;

use self::enter::{Entered, knock};
use self::place::{BASE, Place};
use self::propfind::{Asked, propfind, proppatch};
use self::props::{Visit, content_type, http_date};
use self::put::Demands;
use self::refusal::{Refusal, XML, failed};
use self::report::{Reported, report};
use self::shelf::Which;
use crate::errors::{ApiError, ApiFailure, of_status};
use crate::http::{RequestId, Shared, SignedIn, body, browser_locale};

/// Largest body that asks something, in bytes.
const LARGEST_QUESTION: usize = 256 * 1024;
/// What is understood.
const CLASSES: HeaderValue = HeaderValue::from_static("1, 3, calendar-access");
/// Methods.
const ALLOWED: HeaderValue = HeaderValue::from_static("OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT");
const DAV: HeaderName = HeaderName::from_static("dav");

/// All its addresses.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(crate::web_app::serve).fallback(from_the_host))
        .route("/.well-known/caldav", any(well_known))
        .route(BASE, any(serve))
        .route("/caldav/", any(serve))
        .route("/caldav/{*path}", any(serve))
}

/// What of its owner's rights a program has.
pub fn access(scope: CalDavScope) -> AccessScope {
    let verbs = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
    let mut all = AccessScope::read_only();
    if scope.write {
        all.objects.insert("activity".into(), verbs(&["read", "create", "update", "delete"]));
        all.objects.insert("attendance".into(), verbs(&["read", "action answer"]));
    }
    all
}

/// Where programs begin that know only the name of the server.
async fn well_known(State(app): State<Shared>, request: Request) -> Result<Response, ApiFailure> {
    let prefix = request.extensions().get::<crate::http::WorkspaceId>().map_or_else(String::new, |it| format!("/w/{}", it.0));
    // Whoever still writes would take an answer for a broken connection.
    let (parts, content) = request.into_parts();
    body::read_body(&parts.headers, content, LARGEST_QUESTION, app.settings.client_timeout).await?;
    Ok(Redirect::permanent(&format!("{prefix}{BASE}/")).into_response())
}

/// Some begin at the page of the host itself.
async fn from_the_host(state: State<Shared>, request: Request) -> Result<Response, ApiFailure> {
    if request.method().as_str() == "PROPFIND" { well_known(state, request).await } else { Err(of_status(StatusCode::METHOD_NOT_ALLOWED).into()) }
}

async fn serve(State(app): State<Shared>, request: Request) -> Response {
    let locale = browser_locale(request.headers());
    let id = request.extensions().get::<RequestId>().map(|it| it.0.clone()).unwrap_or_default();
    let mut response = match answer(&app, request).await {
        Ok(response) => response,
        Err(failure) => failed(&failure, locale, &id),
    };
    let headers = response.headers_mut();
    headers.insert(DAV, CLASSES);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// A request, its body read.
struct Asking {
    method: Method,
    place: Option<Place>,
    headers: HeaderMap,
    body: Vec<u8>,
}

async fn answer(app: &Shared, request: Request) -> Result<Response, ApiFailure> {
    let (mut parts, content) = request.into_parts();
    if parts.method == Method::OPTIONS {
        return Ok((StatusCode::OK, [(header::ALLOW, ALLOWED)]).into_response());
    }
    let locale = browser_locale(&parts.headers);
    // To its end, whoever it is: many ask without a password first, and would take an answer meanwhile for a broken connection.
    let body = body::read_body(&parts.headers, content, LARGEST_QUESTION, app.settings.client_timeout).await?.to_vec();
    let guest = match knock(&mut parts, app).await? {
        Entered::In(guest) => guest,
        Entered::Out(refusal) => return Ok(refusal.answer(locale)),
    };
    let place = Place::of(parts.uri.path());
    let asking = Asking { method: parts.method, place, headers: parts.headers, body };
    let prefix = guest.prefix.clone();
    let entered = guest.enter(app, move |signed_in| act(signed_in, &prefix, &asking)).await?;
    match entered {
        Entered::In(done) => done.map(Reply::respond),
        Entered::Out(refusal) => Ok(refusal.answer(locale)),
    }
}

/// An answer.
struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: String,
    refusal: Option<Response>,
}

impl Reply {
    fn of(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), refusal: None }
    }

    fn several(body: String) -> Self {
        let headers = vec![(header::CONTENT_TYPE, XML.to_str().unwrap_or_default().to_owned())];
        Self { headers, body, ..Self::of(StatusCode::MULTI_STATUS) }
    }

    fn respond(self) -> Response {
        if let Some(refusal) = self.refusal {
            return refusal;
        }
        let mut response = (self.status, Body::from(self.body)).into_response();
        for (name, text) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn act(signed_in: &SignedIn, prefix: &str, asking: &Asking) -> Result<Reply, ApiError> {
    let context = &signed_in.context;
    let visit =
        Visit { context, name: &signed_in.identity.name, email: &signed_in.identity.email, prefix, scope: signed_in.caldav.unwrap_or_default() };
    let refuse = |refusal: Refusal| Reply { refusal: Some(refusal.answer(context.locale)), ..Reply::of(refusal.status) };
    // Calendars of others under their own address are as those of nobody.
    let place = asking.place.as_ref().filter(|it| it.owner().is_none_or(|it| it == context.actor));
    let Some(place) = place else { return Ok(refuse(Refusal::not_found())) };
    let done = match asking.method.as_str() {
        "PROPFIND" => ask_properties(&visit, place, asking)?,
        "PROPPATCH" => question(asking).map(|it| Reply::several(proppatch(&visit, place, &it.unwrap_or_default()))),
        "REPORT" => ask_report(&visit, place, asking)?,
        "GET" | "HEAD" => read_item(&visit, place)?,
        "PUT" => put_item(&visit, place, asking)?,
        "DELETE" => delete_item(&visit, place, asking)?,
        "MKCALENDAR" | "MKCOL" => Err(Refusal::plain(
            StatusCode::FORBIDDEN,
            "这里的日历由系统提供，不能新建；请把日程存到“我的日程”",
            "calendars are given here and none can be made; save appointments in your own one",
        )),
        _ => Err(Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, "此地址不支持该方法", "this address does not take that method")),
    };
    let mut reply = done.unwrap_or_else(refuse);
    if let Some(refused) = reply.refusal.as_mut().filter(|it| it.status() == StatusCode::METHOD_NOT_ALLOWED) {
        refused.headers_mut().insert(header::ALLOW, ALLOWED);
    }
    Ok(reply)
}

type Outcome = Result<Result<Reply, Refusal>, ApiError>;

/// The body of a question; `None` where it is empty.
fn question(asking: &Asking) -> Result<Option<xml::Element>, Refusal> {
    if asking.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let wrong = |reason: String| {
        Refusal::plain(StatusCode::BAD_REQUEST, format!("请求内容不是有效的 XML：{reason}"), format!("the body is no XML that is taken: {reason}"))
    };
    xml::read(&asking.body).map(Some).map_err(wrong)
}

/// Whether a program wants to be told no more than it needs.
fn is_minimal(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all("prefer").into_iter().filter_map(|it| it.to_str().ok());
    wishes.flat_map(|it| it.split([',', ';'])).any(|it| it.trim().eq_ignore_ascii_case("return=minimal"))
}

fn ask_properties(visit: &Visit<'_>, place: &Place, asking: &Asking) -> Outcome {
    let deep = match asking.headers.get("depth").and_then(|it| it.to_str().ok()).map(str::trim) {
        Some("0") => false,
        Some("1") => true,
        _ => {
            return Ok(Err(Refusal::dav("propfind-finite-depth", "请求的层数应为0或1（Depth）", "ask for a depth of 0 or 1 (Depth)")));
        }
    };
    let asked = match question(asking).and_then(|it| Asked::of(it.as_ref())) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(propfind(visit, place, deep, &asked, is_minimal(&asking.headers))?.map(Reply::several))
}

fn ask_report(visit: &Visit<'_>, place: &Place, asking: &Asking) -> Outcome {
    let body = match question(asking) {
        Ok(body) => body.unwrap_or_default(),
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(report(visit, place, &body, is_minimal(&asking.headers))?.map(|it| match it {
        Reported::Several(text) => Reply::several(text),
        Reported::Calendar(text) => {
            let headers = vec![(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned())];
            Reply { headers, body: text, ..Reply::of(StatusCode::OK) }
        }
    }))
}

fn read_item(visit: &Visit<'_>, place: &Place) -> Outcome {
    let Place::Item(_, collection, name) = place else {
        let (zh_cn, en) = ("这是日历的地址，请在日历程序中使用", "this is the address of a calendar; use it in a calendar program");
        return Ok(Err(Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, zh_cn, en)));
    };
    let names = [name.clone()];
    let shelf = visit.context.workspace.store.read_with(|tx| visit.shelf(tx, *collection, Which::Named(&names)))?;
    let Some(found) = shelf.as_ref().and_then(|it| it.find(name)) else { return Ok(Err(Refusal::not_found())) };
    let headers = vec![
        (header::CONTENT_TYPE, content_type(*collection)),
        (header::ETAG, found.etag()),
        (header::LAST_MODIFIED, http_date(found.changed)),
        // A browser that comes here by a link keeps it as a file.
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calendar.ics\"".to_owned()),
    ];
    Ok(Ok(Reply { headers, body: found.text.clone(), ..Reply::of(StatusCode::OK) }))
}

/// What a request demands of what is there.
fn demands(headers: &HeaderMap) -> Demands {
    let list = |name: HeaderName| {
        let given: Vec<&str> = headers.get_all(name).into_iter().filter_map(|it| it.to_str().ok()).collect();
        (!given.is_empty()).then(|| given.iter().flat_map(|it| it.split(',')).map(|it| it.trim().to_owned()).collect())
    };
    Demands { matches: list(header::IF_MATCH), matches_none: list(header::IF_NONE_MATCH) }
}

/// A resource of a calendar in which the member makes and changes things.
fn own_item(place: &Place) -> Result<(place::Collection, &str), Refusal> {
    match place {
        Place::Item(_, collection, name) if collection.is_own() => Ok((*collection, name)),
        Place::Item(..) => {
            Err(Refusal::dav("need-privileges", "同事、团队和会议室的日历只能查看", "calendars of colleagues, teams and rooms are only read"))
        }
        _ => Err(Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, "这里不能保存或删除", "nothing is saved or deleted here")),
    }
}

fn put_item(visit: &Visit<'_>, place: &Place, asking: &Asking) -> Outcome {
    let kind = asking.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or("text/calendar");
    if !kind.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("text/calendar")) {
        return Ok(Err(Refusal::caldav("supported-calendar-data", "内容应为 text/calendar", "the body must be text/calendar")));
    }
    let (collection, name) = match own_item(place) {
        Ok(item) => item,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let done = put::put(visit.context, collection, name, &asking.body, &demands(&asking.headers))?;
    Ok(done.map(|done| {
        let status = if done.is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
        Reply { headers: done.etag.into_iter().map(|it| (header::ETAG, it)).collect(), ..Reply::of(status) }
    }))
}

fn delete_item(visit: &Visit<'_>, place: &Place, asking: &Asking) -> Outcome {
    let (collection, name) = match own_item(place) {
        Ok(item) => item,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(put::delete(visit.context, collection, name, &demands(&asking.headers))?.map(|()| Reply::of(StatusCode::NO_CONTENT)))
}
