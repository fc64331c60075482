//! Somebody from outside, who is nobody here: whatever cookies or keys he comes with, he may look at forms, and that is all.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use guanxi_kernel::access::{Access, AccessScope};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{Result, Value};
use guanxi_marketing::forms::{FORM, Form};
use uuid::Uuid;

use super::page::{Bare, bare};
use crate::errors::status_of;
use crate::http::caller::{address, is_foreign_origin, workspace_of};
use crate::http::{RequestId, Shared, browser_locale};
use crate::workspaces::MAIN;

/// The website a request says it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// This one, or none.
    Ours,
    /// Another.
    Other(String),
}

/// See the module.
#[derive(Clone)]
pub struct Visitor {
    /// The workspace asked.
    pub workspace: Arc<Workspace>,
    /// Address.
    pub address: IpAddr,
    /// The website it comes from.
    pub site: Site,
    /// The page that leads or frames here, as its origin.
    pub referrer: Option<String>,
    /// The whole of its address, where it is a page of another website.
    pub page: Option<String>,
    /// The browser's language.
    pub locale: Locale,
    /// Id of the request.
    pub request_id: String,
    /// Whether the answer is shown in a frame of another page.
    pub framed: bool,
    /// Whether JSON is asked for.
    pub wants_json: bool,
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> std::result::Result<Self, Response> {
        let headers = &parts.headers;
        let locale = browser_locale(headers);
        let refused = |status: StatusCode| bare(status, locale, if status == StatusCode::NOT_FOUND { Bare::Missing } else { Bare::Broken }, &[]);
        let workspace = workspace_of(parts, app).await.map_err(|it| refused(status_of(&it.error)))?;
        let origin = || text(headers, header::ORIGIN).unwrap_or("null").to_ascii_lowercase();
        let is_foreign = is_foreign_origin(headers, app.settings.public_url.as_deref());
        Ok(Self {
            workspace,
            address: address(parts, app.settings.trust_proxy),
            site: if is_foreign { Site::Other(origin()) } else { Site::Ours },
            referrer: text(headers, header::REFERER).and_then(origin_of_url),
            page: text(headers, header::REFERER).filter(|it| !is_below(it, text(headers, header::HOST))).map(str::to_owned),
            locale,
            request_id: parts.extensions.get::<RequestId>().map(|it| it.0.clone()).unwrap_or_default(),
            framed: text(headers, HeaderName::from_static("sec-fetch-dest")).is_some_and(|it| it == "iframe"),
            wants_json: text(headers, header::ACCEPT).is_some_and(|it| it.trim_start().starts_with("application/json")),
        })
    }
}

fn text(headers: &HeaderMap, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

/// `https://host` of an address below it.
fn origin_of_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(format!("{scheme}://{host}").to_ascii_lowercase())
}

/// Whether an address is one of this host.
fn is_below(url: &str, host: Option<&str>) -> bool {
    let of = origin_of_url(url).and_then(|it| it.split_once("://").map(|(_, host)| host.to_owned()));
    of.is_some() && of == host.map(str::to_ascii_lowercase)
}

impl Visitor {
    /// The only context there is without signing in: it may read forms, and nothing else of anything. What comes of a
    /// submission is written by the app of forms, which says so where it does.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn context(&self) -> Result<Context> {
        // Another node may have changed definitions.
        self.workspace.follow_definitions()?;
        let engine = self.workspace.system_context(Uuid::nil(), &self.request_id);
        let scope = AccessScope { objects: BTreeMap::from([(FORM.to_owned(), BTreeSet::from(["read".to_owned()]))]), ..AccessScope::default() };
        let access = Arc::new(Access::system(Uuid::nil()).limited_to(&engine.schema, &scope));
        Ok(Context { access, actor_name: "网页表单访客 / visitor of a web form".to_owned(), locale: self.locale, proved: false, ..engine })
    }

    /// Whether a form takes what comes from where he is.
    pub fn may_send(&self, form: &Form) -> bool {
        match &self.site {
            Site::Ours => true,
            Site::Other(origin) => form.origins().contains(origin),
        }
    }

    /// The website he is on, where the form may be embedded there: what else is said of it could be anything.
    pub fn site_of(&self, form: &Form) -> Option<String> {
        let said = match &self.site {
            Site::Other(origin) if origin != "null" => Some(origin.clone()),
            _ => self.referrer.clone(),
        };
        said.filter(|it| form.origins().contains(it))
    }

    /// Where a form's page is below this server.
    pub fn path(&self, form: &Form) -> String {
        let place = if self.workspace.id == MAIN { String::new() } else { format!("/w/{}", self.workspace.id) };
        let key = if let Value::Text(key) = form.record.value("key") { key } else { String::new() };
        format!("{place}/f/{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_the_beginning_of_an_address() {
        assert_eq!(origin_of_url("https://WWW.example.com/a?b#c").as_deref(), Some("https://www.example.com"));
        assert_eq!(origin_of_url("https://example.com").as_deref(), Some("https://example.com"));
        assert_eq!(origin_of_url("about:blank"), None);
    }

    #[test]
    fn a_page_of_our_own_is_no_page_somebody_came_from() {
        assert!(is_below("https://CRM.example.com/f/1?x", Some("crm.example.com")) && is_below("http://127.0.0.1:8080/f", Some("127.0.0.1:8080")));
        assert!(!is_below("https://www.example.com/", Some("crm.example.com")) && !is_below("https://crm.example.com/", None));
    }
}
