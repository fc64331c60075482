//! Enrichment: asks services outside for what records lack, shows what would change, and writes what was confirmed. What is
//! sent, and for whom, is declared by an administrator ([`source`]), checked again for each record, and noted before it leaves.

mod ask;
mod follow;
mod guard;
mod proposals;
mod source;

use std::sync::Arc;
use std::time::Duration;

use guanxi_kernel::Result;
use guanxi_kernel::app::{App, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::drop_unused;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::StoreExt as _;
use guanxi_sources::Asker;
use jiff::SignedDuration;
use serde_json::Value as Json;

use crate::auth::kept_secrets::KeptSecrets;
use crate::auth::vault::Vault;
use crate::settings::Settings;

pub use proposals::{Proposal, Proposals, apply, json_of, propose};
pub use source::{EnrichmentSource, source_of};

/// What sources are asked with, by their id.
pub const SECRETS: KeptSecrets = KeptSecrets { key: "enrichment_secret.", place: "enrichment" };
/// Answers that nobody wanted are kept so long: they are data of people, and older by the hour.
const UNUSED: SignedDuration = SignedDuration::from_hours(48);

/// What asking takes.
pub struct Means {
    asker: Asker,
    vault: Vault,
}

/// The jobs, the reader of the log and the hook.
pub fn app(settings: &Settings) -> App {
    let asker = Asker::new(&settings.source_hosts);
    let means = Arc::new(Means { asker: asker.clone(), vault: Vault::new(settings.secret_key_file.clone()) });
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

/// Daily: drops answers that nobody wrote.
struct Tidy;

impl JobHandler for Tidy {
    fn kind(&self) -> &str {
        "enrichment.tidy"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("55 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let before = context.workspace.clock.now() - UNUSED;
        context.workspace.store.write_with(move |tx| drop_unused(tx, before)).map(drop)
    }
}
