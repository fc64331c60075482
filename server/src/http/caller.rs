//! Who a request comes from, and the one way from a handler into the engine.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::idempotency::{self, Claim};
use guanxi_kernel::identity::{self, CalDavScope, Identity, KeyScope, Session, Stage};
use guanxi_kernel::read::load_record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{StoreError, StoreExt as _};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::answer::Answer;
use super::body::JsonBody;
use super::envelope::RequestId;
use super::workspace_path::WorkspaceId;
use crate::auth::token::{API_KEY_PREFIX, random_token, same_secret, sha256_hex};
use crate::duplicates::Residents;
use crate::errors::{ApiError, ApiFailure};
use crate::workspaces::MAIN;

/// Name of the session cookie; over https it has a prefix.
const COOKIE: &str = "guanxi_session";
/// Name of the cookie of an attempt to sign in by an identity provider, with the same prefix.
const ATTEMPT_COOKIE: &str = "guanxi_attempt";
/// How exactly it is noted when a session was last used.
const TOUCH_SESSION: SignedDuration = SignedDuration::from_mins(5);
/// How exactly it is noted when a key was last used.
const TOUCH_KEY: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone)]
enum Credentials {
    None,
    Session(String),
    ApiKey(String),
}

/// Where a request comes from; who it is is found out in [`Caller::call`].
#[derive(Clone)]
pub struct Caller {
    app: Shared,
    /// The workspace asked.
    pub workspace: Arc<Workspace>,
    credentials: Credentials,
    /// Secret of the attempt to sign in by an identity provider that this browser began.
    attempt: Option<String>,
    is_unsafe: bool,
    csrf: Option<String>,
    is_foreign_origin: bool,
    idempotency_key: Option<String>,
    target: String,
    /// The browser's language.
    pub locale: Locale,
    /// Id of the request.
    pub request_id: String,
    /// Address of the caller.
    pub address: IpAddr,
    /// What the browser says it is.
    pub device: String,
    renewed: RenewedCookie,
    /// Looks on without being there: neither keeps a session alive nor gives it another token.
    watches: bool,
    /// Acts as the holder of the session, whoever's rights he looks with.
    himself: bool,
    /// Speaks SCIM: keys for it open that and nothing else, and nothing else opens it.
    scim: bool,
    /// Reads a calendar by the secret in its address: keys for that open nothing else, and nothing else opens it.
    calendar: bool,
    /// A calendar program with an app password: keys for that open CalDAV and nothing else, and nothing else opens it.
    caldav: bool,
}

/// A caller who has proved who he is.
pub struct SignedIn {
    /// What everything in the engine asks for.
    pub context: Context,
    /// The member.
    pub identity: Identity,
    /// The session; absent with an API key.
    pub session: Option<Session>,
    /// What a calendar program may do; absent for everybody else.
    pub caldav: Option<CalDavScope>,
}

impl SignedIn {
    /// The session, for what a key may not do: change how its owner signs in.
    ///
    /// # Errors
    /// `forbidden` with an API key; `view_only` where it is another's.
    pub fn require_session(&self) -> Result<&Session> {
        self.context.require_himself()?;
        self.session.as_ref().ok_or_else(|| KernelError::Forbidden("sessions only".into()))
    }
}

/// The cookie of a session that got another token while a request was served; the envelope sends it.
#[derive(Debug, Clone, Default)]
pub struct RenewedCookie(pub Arc<Mutex<Option<String>>>);

