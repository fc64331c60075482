//! What every route takes and answers, by what it is about.

mod administration;
mod own;
mod people;
mod records;
mod sign_in;
mod transfers;

use crate::http::route::Route;

/// The API: every route with what it takes and answers. `docs/adding-a-route.md` says how to add one.
pub fn api_routes() -> Vec<Route> {
    [
        own::own(),
        own::outreach(),
        sign_in::ways_in(),
        sign_in::by_providers(),
        sign_in::factors(),
        people::members(),
        sign_in::identity_providers(),
        records::records(),
        records::duplicates_of_records(),
        super::quality::routes(),
        super::enrichment::routes(),
        records::reports(),
        records::files(),
        transfers::transfers(),
        people::rights(),
        administration::administration(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
