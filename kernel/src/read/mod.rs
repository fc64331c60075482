//! The one way out: every record that leaves the server passes here.
//!
//! A request is checked against the schema and the caller's field rights, his row rights are ANDed in, and only then
//! does it become a statement. Lists, single records, searches, related lists and exports are the same path.

mod aggregate;
mod condition_on;
mod conditions;
mod cursor;
mod entering;
mod files;
mod grouped;
mod held;
mod known;
mod list;
mod order;
mod output;
mod record;
mod sources;

pub use aggregate::{AggregateAnswer, AggregateRequest, Group, MAX_GROUPS, aggregate};
pub use condition_on::{ConditionOn, Conditions, Reached};
pub use conditions::{Tables, rights_condition, unknown_field};
pub(crate) use conditions::{predicate_condition, reach_condition, seen_condition};
pub use entering::entered;
pub(crate) use files::{hangs_somewhere, held_files, holders, unattached_files};
pub use grouped::{GroupsOf, groups_of};
pub use held::may_be_named;
pub(crate) use held::{followed, private_rows};
pub use known::{among, known_count, known_last, known_page, known_records};
pub(crate) use list::terms_condition;
pub use list::{
    CAPPED_COUNT, Count, CountMode, Deleted, ListRequest, MAX_LIMIT, Page, Stream, count_of, get, list, list_of, object_of, page_sink,
    words_condition,
};
pub use order::may_sort;
pub use output::{Layout, OutputNode, Titles, lay_out, shown_fields};
pub(crate) use record::field_json;
pub use record::{Record, get_json, link_targets, load_record, load_records, readable_ids, record_json};
