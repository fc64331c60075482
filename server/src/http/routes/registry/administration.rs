//! Running the server.

use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::settings::ChangedSettings;

use crate::http::parts::Items;
use crate::http::route::Route;
use crate::http::routes::{jobs, openapi, packs, schema, workspace, workspaces};
use crate::openapi::{delete, get, patch, post};

/// Definitions, jobs, members, workspaces, the API itself.
pub(super) fn administration() -> Vec<Route> {
    vec![
        get("/openapi.json", "getOpenApi", "This document, as far as the caller may know").answers::<AnyJson>().by(openapi::get),
        get("/schema/objects", "listDefinitions", "Definitions of all objects").answers::<schema::StoredObjects>().by(schema::objects),
        get("/schema/objects/{object}", "getDefinition", "Definition of one").answers::<schema::StoredObject>().by(schema::object),
        post("/schema/plan", "planDefinitions", "What changes of definitions would do")
            .takes::<schema::SchemaChanges>()
            .answers::<schema::ToldPlan>()
            .by(schema::plan),
        post("/schema/apply", "applyDefinitions", "Change definitions")
            .takes::<schema::SchemaChanges>()
            .answers::<schema::AppliedSchema>()
            .by(schema::apply),
        get("/packs", "listPacks", "Industry packs: installed, offered, and those that cannot be read").answers::<packs::ToldPacks>().by(packs::list),
        get("/packs/{pack}", "getPack", "One of them, with what it brings").answers::<packs::ToldPack>().by(packs::get),
        post("/packs/{pack}/plan", "planPack", "What installing, upgrading or removing it would do")
            .takes::<packs::WantedPlan>()
            .answers::<packs::PackPlan>()
            .by(packs::plan),
        post("/packs/{pack}/apply", "installPack", "Install it, or bring it to the version offered")
            .takes::<packs::WantedPack>()
            .answers::<schema::AppliedSchema>()
            .by(packs::apply),
        delete("/packs/{pack}", "removePack", "Remove it with its records").with(&["accept_loss"]).by(packs::remove),
        get("/jobs", "listJobs", "Background jobs, the latest first")
            .with(&["state", "job-kind", "limit-200", "cursor"])
            .answers::<jobs::JobQueue>()
            .by(jobs::list),
        post("/jobs/retry", "retryJobs", "Give all dead jobs, or those of a kind, another chance")
            .takes::<jobs::JobsToRetry>()
            .answers::<jobs::JobsRetried>()
            .by(jobs::retry_all),
        post("/jobs/{id}/retry", "retryJob", "Give a dead job another chance").by(jobs::retry),
        get("/workspace", "getWorkspace", "Settings of the company").answers::<workspace::WorkspaceSettings>().by(workspace::get),
        patch("/workspace", "changeWorkspace", "Change settings of the company")
            .takes::<ChangedSettings>()
            .answers::<workspace::WorkspaceSettings>()
            .by(workspace::change),
        get("/workspaces", "listWorkspaces", "Workspaces of this server").answers::<Items<workspaces::WorkspaceEntry>>().by(workspaces::list),
        post("/workspaces", "addWorkspace", "Make a workspace")
            .takes::<workspaces::NewWorkspace>()
            .creates::<workspaces::MadeWorkspace>()
            .by(workspaces::create),
        delete("/workspaces/{id}", "removeWorkspace", "Remove a workspace with everything in it").by(workspaces::remove),
    ]
}
