//! The web app, embedded: files as they are, every other address is a page of the app and gets `index.html`.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::RustEmbed;

use crate::errors::{ApiFailure, of_status};

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
pub async fn serve(method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiFailure::from(of_status(StatusCode::NOT_FOUND)).into_response();
    }
    if let Some(response) = file(path) {
        return response;
    }
    // A missing script must not look like a page: browsers would try to run it.
    if path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|it| it.contains('.')) {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    file("index.html").unwrap_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response())
}

fn file(path: &str) -> Option<Response> {
    let path = if path.is_empty() { "index.html" } else { path };
    let found = WebApp::get(path)?;
    let mut response = found.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    // Names under assets/ hold a hash of the content.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Some(response)
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