fn text(headers: &HeaderMap, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> std::result::Result<Self, ApiFailure> {
        let headers = &parts.headers;
        let request_id = parts.extensions.get::<RequestId>().map(|it| it.0.clone()).unwrap_or_default();
        let language = text(headers, header::ACCEPT_LANGUAGE).and_then(|it| it.split([',', ';']).next()).unwrap_or_default();
        let workspace = workspace_of(parts, app).await?;
        let secure = app.settings.secure_cookie();
        let (cookie, _) = cookie_of(COOKIE, &workspace.id, secure);
        let (attempt, _) = cookie_of(ATTEMPT_COOKIE, &workspace.id, secure);
        Ok(Self {
            workspace,
            credentials: credentials(headers, &cookie)?,
            attempt: session_cookie(headers, &attempt).map(str::to_owned),
            is_unsafe: !matches!(parts.method, Method::GET | Method::HEAD),
            csrf: text(headers, HeaderName::from_static("x-csrf-token")).map(str::to_owned),
            is_foreign_origin: is_foreign_origin(headers, app.settings.public_url.as_deref()),
            idempotency_key: idempotency_key(headers)?,
            target: format!("{} {}", parts.method, parts.uri),
            locale: Locale::from_tag(language.trim()),
            request_id,
            address: address(parts, app.settings.trust_proxy),
            device: text(headers, header::USER_AGENT).unwrap_or_default().to_owned(),
            renewed: parts.extensions.get::<RenewedCookie>().cloned().unwrap_or_default(),
            watches: false,
            himself: false,
            scim: false,
            calendar: false,
            caldav: false,
            app: app.clone(),
        })
    }
}

/// The main workspace, or the one the address names: another node may have made or dropped it just now.
pub(super) async fn workspace_of(parts: &Parts, app: &Shared) -> std::result::Result<Arc<Workspace>, ApiFailure> {
    let Some(WorkspaceId(id)) = parts.extensions.get::<WorkspaceId>() else { return Ok(app.workspaces.main()?) };
    let id = id.clone();
    app.engine(move |app| {
        let workspace = app.workspaces.find(&id)?.ok_or(KernelError::NotFound)?;
        // Those of one that another node made begin with its first request, not with the next look at the list.
        app.start_background(&workspace).map_err(|error| ApiError::internal(format!("background threads: {error}")))?;
        Ok(workspace)
    })
    .await
}

fn credentials(headers: &HeaderMap, cookie: &str) -> std::result::Result<Credentials, ApiError> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let key = value.to_str().ok().and_then(|it| it.strip_prefix("Bearer ")).map(str::trim);
        return match key.filter(|it| it.starts_with(API_KEY_PREFIX) && it.len() <= 128) {
            Some(key) => Ok(Credentials::ApiKey(sha256_hex(key.as_bytes()))),
            None => Err(KernelError::NotSignedIn.into()),
        };
    }
    Ok(session_cookie(headers, cookie).map_or(Credentials::None, |it| Credentials::Session(sha256_hex(it.as_bytes()))))
}

/// The token in the cookie of this name.
fn session_cookie<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|it| it.to_str().ok());
    let mut pairs = cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, value)| *name == cookie && !value.is_empty() && value.len() <= 128).map(|(_, value)| value)
}

/// Whether a browser comes with a session of this workspace, alive or not.
pub(crate) fn comes_with_session(headers: &HeaderMap, workspace: &str) -> bool {
    [true, false].into_iter().any(|secure| session_cookie(headers, &cookie_of(COOKIE, workspace, secure).0).is_some())
}

/// Name and path of a workspace's cookie. The prefix `__Host-` makes browsers refuse a cookie that another host of
/// the domain, or a page without TLS, tries to plant; it demands the path `/`, so the workspace stands in the name then.
fn cookie_of(cookie: &str, workspace: &str, secure: bool) -> (String, String) {
    match (secure, workspace == MAIN) {
        (true, true) => (format!("__Host-{cookie}"), "/".into()),
        (true, false) => (format!("__Host-{cookie}_{workspace}"), "/".into()),
        (false, true) => (cookie.into(), "/".into()),
        (false, false) => (cookie.into(), format!("/w/{workspace}/")),
    }
}

/// Whether a browser says that another site made the request.
pub(super) fn is_foreign_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(origin) = text(headers, header::ORIGIN) else {
        return text(headers, HeaderName::from_static("sec-fetch-site")).is_some_and(|it| it == "cross-site");
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    let ours = text(headers, header::HOST);
    !(public_url.is_some_and(|it| it == origin) || (host.is_some() && host == ours))
}

