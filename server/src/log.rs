//! Structured logs on standard error.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::settings::{LogFormat, Settings};

/// Begins to write logs. A second call changes nothing.
pub fn start(settings: &Settings) {
    let level = LevelFilter::from_level(settings.log_level);
    let registry = tracing_subscriber::registry();
    // A logger that is set already (tests) stays.
    let _ = match settings.log_format {
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).with_filter(level)).try_init(),
        LogFormat::Pretty => {
            registry.with(fmt::layer().with_target(false).with_ansi(false).with_writer(std::io::stderr).with_filter(level)).try_init()
        }
    };
}
