//! `guanxi serve`: HTTP and, unless told otherwise, background work.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::{ArgMatches, Command};
use guanxi_demo::{DEMO_LOGINS, DEMO_PASSWORD};
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::Backgrounds;
use crate::auth::password::Passwords;
use crate::auth::sealing::seal_the_rest;
use crate::auth::token::random_token;
use crate::demo::make_demo;
use crate::http::{App, Shared, redirect_to, router};
use crate::listen::{self, Tls};

/// The command.
pub fn command() -> Command {
    arguments::with_all_settings(Command::new("serve").about("Serve the web app and the API"))
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// Wrong settings; an address or database that cannot be used.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { runtime, settings, workspaces, main, shutdown, .. } = start(matches)?;
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
        let sealed = seal_the_rest(&app.vault, &workspace.system_context(Uuid::nil(), "start"))?;
        if sealed > 0 {
            tracing::info!(workspace = workspace.id, sealed, "sealed secrets");
        }
        app.start_background(&workspace)?;
    }
    let follower = Backgrounds::follow(&app, &shutdown, |app| (&app.workspaces, &app.backgrounds), |app, it| app.start_background(it))?;
    let served = runtime.block_on(serve(&app));
    shutdown.begin();
    end_thread(follower);
    app.live.close_all();
    app.backgrounds.stop_all();
    served
}

/// Waits for a thread that ends with the process.
pub(super) fn end_thread(thread: std::thread::JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a background thread panicked");
    }
}

fn refuse_public_demo() -> CliError {
    CliError::Other("a demo workspace has public passwords and listens on this machine only; `listen` on 127.0.0.1, or set allow-public-demo".into())
}

async fn serve(app: &Shared) -> Result<(), CliError> {
    app.shutdown.on_signals()?;
    let tls = app.settings.tls.clone().map(|it| Tls::load(it.certificate, it.key)).transpose().map_err(CliError::Other)?.map(Arc::new);
    let connections = listen::affordable_connections(app.settings.max_connections);
    let main = bind("listen", app.settings.listen).await?;
    let redirect = match app.settings.redirect_http {
        Some(address) => Some(bind("redirect-http", address).await?),
        None => None,
    };
    if let Some(tls) = tls.clone() {
        // Listening for the signal can fail only now, so that SIGHUP never ends a server that said it was ready.
        let fresh = tls.keep_fresh(app.shutdown.clone(), || say("the certificate was read again"))?;
        tokio::spawn(fresh);
    }
    say(&format!("listening on {}://{}", if tls.is_some() { "https" } else { "http" }, main.local_addr()?));
    if let (Some(listener), Some(url)) = (&redirect, &app.settings.public_url) {
        say(&format!("sending http on {} on to {url}", listener.local_addr()?));
    }
    let redirecting = async {
        if let (Some(listener), Some(url)) = (redirect, app.settings.public_url.clone()) {
            // A few at once: each has one short answer.
            listen::serve(app, redirect_to(url), listener, None, (connections / 8).max(1)).await;
        }
    };
    tokio::join!(listen::serve(app, router(app), main, tls, connections), redirecting);
    Ok(())
}

async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| CliError::Other(format!("{setting} on {address}: {error}")))
}
