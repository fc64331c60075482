//! HTTP: the routes of `docs/api.md`, one file a verb, and what all of them share.

mod answer;
pub(crate) mod body;
mod caller;
mod content;
mod envelope;
mod factor_check;
pub(crate) mod file_bytes;
pub(crate) mod foreign;
pub(crate) mod intake;
mod kinds;
mod parts;
mod pieces;
mod public_forms;
mod query;
mod reads;
mod refusals;
mod route;
pub(crate) mod routes;
pub(crate) mod sign_in;
mod streams;
mod strict_json;
mod transfers;
mod values;
mod workspace_path;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use guanxi_kernel::identity::{DirectoryConnector, OidcConnector};
use guanxi_kernel::workspace::Workspace;
use tokio::sync::Semaphore;
use tower::Layer as _;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use answer::Answer;
pub use caller::{Caller, SignedIn};
pub(crate) use caller::{comes_with_session, rights_stamp};
pub use envelope::REQUEST_ID;
pub(crate) use envelope::{RequestId, browser_locale};
pub use intake::Incoming;
pub use parts::{Reference, ToldEvent};
pub use query::Query;
use reads::Reads;
use refusals::Refusals;
pub use streams::{MAX_OF_MEMBER as MAX_STREAMS_OF_MEMBER, Streams};
pub(crate) use values::Titles;
pub(crate) use workspace_path::WorkspaceId;

use crate::Backgrounds;
use crate::auth::password::Passwords;
use crate::auth::vault::Vault;
use crate::blobs::Blobs;
use crate::errors::{ApiError, ApiFailure};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::shutdown::Shutdown;
use crate::workspaces::Workspaces;

/// Most requests waiting for the engine; further ones are told to come again.
const MAX_WAITING: usize = 512;
/// Longest wait for the engine.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Calls to the outside at once: each waits for somebody else.
const OUTSIDE_AT_ONCE: usize = 16;

/// What all requests share.
pub struct App {
    /// The workspaces.
    pub workspaces: Workspaces,
    /// The settings.
    pub settings: Settings,
    /// What the first administrator must present, if anything.
    pub setup_token: Option<String>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Seals secrets that lie in the database.
    pub vault: Vault,
    /// Asks identity providers.
    pub oidc: Arc<dyn OidcConnector>,
    /// Asks directories.
    pub directory: Arc<dyn DirectoryConnector>,
    /// Sends pushes and text messages that somebody waits for.
    pub messages: crate::messages::Means,
    /// Contents of files.
    pub blobs: Blobs,
    /// Numbers for monitoring.
    pub metrics: Metrics,
    /// Whether the process is about to end.
    pub shutdown: Shutdown,
    /// Hands news on to those who look.
    pub live: Live,
    /// Event streams open now.
    pub streams: Streams,
    /// What callers were refused of late.
    pub refusals: Refusals,
    /// What callers were shown of late of objects whose reading is noted.
    pub reads: Reads,
    /// How often addresses ask for forms.
    pub flood: public_forms::Flood,
    /// The threads of each workspace.
    pub backgrounds: Backgrounds,
    engine: Semaphore,
    hashing: Semaphore,
    outside: Semaphore,
    waiting: AtomicUsize,
}

/// [`App`], shared.
pub type Shared = Arc<App>;

impl App {
    /// Puts it together.
    pub fn new(workspaces: Workspaces, settings: Settings, setup_token: Option<String>, passwords: Passwords, shutdown: Shutdown) -> Shared {
        let engine = Semaphore::new(settings.engine_calls());
        let backgrounds = Backgrounds::new(settings.run_jobs);
        Arc::new(Self {
            vault: Vault::new(settings.secret_key_file.clone()),
            oidc: Arc::new(guanxi_identity::Oidc::new(&settings.internal_hosts)),
            directory: Arc::new(guanxi_identity::Ldap::new(&settings.internal_hosts)),
            messages: crate::messages::Means::of(&settings),
            blobs: Blobs::of(&settings),
            workspaces,
            settings,
            setup_token,
            passwords,
            metrics: Metrics::default(),
            shutdown,
            live: Live::default(),
            streams: Streams::default(),
            refusals: Refusals::default(),
            reads: Reads::default(),
            flood: public_forms::Flood::default(),
            backgrounds,
            engine,
            hashing: Semaphore::new(crate::auth::password::AT_ONCE),
            outside: Semaphore::new(OUTSIDE_AT_ONCE),
            waiting: AtomicUsize::new(0),
        })
    }

