//! The program itself, as people run it: its commands, its connections, what a crash leaves, what a full disk does.

#![expect(clippy::unwrap_used, reason = "a failed preparation ends the test")]

mod claims;
mod commands;
mod connections;
mod crash;
mod database;
mod demo;
mod disk;
mod exports;
mod imports;
mod live;
mod logs;
mod members;
#[cfg(target_os = "linux")]
mod memory;
mod moves;
mod nodes;
mod process;
mod search;
mod tls;
mod upgrade;
mod wait;
