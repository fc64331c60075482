//! Which objects hold records of people, and which say how the workspace works and are never taken as such.

use guanxi_kernel::read::may_be_named;
use guanxi_kernel::schema::{FieldKind, Object};

use crate::people::PEOPLE;

/// Records that say how the workspace works, or what was done about data itself: no request and no rule takes them.
const KEPT: [&str; 15] = [
    "user",
    "department",
    "file",
    "purpose",
    "person_request",
    "request_record",
    "retention_rule",
    "legal_hold",
    "quality_rule",
    "enrichment_source",
    "tag",
    "web_form",
    "product",
    "holiday",
    "campaign",
];
/// Kinds of fields by which a record is one of somebody.
const TELLING: [FieldKind; 4] = [FieldKind::PersonName, FieldKind::Phone, FieldKind::Email, FieldKind::Address];
/// What a visitor sent: his data in one field.
pub const SUBMISSION: &str = "web_form_submission";

/// Whether records of an object may be cleaned up at all.
pub fn may_be_taken(object: &Object) -> bool {
    may_be_named(object) && !object.definition.setting && !KEPT.contains(&object.name.as_str())
}

/// Whether a record of an object may be what is kept about the person of a request.
pub fn may_concern(object: &Object) -> bool {
    let tells = || object.user_fields().any(|it| TELLING.contains(&it.definition.kind));
    may_be_taken(object) && (object.name == SUBMISSION || PEOPLE.contains(&object.name.as_str()) || tells())
}
