//! Addresses of workspaces beside the main one: `/w/ID/api/v1/...` is `/api/v1/...` of that workspace.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use crate::workspaces::is_workspace_id;

/// The workspace a request is for, where it is not the main one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceId(pub String);

/// Takes `/w/ID` off the address and notes the id.
pub fn take_workspace(mut request: Request) -> Request {
    let Some((id, rest)) = split(request.uri()) else { return request };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(rest);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(WorkspaceId(id));
    }
    request
}

fn split(uri: &Uri) -> Option<(String, PathAndQuery)> {
    let text = uri.path_and_query()?.as_str().strip_prefix("/w/")?;
    let (id, _) = text.split_once('/')?;
    if !is_workspace_id(id) {
        return None;
    }
    let rest = text.get(id.len()..)?.parse().ok()?;
    Some((id.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_taken_off_the_address() {
        let of = |uri: &str| split(&uri.parse().unwrap()).map(|(id, rest)| (id, rest.to_string()));
        assert_eq!(of("/w/exam_1/api/v1/me?x=1"), Some(("exam_1".into(), "/api/v1/me?x=1".into())));
        for other in ["/api/v1/me", "/w/Exam/api", "/w/../api", "/w/exam", "/w//api", "/ww/a/b"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
