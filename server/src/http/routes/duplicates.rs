//! `POST /records/{object}/duplicates/check`: likely duplicates of what is being entered.

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::PairReason;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::duplicates::{self, Checked, Found};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::Reference;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyValues;

/// How far two values agree.
const AGREEMENTS: [&str; 9] = ["equal", "same_sound", "swapped", "ending", "near", "beginning", "similar", "part", "different"];

/// How often a value is met.
const RARITIES: [Option<&str>; 3] = [Some("rare"), Some("common"), None];

/// Values that are being entered.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnteredValues {
    /// Values by field, as for a new record. One that is wrong counts as not entered yet.
    #[schemars(with = "AnyValues")]
    values: Map<String, Json>,
    /// The record they are of, where there is one already: it is no duplicate of itself, and its other values count too.
    #[serde(default)]
    id: Option<Uuid>,
}

/// What one field says of two records.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateReason {
    /// The field.
    field: String,
    /// The part of it that was compared (a city, a surname); null for the whole.
    part: Option<String>,
    /// How far the values agree.
    #[schemars(extend("enum" = AGREEMENTS))]
    agreement: String,
    /// Set where the value is much rarer or more common than others.
    #[schemars(extend("enum" = RARITIES))]
    rarity: Option<String>,
    /// Bits it adds, negative where it speaks against.
    bits: f64,
}

/// As told.
pub fn told_reasons(reasons: Vec<PairReason>) -> Vec<DuplicateReason> {
    let told = |it: PairReason| DuplicateReason { field: it.field, part: it.part, agreement: it.agreement, rarity: it.rarity, bits: it.bits };
    reasons.into_iter().map(told).collect()
}

/// A likely duplicate the caller may see.
#[derive(Serialize, JsonSchema)]
pub struct VisibleDuplicate {
    /// He may.
    #[schemars(extend("enum" = [true]))]
    visible: bool,
    /// Of which object: that of what is entered, or another one.
    object: String,
    /// Which record.
    id: Uuid,
    /// Its title; null where he may not see that.
    label: Option<String>,
    /// Whose it is.
    owner: Option<Reference>,
    /// How sure it is, 0 to 1.
    probability: f64,
    /// What speaks for it and against it, strongest first. Fields are those of its object.
    reasons: Vec<DuplicateReason>,
}

/// A likely duplicate the caller may not see: that there is one, and whose.
#[derive(Serialize, JsonSchema)]
pub struct HiddenDuplicate {
    /// He may not.
    #[schemars(extend("enum" = [false]))]
    visible: bool,
    /// Of which object: that of what is entered, or another one.
    object: String,
    /// Whose it is.
    owner: Option<Reference>,
    /// At least so sure, 0 to 1.
    probability: f64,
}

/// A likely duplicate.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum DuplicateCandidate {
    /// The caller may see it.
    Visible(VisibleDuplicate),
    /// He may not.
    Hidden(HiddenDuplicate),
}

/// Likely duplicates of what is being entered.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateCheck {
    /// False while records of one of the objects are still being read: ask again in some seconds.
    ready: bool,
    /// The likeliest first, five at most of each object.
    candidates: Vec<DuplicateCandidate>,
}

/// Checks.
pub async fn check(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let residents = caller.residents();
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            // One who only makes records sees none, and may ask all the same.
            let object = context.schema.object(&object).cloned().ok_or(KernelError::NotFound)?;
            let EnteredValues { values, id } = body.read()?;
            let checked = duplicates::check(context, &residents, &object, &values, id)?;
            Answer::json(&told(context, checked)?)
        })
        .await
}

fn told(context: &Context, checked: Checked) -> Result<DuplicateCheck, KernelError> {
    Ok(DuplicateCheck { ready: checked.is_ready, candidates: candidates(context, checked.found)? })
}

/// What was found, as told.
///
/// # Errors
/// Fails where the database does.
pub fn candidates(context: &Context, found: Vec<Found>) -> Result<Vec<DuplicateCandidate>, KernelError> {
    let mut titles = Titles::default();
    let owner = |it: &Found| match it {
        Found::Visible { record, .. } => duplicates::owner(context, record),
        Found::Hidden { owner, .. } => *owner,
    };
    found.iter().filter_map(owner).for_each(|it| titles.want(MEMBER_OBJECT, it));
    context.workspace.store.read_with(|tx| titles.load(context, tx))?;
    let reference = |id: Option<Uuid>| id.map(|it| titles.reference(it));
    let candidate = |it: Found| match it {
        Found::Hidden { object, owner, probability } => {
            DuplicateCandidate::Hidden(HiddenDuplicate { visible: false, object, owner: reference(owner), probability })
        }
        Found::Visible { record, probability, reasons } => DuplicateCandidate::Visible(VisibleDuplicate {
            visible: true,
            object: record.object.name.clone(),
            id: record.id(),
            label: record.text_for(context, record.object.title_field().name()),
            owner: reference(duplicates::owner(context, &record)),
            probability,
            reasons: told_reasons(reasons),
        }),
    };
    Ok(found.into_iter().map(candidate).collect())
}
