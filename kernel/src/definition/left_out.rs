//! Objects of a workspace's own whose name a later version of the standard takes for one of its own.
//!
//! The own object stays as it is, with its records, rights, addresses and all that names it; the standard's is left out of this
//! workspace, with its hooks and actions, what roles of the standard say of it, and the fields of other objects that lead to
//! it or follow from it. So nothing is lost, nobody gains rights, and the workspace opens. It is told by `doctor` and in the
//! settings; once the own object is removed or made anew under another name, the standard's is there from the next start.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::Registry;
use crate::error::{KernelError, Result};
use crate::schema::{FieldDefinition, ObjectDefinition, Schema, shared_options};
use crate::workspace::{Customisation, schema_of};

/// How often what falls with a field that fell is looked for.
const MAX_ROUNDS: usize = 8;

/// The registry as it fits a workspace, and the schema of both.
///
/// # Errors
/// All problems of definitions that have nothing to do with names that meet.
pub(crate) fn fitting(registry: Arc<Registry>, custom: &Customisation) -> Result<(Arc<Registry>, Schema)> {
    let own: BTreeSet<&str> = custom.objects.iter().map(|it| it.name.as_str()).collect();
    let taken: BTreeSet<String> = registry.objects.iter().map(|it| &it.1.name).filter(|it| own.contains(it.as_str())).cloned().collect();
    if taken.is_empty() {
        let schema = schema_of(&registry, custom)?;
        return Ok((registry, schema));
    }
    let mut fitted = registry.without(&taken);
    for _ in 0..MAX_ROUNDS {
        match schema_of(&fitted, custom) {
            // Formulas and conditions of the standard that name what was left out fall too.
            Err(KernelError::Invalid(problems)) if problems.iter().any(|it| fell(&mut fitted, &it.field)) => {}
            other => return other.map(|schema| (Arc::new(fitted), schema)),
        }
    }
    schema_of(&fitted, custom).map(|schema| (Arc::new(fitted), schema))
}

/// Takes the field a problem is about out of the standard, or the rules of the object it is about; answers whether there
/// was any.
fn fell(registry: &mut Registry, place: &str) -> bool {
    let (object, field) = place.split_once('.').map_or((place, None), |(object, field)| (object, Some(field)));
    let Some((_, definition)) = registry.objects.iter_mut().find(|it| it.1.name == object) else { return false };
    match field {
        Some(field) => {
            let before = definition.fields.len();
            definition.fields.retain(|it| it.name != field);
            let rules = definition.rules.len();
            definition.rules.retain(|it| it.field.as_deref() != Some(field));
            definition.duplicates.retain(|it| it.field != field);
            definition.duplicates_against.iter_mut().for_each(|it| it.fields.retain(|it| it.field != field));
            definition.duplicates_against.retain(|it| !it.fields.is_empty());
            definition.fields.len() < before || definition.rules.len() < rules
        }
        None => !std::mem::take(&mut definition.rules).is_empty(),
    }
}

/// Whether a field leads to one of these objects, or follows from its records.
pub(crate) fn names(field: &FieldDefinition, objects: &BTreeSet<String>) -> bool {
    let rolled_up = field.rollup.as_ref().is_some_and(|it| objects.contains(&it.object));
    rolled_up || field.target.as_ref().is_some_and(|it| objects.contains(it))
}

/// A field that offers the choices of one that falls has them itself from then on.
fn keep_options(field: &mut FieldDefinition, objects: &BTreeSet<String>, all: &[(String, ObjectDefinition)]) {
    let Some((object, name)) = field.options_of.as_deref().and_then(|it| it.split_once('.')).filter(|it| objects.contains(it.0)) else { return };
    let source = all.iter().find(|it| it.1.name == object).and_then(|it| it.1.fields.iter().find(|it| it.name == name));
    field.options = source.map(|it| shared_options(&it.options, field)).unwrap_or_default();
    (field.options_of, field.open_options) = (None, false);
}

/// An object without what names one of these; `all` are the objects there were.
pub(crate) fn stripped(object: &ObjectDefinition, objects: &BTreeSet<String>, all: &[(String, ObjectDefinition)]) -> ObjectDefinition {
    let mut object = object.clone();
    object.fields.iter_mut().for_each(|it| keep_options(it, objects, all));
    let fields = &object.fields;
    let fell = |name: &str| fields.iter().any(|it| it.name == name && names(it, objects));
    object.duplicates.retain(|it| !fell(&it.field));
    object.duplicates_against.retain(|it| !objects.contains(&it.object));
    if object.in_circle.as_ref().is_some_and(|it| fell(&it.circle) || fell(&it.while_empty)) {
        object.in_circle = None;
    }
    if object.seen_with.as_ref().is_some_and(|it| fell(&it.field)) {
        object.seen_with = None;
    }
    if let Some(lies) = &mut object.in_circle {
        lies.coverable.retain(|it| !fell(it));
        lies.covered_with.retain(|it, _| !fell(it));
        lies.open_to_see.retain(|it| !fell(it));
    }
    object.fields.retain(|it| !names(it, objects));
    object.views.record.related.retain(|it| !objects.contains(&it.object));
    object
}
