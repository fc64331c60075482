//! What kinds of records there are: definitions as data, and the schema built from them.

mod across;
mod amounts;
mod any_json;
mod build;
mod circles;
mod definition;
mod duplicates;
mod object;
mod overlay;
mod rights;
mod role;
mod scope;
mod shared_options;
mod tables;
mod views;
mod ways;

pub use across::OwnPart;
pub use amounts::AmountOf;
pub use any_json::AnyJson;
pub(crate) use build::{MAX_FOLLOWED, target_of};
pub use build::{ObjectSource, SchemaProblem, build_schema, is_identifier};
pub use definition::*;
pub use duplicates::{ComparedColumn, MAX_COMPARED};
pub use object::{
    CREATED_AT, CREATED_BY, DELETED_AT, DELETED_WITH, DEPARTMENT_FIELD, Dependent, FILE_OBJECT, FILE_VERSION_OBJECT, Field, ID, OWNER_FIELD, Object,
    Origin, Part, RollupFeed, SYSTEM_COLUMNS, Schema, UPDATED_AT, UPDATED_BY, VERSION,
};
pub use overlay::{OWN_PREFIX, Overlay, differs, reserved_name};
pub use role::{Audience, DenyRights, FieldRight, FreezeRule, ObjectRights, RoleDefinition, RowScope, SharingRule};
pub use scope::{FieldGate, MAX_HOPS, ObjectScope, OpenGate, ResolvedPath, SOURCE_PATHS, WithSources, me_type, resolve_path};
pub(crate) use shared_options::shared as shared_options;
pub use tables::{column_name, has_order, is_sortable};
pub(crate) use tables::{link_table, list_indexes};
pub use views::{MAX_SORTS, ViewProblem, fit_views};
pub(crate) use ways::without_way_in;
