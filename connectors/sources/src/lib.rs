//! Fetches the tables of regular imports from where they are: an address on the internet, a database. Puts questions of enrichment to
//! services. Knows nothing of what is in them. Neither leads into the network the server stands in, but to the hosts that whoever runs the server names.

mod address;
mod asking;
mod error;
mod mysql;
mod mysql_rights;
mod mysql_values;
mod postgres;
mod query;

pub use address::{Fetched, Fetcher};
pub use asking::{Asker, Method, Question, Reply};
pub use error::SourceError;
pub use query::{check_certificate, check_connection, fetch_query};