    /// Starts the threads of a workspace, unless they run.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn start_background(self: &Shared, workspace: &Arc<Workspace>) -> std::io::Result<()> {
        self.backgrounds.start(workspace, || {
            self.live.open(workspace, &self.shutdown)?;
            let (app, id) = (Arc::downgrade(self), workspace.id.clone());
            Ok(Box::new(move || {
                if let Some(app) = app.upgrade() {
                    app.live.close(&id);
                }
            }))
        })
    }

    /// Runs a call of the engine on a blocking thread, a bounded number at once.
    ///
    /// # Errors
    /// `busy` where too many wait already.
    pub async fn engine<T: Send + 'static>(
        self: &Shared,
        work: impl FnOnce(&Shared) -> Result<T, ApiFailure> + Send + 'static,
    ) -> Result<T, ApiFailure> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(ApiError::busy().into());
        }
        let permit = tokio::time::timeout(LONGEST_WAIT, self.engine.acquire()).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let Ok(Ok(permit)) = permit else { return Err(ApiError::busy().into()) };
        let app = self.clone();
        let answer = tokio::task::spawn_blocking(move || work(&app)).await;
        drop(permit);
        answer.unwrap_or_else(|error| Err(ApiError::internal(format!("a request panicked: {error}")).into()))
    }

    /// Hashes or checks a password on a blocking thread; few at once, since each takes much memory.
    ///
    /// # Errors
    /// `busy` where too many wait already.
    pub async fn hashing<T: Send + 'static>(self: &Shared, work: impl FnOnce(&Shared) -> T + Send + 'static) -> Result<T, ApiFailure> {
        let permit = tokio::time::timeout(LONGEST_WAIT, self.hashing.acquire()).await;
        let Ok(Ok(permit)) = permit else { return Err(ApiError::busy().into()) };
        let app = self.clone();
        let answer = tokio::task::spawn_blocking(move || work(&app)).await;
        drop(permit);
        answer.map_err(|error| ApiError::internal(format!("hashing panicked: {error}")).into())
    }

    /// Makes a call to the outside on a blocking thread: it waits for others and must not hold up the engine.
    ///
    /// # Errors
    /// `busy` where too many wait already.
    pub async fn outside<T: Send + 'static>(self: &Shared, work: impl FnOnce(&Shared) -> T + Send + 'static) -> Result<T, ApiFailure> {
        let permit = tokio::time::timeout(LONGEST_WAIT, self.outside.acquire()).await;
        let Ok(Ok(permit)) = permit else { return Err(ApiError::busy().into()) };
        let app = self.clone();
        let answer = tokio::task::spawn_blocking(move || work(&app)).await;
        drop(permit);
        answer.map_err(|error| ApiError::internal(format!("a call to the outside panicked: {error}")).into())
    }
}

/// All routes.
pub fn router(app: &Shared) -> Router {
    let routes = routes::all()
        .layer(CatchPanicLayer::custom(envelope::panicked))
        .layer(CompressionLayer::new().gzip(true).br(true))
        .layer(from_fn_with_state(app.clone(), envelope::envelope))
        .with_state(app.clone());
    // Before the routes are matched: the workspace's part of the address is none of theirs.
    Router::new().fallback_service(MapRequestLayer::new(workspace_path::take_workspace).layer(routes))
}

/// Sends every request on to the same place under another address.
pub fn redirect_to(url: String) -> Router {
    Router::new().fallback(async move |uri: Uri| {
        let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        // What is no path of ours must not become part of the host's name.
        Redirect::permanent(&format!("{url}/{}", path.trim_start_matches('/')))
    })
}