fn idempotency_key(headers: &HeaderMap) -> std::result::Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|it| (1..=64).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_graphic()));
    key.map(|it| Some(it.to_owned()))
        .ok_or_else(|| ApiError::bad("bad_request", "Idempotency-Key", "应为1到64个可见的ASCII字符", "must be 1 to 64 visible ASCII characters"))
}

/// Address of the caller, as the nearest proxy of our own tells it.
pub(super) fn address(parts: &Parts, trust_proxy: bool) -> IpAddr {
    let forwarded = text(&parts.headers, HeaderName::from_static("x-forwarded-for")).filter(|_| trust_proxy);
    let nearest = forwarded.and_then(|it| it.rsplit(',').next()).and_then(|it| it.trim().parse().ok());
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    nearest.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// Half way through signing in there is nothing to be had but the next step.
fn require_stage(stage: Stage, stages: &[Stage]) -> std::result::Result<(), ApiError> {
    if stages.contains(&stage) {
        return Ok(());
    }
    let unauthorized = StatusCode::UNAUTHORIZED;
    Err(match stage {
        Stage::SecondFactor => {
            ApiError::http(unauthorized, "second_factor_required", "请先完成第二步验证", "complete the second step of signing in first")
        }
        Stage::Enrolment => ApiError::http(unauthorized, "enrolment_required", "请先设置第二步验证", "set up a second factor first"),
        Stage::Full => KernelError::Forbidden("signed in already".into()).into(),
    })
}

fn refuse_csrf() -> ApiError {
    ApiError::http(
        StatusCode::FORBIDDEN,
        "csrf",
        "请求来源校验失败，请刷新页面后重试",
        "the request did not prove that it comes from this site; reload the page",
    )
}

impl Caller {
    /// Refuses what another site sent: for requests before there is a session.
    ///
    /// # Errors
    /// `csrf`.
    pub fn require_own_origin(&self) -> std::result::Result<(), ApiError> {
        if self.is_foreign_origin { Err(refuse_csrf()) } else { Ok(()) }
    }

    /// Hash of the token of the session cookie, alive or not.
    pub fn session_hash(&self) -> Option<&str> {
        if let Credentials::Session(hash) = &self.credentials { Some(hash) } else { None }
    }

    /// `Set-Cookie` of this workspace's session; an empty token ends it. May block where there is a token.
    pub fn session_cookie(&self, token: &str) -> String {
        let lifetime = || self.workspace.sign_in_policy().map_or(SignedDuration::ZERO, |it| it.limits().absolute);
        self.set_cookie(COOKIE, token, if token.is_empty() { SignedDuration::ZERO } else { lifetime() })
    }

    /// Secret of the attempt to sign in by an identity provider that this browser began.
    pub fn attempt(&self) -> Option<&str> {
        self.attempt.as_deref()
    }

    /// `Set-Cookie` of an attempt to sign in by an identity provider. It is `Strict` like the other one: the provider sends
    /// the browser to a page, and the page, which is ours, sends it.
    pub fn attempt_cookie(&self, secret: &str) -> String {
        self.set_cookie(ATTEMPT_COOKIE, secret, super::foreign::PATIENCE * 2)
    }

    fn set_cookie(&self, cookie: &str, value: &str, lifetime: SignedDuration) -> String {
        let secure = self.app.settings.secure_cookie();
        let (name, path) = cookie_of(cookie, &self.workspace.id, secure);
        let secure = if secure { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; HttpOnly; SameSite=Strict; Max-Age={}{secure}", lifetime.as_secs())
    }

    /// The same caller looking on in the background, as a stream of events does.
    #[must_use]
    pub fn watching(self) -> Self {
        Self { watches: true, ..self }
    }

    /// The same caller speaking SCIM.
    #[must_use]
    pub fn speaking_scim(self) -> Self {
        Self { scim: true, ..self }
    }

    /// A calendar program with the secret of an address, whatever else comes along.
    #[must_use]
    pub fn with_calendar_secret(self, secret: &str) -> Self {
        let credentials = if secret.starts_with(API_KEY_PREFIX) && secret.len() <= 128 {
            Credentials::ApiKey(sha256_hex(secret.as_bytes()))
        } else {
            Credentials::None
        };
        Self { calendar: true, credentials, ..self }
    }

    /// A calendar program with an app password, whatever else comes along; no cookie counts.
    #[must_use]
    pub fn with_app_password(self, password: &str) -> Self {
        Self { caldav: true, calendar: false, ..self.with_calendar_secret(password) }
    }

    /// Whether it comes with something that may be a key.
    pub fn has_key(&self) -> bool {
        matches!(self.credentials, Credentials::ApiKey(_))
    }

    /// What stands before the paths of this workspace.
    pub fn prefix(&self) -> String {
        if self.workspace.id == MAIN { String::new() } else { format!("/w/{}", self.workspace.id) }
    }

    /// Where SCIM of this workspace is, as far as this server knows its own address.
    pub fn scim_base(&self) -> String {
        let host = self.app.settings.public_url.as_deref().unwrap_or_default();
        format!("{host}{}{}", self.prefix(), crate::scim::BASE)
    }

    /// The records that are compared to find duplicates.
    pub fn residents(&self) -> Arc<Residents> {
        self.app.workspaces.residents().clone()
    }

    /// The holder of the session, whoever's rights he looks with.
    #[must_use]
    pub fn himself(self) -> Self {
        Self { himself: true, ..self }
    }

    /// Finds out who it is, signed in to the end. Blocks.
    ///
    /// # Errors
    /// `not_signed_in`, `csrf`; `second_factor_required` and `enrolment_required` half way.
    pub fn authenticate(&self) -> std::result::Result<SignedIn, ApiError> {
        self.authenticate_at(&[Stage::Full])
    }

    /// Finds out who it is, at one of these stages of signing in. Blocks.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub fn authenticate_at(&self, stages: &[Stage]) -> std::result::Result<SignedIn, ApiError> {
        let workspace = &self.workspace;
        let (now, policy) = (workspace.clock.now(), workspace.sign_in_policy()?);
        let (mut stale_key, mut scope, mut token, mut program) = (None, None, None, None);
        let found = workspace.store.read_with(|tx| {
            let (member, session) = match &self.credentials {
                Credentials::None => return Ok(None),
                Credentials::Session(hash) => {
                    let Some(session) = identity::session(tx, hash, now, policy.limits())? else { return Ok(None) };
                    (session.member, Some(session))
                }
                Credentials::ApiKey(hash) => {
                    let Some((member, key)) = identity::find_api_key(tx, hash, now)? else { return Ok(None) };
                    stale_key = Some(key.id).filter(|_| key.used_at.is_none_or(|it| it + TOUCH_KEY < now));
                    if key.is_for_scim() {
                        token = Some(key.name.clone());
                    }
                    program = Some(key.name);
                    scope = key.scope;
                    (member, None)
                }
            };
            Ok(workspace.identity(tx, member)?.map(|it| (it, session)))
        })?;
        let (mut identity, session) = found.ok_or(KernelError::NotSignedIn)?;
        self.require_purpose(scope.as_ref())?;
        let caldav = scope.as_ref().and_then(|it| it.caldav);
        if let Some(scope) = &scope {
            scope.limit_roles(&mut identity.member);
        }
        if let Some(session) = &session {
            let proven = self.csrf.as_deref().is_some_and(|it| same_secret(it, &session.csrf));
            if self.is_unsafe && (!proven || self.is_foreign_origin) {
                return Err(refuse_csrf());
            }
            require_stage(session.stage, stages)?;
        }
        let mut context = self.context_of(&identity);
        if let Some(scope) = &scope {
            scope.limit(&mut context);
        }
        // What speaks SCIM keeps a directory, and what speaks CalDAV is a person's own calendar.
        context.agent = program.as_deref().filter(|_| token.is_none() && caldav.is_none()).map(Arc::from);
        if let Some(token) = token {
            // The audit log tells what the token did from what its owner did himself.
            context.actor_name = format!("{} (SCIM: {token})", context.actor_name);
        }
        if let (Some(caldav), Some(program)) = (caldav, program) {
            context.actor_name = format!("{} (CalDAV: {program})", context.actor_name);
            context.access = Arc::new(context.access.limited_to(&context.schema, &crate::caldav::access(caldav)));
        }
        context.proved = session.as_ref().is_none_or(|it| it.proved_at + policy.proof() > now);
        if let Some(id) = stale_key {
            identity::touch_api_key(&context, id)?;
        }
        let session = session.map(|it| self.keep(&context, it)).transpose()?;
        self.view(SignedIn { context, identity, session, caldav })
    }

    /// Keys made for one purpose open that and nothing else, and nothing else opens it.
    fn require_purpose(&self, scope: Option<&KeyScope>) -> Result<()> {
        let fits = |only: bool, is: bool, what: &str| if only == is { Ok(()) } else { Err(KernelError::Forbidden(what.to_owned())) };
        fits(self.scim, scope.is_some_and(|it| it.scim.is_some()), "keys for SCIM are for nothing else, and nothing else is for SCIM")?;
        let calendar = "the secret of a calendar's address opens that calendar, and nothing else does";
        fits(self.calendar, scope.is_some_and(|it| it.calendar), calendar)?;
        let caldav = "an app password of a calendar program opens CalDAV, and nothing else does";
        fits(self.caldav, scope.is_some_and(|it| it.caldav.is_some()), caldav)
    }

    /// What an administrator sees who looks with a member's rights; whoever else is himself.
    fn view(&self, signed_in: SignedIn) -> std::result::Result<SignedIn, ApiError> {
        let viewed = signed_in.session.as_ref().and_then(|it| it.viewed).filter(|_| !self.himself);
        // Who is no administrator any more sees no more than is his own.
        let Some(member) = viewed.filter(|_| signed_in.context.access.require_administrator().is_ok()) else { return Ok(signed_in) };
        let workspace = &self.workspace;
        // Who has left is seen by nobody: then this is the administrator again, who may write.
        let Some(identity) = workspace.store.read_with(|tx| workspace.identity(tx, member))? else { return Ok(signed_in) };
        if self.is_unsafe {
            return Err(KernelError::ViewOnly.into());
        }
        let context = identity::context_of_view(&signed_in.context, &identity)?;
        Ok(SignedIn { context, identity, session: signed_in.session, caldav: None })
    }

    /// Keeps a session alive, and gives it another token where it is due.
    fn keep(&self, context: &Context, session: Session) -> Result<Session> {
        if self.watches {
            return Ok(session);
        }
        if session.due {
            return self.renew(context, session);
        }
        let is_current = self.session_hash() == Some(session.token_hash.as_str());
        if session.seen_at + TOUCH_SESSION < context.now || (session.replaced && is_current) {
            identity::touch_session(context, &session)?;
        }
        Ok(session)
    }

    /// Gives a session another token; the answer to this request brings it.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn renew(&self, context: &Context, session: Session) -> Result<Session> {
        let token = random_token(self.app.workspaces.ids().as_ref());
        let token_hash = sha256_hex(token.as_bytes());
        if !identity::renew_session(context, &session, &token_hash)? {
            return Ok(session);
        }
        *self.renewed.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.session_cookie(&token));
        Ok(Session { token_hash, due: false, ..session })
    }

    /// The context of a member making this request.
    pub fn context_of(&self, identity: &Identity) -> Context {
        let time_zone = identity.time_zone.clone().unwrap_or_else(|| self.workspace.time_zone());
        self.workspace.member_context(identity.member.clone(), identity.name.clone(), identity.locale, time_zone, self.request_id.clone())
    }

    /// Runs a call of the engine as the caller: once more where definitions changed while it ran, if it wrote nothing.
    ///
    /// # Errors
    /// `not_signed_in`, and whatever the call says, in the caller's language.
    pub async fn call<T: Send + 'static>(
        self,
        work: impl Fn(&SignedIn) -> std::result::Result<T, ApiError> + Send + 'static,
    ) -> std::result::Result<T, ApiFailure> {
        self.call_at(&[Stage::Full], work).await
    }

    /// As [`Caller::call`], at one of these stages of signing in.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn call_at<T: Send + 'static>(
        self,
        stages: &'static [Stage],
        work: impl Fn(&SignedIn) -> std::result::Result<T, ApiError> + Send + 'static,
    ) -> std::result::Result<T, ApiFailure> {
        let (app, target) = (self.app.clone(), self.target.clone());
        app.engine(move |app| {
            let signed_in = self.authenticate_at(stages)?;
            let outcome = match work(&signed_in) {
                Err(ApiError::Kernel(KernelError::Store(StoreError::Outdated(reason)))) => self.call_again(stages, &signed_in, reason, &work),
                outcome => outcome,
            };
            let outcome = outcome.and_then(|done| {
                // Whatever shows records of marked objects: what cannot be noted is not shown.
                if let Some(answer) = (&done as &dyn Any).downcast_ref::<Answer>() {
                    app.reads.note(&signed_in.context, &target, answer)?;
                }
                Ok(done)
            });
            outcome.map_err(|error| {
                app.refusals.note(&signed_in.context, &target, &error);
                ApiFailure { error, locale: Some(signed_in.context.locale) }
            })
        })
        .await
    }

    /// A call whose definitions were changed while it ran, with the definitions as they are now.
    fn call_again<T>(
        self,
        stages: &[Stage],
        before: &SignedIn,
        reason: String,
        work: impl Fn(&SignedIn) -> std::result::Result<T, ApiError>,
    ) -> std::result::Result<T, ApiError> {
        if before.context.has_written() {
            return Err(StoreError::Outdated(reason).into());
        }
        let again = self.watching().authenticate_at(stages)?;
        if again.context.schema.version == before.context.schema.version {
            return Err(ApiError::internal(format!("the tables are not as defined: {reason}")));
        }
        work(&again)
    }

    /// As [`Caller::call`], for requests that write: under an `Idempotency-Key` carried out once.
    ///
    /// # Errors
    /// As [`Caller::call`]; `idempotency_mismatch` where the key came with another request.
    pub async fn write(
        self,
        body: JsonBody,
        work: impl Fn(&SignedIn, &JsonBody) -> std::result::Result<Answer, ApiError> + Send + 'static,
    ) -> std::result::Result<Answer, ApiFailure> {
        self.write_once(sha256_hex(&body.0), move |signed_in| work(signed_in, &body)).await
    }

    /// The idempotency key as it is kept. Those of a program are its own: what its owner was answered in a session may be
    /// more than its scope lets it see.
    fn key_of_once(&self) -> Option<String> {
        let key = self.idempotency_key.as_ref()?;
        Some(if let Credentials::ApiKey(hash) = &self.credentials { format!("{hash}/{key}") } else { key.clone() })
    }

    /// As [`Caller::write`], for requests whose body is not JSON: the fingerprint tells one from another.
    ///
    /// # Errors
    /// As [`Caller::write`].
    pub async fn write_once(
        self,
        fingerprint: String,
        work: impl Fn(&SignedIn) -> std::result::Result<Answer, ApiError> + Send + 'static,
    ) -> std::result::Result<Answer, ApiFailure> {
        let (key, target) = (self.key_of_once(), self.target.clone());
        self.call(move |signed_in| match &key {
            None => work(signed_in),
            Some(key) => once(signed_in, key, &format!("{target}\n{fingerprint}"), &work),
        })
        .await
    }
}

