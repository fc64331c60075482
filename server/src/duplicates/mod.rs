//! Records that may mean the same: told while one is entered, searched for among all, gathered for review.
//!
//! What compares them is the crate `matching`, which knows nothing of records. Here each object that says by which fields
//! its records are compared has them in memory beside the log ([`Residents`]), as long as somebody asks. What is found among
//! all records is kept in the database ([`guanxi_kernel::duplicates`]); what is new in the log is compared as it comes.
//! Whoever is told of a pair is told by his rights: [`check`] and [`queue`] say how.

mod alike;
mod automatic;
mod check;
pub mod cursor;
mod decide;
mod follow;
mod grouping;
mod ids;
mod plan;
mod queue;
mod reasons;
mod resident;
mod residents;
mod scan;
mod side;

use std::sync::Arc;

use guanxi_kernel::app::App;
use guanxi_kernel::schema::{Label, Object};
use guanxi_kernel::{KernelError, Result};

pub use alike::alike_rows;
pub use automatic::{automatic_from, set_automatic};
pub use check::{Checked, CheckedRows, Found, check, check_rows, owner};
pub use decide::decide;
use plan::Plan;
pub use queue::{QueueGroup, QueuePage, QueueRequest, page};
pub use reasons::probability;
pub use residents::Residents;
pub use scan::{Progress, Status, begin, status};

use crate::shutdown::Shutdown;

/// The search and what follows the log.
pub fn app(residents: &Arc<Residents>, shutdown: &Shutdown) -> App {
    let search = scan::ScanJob { residents: residents.clone(), shutdown: shutdown.clone() };
    let follow = follow::FollowJob { residents: residents.clone(), shutdown: shutdown.clone() };
    let merge = automatic::MergeJob { shutdown: shutdown.clone() };
    App { jobs: vec![Arc::new(search), Arc::new(follow), Arc::new(merge)], readers: vec![Arc::new(follow::Watch)], ..App::default() }
}

/// How records of an object are compared.
///
/// # Errors
/// Where they are not.
fn plan_of(object: &Object) -> Result<Plan> {
    Plan::of(object).ok_or_else(|| {
        let label = Label::new(format!("{}不查重", object.definition.label.zh_cn), format!("duplicates of {} are not looked for", object.name));
        KernelError::BadRequest { code: "bad_request", message: label, field: Some("object".into()), position: None }
    })
}
