//! Members and their rights.

use guanxi_kernel::access::Simulation;
use guanxi_kernel::audit::Verification;
use guanxi_kernel::files::FilePolicy;
use guanxi_kernel::identity::{SignInPolicy, Waiting};
use guanxi_kernel::protection::ProtectionPolicy;
use guanxi_kernel::schema::SharingRule;

use crate::http::parts::{Items, Page};
use crate::http::route::Route;
use crate::http::routes::{
    api_keys, audit, factors, file_policy, held_rights, merge_records, my_identities, protection_policy, record_lock, record_provenance, rights,
    sessions, shares, sign_in_policy, user_link, view_as,
};
use crate::openapi::{delete, get, patch, post};

/// How other members sign in, for administrators.
pub(super) fn members() -> Vec<Route> {
    vec![
        get("/users/waiting", "listWaiting", "Members who have no password yet").answers::<Items<Waiting>>().by(user_link::waiting),
        post("/users/{id}/link", "makeLink", "Invite a member, or let him choose another password")
            .answers::<user_link::MadeLink>()
            .by(user_link::make),
        post("/users/links", "inviteMembers", "Invite many new members at once")
            .takes::<user_link::WantedInvitations>()
            .answers::<Items<user_link::Invitation>>()
            .by(user_link::make_many),
        delete("/users/{id}/link", "revokeLink", "Make a member's link void").by(user_link::revoke),
        get("/users/{id}/factors", "listFactorsOf", "A member's second factors").answers::<factors::MemberFactors>().by(factors::list_of_member),
        delete("/users/{id}/factors", "resetFactors", "Take a member's factors from him").by(factors::reset),
        get("/api-keys", "listAllApiKeys", "The keys of all members, for auditors")
            .with(&["member", "cursor", "limit-200"])
            .answers::<Page<api_keys::OwnedApiKey>>()
            .by(api_keys::list_all),
        delete("/api-keys/{id}", "removeAnyApiKey", "Remove a key of any member").by(api_keys::remove_any),
        get("/users/{id}/sessions", "listSessionsOf", "Where a member is signed in")
            .answers::<Items<sessions::ToldSession>>()
            .by(sessions::list_of_member),
        delete("/users/{id}/sessions", "endSessionsOf", "End a member's sessions")
            .answers::<sessions::EndedSessions>()
            .by(sessions::end_all_of_member),
        delete("/users/{id}/sessions/{session}", "endSessionOf", "End one session of a member").by(sessions::end_of_member),
        get("/users/{id}/identities", "listIdentitiesOf", "A member's accounts at identity providers")
            .answers::<Items<my_identities::OwnIdentity>>()
            .by(my_identities::list_of_member),
        delete("/users/{id}/identities/{provider}", "releaseIdentityOf", "Release a member's account at an identity provider")
            .by(my_identities::remove_of_member),
        post("/users/{id}/view", "beginView", "Look with a member's rights").by(view_as::begin),
        get("/protection-policy", "getProtectionPolicy", "What may be exported and how long the audit log is kept")
            .answers::<ProtectionPolicy>()
            .by(protection_policy::get),
        patch("/protection-policy", "changeProtectionPolicy", "Change what may be exported and how long the audit log is kept")
            .takes::<ProtectionPolicy>()
            .answers::<ProtectionPolicy>()
            .by(protection_policy::change),
        get("/file-policy", "getFilePolicy", "How much there may be of files, and what they may be")
            .answers::<file_policy::FileRules>()
            .by(file_policy::get),
        patch("/file-policy", "changeFilePolicy", "Change how much there may be of files, and what they may be")
            .takes::<FilePolicy>()
            .answers::<file_policy::FileRules>()
            .by(file_policy::change),
        get("/sign-in-policy", "getSignInPolicy", "How members sign in").answers::<SignInPolicy>().by(sign_in_policy::get),
        patch("/sign-in-policy", "changeSignInPolicy", "Change how members sign in")
            .takes::<SignInPolicy>()
            .answers::<SignInPolicy>()
            .by(sign_in_policy::change),
    ]
}

