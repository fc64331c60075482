//! Attacks: one file for each group of `docs/security-cases.md`, all on the company of `world`. Every case asks through
//! `World`, which holds each answer against the same oracle: the status, nothing the caller may not see anywhere in it, a
//! refusal that changed nothing in any database, and a server that still answers.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what goes wrong in them fails the test")]

mod a_sign_in;
mod b_records;
mod c_fields;
mod cases;
mod d_takeover;
mod d_tenancy;
mod e_injection;
mod f_expressions;
mod g_script;
mod h_tables;
mod i_outbound;
mod k_overload;
mod l_browser;
mod m_races;
mod n_links;
mod o_feed;
mod p_audit;
mod secrets;
mod sweep;
mod world;
