//! What the allocator is told before the program begins: by us, or by whoever starts it.

use crate::process::Server;

/// What it was begun with, of the allocator's settings.
fn settings(server: &Server) -> Vec<String> {
    let mut settings = server.begun_with("environ");
    settings.retain(|it| it.starts_with("MIMALLOC_"));
    settings.sort();
    settings
}

#[test]
fn a_server_begins_with_an_allocator_that_gives_back() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    // The process that was started is the one that serves, with the arguments it was started with.
    assert_eq!(settings(&server), ["MIMALLOC_ALLOW_THP=0", "MIMALLOC_PURGE_DELAY=0"]);
    assert_eq!(server.begun_with("cmdline"), [env!("CARGO_BIN_EXE_guanxi"), "serve"]);
    drop(server);
    let worker = Server::start_worker(data.path(), &[]);
    assert_eq!(settings(&worker), ["MIMALLOC_ALLOW_THP=0", "MIMALLOC_PURGE_DELAY=0"]);
}

#[test]
fn whoever_sets_it_is_obeyed() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("MIMALLOC_PURGE_DELAY", "1000"), ("MIMALLOC_ALLOW_THP", "1")]);
    assert_eq!(settings(&server), ["MIMALLOC_ALLOW_THP=1", "MIMALLOC_PURGE_DELAY=1000"]);
}