/// What rights there are, what they come from, what a change of them would do, and who did what.
pub(super) fn rights() -> Vec<Route> {
    vec![
        get("/roles", "listRoles", "All roles with their rights").answers::<Items<rights::StoredRole>>().by(rights::roles),
        get("/me/rights", "getMyRights", "My roles, where they come from, until when, and what they open")
            .answers::<held_rights::ToldRights>()
            .by(held_rights::mine),
        get("/users/{id}/rights", "getRightsOf", "A member's roles and what they open")
            .answers::<held_rights::ToldRights>()
            .by(held_rights::of_member),
        get("/rights/holders", "listHolders", "Who holds which role, where, from when and until when")
            .with(&["member", "role", "department", "ending", "cursor", "limit"])
            .answers::<Page<held_rights::ToldHolder>>()
            .by(held_rights::holders),
        get("/rights/holders/export", "exportHolders", "The same as a file, by role held or by kind of record opened")
            .with(&["member", "role", "department", "ending", "table-format", "by"])
            .answers_bytes(&["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"])
            .by(held_rights::export),
        get("/audit", "listAudit", "Who did what, newest first")
            .with(&["from", "until", "actor", "verb", "object", "record", "cursor", "limit-200"])
            .answers::<Page<audit::ToldEntry>>()
            .by(audit::list),
        get("/audit/export", "exportAudit", "The audit log as CSV, oldest first")
            .with(&["from", "until", "actor", "verb", "object", "record"])
            .answers_bytes(&["text/csv"])
            .by(audit::export),
        get("/audit/verify", "verifyAudit", "Whether the audit log is as it was written").answers::<Verification>().by(audit::verify),
        get("/sharing-rules", "listSharingRules", "All sharing rules").answers::<Items<SharingRule>>().by(rights::sharing_rules),
        post("/rights/simulate", "simulateRights", "Who would gain or lose which records by a change of roles or sharing rules")
            .takes::<rights::TriedChanges>()
            .answers::<Simulation>()
            .by(rights::simulate),
        get("/records/{object}/{id}/access", "explainAccess", "What a member may do with a record and why")
            .with(&["member"])
            .answers::<rights::ToldExplanation>()
            .by(rights::explain),
        get("/records/{object}/{id}/viewers", "listViewers", "Who may see a record and why")
            .with(&["cursor"])
            .answers::<Page<rights::ToldViewer>>()
            .by(rights::viewers),
        get("/records/{object}/{id}/shares", "listShares", "With whom a record is shared").answers::<Items<shares::ToldShare>>().by(shares::list),
        post("/records/{object}/{id}/shares", "addShare", "Share a record")
            .takes::<shares::WantedShare>()
            .creates::<Items<shares::ToldShare>>()
            .by(shares::add),
        delete("/records/{object}/{id}/shares/{kind}/{principal}", "removeShare", "End a share").by(shares::remove),
        post("/records/{object}/{id}/merge", "mergeRecords", "Make one record of several; this one stays")
            .with(&["dry_run"])
            .takes::<merge_records::WantedMerge>()
            .answers::<merge_records::MergeResult>()
            .by(merge_records::merge),
        get("/records/{object}/{id}/merges", "listMerges", "The records that became part of this one")
            .answers::<Items<merge_records::ToldMerge>>()
            .by(merge_records::list),
        get("/records/{object}/{id}/provenance", "listProvenance", "Where the values of a record come from")
            .answers::<Items<record_provenance::ToldSource>>()
            .by(record_provenance::list),
        get("/records/{object}/{id}/lock", "getRecordLock", "Whether a record is locked").answers::<record_lock::ToldState>().by(record_lock::look),
        post("/records/{object}/{id}/lock", "lockRecord", "Lock a record")
            .takes::<record_lock::WantedLock>()
            .creates::<record_lock::ToldState>()
            .by(record_lock::lock),
        delete("/records/{object}/{id}/lock", "releaseRecord", "Release a locked record").by(record_lock::release),
    ]
}
