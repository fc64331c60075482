//! `guanxi serve`: HTTP and, unless told otherwise, background work.

use std::net::SocketAddr;

use clap::{ArgMatches, Command};
use guanxi_demo::{DEMO_LOGINS, DEMO_PASSWORD};
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use tokio::net::TcpListener;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::auth::password::Passwords;
use crate::auth::token::random_token;
use crate::demo::make_demo;
use crate::http::{App, Shared, router};

/// The command.
pub fn command() -> Command {
    arguments::with_all_settings(Command::new("serve").about("Serve the web app and the API"))
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// Wrong settings; an address or database that cannot be used.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { runtime, settings, workspaces, main, shutdown } = start(matches)?;
    let passwords = Passwords::new(workspaces.ids().as_ref())?;
    let local = settings.listen.ip().is_loopback();
    if settings.demo && !local && !settings.allow_public_demo {
        return Err(refuse_public_demo());
    }
    if settings.demo && make_demo(&main, &passwords, settings.seed)? {
        tracing::info!(seed = settings.seed, "made the demo company");
    }
    if main.settings().demo {
        if !local && !settings.allow_public_demo {
            return Err(refuse_public_demo());
        }
        say(&format!("demo company {}: sign in with password {DEMO_PASSWORD} as", main.settings().name));
        DEMO_LOGINS.iter().for_each(|login| say(&format!("  {login}")));
    }
    let mut setup_token = settings.setup_token.clone();
    if setup_token.is_none() && !local && main.store.read_with(|tx| identity::needs_setup(tx))? {
        let token = random_token(workspaces.ids().as_ref());
        say(&format!("the first administrator needs this setup token: {token}"));
        setup_token = Some(token);
    }
    let app = App::new(workspaces, settings, setup_token, passwords, shutdown.clone());
    for workspace in app.workspaces.all() {
        app.start_background(&workspace).map_err(|error| CliError::Other(format!("{error:?}")))?;
    }
    let served = runtime.block_on(serve(&app));
    shutdown.begin();
    app.stop_all_background();
    served
}

fn refuse_public_demo() -> CliError {
    CliError::Other("a demo workspace has public passwords and listens on this machine only; `listen` on 127.0.0.1, or set allow-public-demo".into())
}

async fn serve(app: &Shared) -> Result<(), CliError> {
    app.shutdown.on_signals()?;
    let listener =
        TcpListener::bind(app.settings.listen).await.map_err(|error| CliError::Other(format!("listen on {}: {error}", app.settings.listen)))?;
    let address = listener.local_addr()?;
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let shutdown = app.shutdown.clone();
    say(&format!("listening on http://{address}"));
    axum::serve(listener, service).with_graceful_shutdown(async move { shutdown.wait().await }).await?;
    Ok(())
}
