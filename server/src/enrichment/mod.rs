//! Enrichment: asks services outside for what records lack, shows what would change, and writes what was confirmed. What is
//! sent, and for whom, is declared by an administrator ([`source`]), checked again for each record, and noted before it leaves.

mod ask;
mod follow;
mod guard;
mod outcome;
mod proposals;
mod question;
mod source;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guanxi_kernel::Result;
use guanxi_kernel::app::{App, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{ask_at, asking_since, drop_unused, give_up};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_sources::Asker;
use jiff::SignedDuration;
use serde_json::Value as Json;

use crate::auth::kept_secrets::KeptSecrets;
use crate::auth::vault::Vault;
use crate::settings::Settings;

pub use outcome::told_reason;
pub use proposals::{Applied, Proposal, Proposals, apply, json_of, propose};
pub use source::{EnrichmentSource, source_of};

/// What sources are asked with, by their id.
pub const SECRETS: KeptSecrets = KeptSecrets { key: "enrichment_secret.", place: "enrichment" };
/// Answers that nobody wanted are kept so long: they are data of people, and older by the hour.
const UNUSED: SignedDuration = SignedDuration::from_hours(48);

/// Questions that wait longer than this, for a service that is down or days that are full, are not put any more.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What asking takes.
pub struct Means {
    asker: Asker,
    vault: Vault,
    /// The workspaces of which a job is asking.
    busy: Mutex<BTreeSet<String>>,
}

/// The jobs, the reader of the log and the hook.
pub fn app(settings: &Settings) -> App {
    let asker = Asker::new(&settings.source_hosts);
    let means = Arc::new(Means { asker: asker.clone(), vault: Vault::new(settings.secret_key_file.clone()), busy: Mutex::default() });
    App {
        jobs: vec![Arc::new(ask::Ask(means)), Arc::new(Tidy)],
        readers: vec![Arc::new(follow::Follow)],
        hooks: vec![Arc::new(guard::Guard(asker))],
        ..App::default()
    }
}

fn seconds(of: i64) -> Duration {
    Duration::from_secs(u64::try_from(of).unwrap_or(10))
}

/// Daily: drops answers that nobody wrote, and ends runs that take too long.
struct Tidy;

impl JobHandler for Tidy {
    fn kind(&self) -> &str {
        "enrichment.tidy"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("55 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let (now, store) = (context.workspace.clock.now(), &context.workspace.store);
        store.write_with(move |tx| drop_unused(tx, now - UNUSED))?;
        let reason = outcome::kept_label(&Label::new("等待超过 30 天，没有再查询", "it waited for more than 30 days and was not asked about"));
        for run in store.read_with(|tx| asking_since(tx, now - LONGEST))? {
            let (inner, reason) = (context.clone(), reason.clone());
            store.write_with(move |tx| {
                give_up(tx, run, &reason)?;
                ask_at(&inner, tx, run, now)
            })?;
        }
        Ok(())
    }
}
