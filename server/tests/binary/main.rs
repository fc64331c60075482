//! The program itself, as people run it: its commands, what a crash leaves, what a full disk does.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed preparation ends the test")]

mod commands;
mod crash;
mod database;
mod disk;
mod moves;
mod process;
