//! The web app, embedded: files as they are, every other address is a page of the app and gets `index.html`.
//!
//! The build of the web app has compressed what is worth it, better than there is time for while somebody waits.

use axum::Extension;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use rust_embed::RustEmbed;

use crate::errors::{ApiFailure, of_status};
use crate::http::{WorkspaceId, comes_with_session};
use crate::workspaces::{MAIN, is_workspace_id};

#[derive(RustEmbed)]
#[folder = "../web/dist/"]
#[allow_missing = true]
struct WebApp;

/// Said where the server was built without the web app.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Guanxi</title>\
<body style=\"font-family:sans-serif;margin:4rem\"><h1>The web app is not built</h1>\
<p>Run <code>make web</code> and build the server again. The API answers under <code>/api/v1</code>.</p>\
<p lang=\"zh-CN\">尚未构建网页端：请运行 <code>make web</code> 后重新构建服务器。</p></body></html>";

/// Answers everything that is no route of the API.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap, of: Option<Extension<WorkspaceId>>) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiFailure::from(of_status(StatusCode::NOT_FOUND)).into_response();
    }
    if let Some(id) = path.strip_prefix("w/").filter(|it| of.is_none() && is_workspace_id(it)) {
        // Cookies of a workspace hold for what is below its address.
        return Redirect::temporary(&format!("/w/{id}/")).into_response();
    }
    let is_page = path.is_empty() || path == "index.html";
    if let Some(response) = (!is_page).then(|| file(path, &headers)).flatten() {
        return response;
    }
    // A missing script must not look like a page: browsers would try to run it.
    if !is_page && (path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|it| it.contains('.'))) {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    page(&headers, of.as_ref().map(|it| it.0.0.as_str())).unwrap_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response())
}

/// What every page asks for first; named with the page it is fetched along with the scripts, not after them.
const FETCHED_ALONG: [&str; 2] = ["me", "meta"];

/// A page of the app, of the workspace with this id or of the main one.
fn page(asked: &HeaderMap, workspace: Option<&str>) -> Option<Response> {
    let mut response = file("index.html", asked)?;
    // Who is not signed in would get two refusals for it.
    if comes_with_session(asked, workspace.unwrap_or(MAIN)) {
        let place = workspace.map_or_else(String::new, |it| format!("/w/{it}"));
        let links = FETCHED_ALONG.map(|it| format!("<{place}/api/v1/{it}>; rel=preload; as=fetch; crossorigin")).join(", ");
        response.headers_mut().extend(HeaderValue::try_from(links).ok().map(|it| (header::LINK, it)));
    }
    Some(response)
}

/// Encodings the build makes, the smaller first, with what they add to a file's name.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    let compressed =
        ENCODINGS.into_iter().filter(|it| accepts(asked, it.0)).find_map(|(name, ending)| Some((name, WebApp::get(&format!("{path}{ending}"))?)));
    let (encoding, found) = match compressed {
        Some((name, found)) => (Some(name), found),
        None => (None, WebApp::get(path)?),
    };
    let mut response = found.data.into_owned().into_response();
    let headers = response.headers_mut();
    if let Some(name) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    // Names under assets/ hold a hash of the content.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Some(response)
}

/// Whether the client takes this encoding; one with `q=0` it does not.
fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let offers = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    offers.map(|it| it.split_once(';').unwrap_or((it, ""))).any(|(name, weight)| {
        let weight = weight.trim().trim_start_matches("q=");
        name.trim().eq_ignore_ascii_case(encoding) && (weight.is_empty() || weight.parse::<f32>().is_ok_and(|it| it > 0.0))
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_asks_for_is_named_to_who_has_a_session() {
        let coming_with = |cookie: &'static str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))]);
        for cookie in ["guanxi_session=abc", "theme=dark; __Host-guanxi_session=abc"] {
            assert!(comes_with_session(&coming_with(cookie), MAIN), "{cookie}");
        }
        for cookie in ["", "guanxi_session=", "guanxi_sessions=abc", "__Host-guanxi_session_exam=abc"] {
            assert!(!comes_with_session(&coming_with(cookie), MAIN), "{cookie}");
        }
        assert!(comes_with_session(&coming_with("__Host-guanxi_session_exam=abc"), "exam"));
    }

    #[test]
    fn an_encoding_is_used_where_it_is_asked_for() {
        let asking = |text: &'static str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]);
        for text in ["br", "gzip, deflate, br", "gzip;q=0.5,BR;q=1.0", "br ; q=0.1"] {
            assert!(accepts(&asking(text), "br"), "{text}");
        }
        for text in ["", "gzip", "br;q=0", "gzip, br;q=0.0", "brotli", "*"] {
            assert!(!accepts(&asking(text), "br"), "{text}");
        }
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }
}