fn once(
    signed_in: &SignedIn,
    key: &str,
    request: &str,
    work: impl Fn(&SignedIn) -> std::result::Result<Answer, ApiError>,
) -> std::result::Result<Answer, ApiError> {
    let context = &signed_in.context;
    let key = format!("{}/{key}", context.actor.simple());
    match idempotency::claim(context, &key, &sha256_hex(request.as_bytes()))? {
        Claim::Fresh => {}
        Claim::Answered(kept) => return repeated(context, request, &kept),
        Claim::Running => return Err(ApiError::busy()),
        Claim::Mismatch => {
            let (zh_cn, en) = ("此幂等键已用于另一个请求", "this idempotency key was used for another request");
            return Err(ApiError::http(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch", zh_cn, en).about("idempotency-key"));
        }
        Claim::Erased => {
            let (zh_cn, en) =
                ("此请求已执行，其内容此后已被永久删除", "this request was carried out already; what it was about has been erased since");
            return Err(KernelError::conflict("state_conflict", zh_cn, en).into());
        }
        Claim::Written(change) => {
            let message = Label::new(
                format!("此请求已执行（变更 {change}），但当时的应答未能保存"),
                format!("this request was carried out already (change {change}), but its answer was lost"),
            );
            return Err(KernelError::Conflict { code: "state_conflict", message, fields: Vec::new() }.into());
        }
    }
    let inner = SignedIn {
        context: Context { request_key: Some(key.clone()), ..context.clone() },
        identity: signed_in.identity.clone(),
        session: signed_in.session.clone(),
        caldav: signed_in.caldav,
    };
    let outcome = work(&inner);
    match &outcome {
        Ok(answer) => {
            let kept = KeptAnswer { rights: rights_stamp(context), answer: answer.clone() };
            let kept = serde_json::to_string(&kept).map_err(|error| ApiError::internal(error.to_string()))?;
            idempotency::keep_answer(context, &key, kept)?;
        }
        Err(_) => idempotency::release(context, &key)?,
    }
    outcome
}

/// An answer kept for repetitions, and the rights it was given by.
#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    rights: String,
    answer: Answer,
}

/// The same answer again, for who may still see what it shows. With other rights than then, or where the record it tells
/// of is out of sight by now, nothing of it is shown: the request stands as carried out.
fn repeated(context: &Context, request: &str, kept: &str) -> std::result::Result<Answer, ApiError> {
    match serde_json::from_str::<KeptAnswer>(kept) {
        Ok(kept) if kept.rights == rights_stamp(context) && shows_what_is_in_sight(context, request, &kept.answer)? => Ok(kept.answer),
        _ => Err(KernelError::conflict(
            "state_conflict",
            "此请求已执行；此后您的权限有变化，当时的应答不再显示",
            "this request was carried out already; your rights changed since, so its answer is not shown again",
        )
        .into()),
    }
}

/// What the caller's rights rest on, as one text: roles, where he belongs, and what roles mean.
pub(crate) fn rights_stamp(context: &Context) -> String {
    let member = &context.access.member;
    let at = (&member.roles, member.department, &member.departments, &member.own_departments, &member.departments_above);
    let with = (&member.teams, &member.subordinates, &member.substitutes, context.schema.version);
    sha256_hex(format!("{at:?}{with:?}").as_bytes())
}

/// Whether the record that a request was about, or made, can still be read. An answer without a body shows nothing.
fn shows_what_is_in_sight(context: &Context, request: &str, answer: &Answer) -> std::result::Result<bool, ApiError> {
    let place = answer.location.as_deref().unwrap_or(request);
    let pieces: Vec<&str> = place.split(['/', '?', '\n']).collect();
    let record = |it: &[&str]| Some((context.schema.object(it[1])?, Uuid::try_parse(it[2]).ok()?));
    let named = pieces.windows(3).find(|it| it[0] == "records").and_then(record).filter(|_| answer.body.is_some());
    let Some((object, id)) = named else { return Ok(true) };
    Ok(context.workspace.store.read_with(|tx| Ok(load_record(context, tx, object, id, Verb::Read, false)?.is_some()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secure_cookie_is_bound_to_its_host_and_its_workspace() {
        let of = |workspace: &str, secure: bool| {
            let (name, path) = cookie_of(COOKIE, workspace, secure);
            format!("{name} {path}")
        };
        assert_eq!(of(MAIN, true), "__Host-guanxi_session /");
        assert_eq!(of("exam", true), "__Host-guanxi_session_exam /");
        assert_eq!(of(MAIN, false), "guanxi_session /");
        assert_eq!(of("exam", false), "guanxi_session /w/exam/");
    }
}
