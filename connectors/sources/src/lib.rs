//! Fetches the tables of regular imports from where they are: an address on the internet, a database. Knows nothing of what is
//! in them. Neither leads into the network the server stands in, but to the hosts that whoever runs the server names.

mod address;
mod error;
mod query;

pub use address::{Fetched, Fetcher};
pub use error::SourceError;
pub use query::{check_connection, fetch_query};
